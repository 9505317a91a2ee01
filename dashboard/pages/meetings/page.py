"""The meetings: those that were frozen, the latest in full."""

from __future__ import annotations

from typing import Any

from dash import dcc, html

from dashboard import panels
from dashboard.i18n import t
from matters.access import Forbidden, Scope


def title(services: Any, scope: Scope, params: dict[str, str]) -> str:
    """Title of the document."""
    if not scope.may("hold_meeting"):
        raise Forbidden("meetings")
    return t("会议")


def layout(params: dict[str, str]) -> html.Div:
    """The frame of the page; the form stands apart, so that new data never take away what is being typed."""
    return html.Div([
        html.Div(id="meeting-form"),
        html.Div(panels.skeleton(12), id="meeting-body"),
        dcc.Store(id="meeting-done"),
    ], className="meetings")  # fmt: skip
