"""All sources at a glance: one line each, what needs a hand, the latest runs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from dashboard import el, panels, urlstate
from dashboard.components import case_words as words
from dashboard.components import feed_bars, feed_words
from dashboard.i18n import lang, t
from dashboard.pages.feeds.parts import bar, number, runs_table, section
from dashboard.pages.feeds.state import Asked, group_key
from matters.access import Scope
from matters.filters import Filter
from services.feed_shapes import DayCounts, FeedCard

DAYS = 30
RUNS = 16


def creed() -> str:
    """Why this page exists."""
    return t("静默的来源不等于平静的城市：迟到时相关数字会注明，并暂不比较")


def view(services: Any, scope: Scope, asked: Asked) -> list[el.Node]:
    """The view without a feed chosen."""
    cards, now = services.feeds.cards(scope), services.now()
    groups, totals = services.feeds.quarantine(scope), services.feeds.totals(scope)
    history: dict[str, list[DayCounts]] = defaultdict(list)
    for d in services.feeds.history(scope, days=DAYS):
        history[d.feed].append(d)
    named = {c.feed: words.name(c) for c in cards}
    table = el.Div(_table(cards, totals, history, now, asked), "scroll")
    return [
        bar(asked, sum(g.count for g in groups)),
        _state(services, scope, cards),
        el.Section(section(t("来源"), [t("要处理的在前；近 {n} 天按日", n=DAYS), feed_bars.legend()], table), "sheet one"),
        el.Section([
            section(t("要处理的"), t("没有您，它们不会自己好"), _todo(cards, groups, named, asked), "todo"),
            section(t("最近的拉取"), t("收到 = 新增 + 变更 + 未变 + 撤回 + 隔离"), el.Div(runs_table(services.feeds.runs(scope, "", RUNS), named), "scroll")),
        ], "sheet f2"),
    ]  # fmt: skip


def _state(services: Any, scope: Scope, cards: Sequence[FeedCard]) -> el.Node:
    late = sum(c.late for c in cards)
    failing = sum(bool(c.error) for c in cards)
    text = t("{n} 个来源，{late} 个迟到，{bad} 个最近一次拉取失败", n=len(cards), late=late, bad=failing)
    parts = [el.Span(text)]
    paused, held = sum(bool(c.paused) for c in cards), sum(bool(c.hold) for c in cards)
    if paused or held:
        parts.append(el.Span(t("{p} 个暂停，{h} 个名单待定", p=paused, h=held), "wait"))
    parts.append(_counted(services, scope))
    if services.feeds.operation().lease_age is None:
        parts.append(el.Span(t("还没有采集进程运行过：启动 yizhan worker"), "act"))
    return el.Div([*parts, el.Div(None, "sp"), el.Span(creed())], "state")


def _counted(services: Any, scope: Scope) -> el.Node:
    """Records and matters side by side: sources bring the ones, every other page counts the others."""
    accepted = next(f for f in services.figures.overview(scope, Filter()).figures if f.key == "accepted")
    records = next((p for p in accepted.parts if p.key == "records"), None)
    pairs = [("feeds-records", records.value, records.rows), ("feeds-matters", accepted.value, accepted.rows)] if records is not None else []
    numbers = [el.A(words.count(value), "n", href=urlstate.rows(rows, lang()), data_figure=key, data_value=str(value)) for key, value, rows in pairs]
    return el.Span([numbers[0], t(" 条记录合为 "), numbers[1], t(" 件事项（今年受理）")] if numbers else "")


def _rank(card: FeedCard) -> int:
    order = ("held", "failing", "unset", "failed", "late", "paused", "ok")
    return min(order.index(k) for k, _ in feed_words.chips(card) if k in order)


def _table(cards: Sequence[FeedCard], totals: Mapping[str, Any], history: Mapping[str, list[DayCounts]], now: datetime, asked: Asked) -> el.Node:
    counts = feed_words.names()
    heads = [(t("来源"), "t"), (t("状态"), "t"), (t("数据至"), "t"), (t("最近成功"), ""), (t("下次"), ""), (t("节奏"), ""), (t("近 30 天"), "t")]
    heads += [(counts[k], "") for k in feed_words.COUNTS] + [(t("待处理"), ""), (t("写法变化"), "")]
    rows = [_line(c, totals.get(c.feed), history.get(c.feed, []), now, asked) for c in sorted(cards, key=_rank)]
    return el.Table([el.Thead(el.Tr([el.Th(text, side, scope="col") for text, side in heads])), el.Tbody([*rows, _sum(cards, totals)])], "ft fl")


def _line(c: FeedCard, total: Any, days: Sequence[DayCounts], now: datetime, asked: Asked) -> el.Node:
    counts = feed_words.names()
    one = asked.alone(feed=c.feed)
    told: list[Any] = [feed_words.chip(*x) for x in feed_words.chips(c)]
    cells = [
        el.Td([el.I(c.mark, "mk", aria_hidden="true"), el.A(words.name(c), "n", href=one), el.Small(c.feed)], "t who-is"),
        el.Td(told, "t st"),
        el.Td([el.Span(feed_words.near(c.data_at, now)), feed_words.ticking(c.data_at, now, "s m")], "t two", data_l=t("数据至")),
        el.Td(feed_words.ticking(c.succeeded_at, now), "less", data_l=t("最近成功")),
        el.Td(_next(c, now), data_l=t("下次")),
        el.Td(feed_words.asked_when(c), "cad", data_l=t("节奏")),
        el.Td(el.A(feed_bars.drawing(days, now.date(), DAYS, 26), href=one, tabIndex="-1"), "t bars"),
        *[number(getattr(total, k, 0) if total else 0, f"{c.feed}-{k}", k, "", counts[k], _less(k)) for k in feed_words.COUNTS],
        number(c.quarantine_open, f"{c.feed}-open", "quarantined", asked.alone(view="aside", feed=c.feed) if c.quarantine_open else "", t("待处理")),
        number(c.drift_open, f"{c.feed}-drift", "quarantined", one + "#drift" if c.drift_open else "", t("写法变化"),
               "" if c.drift_open else "less"),
    ]  # fmt: skip
    return el.Tr(cells, "bad" if _rank(c) < 4 else "", data_feed=c.feed)


def _less(count: str) -> str:
    """What a phone leaves to the page of the feed."""
    return "" if count in ("received", "quarantined") else "less"


def _next(c: FeedCard, now: datetime) -> str:
    if c.paused or c.missing:
        return words.DASH
    if c.next_at is None:
        return t("等对方推送")
    return t("随时") if c.next_at <= now else feed_words.near(c.next_at, now)


def _sum(cards: Sequence[FeedCard], totals: Mapping[str, Any]) -> el.Node:
    counts = feed_words.names()
    blank = [el.Td(t("合计"), "t"), *[el.Td("") for _ in range(6)]]
    sums = [number(sum(getattr(v, k, 0) for v in totals.values()), f"all-{k}", k, label=counts[k], className=_less(k)) for k in feed_words.COUNTS]
    ends = [number(sum(c.quarantine_open for c in cards), "all-open", "quarantined", label=t("待处理")),
            number(sum(c.drift_open for c in cards), "all-drift", "quarantined", label=t("写法变化"))]  # fmt: skip
    return el.Tr([*blank, *sums, *ends], "sum")


def _todo(cards: Sequence[FeedCard], groups: Sequence[Any], named: Mapping[str, str], asked: Asked) -> el.Node:
    items = [x for c in sorted(cards, key=_rank) for x in _wants(c, asked)]
    by_feed: dict[str, list[Any]] = defaultdict(list)
    for g in groups:
        by_feed[g.feed].append(g)
    items += [_aside(feed, mine, named, asked) for feed, mine in sorted(by_feed.items(), key=lambda x: -sum(g.count for g in x[1]))]
    return el.Ul(items, "qs") if items else panels.empty(t("都好：各来源按时，收到的行都进来了。"))


def _wants(c: FeedCard, asked: Asked) -> list[el.Node]:
    """What of a feed waits for a person, and where to do it."""
    out, one = [], asked.alone(feed=c.feed)

    def item(kind: str, title: str, text: Any, href: str, go: str) -> None:
        head = el.Span([feed_words.chip(kind, title), el.B(words.name(c))])
        out.append(el.Li([el.Div([head, el.A(go, "lk", href=href)], "qh"), el.P(text, "s")]))

    if c.hold:
        text = t("新名单只有 {p} 条，已知 {k} 条：少了 {a} 条。没有撤回任何一条。", p=words.count(c.hold.present), k=words.count(c.hold.known),
                 a=words.count(c.hold.absent))  # fmt: skip
        item("held", t("名单变短"), text, one + "#hold", t("看并决定"))
    if c.error:
        item("failing" if c.failures >= feed_words.FAILING else "failed", t("失败 {n} 次", n=c.failures), feed_words.failed(c.error), one, t("打开"))
    if c.missing:
        item("unset", t("未接通"), t("还没有设置：{names}", names=", ".join(c.missing)), one, t("打开"))
    if c.paused:
        item("paused", t("已暂停"), t("{by}：{why}", by=c.paused.by, why=c.paused.why), one, t("打开"))
    if c.drift_open:
        item("drift", t("写法变化"), t("{n} 处变化没有看过", n=words.count(c.drift_open)), one + "#drift", t("看变化"))
    return out


def _aside(feed: str, groups: Sequence[Any], named: Mapping[str, str], asked: Asked) -> el.Node:
    """What of a feed is in quarantine, reason by reason; each opens its rows."""
    total = sum(g.count for g in groups)
    head = el.Span([feed_words.chip("aside", t("隔离")), el.B(named.get(feed, feed))])
    go = el.A(t("{n} 行", n=words.count(total)), "lk", href=asked.alone(view="aside", feed=feed))
    return el.Li([el.Div([head, go], "qh"), el.Div([_group(g, asked) for g in groups], "rs")])


def _group(g: Any, asked: Asked) -> el.Node:
    count = el.B(words.count(g.count), "wait", data_figure=f"aside-{g.feed}-{g.reason}-{g.column}", data_value=str(g.count))
    href = asked.alone(view="aside", feed=g.feed, group=group_key(g))
    return el.A([feed_words.reason(g.reason), " ", count], href=href, title=feed_words.todo(g.reason))
