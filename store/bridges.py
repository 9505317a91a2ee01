"""From what was known at one moment to what was known at a later one: which matters came, went and moved, by what happened to them.

Only matters that changed between the two moments are looked at, so a bridge costs what changed, not what is there.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from sqlalchemy import Connection, DateTime, bindparam, text

from matters.periods import Window
from store.chunks import chunks
from store.history import MATTER_AT, RECORD_AT
from store.places import Place
from store.records_at import in_force, versions_at

Cause = Literal["late", "reclassified", "merged", "withdrawn"]
SIZE = 900  # values of a statement: SQLite took no more in its older builds


@dataclass(frozen=True, slots=True)
class Moved:
    """A matter that stands in one count and not in the other. `step` is +1 or −1; `into` the matter that took it in."""

    code: str
    cause: Cause
    step: int
    first_agency: str
    into: str = ""


def moved(connection: Connection, place: Place, window: Window, then: datetime, now: datetime) -> list[Moved]:
    """Matters accepted in the window as known at only one of the two moments."""
    codes = _changed(connection, then, now)
    before, after = _states(connection, codes, then), _states(connection, codes, now)
    left = {c: s for c, s in before.items() if _counts(s, place, window) and not _counts(after.get(c), place, window)}
    came = {c: s for c, s in after.items() if _counts(s, place, window) and not _counts(before.get(c), place, window)}
    gone = {s["id"]: c for c, s in left.items() if c not in after}
    into, taken_back = _went_into(connection, list(gone), then, now), _withdrawn_at(connection, list(gone), then, now)
    out = [_left(c, s, c in after, into.get(s["id"], ""), s["id"] in taken_back) for c, s in left.items()]
    why = _came_from(connection, [s["id"] for c, s in came.items() if c not in before], then, now)
    out += [Moved(c, "reclassified" if c in before else why[s["id"]], 1, s["first_agency"]) for c, s in came.items()]
    return sorted(out, key=lambda m: (m.cause, -m.step, m.code))


def _left(code: str, state: dict[str, Any], there: bool, into: str, taken_back: bool) -> Moved:
    """Gone without having been withdrawn: its agency no longer calls it a dispute."""
    cause: Cause = "reclassified" if there else "merged" if into else "withdrawn" if taken_back else "reclassified"
    return Moved(code, cause, -1, state["first_agency"], into)


def _counts(state: dict[str, Any] | None, place: Place, window: Window) -> bool:
    if state is None or state["accepted_on"] is None or not window.start <= state["accepted_on"] <= window.end:
        return False
    return (not place.county or state["county_code"] == place.county) and (not place.town or state["town_code"] == place.town)


def _bound(sql: str, *moments: str) -> Any:
    return text(sql).bindparams(*(bindparam(name, type_=DateTime()) for name in moments))


def _changed(connection: Connection, then: datetime, now: datetime) -> list[str]:
    query = _bound("SELECT code FROM matter WHERE changed_at > :t0 AND changed_at <= :t1 UNION "
                   "SELECT code FROM matter_was WHERE until > :t0 AND since <= :t1", "t0", "t1")  # fmt: skip
    return list(connection.execute(query, {"t0": then, "t1": now}).scalars())


def _states(connection: Connection, codes: Sequence[str], at: datetime) -> dict[str, dict[str, Any]]:
    """id, place, acceptance and first agency of the matters that were there at a moment, by code."""
    sql = f"SELECT code, id, county_code, town_code, accepted_on, first_agency FROM {MATTER_AT} m WHERE code IN :codes"
    query = _bound(sql, "as_of").bindparams(bindparam("codes", expanding=True))
    rows = (r for part in chunks(codes, SIZE) for r in connection.execute(query, {"as_of": at, "codes": part}).mappings())
    return {r["code"]: {**r, "accepted_on": _day(r["accepted_on"])} for r in rows}


def _day(value: Any) -> date | None:
    """SQLite gives a date of a plain statement as text."""
    return date.fromisoformat(value[:10]) if isinstance(value, str) else value


def _records(connection: Connection, column: str, values: Iterable[int], at: datetime) -> list[tuple[int, int | None]]:
    """(record, matter) at a moment, of some matters or of some records."""
    sql = f"SELECT id, matter_id FROM {RECORD_AT} r WHERE {column} IN :these"
    query = _bound(sql, "as_of").bindparams(bindparam("these", expanding=True))
    return [(r.id, r.matter_id) for part in chunks(values, SIZE) for r in connection.execute(query, {"as_of": at, "these": part})]


def _went_into(connection: Connection, ids: Sequence[int], then: datetime, now: datetime) -> dict[int, str]:
    """For matters that are gone: the code of the matter that has (most of) their records now."""
    was = dict(_records(connection, "matter_id", ids, then))
    where = {r: m for r, m in _records(connection, "id", was, now) if m is not None}
    names = _codes(connection, set(where.values()), now)
    out: dict[int, str] = {}
    for record, old in sorted(was.items()):
        if record in where and where[record] in names and old is not None:
            out.setdefault(old, names[where[record]])
    return out


def _codes(connection: Connection, ids: Iterable[int], at: datetime) -> dict[int, str]:
    query = _bound(f"SELECT id, code FROM {MATTER_AT} m WHERE id IN :these", "as_of").bindparams(bindparam("these", expanding=True))
    return {r.id: r.code for part in chunks(ids, SIZE) for r in connection.execute(query, {"as_of": at, "these": part})}


def _withdrawn_at(connection: Connection, ids: Sequence[int], then: datetime, now: datetime) -> set[int]:
    """Of matters as they stood then: those of whose records one is withdrawn now."""
    mine = _records(connection, "matter_id", ids, then)
    gone = _withdrawn(connection, [r for r, _ in mine], now)
    return {m for r, m in mine if m is not None and r in gone}


def _withdrawn(connection: Connection, records: Sequence[int], at: datetime) -> set[int]:
    versions = versions_at(connection, records, at)
    return {r for r, said in versions.items() if said and in_force(said).get("withdrawn")}


def _came_from(connection: Connection, ids: Sequence[int], then: datetime, now: datetime) -> dict[int, Cause]:
    """Why matters that were not there then are there: their records were in another matter (a split), were withdrawn and have come back,
    were no dispute, or were not known."""
    mine = _records(connection, "matter_id", ids, now)
    earlier = dict(_records(connection, "id", [r for r, _ in mine], then))
    back = _withdrawn(connection, [r for r, m in earlier.items() if m is None], then)
    out: dict[int, Cause] = dict.fromkeys(ids, "late")
    rank: tuple[Cause, ...] = ("late", "reclassified", "withdrawn", "merged")
    for record, matter in mine:
        if matter is not None and record in earlier:
            why: Cause = "merged" if earlier[record] is not None else "withdrawn" if record in back else "reclassified"
            out[matter] = max(out[matter], why, key=rank.index)
    return out
