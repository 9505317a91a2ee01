"""One HTTP request that cannot hang, cannot flood, cannot be led elsewhere, and says in plain words what went wrong."""

from __future__ import annotations

import math
import time
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from types import TracebackType
from typing import NamedTuple
from urllib.parse import urlsplit

import httpx
from tenacity import RetryCallState, Retrying, retry_if_exception_type, stop_after_attempt, wait_random_exponential

from connectors.base import Fatal, Retry
from connectors.spec_http import HttpSettings
from connectors.transports.http_auth import Credentials
from connectors.transports.http_deadline import Connections
from connectors.transports.http_hosts import Hosts
from connectors.transports.http_request import Call, built, default_headers
from connectors.transports.http_tls import tls_context, tls_words
from connectors.transports.http_unpack import Unpacker, without_gz

_BUSY = frozenset({408, 425, 429})
_LONGEST_STEP = 30  # seconds for one connect or one read, even when the deadline leaves more


class Answer(NamedTuple):
    """A whole body, unpacked, with its headers and the address it came from."""

    body: bytes
    headers: httpx.Headers
    url: str
    next_link: str = ""


class Busy(Retry):
    """The source asks for patience; `after` is the wait it names, in seconds."""

    def __init__(self, message: str, after: float = 0) -> None:
        super().__init__(message)
        self.after = after


class Refused(Fatal):
    """The source does not take our credentials."""


class Fetcher:
    """A client for one source; one deadline holds for all attempts at one page together, tokens included."""

    def __init__(self, settings: HttpSettings, base: Path = Path(), credentials: Credentials | None = None) -> None:
        """`base` is the folder that relative paths count from; `credentials` may be shared by several fetchers."""
        self.hosts = Hosts(settings)
        self._settings, self._credentials = settings, credentials or Credentials(settings)
        self.origin = _origin_of(settings.url)
        self._connections = Connections()
        # Proxies and credentials of the environment are not asked: a feed's address is inside the building.
        try:
            self._client = httpx.Client(
                verify=tls_context(settings.tls, base), follow_redirects=False, trust_env=False, headers=default_headers(settings)
            )
        except UnicodeEncodeError:
            raise Fatal("transport.headers holds characters that no header can carry; check it") from None

    def __enter__(self) -> Fetcher:
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None) -> None:
        self._client.close()
        self._connections.close()

    def get(self, call: Call) -> Answer:
        """The answer to one call; raises Retry when the attempts or the deadline are used up, or Fatal."""
        end = time.monotonic() + self._settings.deadline_seconds
        retrying = Retrying(
            stop=lambda state: stop_after_attempt(self._settings.attempts)(state) or time.monotonic() + state.upcoming_sleep >= end,
            wait=self._wait,
            retry=retry_if_exception_type(Retry),
            reraise=True,
        )
        return retrying(self._attempt, call, end)

    def _wait(self, state: RetryCallState) -> float:
        """A random wait that grows, or what the source asks for when that is longer."""
        error = state.outcome.exception() if state.outcome else None
        grown = wait_random_exponential(multiplier=0.5, max=self._settings.max_wait_seconds)(state)
        return max(grown, error.after if isinstance(error, Busy) else 0)

    def _attempt(self, call: Call, end: float) -> Answer:
        try:
            return self._ask(call, end)
        except Refused:
            if not self._credentials.renewable():
                raise
        return self._ask(call, end)

    def _ask(self, call: Call, end: float) -> Answer:
        if call.url:
            self.hosts.check(call.url, f"{self.origin}: the link to the next page")
        try:
            request = built(self._client, self._settings, call)
            self._credentials.put_on(request, lambda token: self._exchange(token, end).body)
        except (UnicodeEncodeError, httpx.InvalidURL):
            raise Fatal(f"{self.origin}: headers or credentials hold characters that no request can carry; check them") from None
        return self._exchange(request, end)

    def _exchange(self, request: httpx.Request, end: float) -> Answer:
        step = httpx.Timeout(min(max(end - time.monotonic(), 0.01), _LONGEST_STEP))
        request.extensions = {**request.extensions, "timeout": step.as_dict(), "trace": self._connections.watch}
        with self._connections.until(end) as late:
            try:
                response = self._client.send(request, stream=True)
                try:
                    self._check(response)
                    return Answer(self._body(response, end), response.headers, str(request.url), _next_link(response))
                finally:
                    response.close()
            except httpx.HTTPError as error:
                if late.is_set() or time.monotonic() >= end:
                    raise self._too_slow() from None
                raise self._explained(error) from None

    def _explained(self, error: httpx.HTTPError) -> Fatal | Retry:
        if words := tls_words(error):
            return Fatal(f"{self.origin}: {words}")
        if isinstance(error, httpx.LocalProtocolError):
            return Fatal(f"{self.origin}: headers or credentials hold characters that no request can carry; check them")
        return Retry(f"{self.origin}: {_network_words(error)}")

    def _too_slow(self) -> Retry:
        return Retry(f"{self.origin}: not finished within {self._settings.deadline_seconds:g} s (transport.deadline_seconds)")

    def _body(self, response: httpx.Response, end: float) -> bytes:
        cap = self._settings.max_bytes
        unpacker = Unpacker(response.headers.get("content-encoding", ""), cap, self.origin)
        for chunk in response.iter_raw():
            unpacker.feed(chunk)
            if time.monotonic() >= end:
                raise self._too_slow()
        return without_gz(unpacker.whole(), cap, self.origin)

    def _check(self, response: httpx.Response) -> None:
        code, place = response.status_code, _origin_of(str(response.request.url))
        if code == 200:
            return
        if response.is_redirect:
            parts = urlsplit(response.headers.get("location", ""))
            where = f"{parts.hostname or 'the same host'}{parts.path}"
            raise Fatal(f"{place}: sends us elsewhere ({where}); never followed. Check address and credentials")
        if code in (401, 403):
            kind = Refused if code == 401 else Fatal
            raise kind(f"{place}: refuses our credentials (HTTP {code}); renew the token or key of this feed")
        if code >= 500 or code in _BUSY:
            after = _retry_after(response.headers.get("retry-after", ""))
            asks = f"; it asks us to wait {after:g} s" if after else ""
            raise Busy(f"{place}: the server is busy or broken (HTTP {code}){asks}", after)
        if code < 300:
            raise Fatal(f"{place}: answers HTTP {code}, where 200 and a body are expected; check address and parameters")
        raise Fatal(f"{place}: does not accept the request (HTTP {code}); check address and parameters")


def _origin_of(url: str) -> str:
    """An address as it may be shown: no user, no parameters."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"


def _next_link(response: httpx.Response) -> str:
    """The address in the Link header (RFC 8288) whose relations name "next"; one that speaks of another document does not count."""
    for link in response.links.values():
        found = {str(k).lower(): str(v) for k, v in link.items() if k}
        if "next" in found.get("rel", "").lower().split() and "anchor" not in found:
            return found.get("url", "")
    return ""


def _retry_after(text: str) -> float:
    """Seconds that a Retry-After header asks for, written as a number or as a date; 0 for none."""
    try:
        if text.strip().isdigit():
            return float(text)
        moment = parsedate_to_datetime(text)
        moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
        return max(math.ceil((moment - datetime.now(UTC)).total_seconds()), 0)
    except (ValueError, TypeError):
        return 0


def _network_words(error: httpx.HTTPError) -> str:
    if isinstance(error, httpx.ConnectError):
        return "cannot be reached"
    if isinstance(error, httpx.TimeoutException):
        return "does not answer in time"
    if isinstance(error, httpx.RemoteProtocolError):
        return "broke off in the middle of its answer"
    return f"the connection failed ({type(error).__name__})"
