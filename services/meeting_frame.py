"""What a meeting asks the figures: one area, one window, one moment that stands still."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from matters.access import Scope
from matters.filters import Filter
from matters.meetings import so_far
from matters.periods import Window, festival_near
from services.areas import Areas
from services.festivals import spring
from services.figures import Figures
from services.shapes import AreaInfo, AreaRow, Figure, Overview


@dataclass
class Frame:
    """The questions of one meeting, each asked once; all answers are as of `at`."""

    figures: Figures
    areas: Areas
    scope: Scope
    area: AreaInfo
    kind: str
    window: Window
    at: datetime
    small: int
    waits: tuple[int, int]

    def filter(self, **more: Any) -> Filter:
        """The window's filter, narrowed; what counts as waiting too long stays what it was, whatever the settings say next year."""
        return Filter(area=self.area.code, window=self.window, as_of=self.at, waits=self.waits).with_(**more)

    @property
    def year(self) -> Window:
        """From 1 January to the window's end."""
        return so_far(self.window)

    @cached_property
    def by_year(self) -> Overview:
        """The window beside the same days of the year before."""
        return self.figures.overview(self.scope, self.filter(compare="yoy"), "accepted")

    @cached_property
    def by_period(self) -> Overview:
        """The window beside the days just before."""
        return self.figures.overview(self.scope, self.filter(compare="pop"), "accepted")

    @cached_property
    def so_far(self) -> Overview:
        """The year so far beside the same days of the year before."""
        return self.figures.overview(self.scope, self.filter(window=self.year), "accepted")

    @cached_property
    def by_moon(self) -> Overview | None:
        """The window beside the same days counted from Spring Festival; None when it does not lie around one."""
        return self.figures.overview(self.scope, self.filter(compare="lunar"), "accepted") if festival_near(self.window, spring) else None

    def whole(self, f: Filter) -> AreaRow:
        """The area's one line under a filter."""
        return self.figures.rows(self.scope, f, self.area.level)[0]

    def lines(self, level: str, compare: str = "yoy") -> tuple[AreaRow, ...]:
        """Lines of the areas of a level, those that are no area last."""
        return self.figures.rows(self.scope, self.filter(compare=compare), level)

    @property
    def below(self) -> str:
        """The level below the area, '' below a township."""
        return {"city": "county", "county": "township"}.get(self.area.level, "")


def figure(o: Overview, key: str) -> Figure:
    """One of the five figures of an overview."""
    return next(f for f in o.figures if f.key == key)


def part(o: Overview, key: str, name: str) -> Any:
    """A number inside a figure."""
    return next(p for p in figure(o, key).parts if p.key == name)
