"""What the printed list answers to."""

from __future__ import annotations

from typing import Any

from dashboard import asof
from dashboard.guard import GuardedApp, Input, Output, here
from dashboard.pages.notice import figures
from matters.access import Scope


def register(app: GuardedApp, services: Any) -> None:
    """Register the callback of /listings/notice."""

    @app.callback(Output("notice-bar", "children"), Output("notice-sheet", "children"), Input("here", "data"), Input("live", "data"), panel=1)
    def page(scope: Scope, data: dict[str, Any] | None, live: Any) -> tuple[Any, Any]:
        here(data, services, "notice")
        lines = services.listings.all(scope, as_of=asof.current())
        return figures.bar(), figures.sheet(services, services.areas.home(scope), lines, asof.today(services))
