"""Who is asking, before anything is answered: every callback is registered here, nowhere else."""

from __future__ import annotations

import functools
import logging
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from dash import ClientsideFunction, Dash, Input, Output, State, no_update, set_props
from dash.exceptions import PreventUpdate
from flask import abort, has_request_context, request
from flask_login import current_user

from dashboard import asof, documents, i18n, panels, urlstate
from dashboard.pages import SINGLE, find
from matters.access import Forbidden, Scope
from matters.moments import MomentError, NotYetKnown

LOG = logging.getLogger("yizhan.dashboard")
COOKIE = "yizhan_session"
GATE = "gate"  # a Store of the frame: its data send the browser to the login page


class BadInput(ValueError):
    """Something the user gave cannot be used; the message, in the user's language, says what and what would do."""


@dataclass(frozen=True, slots=True)
class Here:
    """Where the browser is: the page's key, the parts of its path, the state of its query."""

    path: str
    search: str
    key: str
    params: dict[str, str]
    state: urlstate.State


def user() -> Any | None:
    """The services' User of this request, by its server-side session (login.py); None without one."""
    return current_user.user if has_request_context() and current_user.is_authenticated else None


def here(data: dict[str, Any] | None, services: Any, key: str = "") -> Here:
    """Read the `here` store; PreventUpdate while there is none, BadInput when it is no page of ours, MomentError for a moment
    that cannot be shown. From here on the request looks back to its moment.

    `key`: PreventUpdate on any other page, when the address has moved on before this one was taken away.
    """
    if not data:
        raise PreventUpdate
    path, search = str(data.get("path", "")), str(data.get("search", ""))
    found = find(path)
    if found is None:
        raise BadInput(i18n.t("没有这一页：{path}", path=path[:80]))
    page, params = found
    if key and page.key != key:
        raise PreventUpdate
    area = params.get("code", "") if page.key in ("county", "township") else ""
    state = urlstate.read(search, services.now().date(), area)
    if state.filter.as_of is not None:
        at = services.moments.at(state.filter.as_of)
        asof.use(at)
        state = state.with_(as_of=at)
    return Here(path, search, page.key, params, state)


def _require(scope: Scope, fn: Callable[..., Any]) -> None:
    """Forbidden for a department, unless the function is the frame's or a page's of single matters; its own queries refuse it besides."""
    if not scope.may("see_area") and not fn.__module__.startswith(_FOR_ALL):
        raise Forbidden(f"{scope.user} sees single matters only, not {fn.__module__}")


_FOR_ALL = ("dashboard.shell", "dashboard.components.health", *(f"dashboard.pages.{key}." for key in SINGLE))
Place = int | Callable[[Any], Any]  # where a failure is shown


class Packed(Output):
    """An output that travels as one JSON text: of trees the framework would look at each of ten thousand values, here and in the browser."""


def _packed(outputs: list[Output], answer: Any) -> Any:
    values = list(answer) if len(outputs) > 1 else [answer]
    for i, output in enumerate(outputs):
        if isinstance(output, Packed) and values[i] is not no_update:
            values[i] = orjson.dumps(values[i], default=lambda c: c.to_plotly_json(), option=orjson.OPT_SERIALIZE_NUMPY | orjson.OPT_NON_STR_KEYS).decode()
    return values if len(outputs) > 1 else values[0]


class GuardedApp:
    """What pages get instead of the app: callbacks that know their user, their language and how to fail."""

    def __init__(self, app: Dash, services: Any) -> None:
        self._app, self._services = app, services
        self._failing: dict[str, datetime] = {}
        self._first: dict[str, list[tuple[Callable[..., Any], list[Any], Place]]] = {}

    @property
    def server(self) -> Any:
        """The web server, for addresses that see to themselves who is asking (a wall has no login)."""
        return self._app.server

    def clientside_callback(self, namespace: str, function: str, *deps: Any, **kw: Any) -> None:
        """Register a function of assets/js; it gets no data that its inputs do not carry."""
        self._app.clientside_callback(ClientsideFunction(namespace, function), *deps, **kw)

    def route(self, path: str, fn: Callable[..., Any], name: str, methods: tuple[str, ...] = ("GET",)) -> None:
        """Register fn(scope, **parts) -> answer for requests on a path beside the pages: downloads, mostly."""

        @functools.wraps(fn)
        def guarded(**parts: str) -> Any:
            who = user()
            if who is None:
                return abort(401)
            i18n.use(request.args.get("lang") or who.lang)
            asof.use(None)
            try:
                _require(who.scope, fn)
                return fn(who.scope, **parts)
            except Forbidden as error:
                LOG.warning("refused %s to %s: %s", path, who.scope.user, error)
                return documents.error(403), 403
            except (KeyError, BadInput, MomentError) as error:
                LOG.info("nothing found by %s: %s", path, error)
                return documents.error(404), 404

        guarded.__guarded__ = True  # type: ignore[attr-defined]
        self._app.server.add_url_rule(path, f"page-{name}", guarded, methods=list(methods))

    def callback(self, *deps: Any, panel: Place = 0, first: str | tuple[str, ...] = (), **kw: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """Register fn(scope, *inputs, *states) for flat dependencies: Output…, Input…, State….

        `panel` is the place among the outputs (one whose property is children) that shows a failure; or a function from
        the panel to all outputs; or -1 for none: then the frame's notice line says it.
        `first`: key or keys of pages into whose layout its first answer is put (see `fill`), so that one answer brings both.
        """
        outputs = [d for d in deps if isinstance(d, Output)]
        language = State("url", "search")

        def register(fn: Callable[..., Any]) -> Callable[..., Any]:
            @functools.wraps(fn)
            def guarded(*args: Any) -> Any:
                return self._answer(fn, outputs, panel, args[:-1], str(args[-1] or ""))

            guarded.__guarded__ = True  # type: ignore[attr-defined]
            for key in (first,) if isinstance(first, str) else first:
                self._first.setdefault(key, []).append((fn, list(deps), panel))
                kw["prevent_initial_call"] = True
            self._app.callback(*deps, language, **kw)(guarded)
            return fn

        return register

    def _answer(self, fn: Callable[..., Any], outputs: list[Output], panel: Place, args: tuple[Any, ...], search: str) -> Any:
        who = user()
        if who is None:
            set_props(GATE, {"data": {"login": True}})
            return self._fill(outputs, -1, None)
        state = urlstate.read(search, self._services.now().date())
        i18n.use(state.lang or who.lang)
        asof.use(None)
        return self._tried(who.scope, fn, outputs, panel, args)

    def _tried(self, scope: Scope, fn: Callable[..., Any], outputs: list[Output], panel: Place, args: Sequence[Any]) -> Any:
        name = f"{fn.__module__}.{fn.__qualname__}"
        try:
            _require(scope, fn)
            answer = fn(scope, *args)
        except PreventUpdate:
            raise
        except Exception as error:  # the last door before the screen: everything becomes a panel
            return _packed(outputs, self._fill(outputs, panel, self._failed(name, error, scope)))
        self._failing.pop(name, None)
        return _packed(outputs, answer)

    def fill(self, key: str, layout: Any, scope: Scope, data: dict[str, Any]) -> None:
        """Put what a page shows at first into its layout; `data`: what the store `here` will hold. To be called inside a callback."""
        for output, value in self.first(key, scope, data):
            setattr(layout[output.component_id], output.component_property, value)

    def first(self, key: str, scope: Scope, data: dict[str, Any]) -> list[tuple[Output, Any]]:
        """What a page's callbacks with `first` answer where the store `here` holds `data`; nothing for a page without such."""
        found: list[tuple[Output, Any]] = []
        for fn, deps, panel in self._first.get(key, ()):
            outputs = [d for d in deps if isinstance(d, Output)]
            given = [data if (d.component_id, d.component_property) == ("here", "data") else None for d in deps if not isinstance(d, Output)]
            values = self._tried(scope, fn, outputs, panel, given)
            found += [(o, v) for o, v in zip(outputs, values if len(outputs) > 1 else [values], strict=True) if v is not no_update]
        return found

    def _failed(self, name: str, error: Exception, scope: Scope) -> Any:
        """The panel that stands in place of an answer, and its line in the log."""
        if isinstance(error, Forbidden):
            LOG.warning("refused %s to %s: %s", name, scope.user, error)
            return panels.forbidden()
        if isinstance(error, BadInput):
            return panels.bad_input(str(error))
        if isinstance(error, MomentError | NotYetKnown):
            from dashboard.components import moment  # late: components are built on this module

            LOG.info("%s cannot look back: %s", name, error)
            return moment.refused(error) if isinstance(error, MomentError) else moment.not_yet(error)
        if isinstance(error, KeyError):
            LOG.info("nothing found by %s: %s", name, error)
            return panels.not_found()
        since = self._failing.setdefault(name, self._services.now())
        mark = secrets.token_hex(3)
        LOG.error("callback %s failed [%s]", name, mark, exc_info=error)
        return panels.failed(since, mark)

    @staticmethod
    def _fill(outputs: list[Output], panel: Place, shown: Any) -> Any:
        """An answer for all outputs: the panel in its place, the rest untouched."""
        if callable(panel):
            return panel(shown)
        where = panel if shown is not None and panel >= 0 else -1
        if shown is not None and where < 0:
            set_props("notice", {"children": shown})
        values = [shown if i == where else no_update for i in range(len(outputs))]
        return values[0] if len(values) == 1 else values


__all__ = ["COOKIE", "GATE", "BadInput", "GuardedApp", "Here", "Input", "Output", "Packed", "State", "here", "user"]
