"""What the queue answers to."""

from __future__ import annotations

from typing import Any

from dash.exceptions import PreventUpdate

from dashboard import el, panels
from dashboard.guard import BadInput, GuardedApp, Input, Output, State, here
from dashboard.i18n import t
from dashboard.pages.linking import figures, state, words
from matters.access import Forbidden, Scope
from services.areas import UnknownArea
from services.link_shapes import Conflict, Pair, Queue, Refused


def register(app: GuardedApp, services: Any) -> None:
    """Register the callbacks of this page."""

    @app.callback(Output("linking-bar", "children"), Output("linking-list", "children"), Output("linking-pair", "children"),
                  Output("linking-foot", "children"), Input("here", "data"), Input("live", "data"), panel=1)  # fmt: skip
    def page(scope: Scope, data: dict[str, Any] | None, live: Any) -> tuple[Any, Any, Any, Any]:
        asked = _asked(data, services)
        queue = _queue(services, scope, asked)
        chosen = asked.chosen or (queue.rows[0].id if queue.rows else 0)
        shown: Any = panels.empty(t("左边选一对，这里并排看。"))
        if chosen:
            found: Pair | None = _pair(services, scope, chosen)
            shown = figures.pair(services, scope, asked, found, services.linking.mine(scope, 1)) if found else _gone(asked)
        return figures.bar(services, scope, asked, queue), figures.rows(services, asked, queue, chosen), shown, figures.foot(queue)

    @app.callback(Output("linking-said", "children"), Output("linking-done", "data"), Input("linking-ask", "data"), State("here", "data"),
                  prevent_initial_call=True)  # fmt: skip
    def ask(scope: Scope, data: dict[str, Any] | None, at: dict[str, Any] | None) -> tuple[Any, Any]:
        if not data:
            raise PreventUpdate
        asked = _asked(at, services)
        return _act(services, scope, asked, data)

    app.clientside_callback("linking", "formed", Output("linking-pair", "title"), Input("linking-pair", "children"))
    app.clientside_callback("linking", "done", Output("linking-done", "clear_data"), Input("linking-done", "data"), prevent_initial_call=True)


def _asked(data: dict[str, Any] | None, services: Any) -> state.LinkState:
    at = here(data, services, "linking")
    return state.read(at)


def _queue(services: Any, scope: Scope, asked: state.LinkState) -> Queue:
    try:
        found: Queue = services.linking.queue(scope, asked.asked, asked.offset, state.PAGE)
    except UnknownArea as error:
        raise BadInput(t("没有这个地区：{code}", code=asked.area[:20])) from error
    return found


def _pair(services: Any, scope: Scope, pair_id: int) -> Pair | None:
    try:
        found: Pair = services.linking.pair(scope, pair_id)
    except LookupError:
        return None
    return found


def _gone(asked: state.LinkState) -> el.Node:
    text = t("这一对已不在：其中一条记录变了、撤回了，或不在您的查看范围内。")
    return panels.empty(text, el.A(t("看其余的"), "btn", href=asked.href(pair="")))


def _act(services: Any, scope: Scope, asked: state.LinkState, data: dict[str, Any]) -> tuple[Any, Any]:
    """Decide; what was said stands over the list, and the next pair is opened."""
    act, number, why = str(data.get("act", "")), str(data.get("id", "")), str(data.get("why") or "")[:500]
    if not (number.isascii() and number.isdigit() and len(number) < 15) or (act not in words.VERDICTS and act != "undo"):
        raise BadInput(t("请求看不懂。"))
    after = _next(services, scope, asked, int(number)) if act != "undo" else asked.href()
    try:
        line = services.linking.undo(scope, int(number), why) if act == "undo" else services.linking.decide(scope, int(number), act, why)
    except Refused as error:
        return _said(words.refused(error), "act"), {"n": data.get("n")}
    except Conflict:
        return _said(t("别人刚刚作了决定，请看现在的情况。"), "wait"), {"href": asked.href(), "n": data.get("n")}
    except Forbidden:
        return _said(t("您没有作这个决定的权限，或有记录在您的范围之外。"), "act"), {"n": data.get("n")}
    except LookupError:
        return _said(t("这一对已不在：其中一条记录变了、撤回了，或不在您的查看范围内。"), "wait"), {"href": asked.href(pair=""), "n": data.get("n")}
    said = t("第 {n} 号决定已撤销。", n=line.id) if act == "undo" else t("已记下第 {n} 号决定：{what}。按 u 撤销。", n=line.id, what=t(words.VERDICTS[act]))
    return _said(said, "done"), {"href": after, "n": data.get("n")}


def _next(services: Any, scope: Scope, asked: state.LinkState, pair_id: int) -> str:
    """The pair after this one in the list as it is now; the list itself when it was the last."""
    order = [line.id for line in _queue(services, scope, asked).rows]
    at = order.index(pair_id) if pair_id in order else -1
    others = order[at + 1 :] or order[: max(0, at)]
    return asked.href(pair=str(others[0]) if others else "")


def _said(text: str, kind: str) -> el.Node:
    return el.P(text, f"lnsaid {kind}")
