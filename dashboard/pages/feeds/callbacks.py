"""What the page of the feeds answers to."""

from __future__ import annotations

from typing import Any

from dash.exceptions import PreventUpdate

from dashboard.guard import GuardedApp, Input, Output, here
from dashboard.pages.feeds import figures
from matters.access import Scope


def register(app: GuardedApp, services: Any) -> None:
    """Register the callbacks of this page."""

    @app.callback(Output("feeds-body", "children"), Input("here", "data"), Input("live", "data"))
    def body(scope: Scope, data: dict[str, Any] | None, live: Any) -> Any:
        at = here(data, services)
        if at.key != "feeds":
            raise PreventUpdate
        return figures.body(services, scope, at)
