"""Which addresses a source may send us to: its own, or those that the feed allows by name."""

from __future__ import annotations

from typing import NamedTuple

import httpx

from connectors.base import Fatal
from connectors.spec_http import HttpSettings
from connectors.spec_http_auth import OAuth2Auth

_PORTS = {"http": 80, "https": 443}


class Origin(NamedTuple):
    """Scheme, host and port: what has to be the same for two addresses to be one place."""

    scheme: str
    host: str
    port: int


class Hosts:
    """The allow-list of one feed; without `hosts` it is the place of transport.url."""

    def __init__(self, settings: HttpSettings) -> None:
        own = _origin(settings.url, "transport.url")
        self._allowed = {_listed(entry, own.scheme) for entry in settings.hosts} or {own}
        self.check(settings.url, "transport.url")
        if isinstance(settings.auth, OAuth2Auth):
            self.check(settings.auth.token_url, "auth.token_url")

    def check(self, url: str, what: str) -> None:
        """Fatal when an address is not of an allowed place; `what` says where the address comes from."""
        found = _origin(url, what)
        if found not in self._allowed:
            place = f"{found.scheme}://{found.host}:{found.port}"
            raise Fatal(f"{what} leads to {place}, which transport.hosts does not allow; add it there if it belongs to the source")


def next_address(base: str, target: str, origin: str) -> str:
    """A link of an answer as a whole address; one that carries a login is refused, since ours goes along already."""
    try:
        url = httpx.URL(base).join(target)
    except (httpx.InvalidURL, ValueError):
        raise Fatal(f"{origin}: the link to the next page is not an address; check paging") from None
    if url.userinfo:
        raise Fatal(f"{origin}: the link to the next page carries a user name; never followed")
    return str(url.copy_with(fragment=None))


def _origin(url: str, what: str) -> Origin:
    # Read by the library that sends the request, so that both see the same host.
    try:
        parts = httpx.URL(url)
    except (httpx.InvalidURL, ValueError):
        raise Fatal(f"{what} is not an http(s) address") from None
    if parts.scheme not in _PORTS or not parts.host:
        raise Fatal(f"{what} {_shown(parts)!r} is not an http(s) address")
    return Origin(parts.scheme, parts.host.lower(), parts.port or _PORTS[parts.scheme])


def _listed(entry: str, scheme: str) -> Origin:
    return _origin(entry if "://" in entry else f"{scheme}://{entry}", "an entry of transport.hosts")


def _shown(url: httpx.URL) -> str:
    return str(url.copy_with(userinfo=b"", query=None)) if url.userinfo else str(url)
