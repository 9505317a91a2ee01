"""What the desk of supervision answers to."""

from __future__ import annotations

from typing import Any

from dash.exceptions import PreventUpdate

from dashboard import asof, el
from dashboard.components import drawn
from dashboard.guard import BadInput, GuardedApp, Input, Output, Packed, State, here
from dashboard.i18n import t
from dashboard.pages.matter import path_words
from dashboard.pages.supervision import figures, forms, state
from dashboard.pages.supervision.words import step
from matters.access import Forbidden, Scope
from services.areas import UnknownArea
from services.path_shapes import Conflict, Desk, Refused


def register(app: GuardedApp, services: Any) -> None:
    """Register the callbacks of this page."""

    drawn.register(app, "sv")

    @app.callback(Packed("sv-trees", "data"), Input("here", "data"), Input("live", "data"), panel=drawn.failed("sv-body"))
    def page(scope: Scope, data: dict[str, Any] | None, live: Any) -> dict[str, Any]:
        asked = _asked(data, services)
        if asof.current() is not None:
            return {"sv-bar": el.Div(el.Div(el.H1(t("督办")), "crumb"), "bar"), "sv-body": figures.past(asked)}
        desk = _desk(services, scope, asked)
        return {"sv-bar": figures.bar(services, scope, asked, desk), "sv-body": figures.body(services, scope, desk, asked)}

    @app.callback(Output("sv-form", "children"), Input("here", "data"))
    def form(scope: Scope, data: dict[str, Any] | None) -> Any:
        asked = _asked(data, services)
        if not asked.act:
            return []
        desk = _desk(services, scope, asked)
        line = next((p for p in desk.proposals if p.matter.code == asked.matter and p.step == asked.act), None)
        if line is None or not line.may:
            return forms.refused(t("这一步现在不能做"), t("规则不再提议它，或您没有这一步的权限。"), asked.href())
        return forms.issue(line, services.now().date(), asked.href())

    @app.callback(Output("sv-said", "children"), Output("sv-done", "data"), Input("sv-send", "n_clicks"), State("sv-version", "data"),
                  State("sv-why", "value"), State("sv-day", "value"), State("here", "data"))  # fmt: skip
    def send(scope: Scope, clicks: int | None, version: int | None, why: str | None, day: str | None, data: dict[str, Any] | None) -> tuple[Any, Any]:
        if not clicks:
            raise PreventUpdate
        asked = _asked(data, services)
        values = {"why": why or "", **({"answer_by": day} if day and asked.act != "urge" else {})}
        return _send(services, scope, asked, values, int(version or 0))

    app.clientside_callback("cases", "done", Output("sv-done", "clear_data"), Input("sv-done", "data"))


def _asked(data: dict[str, Any] | None, services: Any) -> state.DeskState:
    at = here(data, services, "supervision")
    return state.read(at)


def _desk(services: Any, scope: Scope, asked: state.DeskState) -> Desk:
    try:
        found: Desk = services.supervision.desk(scope, asked.area)
    except UnknownArea as error:
        raise BadInput(t("没有这个地区：{code}", code=asked.area[:20])) from error
    return found


def _send(services: Any, scope: Scope, asked: state.DeskState, values: dict[str, Any], version: int) -> tuple[Any, Any]:
    """Issue it; a refusal is said in the form, and nothing typed is lost."""
    title = t("没有发出")
    try:
        services.path.act(scope, asked.matter, asked.act, values, version)
    except Conflict:
        return forms.refused(title, t("您打开这张表以后，有人已经办了这件事项。先看现在的情况；写好的文字还在这里。"), asked.href()), None
    except Refused as error:
        return forms.refused(title, path_words.refusal(error), asked.href()), None
    except LookupError:
        return forms.refused(title, t("没有这件事项，或不在您的查看范围内。"), asked.href()), None
    except Forbidden:
        return forms.refused(title, t("您没有发出{step}的权限。", step=step(asked.act)), asked.href()), None
    return "", {"href": asked.href()}
