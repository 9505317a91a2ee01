"""The file of one matter: what it is, where it has been, who said so, and how each thing is known."""

from __future__ import annotations

from typing import Any

from dash import html

from dashboard import asof, panels
from matters.access import Scope
from matters.moments import NotYetKnown


def title(services: Any, scope: Scope, params: dict[str, str]) -> str:
    """Title of the document: the code in force; KeyError when there is no such matter in the reader's area."""
    try:
        file = services.matters.file(scope, params["code"], asof.current())
    except NotYetKnown:
        return params["code"]
    if file is None:
        raise KeyError(params["code"])
    return str(file.matter.code)


def layout(params: dict[str, str]) -> html.Div:
    """The frame of the page."""
    return html.Div([html.Div(panels.skeleton(12, "file"), id="matter-body"), html.Div(id="matter-moved", hidden=True)], className="matter")
