"""A county: its townships on a map and in a table, its centre and listings, what is open, how it has been going."""

from __future__ import annotations

from typing import Any

from dash import html

from dashboard.components import listing_card, overview
from dashboard.components.filter_bar import area_name


def title(services: Any, scope: Any, params: dict[str, str]) -> str:
    """The county's name. UnknownArea for another level's code, Forbidden outside the scope."""
    area = services.areas.info(params["code"])
    if area.level != "county":
        raise KeyError(params["code"])
    services.areas.require(scope, area.code)
    return area_name(area)


def layout(params: dict[str, str]) -> html.Div:
    """The frame of the page; callbacks.py fills it."""
    margin = html.Section([html.Div(id="county-centre"), listing_card.frame("county")], className="p ctr")
    one = html.Div([overview.map_panel("county"), overview.panel(id="county-rank", className="rank-panel"), margin], className="sheet d1")
    two = html.Div([overview.trend_panel("county"), overview.panel(id="county-kinds"),
                    overview.panel(id="county-open", className="open-panel")], className="sheet d2")  # fmt: skip
    return overview.frame("county", one, two, html.Div([overview.panel(id="county-who", className="who-panel")], className="sheet d3"))
