"""What a map shows beside the areas: squares with the matters in them, a smoothed surface, the change of an indicator; scoped, thinned, kept.

No place of a single matter leaves here (docs/decisions/places-on-the-map.md).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

import numpy as np

from matters.access import Scope
from matters.filters import Filter
from matters.indicators import INDICATORS
from matters.periods import Window
from matters.squares import ANY, NONE, finest
from services.changes import rate_change
from services.figures import Figures
from services.kept import Kept
from services.map_squares import Node, Tree
from services.moments import Moments
from services.settings import Settings
from services.shapes import AreaRow, Change, Overview
from store import places_drawn
from store.places_drawn import Count

LEVELS = {"city": 5, "county": 7, "township": 8}  # the finest squares that a map of this kind can tell apart
BANDWIDTH = {"city": 4.0, "county": 2.0, "township": 1.0}  # km
COARSE_BANDWIDTH = 4.0  # km, where squares are coarse for the sake of people (matters.squares.SENSITIVE)
_DENOMINATORS = {"resolved_rate": "settled", "on_time_rate": "settled", "satisfaction": "rated"}


@dataclass(frozen=True, slots=True)
class Placed:
    """How many of the matters of a figure have a place on the map: placed + without = accepted."""

    accepted: int
    placed: int
    without: int
    rows: Filter  # of the placed
    rows_without: Filter


@dataclass(frozen=True, slots=True)
class Squares:
    """A tree of squares: `roots` are places in `nodes`. All roots + few = placed; `few` lie alone in the largest squares and are not told."""

    of: Placed
    nodes: tuple[Node, ...]
    roots: tuple[int, ...]
    few: int
    agencies: tuple[tuple[str, int, Filter], ...]  # of all placed matters, most first
    least: int


@dataclass(frozen=True, slots=True)
class Heat:
    """Matters per km² above each of `breaks` (lowest first): rings of [lon, lat], even-odd. Nothing below `breaks[0]` is told."""

    of: Placed
    breaks: tuple[float, ...]
    bands: tuple[list[list[list[float]]], ...]
    bandwidth: float  # km
    least: int


class _Asked(NamedTuple):
    """The counts of a question at the finest squares that its map may have."""

    of: Placed
    counts: list[Count]
    level: int
    area: str  # level of the area


class MapLayers:
    """Answers kept by (question, scope) while the data and the day are the same."""

    def __init__(self, settings: Settings, figures: Figures, moments: Moments) -> None:
        self._settings, self._figures, self._moments = settings, figures, moments
        self._kept, self._tops = Kept(64), dict[tuple[int, float], float]()

    def squares(self, scope: Scope, wanted: Filter) -> Squares:
        """The matters of a figure by squares. Raises Forbidden, UnknownArea and MomentError."""
        found: Squares = self._answer("squares", scope, wanted)
        return found

    def heat(self, scope: Scope, wanted: Filter) -> Heat:
        """The matters of a figure as a smoothed surface. Raises Forbidden, UnknownArea and MomentError."""
        found: Heat = self._answer("heat", scope, wanted)
        return found

    def _answer(self, what: str, scope: Scope, wanted: Filter) -> Any:
        wanted = self._moments.of(wanted)
        stamp = wanted.as_of or (self._figures.data_version(), self._moments.today(None))
        found = self._kept.get((what, scope.key, wanted), stamp)
        if found is None:
            asked = self._kept.get(("counts", scope.key, wanted), stamp)
            if asked is None:
                asked = self._kept.put(("counts", scope.key, wanted), stamp, self._counts(scope, wanted))
            found = self._kept.put((what, scope.key, wanted), stamp, self._tree(asked) if what == "squares" else self._surface(asked))
        return found

    def _counts(self, scope: Scope, wanted: Filter) -> _Asked:
        q = self._figures.question(scope, wanted)
        level = min(LEVELS[q.area.level], finest(wanted.category))
        with self._moments.reading(q.filter.as_of) as connection:
            counts, without = places_drawn.by_square(connection, scope, q.filter, q.place, q.clock, level)
        placed = sum(c.matters for c in counts)
        rows, rows_without = q.filter.with_(cell=ANY), q.filter.with_(cell=NONE)
        return _Asked(Placed(placed + without, placed, without, rows, rows_without), counts, level, q.area.level)

    def _tree(self, asked: _Asked) -> Squares:
        tree = Tree(asked.counts, asked.level, self._settings.map_least)
        heard = tuple((a, n, asked.of.rows.with_(first_agency=a)) for a, n in tree.agencies.most_common())
        few = asked.of.placed - sum(tree.nodes[i].matters for i in tree.roots)
        return Squares(asked.of, tuple(tree.nodes), tuple(tree.roots), few, heard, self._settings.map_least)

    def _surface(self, asked: _Asked) -> Heat:
        from analysis.smooth import bands, surface

        least, width = self._settings.map_least, BANDWIDTH[asked.area] if asked.level > 5 or asked.area == "city" else COARSE_BANDWIDTH
        if not asked.counts:
            return Heat(asked.of, (), (), width, least)
        together: Counter[tuple[int, int]] = Counter()
        for c in asked.counts:
            together[c.x, c.y] += c.matters
        x, y, n = (np.array(v, dtype=float) for v in ([k[0] for k in together], [k[1] for k in together], list(together.values())))
        found = surface(x, y, n, 1 / (1 << asked.level), width)
        days = asked.of.rows.window.days if asked.of.rows.window else 365
        breaks = self._levels(width, days, asked.of.rows)
        breaks = tuple(b for b in breaks if b < float(found.density.max()))
        return Heat(asked.of, breaks, tuple(bands(found, breaks)), width, least)

    def _levels(self, bandwidth: float, days: int, wanted: Filter) -> tuple[float, ...]:
        """Round levels that stay while one browses: from the least that may be told up to the densest places of the last full year.

        Under a Gaussian of bandwidth h a density d rests on about 4πh²d matters: below `map_least` of them nothing is drawn.
        """
        from analysis.smooth import levels

        least = self._settings.map_least / (4 * math.pi * bandwidth**2)
        return levels(least, max(self._top(bandwidth, wanted) * days / 365, least))

    def _top(self, bandwidth: float, wanted: Filter) -> float:
        """Density (a year) of the densest hundredth of the places where anything was, last full year; asked once a year."""
        from analysis.smooth import surface

        year = self._moments.today(wanted.as_of).year - 1
        if (year, bandwidth) not in self._tops:
            q = self._figures.question(Scope.system(), Filter(window=Window(date(year, 1, 1), date(year, 12, 31))))
            with self._moments.reading(None) as connection:
                counts, _ = places_drawn.by_square(connection, q.scope, q.filter.with_(cell=ANY), q.place, q.clock, 6)
            top = 0.0
            if counts:
                x, y, n = (np.array([getattr(c, k) for c in counts], dtype=float) for k in ("x", "y", "matters"))
                density = surface(x, y, n, 1 / 64, bandwidth).density
                top = float(np.quantile(density[density > density.max() / 1_000], 0.99))
            self._tops = {k: v for k, v in self._tops.items() if k[0] == year} | {(year, bandwidth): top}
        return self._tops[year, bandwidth]

    def changes(self, scope: Scope, o: Overview) -> Mapping[str, Change]:
        """Change of the overview's indicator by area, against the compared window; of few matters counts or none (settings.small)."""
        counts = {"accepted": "accepted_change", "per_10k": "accepted_change", "civil_filings": "civil_filings_change"}
        if o.indicator in counts:
            return {r.area: getattr(r, counts[o.indicator]) for r in o.rows}
        level = "county" if o.area.level == "city" else "township"
        before = {r.area: r for r in self._figures.rows(scope, o.filter.with_(window=o.compared), level)}
        return {r.area: self._rate(r, before.get(r.area), o.indicator) for r in o.rows}

    def _rate(self, now: AreaRow, before: AreaRow | None, key: str) -> Change:
        of = _DENOMINATORS.get(key)
        if before is None or of is None or min(getattr(now, of), getattr(before, of)) < self._settings.small:
            return Change("withheld" if now.stale else "none", now=getattr(now, key, None))
        rows = before.rows.with_(part=INDICATORS[key].part)
        return rate_change(getattr(now, key), getattr(before, key), rows, bool(now.stale))
