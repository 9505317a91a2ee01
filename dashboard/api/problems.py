"""Errors of the API as RFC 9457 problem documents."""

from __future__ import annotations

import logging
import secrets
from typing import Any

import orjson
from flask import Response, request
from werkzeug.exceptions import HTTPException

from matters.access import Forbidden
from matters.moments import MomentError, NotYetKnown

LOG = logging.getLogger("yizhan.api")

TITLES = {
    400: "A parameter cannot be used",
    401: "Not logged in",
    403: "Outside your area",
    404: "Not found",
    405: "Method not allowed",
    409: "Something else came first",
    413: "Too large",
    415: "Not a type that is read here",
    422: "Not now",
    429: "Too often",
    500: "Something went wrong here",
    503: "Not ready",
}


class Problem(Exception):
    """An answer that is no success; `more` are further members of the document."""

    def __init__(self, status: int, detail: str, **more: Any) -> None:
        super().__init__(detail)
        self.status, self.detail, self.more = status, detail, more


def bad_parameter(name: str, detail: str, allowed: list[str] | None = None) -> Problem:
    """400 that names the parameter and, where they can be listed, its allowed values."""
    more = {"allowed": allowed} if allowed is not None else {}
    return Problem(400, f"{name}: {detail}", parameter=name, **more)


def answer(problem: Problem) -> Response:
    """The problem as a response."""
    title = TITLES.get(problem.status, "Error")
    document = {"type": "about:blank", "title": title, "status": problem.status, "detail": problem.detail, **problem.more}
    response = Response(orjson.dumps(document), problem.status, content_type="application/problem+json")
    response.headers["Cache-Control"] = "no-store"
    if problem.status == 401:
        response.headers["WWW-Authenticate"] = 'Bearer realm="Yizhan"'
    return response


def from_error(error: Exception) -> Response:
    """Any error of a view as a problem: Forbidden 403, HTTP errors as they are, the rest 500 with a mark for the log."""
    if isinstance(error, Problem):
        return answer(error)
    if isinstance(error, Forbidden):
        return answer(Problem(403, str(error)))
    if isinstance(error, MomentError):
        return answer(bad_parameter("as_of", error.words) if error.reason != "busy" else Problem(503, error.words))
    if isinstance(error, NotYetKnown):
        return answer(Problem(404, str(error)))
    if isinstance(error, HTTPException):
        response = answer(Problem(error.code or 500, error.description or error.name))
        for name, value in error.get_headers():
            if name in ("Allow", "Retry-After"):
                response.headers[name] = value
        return response
    mark = secrets.token_hex(3)
    LOG.error("%s failed [%s]", request.path, mark, exc_info=error)
    return answer(Problem(500, f"The administrator finds it in the log as {mark}.", mark=mark))
