"""Periods of the rollups as integers: a day is its ordinal, a month year * 12 + month - 1."""

from __future__ import annotations

from datetime import date, timedelta
from typing import NamedTuple

from matters.periods import Window


def month_number(day: date) -> int:
    """Number of the month that holds the day."""
    return day.year * 12 + day.month - 1


def month_start(number: int) -> date:
    """First day of a month number."""
    return date(number // 12, number % 12 + 1, 1)


class Split(NamedTuple):
    """A window as whole months (first and last number, or None) and up to two runs of days."""

    months: tuple[int, int] | None
    days: tuple[Window, ...]


def split(window: Window) -> Split:
    """Cut a window into whole months and the days at its edges; the parts are disjoint and cover it."""
    start, end = window.start, window.end
    first = start if start.day == 1 else month_start(month_number(start) + 1)
    after = end + timedelta(days=1)
    last = month_start(month_number(after)) - timedelta(days=1)  # last day of the last whole month
    if last < first:
        return Split(None, (window,))
    edges = []
    if start < first:
        edges.append(Window(start, first - timedelta(days=1)))
    if last < end:
        edges.append(Window(last + timedelta(days=1), end))
    return Split((month_number(first), month_number(last)), tuple(edges))
