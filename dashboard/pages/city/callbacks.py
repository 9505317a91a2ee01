"""What the pages of city, counties and townships answer to: they are one page at three levels."""

from __future__ import annotations

from typing import Any

from dashboard import map_routes
from dashboard.components import area_page
from dashboard.guard import GuardedApp
from dashboard.pages.city import figures
from dashboard.pages.county import figures as county
from dashboard.pages.township import figures as township


def register(app: GuardedApp, services: Any) -> None:
    """Register the callbacks of all areas' pages."""
    area_page.register(app, services, {"city": figures.answer, "county": county.answer, "township": township.answer})
    map_routes.register(app, services)
