"""The list of areas and trades under targeted remediation as a sheet of A4: what the office prints and puts up."""

from __future__ import annotations

from typing import Any

from dash import html

from dashboard import panels
from dashboard.i18n import t
from matters.access import Scope


def title(services: Any, scope: Scope, params: dict[str, str]) -> str:
    """Title of the document."""
    return t("挂牌整治名单")


def layout(params: dict[str, str]) -> html.Div:
    """The frame of the page."""
    head = html.Div(html.Div(html.H1(t("挂牌整治名单")), className="crumb"), className="bar")
    return html.Div([html.Div(head, id="notice-bar"), html.Div(panels.skeleton(10), id="notice-sheet")], className="notice-page")
