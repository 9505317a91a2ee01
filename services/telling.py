"""What the operator is told of runs and of feeds that fall silent; written with what it tells of."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection

from connectors.spec import FeedSpec
from services.circuit import AFTER
from services.shapes import FeedState
from store import notices
from store.writer import Counts

WARN = 3  # failures in a row before anybody is told
SHARE = 0.1  # of a run's rows in quarantine
LEAST = 10  # rows below which the share says nothing


def tell_ended(connection: Connection, spec: FeedSpec, before: int, error: str, counts: Counts, now: datetime, at_once: bool = False) -> None:
    """A run ended: the third failure in a row, the circuit opening, the recovery, much of it in quarantine. `before`: failures before it.

    `at_once`: the first failure is told too, as of a program's own error, which no waiting mends.
    """
    if error and (before + 1 in (WARN, AFTER) or (at_once and not before)):
        kind = "circuit" if before + 1 == AFTER else "failed"
        notices.add(connection, kind, spec.feed, {"failures": before + 1, "error": error[:500]}, now)
    if not error and before >= WARN:
        notices.add(connection, "recovered", spec.feed, {"failures": before}, now)
    if counts.quarantined >= LEAST and counts.quarantined > SHARE * counts.received:
        notices.add(connection, "quarantine", spec.feed, {"quarantined": counts.quarantined, "received": counts.received}, now)


def tell_late(connection: Connection, states: Iterable[FeedState], now: datetime) -> None:
    """Feeds that fell silent, or speak again, since the operator was last told."""
    told = notices.last_kinds(connection, ("late", "on_time"))
    for state in states:
        kind = "late" if state.late else "on_time"
        if told.get(state.feed, "on_time") != kind:
            at = state.data_at.isoformat() if state.data_at else None
            notices.add(connection, kind, state.feed, {"data_at": at, "late_days": state.late_days}, now)
