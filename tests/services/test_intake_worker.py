"""The worker: two of them, a dead one, a webhook, a request taken up by a running scheduler."""

from __future__ import annotations

import errno
import hashlib
import hmac
import socket
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any, ClassVar

import orjson
import pytest
from sqlalchemy import event, update

from services.ingest import Ask
from services.schedule import LEASE_SECONDS, RENEW_SECONDS, Worker
from services.webhook import SHORT, Webhook
from services.wiring import Services
from store import feeds as feed_store
from store import notices
from store.engine import StoreError, writing
from store.feeds import LostLease
from store.schema import lease
from tests.services.intake import STEWARD, opened, put, row, run


def test_a_successor_takes_over_and_the_first_can_write_no_more(store_url: str, tmp_path: Path) -> None:
    assert LEASE_SECONDS + RENEW_SECONDS < 15 and RENEW_SECONDS < LEASE_SECONDS / 3
    services = opened(store_url, tmp_path, mode="incremental")
    first, second = Worker(services), Worker(services)
    assert first.hold() and not second.hold()
    with writing(services.engine) as c:
        feed_store.start_run(c, "lists", services.now())  # the first dies in the middle of a run
        c.execute(update(lease).values(expires_at=services.now().replace(year=2000)))
    old = first._fence
    assert second.hold()
    (left,) = services.feeds.runs(STEWARD)
    assert left.status == "failed" and left.error.startswith("interrupted")
    put(tmp_path, "1.csv", [row(1)])
    with pytest.raises(LostLease):
        services.ingest.run(services.specs["lists"], ask=Ask(fence=old))
    assert services.ingest.run(services.specs["lists"], ask=Ask(fence=second._fence)).counts.new == 1
    assert not first.hold()
    services.close()


def test_a_running_worker_takes_up_a_request(store_url: str, tmp_path: Path) -> None:
    services = opened(store_url, tmp_path, mode="incremental")
    run(services)  # else the worker would look at once, and perhaps before the request
    put(tmp_path, "1.csv", [row(1)])
    worker = Worker(services)
    thread = threading.Thread(target=worker.run, daemon=True)
    thread.start()
    try:
        asked = services.stewardship.run_now(STEWARD, "lists")
        until = time.monotonic() + 15
        while services.feeds.request(STEWARD, asked.id).state != "done" and time.monotonic() < until:
            time.sleep(0.1)
        found = services.feeds.request(STEWARD, asked.id)
        assert (found.state, found.done_rows) == ("done", 1) and found.run_id is not None
        assert services.feeds.operation().lease_age is not None
    finally:
        worker.stop()
        thread.join(20)
    assert not thread.is_alive()
    services.close()


def passed_on(services: Services) -> None:
    """Another worker has taken over."""
    with writing(services.engine) as c:
        c.execute(update(lease).values(fence=lease.c.fence + 1))


def job(worker: Worker, name: str) -> Callable[[], None]:
    """The work of a line of the table of jobs."""
    return next(j.work for j in worker.jobs() if j.name == name)


class _Receiver(BaseHTTPRequestHandler):
    got: ClassVar[list[tuple[dict[str, str], bytes]]] = []
    answers: ClassVar[list[int]] = []
    before: ClassVar[list[Callable[[], None]]] = []  # what happens while it is answering

    def do_POST(self) -> None:
        if _Receiver.before:
            _Receiver.before.pop()()
        body = self.rfile.read(int(self.headers["Content-Length"]))
        _Receiver.got.append((dict(self.headers), body))
        self.send_response(_Receiver.answers.pop(0) if _Receiver.answers else 204)
        self.end_headers()

    def log_message(self, *args: Any) -> None:
        """Silence."""


@pytest.fixture
def receiver() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), _Receiver)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    _Receiver.got, _Receiver.answers, _Receiver.before = [], [], []
    yield f"http://127.0.0.1:{server.server_port}/hook"
    server.shutdown()
    server.server_close()


def test_messages_are_signed_and_tried_again(store_url: str, tmp_path: Path, receiver: str) -> None:
    services = opened(store_url, tmp_path, mode="incremental", webhook_url=receiver, webhook_secret="s3")
    (tmp_path / "in").rmdir()
    for _ in range(3):
        run(services)
    hook = Webhook(services.engine, services.settings, services.now)
    _Receiver.answers = [500]
    assert hook.send() == 0 and hook.send() == 0 and len(_Receiver.got) == 1  # the second waits
    assert services.feeds.operation().notices_unsent == 1
    hook._wait_until = 0.0
    assert hook.send() == 1
    headers, body = _Receiver.got[1]
    wanted = hmac.new(b"s3", headers["X-Yizhan-Timestamp"].encode() + b"." + body, hashlib.sha256).hexdigest()
    assert headers["X-Yizhan-Signature"] == f"sha256={wanted}" and orjson.loads(body)["kind"] == "failed"
    assert services.feeds.notices(STEWARD)[0].attempts == 2 and services.feeds.operation().notices_unsent == 0
    assert services.feeds.health() == ()
    (tmp_path / "in").mkdir()
    run(services)  # one more message: it is well again
    _Receiver.answers = [500, 500, 500]
    for _ in range(3):
        hook._wait_until = 0.0
        assert services.feeds.health() == () and hook.send() == 0
    assert [p.code for p in services.feeds.health()] == ["webhook"]
    hook._wait_until = 0.0
    assert hook.send() == 1 and services.feeds.health() == ()
    services.close()


@pytest.mark.parametrize("moment", ["before", "while it is sent"])
def test_a_worker_that_was_replaced_sends_and_marks_no_message(store_url: str, tmp_path: Path, receiver: str, moment: str) -> None:
    services = opened(store_url, tmp_path, mode="incremental", webhook_url=receiver, webhook_secret="s3")
    with writing(services.engine) as c:
        for _ in range(2):
            notices.add(c, "late", "lists", {}, services.now())
    worker = Worker(services)
    assert worker.hold()
    if moment == "before":
        passed_on(services)
    else:
        _Receiver.before = [lambda: passed_on(services)]
    job(worker, "notices")()
    assert len(_Receiver.got) == (0 if moment == "before" else 1), "the second message is its successor's"
    assert [(n.attempts, n.sent_at) for n in services.feeds.notices(STEWARD)] == [(0, None)] * 2 and worker._fence is None
    assert worker.hold()
    job(worker, "notices")()
    assert services.feeds.operation().notices_unsent == 0
    services.close()


def test_a_worker_that_was_replaced_pins_no_classes(store_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    services = opened(store_url, tmp_path, mode="incremental")
    classes, folder = services.map_classes, services.settings.map_dir
    monkeypatch.setattr(classes, "_total", lambda year: 1_000)  # a full year of data
    worker = Worker(services)
    assert worker.hold()
    found = classes._classify

    def slowly(*given: Any) -> None:
        passed_on(services)
        found(*given)

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(classes, "_classify", slowly)
        job(worker, "classes")()
    assert list(folder.glob("classes-*")) == [] and worker._fence is None
    assert worker.hold()
    job(worker, "classes")()
    assert [p.suffix for p in folder.glob("classes-*")] == [".json"]
    services.close()


def test_a_store_that_takes_nothing_is_told_past_the_store_once_and_once_more_when_it_is_well(tmp_path: Path, receiver: str) -> None:
    """Another process holds the file: no message could wait in that store, so it goes out at once."""
    services = opened(f"sqlite:///{tmp_path / 'a.sqlite3'}", tmp_path, mode="incremental", webhook_url=receiver, webhook_secret="s3")
    services.engine.dispose()
    event.listen(services.engine, "connect", lambda connection, _: connection.execute("PRAGMA busy_timeout=100"))
    put(tmp_path, "1.csv", [row(1)])
    other = sqlite3.connect(tmp_path / "a.sqlite3", isolation_level=None)
    worker = Worker(services)
    for _ in range(2):  # the second time is within QUIET of the first: not told again, and nothing to be taken back
        other.execute("BEGIN IMMEDIATE")
        for _ in range(2):
            with pytest.raises(StoreError):
                run(services)
        assert not worker._held()
        other.execute("ROLLBACK")
        assert worker._held()
    assert run(services).counts.new == 1 and run(services).error == ""
    said = [orjson.loads(body) for _, body in _Receiver.got]
    assert [(m["kind"], m["data"]["code"], m["id"], m["feed"]) for m in said] == [
        ("store_problem", "database_down", None, ""), ("store_well", "database_down", None, "")]  # fmt: skip
    assert "another process holds the database" in said[0]["data"]["message"] and said[0]["data"]["host"] == socket.gethostname()
    headers, body = _Receiver.got[0]
    wanted = hmac.new(b"s3", headers["X-Yizhan-Timestamp"].encode() + b"." + body, hashlib.sha256).hexdigest()
    assert headers["X-Yizhan-Signature"] == f"sha256={wanted}"
    other.close()
    services.close()


def test_a_receiver_that_hangs_does_not_hold_up_the_store(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/hook"
        services = opened(f"sqlite:///{tmp_path / 'a.sqlite3'}", tmp_path, mode="incremental", webhook_url=url, webhook_secret="s3")
        began = time.monotonic()
        for _ in range(3):
            assert "the disk is full" in services.health.failed(OSError(errno.ENOSPC, "No space left on device"))
        assert time.monotonic() - began < SHORT + 2
    services.close()
