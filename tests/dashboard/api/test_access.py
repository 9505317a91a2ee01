"""Who may ask what: tokens, logins, scopes."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from services.auth import DEMO_PASSWORD
from services.wiring import Services

ENDPOINTS = ("/api/v1/indicators", "/api/v1/matters", "/api/v1/matters/26-0000000", "/api/v1/areas", "/api/v1/feeds", "/api/v1/listings")


@pytest.mark.parametrize("path", ENDPOINTS)
def test_nothing_without_a_token_or_with_a_wrong_one(ask, path: str) -> None:
    for headers in ({}, {"Authorization": "Bearer nonsense"}, {"Authorization": "Bearer"}, {"Authorization": "Basic Y2l0eTp4"}):
        answer = ask(path, "", **headers)
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")
        assert answer.content_type == "application/problem+json"
        assert answer.json["status"] == 401


def test_a_revoked_token_ends_at_once(ask, small_city: Services) -> None:
    token = small_city.auth.add_token("analyst")
    assert ask("/api/v1/feeds", "", Authorization=f"Bearer {token}").status_code == 200
    small_city.auth.revoke_token(token)
    assert ask("/api/v1/feeds", "", Authorization=f"Bearer {token}").status_code == 401


def test_the_browsers_login_is_enough(server: Flask) -> None:
    with server.test_client() as client:
        form = client.get("/login").text
        csrf = re.search(r'name="csrf" value="([^"]+)"', form)
        assert csrf, form[:2000]
        client.post("/login", data={"user": "county", "password": DEMO_PASSWORD, "csrf": csrf[1]})
        answer = client.get("/api/v1/indicators")
        assert answer.status_code == 200
        assert {row["area"][:6] for row in answer.json["rows"]} == {"360923"}
        assert client.get("/api/v1/feeds", headers={"Authorization": "Bearer wrong"}).status_code == 401


@pytest.mark.parametrize(
    ("user", "area"),
    [("county", "360900"), ("county", "360922"), ("county", "360922100"), ("township", "360900"), ("township", "360923"), ("township", "360923101")],
)
@pytest.mark.parametrize("path", ["/api/v1/indicators?area=", "/api/v1/matters?area=", "/api/v1/areas?parent=", "/api/v1/listings?area="])
def test_an_area_outside_is_refused(ask, path: str, user: str, area: str) -> None:
    answer = ask(path + area, user)
    assert answer.status_code == 403, answer.json
    assert answer.json["title"] == "Outside your area"


def test_no_matter_from_outside_is_listed_or_opened(ask) -> None:
    window = "from=2024-01-01&to=2026-11-24&limit=500"
    mine = ask(f"/api/v1/matters?{window}", "county").json
    assert mine["total"] > 0
    assert {row["county_code"] for row in mine["rows"]} == {"360923"}
    town = ask(f"/api/v1/matters?{window}", "township").json
    assert {row["town_code"] for row in town["rows"]} <= {"360923103"}
    other = next(row for row in ask(f"/api/v1/matters?{window}").json["rows"] if row["county_code"] != "360923")
    assert ask(f"/api/v1/matters/{other['code']}").status_code == 200
    assert ask(f"/api/v1/matters/{other['code']}", "county").status_code == 404
    by_word = ask(f"/api/v1/matters?{window}&q={other['code']}", "county").json
    assert other["code"] not in {row["code"] for row in by_word["rows"]}


def test_one_readers_etag_does_not_open_anothers_answer(ask) -> None:
    etag = ask("/api/v1/indicators?level=township", "county").headers["ETag"]
    assert ask("/api/v1/indicators?level=township", "county", If_None_Match=etag).status_code == 304
    assert ask("/api/v1/indicators?level=township", "city", If_None_Match=etag).status_code == 200
