"""The parts of one group's page."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import dash_leaflet as dl
from dash import html

from dashboard import el, urlstate
from dashboard.components import act_form, case_words, fmt, group_words, late_feeds
from dashboard.components.small_map import _STILL
from dashboard.guard import Here
from dashboard.i18n import t
from dashboard.pages.groups.figures import foot
from matters.access import Scope
from matters.identity import scrub
from services.group_shapes import GroupEvent, GroupFile, GroupMember


def back(at: Here) -> str:
    """The page without an act under way."""
    return at.path + urlstate.write(replace(at.state, extra={}))


def _act(at: Here, act: str, record: int = 0) -> str:
    extra = {"act": act, **({"record": str(record)} if record else {})}
    return at.path + urlstate.write(replace(at.state, extra=extra))


def body(services: Any, scope: Scope, at: Here, file: GroupFile) -> list[Any]:
    """Head, figures, matters, where, when, what was decided."""
    members = [m for m in file.members if not m.out]
    left = el.Section([*_members(at, file), *_gone(at, file)], "p scroll", id="members")
    right = html.Div([*_where(services, scope, file, members), html.Div(_events(file), className="gap-s")], className="p")
    return [_bar(at, file), *late_feeds.line(services, scope), *_head(at, file), el.Div([left, right], "sheet l1 g1"), foot(services)]


def _bar(at: Here, file: GroupFile) -> el.Node:
    home = "/groups" + urlstate.write(urlstate.State(at.state.filter.with_(window=None), lang=at.state.lang))
    steps = [el.A(t("群体事项"), href=home), el.Span("›"), el.B(file.line.name)]
    return el.Div([el.Div(steps, "crumb"), el.Div(None, "sp"), el.Button(t("打印"), "btn", data_act="print")], "bar")


def _head(at: Here, file: GroupFile) -> list[el.Node]:
    x = file.line
    tag = el.Span(t(group_words.STATES[x.state]), f"tag {'w' if x.state == 'proposed' else 'd' if x.state == 'confirmed' else ''}")
    own = [a for a in file.acts if a not in ("take_out", "put_back")]
    acts = [el.A(group_words.step(a), "btn pri" if a == "confirm" else "btn", href=_act(at, a)) for a in own]
    if file.undoable:
        acts.append(el.A(t("撤销最近一步"), "btn", href=_act(at, "undo")))
    name = [el.H1(x.name, "big"), tag, el.Small(group_words.kind(x.kind)), *([el.Small(t("机器所认：{name}", name=x.object))] if x.name != x.object else [])]
    towns = len({m.town_code for m in file.members if not m.out and m.town_code})
    people = t("{n} 件没有报人数；同一人可能出现在几件里", n=x.untold) if x.untold else t("各件所报之和；同一人可能出现在几件里")
    figs = [
        _fig(t("事项"), "#members", x.matters, t("件"), "group.matters", t("在办 {n} 件", n=fmt.num(x.open))),
        _fig(t("涉及人数"), "", x.people, t("人次"), "group.people", people),
        _fig(t("乡镇街道"), "", towns, t("个"), "group.towns", _reach(file)),
        el.Div([el.Div([el.B(t("起止"))], "l"), el.Div([el.Strong(fmt.day(x.first_on, year=True))], "v"),
                el.Div(t("最近一件 {day}", day=fmt.day(x.last_on, year=True)), "d")], "fig"),
    ]  # fmt: skip
    return [el.Section([el.Div([*name, el.Div(None, "sp"), el.Div(acts, "acts")], "ph")], "dt"), el.Div(figs, "sheet figs g4"), _strip(file)]


def _fig(name: str, href: str, value: int, unit: str, key: str, below: str) -> el.Node:
    number = el.Strong(fmt.num(value), data_figure=key, data_value=str(value))
    return el.Div([el.Div(el.B(name), "l"), el.Div([el.A(number, href=href) if href else number, el.Span(unit)], "v"), el.Div(below, "d", title=below)], "fig")


def _reach(file: GroupFile) -> str:
    if file.line.elsewhere is None:
        return t("只含您的查看范围")
    return t("另有 {n} 件在您的范围外", n=file.line.elsewhere) if file.line.elsewhere else t("全部在您的范围内")


def _strip(file: GroupFile) -> el.Node:
    """Each matter as a dot on its day, months marked."""
    days = sorted(m.opened_on for m in file.members if not m.out and m.opened_on)
    if not days:
        return el.Div(None)
    first, last = days[0] - timedelta(days=3), days[-1] + timedelta(days=3)
    span = max(1, (last - first).days)
    stacked: Counter[date] = Counter()
    dots = []
    for day in days:
        stacked[day] += 1
        place = {"left": f"{(day - first).days / span * 100:.2f}%", "bottom": f"{8 * (stacked[day] - 1) + 18}px"}
        dots.append(el.I(None, "", style=place, title=day.isoformat()))
    months = [d for d in (date(y, m, 1) for y in range(first.year, last.year + 1) for m in range(1, 13)) if first < d <= last]
    step = max(1, -(-len(months) // 8))
    marks = [el.Span(d.strftime("%Y-%m"), "", style={"left": f"{(d - first).days / span * 100:.2f}%"}) for d in months[::step]]
    label = t("{n} 件，{a} 至 {b}，一点一件", n=len(days), a=days[0].isoformat(), b=days[-1].isoformat())
    return el.Section([el.Div([el.H2(t("时间")), el.Small(label)], "ph"), el.Div([*dots, *marks], "strip", role="img", aria_label=label)], "dt strips")


def _members(at: Here, file: GroupFile) -> list[el.Node]:
    heads = [(t("编号"), "t"), (t("事由"), "t"), (t("地点"), "t"), (t("阶段"), "t"), (t("主责"), "t"), (t("开始"), ""),
             (t("人数"), ""), (t("相似"), ""), ("", "")]  # fmt: skip
    head = el.Thead(el.Tr([el.Th(name, cls, scope="col") for name, cls in heads]))
    rows = [_member(at, file, m) for m in file.members if not m.out]
    note = t("相似：用词与这一组共有用词的重合程度，0 到 1")
    return [el.Div([el.H2(t("事项 {n} 件", n=len(rows))), el.Small(note)], "ph"), el.Table([head, el.Tbody(rows)], "gml")]


def _member(at: Here, file: GroupFile, m: GroupMember) -> el.Node:
    move = "put_back" if m.out else "take_out"
    act = [el.A(group_words.step(move), "lk s", href=_act(at, move, m.record))] if move in file.acts else []
    late = [el.Span(t("确认后新归入"), "tag w")] if m.late else []
    code = el.A(m.code, "n", href=f"/matter/{m.code}" + urlstate.write(urlstate.State(at.state.filter.with_(window=None), lang=at.state.lang)))
    return el.Tr([
        el.Td(code, "t nw"), el.Td([scrub(m.title), *late], "t wrap"), el.Td(fmt.join([p for p in (m.town or m.county, m.village) if p]) or fmt.NONE, "t"),
        el.Td(case_words.stage(m.stage), "t"), el.Td(m.owner or fmt.NONE, "t wrap"), el.Td(fmt.day(m.opened_on, year=True), "nw"),
        el.Td(fmt.num(m.people), data_head=t("人数")), el.Td(f"{m.likeness:.2f}", data_head=t("相似")), el.Td(act),
    ], data_member=m.code)  # fmt: skip


def _gone(at: Here, file: GroupFile) -> list[el.Node]:
    gone = [m for m in file.members if m.out]
    if not gone:
        return []
    return [el.Div([el.H2(t("已移出 {n} 件", n=len(gone)))], "ph gap-s"), el.Table(el.Tbody([_member(at, file, m) for m in gone]), "gml out")]


def _where(services: Any, scope: Scope, file: GroupFile, members: list[GroupMember]) -> list[Any]:
    """The townships by number of matters: a map and the same in a table."""
    counts = Counter(m.town_code for m in members)
    counties = {m.county_code for m in members if m.county_code}
    static = services.areas.static
    source = static[next(iter(counties))] if len(counties) == 1 else static["townships"]
    shapes = dl.GeoJSON(url=f"/assets/map/{source}", zoomToBoundsOnClick=False, interactive=False, style={"variable": "yizhan.spread.style"},
                        onEachFeature={"variable": "yizhan.spread.name"}, hideout={"n": {k: n for k, n in counts.items() if k}})  # fmt: skip
    drawn = dl.Map([shapes], center=[27.9, 114.4], zoom=8, className="sm-map", style={"height": "100%", "width": "100%"}, **_STILL)
    box = html.Div(drawn, className="sm-box", role="img", **{"aria-label": t("各乡镇事项数；同样的内容在下面的表里")})
    rows = [el.Tr([el.Td(services.areas.name(code) or t("只到县或未定位"), "t"), el.Td(fmt.num(n))]) for code, n in counts.most_common()]
    total = el.Tr([el.Td(t("合计"), "t"), el.Td(fmt.num(len(members)))], "sum")
    return [html.Div([html.H2(t("在哪里")), html.Small(t("界线为示意"))], className="ph"), box, el.Table(el.Tbody([*rows, total]), "gap-s")]


def _events(file: GroupFile) -> el.Node:
    items = [_event(e) for e in reversed(file.events)]
    return el.Div([el.Div([el.H2(t("经过")), el.Small(t("谁、何时、为何"))], "ph"), el.Ul(items, "gev")])


def _event(e: GroupEvent) -> el.Node:
    who = t("机器") if e.by == "system" else e.by
    n = e.data.get("matters")  # a clerk is not told
    what = {"found": t("{n} 件", n=n) if n else "", "grown": t("归入 {n} 件", n=n) if n else "", "take_out": str(e.data.get("code", "")),
            "put_back": str(e.data.get("code", "")), "rename": str(e.data.get("after", "")),
            "undo": group_words.step(str(e.data.get("step", "")))}.get(e.step, "")  # fmt: skip
    said = [el.B(group_words.step(e.step)), " ", what, *([el.Small(t("已撤销"), "m")] if e.undone else [])]
    return el.Li([el.Small(f"{fmt.moment(e.at)} {who}"), el.Div(said), *([el.P(e.why)] if e.why else [])], "off" if e.undone else "")


def form(file: GroupFile, act: str, at: Here) -> html.Div:
    """The form of one act; a plain word when it cannot be taken now."""
    name = group_words.step(act)
    if act not in file.acts and not (act == "undo" and file.undoable):
        text = t(group_words.REFUSED["state"]) if file.line.whole else t(group_words.REFUSED["reach"])
        return act_form.refused(t("这一步现在不能做"), text, back(at))
    fields = []
    if act == "rename":
        fields.append(act_form.labelled(t("名称"), act_form.line("group", "name", file.line.name, focus=True)))
    if act in ("take_out", "put_back"):
        options = [(str(m.record), f"{m.code} {scrub(m.title)}") for m in file.members if m.out == (act == "put_back")]
        chosen = at.state.extra.get("record", "")
        value = chosen if chosen in dict(options) else options[0][0] if options else None
        fields.append(act_form.labelled(t("事项"), act_form.choice("group", "record", options, value), wide=True))
    fields.append(act_form.labelled(t("理由"), act_form.lines("group", "why", "", t("不写当事人姓名和号码"), focus=act != "rename"), wide=True))
    return act_form.form("group", name, t(group_words.HINTS[act]), fields, back(at), file.line.version)
