"""Panels that assets/js/trees.js builds by hand: those with many elements, of which each would cost the framework a subscription.

A page of two thousand elements took a browser five to thirty seconds through the framework, and half a second by hand. Inside
such a panel nothing can be the input of a callback; links, forms of our own and data attributes work.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from dash import dcc, html, no_update

from dashboard.guard import GuardedApp, Output, State
from dashboard.guard import Input as From


def stores(prefix: str) -> list[Any]:
    """What a layout needs beside its places; the root of the page is to be `<prefix>-root`."""
    return [dcc.Store(id=f"{prefix}-trees"), html.Div(id=f"{prefix}-sink", hidden=True)]


def register(app: GuardedApp, prefix: str) -> None:
    """Have the trees of `<prefix>-trees` built: {id of the place: its children}."""
    app.clientside_callback("yizhan", "trees", Output(f"{prefix}-sink", "title"), From(f"{prefix}-trees", "data"), State(f"{prefix}-root", "id"))


def failed(place: str) -> Callable[[Any], Any]:
    """For GuardedApp.callback's `panel`: a failure is shown in one of the places."""
    return lambda shown: {place: [shown]} if shown else no_update
