"""Emergency management: weekly text files in GB18030, cells parted by a bar."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from demo.days import to_date
from demo.papers import CONTEXT, Paper
from demo.sources.fire import week
from demo.timeline import NEVER
from demo.words import TRADES

__all__ = ["COLUMNS", "FOLDER", "file_name", "row", "spoil", "versions", "week", "write_week"]

FOLDER = "emergency"
COLUMNS = ("编号", "行业", "发生时间", "受理日期", "县市区", "乡镇街道", "地点", "经度", "纬度", "伤亡人数", "涉及人数", "损失元", "是否引发争议", "简况",
           "处置进展", "办结日期", "联系人", "联系电话", "责任单位")  # fmt: skip
_ENDS = {"resolved": "已化解", "unresolved": "未化解", "withdrawn": "未化解", "transferred": "已移送"}
Row = list[Any]


def file_name(monday: int, sunday: int) -> str:
    """应急事项_20260105.txt."""
    return f"应急事项_{to_date(monday):%Y%m%d}.txt"


def _dotted(day: int) -> str:
    """2026.01.05, or '' for a day that has not come."""
    return "" if day == NEVER else to_date(day).strftime("%Y.%m.%d")


def row(p: Paper) -> Row:
    """One row in the order of COLUMNS."""
    trades, rest = TRADES[p.category], p.made % 86_400
    known = p.lon == p.lon and bool(p.town_name) and p.seed % 13 != 0
    quiet = p.fate == CONTEXT
    said = "一般事项，无争议" if quiet else f"{p.title}，{p.ask}。{p.quote}已现场核查。"
    return [
        p.key, trades[p.seed // 3 % len(trades)], f"{_dotted(p.reg)} {rest // 3600:02d}:{rest // 60 % 60:02d}", _dotted(p.acc), p.county_name,
        p.town_name, p.address, f"{p.lon:.6f}" if known else "", f"{p.lat:.6f}" if known else "", int(p.seed % 97 == 0), p.people,
        f"{p.amount:,.0f}" if p.amount > 0 else "", "否" if quiet else "是", said, "处置中" if p.close == NEVER else _ENDS[p.outcome],
        _dotted(p.close), p.first.name, p.first.phone, f"{p.county_name}应急管理局",
    ]  # fmt: skip


def versions(p: Paper) -> list[tuple[tuple[int, int], Paper]]:
    """The weeks in which something happened to it, each with what was known at its end."""
    weeks = sorted({week(d) for d in (p.reg, p.acc, p.close) if d != NEVER})
    return [(w, p._replace(acc=p.acc if p.acc <= w[1] else NEVER, close=p.close if p.close <= w[1] else NEVER)) for w in weeks]


def spoil(values: Row, bad: str) -> Row:
    """The row with one thing wrong."""
    if bad == "wrong_columns":
        return values[:-1]
    found = dict(zip(COLUMNS, values, strict=True))
    changes: dict[str, dict[str, Any]] = {
        "missing_key": {"编号": ""}, "bad_date": {"发生时间": "2026.02.30 10:00"}, "future": {"发生时间": "2099.01.01 08:00"},
        "ancient": {"发生时间": "1900.01.01 08:00"}, "unknown_code": {"行业": "航天发射"}, "letters": {"涉及人数": "十来人"},
    }  # fmt: skip
    return list((found | changes[bad]).values())


def write_week(folder: Path, name: tuple[int, int], rows: Sequence[Row]) -> None:
    """One file, complete at once."""
    target = folder / FOLDER / file_name(*name)
    target.parent.mkdir(parents=True, exist_ok=True)
    text = io.StringIO()
    out = csv.writer(text, delimiter="|", lineterminator="\r\n")
    out.writerow(COLUMNS)
    out.writerows(rows)
    half = target.with_suffix(".part")
    half.write_bytes(text.getvalue().encode("gb18030"))
    half.replace(target)
