"""JSON over HTTP: pages of rows since the last time, by a source that sorts by change or one that does not."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import pairwise
from typing import Any

from connectors.base import Broken, Cursor, Fatal, RawBatch, Retry, shanghai_now
from connectors.privacy import masked_cells
from connectors.spec_http import HttpSettings
from connectors.transports.fetch import Fetcher
from connectors.transports.watermark import Watermark, at_path

MAX_PAGES = 100_000


class HttpTransport:
    """One HTTP source."""

    def __init__(self, settings: HttpSettings, now: Callable[[], datetime] = shanghai_now) -> None:
        self._settings, self._now = settings, now

    def batches(self, cursor: Cursor) -> Iterator[RawBatch]:
        """One batch a page.

        A source that sorts by the since column is read by moving that time forward, not by page number: a row that
        changes while we read moves to the end, and page numbers would then step over its neighbour. Rows that
        this shows twice are given once. For any other source the watermark moves with the last page only.
        """
        settings = self._settings
        mark = Watermark(settings.since, cursor.watermark, self._now) if settings.since else None
        with Fetcher(settings) as fetcher:
            if mark is not None and settings.since and settings.since.ordered and settings.paging.kind != "none":
                yield from self._by_time(fetcher, mark)
            else:
                yield from self._by_page(fetcher, mark)

    def _by_page(self, fetcher: Fetcher, mark: Watermark | None) -> Iterator[RawBatch]:
        begin = mark.begin() if mark else None
        highest = None
        position: int | None = self._first()
        for _ in range(MAX_PAGES):
            page = self._page(fetcher, position, mark, begin)
            position = self._next(page, position)
            batch = RawBatch(page.rows, fetcher.origin, broken=page.broken)
            if mark is not None:
                found = mark.highest(page.rows)
                highest = found if highest is None or (found is not None and found > highest) else highest
                batch.watermark = mark.follow(highest) if position is None else None
            yield batch
            if position is None:
                return
        raise Fatal(f"{fetcher.origin}: more than {MAX_PAGES} pages; check paging")

    def _by_time(self, fetcher: Fetcher, mark: Watermark) -> Iterator[RawBatch]:
        begin, position = mark.begin(), self._first()
        given: dict[str, Any] = {}  # what came with its mark, as far back as the source may show it again
        for _ in range(MAX_PAGES):
            page = self._page(fetcher, position, mark, begin)
            following = self._next(page, position)
            marks = self._rising(page, mark)
            fresh = [row for row in page.rows if _key(row) not in given]
            broken = [b for b, key in zip(page.broken, page.broken_keys, strict=True) if key not in given]
            top = max((m for m in marks if m is not None), default=None)
            yield RawBatch(fresh, fetcher.origin, mark.follow(top), broken=broken)
            if following is None:
                return
            # One second back, so that it does not matter whether the source means >= or >.
            restart = mark.back(top, 1) if top is not None else None
            if restart is not None and (begin is None or restart > begin):
                begin, position = restart, self._first()
            else:
                position = following
            given |= dict(zip(map(_key, page.rows), marks, strict=True)) | dict.fromkeys(page.broken_keys)
            given = {key: m for key, m in given.items() if m is None or begin is None or m >= begin}
        raise Fatal(f"{fetcher.origin}: more than {MAX_PAGES} pages; check paging")

    @staticmethod
    def _rising(page: Page, mark: Watermark) -> list[Any]:
        """The mark of each row; Fatal when they fall, since reading by time would then leave rows out."""
        marks = [mark.read(at_path(row, mark.since.column)) for row in page.rows]
        known = [m for m in marks if m is not None]
        if any(a > b for a, b in pairwise(known)):
            raise Fatal(f"{page.origin}: rows do not rise by {mark.since.column}; set since.ordered = false")
        return marks

    def _first(self) -> int:
        return self._settings.paging.first if self._settings.paging.kind == "page" else 0

    def _page(self, fetcher: Fetcher, position: int | None, mark: Watermark | None, begin: Any) -> Page:
        settings, params = self._settings, dict(self._settings.params)
        if mark is not None and begin is not None:
            params[mark.since.param] = mark.write(begin, mark.since.send)
        if settings.paging.kind != "none":
            params[settings.paging.param] = str(position)
            if settings.paging.size_param:
                params[settings.paging.size_param] = str(settings.paging.size)
        return Page(self._settings, fetcher.origin, fetcher.get(params))

    def _next(self, page: Page, position: int | None) -> int | None:
        """The next position, None at the end; a source that does not get on is an error, not a loop."""
        paging = self._settings.paging
        count = len(page.rows) + len(page.broken)
        if paging.kind == "none" or position is None or not count:
            return None
        if paging.kind == "page":
            if paging.pages:
                return position + 1 if position < page.number(paging.pages) else None
            return position + 1 if count >= paging.size else None
        if not paging.next:
            return position + count if count >= paging.size else None
        if at_path(page.body, paging.next) is None:
            return None
        following = page.number(paging.next)
        if following <= position:
            raise Fatal(f"{page.origin}: {paging.next} = {following} does not move on from {position}; check paging")
        return following


class Page:
    """One answer taken apart: its rows, and the rows that are none."""

    def __init__(self, settings: HttpSettings, origin: str, text: str) -> None:
        self.origin = origin
        self.body = parsed(text, origin)
        for path, wanted in settings.success.items():
            found = str(at_path(self.body, path))
            if found not in ([wanted] if isinstance(wanted, str) else wanted):
                raise Retry(f"{origin}: the source reports a failure: {path} = {found[:60]!r}, expected {wanted!r}")
        rows = at_path(self.body, settings.rows)
        if not isinstance(rows, list):
            raise Fatal(f"{origin}: no list of rows at {settings.rows or 'the top'!r}; check transport.rows")
        self.rows: list[dict[str, Any]] = []
        self.broken: list[Broken] = []
        self.broken_keys: list[str] = []
        surrogates = _has_surrogate(text)
        for number, row in enumerate(rows, 1):
            if not isinstance(row, dict):
                self._break(row, Broken(number, masked_cells([str(row)]), "bad_json"))
            elif surrogates and _damaged(row):
                self._break(row, Broken(number, "", "bad_text"))
            else:
                self.rows.append(row)

    def _break(self, row: Any, broken: Broken) -> None:
        self.broken.append(broken)
        self.broken_keys.append(_key(row))

    def number(self, path: str) -> int:
        """The whole number at a path of the answer."""
        value = at_path(self.body, path)
        if not isinstance(value, str) or not value.isascii() or not value.isdigit():
            raise Fatal(f"{self.origin}: no whole number at {path!r}; check paging")
        return int(value)


def parsed(text: str, origin: str) -> Any:
    """JSON with its numbers as the text that was sent, so that 18 digits stay 18 digits and 38000.00 keeps its zeros."""
    try:
        return json.loads(text, parse_int=str, parse_float=str, parse_constant=_no_constant)
    except RecursionError:
        raise Fatal(f"{origin}: JSON nested too deeply") from None
    except ValueError as error:
        raise Retry(f"{origin}: {_what_instead(text)} ({error})") from None


def _what_instead(text: str) -> str:
    start = text.lstrip()[:200].lower()
    if start.startswith("<"):
        return "sent a web page instead of data: a login page, or a notice of maintenance; check token and address"
    return "the answer is not whole JSON: cut off on the way, or not JSON at all" if start else "the answer is empty"


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON number")


def _has_surrogate(text: str) -> bool:
    return "\\ud" in text or "\\uD" in text


def _damaged(row: dict[str, Any]) -> bool:
    """Whether half a character (a lone surrogate) is in the row: no database can store it."""
    try:
        json.dumps(row, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return True
    return False


def _key(row: Any) -> str:
    return json.dumps(row, sort_keys=True)
