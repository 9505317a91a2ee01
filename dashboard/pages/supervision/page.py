"""Supervision: what rules propose, what is in force, consultations, leaders' cases, joint actions, people to call back."""

from __future__ import annotations

from typing import Any

from dash import dcc, html

from dashboard import panels
from dashboard.components import drawn
from dashboard.i18n import t
from matters.access import Scope


def title(services: Any, scope: Scope, params: dict[str, str]) -> str:
    """Title of the document."""
    return t("督办")


def layout(params: dict[str, str]) -> html.Div:
    """The frame; the form stands apart, so that new data never take away what is being typed."""
    return html.Div([
        html.Div(html.Div(html.H1(t("督办")), className="crumb bar"), id="sv-bar"),
        html.Div(id="sv-form"),
        html.Div(panels.skeleton(12), id="sv-body"),
        dcc.Store(id="sv-done"), *drawn.stores("sv"),
    ], className="sv", id="sv-root")  # fmt: skip
