"""What stewards asked of the worker, and the short lists and drifts that wait for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Table, func, insert, select, update

from store import ids
from store.chunks import rows_where_in
from store.schema import drift, feed_column, feed_request, snapshot_hold

ALIVE = ("waiting", "running")


def add(connection: Connection, values: Mapping[str, Any]) -> int:
    """Put a request in the queue; its id."""
    request_id = ids.take(connection, "feed_request")
    connection.execute(insert(feed_request).values({"data": {}, "state": "waiting", **values, "id": request_id}))
    return request_id


def one(connection: Connection, table: Table, row_id: int) -> dict[str, Any] | None:
    """A request, hold or drift by its id."""
    row = connection.execute(select(table).where(table.c.id == row_id)).mappings().first()
    return dict(row) if row else None


def newest(connection: Connection, table: Table, feed: str = "", state: str = "", limit: int = 50) -> list[dict[str, Any]]:
    """Requests, holds, drifts or notices, newest first."""
    query = select(table).order_by(table.c.id.desc()).limit(limit)
    query = query.where(table.c.feed == feed) if feed else query
    return [dict(r) for r in connection.execute(query.where(table.c.state == state) if state else query).mappings()]


def alive(connection: Connection, feed: str = "", kind: str = "") -> list[dict[str, Any]]:
    """Requests that wait or run, oldest first."""
    query = select(feed_request).where(feed_request.c.state.in_(ALIVE)).order_by(feed_request.c.id)
    query = query.where(feed_request.c.feed == feed) if feed else query
    return [dict(r) for r in connection.execute(query.where(feed_request.c.kind == kind) if kind else query).mappings()]


def change(connection: Connection, request_id: int, values: Mapping[str, Any], states: Sequence[str] = ALIVE) -> bool:
    """Change a request that is in one of the states; False when it is not (cancelled, taken by another)."""
    mine = (feed_request.c.id == request_id) & feed_request.c.state.in_(states)
    return bool(connection.execute(update(feed_request).where(mine).values(dict(values))).rowcount)


def cancelled(connection: Connection, request_id: int) -> bool:
    """Whether a request was taken back."""
    return connection.execute(select(feed_request.c.state).where(feed_request.c.id == request_id)).scalar() == "cancelled"


def hold(connection: Connection, values: Mapping[str, Any]) -> int:
    """Keep a short list for a decision: in place of the feed's open one, if there is one; its id."""
    mine = (snapshot_hold.c.feed == values["feed"]) & (snapshot_hold.c.state == "open")
    hold_id = connection.execute(select(snapshot_hold.c.id).where(mine)).scalar()
    if hold_id is not None:
        connection.execute(update(snapshot_hold).where(snapshot_hold.c.id == hold_id).values(dict(values)))
        return int(hold_id)
    hold_id = ids.take(connection, "snapshot_hold")
    connection.execute(insert(snapshot_hold).values({**values, "id": hold_id, "state": "open"}))
    return hold_id


def decide(connection: Connection, hold_id: int, state: str, by: str, note: str, now: datetime) -> bool:
    """Decide on an open hold; False when it is decided already."""
    mine = (snapshot_hold.c.id == hold_id) & (snapshot_hold.c.state == "open")
    values = {"state": state, "decided_at": now, "decided_by": by, "note": note}
    return bool(connection.execute(update(snapshot_hold).where(mine).values(values)).rowcount)


def columns(connection: Connection, feed: str) -> dict[str, str]:
    """Columns that a source has sent, with their shapes."""
    return {r.name: r.shape for r in connection.execute(select(feed_column).where(feed_column.c.feed == feed))}


def keep_columns(connection: Connection, feed: str, new: Mapping[str, str], wider: Mapping[str, str], now: datetime) -> None:
    """Remember new columns, and other shapes of known ones."""
    if new:
        rows = [{"feed": feed, "name": n, "shape": s, "first_seen": now, "last_seen": now} for n, s in new.items()]
        connection.execute(insert(feed_column), rows)
    for name, shape in wider.items():
        mine = (feed_column.c.feed == feed) & (feed_column.c.name == name)
        connection.execute(update(feed_column).where(mine).values(shape=shape, last_seen=now))


def forget_columns(connection: Connection, feed: str, names: Sequence[str]) -> None:
    """Columns that no longer come are new when they come again."""
    if names:
        connection.execute(feed_column.delete().where(feed_column.c.feed == feed, feed_column.c.name.in_(names)))


def add_drift(connection: Connection, feed: str, run_id: int, found: Sequence[Mapping[str, Any]], now: datetime) -> int:
    """Note drifts (kind, column, detail, rows); one that is open already only gets more rows. How many are new."""
    known = {(d["kind"], d["column"], d["detail"]): d["id"] for d in newest(connection, drift, feed, "open", 10_000)}
    fresh = []
    for one_ in found:
        key = (one_["kind"], one_["column"], one_["detail"])
        if key in known:
            connection.execute(update(drift).where(drift.c.id == known[key]).values(rows=drift.c.rows + one_["rows"]))
        else:
            fresh.append(one_)
    if fresh:
        first = ids.take(connection, "drift", len(fresh))
        connection.execute(insert(drift), [{**f, "id": first + i, "feed": feed, "run_id": run_id, "at": now} for i, f in enumerate(fresh)])
    return len(fresh)


def note_drift(connection: Connection, wanted: Sequence[int], by: str, now: datetime) -> list[int]:
    """Take note of open drifts; the ids of those that were open."""
    found = [r.id for r in rows_where_in(connection, select(drift.c.id).where(drift.c.state == "open"), drift.c.id, list(wanted))]
    if found:
        connection.execute(update(drift).where(drift.c.id.in_(found)).values(state="noted", noted_by=by, noted_at=now))
    return found


def counted(connection: Connection, table: Table) -> dict[str, int]:
    """Open rows of a table by feed."""
    query = select(table.c.feed, func.count()).where(table.c.state == "open").group_by(table.c.feed)
    return {r[0]: int(r[1]) for r in connection.execute(query)}
