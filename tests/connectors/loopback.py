"""An HTTP source on loopback that a test scripts: honest pages, or any misbehaviour."""

from __future__ import annotations

import json
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit


@dataclass
class Asked:
    """One request as it arrived."""

    path: str
    query: dict[str, str]
    headers: dict[str, str]
    method: str = "GET"
    body: bytes = b""
    target: str = ""

    @property
    def form(self) -> dict[str, str]:
        """The fields of a form in the body."""
        return {k: v[-1] for k, v in parse_qs(self.body.decode(), keep_blank_values=True).items()}


@dataclass
class Told:
    """One answer; `raw` takes over the connection instead."""

    body: Any = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    raw: Callable[[BaseHTTPRequestHandler], None] | None = None


@dataclass
class Source:
    """A running source: its address and what it was asked."""

    url: str
    asked: list[Asked]


@contextmanager
def source(answer: Callable[[Asked], Told], tls: ssl.SSLContext | None = None, port: int = 0) -> Iterator[Source]:
    """Serve until the block ends, over TLS with a context; port 0: a free one."""
    asked: list[Asked] = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            query = {k: v[-1] for k, v in parse_qs(parts.query, keep_blank_values=True).items()}
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            request = Asked(parts.path, query, {k.lower(): v for k, v in self.headers.items()}, self.command, body, self.path)
            asked.append(request)
            told = answer(request)
            if told.raw is not None:
                self.close_connection = True
                try:
                    told.raw(self)
                except OSError:
                    pass  # the other side hung up, as it should
                return
            body = told.body if isinstance(told.body, bytes) else json.dumps(told.body, ensure_ascii=False).encode()
            self.send_response(told.status)
            for name, value in {"Content-Length": str(len(body)), **told.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_GET

        def log_message(self, format: str, *args: Any) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def finish_request(self, request: Any, client_address: Any) -> None:
            # Hands are shaken in the thread of the request, so that a client that fails does not hold up the others.
            with tls.wrap_socket(request, server_side=True) if tls else nullcontext(request) as wrapped:
                super().finish_request(wrapped, client_address)

        def handle_error(self, request: Any, client_address: Any) -> None:
            pass

    server = Server(("127.0.0.1", port), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield Source(f"{'https' if tls else 'http'}://127.0.0.1:{server.server_address[1]}", asked)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
