"""The sheet: areas, trades, and those lifted this year; no person's name, no figure that needs explaining."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from dashboard import el
from dashboard.components import case_words as words
from dashboard.components import listing_words
from dashboard.components.filter_bar import area_name
from dashboard.i18n import lang, t
from services.shapes import AreaInfo, ListingLine


def bar() -> el.Node:
    """The way back, and printing."""
    crumb = el.Div([el.A(t("挂牌整治"), href=words.at("/listings")), el.Span("›", aria_hidden="true"), el.H1(t("挂牌整治名单"))], "crumb")
    return el.Div([crumb, el.Div(None, "sp"), el.Button(t("打印"), "btn pri", data_act="print")], "bar")


def sheet(services: Any, home: AreaInfo, lines: Sequence[ListingLine], today: date) -> list[Any]:
    """The whole sheet."""
    force = [x for x in lines if x.state in listing_words.TABS["listed"]]
    ended = [x for x in lines if x.state == "delisted" and x.ended_on is not None and x.ended_on.year == today.year]
    office = services.settings.letter_office.format(area=home.name)
    parts: list[Any] = [
        el.H2(t("{area}矛盾纠纷挂牌整治名单", area=area_name(home)), "ptitle"),
        el.P(t("截至 {day}，在挂 {n} 处", day=_day(today), n=len(force)), "nsub"),
        *_part(t("一、区域"), [x for x in force if x.subject == "area"], t("现在没有在挂的区域。")),
        *_part(t("二、行业"), [x for x in force if x.subject == "trade"], t("现在没有在挂的行业。")),
    ]
    if ended:
        parts += [el.H3(t("三、今年已摘牌")), _ended(ended)]
    sign = el.Div([el.P(office), el.P(_day(today))], "nsign")
    return [el.Div([*parts, sign], "notice-sheet", lang="en" if lang() == "en" else "zh-CN"),
            el.Footer(el.Span(t("名单随挂牌、摘牌更新；目标按月考核")), "foot", data_version=str(services.figures.data_version()))]  # fmt: skip


def _part(head: str, lines: Sequence[ListingLine], none: str) -> list[el.Node]:
    if not lines:
        return [el.H3(head), el.P(none)]
    heads = (t("编号"), t("区域 / 行业"), t("整治内容"), t("责任单位"), t("期限"), t("整治目标"))
    top = el.Thead(el.Tr([el.Th(x, scope="col") for x in heads]))
    return [el.H3(head), el.Table([_widths(20, 17, 12, 12, 20, 19), top, el.Tbody([_row(x) for x in lines])])]


def _row(x: ListingLine) -> el.Node:
    term = [_day(x.listed_on), el.el("Br"), t("至 {day}", day=_day(x.deadline))] if x.deadline else [_day(x.listed_on)]
    return el.Tr([el.Td(x.number, "nw"), el.Td(listing_words.title(x)), el.Td(listing_words.categories(x)), el.Td(x.owner or words.DASH),
                  el.Td(term, "nw"), el.Td(listing_words.targets(x) or words.DASH)], data_listing=str(x.id))  # fmt: skip


def _ended(lines: Sequence[ListingLine]) -> el.Node:
    heads = (t("编号"), t("区域 / 行业"), t("整治内容"), t("责任单位"), t("挂牌"), t("摘牌"))
    rows = [el.Tr([el.Td(x.number, "nw"), el.Td(listing_words.title(x)), el.Td(listing_words.categories(x)), el.Td(x.owner or words.DASH),
                   el.Td(_day(x.listed_on), "nw"), el.Td(_day(x.ended_on), "nw")], data_listing=str(x.id)) for x in lines]  # fmt: skip
    return el.Table([_widths(20, 20, 14, 12, 17, 17), el.Thead(el.Tr([el.Th(h, scope="col") for h in heads])), el.Tbody(rows)])


def _widths(*shares: int) -> el.Node:
    """Columns in percent of the type area: both tables of the sheet stand under each other."""
    return el.el("Colgroup", [el.el("Col", style={"width": f"{n}%"}) for n in shares])


def _day(d: date | None) -> str:
    """2026年10月13日."""
    if d is None:
        return words.DASH
    return t("{y}年{m}月{d}日", y=d.year, m=d.month, d=d.day)
