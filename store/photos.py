"""Photos of inspections: their lines in the store. Who may see one is who may see its listing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, func, insert, select

from store import ids
from store.schema import listing_photo


def add(connection: Connection, values: Mapping[str, Any]) -> int:
    """Keep a photo's line; returns its id."""
    photo = ids.take(connection, "listing_photo")
    connection.execute(insert(listing_photo).values(**values, id=photo))
    return photo


def of_listing(connection: Connection, listing_id: int) -> list[dict[str, Any]]:
    """Photos of a listing, oldest first."""
    query = select(listing_photo).where(listing_photo.c.listing_id == listing_id).order_by(listing_photo.c.id)
    return [dict(r) for r in connection.execute(query).mappings()]


def one(connection: Connection, photo: int) -> dict[str, Any] | None:
    """One photo's line."""
    found = connection.execute(select(listing_photo).where(listing_photo.c.id == photo)).mappings().first()
    return dict(found) if found else None


def count(connection: Connection, event: int) -> int:
    """How many an inspection has."""
    query = select(func.count()).select_from(listing_photo).where(listing_photo.c.event_id == event)
    return int(connection.execute(query).scalar_one())
