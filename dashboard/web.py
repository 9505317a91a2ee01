"""What every answer carries and how it travels: security headers, compression, caching, designed error pages."""

from __future__ import annotations

import gzip
from typing import Any

from flask import Flask, Response, redirect, request, send_from_directory
from werkzeug.exceptions import HTTPException
from werkzeug.middleware.proxy_fix import ProxyFix

from dashboard import documents, guard, shell
from dashboard.pages import find

MAX_BODY = 256 * 1024
COMPRESSED = ("text/", "application/json", "application/javascript", "application/geo+json", "image/svg+xml")
SMALLEST = 1024
YEAR = "public, max-age=31536000, immutable"


def policy(hashes: list[str]) -> str:
    """The content security policy: nothing from another host, no eval, no inline script but the framework's own."""
    return "; ".join(
        (
            "default-src 'none'", f"script-src 'self' {' '.join(hashes)}", "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data:", "font-src 'self'", "connect-src 'self'", "form-action 'self'", "base-uri 'none'",
            "frame-ancestors 'none'", "manifest-src 'self'", "worker-src 'none'",
        )
    )  # fmt: skip


def _compress(answer: Response) -> None:
    """gzip for text of more than a kilobyte, when the browser takes it."""
    if (
        answer.direct_passthrough
        or answer.status_code != 200
        or "Content-Encoding" in answer.headers
        or "gzip" not in request.headers.get("Accept-Encoding", "")
        or not (answer.mimetype or "").startswith(COMPRESSED)
    ):
        return
    body = answer.get_data()
    if len(body) >= SMALLEST:
        answer.set_data(gzip.compress(body, 5, mtime=0))
        answer.headers["Content-Encoding"] = "gzip"
        answer.vary.add("Accept-Encoding")


def _pack_static(answer: Response, packed: dict[str, tuple[str, bytes]]) -> None:
    """Scripts, styles and maps are compressed once a process and kept; the key is the address with its fingerprint."""
    if answer.status_code != 200 or request.method != "GET" or "gzip" not in request.headers.get("Accept-Encoding", ""):
        return
    key = request.full_path
    tag = f"{answer.headers.get('ETag', '')}{answer.content_length}"
    answer.direct_passthrough, file = False, answer.response
    if packed.get(key, ("",))[0] != tag:
        packed[key] = (tag, gzip.compress(b"".join(answer.iter_encoded()), 6, mtime=0))
    if hasattr(file, "close"):
        file.close()  # the answer no longer reads it
    answer.set_data(packed[key][1])
    answer.headers["Content-Encoding"] = "gzip"
    answer.vary.add("Accept-Encoding")


def headers(server: Flask, hashes: list[str]) -> None:
    """Put security headers and compression on every answer."""
    csp, packed = policy(hashes), {}  # type: ignore[var-annotated]

    @server.after_request
    def finish(answer: Response) -> Response:
        answer.headers.setdefault("Content-Security-Policy", csp)
        answer.headers["X-Content-Type-Options"] = "nosniff"
        answer.headers["Referrer-Policy"] = "same-origin"
        answer.headers["X-Frame-Options"] = "DENY"
        answer.headers["Cross-Origin-Opener-Policy"] = "same-origin"
        static = request.path.startswith(("/assets/", "/_dash-component-suites/"))
        if static and (answer.mimetype or "").startswith(COMPRESSED):
            _pack_static(answer, packed)
        elif not static:
            answer.headers.setdefault("Cache-Control", "no-store")
            _compress(answer)
        return answer


def _same_origin() -> bool:
    origin = request.headers.get("Origin")
    return origin is None or origin.split("://")[-1] == request.host


def register(server: Flask, services: Any) -> None:
    """Size limit, origin check, map files, error pages; unknown addresses are a 404, not an empty app."""
    server.config["MAX_CONTENT_LENGTH"] = MAX_BODY
    maps = services.settings.map_dir.resolve()  # the services build the map files into the data folder
    if services.settings.trusted_proxies:
        hops = services.settings.trusted_proxies
        server.wsgi_app = ProxyFix(server.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]

    @server.before_request
    def check() -> Any:
        if request.method == "POST" and not _same_origin() and not request.path.startswith("/api/"):
            return documents.error(403), 403
        return None

    @server.route("/assets/map/<name>")
    def map_file(name: str) -> Response:
        answer = send_from_directory(maps, name, mimetype="application/geo+json")
        answer.headers["Cache-Control"] = YEAR
        return answer

    @server.before_request
    def own_area() -> Any:
        who = guard.user() if request.path == "/" and request.method == "GET" else None
        if who is None or (who.scope.level == "city" and not who.scope.owners):
            return None
        query = request.query_string.decode()
        return redirect(shell.home(services, who.scope) + (f"?{query}" if query else ""))

    @server.before_request
    def known_page() -> Any:
        catch_all = request.url_rule is not None and request.url_rule.rule == "/<path:path>"
        return (documents.error(404), 404) if catch_all and find(request.path) is None else None

    @server.errorhandler(HTTPException)
    def wrong(error: HTTPException) -> Any:
        code = error.code or 500
        return error if code < 400 else (documents.error(code), code)
