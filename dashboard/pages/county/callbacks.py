"""What a county's page answers to."""

from __future__ import annotations

from typing import Any

from dashboard.components import overview
from dashboard.guard import GuardedApp, Input, Output, State
from dashboard.pages.county import figures

KEY = "county"


def register(app: GuardedApp, services: Any) -> None:
    """Register the callbacks of this page."""
    outputs = [
        *overview.map_outputs(KEY), *overview.children(KEY, "rank", "centre", "listing"), Output(f"{KEY}-listing-data", "data"),
        *overview.children(KEY, "listing-words"), Output(f"{KEY}-trend-data", "data"), *overview.children(KEY, "kinds", "open", "who"),
    ]  # fmt: skip
    overview.register(app, services, KEY, outputs, figures.answer)
    overview.draw(app, KEY)
    app.clientside_callback("yizhan", "listed", Output(f"{KEY}-listing-sink", "title"), Input(f"{KEY}-listing-data", "data"),
                            State(f"{KEY}-listing-chart", "id"))  # fmt: skip
