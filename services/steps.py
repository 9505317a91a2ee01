"""The weeks or months of a time bar: the figures of every step of an area and of the areas below it, in one answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from matters.access import Scope
from matters.filters import Compare, Filter
from matters.indicators import INDICATORS, MEASURES
from matters.periods import Window, compared, festival_near, step_of, steps
from services import blocks
from services.blocks import Question
from services.changes import count_change, rate_change
from services.festivals import spring
from services.figures import Figures
from services.kept import Kept
from services.moments import Moments
from services.shapes import AreaRow, Change
from services.tally import Key, Tally, total
from store.sums import sums

_COUNTS = {"accepted": "accepted", "per_10k": "accepted", "civil_filings": "civil_filings"}


@dataclass(frozen=True, slots=True)
class Step:
    """One week or month. `rows`: the areas below; `changes`: of the indicator, by area code, against `compared`; `change`: of the whole.

    complete False: still running, or resting on a late feed. festival: Spring Festival's day when it lies inside.
    """

    window: Window
    compared: Window
    compare: Compare
    total: AreaRow
    rows: tuple[AreaRow, ...]
    change: Change
    changes: Mapping[str, Change]
    complete: bool
    festival: date | None


class Steps:
    """Answers from the rollups, kept by (question, scope, data version, day)."""

    def __init__(self, figures: Figures, moments: Moments) -> None:
        self._figures, self._moments = figures, moments
        self._kept = Kept(64)

    def of(self, scope: Scope, filter: Filter, indicator: str, grain: str) -> tuple[Step, ...]:
        """Every step of a time bar around filter.window, the oldest first. grain: week or month (else ValueError). Raises as Figures.overview."""
        filter = self._moments.of(filter)
        key, stamp = (scope.key, filter, indicator, grain), self._figures.stamp(scope, filter)
        found: tuple[Step, ...] | None = self._kept.get(key, stamp)
        if found is None:
            found = self._of(scope, filter, indicator, grain)
            self._kept.put(key, stamp, found)
        return found

    def _of(self, scope: Scope, filter: Filter, indicator: str, grain: str) -> tuple[Step, ...]:
        q = self._figures.question(scope, filter)
        asked = [_asked(q, filter, w) for w in steps(grain, q.window, q.clock.today)]
        windows = {f"n{i}": s.window for i, s in enumerate(asked)} | {f"b{i}": s.compared for i, s in enumerate(asked)}
        by: tuple[str, ...] = {"county": ("county_code",), "township": ("county_code", "town_code")}.get(q.child_level, ())
        counties = [c.code for c in q.areas.counties()]
        found: list[dict[Key, Tally]] = [{} for _ in asked]
        with self._moments.reading(q.filter.as_of) as connection:
            for s in sums(connection, q.scope, q.filter, q.place, windows, by, counties):
                tally = found[int(s.label[1:])].setdefault((s.county_code, s.town_code), Tally())
                (tally.now if s.label[0] == "n" else tally.before).update(dict(zip(MEASURES, s.measures, strict=True)))
        return tuple(_step(one, tallies, indicator, grain) for one, tallies in zip(asked, found, strict=True))


def _asked(q: Question, filter: Filter, window: Window) -> Question:
    """The question of one step; a step around no Spring Festival is compared by the calendar."""
    how = "yoy" if filter.compare == "lunar" and festival_near(window, spring) is None else filter.compare
    before = compared(window, how, q.clock.today, spring)
    return replace(q, window=window, compared=before, filter=q.filter.with_(window=window, compare=how))


def _step(q: Question, found: Mapping[Key, Tally], indicator: str, grain: str) -> Step:
    rows, _ = blocks.area_rows(q, q.child_level, found)
    whole = total(found.values())
    small, stale = q.settings.small, bool(q.stale(indicator))

    def change(t: Tally, f: Filter) -> Change:
        before = f.with_(window=q.compared)
        if indicator in _COUNTS:
            m = _COUNTS[indicator]
            return count_change(t.now[m], t.before[m], before.with_(part=INDICATORS[indicator].part), stale, small)
        i = INDICATORS[indicator]
        if min(sum(side[m] for m in i.bottom) for side in (t.now, t.before)) < small:
            return Change("withheld" if stale else "none", now=t.rate(indicator))
        return rate_change(t.rate(indicator), t.rate_before(indicator), before.with_(part=i.part), stale)

    changes = {r.area: change(found.get(_key(q, r), Tally()), r.rows) for r in rows}
    complete = q.window == step_of(grain, q.window.start) and q.window.end < q.clock.today and not q.stale("accepted")
    top = blocks.area_row(q, q.area, whole)
    return Step(q.window, q.compared, q.filter.compare, top, rows, change(whole, q.filter), changes, complete, _festival(q.window))


def _key(q: Question, r: AreaRow) -> Key:
    return (r.area, "") if r.level == "county" else (q.area.code, r.area)


def _festival(window: Window) -> date | None:
    years = [y for y in {window.start.year, window.end.year} if 1900 < y < 2100]  # as far as lunar calendars reach
    return next((day for day in map(spring, years) if window.start <= day <= window.end), None)
