"""Spans of time from the watermark to now, for sources that want to be asked from … to …"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from connectors.transports.watermark import Watermark
from connectors.values import date_parser

_STEPS = (timedelta(), timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1), timedelta(days=1), timedelta(days=31))


class Span(NamedTuple):
    """What to ask for (from, to), and the mark that holds once all of it has come."""

    begin: Any
    end: Any
    done: Any


def spans(mark: Watermark, seconds: int, now: Callable[[], datetime]) -> Iterator[Span]:
    """Spans of so many seconds that leave no moment out, the last one ends now.

    Each begins a second before the end of the one before: some sources take `from` and `to` as included, some do not.
    """
    begin, last = mark.begin(), mark.of(now().replace(microsecond=0))
    while begin < last:
        end = min(mark.back(begin, -seconds), last)
        yield Span(begin, _covering(mark, end), end)
        if end == last:
            return
        begin = mark.back(end, 1)


def _covering(mark: Watermark, end: Any) -> Any:
    """The end, or the next moment that is not before it as the request writes it: 15:00 as a date would be 00:00."""
    form = mark.since.send or mark.since.format
    if form in ("epoch_s", "epoch_ms"):
        return end
    moment, parse = mark.moment(end), date_parser([form])
    for step in _STEPS:
        written = parse(mark.write(mark.of(moment + step), form))
        if written is not None and written >= moment:
            return mark.of(moment + step)
    return end
