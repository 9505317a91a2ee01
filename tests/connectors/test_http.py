"""HTTP sources that misbehave: each ends in Retry or Fatal with words a person understands, or loses nothing."""

from __future__ import annotations

import gzip
import json
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest

from connectors.base import Cursor, Fatal, RawBatch, Retry
from tests.connectors.build import feed, read, rows_of
from tests.connectors.loopback import Asked, Source, Told, source

OK = {"data": [{"id": "1"}]}
SINCE = 'since = { column = "t", format = "%Y-%m-%d %H:%M:%S", param = "since", overlap_seconds = 60, ordered = true }\n'
PAGES = 'paging = { kind = "page", param = "page", size_param = "size", size = 3 }\n'


def _read(folder: Path, url: str, more: str = "", cursor: Cursor | None = None) -> list[RawBatch]:
    settings = f'[transport]\nkind = "http"\nurl = "{url}/x"\nrows = "data"\nmax_wait_seconds = 0.05\n'
    if "deadline_seconds" not in more:
        settings += "deadline_seconds = 5\n"
    return read(feed(folder, settings + more), cursor)


def _failing(folder: Path, told: Told, more: str = "") -> tuple[str, type[Exception], Source]:
    with source(lambda _: told) as running:
        with pytest.raises((Fatal, Retry)) as raised:
            _read(folder, running.url, more)
        return str(raised.value), Fatal if isinstance(raised.value, Fatal) else Retry, running


@pytest.mark.parametrize(
    ("told", "kind", "words", "asks"),
    [
        (Told(b"", 401), Fatal, "credentials", 1),
        (Told(b"", 403), Fatal, "credentials", 1),
        (Told(b"", 404), Fatal, "HTTP 404", 1),
        (Told(b"", 400), Fatal, "HTTP 400", 1),
        (Told(b"", 500), Retry, "busy or broken (HTTP 500)", 4),
        (Told(b"", 503), Retry, "HTTP 503", 4),
        (Told(b"", 429), Retry, "HTTP 429", 4),
        (Told(b"<!DOCTYPE html><html><form>login</form></html>", 200, {"Content-Type": "text/html"}), Retry, "a web page instead", 1),
        (Told(b'{"data": [{"id": "1"}', 200), Retry, "not whole JSON", 1),
        (Told(b"", 200), Retry, "empty", 1),
        (Told({"rows": []}), Fatal, "transport.rows", 1),
        (Told({"data": {"id": "1"}}), Fatal, "transport.rows", 1),
        (Told(b'{"data": [NaN]}'), Retry, "no JSON number", 1),
        (Told(b"[" * 100_000), Fatal, "nested too deeply", 1),
        (Told(json.dumps({"data": [{"id": "上高"}]}, ensure_ascii=False).encode("gb18030")), Fatal, "not utf-8", 1),
    ],
)
def test_bad_answers(tmp_path: Path, told: Told, kind: type[Exception], words: str, asks: int) -> None:
    message, raised, running = _failing(tmp_path, told)
    assert raised is kind and words in message
    assert len(running.asked) == asks


@pytest.mark.parametrize("place", ["http://127.0.0.1:9/x", "/login", "https://elsewhere.invalid/"])
@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_redirects_are_not_followed(tmp_path: Path, place: str, status: int) -> None:
    message, raised, running = _failing(tmp_path, Told(b"", status, {"Location": place}))
    assert raised is Fatal and "elsewhere" in message and len(running.asked) == 1


def test_credentials_are_never_in_a_message(tmp_path: Path) -> None:
    auth = 'auth = { kind = "bearer", token = "s3cret" }\n'
    message, _, running = _failing(tmp_path, Told(b"", 401), auth)
    assert running.asked[0].headers["authorization"] == "Bearer s3cret" and "s3cret" not in message
    assert "s3cret" not in repr(feed(tmp_path, '[transport]\nkind = "http"\nurl = "http://x"\n' + auth))


def _dripping(handler: BaseHTTPRequestHandler, head: bool) -> None:
    start = b"HTTP/1.1 200 OK\r\n" + (b"" if head else b"Content-Length: 100000\r\n\r\n")
    handler.wfile.write(start)
    for _ in range(400):
        handler.wfile.write(b"x" if not head else b"X-A: b\r\n"[:1])
        handler.wfile.flush()
        time.sleep(0.05)


@pytest.mark.parametrize("head", [False, True], ids=["body", "header"])
def test_a_slow_drip_does_not_pass_the_deadline(tmp_path: Path, head: bool) -> None:
    began = time.monotonic()
    message, raised, _ = _failing(tmp_path, Told(raw=lambda h: _dripping(h, head)), "deadline_seconds = 0.6\n")
    assert raised is Retry and "within 0.6 s" in message
    assert time.monotonic() - began < 3


def test_a_silent_source_does_not_pass_the_deadline(tmp_path: Path) -> None:
    began = time.monotonic()
    _, raised, _ = _failing(tmp_path, Told(raw=lambda h: time.sleep(3)), "deadline_seconds = 0.5\n")
    assert raised is Retry and time.monotonic() - began < 2.5


def test_a_short_body_is_tried_again_and_then_taken(tmp_path: Path) -> None:
    body = json.dumps(OK).encode()
    count = iter(range(10))

    def answer(_: Asked) -> Told:
        cut = len(body) - 3 if next(count) < 2 else len(body)

        def raw(handler: BaseHTTPRequestHandler) -> None:
            handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body[:cut])

        return Told(raw=raw)

    with source(answer) as running:
        assert rows_of(_read(tmp_path, running.url)) == OK["data"]
        assert len(running.asked) == 3


def test_a_server_that_recovers_is_heard(tmp_path: Path) -> None:
    count = iter(range(10))
    with source(lambda _: Told(OK) if next(count) else Told(b"", 502)) as running:
        assert rows_of(_read(tmp_path, running.url)) == OK["data"]


def test_nobody_there(tmp_path: Path) -> None:
    with source(lambda _: Told(OK)) as running:
        url = running.url
    with pytest.raises(Retry, match="cannot be reached"):
        _read(tmp_path, url)


def test_a_flood_is_cut_off_packed_or_not(tmp_path: Path) -> None:
    flood = json.dumps({"data": [{"id": "0" * 50_000}]}).encode()
    for told in (Told(flood), Told(gzip.compress(flood), 200, {"Content-Encoding": "gzip"})):
        message, raised, _ = _failing(tmp_path, told, "max_bytes = 20000\n")
        assert raised is Fatal and "20,000 bytes" in message


def test_gzip_and_other_encodings_are_read(tmp_path: Path) -> None:
    text = json.dumps({"data": [{"id": "上高"}]}, ensure_ascii=False)
    packed = Told(gzip.compress(text.encode()), 200, {"Content-Encoding": "gzip"})
    for told, encoding in ((packed, "utf-8"), (Told(text.encode("gb18030")), "gbk"), (Told(text.encode("utf-8-sig")), "utf-8")):
        with source(lambda _, told=told: told) as running:  # type: ignore[misc]
            assert rows_of(_read(tmp_path, running.url, f'encoding = "{encoding}"\n')) == [{"id": "上高"}]


def test_numbers_keep_every_figure(tmp_path: Path) -> None:
    body = b'{"data": [{"id": 360900000012345678, "a": 38000.00, "b": 1e3, "c": 0.10000000000000000555, "d": true, "e": null}]}'
    with source(lambda _: Told(body)) as running:
        row = rows_of(_read(tmp_path, running.url))[0]
    assert row == {"id": "360900000012345678", "a": "38000.00", "b": "1e3", "c": "0.10000000000000000555", "d": True, "e": None}


def test_rows_that_are_none_are_counted(tmp_path: Path) -> None:
    body = b'{"data": [{"id": "1"}, "14200000001", ["x"], {"id": "\\ud800"}, {"id": "\\ud83d\\ude00"}]}'
    with source(lambda _: Told(body)) as running:
        (batch,) = _read(tmp_path, running.url)
    assert [r["id"] for r in batch.rows] == ["1", "😀"] and batch.received == 5
    assert [(b.line, b.reason) for b in batch.broken] == [(2, "bad_json"), (3, "bad_json"), (4, "bad_text")]
    assert "14200000001" not in repr(batch.broken)


def test_the_source_says_no_inside_a_200(tmp_path: Path) -> None:
    message, raised, _ = _failing(tmp_path, Told({"code": 500, "data": []}), 'success = { code = ["0", "200"] }\n')
    assert raised is Retry and "code = '500'" in message


def test_a_page_by_time_shows_broken_rows_twice_and_counts_them_once(tmp_path: Path) -> None:
    rows: list[Any] = [{"id": str(i), "t": f"2026-01-05 10:00:{i:02d}"} for i in range(7)]
    odd = {"id": "\ud800", "t": "2026-01-05 10:00:02"}
    rows[2:2] = ["?", {**odd, "n": 1}, {**odd, "n": 2}]

    def answer(asked: Asked) -> Told:
        since, page, size = asked.query.get("since", ""), int(asked.query["page"]), 5
        found = [r for r in rows if not isinstance(r, dict) or r["t"] >= since]
        return Told(json.dumps({"data": found[(page - 1) * size : page * size]}).encode())

    with source(answer) as running:
        batches = _read(tmp_path, running.url, PAGES.replace("size = 3", "size = 5") + SINCE)
    assert [r["id"] for r in rows_of(batches)] == [str(i) for i in range(7)]
    assert sorted(b.reason for batch in batches for b in batch.broken) == ["bad_json", "bad_text", "bad_text"]


class Register:
    """A source that sorts by change and is changed while it is read."""

    def __init__(self, count: int, per_second: int = 1) -> None:
        self.rows = [{"id": str(i), "t": self._time(i // per_second), "v": 0} for i in range(count)]
        self.clock, self.between, self.after_only = count, lambda: None, False

    @staticmethod
    def _time(second: int) -> str:
        return f"2026-01-05 {10 + second // 3600:02d}:{second // 60 % 60:02d}:{second % 60:02d}"

    def touch(self, index: int) -> None:
        """One row changes now."""
        self.clock += 1
        self.rows[index].update(t=self._time(self.clock), v=self.rows[index]["v"] + 1)

    def answer(self, asked: Asked) -> Told:
        page, size, since = int(asked.query["page"]), int(asked.query["size"]), asked.query.get("since", "")
        found = sorted((r for r in self.rows if r["t"] >= since and not (self.after_only and r["t"] == since)), key=lambda r: (r["t"], int(r["id"])))
        told = Told({"data": [dict(r) for r in found[(page - 1) * size : page * size]]})
        self.between()
        return told


def _taken(folder: Path, register: Register, more: str, cursor: Cursor | None = None) -> list[RawBatch]:
    with source(register.answer) as running:
        return _read(folder, running.url, PAGES + more, cursor)


@pytest.mark.parametrize("count", [0, 1, 3, 4, 10])
@pytest.mark.parametrize("per_second", [1, 2, 50])
def test_every_row_of_every_page_once(tmp_path: Path, count: int, per_second: int) -> None:
    for more in (SINCE, SINCE.replace("ordered = true", "ordered = false")):
        batches = _taken(tmp_path, Register(count, per_second), more)
        assert [r["id"] for r in rows_of(batches)] == [str(i) for i in range(count)]
        assert batches[-1].watermark == (Register(count, per_second).rows[-1]["t"] if count else None)


def test_a_source_that_means_after_and_not_from(tmp_path: Path) -> None:
    register = Register(11, per_second=2)
    register.after_only = True
    assert [r["id"] for r in rows_of(_taken(tmp_path, register, SINCE))] == [str(i) for i in range(11)]


def test_a_row_that_changes_while_we_read_hides_no_neighbour(tmp_path: Path) -> None:
    register = Register(12)
    changes = iter([0, 1, 4])
    register.between = lambda: register.touch(i) if (i := next(changes, None)) is not None else None
    got = rows_of(_taken(tmp_path, register, SINCE))
    latest = {r["id"]: int(r["v"]) for r in got}
    assert latest == {r["id"]: r["v"] for r in register.rows}


def test_reading_goes_on_from_the_watermark_less_the_overlap(tmp_path: Path) -> None:
    register = Register(200)
    first = _taken(tmp_path, register, SINCE)
    mark = first[-1].watermark
    assert mark == register.rows[-1]["t"]
    with source(register.answer) as running:
        second = _read(tmp_path, running.url, PAGES + SINCE, Cursor(mark))
        assert running.asked[0].query["since"] == "2026-01-05 10:02:19"  # 10:03:19 less a minute
    assert [r["id"] for r in rows_of(second)] == [str(i) for i in range(139, 200)]


def test_an_unsorted_source_moves_its_watermark_with_the_last_page_only(tmp_path: Path) -> None:
    rows = [{"id": str(i), "t": f"2026-01-05 10:00:{(i * 7) % 10:02d}"} for i in range(8)]
    pages: Callable[[Asked], Told] = lambda a: Told({"data": rows[(int(a.query["page"]) - 1) * 3 :][:3]})  # noqa: E731
    with source(pages) as running:
        with pytest.raises(Fatal, match="ordered = false"):
            _read(tmp_path, running.url, PAGES + SINCE)
        batches = _read(tmp_path, running.url, PAGES + SINCE.replace("ordered = true", "ordered = false"))
    assert [b.watermark for b in batches] == [None, None, "2026-01-05 10:00:09"]
    assert len(rows_of(batches)) == 8


def test_a_time_far_ahead_is_not_followed_and_the_watermark_never_falls(tmp_path: Path) -> None:
    rows = [{"id": "1", "t": "2026-01-05 10:00:00"}, {"id": "2", "t": "2999-01-01 00:00:00"}, {"id": "3", "t": None}]
    with source(lambda _: Told({"data": rows})) as running:
        (batch,) = _read(tmp_path, running.url, SINCE)
        assert batch.watermark == "2026-01-05 10:00:00" and len(batch.rows) == 3
        (batch,) = _read(tmp_path, running.url, SINCE, Cursor("2026-03-01 00:00:00"))
        assert batch.watermark == "2026-03-01 00:00:00"
        with pytest.raises(Fatal, match="watermark"):
            _read(tmp_path, running.url, SINCE, Cursor("yesterday"))


def test_offsets_that_do_not_move_on_are_an_error(tmp_path: Path) -> None:
    paging = 'paging = { kind = "offset", param = "offset", size = 1, next = "next" }\n'
    message, raised, _ = _failing(tmp_path, Told({"data": [{"id": "1"}], "next": 0}), paging)
    assert raised is Fatal and "does not move on" in message


@pytest.mark.parametrize(
    ("form", "send", "start", "sent"),
    [
        ("%Y-%m-%d %H:%M:%S", "iso", "2026-01-05 10:11:12", "2026-01-05T10:11:12"),
        ("%Y-%m-%d %H:%M:%S", "epoch_ms", "2026-01-05 08:00:00", "1767571200000"),
        ("epoch_ms", "", "1767571200000", "1767571200000"),
        ("epoch_ms", "iso", "1767571200000", "2026-01-05T08:00:00"),
        ("epoch_s", "%Y%m%d%H%M%S", "1767571200", "20260105080000"),
        ("int", "", "42", "42"),
    ],
)
def test_times_are_sent_as_the_source_wants_them(tmp_path: Path, form: str, send: str, start: str, sent: str) -> None:
    since = f'since = {{ column = "t", format = "{form}", send = "{send}", start = "{start}", param = "since" }}\n'
    with source(lambda _: Told({"data": []})) as running:
        _read(tmp_path, running.url, since + 'params = { status = "all" }\n')
    assert running.asked[0].query == {"since": sent, "status": "all"}


def test_basic_and_header_credentials(tmp_path: Path) -> None:
    kinds: list[tuple[str, Any]] = [
        ('auth = { kind = "basic", user = "u", password = "p" }\n', ("authorization", "Basic dTpw")),
        ('auth = { kind = "header", name = "X-Api-Key", token = "k" }\n', ("x-api-key", "k")),
        ('headers = { "X-Client" = "yizhan" }\n', ("x-client", "yizhan")),
    ]
    for auth, (name, value) in kinds:
        with source(lambda _: Told(OK)) as running:
            _read(tmp_path, running.url, auth)
        assert running.asked[0].headers[name] == value
