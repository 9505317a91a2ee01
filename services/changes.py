"""Comparisons: percent, points, or counts where a percent would mislead, and none at all on a late feed."""

from __future__ import annotations

from matters.filters import Filter
from matters.indicators import change, is_small
from services.shapes import Change


def count_change(now: int, before: int, rows_before: Filter | None, stale: bool, small: int) -> Change:
    """Change of a count."""
    if stale:
        return Change("withheld", now=now)
    if now == 0 and before == 0:
        return Change("none", now=now, before=before)
    if is_small(now, before, small):
        return Change("counts", None, now, before, rows_before)
    return Change("percent", change(now, before), now, before, rows_before)


def rate_change(now: float | None, before: float | None, rows_before: Filter | None, stale: bool) -> Change:
    """Change of a rate, in points (0.017 = 1.7 points)."""
    if stale:
        return Change("withheld", now=now)
    if now is None or before is None:
        return Change("none", now=now, before=before)
    return Change("points", now - before, now, before, rows_before)
