"""Groups of matters about one object: those that wait for a person's word, those confirmed, those dissolved."""

from __future__ import annotations

from typing import Any

from dash import html

from dashboard import panels
from dashboard.i18n import t
from matters.access import Scope


def title(services: Any, scope: Scope, params: dict[str, str]) -> str:
    """Title of the document."""
    return t("群体事项")


def layout(params: dict[str, str]) -> html.Div:
    """The frame of the page."""
    head = html.Div(html.Div(html.H1(t("群体事项")), className="crumb"), className="bar")
    return html.Div([html.Div(head, id="groups-bar"), html.Div(panels.skeleton(10), id="groups-table")], className="groups")
