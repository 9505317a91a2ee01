"""How the feeds stand: late or not, what their runs brought, what could not be taken and why; and what a steward does about it."""

from __future__ import annotations

from typing import Any

from dash import dcc, html

from dashboard import panels
from dashboard.components import drawn
from dashboard.i18n import t
from matters.access import Scope


def title(services: Any, scope: Scope, params: dict[str, str]) -> str:
    """Title of the document."""
    return t("数据源")


def layout(params: dict[str, str]) -> html.Div:
    """The frame of the page: forms stand apart from what is drawn again, so that nothing typed is lost."""
    stores = [dcc.Store(id=f"feeds-{name}") for name in ("ask", "done", "tick")]
    return html.Div([*stores, *drawn.stores("feeds"), html.Div(id="feeds-said"), html.Div(id="feeds-form"),
                     html.Div(panels.skeleton(12), id="feeds-body")], className="feeds-page", id="feeds-root")  # fmt: skip
