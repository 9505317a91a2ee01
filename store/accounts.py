"""Accounts, sessions and API tokens. Only hashes of passwords and tokens are kept."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Table, delete, insert, select, update

from store.schema import account, api_token, session


def add(connection: Connection, values: dict[str, Any]) -> None:
    """A new account (columns of the account table)."""
    connection.execute(insert(account).values(values))


def one(connection: Connection, name: str) -> dict[str, Any] | None:
    """An account by its name."""
    row = connection.execute(select(account).where(account.c.name == name)).mappings().first()
    return dict(row) if row else None


def everyone(connection: Connection) -> list[dict[str, Any]]:
    """All accounts by name."""
    return [dict(r) for r in connection.execute(select(account).order_by(account.c.name)).mappings()]


def change(connection: Connection, name: str, values: dict[str, Any]) -> bool:
    """Change an account; every session of it ends. False when there is none of that name."""
    found = connection.execute(update(account).where(account.c.name == name).values(values)).rowcount
    connection.execute(delete(session).where(session.c.account == name))
    return bool(found)


def open_session(connection: Connection, token_hash: str, name: str, now: datetime, expires: datetime, remote: str) -> None:
    """A new login."""
    values = {"token_hash": token_hash, "account": name, "created_at": now, "expires_at": expires, "remote": remote}
    connection.execute(insert(session).values(values))


def of_session(connection: Connection, token_hash: str, now: datetime) -> dict[str, Any] | None:
    """The account of a login that has neither ended nor been revoked."""
    valid = (session.c.token_hash == token_hash) & (session.c.expires_at > now) & session.c.revoked_at.is_(None)
    query = select(account).join(session, session.c.account == account.c.name).where(valid, ~account.c.disabled)
    row = connection.execute(query).mappings().first()
    return dict(row) if row else None


def of_token(connection: Connection, token_hash: str) -> dict[str, Any] | None:
    """The account of an API token that has not been revoked."""
    valid = (api_token.c.token_hash == token_hash) & api_token.c.revoked_at.is_(None)
    query = select(account).join(api_token, api_token.c.account == account.c.name).where(valid, ~account.c.disabled)
    row = connection.execute(query).mappings().first()
    return dict(row) if row else None


def add_token(connection: Connection, token_hash: str, name: str, label: str, now: datetime) -> None:
    """A new API token."""
    connection.execute(insert(api_token).values(token_hash=token_hash, account=name, label=label, created_at=now))


def revoke(connection: Connection, table: Table, token_hash: str, now: datetime) -> None:
    """End a session or a token."""
    connection.execute(update(table).where(table.c.token_hash == token_hash).values(revoked_at=now))


def forget_expired(connection: Connection, before: datetime) -> None:
    """Remove sessions that ended before a time."""
    connection.execute(delete(session).where(session.c.expires_at < before))
