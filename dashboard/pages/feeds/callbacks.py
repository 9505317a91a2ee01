"""What the page of the feeds answers to."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import Any

from dash.exceptions import PreventUpdate
from flask import jsonify

from dashboard.components import drawn
from dashboard.guard import GuardedApp, Here, Input, Output, Packed, here
from dashboard.pages.feeds import acts, figures, forms, state
from matters.access import Scope


def register(app: GuardedApp, services: Any) -> None:
    """Register the callbacks of this page."""

    def at(data: dict[str, Any] | None) -> Here:
        return here(data, services, "feeds")

    drawn.register(app, "feeds")

    @app.callback(Packed("feeds-trees", "data"), Input("here", "data"), Input("live", "data"), Input("feeds-tick", "data"), panel=drawn.failed("feeds-body"))
    def body(scope: Scope, data: dict[str, Any] | None, live: Any, tick: Any) -> dict[str, Any]:
        return {"feeds-body": figures.body(services, scope, at(data))}

    @app.callback(Output("feeds-form", "children"), Input("here", "data"))
    def form(scope: Scope, data: dict[str, Any] | None) -> Any:
        return forms.form(services, scope, state.read(at(data)))

    @app.callback(Output("feeds-said", "children"), Output("feeds-done", "data"), Input("feeds-ask", "data"), prevent_initial_call=True)
    def ask(scope: Scope, data: dict[str, Any] | None) -> Any:
        if not data:
            raise PreventUpdate
        said, done = acts.do(services, scope, data)
        return said, {"done": done, "n": data.get("n")}

    app.clientside_callback("feeds", "done", Output("feeds-done", "clear_data"), Input("feeds-done", "data"), prevent_initial_call=True)
    app.clientside_callback("feeds", "formed", Output("feeds-form", "title"), Input("feeds-form", "children"))
    app.route("/feeds/pulse", lambda scope: jsonify(pulse(services, scope)), "feeds-pulse")


def pulse(services: Any, scope: Scope) -> dict[str, Any]:
    """A mark that changes when anything on the page would, but its ages; `fast` while the worker is at something."""
    cards = services.feeds.cards(scope)
    told = [replace(c, lag_seconds=None, next_at=None) for c in cards]  # these two go with the clock
    newest = [(r.id, r.state, r.done_rows) for r in services.feeds.requests(scope, limit=30)]
    runs = [(r.id, r.status, r.received) for r in services.feeds.runs(scope, "", 3)]
    mark = hashlib.blake2b(repr((told, newest, runs, services.figures.data_version())).encode(), digest_size=8).hexdigest()
    return {"mark": mark, "fast": any(c.asked or c.running_since for c in cards)}
