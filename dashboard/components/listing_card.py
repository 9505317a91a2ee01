"""A listing (挂牌整治) in the margin of an area's page: number, term, the months before and after, what came of it."""

from __future__ import annotations

from typing import Any

from dash import html

from dashboard import el
from dashboard.components import fmt
from dashboard.i18n import name, pick, t
from dashboard.links import Links
from matters.categories import CATEGORIES
from matters.listing import IN_FORCE, STATES
from services.shapes import ListingLine, Overview


def frame(prefix: str) -> html.Div:
    """The place of the card and of its little chart."""
    chart = html.Div(id=f"{prefix}-listing-chart", className="chart small")
    return html.Div([html.Div(id=f"{prefix}-listing"), chart, html.Div(id=f"{prefix}-listing-words")], className="lst", id=f"{prefix}-lst")


def current(o: Overview) -> ListingLine | None:
    """The listing to show: in force, with a measured effect first, then the newest."""
    found = [line for line in o.listings if line.state in IN_FORCE]
    return max(found, key=lambda x: (x.effect is not None and bool(x.effect.months), x.listed_on or x.proposed_on), default=None)


def verdict(line: ListingLine) -> list[el.Node]:
    """Before → after, the interval, and how sure it is."""
    e = line.effect
    if e is None:
        return [el.P(t("还没有可比的月份。"), "s")]
    if e.verdict in ("few", "early") or e.ratio is None:
        why = t("件数少，只列件数") if e.verdict == "few" else t("挂牌不久，还看不出升降")
        return [el.P([t("挂牌后 "), el.B(fmt.num(e.after_count)), t(" 件，此前 "), el.B(fmt.num(e.before_count)), t(" 件")]), el.P(why, "s")]
    fell = e.ratio < 0
    word = {"fell": t("降 {x}%", x=fmt.num(-e.ratio * 100)), "rose": t("升 {x}%", x=fmt.num(e.ratio * 100))}
    said = word.get(e.verdict, t("看不出升降"))
    due = t(" 件（本应约 {x}）：", x=fmt.num(e.expected)) if e.expected is not None else t(" 件：")
    main = el.P([t("挂牌后月均 "), el.B(fmt.num(e.after)), t(" 件，此前 "), el.B(fmt.num(e.before)), due, el.B(said)])
    if e.low is None or e.high is None:
        return [main]
    near, far = (-e.high, -e.low) if fell else (e.low, e.high)
    span = t("95% 区间 {a} 至 {b}", a=_way(near, fell), b=_way(far, fell))
    return [main, el.P(span, "s")]


def _way(x: float, fell: bool) -> str:
    """A share as a fall or a rise."""
    down = (x >= 0) == fell
    return t("降 {x}%", x=fmt.num(abs(x) * 100)) if down else t("升 {x}%", x=fmt.num(abs(x) * 100))


def _about(line: ListingLine) -> str:
    kinds = fmt.join([name(CATEGORIES[c]) for c in line.categories if c in CATEGORIES]) or t("全部类别")
    term = t("{a} 至 {b}", a=fmt.day(line.listed_on), b=fmt.day(line.deadline))
    return t("{kinds}，件 / 月；{term}", kinds=kinds, term=term)


def card(o: Overview, links: Links) -> tuple[list[el.Node], list[el.Node]]:
    """Above and below the chart; a sentence when nothing is listed."""
    line = current(o)
    if line is None:
        waiting = sum(1 for x in o.listings if x.state in ("proposed", "considered", "approved"))
        said = t("现在没有在挂的区域或行业。") if not waiting else t("没有在挂的；{n} 项拟挂待议。", n=waiting)
        link = el.A(t("全部"), "lk", href=links.page("/listings"))
        return [el.Div([el.H2(t("挂牌整治")), el.Div(None, "sp"), link], "ph"), el.P(said, "nothing")], []
    tag = el.Span(pick(line.area_name, line.area_en) if line.subject == "area" else t("行业"), "tag a", title=pick(*STATES[line.state]))
    more = el.A(t("详情"), "lk", href=links.page(f"/listing/{line.id}"))
    top = [el.Div([el.H2(t("挂牌整治")), tag, el.Small(line.number), el.Div(None, "sp"), more], "ph"), el.P(_about(line), "s about")]
    others = sum(1 for x in o.listings if x.state in IN_FORCE) - 1
    below: list[Any] = verdict(line)
    if others:
        below.append(el.P(el.A(t("另有 {n} 项在挂", n=others), "lk", href=links.page("/listings")), "s"))
    return top, below
