"""Education: monthly CSV files in UTF-8 with a byte order mark, two lines of title before the header."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from demo.days import to_date
from demo.papers import Paper
from demo.sources.justice import versions, week
from demo.timeline import NEVER
from demo.words import SCHOOL_KINDS

__all__ = ["COLUMNS", "FOLDER", "file_name", "row", "spoil", "versions", "week", "write_week"]

FOLDER = "education"
COLUMNS = ("序号", "编号", "学校", "学段", "纠纷类别", "登记日期", "受理日期", "涉及学生数", "诉求金额", "家长姓名", "家长证件号", "家长电话", "县区", "乡镇",
           "地点", "情况说明", "进展", "办结日期", "家长评价")  # fmt: skip
_STAGES = ("小学", "初中", "高中", "幼儿园", "校外培训")
_ENDS = {"resolved": "已化解", "unresolved": "未化解", "withdrawn": "未化解", "transferred": "已移送"}
Row = list[Any]


def file_name(year: int, month: int) -> str:
    """涉校涉教纠纷月报_202601.csv."""
    return f"涉校涉教纠纷月报_{year}{month:02d}.csv"


def _slashed(day: int) -> str:
    """2026/1/5, or '' for a day that has not come."""
    found = None if day == NEVER else to_date(day)
    return f"{found.year}/{found.month}/{found.day}" if found else ""


def row(p: Paper) -> Row:
    """One row in the order of COLUMNS, its 序号 still empty; pupils are counted, never named."""
    return [
        "", p.key, f"{p.county_name or '某'}第{'一二三四五'[p.seed % 5]}学校", _STAGES[p.seed // 3 % 5], SCHOOL_KINDS[p.seed // 5 % len(SCHOOL_KINDS)],
        _slashed(p.reg), _slashed(p.acc), p.people, f"{p.amount:.0f}元" if p.amount > 0 else "", p.first.name, p.first.idno, p.first.phone, p.county_name,
        p.town_name, p.address, f"{p.title}，{p.ask}。{p.quote}学校已约见家长。", "调解中" if p.close == NEVER else _ENDS[p.outcome], _slashed(p.close),
        "未评价" if p.rated < 0 else ("不满意", "满意")[p.rated],
    ]  # fmt: skip


def spoil(values: Row, bad: str) -> Row:
    """The row with one thing wrong."""
    if bad == "wrong_columns":
        return [*values, "多出的一列"]
    found = dict(zip(COLUMNS, values, strict=True))
    changes: dict[str, dict[str, Any]] = {
        "missing_key": {"编号": ""}, "bad_date": {"登记日期": "2026/2/30"}, "future": {"登记日期": "2099/1/1"},
        "ancient": {"登记日期": "1900/1/1"}, "unknown_code": {"纠纷类别": "星际教育"}, "letters": {"涉及学生数": "十来人"},
    }  # fmt: skip
    return list((found | changes[bad]).values())


def write_week(folder: Path, name: tuple[int, int], rows: Sequence[Row]) -> None:
    """One file, complete at once."""
    target = folder / FOLDER / file_name(*name)
    target.parent.mkdir(parents=True, exist_ok=True)
    text = io.StringIO()
    out = csv.writer(text, lineterminator="\n")
    out.writerow([f"全市涉校涉教矛盾纠纷月报（{name[0]}年{name[1]}月）"])
    out.writerow(["填报：各县（市、区）教育体育局"])
    out.writerow(COLUMNS)
    out.writerows([number, *values[1:]] for number, values in enumerate(rows, start=1))
    half = target.with_suffix(".part")
    half.write_bytes(text.getvalue().encode("utf-8-sig"))
    half.replace(target)
