"""What the desk of supervision reads of matters: the delayed ones, those to dispatch, those to call back."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection, and_, func, or_, select

from matters.access import Scope
from matters.supervision import Thresholds
from store.schema import matter
from store.scoped import inside

MOST = 20_000  # delayed matters that are looked at; the open ones are few


def delayed(connection: Connection, scope: Scope, today: date, t: Thresholds) -> list[dict[str, Any]]:
    """Open matters past their limit, or that wait too long for acceptance or a first act; the longest past first."""
    past = matter.c.due_on <= today - timedelta(days=t.yellow)
    unaccepted = and_(matter.c.accepted_on.is_(None), matter.c.opened_on < today - timedelta(days=t.unaccepted))
    unhandled = and_(matter.c.accepted_on.is_not(None), matter.c.handled_on.is_(None), matter.c.accepted_on < today - timedelta(days=t.unhandled))
    query = select(matter).where(matter.c.is_open, or_(past, unaccepted, unhandled), inside(scope, matter))
    rows = connection.execute(query.order_by(matter.c.due_on, matter.c.code).limit(MOST)).mappings()
    return [dict(r) for r in rows]


def to_dispatch(connection: Connection, scope: Scope) -> int:
    """How many open matters are accepted and not yet dispatched."""
    query = select(func.count()).select_from(matter).where(matter.c.is_open, matter.c.stage == "accepted", inside(scope, matter))
    return int(connection.execute(query).scalar_one())


def to_call_back(connection: Connection, scope: Scope, since: date, limit: int) -> tuple[list[dict[str, Any]], int]:
    """Matters of the centres closed since a day that nobody has rated, the latest first, and how many there are.

    Found by their acceptance, which has an index; half a year is longer than nearly all take.
    """
    where = (matter.c.accepted_on >= since - timedelta(days=183), ~matter.c.is_open, matter.c.closed_on >= since, matter.c.satisfied.is_(None),
             matter.c.channel != "", inside(scope, matter))  # fmt: skip
    rows = connection.execute(select(matter).where(*where).order_by(matter.c.closed_on.desc(), matter.c.code).limit(limit)).mappings().all()
    found = [dict(r) for r in rows]
    if len(found) < limit:
        return found, len(found)
    return found, int(connection.execute(select(func.count()).select_from(matter).where(*where)).scalar_one())
