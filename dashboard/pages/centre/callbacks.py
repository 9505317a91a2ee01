"""What the page of one centre answers to: its parts, a form, the change."""

from __future__ import annotations

from datetime import date
from typing import Any

from dash import ALL
from dash.exceptions import PreventUpdate

from dashboard import asof
from dashboard.components import act_form, centre_words
from dashboard.guard import GuardedApp, Here, Input, Output, State, here
from dashboard.i18n import t
from dashboard.pages.centre import figures, forms
from dashboard.pages.centres.figures import only_now
from matters.access import Forbidden, Scope
from services.centres import CentreFile, Conflict, Wrong

_FIELDS = {"form": "centre", "field": ALL}


def register(app: GuardedApp, services: Any) -> None:
    """Register the callbacks of /centre/<code>."""

    @app.callback(Output("centre-body", "children"), Input("here", "data"), Input("live", "data"))
    def body(scope: Scope, data: dict[str, Any] | None, live: Any) -> Any:
        at = _at(data, services)
        return only_now() if asof.current() is not None else figures.body(services, scope, at, _file(services, scope, at))

    @app.callback(Output("centre-form", "children"), Input("here", "data"))
    def form(scope: Scope, data: dict[str, Any] | None) -> Any:
        at = _at(data, services)
        act = at.state.extra.get("act", "")
        if not act or asof.current() is not None:
            return []
        scope.require("edit_centre")
        return forms.form(act, _file(services, scope, at), services.centres.given(scope, at.params["code"]), at, services.now().date())

    @app.callback(Output("centre-said", "children"), Output("centre-done", "data"), Input("centre-send", "n_clicks"), State("centre-version", "data"),
                  State(_FIELDS, "id"), State(_FIELDS, "value"), State(_FIELDS, "date"), State("here", "data"))  # fmt: skip
    def send(scope: Scope, clicks: int | None, version: int | None, ids: list[Any], values: list[Any], dates: list[Any],
             data: dict[str, Any] | None) -> tuple[Any, Any]:  # fmt: skip
        if not clicks:
            raise PreventUpdate
        return _send(services, scope, _at(data, services), int(version or 0), act_form.values_of(ids, values, dates))

    app.clientside_callback("cases", "done", Output("centre-done", "clear_data"), Input("centre-done", "data"))


def _at(data: dict[str, Any] | None, services: Any) -> Here:
    at = here(data, services, "centre")
    return at


def _file(services: Any, scope: Scope, at: Here) -> CentreFile:
    try:
        found: CentreFile = services.centres.get(scope, at.params["code"], at.state.filter.window, figures.month_of(at))
    except LookupError as error:
        raise KeyError(at.params["code"]) from error
    return found


def _send(services: Any, scope: Scope, at: Here, version: int, given: dict[str, Any]) -> tuple[Any, Any]:
    """Make the change; a refusal is said in the form, and nothing typed is lost."""
    back, code, act, why = figures.back(at), at.params["code"], at.state.extra.get("act", ""), str(given.pop("why", "") or "")
    try:
        if act == "undo":
            services.centres.undo(scope, code, version, why)
        elif act == "day":
            services.centres.set_day(scope, code, version, _day(given.get("day")), given.get("who") or "", why)
        elif act in ("edit", "rota"):
            services.centres.edit(scope, code, version, given, why, act)
        else:
            raise PreventUpdate
    except Conflict:
        return act_form.refused(t("没有记下"), t("您打开这张表以后，有人已经改了这个中心。先看现在的情况；写好的文字还在这里。"), back), None
    except Wrong as error:
        return act_form.refused(t("没有记下"), centre_words.wrong(error.field)), None
    except (LookupError, Forbidden):
        return act_form.refused(t("没有记下"), t("您没有这一步的权限，或它不在您的查看范围内。"), back), None
    return "", {"href": back}


def _day(value: Any) -> date:
    try:
        return date.fromisoformat(str(value)[:10])
    except ValueError:
        raise Wrong("day") from None
