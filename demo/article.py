"""The figures the demo city must show exactly, county by county, for January to September of the article's year."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple


class County(NamedTuple):
    """Targets of one county: centre matters and civil filings now and a year before, and the two rates."""

    code: str
    centre: int
    centre_before: int
    filings: int
    filings_before: int
    resolved: float  # of the settled matters
    satisfied: float  # of the rated matters
    per_10k: float  # all matters of the window, only the weight of the streams that are not exact


COUNTIES: tuple[County, ...] = (
    County("360902", 2180, 2121, 3625, 4409, 0.9665, 0.787, 100.5),
    County("360921", 538, 507, 815, 842, 0.976, 0.817, 72.0),
    County("360922", 948, 921, 1423, 1486, 0.9645, 0.780, 89.6),
    County("360923", 803, 736, 1189, 1164, 0.969, 0.800, 93.3),
    County("360924", 467, 441, 731, 738, 0.978, 0.826, 67.7),
    County("360925", 226, 214, 317, 321, 0.984, 0.857, 58.8),
    County("360926", 204, 188, 282, 288, 0.981, 0.853, 55.2),
    County("360981", 1868, 1842, 2693, 4112, 0.975, 0.813, 75.7),
    County("360982", 1021, 962, 1794, 1846, 0.972, 0.807, 81.0),
    County("360983", 1532, 1420, 3034, 3196, 0.968, 0.794, 85.2),
)
UNLOCATED = County("", 12, 10, 0, 0, 0.965, 0.725, 0.0)

CENTRE_TOTAL = 9_799
FILINGS_TOTAL = (15_903, 18_402)
SATISFACTION = (4, 5)  # satisfied × 5 = rated × 4
RESOLVED_FLOOR = 0.96

# Index figures that come from outside the city: indicator, rank in the province.
OUTSIDE_RANKS: tuple[tuple[str, int], ...] = (
    ("公众安全感", 2), ("夜间出行安全感", 1), ("平安指数", 2), ("综治中心运行", 1),
)  # fmt: skip


def article_year(today: date) -> int:
    """The latest year whose September is over."""
    return today.year if today >= date(today.year, 10, 1) else today.year - 1


def window(year: int) -> tuple[date, date]:
    """January to September of a year, both days included."""
    return date(year, 1, 1), date(year, 9, 30)


def first_day(today: date) -> date:
    """Where the demo's history starts: the first of the month 37 months back.

    So there are always 36 full months and the two full calendar years before this one.
    """
    months = today.year * 12 + today.month - 1 - 37
    return date(months // 12, months % 12 + 1, 1)
