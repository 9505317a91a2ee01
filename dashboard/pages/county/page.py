"""A county: its townships on a map and in a table, its centre and listings, what is open, how it has been going."""

from __future__ import annotations

from typing import Any

from dash import html

from dashboard.components import area_page
from dashboard.components.filter_bar import area_name


def title(services: Any, scope: Any, params: dict[str, str]) -> str:
    """The county's name. UnknownArea for another level's code, Forbidden outside the scope."""
    area = services.areas.info(params["code"])
    if area.level != "county":
        raise KeyError(params["code"])
    services.areas.require(scope, area.code)
    return area_name(area)


def layout(params: dict[str, str]) -> html.Div:
    """The frame of the page, that of all areas."""
    return area_page.layout("county")
