"""The limit of a record by its kind, as the way in needs it for every row; the table is in clocks.py."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Literal, NamedTuple

from matters.clocks import CLOCKS, add


class Limit(NamedTuple):
    """How long an agency has, from acceptance."""

    days: int
    unit: Literal["calendar", "working"]
    source: str


LIMITS: dict[str, Limit] = {kind: Limit(c.days, c.unit, c.source) for c in CLOCKS.values() if c.step == "finish" for kind in c.kinds}


def due(kind: str, accepted: date, is_workday: Callable[[date], bool]) -> date:
    """Last day of the limit of a record of that kind accepted on that day; the day of acceptance is day 0."""
    limit = LIMITS[kind]
    return add(accepted, limit.days, limit.unit, is_workday)
