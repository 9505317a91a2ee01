"""The push operation against its own description: batches made from it, signed, and every kind of answer checked by it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import hypothesis
import schemathesis
from flask import Flask
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from dashboard import api as json_api
from tests.services.push_feed import PATH, Sender, open_push, row

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
CELLS = st.one_of(st.text(max_size=20), st.integers(), st.floats(allow_nan=False, allow_infinity=False), st.none(), st.booleans(), st.lists(st.text(), max_size=2))
ROWS = st.lists(st.dictionaries(st.sampled_from(["no", "day", "title", "place", "state", "其他"]), CELLS), max_size=6)


def test_any_signed_batch_gets_an_answer_as_described(store_url: str, tmp_path: Path) -> None:
    services = open_push(store_url, tmp_path, "per_minute = 10000")
    app = Flask("push")
    json_api.register(app, services)
    operation: Any = schemathesis.openapi.from_wsgi("/api/openapi.json", app)["/v1/feeds/{feed}/records"]["POST"]
    sender = Sender(app, services.push_keys.add("mediation"))
    codes: set[int] = set()

    def checked(answer: Any) -> None:
        codes.add(answer.status_code)
        operation.validate_response(answer)

    @hypothesis.settings(max_examples=12, deadline=None, suppress_health_check=list(hypothesis.HealthCheck), database=None)
    @hypothesis.given(rows=ROWS)
    def signed(rows: list[dict[str, Any]]) -> None:
        answer = sender.send(json.dumps({"records": rows}).encode())
        assert answer.status_code == 200, answer.text
        assert answer.json["received"] == len(rows) == len(answer.json["results"])
        checked(answer)

    @hypothesis.settings(max_examples=12, deadline=None, suppress_health_check=list(hypothesis.HealthCheck), database=None)
    @hypothesis.given(case=operation.as_strategy())
    def unsigned(case: Any) -> None:
        response = case.call(headers={"Accept-Encoding": "identity"})
        codes.add(response.status_code)
        case.validate_response(response, checks=CHECKS)

    signed()
    unsigned()
    once = json.dumps({"records": [row(1)]}).encode()
    checked(sender.send(b"{"))
    checked(sender.send(once, secret="wrong"))
    for body in (once, b" " * 100_001, json.dumps({"records": [row(2)]}).encode()):
        checked(sender.send(body, idempotency="the-same-key"))
    checked(sender.send(once, headers={"Content-Type": "text/plain"}))
    checked(sender.send(once, path=PATH.replace("mediation", "nobody")))
    assert {200, 400, 401, 404, 409, 413, 415} <= codes
    services.close()
