"""Groups of matters about one object: what the machine reads to find them, what it found, what people decided."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, bindparam, distinct, func, insert, or_, select, update

from matters.access import Scope
from matters.grouping import Told
from matters.objects import told_of
from store import ids
from store.schema import group_event, group_member, matter, matter_group, record
from store.scoped import inside


class Conflict(Exception):
    """Somebody else changed it meanwhile; read it again and repeat the step."""


def told(connection: Connection, since: date) -> list[Told]:
    """Matters that began on or after a day, each by the record whose code it bears, with the titles of all its records and what their texts name."""
    began = func.coalesce(matter.c.accepted_on, matter.c.opened_on)
    recent = or_(matter.c.accepted_on >= since, and_(matter.c.accepted_on.is_(None), matter.c.opened_on >= since))
    query = (
        select(matter.c.id, matter.c.code, matter.c.county_code, matter.c.town_code, matter.c.village_code, matter.c.category, began,
               record.c.id, record.c.code, record.c.title, record.c.summary)
        .join(record, record.c.matter_id == matter.c.id).where(recent, ~record.c.withdrawn)
    )  # fmt: skip
    found: dict[int, list[Any]] = {}
    for own, code, county, town, village, category, day, record_id, record_code, title, summary in connection.execute(query):
        kept = found.setdefault(own, [0, set(), county, town, village, category, day, set()])
        if record_code == code:
            kept[0] = record_id
        if title:
            kept[1].add(title)
        if about := told_of(summary or ""):
            kept[7].add(about)
    return [Told(k[0], tuple(sorted(k[1])), k[2], k[3], k[4], k[5], k[6], tuple(sorted(k[7]))) for k in found.values() if k[0] and k[1]]


def all_groups(connection: Connection) -> dict[int, dict[str, Any]]:
    """Every group, by id; whose matters may be seen is another question (`members`)."""
    return {r["id"]: dict(r) for r in connection.execute(select(matter_group)).mappings()}


def kept_members(connection: Connection) -> dict[int, dict[int, str]]:
    """Group → record → whether it was taken out, of all groups."""
    found: dict[int, dict[int, str]] = {}
    for group_id, record_id, out in connection.execute(select(group_member.c.group_id, group_member.c.record_id, group_member.c.out)):
        found.setdefault(group_id, {})[record_id] = out
    return found


def members(connection: Connection, scope: Scope, group_ids: Sequence[int] | None = None) -> list[Row[Any]]:
    """Members in the scope: a row a matter and group, with all columns of the matter, `record_id`, `likeness`, `added_at`, `out`, `group_id`."""
    columns = (group_member.c.group_id, group_member.c.record_id, group_member.c.likeness, group_member.c.added_at, group_member.c.out)
    query = (
        select(*columns, matter).select_from(group_member).join(record, record.c.id == group_member.c.record_id)
        .join(matter, matter.c.id == record.c.matter_id).where(inside(scope, matter), _of(group_ids))
        .order_by(group_member.c.group_id, group_member.c.record_id)
    )  # fmt: skip
    seen: dict[tuple[int, int], Row[Any]] = {}
    for row in connection.execute(query):
        key = (row.group_id, row.id)
        if key not in seen or (seen[key].out and not row.out):  # two members may have become one matter
            seen[key] = row
    return list(seen.values())


def sizes(connection: Connection, group_ids: Sequence[int] | None = None) -> dict[int, int]:
    """Matters of each group wherever they are: a count, nothing else."""
    query = (
        select(group_member.c.group_id, func.count(distinct(record.c.matter_id))).join(record, record.c.id == group_member.c.record_id)
        .where(group_member.c.out == "", record.c.matter_id.is_not(None), _of(group_ids)).group_by(group_member.c.group_id)
    )  # fmt: skip
    return {group_id: int(count) for group_id, count in connection.execute(query)}


def _of(group_ids: Sequence[int] | None) -> ColumnElement[bool]:
    return group_member.c.group_id.in_(group_ids) if group_ids is not None else group_member.c.group_id > 0


def add(connection: Connection, values: Mapping[str, Any], rows: Mapping[int, float], why: str, now: datetime) -> int:
    """A new group with its members (record → likeness)."""
    group_id = ids.take(connection, "matter_group")
    connection.execute(insert(matter_group).values(**values, id=group_id, version=1))
    join(connection, group_id, rows, why, now)
    return group_id


def join(connection: Connection, group_id: int, rows: Mapping[int, float], why: str, now: datetime) -> None:
    """More members for a group."""
    values = [{"group_id": group_id, "record_id": r, "likeness": near, "why": why, "added_at": now, "out": ""} for r, near in sorted(rows.items())]
    if values:
        connection.execute(insert(group_member), values)


def leave(connection: Connection, group_id: int, records: Sequence[int]) -> None:
    """Take members away that the machine no longer finds."""
    this = (group_member.c.group_id == group_id) & (group_member.c.record_id == bindparam("b_record"))
    if records:
        connection.execute(group_member.delete().where(this), [{"b_record": r} for r in records])


def mark(connection: Connection, group_id: int, record_id: int, out: str) -> bool:
    """Take a member out, or put it back; whether it was there."""
    this = (group_member.c.group_id == group_id) & (group_member.c.record_id == record_id)
    return bool(connection.execute(update(group_member).where(this).values(out=out)).rowcount)


def change(connection: Connection, group_id: int, version: int | None, values: Mapping[str, Any]) -> None:
    """New values, if the version is still the reader's (None: whatever it is); else Conflict."""
    this = matter_group.c.id == group_id
    if version is not None:
        this &= matter_group.c.version == version
    if not connection.execute(update(matter_group).where(this).values(**values, version=matter_group.c.version + 1)).rowcount:
        raise Conflict("somebody else has changed the group meanwhile")


def events(connection: Connection, group_id: int) -> list[dict[str, Any]]:
    """The history of a group, oldest first."""
    query = select(group_event).where(group_event.c.group_id == group_id).order_by(group_event.c.id)
    return [dict(r) for r in connection.execute(query).mappings()]


def add_event(connection: Connection, group_id: int, values: Mapping[str, Any]) -> int:
    """Append to the history."""
    event_id = ids.take(connection, "group_event")
    connection.execute(insert(group_event).values(**values, id=event_id, group_id=group_id))
    return event_id
