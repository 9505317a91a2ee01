"""The city at a glance: five figures, the counties on a map and in a table, what is open, how it has been going."""

from __future__ import annotations

from typing import Any

from dash import html

from dashboard.components import area_page
from dashboard.components.filter_bar import area_name


def title(services: Any, scope: Any, params: dict[str, str]) -> str:
    """The city's name."""
    return area_name(services.areas.home(scope))


def layout(params: dict[str, str]) -> html.Div:
    """The frame of the page, that of all areas."""
    return area_page.layout("city")
