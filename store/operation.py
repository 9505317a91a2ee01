"""Figures of the way in for a monitoring system."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, func, select

from store.schema import lease, run


def runs(connection: Connection) -> dict[tuple[str, str], int]:
    """How many runs ended how, by feed and status."""
    rows = connection.execute(select(run.c.feed, run.c.status, func.count()).group_by(run.c.feed, run.c.status))
    return {(r[0], r[1]): int(r[2]) for r in rows}


def durations(connection: Connection) -> dict[str, float]:
    """Seconds that the latest finished run of each feed took."""
    newest = select(func.max(run.c.id)).where(run.c.ended_at.is_not(None)).group_by(run.c.feed)
    rows = connection.execute(select(run.c.feed, run.c.started_at, run.c.ended_at).where(run.c.id.in_(newest)))
    return {r.feed: (r.ended_at - r.started_at).total_seconds() for r in rows}


def lease_age(connection: Connection, name: str, seconds: float = 10) -> float | None:
    """Seconds since a lease was renewed; None when nobody ever held it. Leases are kept in true time, whatever day the city shows."""
    expires = connection.execute(select(lease.c.expires_at).where(lease.c.name == name)).scalar()
    if expires is None:
        return None
    return max(0.0, seconds - (expires - true_now(connection)).total_seconds())


def true_now(connection: Connection) -> datetime:
    """The database's clock, as naive Shanghai time: one clock for all workers, whatever their own machines say."""
    if connection.dialect.name == "postgresql":
        return datetime.fromisoformat(str(connection.execute(select(func.timezone("Asia/Shanghai", func.clock_timestamp()))).scalar_one()))
    return datetime.fromisoformat(str(connection.exec_driver_sql("SELECT strftime('%Y-%m-%d %H:%M:%f', 'now', '+8 hours')").scalar_one()))
