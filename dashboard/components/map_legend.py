"""The legend of a map: its classes with the number of areas in each, its marks, and what is not on it."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Mapping

from dashboard import el
from dashboard.classes import Classes
from dashboard.components import fmt, map_state
from dashboard.components.area_map import LOWEST, NOT_RANKED, Changes, class_of, listed, unit
from dashboard.i18n import N_, t
from dashboard.links import Links
from matters.indicators import INDICATORS
from services.shapes import Overview


def _numbers(values: tuple[float, ...], key: str, fill: str) -> list[str]:
    """The breaks with as many digits as the finest of them needs."""
    shown = [v * 100 if fill == "change" or INDICATORS[key].unit == "%" else v for v in values]
    return [fmt.num(v, 0 if all(abs(x - round(x)) < 1e-9 for x in shown) else 1) for v in shown]


def class_names(classes: Classes, key: str, fill: str) -> list[str]:
    """The classes in words, the highest first."""
    n = _numbers(classes.breaks, key, fill)
    middle = [t("{a} 至 {b}", a=a, b=b) if fill == "change" else f"{a}{fmt.DASH}{b}" for a, b in itertools.pairwise(n)]
    return [t("{x} 及以上", x=n[-1]), *reversed(middle), t("不足 {x}", x=n[0])]


def _swatch(kind: str, text: el.Children, count: int | None = None) -> el.Node:
    body = [el.I(None, f"sw {kind}"), el.Span(text) if isinstance(text, str) else text]
    return el.Li([*body, el.Small(t("{n} 个", n=count))] if count is not None else body)


def legend(
    o: Overview, links: Links, classes: Classes, changes: Changes | None, verified: Mapping[str, bool], small: int, signals: int
) -> list[el.Node]:  # fmt: skip
    """Classes, marks, and the matters that no area has. `verified`: whether each area's seat is; `signals`: how many are drawn.

    What the layers that come later say (places, heat) is put into the empty list by assets/js/map-layers.js.
    """
    fill = map_state.fill(links)
    head = [] if o.area.level == "township" and fill != "heat" else [el.B(unit(o.indicator, fill))]
    classed = _classes(o, classes, changes, fill, small) if o.rows and fill != "heat" else []
    return [*head, el.Ul(classed), el.Ul(None, "marks later", data_later="1"), el.Ul(_marks(o, links, verified, signals), "marks"),
            el.Ul(_missing(o, links), "marks missing")]


def _classes(o: Overview, classes: Classes, changes: Changes | None, fill: str, small: int) -> list[el.Node]:
    counts = Counter(class_of(r, o, classes, changes, fill) for r in o.rows)
    names = [f"d{i}" if fill == "change" else f"q{i + LOWEST}" for i in range(4, -1, -1)]
    items = [_swatch(n, text, counts[n]) for n, text in zip(names, class_names(classes, o.indicator, fill), strict=True)]
    few = sum(1 for r in o.rows if not r.ranked)
    if few:
        items.append(_swatch("x", t("人口不足 {n}", n=fmt.num(small)), few))
    if counts[NOT_RANKED] > few:
        why = t("不作比较") if fill != "change" else t("含迟到数据，不作比较") if o.stale else t("件数少，不作比较")
        items.append(_swatch("x", why, counts[NOT_RANKED] - few))
    return items


def _marks(o: Overview, links: Links, verified: Mapping[str, bool], signals: int) -> list[el.Node]:
    """Listed areas, signals, centres and seats, as far as their layers are on; each opens its list."""
    on, marks, area = map_state.layers(o.area.level, links), [], o.area.code if o.area.level != "city" else ""
    here = listed(o)
    if here and "listings" in on:
        text = t("挂牌乡镇 {n} 处", n=len(here)) if o.area.level == "city" else t("挂牌整治 {n} 处", n=len(here))
        marks.append(_swatch("hat", el.A(text, href=_page("/listings", area, links))))
    if signals and "signals" in on:
        marks.append(_swatch("sig", el.A(t("预警信号 {n} 条", n=signals), href=_page("/signals", area, links))))
    if o.area.level == "city":
        return marks + (_city_centres(o, links) if "centres" in on else []) + (_seats(o, verified, on) if "seats" in on else [])
    return [*marks, *_seats(o, verified, on)]


def _page(path: str, area: str, links: Links) -> str:
    """A list, narrowed to the area of the map."""
    address = links.page(path)
    return f"{address}{'&' if '?' in address else '?'}area={area}" if area else address


def _city_centres(o: Overview, links: Links) -> list[el.Node]:
    states = Counter(s for c, s in o.centres.items() if any(r.area == c for r in o.rows))
    if not states:
        return []
    href = links.page("/centres")
    return [_swatch("sq full", el.A(t("中心运行 {n}", n=states["running"]), href=href)), _swatch("sq", el.A(t("年内建成 {n}", n=states["planned"]), href=href))]


def _seats(o: Overview, verified: Mapping[str, bool], on: tuple[str, ...]) -> list[el.Node]:
    """Seats by shape (square: a centre runs there; dashed: one is planned) and fill (hollow: the place is not verified), each kind that is drawn."""
    words = {
        ("running", True): ("sq full", N_("乡镇中心 {n} 处")), ("running", False): ("sq", N_("乡镇中心，驻地未核实 {n} 处")),
        ("planned", True): ("sq plan", N_("乡镇中心在建 {n} 处")), ("planned", False): ("sq plan", N_("乡镇中心在建 {n} 处")),
        ("", True): ("dot full", N_("驻地 {n} 处")), ("", False): ("dot", N_("驻地未核实 {n} 处")),
    }  # fmt: skip
    counts = Counter((o.centres.get(code, "") if "centres" in on and o.area.level != "city" else "", sure) for code, sure in verified.items())
    return [_swatch(kind, t(text, n=counts[key])) for key, (kind, text) in words.items() if counts[key] and ("seats" in on or key[0])]


def _missing(o: Overview, links: Links) -> list[el.Node]:
    """What no area of the map holds: known to the county only, and unlocated; each opens its rows."""
    f, by = o.filter.with_(area=o.area.code, part="accepted"), o.by_located
    kinds = [("county", t("只到县 {n} 件", n=fmt.num(by.get("county", 0))))] if o.area.level != "township" else []
    if o.area.level == "city":
        kinds.append(("none", t("未定位 {n} 件", n=fmt.num(by.get("none", 0)))))
    return [el.Li([el.I(None, "sw off"), links.number(text, f.with_(located=k), f"located.{k}", by.get(k, 0))]) for k, text in kinds]
