"""What a steward of the feeds does: run, pause, backfill, decide on short lists, mend quarantine. Every act is audited."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any

import orjson
from sqlalchemy import Connection, Engine

from connectors.privacy import masked
from connectors.spec import FeedSpec
from matters.access import Scope
from matters.identity import cleaned
from services.feed_shapes import Request
from services.raw_rows import RawRows
from store import feeds as feed_store
from store import listings, quarantine
from store import requests as kept
from store.engine import writing
from store.schema import feed_request, snapshot_hold


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

    def __init__(self, engine: Engine, specs: dict[str, FeedSpec], now: Callable[[], datetime], raws: RawRows) -> None:
        self._engine, self._specs, self._now, self._raws = engine, specs, now, raws

    def run_now(self, scope: Scope, feed: str) -> Request:
        """Ask for a run at once, whatever its circuit says; a paused feed stays paused afterwards. (run_feeds)"""
        return self._ask(scope, "run_feeds", feed, "run", {})

    def pause(self, scope: Scope, feed: str, why: str) -> None:
        """No more runs by the clock until it is resumed; `why` must say something. (run_feeds)"""
        why = cleaned(why)[:500]
        if not why:
            raise NotNow("why", "say why the feed is paused")
        self._switch(scope, feed, "feed.pause", {"paused": True, "paused_by": scope.user, "paused_why": why})

    def resume(self, scope: Scope, feed: str) -> None:
        """Let the clock run it again. (run_feeds)"""
        self._switch(scope, feed, "feed.resume", {"paused": False, "paused_by": "", "paused_why": ""})

    def backfill(self, scope: Scope, feed: str, since: date, note: str = "") -> Request:
        """Read again all that changed since a day (a files feed: all its files again). (run_feeds)"""
        spec = self._specs.get(feed)
        if since > self._now().date():
            raise NotNow("since", "the day lies in the future")
        if spec is not None and (spec.mode == "snapshot" or spec.transport.kind == "push"):
            raise NotNow("since", "a feed of whole lists, or one that is sent to us, has no past that could be asked for")
        return self._ask(scope, "run_feeds", feed, "backfill", {"since": since, "note": cleaned(note)[:500]})

    def cancel(self, scope: Scope, request_id: int) -> None:
        """Take a request back; a running one stops after its present batch, what is stored stays. (run_feeds)"""
        self._may(scope, "run_feeds")
        with writing(self._engine) as connection:
            if kept.one(connection, feed_request, request_id) is None:
                raise LookupError(f"request {request_id}")
            now = self._now()
            if not kept.change(connection, request_id, {"state": "cancelled", "ended_at": now, "error": ""}):
                raise NotNow("ended", "it has ended already")
            listings.note(connection, scope.user, "feed.cancel", {"request": request_id}, now)

    def accept_hold(self, scope: Scope, hold_id: int, note: str = "") -> Request:
        """The short list is right: withdraw what it leaves out. (steward_feeds)"""
        self._may(scope, "steward_feeds")
        with writing(self._engine) as connection:
            feed = self._decided(connection, scope, hold_id, "accepted", note)
            request_id = self._queue(connection, scope, feed, "withdraw", {"data": {"hold": hold_id}, "note": cleaned(note)[:500]})
            return request_of(kept.one(connection, feed_request, request_id))

    def refuse_hold(self, scope: Scope, hold_id: int, note: str = "") -> None:
        """The short list is wrong: withdraw nothing; the same list again does not ask again. (steward_feeds)"""
        self._may(scope, "steward_feeds")
        with writing(self._engine) as connection:
            self._decided(connection, scope, hold_id, "refused", note)

    def note_drift(self, scope: Scope, ids: Sequence[int]) -> int:
        """Take note of changes in the way a source speaks; how many were open. (steward_feeds)"""
        self._may(scope, "steward_feeds")
        with writing(self._engine) as connection:
            found = kept.note_drift(connection, ids, scope.user, self._now())
            if found:
                listings.note(connection, scope.user, "feed.drift", {"drifts": found}, self._now())
        return len(found)

    def replay(self, scope: Scope, feed: str, ids: Sequence[int] = (), reason: str = "", column: str | None = None) -> Request:
        """Send open rows through the mapping as it is now: those of `ids`, or the group of reason and column, or all. (steward_feeds)"""
        self._may(scope, "steward_feeds")
        with writing(self._engine) as connection:
            wanted = quarantine.open_ids(connection, quarantine.group(feed, reason, column), ids)
            if not wanted:
                raise NotNow("nothing", "no open row is left of these")
            request_id = self._queue(connection, scope, feed, "replay", {"data": {"ids": wanted}, "total_rows": len(wanted)})
            return request_of(kept.one(connection, feed_request, request_id))

    def edit(self, scope: Scope, row_id: int, cells: dict[str, str], why: str = "") -> Request:
        """Put other values into some cells of a row (the rest stay as they came) and replay it. (steward_feeds)"""
        self._may(scope, "steward_feeds")
        now = self._now()
        with writing(self._engine) as connection:
            row = quarantine.one(connection, row_id)
            if row is None:
                raise LookupError(f"row {row_id}")
            came = self._as_it_came(connection, row)
            if row["state"] != "open":
                raise NotNow("decided", "the row is closed already")
            if not cells or not set(cells) <= set(came):
                raise NotNow("cells", f"the row has the columns {', '.join(map(str, came))}")
            mended = {**came, **cells}
            raw_id = self._raws.keep(connection, row["feed"], row["run_id"], [mended], "steward", now)
            if raw_id is None:
                raise NotNow("raw_gone", "raw_keep_days = 0: rows are not kept, so none can be mended")
            shown = self._masked(row["feed"], mended)
            values = {"raw_id": raw_id, "raw_index": 0, "edited": True, "raw": orjson.dumps(shown, default=str).decode()}
            quarantine.change(connection, row_id, values)
            before = orjson.loads(row["raw"])
            told = {c: {"old": before.get(c), "new": shown.get(c)} for c in cells}
            listings.note(connection, scope.user, "feed.edit", {"row": row_id, "feed": row["feed"], "why": cleaned(why)[:500], "cells": told}, now)
            request_id = self._queue(connection, scope, row["feed"], "replay", {"data": {"ids": [row_id]}, "total_rows": 1})
            return request_of(kept.one(connection, feed_request, request_id))

    def discard(self, scope: Scope, feed: str, why: str, ids: Sequence[int] = (), reason: str = "", column: str | None = None) -> int:
        """Close open rows for good, with a reason that is kept; how many. (steward_feeds)"""
        self._may(scope, "steward_feeds")
        why = cleaned(why)[:500]
        if not why:
            raise NotNow("why", "say why the rows are discarded")
        now = self._now()
        with writing(self._engine) as connection:
            wanted = quarantine.open_ids(connection, quarantine.group(feed, reason, column), ids)
            done = [i for i in wanted if quarantine.close(connection, i, "discarded", why, scope.user, now)]
            if done:
                told = {"feed": feed, "why": why, "rows": done[:1_000], "count": len(done)}
                listings.note(connection, scope.user, "feed.discard", told, now)
        return len(done)

    def _may(self, scope: Scope, act: str) -> None:
        scope.require(act)
        scope.require_area("", "")

    def _ask(self, scope: Scope, act: str, feed: str, kind: str, values: dict[str, Any]) -> Request:
        self._may(scope, act)
        with writing(self._engine) as connection:
            if feed not in self._specs or feed_store.one(connection, feed) is None:
                raise NotNow("unknown_feed", f"there is no feed {feed!r}")
            if kept.alive(connection, feed, kind):
                raise NotNow("busy", "the same is asked for already")
            request_id = self._queue(connection, scope, feed, kind, values)
            return request_of(kept.one(connection, feed_request, request_id))

    def _queue(self, connection: Connection, scope: Scope, feed: str, kind: str, values: dict[str, Any]) -> int:
        now = self._now()
        request_id = kept.add(connection, {**values, "feed": feed, "kind": kind, "asked_at": now, "asked_by": scope.user})
        told = {k: v.isoformat() if isinstance(v, date) else v for k, v in values.items() if k not in ("data",)}
        listings.note(connection, scope.user, f"feed.{kind}", {"feed": feed, "request": request_id, **told}, now)
        return request_id

    def _switch(self, scope: Scope, feed: str, act: str, values: dict[str, Any]) -> None:
        self._may(scope, "run_feeds")
        now = self._now()
        with writing(self._engine) as connection:
            if not feed_store.change(connection, feed, {**values, "paused_at": now if values["paused"] else None}):
                raise NotNow("unknown_feed", f"there is no feed {feed!r}")
            listings.note(connection, scope.user, act, {"feed": feed, "why": values["paused_why"]}, now)

    def _decided(self, connection: Connection, scope: Scope, hold_id: int, state: str, note: str) -> str:
        row, now = kept.one(connection, snapshot_hold, hold_id), self._now()
        if row is None:
            raise LookupError(f"hold {hold_id}")
        if not kept.decide(connection, hold_id, state, scope.user, cleaned(note)[:500], now):
            raise NotNow("decided", f"it is {row['state']} already")
        told = {"hold": hold_id, "feed": row["feed"], "absent": row["absent"], "note": cleaned(note)[:500]}
        listings.note(connection, scope.user, f"feed.hold_{state}"[:32], told, now)
        return str(row["feed"])

    def _as_it_came(self, connection: Connection, row: dict[str, Any]) -> dict[str, Any]:
        rows = self._raws.rows(connection, row["raw_id"]) if row["raw_id"] is not None else None
        if rows is None:
            raise NotNow("raw_gone", "the row as it came is no longer kept")
        return dict(rows[row["raw_index"]])

    def _masked(self, feed: str, row: dict[str, Any]) -> Any:
        parties = self._specs[feed].mapping.parties if feed in self._specs else []
        names = frozenset(p.name for p in parties if p.name)
        numbers = frozenset(c for p in parties for c in (p.id, p.phone) if c)
        people = [str(row[n]) for n in names if row.get(n)]
        return masked(row, people, names, numbers)


def request_of(row: Any) -> Request:
    """A row of feed_request as the pages see it."""
    return Request(**{n: row[n] for n in Request.__slots__})
