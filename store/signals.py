"""Signals: the counts that a run reads, what it found, what people did."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, func, insert, select, update

from matters.access import Scope
from store import ids
from store.schema import (
    data_version,
    group_member,
    matter,
    matter_group,
    record,
    signal,
    signal_event,
    signal_run,
    signal_seen,
)
from store.scoped import inside


class Conflict(Exception):
    """Somebody else changed it meanwhile; read it again and repeat the step."""


class Cell(NamedTuple):
    """Matters accepted on a day in one township ('' = known to the county or the city only) and category."""

    day: date
    county: str
    town: str
    category: str
    cases: int


def daily(connection: Connection, scope: Scope, first: date, last: date) -> list[Cell]:
    """Counts of matters by day of acceptance, both days included. No rollup keeps this grain (docs/decisions/0002), and a run comes once a day."""
    keys = (matter.c.accepted_on, matter.c.county_code, matter.c.town_code, matter.c.category)
    query = select(*keys, func.count()).where(matter.c.accepted_on.between(first, last), inside(scope, matter)).group_by(*keys)
    return [Cell(*row) for row in connection.execute(query)]


def learned(connection: Connection, scope: Scope, first: date, last: date) -> list[tuple[date, datetime]]:
    """Each matter accepted in the days with the moment when the store first heard of it."""
    query = (
        select(matter.c.accepted_on, func.min(record.c.first_learned_at)).join(record, record.c.matter_id == matter.c.id)
        .where(matter.c.accepted_on.between(first, last), inside(scope, matter)).group_by(matter.c.id, matter.c.accepted_on)
    )  # fmt: skip
    return [(day, at) for day, at in connection.execute(query)]


def told_by(connection: Connection, scope: Scope, first: date, last: date) -> list[tuple[str, str, int]]:
    """(category, agency that told first, matters) of the days."""
    keys = (matter.c.category, matter.c.first_agency)
    query = select(*keys, func.count()).where(matter.c.accepted_on.between(first, last), inside(scope, matter)).group_by(*keys)
    return [(c, a, int(n)) for c, a, n in connection.execute(query)]


class Row(NamedTuple):
    """One matter behind a signal, without anything about people."""

    id: int
    code: str
    town: str
    village: str
    agencies: int
    subcategory: str | None


def behind(connection: Connection, scope: Scope, county: str, towns: Sequence[str], category: str, first: date, last: date) -> list[Row]:
    """The matters of a category in an area (towns, else the county, else the city) accepted in the days, by code."""
    m = matter.c
    query = select(m.id, m.code, m.town_code, m.village_code, m.agencies, m.subcategory).where(
        m.category == category, m.accepted_on.between(first, last), inside(scope, matter)
    )
    if towns:
        query = query.where(m.town_code.in_(towns))
    if county:
        query = query.where(m.county_code == county)
    return [Row(*row) for row in connection.execute(query.order_by(m.code))]


def objects(connection: Connection, matters: Sequence[int]) -> list[tuple[int, str, int]]:
    """(group, its name, how many of these matters) of groups about one object, most first; dissolved ones left out."""
    if not matters:
        return []
    name = func.coalesce(func.nullif(matter_group.c.name, ""), matter_group.c.object)
    count = func.count(func.distinct(record.c.matter_id))
    query = (
        select(matter_group.c.id, name, count).select_from(group_member).join(matter_group, matter_group.c.id == group_member.c.group_id)
        .join(record, record.c.id == group_member.c.record_id)
        .where(record.c.matter_id.in_(matters[:5_000]), group_member.c.out == "", matter_group.c.state != "dissolved")
        .group_by(matter_group.c.id, name).order_by(count.desc(), matter_group.c.id)
    )  # fmt: skip
    return [(i, str(n), int(c)) for i, n, c in connection.execute(query)]


def version(connection: Connection) -> int:
    """The store's data version; 0 for an empty store."""
    return int(connection.execute(select(data_version.c.version)).scalar() or 0)


def add_run(connection: Connection, values: Mapping[str, Any]) -> int:
    """Keep a run; returns its id."""
    run_id = ids.take(connection, "signal_run")
    connection.execute(insert(signal_run).values(**values, id=run_id))
    return run_id


def latest_run(connection: Connection) -> dict[str, Any] | None:
    """The newest run."""
    found = connection.execute(select(signal_run).order_by(signal_run.c.id.desc()).limit(1)).mappings().first()
    return dict(found) if found else None


def find(connection: Connection, scope: Scope, since: date | None = None, only: Sequence[int] | None = None) -> list[dict[str, Any]]:
    """Signals of the scope, those last found on or after a week, by rank."""
    query = select(signal).where(inside(scope, signal)).order_by(signal.c.last_week.desc(), signal.c.rank, signal.c.id)
    if since is not None:
        query = query.where(signal.c.last_week >= since)
    if only is not None:
        query = query.where(signal.c.id.in_(only))
    return [dict(r) for r in connection.execute(query).mappings()]


def add(connection: Connection, values: Mapping[str, Any]) -> int:
    """A new signal; returns its id."""
    signal_id = ids.take(connection, "signal")
    connection.execute(insert(signal).values(**values, id=signal_id, version=1))
    return signal_id


def change(connection: Connection, signal_id: int, version: int | None, values: Mapping[str, Any]) -> None:
    """New values, if the version is still the reader's (None: a run, which leaves the version alone); else Conflict."""
    this = signal.c.id == signal_id
    step = {} if version is None else {"version": signal.c.version + 1}
    if version is not None:
        this &= signal.c.version == version
    if not connection.execute(update(signal).where(this).values(**values, **step)).rowcount:
        raise Conflict("somebody else has changed the signal meanwhile")


def saw(connection: Connection, signal_id: int, run_id: int, evidence: Mapping[str, Any]) -> None:
    """Keep what a run said of a signal."""
    connection.execute(insert(signal_seen).values(signal_id=signal_id, run_id=run_id, evidence=evidence))


def seen(connection: Connection, signal_id: int) -> list[tuple[int, date, datetime, dict[str, Any]]]:
    """(run, its week, its moment, what it said) of a signal, newest first."""
    query = (
        select(signal_seen.c.run_id, signal_run.c.week, signal_run.c.at, signal_seen.c.evidence)
        .join(signal_run, signal_run.c.id == signal_seen.c.run_id).where(signal_seen.c.signal_id == signal_id).order_by(signal_run.c.id.desc())
    )  # fmt: skip
    return [tuple(row) for row in connection.execute(query)]  # type: ignore[misc]


def add_event(connection: Connection, signal_id: int, values: Mapping[str, Any]) -> int:
    """Append to the history of a signal."""
    event_id = ids.take(connection, "signal_event")
    connection.execute(insert(signal_event).values(**values, id=event_id, signal_id=signal_id))
    return event_id


def events(connection: Connection, signals: Sequence[int]) -> dict[int, list[dict[str, Any]]]:
    """The histories of signals, oldest first."""
    found: dict[int, list[dict[str, Any]]] = {i: [] for i in signals}
    query = select(signal_event).where(signal_event.c.signal_id.in_(signals)).order_by(signal_event.c.id)
    for row in connection.execute(query).mappings() if signals else ():
        found[row["signal_id"]].append(dict(row))
    return found
