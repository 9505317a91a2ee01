"""Messages for the operator: written in the transaction of what they tell of, sent later by the worker."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from store import ids
from store.schema import notice


def add(connection: Connection, kind: str, feed: str, data: Mapping[str, Any], now: datetime) -> None:
    """Write a message down."""
    notice_id = ids.take(connection, "notice")
    connection.execute(insert(notice).values(id=notice_id, at=now, kind=kind, feed=feed, data=dict(data)))


def newest(connection: Connection, limit: int) -> list[dict[str, Any]]:
    """The latest messages."""
    return [dict(r) for r in connection.execute(select(notice).order_by(notice.c.id.desc()).limit(limit)).mappings()]


def unsent(connection: Connection, limit: int = 20) -> list[dict[str, Any]]:
    """Messages still to be sent, oldest first."""
    query = select(notice).where(notice.c.sent_at.is_(None), ~notice.c.given_up).order_by(notice.c.id).limit(limit)
    return [dict(r) for r in connection.execute(query).mappings()]


def count_unsent(connection: Connection) -> int:
    """How many wait to be sent."""
    return int(connection.execute(select(func.count()).select_from(notice).where(notice.c.sent_at.is_(None), ~notice.c.given_up)).scalar_one())


def mark(connection: Connection, notice_id: int, values: Mapping[str, Any]) -> None:
    """Write down how sending went."""
    connection.execute(update(notice).where(notice.c.id == notice_id).values(dict(values)))


def last_kinds(connection: Connection, kinds: tuple[str, ...]) -> dict[str, str]:
    """The latest message of these kinds by feed: what the operator was last told."""
    newest_ = select(func.max(notice.c.id)).where(notice.c.kind.in_(kinds)).group_by(notice.c.feed)
    return {r.feed: r.kind for r in connection.execute(select(notice.c.feed, notice.c.kind).where(notice.c.id.in_(newest_)))}


def undelivered_since(connection: Connection, attempts: int) -> datetime | None:
    """When the oldest message was written that could not be sent in so many attempts, or was given up, and none after it was sent."""
    last = select(func.coalesce(func.max(notice.c.id), 0)).where(notice.c.sent_at.is_not(None)).scalar_subquery()
    failed = notice.c.given_up | (notice.c.attempts >= attempts)
    return connection.execute(select(func.min(notice.c.at)).where(notice.c.sent_at.is_(None), failed, notice.c.id > last)).scalar_one()
