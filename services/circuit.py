"""When a source that fails again and again is asked next."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

AFTER, LONGEST = 5, 3_600


def until(failures: int, cadence: int, now: datetime, spread: float | None = None, asks: float = 0) -> datetime | None:
    """None below AFTER failures in a row; then the cadence doubled each time, an hour at most, give or take a tenth.

    A source that asks to be left alone for `asks` seconds is, from its first failure on: an hour at most, lest a slip silence it.
    """
    wait = min(asks, LONGEST)
    if failures >= AFTER:
        wait = max(wait, min(cadence * 2 ** min(failures - AFTER + 1, 16), LONGEST) * (random.uniform(0.9, 1.1) if spread is None else spread))  # noqa: S311
    return now + timedelta(seconds=wait) if wait > 0 else None
