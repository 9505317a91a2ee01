"""The card of a dispute centre: state, platforms, who sits in it today, who comes when called."""

from __future__ import annotations

from datetime import date
from typing import Any

from dashboard import el
from dashboard.components import fmt
from dashboard.i18n import t
from dashboard.links import Links
from matters.filters import Filter
from services.shapes import CentreCard, Overview

PLATFORMS = 7  # of DOMAIN.md §2
WEEKDAYS = 5


def _state(c: CentreCard) -> list[el.Node]:
    if c.state == "running":
        since = [el.Small(t("{day} 起", day=fmt.day(c.since, year=True)))] if c.since else []
        return [el.Span(t("运行中"), "tag d"), *since]
    plan = [el.Small(t("计划 {day} 运行", day=fmt.day(c.planned_for, year=True)))] if c.planned_for else []
    return [el.Span(t("筹建中"), "tag w"), *plan]


def _facts(c: CentreCard, visits: Filter, today: date, links: Links) -> el.Node:
    on_duty = len(c.resident) + len(c.rotating.get(today.isoweekday(), ()))
    facts: list[tuple[str, Any]] = [
        (t("来访受理"), [links.number(fmt.num(c.visits), visits, "centre.visits", c.visits, c.area), t(" 件")]),
        *([(t("平台合并"), f"{len(c.platforms)} / {PLATFORMS}")] if c.platforms else []),
        (t("今日在岗"), [el.I(None, "dot"), t("{n} 个部门", n=on_duty)] if c.state == "running" and today.weekday() < WEEKDAYS else fmt.NONE),
    ]
    return el.Dl([el.Div([el.Dt(k), el.Dd(v)]) for k, v in facts], "kv")


def _rota(c: CentreCard, today: date) -> list[el.Node]:
    """The week of the rotating departments, today tinted."""
    if not c.rotating:
        return []
    names = [t("周一"), t("周二"), t("周三"), t("周四"), t("周五")]
    now = today.isoweekday()
    note = t("按周排班，今天{weekday}", weekday=fmt.weekday(today))
    count = len({d for day in c.rotating.values() for d in day})
    heads = [el.Th(n, "td" if i + 1 == now else "", scope="col") for i, n in enumerate(names)]
    cells = [el.Td([el.Div(d) for d in c.rotating.get(i + 1, ())] or fmt.NONE, "td" if i + 1 == now else "") for i in range(WEEKDAYS)]
    table = el.Table([el.Thead(el.Tr(heads)), el.Tbody(el.Tr(cells))], "rota", aria_label=t("轮驻排班"))
    return [el.H3([t("轮驻 {n}", n=count), el.Span(note, "m")]), table]


def _names(title: str, names: tuple[str, ...], note: str = "") -> list[el.Node]:
    if not names:
        return []
    return [el.H3([f"{title} {len(names)}", *([el.Span(note, "m")] if note else [])]), el.P(fmt.join(list(names)), "s")]


def card(o: Overview, links: Links) -> list[el.Node]:
    """The centre of the page's area; a line when the area has none."""
    c = o.centre
    level = t("县矛调中心") if o.area.level == "county" else t("镇矛调中心")
    if c is None:
        return [el.Div([el.H2(level)], "ph"), el.P(t("名录里还没有这里的中心。"), "nothing")]
    today = o.now.date()
    visits = o.filter.with_(area=o.area.code, channel="visit", part="accepted")
    body = [el.Div([el.H2(level), *_state(c)], "ph"), _facts(c, visits, today, links)]
    if c.resident:
        present = "in" if c.state == "running" else ""
        body += [el.H3(t("常驻 {n}", n=len(c.resident))), el.Ul([el.Li(d, present) for d in c.resident], "dep")]
    body += _rota(c, today)
    body += _names(t("随驻"), c.on_call, c.on_call_promise)
    return body + _names(t("第三方"), c.third_parties)
