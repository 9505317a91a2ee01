"""What the operator's page answers to, and the addresses of the wall itself."""

from __future__ import annotations

from typing import Any

from dash import ALL, ctx
from dash.exceptions import PreventUpdate

from dashboard import panels
from dashboard.guard import BadInput, GuardedApp, Input, Output, State, here
from dashboard.i18n import t
from dashboard.pages.wall import figures, lists, routes
from matters.access import Scope
from services.displays import Display
from store.listings import Conflict

SHOWN = "*"  # as a pin: whatever the wall shows when it hears of it, which only the wall knows


def register(app: GuardedApp, services: Any) -> None:
    """Register the callbacks of the operator's page and the wall's own addresses."""
    routes.register(app.server, services)

    @app.callback(Output("wall-alarms", "children"), Input("here", "data"), Input("live", "data"), Input("wall-done", "data"))
    def alarms(scope: Scope, data: Any, live: Any, done: Any) -> Any:
        _here(scope, data, services)
        return figures.alarms(services, services.wall.alarms.now(scope), services.now())

    @app.callback(Output("wall-displays", "children"), Input("here", "data"), Input("wall-done", "data"))
    def displays(scope: Scope, data: Any, done: Any) -> Any:
        _here(scope, data, services)
        return figures.displays(services, scope, services.displays.every(scope), services.now())

    @app.callback(Output("wall-said", "children"), Output("wall-done", "data"), Input({"wall": "ack", "key": ALL}, "n_clicks"),
                  Input({"wall": "do", "id": ALL, "do": ALL}, "n_clicks"), State({"wall": "text", "id": ALL}, "value"),
                  State({"wall": "text", "id": ALL}, "id"),
                  State({"wall": "set", "id": ALL, "field": ALL}, "value"), State({"wall": "set", "id": ALL, "field": ALL}, "id"))  # fmt: skip
    def act(scope: Scope, acks: Any, does: Any, texts: Any, text_ids: Any, values: Any, value_ids: Any) -> tuple[Any, Any]:
        asked, clicked = ctx.triggered_id, [x["value"] for x in ctx.triggered]
        if not isinstance(asked, dict) or not any(clicked):
            raise PreventUpdate
        scope.require("operate_wall")
        if asked["wall"] == "ack":
            done = services.wall.alarms.acknowledge(scope, str(asked["key"]))
            return (t("已确认。") if done else t("这条告警已经解除，或有人已确认。")), {"n": services.now().isoformat()}
        typed = {i["id"]: v for i, v in zip(text_ids, texts, strict=True)}
        setup = {i["field"]: v for i, v in zip(value_ids, values, strict=True) if i["id"] == asked["id"]}
        return _told(services, scope, int(asked["id"]), str(asked["do"]), str(typed.get(asked["id"]) or ""), setup), {"n": services.now().isoformat()}


def _here(scope: Scope, data: Any, services: Any) -> None:
    here(data, services, "wall")
    scope.require("operate_wall")


def _told(services: Any, scope: Scope, display: int, do: str, text: str, setup: dict[str, Any]) -> Any:
    """Tell a display one thing; what came of it, in words."""
    now: Display | None = next((d for d in services.displays.every(scope) if d.id == display), None)
    if now is None:
        return panels.bad_input(t("没有这块大屏，或不在您的查看范围内。"))
    orders = now.orders
    try:
        if do == "revoke":
            services.displays.revoke(scope, display)
            return t("{name} 已停用。", name=now.name)
        if do in ("setup", "sound"):
            services.displays.arrange(scope, display, **(setup if do == "setup" else {"sound": not now.setup["sound"]}))
            return t("{name} 已保存。", name=now.name)
        services.displays.order(scope, display, **_orders(do, text, orders, now, services))
    except ValueError as error:
        raise BadInput(str(error)) from error
    except (Conflict, LookupError):
        return panels.bad_input(t("有人刚刚改过这块大屏，请再看一眼。"))
    return t("{name} 已照办。", name=now.name)


def _orders(do: str, text: str, orders: dict[str, Any], display: Display, services: Any) -> dict[str, Any]:
    """The orders behind a button."""
    if do.startswith("scene="):
        key = do.removeprefix("scene=")
        if key not in {k for k, _ in figures.scenes(services, display)}:
            raise BadInput(t("没有这个画面。"))
        if key == "signals" and lists.signals(services, services.wall.read(display.scope)) is None:
            raise BadInput(t("预警信号还没有内容可放。"))
        return {"scene": key, "pin": key if orders.get("pin") or key == "check" else ""}
    if do == "pin":
        return {"pin": "" if orders.get("pin") else SHOWN}
    if do == "pause":
        return {"paused": not orders.get("paused")}
    if do in ("text", "clear"):
        return {"text": text.strip() if do == "text" else ""}
    raise BadInput(t("没有这个操作。"))
