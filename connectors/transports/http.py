"""Rows over HTTP: pages since the last time, by a source that sorts by change, by one that does not, or by spans of time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from hashlib import blake2b
from itertools import pairwise
from pathlib import Path
from typing import Any

from connectors.base import Broken, Cursor, Fatal, RawBatch, shanghai_now
from connectors.spec_http import HttpSettings
from connectors.transports.fetch import Fetcher
from connectors.transports.http_auth import Credentials
from connectors.transports.http_bodies import page_of
from connectors.transports.http_page import Page, key_of
from connectors.transports.http_paging import Pager, Place
from connectors.transports.http_windows import spans
from connectors.transports.watermark import Watermark, at_path

MAX_PAGES = 100_000


class HttpTransport:
    """One HTTP source."""

    def __init__(
        self,
        settings: HttpSettings,
        now: Callable[[], datetime] = shanghai_now,
        columns: frozenset[str] = frozenset(),
        base: Path = Path(),
    ) -> None:
        """`columns` are those a CSV body must have; paths of certificates count from `base`."""
        self._settings, self._now, self._columns, self._base = settings, now, columns, base
        self._credentials = Credentials(settings)

    def batches(self, cursor: Cursor) -> Iterator[RawBatch]:
        """One batch a page, or several for a large one; only the last of a page moves the watermark.

        A source that sorts by the since column is read by moving that time forward, not by page number: a row that
        changes while we read moves to the end, and page numbers would then step over its neighbour. Rows that
        this shows twice are given once. Cursors and links hold their place themselves. For a source that does not sort
        the watermark moves with the last page only, and with windows when each is complete.
        """
        settings = self._settings
        mark = Watermark(settings.since, cursor.watermark, self._now) if settings.since else None
        with Fetcher(settings, self._base, self._credentials) as fetcher:
            walk = _Walk(self, fetcher, mark)
            if mark is not None and settings.window:
                yield from walk.by_window(mark)
            elif mark is not None and mark.since.ordered and settings.paging.kind in ("page", "offset"):
                yield from walk.by_time(mark)
            else:
                yield from walk.by_page()

    def page(self, fetcher: Fetcher, pager: Pager, place: Place, times: dict[str, str | int]) -> Page:
        """The page at a place."""
        answer = fetcher.get(pager.call(place, times))
        return page_of(self._settings, fetcher.origin, answer, self._columns)


class _Walk:
    """One reading of a source, page after page."""

    def __init__(self, door: HttpTransport, fetcher: Fetcher, mark: Watermark | None) -> None:
        self._door, self._fetcher, self._mark, self._settings = door, fetcher, mark, door._settings
        self._pager = Pager(self._settings, fetcher.hosts)

    def by_page(self) -> Iterator[RawBatch]:
        """Page after page from one time on."""
        mark, highest = self._mark, None
        for page, is_last in self._pages(self._since(mark.begin() if mark else None)):
            moved = None
            if mark is not None:
                # Cursors and links that rise leave nothing behind them, so a run that breaks off has not been in vain.
                if mark.since.ordered:
                    self._rising(page, mark)
                found = mark.highest(page.rows)
                highest = found if highest is None or (found is not None and found > highest) else highest
                moved = mark.follow(highest) if is_last or mark.since.ordered else None
            yield from self._batches(page.rows, page.broken, moved)

    def by_time(self, mark: Watermark) -> Iterator[RawBatch]:
        """The time moved forward from page to page."""
        begin, place = mark.begin(), self._pager.first()
        given: dict[str, Any] = {}  # what came with its mark, as far back as the source may show it again
        for _ in range(MAX_PAGES):
            page = self._door.page(self._fetcher, self._pager, place, self._since(begin))
            following = self._pager.next(page, place)
            marks = self._rising(page, mark)
            fresh, broken = _fresh(page, given)
            top = max((m for m in marks if m is not None), default=None)
            yield from self._batches(fresh, broken, mark.follow(top))
            if following is None:
                return
            # One second back, so that it does not matter whether the source means >= or >.
            restart = mark.back(top, 1) if top is not None else None
            if restart is not None and (begin is None or restart > begin):
                begin, place = restart, self._pager.first()
            else:
                place = following
            given |= dict(zip(map(key_of, page.rows), marks, strict=True)) | dict.fromkeys(page.broken_keys)
            given = {key: m for key, m in given.items() if m is None or begin is None or m >= begin}
        raise Fatal(f"{self._fetcher.origin}: more than {MAX_PAGES} pages; check paging")

    def by_window(self, mark: Watermark) -> Iterator[RawBatch]:
        """Span after span up to now; a span that is complete moves the watermark, also an empty one."""
        window = self._settings.window
        assert window is not None
        before: dict[str, Any] = {}  # the rows of the span before, which the next one may show again at its edge
        for span in spans(mark, window.seconds, self._door._now):
            times: dict[str, str | int] = {window.from_param: self._sent(span.begin), window.to_param: self._sent(span.end)}
            keys: dict[str, Any] = {}
            for page, is_last in self._pages(times):
                fresh, broken = _fresh(page, before, _digest)
                keys |= dict.fromkeys(map(_digest, [*map(key_of, page.rows), *page.broken_keys]))
                yield from self._batches(fresh, broken, mark.follow(span.done) if is_last else None)
            before = keys

    def _pages(self, times: dict[str, str | int]) -> Iterator[tuple[Page, bool]]:
        place: Place | None = self._pager.first()
        for _ in range(MAX_PAGES):
            assert place is not None
            page = self._door.page(self._fetcher, self._pager, place, times)
            place = self._pager.next(page, place)
            yield page, place is None
            if place is None:
                return
        raise Fatal(f"{self._fetcher.origin}: more than {MAX_PAGES} pages; check paging")

    def _batches(self, rows: list[dict[str, Any]], broken: list[Broken], watermark: str | None) -> Iterator[RawBatch]:
        size = self._settings.batch_rows
        parts = [rows[i : i + size] for i in range(0, len(rows), size)] or [[]]
        for part in parts[:-1]:
            yield RawBatch(part, self._fetcher.origin)
        yield RawBatch(parts[-1], self._fetcher.origin, watermark, broken=broken)

    def _since(self, begin: Any) -> dict[str, str | int]:
        if self._mark is None or begin is None:
            return {}
        return {self._mark.since.param: self._sent(begin)}

    def _sent(self, moment: Any) -> str | int:
        """A time as the request carries it: in JSON, one that is a number is sent as a number."""
        assert self._mark is not None
        since = self._mark.since
        text = self._mark.write(moment, since.send)
        is_number = (since.send or since.format) in ("epoch_ms", "epoch_s", "int")
        return int(text) if is_number and self._settings.params_in == "json" else text

    @staticmethod
    def _rising(page: Page, mark: Watermark) -> list[Any]:
        """The mark of each row; Fatal when they fall, since reading by time would then leave rows out."""
        marks = [mark.read(at_path(row, mark.since.column)) for row in page.rows]
        known = [m for m in marks if m is not None]
        if any(a > b for a, b in pairwise(known)):
            raise Fatal(f"{page.origin}: rows do not rise by {mark.since.column}; set since.ordered = false")
        return marks


def _fresh(page: Page, given: dict[str, Any], short: Callable[[str], str] = str) -> tuple[list[dict[str, Any]], list[Broken]]:
    """What of a page has not been given already; `short` makes the keys of `given` from those of rows."""
    rows = [row for row in page.rows if short(key_of(row)) not in given] if given else page.rows
    broken = [b for b, key in zip(page.broken, page.broken_keys, strict=True) if short(key) not in given]
    return rows, broken


def _digest(key: str) -> str:
    """A key of sixteen bytes: a whole span of a busy source is kept by these."""
    return blake2b(key.encode(errors="surrogatepass"), digest_size=16).hexdigest()
