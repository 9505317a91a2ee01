"""The maps of the area pages: a still frame with the outlines, numbers by `hideout`, the title, the sum below (legend: map_legend.py)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import dash_leaflet as dl
from dash import html

from dashboard import el
from dashboard.classes import CHANGE, CHANGE_OF_RATES, Breaks, Classes
from dashboard.components import fmt, map_state
from dashboard.components.filter_bar import how
from dashboard.i18n import lang, pick, t
from dashboard.links import Links
from matters.indicators import INDICATORS
from services.shapes import AreaRow, Change, Overview
from services.signals import Mark

# Reading the map is by link, key and table; it does not zoom or drag, so that scrolling a page never gets caught in it.
# Nobody reads the viewport; trackViewport would look at it once more, a moment after the page may have taken the map away.
_STILL = {
    "zoomControl": False, "attributionControl": False, "dragging": False, "scrollWheelZoom": False, "doubleClickZoom": False,
    "boxZoom": False, "keyboard": False, "touchZoom": False, "zoomSnap": 0, "trackResize": False,
    "trackViewport": False,
}  # fmt: skip
LOWEST = 2  # classes run from --seq-2 to --seq-6


# dash-leaflet hands its map to assets/js/map.js with an outline; the real ones change with the area, without a word to the framework.
_FIRST = {"type": "Feature", "properties": {}, "geometry": {"type": "LineString", "coordinates": [[0, 0], [0, 0]]}}


def frame(prefix: str) -> html.Div:
    """The map before its numbers, which name the file of its outlines: assets/js/map*.js draws them."""
    areas = dl.GeoJSON(
        id=f"{prefix}-areas", data={"type": "FeatureCollection", "features": [_FIRST]}, interactive=False,
        onEachFeature={"variable": "yizhan.map.each"}, hideout={}, zoomToBoundsOnClick=False,
    )  # fmt: skip
    drawn = dl.Map([areas], id=f"{prefix}-map", center=[0, 0], zoom=1, className="canvas", style={"height": "100%"}, **_STILL)
    parts = [html.Div(className="under"), drawn, html.Div(id=f"{prefix}-legend", className="legend"), html.Div(className="over")]
    return html.Div(parts, className="map",
                    id=f"{prefix}-frame")  # fmt: skip


Changes = Mapping[str, Change]  # of the indicator, by area
NOT_RANKED, PLAIN = "x", "o"  # classes without a colour of the scale: not told apart; another layer has the colour


def classes_of(o: Overview, fill: str, breaks: Breaks) -> Classes:
    """The classes of the map."""
    if fill == "change":
        return Classes(CHANGE_OF_RATES if INDICATORS[o.indicator].unit == "%" else CHANGE)
    level = "county" if o.area.level == "city" else "township"
    return breaks.of(o.indicator, level, o.window.days, o.now.date(), o.filter)


def value(r: AreaRow, o: Overview, changes: Changes | None) -> tuple[float | None, str]:
    """An area's number and how it is written."""
    if changes is not None:
        c = changes.get(r.area, Change("none"))
        return c.value, fmt.change(c, 1) or fmt.NONE
    raw = getattr(r, o.indicator, None)
    return raw, fmt.value(o.indicator, raw)


def class_of(r: AreaRow, o: Overview, classes: Classes, changes: Changes | None, fill: str) -> str:
    """The class of an area: q2 … q6, d0 … d4 for a change; one without colour where it is not ranked or compared."""
    if fill == "heat":
        return PLAIN
    raw, _ = value(r, o, changes)
    if raw is None or not r.ranked or (changes is not None and changes.get(r.area, Change("none")).kind not in ("percent", "points")):
        return NOT_RANKED
    return f"d{classes.of(raw)}" if fill == "change" else f"q{classes.of(raw) + LOWEST}"


def unit(key: str, fill: str) -> str:
    """The unit of what the map shows."""
    if fill == "heat":
        return t("件 / 平方千米")
    if INDICATORS[key].unit == "%":
        return t("百分点") if fill == "change" else "%"
    if fill == "change":
        return "%"
    return t("件 / 万人") if key == "per_10k" else t("件")


def listed(o: Overview) -> list[str]:
    """Areas under targeted remediation that the map can show: townships, also those of the city's counties."""
    lines = {line.area for line in o.listings if line.subject == "area" and line.state in ("listed", "accepting", "escalated")}
    return sorted(lines | {r.area for r in o.rows if r.listed})


def _words() -> dict[str, str]:
    return {
        "factor": t("方框内放大 {x} 倍", x="{x}"), "left": t("图上未标：{names}", names="{names}"), "listed": t("挂牌整治中"),
        "many": t("另有 {n} 处图上排不下，见排名表", n="{n}"), "open": t("进入{name}", name="{name}"), "km": t("{n} 千米", n="{n}"),
        "failed": t("图层没有取到"), "again": t("重试"), "side": t("约 {n} 千米见方", n="{n}"),
        "items": t("{n} 件", n="{n}"), "signal": t("预警信号 {n}：{title}", n="{n}", title="{title}"),
    }  # fmt: skip


def hideout(
    o: Overview, links: Links, classes: Classes, changes: Changes | None, files: Mapping[str, str], marks: Sequence[Mark], below: str
) -> dict[str, Any]:  # fmt: skip
    """Everything the map needs: the address of its outlines, numbers, classes, marks; a few hundred bytes an area at most.

    Places and heat come by an address of their own (dashboard/map_routes.py). `files`: of services.areas.static. `below`: where a click
    on an area leads; '' to no page.
    """
    outlines = {"city": "city", "county": o.area.code, "township": o.area.parent}[o.area.level]
    near = ["city"] if outlines != "city" else [r.area for r in o.rows if r.area in files] if below else []  # a click away
    on, fill, here = map_state.layers(o.area.level, links), map_state.fill(links), listed(o)
    values = {}
    for r in o.rows:
        raw, text = value(r, o, changes)
        values[r.area] = [class_of(r, o, classes, changes, fill), text, raw]
    shown = here if "listings" in on else []
    return {
        "at": links.here.path + links.here.search, "file": f"/assets/map/{files[outlines]}", "near": [f"/assets/map/{files[n]}" for n in near], "v": values,
        "key": fill or o.indicator,
        "unit": unit(o.indicator if fill != "heat" else "accepted", "" if fill == "heat" else fill),
        "lang": lang(), "down": below, "level": {"city": "county", "county": "township", "township": "village"}[o.area.level], "listed": shown,
        "focus": o.area.code if o.area.level == "township" else "",
        "extra": f"/assets/map/{files['townships']}" if o.area.level == "city" and shown else "", "layers": list(on),
        "centres": {c: s for c, s in o.centres.items() if c in values or c == o.area.code} if "centres" in on else {},
        "signals": [[m.number, m.lon, m.lat, pick(*m.title), links.page("/signals", id=str(m.signal))] for m in marks],
        "points": map_state.source("/map/points", o, links) if "points" in on else "",
        "heat": map_state.source("/map/heat", o, links) if fill == "heat" else "",
        "words": _words(),
    }  # fmt: skip


def modes(o: Overview, links: Links) -> el.Node:
    """What fills the areas: number, per 10,000, the chosen rate, its change, heat."""
    fill, key = map_state.fill(links), o.indicator
    options = [("accepted", t("件数")), ("per_10k", t("每万人"))]
    if key not in ("accepted", "per_10k"):
        options.append((key, short_name(key)))
    buttons = [el.A(word, href=links.same(indicator=k, show="", sort=""), aria_current="true" if not fill and k == key else None) for k, word in options]
    for k, word in (("change", t("变化")), ("heat", t("热力"))):
        buttons.append(el.A(word, href=links.same(show=k, sort=""), aria_current="true" if fill == k else None))
    return el.Div(buttons, "seg sm", role="group", aria_label=t("地图显示"))


def short_name(key: str) -> str:
    """An indicator in a word or two."""
    return {"resolved_rate": t("化解率"), "on_time_rate": t("按期率"), "satisfaction": t("满意率"), "civil_filings": t("立案")}.get(
        key, pick(INDICATORS[key].zh, INDICATORS[key].en))


def indicator_name(key: str) -> str:
    """An indicator as a title says it."""
    return {"accepted": t("受理量"), "per_10k": t("每万人受理"), "resolved_rate": t("化解率"), "satisfaction": t("满意率"),
            "civil_filings": t("民商事一审立案"), "on_time_rate": t("按期办结率")}.get(key, pick(INDICATORS[key].zh, INDICATORS[key].en))  # fmt: skip


def title(o: Overview, links: Links) -> list[el.Node]:
    """What the map shows, and the choice of it."""
    fill, key = map_state.fill(links), o.indicator
    if o.area.level == "township":
        return [el.H2(t("本乡镇分布")), el.Div(None, "sp"), heat_switch(links), map_state.switcher(o, links)]
    if fill == "heat":
        which, note = t("事项密度"), t("按有坐标的事项")
    else:
        name = t("{name}{how}", name=indicator_name(key), how=how(o.compare)) if fill == "change" else indicator_name(key)
        which = t("各县{name}", name=name) if o.area.level == "city" else t("各乡镇{name}", name=name)
        note = t("{y} 年普查人口", y=o.area.census_year) if key == "per_10k" and not fill else ""
    if fill == "change" and o.stale:
        note = t("含迟到数据，暂不显示")
    return [el.H2(which, title=which), el.Small(note), el.Div(None, "sp"), modes(o, links), map_state.switcher(o, links)]


def heat_switch(links: Links) -> el.Node:
    """Heat on or off, where there are no areas to fill."""
    on = map_state.fill(links) == "heat"
    return el.Div([el.A(t("热力"), href=links.same(show="" if on else "heat"), aria_current="true" if on else None)], "seg sm")


def reconcile(o: Overview, links: Links, source: str) -> list[Any]:
    """Total = to a township + to the county only + unlocated, each a link; and what the drawing is not."""
    f, by = o.filter.with_(area=o.area.code, part="accepted"), o.by_located

    def n(key: str, located: str = "") -> el.Node:
        value = o.total.accepted if not key else by.get(key, 0)
        return links.number(fmt.num(value), f.with_(located=located), f"located.{key or 'all'}", value)

    said: list[Any] = [t("合计 "), n(""), t(" = 到乡镇 "), n("township", "township"), t(" + 只到县 "), n("county", "county")]
    if o.area.level == "township":
        return [el.Span([t("受理 "), n(""), t(" 件，都在本乡镇")]), el.Span(t("乡镇范围由驻地划分，为近似"), "m note", title=source)]
    if o.area.level == "city":
        said += [t(" + 未定位 "), n("none", "none")]
    elif o.unlocated_city is not None:
        city = o.filter.with_(area="", part="accepted", located="none")
        number = links.number(fmt.num(o.unlocated_city), city, "located.city_none", o.unlocated_city, area="city")
        said += [t("；全市未定位 "), number, t(" 件不在其中")]
    note = t("界线为示意") if o.area.level == "city" else t("乡镇范围由驻地划分，为近似")
    return [el.Span(said), el.Span(note, "m note", title=source)]
