"""The JSON API and the small endpoints of operation: /api/…, /live, /healthz, /readyz, /metrics."""

from __future__ import annotations

from typing import Any

from flask import Flask

from dashboard.api import metrics, operation, v1

# What the login gate lets through: these answer for themselves, in JSON and with 401 instead of a login page.
OPEN_PATHS = ("/api/", "/live", "/healthz", "/readyz", "/metrics")


def register(server: Flask, services: Any) -> None:
    """Add the API to the web server; called once by the app."""
    measured = metrics.watch(server, services)
    server.register_blueprint(v1.blueprint(services))
    server.register_blueprint(operation.blueprint(services, measured))
