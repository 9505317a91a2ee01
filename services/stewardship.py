"""What a steward of the feeds does: run, pause, backfill, decide on short lists, mend quarantine. Every act is audited."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime

from sqlalchemy import Engine

from connectors.spec import FeedSpec
from matters.access import Scope
from services.feed_shapes import Request


class NotNow(ValueError):
    """The act makes no sense at present. `code` is one of: unknown_feed, why, since, busy, ended, decided, raw_gone, cells, nothing."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class Stewardship:
    """Every method needs the whole city's scope and run_feeds or steward_feeds, else matters.access.Forbidden.

    LookupError: there is no such row, hold or request. NotNow: see its code. What takes time becomes a Request, which the
    worker takes up within about two seconds; services.feeds.requests tells how far it is.
    """

    def __init__(self, engine: Engine, specs: dict[str, FeedSpec], now: Callable[[], datetime]) -> None:
        self._engine, self._specs, self._now = engine, specs, now

    def run_now(self, scope: Scope, feed: str) -> Request:
        """Ask for a run at once, whatever its circuit says; a paused feed stays paused afterwards. (run_feeds)"""
        raise NotImplementedError

    def pause(self, scope: Scope, feed: str, why: str) -> None:
        """No more runs by the clock until it is resumed; `why` must say something. (run_feeds)"""
        raise NotImplementedError

    def resume(self, scope: Scope, feed: str) -> None:
        """Let the clock run it again. (run_feeds)"""
        raise NotImplementedError

    def backfill(self, scope: Scope, feed: str, since: date, note: str = "") -> Request:
        """Read again all that changed since a day (a files feed: all its files again). (run_feeds)"""
        raise NotImplementedError

    def cancel(self, scope: Scope, request_id: int) -> None:
        """Take a request back; a running one stops after its present batch, what is stored stays. (run_feeds)"""
        raise NotImplementedError

    def accept_hold(self, scope: Scope, hold_id: int, note: str = "") -> Request:
        """The short list is right: withdraw what it leaves out. (steward_feeds)"""
        raise NotImplementedError

    def refuse_hold(self, scope: Scope, hold_id: int, note: str = "") -> None:
        """The short list is wrong: withdraw nothing; the same list again does not ask again. (steward_feeds)"""
        raise NotImplementedError

    def note_drift(self, scope: Scope, ids: Sequence[int]) -> int:
        """Take note of changes in the way a source speaks; how many were open. (steward_feeds)"""
        raise NotImplementedError

    def replay(self, scope: Scope, feed: str, ids: Sequence[int] = (), reason: str = "", column: str | None = None) -> Request:
        """Send open rows through the mapping as it is now: those of `ids`, or the group of reason and column, or all. (steward_feeds)"""
        raise NotImplementedError

    def edit(self, scope: Scope, row_id: int, cells: dict[str, str], why: str = "") -> Request:
        """Put other values into some cells of a row (the rest stay as they came) and replay it. (steward_feeds)"""
        raise NotImplementedError

    def discard(self, scope: Scope, feed: str, why: str, ids: Sequence[int] = (), reason: str = "", column: str | None = None) -> int:
        """Close open rows for good, with a reason that is kept; how many. (steward_feeds)"""
        raise NotImplementedError
