"""Quarantine: groups of rows set aside, the rows of one group, and whether every row is accounted for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from connectors.reasons import REASONS
from dashboard import el, panels
from dashboard.components import case_words as words
from dashboard.components import feed_words, fmt, problem_words
from dashboard.components.masking import masked
from dashboard.i18n import t
from dashboard.pages.feeds.parts import bar, button
from dashboard.pages.feeds.state import STATES, Asked, group_key
from matters.access import Scope
from services.feed_shapes import QuarantinePage, QuarantineRow, Reconciled

PAGE = 50
CELL = 60  # characters of a cell that are shown


def view(services: Any, scope: Scope, asked: Asked) -> list[el.Node]:
    """The view of ?view=aside."""
    cards = services.feeds.cards(scope)
    named = {c.feed: words.name(c) for c in cards}
    feed = asked.feed if asked.feed in named else ""
    groups = services.feeds.quarantine(scope, feed, asked.state)
    every = services.feeds.quarantine(scope)
    shown = [g for g in groups if not asked.reason or g.reason == asked.reason]
    chosen = next((g for g in shown if group_key(g) == asked.group), shown[0] if shown else None)
    sums = services.feeds.reconciled(scope)
    filters = [_states(asked), _feeds(asked, named), _reasons(asked, groups)]
    rail = el.Section(_rail(shown, chosen, named, asked, services.now()), "p q-rail", aria_label=t("按来源、原因、列分组"))
    rows = el.Section(_rows(services, scope, chosen, named, asked), "p q-rows")
    return [bar(asked, sum(g.count for g in every), *filters), _reconciled([s for s in sums if not feed or s.feed == feed], feed, named),
            _last(services, scope, feed or (chosen.feed if chosen else "")), el.Section([rail, rows], "sheet aside")]  # fmt: skip


def _states(asked: Asked) -> el.Node:
    texts = {"open": t("待处理"), "replayed": t("已重放"), "discarded": t("已丢弃")}
    links = [el.A(texts[s], href=asked.href(state="" if s == "open" else s, group=""),
                  **({"aria_current": "true"} if s == asked.state else {})) for s in STATES]  # fmt: skip
    return el.el("Nav", links, "seg", aria_label=t("状态"))


def _drop(label: str, value: str, links: Sequence[tuple[str, str, bool]]) -> el.Node:
    items = [el.A(text, href=href, **({"aria_current": "true"} if on else {})) for text, href, on in links]
    return el.Details([el.Summary([el.Small(label), el.Span(value), el.icon("down", 12)], "sel"), el.Div(items)], "drop end")


def _feeds(asked: Asked, named: dict[str, str]) -> el.Node:
    links = [(t("全部"), asked.href(feed="", group="", reason=""), not asked.feed)]
    links += [(name, asked.href(feed=code, group="", reason=""), code == asked.feed) for code, name in named.items()]
    return _drop(t("来源"), named.get(asked.feed, t("全部")), links)


def _reasons(asked: Asked, groups: Sequence[Any]) -> el.Node:
    codes = sorted({g.reason for g in groups} | ({asked.reason} if asked.reason else set()), key=lambda r: list(REASONS).index(r) if r in REASONS else 99)
    links = [(t("全部"), asked.href(reason="", group=""), not asked.reason)]
    links += [(feed_words.reason(r), asked.href(reason=r, group=""), r == asked.reason) for r in codes]
    return _drop(t("原因"), feed_words.reason(asked.reason) if asked.reason else t("全部"), links)


def _reconciled(sums: Sequence[Reconciled], feed: str, named: dict[str, str]) -> el.Node:
    """The two sums with their numbers: nothing is lost."""
    total = {n: sum(getattr(s, n) for s in sums) for n in (*feed_words.COUNTS, "open", "replayed", "discarded")}
    broken = [named.get(s.feed, s.feed) for s in sums if not s.holds]

    def n(key: str) -> el.Node:
        return el.B(words.count(total[key]), data_figure=f"sum-{key}", data_value=str(total[key]))

    said = feed_words.names()
    fates: list[Any] = [said["received"], " ", n("received"), " = "]
    for i, k in enumerate(feed_words.OUTCOMES):
        fates += ([" + "] if i else []) + [said[k], " ", n(k)]
    parts = [t("曾隔离"), " ", el.B(words.count(total["quarantined"])), " = ", t("待处理"), " ", n("open"), " + ", t("已重放"), " ", n("replayed"),
             " + ", t("已丢弃"), " ", n("discarded")]  # fmt: skip
    verdict = el.Span(["✓ ", t("对得上")], "done") if not broken else el.Span(["✕ ", t("对不上：{feeds}", feeds=fmt.join(broken))], "act")
    who = named.get(feed, t("全部来源"))
    return el.Div([el.B(who), el.Span(fates, "nw"), el.Span(parts, "nw"), verdict], "state recon-line", data_holds="0" if broken else "1")


def _last(services: Any, scope: Scope, feed: str) -> el.Node:
    """The latest replay: how far it is, or what came of it."""
    found = next((r for r in services.feeds.requests(scope, feed) if r.kind == "replay"), None) if feed else None
    if found is None:
        return el.Div(None)
    if found.state == "done":
        text: Any = [el.icon("check", 16), feed_words.replayed(found, services.feeds.runs(scope, feed, 30))]
    elif found.error:
        text = feed_words.failed(found.error)
    else:
        text = [t("重放"), " ", feed_words.request_state(found), " ", t("{a} / {b} 行", a=words.count(found.done_rows), b=words.count(found.total_rows))]
    when = el.Small(f"{found.asked_by} {fmt.moment(found.asked_at)}", "m")
    return el.Div([el.Span(text), when], "last-replay", role="status", data_request=str(found.id), data_state=found.state)


def _rail(groups: Sequence[Any], chosen: Any, named: dict[str, str], asked: Asked, now: datetime) -> list[el.Node]:
    if not groups:
        return [_nothing(asked)]
    items = []
    for g in groups:
        on = chosen is not None and group_key(g) == group_key(chosen)
        count = el.B(words.count(g.count), data_figure=f"aside-{g.feed}-{g.reason}-{g.column}", data_value=str(g.count))
        where = t("列 {column}", column=g.column) if g.column else t("整行")
        oldest = feed_words.ticking(g.oldest, now, "m")
        body = [el.Span([el.B(named.get(g.feed, g.feed)), count], "qh"), el.Span(feed_words.reason(g.reason)),
                el.Small([where, " · ", t("最早"), " ", oldest])]  # fmt: skip
        items.append(el.Li(el.A(body, "grp", href=asked.href(group=group_key(g)), **({"aria_current": "true"} if on else {}))))
    return [el.Ul(items, "grps")]


def _nothing(asked: Asked) -> el.Node:
    if asked.feed or asked.reason:
        return panels.empty(t("这里没有这样的行。"), el.A(t("看全部来源"), "btn", href=asked.alone(view="aside")))
    return panels.empty({"open": t("没有隔离的行：收到的都进来了。"), "replayed": t("还没有重放过。"), "discarded": t("还没有丢弃过。")}[asked.state])


def _rows(services: Any, scope: Scope, g: Any, named: dict[str, str], asked: Asked) -> list[el.Node]:
    if g is None:
        return [el.P(t("左边没有组，这里就没有行。"), "s m")]
    page = services.feeds.quarantine_rows(scope, g.feed, g.reason, g.column, asked.state, asked.after, PAGE)
    may = scope.may("steward_feeds") and asked.state == "open"
    head = el.Div([el.H2([named.get(g.feed, g.feed), " · ", feed_words.reason(g.reason)]),
                   el.Small([t("列 {column}", column=g.column) if g.column else t("整行"), " · ", t("{n} 行", n=words.count(page.total))])], "ph")  # fmt: skip
    todo = [el.P([el.B(t("怎么办")), " ", feed_words.todo(g.reason)], "hint")] if asked.state == "open" else []
    no = [] if may or asked.state != "open" else [el.P(t("只有分析员和管理员可以重放、改正、丢弃"), "s m")]
    known = {"data_feed": g.feed, "data_group": group_key(g), "data_total": str(page.total)}
    rows = el.Ul([_row(r, asked, may) for r in page.rows], "qrows", **known, aria_label=t("隔离的行"))
    return [head, *todo, *no, *([_tools(g, page, asked)] if may else []), rows, *_pages(page, asked)]


def _tools(g: Any, page: QuarantinePage, asked: Asked) -> el.Node:
    whole = {"feed": g.feed, "group": group_key(g)}
    every = el.Span(t("本页全选"), "pick all", role="checkbox", tabIndex="0", aria_checked="false", data_pick="all")
    picked = el.Span(t("选中 {n} 行", n="0"), "s m", data_picked=t("选中 {n} 行", n="{n}"))
    keys = el.Small([el.el("Kbd", k) for k in "jkx"] + [t("移动、选"), " ", el.el("Kbd", "e"), t("改正"), " ", el.el("Kbd", "r"), t("重放"), " ",
                    el.el("Kbd", "d"), t("丢弃")], "keys m")  # fmt: skip
    return el.Div([every, picked, button(t("重放选中"), "replay", "btn pri", **whole, need="1"),
                   el.A(t("丢弃选中…"), "btn", href=asked.href(group=group_key(g), act="discard"), data_form="1", data_need="1"), el.Div(None, "sp"),
                   button(t("重放整组 {n} 行", n=words.count(page.total)), "replay", "btn", **whole),
                   el.A(t("丢弃整组…"), "btn", href=asked.href(group=group_key(g), act="discard", row="0"), data_form="1", data_whole="1"), keys],
                  "tools")  # fmt: skip


def _row(r: QuarantineRow, asked: Asked, may: bool) -> el.Node:
    origin = t("{origin} 第 {n} 行", origin=r.origin, n=r.row_no) if r.row_no else r.origin
    pick = el.Span(None, "pick", role="checkbox", tabIndex="-1", aria_checked="false", aria_label=t("选第 {n} 行", n=r.row_no or r.id), data_pick=str(r.id))
    tags = ([el.Span(t("改过"), "tag")] if r.edited else []) + ([] if r.replayable or r.state != "open" else [el.Span(t("原文已不在，不能重放"), "tag w")])
    head = el.Div([*([pick] if may else []), el.Span(origin, "ell", title=origin), el.Small(fmt.moment(r.at)), *tags, el.Div(None, "sp"),
                   *_row_acts(r, asked, may), *_closed(r)], "rh")  # fmt: skip
    cells = [_cell(str(k), v, str(k) == r.column) for k, v in r.raw.items()]
    return el.Li([head, el.P(problem_words.problem(r), "msg"), el.Dl(cells, "cells")], "qr", tabIndex="0", data_row=str(r.id))


def _row_acts(r: QuarantineRow, asked: Asked, may: bool) -> list[el.Node]:
    if not may or not r.replayable:
        return []
    href = asked.href(row=str(r.id), act="edit", after=str(asked.after or ""))
    return [el.A(t("改正并重放…"), "lk", href=href, data_form="1", data_edit="1")]


def _closed(r: QuarantineRow) -> list[el.Node]:
    if r.state == "open":
        return []
    # What no person closed was left out by a later list (store.quarantine.SUPERSEDED).
    said = feed_words.names().get(r.closing, r.closing) if r.state == "replayed" else r.closing if r.closed_by else t("来源后来的名单里没有这一行")
    how = t("重放后：{fate}", fate=said) if r.state == "replayed" else t("丢弃：{why}", why=said)
    who = t("{by} 于 {at}", by=r.closed_by, at=fmt.moment(r.closed_at)) if r.closed_by else fmt.moment(r.closed_at)
    return [el.Small([how, " ", who])]


def _cell(name: str, value: Any, bad: bool) -> el.Node:
    """One cell; the bad one is marked by more than a colour."""
    shown = masked(value, CELL)
    mark = [el.Span("✕", "x", aria_hidden="true"), el.Span(t("出错的一格"), "vh")] if bad else []
    return el.Div([el.Dt(name, title=name), el.Dd([*mark, shown], "ell", title=shown)], "bad" if bad else "")


def _pages(page: QuarantinePage, asked: Asked) -> list[el.Node]:
    out = [el.A(t("回到第一页"), "btn", href=asked.href())] if asked.after else []
    out += [el.A(t("下一页"), "btn", href=asked.href(after=str(page.next)))] if page.next else []
    return [el.Div(out, "acts")] if out else []
