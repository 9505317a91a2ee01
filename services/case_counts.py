"""Sums and facets of case lists: at once what the rollups and the open matters tell, after one reading of the rows the rest."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import Connection

from matters.access import Scope
from matters.categories import CATEGORIES
from matters.filters import Clock, Filter
from matters.vocabulary import OUTCOMES, STAGES
from services.areas import Areas
from services.feeds import Feeds
from services.kept import Kept
from services.lines import agencies_of
from services.shapes import MatterSums, Share
from store import list_counts
from store.conditions import OPEN_ONLY
from store.list_counts import Counts, Grouped
from store.places import Place

OWNERS = 40  # of the rail: those with most matters
ORDER = ("stage", "place", "category", "agency", "owner", "outcome")
# What must be left out of a filter to count a facet without its own condition.
_FREE: dict[str, dict[str, str]] = {
    "stage": {"stage": ""}, "place": {"village": "", "located": ""}, "category": {"category": ""}, "agency": {"agency": ""},
    "owner": {"owner": ""}, "outcome": {"outcome": ""},
}  # fmt: skip
_SEEN_BY_ROLLUPS = ("place", "category", "agency")
Facets = dict[str, tuple[Share, ...]]


@dataclass(frozen=True, slots=True)
class Counted:
    """Sums and facets of a list; sums that nobody has counted yet are None, facets not counted yet are absent."""

    data_version: int
    sums: MatterSums
    facets: Facets
    is_whole: bool


class Question(NamedTuple):
    """A list, and the snapshot in which it is counted."""

    connection: Connection
    scope: Scope
    filter: Filter
    place: Place
    clock: Clock
    version: int

    @property
    def stamp(self) -> Any:
        """What an answer holds for."""
        return self.clock if self.filter.as_of is not None else (self.version, self.clock)

    @property
    def places(self) -> str:
        """The column of the places right below the list's own."""
        return "village_code" if self.place.town else "town_code" if self.place.county else "county_code"

    def without(self, facet: str) -> Question:
        """The question without a facet's own condition."""
        return self._replace(filter=self.filter.with_(**_FREE[facet]))


class CaseCounts:
    """Counts of case lists, kept until the data change."""

    def __init__(self, areas: Areas, feeds: Feeds) -> None:
        self._areas, self._feeds = areas, feeds
        self._kept = Kept()

    def forget(self) -> None:
        """Drop what is kept, to measure without it."""
        self._kept.clear()

    def known(self, scope: Scope, filter: Filter, stamp: Any) -> int | None:
        """How many rows the list has, when that has been counted."""
        for kind in ("whole", "first"):
            counted = self._kept.get((kind, scope.key, filter), stamp)
            if counted is not None:
                return int(counted.sums.total)
        return None

    def _once(self, kind: str, q: Question, count: Callable[[], Any], more: Any = None) -> Any:
        key = (kind, q.scope.key, q.filter, more)[: 3 if more is None else 4]
        kept = self._kept.get(key, q.stamp)
        return self._kept.put(key, q.stamp, count()) if kept is None else kept

    def total(self, q: Question) -> int:
        """How many rows the list has."""
        if (known := self.known(q.scope, q.filter, q.stamp)) is not None:
            return known
        if self._is_rolled(q):
            return self._rolled_total(q)
        return int(self._once("total", q, lambda: list_counts.totals(q.connection, q.scope, q.filter, q.place, q.clock)[0]))

    def stock(self, q: Question, asked: tuple[Filter, ...]) -> list[int]:
        """Rows of several lists of open matters."""
        return list(self._once("stock", q, lambda: list_counts.totals_of(q.connection, q.scope, asked, q.place, q.clock), asked))

    def first(self, q: Question) -> Counted:
        """What rollups and open matters tell: total, open, overdue, due soon; place, category, agency. All of it where rows are few or must be read."""
        if (whole := self._kept.get(("whole", q.scope.key, q.filter), q.stamp)) is not None:
            return whole  # type: ignore[no-any-return]
        if q.place.town or not self._is_rolled(q):
            return self.whole(q)
        return self._once("first", q, lambda: self._at_once(q))  # type: ignore[no-any-return]

    def _at_once(self, q: Question) -> Counted:
        _, still_open, overdue, soon, *_ = list_counts.added(self._still(q))
        sums = MatterSums(self._rolled_total(q), still_open, overdue, soon, None, None, None)
        return Counted(q.version, sums, self._shares(q, {f: self._rolled(q, f) for f in _SEEN_BY_ROLLUPS}), False)

    def whole(self, q: Question) -> Counted:
        """Everything: what the rollups do not know in one reading of the rows, or some of a long list, and one more for each facet that is chosen."""
        return self._once("whole", q, lambda: self._read(q))  # type: ignore[no-any-return]

    def _read(self, q: Question) -> Counted:
        if q.place.town or not self._is_rolled(q):
            return self._read_all(q, ORDER, {})
        rolled = {f: self._rolled(q, f) for f in _SEEN_BY_ROLLUPS}
        if q.filter.part in OPEN_ONLY or not list_counts.is_long(q.connection, self._rolled_total(q)):
            return self._read_all(q, [f for f in ORDER if f not in rolled], rolled)
        sums, counts = list_counts.without_sorting(q.connection, q.scope, q.filter, q.place, q.clock, self._still(q))
        return Counted(q.version, MatterSums(*sums), self._shares(q, rolled | counts), True)

    def _read_all(self, q: Question, wanted: Sequence[str], known: Mapping[str, Counts]) -> Counted:
        """The sums and the facets that are wanted, beside those that are known."""
        columns, free = self._columns(q), [f for f in wanted if q.without(f).filter == q.filter]
        rows = list_counts.one_pass(q.connection, q.scope, q.filter, q.place, q.clock, [columns[f] for f in free])
        counts = {**known, **{f: list_counts.by_column(rows, i) for i, f in enumerate(free)}}
        for facet in set(wanted) - set(free):
            counts[facet] = self._alone(q.without(facet), columns[facet])
        return Counted(q.version, MatterSums(*list_counts.added(rows)), self._shares(q, counts), True)

    def _still(self, q: Question) -> Grouped:
        """The open rows by stage."""
        return self._once("still", q, lambda: list_counts.one_pass(  # type: ignore[no-any-return]
            q.connection, q.scope, q.filter, q.place, q.clock, ("stage",), open_only=True))  # fmt: skip

    def _is_rolled(self, q: Question) -> bool:
        return list_counts.is_rolled(q.connection, q.scope, q.filter, q.clock)

    def _columns(self, q: Question) -> dict[str, str]:
        return {"stage": "stage", "place": q.places, "category": "category", "agency": "source", "owner": "owner", "outcome": "outcome"}

    def _alone(self, q: Question, column: str) -> Counts:
        return list_counts.facet(q.connection, q.scope, q.filter, q.place, q.clock, column)

    def _rolled(self, q: Question, facet: str) -> Counts:
        return self._from_rollups(q.without(facet), self._columns(q)[facet])

    def _rolled_total(self, q: Question) -> int:
        return sum(n for _, n in self._from_rollups(q, ""))

    def _from_rollups(self, q: Question, by: str) -> Counts:
        counties = [a.code for a in self._areas.counties()]
        return list_counts.from_rollups(q.connection, q.scope, q.filter, q.place, q.clock, counties, by)

    def _shares(self, q: Question, counts: Mapping[str, Counts]) -> Facets:
        stages, outcomes = ({w.code: (w.zh, w.en) for w in table.values()} for table in (STAGES, OUTCOMES))
        categories = {c.code: (c.zh, c.en) for c in CATEGORIES.values()}
        make: dict[str, Callable[[Counts], tuple[Share, ...]]] = {
            "stage": lambda found: _bars(found, stages, q.filter, "stage"), "place": lambda found: self._places(q, found),
            "category": lambda found: _bars(found, categories, q.filter, "category"), "agency": lambda found: self._agencies(q, found),
            "owner": lambda found: _bars([c for c in found if c[0]][:OWNERS], {}, q.filter, "owner"),
            "outcome": lambda found: _bars([c for c in found if c[0]], outcomes, q.filter, "outcome"),
        }  # fmt: skip
        return {facet: make[facet](counts[facet]) for facet in ORDER if facet in counts}

    def _places(self, q: Question, counts: Counts) -> tuple[Share, ...]:
        names = {code: (self._areas.name(code), self._areas.info(code).en) for code, _ in counts if code}
        bars = _bars([c for c in counts if c[0]], names, q.filter, "village" if q.place.town else "area")
        rest = sum(n for code, n in counts if not code)
        if not rest:
            return bars
        zh, en, rows = {
            "village_code": ("只到镇", "Township only", q.filter.with_(village="-")),
            "town_code": ("只到县", "County only", q.filter.with_(located="county")),
            "county_code": ("未定位", "Unlocated", q.filter.with_(located="none")),
        }[q.places]
        return (*bars, Share("", zh, en, rest, rest / sum(n for _, n in counts), rows))

    def _agencies(self, q: Question, counts: Counts) -> tuple[Share, ...]:
        """Agencies by matters they touched: one matter may stand under several."""
        agencies = self._feeds.agencies()
        masks = {r[0]: r[1] for r in q.connection.exec_driver_sql("SELECT id, agencies FROM source")}
        found: dict[str, int] = {}
        for source, n in counts:
            for code in agencies_of(masks[int(source)], agencies):
                found[code] = found.get(code, 0) + n
        whole, order = sum(n for _, n in counts), sorted(found.items(), key=lambda c: (-c[1], c[0]))
        return tuple(Share(code, agencies[code].zh, agencies[code].en, n, n / whole, q.filter.with_(agency=code)) for code, n in order)


def _bars(counts: Sequence[tuple[Any, int]], names: Mapping[str, tuple[str, str]], filter: Filter, facet: str) -> tuple[Share, ...]:
    whole = sum(n for _, n in counts)
    return tuple(Share(key, names.get(key, (key, key))[0], names.get(key, (key, key))[1], n, n / whole, filter.with_(**{facet: key})) for key, n in counts)
