"""Assessment: versions of the rules, merits and demerits, index figures from outside."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from matters.access import Scope
from store import ids
from store.schema import assessment_mark as mark
from store.schema import assessment_rules as rules
from store.schema import outside_index as index
from store.scoped import inside


class Conflict(Exception):
    """Somebody else changed it meanwhile; read it again and repeat the step."""


def versions(connection: Connection) -> list[dict[str, Any]]:
    """All versions of the rules, the oldest first."""
    return [dict(r) for r in connection.execute(select(rules).order_by(rules.c.version)).mappings()]


def newest(connection: Connection) -> tuple[int, str]:
    """Number and digest of the newest version; 0 and '' when there is none."""
    found = connection.execute(select(rules.c.version, rules.c.digest).order_by(rules.c.version.desc()).limit(1)).first()
    return (int(found[0]), str(found[1])) if found else (0, "")


def add_version(connection: Connection, values: Mapping[str, Any]) -> None:
    """Keep a version; Conflict when somebody else has just kept one under that number."""
    try:
        connection.execute(insert(rules).values(**values))
    except IntegrityError as error:
        raise Conflict("somebody else has kept this version meanwhile") from error


def _of_unit(county: str, town: str, agency: str) -> ColumnElement[bool]:
    return and_(mark.c.county_code == county, mark.c.town_code == town, mark.c.agency == agency)


def marks(connection: Connection, scope: Scope, start: date, end: date) -> list[dict[str, Any]]:
    """Merits and demerits of days from start to end that the scope covers, withdrawn ones too, the newest first.

    Those of the city's departments are in the city's scope only.
    """
    query = select(mark).where(inside(scope, mark), mark.c.day.between(start, end))
    return [dict(r) for r in connection.execute(query.order_by(mark.c.day.desc(), mark.c.id.desc())).mappings()]


def one_mark(connection: Connection, scope: Scope, mark_id: int) -> dict[str, Any] | None:
    """One mark in the scope."""
    found = connection.execute(select(mark).where(mark.c.id == mark_id, inside(scope, mark))).mappings().first()
    return dict(found) if found else None


def seen(connection: Connection, county: str, town: str, agency: str) -> int:
    """How often the marks of a unit have been changed: the number that guards against two people marking at once."""
    query = select(func.count(), func.count(mark.c.withdrawn_at)).where(_of_unit(county, town, agency))
    made, withdrawn = connection.execute(query).one()
    return int(made) + int(withdrawn)


def add_mark(connection: Connection, version: int, values: Mapping[str, Any]) -> int:
    """A new mark, if the unit's marks are still those the writer saw; else Conflict."""
    mark_id = ids.take(connection, "assessment_mark")  # its row is held until the end: marks of a moment come one after the other
    if seen(connection, values["county_code"], values["town_code"], values["agency"]) != version:
        raise Conflict("somebody else has marked this unit meanwhile")
    connection.execute(insert(mark).values(**values, id=mark_id))
    return mark_id


def withdraw(connection: Connection, mark_id: int, at: datetime, by: str, why: str) -> None:
    """Take a mark back; Conflict when it is taken back already."""
    this = (mark.c.id == mark_id) & mark.c.withdrawn_at.is_(None)
    if not connection.execute(update(mark).where(this).values(withdrawn_at=at, withdrawn_by=by, withdrawn_why=why)).rowcount:
        raise Conflict("somebody else has withdrawn this mark meanwhile")


def figures(connection: Connection, counties: Sequence[str], end: date, at: datetime | None = None) -> list[dict[str, Any]]:
    """Index figures that end by a day, of the city ('') and of the given counties, the newest period first; `at`: known by then."""
    query = select(index).where(index.c.ends_on <= end, index.c.county_code.in_(["", *counties]))
    if at is not None:
        query = query.where(index.c.at <= at)
    order = (index.c.ends_on.desc(), index.c.starts_on.desc(), index.c.name, index.c.county_code)
    return [dict(r) for r in connection.execute(query.order_by(*order)).mappings()]


def bring(connection: Connection, rows: Sequence[Mapping[str, Any]], now: datetime, by: str) -> dict[str, int]:
    """Take index figures over: {new, changed, unchanged}. One figure is name, area and period."""
    counts = {"new": 0, "changed": 0, "unchanged": 0}
    known = {_key(r): dict(r) for r in connection.execute(select(index).where(or_(*(index.c.name == n for n in {r["name"] for r in rows})))).mappings()}
    for row in rows:
        old = known.get(_key(row))
        if old is None:
            connection.execute(insert(index).values(**row, id=ids.take(connection, "outside_index"), at=now, by=by))
            known[_key(row)] = dict(row)
            counts["new"] += 1
        elif all(old[k] == v for k, v in row.items()):
            counts["unchanged"] += 1
        else:
            connection.execute(update(index).where(index.c.id == old["id"]).values(**row, at=now, by=by))
            counts["changed"] += 1
    return counts


def _key(row: Mapping[Any, Any]) -> tuple[Any, ...]:
    return (row["name"], row["county_code"], row["starts_on"], row["ends_on"])
