"""Rows as they came, sealed and compressed, a batch a row; what is past its time is removed."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, and_, delete, exists, insert, select

from store import ids
from store.schema import quarantine, raw_batch, record_version


def take_id(connection: Connection) -> int:
    """The id of the next batch: it is sealed under its id, so it must be known before."""
    return ids.take(connection, "raw_batch")


def keep(connection: Connection, values: dict[str, Any]) -> None:
    """Keep a batch (columns of raw_batch)."""
    connection.execute(insert(raw_batch).values(values))


def one(connection: Connection, raw_id: int) -> Any:
    """A batch, or None when it is not kept any more."""
    return connection.execute(select(raw_batch).where(raw_batch.c.id == raw_id)).mappings().first()


def purge(connection: Connection, today: date) -> int:
    """Remove batches past their time; those with rows that still wait in quarantine stay until the rows are closed."""
    waits = exists().where(and_(quarantine.c.raw_id == raw_batch.c.id, quarantine.c.state == "open"))
    return connection.execute(delete(raw_batch).where(raw_batch.c.expires_on < today, ~waits)).rowcount


def values(raw_id: int, feed: str, run_id: int, now: datetime, origin: str, rows: int, body: bytes, expires_on: date) -> dict[str, Any]:
    """The columns of a batch."""
    return {"id": raw_id, "feed": feed, "run_id": run_id, "at": now, "origin": origin, "rows": rows, "body": body, "expires_on": expires_on}


def places_of(connection: Connection, record_id: int) -> list[tuple[int, int | None]]:
    """Where the rows lie that made the versions of a record, the newest version first: batch, and place in it where that is known.

    A batch and the versions that it made are written at the same moment; a row that waited in quarantine lies where it was kept then.
    """
    v, q = record_version.c, quarantine.c
    versions = select(v.version_no, v.run_id, v.learned_at).where(v.record_id == record_id).order_by(v.version_no.desc()).subquery().c
    kept = select(versions.version_no, raw_batch.c.id).where(raw_batch.c.run_id == versions.run_id, raw_batch.c.at == versions.learned_at)
    waited = select(versions.version_no, q.raw_id, q.raw_index).where(q.closed_run == versions.run_id, q.state == "replayed", q.raw_id.is_not(None))
    found = [(no, raw_id, None) for no, raw_id in connection.execute(kept)]
    found += [(no, raw_id, index) for no, raw_id, index in connection.execute(waited)]
    return [(raw_id, index) for _, raw_id, index in sorted(found, key=lambda f: (-f[0], f[1], f[2] or 0))]
