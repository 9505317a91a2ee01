"""Feeds, their runs, what they could not take, and the lease of the one worker."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, func, insert, or_, select, update

from matters.model import Agency
from store import ids
from store.chunks import rows_where_in
from store.quarantine import SUPERSEDED
from store.schema import agency, feed, feed_file, lease, quarantine, run
from store.writer import Counts

STALLED = "8s"  # of silence inside a transaction: longer than any pause between the statements of a batch, shorter than a lease
INTERRUPTED = "interrupted: the worker ended in the middle; the next run goes on from the last whole batch"


class LostLease(Exception):
    """Another worker has taken over: this one must stop at once and write nothing more."""


def declare(connection: Connection, agencies: Iterable[Mapping[str, Any]], feeds: Iterable[Mapping[str, Any]]) -> None:
    """Make agencies (code, zh, en, mark, rank) and feeds known; a new agency takes the next free bit."""
    bits: dict[str, int] = {r.code: r.bit for r in connection.execute(select(agency.c.code, agency.c.bit))}
    for row in agencies:
        values = dict(row)
        if values["code"] in bits:
            connection.execute(update(agency).where(agency.c.code == values["code"]).values(values))
        else:
            bits[values["code"]] = max(bits.values(), default=-1) + 1
            connection.execute(insert(agency).values(**values, bit=bits[values["code"]]))
    known = set(connection.execute(select(feed.c.code)).scalars())
    for row in feeds:
        if row["code"] in known:
            connection.execute(update(feed).where(feed.c.code == row["code"]).values(dict(row)))
        else:
            connection.execute(insert(feed).values(dict(row)))


def all_agencies(connection: Connection) -> dict[str, Agency]:
    """Agencies by code, in the order of their say."""
    rows = connection.execute(select(agency).order_by(agency.c.rank, agency.c.code))
    return {r.code: Agency(r.code, r.zh, r.en, r.mark, r.bit, r.rank) for r in rows}


def all_feeds(connection: Connection) -> list[dict[str, Any]]:
    """Every declared feed with its state."""
    return [dict(r) for r in connection.execute(select(feed).order_by(feed.c.code)).mappings()]


def cursor_of(connection: Connection, code: str) -> tuple[str | None, frozenset[str]]:
    """Watermark of a feed and digests of the files it has read."""
    watermark = connection.execute(select(feed.c.watermark).where(feed.c.code == code)).scalar_one_or_none()
    seen = connection.execute(select(feed_file.c.digest).where(feed_file.c.feed == code)).scalars()
    return watermark, frozenset(seen)


def start_run(connection: Connection, code: str, now: datetime, kind: str = "pull", by: str = "") -> int:
    """Open a run and return its id. `kind`: pull | manual | backfill | replay | push; `by` asked for it."""
    run_id = ids.take(connection, "run")
    before = connection.execute(select(feed.c.watermark).where(feed.c.code == code)).scalar_one_or_none()
    connection.execute(insert(run).values(id=run_id, feed=code, started_at=now, status="running", watermark_before=before, kind=kind, by=by))
    return run_id


def add_batch(
    connection: Connection, code: str, run_id: int, counts: Counts, watermark: str | None, completes: str | None, origin: str, now: datetime
) -> None:
    """Add a batch's counts to its run and move the cursor, in the transaction that stored the rows."""
    adds = {n: getattr(run.c, n) + getattr(counts, n) for n in Counts.__slots__}
    connection.execute(update(run).where(run.c.id == run_id).values(**adds, batches=run.c.batches + 1))
    if watermark is not None:
        connection.execute(update(feed).where(feed.c.code == code).values(watermark=watermark))
    if completes is not None:
        seen = connection.execute(select(feed_file).where(feed_file.c.feed == code, feed_file.c.digest == completes)).first()
        if seen is None:
            connection.execute(insert(feed_file).values(feed=code, digest=completes, name=origin, read_at=now))


def end_run(
    connection: Connection, code: str, run_id: int, now: datetime, data_at: datetime | None, error: str = "",
    circuit: Callable[[int], datetime | None] | None = None,
) -> int:  # fmt: skip
    """Close a run; a feed keeps its last success and its newest data time when the run failed.

    `circuit(failures)` says until when the source is to be left alone. Returns the failures in a row before this run.
    """
    was = connection.execute(select(feed.c.watermark, feed.c.failures, feed.c.data_at).where(feed.c.code == code)).first()
    after, before = (was.watermark, was.failures) if was else (None, 0)
    if data_at is not None and was and was.data_at is not None:
        data_at = max(data_at, was.data_at)  # a file of older days does not make the newest day older
    state = {"status": "failed" if error else "done", "ended_at": now, "error": error, "watermark_after": after, "data_at": data_at}
    connection.execute(update(run).where(run.c.id == run_id).values(state))
    failures = before + 1 if error else 0
    values: dict[str, Any] = {"checked_at": now, "error": error, "failures": failures, "circuit_until": circuit(failures) if circuit else None}
    if not error:
        values["succeeded_at"] = now
    if data_at is not None:
        values["data_at"] = data_at
    connection.execute(update(feed).where(feed.c.code == code).values(values))
    return int(before)


def finish(connection: Connection, run_id: int, now: datetime, error: str = "") -> None:
    """Close a run that read no source: the state of its feed stays as it is."""
    state = {"status": "failed" if error else "done", "ended_at": now, "error": error}
    connection.execute(update(run).where(run.c.id == run_id).values(state))


def close_interrupted(connection: Connection, now: datetime) -> list[str]:
    """Close the runs that a dead worker left open, pushes left out; their feeds."""
    mine = (run.c.status == "running") & (run.c.kind != "push")
    found = list(connection.execute(select(run.c.feed).where(mine)).scalars())
    connection.execute(update(run).where(mine).values(status="failed", ended_at=now, error=INTERRUPTED))
    return found


def running(connection: Connection) -> dict[str, datetime]:
    """Feeds with a run under way, and since when."""
    rows = connection.execute(select(run.c.feed, func.max(run.c.started_at)).where(run.c.status == "running").group_by(run.c.feed))
    return {r[0]: r[1] for r in rows}


def change(connection: Connection, code: str, values: Mapping[str, Any]) -> bool:
    """Change columns of a feed; False when there is none of that code."""
    return bool(connection.execute(update(feed).where(feed.c.code == code).values(dict(values))).rowcount)


def one(connection: Connection, code: str) -> dict[str, Any] | None:
    """A declared feed with its state."""
    row = connection.execute(select(feed).where(feed.c.code == code)).mappings().first()
    return dict(row) if row else None


def known_asides(connection: Connection, code: str, digests: Sequence[str], run_id: int) -> set[str]:
    """Which rows of these digests have been quarantined by an earlier run, whatever a person made of them."""
    q = quarantine.c
    query = select(q.digest).where(q.feed == code, q.run_id != run_id, or_(q.state != "discarded", q.closing != SUPERSEDED))
    return {r.digest for r in rows_where_in(connection, query, quarantine.c.digest, digests)}


def put_aside(connection: Connection, code: str, run_id: int, rows: Sequence[Mapping[str, Any]], now: datetime) -> None:
    """Quarantine rows: origin, row_no, column, reason, message, raw (masked JSON text)."""
    if rows:
        first = ids.take(connection, "quarantine", len(rows))
        values = [{**r, "id": first + i, "feed": code, "run_id": run_id, "at": now} for i, r in enumerate(rows)]
        connection.execute(insert(quarantine), values)


def runs(connection: Connection, code: str = "", limit: int = 50) -> list[dict[str, Any]]:
    """The latest runs that received something or failed, newest first."""
    query = select(run).order_by(run.c.id.desc()).limit(limit)
    query = query.where((run.c.received > 0) | (run.c.status != "done"))
    return [dict(r) for r in connection.execute(query.where(run.c.feed == code) if code else query).mappings()]


def totals(connection: Connection) -> dict[str, Counts]:
    """Sums of all runs by feed. Replays are left out: their rows came in once."""
    columns = [func.sum(getattr(run.c, n)) for n in Counts.__slots__]
    rows = connection.execute(select(run.c.feed, *columns).where(run.c.kind != "replay").group_by(run.c.feed))
    return {r[0]: Counts(*(int(v or 0) for v in r[1:])) for r in rows}


def quarantined(connection: Connection, code: str = "", state: str = "open") -> list[dict[str, Any]]:
    """Quarantine by feed, column and reason, with the count, the day of the oldest and the newest sample."""
    q = quarantine.c
    sums = (func.count().label("n"), func.max(q.id).label("newest"), func.min(q.at).label("oldest"))
    group = select(q.feed, q.reason, q.column, *sums).where(q.state == state)
    group = (group.where(q.feed == code) if code else group).group_by(q.feed, q.reason, q.column)
    grouped = group.subquery()
    query = select(grouped, q.message, q.raw, q.at, q.origin, q.row_no).join(quarantine, q.id == grouped.c.newest)
    return [dict(r) for r in connection.execute(query.order_by(grouped.c.n.desc())).mappings()]


def hold_lease(connection: Connection, name: str, holder: str, now: datetime, seconds: float) -> int | None:
    """Take or renew a lease for a holder; its fence, which rises with every change of hands, or None while another has it."""
    _ended_when_silent(connection)
    row = connection.execute(select(lease).where(lease.c.name == name).with_for_update()).mappings().first()
    until = now + timedelta(seconds=seconds)
    if row is None:
        connection.execute(insert(lease).values(name=name, holder=holder, fence=1, expires_at=until))
        return 1
    if row["holder"] != holder and row["expires_at"] > now:
        return None
    fence = int(row["fence"]) + (row["holder"] != holder)
    connection.execute(update(lease).where(lease.c.name == name).values(holder=holder, fence=fence, expires_at=until))
    return fence


def check_fence(connection: Connection, name: str, fence: int) -> None:
    """Raise LostLease unless the fence is still the newest; called inside every writing transaction of the worker."""
    _ended_when_silent(connection)
    newest = connection.execute(select(lease.c.fence).where(lease.c.name == name).with_for_update()).scalar_one_or_none()
    if newest != fence:
        raise LostLease(f"lease {name!r} has passed on (fence {newest}, ours {fence})")


def _ended_when_silent(connection: Connection) -> None:
    """Who stalls in the middle of a transaction, or whose machine dies, would keep the lease's row, and with it the successor, waiting: the
    server ends such a transaction. On SQLite the end of the process does the same."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"SET LOCAL idle_in_transaction_session_timeout = '{STALLED}'")


def release_lease(connection: Connection, name: str, holder: str, now: datetime) -> None:
    """Give a lease back, so that the next worker need not wait for it to run out."""
    connection.execute(update(lease).where(lease.c.name == name, lease.c.holder == holder).values(expires_at=now))
