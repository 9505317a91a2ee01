"""The ranking: the same numbers as the map, one line an area, bars for the sorted quantity only."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from dashboard import el
from dashboard.components import filter_bar, fmt
from dashboard.components.explained import Explainer, changed, figure_of
from dashboard.components.filter_bar import area_name
from dashboard.i18n import t
from dashboard.links import Links
from matters.filters import Filter
from matters.indicators import INDICATORS
from services.shapes import AreaRow, Overview


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its number in a row, how it is written, the list behind it; `wide` only on large screens."""

    key: str
    raw: Callable[[AreaRow], float | None]
    text: Callable[[AreaRow], str]
    rows: Callable[[AreaRow], Filter | None]
    wide: bool = False
    phone: bool = False


def _part(part: str) -> Callable[[AreaRow], Filter | None]:
    return lambda r: r.rows.with_(part=part)


def _stock(part: str) -> Callable[[AreaRow], Filter | None]:
    return lambda r: r.rows.with_(part=part, window=None)


def _count(key: str) -> tuple[Callable[[AreaRow], float | None], Callable[[AreaRow], str]]:
    return (lambda r: getattr(r, key)), (lambda r: fmt.num(getattr(r, key)))


def _rate(key: str, top: str, bottom: str) -> tuple[Callable[[AreaRow], float | None], Callable[[AreaRow], str]]:
    """A rate; of small units as 48 / 49."""

    def text(r: AreaRow) -> str:
        if r.reason == "population" and getattr(r, bottom):
            return f"{fmt.num(getattr(r, top))} / {fmt.num(getattr(r, bottom))}"
        return fmt.share(getattr(r, key))

    return (lambda r: getattr(r, key)), text


def _change(key: str) -> tuple[Callable[[AreaRow], float | None], Callable[[AreaRow], str]]:
    def text(r: AreaRow) -> str:
        c = getattr(r, key)
        return fmt.change(c).rstrip("%") or fmt.NONE

    return (lambda r: getattr(r, key).value), text


def _nothing(_: AreaRow) -> None:
    return None


COLUMNS: dict[str, Column] = {
    c.key: c
    for c in (
        Column("accepted", *_count("accepted"), _part("accepted"), phone=True),
        Column("per_10k", lambda r: r.per_10k, lambda r: fmt.num(r.per_10k, 1), _part("accepted"), phone=True),
        Column("resolved_rate", *_rate("resolved_rate", "resolved", "settled"), _part("resolved")),
        Column("open_now", *_count("open_now"), _stock("open"), wide=True),
        Column("satisfaction", *_rate("satisfaction", "satisfied", "rated"), _part("satisfied")),
        Column("overdue_now", *_count("overdue_now"), _stock("overdue"), phone=True),
        Column("civil_filings", *_count("civil_filings"), _part("civil_filings"), wide=True),
        Column("civil_filings_change", *_change("civil_filings_change"), _nothing),
        Column("accepted_change", *_change("accepted_change"), _nothing),
        Column("on_time_rate", *_rate("on_time_rate", "on_time", "settled"), _part("on_time")),
        Column("escalated", *_count("escalated"), _part("escalated")),
        Column("litigated", *_count("litigated"), _part("litigated")),
    )
}
SETS: dict[str, dict[str, tuple[str, ...]]] = {
    "city": {"": ("accepted", "per_10k", "resolved_rate", "open_now", "satisfaction", "overdue_now", "civil_filings", "civil_filings_change"),
             "more": ("accepted", "accepted_change", "on_time_rate", "open_now", "escalated", "litigated", "civil_filings")},
    "county": {"": ("accepted", "per_10k", "resolved_rate", "satisfaction", "overdue_now"),
               "more": ("accepted", "accepted_change", "on_time_rate", "open_now", "civil_filings")},
}  # fmt: skip


def heads(compare: str) -> dict[str, tuple[str, str]]:
    """Column → name and unit."""
    how = filter_bar.how(compare)
    return {
        "accepted": (t("受理"), t("件")), "per_10k": (t("每万人受理"), t("件 / 万人")), "resolved_rate": (t("化解率"), "%"),
        "open_now": (t("在办"), t("件")), "satisfaction": (t("满意率"), "%"), "overdue_now": (t("超期"), t("件")),
        "civil_filings": (t("立案"), t("件")), "civil_filings_change": (t("立案{how}", how=how), "%"),
        "accepted_change": (t("受理{how}", how=how), "%"), "on_time_rate": (t("按期率"), "%"), "escalated": (t("提级"), t("件")),
        "litigated": (t("转诉"), t("件")),
    }  # fmt: skip


def chosen(o: Overview, links: Links) -> tuple[tuple[str, ...], str, bool]:
    """The columns on show, the sorted one, and whether it falls from top to bottom."""
    extra = links.here.state.extra
    sets = SETS.get(o.area.level, SETS["county"])
    columns = sets.get(extra.get("cols", ""), sets[""])
    if extra.get("show") == "change" and not extra.get("sort"):
        wanted = {"accepted": "accepted_change", "per_10k": "accepted_change", "civil_filings": "civil_filings_change"}.get(o.indicator, o.indicator)
    else:
        wanted = extra.get("sort") or o.indicator
    if wanted in COLUMNS and wanted not in columns:
        columns = (*columns[:1], wanted, *columns[2:]) if wanted != columns[0] else columns
    key = wanted if wanted in columns else "per_10k" if "per_10k" in columns else columns[0]
    return columns, key, extra.get("dir") != "up"


def ordered(rows: tuple[AreaRow, ...], key: str, down: bool) -> list[AreaRow]:
    """Rows by a column; unranked ones and those without a value last, whichever way."""
    column = COLUMNS[key]

    def place(r: AreaRow) -> tuple[int, float, str]:
        raw = column.raw(r)
        return (2 if not r.ranked else 1 if raw is None else 0, (-raw if down else raw) if raw is not None else 0.0, r.area)

    return sorted(rows, key=place)


def _head(key: str, sorted_by: str, down: bool, words: dict[str, tuple[str, str]], links: Links) -> el.Node:
    name, unit = words[key]
    current = key == sorted_by
    flip = "up" if current and down else ""
    link = {"indicator": key, "sort": ""} if key in INDICATORS else {"sort": key}
    to = links.same(**link, dir=flip, show="")
    arrow = (" ↓" if down else " ↑") if current else ""
    below = "" if unit.lower() in name.lower() else unit  # "Accepted per 10,000" has named it
    return el.Th(el.A([el.Span(name + arrow), el.Span(below)], href=to), _class(key, current, "th"), scope="col",
                 aria_sort=("descending" if down else "ascending") if current else None)  # fmt: skip


def _class(key: str, current: bool, kind: str) -> str:
    column = COLUMNS[key]
    names = [("t sorted" if kind == "th" else "bc") if current else "", "wd" if column.wide and not current else "",
             "" if column.phone or current else "dk"]  # fmt: skip
    return " ".join(n for n in names if n)


def _number(r: AreaRow, key: str, links: Links, area: str, o: Overview) -> el.Node:
    """A number with its rows; a change with what made it."""
    column = COLUMNS[key]
    if r.reason == "not_an_area" and key in ("per_10k", "civil_filings_change", "accepted_change"):
        return el.Span(fmt.NONE)
    text = column.text(r)
    if key.endswith("_change") and text != fmt.NONE and r.area:
        raw = column.raw(r)
        way = el.A(text, href=changed(o, links, figure_of(key), r.area), title=t("看变化由哪些地方、类别、机构、渠道构成"))
        return el.Span(way, data_figure=key, data_value="" if raw is None else str(raw), data_area=area)
    return links.number(text, column.rows(r), key, column.raw(r), area, className="")


def _why(r: AreaRow) -> str:
    if r.reason == "population":
        return t("人口 {n}，不排名", n=fmt.num(r.population))
    return {"county": t("地址未写到乡镇"), "none": t("地址不足以定位")}.get(r.located, "")


def _cell(r: AreaRow, key: str, current: bool, most: float, links: Links, total: bool, o: Overview) -> el.Node:
    area = r.area or r.located
    if not current:
        return el.Td(_number(r, key, links, area, o), _class(key, False, "td"))
    if not r.ranked and not total:
        short = t("不排名") if r.reason == "population" else ""  # what a phone has room for
        number = _number(r, key, links, area, o) if r.area else el.Span(COLUMNS[key].text(r))
        return el.Td(el.Div([number, el.Small(_why(r), title=_why(r), data_short=short)]), "bc")
    raw = COLUMNS[key].raw(r)
    width = f"{max(0.0, 100 * (raw or 0) / most):.0f}%" if most else "0%"
    fill = [] if total or raw is None or raw < 0 else [el.Em(el.I(None, style={"width": width}))]
    return el.Td(el.Div([el.Span(_number(r, key, links, area, o)), *fill]), "bc")


def _line(r: AreaRow, rank: str, columns: tuple[str, ...], key: str, most: float, links: Links, kind: str, name: Any, o: Overview) -> el.Node:
    cells = [_cell(r, c, c == key, most, links, kind == "sum", o) for c in columns]
    return el.Tr([el.Th([el.Span(rank, "rk"), name], "t", scope="row"), *cells], kind, data_row=r.area or r.located)


def _place(r: AreaRow, links: Links) -> list[el.Node]:
    tag = [el.A(t("挂牌"), "tag a", href=links.page("/listings"), title="、".join(r.listed))] if r.listed else []
    return [el.A(area_name(r), href=links.down(r.area, r.level)), *tag]


def table(o: Overview, links: Links) -> el.Node:
    """The table: ranked areas, unranked ones, what is no area, the total."""
    columns, key, down = chosen(o, links)
    words, rows = heads(o.compare), ordered(o.rows, key, down)
    ranked = [r for r in rows if r.ranked]
    most = max((COLUMNS[key].raw(r) or 0 for r in ranked), default=0)
    body = [_line(r, str(i + 1), columns, key, most, links, "", _place(r, links), o) for i, r in enumerate(ranked)]
    body += [_line(r, fmt.NONE, columns, key, most, links, "rest", _place(r, links), o) for r in rows if not r.ranked]
    names = {"county": t("只到县"), "none": t("未定位")}
    body += [_line(r, "", columns, key, most, links, "rest", el.Span(names.get(r.located, "")), o) for r in o.others]
    whole = t("全市") if o.area.level == "city" else area_name(o.area)
    body.append(_line(o.total, "", columns, key, most, links, "sum", el.Span(whole), o))
    head = el.Tr([el.Th([el.Span(None, "rk"), t("地区")], "t", scope="col"), *(_head(c, key, down, words, links) for c in columns)])
    return el.Table([el.Thead(head), el.Tbody(body)], "rank", aria_label=t("排名，与地图同一组数"))


def panel(o: Overview, links: Links, why: Explainer | None = None) -> list[el.Node]:
    """The ranking with its title, what explains its columns, and the way to the others."""
    columns, key, _ = chosen(o, links)
    title = t("县（市、区）排名") if o.area.level == "city" else t("乡镇排名")
    other = "" if links.here.state.extra.get("cols") else "more"
    note = el.Small(t("与地图同一组数，按{name}", name=heads(o.compare)[key][0]))
    swap = el.A(t("换列"), "lk", href=links.same(cols=other, sort=""), title=t("显示另一组列"))
    info = why.columns([(c, heads(o.compare)[c][0]) for c in columns]) if why else None
    return [el.Div([el.H2(title), info, note, el.Div(None, "sp"), swap], "ph"), el.Div(table(o, links), "scroll")]
