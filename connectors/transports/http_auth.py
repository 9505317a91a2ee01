"""Makes us known to a source: static credentials, signatures, and tokens that are fetched and kept."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Any

import httpx
from authlib.oauth2.auth import ClientAuth
from authlib.oauth2.rfc6749 import OAuth2Token
from authlib.oauth2.rfc6749.parameters import prepare_token_request

from connectors.base import Fatal, Retry
from connectors.spec_http import HttpSettings
from connectors.spec_http_auth import BasicAuth, BearerAuth, HeaderAuth, HmacAuth, OAuth2Auth, QueryAuth
from connectors.transports.http_signing import sign, signing_key

# A token that ends while the request is on its way is of no use.
_LEEWAY_SECONDS = 10

Send = Callable[[httpx.Request], bytes]


class Credentials:
    """The credentials of one feed; a fetched token is kept for as long as this object lives."""

    def __init__(self, settings: HttpSettings) -> None:
        self._auth, self._token = settings.auth, None
        if isinstance(self._auth, HmacAuth):
            signing_key(self._auth)

    _token: OAuth2Token | None

    def put_on(self, request: httpx.Request, send: Send) -> None:
        """Add what the source wants to see; `send` fetches a token with the deadline and the cap of the feed."""
        auth = self._auth
        if isinstance(auth, BearerAuth):
            request.headers["authorization"] = f"Bearer {auth.token}"
        elif isinstance(auth, HeaderAuth):
            request.headers[auth.name] = auth.token
        elif isinstance(auth, QueryAuth):
            request.url = request.url.copy_set_param(auth.name, auth.token)
        elif isinstance(auth, BasicAuth):
            pair = base64.b64encode(f"{auth.user}:{auth.password}".encode()).decode()
            request.headers["authorization"] = f"Basic {pair}"
        elif isinstance(auth, HmacAuth):
            sign(auth, request)
        elif isinstance(auth, OAuth2Auth):
            if self._token is None or self._token.is_expired(leeway=_LEEWAY_SECONDS):
                self._token = _token_of(send(_token_request(auth)), auth.token_url)
            request.headers["authorization"] = f"Bearer {self._token['access_token']}"

    def renewable(self) -> bool:
        """Whether a refused token can be given up for a new one; it is given up by asking."""
        had, self._token = self._token is not None, None
        return had


def _token_request(auth: OAuth2Auth) -> httpx.Request:
    body = prepare_token_request("client_credentials", scope=auth.scope or None, **auth.token_params)
    headers = {"accept": "application/json", "accept-encoding": "gzip, deflate"}
    client = ClientAuth(auth.client_id, auth.client_secret, f"client_secret_{auth.client_auth}")
    url, headers, body = client.prepare("POST", auth.token_url, headers, body)
    headers["content-type"] = "application/x-www-form-urlencoded"
    return httpx.Request("POST", url, headers=headers, content=body)


def _token_of(body: bytes, url: str) -> OAuth2Token:
    place = httpx.URL(url).copy_with(query=None, userinfo=b"")
    try:
        answer: Any = json.loads(body)
        token = OAuth2Token(answer if isinstance(answer, dict) else {})
    except (ValueError, TypeError, RecursionError):
        raise Retry(f"{place}: the token service does not answer in JSON, or with an odd expires_in") from None
    text, kind = token.get("access_token"), str(token.get("token_type") or "bearer")
    if not isinstance(text, str) or not text or not text.isascii() or not text.isprintable():
        raise Fatal(f"{place}: the token service gives no access_token; check auth.token_url and auth.scope")
    if kind.lower() != "bearer":
        raise Fatal(f"{place}: the token service gives a token of kind {kind[:30]!r}; only bearer tokens can be used")
    return token
