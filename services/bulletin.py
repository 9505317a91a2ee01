"""The papers of a meeting: bulletin (docx, pdf, or a city's own Word template), workbook, slides. Made from what was frozen alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from matters.access import Scope
from matters.meetings import dated, short
from reports.drawing import Point, band
from reports.pages import pdf
from reports.paper import Block, Grid, Heading, Note, Paper, Para, Picture, cn_count, cn_day, items
from reports.sheets import xlsx
from services import bulletin_map
from services.bulletin_book import sheets
from services.bulletin_slides import slides
from services.meeting_says import lines, window
from services.meeting_shapes import Meeting
from services.meeting_words import plain
from services.meetings import Meetings, paper_words
from services.settings import Settings

MIMES = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
}  # fmt: skip
# The order of real bulletins: what comes together under one heading, and what each part is called there.
PARTS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("总体情况", ("overall",)), ("渠道和类型", ("channels", "categories", "departments")), ("{below}情况", ("counties",)),
    ("乡镇（街道）情况", ("towns",)), ("预警和挂牌整治", ("signals", "letters", "listings")), ("超期与督办", ("overdue",)),
    ("上次决定落实情况", ("decisions",)),
)  # fmt: skip
SERIES = {"week": "周报，", "month": "", "quarter": "季报，", "year": "年度，"}  # each kind is numbered by itself; the monthly one is the bulletin
GRIDS = {"counties": (("areas", ("name", "accepted", "yoy", "lunar", "resolved_rate", "overdue", "civil_filings", "civil_yoy")),),
         "towns": (("towns_high", ("name", "accepted", "yoy", "resolved_rate")),
                   ("towns_low", ("name", "accepted", "yoy", "resolved_rate", "overdue")))}  # fmt: skip


@dataclass(frozen=True, slots=True)
class File:
    """A finished paper."""

    name: str
    mime: str
    content: bytes


class Bulletins:
    """Makes the papers of a meeting that the scope sees; making them is an export."""

    def __init__(self, settings: Settings, meetings: Meetings, audit: Callable[[Scope, str, dict[str, Any]], None]) -> None:
        self._settings, self._meetings, self._audit = settings, meetings, audit

    def make(self, scope: Scope, meeting_id: int, kind: str) -> File:
        """One paper. LookupError (meeting, or kind of paper), Forbidden, reports.pages.NoFont."""
        scope.require("export")
        if kind not in MIMES:
            raise LookupError(kind)
        meeting = self._meetings.get(scope, meeting_id)
        content = self._content(meeting, kind)
        self._audit(scope, "meeting.paper", {"meeting": meeting_id, "format": kind})
        return File(f"{meeting.line.area_name}{meeting.line.title}.{kind}", MIMES[kind], content)

    def _content(self, meeting: Meeting, kind: str) -> bytes:
        if kind == "xlsx":
            return xlsx(sheets(meeting))
        fonts = str(self._settings.fonts_dir or "")
        if kind == "pptx":
            from reports.slides import pptx  # late, as the template: what brings rows in needs neither

            return pptx(slides(meeting), fonts)
        paper = self.paper(meeting)
        if kind == "pdf":
            return pdf(paper, fonts)
        own = self._settings.bulletin_template
        if not own:
            from reports.words import docx

            return docx(paper, fonts)
        from reports.template import fill

        return fill(own, template_values(meeting, paper))

    def paper(self, meeting: Meeting) -> Paper:
        """The bulletin as an official paper."""
        line, day = meeting.line, cn_day(meeting.line.frozen_at.date())
        words = meeting.body.get("paper") or paper_words(self._settings, line.area_name, meeting.body["level"])  # earlier versions froze none
        copies = (*([f"抄送：{words['copies']}"] if words["copies"] else []), f"{words['office']}\t{day}印发")
        title = f"关于{dated(line.window)}\n矛盾纠纷多元化解工作情况的通报"
        issue, ever = self._meetings.issue(line)
        number = f"{line.frozen_at.year}年第{issue}期（{SERIES[line.kind]}总第{ever}期）"
        return Paper("bulletin", words["name"], number, title, tuple(_body(meeting)), addressee=words["to"], signed=words["office"],
                     day=line.frozen_at.date(), copies=copies)  # fmt: skip

    def write(self, scope: Scope, meeting_id: int, folder: Path, kinds: Sequence[str] = tuple(MIMES)) -> list[Path]:
        """The papers as files in a folder, which is made; a later meeting of the same time has its number in their names."""
        folder.mkdir(parents=True, exist_ok=True)
        every = self._meetings.everything(scope)
        named = next(((x.area_name, x.title) for x in every if x.id == meeting_id), None)
        alike = [x.id for x in every if (x.area_name, x.title) == named]
        again = f"（{meeting_id}）" if min(alike, default=meeting_id) < meeting_id else ""
        out = []
        for kind in kinds:
            made = self.make(scope, meeting_id, kind)
            path = folder / made.name.replace("/", "-")
            path = path.with_stem(path.stem + again)
            part = path.with_name(path.name + ".part")  # half a paper never has a paper's name
            part.write_bytes(made.content)
            part.replace(path)
            out.append(path)
        return out


def _body(meeting: Meeting) -> list[Block]:
    """Opening, the parts that are on the agenda, what comes next, and the small print."""
    body, line = meeting.body, meeting.line
    w = line.window
    until = f"{w.end.month}月{w.end.day}日" if w.start.year == w.end.year else cn_day(w.end)
    out: list[Block] = [Para(f"现将{cn_day(w.start)}至{until}{body['where']}矛盾纠纷多元化解工作情况通报如下。")]
    on = {a.key: a for a in meeting.agenda if a.on}
    number = 0
    for title, keys in PARTS:
        shown = [k for k in keys if k in on]
        if not shown:
            continue
        number += 1
        out.append(Heading(f"{cn_count(number)}、{_titled(title, body)}"))
        for n, key in enumerate(shown, start=1):
            out += _part(meeting, key, f"（{cn_count(n)}）{on[key].zh}。" if len(keys) > 1 else "", on[key].head if on[key].own else "")
    steps = _next(meeting)
    if steps:
        out += [Heading(f"{cn_count(number + 1)}、下一步工作"), *items(steps)]
    return [*out, Note(small_print(meeting))]


def _titled(title: str, body: Any) -> str:
    return title.format(below="县（市、区）" if body["level"] == "city" else "乡镇（街道）")


def _part(meeting: Meeting, key: str, lead: str, own: str) -> list[Block]:
    """The paragraphs of an item (a headline that people wrote comes first), and its tables."""
    said = [*([f"{own}。"] if own else []), *meeting.body["says"][key]["paras"]]
    out: list[Block] = [Para(f"{lead if i == 0 else ''}{text}") for i, text in enumerate(said)]
    if key == "overall":
        out.append(_drawing(meeting.body))
    out += [grid for name, columns in GRIDS.get(key, ()) if (grid := _grid(meeting.body, name, columns)) is not None]
    if key == "counties" and (drawn := bulletin_map.picture(meeting.body)):
        out.append(Picture(drawn, f"图2  {bulletin_map.TITLE}", f"各地{bulletin_map.TITLE}的地图，数字见上表", 112.0))
    return out


def _drawing(body: Any) -> Picture:
    found = lines(body, "months")
    points = [Point(f"{m['month']['s'][:4]}.{int(m['month']['s'][5:])}", int(m["accepted"]["n"])) for m in found]
    return Picture(band(points, "件", "常年"), "图1  近24个月受理件数", f"近24个月受理件数，最近一月{points[-1].cases}件")


def _grid(body: Any, name: str, columns: Sequence[str]) -> Grid | None:
    """A frozen table with some of its columns; None when it is empty."""
    table = body["tables"].get(name)
    if not table or not table["rows"]:
        return None
    at = [i for key in columns for i, c in enumerate(table["columns"]) if c["key"] == key]
    head = tuple(table["columns"][i]["zh"] for i in at)
    rows = tuple(tuple(plain(r["cells"][i], table["columns"][i]["kind"]) for i in at) for r in table["rows"])
    return Grid(head, rows, table["zh"], bool(table["rows"][-1].get("sum")))


def _next(meeting: Meeting) -> list[str]:
    """What was decided now, and what was owed from before when it was frozen: with the days that pass no more comes to be owed."""
    def one(who: str, word: str, due: date, what: str) -> str:
        return f"{who}{word}{due.month}月{due.day}日前{what.rstrip('。')}。"

    taken = [one(d.who, "于", d.due, d.what) for d in meeting.taken if d.state != "dropped"]
    late = [x for x in lines(meeting.body, "decisions") if x["key"] == "late"]
    return taken + [one(x["who"]["s"], "逾期未办，原定", date.fromisoformat(x["due"]["d"]), x["what"]["s"]) for x in late]


def small_print(meeting: Meeting) -> str:
    """When it was frozen, its digest, and how the figures are made."""
    body, line = meeting.body, meeting.line
    at = line.as_of
    yoy, pop = window(body["compared"], "yoy"), window(body["compared"], "pop")
    return (f"数据冻结于{cn_day(at.date())}{at:%H:%M}，摘要{short(line.digest)}。化解率分母为统计期内受理且已办结或超期的事项；同比对照{cn_day(yoy.start)}至"
            f"{cn_day(yoy.end)}，环比对照{cn_day(pop.start)}至{cn_day(pop.end)}；{_moon(body)}不足{body['small']}件的只列件数，不列百分比。")  # fmt: skip


def _moon(body: Any) -> str:
    if "lunar" not in body["compared"]:
        return ""
    moon = window(body["compared"], "lunar")
    return f"统计期临近春节，另按春节对齐，对照{cn_day(moon.start)}至{cn_day(moon.end)}；"


def template_values(meeting: Meeting, paper: Paper) -> dict[str, Any]:
    """What a city's own template can name: docs/meetings.md lists it."""
    tables = {
        key: {"title": t["zh"], "head": [c["zh"] for c in t["columns"]],
              "rows": [[plain(cell, c["kind"]) for c, cell in zip(t["columns"], r["cells"], strict=True)] for r in t["rows"]]}
        for key, t in meeting.body["tables"].items()
    }  # fmt: skip
    agenda = [{"number": a.number, "title": a.zh, "head": a.head, "paras": meeting.body["says"][a.key]["paras"], "key": a.key}
              for a in meeting.agenda if a.on]  # fmt: skip
    return {"name": paper.office, "number": paper.number, "title": paper.title.replace("\n", ""), "addressee": paper.addressee, "office": paper.signed,
            "day": cn_day(meeting.line.frozen_at.date()), "agenda": agenda, "says": {a["key"]: a["paras"] for a in agenda}, "tables": tables,
            "next": _next(meeting), "note": small_print(meeting), "digest": short(meeting.line.digest)}  # fmt: skip
