"""Views that people kept, for themselves or for everybody of their area and what lies in it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, delete, func, insert, or_, select

from matters.access import Scope
from store import ids
from store.schema import saved_view


def offered(connection: Connection, scope: Scope) -> list[dict[str, Any]]:
    """One's own views and those shared with one's area, own ones first, each group by name."""
    above = [saved_view.c.county_code == ""]
    if scope.county:
        above.append(and_(saved_view.c.county_code == scope.county, saved_view.c.town_code.in_(("", scope.town))))
    query = select(saved_view).where(or_(saved_view.c.owner == scope.user, and_(saved_view.c.shared, or_(*above))))
    rows = [dict(r) for r in connection.execute(query).mappings()]
    return sorted(rows, key=lambda r: (r["owner"] != scope.user, r["name"], r["id"]))


def held(connection: Connection, owner: str, but: str) -> int:
    """How many views somebody keeps, but for one of that name."""
    return int(connection.execute(select(func.count()).where(saved_view.c.owner == owner, saved_view.c.name != but)).scalar_one())


def put(connection: Connection, scope: Scope, name: str, query: str, shared: bool, now: datetime) -> int:
    """Keep a view under a name; one of the same name and owner gives way."""
    connection.execute(delete(saved_view).where(saved_view.c.owner == scope.user, saved_view.c.name == name))
    view_id = ids.take(connection, "saved_view")
    connection.execute(insert(saved_view).values(id=view_id, owner=scope.user, name=name, query=query, shared=shared,
                                                 county_code=scope.county, town_code=scope.town, made_at=now))  # fmt: skip
    return view_id


def drop(connection: Connection, owner: str, view_id: int) -> bool:
    """Let go of one's own view; False when there is none of that id."""
    return bool(connection.execute(delete(saved_view).where(saved_view.c.id == view_id, saved_view.c.owner == owner)).rowcount)
