"""A trade: one category across the townships, on a map and in tables, with its signals, letters and listings."""

from __future__ import annotations

from typing import Any

from dash import html

from dashboard.components import case_words as words
from dashboard.components import overview
from matters.access import Scope
from matters.categories import CATEGORIES


def title(services: Any, scope: Scope, params: dict[str, str]) -> str:
    """The category's name; KeyError for no category."""
    if params["category"] not in CATEGORIES:
        raise KeyError(params["category"])
    return words.category(params["category"])


def layout(params: dict[str, str]) -> html.Div:
    """The frame of the page; callbacks.py fills it."""
    one = html.Div([overview.map_panel("trade"), overview.panel(id="trade-rank", className="rank-panel"), overview.panel(id="trade-towns")],
                   className="sheet d1")  # fmt: skip
    two = html.Div([overview.trend_panel("trade"), overview.panel(id="trade-signals"), overview.panel(id="trade-acts")], className="sheet d2")
    return overview.frame("trade", one, two)
