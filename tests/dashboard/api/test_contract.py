"""The API against its own description: requests made from it, answers checked by it (schemathesis, bounded)."""

from __future__ import annotations

import os
from typing import Any

import hypothesis
import pytest
import schemathesis
from flask import Flask
from schemathesis.checks import not_a_server_error

PER_OPERATION = 200 if os.environ.get("YIZHAN_SOAK") else 40


@pytest.fixture
def api(server: Flask) -> Any:
    """The description, with requests going into the server without a network."""
    return schemathesis.openapi.from_wsgi("/api/openapi.json", server)


@pytest.mark.parametrize("user", ["city", "township"])
def test_every_operation_keeps_to_its_description(api: Any, tokens: dict[str, str], user: str) -> None:
    seen: dict[str, set[int]] = {}
    for found in api.get_all_operations():
        operation = found.ok()
        codes = seen.setdefault(operation.path, set())
        # The transport without a network does not unpack.
        _try(operation, {"Authorization": f"Bearer {tokens[user]}", "Accept-Encoding": "identity"}, codes)
    assert set(seen) == {"/v1/indicators", "/v1/matters", "/v1/matters/{code}", "/v1/matters/{code}/acts", "/v1/areas", "/v1/feeds", "/v1/listings", "/v1/meetings/{id}",
                         "/v1/signals", "/v1/assessment", "/v1/outside-indices", "/v1/feeds/{feed}/records"}
    assert all(200 in codes for path, codes in seen.items() if "{" not in path), seen


def _try(operation: Any, headers: dict[str, str], codes: set[int]) -> None:
    @hypothesis.settings(max_examples=PER_OPERATION, deadline=None, suppress_health_check=list(hypothesis.HealthCheck), database=None)
    @hypothesis.given(case=operation.as_strategy())
    def run(case: Any) -> None:
        response = case.call(headers=headers)
        codes.add(response.status_code)
        case.validate_response(response, checks=[not_a_server_error, *_structural()])

    run()


def _structural() -> list[Any]:
    from schemathesis.specs.openapi.checks import (
        content_type_conformance,
        response_schema_conformance,
        status_code_conformance,
    )

    return [status_code_conformance, content_type_conformance, response_schema_conformance]


def test_a_real_matter_keeps_to_its_description(api: Any, ask: Any) -> None:
    code = ask("/api/v1/matters?limit=1&sort=-record_count").json["rows"][0]["code"]
    operation = api["/v1/matters/{code}"]["GET"]
    response = ask(f"/api/v1/matters/{code}")
    assert response.status_code == 200
    operation.validate_response(response)
