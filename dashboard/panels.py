"""Panels that stand where an answer should be: nothing there, not allowed, failed, still loading."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from dashboard import el
from dashboard.components import fmt
from dashboard.i18n import t


def panel(kind: str, title: str, *lines: Any, way_out: Any = None) -> el.Node:
    """One designed panel: what is the matter, what still holds, the nearest way out."""
    body = [el.B(title), *(el.P(line) for line in lines)]
    if way_out is not None:
        body.append(el.P(way_out, "out"))
    return el.Div(body, f"state-panel {kind}", role="alert" if kind == "failed" else "status")


def retry() -> el.Node:
    """Asks the same again (assets/js/live.js)."""
    return el.Button(t("重试"), "btn", data_act="retry")


def failed(since: datetime, mark: str) -> el.Node:
    """Something broke: what, since when, what still holds, retry."""
    return panel(
        "failed",
        t("这一块暂时算不出来"),
        t("自 {when} 起；其他各块的数字不受影响。记录编号 {mark}，请报给管理员。", when=fmt.moment(since), mark=mark),
        way_out=retry(),
    )


def forbidden() -> el.Node:
    """Outside the reader's area or rights."""
    return panel("forbidden", t("这里不在您的查看范围内"), t("如需查看，请联系管理员调整范围。"), way_out=home())


def not_found() -> el.Node:
    """No such area, matter or page."""
    return panel("missing", t("没有找到"), t("链接里的编号不存在，或已并入其他事项。"), way_out=home())


def bad_input(message: str) -> el.Node:
    """Something in the address or the form cannot be used."""
    return panel("bad", t("有一项看不懂"), message)


def home() -> el.Node:
    """The way back to the reader's own area."""
    return el.A(t("回到总览"), "btn", href="/", data_reload="1")  # the server knows where the reader starts


def empty(text: str, way_out: Any = None) -> el.Node:
    """Nothing to show: what was asked, and the nearest way out."""
    return panel("empty", text, way_out=way_out)


def skeleton(lines: int, className: str = "") -> el.Node:
    """Hairlines of the final size, for the first load."""
    return el.Div([el.I() for _ in range(lines)], f"skeleton {className}".strip(), aria_hidden="true")
