"""The parts of a trade's page that no area's page has."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from math import inf
from typing import Any

from dashboard import asof, el, urlstate
from dashboard.classes import Breaks, Classes
from dashboard.components import case_words as words
from dashboard.components import filter_bar, fmt, letter_words, listing_words, open_matters, ranking
from dashboard.components.filter_bar import area_name
from dashboard.components.overview import Asking, Trees
from dashboard.i18n import pick, t
from dashboard.links import Links
from matters.access import Scope
from matters.categories import CATEGORIES
from matters.filters import Filter
from matters.indicators import INDICATORS
from services.map_classes import equal_steps, finest_step
from services.shapes import AreaRow, ListingLine, Overview
from services.trades import Trade

SHOWN = 12  # townships before the others are folded


class OwnBreaks(Breaks):
    """Equal round steps over the areas on show: the classes of all categories together would leave one category in the lowest."""

    def __init__(self, services: Any, o: Overview) -> None:
        super().__init__(services)
        self._rows = [r for r in o.rows if r.ranked]

    def of(self, indicator: str, level: str, days: int, today: date, wanted: Filter) -> Classes:
        """The classes of an indicator for the areas of this screen; the usual ones for fewer than five of them."""
        values = [v for r in self._rows if (v := getattr(r, indicator, None)) is not None]
        own = equal_steps(values, finest_step(indicator), 1.0 if INDICATORS[indicator].unit == "%" else inf)
        return Classes(own) if own else super().of(indicator, level, days, today, wanted)


def path(category: str, state: urlstate.State) -> str:
    """Address of a category's page, with the period, area and comparison of a state."""
    kept = state.with_(category="", part="accepted", stage="", q="", village="", located="")
    return f"/trade/{category}" + urlstate.write(replace(kept, extra={}))


def bar(services: Any, scope: Scope, links: Links) -> list[el.Node]:
    """Which category, which area, which days, compared with what."""
    state, today = links.here.state, asof.today(services)
    f, home = state.filter, services.areas.home(scope)
    name = words.category(f.category)
    kinds = [filter_bar.option(words.category(c.code), path(c.code, state), c.code == f.category) for c in CATEGORIES.values()]
    places = [home, *(services.areas.children(home.code) if home.level == "city" else ())]
    now = f.area or home.code
    areas = [filter_bar.option(area_name(a), path(f.category, state.with_(area="" if a is home else a.code)), a.code == now) for a in places]
    where = next((area_name(a) for a in places if a.code == now), now)
    assert f.window is not None  # an address without days means the running year
    return [el.Div([el.A(t("挂牌整治"), href=words.at("/listings")), el.Span("›", aria_hidden="true"), el.H1(t("行业：{name}", name=name))], "crumb"),
            el.Div(None, "sp"), filter_bar.drop(t("类别"), name, kinds), filter_bar.drop(t("地区"), where, areas),
            *filter_bar.periods(f.window, today, links), *filter_bar.compares(f.compare, f.window, today, links),
            el.Button(t("打印"), "btn", data_act="print")]  # fmt: skip


def panels(asking: Asking, found: Trade, links: Links) -> Trees:
    """Ranking, townships, signals, and what is done: listings and letters."""
    o = found.overview
    rank = [] if o.area.level == "township" else ranking.panel(o, links, asking.why(o, links))
    towns = _towns(found, links) if found.towns else open_matters.panel(o, asking.agencies, asking.name, links, asking.why(o, links))
    return {"rank": rank, "towns": towns, "signals": _signals(found, links), "acts": [*_listings(found, links), *_letters(found, links)]}


def _towns(found: Trade, links: Links) -> list[Any]:
    """Townships, the most first; the rest folded."""
    marks = {code: x.number for x in found.signals for code in (x.towns or (x.town,)) if code}
    on = {x.area for x in found.listings if x.state in listing_words.TABS["listed"]}
    rows = [_town(r, marks.get(r.area, 0), r.area in on, links) for r in found.towns]
    head = el.Div([el.H2(t("乡镇")), el.Small(t("有受理的 {n} 个，件数多的在上", n=len(rows)))], "ph")
    out: list[Any] = [head, _table(rows[:SHOWN])]
    if rest := rows[SHOWN:]:
        out.append(el.Details([el.Summary(t("其余 {n} 个", n=len(rest))), _table(rest)], "fmore"))
    return out


def _table(rows: list[el.Node]) -> el.Node:
    heads = ((t("乡镇"), "t"), (t("受理"), ""), (t("变化"), ""), (t("每万人"), ""), (t("超期"), ""))
    return el.Div(el.Table([el.Thead(el.Tr([el.Th(x, c, scope="col") for x, c in heads])), el.Tbody(rows)]), "scroll")


def _town(r: AreaRow, signal: int, listed: bool, links: Links) -> el.Node:
    name: list[Any] = [el.A(area_name(r), href=links.down(r.area, r.level))]
    if signal:
        name.append(el.A(t("信号 {n}", n=signal), "tag w", href=links.page("/signals")))
    if listed:
        name.append(el.A(t("挂牌"), "tag a", href=links.page("/listings")))
    overdue = links.number(fmt.num(r.overdue_now), r.rows.with_(part="overdue", window=None), f"town-overdue-{r.area}", r.overdue_now, r.area)
    return el.Tr([
        el.Td(name, "t"), el.Td(links.number(fmt.num(r.accepted), r.rows.with_(part="accepted"), f"town-{r.area}", r.accepted, r.area)),
        el.Td(fmt.change(r.accepted_change) or fmt.NONE), el.Td(fmt.num(r.per_10k, 1) if r.per_10k is not None else fmt.NONE), el.Td(overdue),
    ])  # fmt: skip


def _signals(found: Trade, links: Links) -> list[Any]:
    """The week's signals of the category, each in its sentence."""
    head = el.Div([el.H2(t("预警信号")), el.Small(t("本周 {n} 条", n=len(found.signals)))], "ph")
    if not found.signals:
        why = t("信号只按现在来看。") if links.here.state.filter.as_of is not None else t("这一类本周没有信号。")
        return [head, el.P(why, "s")]
    items = [el.Li([el.A(pick(*x.title), "w6", href=links.page("/signals", id=str(x.id))), el.P(pick(*x.body), "s")]) for x in found.signals]
    return [head, el.Ul(items, "trl")]


def _listings(found: Trade, links: Links) -> list[Any]:
    """Listings of the category, those in force first, each with what has come of it."""
    order = ("listed", "accepting", "escalated", "approved", "considered", "proposed")
    lines = sorted(found.listings, key=lambda x: (order.index(x.state) if x.state in order else len(order), -x.id))
    head = el.Div([el.H2(t("挂牌")), el.Small(t("{n} 条", n=len(lines)))], "ph")
    if not lines:
        return [head, el.P(t("这一类没有挂过牌。"), "s")]
    return [head, el.Ul([_listing(x, links) for x in lines], "trl")]


def _listing(x: ListingLine, links: Links) -> el.Node:
    verdict, tone, note = listing_words.verdict(x.effect)
    said = [el.A(listing_words.title(x), "w6", href=links.page(f"/listing/{x.id}")), " ",
            el.Span(listing_words.state(x.state), f"tag {listing_words.tone(x.state)}")]  # fmt: skip
    below = [x.number, " ", el.Span(verdict, tone), " ", note] if x.effect is not None else [x.reason]
    return el.Li([*said, el.P(below, "s")])


def _letters(found: Trade, links: Links) -> list[Any]:
    """Letters about the category, the newest first."""
    head = el.Div([el.H2(t("提示函")), el.Small(t("{n} 份", n=len(found.letters)))], "ph gap")
    if not found.letters:
        return [head, el.P(t("这一类没有发过提示函。"), "s")]
    items = [el.Li([el.A(x.number or t("草稿 {n}", n=x.id), "w6", href=links.page(f"/letter/{x.id}")), " ", letter_words.tag(x),
                    el.P([letter_words.title(x), " · ", x.addressee], "s")]) for x in found.letters]  # fmt: skip
    return [head, el.Ul(items, "trl")]
