"""When a source that fails again and again is asked next."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

AFTER, LONGEST = 5, 3_600


def until(failures: int, cadence: int, now: datetime, spread: float | None = None) -> datetime | None:
    """None below AFTER failures in a row; then the cadence doubled each time, an hour at most, give or take a tenth."""
    if failures < AFTER:
        return None
    wait = min(cadence * 2 ** min(failures - AFTER + 1, 16), LONGEST)
    return now + timedelta(seconds=wait * (random.uniform(0.9, 1.1) if spread is None else spread))  # noqa: S311
