"""The figures on top of an area's page: each number opens its rows, each name says its formula on request."""

from __future__ import annotations

from typing import Any

from dashboard import el
from dashboard.components import explained, fmt
from dashboard.components.explained import Explainer
from dashboard.components.filter_bar import area_name, held, how
from dashboard.i18n import name, t
from dashboard.links import Links
from matters.filters import Filter
from matters.indicators import INDICATORS
from services.shapes import Figure, Overview, Part


def _names() -> dict[str, str]:
    return {"accepted": t("受理量"), "resolved_rate": t("化解率"), "satisfaction": t("满意率"), "overdue": t("超期未结"),
            "civil_filings": t("民商事一审立案"), "per_10k": t("每万人受理")}  # fmt: skip


def _label(f: Figure, links: Links, why: Explainer) -> el.Node:
    """The name: chooses the indicator of map and ranking; ⓘ explains it."""
    word = _names().get(f.key, f.key)
    info = why.info(f.key, word)
    if f.key not in INDICATORS:
        return el.B([word, info])
    return el.B([el.A(word, href=links.same(indicator=f.key, show="", sort="", dir=""), title=t("地图和排名按此项")), info])


def _note(f: Figure, agencies: dict[str, Any], feeds: dict[str, Any]) -> el.Node:
    """The corner of a card: what it rests on, or what it leaves out."""
    if f.stale:
        who = fmt.join([name(agencies[a]) for a in f.stale if a in agencies])
        last = feeds.get(f.stale[0])
        at = fmt.day(last.data_at.date()) if last is not None and last.data_at else fmt.NONE
        return el.Span([el.icon("clock", 12), t("含{who}，止于 {at}", who=who, at=at)], "wait")
    parts = {p.key: p.value for p in f.parts}
    if f.key == "satisfaction" and parts.get("response_rate") is not None:
        return el.Span(t("评价率 {x}%", x=fmt.share(parts["response_rate"])))
    words = {"overdue": t("今天，不限时段"), "civil_filings": t("不含诉前调"), "resolved_rate": t("期内在办不计")}
    return el.Span(words.get(f.key, ""))


def _comparison(f: Figure, o: Overview, links: Links) -> el.Node | None:
    """The comparison at the right of the value, the stock for today's figures, or why there is none."""
    if f.key == "overdue":
        stock = next((p for p in f.parts if p.key in ("open", "open_now")), None)
        if stock is None:
            return None
        return el.Span([el.Small(t("在办")), links.number(fmt.num(stock.value), stock.rows, "open_now", stock.value, className="")], "cmp")
    word = how(o.compare)
    if f.change.kind == "withheld":
        return el.Span(held(o.compare), "cmp held")
    text = fmt.change(f.change)
    if not text and f.unit == "%" and f.change.before is not None:
        return el.Span(el.Small(t("件数少，不作比较")), "cmp")
    if not text:
        return None
    shown = el.A(text, "n", href=explained.changed(o, links, f.key), title=t("看变化由哪些地方、类别、机构、渠道构成"))
    return el.Span([el.Small(word), shown], "cmp", data_figure=f"{f.key}_change", data_value=_raw(f.change.value))


def _raw(value: float | None) -> str:
    return "" if value is None else repr(value)


def detail(f: Figure, o: Overview, links: Links) -> list[Any]:
    """The line under the value: numerator ÷ denominator, or the parts, each a link."""
    parts = {p.key: p for p in f.parts}

    def n(key: str) -> el.Node:
        part = parts[key]
        return links.number(fmt.num(part.value), part.rows, f"{f.key}.{key}", part.value)

    if f.key == "accepted":
        said = [[t("矛调中心受理 "), n("centre")]] if "centre" in parts else []
        said += [[t("各方记录 "), n("records"), t(" 条")]] if "records" in parts else []
        return _joined(said)
    if f.key == "resolved_rate" and {"resolved", "settled"} <= parts.keys():
        line: list[Any] = [n("resolved"), " ÷ ", n("settled")]
        return [*line, t("；期内在办 "), n("within"), t(" 不计")] if "within" in parts else line
    if f.key == "satisfaction" and {"satisfied", "rated"} <= parts.keys():
        line = [n("satisfied"), t(" ÷ 已评价 "), n("rated")]
        if f.change.before is not None and f.change.kind == "points":
            line.append(t("；{when} {x}%", when=_then(o), x=fmt.share(f.change.before)))
        return line
    if f.key == "overdue":
        words = (("past_limit", t("过时限 ")), ("unaccepted", t("未受理 ")), ("unhandled", t("未处置 ")))
        return _joined([[word, n(key)] for key, word in words if key in parts])
    return _filings(f, o, links, parts)


def _then(o: Overview) -> str:
    same_year = o.compared.start.year == o.compared.end.year
    if o.compare == "lunar":
        return t("上年春节同期")
    return t("{y} 年同期", y=o.compared.start.year) if o.compare == "yoy" and same_year else t("前期")


def _filings(f: Figure, o: Overview, links: Links, parts: dict[str, Part]) -> list[Any]:
    """Filings: the count before, and the area that fell the most."""
    before = parts.get("before") or (Part("before", f.change.before, f.change.before_filter) if f.change.before is not None else None)
    said: list[list[Any]] = []
    if before is not None:
        said.append([_then(o) + " ", links.number(fmt.num(before.value), before.rows, f"{f.key}.before", before.value)])
    falls = [r for r in o.rows if r.civil_filings_change.kind == "percent" and r.civil_filings_change.value is not None]
    least = min(falls, key=lambda r: r.civil_filings_change.value or 0, default=None)
    if least is not None and o.area.level == "city":
        said.append([f"{area_name(least)} {fmt.change(least.civil_filings_change)}"])
    return _joined(said)


def _joined(said: list[list[Any]]) -> list[Any]:
    """Phrases with commas between them."""
    return [piece for i, phrase in enumerate(said) for piece in ([t("，")] if i else []) + phrase]


def _value(f: Figure, links: Links) -> list[el.Node]:
    text = fmt.share(f.value) if f.unit == "%" else fmt.num(f.value)
    link = links.number(text, f.rows, f.key, f.value, className="")
    return [el.Strong(link, "act" if f.key == "overdue" and f.value else ""), el.Span("%" if f.unit == "%" else t("件"))]


def empty_rate(f: Figure) -> str:
    """Why a rate has no value."""
    return t("这段时间还没有已评价的事项") if f.key == "satisfaction" else t("这段时间还没有办结或过时限的事项")


def card(f: Figure, o: Overview, links: Links, agencies: dict[str, Any], why: Explainer) -> el.Node:
    """One figure."""
    feeds = {s.agency: s for s in o.feeds}
    value = [x for x in (*_value(f, links), _comparison(f, o, links)) if x is not None]
    below: Any = empty_rate(f) if f.value is None else detail(f, o, links)
    pressed = "true" if f.key == o.indicator and f.key in INDICATORS else None
    body = [el.Div([_label(f, links, why), _note(f, agencies, feeds)], "l"), el.Div(value, "v"), el.Div(below, "d")]
    return el.Div(body, f"fig fig-{f.key}", role="group", aria_label=_names().get(f.key, f.key), aria_current=pressed)


def cards(o: Overview, links: Links, agencies: dict[str, Any], why: Explainer) -> list[el.Node]:
    """All figures, in their order."""
    return [card(f, o, links, agencies, why) for f in o.figures]


def nothing(o: Overview, links: Links) -> el.Node | None:
    """What to say when nothing was accepted in the window, with the nearest way out; None otherwise."""
    if o.total.accepted:
        return None
    stock = Filter(area=o.area.code, window=None, part="open")
    out = el.A(t("看全部在办 {n} 件", n=fmt.num(o.total.open_now)), "n", href=links.rows(stock))
    return el.P([t("这段时间没有受理的事项。"), out], "nothing", role="status")
