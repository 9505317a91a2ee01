"""The table of listings, and the list of those that wait."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from dashboard import el
from dashboard.components import case_words as words
from dashboard.components import fmt, listing_plot, listing_words
from dashboard.i18n import t
from services.shapes import Effect, ListingLine

Href = Callable[[ListingLine], str]


def proposals(lines: Sequence[ListingLine], chosen: int, href: Href, today: date) -> el.Node:
    """Those not yet listed: state, what, owner, since when, why."""
    heads = [el.Th(x, className="t", scope="col") for x in (t("状态"), t("区域 / 行业"), t("主责"), t("提议"), t("理由"))]
    rows = [
        el.Tr([el.Td(el.Span(listing_words.state(x.state), className=f"tag {listing_words.tone(x.state)}"), className="t"),
                 el.Td([_name(x, x.id == chosen, href), el.Small(listing_words.categories(x))], className="t"),
                 el.Td(x.owner or words.DASH, className="t"), el.Td(words.near_day(x.proposed_on, today), className="t"),
                 el.Td(x.reason, className="t why")], className="on" if x.id == chosen else "", **{"data-listing": str(x.id)})
        for x in lines
    ]  # fmt: skip
    return el.Table([el.Thead(el.Tr(heads)), el.Tbody(rows)], className="lt wt")


def _name(line: ListingLine, on: bool, href: Href) -> el.Node:
    return el.A(el.B(listing_words.title(line)), href=href(line), **({"aria-current": "true"} if on else {}))


def table(lines: Sequence[ListingLine], chosen: int, href: Href, today: date, tab: str) -> el.Node:
    """One row a listing: number, what, owner, term, before → after, interval, verdict."""
    series = {listing_words.short_number(line)[0] for line in lines if line.number}
    head = next(iter(series)) if len(series) == 1 and tab == "listed" else ""
    span = listing_plot.reach(lines)
    effect_head = el.Th([t("变化，%"), listing_plot.scale(span)], className="t fo", scope="col")
    heads = [el.Th(head or t("编号"), className="t", scope="col"), el.Th(t("区域 / 行业"), className="t", scope="col"),
             el.Th(t("主责"), className="t", scope="col"), el.Th(t("期限"), className="t", scope="col"),
             el.Th(t("前 → 后"), scope="col"), effect_head, el.Th(t("效果"), className="t", scope="col")]  # fmt: skip
    rows = [_row(line, line.id == chosen, href, today, bool(head), span, tab) for line in lines]
    return el.Table([el.Thead(el.Tr(heads)), el.Tbody(rows)], className="lt")


def _row(line: ListingLine, on: bool, href: Href, today: date, short: bool, span: float, tab: str) -> el.Node:
    number = listing_words.short_number(line)[1] if short else line.number or listing_words.state(line.state)
    name = _name(line, on, href)
    below: list[Any] = [listing_words.categories(line)]
    if tab == "all" or line.state not in ("listed", "proposed"):
        below.append(el.Span(listing_words.state(line.state), className=f"tag {listing_words.tone(line.state)}"))
    leader = el.Small(t("包案 {name}", name=line.leader)) if line.leader else ""
    verdict, tone, note = listing_words.verdict(line.effect)
    return el.Tr([
        el.Td(number, className="t no"),
        el.Td([name, el.Small(below)], className="t"),
        el.Td([line.owner or words.DASH, leader], className="t"),
        el.Td([*_bar(line, today), el.Small(listing_words.term(line, today))], className="t"),
        el.Td(_change(line.effect), className="bf"),
        el.Td(listing_plot.interval(line.effect, span) if line.effect else "", className="t fo"),
        el.Td([el.B(verdict, className=tone), el.Small(note)], className="t"),
    ], className="on" if on else "", **{"data-listing": str(line.id)})  # fmt: skip


def _bar(line: ListingLine, today: date) -> list[Any]:
    """The term bar; red once the deadline is past and nothing has ended it."""
    if line.progress is None:
        return []
    late = line.deadline is not None and line.ended_on is None and line.deadline < today
    width = f"{100 * max(0.0, min(1.0, line.progress)):.0f}%"
    return [el.Span(el.I(style={"width": width}, className="late" if late else ""), className="pg", **{"aria-hidden": "true"})]


def _change(effect: Effect | None) -> list[Any]:
    if effect is None:
        return [words.DASH]
    few = effect.verdict == "few"
    before, after = (effect.before_count, effect.after_count) if few else (effect.before, effect.after)
    digits = 0 if few or max(before, after) >= 100 else 1
    if effect.verdict == "early":
        return [el.Span(fmt.num(before, digits), **{"data-figure": "before", "data-value": str(before)}), " → ", words.DASH, el.Small(t("件 / 月"))]
    return [el.Span(fmt.num(before, digits), **{"data-figure": "before", "data-value": str(before)}), " → ",
            el.B(fmt.num(after, digits), **{"data-figure": "after", "data-value": str(after)}),
            el.Small(t("件") if few else t("件 / 月"))]  # fmt: skip


def waiting(lines: Sequence[ListingLine], href: Href) -> el.Node:
    """Those proposed, considered or approved, not yet listed."""
    head = el.Div([el.H2(t("拟挂 {n}", n=len(lines))), el.Small(t("提议，尚未挂牌"))], className="ph")
    if not lines:
        return el.Div([head, el.P(t("没有等待审议或批准的提议。"), className="s")], className="pro")
    items = [
        el.Li([el.A(el.B(t("{title}，{categories}", title=listing_words.title(line), categories=listing_words.categories(line))
                               if line.subject == "area" else listing_words.title(line)), href=href(line)),
                 el.Span(listing_words.state(line.state), className="tag w"),
                 el.P(t("{reason}；{day} 提议", reason=line.reason.rstrip("。；;."), day=fmt.day(line.proposed_on)), className="s")])
        for line in lines
    ]  # fmt: skip
    return el.Div([head, el.Ul(items)], className="pro")
