"""What came in about the records of a matter, when, and what it changed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Connection, select

from matters.access import Scope
from matters.veil import veil
from services.file_shapes import ChangeLine, FieldChange
from services.moments import Moments
from store import lists
from store.chunks import rows_where_in
from store.records_at import ids_at
from store.schema import record, record_version

# Fields whose change is told, in the order of the file; the others follow from these or say nothing to a reader.
TOLD = ("number", "title", "summary", "category", "channel", "owner", "stage", "accepted_on", "handled_on", "due_on", "closed_on", "outcome",
        "satisfied", "people", "amount", "place", "parties")  # fmt: skip


class FileHistory:
    """Reads the versions of a matter's records."""

    def __init__(self, moments: Moments) -> None:
        self._moments = moments

    def of(self, scope: Scope, code: str, as_of: datetime | None = None) -> tuple[ChangeLine, ...]:
        """Newest first, of the records in the scope; () for a matter outside it. With `as_of` only what had come by then about the
        records that made up the matter then."""
        at = self._moments.at(as_of)
        with self._moments.reading(at, figures=False) as connection:
            row = lists.find(connection, scope, code, at)
            if row is None:
                return ()
            records = lists.records_of(connection, scope, row["id"])[0] if at is None else _then(connection, scope, ids_at(connection, row["id"], at))
            masks = lists.masks_of(connection, row["id"], ids_at(connection, row["id"], at) if at is not None else ())
            by_id = {r["id"]: r for r in records}
            versions: dict[int, list[Any]] = {i: [] for i in by_id}
            for v in rows_where_in(connection, select(record_version), record_version.c.record_id, list(by_id)):
                versions[v.record_id].append(v)
        veiled = veil(masks)
        told = [line for i, found in versions.items() for line in changes(by_id[i], found, veiled) if at is None or line.at <= at]
        return tuple(sorted(told, key=lambda c: (c.at, c.record), reverse=True))


def _then(connection: Connection, scope: Scope, mine: Sequence[int]) -> list[dict[str, Any]]:
    """Records, those that lie in the scope."""
    rows = [dict(r._mapping) for r in rows_where_in(connection, select(record), record.c.id, mine)]
    return [r for r in rows if scope.reaches(r["county_code"], r["town_code"])]


def changes(record: Mapping[str, Any], versions: Sequence[Any], veiled: Callable[[str], str] = str) -> list[ChangeLine]:
    """One line a version, in the order in which they came; a version that came after a newer one changed nothing."""
    out: list[ChangeLine] = []
    state: dict[str, Any] | None = None
    for v in sorted(versions, key=lambda v: v.version_no):
        said = orjson.loads(v.payload)
        kind, fields = _step(state, said, v.held)
        fields = tuple(FieldChange(f.field, veiled(f.then), veiled(f.now)) for f in fields)
        out.append(ChangeLine(v.learned_at, record["id"], record["agency"], record["feed"], record["kind"] or "other", record["number"] or "",
                              kind, fields))  # fmt: skip
        if kind != "older":
            state = said
    return out


def _step(state: dict[str, Any] | None, said: dict[str, Any], held: bool | None) -> tuple[Any, tuple[FieldChange, ...]]:
    if state is None:
        return "new", ()
    if held is False:
        return "older", ()
    if bool(said.get("withdrawn")) != bool(state.get("withdrawn")):
        return ("withdrawn" if said.get("withdrawn") else "returned"), ()
    fields = tuple(FieldChange(n, _text(state.get(n)), _text(said.get(n))) for n in TOLD if _text(state.get(n)) != _text(said.get(n)))
    return "changed", fields


def _text(value: Any) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):  # parties: their masks
        return "、".join(str(p.get("name", "")) for p in value if isinstance(p, dict))
    return f"{value:g}" if isinstance(value, float) else str(value)
