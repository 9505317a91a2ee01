"""What the page of two periods answers to."""

from __future__ import annotations

from typing import Any

from dash import no_update

from dashboard import asof
from dashboard.classes import Breaks
from dashboard.components import drawn
from dashboard.guard import BadInput, GuardedApp, Input, Output, Packed, State, here
from dashboard.i18n import t
from dashboard.pages.compare import figures
from dashboard.pages.compare.page import SIDES
from matters.access import Scope
from services.areas import UnknownArea

NONE = (no_update,) * len(SIDES)


def register(app: GuardedApp, services: Any) -> None:
    """Register the callbacks of /compare."""
    breaks = Breaks(services)
    drawn.register(app, "compare")
    for side, answer in zip(SIDES, ("lang", "dir"), strict=True):
        app.clientside_callback("yizhan", "map", Output("compare-sink", answer), Input(f"{side}-areas", "hideout"), State(f"{side}-frame", "id"))
    outputs = [Output(f"{side}-areas", "hideout") for side in SIDES]

    def failed(shown: Any) -> tuple[Any, ...]:
        return ({"compare-figs": [shown]} if shown else no_update, *NONE)

    @app.callback(Packed("compare-trees", "data"), *outputs, Input("here", "data"), Input("live", "data"), panel=failed)
    def page(scope: Scope, data: dict[str, Any] | None, live: Any) -> tuple[Any, ...]:
        at = here(data, services, "compare")
        f = at.state.filter.with_(part="accepted", stage="", q="", village="", located="", due_within=None)
        try:
            found = services.two.of(scope, f, at.state.indicator, figures.beside(at))
        except UnknownArea as error:
            raise BadInput(t("没有这个地区：{code}", code=f.area[:20])) from error
        trees, maps = figures.answer(services, at, found, asof.today(services), breaks)
        return ({f"compare-{k}": v for k, v in trees.items()}, *maps)
