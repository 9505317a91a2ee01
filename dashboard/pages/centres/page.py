"""The directory of dispute centres: a map of those that run and those planned, counties, townships."""

from __future__ import annotations

from typing import Any

from dash import html

from dashboard import panels
from dashboard.i18n import t
from matters.access import Scope


def title(services: Any, scope: Scope, params: dict[str, str]) -> str:
    """Title of the document."""
    return t("矛调中心")


def layout(params: dict[str, str]) -> html.Div:
    """The frame of the page."""
    head = html.Div(html.Div(html.H1(t("矛调中心")), className="crumb"), className="bar")
    return html.Div([html.Div(head, id="centres-bar"), html.Div(panels.skeleton(10), id="centres-body")], className="centres")
