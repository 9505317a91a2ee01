"""Pushed batches on both databases: who may send, what becomes of each row, and every way to send the same thing twice."""

from __future__ import annotations

import json
import multiprocessing
import os
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from connectors import signing
from dashboard import api
from services.push_keys import NewKey
from services.wiring import Services
from store import push as push_store
from store.engine import reading, writing
from store.schema import feed, push_key, push_secret, quarantine, record, record_version, run
from tests.services.intake import STEWARD, work
from tests.services.push_feed import PATH, Sender, open_push, row

FATES = ("new", "changed", "unchanged", "withdrawn", "quarantined")


@pytest.fixture
def services(store_url: str, tmp_path: Path) -> Iterator[Services]:
    opened = open_push(store_url, tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def sender(services: Services) -> Sender:
    return Sender(_app(services), services.push_keys.add("mediation", "test"))


def _app(services: Services) -> Flask:
    app = Flask("push")
    api.register(app, services)
    return app


def _body(*rows: Any) -> bytes:
    return json.dumps({"records": list(rows)}, ensure_ascii=False).encode()


def _count(services: Services, table: Any) -> int:
    with reading(services.engine) as connection:
        return int(connection.execute(select(func.count()).select_from(table)).scalar_one())


def test_the_signature_is_what_the_document_says() -> None:
    assert signing.canonical("post", PATH, "1770000000", "batch-0001", b'{"records":[]}').decode().split("\n") == [
        "YIZHAN-HMAC-SHA256", "POST", "/api/v1/feeds/mediation/records", "1770000000", "batch-0001",
        "1b8b4c0b6f6ad1d32565952720bc004eeb1f188f62045e4d5525ae2af8c78432",
    ]  # fmt: skip
    assert signing.sign("test-secret", "POST", PATH, "1770000000", "batch-0001", b'{"records":[]}') == (
        "82920ade85d9cebc5e362cd6bfa59694cfb192908770da824f81ec60bcbe8f84"
    )


def test_every_row_gets_its_fate_and_the_run_its_counts(services: Services, sender: Sender) -> None:
    first = sender.send(_body(row("007"), row(360921198001011234), row(3), row(4, day="2026-13-45"), row(5)))
    assert first.status_code == 200, first.text
    assert [r["fate"] for r in first.json["results"]] == ["new", "new", "new", "quarantined", "new"]
    assert [r.get("external_id") for r in first.json["results"]] == ["007", "360921198001011234", "3", None, "5"]
    assert first.json["results"][3]["reason"] == "bad_date" and first.json["results"][3]["column"]
    second = sender.send(_body(row("007"), row(3, title="另一件"), row(5, state="void"), "no row", row(6), row(6)))
    assert [r["fate"] for r in second.json["results"]] == ["unchanged", "changed", "withdrawn", "quarantined", "new", "unchanged"]
    assert [r["index"] for r in second.json["results"]] == list(range(6))
    assert second.json["data_version"] == services.figures.data_version() > first.json["data_version"]
    for answer in (first.json, second.json):
        assert answer["received"] == sum(answer[f] for f in FATES) == len(answer["results"])
    with reading(services.engine) as connection:
        runs = connection.execute(select(run).order_by(run.c.id)).mappings().all()
        state = connection.execute(select(feed)).mappings().one()
        key = connection.execute(select(push_secret)).mappings().one()
    assert [(r["kind"], r["by"], r["status"], r["received"]) for r in runs] == [("push", sender.key.key_id, "done", n) for n in (5, 6)]
    assert state["data_at"] is not None and state["succeeded_at"] is not None and key["used_at"] is not None


def test_numbers_stay_as_they_were_written(services: Services, sender: Sender) -> None:
    raw = b'{"records":[{"no":123456789012345678,"day":"2026-03-02","title":"a","place":"","state":""},' \
          b'{"no":1.50,"day":"2026-03-02","title":"a","place":"","state":""}]}'
    answer = sender.send(raw)
    assert [r["external_id"] for r in answer.json["results"]] == ["123456789012345678", "1.50"]


def test_json_lines_with_a_bad_line(sender: Sender) -> None:
    lines = [json.dumps(row(1)).encode(), b'{"no": "2", "title": "cut', b"", json.dumps(row(3)).encode(), b"NaN", b'{"no":NaN}']
    answer = sender.send(b"\r\n".join(lines), headers={"Content-Type": "application/x-ndjson; charset=utf-8"})
    assert [(r["index"], r["fate"]) for r in answer.json["results"]] == [
        (0, "new"), (1, "quarantined"), (2, "new"), (3, "quarantined"), (4, "quarantined"),
    ]  # fmt: skip


def test_an_unread_line_shows_no_person_in_quarantine(services: Services, sender: Sender) -> None:
    line = '{"no": "2", "name": "聂晓梅", "id": "999000198001011234", "phone": "14200000001"'.encode()
    escaped = rb'{"no": "3", "name": "\u8042\u6653\u6885"'
    sender.send(line + b"\n" + escaped, headers={"Content-Type": "application/x-ndjson"})
    with reading(services.engine) as connection:
        kept = " ".join(connection.execute(select(quarantine.c.raw)).scalars())
    assert "聂晓梅" not in kept and "u8042" not in kept and "999000198001011234" not in kept and "14200000001" not in kept


DEEP = {"no": "9", "day": "2026-03-02", "title": "x", "place": "", "state": ""}


HOSTILE = [
    (b'{"no":"1","no":"2","day":"2026-03-02","title":"a","place":"","state":""}', "bad_json"),
    (b'{"no":"1","day":"2026-03-02","title":"a","place":{"x":1,"x":2},"state":""}', "bad_json"),
    (b'{"no":"1","day":"2026-03-02","title":"\\ud83d","place":"","state":""}', "bad_text"),
    (json.dumps({**DEEP, "place": json.loads("[" * 300 + "]" * 300)}).encode(), "bad_json"),
    (b"[1]", "bad_json"),
    (b"null", "bad_json"),
    (b"{}", "missing_required"),
]
UNREADABLE = [
    b"", b"{", b"[]", b'{"records":{}}', b'{"records":[{"no":NaN}]}', b'{"records":[{"no":Infinity}]}', b'{"records":[],"records":[]}',
    b"[" * 50_000, b'{"records":' + b"[" * 40_000 + b"]" * 40_000 + b"}", '{"records":[{"no":"排"}]}'.encode("gb18030"),
    '{"records":[]}'.encode("utf-16"), b"<html>", b'{"records":[]} x',
]  # fmt: skip


def test_a_hostile_row_is_set_aside_and_the_others_go_on(sender: Sender) -> None:
    for bad, reason in HOSTILE:
        answer = sender.send(b'{"records":[' + json.dumps(row(7)).encode() + b"," + bad + b"]}")
        assert answer.status_code == 200, answer.text
        assert [r["fate"] for r in answer.json["results"]][1:] == ["quarantined"], bad
        assert answer.json["results"][1]["reason"] == reason, bad
        assert answer.json["new"] + answer.json["unchanged"] == 1


def test_a_body_that_cannot_be_read_is_refused_whole(services: Services, sender: Sender) -> None:
    for body in UNREADABLE:
        answer = sender.send(body)
        assert (answer.status_code, answer.content_type) == (400, "application/problem+json"), (body[:40], answer.text)
        assert "nothing was stored" in answer.json["detail"]
    assert _count(services, run) == _count(services, push_key) == 0


def test_who_may_not_send(services: Services, sender: Sender, monkeypatch: pytest.MonkeyPatch) -> None:
    body = _body(row(1))
    now = int(time.time())

    def status(**more: Any) -> int:
        answer = sender.send(body, **more)
        assert answer.content_type == "application/problem+json"
        return answer.status_code

    assert status(secret="wrong") == 401
    assert status(headers={signing.SIGNATURE: ""}) == status(headers={signing.SIGNATURE: "签名"}) == 401
    assert status(headers={signing.KEY_ID: "0" * 16}) == 401
    assert status(at=now - 400) == status(at=now + 400) == 401
    assert status(headers={signing.TIMESTAMP: str(now - 5)}) == 401  # signed, but with another time
    assert status(headers={signing.IDEMPOTENCY: "another-key"}) == 401
    assert status(headers={signing.IDEMPOTENCY: "short"}) == 400
    assert status(path="/api/v1/feeds/nobody/records") == 404
    assert status(path=PATH + "?x=1") == 400
    for kind in ("text/csv", "application/json; charset=gb18030", "application/x-www-form-urlencoded"):
        assert status(headers={"Content-Type": kind}) == 415
    assert status(headers={"Content-Encoding": "gzip"}) == 415
    other = services.push_keys.add("mediation")
    services.push_keys.revoke(other.key_id)
    assert Sender(sender.app, other).send(body).status_code == 401
    assert _count(services, record) == 0
    assert sender.app.test_client().get(PATH).status_code == 405
    assert sender.app.test_client().get(PATH).headers["Allow"] == "POST, OPTIONS"
    assert sender.send(body).status_code == 200


def test_a_batch_may_not_be_changed_on_the_way(sender: Sender) -> None:
    headers = sender.headers(_body(row(1)))
    assert sender.app.test_client().post(PATH, data=_body(row(2)), headers=headers).status_code == 401


def test_limits(sender: Sender) -> None:
    assert sender.send(_body(*(row(n) for n in range(51)))).status_code == 413
    assert sender.send(b" " * 100_001).status_code == 413
    stream = sender.app.test_client().post(
        PATH, input_stream=BytesIO(b" " * 200_000), headers=sender.headers(b"x"), environ_overrides={"wsgi.input_terminated": True},
    )  # fmt: skip
    assert stream.status_code == 413
    assert sender.send(_body(*(row(n) for n in range(50)))).status_code == 200


def test_a_key_has_its_rate(store_url: str, tmp_path: Path) -> None:
    services = open_push(store_url, tmp_path, "per_minute = 2")
    one, other = (Sender(_app(services), services.push_keys.add("mediation")) for _ in range(2))
    for _ in range(5):
        assert one.send(_body(), secret="guessed").status_code == 401  # a stranger uses nothing up
    assert [one.send(_body()).status_code for _ in range(3)] == [200, 200, 429]
    assert 0 < int(one.send(_body()).headers["Retry-After"]) <= 61
    assert other.send(_body()).status_code == 200
    services.close()


def test_a_paused_feed_asks_to_come_later(services: Services, sender: Sender) -> None:
    body = _body(row(1))
    assert sender.send(body, idempotency="before-the-pause").status_code == 200
    with writing(services.engine) as connection:
        connection.execute(update(feed).values(paused=True))
    refused = sender.send(_body(row(2)))
    assert refused.status_code == 503 and int(refused.headers["Retry-After"]) > 0
    assert sender.send(body, idempotency="before-the-pause").status_code == 200  # what is stored may be asked for
    with writing(services.engine) as connection:
        connection.execute(update(feed).values(paused=False))
    assert sender.send(_body(row(2))).status_code == 200


def test_the_same_batch_again_gets_the_same_answer(services: Services, sender: Sender) -> None:
    body = _body(row(1), row(2, day="never"))
    headers = sender.headers(body)
    client = sender.app.test_client()
    first, again = (client.post(PATH, data=body, headers=headers) for _ in range(2))
    later = client.post(PATH, data=body, headers=sender.headers(body, idempotency=headers[signing.IDEMPOTENCY], at=int(time.time()) - 20))
    assert first.data == again.data == later.data
    assert [a.headers.get("Idempotent-Replayed") for a in (first, again, later)] == [None, "true", "true"]
    assert sender.send(_body(row(3)), idempotency=headers[signing.IDEMPOTENCY]).status_code == 409
    assert (_count(services, run), _count(services, record_version), _count(services, quarantine)) == (1, 1, 1)


def test_old_answers_are_forgotten(services: Services, sender: Sender) -> None:
    sender.send(_body(row(1)), idempotency="long-ago")
    with writing(services.engine) as connection:
        connection.execute(update(push_key).values(at=services.now().replace(year=2020)))
    sender.send(_body(row(2)))
    with reading(services.engine) as connection:
        assert "long-ago" not in connection.execute(select(push_key.c.key)).scalars().all()


def test_keys_are_sealed_and_listed_without_their_secret(services: Services, store_url: str, tmp_path: Path, sender: Sender) -> None:
    with reading(services.engine) as connection:
        kept = push_store.secret(connection, sender.key.key_id)
    assert kept is not None and sender.key.secret.encode() not in kept["sealed"]
    assert sender.key.secret not in repr(services.push_keys.all()) and services.push_keys.all("mediation")[0].label == "test"
    with pytest.raises(ValueError, match="no source pushes"):
        services.push_keys.add("courts")
    (tmp_path / "data" / "secret.key").write_text("another key of the deployment")
    other = open_push(store_url, tmp_path)
    assert Sender(_app(other), sender.key).send(_body()).status_code == 401
    other.close()


def test_four_senders_at_once_lose_and_double_nothing(services: Services, sender: Sender) -> None:
    senders = [Sender(sender.app, services.push_keys.add("mediation")) for _ in range(4)]

    def work(who: int) -> list[dict[str, Any]]:
        # Half of the rows are one's own, half are everybody's, with a revision each.
        bodies = [_body(*(row(f"{who}-{n}-{i}") for i in range(3)), *(row(f"all-{i}", title=f"第{n}次{who}") for i in range(3))) for n in range(4)]
        return [_until_taken(senders[who], body, f"sender-{who}-{n}") for n, body in enumerate(bodies)]

    with ThreadPoolExecutor(4) as pool:
        answers = [a for found in pool.map(work, range(4)) for a in found]
    assert sum(a["new"] for a in answers) == 4 * 4 * 3 + 3 == _count(services, record)
    assert sum(a["new"] + a["changed"] for a in answers) == _count(services, record_version)
    assert len({a["data_version"] for a in answers}) == len(answers) == _count(services, run)


def test_the_first_batches_of_an_empty_store_may_come_at_once(services: Services, sender: Sender) -> None:
    """All of them are mapped before any is written, so that they meet where the store has no row yet that orders them."""
    meet, stored = threading.Barrier(4, timeout=20), services.push._mapped

    def mapped(*given: Any) -> Any:
        found = stored(*given)
        meet.wait()
        return found

    services.push._mapped = mapped  # type: ignore[method-assign]
    senders = [Sender(sender.app, services.push_keys.add("mediation")) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda n: senders[n].send(_body(row(n))), range(4)))
    assert [a.status_code for a in answers] == [200] * 4
    assert _count(services, record) == 4 and sorted(a.json["data_version"] for a in answers) == [1, 2, 3, 4]


def test_one_batch_sent_by_four_at_the_same_moment_is_stored_once(services: Services, sender: Sender) -> None:
    body = _body(*(row(n) for n in range(20)))
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: _until_taken(sender, body, "the-same-one"), range(4)))
    assert all(a == answers[0] for a in answers)
    assert _count(services, run) == 1


def _until_taken(sender: Sender, body: bytes, once: str) -> dict[str, Any]:
    for _ in range(20):
        answer = sender.send(body, idempotency=once)
        if answer.status_code != 503:
            assert answer.status_code == 200, answer.text
            return dict(answer.json)
        time.sleep(0.05)
    raise AssertionError("never taken")


def _die_sending(url: str, folder: Path, key: NewKey, when: str) -> None:
    """Send a batch from a process of its own that ends without a word: before the commit, or between commit and answer."""
    services = open_push(url, folder)
    if when == "before":
        keep = push_store.keep_answer
        push_store.keep_answer = lambda *given: (keep(*given), os._exit(9))  # type: ignore[assignment]
    app = _app(services)
    Sender(app, key).send(_body(row(1), row(2)), idempotency="dies-once")
    os._exit(9)


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_sender_who_got_no_answer_sends_again(services: Services, sender: Sender, store_url: str, tmp_path: Path, when: str) -> None:
    process = multiprocessing.get_context("fork").Process(target=_die_sending, args=(store_url, tmp_path, sender.key, when))
    process.start()
    process.join(60)
    assert process.exitcode == 9
    assert _count(services, run) == _count(services, push_key) == (0 if when == "before" else 1)
    assert _count(services, record) == (0 if when == "before" else 2)
    answer = sender.send(_body(row(1), row(2)), idempotency="dies-once")
    assert answer.json["new"] == 2 and [r["fate"] for r in answer.json["results"]] == ["new", "new"]
    assert (_count(services, run), _count(services, record), _count(services, record_version)) == (1, 2, 2)


def test_a_store_that_is_held_by_another_asks_to_come_again(services: Services, sender: Sender, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(push_store, "_PATIENCE", "200ms")
    if services.engine.dialect.name == "sqlite":
        services.engine.dispose()
        from sqlalchemy import event

        event.listen(services.engine, "connect", lambda raw, _: raw.execute("PRAGMA busy_timeout=200"))
    sender.send(_body(row(1)))
    with writing(services.engine) as connection:
        connection.execute(update(feed).values(error="held"))
        answer = sender.send(_body(row(2)), idempotency="waits-for-it")
    assert answer.status_code == 503 and int(answer.headers["Retry-After"]) > 0, answer.text
    assert sender.send(_body(row(2)), idempotency="waits-for-it").json["new"] == 1


def test_the_worker_has_nothing_to_fetch(services: Services) -> None:
    result = services.ingest.run(services.specs["mediation"])
    assert (result.error, result.counts.received) == ("", 0)


def test_bad_rows_wait_once_and_are_replayed_and_mended(services: Services, sender: Sender, tmp_path: Path) -> None:
    first = sender.send(_body(row(1), row(2, day="2026/03/02"), "no row", row(3, day="昨天"), row(4)))
    assert [r["fate"] for r in first.json["results"]] == ["new", "quarantined", "quarantined", "quarantined", "new"]
    again = sender.send(_body(row(3, day="昨天"), row(5, day=""), row(6, day="2026-03-05", extra="另")))
    assert [(r["index"], r["fate"]) for r in again.json["results"]] == [(0, "quarantined"), (1, "quarantined"), (2, "new")]
    assert (again.json["quarantined"], again.json["unchanged"]) == (2, 0)
    runs = services.feeds.runs(STEWARD)
    assert sorted((r.new, r.quarantined, r.unchanged) for r in runs) == [(1, 1, 1), (2, 3, 0)]  # one of them waits already
    toml = tmp_path / "feeds" / "mediation" / "feed.toml"
    toml.write_text(toml.read_text().replace('date = "%Y-%m-%d"', 'date = ["%Y-%m-%d", "%Y/%m/%d"]'))
    services.stewardship.replay(STEWARD, "mediation", reason="bad_date")
    assert work(services) == 1 and _numbers(services) == {"1", "2", "4", "6"}
    left = {r.raw["no"]: r for r in services.feeds.quarantine_rows(STEWARD, "mediation").rows if r.replayable}
    assert set(left) == {"3", "5"}
    services.stewardship.edit(STEWARD, left["5"].id, {"day": "2026-03-04"}, "asked by phone")
    assert work(services) == 1 and _numbers(services) == {"1", "2", "4", "5", "6"}
    assert [(d.kind, d.column) for d in services.feeds.drift(STEWARD)] == [("added", "extra")]
    assert all(r.holds for r in services.feeds.reconciled(STEWARD))


def _numbers(services: Services) -> set[str]:
    with reading(services.engine) as connection:
        return set(connection.execute(select(record.c.external_id)).scalars())
