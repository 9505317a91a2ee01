"""Bodies of every kind: each gives its rows, or says in words why it does not."""

from __future__ import annotations

import gzip
import json
import threading
import tracemalloc
import zlib
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest

from connectors.base import Fatal, RawBatch, Retry
from connectors.transports.http_unpack import Unpacker, without_gz
from tests.connectors.build import rows_of
from tests.connectors.http_feed import failing, reading
from tests.connectors.loopback import Told, source

TEXT = json.dumps({"data": [{"id": "上高县"}]}, ensure_ascii=False)
LONG = "宜丰县信访局登记一起邻里纠纷" * 3
CSV = 'format = "csv"\nrows = ""\n'
LINES = 'format = "lines"\nrows = ""\n'
XML = 'format = "xml"\nrows = "data.row"\n'


def _read(folder: Path, told: Told, more: str = "") -> list[RawBatch]:
    with source(lambda _: told) as running:
        return reading(folder, running.url, more)


@pytest.mark.parametrize(
    ("body", "headers", "more"),
    [
        (gzip.compress(TEXT.encode()), {"Content-Encoding": "gzip"}, ""),
        (gzip.compress(TEXT[:9].encode()) + gzip.compress(TEXT[9:].encode()) + b"\0" * 512, {"Content-Encoding": "gzip"}, ""),
        (zlib.compress(TEXT.encode()), {"Content-Encoding": "deflate"}, ""),
        (zlib.compress(TEXT.encode())[2:-4], {"Content-Encoding": "deflate"}, ""),
        (gzip.compress(TEXT.encode()), {"Content-Type": "application/gzip"}, ""),
        (gzip.compress(gzip.compress(TEXT.encode())), {"Content-Encoding": "gzip"}, ""),
        (TEXT.encode("gbk"), {"Content-Type": "application/json; charset=GB2312"}, 'encoding = "gb18030"'),
        (TEXT.encode(), {"Content-Type": 'application/json; charset="UTF-8"'}, ""),
        (TEXT.encode("utf-16"), {"Content-Type": "application/json; charset=utf-16le"}, 'encoding = "utf-16"'),
        (TEXT.encode(), {"Content-Type": "application/json; charset=ISO-8859-1"}, "ignore_charset = true"),
        (TEXT.encode("utf-8-sig"), {}, ""),
    ],
    # A packed body carries the time it was packed at: as a name it would differ from worker to worker.
    ids=["gzip", "gzip in parts", "deflate", "raw deflate", "gz file", "gz file, gzip", "gb2312", "utf-8", "utf-16", "latin-1 said", "bom"],
)
def test_packed_and_encoded_bodies_are_read(tmp_path: Path, body: bytes, headers: dict[str, str], more: str) -> None:
    assert rows_of(_read(tmp_path, Told(body, 200, headers), more)) == [{"id": "上高县"}]


@pytest.mark.parametrize(
    ("told", "more", "kind", "words"),
    [
        (Told(gzip.compress(TEXT.encode())[:-9], 200, {"Content-Encoding": "gzip"}), "", Retry, "broke off in the middle of its packed"),
        (Told(zlib.compress(TEXT.encode())[:1], 200, {"Content-Encoding": "deflate"}), "", Retry, "broke off in the middle of its packed"),
        (Told(gzip.compress(TEXT.encode())[:40], 200), "", Retry, "broke off in the middle of its packed"),
        (Told(b"no gzip at all", 200, {"Content-Encoding": "gzip"}), "", Retry, "cannot be unpacked"),
        (Told(zlib.compress(b"{}") + b"more", 200, {"Content-Encoding": "deflate"}), "", Retry, "cannot be unpacked"),
        (Told(b"x", 200, {"Content-Encoding": "br"}), "", Fatal, "not asked for"),
        (Told(b"\xef\xbb\xbf"), "", Retry, "is empty"),
        (Told(b""), CSV, Retry, "is empty"),
        (Told(b"", 204), "", Fatal, "answers HTTP 204"),
        (Told(TEXT.encode("gb18030")), "", Fatal, "not utf-8"),
        (Told(json.dumps({"data": [{"id": LONG}]}, ensure_ascii=False).encode()), 'encoding = "gb18030"', Fatal, "is UTF-8"),
        (Told(TEXT.encode(), 200, {"Content-Type": "application/json; charset=GBK"}), "", Fatal, "ignore_charset"),
        (Told(TEXT.encode(), 200, {"Content-Type": "text/json; charset=klingon"}), "", Fatal, "klingon"),
        (Told(b"\xef\xbb\xbf" + TEXT.encode("gb18030")), 'encoding = "gb18030"', Fatal, "byte order mark"),
        (Told(b"<html><body>Please log in</body></html>"), CSV, Retry, "web page instead"),
        (Told(b"<!DOCTYPE html><html></html>"), XML, Retry, "web page instead"),
        (Told(b'<?xml version="1.0"?>\n<html xmlns="x"></html>'), XML, Retry, "web page instead"),
        (Told(b"<!doctype HTML>"), LINES, Retry, "web page instead"),
        (Told(b'id,name\n1,"half'), CSV, Retry, "ends inside the quotes"),
        (Told(b"name\nx\n"), CSV, Fatal, "has no column id"),
        (Told(b"id,id\n1,2\n"), CSV, Fatal, "the column id twice"),
        (Told(b'{"id": "1"}\n{"id": "2'), LINES, Retry, "cut off in line 2"),
        (Told(b"login required\nsorry\n"), LINES, Retry, "cut off in line 2"),
        (Told(b"[1]\n[2]\n"), LINES, Retry, "no line of it is a row"),
        (Told(b"<a><data><row><id>1</id></row>"), XML, Retry, "not whole XML"),
        (Told(b"<a><other/></a>"), XML, Fatal, "transport.rows"),
        (Told(b'<?xml version="1.0" encoding="GBK"?><a><data/></a>'), XML, Fatal, "XML declaration"),
        (Told(b"<a><code>500</code><data/></a>"), XML + 'success = { code = "0" }', Retry, "code = '500'"),
        (Told(b"<a><data>" + b"<x>" * 5_000 + b"</x>" * 5_000 + b"</data></a>"), XML.replace("data.row", "data"), Fatal, "nested too deeply"),
    ],
)
def test_bodies_that_are_not_what_was_agreed(tmp_path: Path, told: Told, more: str, kind: type[Exception], words: str) -> None:
    message, raised, running = failing(tmp_path, told, more)
    assert (raised, words in message) == (kind, True), message
    assert message.startswith(running.url) and "\ufffd" not in message


BOMBS = {
    "entities that multiply": b'<!DOCTYPE a [<!ENTITY x "xxxxxxxxxx"><!ENTITY y "&x;&x;&x;&x;&x;">]><a><data><row><id>&y;</id></row></data></a>',
    "a file of ours": b'<!DOCTYPE a [<!ENTITY f SYSTEM "file:///etc/passwd">]><a><data><row><id>&f;</id></row></data></a>',
    "an address": b'<!DOCTYPE a SYSTEM "http://127.0.0.1:9/a.dtd"><a><data><row><id>1</id></row></data></a>',
    "only a document type": b"<!DOCTYPE a><a><data/></a>",
}


@pytest.mark.parametrize("body", BOMBS.values(), ids=BOMBS)
def test_xml_with_anything_but_data_is_refused(tmp_path: Path, body: bytes) -> None:
    message, kind, _ = failing(tmp_path, Told(body), XML)
    assert kind is Fatal and "XML with these is refused" in message and "root:" not in message


def test_xml_rows_with_attributes_children_and_lists(tmp_path: Path) -> None:
    body = """<?xml version="1.0" encoding="GB18030"?>
<s:answer xmlns:s="urn:x" s:next="7"><code>0</code><data total="3">
  <row id="007" s:kind="邻里"><amount unit="元">38000.00</amount><place><county>上高县</county></place><who>甲</who><who>乙</who><none/></row>
  <!-- a comment --><row><id>360900000012345678</id><text><![CDATA[a < b & c]]></text></row>
  <row>only text</row><other/></data></s:answer>""".encode("gb18030")
    (batch,) = _read(tmp_path, Told(body), XML + 'encoding = "gbk"\nsuccess = { code = "0", "@next" = "7", "data.@total" = "3" }')
    assert batch.rows == [
        {"@id": "007", "@kind": "邻里", "amount": {"@unit": "元", "#text": "38000.00"}, "place": {"county": "上高县"}, "who": ["甲", "乙"], "none": ""},
        {"id": "360900000012345678", "text": "a < b & c"},
        {"#text": "only text"},
    ]
    assert rows_of(_read(tmp_path, Told(b"<a><r><id>1</id></r></a>"), 'format = "xml"\nrows = ""')) == [{"id": "1"}]
    assert rows_of(_read(tmp_path, Told(b"<a><b.c><r><id>1</id></r></b.c></a>"), 'format = "xml"\nrows = "b.c/r"')) == [{"id": "1"}]
    assert rows_of(_read(tmp_path, Told(b"<a><data/></a>"), XML)) == []


def test_csv_rows_keep_their_text_and_wrong_ones_are_counted(tmp_path: Path) -> None:
    body = 'id;名称\r\n007;"a;""b""\r\nc"\r\n\r\n1;2;3\r\n18;\ufffd\r\n360900000012345678; 9 \r\n'.encode("gb18030", "replace")
    (batch,) = _read(tmp_path, Told(body), CSV + 'encoding = "gb18030"\ncsv = { delimiter = ";" }')
    assert batch.rows == [{"id": "007", "名称": 'a;"b"\r\nc'}, {"id": "360900000012345678", "名称": " 9 "}]
    assert [b.reason for b in batch.broken] == ["wrong_columns", "bad_text"] and batch.broken[0].line == 5
    assert rows_of(_read(tmp_path, Told(b"1,2\n"), CSV + 'csv = { columns = ["id", "b"] }')) == [{"id": "1", "b": "2"}]


def test_json_lines_keep_going_past_a_bad_line(tmp_path: Path) -> None:
    body = '{"id": 007}\n{"id": 18, "t": "\u2028"}\r\n\n[1]\n{"id": 360900000012345678}\n'.encode()
    (batch,) = _read(tmp_path, Told(body), LINES)
    assert batch.rows == [{"id": "18", "t": "\u2028"}, {"id": "360900000012345678"}]
    assert [(b.line, b.reason) for b in batch.broken] == [(1, "bad_json"), (4, "bad_json")]


def test_a_character_that_the_source_has_lost_is_not_stored(tmp_path: Path) -> None:
    (batch,) = _read(tmp_path, Told('{"data": [{"id": "1"}, {"id": "2", "n": "聂\ufffd"}, {"id": "3", "n": "\\ufffd"}]}'.encode()))
    assert [r["id"] for r in batch.rows] == ["1"] and [b.reason for b in batch.broken] == ["bad_text", "bad_text"]


def _bomb(size: int) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    return b"".join([*(packer.compress(b"\0" * 1_000_000) for _ in range(size // 1_000_000)), packer.flush()])


@pytest.mark.parametrize("headers", [{"Content-Encoding": "gzip"}, {}], ids=["packed on the way", "a .gz file"])
def test_a_bomb_stops_at_the_cap_in_little_memory(tmp_path: Path, headers: dict[str, str]) -> None:
    bomb = _bomb(400_000_000)
    assert len(bomb) < 500_000
    tracemalloc.start()
    message, kind, _ = failing(tmp_path, Told(bomb, 200, headers), "max_bytes = 2000000")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert kind is Fatal and "2,000,000 bytes" in message and peak < 20_000_000


def test_a_file_that_unpacks_into_more_of_its_kind_is_unpacked_once() -> None:
    inner = gzip.compress(b"{}")
    assert without_gz(gzip.compress(inner), 1_000, "x") == inner
    for size in (1, 2, 7):
        unpacker, packed = Unpacker("deflate", 1_000, "x"), zlib.compress(b"abc" * 50)
        for i in range(0, len(packed), size):
            unpacker.feed(packed[i : i + size])
        assert unpacker.whole() == b"abc" * 50


def test_a_short_body_is_never_taken_for_a_whole_one(tmp_path: Path) -> None:
    rows = "\n".join(json.dumps({"id": str(i)}) for i in range(5))

    def raw(handler: BaseHTTPRequestHandler) -> None:
        cut = rows.encode()[: rows.rindex("\n")]  # whole lines: only the length tells
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(rows) + cut)

    def chunked(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nid\n1\n\r\n")

    for misbehaviour, more in ((raw, LINES), (chunked, CSV)):
        message, kind, running = failing(tmp_path, Told(raw=misbehaviour), more)
        assert kind is Retry and "broke off in the middle" in message and len(running.asked) == 4


def test_no_thread_is_left_behind(tmp_path: Path) -> None:
    before = threading.active_count()
    told: Any = Told({"data": [{"id": "1"}]})
    with source(lambda _: told) as running:
        for _ in range(5):
            reading(tmp_path, running.url)
    assert threading.active_count() <= before + 1
