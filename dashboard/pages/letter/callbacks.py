"""What the page of one letter answers to; its form is registered with the list (pages/letters/callbacks.py)."""

from __future__ import annotations

from typing import Any

from dashboard import asof
from dashboard.guard import GuardedApp, Input, Output, here
from dashboard.pages.letter import figures
from dashboard.pages.letters import figures as list_figures
from dashboard.pages.letters.callbacks import file_of
from matters.access import Scope


def register(app: GuardedApp, services: Any) -> None:
    """Register the callbacks of /letter/<id>."""

    @app.callback(Output("letter-crumb", "children"), Output("letter-body", "children"), Input("here", "data"), Input("live", "data"), panel=1)
    def body(scope: Scope, data: dict[str, Any] | None, live: Any) -> tuple[Any, Any]:
        at = here(data, services, "letter")
        if asof.current() is not None:
            return [], list_figures.only_now()
        file = file_of(services, scope, at)
        return figures.crumb(at, scope, file), figures.body(services, scope, at, file)
