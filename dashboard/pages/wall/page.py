"""The operator's page: what each wall shows, and the alarms nobody has taken note of."""

from __future__ import annotations

from typing import Any

from dash import dcc, html

from dashboard import panels
from dashboard.i18n import t
from matters.access import Scope


def title(services: Any, scope: Scope, params: dict[str, str]) -> str:
    """Title of the document."""
    scope.require("operate_wall")
    return t("大屏操作台")


def layout(params: dict[str, str]) -> html.Div:
    """The frame; alarms stand apart from the displays, so that new data never take away what is being typed."""
    return html.Div([
        html.Div(html.Div(html.H1(t("大屏操作台")), className="crumb"), className="bar"),
        dcc.Store(id="wall-done"),
        html.Div(id="wall-said", role="status", className="wd-said"),
        html.Div(panels.skeleton(4), id="wall-alarms"),
        html.Div(panels.skeleton(8), id="wall-displays"),
    ], className="wd")  # fmt: skip
