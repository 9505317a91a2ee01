"""What the desk of supervision reads of matters: the delayed ones, those to dispatch, those to call back."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection, func, select, text

from matters.access import Scope
from matters.supervision import Thresholds
from store.schema import WAITING, matter
from store.schema.base import UNCALLED
from store.scoped import inside

MOST = 20_000  # delayed matters that are looked at; the open ones are few
_OPEN = text("is_open")  # as the small indexes of open matters say it
_HEAD = tuple(matter.c[n] for n in ("id", "code", "version", "title", "category", "county_code", "town_code", "owner", "stage", "is_open",
                                    "opened_on", "accepted_on", "handled_on", "due_on", "closed_on"))  # fmt: skip


def delayed(connection: Connection, scope: Scope, today: date, t: Thresholds) -> list[dict[str, Any]]:
    """Open matters past their limit, and those that wait for acceptance or a first act; the longest past first.

    Two questions, as the two small indexes are made: the words of their conditions are those of the indexes.
    """
    past = (_OPEN, matter.c.due_on <= today - timedelta(days=t.yellow), inside(scope, matter))
    # Always true, and it leads SQLite to the index of those that wait; which of them wait too long the rules say.
    waits = (text(f"({WAITING})"), matter.c.county_code >= "", inside(scope, matter))
    found: dict[int, dict[str, Any]] = {}
    for where, order in ((past, (matter.c.due_on, matter.c.code)), (waits, (matter.c.county_code, matter.c.town_code, matter.c.code))):
        query = select(*_HEAD).where(*where).order_by(*order).limit(MOST)
        found |= {r["id"]: dict(r) for r in connection.execute(query).mappings()}
    return list(found.values())


def to_dispatch(connection: Connection, scope: Scope) -> int:
    """How many open matters are accepted and not yet dispatched."""
    query = select(func.count()).select_from(matter).where(_OPEN, matter.c.stage == "accepted", inside(scope, matter))
    return int(connection.execute(query).scalar_one())


def to_call_back(connection: Connection, scope: Scope, since: date, limit: int) -> tuple[list[dict[str, Any]], int]:
    """Matters of the centres closed since a day that nobody has rated, the latest first, and how many there are."""
    where = (text(f"({UNCALLED})"), matter.c.closed_on >= since, inside(scope, matter))
    rows = connection.execute(select(*_HEAD).where(*where).order_by(matter.c.closed_on.desc(), matter.c.code).limit(limit)).mappings().all()
    found = [dict(r) for r in rows]
    if len(found) < limit:
        return found, len(found)
    return found, int(connection.execute(select(func.count()).select_from(matter).where(*where)).scalar_one())
