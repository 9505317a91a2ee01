"""The demo city's index figures from outside, and a few merits and demerits. Figures and reasons are invented, the article's ranks are not."""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

from demo.article import OUTSIDE_RANKS, article_year, window
from matters.access import Scope
from matters.assessment import last_over, period_of
from services.outside_indices import read
from services.wiring import Services

FILE = "outside-indices.csv"
CITIES, COUNTIES = 11, 100  # ranked in the province
_HEAD = ("指数", "地区", "起", "止", "数值", "全省排名", "参评数", "来源")
_SOURCE = "省平安办通报，演示数据"
_VALUES = {"公众安全感": 98.9, "夜间出行安全感": 98.6, "平安指数": 96.4}
_CITY = Scope.of("city", "city_leader", "city")
_ANALYST = Scope.of("analyst", "analyst", "city")
_COUNTY = Scope.of("county", "county_leader", "county", "360923")


class _Mark(NamedTuple):
    scope: Scope
    unit: str
    day: int  # of the quarter
    points: float
    reason: str
    withdrawn: str = ""


_MARKS = (
    _Mark(_CITY, "360981", 20, 2, "诉源治理做法在全省会议上交流，附会议通知"),
    _Mark(_CITY, "360902", 33, -1, "两起群体性苗头迟报超过 24 小时，见督办单"),
    _Mark(_ANALYST, "360926", 41, 1, "县矛调中心规范化建设验收合格，附验收表"),
    _Mark(_ANALYST, "360983", 48, -2, "抽查回访，12 件中 5 件与系统记载不符"),
    _Mark(_CITY, "justice", 55, 1, "牵头修订人民调解卷宗标准，全市试行"),
    _Mark(_COUNTY, "360923103", 62, 1, "巡回调解进村做法在全县推广"),
    _Mark(_ANALYST, "360922", 66, -1, "漏报一起涉校纠纷", "核实后为邻县事项，已撤销"),
)  # fmt: skip


def rows(today: date, counties: list[str]) -> list[tuple[Any, ...]]:
    """Cells of the table of indices: the article's ranks of the city, and a survey of the counties every half-year."""
    first, last = window(article_year(today))
    out: list[tuple[Any, ...]] = [(name, "360900", first, last, _VALUES.get(name, ""), rank, CITIES, _SOURCE) for name, rank in OUTSIDE_RANKS]
    for start, end in _halves(today):
        for code in counties:
            chance = Random(f"{code}{start}")
            value = round(chance.uniform(94.5, 99.2), 2)
            out.append(("公众安全感", code, start, end, value, max(1, round((99.4 - value) * 20)), COUNTIES, _SOURCE))
    return out


def _halves(today: date) -> list[tuple[date, date]]:
    """The last two half-years that are over."""
    found: list[tuple[date, date]] = []
    day = date(today.year, 7, 1) if today.month > 6 else date(today.year, 1, 1)
    for _ in range(2):
        end = day - timedelta(days=1)
        day = date(end.year, 7, 1) if end.month > 6 else date(end.year, 1, 1)
        found.append((day, end))
    return found


def write(path: Path, cells: list[tuple[Any, ...]]) -> None:
    """The table as a csv, as `yizhan indices import` reads it."""
    with path.open("w", encoding="utf-8-sig", newline="") as out:
        csv.writer(out).writerows([_HEAD, *cells])


def bring(services: Services) -> int:
    """Take the indices over by the command's own reader, and give the marks; returns their number. Nothing when somebody has marked already."""
    today = services.now().date()
    path = services.settings.data_dir / FILE
    write(path, rows(today, [c.code for c in services.areas.counties()]))
    services.indices.bring(Scope.system(), read(path, services.areas))
    quarter = last_over("quarter", today)
    if any(services.marks.of(_CITY, p) for p in (quarter, period_of("quarter", today))):
        return 0
    return sum(_give(services, m, quarter.start + timedelta(days=m.day)) for m in _MARKS)


def _give(services: Services, m: _Mark, day: date) -> int:
    add: Callable[..., int] = services.marks.add
    mark_id = add(m.scope, m.unit, services.marks.seen(m.unit), day, m.points, m.reason)
    if m.withdrawn:
        services.marks.withdraw(m.scope, mark_id, m.withdrawn)
    return 1
