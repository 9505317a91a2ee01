"""The parts of the directory of centres."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import dash_leaflet as dl
from dash import html

from dashboard import el, panels, urlstate
from dashboard.components import centre_words, fmt, late_feeds
from dashboard.components.small_map import _STILL
from dashboard.guard import Here
from dashboard.i18n import t
from dashboard.links import Links
from matters.access import Scope
from matters.filters import Filter
from services.centres import CentreLine

VISITS = Filter(agency="centre")  # what the figures of a centre rest on: it alone tells of visits


def one(at: Here, code: str) -> str:
    """Address of a centre's own page, same period."""
    return f"/centre/{code}" + urlstate.write(at.state.with_(area=""), area=False)


def _county(services: Any, scope: Scope, at: Here) -> str:
    """The county whose townships are asked for; '' is the list of counties."""
    return scope.county or (at.state.filter.area if services.areas.place(at.state.filter.area or "").county == at.state.filter.area else "")


def bar(services: Any, scope: Scope, at: Here) -> el.Node:
    """Which county, and printing."""
    now = _county(services, scope, at)
    parts: list[Any] = [el.Div(el.H1(t("矛调中心")), "crumb")]
    if scope.level == "city":
        links = [("", t("市县级")), *((c.code, c.name) for c in services.areas.counties())]
        items = [el.A(name, href=at.path + urlstate.write(at.state.with_(area=code)), aria_current="true" if code == now else None) for code, name in links]
        chosen = next(name for code, name in links if code == now)
        parts.append(el.Details([el.Summary([el.Small(t("范围")), chosen, el.icon("down", 12)], "sel"), el.Div(items)], "drop"))
    return el.Div([*parts, el.Div(None, "sp"), el.Button(t("打印"), "btn", data_act="print")], "bar")


def only_now() -> el.Node:
    """The directory is of now."""
    return panels.empty(t("名录只看现在；每个中心的页上有它的修改经过。"), el.A(t("看现在"), "btn", href="?", data_act="now"))


def body(services: Any, scope: Scope, at: Here, lines: Sequence[CentreLine]) -> list[Any]:
    """State line, table, map."""
    county = _county(services, scope, at)
    shown = [x for x in lines if (x.level != "township" if not county else x.county == county)]
    running = sum(x.state == "running" for x in shown)
    window = fmt.window(at.state.filter.window)
    counts = t("{n} 个中心 = 运行 {a} + 筹建 {b}", n=len(shown), a=running, b=len(shown) - running)
    today = services.now().date()
    state = el.Div([el.Span(counts), el.Span(t("来访受理：{window}", window=window)), el.Div(None, "sp"),
                    *late_feeds.badges(services, scope, VISITS.with_(window=at.state.filter.window)),
                    el.Span(t("今天 {day} {weekday}", day=today.isoformat(), weekday=fmt.weekday(today)))], "state")  # fmt: skip
    if not shown:
        return [state, panels.empty(t("名录里还没有这里的中心。管理员可用 yizhan centres import 导入。"))]
    side = html.Div([html.Div([html.H2(t("分布")), html.Small(t("■ 运行 □ 筹建；界线为示意"))], className="ph"), _map(services, county, shown)], className="p")
    foot = el.Footer(el.Span(t("来访受理为该地区经来访渠道受理的事项数，县级含乡镇")), "foot", data_version=str(services.figures.data_version()))
    return [state, html.Div([el.Section(_table(at, shown), "p scroll"), side], className="sheet l1 c1"), foot]


def _table(at: Here, lines: Sequence[CentreLine]) -> el.Node:
    heads = [(t("中心"), "t"), (t("状态"), "t"), (t("平台"), ""), (t("常驻"), ""), (t("今日轮驻"), "t"), (t("随驻"), ""),
             (t("第三方"), ""), (t("来访受理"), "")]  # fmt: skip
    head = el.Thead(el.Tr([el.Th(name, cls, scope="col") for name, cls in heads]))
    return el.Table([head, el.Tbody([_row(at, x) for x in lines])], "ct", aria_label=t("矛调中心名录"))


def state_of(x: CentreLine) -> list[el.Node]:
    """Running since, or planned for."""
    tag = el.Span(t(centre_words.STATES[x.state]), f"tag {'d' if x.state == 'running' else 'w'}")
    day = x.since if x.state == "running" else x.planned_for
    said = t("{day} 起", day=fmt.day(day, year=True)) if x.state == "running" else t("计划 {day} 运行", day=fmt.day(day, year=True))
    return [tag, *([el.Small(said)] if day else [])]


def _row(at: Here, x: CentreLine) -> el.Node:
    d = x.detail
    visits = Links(at).number(fmt.num(x.visits), at.state.filter.with_(area=x.area, channel="visit", part="accepted"), "centre.visits", x.visits, x.area)
    platforms = f"{len(d['platforms'])} / 7" if d.get("platforms") else fmt.NONE
    return el.Tr([
        el.Td(el.A(x.name, "w6", href=one(at, x.area)), "t"), el.Td(state_of(x), "t"), el.Td(platforms), el.Td(fmt.num(len(d.get("resident", ())))),
        el.Td(fmt.join(list(x.today)) or fmt.NONE, "t wrap"), el.Td(fmt.num(len(d.get("on_call", ())))), el.Td(fmt.num(len(d.get("third_parties", ())))),
        el.Td(visits, data_head=t("来访受理")),
    ], data_centre=x.area)  # fmt: skip


def _map(services: Any, county: str, lines: Sequence[CentreLine]) -> html.Div:
    """Centres at the seats of their areas: filled squares run, hollow ones are planned."""
    static = services.areas.static
    source = static[county] if county else static["city"]
    shapes = dl.GeoJSON(url=f"/assets/map/{source}", zoomToBoundsOnClick=False, interactive=False, hideout={},
                        style={"variable": "yizhan.places.countyStyle"}, onEachFeature={"variable": "yizhan.map.fit"})  # fmt: skip
    marks = [_mark(services, x, bool(county)) for x in lines if x.seat and x.level == ("township" if county else "county")]
    drawn = dl.Map([shapes, dl.Pane(marks, name="centre-marks", style={"zIndex": 450})], center=[27.9, 114.4], zoom=8, className="sm-map",
                   style={"height": "100%", "width": "100%"}, **_STILL)  # fmt: skip
    return html.Div(drawn, className="sm-box city", role="img", **{"aria-label": t("中心分布；同样的内容在左边的表里")})


def _mark(services: Any, x: CentreLine, close: bool) -> Any:
    assert x.seat is not None
    lon, lat = x.seat
    size = 4 if close else 7
    icon = {"html": "", "className": f"cmark {'full' if x.state == 'running' else ''}", "iconSize": [2 * size, 2 * size]}
    tip = [] if close else [dl.Tooltip(services.areas.name(x.area), permanent=True, direction="right", offset={"x": 8, "y": 0}, className="sm-tip")]
    return dl.DivMarker(tip, position=[lat, lon], iconOptions=icon, interactive=False, keyboard=False)
