"""Filter bar and state line: where one is, which days, compared with what, narrowed to what, how old the data are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from dashboard import el, urlstate
from dashboard.components import fmt, late_feeds
from dashboard.i18n import name, pick, t
from dashboard.links import Links
from dashboard.urlstate import Bad
from matters.access import Scope
from matters.categories import CATEGORIES, SUBCATEGORIES
from matters.periods import NEAR, Window, around_festival, festival_near, preset
from matters.vocabulary import CHANNELS
from services.festivals import spring
from services.shapes import AreaInfo, FeedState, Overview

PRESETS = ("week", "month", "quarter", "year")
BADGES = 6  # feeds on time that are named; more would break the line on a desk


def area_name(area: Any) -> str:
    """The name of an area or of a line of a ranking."""
    return pick(area.name, area.en)


def size_of(area: AreaInfo) -> str:
    """What an area consists of, in a few words."""
    if area.level == "city":
        return t("{a} 县 {b} 乡镇", a=area.counties, b=area.townships)
    people = t("{n} 人", n=fmt.num(area.population)) if area.population else t("人口未知")
    if area.level == "county":
        return t("{b} 乡镇，{people}", b=area.townships, people=people)
    return t("{c} 村（社区），{people}", c=area.villages, people=people)


def crumbs(path: Iterable[AreaInfo], area: AreaInfo, links: Links) -> el.Node:
    """The way up, and the area as the page's heading."""
    up: list[Any] = []
    for a in path:
        up += [el.A(area_name(a), href=links.down(a.code, a.level)), el.Span("›", aria_hidden="true")]
    return el.Div([*up, el.H1(area_name(area)), el.Small(size_of(area), "m")], "crumb", role="navigation", aria_label=t("所在区域"))


def _preset_names() -> dict[str, str]:
    return {"week": t("本周"), "month": t("本月"), "quarter": t("本季"), "year": t("本年")}


def _chosen(window: Window | None, today: date) -> str:
    """The preset that a window is ('' for exact days); of several equal ones the shortest word for it."""
    return next((p for p in reversed(PRESETS) if window == preset(p, today)), "")


def _dates(window: Window) -> el.Node:
    """A form for exact days; assets/js/bar.js fills in native date fields."""
    words = {"data_from_word": t("自"), "data_to_word": t("至"), "data_apply": t("显示")}
    return el.Form(None, "dates", data_act="dates", data_from=window.start.isoformat(), data_to=window.end.isoformat(), **words)


def drop(label: str, shown: str, options: list[el.Node], className: str = "", after: Any = None) -> el.Node:
    """A drop-down of links."""
    head = el.Summary([el.Small(label), el.Span(shown), el.icon("down", 12)], "sel", aria_label=f"{label} {shown}")
    return el.Details([head, el.Div([*options, *([after] if after else [])])], f"drop {className}".strip())


def option(text: str, href: str, current: bool) -> el.Node:
    return el.A(text, href=href, aria_current="true" if current else None)


def _select(label: str, key: str, value: str, words: list[tuple[str, str]], links: Links) -> el.Node:
    """One facet as a drop-down: everything, or one of the words."""
    shown = next((text for code, text in words if code == value), value) if value else t("全部")
    options = [option(t("全部"), links.same(**{key: ""}), not value)]
    options += [option(text, links.same(**{key: code}), code == value) for code, text in words]
    return drop(label, shown, options, "facet" + (" on" if value else ""))


def periods(window: Window, today: date, links: Links) -> list[el.Node]:
    """The presets and the exact days: a row of buttons on a desk, one drop-down on a phone."""
    names, chosen = _preset_names(), _chosen(window, today)
    hrefs = {p: links.same(window=preset(p, today)) for p in PRESETS}
    buttons = [el.A(names[p], href=hrefs[p], aria_current="true" if p == chosen else None) for p in PRESETS]
    head = el.Summary(fmt.window(window), aria_label=t("选日期"))
    exact = el.Details([head, el.Div(_dates(window))], "drop exact" + ("" if chosen else " on"))
    options = [option(names[p], hrefs[p], p == chosen) for p in PRESETS]
    narrow = fmt.t("{a} 至 {b}", a=fmt.day(window.start), b=fmt.day(window.end))
    return [
        el.Div([*buttons, exact], "seg wide", role="group", aria_label=t("时段")),
        drop(t("时段"), narrow, options, "narrow", _dates(window)),
    ]


def how(compare: str) -> str:
    """The word for a comparison: 同比, 环比 or 春节同期."""
    return {"yoy": t("同比"), "pop": t("环比"), "lunar": t("春节同期")}[compare]


def held(compare: str) -> str:
    """What stands in place of a comparison that is withheld."""
    return {"yoy": t("同比暂不显示"), "pop": t("环比暂不显示"), "lunar": t("春节同期暂不显示")}[compare]


def ways(window: Window, today: date, links: Links) -> list[tuple[str, str, str, str]]:
    """The comparisons: key, word, address, what it is. Around no Spring Festival the third goes to the days around the last one."""
    near = festival_near(window, spring) is not None
    lunar = {"compare": "lunar"} if near else {"compare": "lunar", "window": around_festival(today, spring)}
    said = t("按春节对齐：与上年春节前后同样的天相比") if near else t("看春节前后各 15 天，与上年春节前后同样的天相比")
    return [("yoy", how("yoy"), links.same(compare="yoy"), t("与上年同样的日期相比")), ("pop", how("pop"), links.same(compare="pop"), t("与前一段相比")),
            ("lunar", t("春节"), links.same(**lunar), said)]  # fmt: skip


def compares(compare: str, window: Window, today: date, links: Links) -> list[el.Node]:
    """同比, 环比 or aligned by Spring Festival."""
    now = "yoy" if compare == "lunar" and festival_near(window, spring) is None else compare
    found = ways(window, today, links)
    buttons = [el.A(word, href=to, title=said, aria_current="true" if key == now else None) for key, word, to, said in found]
    options = [option(word, to, key == now) for key, word, to, _ in found]
    return [el.Div(buttons, "seg wide", role="group", aria_label=t("比较")),
            drop(t("比较"), how(now), options, "narrow end")]  # fmt: skip


def facets(links: Links, agencies: dict[str, Any]) -> list[el.Node]:
    """Category, agency and channel."""
    f = links.here.state.filter
    subs = SUBCATEGORIES.values()
    categories = [(c.code, name(c)) for one in CATEGORIES.values() for c in (one, *(s for s in subs if s.code[:2] == one.code))]
    return [
        _select(t("类别"), "category", f.category, categories, links),
        _select(t("机构"), "agency", f.agency, [(a.code, name(a)) for a in agencies.values()], links),
        _select(t("渠道"), "channel", f.channel, [(c.code, name(c)) for c in CHANNELS.values()], links),
    ]


def _export(links: Links, area: AreaInfo) -> el.Node:
    """The list behind the screen as a file."""
    query = links.rows(links.here.state.filter.with_(area=area.code)).partition("?")[2]
    options = [el.A(word, href=f"/matters/export/{kind}?{query}", download="") for kind, word in (("csv", "CSV"), ("xlsx", "Excel"))]
    head = el.Summary([t("导出"), el.icon("down", 12)], "btn", aria_label=t("导出这一屏背后的事项清单"))
    return el.Details([head, el.Div(options)], "drop end export")


def bar(scope: Scope, path: Iterable[AreaInfo], area: AreaInfo, today: date, agencies: dict[str, Any], links: Links,
        looking: el.Node) -> list[el.Node]:  # fmt: skip
    """The whole filter bar; `looking` is the control that chooses a moment (components/moment.py)."""
    f = links.here.state.filter
    assert f.window is not None  # the pages of areas always have one: see links_of in components/overview.py
    parts = [crumbs(path, area, links), el.Div(None, "sp"), *periods(f.window, today, links), *compares(f.compare, f.window, today, links)]
    parts += [*facets(links, agencies), looking]
    return [*parts, _export(links, area)] if scope.may("export") else parts


def bad_values(bad: tuple[Bad, ...]) -> list[el.Node]:
    """What in the address could not be read, and what stands in its place."""
    if not bad:
        return []
    said = fmt.join([f"{b.key}={b.value}" for b in bad[:3]])
    return [el.Span(t("链接里的 {said} 看不懂，已略去", said=said), "wait", role="status")]


def _feed(f: FeedState, today: date, links: Links) -> el.Node:
    """A feed's badge; late ones are amber and say by how much."""
    if f.late:
        return late_feeds.badge(f, links.page("/feeds", feed=f.feed))
    return el.A(f"{name(f)} {_fresh(f, today)}", "feed", href=links.page("/feeds", feed=f.feed))


def _fresh(f: FeedState, today: date) -> str:
    if f.data_at is None:
        return t("暂无数据")
    if f.cadence_seconds >= 5 * 86400:
        return t("{day} 周表", day=fmt.day(f.data_at.date()))
    return f.data_at.strftime("%H:%M") if f.data_at.date() == today else fmt.day(f.data_at.date())


def aligned(window: Window, before: Window) -> str:
    """Two windows aligned by Spring Festival, in words, with both dates: so many days before the festival to so many after it."""
    day = festival_near(window, spring)
    if day is None:
        return ""
    then = day - (window.start - before.start)

    def place(d: date) -> str:
        n = (d - day).days
        return t("正月初一") if n == 0 else t("春节前 {n} 天", n=-n) if n < 0 else t("春节后 {n} 天", n=n)

    return t("按春节对齐（{y} 年 {a}，{z} 年 {b}）：{first}至{last}，对 {w}", y=day.year, a=fmt.day(day), z=then.year, b=fmt.day(then),
             first=place(window.start), last=place(window.end), w=fmt.window(before))  # fmt: skip


def compared_words(o: Overview) -> str:
    """What the comparison is with."""
    if o.compare == "lunar":
        return aligned(o.window, o.compared)
    if o.compare == "yoy":
        same_year = o.window.start.year == o.window.end.year
        return t("同比 {y} 年同期", y=o.compared.start.year) if same_year else t("同比 {w}", w=fmt.window(o.compared))
    return t("环比 {w}", w=fmt.window(o.compared))


def beside(o: Overview, links: Links) -> el.Node:
    """The way to both periods side by side."""
    state = links.here.state.with_(area=o.area.code, window=o.window)
    return el.A(t("并排看"), "lk", href="/compare" + urlstate.write(replace(state, extra={})))


def state_line(o: Overview, agencies: dict[str, Any], links: Links) -> list[el.Node]:
    """Days, comparison, age of the data; the late notice with its way out; the feeds, late ones first."""
    today = o.now.date()
    at = t("尚无数据")
    if o.data_at:
        day = o.data_at.date()
        at = t("数据至 {day} {weekday} {time}", day=fmt.day(day), weekday=fmt.weekday(day), time=o.data_at.strftime("%H:%M"))
    left = [el.Span(t("时段 {n} 天", n=o.window.days)), el.Span([compared_words(o), "\u2002", beside(o, links)]), el.Span(at), el.Span(t("更新中"), "busy m")]
    if links.here.state.filter.compare == "lunar" and o.compare != "lunar":
        left.insert(2, el.Span(t("离春节 {n} 天以外，或长于一季，不按春节对齐", n=NEAR), "wait", role="status"))
    badges = el.Div(_badges(o.feeds, today, links), "feeds", role="group", aria_label=t("数据源"))
    return [*left, *bad_values(links.here.state.bad), el.Div(None, "sp"), *late_notice(o, agencies, links), badges]


def _badges(feeds: Sequence[FeedState], today: date, links: Links) -> list[el.Node]:
    """Every late feed, then those with the most say; the rest, who are on time, as one."""
    ordered = sorted(feeds, key=lambda f: not f.late)
    late = sum(f.late for f in feeds)
    shown = ordered if len(feeds) <= BADGES + 1 else ordered[: max(late, BADGES)]
    rest = len(ordered) - len(shown)
    more = [el.A(t("另 {n} 个按时", n=rest), "feed", href=links.page("/feeds"))] if rest else []
    return [*[_feed(f, today, links) for f in shown], *more]


def late_notice(o: Overview, agencies: dict[str, Any], links: Links) -> list[el.Node]:
    """A figure that rests on a late feed says so, with one click to compare without it."""
    excluded = links.here.state.filter.exclude
    if excluded:
        who = name(agencies[excluded]) if excluded in agencies else excluded
        back = el.A(t("恢复"), "n", href=links.same(exclude=""))
        return [el.Span([t("已排除{who}的数据，", who=who), back], "wait late-note")]
    if not o.stale:
        return []
    names = fmt.join([name(agencies[a]) for a in o.stale if a in agencies])
    way = el.A(t("排除{who}后比较", who=names), "n", href=links.same(exclude=o.stale[0]))
    short = el.A(t("排除后比较"), "n short", href=links.same(exclude=o.stale[0]))
    return [el.Span([t("含{who}数据的比较暂不显示，", who=names), way, short], "wait late-note")]


