"""What the directory of centres answers to."""

from __future__ import annotations

from typing import Any

from dashboard import asof
from dashboard.guard import GuardedApp, Input, Output, here
from dashboard.pages.centres import figures
from matters.access import Scope


def register(app: GuardedApp, services: Any) -> None:
    """Register the callbacks of /centres."""

    @app.callback(Output("centres-bar", "children"), Output("centres-body", "children"), Input("here", "data"), Input("live", "data"), panel=1)
    def page(scope: Scope, data: dict[str, Any] | None, live: Any) -> tuple[Any, Any]:
        at = here(data, services, "centres")
        if asof.current() is not None:
            return figures.bar(services, scope, at), figures.only_now()
        lines = services.centres.all(scope, at.state.filter.window)
        return figures.bar(services, scope, at), figures.body(services, scope, at, lines)
