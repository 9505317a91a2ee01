"""The day of Spring Festival, by the lunar calendar."""

from __future__ import annotations

from datetime import date
from functools import cache

from lunardate import LunarDate


@cache
def spring(year: int) -> date:
    """春节 of a year: the first day of the first lunar month. ValueError outside 1900 to 2099."""
    day: date = LunarDate(year, 1, 1).to_solar_date()
    return day
