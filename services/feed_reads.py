"""The steward's view of the feeds: cards, history, quarantined rows, drift, holds, requests, notices. For the whole city's scope only."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import Connection, Engine

from connectors.spec import FeedSpec
from matters.access import Scope
from services.feed_clock import next_at
from services.feed_shapes import (
    Circuit,
    DayCounts,
    DriftLine,
    FeedCard,
    HealthProblem,
    Hold,
    NoticeLine,
    Operation,
    Paused,
    QuarantinePage,
    QuarantineRow,
    Reconciled,
    Request,
)
from services.ingest import WORKER
from services.shapes import FeedState
from services.stewardship import request_of
from services.store_health import StoreHealth
from store import feeds as feed_store
from store import notices, operation, quarantine
from store import requests as kept
from store.engine import reading
from store.schema import drift, feed_request, snapshot_hold

MISSED = 3  # attempts at a message after which its receiver is said to be out of reach
SILENT = 45  # seconds without a worker's lease: longer than the hand-over to one that stands by
_OUTCOMES = ("new", "changed", "unchanged", "withdrawn", "quarantined")


class FeedReads:
    """Read methods that services.feeds inherits; each raises Forbidden outside the whole city."""

    _engine: Engine
    _specs: dict[str, FeedSpec]
    _now: Callable[[], datetime]
    _health: StoreHealth

    def states(self, scope: Scope, as_of: datetime | None = None) -> tuple[FeedState, ...]:
        """See services.feeds."""
        raise NotImplementedError

    def cards(self, scope: Scope) -> tuple[FeedCard, ...]:
        """Every feed with all that a steward watches, in the order of `states`."""
        scope.require_area("", "")
        states = self.states(scope)
        with reading(self._engine) as connection:
            rows = {r["code"]: r for r in feed_store.all_feeds(connection)}
            around = _Around(connection)
        return tuple(self._card(s, rows[s.feed], around) for s in states)

    def card(self, scope: Scope, feed: str) -> FeedCard:
        """One feed; LookupError when it is not declared."""
        found = next((c for c in self.cards(scope) if c.feed == feed), None)
        if found is None:
            raise LookupError(f"feed {feed}")
        return found

    def _card(self, s: FeedState, row: dict[str, Any], around: _Around) -> FeedCard:
        spec, now = self._specs.get(s.feed), self._now()
        until = row["circuit_until"]
        circuit: Circuit = "closed" if until is None else "open" if until > now else "half"
        due = None if row["paused"] or (spec is not None and spec.transport.kind == "push") else _next(row, spec, around.running.get(s.feed), now)
        return FeedCard(
            s.feed, s.agency, s.zh, s.en, s.mark, spec.mode if spec else "incremental",
            (spec.cadence if spec else "") or str(s.cadence_seconds), s.cadence_seconds, s.data_at, s.checked_at, row["succeeded_at"],
            int((now - s.data_at).total_seconds()) if s.data_at else None, s.late, s.late_days, s.error, row["failures"], circuit, until, due,
            Paused(row["paused_at"], row["paused_by"], row["paused_why"]) if row["paused"] else None,
            around.holds.get(s.feed), around.asked.get(s.feed), around.running.get(s.feed), around.drifts.get(s.feed, 0),
            around.aside.get(s.feed, {}).get("open", 0), spec.missing if spec else (),
        )  # fmt: skip

    def history(self, scope: Scope, feed: str = "", days: int = 30) -> tuple[DayCounts, ...]:
        """Rows by outcome, a line a feed and day with at least one run, oldest first."""
        scope.require_area("", "")
        since = datetime.combine(self._now().date() - timedelta(days=days - 1), datetime.min.time())
        with reading(self._engine) as connection:
            rows = quarantine.daily(connection, since, feed)
        return tuple(DayCounts(_day(r["day"]), r["feed"], *(int(r[n]) for n in DayCounts.__slots__[2:])) for r in rows)

    def quarantine_rows(
        self, scope: Scope, feed: str, reason: str = "", column: str | None = None, state: str = "open", after: int = 0, limit: int = 50
    ) -> QuarantinePage:
        """Rows of a feed's group (no reason: all of the feed; column None: any, '' : none), oldest first, a page at a time."""
        scope.require_area("", "")
        size = max(1, min(limit, 500))
        with reading(self._engine) as connection:
            rows, total = quarantine.page(connection, quarantine.group(feed, reason, column, state), after, size + 1)
        page = tuple(_row(r) for r in rows[:size])
        return QuarantinePage(page, total, page[-1].id if len(rows) > size else None)

    def quarantine_row(self, scope: Scope, row_id: int) -> QuarantineRow:
        """One row with the columns that can be corrected; LookupError when there is none."""
        scope.require_area("", "")
        with reading(self._engine) as connection:
            row = quarantine.one(connection, row_id)
        if row is None:
            raise LookupError(f"row {row_id}")
        return _row(row)

    def reconciled(self, scope: Scope) -> tuple[Reconciled, ...]:
        """For each feed whether its counts add up."""
        scope.require_area("", "")
        with reading(self._engine) as connection:
            sums, states = feed_store.totals(connection), quarantine.states(connection)
        return tuple(
            Reconciled(f, c.received, c.new, c.changed, c.unchanged, c.withdrawn, c.quarantined,
                       *(states.get(f, {}).get(n, 0) for n in ("open", "replayed", "discarded")))
            for f, c in sorted(sums.items())
        )  # fmt: skip

    def drift(self, scope: Scope, feed: str = "", state: str = "open", limit: int = 200) -> tuple[DriftLine, ...]:
        """Changes in the way sources speak, newest first; state '' gives all."""
        scope.require_area("", "")
        with reading(self._engine) as connection:
            rows = kept.newest(connection, drift, feed, state, limit)
        return tuple(DriftLine(**{n: r[n] for n in DriftLine.__slots__}) for r in rows)

    def holds(self, scope: Scope, feed: str = "", state: str = "open", limit: int = 50) -> tuple[Hold, ...]:
        """Whole lists that were suddenly short, newest first; state '' gives all."""
        scope.require_area("", "")
        with reading(self._engine) as connection:
            return tuple(_hold(r) for r in kept.newest(connection, snapshot_hold, feed, state, limit))

    def requests(self, scope: Scope, feed: str = "", limit: int = 20) -> tuple[Request, ...]:
        """What was asked of the worker, newest first."""
        scope.require_area("", "")
        with reading(self._engine) as connection:
            return tuple(request_of(r) for r in kept.newest(connection, feed_request, feed, "", limit))

    def request(self, scope: Scope, request_id: int) -> Request:
        """One request; LookupError when there is none."""
        scope.require_area("", "")
        with reading(self._engine) as connection:
            row = kept.one(connection, feed_request, request_id)
        if row is None:
            raise LookupError(f"request {request_id}")
        return request_of(row)

    def notices(self, scope: Scope, limit: int = 50) -> tuple[NoticeLine, ...]:
        """Messages to the operator, newest first."""
        scope.require_area("", "")
        with reading(self._engine) as connection:
            return tuple(NoticeLine(**{n: r[n] for n in NoticeLine.__slots__}) for r in notices.newest(connection, limit))

    def operation(self) -> Operation:
        """Plain figures for /metrics; no scope: they name no area and no matter."""
        with reading(self._engine) as connection:
            sums = feed_store.totals(connection)
            states = {r["code"]: r for r in feed_store.all_feeds(connection)}
            now = self._now()
            return Operation(
                rows={(f, n): getattr(c, n) for f, c in sums.items() for n in _OUTCOMES},
                runs=operation.runs(connection), run_seconds=operation.durations(connection),
                circuit_open={f: bool(r["circuit_until"] and r["circuit_until"] > now) for f, r in states.items()},
                paused={f: bool(r["paused"]) for f, r in states.items()},
                quarantine_open={f: s.get("open", 0) for f, s in quarantine.states(connection).items()},
                lease_age=operation.lease_age(connection, WORKER), notices_unsent=notices.count_unsent(connection),
            )  # fmt: skip

    def health(self) -> tuple[HealthProblem, ...]:
        """What keeps the store from taking data now; empty when nothing does. Cheap: asked for by every screen's banner."""
        found = self._health.problems()
        if any(p.code == "database_down" for p in found):
            return found
        with reading(self._engine) as connection:
            age = operation.lease_age(connection, WORKER)
            unsent = notices.undelivered_since(connection, MISSED)
        if unsent is not None:
            found = (*found, HealthProblem("webhook", "messages for the operator cannot be sent: check webhook_url and its receiver", unsent))
        if age is None or age < SILENT:  # one that never ran is missed on the page of the feeds, not on every screen
            return found
        since = self._now() - timedelta(seconds=age)
        return (*found, HealthProblem("no_worker", "no worker has been heard of: start `yizhan worker`", since))


class _Around:
    """What cards need besides the feeds' own rows, read once for all of them."""

    def __init__(self, connection: Connection) -> None:
        self.holds = {h.feed: h for h in (_hold(r) for r in reversed(kept.newest(connection, snapshot_hold, "", "open", 500)))}
        self.asked = {r["feed"]: request_of(r) for r in kept.alive(connection)}
        self.running = feed_store.running(connection)
        self.drifts = kept.counted(connection, drift)
        self.aside = quarantine.states(connection)


def _next(row: dict[str, Any], spec: FeedSpec | None, running: datetime | None, now: datetime) -> datetime:
    """When the worker asks it next: as its clock says, counted from the run under way or the last look, or when its circuit lets it."""
    looked = max(filter(None, (row["checked_at"], running)), default=None)
    due = next_at(spec.cadence if spec else "", row["cadence_seconds"], looked, now)
    return max(due, row["circuit_until"] or due)


def _day(value: Any) -> date:
    return value if isinstance(value, date) else date.fromisoformat(str(value))


def _hold(row: dict[str, Any]) -> Hold:
    return Hold(**{n: row[n] for n in Hold.__slots__})


def _row(r: dict[str, Any]) -> QuarantineRow:
    raw = orjson.loads(r["raw"])
    return QuarantineRow(
        r["id"], r["feed"], r["run_id"], r["at"], r["origin"], r["row_no"], r["column"] or "", r["reason"], r["message"], raw, r["state"],
        bool(r["kept"]), r["edited"], r["closed_at"], r["closed_by"], r["closing"], tuple(raw) if r["kept"] else (),
    )  # fmt: skip
