"""What the list of matters answers to."""

from __future__ import annotations

from typing import Any

from dash.exceptions import PreventUpdate

from dashboard import asof
from dashboard.components import case_columns, case_facets, case_grid
from dashboard.components.case_columns import COLUMNS
from dashboard.guard import GuardedApp, Here, Input, Output, State, here
from dashboard.i18n import t
from dashboard.pages.matters import figures, state
from dashboard.pages.matters.acts import register_acts
from dashboard.pages.matters.export import register_exports
from matters.access import Scope
from matters.filters import SORTS, Filter


def register(app: GuardedApp, services: Any) -> None:
    """Register the callbacks and the downloads of this page."""
    register_exports(app, services)
    register_acts(app, services)

    @app.callback(Output("cases-chips", "children"), Output("cases-tools", "children"),
                  Output(case_grid.GRID, "columnDefs"), Input("here", "data"))  # fmt: skip
    def bar(scope: Scope, data: dict[str, Any] | None) -> tuple[Any, ...]:
        at, asked = _asked(data, services)
        area, level = _area(services, scope, asked.filter)
        chips = case_facets.chips(asked.filter, area, services.areas.home(scope), _village(services, asked.filter), services.feeds.agencies())
        tools = figures.tools(services, asked, level, scope)
        defs = case_columns.definitions(asked.columns, asked.sort, asked.descending, level)
        told = figures.bar_chips(asked, chips, at.state.bad, services.matters.similar_words(scope, asked.filter), _behind(services, asked.filter))
        return told, tools, defs

    @app.callback(Output("cases-rail", "children"), Output("cases-sums", "children"), Output("cases-empty", "children"),
                  Output("cases-rest", "data"), Input("here", "data"), Input("live", "data"), Input("cases-viewed", "data"))  # fmt: skip
    def counts(scope: Scope, data: dict[str, Any] | None, live: Any, viewed: Any) -> tuple[Any, ...]:
        _, asked = _asked(data, services)
        _, level = _area(services, scope, asked.filter)
        return figures.counts(services, scope, asked, level)

    @app.callback(*(Output(f"cases-late-{key}", "children") for key in (*case_facets.LATE, "sums")),
                  Input("cases-rest", "data"), State("here", "data"))  # fmt: skip
    def rest(scope: Scope, wanted: str | None, data: dict[str, Any] | None) -> list[Any]:
        if wanted is None:
            raise PreventUpdate
        _, asked = _asked(data, services)
        _, level = _area(services, scope, asked.filter)
        return figures.rest(services, scope, asked, level)

    @app.callback(Output(case_grid.GRID, "getRowsResponse"), Input(case_grid.GRID, "getRowsRequest"), State("here", "data"), panel=-1)
    def block(scope: Scope, request: dict[str, Any] | None, data: dict[str, Any] | None) -> dict[str, Any]:
        if not request:
            raise PreventUpdate
        _, asked = _asked(data, services)
        _, level = _area(services, scope, asked.filter)
        sort, descending = _order(request, asked)
        offset = max(0, int(request.get("startRow") or 0))
        page = services.matters.rows(scope, asked.filter, sort, descending, offset, case_grid.BLOCK)
        agencies, today = services.feeds.agencies(), asof.today(services)
        return {"rowData": [case_columns.row(r, agencies, today, level) for r in page.rows], "rowCount": page.total}

    @app.callback(Output("cases-preview", "children"), Input("cases-picked", "data"), State("here", "data"))
    def preview(scope: Scope, code: str | None, data: dict[str, Any] | None) -> Any:
        _asked(data, services)
        return figures.preview(services, scope, code) if code else []

    app.clientside_callback("cases", "refresh", Output("cases-sink", "data"), Input("here", "data"), Input("live", "data"))
    app.clientside_callback("cases", "counted", Output("cases-sums", "title"), Input("cases-sums", "children"))
    app.clientside_callback("cases", "search", Output("cases-q", "title"), Input("cases-q", "value"), State("url", "search"))


def _asked(data: dict[str, Any] | None, services: Any) -> tuple[Here, state.ListState]:
    at = here(data, services, "matters")
    return at, state.read(at.state)


def _area(services: Any, scope: Scope, filter: Filter) -> tuple[Any, str]:
    """The area of the list and its level."""
    info = services.areas.info(filter.area) if filter.area else services.areas.home(scope)
    return info, info.level


def _behind(services: Any, filter: Filter) -> int:
    """Matters that this search reads one by one."""
    return int(services.search_index.behind()) if filter.q and filter.as_of is None else 0


def _village(services: Any, filter: Filter) -> str:
    return t("只到镇") if filter.village == "-" else services.areas.name(filter.village)


def _order(request: dict[str, Any], asked: state.ListState) -> tuple[str, bool]:
    """The grid's own order, which is ahead of the address by one click, else the address's."""
    for item in request.get("sortModel") or []:
        column = COLUMNS.get(str(item.get("colId")))
        if column is not None and column.sort in SORTS:
            return column.sort, item.get("sort") != "asc"
    return asked.sort, asked.descending
