"""What changed between two windows: the townships, categories, agencies and channels that made it, and what of it is late or reclassified."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

import pandas as pd

from analysis.changed import bridge, changed
from matters.access import Scope
from matters.filters import Filter
from matters.periods import Window
from services.areas import Areas
from services.blocks import Question
from services.figures import Figures
from services.moments import Moments
from services.shapes import AreaInfo
from store import changed as kept
from store.sums import sums

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
    """A change of accepted matters, taken apart; every dimension adds up to before, after and change."""

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


class Changed:
    """Answers from the rollups; the books from the matters themselves, as they stood."""

    def __init__(self, figures: Figures, moments: Moments, areas: Areas) -> None:
        self._figures, self._moments, self._areas = figures, moments, areas

    def of(self, scope: Scope, filter: Filter) -> WhatChanged:
        """The change of a filter against what it is compared with. Raises Forbidden, UnknownArea, MomentError."""
        q = self._figures.question(scope, self._moments.of(filter))
        with self._moments.reading(q.filter.as_of) as connection:
            frames = self._frames(connection, q)
            known, after = (kept.matters(connection, q.scope, q.filter.with_(window=w), q.place, q.clock) for w in (q.compared, q.window))
        parts = {name: self._makers(name, changed(*frames[name], by=(name,)).parts[name], q) for name in DIMENSIONS}
        told_at = datetime.combine(q.now.date() - (q.window.start - q.compared.start), time.max)
        return WhatChanged(
            area=q.area, window=q.window, compared=q.compared, compare=q.filter.compare, before=int(frames["category"][0]["count"].sum()),
            after=int(frames["category"][1]["count"].sum()), rows_before=q.filter.with_(window=q.compared), rows_after=q.filter.with_(window=q.window),
            parts=parts, books=self._books(q, told_at, known, after), books_from=self._moments.first(), stale=q.stale("accepted"),
            data_version=self._figures.data_version(),
        )  # fmt: skip

    def _frames(self, connection: Any, q: Question) -> dict[str, tuple[pd.DataFrame, pd.DataFrame]]:
        """Before and after of each dimension: columns of its name and count."""
        counties = [c.code for c in self._areas.counties()]
        windows = {"before": q.compared, "after": q.window}

        def ask(*by: str) -> list[Any]:
            return sums(connection, q.scope, q.filter, q.place, windows, by, counties)

        source = kept.sources(connection)
        told = ask("source")
        rows = {
            "township": [(s.label, f"{s.county_code}/{s.town_code}", s.of("accepted")) for s in ask("county_code", "town_code")],
            "category": [(s.label, s.category, s.of("accepted")) for s in ask("category")],
            "agency": [(s.label, source[s.source][0], s.of("accepted")) for s in told],
            "channel": [(s.label, source[s.source][1] or "", s.of("accepted")) for s in told],
        }
        out = {}
        for name, found in rows.items():
            table = pd.DataFrame(found, columns=["label", name, "count"])
            table = table[table["count"] > 0]
            out[name] = (table[table["label"] == "before"], table[table["label"] == "after"])
        return out

    def _makers(self, name: str, table: pd.DataFrame, q: Question) -> tuple[Maker, ...]:
        every = [self._maker(name, str(r.value), int(r.before), int(r.after), q) for r in table.itertuples()]
        if len(every) <= SHOWN + 1:
            return tuple(every)
        rest = every[SHOWN:]
        return (*every[:SHOWN], Maker("rest", "", sum(m.before for m in rest), sum(m.after for m in rest), None, None, len(rest)))

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
