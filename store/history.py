"""What the store knew earlier. Written: the old state of whatever a batch changes. Read: the tables as they stood at a moment.

A matter's state holds from its `changed_at`, a filing's from its `since`, until a row of matter_was or filing_was says until when.
What never changed has no row here and costs nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select

from store import ids
from store.bulk import insert_many
from store.chunks import rows_where_in
from store.schema import filing_was, matter, matter_was, record, record_was

_MATTER = tuple(c.name for c in matter.columns)


def keep_matters(connection: Connection, olds: Sequence[Mapping[str, Any]], news: Sequence[Mapping[str, Any]], now: datetime) -> None:
    """Matters that changed or are gone, as they stood until now. A new row of the same version is the same state."""
    version = {row["code"]: row["version"] for row in news}
    gone = [old for old in olds if version.get(old["code"]) != old["version"]]
    _write(connection, matter_was, [{"since": o["changed_at"], "until": now, **{n: o[n] for n in _MATTER}} for o in gone])


def dated_filings(
    connection: Connection, olds: Sequence[Mapping[str, Any]], news: Sequence[dict[str, Any]], now: datetime
) -> list[dict[str, Any]]:
    """The new filings with the moment since when each stands where it does; old ones that do not are kept as they were."""
    held = {(o["record_id"], o["matter_id"], o["county_code"], o["filed_on"]): o for o in olds}
    keys = [(n["record_id"], n["matter_id"], n["county_code"], n["filed_on"]) for n in news]
    out = [{**new, "since": held[key]["since"] if key in held else now} for new, key in zip(news, keys, strict=True)]
    same = set(keys)
    _write(connection, filing_was, [{**old, "until": now} for key, old in held.items() if key not in same])
    return out


def keep_records(connection: Connection, changed: Mapping[int, tuple[int | None, str | None]], now: datetime) -> None:
    """Records that move to another matter or take another number: (matter id, number) as they were, by record id."""
    if not changed:
        return
    mine = list(changed)
    since = {r.id: r.first_learned_at for r in rows_where_in(connection, select(record.c.id, record.c.first_learned_at), record.c.id, mine)}
    query = select(record_was.c.record_id, func.max(record_was.c.until).label("last")).group_by(record_was.c.record_id)
    since |= {r.record_id: r.last for r in rows_where_in(connection, query, record_was.c.record_id, mine)}
    rows = [{"record_id": i, "matter_id": m, "number": n, "since": since[i], "until": now} for i, (m, n) in changed.items() if i in since]
    _write(connection, record_was, [r for r in rows if r["since"] < now])


def _write(connection: Connection, table: Any, rows: list[dict[str, Any]]) -> None:
    if rows:
        first = ids.take(connection, table.name, len(rows))
        insert_many(connection, table, [{**row, "row_id": first + i} for i, row in enumerate(rows)])


def _columns(names: Iterable[str], prefix: str = "") -> str:
    return ", ".join(f"{prefix}{n}" for n in names)


# The tables at the moment :as_of, with the columns that lists and sums read, to stand where the table's name stands.
MATTER_AT = (
    f"(SELECT {_columns(_MATTER)} FROM matter WHERE changed_at <= :as_of UNION ALL "
    f"SELECT {_columns(_MATTER)} FROM matter_was WHERE until > :as_of AND since <= :as_of)"
)
_FILING = ("record_id", "county_code", "matter_id", "filed_on")
FILING_AT = (
    f"(SELECT {_columns(_FILING)} FROM filing WHERE since <= :as_of UNION ALL "
    f"SELECT {_columns(_FILING)} FROM filing_was WHERE until > :as_of AND since <= :as_of)"
)
RECORD_AT = (
    "(SELECT r.id, r.matter_id, r.number, r.external_id FROM record r WHERE r.first_learned_at <= :as_of "
    "AND NOT EXISTS (SELECT 1 FROM record_was w WHERE w.record_id = r.id AND w.until > :as_of) UNION ALL "
    "SELECT w.record_id, w.matter_id, w.number, r.external_id FROM record_was w JOIN record r ON r.id = w.record_id "
    "WHERE w.until > :as_of AND w.since <= :as_of)"
)


def tables(as_of: datetime | None) -> dict[str, str]:
    """What stands in a FROM for matter, filing and record: the tables of now, or of the moment :as_of."""
    if as_of is None:
        return {"matter": "matter", "filing": "filing", "record": "record"}
    return {"matter": MATTER_AT, "filing": FILING_AT, "record": RECORD_AT}
