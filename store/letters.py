"""Warning letters: rows of the scope, steps, numbers without gaps. A step and its event are one transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, insert, select, text, update

from matters.access import Scope
from matters.letters import ANSWERING, ISSUED
from store import ids
from store.schema import letter, letter_event, matter
from store.scoped import inside

FIXED = ("content", "evidence", "title", "addressee", "colour", "kind", "category", "county_code", "town_code", "office", "number", "year",
         "serial", "digest", "issued_at")  # fmt: skip


class Conflict(Exception):
    """Somebody else changed it meanwhile; read it again and repeat the step."""


def _seen(scope: Scope) -> ColumnElement[bool]:
    """The city reads every letter; a county its own drafts and what was issued to its area; a township what was issued to it."""
    if scope.level == "city" or scope.owners:
        return inside(scope, letter)
    issued = inside(scope, letter) & letter.c.state.in_(ISSUED)
    return issued | ((letter.c.office == scope.county) & (letter.c.office != "")) if scope.level == "county" else issued


def find(connection: Connection, scope: Scope) -> list[dict[str, Any]]:
    """Letters of the scope without their texts, newest first."""
    columns = [c for c in letter.c if c.name not in ("content", "evidence")]
    query = select(*columns).where(_seen(scope)).order_by(func.coalesce(letter.c.issued_at, letter.c.drafted_at).desc(), letter.c.id.desc())
    return [dict(r) for r in connection.execute(query).mappings()]


def one(connection: Connection, scope: Scope, letter_id: int) -> dict[str, Any] | None:
    """One letter of the scope, whole."""
    found = connection.execute(select(letter).where(letter.c.id == letter_id, _seen(scope))).mappings().first()
    return dict(found) if found else None


def add(connection: Connection, values: Mapping[str, Any]) -> int:
    """A new draft; returns its id."""
    letter_id = ids.take(connection, "letter")
    connection.execute(insert(letter).values(**values, id=letter_id, version=1))
    return letter_id


def change(connection: Connection, letter_id: int, version: int, values: Mapping[str, Any]) -> None:
    """New values, if the version is still the reader's; else Conflict. Nothing that was issued is written again: ValueError."""
    this = (letter.c.id == letter_id) & (letter.c.version == version)
    fixed = sorted(set(values) & set(FIXED))
    if fixed:
        this &= letter.c.state.not_in(ISSUED)
    if connection.execute(update(letter).where(this).values(**values, version=version + 1)).rowcount:
        return
    state = connection.execute(select(letter.c.state).where(letter.c.id == letter_id)).scalar()
    if fixed and state in ISSUED:
        raise ValueError(f"letter {letter_id} is issued: {', '.join(fixed)} cannot change")
    raise Conflict("somebody else has taken a step meanwhile")


def take_serial(connection: Connection, office: str, year: int) -> int:
    """The next number of an office's year: the row of the counter is locked until the transaction ends, and rolls back with it."""
    name = f"letter:{office or 'city'}:{year}"
    connection.execute(text("INSERT INTO counter (name, value) VALUES (:name, 0) ON CONFLICT DO NOTHING"), {"name": name})
    return ids.take(connection, name)


def add_event(connection: Connection, letter_id: int, values: Mapping[str, Any]) -> int:
    """Append to the history of a letter; returns the event's id."""
    event_id = ids.take(connection, "letter_event")
    connection.execute(insert(letter_event).values(**values, id=event_id, letter_id=letter_id))
    return event_id


def events(connection: Connection, letter_id: int) -> list[dict[str, Any]]:
    """The history of a letter, oldest first."""
    query = select(letter_event).where(letter_event.c.letter_id == letter_id).order_by(letter_event.c.id)
    return [dict(r) for r in connection.execute(query).mappings()]


def overdue(connection: Connection, today: date) -> Sequence[dict[str, Any]]:
    """Letters whose reply is late and of which nobody was reminded today."""
    late = letter.c.state.in_(ANSWERING) & (letter.c.due_on < today) & (letter.c.reminded_on.is_(None) | (letter.c.reminded_on < today))
    return [dict(r) for r in connection.execute(select(letter.c.id, letter.c.version, letter.c.due_on, letter.c.reminders).where(late)).mappings()]


def remind(connection: Connection, letter_id: int, today: date) -> bool:
    """Count a reminder, once a day; False when there was one today or no reply is awaited. The version stays: nobody's writing is in its way."""
    this = (letter.c.id == letter_id) & letter.c.state.in_(ANSWERING) & (letter.c.reminded_on.is_(None) | (letter.c.reminded_on < today))
    values = {"reminded_on": today, "reminders": letter.c.reminders + 1}
    return bool(connection.execute(update(letter).where(this).values(values)).rowcount)


def daily(connection: Connection, category: str, first: date, last: date) -> list[tuple[date, str, str, int]]:
    """(day, county, township, matters accepted) of a category over the whole city, both days included: for comparing, never for showing."""
    keys = (matter.c.accepted_on, matter.c.county_code, matter.c.town_code)
    query = select(*keys, func.count()).where(matter.c.accepted_on.between(first, last), matter.c.category == category).group_by(*keys)
    return [(d, c, t, int(n)) for d, c, t, n in connection.execute(query)]
