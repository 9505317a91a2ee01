"""Areas and trades under targeted remediation: the table, the map, those that wait, and one of them in full."""

from __future__ import annotations

from typing import Any

from dash import dcc, html

from dashboard import panels
from dashboard.i18n import t
from matters.access import Scope


def title(services: Any, scope: Scope, params: dict[str, str]) -> str:
    """Title of the document."""
    return t("挂牌整治")


def layout(params: dict[str, str]) -> html.Div:
    """The frame of the page; the form stands apart, so that new data never take away what is being typed."""
    return html.Div([
        html.Div(html.Div(html.H1(t("挂牌整治")), className="crumb bar"), id="listings-bar"),
        html.Div(panels.skeleton(10), id="listings-table"),
        html.Div(id="listing-form"),
        html.Div(id="listing-detail"),
        dcc.Store(id="listing-done"),
    ], className="listings")  # fmt: skip
