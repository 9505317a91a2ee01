"""The city at a glance: five figures, the counties on a map and in a table, what is open, how it has been going."""

from __future__ import annotations

from typing import Any

from dash import html

from dashboard.components import overview
from dashboard.components.filter_bar import area_name


def title(services: Any, scope: Any, params: dict[str, str]) -> str:
    """The city's name."""
    return area_name(services.areas.home(scope))


def layout(params: dict[str, str]) -> html.Div:
    """The frame of the page; callbacks.py fills it."""
    one = html.Div([overview.map_panel("city"), overview.panel(id="city-rank", className="rank-panel"),
                    overview.panel(id="city-open", className="open-panel")], className="sheet d1")  # fmt: skip
    two = html.Div([overview.trend_panel("city"), overview.panel(id="city-kinds"), overview.panel(id="city-who", className="who-panel")],
                   className="sheet d2")  # fmt: skip
    return overview.frame("city", one, two)
