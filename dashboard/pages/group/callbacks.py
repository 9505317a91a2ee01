"""What the page of one group answers to: its parts, the form of an act, and the act itself."""

from __future__ import annotations

from typing import Any

from dash import ALL
from dash.exceptions import PreventUpdate

from dashboard import asof
from dashboard.components import act_form, group_words
from dashboard.guard import BadInput, GuardedApp, Here, Input, Output, State, here
from dashboard.i18n import t
from dashboard.pages.group import figures
from dashboard.pages.groups import figures as list_figures
from matters.access import Forbidden, Scope
from services.group_shapes import GroupFile
from services.groups import Conflict, Refused

_FIELDS = {"form": "group", "field": ALL}


def register(app: GuardedApp, services: Any) -> None:
    """Register the callbacks of /group/<id>."""

    @app.callback(Output("group-body", "children"), Input("here", "data"), Input("live", "data"))
    def body(scope: Scope, data: dict[str, Any] | None, live: Any) -> Any:
        at = _at(data, services)
        return list_figures.only_now(at) if asof.current() is not None else figures.body(services, scope, at, _file(services, scope, at))

    @app.callback(Output("group-form", "children"), Input("here", "data"))
    def form(scope: Scope, data: dict[str, Any] | None) -> Any:
        at = _at(data, services)
        act = at.state.extra.get("act", "")
        return figures.form(_file(services, scope, at), act, at) if act and asof.current() is None else []

    @app.callback(Output("group-said", "children"), Output("group-done", "data"), Input("group-send", "n_clicks"), State("group-version", "data"),
                  State(_FIELDS, "id"), State(_FIELDS, "value"), State("here", "data"))  # fmt: skip
    def send(scope: Scope, clicks: int | None, version: int | None, ids: list[Any], values: list[Any], data: dict[str, Any] | None) -> tuple[Any, Any]:
        if not clicks:
            raise PreventUpdate
        at = _at(data, services)
        given = act_form.values_of(ids, values, [None] * len(ids))
        return _send(services, scope, at, int(version or 0), given)

    app.clientside_callback("cases", "done", Output("group-done", "clear_data"), Input("group-done", "data"))


def _at(data: dict[str, Any] | None, services: Any) -> Here:
    at = here(data, services, "group")
    return at


def _id(at: Here) -> int:
    return int(at.params["id"][:9]) if at.params["id"].isdigit() else 0


def _file(services: Any, scope: Scope, at: Here) -> GroupFile:
    try:
        found: GroupFile = services.groups.get(scope, _id(at))
    except LookupError as error:
        raise KeyError(at.params["id"]) from error
    return found


def _send(services: Any, scope: Scope, at: Here, version: int, given: dict[str, Any]) -> tuple[Any, Any]:
    """Take the step; a refusal is said in the form, and nothing typed is lost."""
    act, back = at.state.extra.get("act", ""), figures.back(at)
    why, record = str(given.get("why") or ""), str(given.get("record") or "0")
    if not record.isdigit():
        raise BadInput(t(group_words.REFUSED["member"]))
    try:
        if act == "undo":
            services.groups.undo(scope, _id(at), version, _file(services, scope, at).undoable, why)
        else:
            services.groups.act(scope, _id(at), version, act, why, name=str(given.get("name") or ""), record=int(record))
    except Conflict:
        return act_form.refused(t("没有记下"), t("您打开这张表以后，有人已经改了这个群体。先看现在的情况；写好的文字还在这里。"), back), None
    except Refused as error:
        return act_form.refused(t("没有记下"), t(group_words.REFUSED[error.reason])), None
    except (LookupError, Forbidden):
        return act_form.refused(t("没有记下"), t("您没有这一步的权限，或它不在您的查看范围内。"), back), None
    return "", {"href": back}
