"""The workbook of a meeting: every table that was frozen, a sheet each; numbers stay numbers."""

from __future__ import annotations

from datetime import date
from typing import Any

from matters.meetings import short
from reports.sheets import Cell, Sheet
from services.meeting_lists import STATES
from services.meeting_shapes import Meeting
from services.meeting_words import comparison

BRIDGE = ("变动", "件", "含义", "涉及")


def sheets(meeting: Meeting) -> list[Sheet]:
    """The tables in the order of the agenda, then the rest, then the bridge and the decisions taken."""
    line, body = meeting.line, meeting.body
    says = f"{line.title}　统计期 {line.window.start} 至 {line.window.end}　冻结于 {line.as_of:%Y-%m-%d %H:%M}　摘要 {short(line.digest)}"
    order = [t for a in meeting.agenda for t in a.tables]
    keys = dict.fromkeys([*order, *body["tables"]])
    made = [_sheet(body["tables"][k], says, k) for k in keys if body["tables"][k]["rows"]]
    if body["bridge"]:
        made.append(Sheet("与上次会议的变动", says, BRIDGE, bridge_rows(body["bridge"])))
    if meeting.taken:
        rows = [(d.what, d.who, d.due, STATES["open" if d.state == "late" else d.state][0]) for d in meeting.taken]  # of no day: days pass
        made.append(Sheet("本次决定", says, ("事项", "责任单位", "期限", "状态"), rows))
    return made


def _sheet(table: dict[str, Any], says: str, key: str) -> Sheet:
    name = {"towns_most": "受理最多的乡镇", "towns_high": "化解率靠前的乡镇", "towns_low": "化解率靠后的乡镇", "areas": "下级地区"}.get(key, table["zh"])
    head: list[str] = []
    for c in table["columns"]:
        head += [c["zh"], f"{c['zh']} 分子", f"{c['zh']} 分母"] if c["kind"] == "rate" else [c["zh"]]
    return Sheet(name, f"{table['zh']}　{says}", head, [_row(table, r) for r in table["rows"]])


def _row(table: dict[str, Any], row: dict[str, Any]) -> list[Cell]:
    out: list[Cell] = []
    for c, cell in zip(table["columns"], row["cells"], strict=True):
        out += [_rate(cell), cell.get("top"), cell.get("bottom")] if c["kind"] == "rate" else [_value(cell)]
    return out


def _rate(cell: dict[str, Any]) -> Cell:
    """The rate itself; on few matters only its two counts stand beside."""
    return None if cell.get("few") else cell.get("n")


def _value(cell: dict[str, Any]) -> Cell:
    if "s" in cell:
        return str(cell["s"])
    if "d" in cell:
        return date.fromisoformat(cell["d"]) if cell["d"] else None
    return comparison(cell) if "c" in cell else cell.get("n")


def bridge_rows(bridge: dict[str, Any]) -> list[tuple[Cell, ...]]:
    """The bridge from top to bottom: it adds up to its last line."""
    then = bridge["then"]
    out: list[tuple[Cell, ...]] = [(then["title"], bridge["was"]["n"], f"{then['window'][0]} 至 {then['window'][1]} 受理", None)]
    out += [(x["zh"], x["step"], x["means"], x["touched"]) for x in bridge["lines"]]
    return [*out, ("同一统计期重算", bridge["again"]["n"], "", None), ("新受理", bridge["new"]["n"], f"{then['window'][1]} 以后受理", bridge["new"]["n"]),
            ("本次会议", bridge["now"]["n"], f"{then['now'][0]} 至 {then['now'][1]} 受理", None)]  # fmt: skip
