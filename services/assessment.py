"""Assessment: scores of counties, townships and departments, each with its parts and the rows behind them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import numpy as np

from analysis.funnel import Funnel, judge
from matters import scoring
from matters.access import Forbidden, Scope
from matters.assessment import CHANGES, LEVELS, RATES, Period, Rules
from matters.filters import Filter
from matters.indicators import INDICATORS, change
from matters.periods import year_before
from matters.scoring import Value
from services.areas import Areas
from services.assessment_marks import Marks
from services.assessment_rules import RuleBook, Version
from services.assessment_shapes import Board, FunnelLine, MarkLine, OutsideLine, PartLine, UnitLine
from services.feeds import Feeds
from services.figures import Figures
from services.kept import Kept
from services.shapes import AreaRow, Part

CENTRE = "centre"  # a door in, not a department that is judged
INDEX_DAYS = 366  # an index figure counts for a year after its period


class NotBegun(ValueError):
    """The period lies ahead."""


Indices = Callable[[Scope, Any, datetime | None], Sequence[OutsideLine]]


class Assessment:
    """Scores are those of the whole city, so that a place means the same to everybody; a reader sees the own area's parts and rows."""

    def __init__(
        self, areas: Callable[[], Areas], figures: Figures, feeds: Feeds, book: RuleBook, marks: Marks, indices: Indices,
        now: Callable[[], datetime],
    ) -> None:  # fmt: skip
        self._areas, self._figures, self._feeds, self.book = areas, figures, feeds, book
        self._marks, self._indices, self._now, self._kept = marks, indices, now, Kept(64)

    @staticmethod
    def levels(scope: Scope) -> tuple[str, ...]:
        """The levels that a reader may ask for."""
        return LEVELS if scope.level != "township" else ("township",)

    def board(
        self, scope: Scope, level: str, period: Period, area: str = "", exclude: str = "", as_of: datetime | None = None
    ) -> Board:  # fmt: skip
        """The units of a level that the scope sees. `area` narrows townships to a county, and is where departments are judged.

        A county sees the scores and places of all counties and its own in full. Raises Forbidden (level, area), UnknownArea, NotBegun,
        MomentError, matters.assessment.RuleError while there are no rules.
        """
        if level not in self.levels(scope):
            raise Forbidden(f"{scope.user} ({scope.level}) does not see scores of level {level}")
        areas = self._areas()
        home = area or areas.home(scope).code
        areas.require(scope, home)
        where = home if level == "department" else areas.city.code
        whole = self._whole(level, where, period, exclude, as_of)
        before = {u.key: u for u in self._whole(level, where, period.before, exclude, as_of).units}
        seen = (self._seen(scope, level, u, before.get(u.key)) for u in whole.units if self._shown(scope, level, u.key, home))
        return replace(whole, area=home, units=tuple(seen))

    def _shown(self, scope: Scope, level: str, key: str, home: str) -> bool:
        if level != "township":
            return True
        place, asked = self._areas().place(key), self._areas().place(home)
        inside = (not asked.county or place.county == asked.county) and (not asked.town or place.town == asked.town)
        return inside and scope.covers(place.county, place.town)

    def _seen(self, scope: Scope, level: str, unit: UnitLine, before: UnitLine | None) -> UnitLine:
        both = replace(unit, total_before=before.total if before else None, rank_before=before.rank if before else None)
        if level == "county" and not scope.covers(unit.key):
            return replace(both, veiled=True, parts=(), mark_lines=(), settled=None, base=None, marks=0.0, marks_all=0.0, judged=0.0)
        return replace(both, mark_lines=tuple(self._marks.read_by(scope, m) for m in both.mark_lines))

    def _whole(self, level: str, area: str, period: Period, exclude: str, as_of: datetime | None) -> Board:
        version = self.book.of(period, as_of)
        late = tuple(s.feed for s in self._feeds.states(Scope.system()) if s.late)
        key = (level, area, period, exclude, as_of)
        stamp = (self._figures.data_version(), self._now().date(), late, version.number)
        found: Board | None = self._kept.get(key, stamp)
        return found or self._kept.put(key, stamp, self._made(level, area, period, exclude, as_of, version, stamp[0]))

    def _made(self, level: str, area: str, period: Period, exclude: str, as_of: datetime | None, version: Version, data: int) -> Board:
        today = (as_of or self._now()).date()
        if period.start > today:
            raise NotBegun(period.key)
        window = period.window(today)
        rows = self._rows(level, Filter(area=area, window=window, exclude=exclude, as_of=as_of))
        rates = [p.key for p in version.rules.of(level) if p.key in RATES]
        funnels = {key: judge(*_counts(rows.values(), key)) for key in rates}
        outside = self._outside(version.rules, window, as_of) if level == "county" else {}
        marks: dict[str, list[MarkLine]] = defaultdict(list)
        # What the city's departments are given stands for the city; in a county's list they are judged by their cases alone.
        if level != "department" or area == self._areas().city.code:
            for m in self._marks.of(Scope.system(), period, as_of):
                marks[m.unit].append(m)
        units = [self._unit(level, key, row, n, version.rules, funnels, outside, marks[key]) for n, (key, row) in enumerate(rows.items())]
        late = tuple(dict.fromkeys(a for row in rows.values() for a in row.stale))
        units = _ranked(units, bool(late))
        shares = {k: FunnelLine(k, f.share, f.scatter, "low" if INDICATORS[k].higher_is == "bad" else "high") for k, f in funnels.items()}
        return Board(level, area, period, window, period.over(today), version, tuple(units), shares, late,
                     sum(u.rank is not None for u in units), len(units), data)  # fmt: skip

    def _rows(self, level: str, wanted: Filter) -> dict[str, AreaRow]:
        """Figures of every unit, by area code or agency."""
        everybody = Scope.system()
        if level != "department":
            return {r.area: r for r in self._figures.rows(everybody, wanted, level) if r.area}
        own = self._areas().info(wanted.area).level
        agencies = [a for a in self._feeds.agencies() if a not in (CENTRE, wanted.exclude)]
        found = {a: self._figures.rows(everybody, wanted.with_(agency=a), own)[0] for a in agencies}
        return {a: row for a, row in found.items() if row.accepted or row.settled}

    def _outside(self, rules: Rules, window: Any, as_of: datetime | None) -> dict[tuple[str, str], OutsideLine]:
        """The newest figure of each index and county that ended by the window's end and is not older than a year."""
        found: dict[tuple[str, str], OutsideLine] = {}
        if any(p.index for p in rules.parts):
            for x in self._indices(Scope.system(), window.end, as_of):
                if x.end >= window.start - timedelta(days=INDEX_DAYS):
                    found.setdefault((x.name, x.area), x)
        return found

    def _unit(
        self, level: str, key: str, row: AreaRow, n: int, rules: Rules, funnels: Mapping[str, Funnel], outside: Mapping[tuple[str, str], OutsideLine],
        marks: Sequence[MarkLine],
    ) -> UnitLine:  # fmt: skip
        parts = []
        given = {p.key: _given(p.key, row, outside.get((p.index, key))) for p in rules.of(level)}
        scored = {s.key: s for s in scoring.score(rules, level, {k: v[0] for k, v in given.items()})}
        for p in rules.of(level):
            value, top, bottom = given[p.key]
            sign = -1 if p.key in RATES and INDICATORS[p.key].higher_is == "bad" else 1
            verdict = sign * funnels[p.key].verdicts[n] if p.key in funnels else 0
            s = scored[p.key]
            parts.append(PartLine(p.key, s.weight, s.points, s.why, value.value, top, bottom, outside.get((p.index, key)), verdict, p.none, p.full, p.least))
        base = scoring.base(tuple(scored.values()))
        whole, counted = scoring.marked(rules, [m.points for m in marks if m.withdrawn_at is None])
        judged = scoring.judged(scored.values())
        why = "few" if row.settled < rules.rank_least else "population" if not row.ranked and level == "township" else ""
        why = why or ("incomplete" if base is None or judged < rules.judged_least * 100 else "")
        name, en, parent = self._names(level, key, row)
        return UnitLine(key, name, en, parent[0], parent[1], False, None if base is None or why == "few" else base + counted, base, counted, whole,
                        None, why, Part("settled", row.settled, row.rows.with_(part="settled")), judged, tuple(parts), tuple(marks))  # fmt: skip

    def _names(self, level: str, key: str, row: AreaRow) -> tuple[str, str, tuple[str, str]]:
        if level == "department":
            agency = self._feeds.agencies()[key]
            return agency.zh, agency.en, ("", "")
        upper = self._areas().info(self._areas().info(key).parent)
        return row.name, row.en, (upper.name, upper.en) if level == "township" else ("", "")


def _given(key: str, row: AreaRow, outside: OutsideLine | None) -> tuple[Value, Part | None, Part | None]:
    """The value of a part, and the two counts it is made of with their rows."""
    if key in RATES:
        i = INDICATORS[key]
        top, bottom = int(getattr(row, i.part)), int(getattr(row, i.bottom_part))
        return (Value(top / bottom if bottom else None, bottom), Part(i.part, top, row.rows.with_(part=i.part)),
                Part(i.bottom_part, bottom, row.rows.with_(part=i.bottom_part)))  # fmt: skip
    if key in CHANGES:
        name = CHANGES[key]
        now, before, window = int(getattr(row, name)), int(getattr(row, f"{name}_before")), row.rows.window
        assert window is not None
        rows = row.rows.with_(part=name)
        return Value(change(now, before), before), Part(name, now, rows), Part(name, before, rows.with_(window=year_before(window)))
    return Value(outside.value if outside else None), None, None


def _counts(rows: Any, key: str) -> tuple[Any, Any]:
    """Hits and counted of every unit, for the funnel."""
    found, i = list(rows), INDICATORS[key]
    return np.array([getattr(r, i.part) for r in found], dtype=float), np.array([getattr(r, i.bottom_part) for r in found], dtype=float)


def _ranked(units: Sequence[UnitLine], late: bool) -> list[UnitLine]:
    """Units with their places, the highest first; those without one after them, by name."""
    places = {} if late else scoring.ranks({u.key: u.total for u in units if not u.unranked and u.total is not None})
    out = [replace(u, rank=places.get(u.key), unranked=u.unranked or ("late" if late else "")) for u in units]
    if late:
        return sorted(out, key=lambda u: u.key)
    return sorted(out, key=lambda u: (u.rank is None, u.rank or 0, u.key))
