"""Coming in and going out: sessions live on the server, the cookie is only their name."""

from __future__ import annotations

import hashlib
import secrets
from typing import Any
from urllib.parse import urlencode, urlsplit

from flask import Flask, Response, g, jsonify, make_response, redirect, request
from flask_login import LoginManager, UserMixin, current_user
from itsdangerous import BadSignature, URLSafeTimedSerializer

from dashboard import documents, i18n
from dashboard.guard import COOKIE
from dashboard.i18n import t
from services.auth import LoginFailed

FORM = "yizhan_form"  # holds the nonce that a login form's token is made for
OPEN = ("/login", "/healthz", "/readyz", "/wall", "/wall/check", "/wall/data", "/wall/pair")  # a wall shows itself by a token of its own
# These authorise by themselves: the API by bearer token or session, callbacks in guard.py, the metrics by their own rule.
OWN_GATE = ("/api/", "/metrics", "/_dash-update-component")
FORM_MINUTES = 60


class Person(UserMixin):
    """A user of the services, as Flask-Login wants one."""

    def __init__(self, user: Any) -> None:
        self.id, self.user = user.name, user


def _signer(server: Flask) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(str(server.secret_key), salt="yizhan-form")


def form_token(server: Flask, bound_to: str) -> str:
    """A token for a form, good for an hour, worthless without the cookie it is bound to."""
    return _signer(server).dumps(hashlib.sha256(bound_to.encode()).hexdigest())


def _form_ok(server: Flask, bound_to: str) -> bool:
    try:
        told = _signer(server).loads(request.form.get("csrf", ""), max_age=FORM_MINUTES * 60)
    except BadSignature:
        return False
    return bool(bound_to) and secrets.compare_digest(told, hashlib.sha256(bound_to.encode()).hexdigest())


def _local(target: str) -> str:
    """A path of our own to go on to; anything that could lead elsewhere is the first page."""
    parts = urlsplit(target)
    safe = target.startswith("/") and not target.startswith(("//", "/\\", "/login", "/logout")) and not parts.netloc
    return target if safe and not any(ord(c) < 32 for c in target) else "/"


def _secure(services: Any) -> bool:
    return request.is_secure or services.settings.cookie_secure


def _form(server: Flask, services: Any, message: str, status: int) -> Response:
    nonce = request.cookies.get(FORM) or secrets.token_urlsafe(18)
    page = documents.login(
        action="/login?" + urlencode({"next": _local(request.args.get("next", "/")), "lang": i18n.lang()}),
        csrf=form_token(server, nonce),
        message=message,
        city=i18n.pick(services.areas.city.name, services.areas.city.en),
        accounts=services.auth.demo_accounts(),
    )
    answer = make_response(page, status)
    answer.set_cookie(FORM, nonce, httponly=True, samesite="Strict", secure=_secure(services), max_age=FORM_MINUTES * 60)
    return answer


def _enter(server: Flask, services: Any) -> Any:
    """Answer a login form."""
    if not _form_ok(server, request.cookies.get(FORM, "")):
        return _form(server, services, t("页面已过期，请再试一次。"), 400)
    try:
        token = services.auth.login(request.form.get("user", "")[:64], request.form.get("password", "")[:256], request.remote_addr or "")
    except LoginFailed as failure:
        locked = failure.reason == "locked"
        said = t("试的次数太多，请过 {n} 分钟再来。", n=failure.minutes) if locked else t("用户名或密码不对。")
        return _form(server, services, said, 429 if locked else 401)
    answer = redirect(_local(request.args.get("next", "/")))
    hours = services.settings.session_hours
    answer.set_cookie(COOKIE, token, httponly=True, samesite="Lax", secure=_secure(services), max_age=int(hours * 3600))
    answer.delete_cookie(FORM)
    return answer


def _gate() -> Any:
    """Nothing but the login page and the health checks without a session."""
    path = request.path
    if path in OPEN or path.startswith(("/assets/", *OWN_GATE)) or current_user.is_authenticated:
        return None
    if path.startswith("/_") or path == "/live":
        return jsonify(error="login"), 401
    return redirect("/login?" + urlencode({"next": request.full_path.rstrip("?")}))


def register(server: Flask, services: Any) -> None:
    """Put the login page, the way out and the gate into the server."""
    manager = LoginManager(server)

    @manager.request_loader
    def load(req: Any) -> Person | None:
        if "yizhan_person" not in g:
            token = req.cookies.get(COOKIE, "")
            who = services.auth.who(token) if token else None
            g.yizhan_person = Person(who) if who is not None else None
        return g.yizhan_person

    @server.before_request
    def speak_and_gate() -> Any:
        asked = request.args.get("lang", "")
        best = request.accept_languages.best_match(["zh", "zh-CN", "en"]) or "zh"
        i18n.use(asked or best[:2])
        return _gate()

    @server.route("/login", methods=["GET", "POST"])
    def login() -> Any:
        if request.method == "POST":
            return _enter(server, services)
        return redirect(_local(request.args.get("next", "/"))) if current_user.is_authenticated else _form(server, services, "", 200)

    @server.route("/logout", methods=["POST"])
    def logout() -> Any:
        token = request.cookies.get(COOKIE, "")
        if not _form_ok(server, token):
            return documents.error(400), 400
        services.auth.logout(token)
        answer = redirect("/login")
        answer.delete_cookie(COOKIE)
        return answer
