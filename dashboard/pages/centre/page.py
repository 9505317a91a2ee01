"""One dispute centre: state, who sits there, its rota of the week and the month, what was changed."""

from __future__ import annotations

from typing import Any

from dash import dcc, html

from dashboard import panels
from matters.access import Scope


def title(services: Any, scope: Scope, params: dict[str, str]) -> str:
    """Title of the document; KeyError for no such centre, Forbidden outside the reader's area."""
    services.areas.require(scope, params["code"])
    try:
        name: str = services.centres.given(scope, params["code"])["name"]
    except LookupError as error:
        raise KeyError(params["code"]) from error
    return name


def layout(params: dict[str, str]) -> html.Div:
    """The frame of the page; the form stands apart, so that new data never take away what is being typed."""
    return html.Div([html.Div(id="centre-form"), html.Div(panels.skeleton(10), id="centre-body"), dcc.Store(id="centre-done")], className="centres")
