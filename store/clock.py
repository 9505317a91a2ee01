"""The store's own clock: batches are learned one after another, and never at a moment that somebody has already looked back to."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy import Connection, func, select, update
from sqlalchemy.dialects.postgresql import insert

from store.schema import data_version

_NEXT = timedelta(microseconds=1)


def hold(connection: Connection, day: date) -> None:
    """Wait until no other batch is being written, and keep others waiting, in a writing transaction; on SQLite that is so from its beginning.

    An empty store has no row to lock: it is made first, else two first batches would both make it and one of them fail.
    """
    if connection.dialect.name != "postgresql":
        return
    mine = select(data_version.c.id).with_for_update()
    if connection.execute(mine).first() is None:
        first = insert(data_version).values(id=1, version=0, changed_at=datetime.combine(day, datetime.min.time()))
        connection.execute(first.on_conflict_do_nothing())
        connection.execute(mine)


def tick(connection: Connection, now: datetime) -> datetime:
    """When a batch is learned: now, or right after the last settled moment when the machine's clock went back. Needs the row of
    data_version, which store.rollups.turn_day makes and locks."""
    clock = connection.execute(select(data_version.c.clock)).scalar()
    at = now if clock is None or now > clock else clock + _NEXT
    connection.execute(update(data_version).values(clock=at, history_from=func.coalesce(data_version.c.history_from, at)))
    return at


def settle(connection: Connection, at: datetime) -> None:
    """Let nothing more be learned at or before a moment, so that what was known then stands still; in a writing transaction.

    On PostgreSQL this waits for a batch under way, which may have begun before the moment.
    """
    connection.execute(select(data_version.c.id).with_for_update())
    later = data_version.c.clock.is_(None) | (data_version.c.clock < at)
    connection.execute(update(data_version).where(later).values(clock=at))


def settled(connection: Connection, at: datetime) -> bool:
    """Whether the store's clock has passed a moment."""
    clock = connection.execute(select(data_version.c.clock)).scalar()
    return clock is not None and clock >= at


def history_from(connection: Connection) -> datetime | None:
    """The first moment that can be asked for; None while the store has learned nothing."""
    return connection.execute(select(data_version.c.history_from)).scalar()
