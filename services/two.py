"""Two periods side by side: the same area, the same filters, two windows; their figures, the areas below, and the differences."""

from __future__ import annotations

from dataclasses import dataclass

from matters.access import Scope
from matters.explained import EXPLAINED
from matters.filters import Filter
from matters.indicators import INDICATORS
from matters.periods import Window
from services.changes import count_change, rate_change
from services.figures import Figures
from services.settings import Settings
from services.shapes import AreaRow, Change, Figure, Overview

# Which measure of a row is a rate's denominator: with too few of them on either side there is no difference in points.
BOTTOM = {"resolved_rate": "settled", "on_time_rate": "settled", "satisfaction": "rated"}
SHOWN = ("accepted", "per_10k", "civil_filings", *BOTTOM)  # indicators that a row of an area has


@dataclass(frozen=True, slots=True)
class Pair:
    """One area, or the whole, in both windows, and the change of the indicator from `b` to `a`."""

    a: AreaRow
    b: AreaRow
    change: Change


@dataclass(frozen=True, slots=True)
class Two:
    """`a` is the later question, `b` the one it stands beside. `figures`: of both, with the change; today's stock is not among them."""

    indicator: str
    a: Overview
    b: Overview
    figures: tuple[tuple[Figure, Figure, Change], ...]
    rows: tuple[Pair, ...]
    others: tuple[Pair, ...]
    total: Pair


class Sides:
    """Answers from two overviews."""

    def __init__(self, figures: Figures, settings: Settings) -> None:
        self._figures, self._settings = figures, settings

    def of(self, scope: Scope, filter: Filter, indicator: str, beside: Window | None = None) -> Two:
        """Both windows; without `beside` the second is what the filter compares with. Raises as Figures.overview."""
        key = indicator if indicator in SHOWN else "per_10k"
        a = self._figures.overview(scope, filter, key)
        b = self._figures.overview(scope, filter.with_(window=beside or a.compared), key)
        stale = {f.key: bool(f.stale) for f in a.figures} | {f.key: True for f in b.figures if f.stale}
        before = {f.key: f for f in b.figures}
        figures = tuple((f, before[f.key], self._figure(f, before[f.key], stale[f.key])) for f in a.figures if EXPLAINED[f.key].apart)
        late = stale.get(key, bool(a.stale or b.stale))

        def pairs(now: tuple[AreaRow, ...], then: tuple[AreaRow, ...]) -> tuple[Pair, ...]:
            found = {(r.area, r.located): r for r in then}
            return tuple(Pair(r, found[r.area, r.located], self._row(r, found[r.area, r.located], key, late)) for r in now if (r.area, r.located) in found)

        return Two(key, a, b, figures, pairs(a.rows, b.rows), pairs(a.others, b.others), Pair(a.total, b.total, self._row(a.total, b.total, key, late)))

    def _figure(self, a: Figure, b: Figure, stale: bool) -> Change:
        if INDICATORS[a.key].bottom:
            sides = (next(int(p.value or 0) for p in f.parts if p.key == BOTTOM[a.key]) for f in (a, b))
            return rate_change(a.value, b.value, b.rows, stale, min(sides) < self._settings.small)
        return count_change(int(a.value or 0), int(b.value or 0), b.rows, stale, self._settings.small)

    def _row(self, a: AreaRow, b: AreaRow, key: str, stale: bool) -> Change:
        rows = b.rows.with_(part=INDICATORS[key].part)
        if key not in BOTTOM:
            of = "civil_filings" if key == "civil_filings" else "accepted"  # per 10,000 people changes as the count does
            return count_change(getattr(a, of), getattr(b, of), rows, stale, self._settings.small)
        if min(getattr(a, BOTTOM[key]), getattr(b, BOTTOM[key])) < self._settings.small:
            return Change("withheld" if stale else "none", now=getattr(a, key), before=getattr(b, key))
        return rate_change(getattr(a, key), getattr(b, key), rows, stale)
