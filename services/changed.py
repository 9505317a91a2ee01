"""What changed between two windows: the townships, categories, agencies and channels that made it, and what of it is late or reclassified.

Counts (accepted, civil filings) are taken apart by difference, rates by what each part's own rate and its share of the denominator did.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time
from typing import Any

import pandas as pd

from analysis.changed import bridge, changed, rates
from matters.access import Scope
from matters.explained import EXPLAINED
from matters.filters import Filter
from matters.indicators import INDICATORS
from matters.periods import Window
from services.areas import Areas
from services.blocks import Question
from services.figures import Figures
from services.moments import Moments
from services.shapes import AreaInfo
from store import changed as kept
from store.sums import Sum, sums

DIMENSIONS = ("township", "category", "agency", "channel")
SHOWN = 12  # rows of a dimension; the others are one row, so that it adds up


@dataclass(frozen=True, slots=True)
class Maker:
    """One value of a dimension. `kind`: area | category | agency | channel | rest | none. `key` is a code ('' for what is not known); rows None: no list."""

    kind: str
    key: str
    before: int
    after: int
    rows_before: Filter | None
    rows_after: Filter | None
    count: int = 0  # values folded into a row of kind rest

    @property
    def change(self) -> int:
        """After less before."""
        return self.after - self.before


@dataclass(frozen=True, slots=True)
class Books:
    """shown = real + late + withdrawn: what is real compares both windows when they were as old as each other. told_at: that moment.

    moved: matters that changed in value of a dimension since; they change no total.
    """

    told_at: datetime
    shown: int
    real: int
    late: int
    withdrawn: int
    moved: dict[str, int]


@dataclass(frozen=True, slots=True)
class WhatChanged:
    """A change of a count (`indicator`: accepted or civil_filings), taken apart; every dimension adds up to before, after and change.

    Books are kept of accepted matters only.
    """

    indicator: str
    area: AreaInfo
    window: Window
    compared: Window
    compare: str
    before: int
    after: int
    rows_before: Filter
    rows_after: Filter
    parts: dict[str, tuple[Maker, ...]]
    books: Books | None
    books_from: datetime | None  # without books: the first moment the store remembers
    stale: tuple[str, ...]
    data_version: int


@dataclass(frozen=True, slots=True)
class RateShare:
    """One value of a dimension of a rate: numerator ÷ denominator of both windows, and what it did to the rate of all, in 0…1.

    own: by its own rate; mix: by its larger or smaller share of the denominator. Kinds and keys are those of Maker.
    """

    kind: str
    key: str
    before: tuple[int, int]
    after: tuple[int, int]
    own: float
    mix: float
    rows_before: Filter | None
    rows_after: Filter | None
    count: int = 0

    @property
    def change(self) -> float:
        """What it did in all."""
        return self.own + self.mix


@dataclass(frozen=True, slots=True)
class RateChanged:
    """A change of a rate, taken apart; the changes of every dimension add up to after − before where both are known."""

    indicator: str
    area: AreaInfo
    window: Window
    compared: Window
    compare: str
    before: float | None
    after: float | None
    sums_before: tuple[int, int]
    sums_after: tuple[int, int]
    rows_before: Filter
    rows_after: Filter
    bottom_before: Filter | None
    bottom_after: Filter | None
    parts: dict[str, tuple[RateShare, ...]]
    stale: tuple[str, ...]
    data_version: int


def counted(indicator: str) -> str:
    """The figure whose change is taken apart for an indicator: per 10,000 people is accepted, and so is what has no change."""
    apart = EXPLAINED[indicator].apart if indicator in EXPLAINED else ""
    return "accepted" if indicator == "per_10k" or not apart else indicator


class Changed:
    """Answers from the rollups; the books from the matters themselves, as they stood."""

    def __init__(self, figures: Figures, moments: Moments, areas: Areas) -> None:
        self._figures, self._moments, self._areas = figures, moments, areas

    def of(self, scope: Scope, filter: Filter, indicator: str = "accepted") -> WhatChanged:
        """The change of a count against what it is compared with. Raises Forbidden, UnknownArea, MomentError; ValueError for a rate."""
        if EXPLAINED[indicator].apart != "count" or indicator == "per_10k":
            raise ValueError(f"{indicator} is no count that can be taken apart")
        q = self._figures.question(scope, self._moments.of(filter))
        q = replace(q, filter=q.filter.with_(part=indicator))
        with self._moments.reading(q.filter.as_of) as connection:
            frames = {name: _frames(cells, name, {"count": (indicator,)}) for name, cells in self._cells(connection, q).items()}
            books = indicator == "accepted"
            known, after = (kept.matters(connection, q.scope, q.filter.with_(window=w), q.place, q.clock) if books else None
                            for w in (q.compared, q.window))  # fmt: skip
        parts = {name: self._makers(name, changed(*frames[name], by=(name,)).parts[name], q) for name in DIMENSIONS}
        told_at = datetime.combine(q.now.date() - (q.window.start - q.compared.start), time.max)
        return WhatChanged(
            indicator=indicator, area=q.area, window=q.window, compared=q.compared, compare=q.filter.compare,
            before=int(frames["category"][0]["count"].sum()), after=int(frames["category"][1]["count"].sum()),
            rows_before=q.filter.with_(window=q.compared), rows_after=q.filter.with_(window=q.window), parts=parts,
            books=self._books(q, told_at, known, after), books_from=self._moments.first(), stale=q.stale(indicator),
            data_version=self._figures.data_version(),
        )  # fmt: skip

    def rate(self, scope: Scope, filter: Filter, indicator: str) -> RateChanged:
        """The change of a rate against what it is compared with. Raises as `of`; ValueError for a count."""
        if EXPLAINED[indicator].apart != "rate":
            raise ValueError(f"{indicator} is no rate")
        i, q = INDICATORS[indicator], self._figures.question(scope, self._moments.of(filter))
        measures = {"top": i.top, "bottom": i.bottom}
        with self._moments.reading(q.filter.as_of) as connection:
            frames = {name: _frames(cells, name, measures) for name, cells in self._cells(connection, q).items()}
        found = {name: rates(*frames[name], by=(name,)) for name in DIMENSIONS}
        whole, q = found["category"], replace(q, filter=q.filter.with_(part=i.part))
        before, after = ((int(f["top"].sum()), int(f["bottom"].sum())) for f in frames["category"])
        bottom = [q.filter.with_(window=w, part=i.bottom_part) if i.bottom_part else None for w in (q.compared, q.window)]
        return RateChanged(
            indicator=indicator, area=q.area, window=q.window, compared=q.compared, compare=q.filter.compare, before=whole.before,
            after=whole.after, sums_before=before, sums_after=after, rows_before=q.filter.with_(window=q.compared),
            rows_after=q.filter.with_(window=q.window), bottom_before=bottom[0], bottom_after=bottom[1],
            parts={name: self._shares(name, found[name].parts[name], q) for name in DIMENSIONS}, stale=q.stale(indicator),
            data_version=self._figures.data_version(),
        )  # fmt: skip

    def _cells(self, connection: Any, q: Question) -> dict[str, list[tuple[str, Sum]]]:
        """Of each dimension: the value of it and its sums, of both windows."""
        counties = [c.code for c in self._areas.counties()]
        windows = {"before": q.compared, "after": q.window}

        def ask(*by: str) -> list[Sum]:
            return sums(connection, q.scope, q.filter, q.place, windows, by, counties)

        source, told = kept.sources(connection), ask("source")
        return {
            "township": [(f"{s.county_code}/{s.town_code}", s) for s in ask("county_code", "town_code")],
            "category": [(s.category, s) for s in ask("category")],
            "agency": [(source[s.source][0], s) for s in told],
            "channel": [(source[s.source][1] or "", s) for s in told],
        }

    def _makers(self, name: str, table: pd.DataFrame, q: Question) -> tuple[Maker, ...]:
        every = [self._maker(name, str(r.value), int(r.before), int(r.after), q) for r in table.itertuples()]
        if len(every) <= SHOWN + 1:
            return tuple(every)
        rest = every[SHOWN:]
        return (*every[:SHOWN], Maker("rest", "", sum(m.before for m in rest), sum(m.after for m in rest), None, None, len(rest)))

    def _shares(self, name: str, table: pd.DataFrame, q: Question) -> tuple[RateShare, ...]:
        every = []
        for r in table.itertuples():
            kind, key, cut = _cut(name, str(r.value), q.filter)
            rows = [cut.with_(window=w) if cut is not None else None for w in (q.compared, q.window)]
            pairs = (int(r.top_before), int(r.bottom_before)), (int(r.top_after), int(r.bottom_after))
            every.append(RateShare(kind, key, *pairs, float(r.own), float(r.mix), rows[0], rows[1]))
        if len(every) <= SHOWN + 1:
            return tuple(every)
        rest = every[SHOWN:]
        before, after = (tuple(sum(pair) for pair in zip(*(getattr(s, side) for s in rest), strict=True)) for side in ("before", "after"))
        return (*every[:SHOWN], RateShare("rest", "", before, after, sum(s.own for s in rest), sum(s.mix for s in rest), None, None, len(rest)))  # type: ignore[arg-type]

    def _maker(self, name: str, value: str, before: int, after: int, q: Question) -> Maker:
        kind, key, cut = _cut(name, value, q.filter)
        both = [cut.with_(window=w) if cut is not None else None for w in (q.compared, q.window)]
        return Maker(kind, key, before, after, both[0], both[1])

    def _books(self, q: Question, told_at: datetime, known: Sequence[kept.Told] | None, after: Sequence[kept.Told] | None) -> Books | None:
        first = self._moments.first()
        if q.filter.as_of is not None or known is None or after is None or first is None or told_at < first or q.compared.end > told_at.date():
            return None
        with self._moments.reading(told_at, figures=False) as connection:
            told = kept.matters(connection, q.scope, q.filter.with_(window=q.compared, as_of=told_at), q.place, q.clock)
        if told is None:
            return None
        frames = [pd.DataFrame(rows, columns=list(kept.Told._fields)) for rows in (told, known, after)]
        b = bridge(*frames)
        then, now = frames[0].set_index("code"), frames[1].set_index("code")
        both = then.index.intersection(now.index)
        moved = {name: int((then.loc[both, name] != now.loc[both, name]).sum()) for name in DIMENSIONS}
        return Books(told_at, b.shown, b.real, b.late, b.withdrawn, moved)


def _frames(cells: Sequence[tuple[str, Sum]], name: str, measures: Mapping[str, tuple[str, ...]]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Before and after of a dimension: its name and a column a sum of measures; what is nothing is left out."""
    rows = [(s.label, value, *(sum(s.of(m) for m in of) for of in measures.values())) for value, s in cells]
    table = pd.DataFrame(rows, columns=["label", name, *measures])
    table = table[table[list(measures)].sum(axis=1) > 0]
    return table[table["label"] == "before"], table[table["label"] == "after"]


def _cut(name: str, value: str, f: Filter) -> tuple[str, str, Filter | None]:
    """(kind, code, the filter of its rows); no filter where no list can be asked for."""
    if name == "township":
        county, _, town = value.partition("/")
        if town:
            return "area", town, f.with_(area=town)
        return ("county", county, f.with_(area=county, located="county")) if county else ("unlocated", "", f.with_(located="none"))
    if name == "category":
        return "category", value, f.with_(category=value)
    if name == "agency":
        return "agency", value, f.with_(first_agency=value)
    return ("channel", value, f.with_(channel=value)) if value else ("none", "", None)
