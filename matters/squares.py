"""Squares of the map: degrees halved level by level, so that a square's edges are exact numbers and four squares make the next larger one.

Where matters lie is told by squares that hold at least some of them, never by points (docs/decisions/places-on-the-map.md).
"""

from __future__ import annotations

import re
from typing import NamedTuple

COARSEST, FINEST = 0, 8  # sides of 1/2ⁿ degree: about 100 km and 400 m
# Medical matters and schools (patients, minors): not finer than about 3 km.
SENSITIVE, SENSITIVE_FINEST = ("13", "19"), 5
ANY, NONE = "any", "none"  # matters with a place on the map, and without
_ONE = r"[0-8]\.-?[0-9]{1,5}\.-?[0-9]{1,5}"
_SQUARE = re.compile(rf"{_ONE}(,{_ONE}){{0,3}}")


class Square(NamedTuple):
    """The square whose west edge is x ÷ 2ⁿ and whose south edge is y ÷ 2ⁿ degrees; west and south edges belong to it."""

    level: int
    x: int
    y: int

    @property
    def edges(self) -> tuple[float, float, float, float]:
        """West, south, east, north in degrees (WGS-84)."""
        n = 1 << self.level
        return self.x / n, self.y / n, (self.x + 1) / n, (self.y + 1) / n

    @property
    def parent(self) -> Square:
        """The square of twice the side that holds it."""
        return Square(self.level - 1, self.x >> 1, self.y >> 1)

    @property
    def key(self) -> str:
        """How an address names it."""
        return f"{self.level}.{self.x}.{self.y}"


def read_square(text: str) -> str:
    """A condition on the place as addresses carry it: `any`, `none`, a square's key, or keys of a square and of parts that are left out of it.

    Raises ValueError for anything else.
    """
    if text not in (ANY, NONE) and not _SQUARE.fullmatch(text):
        raise ValueError(text)
    return text


def squares_of(text: str) -> tuple[Square, ...]:
    """The square of a condition, and the parts left out of it; nothing for `any`, `none` and ''."""
    return tuple(Square(*map(int, key.split("."))) for key in text.split(",")) if _SQUARE.fullmatch(text) else ()


def finest(category: str) -> int:
    """How fine squares may be for a filter's category."""
    return SENSITIVE_FINEST if category[:2] in SENSITIVE else FINEST
