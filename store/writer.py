"""One batch of one feed into the store: versions, links, matters, rollups, data version - in the caller's transaction."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Connection, bindparam, delete, func, insert, select, update

from matters.identity import CODE_CHARS, code_year, matter_code
from matters.model import Agency
from matters.revision import revision
from store import ids
from store.bulk import Written, insert_many, written
from store.chunks import chunks, rows_by_index, rows_where_in
from store.clock import tick
from store.relink import edges_of, relink, settle_alone
from store.rollups import turn_day
from store.schema import data_version, record, record_version, reference

# The digest of a version that no agency said: a whole list left the record out.
ABSENT = "absent-"
_STATE = ("id", "external_id", "digest", "revised_at", "withdrawn", "closed_on", "handled_on", "accepted_on", "matter_id",
          "code", "context", "number")  # fmt: skip
_CONTENT = tuple(c.name for c in record.columns if c.name not in
                 ("id", "code", "first_learned_at", "matter_id", "feed", "agency", "external_id"))  # fmt: skip

# What a row brings written as COPY reads it: of its record the columns that are not ours, of its version what was said.
RECORD_LINE, SAID = "record_line", "said"
_OURS = frozenset({"id", "code", "first_learned_at", "learned_at", "matter_id", "feed", "agency"})
_SAID = ("digest", "payload")


@dataclass(slots=True)
class Counts:
    """What became of the rows of a batch; received is their sum (promise 3)."""

    received: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    withdrawn: int = 0
    quarantined: int = 0
    absent: int = 0  # of the withdrawn: those that a whole list left out

    def add(self, other: Counts) -> None:
        """Add another batch's counts."""
        for name in self.__slots__:
            setattr(self, name, getattr(self, name) + getattr(other, name))

    @property
    def adds_up(self) -> bool:
        """Whether every received row has exactly one fate."""
        return self.received == self.new + self.changed + self.unchanged + self.withdrawn + self.quarantined


@dataclass(slots=True)
class _Plan:
    """What a batch changes: current rows by key, and the versions to append."""

    current: dict[str, dict[str, Any]] = field(default_factory=dict)
    fresh: list[dict[str, Any]] = field(default_factory=list)
    touched: dict[str, dict[str, Any]] = field(default_factory=dict)
    versions: list[dict[str, Any]] = field(default_factory=list)
    written: tuple[str, ...] = ()  # columns that the new rows bring written, under RECORD_LINE; the versions theirs under SAID


def write_batch(
    connection: Connection, feed: str, agency: str, run_id: int, rows: Sequence[dict[str, Any]], now: datetime,
    agencies: Mapping[str, Agency], fates: list[str] | None = None, listed: set[str] | None = None, written_names: tuple[str, ...] = (),
) -> Counts:  # fmt: skip
    """Write mapped, located rows of one feed; each has the canonical fields, `withdrawn`, `digest` and `payload`.

    A row may bring its `code` (usual_code) and its parties as written JSON (bytes), where they were made elsewhere; and what as_written
    made of it, of which `written_names` are the columns.

    Needs a transaction (store.engine.writing). Rows of one key may occur many times and in any order: all versions
    are kept, the one with the highest revision holds. Returns counts that add up to len(rows). `fates` is filled with the
    fate of each row, in their order, for a sender who waits for it.

    `listed` are the keys that a whole list has named so far; those of the rows are added. A later list holds over an earlier
    one where the agency's own time of change does not say otherwise.
    """
    turn_day(connection, now.date())
    plan, counts = _classify(connection, feed, rows, fates, listed)
    plan.written = written_names
    counts.received = len(rows)
    _carry_out(connection, feed, agency, plan, run_id, now, agencies)
    return counts


def known_keys(connection: Connection, feed: str) -> set[str]:
    """External ids of the records of a feed that are not withdrawn."""
    return set(connection.execute(select(record.c.external_id).where(record.c.feed == feed, ~record.c.withdrawn)).scalars())


def withdraw_absent(
    connection: Connection, feed: str, agency: str, run_id: int, keys: Sequence[str], now: datetime, agencies: Mapping[str, Agency]
) -> Counts:
    """Withdraw records that a whole list left out, in the caller's transaction; those withdrawn already are not counted."""
    turn_day(connection, now.date())
    counts = Counts()
    for part in chunks(sorted(keys)):
        plan = _Plan()
        found = [dict(r._mapping) for r in rows_where_in(connection, select(record).where(record.c.feed == feed, ~record.c.withdrawn),
                                                         record.c.external_id, part)]  # fmt: skip
        said = _payloads(connection, found)
        for row in found:
            digest = ABSENT + hashlib.blake2b(f"{run_id} {row['digest']}".encode(), digest_size=12).hexdigest()
            payload = orjson.dumps({**orjson.loads(said.get(row["id"], "{}")), "external_id": row["external_id"], "withdrawn": True},
                                   option=orjson.OPT_SORT_KEYS).decode()  # fmt: skip
            gone = {**row, "withdrawn": True, "digest": digest, "payload": payload, "was_number": row["number"], "held": True}
            plan.current[row["external_id"]] = plan.touched[row["external_id"]] = gone
            plan.versions.append(gone)
        _carry_out(connection, feed, agency, plan, run_id, now, agencies)
        counts.add(Counts(received=len(found), withdrawn=len(found), absent=len(found)))
    return counts


def _payloads(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> dict[int, str]:
    """What the version in force of each record said."""
    digests = {r["id"]: r["digest"] for r in rows}
    query = select(record_version.c.record_id, record_version.c.digest, record_version.c.payload)
    found = rows_where_in(connection, query, record_version.c.record_id, list(digests))
    return {v.record_id: v.payload for v in found if v.digest == digests[v.record_id]}


def _carry_out(
    connection: Connection, feed: str, agency: str, plan: _Plan, run_id: int, now: datetime, agencies: Mapping[str, Agency]
) -> None:
    """Versions, links, matters, rollups and data version of a plan; nothing for one without versions."""
    if not plan.versions:
        return
    now = tick(connection, now)
    _name_new(connection, feed, agency, plan)
    touched = list(plan.touched.values())
    edges = edges_of(connection, touched)
    alone = settle_alone(connection, touched, edges)
    _insert_new(connection, plan, now)
    _update_changed(connection, plan, now)
    _append_versions(connection, plan, run_id, now)
    _sync_references(connection, plan)
    relink(connection, touched, alone, edges, now, agencies)
    bump(connection, now)


def bump(connection: Connection, now: datetime) -> int:
    """Raise the data version by one and return it."""
    statement = update(data_version).values(version=data_version.c.version + 1, changed_at=now)
    if not connection.execute(statement).rowcount:
        connection.execute(insert(data_version).values(id=1, version=1, changed_at=now))
    return int(connection.execute(select(data_version.c.version)).scalar_one())


def _classify(
    connection: Connection, feed: str, rows: Sequence[dict[str, Any]], fates: list[str] | None, listed: set[str] | None
) -> tuple[_Plan, Counts]:
    plan, counts = _Plan(), Counts()
    known = select(*(record.c[n] for n in _STATE)).where(record.c.feed == feed)
    for found in rows_by_index(connection, known, record.c.external_id, [r["external_id"] for r in rows]):
        plan.current[found.external_id] = dict(found._mapping)
    digests = _known_digests(connection, plan, rows)
    if listed is not None:
        spoken = _fates_in_list(rows, plan, digests, counts, listed)
        if fates is not None:
            fates += spoken
        return plan, counts
    for row in rows:
        fate = _fate(row, plan, digests, counts)
        if fates is not None:
            fates.append(fate)
    return plan, counts


def _fates_in_list(
    rows: Sequence[dict[str, Any]], plan: _Plan, digests: dict[str, set[str]], counts: Counts, listed: set[str]
) -> list[str]:
    """Fates in a whole list. Of several rows of one key the highest revision speaks first, so that their order does not matter."""
    fates = [""] * len(rows)
    for index in sorted(range(len(rows)), key=lambda i: revision(rows[i]), reverse=True):
        row = rows[index]
        first = row["external_id"] not in listed
        listed.add(row["external_id"])
        fates[index] = _fate_by_arrival(row, plan, digests, counts, first)
    return fates


def is_absent(state: Mapping[str, Any]) -> bool:
    """Whether a record is withdrawn because a whole list left it out."""
    return str(state["digest"]).startswith(ABSENT)


def _fate_by_arrival(row: dict[str, Any], plan: _Plan, digests: dict[str, set[str]], counts: Counts, first: bool) -> str:
    """A row that holds over what was known because it came later: after an absence, or as the word of a later list."""
    state = plan.current.get(row["external_id"])
    if state is None:
        return _fate(row, plan, digests, counts)
    seen = digests.setdefault(row["external_id"], set())
    if row["digest"] == state["digest"]:
        counts.unchanged += 1
        return "unchanged"
    mine, its = row.get("revised_at"), state.get("revised_at")
    later = not (mine and its and mine < its) if first else revision(row) > revision(state)
    holds = is_absent(state) or later
    if not holds and row["digest"] in seen:
        counts.unchanged += 1
        return "unchanged"
    return _taken(row, state, plan, seen, counts, holds)


def _known_digests(connection: Connection, plan: _Plan, rows: Sequence[dict[str, Any]]) -> dict[str, set[str]]:
    """Digests of every kept version of the keys that come in with another digest than the one in force."""
    by_id = {
        plan.current[r["external_id"]]["id"]: r["external_id"]
        for r in rows
        if r["external_id"] in plan.current and plan.current[r["external_id"]]["digest"] != r["digest"]
    }
    digests: dict[str, set[str]] = {key: {state["digest"]} for key, state in plan.current.items()}
    query = select(record_version.c.record_id, record_version.c.digest)
    for found in rows_where_in(connection, query, record_version.c.record_id, list(by_id)):
        digests[by_id[found.record_id]].add(found.digest)
    return digests


def _fate(row: dict[str, Any], plan: _Plan, digests: dict[str, set[str]], counts: Counts) -> str:
    key = row["external_id"]
    seen = digests.setdefault(key, set())
    if key in plan.current and is_absent(plan.current[key]):
        return _fate_by_arrival(row, plan, digests, counts, first=True)
    if row["digest"] in seen:
        counts.unchanged += 1
        return "unchanged"
    state = plan.current.get(key)
    return _taken(row, state, plan, seen, counts, state is None or revision(row) > revision(state))


def _taken(row: dict[str, Any], state: dict[str, Any] | None, plan: _Plan, seen: set[str], counts: Counts, holds: bool) -> str:
    """A version to be kept; `holds`: it is the record's state from now on."""
    fate = "withdrawn" if row["withdrawn"] else "new" if state is None else "changed"
    setattr(counts, fate, getattr(counts, fate) + 1)
    seen.add(row["digest"])
    plan.versions.append({"external_id": row["external_id"], "digest": row["digest"], "payload": row["payload"], "held": holds, SAID: row.get(SAID)})
    if state is None:
        plan.fresh.append(row)
    if holds:
        kept: dict[str, Any] = {n: state[n] for n in ("id", "code", "matter_id") if n in state} if state and "id" in state else {}
        if state:
            kept["was_number"] = state.get("was_number", state.get("number"))
        plan.current[row["external_id"]] = plan.touched[row["external_id"]] = {**row, **kept}
    return fate


def _name_new(connection: Connection, feed: str, agency: str, plan: _Plan) -> None:
    """Give the new records their ids and codes, and every touched row the columns its feed knows."""
    keys = list(dict.fromkeys(row["external_id"] for row in plan.fresh))
    first = ids.take(connection, "record", len(keys)) if keys else 0
    codes = _new_codes(connection, feed, [plan.touched[k] for k in keys])
    for offset, key in enumerate(keys):
        plan.touched[key].update(id=first + offset, code=codes[key], matter_id=None, is_new=True)
    for row in plan.touched.values():
        row.update(feed=feed, agency=agency)


def _insert_new(connection: Connection, plan: _Plan, now: datetime) -> None:
    new = [row for row in plan.touched.values() if row.get("is_new")]
    for row in new:
        row["first_learned_at"] = row["learned_at"] = now
    insert_many(connection, record, new, Written(plan.written, [row[RECORD_LINE] for row in new]) if plan.written else None)


def _new_codes(connection: Connection, feed: str, rows: Sequence[dict[str, Any]]) -> dict[str, str]:
    """A free code for each row: one character more wherever the usual length is taken."""
    codes: dict[str, str] = {}
    taken: set[str] = set()
    waiting, chars = list(rows), CODE_CHARS
    while waiting:
        if chars == CODE_CHARS:
            wanted = {r["external_id"]: r.get("code") or usual_code(feed, r) for r in waiting}
        else:
            wanted = {r["external_id"]: matter_code(feed, r["external_id"], _year(r), chars) for r in waiting}
        query = select(record.c.code)
        taken.update(found.code for found in rows_by_index(connection, query, record.c.code, list(wanted.values())))
        again = []
        for row in waiting:
            code = wanted[row["external_id"]]
            if code in taken:
                again.append(row)
            else:
                codes[row["external_id"]] = code
                taken.add(code)
        waiting, chars = again, chars + 1
    return codes


def as_written(names: Sequence[str], columns: Sequence[Sequence[Any] | None]) -> tuple[Written, list[str]]:
    """What COPY will read of new records, and of their versions, from the columns of rows (store.bulk.written): all but what only
    the store knows."""
    kept = [(n, cells) for n, cells in zip(names, columns, strict=True) if n not in _OURS]
    said = dict(zip(names, columns, strict=True))
    return written(record, *zip(*kept, strict=True)), written(record_version, _SAID, [said[n] for n in _SAID]).cells


def usual_code(feed: str, row: Mapping[str, Any]) -> str:
    """The code of a new record's matter, where nobody has it yet."""
    return matter_code(feed, row["external_id"], _year(row))


def _year(row: Mapping[str, Any]) -> int:
    happened = row.get("happened_at")
    return code_year(happened.date() if happened else row.get("registered_on"), row.get("accepted_on"))


def _update_changed(connection: Connection, plan: _Plan, now: datetime) -> None:
    changed = [row for row in plan.touched.values() if not row.get("is_new")]
    if not changed:
        return
    for row in changed:
        if isinstance(row.get("parties"), bytes):
            row["parties"] = orjson.loads(row["parties"])
    values = [{"b_id": r["id"], **{f"v_{n}": r.get(n) for n in _CONTENT}, "v_learned_at": now} for r in changed]
    statement = update(record).where(record.c.id == bindparam("b_id")).values({n: bindparam(f"v_{n}") for n in _CONTENT})
    connection.execute(statement, values)


def _append_versions(connection: Connection, plan: _Plan, run_id: int, now: datetime) -> None:
    by_key = {row["external_id"]: plan.current[row["external_id"]]["id"] for row in plan.versions}
    old = list({record_id for key, record_id in by_key.items() if not plan.current[key].get("is_new")})
    query = select(record_version.c.record_id, func.max(record_version.c.version_no).label("last"))
    last = {
        r.record_id: r.last
        for r in rows_where_in(connection, query.group_by(record_version.c.record_id), record_version.c.record_id, old)
    }
    rows = []
    for row in plan.versions:
        record_id = by_key[row["external_id"]]
        last[record_id] = last.get(record_id, 0) + 1
        rows.append({"record_id": record_id, "version_no": last[record_id], "learned_at": now, "run_id": run_id,
                     "digest": row["digest"], "payload": row["payload"], "held": row["held"]})  # fmt: skip
    insert_many(connection, record_version, rows, Written(_SAID, [row[SAID] for row in plan.versions]) if plan.written else None)


def _sync_references(connection: Connection, plan: _Plan) -> None:
    stale = [row["id"] for row in plan.touched.values() if not row.get("is_new")]
    if stale:
        connection.execute(delete(reference).where(reference.c.record_id.in_(stale)))
    rows = [
        {"record_id": row["id"], "number": number}
        for row in plan.touched.values()
        if not row["withdrawn"] and not row.get("context")
        for number in dict.fromkeys(row.get("refs") or ())
        if number != row.get("number")
    ]
    insert_many(connection, reference, rows)
