"""Which late feeds a list or its sums rest on (promise 5)."""

from __future__ import annotations

from collections.abc import Iterable

from matters.filters import Filter
from services.shapes import FeedState


def behind(states: Iterable[FeedState], filter: Filter) -> tuple[FeedState, ...]:
    """The late feeds that could still bring rows into the list of a filter."""
    return tuple(f for f in states if f.late and _brings(f, filter))


def _brings(feed: FeedState, filter: Filter) -> bool:
    if feed.agency == filter.exclude or (filter.agency and filter.agency != feed.agency):
        return False
    return filter.window is None or feed.data_at is None or feed.data_at.date() < filter.window.end


def said(feeds: Iterable[FeedState], english: bool) -> str:
    """A line for a file that leaves the screen; '' when no feed is late."""
    told = [_each(f, english) for f in feeds]
    if not told:
        return ""
    return f"Late sources: {'; '.join(told)}" if english else f"数据源延迟：{'；'.join(told)}"


def _each(f: FeedState, english: bool) -> str:
    if f.data_at is None:
        return f"{f.en}, no data yet" if english else f"{f.zh}尚无数据"
    return f"{f.en} ends {f.data_at:%Y-%m-%d}" if english else f"{f.zh}止于 {f.data_at:%Y-%m-%d}"
