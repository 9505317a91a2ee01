"""What the page of a change answers to."""

from __future__ import annotations

from typing import Any

from dashboard import asof
from dashboard.guard import BadInput, GuardedApp, Input, Output, here
from dashboard.i18n import t
from dashboard.pages.changed import figures, rates
from matters.access import Scope
from matters.explained import EXPLAINED
from services.areas import UnknownArea
from services.changed import counted


def register(app: GuardedApp, services: Any) -> None:
    """Register the callbacks of /changed."""

    @app.callback(Output("ch-bar", "children"), Output("ch-body", "children"), Input("here", "data"), Input("live", "data"), panel=1)
    def page(scope: Scope, data: dict[str, Any] | None, live: Any) -> tuple[Any, Any]:
        at = here(data, services, "changed")
        key, today = counted(at.state.indicator), asof.today(services)
        try:
            if EXPLAINED[key].apart == "rate":
                rate = services.changed.rate(scope, at.state.filter, key)
                return figures.bar(at, rate, today), rates.body(services, at, rate)
            found = services.changed.of(scope, at.state.filter, key)
        except UnknownArea as error:
            raise BadInput(t("没有这个地区：{code}", code=at.state.filter.area[:20])) from error
        return figures.bar(at, found, today), figures.body(services, at, found)
