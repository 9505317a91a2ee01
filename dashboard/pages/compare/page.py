"""Two periods side by side: two maps in the same classes, their figures, and the differences area by area."""

from __future__ import annotations

from typing import Any

from dash import html

from dashboard import panels
from dashboard.components import area_map, drawn, overview
from dashboard.i18n import t
from matters.access import Scope

SIDES = ("compare-a", "compare-b")


def title(services: Any, scope: Scope, params: dict[str, str]) -> str:
    """Title of the document."""
    return t("两段并排")


def layout(params: dict[str, str]) -> html.Div:
    """The frame of the page; callbacks.py fills it."""
    maps = [overview.panel(html.Div(id=f"{side}-head", className="ph"), area_map.frame(side), className="map-panel") for side in SIDES]
    figures = html.Section(panels.skeleton(3), id="compare-figs", className="sheet figs", **{"aria-label": t("主要数字")})
    return html.Div(
        [*drawn.stores("compare"), html.Div(id="compare-bar", className="bar"),
         html.Div(id="compare-state", className="state"), figures, html.Div(maps, className="sheet two", id="compare-maps"),
         html.Div(html.Section(panels.skeleton(8), id="compare-table", className="p"), className="sheet one"),
         html.Footer(id="compare-foot", className="foot")],
        className="area-page compare-page", id="compare-root",
    )  # fmt: skip
