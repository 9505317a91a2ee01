"""/api/v1/matters/<code>/acts: what may be done with a matter now, doing it, and the description of both."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Literal

import orjson
from flask import Response, request
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from werkzeug.exceptions import RequestEntityTooLarge

from dashboard.api import answers, models, rows
from dashboard.api.access import scope_of
from dashboard.api.problems import Problem
from matters.access import Scope
from matters.path import ACTS
from services.path_shapes import ActForm, Conflict, FieldForm, Refused

PATH = "/v1/matters/{code}/acts"
RULE = "/v1/matters/<code>/acts"
UNDO = "undo"
Task = Annotated[dict[str, str], Field(description="department, task, and due (a day) where there is one")]
Value = str | int | bool | list[str] | list[Task] | None


class Act(BaseModel):
    """An act. `version` is that of the matter as it was read; `values` are the fields that GET names for the act."""

    model_config = ConfigDict(extra="forbid", strict=True)

    act: Literal[(*ACTS, UNDO)] = Field(description="undo takes back the event of `values.ref`, with `values.why`")  # type: ignore[valid-type]
    version: Annotated[int, Field(ge=0, lt=2**31)]
    values: Annotated[dict[str, Value], Field(max_length=30)] = Field(default_factory=dict)


class FieldRow(models.Answer):
    """A field that an act asks for; `options` are the values of a choice."""

    key: str
    kind: str
    required: bool
    value: str | int | bool | None = Field(description="what is taken or usual when nothing is given")
    options: list[str]
    least: str | int | None
    most: str | int | None = Field(description="of a date or a number; of a text its characters")


class FormRow(models.Answer):
    """An act that this account may take now."""

    act: str
    group: str
    target: str = Field(description="the stage it leads to; empty: it stays")
    fields: list[FieldRow]


class MatterActs(models.Answer):
    """What this account may do with a matter now, and the version to send back with it."""

    data_version: int
    as_of: models.AsOf
    code: str
    version: models.Count
    stage: str
    acts: list[FormRow]
    undo: list[int] = Field(description="events that this account may take back now")


class Acted(models.Answer):
    """What was written, and how the matter stands now."""

    data_version: int
    code: str
    version: models.Count
    stage: str | None = Field(description="null when the act took the matter out of this account's sight")
    event: models.EventRow | None


MODELS = ((Act, "validation"), (Acted, "serialization"))


def acts(services: Any, scope: Scope, _values: dict[str, Any], path: dict[str, str]) -> models.Answer:
    """What this account may do with a matter now."""
    try:
        found = services.path.acts(scope, path["code"])
    except LookupError:
        raise _no_matter(path["code"]) from None
    return MatterActs(
        data_version=services.figures.data_version(), as_of=services.now().replace(microsecond=0), code=found.code, version=found.version,
        stage=found.stage, acts=[_form(a) for a in found.acts], undo=list(found.undo),
    )  # fmt: skip


def _form(form: ActForm) -> FormRow:
    return FormRow(act=form.key, group=form.group, target=form.target, fields=[_field(f) for f in form.fields])


def _field(f: FieldForm) -> FieldRow:
    options = [code for code, _, _ in f.options]
    return FieldRow(key=f.key, kind=f.kind, required=f.required, value=f.value, options=options, least=f.least, most=f.most)


def view(services: Any) -> Callable[[str], Response]:
    """The view: takes an act as the page does, for the account of the token or of the browser's login."""

    def act(code: str) -> Response:
        scope = scope_of(services)
        if "\0" in code:
            raise _no_matter("")
        _same_origin()
        wanted = _given()
        done = _done(services, scope, code, wanted)
        response = Response(rows.body(done), 201, content_type=answers.JSON)
        response.headers["Cache-Control"] = "no-store"
        return response

    return act


def _same_origin() -> None:
    """A login in the browser acts from our own pages only: another site's page could send its cookie along."""
    origin = request.headers.get("Origin")
    if not request.headers.get("Authorization") and origin is not None and origin.split("://")[-1] != request.host:
        raise Problem(403, "a login acts from its own site only; send a token: Authorization: Bearer …")


def _given() -> Act:
    if request.query_string:
        raise Problem(400, "no parameters here: what is asked stands in the body")
    if request.mimetype != answers.JSON:  # a form of another site cannot send this type unasked
        raise Problem(415, "Content-Type: application/json")
    try:
        return Act.model_validate(orjson.loads(request.get_data(cache=False)))
    except RequestEntityTooLarge:
        raise Problem(413, "an act has no such size") from None
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise Problem(400, f"{'.'.join(map(str, first['loc'])) or 'body'}: {first['msg']}", parameter=str((*first["loc"], "body")[0])) from None
    except ValueError:
        raise Problem(400, "the body is no JSON in UTF-8", parameter="body") from None


def _done(services: Any, scope: Scope, code: str, wanted: Act) -> Acted:
    try:
        if wanted.act == UNDO:
            version = services.path.undo(scope, code, _ref(wanted.values), wanted.version, str(wanted.values.get("why") or ""))
        else:
            version = services.path.act(scope, code, wanted.act, wanted.values, wanted.version)
    except Conflict:
        raise _faster(services, scope, code) from None
    except Refused as error:
        status = 400 if error.reason == "field" else 422
        raise Problem(status, _why(error), parameter=error.what if error.reason == "field" else None) from None
    except LookupError:
        raise _no_matter(code) from None
    told = Acted(data_version=services.figures.data_version(), code=code, version=version, stage=None, event=None)
    try:
        stage, events = services.path.acts(scope, code).stage, services.path.events(scope, code)
    except LookupError:
        return told
    newest = max((e for e in events if e.by == scope.user), key=lambda e: e.id)
    return told.model_copy(update={"stage": stage, "event": models.EventRow.model_validate(newest)})


def _ref(values: dict[str, Value]) -> int:
    ref = values.get("ref")
    if isinstance(ref, bool) or not isinstance(ref, int | str) or not str(ref).isdecimal():
        raise Problem(400, "ref: the id of the event that is taken back", parameter="ref")
    return int(ref)


def _faster(services: Any, scope: Scope, code: str) -> Problem:
    """409 with the version that holds now: read the matter again, look at what changed, and decide anew."""
    version = services.path.acts(scope, code).version
    return Problem(409, f"the matter has changed since: it stands at version {version} now; nothing was written", version=version)


def _no_matter(code: str) -> Problem:
    return Problem(404, f"there is no matter {code[:40]} in your area")


def _why(error: Refused) -> str:
    """The refusal in plain words; keys are those of matters/path.py."""
    return {
        "stage": f"not from the stage {error.what}", "lacks": f"there is no {error.what} yet", "has": f"there is already: {error.what}",
        "field": f"{error.what}: missing, unknown or not possible", "late": f"the limit {error.what} has passed",
        "undo": {"gone": "there is no such event", "done": "it has been taken back already", "later": "later steps rest on it: take those back first"}.get(
            error.what, error.what),
    }.get(error.reason, str(error))  # fmt: skip


def described(ref: str, problem: Callable[[str], dict[str, Any]]) -> dict[str, Any]:
    """The operation in the OpenAPI description."""
    return {
        "operationId": "act",
        "summary": "Take an act on a matter, or take one back",
        "description": "Who, when and why are kept. Two at once: the second gets 409, and nothing of it is written. The same request sent "
                       "again is a 409 too, since the version has moved on.",
        "parameters": [{"name": "code", "in": "path", "required": True, "schema": {"type": "string"}}],
        "requestBody": {"required": True, "content": {answers.JSON: {"schema": {"$ref": ref.format(model="Act")}}}},
        "responses": {
            "201": {"description": "Written", "content": {answers.JSON: {"schema": {"$ref": ref.format(model="Acted")}}}},
            **{status: problem(text) for status, text in _PROBLEMS.items()},
        },
    }  # fmt: skip


_PROBLEMS = {
    "400": "The body cannot be read, or a field is missing, unknown or not possible; `parameter` names it",
    "401": "No valid token or login",
    "403": "This account may not take the act",
    "404": "There is no such matter in the account's area",
    "409": "The matter has changed since that version; `version` is that of now",
    "413": "Too many bytes",
    "415": "Not JSON",
    "422": "Not now: the stage, or a fact that is lacking or stands against it",
    "500": "A fault; `mark` finds it in the log",
    "503": "The database is busy or full: again later",
}
