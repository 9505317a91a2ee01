"""Who is asking the API: a bearer token, or the session of the browser."""

from __future__ import annotations

from typing import Any

from flask import request

from dashboard import guard
from dashboard.api.problems import Problem
from matters.access import Scope


def scope_of(services: Any) -> Scope:
    """The scope of this request's token or session; a 401 problem without either.

    A token that is given and not known is refused even beside a valid session: whoever sends one means it.
    """
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme:
        user = services.auth.bearer(token.strip()) if scheme.lower() == "bearer" and token.strip() else None
        if user is None:
            raise Problem(401, "this token is not known or has been revoked; `yizhan token add USER` makes one")
    else:
        user = guard.user()
        if user is None:
            raise Problem(401, "log in, or send a token: Authorization: Bearer …")
    scope: Scope = user.scope
    return scope
