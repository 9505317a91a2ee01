"""What is asked on the feeds' page: each value checked, each act done by the services, each answer in plain words."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from dashboard import el
from dashboard.components import fmt
from dashboard.guard import BadInput
from dashboard.i18n import t
from dashboard.pages.feeds import forms
from dashboard.pages.feeds.parts import button
from dashboard.pages.feeds.state import group_key
from matters.access import Forbidden, Scope
from services.stewardship import NotNow

MOST_IDS, MOST_CELLS, LONGEST = 1_000, 200, 2_000


class Given:
    """What a browser sent, read with suspicion: BadInput for anything of another shape."""

    def __init__(self, data: Any) -> None:
        if not isinstance(data, dict):
            raise BadInput(t("请求看不懂。"))
        self._data = data

    def text(self, name: str, most: int = 500) -> str:
        """A text, '' when it is not there."""
        value = self._data.get(name) or ""
        if not isinstance(value, str) or len(value) > most:
            raise BadInput(t("“{name}”太长或不是文字。", name=name))
        return value.strip()

    def number(self, name: str) -> int:
        """A whole number."""
        value = str(self._data.get(name, ""))
        if not (value.isascii() and value.isdigit() and len(value) < 15):
            raise BadInput(t("请求看不懂。"))
        return int(value)

    def ids(self, name: str = "ids") -> tuple[int, ...]:
        """Numbers separated by commas, or a list of them."""
        value = self._data.get(name) or []
        parts = [p for p in value.split(",") if p] if isinstance(value, str) else value
        if not isinstance(parts, list) or len(parts) > MOST_IDS or not all(str(p).isascii() and str(p).isdigit() and len(str(p)) < 15 for p in parts):
            raise BadInput(t("选的行太多，或看不懂。"))
        return tuple(int(p) for p in parts)

    def cells(self) -> dict[str, str]:
        """Column → new value."""
        value = self._data.get("cells") or {}
        good = isinstance(value, dict) and len(value) <= MOST_CELLS
        if not good or not all(isinstance(k, str) and isinstance(v, str) and len(v) <= LONGEST for k, v in value.items()):
            raise BadInput(t("改正的内容太长或看不懂。"))
        return dict(value)

    def day(self, name: str) -> date:
        """A day."""
        try:
            return date.fromisoformat(self.text(name))
        except ValueError:
            raise BadInput(t("请选一个日期。")) from None


Answer = tuple[el.Node, bool]  # what is said, and whether it was done


def do(services: Any, scope: Scope, data: Any) -> Answer:
    """Do what was asked; a refusal comes back in words, never as a failure."""
    try:
        given = Given(data)
        act = _ACTS.get(given.text("act"))
        if act is None:
            raise BadInput(t("请求看不懂。"))
        return act(services, scope, given), True
    except Forbidden:
        return forms.said("refused", t("您没有这一步的权限"), t("请由分析员或管理员来做；查看不受影响。")), False
    except BadInput as error:
        return forms.said("refused", t("没有做"), str(error)), False
    except NotNow as error:
        return forms.said("refused", t("没有做"), _not_now(error)), False
    except LookupError:
        return forms.said("refused", t("没有做"), t("它已经不在了，可能有人刚处理过。")), False


def _not_now(error: NotNow) -> str:
    return {
        "unknown_feed": t("没有这个来源。"), "why": t("请写明理由。"), "busy": t("同样的请求已经在办，等它完成。"), "ended": t("它已经结束了。"),
        "since": t("这一天不能补采：日子在将来，或这个来源没有可以补问的过去。"), "decided": t("有人已经处理过了，看现在的情况。"),
        "raw_gone": t("这一行的原文已经不保留，不能改正或重放；可以丢弃，或请来源重发。"), "cells": t("没有改动任何一格，或列名对不上。"),
        "nothing": t("这些行都已处理过，没有剩下的。"),
    }.get(error.code, str(error))  # fmt: skip


def _run(services: Any, scope: Scope, given: Given) -> el.Node:
    services.stewardship.run_now(scope, given.text("feed"))
    return _asked(t("已请求运行"))


def _asked(title: str) -> el.Node:
    return forms.said("ok", title, t("采集进程约两秒内开始，进度在“请求”里。"))


def _pause(services: Any, scope: Scope, given: Given) -> el.Node:
    feed = given.text("feed")
    services.stewardship.pause(scope, feed, given.text("why"))
    return forms.said("ok", t("已暂停"), t("不再按时去取。"), button(t("撤销：恢复运行"), "resume", "btn small", feed=feed))


def _resume(services: Any, scope: Scope, given: Given) -> el.Node:
    services.stewardship.resume(scope, given.text("feed"))
    return forms.said("ok", t("已恢复"), t("按原来的节奏继续取。"))


def _backfill(services: Any, scope: Scope, given: Given) -> el.Node:
    since = given.day("since")
    asked = services.stewardship.backfill(scope, given.text("feed"), since, given.text("why"))
    return forms.said("ok", t("已请求从 {day} 起补采", day=since.isoformat()), t("采集进程约两秒内开始，进度在“请求”里。"),
                      button(t("取消"), "cancel", "btn small", id=asked.id))  # fmt: skip


def _cancel(services: Any, scope: Scope, given: Given) -> el.Node:
    services.stewardship.cancel(scope, given.number("id"))
    return forms.said("ok", t("已取消"), t("正在办的会在这一批后停下；已进来的保留。"))


def _accept(services: Any, scope: Scope, given: Given) -> el.Node:
    services.stewardship.accept_hold(scope, given.number("hold"), given.text("why"))
    return _asked(t("已接受：名单外的将撤回"))


def _refuse(services: Any, scope: Scope, given: Given) -> el.Node:
    services.stewardship.refuse_hold(scope, given.number("hold"), given.text("why"))
    return forms.said("ok", t("已拒绝"), t("一条也没有撤回。"))


def _note(services: Any, scope: Scope, given: Given) -> el.Node:
    return forms.said("ok", t("记下了 {n} 处变化", n=services.stewardship.note_drift(scope, given.ids())))


def _group(services: Any, scope: Scope, given: Given) -> dict[str, Any]:
    """Which rows: chosen ones, or those of a whole group."""
    ids = given.ids()
    if ids:
        return {"ids": ids}
    if given.text("picked"):  # rows were meant, and none came: never the whole group instead
        raise BadInput(t("先选几行。"))
    key = given.text("group")
    found = next((g for g in services.feeds.quarantine(scope, given.text("feed")) if group_key(g) == key), None)
    if found is None:
        raise LookupError(key)
    return {"reason": found.reason, "column": found.column}


def _replay(services: Any, scope: Scope, given: Given) -> el.Node:
    asked = services.stewardship.replay(scope, given.text("feed"), **_group(services, scope, given))
    return forms.said("ok", t("{n} 行交给重放", n=fmt.num(asked.total_rows)), t("按现在的映射再走一遍，结果几秒后出现在上面。"))


def _discard(services: Any, scope: Scope, given: Given) -> el.Node:
    done = services.stewardship.discard(scope, given.text("feed"), given.text("why"), **_group(services, scope, given))
    if not done:
        raise NotNow("nothing", "no open row is left of these")
    return forms.said("ok", t("丢弃了 {n} 行", n=fmt.num(done)), t("理由已记下，可在“已丢弃”里查。"))


def _edit(services: Any, scope: Scope, given: Given) -> el.Node:
    services.stewardship.edit(scope, given.number("row"), given.cells(), given.text("why"))
    return forms.said("ok", t("改好了，正在重放"), t("结果几秒后出现在上面；还不对的话会留在隔离里，写着新的原因。"))


_ACTS: dict[str, Callable[[Any, Scope, Given], el.Node]] = {
    "run": _run, "pause": _pause, "resume": _resume, "backfill": _backfill, "cancel": _cancel, "accept": _accept, "refuse": _refuse,
    "note": _note, "replay": _replay, "discard": _discard, "edit": _edit,
}  # fmt: skip
