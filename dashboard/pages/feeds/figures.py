"""The parts of the feeds page: states, runs whose counts add up, and what was set aside."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from connectors.reasons import REASONS
from dashboard import asof, el, panels, urlstate
from dashboard.components import case_words as words
from dashboard.components import fmt
from dashboard.guard import Here
from dashboard.i18n import t
from dashboard.links import Links
from matters.access import Scope
from services.shapes import FeedState

COUNTS = ("received", "new", "changed", "unchanged", "withdrawn", "quarantined")
RUNS = 24  # latest runs shown
SAMPLE = 6  # fields of a sample row that are shown


def names() -> dict[str, str]:
    """Names of the counts of a run."""
    return {"received": t("收到"), "new": t("新增"), "changed": t("变更"), "unchanged": t("未变"), "withdrawn": t("撤回"), "quarantined": t("隔离")}


def body(services: Any, scope: Scope, at: Here) -> list[Any]:
    """The whole page; runs and quarantine are for readers of the whole city."""
    links, states = Links(at), services.feeds.states(scope, asof.current())
    chosen = at.state.extra.get("feed", "")
    chosen = chosen if any(s.feed == chosen for s in states) else ""
    whole = scope.level == "city" and asof.current() is None
    totals = services.feeds.totals(scope) if whole else {}
    parts: list[Any] = [_bar(states, chosen, links), _state(services, states),
                        el.Section(_section(t("来源"), t("迟到的在前"), _states(states, totals, links, chosen)), className="sheet one")]  # fmt: skip
    if asof.current() is not None:
        parts.append(el.P(t("回看时只显示各来源当时的状态；拉取记录和隔离的行请回到现在看。"), className="s note"))
    elif whole:
        named = {s.feed: words.name(s) for s in states}
        aside = services.feeds.quarantine(scope, chosen)
        parts.append(el.Section([
            _section(t("最近的拉取"), t("收到 = 新增 + 变更 + 未变 + 撤回 + 隔离"), _runs(services.feeds.runs(scope, chosen, RUNS), named)),
            _section(t("隔离的行"), t("{n} 行，按原因；样本已掩码", n=words.count(sum(g.count for g in aside))), _aside(aside, named)),
        ], className="sheet f2"))  # fmt: skip
    else:
        parts.append(el.P(t("拉取记录和隔离的行只对全市范围的用户显示。"), className="s note"))
    return [el.Div(parts, **{"data-version": str(services.figures.data_version())})]


def _section(title: str, note: str, content: Any) -> el.Node:
    return el.Section([el.Div([el.H2(title), el.Small(note)], className="ph"), el.Div(content, className="scroll")], className="p")


def _bar(states: Sequence[FeedState], chosen: str, links: Links) -> el.Node:
    def item(code: str, name: str) -> el.Node:
        on = {"aria-pressed": "true", "aria-current": "true"} if code == chosen else {}
        return el.A(name, href=_href(links, code), **on)

    tabs = [item("", t("全部")), *[item(s.feed, words.name(s)) for s in sorted(states, key=lambda s: s.feed)]]
    return el.Div([el.Div(el.H1(t("数据源")), className="crumb"), el.el("Nav", tabs, className="seg", **{"aria-label": t("来源")})], className="bar")


def _href(links: Links, feed: str) -> str:
    state = links.here.state.plus(feed=feed)
    return links.here.path + urlstate.write(state)


def _state(services: Any, states: Sequence[FeedState]) -> el.Node:
    late = sum(s.late for s in states)
    failing = sum(bool(s.error) for s in states)
    text = t("{n} 个来源，{late} 个迟到，{bad} 个最近一次拉取失败", n=len(states), late=late, bad=failing)
    return el.Div([el.Span(text), el.Span(t("数据版本 {n}", n=words.count(services.figures.data_version()))), el.Div(className="sp"),
                     el.Span(t("静默的来源不等于平静的城市：迟到时相关数字会注明，并暂不比较"))], className="state")  # fmt: skip


def _states(states: Sequence[FeedState], totals: Mapping[str, Any], links: Links, chosen: str) -> el.Node:
    heads = [(t("来源"), "t"), (t("状态"), "t"), (t("数据至"), ""), (t("最近检查"), ""), (t("节奏"), "")]
    counts = names()
    heads += [(counts[k], "") for k in COUNTS] if totals else []
    head = el.Tr([el.Th(text, className=side, scope="col") for text, side in heads])
    rows = [_feed(s, totals.get(s.feed), bool(totals), links, chosen) for s in states]
    return el.Table([el.Thead(head), el.Tbody([*rows, *([_sum(totals)] if totals else [])])], className="ft")


def _feed(s: FeedState, total: Any, counted: bool, links: Links, chosen: str) -> el.Node:
    state = t("迟到 {n} 天", n=s.late_days) if s.late and s.late_days else t("迟到") if s.late else t("正常")
    told: list[Any] = [el.Span(state, className="feed late" if s.late else "feed")]
    if s.error:
        told.append(el.Small(s.error, className="act err", title=s.error))
    cells = [
        el.Td([el.I(s.mark, className="mk"), el.A(words.name(s), href=_href(links, s.feed), className="n"), el.Small(s.feed)], className="t"),
        el.Td(told, className="t"), el.Td(_at(s.data_at)), el.Td(_at(s.checked_at)), el.Td(cadence(s.cadence_seconds)),
    ]  # fmt: skip
    if counted:
        cells += [_number(getattr(total, k, 0) if total else 0, f"{s.feed}-{k}", k) for k in COUNTS]
    return el.Tr(cells, className="on" if s.feed == chosen else "")


def _number(value: int, key: str, kind: str = "") -> el.Node:
    tone = "wait" if kind == "quarantined" and value else ""
    return el.Td(el.Span(words.count(value), className=tone, **{"data-figure": key, "data-value": str(value)}))


def _sum(totals: Mapping[str, Any]) -> el.Node:
    blank = [el.Td(t("合计"), className="t"), *[el.Td("") for _ in range(4)]]
    return el.Tr([*blank, *[_number(sum(getattr(v, k, 0) for v in totals.values()), f"all-{k}", k) for k in COUNTS]], className="sum")


def _at(value: Any) -> str:
    return words.DASH if value is None else value.strftime("%m-%d %H:%M")


def cadence(seconds: int) -> str:
    """How often a feed is asked, in the largest whole unit."""
    for size, text in ((86_400, t("每 {n} 天")), (3_600, t("每 {n} 小时")), (60, t("每 {n} 分钟"))):
        if seconds >= size and seconds % size == 0:
            return text.format(n=seconds // size)
    return t("每 {n} 秒", n=seconds)


def _runs(runs: Sequence[Any], named: Mapping[str, str]) -> Any:
    if not runs:
        return panels.empty(t("还没有拉取过。"))
    counts = names()
    head = el.Tr([el.Th(t("开始"), className="t", scope="col"), el.Th(t("来源"), className="t", scope="col"),
                    el.Th(t("用时"), scope="col"), *[el.Th(counts[k], scope="col") for k in COUNTS]])  # fmt: skip
    return el.Table([el.Thead(head), el.Tbody([_run(r, named) for r in runs])], className="ft rn")


def _run(r: Any, named: Mapping[str, str]) -> el.Node:
    took = t("进行中") if r.ended_at is None else t("{n} 秒", n=fmt.num((r.ended_at - r.started_at).total_seconds(), 0))
    bad = el.Small(r.error or t("失败"), className="act err", title=r.error) if r.status == "failed" else ""
    return el.Tr([el.Td(_at(r.started_at), className="t"), el.Td([named.get(r.feed, r.feed), bad], className="t"), el.Td(took),
                    *[_number(getattr(r, k), f"run-{r.id}-{k}", k) for k in COUNTS]])  # fmt: skip


def _aside(groups: Sequence[Any], named: Mapping[str, str]) -> Any:
    if not groups:
        return panels.empty(t("没有隔离的行：收到的都进来了。"))
    return el.Ul([_group(g, named) for g in groups], className="qs")


def _group(g: Any, named: Mapping[str, str]) -> el.Node:
    """One reason: how many, and the newest row as a masked sample."""
    reason = words.name(REASONS[g.reason]) if g.reason in REASONS else g.reason
    where = t("列 {column}", column=g.column) if g.column else ""
    count = el.B(words.count(g.count), className="wait", **{"data-figure": f"aside-{g.feed}-{g.reason}-{g.column}", "data-value": str(g.count)})
    sample = [el.Div([el.Dt(str(k)), el.Dd(masked(v), className="ell")]) for k, v in list(g.sample.items())[:SAMPLE]]
    more = len(g.sample) - SAMPLE
    origin = t("{origin} 第 {n} 行", origin=g.origin, n=g.row_no) if g.row_no else g.origin
    return el.Li(el.Details([
        el.Summary([el.Span([el.B(named.get(g.feed, g.feed)), "　", reason, el.Small(where)]), count]),
        el.P(g.message, className="s"),
        el.Dl(sample, className="smp"),
        el.P("　".join(x for x in (t("另 {n} 列", n=more) if more > 0 else "", origin, words.moment(g.at)) if x), className="s m"),
    ]))  # fmt: skip


_DIGITS = re.compile(r"\d{7,}")


def masked(value: Any) -> str:
    """A sample's value: the door has masked it already; a long run of digits is cut here once more."""
    return _DIGITS.sub(lambda m: f"{m.group()[:3]}****", str(value))[:80] if value not in (None, "") else words.DASH
