"""How the API answers: problems, ETags, compression, operation endpoints."""

from __future__ import annotations

import gzip

import orjson
import pytest
from flask import Flask
from sqlalchemy import text

from dashboard.api import acted, openapi, pushed
from services.wiring import Services
from store.engine import writing


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("indicators?level=village", "level"), ("indicators?level=county&area=360923103", "level"), ("indicators?category=77", "category"),
        ("indicators?channel=mail", "channel"), ("indicators?from=2026-02-30", "from"), ("indicators?from=2026-1-1", "from"),
        ("indicators?from=2026-05-01&to=2026-04-01", "to"), ("indicators?as_of=2025-01-01T00:00:00", "as_of"), ("indicators?as_of=soon", "as_of"),
        ("indicators?area=36%2000", "area"), ("indicators?agency=%27", "agency"), ("indicators?fron=2026-01-01", "fron"),
        ("indicators?level=county&level=city", "level"), ("indicators?to=0001-01-01", "to"), ("matters?limit=0", "limit"),
        ("matters?limit=501", "limit"), ("matters?limit=%EF%BC%95", "limit"), ("matters?sort=secret", "sort"), ("matters?stage=x", "stage"),
        ("matters?cursor=AAAA", "cursor"), ("matters?q=" + "x" * 61, "q"), ("matters?q=%00", "q"), ("areas?level=city", "level"),
        ("listings?state=gone", "state"), ("feeds?area=360900", "area"),
    ],
)  # fmt: skip
def test_a_bad_parameter_is_named(ask, query: str, name: str) -> None:
    answer = ask(f"/api/v1/{query}")
    assert answer.status_code == 400, answer.json
    assert answer.content_type == "application/problem+json"
    assert answer.json["parameter"] == name
    assert name in answer.json["detail"]


def test_allowed_values_are_listed(ask) -> None:
    assert ask("/api/v1/indicators?level=x").json["allowed"] == ["city", "county", "township"]
    assert "area" in ask("/api/v1/indicators?x=1").json["allowed"]


@pytest.mark.parametrize("path", ["/api/", "/api/v2/indicators", "/api/v1/matters/none", "/api/v1/indicators?area=999999", "/api/v1/weather"])
def test_what_is_not_there_is_404_in_json(ask, path: str) -> None:
    answer = ask(path)
    assert answer.status_code == 404
    assert answer.json["status"] == 404


def test_other_methods_are_refused_in_json(ask) -> None:
    answer = ask("/api/v1/indicators", method="POST")
    assert answer.status_code == 405
    assert "GET" in answer.headers["Allow"]
    assert answer.json["status"] == 405


def test_a_fault_hides_its_reason_and_leaves_a_mark(
    ask, small_city: Services, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr(small_city.matters, "page", broken)
    answer = ask("/api/v1/matters")
    assert answer.status_code == 500
    assert "secret" not in answer.text
    assert answer.json["mark"] in caplog.text
    assert "secret detail" in caplog.text


def test_unchanged_is_304_until_the_data_change(own_city: Services) -> None:
    from app import build_app

    token = {"Authorization": f"Bearer {own_city.auth.add_token('city')}"}
    with build_app(own_city).server.test_client() as client:
        first = client.get("/api/v1/indicators?level=county", headers=token)
        again = client.get("/api/v1/indicators?level=county", headers={**token, "If-None-Match": first.headers["ETag"]})
        assert again.status_code == 304
        assert not again.data
        assert again.headers["ETag"] == first.headers["ETag"]
        with writing(own_city.engine) as connection:
            connection.execute(text("UPDATE data_version SET version = version + 1"))
        after = client.get("/api/v1/indicators?level=county", headers={**token, "If-None-Match": first.headers["ETag"]})
        assert after.status_code == 200
        assert after.json["data_version"] == first.json["data_version"] + 1


def test_big_answers_travel_compressed_and_small_ones_plain(ask) -> None:
    plain = ask("/api/v1/indicators?level=township")
    packed = ask("/api/v1/indicators?level=township", Accept_Encoding="gzip")
    assert packed.headers["Content-Encoding"] == "gzip"
    unpacked, given = orjson.loads(gzip.decompress(packed.data)), plain.json
    assert unpacked["rows"] == given["rows"]
    assert len(packed.data) < 30_000
    assert "Content-Encoding" not in ask("/healthz", Accept_Encoding="gzip").headers


def test_the_description_names_every_operation_and_is_open(ask) -> None:
    document = ask("/api/openapi.json", "")
    assert document.status_code == 200
    assert document.json["openapi"].startswith("3.1")
    said = {(path, method) for path, methods in document.json["paths"].items() for method in methods}
    assert said == {(op.path, "get") for op in openapi.OPERATIONS} | {(pushed.PATH, "post"), (acted.PATH, "post")}


def test_live_tells_the_version_once(server: Flask, small_city: Services) -> None:
    token = small_city.auth.login("city", "demo-yizhan", "")
    with server.test_client() as client:
        client.set_cookie("yizhan_session", token)
        first = client.get("/live")
        assert first.json["version"] == small_city.figures.data_version()
        assert first.json["now"].startswith("2026-11-24T")
        assert client.get("/live", headers={"If-None-Match": first.headers["ETag"]}).status_code == 304
    assert server.test_client().get("/live").status_code == 401


def test_health_and_readiness(ask, own_city: Services) -> None:
    assert ask("/healthz", "").json == {"status": "ok"}
    assert ask("/readyz", "").json["status"] == "ready"
    from app import build_app
    from store import migrate

    with build_app(own_city).server.test_client() as client:
        migrate.downgrade(own_city.engine, "base")
        answer = client.get("/readyz")
        assert answer.status_code == 503
        assert "yizhan init" in answer.json["detail"]


def test_metrics_are_for_this_machine_or_a_token(server: Flask, small_city: Services) -> None:
    with server.test_client() as client:
        client.get("/healthz")
        text_ = client.get("/metrics").text
        assert 'yizhan_requests_total{method="GET",rule="/healthz",status="200"}' in text_
        assert f"yizhan_data_version {float(small_city.figures.data_version())}" in text_
        assert 'yizhan_feed_age_seconds{feed="courts"}' in text_
        assert client.get("/metrics", environ_overrides={"REMOTE_ADDR": "10.0.0.7"}).status_code == 401
        assert client.get("/metrics", headers={"X-Forwarded-For": "10.0.0.7"}).status_code == 401


def test_metrics_tell_of_a_full_disk_and_still_answer_without_a_store(own_city: Services) -> None:
    from app import build_app
    from store import migrate

    with build_app(own_city).server.test_client() as client:
        assert 'yizhan_store_problem{code="disk_full"} 0.0' in client.get("/metrics").text
        own_city.health.failed(OSError(28, "No space left on device"))
        text_ = client.get("/metrics").text
        assert 'yizhan_store_problem{code="disk_full"} 1.0' in text_ and "yizhan_data_version" in text_
        own_city.health.wrote()
        migrate.downgrade(own_city.engine, "base")
        answer = client.get("/metrics")
        assert answer.status_code == 200 and 'yizhan_store_problem{code="database_down"} 1.0' in answer.text
        assert 'yizhan_store_problem{code="disk_full"} 0.0' in answer.text and "yizhan_data_version" not in answer.text
