"""One batch of one feed into the store: versions, links, matters, rollups, data version - in the caller's transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, func, insert, select, update

from matters.identity import CODE_CHARS, code_year, matter_code
from matters.model import Agency
from matters.revision import revision
from store import ids
from store.bulk import insert_many
from store.chunks import rows_where_in
from store.clock import tick
from store.relink import edges_of, relink, settle_alone
from store.rollups import turn_day
from store.schema import data_version, record, record_version, reference

_STATE = ("id", "external_id", "digest", "revised_at", "withdrawn", "closed_on", "handled_on", "accepted_on", "matter_id",
          "code", "context", "number")  # fmt: skip
_CONTENT = tuple(c.name for c in record.columns if c.name not in
                 ("id", "code", "first_learned_at", "matter_id", "feed", "agency", "external_id"))  # fmt: skip


@dataclass(slots=True)
class Counts:
    """What became of the rows of a batch; received is their sum (promise 3)."""

    received: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    withdrawn: int = 0
    quarantined: int = 0

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


def write_batch(
    connection: Connection, feed: str, agency: str, run_id: int, rows: Sequence[dict[str, Any]], now: datetime,
    agencies: Mapping[str, Agency], fates: list[str] | None = None,
) -> Counts:  # fmt: skip
    """Write mapped, located rows of one feed; each has the canonical fields, `withdrawn`, `digest` and `payload`.

    Needs a transaction (store.engine.writing). Rows of one key may occur many times and in any order: all versions
    are kept, the one with the highest revision holds. Returns counts that add up to len(rows). `fates` is filled with the
    fate of each row, in their order, for a sender who waits for it.
    """
    turn_day(connection, now.date())
    plan, counts = _classify(connection, feed, rows, fates)
    counts.received = len(rows)
    if not plan.versions:
        return counts
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
    return counts


def bump(connection: Connection, now: datetime) -> int:
    """Raise the data version by one and return it."""
    statement = update(data_version).values(version=data_version.c.version + 1, changed_at=now)
    if not connection.execute(statement).rowcount:
        connection.execute(insert(data_version).values(id=1, version=1, changed_at=now))
    return int(connection.execute(select(data_version.c.version)).scalar_one())


def _classify(connection: Connection, feed: str, rows: Sequence[dict[str, Any]], fates: list[str] | None) -> tuple[_Plan, Counts]:
    plan, counts = _Plan(), Counts()
    known = select(*(record.c[n] for n in _STATE)).where(record.c.feed == feed)
    for found in rows_where_in(connection, known, record.c.external_id, [r["external_id"] for r in rows]):
        plan.current[found.external_id] = dict(found._mapping)
    digests = _known_digests(connection, plan, rows)
    for row in rows:
        fate = _fate(row, plan, digests, counts)
        if fates is not None:
            fates.append(fate)
    return plan, counts


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
    if row["digest"] in seen:
        counts.unchanged += 1
        return "unchanged"
    state = plan.current.get(key)
    if row["withdrawn"]:
        counts.withdrawn += 1
        fate = "withdrawn"
    elif state is None:
        counts.new += 1
        fate = "new"
    else:
        counts.changed += 1
        fate = "changed"
    seen.add(row["digest"])
    plan.versions.append(row)
    if state is None:
        plan.fresh.append(row)
    if state is None or revision(row) > revision(state):
        kept: dict[str, Any] = {n: state[n] for n in ("id", "code", "matter_id") if n in state} if state else {}
        if state:
            kept["was_number"] = state.get("was_number", state.get("number"))
        plan.current[key] = plan.touched[key] = {**row, **kept}
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
    stamp = {"first_learned_at": now, "learned_at": now}
    names = [c.name for c in record.columns if c.name not in stamp]
    insert_many(connection, record, [{**{n: row.get(n) for n in names}, **stamp} for row in plan.touched.values() if row.get("is_new")])


def _new_codes(connection: Connection, feed: str, rows: Sequence[dict[str, Any]]) -> dict[str, str]:
    """A free code for each row: one character more wherever the usual length is taken."""
    codes: dict[str, str] = {}
    taken: set[str] = set()
    waiting, chars = list(rows), CODE_CHARS
    while waiting:
        wanted = {r["external_id"]: matter_code(feed, r["external_id"], _year(r), chars) for r in waiting}
        query = select(record.c.code)
        taken.update(found.code for found in rows_where_in(connection, query, record.c.code, list(wanted.values())))
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


def _year(row: Mapping[str, Any]) -> int:
    happened = row.get("happened_at")
    return code_year(happened.date() if happened else row.get("registered_on"), row.get("accepted_on"))


def _update_changed(connection: Connection, plan: _Plan, now: datetime) -> None:
    changed = [row for row in plan.touched.values() if not row.get("is_new")]
    if not changed:
        return
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
                     "digest": row["digest"], "payload": row["payload"]})  # fmt: skip
    insert_many(connection, record_version, rows)


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
