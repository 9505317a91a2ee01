"""What the page of a trade answers to: the parts of an area's page, of one category, and what is done about it."""

from __future__ import annotations

from copy import copy
from dataclasses import replace
from typing import Any

from dash import no_update
from dash.exceptions import PreventUpdate

from dashboard.components import overview, trend
from dashboard.guard import BadInput, GuardedApp, Here, Input, Output, Packed, State, here
from dashboard.i18n import t
from dashboard.links import Links
from dashboard.pages.trade import figures
from matters.access import Scope
from services.areas import UnknownArea
from services.shapes import Overview
from services.signals import Mark

KEY = "trade"


class _Asking(overview.Asking):
    """Asks about one category; its map shows the signals of that category only."""

    def at(self, data: dict[str, Any] | None) -> Here:
        """Where the browser is, with the category of the path as the filter's. PreventUpdate on another page, KeyError for no category."""
        at = here(data, self.services)
        if at.key != KEY:
            raise PreventUpdate
        state = at.state.with_(category=at.params["category"], part="accepted", stage="", q="", village="", located="", due_within=None, cell="")
        return replace(at, state=state, params={})

    def map(self, o: Overview, links: Links) -> tuple[overview.Trees, dict[str, Any]]:
        """The map, with classes of its own."""
        mine = copy(self)
        mine.breaks = figures.OwnBreaks(self.services, o)
        return overview.Asking.map(mine, o, links)

    def _signals(self, scope: Scope, o: Overview, links: Links) -> tuple[Mark, ...]:
        shown = super()._signals(scope, o, links)
        own = {x.id for x in self.services.signals.desk(scope, o.area.code, o.filter.category).lines} if shown else set()
        return tuple(m for m in shown if m.signal in own)


def register(app: GuardedApp, services: Any) -> None:
    """Register the callbacks of /trade/<category>."""
    asking = _Asking(services)
    overview.draw(app, KEY)
    places = [Output(f"{KEY}-areas", "hideout"), Output(f"{KEY}-trend-data", "data")]

    @app.callback(Packed(f"{KEY}-bar-tree", "data"), Input("turn", "data"), State("here", "data"), panel=lambda shown: no_update, first=KEY)
    def bar(scope: Scope, turn: Any, data: dict[str, Any] | None) -> dict[str, Any]:
        return {f"{KEY}-bar": figures.bar(services, scope, Links(asking.at(data)))}

    def failed(shown: Any) -> tuple[Any, ...]:
        return ({f"{KEY}-figs": [shown]} if shown else no_update, *(no_update for _ in places))

    @app.callback(Packed(f"{KEY}-trees", "data"), *places, Input("turn", "data"), Input("live", "data"), State("here", "data"), panel=failed, first=KEY)
    def show(scope: Scope, turn: Any, live: Any, data: dict[str, Any] | None) -> tuple[Any, ...]:
        at = asking.at(data)
        try:
            found = services.trades.of(scope, at.state.filter.category, at.state.filter, at.state.indicator)
        except UnknownArea as error:
            raise BadInput(t("没有这个地区：{code}", code=at.state.filter.area[:20])) from error
        links = Links(at)
        trees, numbers = asking.map(found.overview, links)
        trees |= {**asking.top(found.overview, links), **figures.panels(asking, found, links)}
        return (overview.panels_of(KEY, trees, data), numbers, trend.data(found.overview, links))
