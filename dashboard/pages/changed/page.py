"""What changed: the townships, categories, agencies and channels that made a change, adding up exactly."""

from __future__ import annotations

from typing import Any

from dash import html

from dashboard import panels
from dashboard.i18n import t
from matters.access import Scope


def title(services: Any, scope: Scope, params: dict[str, str]) -> str:
    """Title of the document."""
    return t("变化构成")


def layout(params: dict[str, str]) -> html.Div:
    """The frame of the page."""
    head = html.Div(html.H1(t("变化构成")), className="crumb bar")
    return html.Div([html.Div(head, id="ch-bar"), html.Div(panels.skeleton(10), id="ch-body")], className="chg")
