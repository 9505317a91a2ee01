"""One group: its object, its matters, where and when, how many people, what was decided."""

from __future__ import annotations

from typing import Any

from dash import dcc, html

from dashboard import panels
from matters.access import Scope


def title(services: Any, scope: Scope, params: dict[str, str]) -> str:
    """Title of the document; KeyError when the reader's area has nothing of such a group."""
    if not params["id"].isdigit():
        raise KeyError(params["id"])
    try:
        name: str = services.groups.get(scope, int(params["id"][:9])).line.name
    except LookupError as error:
        raise KeyError(params["id"]) from error
    return name


def layout(params: dict[str, str]) -> html.Div:
    """The frame of the page; the form stands apart, so that new data never take away what is being typed."""
    return html.Div([html.Div(id="group-form"), html.Div(panels.skeleton(10), id="group-body"), dcc.Store(id="group-done")], className="groups")
