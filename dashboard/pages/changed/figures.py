"""The parts of a change: four tables that each add up to it, and what of it is only the books."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from dashboard import el, urlstate
from dashboard.components import case_words as words
from dashboard.components import fmt
from dashboard.components.filter_bar import area_name
from dashboard.guard import Here
from dashboard.i18n import N_, name, t
from dashboard.links import Links
from matters.vocabulary import CHANNELS
from services.changed import Books, Maker, WhatChanged

TITLES = {"township": N_("哪里"), "category": N_("哪类"), "agency": N_("首报机构"), "channel": N_("渠道")}


def bar(at: Here, c: WhatChanged) -> el.Node:
    """Back to the area, the two windows, what to compare with."""
    back = urlstate.down(c.area.code, c.area.level, at.state)
    compares = [el.A(label, href=at.path + urlstate.write(replace(at.state.with_(compare=key), dated=True)), aria_pressed="true" if key == c.compare else None)
                for key, label in (("yoy", t("同比")), ("pop", t("环比")))]  # fmt: skip
    return el.Div([el.Div([el.A(area_name(c.area), href=back), el.Span("›"), el.H1(t("变化构成"))], "crumb"), el.Div(compares, "seg", role="group"),
                   el.Div(None, "sp"), el.Button(t("打印"), "btn", data_act="print")], "bar")  # fmt: skip


def body(services: Any, at: Here, c: WhatChanged) -> list[Any]:
    """The change itself, its four dimensions, the books."""
    links = Links(at)
    said = t("受理量，{now} 对 {before}", now=fmt.window(c.window), before=fmt.window(c.compared))
    late = fmt.join([name(services.feeds.agencies()[a]) for a in c.stale])
    warn = [el.Span(t("含{who}的迟报源：这一段还没有报全，减少不等于真的减少", who=late), "wait")] if c.stale else []
    change = c.after - c.before
    head = el.Div([
        _figure(links, t("前期"), c.before, c.rows_before, "changed.before"), _figure(links, t("本期"), c.after, c.rows_after, "changed.after"),
        el.Div([el.Div(el.B(t("变化")), "l"),
                el.Div([el.Strong(fmt.signed(change, 0), data_figure="changed.change", data_value=str(change)), el.Span(t("件"))], "v"),
                el.Div(_percent(c), "d")], "fig"),
    ], "sheet figs g3")  # fmt: skip
    tables = el.Div([_table(services, links, dimension, c) for dimension in TITLES], "sheet ch4")
    return [el.Div([el.Span(said), *warn], "state"), head, tables, _books(c), el.Footer(
        [el.Span(t("四张表各自加总都等于上面的变化"))], "foot", data_version=str(c.data_version))]  # fmt: skip


def _percent(c: WhatChanged) -> str:
    return f"{fmt.signed((c.after / c.before - 1) * 100, 1)}%" if c.before >= 20 else t("前期不到 20 件，不算百分比")


def _figure(links: Links, label: str, value: int, rows: Any, key: str) -> el.Node:
    return el.Div([el.Div(el.B(label), "l"), el.Div([el.Strong(links.number(fmt.num(value), rows, key, value, className="")), el.Span(t("件"))], "v")], "fig")


def _table(services: Any, links: Links, dimension: str, c: WhatChanged) -> el.Node:
    makers = c.parts[dimension]
    most = max((abs(m.change) for m in makers), default=1) or 1
    heads = [el.Th(x, k, scope="col") for x, k in ((t(TITLES[dimension]), "t"), (t("前期"), ""), (t("本期"), ""), (t("变化"), ""), ("", ""))]
    rows = [_row(services, links, dimension, m, most) for m in makers]
    total = el.Tr([el.Td(t("合计"), "t"), el.Td(fmt.num(sum(m.before for m in makers))), el.Td(fmt.num(sum(m.after for m in makers))),
                   el.Td(fmt.signed(sum(m.change for m in makers), 0)), el.Td("")], "sum")  # fmt: skip
    return el.Section([el.Div(el.H2(t(TITLES[dimension])), "ph"), el.Table([el.Thead(el.Tr(heads)), el.Tbody([*rows, total])])], "p scroll")


def _row(services: Any, links: Links, dimension: str, m: Maker, most: int) -> el.Node:
    key = f"changed.{dimension}.{m.key or m.kind}"
    bar = el.I(None, "up" if m.change > 0 else "down", style={"width": f"{abs(m.change) / most * 100:.0f}%"})
    return el.Tr([
        el.Td(_name(services, m), "t ell"), el.Td(links.number(fmt.num(m.before), m.rows_before, f"{key}.before", m.before)),
        el.Td(links.number(fmt.num(m.after), m.rows_after, f"{key}.after", m.after)), el.Td(fmt.signed(m.change, 0)), el.Td(bar, "cb", aria_hidden="true"),
    ], "rest" if m.kind in ("rest", "none", "unlocated", "county") else "")  # fmt: skip


def _name(services: Any, m: Maker) -> str:
    if m.kind == "rest":
        return t("其余 {n} 项", n=m.count)
    if m.kind == "none":
        return t("未记渠道")
    if m.kind == "unlocated":
        return t("未定位")
    if m.kind in ("area", "county"):
        found = area_name(services.areas.info(m.key))
        return t("{county}，只到县", county=found) if m.kind == "county" else found
    if m.kind == "category":
        return words.category(m.key)
    return words.agency(services.feeds.agencies(), m.key) if m.kind == "agency" else words.word(CHANNELS, m.key)


def _books(c: WhatChanged) -> el.Node:
    """Real, late, withdrawn; reclassified changes no total."""
    head = el.Div(el.H2(t("其中多少是真的")), "ph")
    if c.books is None:
        since = t("前期在同样“年龄”时的所知没有留存（系统自 {at} 起留存），分不出迟报和改类。", at=fmt.moment(c.books_from))
        return el.Div(el.Section([head, el.P(since, "s")], "p"), "sheet one")
    b: Books = c.books
    lines = [(t("实际变化（两段同样“年龄”时相比）"), b.real), (t("前期后来补报的"), b.late), (t("前期后来撤回的"), b.withdrawn),
             (t("合计，即所示变化"), b.shown)]  # fmt: skip
    rows = [el.Tr([el.Td(label, "t"), el.Td(fmt.signed(n, 0))], "sum" if label == lines[-1][0] else "") for label, n in lines]
    moved = t("前期后来改类：地点 {a} 件、类别 {b} 件、首报机构 {c} 件、渠道 {d} 件，不改变合计", a=b.moved["township"], b=b.moved["category"],
              c=b.moved["agency"], d=b.moved["channel"])  # fmt: skip
    known = t("前期按 {at} 时的所知", at=fmt.moment(b.told_at))
    return el.Div(el.Section([head, el.Table(el.Tbody(rows), "chb"), el.P(fmt.join([moved, known]), "s")], "p"), "sheet one")
