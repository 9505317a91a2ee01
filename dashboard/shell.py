"""The frame around every page: top bar, search, user, language, the phone's tabs; and the router that fills it."""

from __future__ import annotations

from typing import Any

import orjson
from dash import dcc, html, no_update
from dash.exceptions import PreventUpdate
from flask import Response, current_app, jsonify, request

from dashboard import asof, guard, panels
from dashboard.components import health, moment
from dashboard.el import icon
from dashboard.guard import COOKIE, GuardedApp, Here, Input, Output, State
from dashboard.i18n import OWN_NAMES, lang, pick, t
from dashboard.login import form_token
from dashboard.pages import BAR, PAGES, TABS, UNDER, Page, find
from dashboard.urlstate import area_path
from matters.access import Scope
from matters.moments import MomentError


def layout() -> html.Div:
    """The frame before anything is known; the router fills it."""
    return html.Div(
        [
            dcc.Location(id="url", refresh=False),
            dcc.Store(id="goto"), dcc.Store(id="here"), dcc.Store(id="turn"), dcc.Store(id="live"), dcc.Store(id=guard.GATE),
            html.A(id="skip", href="#page", className="skip"),
            html.Header(id="top", className="top"),
            html.Div(id="health", className="health", role="alert"),
            html.Div(id="as-of", className="as-of-banner"),
            html.Div(id="notice", role="status", className="notice"),
            html.Main(panels.skeleton(12), id="page", tabIndex="-1"),
            html.Nav(id="tabs", className="tab", **{"aria-label": "tabs"}),
            html.Div(id="said", className="vh", **{"aria-live": "polite"}),
        ],
        id="app",
    )  # fmt: skip


def home(services: Any, scope: Scope) -> str:
    """Path of the page a user starts from: the one of their own area."""
    if scope.owners:
        return "/matters"
    area = services.areas.home(scope)
    return area_path(area.code, area.level)


def _links(current: str, start: str, tabs: bool, scope: Scope) -> list[Any]:
    """Navigation links, those of less daily use behind "more"; assets/js/nav.js gives them the period and filters of the screen they are on."""

    def link(page: Page, name: str = "") -> html.A:
        here = {"aria-current": "page"} if page.key == current else {}
        label: list[Any] = [icon(page.tab), t(page.name)] if tabs else [t(page.name)]
        return html.A(label, href=start if page.key == "city" else page.path, className=f"nav-link {name}".strip(), **{"data-keep": "1", **here})

    shown = [p for p in PAGES if p.tab and p.shown_to(scope) and (not p.act or scope.may(p.act))]
    first = sorted((p for p in shown if p.key in (TABS if tabs else BAR)), key=lambda p: BAR.index(p.key))
    others = [p for p in shown if p not in first]
    wide = [] if tabs else [p for p in first if p.key in BAR[6:]]  # in the bar of a wide screen, behind "more" on a narrow one
    links: list[Any] = [link(p, "wide" if p in wide else "") for p in first]
    if not others and not wide:
        return links
    inside = next((p for p in others if p.key == current), None)
    head = html.Summary([icon("more"), t("更多")] if tabs else [t(inside.name) if inside else t("更多"), icon("down", 16)],
                        **({"data-current": "1"} if inside else {}))  # fmt: skip
    menu = html.Div([*(link(p, "narrow") for p in wide), *(link(p, "row") for p in others)])
    return [*links, html.Details([head, menu], className="drop more" + ("" if others else " narrow"))]


def _search() -> html.Form:
    """The search box: `/` puts the cursor into it, Enter opens the list (assets/js/nav.js).

    The field itself is made by assets/js/find.js: one of the framework sets its cursor back when it is drawn anew while somebody types.
    """
    field = html.Div(id="find-field", **{"data-words": t("编号、事由、地点")})
    found = html.Div(id="found", className="found", hidden=True, role="group", **{"data-matters": t("在事项里找“{q}”", q="{q}"), "aria-label": t("找到的区域")})
    return html.Form([icon("search", 16), field, html.Kbd("/"), found], className="find", role="search", **{"data-act": "find"})


def _user(person: Any) -> html.Details:
    """Who is reading, with which scope; language (assets/js/nav.js keeps the screen one is on) and the way out inside."""
    zh, en = person.title, person.title_en
    other = "en" if lang() == "zh" else "zh"
    token = form_token(current_app, request.cookies.get(COOKIE, ""))  # type: ignore[arg-type]
    leave = html.Form(
        [dcc.Input(type="hidden", name="csrf", value=token), html.Button(t("退出"), type="submit", className="btn")],
        method="post", action="/logout",
    )  # fmt: skip
    switch = html.A(OWN_NAMES[other], href=f"?lang={other}", className="btn", lang=other, **{"data-tongue": other})
    head = html.Summary([html.Span(person.display), html.Small(pick(zh, en)), icon("down", 16)])
    return html.Details([head, html.Div([html.P(pick(zh, en), className="s"), switch, leave], className="menu")], className="who drop")


def top(services: Any, person: Any, here: Here) -> list[Any]:
    """The top bar of a page."""
    city = services.areas.city
    claim = t("{city}矛盾纠纷多元化解", city=pick(city.name, city.en))
    current, start = UNDER.get(here.key, here.key), home(services, person.scope)
    return [
        html.A([t("一站"), html.I(claim)], href=start, className="brand", **{"data-keep": "1"}),
        html.Nav(_links(current, start, tabs=False, scope=person.scope), className="nav", **{"aria-label": t("主导航")}),
        html.Div(className="sp"),
        _search(),
        _user(person),
        health.words(),
    ]


def _title(module: Any, services: Any, scope: Any, params: dict[str, str], page: Page) -> str:
    name = module.title(services, scope, params) if hasattr(module, "title") else t(page.name)
    return f"{name} · {t('一站')}"


def _find(services: Any, scope: Scope) -> Any:
    """Areas and centres of the reader's scope by name, pinyin, initials or code, for the search box; `on`: areas of maps that hold it."""
    found = []
    for hit in services.areas.finder.find(scope, request.args.get("q", "")[:60], 7):
        area = services.areas.info(hit.code)
        path = [a for a in services.areas.path(area.code) if a.level != "city"]
        town = path[-1] if area.level == "village" else area
        place, to = " ".join(pick(a.name, a.en) for a in path), area_path(town.code, town.level)
        name, where = pick(area.name, area.en), place or area.code
        if hit.is_centre:
            centre = services.areas.centres[area.code]
            name, where, to = centre["name"], t("中心在建") if centre["state"] == "planned" else t("中心"), f"/centre/{area.code}"
        found.append({"name": name, "in": where, "href": to, "exact": hit.exact, "on": [town.code, *(a.code for a in reversed(path))]})
    return jsonify(found)


def _answer(app: GuardedApp, services: Any, modules: dict[str, Any], scope: Any, path: str) -> Any:
    """What a page shows under other filters or of another area, by output, for one that is laid out already: asked for at the click (assets/js/nav.js).

    The path is that of the page, the query its own; `title` and `level` (the page's key) besides. 404 for a page whose callbacks have
    no first answer, 403 for one outside the scope.
    """
    query = request.query_string.decode()
    data = {"path": f"/{path}", "search": f"?{query}" if query else ""}
    if (found := find(data["path"])) is None:
        raise KeyError(data["path"])
    page, params = found
    # The version from before the answer: it may be of newer data, never of older.
    said = {"title": _title(modules[page.key], services, scope, params, page), "level": page.key, "version": services.figures.data_version()}
    try:
        given = app.first(page.key, scope, data)
    except PreventUpdate:
        given = []
    if not given:
        raise KeyError(data["path"])
    body = orjson.dumps({**said, **{str(output): value for output, value in given}}, option=orjson.OPT_SERIALIZE_NUMPY | orjson.OPT_NON_STR_KEYS)
    return Response(body, mimetype="application/json", headers={"Cache-Control": "no-store"})


def register(app: GuardedApp, services: Any, modules: dict[str, Any]) -> None:
    """The router: one callback for a change of page; a change of filters never comes here (assets/js/nav.js)."""
    app.clientside_callback("yizhan", "route", Output("here", "data"), Output("goto", "data"), Output("turn", "data"),
                            Input("url", "pathname"), Input("url", "search"), State("here", "data"), State("goto", "data"))  # fmt: skip
    app.clientside_callback("yizhan", "arrived", Output("said", "children"), Input("here", "data"), prevent_initial_call=True)
    app.clientside_callback("yizhan", "gate", Output(guard.GATE, "clear_data"), Input(guard.GATE, "data"), prevent_initial_call=True)

    health.register(app, services)
    app.route("/find", lambda scope: _find(services, scope), "find")
    app.route("/answer/", lambda scope: _answer(app, services, modules, scope, ""), "answer-city")
    app.route("/answer/<path:path>", lambda scope, path: _answer(app, services, modules, scope, path), "answer")

    @app.callback(
        Output("page", "children"), Output("top", "children"), Output("tabs", "children"), Output("skip", "children"),
        Output("as-of", "children"),
        Output("here", "data", allow_duplicate=True), Input("goto", "data"), prevent_initial_call=True,
    )  # fmt: skip
    def frame(scope: Any, goto: dict[str, Any]) -> tuple[Any, ...]:
        """Lay out the page of an address; what it shows comes along (GuardedApp.fill) or by its own callbacks."""
        refused: MomentError | None = None
        try:
            here = guard.here(goto, services)
        except MomentError as error:  # the frame is that of now, and the page says why it is no other
            refused, here = error, guard.here({**goto, "search": ""}, services)
        found, at = find(goto["path"]), asof.current()
        banner = moment.banner(at, here) if at is not None else []
        assert found is not None  # guard.here has looked
        page, params = found
        current = UNDER.get(page.key, page.key)
        # The bars stay as they are from page to page of one kind: building them anew costs the browser more than all figures.
        worn = f"{lang()}|{current}|{here.state.filter.as_of or ''}"
        bars: tuple[Any, ...] = (no_update,) * 4
        if goto.get("worn") != worn or at is not None:
            bars = (top(services, guard.user(), here), _links(current, home(services, scope), tabs=True, scope=scope), t("跳到内容"), banner)
        arrived = {**goto, "lang": lang(), "title": t("一站"), "worn": worn}
        if refused is not None:
            return (moment.refused(refused), *bars, {**arrived, "wrong": True})
        try:
            if not page.shown_to(scope):
                raise guard.Forbidden(f"{scope.user} sees single matters only")
            module = modules[page.key]
            arrived["title"] = _title(module, services, scope, params, page)
            laid = module.layout(params)
            app.fill(page.key, laid, scope, arrived)
            return (laid, *bars, arrived)
        except KeyError:
            return (panels.not_found(), *bars, {**arrived, "wrong": True})
        except guard.Forbidden:
            return (panels.forbidden(), *bars, {**arrived, "wrong": True})
