"""The page of signals around its cards: figures, filters, map, watch list, what cannot be told."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import dash_leaflet as dl
from dash import html

from dashboard import el, panels
from dashboard.components import case_words as words
from dashboard.components import fmt
from dashboard.components.small_map import _STILL
from dashboard.i18n import N_, name, pick, t
from dashboard.pages.signals.cards import card, kind, rows
from dashboard.pages.signals.state import TABS, SignalState
from matters.access import Scope
from matters.categories import CATEGORIES
from matters.signals import KINDS, span, usual
from services.signal_shapes import SignalDesk, SignalFile, SignalLine, Watched

TAB_NAMES = {"week": N_("本周"), "done": N_("今年已处置"), "watch": N_("观察名单"), "snoozed": N_("暂缓")}


def plain_bar() -> el.Node:
    """The name of the page alone."""
    return el.Div(el.Div(el.H1(t("预警信号")), "crumb"), "bar")


def past(asked: SignalState) -> el.Node:
    """The list is of now; each signal keeps what it said."""
    return panels.panel("empty", t("预警信号只看现在"), t("每条信号的历次计算都留在它自己的经过里。"), way_out=el.A(t("回到现在"), "btn", href=asked.now()))


def bar(services: Any, scope: Scope, asked: SignalState, desk: SignalDesk) -> el.Node:
    """Name, tabs with counts, filters."""
    tabs = [
        el.A([f"{t(TAB_NAMES[tab])}\u00a0", el.Span(fmt.num(desk.counts[tab]), data_figure=f"signals-{tab}", data_value=str(desk.counts[tab]))],
             href=asked.href(tab="" if tab == "week" else tab, id=""), aria_current="true" if tab == asked.tab else None)
        for tab in TABS
    ]  # fmt: skip
    kinds = [("", t("全部类型")), *((k, kind(k)) for k in KINDS)]
    chosen = asked.url.filter.category
    categories = [("", t("全部类别")), *((code, name(c)) for code, c in CATEGORIES.items())]
    return el.Div([
        el.Div(el.H1(t("预警信号")), "crumb"), el.Div(tabs, "seg", role="navigation", aria_label=t("哪些信号")), el.Div(None, "sp"),
        _area(services, scope, asked),
        _drop(t("类别"), [(n, asked.narrowed(category=c), c == chosen) for c, n in categories]),
        _drop(t("类型"), [(n, asked.href(kind=k, id=""), k == asked.kind) for k, n in kinds]),
        el.Button(t("打印"), "btn", data_act="print"),
    ], "bar")  # fmt: skip


def _area(services: Any, scope: Scope, asked: SignalState) -> el.Node:
    home = services.areas.home(scope)
    now = asked.url.filter.area or home.code
    choices = [home, *([] if home.level == "township" else services.areas.children(home.code))]
    if now not in {a.code for a in choices}:
        choices.append(services.areas.info(now))
    return _drop(t("地区"), [(words.name_of(a), asked.narrowed(area="" if a.code == home.code else a.code), a.code == now) for a in choices])


def _drop(label: str, items: Sequence[tuple[str, str, bool]]) -> el.Node:
    now = next((n for n, _, on in items if on), items[0][0])
    head = el.Summary([el.Small(label), now, el.I(className="dn", aria_hidden="true")], "sel")
    return el.Details([head, el.Div([el.A(n, href=href, **({"aria_current": "true"} if on else {})) for n, href, on in items])], "drop end")


def body(services: Any, scope: Scope, asked: SignalState, desk: SignalDesk, opened: SignalFile | None) -> list[Any]:
    """State line, figures, what cannot be told, the list that is asked for with its map."""
    if desk.week is None or desk.run_at is None:
        return [panels.panel("empty", t("还没有算过"), t("数据到齐以后，后台会在一分钟内算出第一周；也可以由管理员运行 yizhan signals run。"))]
    return [_state(desk), _figures(desk), *_unknown(services, desk), *_shown(services, scope, asked, desk, opened), _foot(desk)]


def _state(desk: SignalDesk) -> el.Node:
    assert desk.week is not None and desk.run_at is not None
    said = t("{n} 个乡镇级单位 × {m} 类，判断到 {week} 为止的一周，算于 {at}；每天复算，每周新增最多 {cap} 条", n=desk.townships, m=desk.categories,
             week=desk.week.isoformat(), at=fmt.moment(desk.run_at), cap=desk.cap)  # fmt: skip
    late = [el.Span(t("上一周还没有算，显示的是更早一周"), "wait")] if desk.stale else []
    short = [el.Span(t("历史只有 {n} 周，不足以判断", n=desk.weeks), "wait")] if desk.weeks < 57 else []
    return el.Div([el.Span(said), *late, *short, el.Div(None, "sp"), el.Span(t("灰带为常年同期 95% 区间，虚线为期望，蓝点为超出"))], "state")


def _figures(desk: SignalDesk) -> el.Node:
    useful = fmt.share(desk.useful)
    cells = [
        (t("待处置"), str(desk.open), t("条"), "open", desk.open, t("本周和以前未处置的")),
        (t("今年共"), str(desk.year), t("条"), "year", desk.year, t("新出现的，不含并入的")),
        (t("有用率"), useful, "%" if desk.useful is not None else "", "useful", desk.useful,
         t("今年处置 {n} 条，其中 {m} 条没有不予采纳", n=desk.decided, m=desk.used)),
    ]  # fmt: skip
    return el.Div([
        el.Div([el.Div(el.B(label), "l"),
                el.Div([el.Strong(value, data_figure=f"signals-{key}", data_value="" if raw is None else str(raw)), el.Span(unit)], "v"),
                el.Div(note, "d")], "fig")
        for label, value, unit, key, raw, note in cells
    ], "sheet figs g3")  # fmt: skip


def _unknown(services: Any, desk: SignalDesk) -> list[el.Node]:
    """One line a late feed: a silent feed is not a calm city."""
    agencies = services.feeds.agencies()
    out = []
    for agency in dict.fromkeys(u.agency for u in desk.unknown):
        mine = [u for u in desk.unknown if u.agency == agency]
        names = fmt.join([f"{name(CATEGORIES[u.category])} {u.share * 100:.0f}%" for u in mine if u.category in CATEGORIES])
        said = t("{agency}的数据止于 {at}。这些类别由它首报的占：{names}。恢复后自动补算，在此之前不以「平静」计。", agency=name(agencies[agency]),
                 at=fmt.moment(mine[0].data_at), names=names)  # fmt: skip
        out.append(el.Div([el.I(None, "sq", aria_hidden="true"), el.B(t("无法判断")), el.Span(said), el.A(t("查看数据源"), "lk", href=words.at("/feeds"))],
                          "cantd", role="status"))  # fmt: skip
    return out


def _shown(services: Any, scope: Scope, asked: SignalState, desk: SignalDesk, opened: SignalFile | None) -> list[Any]:
    if asked.tab == "watch":
        return [_watch(asked, desk.watch)]
    lines = {"week": desk.lines, "done": desk.done, "snoozed": desk.snoozed}[asked.tab]
    listed = [card(services, scope, asked, x, opened if opened and opened.line.id == x.id else None) for x in lines]
    if opened is not None and opened.line.id not in {x.id for x in lines}:
        listed.insert(0, card(services, scope, asked, opened.line, opened))
    if not listed:
        way = el.A(t("看观察名单 {n} 条", n=desk.counts["watch"]), "btn", href=asked.href(tab="watch")) if desk.counts["watch"] else None
        text = {"week": t("这一周没有超出常年的地方。"), "done": t("今年还没有处置过信号。"), "snoozed": t("没有暂缓的信号。")}[asked.tab]
        return [panels.empty(text, way)]
    cards = el.Div(listed, "sgc-list")
    if asked.tab != "week" or not desk.lines:
        return [cards]
    return [html.Div([cards, html.Div([html.Div([html.H2(t("在哪里")), html.Small(t("号码同左；全市的不标"))], className="ph"),
                                       _map(services, asked, desk.lines)], className="sg-map")], className="sg-two")]  # fmt: skip


def _map(services: Any, asked: SignalState, lines: Sequence[SignalLine]) -> html.Div:
    """Numbered diamonds at the seats of the townships."""
    areas, area = services.areas, asked.url.filter.area
    counties = {x.county for x in lines}
    one = area if area in areas.static else next(iter(counties)) if len(counties) == 1 and "" not in counties else ""
    shapes = dl.GeoJSON(url=f"/assets/map/{areas.static.get(one, areas.static['city'])}", zoomToBoundsOnClick=False, interactive=False, hideout={},
                        style={"variable": "yizhan.places.countyStyle"}, onEachFeature={"variable": "yizhan.map.fit"})  # fmt: skip
    marks = []
    for x in lines:
        code = x.town or (x.towns[0] if x.towns else x.county)
        seat = areas.info(code).seat if code else None
        if seat:
            icon = {"html": f"<b>{int(x.number)}</b>", "className": f"smark {'' if x.state == 'open' else 'done'}", "iconSize": [22, 22]}
            tip = dl.Tooltip(pick(*x.title), direction="top", className="sm-tip")
            marks.append(dl.DivMarker(tip, position=[seat[1], seat[0]], iconOptions=icon, interactive=True, keyboard=False))  # the cards are its keyboard
    drawn = dl.Map([shapes, dl.Pane(marks, name="signal-marks", style={"zIndex": 450})], center=[27.9, 114.4], zoom=8, className="sm-map",
                   style={"height": "100%", "width": "100%"}, **_STILL)  # fmt: skip
    return html.Div(drawn, className="sm-box city", role="img", **{"aria-label": t("信号分布；同样的号码和内容在卡片里")})


def _watch(asked: SignalState, watch: Sequence[Watched]) -> el.Node:
    """A table: unconfirmed, most of it will be chance."""
    note = t("可能只是巧合，未经确认，不必处置；超出每周上限的也在这里，下周重算时再排")
    if not watch:
        return panels.empty(t("观察名单是空的。"))
    named = ((t("地区"), "t"), (t("类别"), "t"), (t("件"), ""), (t("常年同期"), ""), (t("区间"), ""), (t("期间"), "t"), ("", "t"))
    heads = [el.Th(x, c, scope="col") for x, c in named]
    lines = [
        el.Tr([el.Td(pick(*w.place), "t"), el.Td(words.category(w.category), "t"),
               el.Td(el.A(str(w.count), "n", href=rows(asked, w.rows), data_figure=f"watch-{n}", data_value=str(w.count))), el.Td(usual(w.expected)),
               el.Td(span(w.low, w.high)), el.Td(t("近 {n} 周", n=w.weeks), "t"), el.Td(t("超出每周上限") if w.over else "", "t wait")])
        for n, w in enumerate(watch)
    ]  # fmt: skip
    table = el.Table([el.Thead(el.Tr(heads)), el.Tbody(lines)], "gt", aria_label=t("观察名单"))
    return el.Div(el.Section([el.Div([el.H2(t("观察名单")), el.Small(note)], "ph"), table], "p scroll"), "sheet one")


def _foot(desk: SignalDesk) -> el.Node:
    keys = t("j / k 上下，Enter 打开，n 知悉，l 提示函，m 会议，x 不予采纳，s 暂缓")
    why = t("机器只提示，由人处置；明细按算出时的所知，不会变") if desk.delay_known else t("机器只提示，由人处置；迟报情况还在积累，近 4 周都是暂定")
    return el.Footer([el.Span(keys), el.Span(why)], "foot", data_version=str(desk.data_version))
