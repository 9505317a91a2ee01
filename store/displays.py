"""Displays of the wall and acknowledged alarms. Only hashes of codes and tokens are kept."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select, update

from matters.access import Scope
from store import ids
from store.schema import display, wall_ack
from store.scoped import inside


def add(connection: Connection, values: dict[str, Any]) -> int:
    """A new display (columns without the id); returns its id."""
    made = ids.take(connection, "display")
    connection.execute(insert(display).values(**values, id=made))
    return made


def every(connection: Connection, scope: Scope) -> list[dict[str, Any]]:
    """Displays of the scope that are not revoked, by id."""
    query = select(display).where(inside(scope, display), display.c.revoked_at.is_(None)).order_by(display.c.id)
    return [dict(r) for r in connection.execute(query).mappings()]


def one(connection: Connection, scope: Scope, display_id: int) -> dict[str, Any] | None:
    """A display of the scope that is not revoked."""
    return next((row for row in every(connection, scope) if row["id"] == display_id), None)


def of_token(connection: Connection, token_hash: str) -> dict[str, Any] | None:
    """The display that was paired with a token and is not revoked."""
    row = connection.execute(select(display).where(display.c.token_hash == token_hash, display.c.revoked_at.is_(None))).mappings().first()
    return dict(row) if row else None


def pair(connection: Connection, code_hash: str, token_hash: str, now: datetime) -> int | None:
    """Give the display that waits for this code its token, once; None when no display waits for it."""
    waits = (display.c.code_hash == code_hash) & (display.c.code_until > now) & display.c.revoked_at.is_(None)
    found = connection.execute(select(display.c.id).where(waits)).scalar()
    if found is None:
        return None
    values = {"token_hash": token_hash, "code_hash": None, "code_until": None, "paired_at": now, "seen_at": now}
    done = connection.execute(update(display).where(display.c.id == found, waits).values(values)).rowcount
    return int(found) if done else None


def change(connection: Connection, display_id: int, version: int, values: dict[str, Any]) -> bool:
    """Change setup, orders or pairing, if the version is still the reader's."""
    this = (display.c.id == display_id) & (display.c.version == version) & display.c.revoked_at.is_(None)
    return bool(connection.execute(update(display).where(this).values(**values, version=version + 1)).rowcount)


def seen(connection: Connection, display_id: int, now: datetime) -> None:
    """Note that a display has asked."""
    connection.execute(update(display).where(display.c.id == display_id).values(seen_at=now))


def acks(connection: Connection, scope: Scope) -> dict[str, dict[str, Any]]:
    """Acknowledged alarms of the scope by key."""
    return {r["key"]: dict(r) for r in connection.execute(select(wall_ack).where(inside(scope, wall_ack))).mappings()}


def acks_mark(connection: Connection) -> tuple[int, datetime | None]:
    """Changes exactly when an alarm is acknowledged or forgotten."""
    count, at = connection.execute(select(func.count(), func.max(wall_ack.c.at))).one()
    return int(count), at


def acknowledge(connection: Connection, values: dict[str, Any], forget: datetime) -> bool:
    """Keep an acknowledgement (columns of wall_ack), and drop those from before `forget`; False when it is kept already."""
    connection.execute(delete(wall_ack).where(wall_ack.c.at < forget))
    if connection.execute(select(wall_ack.c.key).where(wall_ack.c.key == values["key"])).scalar() is not None:
        return False
    connection.execute(insert(wall_ack).values(values))
    return True
