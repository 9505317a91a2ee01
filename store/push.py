"""Pushed batches: the keys they are signed with, the answers that were given, and who writes first."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select, text, update

from store import clock
from store.schema import data_version, feed, push_key, push_secret, run

_PATIENCE = "20s"  # a sender waits no longer than this for the writers before it


def add_secret(connection: Connection, values: dict[str, Any]) -> None:
    """A new key of a feed (columns of push_secret)."""
    connection.execute(insert(push_secret).values(values))


def secret(connection: Connection, key_id: str) -> dict[str, Any] | None:
    """A key that is not revoked."""
    query = select(push_secret).where(push_secret.c.key_id == key_id, push_secret.c.revoked_at.is_(None))
    row = connection.execute(query).mappings().first()
    return dict(row) if row else None


def secrets(connection: Connection, code: str = "") -> list[dict[str, Any]]:
    """Every key of a feed, or of all, oldest first, without what is sealed."""
    columns = [c for c in push_secret.columns if c.name != "sealed"]
    query = select(*columns).order_by(push_secret.c.feed, push_secret.c.created_at, push_secret.c.key_id)
    return [dict(r) for r in connection.execute(query.where(push_secret.c.feed == code) if code else query).mappings()]


def revoke(connection: Connection, key_id: str, now: datetime) -> str | None:
    """End a key; its feed, or None when there is no such key or it has ended already."""
    row = secret(connection, key_id)
    if row is None:
        return None
    connection.execute(update(push_secret).where(push_secret.c.key_id == key_id).values(revoked_at=now))
    return str(row["feed"])


def answer_of(connection: Connection, code: str, key: str) -> tuple[str, str] | None:
    """Digest of the body and the answer that were kept for an Idempotency-Key."""
    row = connection.execute(select(push_key.c.digest, push_key.c.answer).where(push_key.c.feed == code, push_key.c.key == key)).first()
    return (str(row.digest), str(row.answer)) if row else None


def keep_answer(connection: Connection, code: str, key: str, digest: str, answer: str, now: datetime) -> None:
    """Keep an answer, in the transaction that stored the rows it speaks of."""
    connection.execute(insert(push_key).values(feed=code, key=key, digest=digest, answer=answer, at=now))


def forget_answers(connection: Connection, code: str, before: datetime) -> None:
    """Drop a feed's answers from before a moment."""
    connection.execute(delete(push_key).where(push_key.c.feed == code, push_key.c.at < before))


def lock(connection: Connection, code: str, now: datetime) -> dict[str, Any] | None:
    """Wait until no other batch is being written, then hold the feed's row: its paused and data_at; None for no such feed.

    The data version is locked first, as every batch does: in one order for all, nobody waits for somebody who waits.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"SET LOCAL lock_timeout = '{_PATIENCE}'"))
        clock.hold(connection, now.date())
    row = connection.execute(select(feed.c.paused, feed.c.data_at).where(feed.c.code == code).with_for_update()).mappings().first()
    return dict(row) if row else None


def is_paused(connection: Connection, code: str) -> bool:
    """Whether a person has paused the feed."""
    return bool(connection.execute(select(feed.c.paused).where(feed.c.code == code)).scalar())


def mark_run(connection: Connection, run_id: int, key_id: str, now: datetime) -> None:
    """Say of a run that it was pushed, and by which key; and of the key that it was used."""
    connection.execute(update(run).where(run.c.id == run_id).values(kind="push", by=key_id))
    connection.execute(update(push_secret).where(push_secret.c.key_id == key_id).values(used_at=now))


def version(connection: Connection) -> int:
    """The data version as this transaction sees it."""
    return int(connection.execute(select(data_version.c.version)).scalar() or 0)
