"""A letter as an official paper, and its table as a workbook: made from what lies in the store, nothing is counted again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from matters.letters import DRAFTS
from reports.drawing import Point, band
from reports.paper import Break, Grid, Heading, Note, Paper, Para, Picture, cn_day, items
from reports.sheets import Sheet
from services.letter_draft import category_name, span
from services.letter_shapes import LetterFile


def paper(file: LetterFile, today: date, days: Mapping[str, int]) -> Paper:
    """The whole paper; a draft bears its mark, the day it would be issued on, and how many days its colour gives."""
    line, content, e = file.line, file.content, file.evidence
    day = line.issued_at.date() if line.issued_at else today
    body = [Para(content.opening), Heading("一、发现的情况"), *(Para(x) for x in content.findings), *_evidence(file),
            Heading("二、提示依据"), Para(content.laws), Heading("三、请做好以下工作"), *items(content.requests)]  # fmt: skip
    body.append(Para(f"回复期限：{_until(line.due_on or content.due_on, days[line.colour])}。{content.closing}"))
    annexes = (f"{len(e['rows'])}件事项清单（当事人已隐名）",) if e["rows"] else ()
    draft = line.state in DRAFTS or line.state == "discarded"
    number = line.number or f"{file.evidence['word']}〔{day.year}〕　号"
    return Paper("letter", line.office_name, number, line.title, tuple(body), addressee=line.addressee, signed=line.office_name, day=day,
                 annexes=annexes, mark="草稿" if draft else "", appendix=_annex(file) if annexes else ())  # fmt: skip


def _until(last: date | None, days: int) -> str:
    if last is not None:
        return f"{cn_day(last)}前"
    return f"发函后{days}日内" if days else "发函当日"


def points(e: Any) -> list[Point]:
    """The chart: the signal's own where there is one, else 24 months of counts."""
    if e["signal"] and e["signal"]["points"]:
        return [Point(_month(d), int(n), x, lo, hi) for d, n, x, lo, hi in e["signal"]["points"]]
    return [Point(_month(d), n) for d, n in e["months"]]


def drawing(e: Any) -> str:
    """The chart as SVG."""
    return band(points(e), "件", "常年")


def caption(e: Any) -> str:
    """What the chart shows."""
    what = f"{e['area_name']}{category_name(e['category'])}"
    if e["signal"] and e["signal"]["points"]:
        return f"图1  {what}件数（灰带为常年同期区间）"
    return f"图1  {what}近24个月件数"


def _month(day: str) -> str:
    d = date.fromisoformat(day)
    return f"{d.year}.{d.month}"


def _evidence(file: LetterFile) -> list[Any]:
    e = file.evidence
    last = points(e)[-1]
    out: list[Any] = [Picture(drawing(e), caption(e), f"{caption(e)}，最近{last.cases}件")]
    if len(e["places"]) > 1:
        rows = [(name, str(n), str(b)) for _, name, n, b in e["places"]]
        out.append(Grid(("地区", "件数", "上年同期"), (*rows, ("合计", str(e["count"]), str(e["before"]))), _table_caption(e), total=True))
    return out


def _table_caption(e: Any) -> str:
    return f"表1  {span(date.fromisoformat(e['first']), date.fromisoformat(e['last']))}受理件数"


def _annex(file: LetterFile) -> tuple[Any, ...]:
    """The list of matters on pages of its own: code, subject, place, day, state."""
    e = file.evidence
    rows = tuple((str(n), r["code"], r["title"], r["place"], r["day"], "在办" if r["open"] else "已办结") for n, r in enumerate(e["rows"], start=1))
    more = f"共{e['count']}件，所列为前{len(rows)}件。" if e["count"] > len(rows) else f"共{len(rows)}件。"
    head = ("序号", "编号", "事由", "地点", "受理", "状态")
    return (Break(), Para("附件", flat=True), Grid(head, rows, "事项清单", texts=6),
            Note(f"{more}数据截至{e['at'][:16].replace('T', ' ')}；当事人已隐名。"))  # fmt: skip


def sheets(file: LetterFile) -> list[Sheet]:
    """The evidence as tables."""
    e = file.evidence
    name = file.line.number or file.line.title.replace("\n", "")
    says = f"{name}；{span(date.fromisoformat(e['first']), date.fromisoformat(e['last']))}；数据截至 {e['at'][:16].replace('T', ' ')}"
    places = [(n, a, b) for _, n, a, b in e["places"]] or [(e["area_name"], e["count"], e["before"])]
    found = [(p.name, p.cases, p.expected, p.low, p.high) for p in points(e)]
    rows = [(r["code"], r["title"], r["place"], date.fromisoformat(r["day"]) if r["day"] else None, "在办" if r["open"] else "已办结", r["people"])
            for r in e["rows"]]  # fmt: skip
    total = [("合计", e["count"], e["before"])] if len(places) > 1 else []
    return [Sheet("地区", says, ("地区", "件数", "上年同期"), [*places, *total]),
            Sheet("走势", says, ("月份", "件数", "常年", "下限", "上限"), found),
            Sheet("事项", says, ("编号", "事由", "地点", "受理", "状态", "人数"), rows)]  # fmt: skip
