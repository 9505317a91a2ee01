"""What the file of a matter answers to."""

from __future__ import annotations

from typing import Any

from dash import no_update
from dash.exceptions import PreventUpdate

from dashboard import asof
from dashboard.guard import GuardedApp, Input, Output, here
from dashboard.pages.matter import figures
from matters.access import Scope


def register(app: GuardedApp, services: Any) -> None:
    """Register the callbacks of this page."""

    @app.callback(Output("matter-body", "children"), Output("matter-moved", "title"), Input("here", "data"), Input("live", "data"))
    def body(scope: Scope, data: dict[str, Any] | None, live: Any) -> tuple[Any, Any]:
        at = here(data, services)
        if at.key != "matter":
            raise PreventUpdate
        file = services.matters.file(scope, at.params["code"], asof.current())
        if file is None:
            raise KeyError(at.params["code"])
        # A merged matter answers to its former codes: the address then takes the code in force.
        moved = file.matter.code if file.matter.code != at.params["code"] else no_update
        return figures.body(services, scope, file), moved

    app.clientside_callback("cases", "moved", Output("matter-moved", "hidden"), Input("matter-moved", "title"))
