"""Paging: where the next part of an answer is; a source that does not get on is an error, not a loop."""

from __future__ import annotations

from typing import Any, NamedTuple

from connectors.base import Fatal, Retry
from connectors.spec_http import HttpSettings
from connectors.transports.http_hosts import Hosts, next_address
from connectors.transports.http_page import Page
from connectors.transports.http_request import Call

_NO = frozenset({"", "0", "false", "no", "n"})


class Place(NamedTuple):
    """Where a page is: its number or offset, or the cursor or address that the source gave, and the rows before it."""

    number: int = 0
    token: str = ""
    given: int = 0


class Pager:
    """The paging of one feed; `first` begins a walk, `next` takes one step."""

    def __init__(self, settings: HttpSettings, hosts: Hosts) -> None:
        self._paging, self._hosts = settings.paging, hosts
        self._seen: set[str] = set()
        self._last: list[dict[str, Any]] = []
        self._step = {"none": _end, "page": self._page, "offset": self._offset, "cursor": self._cursor, "link": self._link}[settings.paging.kind]

    def first(self) -> Place:
        """The beginning of a walk."""
        self._seen.clear()
        self._last = []
        return Place(self._paging.first if self._paging.kind == "page" else 0)

    def call(self, place: Place, params: dict[str, str | int]) -> Call:
        """What to ask for at a place; `params` are the other ones (times)."""
        paging, params = self._paging, dict(params)
        if paging.kind == "link" and place.token:
            return Call({}, place.token)
        if paging.kind != "none" and paging.size_param:
            params[paging.size_param] = paging.size
        if paging.kind in ("page", "offset"):
            params[paging.param] = place.number
        elif paging.kind == "cursor" and place.token:
            params[paging.param] = place.token
        return Call(params)

    def next(self, page: Page, place: Place) -> Place | None:
        """The place after this page, None at the end."""
        after = self._step(page, place)
        # A source that does not know the parameter sends its first page for ever.
        if self._paging.param and len(page.rows) > 1 and page.rows == self._last:
            raise Fatal(f"{page.origin}: sends the same rows again for the next page; check paging.param")
        self._last = page.rows
        return after._replace(given=place.given + page.count) if after else None

    def _page(self, page: Page, place: Place) -> Place | None:
        after, paging = Place(place.number + 1), self._paging
        if paging.pages and page.count:
            return after if place.number < page.number(paging.pages) else None
        return after if self._goes_on(page, place) else None

    def _offset(self, page: Page, place: Place) -> Place | None:
        path = self._paging.next
        if not path:
            return Place(place.number + page.count) if self._goes_on(page, place) else None
        if not page.count or page.value(path) is None:
            return None
        following = page.number(path)
        if following <= place.number:
            raise Fatal(f"{page.origin}: {path} = {following} does not move on from {place.number}; check paging")
        return Place(following)

    def _goes_on(self, page: Page, place: Place) -> bool:
        """Whether more rows must follow, by the total or by a page that is full."""
        if not self._paging.total:
            return page.count >= self._paging.size
        total, given = page.number(self._paging.total), place.given + page.count
        if given < total and not page.count:
            raise Retry(f"{page.origin}: {self._paging.total} says {total} rows, but only {given} came; check paging if this stays")
        return given < total

    def _cursor(self, page: Page, place: Place) -> Place | None:
        value = page.value(self._paging.next)
        if value in (None, "") or not self._more(page):
            return None
        if not isinstance(value, str):
            raise Fatal(f"{page.origin}: what is at {self._paging.next!r} is no cursor; check paging")
        return Place(token=self._new(value, page))

    def _link(self, page: Page, place: Place) -> Place | None:
        target = page.value(self._paging.next) if self._paging.next else page.link
        if target in (None, "") or not self._more(page):
            return None
        if not isinstance(target, str):
            raise Fatal(f"{page.origin}: what is at {self._paging.next!r} is no address; check paging")
        address = next_address(place.token or page.url, target, page.origin)
        self._hosts.check(address, f"{page.origin}: the link to the next page")
        return Place(token=self._new(address, page))

    def _more(self, page: Page) -> bool:
        path = self._paging.more
        return not path or str(page.value(path) or "").lower() not in _NO

    def _new(self, token: str, page: Page) -> str:
        if token in self._seen:
            raise Fatal(f"{page.origin}: points to the same next page again, and would for ever; check paging")
        self._seen.add(token)
        return token


def _end(page: Page, place: Place) -> Place | None:
    return None
