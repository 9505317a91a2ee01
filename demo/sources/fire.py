"""Fire brigade: weekly CSV files in GB18030, some with its byte order mark."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from demo.codes import FIRE_PLACES, HAZARD_PLACES
from demo.days import to_date
from demo.papers import CONTEXT, Paper
from demo.timeline import NEVER

FOLDER = "fire"
COLUMNS = ("序号", "编号", "类型", "接警时间", "区县", "乡镇街道", "详细地址", "场所类型", "起火原因", "死亡人数", "重伤人数", "直接损失万元",
           "经度", "纬度", "处置状态", "办结日期", "联系人", "电话", "涉纠纷", "备注")  # fmt: skip
_MARK = b"\x84\x31\x95\x33"
_CAUSES = ("电气线路故障", "用火不慎", "遗留火种", "电动车充电", "吸烟", "雷击", "原因待查")
_HAZARDS = ("消防通道堵塞", "违规充电", "消防设施缺失", "安全出口锁闭", "")
Row = list[Any]


def week(day: int) -> tuple[int, int]:
    """Monday and Sunday of the week of a day, days since 1970-01-01."""
    monday = day - to_date(day).weekday()
    return monday, monday + 6


def file_name(monday: int, sunday: int) -> str:
    """消防警情_20260105-20260111.csv."""
    return f"消防警情_{to_date(monday):%Y%m%d}-{to_date(sunday):%Y%m%d}.csv"


def _loose(day: int) -> str:
    """2026/1/9, or '' for a day that has not come."""
    if day == NEVER:
        return ""
    found = to_date(day)
    return f"{found.year}/{found.month}/{found.day}"


def _scene(p: Paper) -> tuple[str, str, str]:
    """类型, 场所类型 and 起火原因 of the record."""
    if p.category == "06":
        return "火灾", FIRE_PLACES[p.seed // 3 % len(FIRE_PLACES)], _CAUSES[p.seed // 5 % len(_CAUSES)]
    places = HAZARD_PLACES[p.category]
    return "隐患", places[p.seed // 3 % len(places)], _HAZARDS[p.seed // 5 % len(_HAZARDS)]


def row(p: Paper) -> Row:
    """One row in the order of COLUMNS, its 序号 still empty; the paper's position is BD-09 here."""
    kind, place, cause = _scene(p)
    rest = p.made % 86_400
    lost = p.seed % 1000 if kind == "火灾" else 0
    hurt = (int(p.seed % 701 == 0), int(p.seed % 97 == 0)) if kind == "火灾" else (0, 0)
    known = p.lon == p.lon and bool(p.town_name) and p.seed % 17 != 0
    return [
        "", p.key, kind, f"{_loose(p.reg)} {rest // 3600:02d}:{rest // 60 % 60:02d}", p.county_name, p.town_name, p.address, place, cause,
        hurt[0], hurt[1], f"{lost / 80:.2f}", f"{p.lon:.6f}" if known else "", f"{p.lat:.6f}" if known else "",
        "处理中" if p.close == NEVER else "已办结", _loose(p.close), p.first.name, p.first.phone, "否" if p.fate == CONTEXT else "是",
        "" if p.fate == CONTEXT else f"{p.title}，{p.ask}。{p.quote}已告知双方。",
    ]  # fmt: skip


def versions(p: Paper) -> list[tuple[tuple[int, int], Paper]]:
    """The weeks of the call and of its end, each with what was known at its end."""
    weeks = sorted({week(d) for d in (p.reg, p.close) if d != NEVER})
    return [(w, p._replace(close=p.close if p.close <= w[1] else NEVER)) for w in weeks]


def spoil(values: Row, bad: str) -> Row:
    """The row with one thing wrong."""
    if bad == "wrong_columns":
        return [*values[:6], "多出的一列", *values[6:]]
    found = dict(zip(COLUMNS, values, strict=True))
    changes: dict[str, dict[str, Any]] = {
        "missing_key": {"编号": ""}, "bad_date": {"接警时间": "2026/2/30 10:00"}, "future": {"接警时间": "2099/1/1 08:00"},
        "ancient": {"接警时间": "1900/1/1 08:00"}, "unknown_code": {"类型": "地震"}, "letters": {"直接损失万元": "1.2O"},
    }  # fmt: skip
    return list((found | changes[bad]).values())


def write_week(folder: Path, name: tuple[int, int], rows: Sequence[Row]) -> None:
    """One file, complete at once; every third carries the byte order mark."""
    target = folder / FOLDER / file_name(*name)
    target.parent.mkdir(parents=True, exist_ok=True)
    text = io.StringIO()
    out = csv.writer(text, lineterminator="\r\n")
    out.writerow(COLUMNS)
    out.writerows([number, *values[1:]] for number, values in enumerate(rows, start=1))
    half = target.with_suffix(".part")
    half.write_bytes((_MARK if name[0] // 7 % 3 == 0 else b"") + text.getvalue().encode("gb18030"))
    half.replace(target)
