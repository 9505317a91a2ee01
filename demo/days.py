"""How busy a day is: weekdays, holidays, Spring Festival and seasons, as weights of days counted from 1970-01-01."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache

import chinese_calendar
import numpy as np
from lunardate import LunarDate
from numpy.typing import NDArray

Days = NDArray[np.int64]
Floats = NDArray[np.float64]

_EPOCH = date(1970, 1, 1)
# Centre intake by month in a usual year; February's low is mostly the festival's, which is laid over it.
_MONTHS = np.array([1.0, 0.92, 1.02, 1.0, 1.0, 1.02, 1.04, 1.13, 1.03, 0.97, 0.99, 1.05])


def ordinal(day: date) -> int:
    """Days since 1970-01-01."""
    return (day - _EPOCH).days


def to_date(days: int) -> date:
    """The date of a count of days since 1970-01-01."""
    return _EPOCH + timedelta(days=int(days))


@cache
def spring_festival(year: int) -> int:
    """New Year's Day of the lunar calendar in that year, as days since 1970-01-01."""
    return ordinal(LunarDate(year, 1, 1).to_solar_date())


@cache
def _open_on(day: int) -> bool:
    return is_workday(to_date(day))


@cache
def is_workday(day: date) -> bool:
    """Whether offices are open; years the holiday table does not reach are told by weekday and festival week."""
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        after = ordinal(day) - spring_festival(day.year)
        return day.weekday() < 5 and not -1 <= after <= 6


def workdays(days: Days) -> NDArray[np.bool_]:
    """Whether offices are open, for each day."""
    return np.fromiter(map(_open_on, days.tolist()), dtype=bool, count=len(days))


def _festival(days: Days) -> Floats:
    """A dip around Spring Festival and the rebound after it."""
    years = days.astype("datetime64[D]").astype("datetime64[Y]").astype(int) + 1970
    starts = np.array([spring_festival(int(y)) for y in np.unique(years)])
    after = days - starts[np.searchsorted(np.unique(years), years)]
    weight = np.ones(len(days))
    weight[(after >= -6) & (after <= -2)] = 0.7
    weight[(after >= -1) & (after <= 7)] = 0.28
    weight[(after >= 8) & (after <= 24)] = 1.12
    return weight


def weights(days: Days, closed: float) -> Floats:
    """Relative business of each day; `closed` is the share of an ordinary day on a day off (1.0: never closes)."""
    months = days.astype("datetime64[D]").astype("datetime64[M]").astype(int) % 12
    return _MONTHS[months] * _festival(days) * np.where(workdays(days), 1.0, closed)


def span(first: int, last: int) -> Days:
    """Every day from first to last, both included."""
    return np.arange(first, last + 1, dtype=np.int64)
