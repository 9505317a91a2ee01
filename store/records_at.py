"""The records of a matter as they stood at a moment, from the versions that had come in by then."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

import orjson
from sqlalchemy import Connection, select

from matters.access import Scope
from matters.model import FIELDS
from matters.revision import revision
from store.chunks import rows_where_in
from store.conditions import prepared
from store.history import RECORD_AT
from store.schema import link, link_was, record, record_version, reference

Finish = Callable[[list[dict[str, Any]]], list[dict[str, Any]]]  # what an agency said → located rows


def records_at(connection: Connection, scope: Scope, matter_id: int, at: datetime, finish: Finish) -> tuple[list[dict[str, Any]], int]:
    """What store.lists.records_of gives, as of a moment. A record that has changed since is read from its version of then,
    and located again from what that version said."""
    mine = ids_at(connection, matter_id, at)
    rows = [dict(r._mapping) for r in rows_where_in(connection, select(record), record.c.id, mine)]
    versions = versions_at(connection, mine, at)
    refs = _refs(connection, [r["id"] for r in rows if r["learned_at"] <= at])
    out = []
    for row in rows:
        stood = row if row["learned_at"] <= at else _as_said(row, versions[row["id"]], finish)
        out.append({"refs": refs.get(row["id"], []), **stood, "versions": len(versions[row["id"]])})
    seen = [r for r in out if scope.reaches(r["county_code"], r["town_code"])]
    return seen, len(out) - len(seen)


def ids_at(connection: Connection, matter_id: int, at: datetime) -> list[int]:
    """The records that made up a matter at a moment."""
    found = connection.execute(prepared(f"SELECT r.id FROM {RECORD_AT} r WHERE r.matter_id = :matter", {"matter": matter_id, "as_of": at}))
    return [row[0] for row in found]


def versions_at(connection: Connection, mine: Sequence[int], at: datetime) -> dict[int, list[Any]]:
    """The versions of records that had come in by a moment, by record."""
    out: dict[int, list[Any]] = {i: [] for i in mine}
    for found in rows_where_in(connection, select(record_version).where(record_version.c.learned_at <= at), record_version.c.record_id, mine):
        out[found.record_id].append(found)
    return out


def _refs(connection: Connection, mine: Sequence[int]) -> dict[int, list[str]]:
    out: dict[int, list[str]] = {}
    for found in rows_where_in(connection, select(reference), reference.c.record_id, mine):
        out.setdefault(found.record_id, []).append(found.number)
    return out


def _as_said(row: Mapping[str, Any], versions: Sequence[Any], finish: Finish) -> dict[str, Any]:
    """The version in force, with the place that it stands for."""
    held = in_force(versions)
    (whole,) = finish([{k: v for k, v in held.items() if k in FIELDS or k == "withdrawn"}])
    kept = {n: row[n] for n in ("id", "code", "feed", "agency", "external_id", "first_learned_at")}
    return {**{n: whole.get(n) for n in row}, **kept, "learned_at": held["learned_at"], "refs": list(whole.get("refs") or ())}


def in_force(versions: Sequence[Any]) -> dict[str, Any]:
    """The last that became the record's state; the highest revision of those from before that was kept."""
    state: dict[str, Any] = {}
    for v in sorted(versions, key=lambda v: v.version_no):
        if state and v.held is False:
            continue
        said = {**typed(orjson.loads(v.payload)), "digest": v.digest, "learned_at": v.learned_at}
        if not state or v.held or revision(said) > revision(state):
            state = said
    return state


def typed(said: Mapping[str, Any]) -> dict[str, Any]:
    """A payload's fields as the model types them."""
    out: dict[str, Any] = {}
    for name, value in said.items():
        kind = FIELDS.get(name)
        if isinstance(value, str) and kind is datetime:
            out[name] = datetime.fromisoformat(value)
        elif isinstance(value, str) and kind is date:
            out[name] = date.fromisoformat(value)
        else:
            out[name] = value
    return out


def links_at(connection: Connection, records: Sequence[Mapping[str, Any]], at: datetime) -> list[dict[str, Any]]:
    """Why these records were one matter: each quoting another's number, since both were known; and links made by hand by then."""
    by_number: dict[str, list[Mapping[str, Any]]] = {}
    for r in records:
        if r["number"]:
            by_number.setdefault(r["number"], []).append(r)
    mine = {r["id"] for r in records}
    kept = [dict(k._mapping) for k in rows_where_in(connection, select(link), link.c.record_id, sorted(mine)) if k.other_id in mine and k.linked_at <= at]
    since = {(k["record_id"], k["other_id"], k["number"]): k["linked_at"] for k in kept}
    quoted = [(r, o, n) for r in records for n in r["refs"] for o in by_number.get(n, ()) if o["id"] != r["id"]]
    out = [
        {"record_id": r["id"], "other_id": o["id"], "number": n, "method": "reference",
         "linked_at": since.get((r["id"], o["id"], n), max(r["learned_at"], o["learned_at"]))}
        for r, o, n in quoted
    ]  # fmt: skip
    gone = rows_where_in(connection, select(link_was), link_was.c.record_id, sorted(mine))
    past = [dict(k._mapping) for k in gone if k.other_id in mine and k.linked_at <= at < k.until]
    return out + [k for k in [*kept, *past] if k["method"] != "reference"]
