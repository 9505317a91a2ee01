"""docs/feeds/door-http.md is run: each of its feeds against a source that is strict about what it says."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
import ssl
import tomllib
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from connectors import spec_http, spec_http_auth
from connectors.base import Cursor
from connectors.registry import open_transport
from tests.connectors.build import KEYED, feed, rows_of
from tests.connectors.loopback import Asked, Told, source
from tests.connectors.test_http_tls import Authority

PAGE = (Path(__file__).parents[2] / "docs" / "feeds" / "door-http.md").read_text(encoding="utf-8")
DOORS = {urlsplit(tomllib.loads(b)["transport"]["url"].split("}", 1)[1]).path: b for b in re.findall(r"```toml\n(.*?)```", PAGE, re.S)}
ROWS = [{"id": str(i), "name": f"县{i}", "gxsj": f"2026-01-05 0{i + 1}:00:00"} for i in range(5)]
SECRET = "s3cret"


def _part(asked: Asked) -> Told:
    """Two rows a page by any paging, as the page says they are asked for."""
    query: dict[str, Any] = {k.removeprefix("page."): v for k, v in asked.query.items()}
    if asked.path == "/post":
        body = json.loads(asked.body)
        assert body["head"] == {"app": "yizhan"} and body["query"] == {"status": "all"} and asked.query == {}
        query = {"page": body["page"]["pageNo"], "size": body["page"]["pageSize"]}
    rows = [r for r in ROWS if query["kssj"] <= r["gxsj"] <= query["jssj"]] if "kssj" in query else ROWS
    size = int(query["size"])
    start = (int(query["page"]) - 1) * size if "page" in query else int(query.get("offset", query.get("cursor", query.get("at", 0))))
    end, more = start + size, start + size < len(rows)
    headers = {"Link": f'</link?at={end}&size={size}>; rel="next"'} if more else {}
    body = {"data": rows[start:end], "total": len(rows), "next": end if more else None, "meta": {"cursor": str(end), "more": more}}
    return Told(body, 200, headers)


def _is_known(asked: Asked) -> bool:
    sent, path = asked.headers, asked.path
    if path == "/hmac":
        text = "\n".join(["GET", path, "status=all", sent["x-time"], sent["x-nonce"], hashlib.sha256(b"").hexdigest()])
        return sent["x-signature"] == base64.b64encode(hmac.new(SECRET.encode(), text.encode(), "sha256").digest()).decode()
    wanted: dict[str, tuple[str | None, str]] = {
        "/header": (sent.get("x-api-key"), SECRET),
        "/query": (asked.query.get("appkey"), SECRET),
        "/basic": (sent.get("authorization"), "Basic " + base64.b64encode(f"city:{SECRET}".encode()).decode()),
        "/oauth2": (sent.get("authorization"), "Bearer fresh"),
    }
    had, needed = wanted.get(path, ("", ""))
    return had == needed


def _answer(asked: Asked) -> Told:
    if not _is_known(asked):
        return Told(b"", 401)
    if asked.path == "/token":
        assert asked.form == {"grant_type": "client_credentials", "scope": "read", "client_id": "city", "client_secret": SECRET}
        return Told({"access_token": "fresh", "token_type": "bearer", "expires_in": 60})
    if asked.path == "/api/cases":
        assert asked.headers["authorization"] == f"Bearer {SECRET}" and asked.query["since"] >= "2000-01-01T"
        return Told({"code": 0, "data": {"records": [r for r in ROWS if r["gxsj"] >= asked.query["since"].replace("T", " ")], "pages": 1}})
    plain: dict[str, bytes] = {
        "/csv": "".join(f"{r['id']};{r['name']}\n" for r in ROWS).encode("gbk"),
        "/lines": "".join(json.dumps(r) + "\n" for r in ROWS).encode(),
        "/xml": ("<a code='0'><data>" + "".join(f"<row><id>{r['id']}</id></row>" for r in ROWS) + "</data></a>").encode(),
    }
    if asked.path in plain:
        return Told(plain[asked.path])
    return Told({"data": ROWS}) if asked.path in ("/header", "/query", "/basic", "/oauth2", "/hmac", "/cert") else _part(asked)


@pytest.mark.parametrize("path", DOORS)
def test_an_example_brings_in_every_row_once(tmp_path: Path, path: str) -> None:
    office = Authority("office")
    office.write(tmp_path)
    office.issue(tmp_path, "city", SECRET)
    cert, key = office.issue(tmp_path, "server")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / cert, tmp_path / key)
    context.load_verify_locations(tmp_path / "office.pem")
    context.verify_mode = ssl.CERT_REQUIRED
    with source(_answer) as plain, source(_answer, context) as secure:
        env = {"SOURCE_URL": plain.url, "SECURE_URL": secure.url, "SOURCE_TOKEN": SECRET}
        door = open_transport(feed(tmp_path, DOORS[path], KEYED, env), lambda: datetime(2026, 1, 6, 12))
        assert [r["id"] for r in rows_of(door.batches(Cursor()))] == [r["id"] for r in ROWS]


def test_the_page_shows_every_kind_and_names_every_setting() -> None:
    shown = [tomllib.loads(b)["transport"] for b in DOORS.values()]
    assert {s["paging"]["kind"] for s in shown if "paging" in s} == {"page", "offset", "cursor", "link"}
    assert {s["auth"]["kind"] for s in shown if "auth" in s} == {a.model_fields["kind"].annotation.__args__[0] for a in spec_http_auth.AUTHS}  # type: ignore[union-attr]
    assert {s.get("format", "json") for s in shown} == {"json", "lines", "csv", "xml"}
    models = (spec_http.HttpSettings, spec_http.Paging, spec_http.Window, spec_http.Tls, spec_http.CsvBody, *spec_http_auth.AUTHS)
    assert [(m.__name__, n) for m in models for n in m.model_fields if not re.search(rf"\b{n}\b", PAGE)] == []
    assert [p for p in spec_http_auth.SIGNED_PARTS if f"{{{p}}}" not in PAGE] == []
