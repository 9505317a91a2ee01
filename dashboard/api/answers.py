"""Sending: JSON bytes with an ETag that changes exactly when the answer can, and gzip when it pays."""

from __future__ import annotations

import gzip
import hashlib
from typing import Any

from flask import Response, request

from matters.access import Scope

GZIP_FROM = 1000  # bytes; below, the headers cost more than they save
JSON = "application/json"
GEOJSON = "application/geo+json"


def late_feeds(services: Any, scope: Scope) -> list[str]:
    """Feeds that are late now: lateness comes with the clock, without a new data version."""
    return sorted(state.feed for state in services.feeds.states(scope) if state.late)


def tag(services: Any, scope: Scope, *more: Any) -> str:
    """ETag of this request's answer: data version, day, late feeds, who may see what, and the query itself."""
    parts = (
        services.figures.data_version(), services.now().date(), late_feeds(services, scope), scope.key, scope.role,
        request.path, request.query_string, *more,
    )  # fmt: skip
    return hashlib.blake2b(repr(parts).encode(), digest_size=12).hexdigest()


def unchanged(etag: str) -> Response | None:
    """304 when the client has this answer already, so that nothing is computed."""
    if not request.if_none_match.contains_weak(etag):
        return None
    return _headed(Response(status=304), etag)


def send(body: bytes, etag: str, content_type: str = JSON) -> Response:
    """The answer, compressed for a client that takes gzip."""
    response = Response(body, content_type=content_type)
    if len(body) > GZIP_FROM and request.accept_encodings["gzip"] > 0:
        response.set_data(gzip.compress(body, 5, mtime=0))
        response.headers["Content-Encoding"] = "gzip"
    return _headed(response, etag)


def _headed(response: Response, etag: str) -> Response:
    response.set_etag(etag, weak=True)
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["Vary"] = "Accept-Encoding, Authorization, Cookie"
    return response
