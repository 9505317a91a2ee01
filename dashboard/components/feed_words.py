"""How the way in is said: how a feed stands, what became of rows, why something failed. Words with a shape and a colour."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from connectors.reasons import REASONS
from dashboard import el
from dashboard.components import fmt
from dashboard.components.failure_words import failure
from dashboard.i18n import N_, lang, pick, t
from services.feed_shapes import FeedCard, Request

OUTCOMES = ("new", "changed", "unchanged", "withdrawn", "quarantined")
COUNTS = ("received", *OUTCOMES)
FAILING = 3  # failed runs in a row from which a feed counts as failing; one may be a hiccup


def names() -> dict[str, str]:
    """Names of the counts of a run."""
    return {"received": t("收到"), "new": t("新增"), "changed": t("变更"), "unchanged": t("未变"), "withdrawn": t("撤回"), "quarantined": t("隔离")}


def cadence(seconds: int) -> str:
    """How often a feed is asked, in the largest whole unit."""
    for size, text in ((86_400, t("每 {n} 天")), (3_600, t("每 {n} 小时")), (60, t("每 {n} 分钟"))):
        if seconds >= size and seconds % size == 0:
            return text.format(n=seconds // size)
    return t("每 {n} 秒", n=seconds)


def asked_when(card: FeedCard) -> str:
    """The cadence of a card: every so often, by a cron line, or whenever the source sends."""
    if card.cadence.isdigit():
        return cadence(card.cadence_seconds)
    return t("按时间表 {line}", line=card.cadence)


def age(seconds: float | None) -> str:
    """How long ago, in one unit; assets/js/feeds.js says the same as time goes on."""
    if seconds is None:
        return fmt.NONE
    for size, text in ((86_400, AGES["d"]), (3_600, AGES["h"]), (60, AGES["m"])):
        if seconds >= size:
            return t(text, n=int(seconds // size))
    return t(AGES["s"])


AGES = {"s": N_("刚刚"), "m": N_("{n} 分钟前"), "h": N_("{n} 小时前"), "d": N_("{n} 天前")}


def ages() -> dict[str, str]:
    """The templates of `age` for the clock of the browser."""
    return {f"data_age_{k}": t(v) for k, v in AGES.items()}


def ticking(at: datetime | None, now: datetime, className: str = "") -> el.Node:
    """An age that ticks by the clock; the moment itself in its tip."""
    if at is None:
        return el.Span(fmt.NONE, className)
    seconds = max(0, int((now - at).total_seconds()))
    return el.Span(age(seconds), className, data_age=str(seconds), title=f"{at:%Y-%m-%d %H:%M}")


def near(at: datetime | None, now: datetime) -> str:
    """14:30 of today, else with its day."""
    return fmt.NONE if at is None else f"{at:%H:%M}" if at.date() == now.date() else fmt.moment(at)


Chip = tuple[str, str]  # kind (a class: shape and colour), words


def chips(card: FeedCard) -> list[Chip]:
    """How a feed stands, what matters most first; one word when all is well."""
    out: list[Chip] = []
    if card.missing:
        out.append(("unset", t("未接通")))
    if card.paused:
        out.append(("paused", t("已暂停")))
    if card.hold:
        out.append(("held", t("名单变短，等您定")))
    if card.circuit == "open" and card.circuit_until:
        out.append(("failing", t("暂不再问，{at} 再试", at=f"{card.circuit_until:%H:%M}")))
    elif card.failures >= FAILING or card.circuit == "half":
        out.append(("failing", t("连续失败 {n} 次", n=card.failures)))
    elif card.error:
        out.append(("failed", t("上次失败")))
    if card.late:
        out.append(("late", late(card)))
    if not out:
        out.append(("ok", t("正常")))
    if card.running_since:
        out.append(("running", t("正在读取")))
    return out


def late(state: Any) -> str:
    """Late, and by how much."""
    return t("迟到 {n} 天", n=state.late_days) if state.late_days else t("迟到")


def chip(kind: str, text: str) -> el.Node:
    """A state in words, with a shape of its own so that it does not rest on colour."""
    return el.Span(text, f"fst {kind}")


def failed(error: str) -> el.Node:
    """What went wrong, with the message as it came, for whoever mends it."""
    return el.Span([el.Span(failure(error), "act"), el.Small(error, "raw", lang="en", title=error)], "why")


def reason(code: str) -> str:
    """Why rows are in quarantine."""
    return pick(REASONS[code].zh, REASONS[code].en) if code in REASONS else code


def todo(code: str) -> str:
    """What a steward does about it."""
    return pick(REASONS[code].todo_zh, REASONS[code].todo_en) if code in REASONS else t("看原文，改正后重放，或说明理由丢弃。")


def sum_of(counts: Any) -> str:
    """What became of the rows of a run: 12 行：10 新增，2 仍隔离."""
    said = names()
    parts = [t("{n} {word}", n=fmt.num(getattr(counts, k)), word=said[k]) for k in OUTCOMES if getattr(counts, k)]
    return listed(parts) or t("没有新东西")


def request_kind(kind: str) -> str:
    """What was asked of the worker."""
    return {"run": t("立即运行"), "backfill": t("补采"), "replay": t("重放"), "withdraw": t("按短名单撤回")}.get(kind, kind)


def run_kind(kind: str) -> str:
    """Why a run was made."""
    kinds = {"pull": t("按时"), "manual": t("人工"), "backfill": t("补采"), "replay": t("重放"), "push": t("对方推送")}
    return kinds.get(kind, kind)


def request_state(asked: Request) -> str:
    """How far a request is."""
    states = {"waiting": t("等待采集进程"), "running": t("进行中"), "done": t("完成"), "failed": t("失败"), "cancelled": t("已取消")}
    return states.get(asked.state, asked.state)


def drift_kind(kind: str) -> str:
    """How a source speaks otherwise."""
    return {"added": t("多了一列"), "missing": t("少了一列"), "retyped": t("写法变了"), "new_value": t("出现新代码")}.get(kind, kind)


def replayed(done: Request, runs: Sequence[Any]) -> str:
    """The result of a replay: 12 行重放：10 新增，2 仍隔离."""
    run = next((r for r in runs if r.id == done.run_id), None)
    if run is None:
        return t("{n} 行重放完了", n=fmt.num(done.done_rows))
    said = {**names(), "quarantined": t("仍隔离")}
    parts = [t("{n} {word}", n=fmt.num(getattr(run, k)), word=said[k]) for k in OUTCOMES if getattr(run, k)]
    return t("{n} 行重放：{parts}", n=fmt.num(run.received), parts=listed(parts))


def listed(parts: Sequence[str]) -> str:
    """Figures one after the other."""
    return ("，" if lang() == "zh" else ", ").join(parts)
