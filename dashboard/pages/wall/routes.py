"""The doors of the wall: its page, its data, pairing. A display comes by its own token; people come by their login."""

from __future__ import annotations

import hashlib
import json
from html import escape
from pathlib import Path
from typing import Any

import orjson
from flask import Flask, Response, jsonify, request

from dashboard import guard, i18n
from dashboard.pages.wall import words
from dashboard.pages.wall.payload import Maker
from matters.access import Scope
from services.displays import Display, TooManyCodes
from services.kept import Kept

COOKIE = "yizhan_display"
YEAR = 400 * 24 * 3600  # as long as browsers keep a cookie; it is given anew every day
SCRIPTS = ("wall-clock", "wall-layout", "wall-map", "wall-scenes", "wall-link", "wall-main")
ALONE = Path(__file__).parents[3] / "assets" / "alone"

PAGE = """<!doctype html>
<html lang="{lang}" data-mood="wall">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>{title}</title>
<link rel="icon" type="image/svg+xml" href="/assets/icons/yizhan.svg">
<link rel="stylesheet" href="/assets/tokens.css?v={build}"><link rel="stylesheet" href="/assets/alone/wall.css?v={build}"></head>
<body class="wallbody" data-mood="wall" data-build="{build}" data-check="{check}" data-words="{words}"><main id="wall" class="wall"></main>
{scripts}</body></html>"""


def fingerprint() -> str:
    """Changes with any file of the wall: a screen that runs an older one loads the page anew at a quiet moment."""
    digest = hashlib.sha256(PAGE.encode())
    for path in sorted([*ALONE.glob("wall*"), ALONE.parent / "tokens.css", *Path(__file__).parent.glob("*.py")]):
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:12]


class Doors:
    """The answers of the wall's addresses."""

    def __init__(self, services: Any) -> None:
        self._services, self._maker, self._bodies, self.build = services, Maker(services), Kept(64), fingerprint()

    def page(self) -> Response:
        """The page itself holds nothing, and is given to anybody: its data ask who they are for."""
        lang = i18n.lang()
        scripts = "".join(f'<script src="/assets/alone/{name}.js?v={self.build}"></script>' for name in SCRIPTS)
        text = PAGE.format(lang="en" if lang == "en" else "zh-CN", title=escape(i18n.t("大屏 · 一站")), build=self.build, scripts=scripts,
                           check="1" if request.path.endswith("/check") else "", words=escape(json.dumps(words.of_script(), ensure_ascii=False)))  # fmt: skip
        return self._timed(Response(text, content_type="text/html; charset=utf-8"))

    def pair(self) -> Response:
        """A code for a token, once; the token goes into a cookie that no script reads."""
        given = request.get_json(silent=True)
        code = str(given.get("code", ""))[:40] if isinstance(given, dict) else ""
        try:
            token = self._services.displays.pair(code)
        except TooManyCodes:
            return self._timed(jsonify(error="wait"), 429)
        if token is None:
            return self._timed(jsonify(error="wrong"), 403)
        return self._give(self._timed(jsonify(paired=True)), token)

    def data(self) -> Response:
        """What the wall shows, with an ETag; 401 when nobody is known, 403 for who may not, 503 when the store does not answer."""
        token = request.cookies.get(COOKIE, "")
        try:
            display = self._services.displays.who(token) if token else None
            person = guard.user() if display is None else None
        except Exception:  # whatever it is, the wall keeps what it shows and asks again
            return self._timed(jsonify(error="down"), 503)
        scope = display.scope if display else person.scope if person else None
        if scope is None:
            return self._timed(jsonify(error="unknown"), 401)
        if not scope.may("see_wall") or scope.level == "township":
            return self._timed(jsonify(error="refused"), 403)
        try:
            answer = self._answer(scope, display)
        except Exception as error:
            self._services.health.met(error) if hasattr(self._services.health, "met") else None
            return self._timed(jsonify(error="down"), 503)
        return self._give(answer, token) if display and request.headers.get("X-Yizhan-First") else answer

    def _answer(self, scope: Scope, display: Display | None) -> Response:
        stamp = self._services.wall.stamp(scope)
        key = (scope.key, scope.level, i18n.lang())
        body: bytes | None = self._bodies.get(key, stamp)
        if body is None:
            state = self._services.wall.read(scope, stamp)
            body = orjson.dumps(self._maker.make(scope, state))[1:]
            self._bodies.put(key, stamp, body)
        own = orjson.dumps({"build": self.build, "display": self._own(display)})
        etag = hashlib.blake2b(own + body, digest_size=12).hexdigest()
        if request.if_none_match.contains_weak(etag):
            answer = Response(status=304)
        else:
            answer = Response(own[:-1] + b"," + body, content_type="application/json")
        answer.set_etag(etag, weak=True)
        return self._timed(answer)

    @staticmethod
    def _own(display: Display | None) -> dict[str, Any]:
        if display is None:
            return {"name": "", "setup": {"wall": 0, "eye": 0, "cols": 1, "rows": 1, "sound": False}, "orders": {}}
        return {"name": display.name, "setup": display.setup, "orders": display.orders}

    def _timed(self, answer: Response, status: int | None = None) -> Response:
        """The server's clock goes with every answer: a wall's own may be wrong."""
        if status is not None:
            answer.status_code = status
        answer.headers["X-Yizhan-Now"] = self._services.now().isoformat(timespec="milliseconds")
        answer.headers["Cache-Control"] = "no-store"
        return answer

    def _give(self, answer: Response, token: str) -> Response:
        secure = request.is_secure or self._services.settings.cookie_secure
        answer.set_cookie(COOKIE, token, max_age=YEAR, httponly=True, samesite="Strict", secure=secure, path="/wall")
        return answer


def register(server: Flask, services: Any) -> None:
    """Add the wall's addresses to the web server."""
    doors = Doors(services)
    for path, name in (("/wall", "wall"), ("/wall/check", "wall-check")):
        server.add_url_rule(path, name, doors.page)
    server.add_url_rule("/wall/data", "wall-data", doors.data)
    server.add_url_rule("/wall/pair", "wall-pair", doors.pair, methods=["POST"])
