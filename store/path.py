"""Events of the path: append, read by record, and the matter they belong to. An act and its effect are one transaction."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, insert, select

from matters.access import Scope
from matters.told import Said
from store import ids
from store.chunks import rows_where_in
from store.schema import matter, path_event, record
from store.scoped import inside


def said_of(connection: Connection, record_ids: Sequence[int], as_of: datetime | None = None) -> dict[int, list[Said]]:
    """What was said of the matters of these records, by record; up to a moment when one is given."""
    query = select(*(path_event.c[n] for n in Said._fields))
    if as_of is not None:
        query = query.where(path_event.c.at <= as_of)
    out: dict[int, list[Said]] = defaultdict(list)
    for row in rows_where_in(connection, query, path_event.c.record_id, list(record_ids)):
        out[row.record_id].append(Said._make(row))
    return out


def said_among(told: Mapping[int, list[Said]], record_ids: Iterable[int]) -> list[Said]:
    """The part of said_of that concerns some of the records."""
    return [one for i in record_ids for one in told.get(i, ())]


def events_of(connection: Connection, record_ids: Sequence[int], as_of: datetime | None = None) -> list[dict[str, Any]]:
    """Whole events of these records, oldest first."""
    query = select(path_event) if as_of is None else select(path_event).where(path_event.c.at <= as_of)
    found = [dict(r._mapping) for r in rows_where_in(connection, query, path_event.c.record_id, list(record_ids))]
    return sorted(found, key=lambda e: (e["at"], e["id"]))


def append(connection: Connection, event: Mapping[str, Any]) -> int:
    """Write an event (columns of path_event without the id); returns its id."""
    event_id = ids.take(connection, "path_event")
    connection.execute(insert(path_event).values(**event, id=event_id))
    return event_id


def matter_of(connection: Connection, scope: Scope, code: str) -> dict[str, Any] | None:
    """The matter of a code in the scope."""
    row = connection.execute(select(matter).where(matter.c.code == code, inside(scope, matter))).mappings().first()
    return dict(row) if row else None


def anchor_of(connection: Connection, code: str) -> int:
    """The record that gives a matter its code."""
    return int(connection.execute(select(record.c.id).where(record.c.code == code)).scalar_one())


_HOLDER = path_event.join(record, record.c.id == path_event.c.record_id).join(matter, matter.c.id == record.c.matter_id)
_ENDING = {"urge": "withdraw", "yellow": "withdraw", "red": "withdraw", "black": "withdraw", "lead": "unlead", "joint": "finish"}


def in_force(
    connection: Connection, scope: Scope, acts: Sequence[str], since: date | None = None, limit: int = 500
) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """(event, matter) of the standing events of these acts in the scope, newest first: neither undone nor ended.

    Of an act that nothing ends (a consultation) all those from `since` on; of the others those whose matter is open.
    """
    ended = path_event.alias("ended")
    answers = {"undo", *(_ENDING[a] for a in acts if a in _ENDING)}
    over = select(ended.c.id).where(ended.c.ref == path_event.c.id, ended.c.act.in_(sorted(answers))).exists()
    where: list[ColumnElement[bool]] = [path_event.c.act.in_(list(acts)), ~over, inside(scope, matter)]
    where += [path_event.c.on >= since] if since is not None else [matter.c.is_open]
    columns = [*(c.label(f"e_{c.name}") for c in path_event.columns), *(c.label(f"m_{c.name}") for c in matter.columns)]
    query = select(*columns).select_from(_HOLDER).where(*where).order_by(path_event.c.at.desc(), path_event.c.id.desc()).limit(limit)
    out = []
    for row in connection.execute(query).mappings():
        parts = {p: {k[2:]: v for k, v in row.items() if k.startswith(p)} for p in ("e_", "m_")}
        out.append((parts["e_"], parts["m_"]))
    return out


def answers_to(connection: Connection, event_ids: Sequence[int]) -> dict[int, list[dict[str, Any]]]:
    """Standing answers and replies to these events, oldest first."""
    query = select(path_event)
    found = [dict(r._mapping) for r in rows_where_in(connection, query, path_event.c.ref, list(event_ids))]
    undone = {r.ref for r in rows_where_in(connection, query.where(path_event.c.act == "undo"), path_event.c.ref, [e["id"] for e in found])}
    out: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for event in sorted(found, key=lambda e: e["id"]):
        if event["act"] in ("answer", "reply") and event["id"] not in undone:
            out[event["ref"]].append(event)
    return out


def count_in_force(connection: Connection, scope: Scope, acts: Sequence[str]) -> dict[str, int]:
    """How many standing events of each act there are on open matters of the scope."""
    ended = path_event.alias("ended")
    answers = {"undo", *(_ENDING[a] for a in acts if a in _ENDING)}
    over = select(ended.c.id).where(ended.c.ref == path_event.c.id, ended.c.act.in_(sorted(answers))).exists()
    query = select(path_event.c.act, func.count()).select_from(_HOLDER).group_by(path_event.c.act)
    rows = connection.execute(query.where(path_event.c.act.in_(list(acts)), ~over, inside(scope, matter), matter.c.is_open))
    return {act: int(n) for act, n in rows}
