"""What the listings page answers to, and what both listing pages share: the form and its sending."""

from __future__ import annotations

from typing import Any

from dash import ALL
from dash.exceptions import PreventUpdate

from dashboard import asof
from dashboard.components import listing_forms, listing_words
from dashboard.guard import BadInput, GuardedApp, Input, Output, State, here
from dashboard.i18n import t
from dashboard.pages.listings import acts, candidates, figures, state
from matters.access import Forbidden, Scope
from matters.listing import WrongStep
from services.listings import Conflict
from services.shapes import AreaInfo

_FIELDS = {"form": "listing", "field": ALL}


def register(app: GuardedApp, services: Any) -> None:
    """Register the callbacks of /listings and the form of both listing pages."""

    @app.callback(Output("listings-bar", "children"), Output("listings-table", "children"), Output("listing-detail", "children"),
                  Input("here", "data"), Input("live", "data"), panel=1)  # fmt: skip
    def page(scope: Scope, data: dict[str, Any] | None, live: Any) -> tuple[Any, Any, Any]:
        asked = _asked(data, services, "listings")
        lines = services.listings.all(scope, area=asked.url.filter.area, subject=asked.subject, as_of=asof.current())
        if asked.tab == state.CANDIDATES:
            return figures.bar(services, scope, asked, lines), candidates.body(services, scope, asked), figures.nothing_chosen(services)
        shown = [x for x in lines if x.state in listing_words.TABS[asked.tab]]
        chosen = state.pick(shown, asked.chosen)
        file = state.file(services, scope, chosen.id) if chosen else None
        detail = figures.detail(services, scope, file, asked, "h2") if file else figures.nothing_chosen(services)
        return figures.bar(services, scope, asked, lines), figures.top(services, scope, asked, lines, shown), detail

    @app.callback(Output("listing-form", "children"), Input("here", "data"))
    def form(scope: Scope, data: dict[str, Any] | None) -> Any:
        asked = _asked(data, services, "listings", "listing")
        if not asked.act:
            return []
        if asked.act == "propose":
            scope.require("propose_listing")
            return listing_forms.propose(_areas(services, scope), asked.href(), candidates.given(services, scope, asked))
        if not asked.chosen:
            raise BadInput(t("先选一条挂牌。"))
        file = state.file(services, scope, asked.chosen)
        return listing_forms.act(file, asked.act, services.now().date(), asked.href(), services.listings.rungs(file))

    @app.callback(Output("listing-said", "children"), Output("listing-done", "data"), Input("listing-send", "n_clicks"),
                  State("listing-version", "data"), State(_FIELDS, "id"), State(_FIELDS, "value"), State(_FIELDS, "date"),
                  State("here", "data"))  # fmt: skip
    def send(scope: Scope, clicks: int | None, version: int | None, ids: list[Any], values: list[Any], dates: list[Any],
             data: dict[str, Any] | None) -> tuple[Any, Any]:  # fmt: skip
        if not clicks:
            raise PreventUpdate
        asked = _asked(data, services, "listings", "listing")
        try:
            given = acts.data_of(ids, values, dates)
            acts.complete(asked.act, given)
        except BadInput as error:
            return listing_forms.refused(t("还没有记下"), str(error)), None
        return _send(services, scope, asked, int(version or 0), given)

    app.clientside_callback("cases", "formed", Output("listing-form", "title"), Input("listing-form", "children"))
    app.clientside_callback("cases", "done", Output("listing-done", "clear_data"), Input("listing-done", "data"))


def _asked(data: dict[str, Any] | None, services: Any, *keys: str) -> state.ListingState:
    at = here(data, services)
    if at.key not in keys:
        raise PreventUpdate  # the address has moved on before this page was taken away
    return state.read(at)


def _send(services: Any, scope: Scope, asked: state.ListingState, version: int, data: dict[str, Any]) -> tuple[Any, Any]:
    """Take the step; a refusal is said in the form, and nothing typed is lost."""
    try:
        if asked.act == "propose":
            start = candidates.given(services, scope, asked)
            made = services.listings.propose(scope, {**data, "evidence": start} if start else data)
            return "", {"href": asked.one(made.line.id)}
        services.listings.act(scope, asked.chosen, version, asked.act, data)
    except Conflict:
        text = t("您打开这张表以后，有人已经改了这条挂牌。先看现在的情况，再决定要不要做这一步；写好的文字还在这里。")
        return listing_forms.refused(t("没有记下"), text, asked.href()), None
    except WrongStep as error:
        return listing_forms.refused(t("没有记下"), acts.why_wrong(error), asked.href()), None
    except LookupError:
        return listing_forms.refused(t("没有这条挂牌"), t("它不存在，或不在您的查看范围内。")), None
    except Forbidden:
        return listing_forms.refused(t("您没有这一步的权限"), t("请由有权限的人来做；提议和查看不受影响。"), asked.href()), None
    return "", {"href": asked.href()}


def _areas(services: Any, scope: Scope) -> list[tuple[AreaInfo, str]]:
    """The areas the reader may propose, with their names in full: townships first, then counties and the city for trades."""
    home = services.areas.home(scope)
    if home.level == "township":
        return [(home, home.name)]
    counties = services.areas.children(home.code) if home.level == "city" else (home,)
    towns = [(town, f"{county.name} {town.name}") for county in counties for town in services.areas.children(county.code)]
    upper = [(c, c.name) for c in counties] + ([(home, home.name)] if home.level == "city" else [])
    return towns + upper
