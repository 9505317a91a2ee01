"""The agencies that speak HTTP, each in its own way, on loopback only."""

from __future__ import annotations

import base64
import hmac
import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from demo.env import (
    COURTS_TOKEN,
    CYBERSPACE_TOKEN,
    HEALTH_KEY,
    HOTLINE_CODE,
    MARKET_PASSWORD,
    MARKET_USER,
    ONLINE_KEY,
)
from demo.sources import courts, cyberspace, health, hotline, market, online

MAX_PAGE = 2000
Answer = tuple[int, dict[str, Any]]
Ask = Callable[[Path, dict[str, str]], Answer]


class BadParameter(ValueError):
    """A query parameter that cannot be used; the message names it."""


def _number(query: dict[str, str], name: str, default: int, low: int, high: int) -> int:
    """A whole number of the query within its bounds."""
    text = query.get(name, str(default))
    if not (text.isascii() and text.isdigit() and low <= int(text) <= high):
        raise BadParameter(f"{name}={text}: a whole number from {low} to {high}")
    return int(text)


def _read(path: Path, sql: str, values: dict[str, Any]) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=10.0)) as base:
        return base.execute(sql, values).fetchall()


def ask_courts(folder: Path, query: dict[str, str]) -> Answer:
    """GET /api/v2/cases: rows changed since, ordered by (gxsj, ah), in pages."""
    page, size = _number(query, "page", 1, 1, 1_000_000), _number(query, "size", 1000, 1, MAX_PAGE)
    since = query.get("since", "1970-01-01T00:00:00")
    try:
        start = datetime.fromisoformat(since).strftime("%Y-%m-%d %H:%M:%S")
    except ValueError as error:
        raise BadParameter(f"since={since}: a moment such as 2026-01-05T10:11:12") from error
    path, values = folder / courts.FILE, {"since": start, "size": size, "skip": (page - 1) * size}
    total = _read(path, "SELECT count(*) FROM cases WHERE gxsj >= :since", values)[0][0]
    rows = _read(path, f"SELECT {', '.join(courts.COLUMNS)} FROM cases WHERE gxsj >= :since "
                       "ORDER BY gxsj, ah, id LIMIT :size OFFSET :skip", values)  # fmt: skip
    records = [dict(zip(courts.COLUMNS, row, strict=True)) for row in rows]
    for record in records:
        record["dsr"] = json.loads(record["dsr"])
    data = {"total": total, "pages": -(-total // size), "page": page, "records": records}
    return 200, {"code": 0, "msg": "ok", "data": data}


def ask_health(folder: Path, query: dict[str, str]) -> Answer:
    """GET /open/disputes: items modified since, ordered by (modified, caseNo), by offset."""
    offset, limit = _number(query, "offset", 0, 0, 100_000_000), _number(query, "limit", 500, 1, MAX_PAGE)
    since = _number(query, "modifiedFrom", 0, 0, 1 << 52)
    path, values = folder / health.FILE, {"since": since, "limit": limit, "offset": offset}
    count = _read(path, "SELECT count(*) FROM disputes WHERE modified >= :since", values)[0][0]
    rows = _read(path, "SELECT body FROM disputes WHERE modified >= :since ORDER BY modified, case_no, id LIMIT :limit OFFSET :offset", values)
    after = offset + len(rows)
    result = {"items": [json.loads(body) for (body,) in rows], "offset": offset, "nextOffset": after if after < count else None,
              "count": count}  # fmt: skip
    return 200, {"status": "SUCCESS", "result": result}


def _documents(path: Path, since: str | int, skip: int, size: int) -> tuple[int, list[Any]]:
    """How many documents changed since, and a part of them in the order of their change."""
    values = {"since": since, "size": size, "skip": skip}
    total = _read(path, "SELECT count(*) FROM documents WHERE changed >= :since", values)[0][0]
    rows = _read(path, "SELECT body FROM documents WHERE changed >= :since ORDER BY changed, key, id LIMIT :size OFFSET :skip", values)
    return total, [json.loads(body) for (body,) in rows]


def _moment(query: dict[str, str], name: str, form: str) -> str:
    """A moment of the query in the writing of the documents."""
    text = query.get(name, "1970-01-01 00:00:00")
    try:
        return datetime.fromisoformat(text).strftime(form)
    except ValueError as error:
        raise BadParameter(f"{name}={text}: a moment such as 2026-01-05T10:11:12") from error


def ask_hotline(folder: Path, query: dict[str, str]) -> Answer:
    """GET /order/list: tickets changed since beginTime, in pages."""
    page, size = _number(query, "pageNum", 1, 1, 1_000_000), _number(query, "pageSize", 500, 1, MAX_PAGE)
    total, rows = _documents(folder / hotline.FILE, _moment(query, "beginTime", "%Y-%m-%d %H:%M:%S"), (page - 1) * size, size)
    return 200, {"code": 200, "msg": "查询成功", "total": total, "pages": -(-total // size), "rows": rows}


def ask_market(folder: Path, query: dict[str, str]) -> Answer:
    """GET /api/complaints: complaints changed since, counted from `start`; who asks beyond the end gets none."""
    start, count = _number(query, "start", 0, 0, 100_000_000), _number(query, "count", 500, 1, MAX_PAGE)
    total, rows = _documents(folder / market.FILE, _number(query, "changed_since", 0, 0, 1 << 52), start, count)
    return 200, {"ret": 0, "total": total, "complaints": rows}


def ask_online(folder: Path, query: dict[str, str]) -> Answer:
    """GET /v3/events: events of all sorts updated since, with where to go on."""
    at, limit = _number(query, "from", 0, 0, 100_000_000), _number(query, "limit", 500, 1, MAX_PAGE)
    total, rows = _documents(folder / online.FILE, query.get("since", ""), at, limit)
    return 200, {"success": "Y", "data": {"events": rows, "next": at + len(rows) if at + len(rows) < total else None, "total": total}}


def ask_cyberspace(folder: Path, query: dict[str, str]) -> Answer:
    """GET /gateway/messages: messages updated after a moment, in pages counted from 0."""
    page, size = _number(query, "pageNo", 0, 0, 1_000_000), _number(query, "pageSize", 200, 1, MAX_PAGE)
    total, rows = _documents(folder / cyberspace.FILE, _moment(query, "updatedAfter", "%Y-%m-%dT%H:%M:%S"), page * size, size)
    return 200, {"status": "ok", "payload": {"totalElements": total, "list": rows}}


def _handler(folder: Path, path: str, header: str, secret: str, ask: Ask, refused: dict[str, Any]) -> type[BaseHTTPRequestHandler]:
    """A handler that answers one path to those who show the secret."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        server_version = "agency"
        sys_version = ""
        timeout = 30

        def do_GET(self) -> None:
            """Answer as JSON, errors too."""
            self._send(*self._answer())

        def _answer(self) -> Answer:
            parts = urlsplit(self.path)
            if not hmac.compare_digest(self.headers.get(header, "").encode(), secret.encode()):
                return 401, refused
            if parts.path != path:
                return 404, {"code": 404, "msg": "not found"}
            try:
                return ask(folder, {k: v[-1] for k, v in parse_qs(parts.query, keep_blank_values=True).items()})
            except BadParameter as error:
                return 400, {"code": 400, "msg": str(error)}
            except sqlite3.OperationalError as error:
                return 503, {"code": 503, "msg": f"busy: {error}"}

        def _send(self, status: int, body: dict[str, Any]) -> None:
            content = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json; charset=utf-8")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing of ordinary requests: they come every few seconds for months."""

    return Handler


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    allow_reuse_address = True


def _basic(user: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


# Of each agency: path, header and secret, who answers, and what a stranger is told.
SERVICES: dict[str, tuple[str, str, str, Ask, dict[str, Any]]] = {
    "courts": ("/api/v2/cases", "Authorization", f"Bearer {COURTS_TOKEN}", ask_courts, {"code": 401, "msg": "未授权", "data": None}),
    "health": ("/open/disputes", "X-Api-Key", HEALTH_KEY, ask_health, {"status": "UNAUTHORIZED", "result": None}),
    "hotline": ("/order/list", "Authorization", f"APPCODE {HOTLINE_CODE}", ask_hotline, {"code": 401, "msg": "认证失败"}),
    "market": ("/api/complaints", "Authorization", _basic(MARKET_USER, MARKET_PASSWORD), ask_market, {"ret": 401}),
    "online": ("/v3/events", "X-App-Key", ONLINE_KEY, ask_online, {"success": "N", "data": None}),
    "cyberspace": ("/gateway/messages", "Authorization", f"Bearer {CYBERSPACE_TOKEN}", ask_cyberspace, {"status": "denied"}),
}


def server_of(feed: str, folder: Path, port: int) -> ThreadingHTTPServer:
    """An agency's service, bound (port 0: any free one) but not yet serving; OSError when the port is taken."""
    return _Server(("127.0.0.1", port), _handler(folder, *SERVICES[feed]))
