"""Acts on a matter over the API: by whom, in which order, and what is left behind by those that are refused."""

from __future__ import annotations

import re
from typing import Any

import pytest
import schemathesis
from flask import Flask
from sqlalchemy import func, select

from app import build_app
from matters.access import Scope
from matters.filters import Filter
from matters.path import LOCAL
from services.auth import DEMO_PASSWORD
from services.wiring import Services
from store.engine import reading
from store.schema import audit, path_event

COUNTY = Scope.of("county", "county_leader", "county", "360923")


@pytest.fixture
def web(own_city: Services) -> Flask:
    return build_app(own_city).server


@pytest.fixture
def bearer(own_city: Services) -> dict[str, dict[str, str]]:
    return {n: {"Authorization": f"Bearer {own_city.auth.add_token(n)}"} for n in ("city", "county", "township", "analyst")}


def written(services: Services) -> tuple[int, int]:
    with reading(services.engine) as c:
        events = c.execute(select(func.count()).select_from(path_event)).scalar_one()
        return events, c.execute(select(func.count()).select_from(audit).where(audit.c.act.like("path.%"))).scalar_one()


def test_two_clerks_at_once_over_the_api_lose_nothing(own_city: Services, web: Flask, bearer: dict[str, Any]) -> None:
    client, api = web.test_client(), schemathesis.openapi.from_wsgi("/api/openapi.json", web)
    code = next(r.code for r in own_city.matters.page(COUNTY, Filter(part="open"), limit=200).rows if r.stage in LOCAL and r.stage != "dispatched")
    stage = own_city.path.acts(COUNTY, code).stage
    address = f"/api/v1/matters/{code}/acts"
    before = written(own_city)

    asked = client.get(address, headers=bearer["county"])
    api["/v1/matters/{code}/acts"]["GET"].validate_response(asked)
    form = next(a for a in asked.json["acts"] if a["act"] == "dispatch")
    assert [f["key"] for f in form["fields"] if f["required"]] == ["owner", "on"] and form["target"] == "dispatched"
    body = {"act": "dispatch", "version": asked.json["version"], "values": {"owner": "县住建局", "why": "物业归口"}}

    done = client.post(address, json=body, headers=bearer["county"])
    assert done.status_code == 201, done.json
    api["/v1/matters/{code}/acts"]["POST"].validate_response(done)
    event = done.json["event"]
    assert (event["act"], event["by"], event["role"], event["why"], event["data"]) == ("dispatch", "county", "county_leader", "物业归口", {"owner": "县住建局"})
    assert done.json["stage"] == own_city.path.acts(COUNTY, code).stage and done.json["version"] == body["version"] + 1
    now = client.get(f"/api/v1/matters/{code}", headers=bearer["county"]).json
    assert now["matter"]["owner"] == "县住建局" and now["events"][0]["id"] == event["id"]

    late = client.post(address, json={**body, "values": {"owner": "县人社局"}}, headers=bearer["city"])
    assert (late.status_code, late.json["version"]) == (409, done.json["version"])
    api["/v1/matters/{code}/acts"]["POST"].validate_response(late)
    assert written(own_city) == (before[0] + 1, before[1] + 1)

    undo = {"act": "undo", "version": done.json["version"], "values": {"ref": event["id"], "why": "派错了"}}
    assert event["id"] in client.get(address, headers=bearer["county"]).json["undo"]
    back = client.post(address, json=undo, headers=bearer["county"])
    assert back.status_code == 201 and back.json["stage"] == stage and back.json["event"]["ref"] == event["id"]
    again = client.post(address, json={**undo, "version": back.json["version"]}, headers=bearer["county"])
    assert again.status_code == 422 and "already" in again.json["detail"]
    assert written(own_city) == (before[0] + 2, before[1] + 2)


def test_what_is_refused_is_said_and_writes_nothing(own_city: Services, web: Flask, bearer: dict[str, Any]) -> None:
    client = web.test_client()
    rows = [r for r in own_city.matters.page(COUNTY, Filter(part="open"), limit=200).rows if r.stage in LOCAL]
    far = own_city.matters.page(Scope.system(), Filter(part="open", area="360922"), limit=1).rows[0].code
    code, before = rows[0].code, written(own_city)
    version = own_city.path.acts(COUNTY, code).version

    def post(user: str, body: Any, code: str = code, **kw: Any) -> tuple[int, dict[str, Any]]:
        answer = client.post(f"/api/v1/matters/{code}/acts", headers=bearer[user] if user else {}, **({"json": body} if "data" not in kw else kw))
        assert answer.content_type == "application/problem+json"
        return answer.status_code, answer.json

    good = {"act": "dispatch", "version": version, "values": {"owner": "县住建局"}}
    assert post("", good)[0] == 401
    assert post("analyst", good)[0] == 403
    assert post("county", {**good, "act": "black", "values": {"why": "x"}})[0] == 403
    assert post("county", good, code=far)[0] == 404 and post("county", good, code="26-0000000")[0] == 404
    for values, field in (({}, "owner"), ({"owner": "局", "on": "2031-01-01"}, "on"), ({"owner": "局", "colour": "red"}, "colour")):
        assert (post("county", {**good, "values": values})[0], post("county", {**good, "values": values})[1]["parameter"]) == (400, field)
    assert post("county", {**good, "act": "granted", "values": {}})[0] == 422
    for broken in ({"act": "dispatch"}, {**good, "act": "shout"}, {**good, "version": "1"}, {**good, "more": 1}, [good]):
        assert post("county", broken)[0] == 400
    assert post("county", None, data=b"{", content_type="application/json")[0] == 400
    assert post("county", None, data={"act": "dispatch"})[0] == 415
    assert post("county", None, data=b'{"a": "' + b"x" * 300_000 + b'"}', content_type="application/json")[0] == 413
    assert written(own_city) == before


def test_a_login_acts_from_its_own_pages_only(own_city: Services, web: Flask) -> None:
    code = own_city.matters.page(COUNTY, Filter(part="open"), limit=1).rows[0].code
    version = own_city.path.acts(COUNTY, code).version
    body = {"act": "urge", "version": version, "values": {"why": "请尽快"}}
    with web.test_client() as client:
        csrf = re.search(r'name="csrf" value="([^"]+)"', client.get("/login").text)
        assert csrf
        client.post("/login", data={"user": "county", "password": DEMO_PASSWORD, "csrf": csrf[1]})
        assert client.post(f"/api/v1/matters/{code}/acts", json=body, headers={"Origin": "https://elsewhere.example"}).status_code == 403
        assert client.post(f"/api/v1/matters/{code}/acts", json=body, headers={"Origin": "http://localhost"}).status_code == 201
