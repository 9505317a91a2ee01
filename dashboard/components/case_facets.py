"""The left rail of the case list, and the chips: what the list is narrowed to, and what each further step would leave."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from dash import html

from dashboard import el
from dashboard.components import case_words as words
from dashboard.components import moment
from dashboard.components.case_grid import figure
from dashboard.i18n import t
from matters.filters import Filter, Span
from matters.indicators import INDICATORS
from matters.model import Agency
from matters.squares import ANY, NONE
from matters.vocabulary import CHANNELS, LOCATED, OUTCOMES, SCALES
from services.shapes import AreaInfo, Share
from services.views import SavedView

Href = Callable[[Filter], str]
SPANS = ("people", "amount", "days", "due", "closed")
# Facets that take a reading of all rows come later, into boxes of their own: key of the box → its facets.
LATE = {"stage": ("stage",), "more": ("owner", "outcome")}
SHOWN = 8  # lines of a facet before the rest is folded


class View(NamedTuple):
    """A saved question: a name and its filter."""

    key: str
    name: str
    filter: Filter


def views(area: str, as_of: datetime | None = None) -> tuple[View, ...]:
    """The views of the rail, for one area; all of them are of today (or of the moment looked back to) and follow no window."""
    base = Filter(area=area, part="open", as_of=as_of)
    return (
        View("open", t("全部在办"), base),
        View("overdue", t("超期未结"), base.with_(part="overdue")),
        View("due", t("3 天内到期"), base.with_(due_within=words.SOON)),
        View("unaccepted", t("2 天未受理"), base.with_(part="unaccepted")),
        View("unhandled", t("7 天未处置"), base.with_(part="unhandled")),
        View("groups", t("一般群体（5 人以上）"), base.with_(scale="group")),
        View("large", t("重大群体（30 人以上）"), base.with_(scale="large")),
        View("confirming", t("司法确认中"), base.with_(stage="confirming")),
    )


def view_list(items: Sequence[tuple[View, int]], filter: Filter, href: Href, saved: Sequence[el.Node] = ()) -> list[Any]:
    """The views with their counts, then those that people kept."""
    rows = []
    for view, value in items:
        on = view.filter == filter.with_(compare=view.filter.compare)
        shown = [el.Span(view.name, title=view.name), el.B(figure(value, f"view-{view.key}"))]
        rows.append(el.Li(el.A(shown, href=href(view.filter), aria_current="true" if on else None)))
    kept = [el.H3(t("存下的视图")), el.Ul(list(saved), "vw own")] if saved else []
    return [el.H3(t("视图")), el.Ul(rows, "vw"), *kept]


def saved_view(view: SavedView, href: str, on: bool, value: int | None) -> el.Node:
    """A view that somebody kept; its keeper can let go of it."""
    name = t("{name}（共用）", name=view.name) if view.shared else view.name
    shown = [el.Span(name, title=name), *([el.B(figure(value, f"saved-{view.id}"))] if value is not None else [])]
    out = [el.A(shown, href=href, aria_current="true" if on else None)]
    if view.mine:
        out.append(el.Button("✕", "plain drop-view", data_view=str(view.id), aria_label=t("删去视图“{name}”", name=view.name)))
    return el.Li(out)


def facet_list(facets: Mapping[str, Sequence[Share]], filter: Filter, level: str, href: Href) -> list[Any]:
    """The facets: a bar and a count each, of what would remain."""
    names = {"stage": t("阶段"), "place": t("村（社区）") if level == "township" else t("地区"), "category": t("类别"),
             "agency": t("机构"), "channel": t("渠道"), "owner": t("主责"), "outcome": t("结果")}  # fmt: skip
    out: list[Any] = []
    for key, shares in facets.items():
        if key in names and shares:
            most = max((s.value for s in shares), default=1) or 1
            rows = [el.Li(_facet(key, s, most, filter, href)) for s in shares]
            out += [el.H3(names[key]), el.Ul(rows[:SHOWN], "fc")]
            if rest := rows[SHOWN:]:
                out.append(el.Details([el.Summary(t("另 {n} 项", n=len(rest))), el.Ul(rest, "fc")], "fmore"))
    return out


def facet_boxes(facets: Mapping[str, Sequence[Share]], filter: Filter, level: str, href: Href) -> list[Any]:
    """The facets in their order, those of LATE in boxes that can be filled afterwards."""

    def some(keys: Sequence[str]) -> list[Any]:
        return facet_list({k: facets[k] for k in keys if k in facets}, filter, level, href)

    def late(key: str) -> el.Node:
        ready = all(k in facets for k in LATE[key])
        return el.Div(some(LATE[key]) if ready else el.Div(className="late", role="status", aria_label=t("载入中")), id=f"cases-late-{key}")

    return [late("stage"), *some(("place", "category", "agency")), late("more")]


def _facet(key: str, share: Share, most: int, filter: Filter, href: Href) -> el.Node:
    on, target = _step(key, share, filter)
    bar = el.Em(el.I(style={"width": f"{100 * share.value / most:.0f}%"}))
    text = t("其余 {n} 项", n=share.rest) if share.rest else words.name(share)
    box = "cb none" if share.rest else "cb on" if on else "cb"
    cells = [el.I(className=box), el.Span(text, "ell", title=text), bar,
             el.B(figure(share.value, f"facet-{key}-{share.key or 'rest'}"))]  # fmt: skip
    if share.rest:
        return el.Span(cells, "fr")
    return el.A(cells, "fr", href=href(target), role="checkbox", aria_checked="true" if on else "false")


def _step(key: str, share: Share, filter: Filter) -> tuple[bool, Filter]:
    """Whether the facet is chosen, and the filter that choosing it (or letting it go) leads to."""
    if key == "place":
        wanted = share.rows or filter
        if wanted != filter:
            return False, wanted.with_(located="" if share.key else wanted.located)
        return True, filter.with_(located="", village="")
    on = getattr(filter, key) == share.key
    return on, filter.with_(**{key: "" if on else share.key})


class Chip(NamedTuple):
    """One condition in words and the filter without it."""

    text: str
    without: Filter


def parts() -> dict[str, str]:
    """What each part of filters.PARTS is called on a chip; 'accepted' with a window needs no chip of its own."""
    return {
        "closed": t("已办结"), "resolved": t("已化解"), "within": t("期内在办"), "past_limit": t("过时限在办"),
        "settled": t("办结或过时限"), "on_time": t("按期办结"), "rated": t("已评价"), "satisfied": t("满意"),
        "escalated": t("提级调解"), "litigated": t("进入诉讼"), "pre_success": t("诉前调解成功"),
        "pre_failure": t("诉前调解未成"), "open": t("在办"), "overdue": t("超期未结"), "unaccepted": t("2 天未受理"),
        "unhandled": t("7 天未处置"), "civil_filings": words.name(INDICATORS["civil_filings"]), "records": t("按记录"),
    }  # fmt: skip


def chips(filter: Filter, area: AreaInfo, home: AreaInfo, village: str, agencies: Mapping[str, Agency]) -> list[Chip]:
    """Every condition of the list; `home` is the reader's own area, which cannot be taken away."""
    out: list[Chip] = []
    if area.code != home.code:
        up = area.parent if area.parent != home.code else ""
        out.append(Chip(words.name_of(area), filter.with_(area=up, village="")))
    if filter.village:
        out.append(Chip(village, filter.with_(village="")))
    if filter.window:
        span = t("{a} 至 {b}", a=filter.window.start.isoformat(), b=filter.window.end.isoformat())
        verb = t("立案") if filter.part == "civil_filings" else t("受理")
        out.append(Chip(f"{verb} {span}", filter.with_(window=None)))
    if filter.part in (names := parts()):
        out.append(Chip(names[filter.part], filter.with_(part="accepted")))
    plain = {
        "stage": words.stage, "category": words.category, "channel": lambda c: words.word(CHANNELS, c),
        "agency": lambda c: words.agency(agencies, c), "located": lambda c: words.word(LOCATED, c),
        "scale": lambda c: words.word(SCALES, c), "q": lambda c: t("含“{q}”", q=c),
        "first_agency": lambda c: t("首报 {name}", name=words.agency(agencies, c)),
        "exclude": lambda c: t("不含 {name}", name=words.agency(agencies, c)),
        "owner": lambda c: t("主责 {name}", name=c), "outcome": lambda c: words.word(OUTCOMES, c),
        "linked": lambda c: t("有关联") if c == "yes" else t("无关联"),
        "satisfied": lambda c: t("满意") if c == "yes" else t("不满意"),
        "cell": lambda c: t("有坐标") if c == ANY else t("无坐标") if c == NONE else t("地图上一方格"),
    }  # fmt: skip
    for key, say in plain.items():
        if value := getattr(filter, key):
            out.append(Chip(say(value), filter.with_(**{key: ""})))
    out += [Chip(_ranged(key, getattr(filter, key)), filter.with_(**{key: None})) for key in SPANS if getattr(filter, key) is not None]
    if filter.codes:
        out.append(Chip(t("所选 {n} 件", n=len(filter.codes)), filter.with_(codes=())))
    if filter.due_within is not None:
        out.append(Chip(t("{n} 天内到期", n=filter.due_within), filter.with_(due_within=None)))
    if filter.as_of is not None:
        out.append(Chip(t("截至 {at}", at=moment.said(filter.as_of)), filter.with_(as_of=None)))
    return out


def _ranged(key: str, span: Span) -> str:
    """A range on a chip: 5–19 人, 历时 ≥ 60 天, …"""
    low, high = ("" if v is None else v.isoformat() if isinstance(v, date) else f"{v:,}" for v in span)
    value = f"{low}–{high}" if low and high and not isinstance(span.low, date) else t("{a} 至 {b}", a=low, b=high) if low and high \
        else f"≥ {low}" if low else f"≤ {high}"  # fmt: skip
    said = {"people": t("{x} 人"), "amount": t("{x} 元"), "days": t("历时 {x} 天"), "due": t("时限 {x}"), "closed": t("办结 {x}")}
    return said[key].replace("{x}", value)


def chip_row(items: Sequence[Chip], href: Href, clear: str) -> html.Div:
    """The chips, each with its ✕, and the way to drop them all."""
    shown: list[Any] = [
        html.A([chip.text, html.I(className="x", **{"aria-hidden": "true"})], href=href(chip.without), className="chip",
               title=t("去掉“{name}”", name=chip.text), **{"aria-label": t("去掉条件 {name}", name=chip.text)})
        for chip in items
    ]  # fmt: skip
    if len(items) > 1:
        shown.append(html.A(t("清空"), href=clear, className="lk"))
    return html.Div(shown, className="chips")
