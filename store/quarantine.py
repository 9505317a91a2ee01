"""Quarantined rows one by one: read a page of a group, close them after a replay or a discard."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, case, func, select, true, update

from store.chunks import chunks, rows_where_in
from store.schema import quarantine, raw_batch, run

_Q = quarantine.c
SUPERSEDED = "superseded"  # why a row is closed that a later whole list has left out; coming again it is quarantined again


def group(feed: str, reason: str = "", column: str | None = None, state: str = "") -> ColumnElement[bool]:
    """Rows of a feed; of a reason, of a column ('' : none; None: any), of a state, where given."""
    parts = [_Q.feed == feed]
    if reason:
        parts.append(_Q.reason == reason)
    if column is not None:
        parts.append(func.coalesce(_Q.column, "") == column)
    if state:
        parts.append(_Q.state == state)
    return and_(true(), *parts)


def page(connection: Connection, where: ColumnElement[bool], after: int, limit: int) -> tuple[list[dict[str, Any]], int]:
    """Rows after an id, oldest first, with `kept` (the row as it came is still there), and how many there are in all."""
    total = connection.execute(select(func.count()).select_from(quarantine).where(where)).scalar_one()
    query = select(quarantine, raw_batch.c.id.is_not(None).label("kept")).join(raw_batch, raw_batch.c.id == _Q.raw_id, isouter=True)
    rows = connection.execute(query.where(where, _Q.id > after).order_by(_Q.id).limit(limit)).mappings()
    return [dict(r) for r in rows], int(total)


def one(connection: Connection, row_id: int) -> dict[str, Any] | None:
    """A row with `kept`."""
    rows, _ = page(connection, _Q.id == row_id, 0, 1)
    return rows[0] if rows else None


def open_ids(connection: Connection, where: ColumnElement[bool], wanted: Sequence[int] = ()) -> list[int]:
    """Ids of the open rows of a group, or of those wanted that are in it."""
    query = select(_Q.id).where(where, _Q.state == "open").order_by(_Q.id)
    if wanted:
        return sorted(r.id for r in rows_where_in(connection, query, _Q.id, list(wanted)))
    return list(connection.execute(query).scalars())


def open_rows(connection: Connection, ids: Sequence[int]) -> list[dict[str, Any]]:
    """Open rows by id, in order."""
    found = rows_where_in(connection, select(quarantine).where(_Q.state == "open"), _Q.id, list(ids))
    return sorted((dict(r._mapping) for r in found), key=lambda r: r["id"])


def change(connection: Connection, row_id: int, values: Mapping[str, Any]) -> bool:
    """Change an open row; False when somebody closed it meanwhile."""
    return bool(connection.execute(update(quarantine).where(_Q.id == row_id, _Q.state == "open").values(values)).rowcount)


def close(connection: Connection, row_id: int, state: str, closing: str, by: str, now: datetime, run_id: int | None = None) -> bool:
    """Close an open row; False when somebody else did."""
    return change(connection, row_id, {"state": state, "closing": closing, "closed_by": by, "closed_at": now, "closed_run": run_id})


def left_out(connection: Connection, feed: str, digests: set[str]) -> list[int]:
    """Ids of a feed's open rows that a whole list with these bad rows does not have any more; one without a digest cannot be told."""
    found = connection.execute(select(_Q.id, _Q.digest).where(group(feed, state="open"), _Q.digest.is_not(None)).order_by(_Q.id))
    return [r.id for r in found if r.digest not in digests]


def supersede(connection: Connection, ids: Sequence[int], now: datetime, run_id: int) -> None:
    """Close open rows that a later list has left out: all of them, where a mapping once took nothing."""
    values = {"state": "discarded", "closing": SUPERSEDED, "closed_by": "", "closed_at": now, "closed_run": run_id}
    for part in chunks(ids):
        connection.execute(update(quarantine).where(_Q.id.in_(part), _Q.state == "open").values(values))


def states(connection: Connection) -> dict[str, dict[str, int]]:
    """How many rows there are in each state, by feed."""
    out: dict[str, dict[str, int]] = {}
    for r in connection.execute(select(_Q.feed, _Q.state, func.count().label("n")).group_by(_Q.feed, _Q.state)):
        out.setdefault(r.feed, {})[r.state] = int(r.n)
    return out


def daily(connection: Connection, since: datetime, feed: str = "") -> list[dict[str, Any]]:
    """Sums of the runs by day of their start and feed, replays left out."""
    names = ("received", "new", "changed", "unchanged", "withdrawn", "quarantined", "absent")
    day = func.date(run.c.started_at).label("day")
    sums = [func.sum(getattr(run.c, n)).label(n) for n in names]
    failed = func.sum(case((run.c.status == "failed", 1), else_=0)).label("failed")
    query = select(day, run.c.feed, func.count().label("runs"), failed, *sums).where(run.c.started_at >= since, run.c.kind != "replay")
    query = query.where(run.c.feed == feed) if feed else query
    return [dict(r) for r in connection.execute(query.group_by(day, run.c.feed).order_by(day, run.c.feed)).mappings()]
