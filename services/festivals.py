"""The day of Spring Festival, by the lunar calendar, and the public holidays that the law itself names."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache

from lunardate import LunarDate


@cache
def spring(year: int) -> date:
    """春节 of a year: the first day of the first lunar month. ValueError outside 1900 to 2099."""
    day: date = LunarDate(year, 1, 1).to_solar_date()
    return day


@cache
def statutory(year: int) -> frozenset[date]:
    """The thirteen days of 全国年节及纪念日放假办法 (2025), without the days off and the make-up days around them, which the State Council
    sets each November for the year after. Empty outside 2000 to 2099."""
    if not 2000 <= year <= 2099:
        return frozenset()
    qingming = date(year, 4, int((year - 2000) * 0.2422 + 4.81) - (year - 2000) // 4)
    fixed = (date(year, m, d) for m, d in ((1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3)))
    lunar = (LunarDate(year, m, d).to_solar_date() for m, d in ((5, 5), (8, 15)))
    return frozenset((*fixed, qingming, *lunar, *(spring(year) + timedelta(days=n) for n in range(-1, 3))))
