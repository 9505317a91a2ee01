"""The directory of centres with its history. A change and its event are one transaction; the event's number is the lock."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, case, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from matters.access import Scope
from store.schema import area, centre, centre_event
from store.scoped import inside


class Conflict(Exception):
    """Somebody else changed it meanwhile; read it again and repeat the change."""


def mark(connection: Connection) -> int:
    """A number that changes with every change of the directory."""
    return int(connection.execute(select(func.count()).select_from(centre_event)).scalar_one())


def rows(connection: Connection, scope: Scope) -> list[dict[str, Any]]:
    """Centres of the areas in the scope, with their area's level and county; by level and position."""
    placed = (
        select(centre, area.c.level, area.c.county_code, area.c.position, area.c.lon, area.c.lat, _town().label("town_code"))
        .join(area, area.c.code == centre.c.area_code).subquery()
    )  # fmt: skip
    query = select(placed).where(inside(scope, placed)).order_by(placed.c.position, placed.c.area_code)
    return [dict(r) for r in connection.execute(query).mappings()]


def _town() -> Any:
    return case((area.c.level == "township", area.c.code), else_="")


def version(connection: Connection, area_code: str) -> int:
    """How often a centre has been changed."""
    found = connection.execute(select(func.max(centre_event.c.version)).where(centre_event.c.area_code == area_code)).scalar_one()
    return int(found or 0)


def events(connection: Connection, area_code: str) -> list[dict[str, Any]]:
    """The changes of a centre, oldest first."""
    query = select(centre_event).where(centre_event.c.area_code == area_code).order_by(centre_event.c.version)
    return [dict(r) for r in connection.execute(query).mappings()]


def put(connection: Connection, area_code: str, seen: int, values: Mapping[str, Any] | None, event: Mapping[str, Any]) -> None:
    """Write a centre's row (None: take it away) and the event of it, if nobody has changed it since version `seen`; else Conflict."""
    if version(connection, area_code) != seen:
        raise Conflict("somebody else has changed the centre meanwhile")
    try:
        connection.execute(insert(centre_event).values(**event, area_code=area_code, version=seen + 1))
    except IntegrityError as error:
        raise Conflict("somebody else has changed the centre meanwhile") from error
    if values is None:
        connection.execute(centre.delete().where(centre.c.area_code == area_code))
    elif not connection.execute(update(centre).where(centre.c.area_code == area_code).values(**values)).rowcount:
        connection.execute(insert(centre).values(**values, area_code=area_code))


def stamp(act: str, scope: Scope, why: str, at: datetime, before: Any, after: Any) -> dict[str, Any]:
    """The columns of an event."""
    return {"act": act, "at": at, "by": scope.user, "role": scope.role, "why": why, "before": before, "after": after}
