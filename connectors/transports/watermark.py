"""How far a feed has been read: compares, moves and writes the marks of a `since` column."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from connectors.base import SHANGHAI, Fatal, shanghai_now
from connectors.spec_common import Since
from connectors.values import date_parser

_INTEGERS = {"epoch_ms": 1000, "epoch_s": 1, "int": 0}  # marks a second; a serial number has no seconds


class Watermark:
    """The highest mark seen, in the source's own writing; it never goes back.

    A mark more than a day ahead of our clock is a mistake of the source's: it is not followed, since every row with
    a true time would then be behind it and never be read.
    """

    def __init__(self, since: Since, stored: str | None, now: Callable[[], datetime] = shanghai_now) -> None:
        self.since = since
        self._per_second = _INTEGERS.get(since.format)
        self._parse = date_parser([since.format]) if self._per_second is None else None
        self._limit = now() + timedelta(days=1)
        self.top = self._read_own(stored, "the stored watermark") if stored else None

    def read(self, value: Any) -> Any | None:
        """A cell as a comparable mark; None when it is empty, unreadable or in the future."""
        if value is None or value == "":
            return None
        if self._parse is None:
            text = str(value).strip()
            mark = int(text) if text.lstrip("-").isascii() and text.lstrip("-").isdigit() else None
            return None if mark is None or (self._per_second and mark > self._epoch(self._limit)) else mark
        moment = self._parse(str(value).strip())
        return None if moment is None or moment > self._limit else moment

    def highest(self, rows: Iterable[dict[str, Any]]) -> Any | None:
        """The highest mark of the rows, by the column (or path) of `since`."""
        return max((m for row in rows if (m := self.read(at_path(row, self.since.column))) is not None), default=None)

    def follow(self, mark: Any | None) -> str | None:
        """Move up to a mark if it is higher; gives the watermark to be stored."""
        if mark is not None and (self.top is None or mark > self.top):
            self.top = mark
        return None if self.top is None else self.write(self.top)

    def begin(self) -> Any | None:
        """Where reading starts: the watermark less the overlap, else `start`, else None (from the beginning)."""
        if self.top is not None:
            return self.back(self.top, self.since.overlap_seconds)
        return self._read_own(self.since.start, "since.start") if self.since.start else None

    def back(self, mark: Any, seconds: int) -> Any:
        """The mark so many seconds earlier; a serial number stays."""
        return mark - timedelta(seconds=seconds) if self._per_second is None else mark - seconds * self._per_second

    def moment(self, mark: Any) -> datetime:
        """A mark of time as naive Shanghai time."""
        if not isinstance(mark, int):
            return mark  # type: ignore[no-any-return]
        return datetime.fromtimestamp(mark / (self._per_second or 1), UTC).astimezone(SHANGHAI).replace(tzinfo=None)

    def of(self, moment: datetime) -> Any:
        """A moment (naive Shanghai time) as a mark of this feed."""
        return moment if self._per_second is None else self._epoch(moment)

    def write(self, mark: Any, form: str = "") -> str:
        """A mark as the source writes it, or as the request wants it."""
        form = form or self.since.format
        if isinstance(mark, int) and form in _INTEGERS:
            return str(mark)
        if isinstance(mark, int):
            moment = self.moment(mark)
            return moment.isoformat() if form == "iso" else moment.strftime(form)
        if form in _INTEGERS:
            return str(int(mark.replace(tzinfo=SHANGHAI).timestamp() * (_INTEGERS[form] or 1)))
        return str(mark.isoformat()) if form == "iso" else str(mark.strftime(form))

    def _epoch(self, moment: datetime) -> int:
        return int(moment.replace(tzinfo=SHANGHAI).timestamp() * (self._per_second or 1))

    def _read_own(self, text: str, what: str) -> Any:
        mark = self.read(text)
        if mark is None:
            raise Fatal(f"{what} {text!r} is not written as since.format = {self.since.format!r} says")
        return mark


def at_path(value: Any, path: str) -> Any:
    """What is at a dotted path in nested tables and lists; None where there is nothing. An empty path is the whole."""
    if isinstance(value, dict) and path in value:
        return value[path]
    for part in path.split(".") if path else ():
        if isinstance(value, dict):
            value = value.get(part)
        elif isinstance(value, list) and part.isdigit() and int(part) < len(value):
            value = value[int(part)]
        else:
            return None
    return value
