"""Links in doubt: two records side by side, why they may be one matter, and one key each to say what they are."""

from __future__ import annotations

from typing import Any

from dash import dcc, html

from dashboard import panels
from dashboard.i18n import t
from matters.access import Scope
from services.link_desk import ACT


def title(services: Any, scope: Scope, params: dict[str, str]) -> str:
    """Title of the document."""
    scope.require(ACT)
    return t("关联")


def layout(params: dict[str, str]) -> html.Div:
    """The frame; what was said and the reason stand apart, so that new data never take away what is being typed."""
    stores = [dcc.Store(id=f"linking-{name}") for name in ("ask", "done")]
    sheet = [html.Section(panels.skeleton(12), id="linking-list", className="p"), html.Section(panels.skeleton(12), id="linking-pair", className="p")]
    return html.Div([*stores, html.Div(html.Div(html.H1(t("关联")), className="crumb bar"), id="linking-bar"),
                     html.Div(id="linking-said", role="status"), html.Div(sheet, className="sheet ln2"), html.Div(id="linking-foot")],
                    className="linking")  # fmt: skip
