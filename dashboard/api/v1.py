"""The endpoints of /api/v1: read parameters, ask a service inside the scope, answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import orjson
from flask import Blueprint, Response, current_app, request

from dashboard.api import acted, answers, asked, assessed, models, openapi, params, pushed, rows
from dashboard.api.access import scope_of
from dashboard.api.problems import Problem, answer, from_error
from matters.access import Forbidden, Scope
from services.look import one_look

SINGLE = ("matters", "matter", "acts")  # all that a department may ask
Make = Callable[[Any, Scope, dict[str, Any], dict[str, str]], models.Answer]


def indicators(services: Any, scope: Scope, values: dict[str, Any], _path: dict[str, str]) -> models.Answer:
    """Figures of every area of a level."""
    now = asked.moment_of(services, values)
    area = asked.area_of(services, scope, values.get("area", ""))
    level = asked.level_of(area, values.get("level"))
    wanted = asked.filter_of(values, area, now)
    version = services.figures.data_version()
    by_year = services.figures.rows(scope, wanted, level)
    by_period = {(r.area, r.located): r for r in services.figures.rows(scope, wanted.with_(compare="pop"), level)}
    made = [rows.indicator(row, by_period.get((row.area, row.located), row)) for row in by_year]
    window = asked.window_of(values, now)
    return models.Indicators.model_construct(
        data_version=version, as_of=now.replace(microsecond=0),
        window=models.Window(from_=window.start, to=window.end),
        rows=[r for r in made if r.area], others=[r for r in made if not r.area],
    )  # fmt: skip


def matter_list(services: Any, scope: Scope, values: dict[str, Any], _path: dict[str, str]) -> models.Answer:
    """A page of matters."""
    area = asked.area_of(services, scope, values.get("area", ""))
    now = asked.moment_of(services, values)
    wanted = asked.filter_of(values, area, now)
    sort = values.get("sort", "-accepted_on")
    try:
        page = services.matters.page(
            scope, wanted, sort=sort.removeprefix("-"), descending=sort.startswith("-"),
            limit=values.get("limit", params.LIMIT), cursor=values.get("cursor", ""),
        )  # fmt: skip
    except ValueError as error:
        raise params.bad_parameter("cursor", f"not a cursor of this list ({error})") from None
    return models.MatterList(
        data_version=page.data_version, as_of=now.replace(microsecond=0), total=page.sums.total,
        rows=rows.plain(page.rows, models.MatterRow), next=page.next or None,
    )  # fmt: skip


def matter(services: Any, scope: Scope, values: dict[str, Any], path: dict[str, str]) -> models.Answer:
    """One matter with its records; reading it is written down."""
    now = asked.moment_of(services, values)
    file = services.matters.file(scope, path["code"], values.get("as_of"))
    if file is None:
        raise Problem(404, f"there is no matter {path['code'][:40]} in your area")
    services.auth.opened(scope, file.matter.code, "api")
    code, as_of = file.matter.code, values.get("as_of")
    try:
        events = services.path.events(scope, code, as_of)
        clocks = services.path.clocks(scope, code) if as_of is None else ()
    except LookupError:  # merged since the file was read, a moment ago
        events, clocks = (), ()
    return rows.detail(file, now, events, clocks, path["code"])


def areas(services: Any, scope: Scope, values: dict[str, Any], _path: dict[str, str]) -> models.Answer:
    """Outlines of areas as GeoJSON."""
    parent = asked.area_of(services, scope, values.get("parent", ""))
    collection = services.areas.geojson(asked.level_of(parent, values.get("level")), parent.code)
    return models.Areas.model_construct(**collection)


def feeds(services: Any, scope: Scope, values: dict[str, Any], _path: dict[str, str]) -> models.Answer:
    """How the feeds stand."""
    now = asked.moment_of(services, values)
    states = rows.plain(services.feeds.states(scope, values.get("as_of")), models.FeedRow)
    return models.Feeds(data_version=services.figures.data_version(), as_of=now.replace(microsecond=0), rows=states)


def listings(services: Any, scope: Scope, values: dict[str, Any], _path: dict[str, str]) -> models.Answer:
    """Areas and trades under targeted remediation."""
    area = asked.area_of(services, scope, values["area"]).code if "area" in values else ""
    states = (values["state"],) if "state" in values else ()
    now = asked.moment_of(services, values)
    found = services.listings.all(scope, states=states, area=area, subject=values.get("subject", ""), as_of=values.get("as_of"))
    return models.Listings(data_version=services.figures.data_version(), as_of=now.replace(microsecond=0), rows=rows.plain(found, models.ListingRow))


def meeting(services: Any, scope: Scope, values: dict[str, Any], path: dict[str, str]) -> models.Answer:
    """One frozen meeting of the reader's own area."""
    number = path["id"]
    try:
        found = services.meetings.get(scope, int(number) if number.isascii() and number.isdigit() and len(number) < 10 else 0)
    except LookupError:
        raise Problem(404, f"there is no meeting {number[:20]} in your area") from None
    line = found.line
    return models.MeetingDetail(
        id=line.id, kind=line.kind, title=line.title, area=line.area, window=models.Window(from_=line.window.start, to=line.window.end),
        as_of=line.as_of, frozen_at=line.frozen_at.replace(microsecond=0), digest=line.digest, sound=found.sound, body=found.body,
        agenda=rows.plain(found.agenda, models.AgendaRow), earlier=rows.plain(found.earlier, models.DecisionRow),
        taken=rows.plain(found.taken, models.DecisionRow),
    )  # fmt: skip


def signals(services: Any, scope: Scope, values: dict[str, Any], _path: dict[str, str]) -> models.Answer:
    """What grows, as ranked for this area."""
    area = asked.area_of(services, scope, values["area"]).code if "area" in values else ""
    desk = services.signals.desk(scope, area, values.get("category", ""))
    return models.Signals(
        data_version=desk.data_version, as_of=services.now().replace(microsecond=0), week=desk.week, run_at=desk.run_at,
        unknown=rows.plain(desk.unknown, models.UnknownRow), rows=[rows.signal(x) for x in desk.lines],
    )  # fmt: skip


MAKERS: dict[str, Make] = {
    "indicators": indicators, "matters": matter_list, "matter": matter, "areas": areas, "feeds": feeds, "listings": listings,
    "signals": signals, "assessment": assessed.scores, "indices": assessed.indices, "meeting": meeting, "acts": acted.acts,
}  # fmt: skip


def blueprint(services: Any) -> Blueprint:
    """/api/…: every operation of openapi.OPERATIONS, the description itself, and problems for all else."""
    api = Blueprint("api", __name__, url_prefix="/api")
    for operation in openapi.OPERATIONS:
        api.add_url_rule(operation.rule, operation.key, _view(services, operation), methods=["GET"])
    api.add_url_rule(pushed.RULE, "push", pushed.view(services), methods=["POST"])
    api.add_url_rule(acted.RULE, "act", acted.view(services), methods=["POST"])
    description = openapi.document()
    api.add_url_rule("/openapi.json", "openapi", lambda: Response(description, content_type=answers.JSON))
    every = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"]
    api.add_url_rule("/", "none", _nothing, defaults={"rest": ""}, methods=every)
    api.add_url_rule("/<path:rest>", "nothing", _nothing, methods=every)
    api.register_error_handler(Exception, from_error)
    return api


def _nothing(rest: str) -> Response:
    """Whatever no operation answers, in JSON too: 405 where another method would do, else 404."""
    adapter = current_app.url_map.bind("")
    for method, allowed in (("GET", "GET, HEAD, OPTIONS"), ("POST", "POST, OPTIONS")):
        if request.method != method and adapter.match(f"/api/{rest}", method)[0] not in ("api.nothing", "api.none"):
            refused = answer(Problem(405, f"{request.method} is not possible here"))
            refused.headers["Allow"] = allowed
            return refused
    return answer(Problem(404, f"there is nothing at /api/{rest[:80]}; /api/openapi.json tells what there is"))


def _view(services: Any, operation: openapi.Operation) -> Callable[..., Response]:
    make, geo = MAKERS[operation.key], operation.key == "areas"

    def view(**path: str) -> Response:
        scope = scope_of(services)
        with one_look():
            return answered(scope, path)

    def answered(scope: Scope, path: dict[str, str]) -> Response:
        if operation.key not in SINGLE and not scope.may("see_area"):
            raise Forbidden(f"{scope.user} sees single matters only")
        values = params.read(request.args, operation.params)
        if operation.key == "assessment":
            assessed.look(services)
        # Reading a matter is written down, also when the reader has it already.
        etag = answers.tag(services, scope, {"feeds": services.now().minute, "acts": scope.user}.get(operation.key, ""))
        # Agendas and decisions change without a new data version.
        known = answers.unchanged(etag) if operation.key not in ("matter", "meeting") else None
        if known is not None:
            return known
        made = make(services, scope, values, path)
        if geo:
            return answers.send(orjson.dumps(made.__dict__, option=orjson.OPT_SERIALIZE_NUMPY), etag, answers.GEOJSON)
        return answers.send(rows.body(made), etag)

    return view
