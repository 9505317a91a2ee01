"""What the list of groups answers to."""

from __future__ import annotations

from typing import Any

from dashboard import asof
from dashboard.guard import GuardedApp, Input, Output, here
from dashboard.pages.groups import figures
from matters.access import Scope


def register(app: GuardedApp, services: Any) -> None:
    """Register the callbacks of /groups."""

    @app.callback(Output("groups-bar", "children"), Output("groups-table", "children"), Input("here", "data"), Input("live", "data"), panel=1)
    def page(scope: Scope, data: dict[str, Any] | None, live: Any) -> tuple[Any, Any]:
        at = here(data, services, "groups")
        if asof.current() is not None:
            return figures.bar(at, None), figures.only_now(at)
        lines = services.groups.all(scope)
        return figures.bar(at, lines), figures.body(services, at, scope, lines)
