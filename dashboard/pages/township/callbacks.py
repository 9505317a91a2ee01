"""What a township's page answers to."""

from __future__ import annotations

from typing import Any

from dashboard.components import overview
from dashboard.guard import GuardedApp, Output
from dashboard.pages.township import figures

KEY = "township"


def register(app: GuardedApp, services: Any) -> None:
    """Register the callbacks of this page."""
    outputs = [Output(f"{KEY}-areas", "url"), Output(f"{KEY}-areas", "hideout"), Output(f"{KEY}-trend-data", "data"),
               Output(f"{KEY}-listing-data", "data")]  # fmt: skip
    overview.register(app, services, KEY, outputs, figures.answer)
