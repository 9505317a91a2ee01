"""What the city's page answers to."""

from __future__ import annotations

from typing import Any

from dashboard import map_routes
from dashboard.components import overview
from dashboard.guard import GuardedApp, Output
from dashboard.pages.city import figures

KEY = "city"


def register(app: GuardedApp, services: Any) -> None:
    """Register the callbacks of this page."""
    outputs = [Output(f"{KEY}-areas", "url"), Output(f"{KEY}-areas", "hideout"), Output(f"{KEY}-trend-data", "data")]
    overview.register(app, services, KEY, outputs, figures.answer)
    map_routes.register(app, services)
