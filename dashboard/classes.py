"""The five classes of a map: round breaks that stay where they are while the window moves (services/map_classes.py)."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from datetime import date
from typing import Any

from matters.filters import Filter

CHANGE = (-0.20, -0.05, 0.05, 0.20)  # of counts; zero lies in the middle class
CHANGE_OF_RATES = (-0.05, -0.01, 0.01, 0.05)  # in points: 0.01 is one


@dataclass(frozen=True, slots=True)
class Classes:
    """Four breaks between five classes; `of` gives 0 (lowest) … 4."""

    breaks: tuple[float, ...]

    def of(self, value: float) -> int:
        """The class of a value; a value on a break belongs above it."""
        return bisect_right(self.breaks, value + 1e-12)


class Breaks:
    """Breaks by indicator, level and length of window, the same on every screen."""

    def __init__(self, services: Any) -> None:
        self._services = services

    def of(self, indicator: str, level: str, days: int, today: date, wanted: Filter) -> Classes:
        """The classes of an indicator for the areas of a level, a window of that many days, and the facets of a filter."""
        return Classes(self._services.map_classes.narrowed(indicator, level, days, today, wanted))
