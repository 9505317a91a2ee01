"""The past weeks that a week is compared with, and the seasonal period that each belongs to."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def same_weeks(k: int, dates: NDArray[np.datetime64] | None, years: int, year: int) -> list[int]:
    """Rows of week k and of the same week 1 … years before; by the calendar when there are dates.

    A year before is the same day of the month, moved to the nearest row of the calendar. ValueError if it lies before row 0.
    """
    if dates is None:
        rows = [k - year * i for i in range(years + 1)]
    else:
        rows = [_nearest(dates, _years_before(dates[k], i)) for i in range(years + 1)]
    if rows[-1] < 0:
        raise ValueError(f"row {k} has no history of {years} years")
    return rows


def _years_before(day: np.datetime64, years: int) -> np.datetime64:
    month = day.astype("datetime64[M]")
    return (month - 12 * years).astype("datetime64[D]") + (day - month.astype("datetime64[D]"))


def _nearest(dates: NDArray[np.datetime64], day: np.datetime64) -> int:
    """The row nearest to the day; -1 when the day lies before the calendar."""
    gaps = np.abs((dates - day) / np.timedelta64(1, "D"))
    return -1 if day < dates[0] - np.timedelta64(3, "D") else int(np.argmin(gaps))


def base(
    k: int, dates: NDArray[np.datetime64] | None, years: int, half: int, periods: int, left_out: int, year: int = 52
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Rows of the history of week k and their period: 0 around the same week, 1 … periods - 1 between these windows.

    ValueError if the history begins before row 0.
    """
    same = same_weeks(k, dates, years, year)
    if same[-1] - half < 0:
        raise ValueError(f"row {k} has no history of {years} years")
    rows = np.arange(same[-1] - half, k - left_out)
    groups = np.full(len(rows), -1, dtype=np.intp)
    for i, row in enumerate(same):
        groups[np.abs(rows - row) <= half] = 0
        if i and periods > 1:
            between = np.arange(row + half + 1, same[i - 1] - half)
            inside = (rows >= between[0]) & (rows <= between[-1])
            groups[inside] = _spread(len(between), periods - 1)[rows[inside] - between[0]]
    kept = groups >= 0
    return rows[kept], groups[kept]


def _spread(weeks: int, parts: int) -> NDArray[np.intp]:
    """Parts as equal as can be, numbered from 1; a 53rd week makes the first one longer."""
    return np.arange(weeks) * parts // weeks + 1
