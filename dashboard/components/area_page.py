"""The one page of city, county and township: panels that stand in other places at each level, and one question that fills them.

The pages share a layout and its callbacks, so that from area to area nothing is laid out anew: the browser moves the panels
(assets/js/levels.js) and draws them again. docs/decisions/answers-past-the-framework.md says why.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import orjson
from dash import html, no_update
from dash.exceptions import PreventUpdate

from dashboard import asof
from dashboard.classes import Breaks
from dashboard.components import filter_bar, listing_card, moment, overview, timebar
from dashboard.components.overview import Asking, Trees, panel, panels_of
from dashboard.guard import GuardedApp, Input, Output, Packed, State, here
from dashboard.links import Links
from matters.access import Scope
from services.look import one_look
from services.shapes import Overview

PREFIX = "area"
TIMED = ("city", "county")  # levels whose map has areas below it to play
# Which parts stand in which sheet, in order; a part that is in none is put aside. The margin: what a centre does, and whether it is listed.
_CENTRE_FIRST, _LISTING_FIRST = ("centre", "lst"), ("lst", "centre")
PLACES: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "city": {"d1": ("map-panel", "rank", "open"), "d2": ("trend-panel", "kinds", "who"), "d3": ()},
    "county": {"d1": ("map-panel", "rank", "margin"), "d2": ("trend-panel", "kinds", "open"), "d3": ("who",), "margin": _CENTRE_FIRST},
    "township": {"d1": ("map-panel", "open", "margin"), "d2": ("trend-panel", "kinds", "who"), "d3": (), "margin": _LISTING_FIRST},
}
SOME = ("rank", "facts", "villages", "centre", "listing", "listing-words")  # panels that not every level has
Answer = Callable[[Asking, Overview, Links], tuple[Trees, tuple[Any, ...]]]


def layout(level: str) -> html.Div:
    """The frame of an area's page; the callbacks fill it."""
    at = PLACES[level]
    margin = {"centre": html.Div(id=f"{PREFIX}-centre"), "lst": listing_card.frame(PREFIX)}
    facts, villages = html.Div(id=f"{PREFIX}-facts", className="where"), html.Div(id=f"{PREFIX}-villages")
    parts = {
        "map-panel": overview.map_panel(PREFIX, [facts], [villages], f"{PREFIX}-map-panel"),
        "trend-panel": overview.trend_panel(PREFIX, f"{PREFIX}-trend-panel"),
        "rank": panel(id=f"{PREFIX}-rank", className="rank-panel"),
        "open": panel(id=f"{PREFIX}-open", className="open-panel"),
        "kinds": panel(id=f"{PREFIX}-kinds"),
        "who": panel(id=f"{PREFIX}-who", className="who-panel"),
        "margin": html.Section([margin[k] for k in at.get("margin", _CENTRE_FIRST)], className="p ctr", id=f"{PREFIX}-margin"),
    }
    sheets = [html.Div([parts.pop(k) for k in at[d]], className=f"sheet {d}", id=f"{PREFIX}-{d}") for d in ("d1", "d2", "d3")]
    aside = html.Div(list(parts.values()), hidden=True, id=f"{PREFIX}-aside")
    jumps = ("figs", "frame", "rank", "villages", "open")  # css/jump.css hides what a level has not
    return overview.frame(PREFIX, *sheets, aside, kind=level, parts=jumps, **{"data-level": level, "data-places": orjson.dumps(PLACES).decode()})


def register(app: GuardedApp, services: Any, answers: Mapping[str, Answer]) -> None:
    """The callbacks of the three levels: every panel from one overview; comes with the frame, asked again when the query or the data change.

    `answers`: by level its own panels, and its numbers for the map, the trend and the listing's months. A failure takes the
    place of the figures.
    """
    asking, levels = Asking(services), tuple(answers)
    _register_bar(app, services, levels)
    overview.draw(app, PREFIX, timed=True)
    outputs = [Output(f"{PREFIX}-areas", "hideout"), Output(f"{PREFIX}-trend-data", "data"), Output(f"{PREFIX}-listing-data", "data")]

    def failed(shown: Any) -> tuple[Any, ...]:
        return ({f"{PREFIX}-figs": [shown]} if shown else no_update, *(no_update for _ in outputs))

    @app.callback(Packed(f"{PREFIX}-trees", "data"), *outputs, Input("turn", "data"), Input("live", "data"), State("here", "data"), panel=failed, first=levels)
    def show(scope: Scope, turn: Any, live: Any, data: dict[str, Any] | None) -> tuple[Any, ...]:
        with one_look():
            at = here(data, services)
            if at.key not in answers:
                raise PreventUpdate
            o, links = asking(scope, at)
            trees, values = answers[at.key](asking, o, links)
            return (panels_of(PREFIX, {**asking.top(o, links), **{key: [] for key in SOME}, **trees}, data), *values)

    _register_time(app, services, asking.breaks)


def _register_bar(app: GuardedApp, services: Any, levels: tuple[str, ...]) -> None:
    """The filter bar, apart from the figures so that it stays when they fail."""

    @app.callback(Packed(f"{PREFIX}-bar-tree", "data"), Input("turn", "data"), State("here", "data"), panel=lambda shown: no_update, first=levels)
    def bar(scope: Scope, turn: Any, data: dict[str, Any] | None) -> dict[str, Any]:
        at = here(data, services)
        if at.key not in levels:
            raise PreventUpdate
        area = services.areas.info(at.params.get("code") or services.areas.home(scope).code)
        services.areas.require(scope, area.code)  # Forbidden outside the scope
        path = [a for a in services.areas.path(area.code) if _inside(services, scope, a.code)]
        return {f"{PREFIX}-bar": filter_bar.bar(scope, path, area, asof.today(services), services.feeds.agencies(), Links(at),
                                                moment.control(asof.current(), services.now(), services.moments.first()))}  # fmt: skip


def _inside(services: Any, scope: Scope, code: str) -> bool:
    place = services.areas.place(code)
    return scope.covers(place.county, place.town)


def _register_time(app: GuardedApp, services: Any, breaks: Breaks) -> None:
    """The time bar, after the figures: all its steps asked for beside them would keep them waiting."""

    @app.callback(Output(f"{PREFIX}-steps", "data"), Input(f"{PREFIX}-drawn", "data"), State("here", "data"), panel=lambda shown: no_update)
    def steps(scope: Scope, drawn: Any, data: dict[str, Any] | None) -> dict[str, Any]:
        at = here(data, services)
        if at.key not in TIMED:
            raise PreventUpdate
        code = at.params.get("code") or services.areas.home(scope).code
        services.areas.require(scope, code)
        return timebar.ask(services, scope, at, code, breaks)
