"""The desk: meetings at the left, the chosen one in the middle, its agenda at the right."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dashboard import el, panels
from dashboard.components import fmt, meeting_bridge, meeting_cells, meeting_drawings, meeting_line
from dashboard.components.meeting_cells import ways
from dashboard.i18n import pick, t
from dashboard.pages.meetings import parts
from dashboard.pages.meetings.state import MeetingState
from matters.access import Scope
from matters.meetings import short
from services.meeting_shapes import AgendaItem, Meeting, MeetingLine

PAPERS = ("docx", "pdf", "xlsx", "pptx")


def desk(services: Any, scope: Scope, asked: MeetingState, lines: Sequence[MeetingLine], meeting: Meeting | None) -> list[Any]:
    """All three columns."""
    version = {"data_version": str(services.figures.data_version())}
    left = el.Section(_list(scope, asked, lines, meeting), "p m-list")
    if meeting is None:
        way = el.A(t("冻结一次会议"), "btn pri", href=asked.href(act="freeze")) if scope.may("hold_meeting") else None
        return [el.Div([left, el.Section(panels.empty(t("还没有冻结过会议。冻结以后，数字和明细永远不变。"), way), "p")], "sheet m2", **version)]
    return [el.Div([left, el.Section(_main(scope, asked, meeting), "p m-main"), el.Section(_agenda(asked, meeting), "p m-agenda")], "sheet m3", **version)]


def _list(scope: Scope, asked: MeetingState, lines: Sequence[MeetingLine], chosen: Meeting | None) -> list[Any]:
    new = [el.A(t("新建"), "btn", href=asked.href(act="freeze", item="", present=""))] if scope.may("hold_meeting") else []
    items = [el.Li(el.A([el.B(x.title), el.Small(f"{x.area_name} · {fmt.window(x.window)}"), el.Small(t("冻结于 {at}", at=f"{x.as_of:%Y-%m-%d %H:%M}"))],
                        "on" if chosen and x.id == chosen.line.id else "", href=asked.one(x.id),
                        aria_current="true" if chosen and x.id == chosen.line.id else "")) for x in lines]  # fmt: skip
    return [el.Div([el.H2(t("会议")), el.Div(None, "sp"), *new], "ph"), el.Ul(items)]


def _main(scope: Scope, asked: MeetingState, m: Meeting) -> list[Any]:
    line = m.line
    said = t("统计期 {w}；冻结于 {at}，摘要 {d}，此后数字不再变动", w=fmt.window(line.window), at=f"{line.as_of:%Y-%m-%d %H:%M}", d=short(line.digest))
    out: list[Any] = [el.Div([el.H1(line.title), el.P(said, "s", title=line.digest)], "m-title")]
    if not m.sound:
        out.append(el.P(t("冻结的内容与它的摘要不符：有人绕过系统改动了数据库。请勿使用，并告诉管理员。"), "act", role="alert"))
    out.append(_buttons(scope, asked, m))
    if m.body["stale"]:
        late = fmt.join([pick(s["zh"], s["en"]) for s in m.body["stale"]])
        out.append(el.P(t("冻结时数据源延迟：{names}。涉及的比较不列。", names=late), "wait"))
    out += _line_of(asked, m) if asked.row else _item(m, asked.item) if asked.item else _bridge(m)
    return [*out, *_decisions(asked, m)]


def _buttons(scope: Scope, asked: MeetingState, m: Meeting) -> el.Node:
    names = {"docx": t("通报 docx"), "pdf": t("通报 pdf"), "xlsx": t("表册 xlsx"), "pptx": t("演示 pptx")}
    papers = [el.A(names[k], "btn", href=f"/meeting/{m.line.id}/paper/{k}", download="") for k in PAPERS] if scope.may("export") else []
    return el.Div([*papers, el.A(t("开始演示"), "btn pri", href=asked.one(m.line.id).partition("?")[0] + _present(asked), data_act="present")], "acts")


def _present(asked: MeetingState) -> str:
    return "?" + "&".join(filter(None, (f"lang={asked.url.lang}" if asked.url.lang else "", "present=1")))


def _bridge(m: Meeting) -> list[Any]:
    b = m.body["bridge"]
    if b is None:
        return [el.Div([el.H2(t("与上次会议的变动"))], "ph"), el.P(t("这是这类会议的第一次，没有上次可比；下一次起这里说明数字为什么变。"), "s m"),
                *_item(m, "overall")]  # fmt: skip
    return [el.Div([el.H2(t("上次会议到本次会议：今年受理")), el.Small(t("件"))], "ph"), meeting_bridge.drawing(b), meeting_bridge.table(b, ways(m))]


def _line_of(asked: MeetingState, m: Meeting) -> list[Any]:
    """One frozen line in full, where its page of today may say something else."""
    name, y = asked.row or ("", 0)
    if name not in m.body["tables"] or y >= len(m.body["tables"][name]["rows"]):
        return [el.P(t("冻结的内容里没有这一行。"), "s m")]
    return meeting_line.whole(name, m.body["tables"][name], y, ways(m), asked.href(row=""))


def _item(m: Meeting, key: str) -> list[Any]:
    """One item in full: its headline, sentences and tables."""
    item = next(a for a in m.agenda if a.key == key)
    tables = [meeting_drawings.months(m.body["tables"][k], ways(m)) if k == "months" else meeting_cells.table(k, m.body["tables"][k], ways(m))
              for k in item.tables if m.body["tables"][k]["rows"]]  # fmt: skip
    said = [el.P(x, "m-para") for x in m.body["says"][key]["paras"]]
    note = [el.Div([el.B(t("备注")), el.P(item.note)], "m-note")] if item.note else []
    return [el.Div([el.H2(pick(item.zh, item.en)), el.Small(pick(item.head, item.head_en))], "ph wrap"), *said, *note, *tables]


def _decisions(asked: MeetingState, m: Meeting) -> list[Any]:
    def settle(d: Any) -> str:
        return asked.href(act="settle", d=str(d.id))

    new = [el.A(t("写下决定"), "btn", href=asked.href(act="decide"))] if m.may else []
    out: list[Any] = [el.Div([el.H2(t("本次决定")), el.Div(None, "sp"), *new], "ph gap-s"), parts.decisions(m.taken, settle if m.may else None)]
    if m.earlier:
        out += [el.Div([el.H2(t("上次决定")), el.Small(t("办结以前，每次会议都带上"))], "ph gap-s"), parts.decisions(m.earlier, settle if m.may else None)]
    return out


def _agenda(asked: MeetingState, m: Meeting) -> list[Any]:
    edit = [el.A(t("修改"), "lk", href=asked.href(act="agenda"))] if m.may else []
    out = [el.Div([el.H2(t("议程")), el.Small(t("按规则生成，可改")), el.Div(None, "sp"), *edit], "ph"),
           el.Ol([_line(asked, m, a) for a in m.agenda if a.on])]  # fmt: skip
    hidden = [a for a in m.agenda if not a.on]
    if hidden:
        out.append(el.P(t("不上会：{names}", names=fmt.join([pick(a.zh, a.en) for a in hidden])), "s m"))
    if asked.item:
        out.append(el.A(t("回到变动"), "lk", href=asked.href(item="")))
    return out


def _line(asked: MeetingState, m: Meeting, a: AgendaItem) -> el.Node:
    act = a.key == "decisions" and any(d.state == "late" for d in m.earlier)
    head = el.Span(pick(a.head, a.head_en), "act" if act else "")
    mark = [el.Small(t("有备注"), "tag")] if a.note else []
    return el.Li(el.A([el.I(a.number), el.B([pick(a.zh, a.en), *mark]), head], "on" if asked.item == a.key else "", href=asked.href(item=a.key),
                      aria_current="true" if asked.item == a.key else ""))  # fmt: skip
