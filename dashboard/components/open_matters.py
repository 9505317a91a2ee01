"""Open matters in a few lines: the ones that wait longest or run out first, and the newest."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from dashboard import el
from dashboard.components import fmt
from dashboard.components.explained import Explainer
from dashboard.i18n import name, pick, t
from dashboard.links import Links
from matters.vocabulary import STAGES
from services.shapes import MatterLine, Overview

Names = Callable[[str], str]  # area code → its name in the language of the screen


def limit(m: MatterLine) -> tuple[str, str]:
    """How a matter stands to its limit, in words, and its tone."""
    if m.days_left is None:
        return t("无时限"), ""
    if m.days_left < 0:
        return t("超期 {n} 天", n=fmt.num(-m.days_left)), "act"
    return (t("今天到期"), "wait") if m.days_left == 0 else (t("剩 {n} 天", n=fmt.num(m.days_left)), "wait" if m.days_left <= 3 else "")


def place(m: MatterLine, level: str, names: Names) -> str:
    """Where it is, as far as the page does not say it already."""
    if level == "city":
        return " ".join(names(c) for c in (m.county_code, m.town_code) if c) or t("未定位")
    if level == "county":
        return names(m.town_code) if m.town_code else t("只到县")
    return pick(m.village, names(m.village_code)) if m.village_code.strip("-") else t("只到镇")


def _line(m: MatterLine, right: Any, second: str, below: Any, links: Links, wide: bool) -> el.Node:
    body = [el.A(m.title, "a", href=links.matter(m.code), title=m.title), el.Span(right, "c"), el.Span(second, "b", title=second), below]
    return el.Li(body, "li wd2" if wide else "li")


def oldest_line(m: MatterLine, level: str, names: Names, links: Links, wide: bool = False) -> el.Node:
    """A matter by its age and its limit."""
    said, tone = limit(m)
    right = [el.B(fmt.num(m.age_days)), t(" 天")] if m.age_days is not None else fmt.NONE
    second = "\u3000".join(x for x in (m.code, place(m, level, names), t("主责 {who}", who=m.owner) if m.owner else "") if x)
    return _line(m, right, second, el.Span(said, f"d {tone}".strip()), links, wide)


def newest_line(
    m: MatterLine, level: str, names: Names, today: date, agencies: dict[str, Any], links: Links, wide: bool = False
) -> el.Node:
    """A matter by the day it came in and how far it has got."""
    first = t("{who}首报", who=fmt.spaced(name(agencies[m.first_agency]))) if m.first_agency in agencies else ""
    second = "\u3000".join(x for x in (m.code, place(m, level, names), first) if x)
    stage = name(STAGES[m.stage]) if m.stage in STAGES else ""
    return _line(m, fmt.ago(m.accepted_on or m.opened_on, today), second, el.Span(stage, "d"), links, wide)


def _head(title: str, note: str) -> el.Node:
    return el.Div([el.H3(title), el.Small(note, "m")], "lh")


def _none(o: Overview) -> el.Node:
    return el.P(t("现在没有在办事项。"), "nothing")


def panel(o: Overview, agencies: dict[str, Any], names: Names, links: Links, why: Explainer | None = None) -> list[el.Node]:
    """The panel of open matters: two short lists for the city, one by the limit below it."""
    stock = next((p for f in o.figures if f.key == "overdue" for p in f.parts if p.key == "open"), None)
    when = t("今天 {time}", time=o.now.strftime("%H:%M"))
    city = o.area.level == "city"
    info = [why.info("open", t("在办事项"))] if why else []
    head = [el.H2(t("在办事项")), *info, el.Small(when if city else t("按剩余时限，{when}", when=when)), el.Div(None, "sp")]
    if stock is not None and stock.rows is not None:
        head.append(el.A(t("全部 {n} 件", n=fmt.num(stock.value)), "lk", href=links.rows(stock.rows), data_figure="open_now",
                         data_value=str(stock.value), data_area=o.area.code))  # fmt: skip
    if not o.oldest and not o.newest:
        return [el.Div(head, "ph"), _none(o)]
    if not city:
        return [el.Div(head, "ph"), el.Ul([oldest_line(m, o.area.level, names, links, i > 5) for i, m in enumerate(o.oldest)])]
    return [el.Div(head, "ph"), *_lists(o, agencies, names, links)]


def _lists(o: Overview, agencies: dict[str, Any], names: Names, links: Links) -> list[el.Node]:
    today = o.now.date()
    return [
        _head(t("最久未结"), t("受理至今")),
        el.Ul([oldest_line(m, o.area.level, names, links, i > 3) for i, m in enumerate(o.oldest)]),
        _head(t("最新受理"), t("进度")),
        el.Ul([newest_line(m, o.area.level, names, today, agencies, links, i > 2) for i, m in enumerate(o.newest[:4])]),
    ]
