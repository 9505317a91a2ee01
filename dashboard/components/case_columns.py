"""The columns of a case grid and how a row is written into them. Values are text already: the browser formats nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from dashboard.components import case_words as words
from dashboard.i18n import lang, t
from matters.model import Agency
from matters.vocabulary import CHANNELS, OUTCOMES, SCALES
from services.shapes import MatterLine


class Column(NamedTuple):
    """One column: its width in px, the sort of the service ('' = not sortable), right-aligned or not, its renderer."""

    key: str
    width: int
    sort: str = ""
    right: bool = False
    renderer: str = ""
    grows: int = 0


COLUMNS: dict[str, Column] = {
    c.key: c
    for c in (
        Column("number", 168),
        Column("filed_on", 88, "", True),
        Column("code", 98, "code"),
        Column("title", 128, "title", renderer="CaseTitle", grows=5),
        Column("category", 80, "category"),
        Column("place", 112, "county_code", grows=3),
        Column("stage", 70, "stage"),
        Column("owner", 92, "owner", grows=3),
        Column("accepted_on", 88, "accepted_on", True),
        Column("due_on", 84, "due_on", True, "CaseClock"),
        Column("age_days", 70, "", True),
        Column("agencies", 90, "", renderer="CaseMarks"),
        Column("record_count", 58, "record_count", True),
        Column("people", 58, "people", True),
        Column("amount", 104, "amount", True),
        Column("channel", 108),
        Column("first_agency", 104, "first_agency"),
        Column("scale", 88),
        Column("closed_on", 92, "closed_on", True),
        Column("outcome", 84),
        Column("satisfied", 84),
    )
}
USUAL = ("code", "title", "category", "place", "stage", "owner", "accepted_on", "due_on", "agencies", "record_count", "people")
FILINGS = ("number", "filed_on", "title", "category", "place", "stage", "owner", "code", "agencies", "record_count")


def sets(part: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Columns that go together, by what one is about to do with the list."""
    if part == "civil_filings":
        return ((t("立案"), FILINGS),)
    return (
        (t("常用"), USUAL),
        (t("催办"), ("code", "title", "place", "stage", "owner", "accepted_on", "age_days", "due_on", "people")),
        (t("结果"), ("code", "title", "place", "owner", "accepted_on", "closed_on", "outcome", "satisfied", "amount")),
        (t("来源"), ("code", "title", "category", "place", "channel", "first_agency", "agencies", "record_count", "scale")),
    )


def headings(level: str = "city") -> dict[str, str]:
    """Name of each column for a list of an area of that level."""
    return {
        "number": t("案号"), "filed_on": t("立案"), "code": t("编号"), "title": t("事由"), "category": t("类别"),
        "place": t("村（社区）") if level == "township" else t("地点"), "stage": t("阶段"), "owner": t("主责"),
        "accepted_on": t("受理"), "due_on": t("时限"), "agencies": t("机构"), "record_count": t("记录"),
        "people": t("人数"), "amount": t("金额，元"), "channel": t("渠道"), "first_agency": t("首报机构"),
        "scale": t("规模"), "closed_on": t("办结"), "outcome": t("结果"), "age_days": t("历时"), "satisfied": t("评价"),
    }  # fmt: skip


def usual(part: str) -> tuple[str, ...]:
    """The columns shown unless others are chosen; a list of filings has one row a filing, so its number leads."""
    return FILINGS if part == "civil_filings" else USUAL


def chosen(text: str, part: str) -> tuple[str, ...]:
    """The columns a link asks for; unknown ones are left out, none means the usual ones."""
    wanted = tuple(dict.fromkeys(k for k in text.split(",") if k in COLUMNS))
    if part != "civil_filings":
        wanted = tuple(k for k in wanted if k not in ("number", "filed_on"))
    return wanted or usual(part)


def definitions(columns: Sequence[str], sort: str, descending: bool, level: str) -> list[dict[str, Any]]:
    """Column definitions for the grid, with the phone's single card column first (shown only there)."""
    names, wider = headings(level), 1.25 if lang() == "en" else 1.0
    out: list[dict[str, Any]] = [{"field": "card", "colId": "card", "headerName": t("事项"), "hide": True, "flex": 1,
                                  "cellRenderer": "CaseCard", "sortable": False}]  # fmt: skip
    for key in columns:
        column = COLUMNS[key]
        side = "r" if column.right else "t"
        item: dict[str, Any] = {
            "field": key, "colId": key, "headerName": names[key], "sortable": bool(column.sort), "minWidth": min(column.width, 128),
            "cellClass": f"cg-{side} cg-{key}", "headerClass": f"cg-{side}", "width": int(column.width * wider),
        }  # fmt: skip
        if column.grows:
            item["flex"] = column.grows
        if column.renderer:
            item["cellRenderer"] = column.renderer
        item["sort"] = ("desc" if descending else "asc") if column.sort and column.sort == sort else None  # None drops an earlier order
        out.append(item)
    return out


def row(line: MatterLine, agencies: Mapping[str, Agency], today: date, level: str) -> dict[str, Any]:
    """One row as the grid wants it."""
    clock, tone = words.clock(line)
    marks = [[agencies[a].mark, words.agency(agencies, a)] for a in line.agencies if a in agencies]
    found = {
        "id": f"{line.code}|{line.number}", "href": words.at(f"/matter/{line.code}"), "code": line.code, "title": line.title or t("（无事由）"),
        "number": line.number or words.DASH, "filed_on": words.near_day(line.filed_on, today),
        "category": words.category(line.category), "place": words.short_place(line, level), "stage": words.stage(line.stage),
        "owner": line.owner or words.DASH, "accepted_on": words.near_day(line.accepted_on, today),
        "due_on": clock, "tone": tone, "due_day": line.due_on.isoformat() if line.due_on else "", "agencies": marks,
        "record_count": words.count(line.record_count), "people": words.count(line.people), "amount": words.count(line.amount),
        "channel": words.word(CHANNELS, line.channel), "first_agency": words.agency(agencies, line.first_agency),
        "scale": words.word(SCALES, line.scale), "closed_on": words.near_day(line.closed_on, today),
        "outcome": words.word(OUTCOMES, line.outcome or ""),
        "age_days": words.DASH if line.age_days is None else t("{n} 天", n=words.count(line.age_days)), "satisfied": _rating(line.satisfied),
    }  # fmt: skip
    found["card"] = f"{line.code}　{found['place']}　{found['category']}　{found['stage']}"
    return found


def _rating(satisfied: bool | None) -> str:
    return words.DASH if satisfied is None else t("满意") if satisfied else t("不满意")
