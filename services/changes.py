"""Comparisons: percent, points, or counts where a percent would mislead, and none at all on a late feed."""

from __future__ import annotations

from collections.abc import Mapping

from matters.filters import Filter
from matters.indicators import INDICATORS, change, is_small
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


def few(key: str, small: int, *sides: Mapping[str, int]) -> bool:
    """Whether a rate rests on too few matters on either side for points to say anything: one of two is 50 points more than none of two."""
    return min(sum(side[m] for m in INDICATORS[key].bottom) for side in sides) < small


def rate_change(now: float | None, before: float | None, rows_before: Filter | None, stale: bool, few: bool = False) -> Change:
    """Change of a rate, in points (0.017 = 1.7 points); none where it rests on `few` matters."""
    if stale:
        return Change("withheld", now=now)
    if now is None or before is None or few:
        return Change("none", now=now, before=before)
    return Change("points", now - before, now, before, rows_before)
