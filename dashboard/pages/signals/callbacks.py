"""What the page of signals answers to: its lists, the form of a step, and the step itself."""

from __future__ import annotations

from datetime import date
from typing import Any

from dash import ALL
from dash.exceptions import PreventUpdate

from dashboard import asof
from dashboard.components import act_form
from dashboard.guard import BadInput, GuardedApp, Input, Output, State, here
from dashboard.i18n import t
from dashboard.pages.signals import figures, forms, state
from matters.access import Forbidden, Scope
from services.areas import UnknownArea
from services.signal_shapes import SignalDesk, SignalFile
from services.signals import Conflict, Refused

_FIELDS = {"form": "signal", "field": ALL}


def register(app: GuardedApp, services: Any) -> None:
    """Register the callbacks of this page."""

    @app.callback(Output("sg-bar", "children"), Output("sg-body", "children"), Input("here", "data"), Input("live", "data"), panel=1)
    def page(scope: Scope, data: dict[str, Any] | None, live: Any) -> tuple[Any, Any]:
        asked = _asked(data, services)
        if asof.current() is not None:
            return figures.plain_bar(), figures.past(asked)
        desk = _desk(services, scope, asked)
        opened = _file(services, scope, asked.id) if asked.id else None
        return figures.bar(services, scope, asked, desk), figures.body(services, scope, asked, desk, opened)

    @app.callback(Output("sg-form", "children"), Input("here", "data"))
    def form(scope: Scope, data: dict[str, Any] | None) -> Any:
        asked = _asked(data, services)
        if not asked.act or asof.current() is not None:
            return []
        return forms.form(_file(services, scope, asked.id).line, asked, services.now().date())

    @app.callback(Output("signal-said", "children"), Output("sg-done", "data"), Input("signal-send", "n_clicks"), State("signal-version", "data"),
                  State(_FIELDS, "id"), State(_FIELDS, "value"), State("here", "data"))  # fmt: skip
    def send(scope: Scope, clicks: int | None, version: int | None, ids: list[Any], values: list[Any], data: dict[str, Any] | None) -> tuple[Any, Any]:
        if not clicks:
            raise PreventUpdate
        asked = _asked(data, services)
        return _send(services, scope, asked, int(version or 0), act_form.values_of(ids, values, [None] * len(ids)))

    app.clientside_callback("cases", "done", Output("sg-done", "clear_data"), Input("sg-done", "data"))


def _asked(data: dict[str, Any] | None, services: Any) -> state.SignalState:
    at = here(data, services, "signals")
    return state.read(at)


def _desk(services: Any, scope: Scope, asked: state.SignalState) -> SignalDesk:
    wanted = asked.url.filter
    try:
        found: SignalDesk = services.signals.desk(scope, wanted.area, wanted.category, asked.kind)
    except UnknownArea as error:
        raise BadInput(t("没有这个地区：{code}", code=wanted.area[:20])) from error
    return found


def _file(services: Any, scope: Scope, signal_id: int) -> SignalFile:
    try:
        found: SignalFile = services.signals.get(scope, signal_id)
    except LookupError as error:
        raise KeyError(str(signal_id)) from error
    return found


def _send(services: Any, scope: Scope, asked: state.SignalState, version: int, given: dict[str, Any]) -> tuple[Any, Any]:
    """Take the step; a refusal is said in the form, and nothing typed is lost."""
    failed, back, why = t("没有记下"), asked.href(), str(given.get("why") or "")
    try:
        if asked.act == "undo":
            file = services.signals.get(scope, asked.id)
            services.signals.undo(scope, asked.id, version, file.line.undoable, why)
        else:
            services.signals.act(scope, asked.id, version, asked.act, why, until=_day(given.get("until")))
    except Conflict:
        return act_form.refused(failed, t("您打开这张表以后，有人已经处置了这条信号。先看现在的情况；写好的文字还在这里。"), back), None
    except Refused as error:
        return act_form.refused(failed, t(forms.REFUSED[error.reason])), None
    except (LookupError, Forbidden):
        return act_form.refused(failed, t("您没有这一步的权限，或它不在您的查看范围内。"), back), None
    return "", {"href": asked.href()}


def _day(text: Any) -> date | None:
    try:
        return date.fromisoformat(str(text or ""))
    except ValueError:
        return None
