"""A web server over the small city, and a way to ask it as somebody."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from app import build_app
from services.wiring import Services

Ask = Callable[..., TestResponse]


@pytest.fixture(scope="session")
def server(small_city: Services) -> Flask:
    """The whole web app, with gate and headers."""
    return build_app(small_city).server


@pytest.fixture(scope="session")
def tokens(small_city: Services) -> dict[str, str]:
    """An API token for each demo account."""
    return {name: small_city.auth.add_token(name, "test") for name in ("city", "county", "township", "analyst", "admin")}


@pytest.fixture
def ask(server: Flask, tokens: dict[str, str]) -> Iterator[Ask]:
    """ask(path, user='city', **headers): GET with that account's token; user='' sends none."""
    with server.test_client() as client:

        def get(path: str, user: str = "city", method: str = "GET", **headers: str) -> TestResponse:
            sent = {name.replace("_", "-"): value for name, value in headers.items()}
            if user:
                sent["Authorization"] = f"Bearer {tokens[user]}"
            return client.open(path, method=method, headers=sent)

        yield get
