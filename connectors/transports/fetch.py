"""One HTTP request that cannot hang, cannot flood, cannot be led elsewhere, and says in plain words what went wrong."""

from __future__ import annotations

import socket
import threading
import time
from contextlib import suppress
from types import TracebackType
from typing import Any
from urllib.parse import urlsplit

import httpx
from tenacity import RetryCallState, Retrying, retry_if_exception_type, stop_after_attempt, wait_random_exponential

from connectors.base import Fatal, Retry
from connectors.spec_http import HttpSettings

_BUSY = frozenset({408, 425, 429})


class Fetcher:
    """A client for one source; one deadline holds for all attempts at one page together."""

    def __init__(self, settings: HttpSettings) -> None:
        parts = urlsplit(settings.url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise Fatal(f"transport.url {settings.url!r} is not an http(s) address")
        self._settings = settings
        self.origin = f"{parts.scheme}://{parts.hostname}{f':{parts.port}' if parts.port else ''}{parts.path}"
        seconds = min(settings.deadline_seconds, 30)
        # Proxies and credentials of the environment are not asked: a feed's address is inside the building.
        self._client = httpx.Client(
            timeout=seconds, follow_redirects=False, trust_env=False, auth=_basic(settings), headers=_headers(settings)
        )
        self._socket: socket.socket | None = None

    def __enter__(self) -> Fetcher:
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None) -> None:
        self._client.close()

    def get(self, params: dict[str, str]) -> str:
        """The body as text, decoded strictly; raises Retry when the attempts or the deadline are used up, or Fatal."""
        end = time.monotonic() + self._settings.deadline_seconds
        retrying = Retrying(
            stop=lambda state: stop_after_attempt(self._settings.attempts)(state) or time.monotonic() + _wait_of(state) >= end,
            wait=wait_random_exponential(multiplier=0.5, max=self._settings.max_wait_seconds),
            retry=retry_if_exception_type(Retry),
            reraise=True,
        )
        return self._decoded(retrying(self._attempt, params, end))

    def _attempt(self, params: dict[str, str], end: float) -> bytes:
        # httpx bounds each read, not the sum of them: a source that drips one byte a second would hold us for
        # ever. At the deadline the connection is cut from outside.
        late = threading.Event()
        alarm = threading.Timer(max(end - time.monotonic(), 0.01), self._cut, [late])
        alarm.daemon = True
        alarm.start()
        try:
            request = self._client.build_request("GET", self._settings.url, params=params)
            request.extensions["trace"] = self._watch
            response = self._client.send(request, stream=True)
            try:
                self._check(response)
                return self._body(response, end)
            finally:
                response.close()
        except httpx.HTTPError as error:
            if late.is_set() or time.monotonic() >= end:
                raise self._too_slow() from None
            raise Retry(f"{self.origin}: {_network_words(error)}") from None
        finally:
            alarm.cancel()

    def _watch(self, event: str, info: dict[str, Any]) -> None:
        if event.endswith(("connect_tcp.complete", "start_tls.complete")):
            found = info["return_value"].get_extra_info("socket")
            self._socket = found if isinstance(found, socket.socket) else None

    def _cut(self, late: threading.Event) -> None:
        late.set()
        if self._socket is not None:
            with suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)

    def _too_slow(self) -> Retry:
        return Retry(f"{self.origin}: not finished within {self._settings.deadline_seconds:g} s (transport.deadline_seconds)")

    def _body(self, response: httpx.Response, end: float) -> bytes:
        body = bytearray()
        for chunk in response.iter_bytes():
            body += chunk
            if len(body) > self._settings.max_bytes:
                raise Fatal(f"{self.origin}: more than {self._settings.max_bytes:,} bytes; ask for smaller pages (paging.size)")
            if time.monotonic() >= end:
                raise self._too_slow()
        return bytes(body)

    def _check(self, response: httpx.Response) -> None:
        code = response.status_code
        if code == 200:
            return
        if response.is_redirect:
            place = urlsplit(response.headers.get("location", ""))
            where = f"{place.hostname or 'the same host'}{place.path}"
            raise Fatal(f"{self.origin}: sends us elsewhere ({where}); never followed. Check address and credentials")
        if code in (401, 403):
            raise Fatal(f"{self.origin}: refuses our credentials (HTTP {code}); renew the token or key of this feed")
        if code >= 500 or code in _BUSY:
            raise Retry(f"{self.origin}: the server is busy or broken (HTTP {code})")
        raise Fatal(f"{self.origin}: does not accept the request (HTTP {code}); check address and parameters")

    def _decoded(self, body: bytes) -> str:
        name = "utf-8-sig" if self._settings.encoding == "utf-8" else self._settings.encoding
        name = "gb18030" if name in ("gbk", "gb2312") else name
        try:
            return body.decode(name)
        except UnicodeDecodeError as error:
            raise Fatal(
                f"{self.origin}: the answer is not {self._settings.encoding} (byte {error.start}); check transport.encoding"
            ) from None


def _wait_of(state: RetryCallState) -> float:
    return state.upcoming_sleep


def _basic(settings: HttpSettings) -> httpx.Auth | None:
    auth = settings.auth
    return httpx.BasicAuth(auth.user, auth.password) if auth and auth.kind == "basic" else None


def _headers(settings: HttpSettings) -> dict[str, str]:
    headers = {"accept": "application/json", **settings.headers}
    auth = settings.auth
    if auth and auth.kind == "bearer":
        headers["authorization"] = f"Bearer {auth.token}"
    elif auth and auth.kind == "header":
        headers[auth.name] = auth.token
    return headers


def _network_words(error: httpx.HTTPError) -> str:
    if isinstance(error, httpx.ConnectError):
        return "cannot be reached"
    if isinstance(error, httpx.TimeoutException):
        return "does not answer in time"
    if isinstance(error, httpx.RemoteProtocolError):
        return "broke off in the middle of its answer"
    if isinstance(error, httpx.DecodingError):
        return "sent a body that cannot be unpacked"
    return f"the connection failed ({type(error).__name__})"
