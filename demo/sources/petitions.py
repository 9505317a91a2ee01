"""Petitions: weekly workbooks, each with the rows registered or changed in that week."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import xlsxwriter

from demo.codes import PETITION_KINDS
from demo.days import to_date
from demo.papers import Paper
from demo.timeline import NEVER

FOLDER = "petitions"
COLUMNS = ("信访件编号", "信访形式", "登记日期", "受理日期", "办结日期", "初重件", "信访人", "身份证号", "联系电话", "人数", "问题属地",
           "内容分类", "诉求概述", "办理结果", "满意评价", "责任单位")  # fmt: skip
_EPOCH = datetime(2026, 1, 1)  # in the file's properties; a real time would make two same files differ
_NOTE = (
    "一、本台账由各县（市、区）信访部门按周汇总，登记或有变动的事项各列一行。",
    "二、同一编号再次出现的，以后一次为准。",
    "三、满意评价由信访人作出，未评价的不计。",
)
Row = list[Any]


def week(day: int) -> tuple[int, int]:
    """ISO year and week of a day."""
    iso = to_date(day).isocalendar()
    return iso.year, iso.week


def file_name(year: int, number: int) -> str:
    """信访台账_2026年第05周.xlsx."""
    return f"信访台账_{year}年第{number:02d}周.xlsx"


def _loose(day: int) -> str:
    """2026-1-5, or '' for a day that has not come."""
    if day == NEVER:
        return ""
    found = to_date(day)
    return f"{found.year}-{found.month}-{found.day}"


def _result(p: Paper) -> str:
    if p.close == NEVER:
        return ""
    if p.acc == NEVER:
        return "不予受理"
    return {"resolved": "已化解", "transferred": "转办"}.get(p.outcome, "未化解")


def row(p: Paper) -> Row:
    """One row in the order of COLUMNS; now and then the day of registration is a real date."""
    kinds = PETITION_KINDS[p.category]
    registered: Any = to_date(p.reg) if p.seed % 23 == 0 else _loose(p.reg)
    rating = "" if p.close == NEVER else "未评价" if p.rated < 0 else "不满意" if p.rated == 0 else ("满意", "基本满意")[p.seed % 3 == 0]
    said = f"{p.title}。{p.first.name}反映：{p.ask}，与{p.other.name}协商未果。{p.quote}请予处理。"
    return [
        p.key, ("来信", "来访", "来访", "网上", "网上")[p.seed // 3 % 5], registered, _loose(p.acc), _loose(p.close),
        "重复" if p.seed % 9 == 0 else "初次", p.first.name, p.first.idno, p.first.phone, f"{p.people}人" if p.seed % 2 else str(p.people),
        p.address, kinds[p.seed // 5 % len(kinds)], said, _result(p), rating, p.owner,
    ]  # fmt: skip


def versions(p: Paper) -> list[tuple[tuple[int, int], Paper]]:
    """The weeks in which the petition was registered, accepted or ended, each with what was known at its end."""
    weeks = sorted({week(d) for d in (p.reg, p.acc, p.close) if d != NEVER})
    found = []
    for name in weeks:
        acc, close = (d if d != NEVER and week(d) <= name else NEVER for d in (p.acc, p.close))
        found.append((name, p._replace(acc=acc, close=close, rated=p.rated if close != NEVER else -1)))
    return found


def spoil(values: Row, bad: str) -> Row:
    """The row with one thing wrong."""
    found = dict(zip(COLUMNS, values, strict=True))
    changes: dict[str, dict[str, Any]] = {
        "missing_key": {"信访件编号": ""}, "bad_date": {"登记日期": "2026-2-30"}, "future": {"登记日期": "2099-1-1"},
        "ancient": {"登记日期": "1900-1-1"}, "unknown_code": {"内容分类": "对台事务"}, "letters": {"人数": "十来人"},
        "rounded_id": {"身份证号": 999000197001010000.0},
    }  # fmt: skip
    return list((found | changes[bad]).values())


def write_week(folder: Path, name: tuple[int, int], rows: Sequence[Row]) -> None:
    """One workbook, complete at once: it is written beside its place and then moved there."""
    target = folder / FOLDER / file_name(*name)
    target.parent.mkdir(parents=True, exist_ok=True)
    half = target.with_suffix(".part")
    book = xlsxwriter.Workbook(str(half), {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False,
                                           "strings_to_numbers": False, "default_date_format": "yyyy/m/d"})  # fmt: skip
    book.set_properties({"created": _EPOCH})
    bold = book.add_format({"bold": True, "align": "center"})
    sheet = book.add_worksheet("台账")
    sheet.merge_range(0, 0, 0, len(COLUMNS) - 1, f"宜春市信访事项登记台账（{name[0]}年第{name[1]}周）", bold)
    sheet.write_row(1, 0, COLUMNS, bold)
    for number, values in enumerate(rows, start=2):
        for column, value in enumerate(values):
            if isinstance(value, str):
                sheet.write_string(number, column, value)
            elif isinstance(value, date):
                sheet.write_datetime(number, column, datetime(value.year, value.month, value.day))
            else:
                sheet.write_number(number, column, value)
    note = book.add_worksheet("说明")
    for number, text in enumerate(_NOTE):
        note.write_string(number, 0, text)
    book.close()
    half.replace(target)
