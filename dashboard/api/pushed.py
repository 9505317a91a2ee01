"""POST /api/v1/feeds/<feed>/records: a source's batch to the service, its answer back, and the description of both."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Literal

from flask import Response, request
from pydantic import BaseModel, ConfigDict, Field
from werkzeug.exceptions import RequestEntityTooLarge

from connectors import signing
from dashboard.api import answers, models
from dashboard.api.problems import Problem, answer
from services.push import Arrived, Refused

PATH = "/v1/feeds/{feed}/records"
RULE = "/v1/feeds/<feed>/records"
JSON_LINES = ("application/x-ndjson", "application/jsonl", "application/json-lines")
AGAIN = "Idempotent-Replayed"


class Records(BaseModel):
    """A batch. Each row has the columns of the source, as the feed's mapping knows them; numbers are kept as they are written."""

    model_config = ConfigDict(extra="allow")

    records: list[dict[str, Any]]


class RowResult(models.Answer):
    """What became of one row; members that do not apply are left out."""

    model_config = ConfigDict(json_schema_serialization_defaults_required=False)

    index: models.Count = Field(description="place in the batch, from 0 (JSON Lines: empty lines do not count)")
    fate: Literal["new", "changed", "unchanged", "withdrawn", "quarantined", "filtered"]
    external_id: str | None = None
    reason: str | None = Field(None, description="why it is quarantined: a code of docs/feeds/mapping.md")
    column: str | None = None
    message: str | None = None


class PushAnswer(models.Answer):
    """What became of a batch: received = new + changed + unchanged + withdrawn + quarantined."""

    received: models.Count
    new: models.Count
    changed: models.Count
    unchanged: models.Count
    withdrawn: models.Count
    quarantined: models.Count
    filtered: Annotated[int, Field(ge=0, description="rows that the feed's own filter leaves out; not among the received")]
    data_version: models.Count
    results: list[RowResult] = Field(description="in the order of the rows")


MODELS = ((Records, "validation"), (PushAnswer, "serialization"))


def view(services: Any) -> Callable[[str], Response]:
    """The view: no login and no cookie, the signature is what counts."""

    def push(feed: str) -> Response:
        try:
            answered = services.push.take(_arrived(feed))
        except Refused as refused:
            return _refusal(refused)
        response = Response(answered.text, content_type=answers.JSON)
        if answered.again:
            response.headers[AGAIN] = "true"
        return response

    return push


def _arrived(feed: str) -> Arrived:
    """The request as the service takes it; a 4xx problem for what cannot be a batch."""
    if request.query_string:
        raise Problem(400, "no parameters here: what is sent stands in the body and is signed")
    given = {name: request.headers.get(name, "") for name in (signing.TIMESTAMP, signing.KEY_ID, signing.SIGNATURE, signing.IDEMPOTENCY)}
    return Arrived(
        feed, request.method, request.path, given[signing.TIMESTAMP], given[signing.KEY_ID], given[signing.SIGNATURE],
        given[signing.IDEMPOTENCY], _is_lines(), _body,
    )  # fmt: skip


def _is_lines() -> bool:
    if request.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise Problem(415, "Content-Encoding: send the body as it is, not compressed")
    charset = request.mimetype_params.get("charset", "utf-8").lower()
    if charset not in ("utf-8", "utf8"):
        raise Problem(415, f"charset {charset[:20]!r}: JSON is sent as UTF-8")
    if request.mimetype != answers.JSON and request.mimetype not in JSON_LINES:
        raise Problem(415, f"Content-Type: application/json, or {JSON_LINES[0]} for JSON Lines")
    return request.mimetype != answers.JSON


def _body(most: int) -> bytes:
    """The bytes of the body; ValueError when there are more, also from a sender who does not tell their number."""
    request.max_content_length = most
    if (request.content_length or 0) > most:
        raise ValueError(most)
    try:
        return request.get_data(cache=False)
    except RequestEntityTooLarge:
        raise ValueError(most) from None


def _refusal(refused: Refused) -> Response:
    response = answer(Problem(refused.status, refused.detail))
    if refused.retry_after:
        response.headers["Retry-After"] = str(refused.retry_after)
    if refused.status == 401:
        response.headers["WWW-Authenticate"] = f'{signing.NAME} realm="Yizhan"'
    return response


def described(ref: str, problem: Callable[[str], dict[str, Any]]) -> dict[str, Any]:
    """The operation in the OpenAPI description."""
    schema = {"$ref": ref.format(model="Records")}
    lines = {"type": "string", "description": "a JSON object a line"}
    return {
        "operationId": "push",
        "summary": "A batch of rows of a feed whose source sends them",
        "description": "Signed; stored whole or not at all. Sent again with the same Idempotency-Key, it gets the same answer.",
        "security": [{"push": []}],
        "parameters": [{"name": "feed", "in": "path", "required": True, "schema": {"type": "string"}}, *_HEADERS],
        "requestBody": {"required": True, "content": {answers.JSON: {"schema": schema}, JSON_LINES[0]: {"schema": lines}}},
        "responses": {
            "200": {
                "description": "Stored; every row has its fate",
                "headers": {AGAIN: {"schema": {"type": "string"}, "description": "true when this answer was given before"}},
                "content": {answers.JSON: {"schema": {"$ref": ref.format(model="PushAnswer")}}},
            },
            **{status: problem(text) for status, text in _PROBLEMS.items()},
        },
    }


def _header(name: str, pattern: str, doc: str) -> dict[str, Any]:
    return {"name": name, "in": "header", "required": True, "description": doc, "schema": {"type": "string", "pattern": pattern}}


_HEADERS = [
    _header(signing.TIMESTAMP, "^[0-9]{1,12}$", "Seconds since 1970; close to the server's clock"),
    _header(signing.KEY_ID, "^[0-9a-f]{16}$", "`yizhan feeds key add FEED` prints it"),
    _header(signing.SIGNATURE, "^[0-9a-f]{64}$", "HMAC-SHA256 over the six lines of docs/feeds/door-push.md"),
    _header(signing.IDEMPOTENCY, "^[!-~]{8,128}$", "New for every batch, the same when it is sent again"),
]
SECURITY = {"type": "apiKey", "in": "header", "name": signing.SIGNATURE, "description": "See docs/feeds/door-push.md"}
_PROBLEMS = {
    "400": "The body or a header cannot be read; nothing was stored",
    "401": "Not signed by a key in force of this feed, or the clock is off",
    "404": "No source pushes to this feed",
    "405": "Only POST",
    "409": "The Idempotency-Key was sent with another body before",
    "413": "Too many bytes or rows",
    "415": "Neither JSON nor JSON Lines in UTF-8",
    "429": "Too many batches in a minute; Retry-After says when to go on",
    "500": "A fault; `mark` finds it in the log",
    "503": "Not now (paused, busy, disk full): send the same batch again after Retry-After",
}
