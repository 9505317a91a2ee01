"""One letter: the paper as it will be or was issued, its evidence, its acts and history."""

from __future__ import annotations

from typing import Any

from dash import dcc, html

from dashboard import panels
from dashboard.components import letter_words
from matters.access import Scope


def title(services: Any, scope: Scope, params: dict[str, str]) -> str:
    """Title of the document; KeyError when the reader has no such letter."""
    if not params["id"].isdigit():
        raise KeyError(params["id"])
    try:
        line = services.letters.get(scope, int(params["id"][:9])).line
    except LookupError as error:
        raise KeyError(params["id"]) from error
    return line.number or letter_words.title(line)


def layout(params: dict[str, str]) -> html.Div:
    """The frame; the form stands apart, so that new data never take away what is being typed."""
    return html.Div([html.Div(id="letter-crumb"), html.Div(id="letter-form"), html.Div(panels.skeleton(10), id="letter-body"),
                     dcc.Store(id="letter-done")], className="letters")  # fmt: skip
