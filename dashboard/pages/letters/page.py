"""Warning letters: those in the making, those that wait for a reply, those to judge, those that ended."""

from __future__ import annotations

from typing import Any

from dash import dcc, html

from dashboard import panels
from dashboard.i18n import t
from matters.access import Scope


def title(services: Any, scope: Scope, params: dict[str, str]) -> str:
    """Title of the document."""
    return t("提示函")


def layout(params: dict[str, str]) -> html.Div:
    """The frame; the form stands apart, so that new data never take away what is being typed."""
    head = html.Div(html.Div(html.H1(t("提示函")), className="crumb"), className="bar")
    return html.Div([html.Div(head, id="letters-bar"), html.Div(id="letter-form"), html.Div(panels.skeleton(10), id="letters-table"),
                     dcc.Store(id="letter-done")], className="letters")  # fmt: skip
