"""The rollups of a moment: made once, when somebody first asks, and never changed after.

A moment's rollups are those of now, less what the matters that changed since add to them, plus what they added then. Where most
of the matters have changed since, they are computed from the matters as they stood. The least used moments make room.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Connection, delete, func, insert, select, union, union_all, update

from matters.indicators import MEASURES
from store import ids
from store.bulk import insert_many
from store.rollups import KEYS, Deltas, contributions, grouped, rolled_on
from store.schema import filing, filing_was, matter, matter_was, moment, rollup, rollup_at

KEPT = 6  # moments; each has as many rows as the rollups
TOUCH = timedelta(minutes=10)  # a moment's last use is noted this exactly
_NEEDED = ("id", "county_code", "town_code", "category", "source", "accepted_on", "record_count", "is_open", "due_on",
           "closed_on", "outcome", "satisfied", "escalated", "litigated", "mediation")  # fmt: skip
_NAMES = (*KEYS, *MEASURES)


class NoMoment(LookupError):
    """The rollups of this moment are not there (any more): make them, then ask again."""


class Moment(NamedTuple):
    """A moment whose rollups are kept; past_limit holds for its day."""

    id: int
    at: datetime
    day: date
    used_at: datetime


def find(connection: Connection, at: datetime) -> Moment | None:
    """The kept moment, or None."""
    row = connection.execute(select(moment.c.id, moment.c.at, moment.c.day, moment.c.used_at).where(moment.c.at == at)).first()
    return Moment._make(row) if row is not None else None


def require(connection: Connection, at: datetime) -> Moment:
    """The kept moment; NoMoment. To be asked in the transaction that reads its rollups, so that they cannot go in between."""
    found = find(connection, at)
    if found is None:
        raise NoMoment(at.isoformat())
    return found


def newest(connection: Connection) -> Moment | None:
    """The moment made last."""
    row = connection.execute(select(moment.c.id, moment.c.at, moment.c.day, moment.c.used_at).order_by(moment.c.id.desc()).limit(1)).first()
    return Moment._make(row) if row is not None else None


def touch(connection: Connection, found: Moment, now: datetime) -> None:
    """Note that a moment is being used."""
    connection.execute(update(moment).where(moment.c.id == found.id).values(used_at=now))


def make(connection: Connection, at: datetime, now: datetime, by_difference: bool | None = None) -> Moment:
    """Make the rollups of a settled moment (store.clock.settle), in a writing transaction that sees one state of the store.

    `by_difference` None takes the shorter way. Raises IntegrityError when another process makes the same moment.
    """
    made = Moment(ids.take(connection, "moment"), at, at.date(), now)
    connection.execute(insert(moment).values(id=made.id, at=at, day=made.day, made_at=now, used_at=now))
    changed = _changed(at)
    if by_difference is None:
        count = connection.execute(select(func.count()).select_from(changed)).scalar_one()
        by_difference = 2 * count < connection.execute(select(func.count()).select_from(matter)).scalar_one()
    if by_difference:
        _copy(connection, made.id)
        _add(connection, made.id, _difference(connection, made, changed))
    else:
        _insert(connection, made.id, truth(connection, at))
    _make_room(connection, made.id)
    return made


def forget(connection: Connection, but: Iterable[int] = ()) -> None:
    """Drop kept moments, all but some; whoever asks for one gets it made again."""
    kept = list(but)
    for table, column in ((rollup_at, rollup_at.c.moment_id), (moment, moment.c.id)):
        connection.execute(delete(table).where(column.not_in(kept)) if kept else delete(table))


def _make_room(connection: Connection, mine: int) -> None:
    latest = connection.execute(select(moment.c.id).where(moment.c.id != mine).order_by(moment.c.used_at.desc(), moment.c.id.desc())).scalars().all()
    if len(latest) >= KEPT:
        forget(connection, [mine, *latest[: KEPT - 1]])


def matter_at(at: datetime) -> Any:
    """The matters as they stood, as a subquery with the columns of the rollups."""
    now = select(*(matter.c[n] for n in _NEEDED)).where(matter.c.changed_at <= at)
    then = select(*(matter_was.c[n] for n in _NEEDED)).where(matter_was.c.until > at, matter_was.c.since <= at)
    return union_all(now, then).subquery("m")


def _filing_at(at: datetime) -> Any:
    now = select(filing.c.matter_id, filing.c.filed_on).where(filing.c.since <= at)
    then = select(filing_was.c.matter_id, filing_was.c.filed_on).where(filing_was.c.until > at, filing_was.c.since <= at)
    return union_all(now, then).subquery("f")


def _changed(at: datetime) -> Any:
    """Ids of the matters that stood otherwise, or whose filings did."""
    return union(
        select(matter.c.id).where(matter.c.changed_at > at),
        select(matter_was.c.id).where(matter_was.c.until > at, matter_was.c.since <= at),
        select(filing.c.matter_id).where(filing.c.since > at),
        select(filing_was.c.matter_id).where(filing_was.c.until > at, filing_was.c.since <= at),
    ).subquery("changed")


def truth(connection: Connection, at: datetime) -> Deltas:
    """Everything that the matters as they stood add to the rollups: the slow way."""
    return _contributed(connection, matter_at(at), _filing_at(at), None, at.date(), 1)


def _contributed(connection: Connection, matters: Any, filings: Any, ids_of: Any, day: date, sign: int) -> Deltas:
    some, filed = select(*(matters.c[n] for n in _NEEDED)), select(filings.c.matter_id, filings.c.filed_on)
    if ids_of is not None:
        some, filed = some.where(matters.c.id.in_(ids_of)), filed.where(filings.c.matter_id.in_(ids_of))
    rows = [dict(r) for r in connection.execute(some).mappings()]
    return contributions(rows, [(r.matter_id, r.filed_on) for r in connection.execute(filed)], day, sign)


def _difference(connection: Connection, made: Moment, changed: Any) -> Deltas:
    """What to add to the rollups of now to get those of then."""
    today, ids_of = rolled_on(connection) or made.day, select(changed)
    out = _contributed(connection, matter_at(made.at), _filing_at(made.at), ids_of, made.day, 1)
    out += _contributed(connection, matter, filing, ids_of, today, -1)
    first, last = sorted((today, made.day))
    turned = select(*(matter.c[n] for n in _NEEDED)).where(
        matter.c.is_open, matter.c.due_on >= first, matter.c.due_on < last, matter.c.id.not_in(ids_of)
    )
    rows = [dict(r) for r in connection.execute(turned).mappings()]
    return out + contributions(rows, [], today, -1) + contributions(rows, [], made.day)


def _copy(connection: Connection, moment_id: int) -> None:
    some = " OR ".join(f"{m} <> 0" for m in MEASURES)
    names = ", ".join(_NAMES)
    connection.exec_driver_sql(f"INSERT INTO rollup_at (moment_id, {names}) SELECT {int(moment_id)}, {names} FROM rollup WHERE {some}")


def _insert(connection: Connection, moment_id: int, deltas: Deltas) -> None:
    for columns in grouped(deltas) if len(deltas.days) else ():
        rows = zip(*columns, strict=True)
        insert_many(connection, rollup_at, [{"moment_id": moment_id, **dict(zip(_NAMES, row, strict=True))} for row in rows])


def _add(connection: Connection, moment_id: int, deltas: Deltas) -> None:
    """Add differences to a moment that is being made."""
    keys, sets = ", ".join(("moment_id", *KEYS)), ", ".join(f"{m} = rollup_at.{m} + excluded.{m}" for m in MEASURES)
    head, tail = f"INSERT INTO rollup_at (moment_id, {', '.join(_NAMES)})", f"ON CONFLICT ({keys}) DO UPDATE SET {sets}"
    postgresql = connection.dialect.name == "postgresql"
    for columns in grouped(deltas) if len(deltas.days) else ():
        if not columns[0]:
            continue
        if postgresql:
            types = [str(rollup.c[n].type.compile(connection.dialect)) for n in _NAMES]
            arrays = ", ".join(f"%({n})s::{kind}[]" for n, kind in zip(_NAMES, types, strict=True))
            statement = f"{head} SELECT {int(moment_id)}, u.* FROM unnest({arrays}) AS u {tail}"
            connection.exec_driver_sql(statement, dict(zip(_NAMES, columns, strict=True)))
        else:
            marks = ", ".join("?" * len(_NAMES))
            connection.exec_driver_sql(f"{head} VALUES ({int(moment_id)}, {marks}) {tail}", list(zip(*columns, strict=True)))


def compare(connection: Connection, found: Moment) -> int:
    """How many rows of a kept moment differ from a fresh computation."""
    size, at = len(KEYS), truth(connection, found.at)
    rows = connection.execute(select(*(rollup_at.c[n] for n in _NAMES)).where(rollup_at.c.moment_id == found.id))
    kept = {tuple(r)[:size]: tuple(r)[size:] for r in rows if any(tuple(r)[size:])}
    fresh = {row[:size]: row[size:] for columns in (grouped(at) if len(at.days) else ()) for row in zip(*columns, strict=True)}
    return sum(kept.get(key) != fresh.get(key) for key in kept.keys() | fresh.keys())
