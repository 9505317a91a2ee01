"""What the page of one listing answers to; its form is registered with the listings (pages/listings/callbacks.py)."""

from __future__ import annotations

from typing import Any

from dashboard.guard import GuardedApp, Input, Output, here
from dashboard.pages.listing import figures, photos
from dashboard.pages.listings import state
from matters.access import Scope


def register(app: GuardedApp, services: Any) -> None:
    """Register the callbacks of this page, and the addresses of its photos."""
    photos.register(app, services)

    @app.callback(Output("listing-crumb", "children"), Output("listing-body", "children"), Input("here", "data"), Input("live", "data"), panel=1)
    def body(scope: Scope, data: dict[str, Any] | None, live: Any) -> tuple[Any, Any]:
        at = here(data, services, "listing")
        asked = state.read(at)
        file = state.file(services, scope, asked.chosen)
        return figures.crumb(file), figures.body(services, scope, file, asked)
