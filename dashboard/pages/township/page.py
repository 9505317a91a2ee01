"""A township: its figures, villages, open matters, its centre, whether it is listed, how it has been going."""

from __future__ import annotations

from typing import Any

from dash import html

from dashboard.components import area_map, listing_card, overview
from dashboard.components.filter_bar import area_name


def title(services: Any, scope: Any, params: dict[str, str]) -> str:
    """The township's name. UnknownArea for another level's code, Forbidden outside the scope."""
    area = services.areas.info(params["code"])
    if area.level != "township":
        raise KeyError(params["code"])
    services.areas.require(scope, area.code)
    return area_name(area)


def layout(params: dict[str, str]) -> html.Div:
    """The frame of the page; callbacks.py fills it."""
    drawn = [html.Div(id="township-map-head", className="ph"), area_map.frame("township"), html.P(id="township-recon", className="recon")]
    where = html.Section([html.Div(id="township-facts", className="where"), *drawn, html.Div(id="township-villages")],
                         className="p villages-panel map-panel")  # fmt: skip
    margin = html.Section([listing_card.frame("township"), html.Div(id="township-centre")], className="p ctr")
    one = html.Div([where, overview.panel(id="township-open", className="open-panel"), margin], className="sheet d1")
    two = html.Div([overview.trend_panel("township"), overview.panel(id="township-kinds"),
                    overview.panel(id="township-who", className="who-panel")], className="sheet d2")  # fmt: skip
    return overview.frame("township", one, two)
