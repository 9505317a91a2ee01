"""A meeting in front of the room: one finding a page, one table or picture, at most two."""

from __future__ import annotations

from datetime import date
from typing import Any

from dashboard import el
from dashboard.components import fmt, meeting_bridge, meeting_cells, meeting_drawings, meeting_map
from dashboard.components.meeting_cells import ways
from dashboard.i18n import pick, t
from dashboard.pages.meetings import parts
from dashboard.pages.meetings.state import MeetingState
from matters.meetings import short
from services.meeting_outlines import changes, outlines
from services.meeting_says import lines
from services.meeting_shapes import AgendaItem, DecisionLine, Meeting

MOST = 12  # lines that stand on a page at 1080 pixels
AT_ONCE = {"signals": meeting_drawings.SIGNALS, "listings": meeting_drawings.LISTINGS}


def pages(meeting: Meeting) -> list[str]:
    """The pages in order: the items shown (key, key.2 … where one has more than fits), the bridge after the first, the decisions taken at the end."""
    keys = [page for a in meeting.agenda if a.on for page in _pages(meeting, a)]
    if meeting.body["bridge"]:
        keys.insert(1, "bridge")
    return [*keys, "taken"]


def _pages(meeting: Meeting, item: AgendaItem) -> list[str]:
    """An item of pictures takes as many pages as they need."""
    rows = meeting.body["tables"].get(item.key, {}).get("rows", ())
    if item.key not in AT_ONCE or not meeting_drawings.drawable(rows):
        return [item.key]
    return [item.key, *(f"{item.key}.{n}" for n in range(2, -(-len(rows) // AT_ONCE[item.key]) + 1))]


def page(services: Any, meeting: Meeting, asked: MeetingState) -> el.Node:
    """One page, with where the keys lead."""
    keys = pages(meeting)
    n = min(max(asked.present, 1), len(keys))
    key, _, part = keys[n - 1].partition(".")
    item = next((a for a in meeting.agenda if a.key == key), None)
    number, head, body = _content(services, meeting, key, item, int(part or 1))
    note = item.note if item else ""
    to = {"data_next": asked.slide(n + 1) if n < len(keys) else "", "data_prev": asked.slide(n - 1) if n > 1 else "", "data_first": asked.slide(1),
          "data_last": asked.slide(len(keys)), "data_exit": asked.href(present="")}  # fmt: skip
    return el.Section([
        el.Header([el.B(number, "m-no") if number else "", el.H1(head)], "m-head"),
        el.Div(body, f"m-body s-{key}"),
        el.Div([el.B(t("备注")), el.P(note or t("这一页没有备注。"))], "m-note", hidden=True),
        _foot(meeting, n, len(keys), to),
    ], "slide", data_back=t("回到会议（Esc）"), tabIndex="-1", **to)  # fmt: skip


def _foot(meeting: Meeting, n: int, of: int, to: dict[str, str]) -> el.Node:
    """Where one is; with ways on for a finger, a mouse or a pen, where there are no keys."""
    line = meeting.line
    turns = [el.A(mark, "turn", href=to[key], aria_label=label, data_act="leave" if key == "data_exit" else "") for mark, key, label in (
        ("‹", "data_prev", t("上一页")), ("›", "data_next", t("下一页")), ("✕", "data_exit", t("结束演示"))) if to[key]]  # fmt: skip
    frozen = t("统计期 {w}；数据冻结于 {at}，摘要 {d}", w=fmt.window(line.window), at=f"{line.as_of:%Y-%m-%d %H:%M}", d=short(line.digest))
    dots = el.Span([el.I(None, "on" if i == n else "") for i in range(1, of + 1)], "dots", aria_hidden="true")
    return el.Footer([el.Span(f"{line.area_name} {line.title}"), el.Span(frozen), el.Span([dots, el.B(f"{n} / {of}"), *turns], "nav")], "m-foot")


def _content(services: Any, meeting: Meeting, key: str, item: AgendaItem | None, part: int) -> tuple[str, str, list[Any]]:
    tables = meeting.body["tables"]
    if key == "bridge":
        b = meeting.body["bridge"]
        head = t("从上次的 {a} 件到本次的 {b} 件", a=fmt.num(b["was"]["n"]), b=fmt.num(b["now"]["n"]))
        return "", head, [meeting_bridge.drawing(b), meeting_bridge.table(b, ways(meeting))]
    if item is None or key == "decisions":
        head = pick(item.head, item.head_en) if item else t("本次决定 {n} 项", n=len(meeting.taken))
        return item.number if item else "", head, [parts.decisions(_then(meeting) if item else meeting.taken, None)]
    return item.number, pick(item.head, item.head_en), _tables(services, meeting, item, tables, part)


def _then(meeting: Meeting) -> list[DecisionLine]:
    """Earlier decisions as they stood when it was frozen: the headline counts these."""
    line = meeting.line
    return [DecisionLine(n, 0, line.id, x["what"]["s"], x["who"]["s"], date.fromisoformat(x["due"]["d"]), x["key"], line.as_of, "", None, "",
                         x["result"]["s"]) for n, x in enumerate(lines(meeting.body, "decisions"))]  # fmt: skip


def _tables(services: Any, meeting: Meeting, item: AgendaItem, tables: Any, part: int) -> list[Any]:
    if item.key in AT_ONCE and meeting_drawings.drawable(tables.get(item.key, {}).get("rows", ())):
        return _drawn(meeting, item, tables, part)
    if item.key == "overall":
        figures, months = meeting_cells.table("overall", tables["overall"], ways(meeting)), meeting_drawings.months(tables["months"], ways(meeting))
        return [figures, months, _says(meeting, item.key)]
    if item.key == "counties":
        area, level = meeting.body["area"], "county" if meeting.body["level"] == "city" else "township"
        what = t("民商事一审立案同比")
        borders = meeting.body.get("map") or outlines(services.areas.geojson(level, area))  # earlier versions froze none
        drawn = meeting_map.drawing(borders, changes(meeting.body), what)
        hot = next((r.get("key", "") for r in tables["areas"]["rows"] if not r.get("sum") and r["cells"][0]["s"] in item.head), "")
        return [meeting_cells.table("areas", tables["areas"], ways(meeting), MOST + 1, hot), el.Div([el.H2(what), drawn])]
    if item.key == "towns":
        return [meeting_cells.table(k, tables[k], ways(meeting)) for k in ("towns_high", "towns_low") if tables[k]["rows"]] or [
            meeting_cells.table("towns_most", tables["towns_most"], ways(meeting))]  # fmt: skip
    most = 10 if item.key == "overdue" else MOST  # a place may take two lines there
    return [*(meeting_cells.table(k, tables[k], ways(meeting), most) for k in item.tables if tables[k]["rows"]), _says(meeting, item.key)]


def _drawn(meeting: Meeting, item: AgendaItem, tables: Any, part: int) -> list[Any]:
    """Signals and listings as pictures; what is to be considered beside them follows on the last page."""
    most, frozen = AT_ONCE[item.key], tables[item.key]
    rows = frozen["rows"][(part - 1) * most : part * most]
    if item.key == "signals":
        return [meeting_drawings.signals(frozen, rows, (part - 1) * most + 1, ways(meeting))]
    last = part * most >= len(frozen["rows"])
    others = [meeting_cells.table(k, tables[k], ways(meeting), 4) for k in item.tables if k != "listings" and tables[k]["rows"]] if last else []
    return [meeting_drawings.listings(frozen, rows, (part - 1) * most, ways(meeting)), *others, *([_says(meeting, item.key)] if last and not others else [])]


def _says(meeting: Meeting, key: str) -> el.Node:
    """The item's sentences, as the bulletin has them."""
    return el.Div([el.P(x) for x in meeting.body["says"][key]["paras"]], "m-says")
