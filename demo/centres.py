"""The directory of dispute centres: seven counties' run, three open by the end of the year, townships' all run; all contents invented."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from demo.article import article_year

PLATFORMS = ("综治中心", "群众来访接待中心", "诉讼服务中心", "公共法律服务中心", "法律援助中心", "网格化管理服务中心", "社会心理服务中心")
_RESIDENT = ("法院", "检察院", "公安局", "司法局", "信访局")
_ROTATING = ("教体局", "卫健委", "人社局", "住建局", "环境局", "交警")
_ON_CALL = ("自然资源", "农业农村", "市监", "应急", "民政", "水利", "林业", "交通", "文广旅", "医保", "税务", "妇联", "工会", "残联")
_THIRD = ("商会调委会", "物业纠纷调委会", "医疗纠纷调委会", "道路交通调委会", "劳动仲裁", "律师值班", "心理服务站", "公证处", "义务调解协会")
_PROMISE = "接到分流后 2 个工作日内到场"


class _Plan(NamedTuple):
    """One county's centre: years before the article's year, month and day it opened (None: not yet), and what is its own."""

    code: str
    county: str
    opened: tuple[int, int, int] | None
    platforms: int
    room: str  # 以调解员命名的调解室
    turn: int  # where the weekly rota begins


_PLANS = (
    _Plan("360902", "袁州区", (2, 11, 8), 7, "老袁调解室", 0),
    _Plan("360921", "奉新县", (1, 9, 30), 6, "冯川和事佬工作室", 1),
    _Plan("360922", "万载县", (1, 8, 12), 7, "花乡调解室", 2),
    _Plan("360923", "上高县", (1, 6, 18), 7, "老杨调解室", 3),
    _Plan("360924", "宜丰县", None, 4, "竹乡调解室", 4),
    _Plan("360925", "靖安县", None, 3, "双溪调解室", 0),
    _Plan("360926", "铜鼓县", None, 3, "客家和事堂", 1),
    _Plan("360981", "丰城市", (1, 3, 20), 7, "剑邑调解室", 2),
    _Plan("360982", "樟树市", (1, 12, 5), 7, "药都调解室", 3),
    _Plan("360983", "高安市", (1, 5, 26), 6, "瑞州老陈调解室", 4),
)


def _rota(turn: int) -> dict[str, list[str]]:
    """ISO weekday → departments: each comes once a week, one of them with another."""
    names = _ROTATING[turn:] + _ROTATING[:turn]
    found = {str(day): [names[day - 1]] for day in range(1, 6)}
    found["4"].append(names[5])
    return found


_TOWN_RESIDENT = ("司法所", "派出所", "综治办")
_TOWN_ON_CALL = ("自然资源所", "农业农村办", "民政所", "卫生院", "市监分局")


def rows(today: date, areas: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Rows of the centre table for that day: area_code, name, state, since, planned_for, detail.

    areas: the rows of the area table, of which the townships get a centre each.
    """
    towns = [a for a in areas if a["level"] == "township"]
    return [*_counties(today), *(_town(a, n, article_year(today)) for n, a in enumerate(towns))]


def _town(area: Mapping[str, Any], number: int, year: int) -> dict[str, Any]:
    """A township's centre: the judge comes twice a week, a lawyer once."""
    first = number % 3 + 1
    detail = {"resident": list(_TOWN_RESIDENT), "rotating": {str(first): ["法官"], str(first + 2): ["法官", "律师"]}, "on_call": list(_TOWN_ON_CALL),
              "on_call_promise": "接到分流后次日到场"}  # fmt: skip
    return {"area_code": area["code"], "name": f"{area['name']}矛盾纠纷多元化解中心", "state": "running",
            "since": date(year - 1 - number % 2, 1 + number % 12, 1), "planned_for": None, "detail": detail}  # fmt: skip


def _counties(today: date) -> list[dict[str, Any]]:
    year = article_year(today)
    found = []
    for plan in _PLANS:
        since = date(year - plan.opened[0], *plan.opened[1:]) if plan.opened else None
        third = [plan.room, *_THIRD[plan.turn : plan.turn + 5]]
        detail: dict[str, Any] = {
            "platforms": list(PLATFORMS[: plan.platforms]), "resident": list(_RESIDENT if since else _RESIDENT[:4]),
            "rotating": _rota(plan.turn) if since else {}, "on_call": list(_ON_CALL), "on_call_promise": _PROMISE, "third_parties": third,
            "rooms": ["接待大厅", *(f"{n}号调解室" for n in "一二三"[: 1 + plan.platforms // 3]), "心理疏导室", "联席会商室"],
        }  # fmt: skip
        found.append({
            "area_code": plan.code, "name": f"{plan.county}矛盾纠纷多元化解中心", "state": "running" if since else "planned",
            "since": since, "planned_for": None if since else date(today.year, 12, 31), "detail": detail,
        })  # fmt: skip
    return found
