"""Justice: monthly workbooks of the people's mediation committees, a title, a line of who filled it in, then the table."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import xlsxwriter

from demo.days import to_date
from demo.papers import Paper
from demo.timeline import NEVER
from demo.words import JUSTICE_KINDS

FOLDER = "justice"
COLUMNS = ("序号", "案件编号", "卷宗号", "调委会", "登记日期", "受理日期", "案件来源", "纠纷类型", "纠纷简要情况", "申请人", "申请人证件号", "申请人电话",
           "被申请人", "涉及人数", "涉及金额（万元）", "发生地", "调解结果", "协议或终止日期", "当事人评价")  # fmt: skip
_EPOCH = datetime(2026, 1, 1)  # in the file's properties; a real time would make two same files differ
_ENDS = {"resolved": "达成协议", "unresolved": "未达成协议", "withdrawn": "撤回申请", "transferred": "移送"}
Row = list[Any]


def week(day: int) -> tuple[int, int]:
    """Year and month of a day: this office reports by the month."""
    found = to_date(day)
    return found.year, found.month


def file_name(year: int, month: int) -> str:
    """人民调解案件登记表_2026年01月.xlsx."""
    return f"人民调解案件登记表_{year}年{month:02d}月.xlsx"


def _written(day: int) -> str:
    """2026年1月5日, or '' for a day that has not come."""
    found = None if day == NEVER else to_date(day)
    return f"{found.year}年{found.month}月{found.day}日" if found else ""


def row(p: Paper) -> Row:
    """One row in the order of COLUMNS, its 序号 still empty."""
    source = "公安移送" if "P" in p.stream else ("依申请", "主动排查", "依申请", "法院委派")[p.seed // 3 % 4]
    rating = "" if p.rated < 0 else ("不满意", "满意", "较满意")[p.rated + (p.rated and p.seed % 3 == 0)]
    return [
        "", p.key, p.number.replace("(", "〔").replace(")", "〕"), f"{p.town_name or p.county_name or '市'}人民调解委员会", _written(p.reg), _written(p.acc),
        source, JUSTICE_KINDS[p.category], f"{p.first.name}与{p.other.name}因{p.title}发生纠纷，{p.ask}。{p.quote}双方愿意调解。", p.first.name,
        p.first.idno, p.first.phone, p.other.name, f"{p.people}人" if p.seed % 2 else str(p.people), f"{p.amount / 10_000:.2f}" if p.amount > 0 else "",
        p.address, "调解中" if p.close == NEVER else _ENDS[p.outcome], _written(p.close), rating,
    ]  # fmt: skip


def versions(p: Paper) -> list[tuple[tuple[int, int], Paper]]:
    """The months of registration, acceptance and end, each with what was known at its end."""
    found = []
    for name in sorted({week(d) for d in (p.reg, p.acc, p.close) if d != NEVER}):
        acc, close = (d if d != NEVER and week(d) <= name else NEVER for d in (p.acc, p.close))
        found.append((name, p._replace(acc=acc, close=close, rated=p.rated if close != NEVER else -1)))
    return found


def spoil(values: Row, bad: str) -> Row:
    """The row with one thing wrong."""
    found = dict(zip(COLUMNS, values, strict=True))
    changes: dict[str, dict[str, Any]] = {
        "missing_key": {"案件编号": ""}, "bad_date": {"登记日期": "2026年2月30日"}, "future": {"登记日期": "2099年1月1日"},
        "ancient": {"登记日期": "1900年1月1日"}, "unknown_code": {"纠纷类型": "太空纠纷"}, "letters": {"涉及人数": "十来人"},
        "rounded_id": {"申请人证件号": 999000197001010000.0},
    }  # fmt: skip
    return list((found | changes[bad]).values())


def write_week(folder: Path, name: tuple[int, int], rows: Sequence[Row]) -> None:
    """One workbook, complete at once."""
    target = folder / FOLDER / file_name(*name)
    target.parent.mkdir(parents=True, exist_ok=True)
    half = target.with_suffix(".part")
    book = xlsxwriter.Workbook(str(half), {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False,
                                           "strings_to_numbers": False})  # fmt: skip
    book.set_properties({"created": _EPOCH})
    bold = book.add_format({"bold": True, "align": "center"})
    sheet = book.add_worksheet("登记表")
    sheet.merge_range(0, 0, 0, len(COLUMNS) - 1, f"人民调解案件登记表（{name[0]}年{name[1]}月）", bold)
    sheet.write_string(1, 0, "填报单位：市司法局人民参与和促进法治科")
    sheet.write_row(2, 0, COLUMNS, bold)
    for number, values in enumerate(rows, start=1):
        sheet.write_number(2 + number, 0, number)
        for column, value in enumerate(values[1:], start=1):
            if isinstance(value, str):
                sheet.write_string(2 + number, column, value)
            else:
                sheet.write_number(2 + number, column, value)
    book.close()
    half.replace(target)
