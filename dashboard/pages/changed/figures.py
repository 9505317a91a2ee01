"""The parts of a change of a count: four tables that each add up to it, and what of it is only the books."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from dashboard import el, urlstate
from dashboard.components import case_words as words
from dashboard.components import filter_bar, fmt
from dashboard.components.filter_bar import area_name
from dashboard.guard import Here
from dashboard.i18n import N_, name, pick, t
from dashboard.links import Links
from matters.explained import EXPLAINED
from matters.indicators import INDICATORS
from matters.vocabulary import CHANNELS
from services.changed import Books, Maker, RateChanged, RateShare, WhatChanged

TITLES = {"township": N_("哪里"), "category": N_("哪类"), "agency": N_("首报机构"), "channel": N_("渠道")}
CHOICES = tuple(key for key, e in EXPLAINED.items() if e.apart and key != "per_10k")


def bar(at: Here, c: WhatChanged | RateChanged, today: Any) -> el.Node:
    """Back to the area, which figure, what to compare with."""
    links = Links(at)
    up = urlstate.down(c.area.code, c.area.level, at.state.with_(window=c.window))
    segments = [el.A(word, href=to, title=said, aria_current="true" if key == c.compare else None)
                for key, word, to, said in filter_bar.ways(c.window, today, links)]  # fmt: skip
    options = [el.A(said(key), href=links.same(indicator=key), aria_current="true" if key == c.indicator else None) for key in CHOICES]
    head = el.Summary([el.Small(t("指标")), el.Span(said(c.indicator)), el.icon("down", 12)], "sel", aria_label=t("指标 {name}", name=said(c.indicator)))
    return el.Div([
        el.Div([el.A(area_name(c.area), href=up), el.Span("›", aria_hidden="true"), el.H1(t("变化构成"))], "crumb"), el.Div(None, "sp"),
        el.Details([head, el.Div(options)], "drop"), el.Div(segments, "seg", role="group", aria_label=t("比较")),
        el.A(t("并排看"), "btn", href="/compare" + urlstate.write(replace(at.state.with_(area=c.area.code, window=c.window), extra={}))),
        el.Button(t("打印"), "btn", data_act="print"),
    ], "bar")  # fmt: skip


def said(key: str) -> str:
    """A figure's name."""
    return pick(INDICATORS[key].zh, INDICATORS[key].en)


def line(services: Any, c: WhatChanged | RateChanged) -> el.Node:
    """Which days against which, and what is late."""
    late = fmt.join([name(services.feeds.agencies()[a]) for a in c.stale])
    warn = [el.Span(t("含{who}的迟报源：这一段还没有报全，减少不等于真的减少", who=late), "wait")] if c.stale else []
    both = t("{what}，{now} 对 {before}", what=said(c.indicator), now=fmt.window(c.window), before=fmt.window(c.compared))
    around = [el.Span(filter_bar.aligned(c.window, c.compared))] if c.compare == "lunar" else []
    return el.Div([el.Span(both), *around, *warn], "state")


def body(services: Any, at: Here, c: WhatChanged) -> list[Any]:
    """The change itself, its four dimensions, the books."""
    links, change = Links(at), c.after - c.before
    head = el.Div([
        figure(links, t("前期"), fmt.num(c.before), t("件"), c.rows_before, "changed.before", c.before),
        figure(links, t("本期"), fmt.num(c.after), t("件"), c.rows_after, "changed.after", c.after),
        el.Div([el.Div(el.B(t("变化")), "l"),
                el.Div([el.Strong(fmt.signed(change, 0), data_figure="changed.change", data_value=str(change)), el.Span(t("件"))], "v"),
                el.Div(_percent(c), "d")], "fig"),
    ], "sheet figs g3")  # fmt: skip
    tables = el.Div([_table(services, links, dimension, c) for dimension in TITLES], "sheet ch4")
    books = [_books(c)] if c.indicator == "accepted" else []
    return [line(services, c), head, tables, *books, foot(t("四张表各自加总都等于上面的变化"), c)]


def foot(words: str, c: WhatChanged | RateChanged) -> el.Node:
    """How the tables add up, and the version of the data."""
    return el.Footer([el.Span(words)], "foot", data_version=str(c.data_version))


def _percent(c: WhatChanged) -> str:
    return f"{fmt.signed((c.after / c.before - 1) * 100, 1)}%" if c.before >= 20 else t("前期不到 20 件，不算百分比")


def figure(links: Links, label: str, text: str, unit: str, rows: Any, key: str, raw: float | None, below: Any = None) -> el.Node:
    """One figure on top."""
    value = el.Div([el.Strong(links.number(text, rows, key, raw, className="")), el.Span(unit)], "v")
    return el.Div([el.Div(el.B(label), "l"), value, *([el.Div(below, "d")] if below else [])], "fig")


def _table(services: Any, links: Links, dimension: str, c: WhatChanged) -> el.Node:
    makers = c.parts[dimension]
    most = max((abs(m.change) for m in makers), default=1) or 1
    heads = [el.Th(x, k, scope="col") for x, k in ((t(TITLES[dimension]), "t"), (t("前期"), ""), (t("本期"), ""), (t("变化"), ""))]
    rows = [_row(services, links, dimension, m, most) for m in makers]
    total = el.Tr([el.Th(t("合计"), "t", scope="row"), el.Td(fmt.num(sum(m.before for m in makers))), el.Td(fmt.num(sum(m.after for m in makers))),
                   el.Td(fmt.signed(sum(m.change for m in makers), 0)), el.Td(None)], "sum")  # fmt: skip
    return section(t(TITLES[dimension]), [*heads, el.Td(None, aria_hidden="true")], [*rows, total])


def section(title: str, heads: list[el.Node], rows: list[el.Node]) -> el.Node:
    """One table with its title."""
    return el.Section([el.Div(el.H2(title), "ph"), el.Div(el.Table([el.Thead(el.Tr(heads)), el.Tbody(rows)]), "scroll")], "p")


def change_bar(change: float, most: float) -> el.Node:
    """A bar from the middle: to the right where it rose, to the left where it fell."""
    width = f"{abs(change) / most * 50:.1f}%"
    side = {"left": "50%"} if change > 0 else {"right": "50%"}
    return el.Td(el.Em(el.I(None, "up" if change > 0 else "down", style={"width": width, **side})), "chx", aria_hidden="true")


def row_class(m: Maker | RateShare) -> str:
    """What is no value of its own stands in grey."""
    return "rest" if m.kind in ("rest", "none", "unlocated", "county") else ""


def _row(services: Any, links: Links, dimension: str, m: Maker, most: int) -> el.Node:
    key, who = f"changed.{dimension}.{m.key or m.kind}", maker_name(services, m)
    return el.Tr([
        el.Th(who, "t ell", scope="row", title=who), el.Td(links.number(fmt.num(m.before), m.rows_before, f"{key}.before", m.before)),
        el.Td(links.number(fmt.num(m.after), m.rows_after, f"{key}.after", m.after)), el.Td(fmt.signed(m.change, 0)), change_bar(m.change, most),
    ], row_class(m))  # fmt: skip


def maker_name(services: Any, m: Maker | RateShare) -> str:
    """The name of a part."""
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
    rows = [el.Tr([el.Th(label, "t", scope="row"), el.Td(fmt.signed(n, 0))], "sum" if label == lines[-1][0] else "") for label, n in lines]
    moved = t("前期后来改类：地点 {a} 件、类别 {b} 件、首报机构 {c} 件、渠道 {d} 件，不改变合计", a=b.moved["township"], b=b.moved["category"],
              c=b.moved["agency"], d=b.moved["channel"])  # fmt: skip
    known = t("前期按 {at} 时的所知", at=fmt.moment(b.told_at))
    return el.Div(el.Section([head, el.Table(el.Tbody(rows), "chb"), el.P(fmt.join([moved, known]), "s")], "p"), "sheet one")
