"""The OpenAPI 3.1 description, made from the operations, their parameters and the models of their answers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import orjson
from pydantic.json_schema import models_json_schema

from dashboard.api import acted, assessed, models, pushed
from dashboard.api.params import PARAMS

_REF = "#/components/schemas/{model}"
_FILTERS = ("area", "from", "to", "category", "agency", "channel")
_LIST_FILTERS = (*_FILTERS, "stage", "part", "located", "scale", "exclude", "as_of", "q", "sort", "limit", "cursor")


@dataclass(frozen=True, slots=True)
class Operation:
    """One GET endpoint: key, path below /api, what it is for, its parameters, the model of its answer."""

    key: str
    path: str
    summary: str
    params: tuple[str, ...]
    model: type[models.Answer]
    media: str = "application/json"

    @property
    def rule(self) -> str:
        """The path as Flask writes it."""
        return self.path.replace("{", "<").replace("}", ">")


OPERATIONS: tuple[Operation, ...] = (
    Operation("indicators", "/v1/indicators", "Figures of every area of a level", (*_FILTERS, "level", "exclude", "as_of"),
              models.Indicators),
    Operation("matters", "/v1/matters", "A page of matters", _LIST_FILTERS, models.MatterList),
    Operation("matter", "/v1/matters/{code}", "One matter with its records", ("as_of",), models.MatterDetail),
    Operation("acts", acted.PATH, "What this account may do with a matter now, with the fields of each act", (), acted.MatterActs),
    Operation("areas", "/v1/areas", "Outlines of areas", ("map_level", "parent"), models.Areas, "application/geo+json"),
    Operation("feeds", "/v1/feeds", "How the feeds stand", ("as_of",), models.Feeds),
    Operation("meeting", "/v1/meetings/{id}", "A frozen meeting: its tables as they stood, agenda and decisions", (), models.MeetingDetail),
    Operation("signals", "/v1/signals", "What grows: the signals of the week, and older ones not decided on; of now only, there is no as_of",
              ("area", "category"), models.Signals),
    Operation("assessment", "/v1/assessment", "Scores of counties, townships or departments in a period, with their parts",
              ("scored_level", "period", "area", "exclude", "as_of"), assessed.Scores),
    Operation("indices", "/v1/outside-indices", "Index figures from outside, with their source", ("as_of",), assessed.OutsideIndices),
    Operation("listings", "/v1/listings", "Areas and trades under targeted remediation", ("state", "area", "subject", "as_of"), models.Listings),
)  # fmt: skip


def document() -> bytes:
    """The description as JSON bytes."""
    answer_models = [(op.model, "serialization") for op in OPERATIONS] + [*pushed.MODELS, *acted.MODELS, (models.ProblemDocument, "serialization")]
    _, schemas = models_json_schema(answer_models, ref_template=_REF)  # type: ignore[arg-type]
    return orjson.dumps(
        {
            "openapi": "3.1.0",
            "info": {"title": "Yizhan", "version": "1", "description": "Figures, matters and areas of a city's dispute centres.",
                     "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"}},
            "servers": [{"url": "/api"}],
            "security": [{"token": []}, {"session": []}],
            "paths": _paths(),
            "components": {
                "schemas": schemas["$defs"],
                "securitySchemes": {
                    "token": {"type": "http", "scheme": "bearer", "description": "`yizhan token add USER` prints one"},
                    "session": {"type": "apiKey", "in": "cookie", "name": "yizhan_session", "description": "The browser's login"},
                    "push": pushed.SECURITY,
                },
            },
        },
        option=orjson.OPT_INDENT_2,
    )  # fmt: skip


def _paths() -> dict[str, dict[str, Any]]:
    paths: dict[str, dict[str, Any]] = {op.path: {"get": _described(op)} for op in OPERATIONS}
    for path, post in ((pushed.PATH, pushed.described(_REF, _problem)), (acted.PATH, acted.described(_REF, _problem))):
        paths.setdefault(path, {})["post"] = post
    return paths


def _described(operation: Operation) -> dict[str, Any]:
    parameters = [PARAMS[name].described for name in operation.params]
    parameters += [{"name": n, "in": "path", "required": True, "schema": {"type": "string"}} for n in re.findall(r"{(\w+)}", operation.path)]
    return {
        "operationId": operation.key,
        "summary": operation.summary,
        "parameters": parameters,
        "responses": {
            "200": {
                "description": "The answer",
                "headers": {"ETag": {"schema": {"type": "string"}, "description": "Send it back as If-None-Match"}},
                "content": {operation.media: {"schema": {"$ref": _REF.format(model=operation.model.__name__)}}},
            },
            "304": {"description": "Nothing has changed since the ETag that was sent"},
            **{status: _problem(text) for status, text in _PROBLEMS.items()},
        },
    }


_PROBLEMS = {
    "400": "A parameter cannot be used; `parameter` names it, `allowed` lists its values",
    "401": "No valid token or login",
    "403": "The area lies outside yours",
    "404": "There is no such area or matter",
    "405": "Only GET",
    "500": "A fault; `mark` finds it in the log",
}


def _problem(text: str) -> dict[str, Any]:
    schema = {"$ref": _REF.format(model="ProblemDocument")}
    return {"description": text, "content": {"application/problem+json": {"schema": schema}}}
