"""One listing: its own address, for a link, for the acts, for paper."""

from __future__ import annotations

from typing import Any

from dash import dcc, html

from dashboard import panels
from dashboard.components import listing_words
from dashboard.pages.listings import state
from matters.access import Scope


def title(services: Any, scope: Scope, params: dict[str, str]) -> str:
    """Title of the document; KeyError when there is no such listing in the reader's area."""
    if not params["id"].isdigit():
        raise KeyError(params["id"])
    return listing_words.title(state.file(services, scope, int(params["id"][:9])).line)


def layout(params: dict[str, str]) -> html.Div:
    """The frame of the page; the form stands apart, so that new data never take away what is being typed."""
    return html.Div([
        html.Div(id="listing-crumb"),
        html.Div(id="listing-form"),
        html.Div(panels.skeleton(10), id="listing-body"),
        dcc.Store(id="listing-done"),
    ], className="listings")  # fmt: skip
