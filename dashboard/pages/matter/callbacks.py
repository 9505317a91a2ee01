"""What the file of a matter answers to."""

from __future__ import annotations

from typing import Any

from dash import ctx, no_update
from dash.exceptions import PreventUpdate

from dashboard import asof
from dashboard.guard import GuardedApp, Input, Output, State, here
from dashboard.pages.matter import acts, figures, forms
from matters.access import Scope
from services.shapes import MatterFile


def register(app: GuardedApp, services: Any) -> None:
    """Register the callbacks of this page."""

    def file_at(scope: Scope, data: dict[str, Any] | None) -> tuple[str, MatterFile]:
        """The code in the address and its file, as of the moment of the address."""
        at = here(data, services, "matter")
        file = services.matters.file(scope, at.params["code"], asof.current())
        if file is None:
            raise KeyError(at.params["code"])
        return at.params["code"], file

    @app.callback(Output("matter-body", "children"), Output("matter-moved", "title"), Input("here", "data"), Input("live", "data"),
                  Input("matter-tick", "data"))  # fmt: skip
    def body(scope: Scope, data: dict[str, Any] | None, live: Any, tick: Any) -> tuple[Any, Any]:
        code, file = file_at(scope, data)
        if ctx.triggered_id not in ("live", "matter-tick"):  # not when new data or an act of one's own draw the open file anew
            services.auth.opened(scope, file.matter.code, "page")
        # A merged matter answers to its former codes: the address then takes the code in force, and says so.
        moved = file.matter.code if file.matter.code != code else no_update
        return figures.body(services, scope, file, code), moved

    @app.callback(Output("matter-form", "children"), Input("matter-open", "data"), State("here", "data"), prevent_initial_call=True)
    def form(scope: Scope, asked: dict[str, Any] | None, data: dict[str, Any] | None) -> Any:
        if not asked:
            return []
        return forms.form(services, scope, file_at(scope, data)[1], asked)

    @app.callback(Output("matter-said", "children"), Output("matter-done", "data"), Input("matter-ask", "data"), State("here", "data"),
                  prevent_initial_call=True)  # fmt: skip
    def ask(scope: Scope, asked: dict[str, Any] | None, data: dict[str, Any] | None) -> tuple[Any, Any]:
        if not asked:
            raise PreventUpdate
        _, file = file_at(scope, data)
        if file.as_of is not None:
            raise PreventUpdate  # the past is for looking
        said, done, version = acts.do(services, scope, file.matter.code, asked)
        return said, {"done": done, "version": version, "n": asked.get("n") if isinstance(asked, dict) else None}

    app.clientside_callback("cases", "moved", Output("matter-moved", "hidden"), Input("matter-moved", "title"))
    app.clientside_callback("file", "formed", Output("matter-form", "title"), Input("matter-form", "children"), prevent_initial_call=True)
    app.clientside_callback("file", "done", Output("matter-done", "clear_data"), Input("matter-done", "data"), prevent_initial_call=True)
