"""The county and township maps: a still frame with the outlines, numbers by `hideout`, a legend, the sum below."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Mapping
from typing import Any

import dash_leaflet as dl
from dash import html

from dashboard import el
from dashboard.classes import CHANGE, Breaks, Classes
from dashboard.components import fmt
from dashboard.i18n import N_, lang, t
from dashboard.links import Links
from matters.indicators import INDICATORS
from services.shapes import AreaRow, Overview

# Reading the map is by link, key and table; it does not zoom or drag, so that scrolling a page never gets caught in it.
# Nobody reads the viewport; trackViewport would look at it once more, a moment after the page may have taken the map away.
_STILL = {
    "zoomControl": False, "attributionControl": False, "dragging": False, "scrollWheelZoom": False, "doubleClickZoom": False,
    "boxZoom": False, "keyboard": False, "touchZoom": False, "zoomSnap": 0, "trackResize": False,
    "trackViewport": False,
}  # fmt: skip
LOWEST = 2  # classes run from --seq-2 to --seq-6


def frame(prefix: str) -> html.Div:
    """The map before its outlines and numbers, which come together: assets/js/map*.js draws them."""
    areas = dl.GeoJSON(
        id=f"{prefix}-areas", style={"variable": "yizhan.map.style"},
        onEachFeature={"variable": "yizhan.map.each"}, hideout={}, zoomToBoundsOnClick=False,
    )  # fmt: skip
    drawn = dl.Map([areas], id=f"{prefix}-map", center=[0, 0], zoom=1, className="canvas", style={"height": "100%"}, **_STILL)
    parts = [html.Div(className="under"), drawn, html.Div(id=f"{prefix}-legend", className="legend"), html.Div(className="over")]
    return html.Div(parts, className="map",
                    id=f"{prefix}-frame")  # fmt: skip


def locator(prefix: str) -> html.Div:
    """A small map of the county with one township filled."""
    areas = dl.GeoJSON(id=f"{prefix}-spot", style={"variable": "yizhan.map.spot"}, onEachFeature={"variable": "yizhan.map.fit"},
                       hideout={}, interactive=False)  # fmt: skip
    drawn = dl.Map([areas], center=[0, 0], zoom=1, className="canvas", style={"height": "100%"}, **{**_STILL, "trackResize": True})
    return html.Div(drawn, className="spot", **{"aria-hidden": "true"})


def shown(o: Overview, links: Links) -> str:
    """What colours the map: an indicator, or 'change'."""
    return "change" if links.here.state.extra.get("show") == "change" else o.indicator


def _value(r: AreaRow, key: str) -> tuple[float | None, str]:
    """An area's number and how it is written."""
    if key == "change":
        return r.accepted_change.value, fmt.change(r.accepted_change, 1) or fmt.NONE
    raw = getattr(r, key, None)
    return raw, fmt.value(key, raw)


def _class(r: AreaRow, key: str, classes: Classes) -> str:
    raw, _ = _value(r, key)
    if raw is None or not r.ranked or (key == "change" and r.accepted_change.kind != "percent"):
        return "x"
    return f"d{classes.of(raw)}" if key == "change" else f"q{classes.of(raw) + LOWEST}"


def classes_of(o: Overview, key: str, breaks: Breaks) -> Classes:
    """The classes of the map."""
    level = "county" if o.area.level == "city" else "township"
    return Classes(CHANGE) if key == "change" else breaks.of(key, level, o.window.days, o.now.date())


def unit(key: str) -> str:
    """The unit of what the map shows."""
    if key == "change" or INDICATORS[key].unit == "%":
        return "%"
    return t("件 / 万人") if key == "per_10k" else t("件")


def hideout(o: Overview, links: Links, classes: Classes, townships: str) -> dict[str, Any]:
    """Everything the map needs beside its outlines: numbers, classes, marks; a few hundred bytes an area at most."""
    key = shown(o, links)
    below = "county" if o.area.level == "city" else "township"
    values = {r.area: [_class(r, key, classes), _value(r, key)[1], _value(r, key)[0]] for r in o.rows}
    listed = sorted({line.area for line in o.listings if line.subject == "area" and line.state in ("listed", "accepting", "escalated")}
                    | {r.area for r in o.rows if r.listed})  # fmt: skip
    return {
        "v": values, "key": key, "unit": unit(key), "lang": lang(), "down": links.down("{code}", below), "level": below,
        "listed": listed, "extra": f"/assets/map/{townships}" if below == "county" and listed else "",
        "centres": {r.area: o.centres[r.area] == "running" for r in o.rows if r.area in o.centres},
        "words": {"factor": t("方框内放大 {x} 倍", x="{x}"), "left": t("图上未标：{names}", names="{names}"), "listed": t("挂牌整治中"),
                  "many": t("另有 {n} 处图上排不下，见排名表", n="{n}"), "open": t("进入{name}", name="{name}"), "km": t("{n} 千米", n="{n}")},
    }  # fmt: skip


def _numbers(values: tuple[float, ...], key: str) -> list[str]:
    """The breaks with as many digits as the finest of them needs."""
    shown = [v * 100 if key == "change" or INDICATORS[key].unit == "%" else v for v in values]
    return [fmt.num(v, 0 if all(abs(x - round(x)) < 1e-9 for x in shown) else 1) for v in shown]


def class_names(classes: Classes, key: str) -> list[str]:
    """The classes in words, the highest first."""
    n = _numbers(classes.breaks, key)
    middle = [t("{a} 至 {b}", a=a, b=b) if key == "change" else f"{a}{fmt.DASH}{b}" for a, b in itertools.pairwise(n)]
    return [t("{x} 及以上", x=n[-1]), *reversed(middle), t("不足 {x}", x=n[0])]


def _swatch(kind: str, text: str, count: int | None) -> el.Node:
    body = [el.I(None, f"sw {kind}"), el.Span(text)]
    return el.Li([*body, el.Small(t("{n} 个", n=count))] if count is not None else body)


def legend(o: Overview, links: Links, classes: Classes, verified: Mapping[str, bool], small: int) -> list[el.Node]:
    """Classes with the number of areas in each, then the marks. `verified`: whether each area's seat is."""
    key = shown(o, links)
    counts = Counter(_class(r, key, classes) for r in o.rows)
    names = [f"d{i}" if key == "change" else f"q{i + LOWEST}" for i in range(4, -1, -1)]
    items = [_swatch(n, text, counts[n]) for n, text in zip(names, class_names(classes, key), strict=True)]
    few = sum(1 for r in o.rows if not r.ranked)
    if few:
        items.append(_swatch("x", t("人口不足 {n}", n=fmt.num(small)), few))
    if counts["x"] > few:
        items.append(_swatch("x", t("不作比较"), counts["x"] - few))
    return [el.B(unit(key)), el.Ul(items), el.Ul(_marks(o, verified), "marks")]


def _marks(o: Overview, verified: Mapping[str, bool]) -> list[el.Node]:
    """Listed areas, centres or seats."""
    listed = {line.area for line in o.listings if line.subject == "area" and line.state in ("listed", "accepting", "escalated")}
    marks = []
    if listed:
        text = t("挂牌乡镇 {n} 处", n=len(listed)) if o.area.level == "city" else t("挂牌整治 {n} 处", n=len(listed))
        marks.append(_swatch("hat", text, None))
    if o.area.level == "city":
        states = Counter(s for c, s in o.centres.items() if any(r.area == c for r in o.rows))
        if not states:
            return marks
        marks += [_swatch("sq full", t("中心运行 {n}", n=states["running"]), None), _swatch("sq", t("年内建成 {n}", n=states["planned"]), None)]
        return marks
    return [*marks, *_seats(o, verified)]


def _seats(o: Overview, verified: Mapping[str, bool]) -> list[el.Node]:
    """Seats by shape (square: a centre runs there) and fill (hollow: the place is not verified), each kind that is drawn."""
    words = {
        (True, True): ("sq full", N_("乡镇中心 {n} 处")), (True, False): ("sq", N_("乡镇中心，驻地未核实 {n} 处")),
        (False, True): ("dot full", N_("驻地 {n} 处")), (False, False): ("dot", N_("驻地未核实 {n} 处")),
    }  # fmt: skip
    counts = Counter((o.centres.get(code) == "running", sure) for code, sure in verified.items())
    return [_swatch(kind, t(text, n=counts[key]), None) for key, (kind, text) in words.items() if counts[key]]


def modes(o: Overview, links: Links) -> el.Node:
    """Number, per 10,000, change."""
    now = shown(o, links)
    options = [("accepted", t("件数")), ("per_10k", t("每万人")), ("change", t("变化"))]
    buttons = []
    for key, word in options:
        href = links.same(show="change", sort="") if key == "change" else links.same(indicator=key, show="", sort="")
        buttons.append(el.A(word, href=href, aria_pressed="true" if key == now else None))
    return el.Div(buttons, "seg sm", role="group", aria_label=t("地图显示"))


def title(o: Overview, links: Links) -> list[el.Node]:
    """What the map shows, and the choice of it."""
    key = shown(o, links)
    names = {"accepted": t("受理量"), "per_10k": t("每万人受理"), "resolved_rate": t("化解率"), "satisfaction": t("满意率"),
             "civil_filings": t("民商事一审立案"), "on_time_rate": t("按期办结率"),
             "change": t("受理同比") if o.compare == "yoy" else t("受理环比")}  # fmt: skip
    which = t("各县{name}", name=names.get(key, key)) if o.area.level == "city" else t("各乡镇{name}", name=names.get(key, key))
    note = t("{y} 年普查人口", y=o.area.census_year) if key == "per_10k" else ""
    if key == "change" and o.stale:
        note = t("含迟到数据，暂不显示")
    return [el.H2(which), el.Small(note), el.Div(None, "sp"), modes(o, links)]


def reconcile(o: Overview, links: Links, source: str) -> list[Any]:
    """Total = to a township + to the county only + unlocated, each a link; and what the drawing is not."""
    f, by = o.filter.with_(area=o.area.code, part="accepted"), o.by_located

    def n(key: str, located: str = "") -> el.Node:
        value = o.total.accepted if not key else by.get(key, 0)
        return links.number(fmt.num(value), f.with_(located=located), f"located.{key or 'all'}", value)

    said: list[Any] = [t("合计 "), n(""), t(" = 到乡镇 "), n("township", "township"), t(" + 只到县 "), n("county", "county")]
    if o.area.level == "city":
        said += [t(" + 未定位 "), n("none", "none")]
    elif o.unlocated_city is not None:
        city = o.filter.with_(area="", part="accepted", located="none")
        number = links.number(fmt.num(o.unlocated_city), city, "located.city_none", o.unlocated_city, area="city")
        said += [t("；全市未定位 "), number, t(" 件不在其中")]
    note = t("界线为示意") if o.area.level == "city" else t("乡镇范围由驻地划分，为近似")
    return [el.Span(said), el.Span(note, "m note", title=source)]
