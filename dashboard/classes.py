"""The five classes of a map: round breaks that stay where they are while the window moves.

Breaks are chosen once, from the last full calendar year: round equal steps over the middle of the areas of that level. Counts grow with
the window, so each length of window (a week, half a month, each number of months) has breaks of its own. See
docs/decisions/map-classes.md.
"""

from __future__ import annotations

import math
import statistics
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from matters.access import Scope
from matters.filters import Filter
from matters.indicators import INDICATORS
from matters.periods import Window

LENGTHS = (7, 15, 30, 61, 91, 122, 152, 182, 212, 243, 273, 304, 334, 365, 730, 1095)  # days
GROWING = ("accepted", "per_10k", "civil_filings")  # what a longer window makes larger
CHANGE = (-0.20, -0.05, 0.05, 0.20)  # zero lies in the middle class
WITHOUT_DATA = {"accepted": (500, 1000, 2000, 4000), "civil_filings": (200, 400, 800, 1600), "per_10k": (60, 70, 80, 90)}
WITHOUT_RATES = (0.90, 0.94, 0.96, 0.98)


@dataclass(frozen=True, slots=True)
class Classes:
    """Four breaks between five classes; `of` gives 0 (lowest) … 4."""

    breaks: tuple[float, ...]

    def of(self, value: float) -> int:
        """The class of a value; a value on a break belongs above it."""
        return bisect_right(self.breaks, value + 1e-12)


def nice(step: float) -> float:
    """The nearest of 1, 2, 5 × 10ⁿ to a step, by ratio."""
    size = 10.0 ** math.floor(math.log10(step))
    return min((m * size for m in (1.0, 2.0, 5.0, 10.0)), key=lambda s: abs(math.log(s / step)))


def rounded(values: Sequence[float], least: float) -> tuple[float, ...] | None:
    """Four breaks in equal round steps, no finer than `least`, around the median; None for fewer than five values.

    Three steps reach from the first to the fourth fifth, so that each class holds about a fifth of the areas.
    """
    if len(values) < 5:
        return None
    fifths = statistics.quantiles(values, n=5, method="inclusive")
    step = max(least, nice(max((fifths[3] - fifths[0]) / 3, least)))
    first = max(step, math.floor((statistics.median(values) - 1.5 * step) / step + 0.5) * step)
    return tuple(round(first + i * step, 6) for i in range(4))


class Breaks:
    """Breaks by indicator, level and length of window, worked out when first asked for and then kept."""

    def __init__(self, services: Any) -> None:
        self._services = services
        self._year: dict[tuple[str, int], list[Any]] = {}
        self._kept: dict[tuple[str, str, int, int], Classes] = {}

    def of(self, indicator: str, level: str, days: int, today: date) -> Classes:
        """The classes of an indicator for the areas of a level and a window of that many days."""
        length = min(LENGTHS, key=lambda n: abs(math.log(n / days))) if indicator in GROWING else 0
        key = (indicator, level, length, today.year - 1)
        if key not in self._kept:
            self._kept[key] = self._choose(indicator, level, length, today.year - 1)
        return self._kept[key]

    def _rows(self, level: str, year: int) -> list[Any]:
        """Every area of the level in a full year. The breaks are the same for every reader, so they are asked for
        with the system's scope; nothing but four rounded numbers leaves this class."""
        if (level, year) not in self._year:
            window = Window(date(year, 1, 1), date(year, 12, 31))
            self._year = {k: v for k, v in self._year.items() if k[1] == year}
            self._year[level, year] = list(self._services.figures.rows(Scope.system(), Filter(window=window), level))
        return self._year[level, year]

    def _choose(self, indicator: str, level: str, length: int, year: int) -> Classes:
        rate = INDICATORS[indicator].unit == "%"
        share = length / 365 if length else 1.0
        found = [getattr(r, indicator, None) for r in self._rows(level, year) if r.area and r.ranked]
        values = [v * share for v in found if v is not None and (rate or v > 0)]
        breaks = rounded(values, 0.005 if rate else 1.0 if indicator != "per_10k" else 0.1)
        if breaks is None:
            usual = WITHOUT_RATES if rate else WITHOUT_DATA.get(indicator, WITHOUT_DATA["accepted"])
            breaks = tuple(usual)
        return Classes(breaks)
