"""Sources that fail as a whole: what they send, and the words that a steward must read. One line a fault of the list."""

from __future__ import annotations

import gzip
import io
import json
import time
import zipfile
from http.server import BaseHTTPRequestHandler
from typing import Any, NamedTuple

import xlsxwriter

from tests.connectors.loopback import Told
from tests.faults.stage import CSV, EXCEL, HEAD, HTTP, JSON, PAGES, TEN, Gift, csv, pages


class Sick(NamedTuple):
    """A door, what it gives while sick and when well, what is told of it, and how many rows of healthy parts come in all the same."""

    door: str
    sick: Gift
    well: Gift
    told: str
    retry: bool
    kept: int = 0


def _page(told: Told, words: str, retry: bool) -> Sick:
    """An HTTP source whose first page is good."""
    return Sick(HTTP + PAGES, pages(told), pages(), words, retry, 5)


def _short(handler: BaseHTTPRequestHandler) -> None:
    body = json.dumps({"data": TEN[5:], "pages": 2}).encode()
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % (len(body) + 400) + body)


def _drip(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
    for _ in range(100):
        handler.wfile.write(b" ")
        handler.wfile.flush()
        time.sleep(0.05)


def _always(body: bytes, headers: dict[str, str] | None = None) -> Gift:
    return lambda _: Told(body, 200, headers or {})


def zipped(**members: bytes) -> bytes:
    """A zip file."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("_csv", ".csv"), content)
    return out.getvalue()


def workbook(rows: list[dict[str, str]], formula: bool = False) -> bytes:
    """A workbook; with `formula` the titles are formulas with a stored result."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False}) as book:
        sheet = book.add_worksheet()
        for c, name in enumerate(HEAD.split(",")):
            sheet.write(0, c, name)
            for r, row in enumerate(rows, 1):
                live = formula and name == "title"
                sheet.write_formula(r, c, '=HYPERLINK("http://127.0.0.1:9/"&A1)', None, row[name]) if live else sheet.write_string(r, c, row[name])
    return out.getvalue()


def _xml(rows: list[dict[str, str]], before: str = "", title: str = "") -> bytes:
    text = "".join("<row>" + "".join(f"<{k}>{title if title and k == 'title' else v}</{k}>" for k, v in r.items()) + "</row>" for r in rows)
    return f'<?xml version="1.0" encoding="UTF-8"?>{before}<a><data>{text}</data></a>'.encode()


_XML = HTTP.replace('"data"', '"data.row"') + 'format = "xml"\n'
_ENTITIES = '<!DOCTYPE a [<!ENTITY x "xxxxxxxxxx"><!ENTITY y "&x;&x;&x;&x;&x;&x;&x;&x;">]>'
_BOMB = zipped(a_csv=csv(TEN) + b"\n" * 30_000_000)
_JSON = json.dumps({"data": TEN}, ensure_ascii=False).encode()
_PLAIN: Any = lambda _: Told({"data": TEN})  # noqa: E731
_GOOD = {"a.csv": csv(TEN[:5])}


def _one_bad_file(bad: bytes, words: str, retry: bool) -> Sick:
    """A folder with a good file and a bad one: the good one comes in."""
    return Sick(CSV, {**_GOOD, "b.csv": bad}, {**_GOOD, "b.csv": csv(TEN[5:])}, words, retry, 5)


SICK: dict[str, Sick] = {
    "500s": _page(Told(b"", 500), r"busy or broken \(HTTP 500\)", True),
    "redirect": _page(Told(b"", 302, {"Location": "http://127.0.0.1:9/login"}), "sends us elsewhere", False),
    "slow-drip": _page(Told(raw=_drip), "not finished within 3 s", True),
    "truncated-json": _page(Told(json.dumps({"data": TEN[5:], "pages": 2}).encode()[:-30]), "not whole JSON", True),
    "truncated-json-file": Sick(JSON, {"a.json": _JSON[:-40]}, {"a.json": _JSON}, "a.json: ends in the middle of a character: half a file", True),
    "truncated-csv-file": _one_bad_file(csv(TEN[5:]) + b'77,"half', "b.csv: ends inside the quotes", True),
    "short-body": _page(Told(raw=_short), "broke off in the middle of its answer", True),
    "login-page-200": _page(Told(b"<!DOCTYPE html><html><form>login</form></html>", 200, {"Content-Type": "text/html"}), "a web page instead", True),
    "wrong-encoding": _page(Told(json.dumps({"data": TEN[5:], "pages": 2}, ensure_ascii=False).encode("gb18030")), "not utf-8", False),
    "wrong-encoding-file": _one_bad_file(csv(TEN[5:]).decode().encode("gb18030"), "b.csv: is not utf-8", False),
    "missing-column": _one_bad_file(csv(TEN[5:], HEAD.replace(",title", "")), "b.csv: has no column title", False),
    "zip-bomb": Sick(CSV, {**_GOOD, "b.zip": _BOMB}, {**_GOOD, "b.zip": zipped(a_csv=csv(TEN[5:]))}, "unpacks into 30,.* refused", False, 5),
    "zip-bomb-http": Sick(HTTP, _always(gzip.compress(b'{"data": [' + b" " * 30_000_000), {"Content-Encoding": "gzip"}), _PLAIN,
                          "more than 200,000 bytes", False),
    "zip-bomb-workbook": Sick(EXCEL, {"a.xlsx": zipped(**{"[Content_Types].xml": b" " * 30_000_000})}, {"a.xlsx": workbook(TEN)}, "a.xlsx: unpacks into 30,.* refused", False),
    "entity-expansion": Sick(_XML, _always(_xml(TEN, _ENTITIES, "&y;")), _always(_xml(TEN)), "XML with these is refused", False),
}  # fmt: skip

# What the screen says of each: no word of waiting where a person must act.
SAID = {
    "500s": "对方系统忙或出错", "redirect": "引到别处", "slow-drip": "太慢", "truncated-json": "没有传完整", "truncated-json-file": "没有传完整",
    "truncated-csv-file": "没有传完整", "short-body": "中途断开", "login-page-200": "网页", "wrong-encoding": "编码", "wrong-encoding-file": "编码",
    "missing-column": "列与约定不符", "zip-bomb": "解开后大得反常", "zip-bomb-http": "超过大小上限", "zip-bomb-workbook": "解开后大得反常",
    "entity-expansion": "实体",
}  # fmt: skip
