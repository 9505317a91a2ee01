"""A meeting in front of the room: one finding a page, one table or picture, at most two."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dashboard import el
from dashboard.components import fmt, meeting_bridge, meeting_cells, meeting_map
from dashboard.i18n import pick, t
from dashboard.pages.meetings import parts
from dashboard.pages.meetings.state import MeetingState
from matters.meetings import short
from services.meeting_shapes import AgendaItem, Meeting

MOST = 12  # lines that stand on a page at 1080 pixels


def pages(meeting: Meeting) -> list[str]:
    """The pages in order: the items shown, the bridge after the first, the decisions taken at the end."""
    keys = [a.key for a in meeting.agenda if a.on]
    if meeting.body["bridge"]:
        keys.insert(1, "bridge")
    return [*keys, "taken"]


def page(services: Any, meeting: Meeting, asked: MeetingState) -> el.Node:
    """One page, with where the keys lead."""
    keys = pages(meeting)
    n = min(max(asked.present, 1), len(keys))
    item = next((a for a in meeting.agenda if a.key == keys[n - 1]), None)
    number, head, body = _content(services, meeting, keys[n - 1], item)
    note = item.note if item else ""
    to = {"data_next": asked.slide(n + 1) if n < len(keys) else "", "data_prev": asked.slide(n - 1) if n > 1 else "", "data_first": asked.slide(1),
          "data_last": asked.slide(len(keys)), "data_exit": asked.href(present="")}  # fmt: skip
    return el.Section([
        el.Header([el.B(number, "m-no") if number else "", el.H1(head)], "m-head"),
        el.Div(body, f"m-body s-{keys[n - 1]}"),
        el.Div([el.B(t("备注")), el.P(note or t("这一页没有备注。"))], "m-note", hidden=True),
        _foot(meeting, n, len(keys)),
    ], "slide", data_back=t("回到会议（Esc）"), tabIndex="-1", **to)  # fmt: skip


def _foot(meeting: Meeting, n: int, of: int) -> el.Node:
    line = meeting.line
    frozen = t("统计期 {w}；数据冻结于 {at}，摘要 {d}", w=fmt.window(line.window), at=f"{line.as_of:%Y-%m-%d %H:%M}", d=short(line.digest))
    dots = el.Span([el.I(None, "on" if i == n else "") for i in range(1, of + 1)], "dots", aria_hidden="true")
    return el.Footer([el.Span(f"{line.area_name} {line.title}"), el.Span(frozen), el.Span([dots, el.B(f"{n} / {of}")], "nav")], "m-foot")


def _content(services: Any, meeting: Meeting, key: str, item: AgendaItem | None) -> tuple[str, str, list[Any]]:
    tables = meeting.body["tables"]
    if key == "bridge":
        b = meeting.body["bridge"]
        head = t("从上次的 {a} 件到本次的 {b} 件", a=fmt.num(b["was"]["n"]), b=fmt.num(b["now"]["n"]))
        return "", head, [meeting_bridge.drawing(b), meeting_bridge.table(b, meeting.body["as_of"])]
    if item is None or key == "decisions":
        open_ = [*meeting.earlier] if item else []
        head = pick(item.head, item.head_en) if item else t("本次决定 {n} 项", n=len(meeting.taken))
        return item.number if item else "", head, [parts.decisions(open_ if item else meeting.taken, None)]
    return item.number, pick(item.head, item.head_en), _tables(services, meeting, item, tables)


def _tables(services: Any, meeting: Meeting, item: AgendaItem, tables: Any) -> list[Any]:
    if item.key == "overall":
        return [meeting_cells.table("overall", tables["overall"]), months(tables["months"]), _says(meeting, item.key)]
    if item.key == "counties":
        area, level = meeting.body["area"], "county" if meeting.body["level"] == "city" else "township"
        values = {r.get("key", ""): r["cells"][8] for r in tables["areas"]["rows"]}
        what = t("民商事一审立案同比")
        drawn = meeting_map.drawing(services.areas.geojson(level, area), values, what)
        return [meeting_cells.table("areas", tables["areas"], MOST + 1), el.Div([el.H2(what), drawn])]
    if item.key == "towns":
        return [meeting_cells.table(k, tables[k]) for k in ("towns_high", "towns_low") if tables[k]["rows"]] or [
            meeting_cells.table("towns_most", tables["towns_most"])]  # fmt: skip
    return [*(meeting_cells.table(k, tables[k], MOST) for k in item.tables if tables[k]["rows"]), _says(meeting, item.key)]


def _says(meeting: Meeting, key: str) -> el.Node:
    """The item's sentences, as the bulletin has them."""
    return el.Div([el.P(x) for x in meeting.body["says"][key]["paras"]], "m-says")


def months(frozen: Any) -> el.Node:
    """24 months as columns from zero; each opens its rows, the last one wears its number."""
    points: Sequence[Any] = [r["cells"] for r in frozen["rows"]]
    top = max((c[1]["n"] or 0 for c in points), default=0) or 1
    columns = []
    for i, c in enumerate(points):
        name, n = c[0]["s"], c[1]["n"] or 0
        said = fmt.num(n) if i in (len(points) - 1, max(range(len(points)), key=lambda k: points[k][1]["n"] or 0)) else ""
        part = " part" if c[3]["s"] else ""
        label = f"{name} {fmt.num(n)}"
        column = [el.Small(said), el.I(None, part.strip(), style={"height": f"{n / top * 100:.1f}%"})]
        columns.append(el.A(column, "mc", href=meeting_cells.href(c[1]), title=label, aria_label=label,
                            data_month=name[2:] if name.endswith(("-01", "-07")) else ""))  # fmt: skip
    return el.Div([el.H3(pick(frozen["zh"], frozen["en"])), el.Div(columns, "m-months")], "m-table")
