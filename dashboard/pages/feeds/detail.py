"""One source: how it stands, what may be done, 90 days, lists that wait, changes of its columns, requests, runs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from dashboard import el, panels
from dashboard.components import case_words as words
from dashboard.components import feed_bars, feed_words, fmt
from dashboard.i18n import t
from dashboard.pages.feeds.parts import bar, button, progress, runs_table, section
from dashboard.pages.feeds.state import Asked
from matters.access import Scope
from services.circuit import AFTER
from services.feed_shapes import DriftLine, FeedCard, Hold, Request

DAYS = 90
RUNS = 40
PAST = 5  # ended requests shown


def view(services: Any, scope: Scope, asked: Asked) -> list[el.Node]:
    """The view of ?feed=."""
    card, now = services.feeds.card(scope, asked.feed), services.now()
    days = services.feeds.history(scope, card.feed, DAYS)
    runs = services.feeds.runs(scope, card.feed, RUNS)
    steward = scope.may("steward_feeds")
    holds = services.feeds.holds(scope, card.feed, "", 5)
    drift = services.feeds.drift(scope, card.feed, "", 60)
    requests = services.feeds.requests(scope, card.feed)
    chart = el.Div([feed_bars.drawing(days, now.date(), DAYS, 96), _axis(now),
                    el.Details([el.Summary(t("看表"), "lk"), el.Div(feed_bars.table(days), "scroll")], "as-table")])  # fmt: skip
    waiting = sum(g.count for g in services.feeds.quarantine(scope))
    return [
        bar(asked, waiting),
        _head(services, scope, asked, card, now),
        el.Section([section(t("每天来了什么"), [t("近 {n} 天", n=DAYS), feed_bars.legend()], chart), _side(card, now, asked)], "sheet f2 wide"),
        el.Section([
            el.Div([
                *([section(t("突然变短的名单"), t("接受才撤回；拒绝则同一份名单不再问"), _holds(holds, asked, steward), id="hold")] if holds else []),
                section(t("写法变化"), t("列和代码与以前不同；不拦数据"), _drift(drift, steward), id="drift"),
            ], "col"),
            section(t("请求"), t("由采集进程办理；可取消"), _requests(requests, runs, scope.may("run_feeds"))),
        ], "sheet f2"),
        el.Section(section(t("运行记录"), t("收到 = 新增 + 变更 + 未变 + 撤回 + 隔离"), el.Div(runs_table(runs, {}), "scroll")), "sheet one"),
    ]  # fmt: skip


def _head(services: Any, scope: Scope, asked: Asked, c: FeedCard, now: datetime) -> el.Node:
    chips = [feed_words.chip(*x) for x in feed_words.chips(c)]
    back = el.A(["‹ ", t("全部来源")], "lk", href=asked.alone())
    title = el.Div([back, el.I(c.mark, "mk", aria_hidden="true"), el.H2(words.name(c)), el.Small(c.feed), *chips], "fh-title")
    why = [el.P(feed_words.failed(c.error), "fh-why")] if c.error else []
    if c.paused:
        when = fmt.moment(c.paused.at)
        why.append(el.P(t("{by} 于 {at} 暂停：{why}", by=c.paused.by, at=when, why=c.paused.why), "fh-why wait"))
    if c.missing:
        why.append(el.P(t("还没有设置：{names}。设好后重启采集进程。", names=", ".join(c.missing)), "fh-why wait"))
    return el.Div([el.Div([title, _acts(services, scope, asked, c)], "fh-line"), *why], "fh")


def _acts(services: Any, scope: Scope, asked: Asked, c: FeedCard) -> el.Node:
    if not scope.may("run_feeds"):
        return el.Span(t("只有分析员和管理员可以运行、暂停、补采"), "s m")
    spec = services.specs.get(c.feed)
    pushed = spec is not None and spec.transport.kind == "push"
    out: list[el.Node] = []
    if not pushed and not c.missing:
        busy = c.asked is not None and c.asked.kind == "run"
        out.append(el.Span(t("已请求运行"), "s m") if busy else button(t("立即运行"), "run", "btn" if c.paused else "btn pri", feed=c.feed))
    if c.paused:
        out.append(button(t("恢复"), "resume", "btn pri", feed=c.feed))
    elif not pushed:
        out.append(el.A(t("暂停…"), "btn", href=asked.href(act="pause"), data_form="1"))
    if not pushed and c.mode != "snapshot" and not c.missing:
        out.append(el.A(t("从某天补采…"), "btn", href=asked.href(act="backfill"), data_form="1"))
    elif c.mode == "snapshot":
        out.append(el.Span(t("整份名单没有“过去”，不能补采"), "s m"))
    return el.Div(out, "acts")


def _axis(now: datetime) -> el.Node:
    return el.Div([el.Span(t("{n} 天前", n=DAYS)), el.Span(t("{n} 天前", n=DAYS // 2)), el.Span(t("今天"))], "fb-axis")


def _side(c: FeedCard, now: datetime, asked: Asked) -> el.Node:
    """The clock of the feed, as a list of facts."""
    again = feed_words.near(c.circuit_until, now)
    rests = t("断开：连续失败 {n} 次，{at} 再试", n=c.failures, at=again) if c.failures >= AFTER else t("对方请我们稍候，{at} 再试", at=again)
    circuit = {"closed": t("接通"), "half": t("断开过，下次运行是试一次"), "open": rests}[c.circuit]
    due = words.DASH if c.paused else t("等对方推送") if c.next_at is None else t("随时") if c.next_at <= now else feed_words.near(c.next_at, now)
    facts = [
        (t("数据至"), [feed_words.near(c.data_at, now), " ", feed_words.ticking(c.data_at, now, "m")]),
        (t("最近成功"), [feed_words.near(c.succeeded_at, now), " ", feed_words.ticking(c.succeeded_at, now, "m")]),
        (t("最近检查"), [feed_words.near(c.checked_at, now), " ", feed_words.ticking(c.checked_at, now, "m")]),
        (t("下次"), due), (t("节奏"), feed_words.asked_when(c)),
        (t("方式"), t("整份名单") if c.mode == "snapshot" else t("只取新的")), (t("线路"), el.Span(circuit, "act" if c.circuit == "open" else "")),
        (t("待处理的隔离行"), el.A(words.count(c.quarantine_open), "n", href=asked.alone(view="aside", feed=c.feed), data_figure=f"{c.feed}-open",
                            data_value=str(c.quarantine_open))),
    ]  # fmt: skip
    return section(t("节奏与线路"), "", el.Dl([el.Div([el.Dt(k), el.Dd(v)]) for k, v in facts], "facts"))


def _holds(holds: Sequence[Hold], asked: Asked, steward: bool) -> el.Node:
    return el.Ul([_hold(h, asked, steward) for h in holds], "qs")


def _hold(h: Hold, asked: Asked, steward: bool) -> el.Node:
    states = {"open": t("等您定"), "accepted": t("已接受"), "refused": t("已拒绝"), "passed": t("后来的名单又完整了")}
    said = t("{at}：名单有 {p} 条，已知 {k} 条，少 {a} 条（{share}%）", at=fmt.moment(h.at), p=words.count(h.present), k=words.count(h.known),
             a=words.count(h.absent), share=fmt.share(h.absent / h.known if h.known else None))  # fmt: skip
    out: list[Any] = [el.Div([el.Span([feed_words.chip("held" if h.state == "open" else "ok", states.get(h.state, h.state))]),
                              el.Small([h.decided_by, " ", h.note])], "qh"),
                      el.P(said, "s", data_figure=f"hold-{h.id}", data_value=str(h.absent))]  # fmt: skip
    if h.state == "open" and steward:
        out.append(el.Div([el.A(t("接受：撤回 {n} 条…", n=words.count(h.absent)), "btn", href=asked.href(act="accept", hold=str(h.id)), data_form="1"),
                           el.A(t("拒绝：一条不撤…"), "btn", href=asked.href(act="refuse", hold=str(h.id)), data_form="1")], "acts"))  # fmt: skip
    elif h.state == "open":
        out.append(el.P(t("由分析员或管理员决定"), "s m"))
    return el.Li(out)


def _drift(lines: Sequence[DriftLine], steward: bool) -> el.Node:
    if not lines:
        return panels.empty(t("没有变化：列和代码都认得。"))
    waiting = [d.id for d in lines if d.state == "open"]
    whole = [button(t("全部记下"), "note", "btn small", ids=",".join(map(str, waiting)))] if steward and len(waiting) > 1 else []
    return el.Div([*whole, el.Ul([_drifted(d, steward) for d in lines], "qs")])


def _drifted(d: DriftLine, steward: bool) -> el.Node:
    text = [feed_words.drift_kind(d.kind), " ", el.B(d.column), " ", el.Span(d.detail, "m")]
    if d.state != "open":
        end: Any = el.Small(t("{by} 已记下", by=d.noted_by))
    else:
        end = button(t("记下"), "note", "btn small", ids=d.id) if steward else el.Small(t("没有看过"))
    touched = t("{n} 行", n=words.count(d.rows)) if d.rows else ""
    return el.Li(el.Div([el.Span(text), el.Span([el.Small(f"{touched} {fmt.moment(d.at)}"), end], "nw")], "qh"), "" if d.state == "open" else "m")


def _requests(requests: Sequence[Request], runs: Sequence[Any], may: bool) -> el.Node:
    alive = [r for r in requests if r.cancellable]
    ended = [r for r in requests if not r.cancellable][:PAST]
    if not alive and not ended:
        return panels.empty(t("没有请求过什么。"))
    return el.Ul([_request(r, runs, may) for r in (*alive, *ended)], "qs")


def _request(r: Request, runs: Sequence[Any], may: bool) -> el.Node:
    what = feed_words.request_kind(r.kind) + (f" {t('自 {day}', day=r.since.isoformat())}" if r.since else "")
    state = el.Span(feed_words.request_state(r), {"failed": "act", "done": "done", "running": "lk"}.get(r.state, "m"))
    head = el.Div([el.Span([el.B(what), " ", state]), el.Small(f"{r.asked_by} {fmt.moment(r.asked_at)}")], "qh")
    out = [head]
    if r.cancellable:
        out.append(el.Div([progress(r.done_rows, r.total_rows), *([button(t("取消"), "cancel", "btn small", id=r.id)] if may else [])], "qh"))
    elif r.error:
        out.append(el.P(feed_words.failed(r.error), "s"))
    elif r.kind == "replay" and r.state == "done":
        out.append(el.P(feed_words.replayed(r, runs), "s"))
    else:
        run = next((x for x in runs if x.id == r.run_id), None)
        out.append(el.P(feed_words.sum_of(run) if run else t("{n} 行", n=words.count(r.done_rows)), "s"))
    return el.Li(out, data_request=str(r.id))
