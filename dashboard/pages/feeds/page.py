"""How the feeds stand: late or not, what their runs brought, what could not be taken and why."""

from __future__ import annotations

from typing import Any

from dash import html

from dashboard import panels
from dashboard.i18n import t
from matters.access import Scope


def title(services: Any, scope: Scope, params: dict[str, str]) -> str:
    """Title of the document."""
    return t("数据源")


def layout(params: dict[str, str]) -> html.Div:
    """The frame of the page."""
    return html.Div(html.Div(panels.skeleton(12), id="feeds-body"), className="feeds-page")
