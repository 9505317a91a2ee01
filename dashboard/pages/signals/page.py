"""Signals of the week as ranked cards, with what people decided, the watch list, and what cannot be told."""

from __future__ import annotations

from typing import Any

from dash import dcc, html

from dashboard import panels
from dashboard.i18n import t
from matters.access import Scope


def title(services: Any, scope: Scope, params: dict[str, str]) -> str:
    """Title of the document."""
    return t("预警信号")


def layout(params: dict[str, str]) -> html.Div:
    """The frame; the form stands apart, so that new data never take away what is being typed."""
    return html.Div([
        html.Div(html.Div(html.H1(t("预警信号")), className="crumb bar"), id="sg-bar"),
        html.Div(id="sg-form"),
        html.Div(panels.skeleton(12), id="sg-body"),
        dcc.Store(id="sg-done"),
    ], className="sg")  # fmt: skip
