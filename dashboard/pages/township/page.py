"""A township: its figures, villages, open matters, its centre, whether it is listed, how it has been going."""

from __future__ import annotations

from typing import Any

from dash import html

from dashboard.components import area_page
from dashboard.components.filter_bar import area_name


def title(services: Any, scope: Any, params: dict[str, str]) -> str:
    """The township's name. UnknownArea for another level's code, Forbidden outside the scope."""
    area = services.areas.info(params["code"])
    if area.level != "township":
        raise KeyError(params["code"])
    services.areas.require(scope, area.code)
    return area_name(area)


def layout(params: dict[str, str]) -> html.Div:
    """The frame of the page, that of all areas."""
    return area_page.layout("township")
