"""Frozen meetings and their decisions. What was frozen is written once; the agenda and the decisions under a version."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, insert, or_, select, update

from matters.access import Scope
from store import ids
from store.listings import Conflict
from store.schema import meeting, meeting_decision
from store.scoped import inside

_HEAD = [c for c in meeting.c if c.name not in ("body", "agenda")]


def add(connection: Connection, values: Mapping[str, Any]) -> int:
    """Keep a frozen meeting; its id."""
    made = ids.take(connection, "meeting")
    connection.execute(insert(meeting).values(**values, id=made, version=1))
    return made


def everything(connection: Connection, scope: Scope) -> list[dict[str, Any]]:
    """The meetings inside the scope, newest first, without their bodies."""
    query = select(*_HEAD).where(inside(scope, meeting)).order_by(meeting.c.frozen_at.desc(), meeting.c.id.desc())
    return [dict(r) for r in connection.execute(query).mappings()]


def one(connection: Connection, scope: Scope, meeting_id: int) -> dict[str, Any] | None:
    """One meeting in full."""
    row = connection.execute(select(meeting).where(meeting.c.id == meeting_id, inside(scope, meeting))).mappings().first()
    return dict(row) if row else None


def last(connection: Connection, place: tuple[str, str], kind: str) -> dict[str, Any] | None:
    """The latest meeting of a place of that kind, without its body."""
    query = select(*_HEAD).where(_of(meeting, place), meeting.c.kind == kind).order_by(meeting.c.frozen_at.desc(), meeting.c.id.desc())
    row = connection.execute(query.limit(1)).mappings().first()
    return dict(row) if row else None


def held(connection: Connection, place: tuple[str, str], kind: str, days: tuple[date, date]) -> bool:
    """Whether a period of a place was frozen already."""
    m = meeting
    query = select(m.c.id).where(_of(m, place), m.c.kind == kind, m.c.window_start == days[0], m.c.window_end == days[1])
    return connection.execute(query.limit(1)).first() is not None


def issue(connection: Connection, meeting_id: int, kind: str, frozen_at: datetime) -> tuple[int, int]:
    """How many meetings of its place and kind had been frozen up to one (several are frozen at once after an outage): in that year, and ever."""
    county, town = connection.execute(select(meeting.c.county_code, meeting.c.town_code).where(meeting.c.id == meeting_id)).one()
    first = frozen_at.replace(month=1, day=1, hour=0, minute=0, second=0, microsecond=0)
    mine = select(func.count()).where(_of(meeting, (county, town)), meeting.c.kind == kind,
                                     or_(meeting.c.frozen_at < frozen_at, (meeting.c.frozen_at == frozen_at) & (meeting.c.id <= meeting_id)))  # fmt: skip
    return int(connection.execute(mine.where(meeting.c.frozen_at >= first)).scalar_one()), int(connection.execute(mine).scalar_one())


def _of(table: Any, place: tuple[str, str]) -> ColumnElement[bool]:
    return (table.c.county_code == place[0]) & (table.c.town_code == place[1])


def arrange(connection: Connection, meeting_id: int, version: int, agenda: str) -> None:
    """A new agenda, if the version is still the reader's; else Conflict."""
    this = (meeting.c.id == meeting_id) & (meeting.c.version == version)
    if not connection.execute(update(meeting).where(this).values(agenda=agenda, version=version + 1)).rowcount:
        raise Conflict("somebody else has changed the agenda meanwhile")


def decide(connection: Connection, values: Mapping[str, Any]) -> int:
    """Keep a decision; its id."""
    made = ids.take(connection, "meeting_decision")
    connection.execute(insert(meeting_decision).values(**values, id=made, version=1))
    return made


def decision(connection: Connection, scope: Scope, decision_id: int) -> dict[str, Any] | None:
    """One decision inside the scope."""
    query = select(meeting_decision).where(meeting_decision.c.id == decision_id, inside(scope, meeting_decision))
    row = connection.execute(query).mappings().first()
    return dict(row) if row else None


def close(connection: Connection, decision_id: int, version: int, values: Mapping[str, Any]) -> None:
    """Change a decision, if the version is still the reader's; else Conflict."""
    this = (meeting_decision.c.id == decision_id) & (meeting_decision.c.version == version)
    if not connection.execute(update(meeting_decision).where(this).values(**values, version=version + 1)).rowcount:
        raise Conflict("somebody else has changed the decision meanwhile")


def pending(connection: Connection, place: tuple[str, str], before: datetime, since: datetime | None) -> list[dict[str, Any]]:
    """Decisions of a place taken before a moment that were open then, or had been closed after `since`; oldest first."""
    d = meeting_decision
    open_then = or_(d.c.closed_at.is_(None), d.c.closed_at > before)
    closed_between = d.c.closed_at > since if since is not None else d.c.closed_at.is_not(None)
    query = select(d).where(_of(d, place), d.c.made_at < before, or_(open_then, closed_between)).order_by(d.c.made_at, d.c.id)
    return [dict(r) for r in connection.execute(query).mappings()]


def taken_at(connection: Connection, meeting_id: int) -> list[dict[str, Any]]:
    """The decisions of one meeting."""
    query = select(meeting_decision).where(meeting_decision.c.meeting_id == meeting_id).order_by(meeting_decision.c.id)
    return [dict(r) for r in connection.execute(query).mappings()]
