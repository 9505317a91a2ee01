"""Listings (挂牌整治) and their history, and the audit trail. A step and its event are one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from matters.access import Scope
from store import ids
from store.chunks import chunks
from store.schema import audit, listing, listing_event
from store.scoped import inside


class Conflict(Exception):
    """Somebody else changed it meanwhile; read it again and repeat the step."""


def all_listings(connection: Connection, scope: Scope) -> list[dict[str, Any]]:
    """Listings in the scope, the newest number first. City-wide trades are seen by everybody."""
    city_wide = (listing.c.county_code == "") & (listing.c.subject == "trade")
    query = select(listing).where(inside(scope, listing) | city_wide).order_by(listing.c.listed_on, listing.c.id)
    return [dict(r) for r in connection.execute(query).mappings()]


def one(connection: Connection, scope: Scope, listing_id: int) -> dict[str, Any] | None:
    """One listing in the scope."""
    return next((r for r in all_listings(connection, scope) if r["id"] == listing_id), None)


def events(connection: Connection, listing_id: int) -> list[dict[str, Any]]:
    """The history of a listing, oldest first."""
    query = select(listing_event).where(listing_event.c.listing_id == listing_id).order_by(listing_event.c.at, listing_event.c.id)
    return [dict(r) for r in connection.execute(query).mappings()]


def events_of(connection: Connection, listing_ids: Sequence[int]) -> dict[int, list[dict[str, Any]]]:
    """The histories of some listings by their ids, each as events() gives it."""
    out: dict[int, list[dict[str, Any]]] = {i: [] for i in listing_ids}
    query = select(listing_event).order_by(listing_event.c.at, listing_event.c.id)
    for part in chunks(listing_ids):
        for row in connection.execute(query.where(listing_event.c.listing_id.in_(part))).mappings():
            out[row["listing_id"]].append(dict(row))
    return out


def add(connection: Connection, values: dict[str, Any], event: dict[str, Any]) -> int:
    """A new listing with its first event."""
    listing_id = ids.take(connection, "listing")
    connection.execute(insert(listing).values(**values, id=listing_id, version=1))
    add_event(connection, listing_id, event)
    return listing_id


def change(connection: Connection, listing_id: int, version: int, values: dict[str, Any], event: dict[str, Any]) -> None:
    """Take a step: the new values and its event, if the version is still the reader's; else Conflict."""
    this = (listing.c.id == listing_id) & (listing.c.version == version)
    if not connection.execute(update(listing).where(this).values(**values, version=version + 1)).rowcount:
        raise Conflict("somebody else has taken a step meanwhile")
    add_event(connection, listing_id, event)


def add_event(connection: Connection, listing_id: int, event: dict[str, Any]) -> None:
    """Append to the history."""
    connection.execute(insert(listing_event).values(**event, id=ids.take(connection, "listing_event"), listing_id=listing_id))


def numbers_of_year(connection: Connection, year: int) -> int:
    """How many listings have taken a number in a year."""
    span = listing.c.listed_on.between(date(year, 1, 1), date(year, 12, 31))
    query = select(func.count()).select_from(listing).where(listing.c.number != "", span)
    return int(connection.execute(query).scalar_one())


def note(connection: Connection, account: str, act: str, detail: dict[str, Any], now: datetime) -> None:
    """A line of the audit trail."""
    connection.execute(insert(audit).values(id=ids.take(connection, "audit"), at=now, account=account, act=act, detail=detail))
