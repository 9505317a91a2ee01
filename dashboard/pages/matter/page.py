"""The file of one matter: what it is, where it has been, who said so, how each thing is known, and what can be done."""

from __future__ import annotations

from typing import Any

from dash import dcc, html

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
    """The frame of the page: what was said of the last act, the form of the next one, the file."""
    stores = [dcc.Store(id=f"matter-{name}") for name in ("open", "ask", "done", "tick")]
    return html.Div([
        *stores, html.Div(id="matter-said", className="matter-said", role="status"), html.Div(id="matter-form"),
        html.Div(panels.skeleton(12, "file"), id="matter-body"), html.Div(id="matter-moved", hidden=True),
    ], className="matter")  # fmt: skip
