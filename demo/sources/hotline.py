"""The 12345 hotline: tickets of /order/list, kept in hotline.sqlite3."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from demo.days import span, to_date, workdays
from demo.papers import CONTEXT, WITHDRAWN, Paper
from demo.sources import common, documents
from demo.timeline import NEVER, WORKING
from demo.words import HOTLINE_KINDS

FILE = "hotline.sqlite3"
INSERT, UPDATE = documents.INSERT, documents.UPDATE
_ASKED = ("咨询", "咨询", "咨询", "建议", "求助", "表扬")
_NO_DISPUTE = ("咨询医保异地备案", "咨询公积金提取", "建议增设路灯", "咨询落户材料", "反映公交班次少", "表扬社区工作人员", "求助停水维修", "咨询退休认证")
_ENDS = {"resolved": "已解决", "transferred": "已转办", "withdrawn": "未解决", "unresolved": "未解决"}


def _limit(acc: int) -> str | None:
    """The ticket's own limit: so many working days after acceptance."""
    if acc == NEVER:
        return None
    after = span(acc + 1, acc + 60)
    return to_date(int(after[workdays(after)][WORKING["T"] - 1])).isoformat()


def _state(p: Paper) -> str:
    if p.close != NEVER:
        return "已办结"
    return "待受理" if p.acc == NEVER else "办理中"


def item(p: Paper) -> dict[str, Any]:
    """One ticket."""
    asked = p.fate == CONTEXT
    kinds = HOTLINE_KINDS[p.category]
    known = p.lon == p.lon and bool(p.town_name) and p.seed % 5 < 2
    said = _NO_DISPUTE[p.seed % len(_NO_DISPUTE)] if asked else p.title
    return {
        "工单编号": p.key, "来电时间": common.clock(p.made), "诉求类型": _ASKED[p.seed % 6] if asked else ("投诉", "求助", "投诉")[p.seed % 3],
        "是否纠纷": "否" if asked else "是", "事项分类": kinds[p.seed // 5 % len(kinds)], "诉求标题": said,
        "诉求内容": f"{said}。" if asked else f"{p.first.name}来电反映{p.title}，{p.ask}。{p.quote}请承办单位核实。",
        "诉求人": p.first.name, "联系电话": p.first.phone, "涉及人数": p.people, "区县": p.county_name, "街道乡镇": p.town_name, "诉求地址": p.address,
        "经度": f"{p.lon:.6f}" if known else "", "纬度": f"{p.lat:.6f}" if known else "", "承办单位": p.owner, "受理日期": common.day(p.acc),
        "派单日期": common.day(p.hand), "办理时限": None if asked else _limit(p.acc), "办结日期": common.day(p.close), "办理状态": _state(p),
        "办理结果": _ENDS[p.outcome] if p.close != NEVER else None,
        "满意度": "未评价" if p.rated < 0 else ("不满意", "满意", "基本满意")[p.rated + (p.rated and p.seed % 4 == 0)],
        "更新时间": common.clock(p.touched), "作废": "1" if p.fate == WITHDRAWN else "0",
    }  # fmt: skip


def row(p: Paper) -> documents.Row:
    """One stored row."""
    found = item(p)
    return documents.packed(p.key, found["更新时间"], found)


def spoil(values: documents.Row, bad: str) -> documents.Row:
    """The row with one thing wrong."""
    changes: dict[str, dict[str, Any]] = {
        "missing_key": {"工单编号": ""}, "bad_date": {"来电时间": "2026-02-30 10:00:00"}, "future": {"受理日期": "2099-01-01"},
        "ancient": {"受理日期": "1900-01-01"}, "unknown_code": {"办理状态": "挂起"}, "letters": {"涉及人数": "十来人"},
    }  # fmt: skip
    found = documents.unpacked(values) | changes[bad]
    return documents.packed(found["工单编号"], values[1], found)


def write(folder: Path, rows: list[documents.Row]) -> None:
    """The store behind the hotline's service."""
    documents.write(folder / FILE, rows)
