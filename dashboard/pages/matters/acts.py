"""What the list does besides showing: views are kept and let go, exports begun, followed and ended."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from dash import no_update
from dash.exceptions import PreventUpdate

from dashboard import el, urlstate
from dashboard.components import case_forms
from dashboard.guard import BadInput, GuardedApp, Input, Output, State, here
from dashboard.i18n import lang, t
from dashboard.pages.matters import state
from dashboard.pages.matters.export import sheet_columns
from matters.access import Scope
from services.exports import Busy
from services.views import MOST, NAME_LENGTH, Refused

Data = dict[str, Any] | None


def register_acts(app: GuardedApp, services: Any) -> None:
    """Register what cases.js asks for."""

    @app.callback(Output("cases-told", "children"), Output("cases-viewed", "data"), Input("cases-act", "data"), State("here", "data"))
    def views(scope: Scope, act: Data, data: Data) -> tuple[Any, Any]:
        if not act:
            raise PreventUpdate
        at = here(data, services)
        if act.get("kind") == "drop":
            services.views.drop(scope, _number(act.get("id")))
            return [], act.get("n")
        kept = replace(at.state, lang="", bad=(), filter=at.state.filter.with_(as_of=None))
        try:
            services.views.keep(scope, str(act.get("name") or ""), urlstate.write(kept), bool(act.get("shared")))
        except Refused as refused:
            return el.Div(_refused(refused.reason), "job wait"), no_update
        return [], act.get("n")

    @app.callback(Output("cases-job", "children"), Input("cases-ask", "data"), State("here", "data"))
    def export(scope: Scope, ask: Data, data: Data) -> Any:
        if not ask:
            raise PreventUpdate
        if ask.get("kind") == "start":
            return _start(services, scope, str(ask.get("fmt")), data)
        job_id = str(ask.get("id"))
        if ask.get("kind") == "cancel":
            services.exports.cancel(scope, job_id)
        job = services.exports.state(scope, job_id)
        return case_forms.progress(job) if job else []

    app.clientside_callback("cases", "follow", Output("cases-job", "title"), Input("cases-job", "children"))


def _start(services: Any, scope: Scope, fmt: str, data: Data) -> Any:
    at = here(data, services)
    asked = state.read(at.state)
    if fmt not in ("csv", "xlsx"):
        raise BadInput(t("只能导出 CSV 或 Excel。"))
    try:
        job = services.exports.start(scope, asked.filter, asked.sort, asked.descending, sheet_columns(asked.columns), fmt, lang(), at.search)
    except Busy:
        return case_forms.busy()
    return case_forms.progress(job)


def _refused(reason: str) -> str:
    return {"name": t("视图要有名字，至多 {n} 个字。", n=NAME_LENGTH), "query": t("这张清单的条件太长，存不下。"),
            "many": t("您已存了 {n} 个视图，请先删去一些。", n=MOST)}[reason]  # fmt: skip


def _number(value: Any) -> int:
    try:
        return int(value)
    except (TypeError, ValueError):
        raise BadInput(t("没有这个视图。")) from None
