"""Assessment: scores with their parts and rows, the funnel plot, merits and demerits, indices from outside, the review, the rules."""

from __future__ import annotations

from typing import Any

from dash import dcc, html

from dashboard import panels
from dashboard.components import drawn
from dashboard.i18n import t
from matters.access import Scope


def title(services: Any, scope: Scope, params: dict[str, str]) -> str:
    """Title of the document."""
    return t("考核")


def layout(params: dict[str, str]) -> html.Div:
    """The frame; the form stands apart, so that new data never take away what is being typed."""
    return html.Div([
        html.Div(html.Div(html.H1(t("考核")), className="crumb bar"), id="as-bar"),
        html.Div(id="as-form"),
        html.Div(panels.skeleton(12), id="as-body"),
        dcc.Store(id="as-done"), *drawn.stores("as"),
    ], className="assess", id="as-root")  # fmt: skip
