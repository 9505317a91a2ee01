"""/live for the screens, /healthz and /readyz for whoever keeps the process alive, /metrics for monitoring."""

from __future__ import annotations

import hmac
import ipaddress
from typing import Any

import orjson
from flask import Blueprint, Response, request
from prometheus_client import CONTENT_TYPE_LATEST

from dashboard.api import answers, models, rows
from dashboard.api.access import scope_of
from dashboard.api.metrics import Measured
from dashboard.api.problems import Problem, answer, from_error


def blueprint(services: Any, measured: Measured) -> Blueprint:
    """The four endpoints."""
    operation = Blueprint("operation", __name__)
    operation.add_url_rule("/live", "live", lambda: live(services))
    operation.add_url_rule("/healthz", "healthz", healthz)
    operation.add_url_rule("/readyz", "readyz", lambda: readyz(services))
    operation.add_url_rule("/metrics", "metrics", lambda: metrics(services, measured))
    operation.register_error_handler(Exception, from_error)
    return operation


def live(services: Any) -> Response:
    """The data version and the late feeds; 304 while neither changes."""
    scope = scope_of(services)
    late = [state for state in services.feeds.states(scope) if state.late]
    version = services.figures.data_version()
    now = services.now().replace(microsecond=0)
    # The day is in it: what is overdue changes at midnight without new data.
    etag = f"{version}-{now:%m%d}-{'.'.join(state.feed for state in late)}"
    known = answers.unchanged(etag)
    if known is not None:
        return known
    return answers.send(rows.body(models.Live(version=version, now=now, feeds=rows.plain(late, models.FeedRow))), etag)


def healthz() -> Response:
    """The process answers; nothing else is asked."""
    return _plain({"status": "ok"})


def readyz(services: Any) -> Response:
    """The database answers and its migrations are at head; else 503 with what is wrong."""
    problems = services.ready()
    if problems:
        return answer(Problem(503, "; ".join(problems)))
    return _plain({"status": "ready", "data_version": services.figures.data_version()})


def metrics(services: Any, measured: Measured) -> Response:
    """The exposition, to this machine or to the bearer of metrics_token."""
    if not _local(request.remote_addr) or request.headers.get("X-Forwarded-For"):
        wanted = services.settings.metrics_token
        given = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if not wanted or not hmac.compare_digest(given.encode(), wanted.encode()):
            raise Problem(401, "metrics are for this machine, or for the bearer of metrics_token")
    return Response(measured.text(), content_type=CONTENT_TYPE_LATEST, headers={"Cache-Control": "no-store"})


def _local(address: str | None) -> bool:
    try:
        return ipaddress.ip_address(address or "").is_loopback
    except ValueError:
        return False


def _plain(document: dict[str, Any]) -> Response:
    return Response(orjson.dumps(document), content_type=answers.JSON, headers={"Cache-Control": "no-store"})
