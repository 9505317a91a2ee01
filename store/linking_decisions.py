"""What stewards decided about records, and undid: appended in the transaction in which the matters change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from matters.access import Scope
from store import ids
from store.chunks import rows_where_in
from store.linking import bonds_of
from store.schema import link, link_decided, link_decision, link_pair, matter, matter_was, record
from store.scoped import inside

_ENDS = ("id", "code", "feed", "external_id", "agency", "county_code", "town_code", "matter_id")


def ends(connection: Connection, record_ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    """Records with their place and the code of their matter ('' when they have none)."""
    query = select(*(record.c[n] for n in _ENDS), func.coalesce(matter.c.code, "").label("matter")).select_from(
        record.outerjoin(matter, matter.c.id == record.c.matter_id))  # fmt: skip
    return {r.id: dict(r._mapping) for r in rows_where_in(connection, query, record.c.id, list(record_ids))}


def pair(connection: Connection, pair_id: int) -> dict[str, Any] | None:
    """A scored pair."""
    row = connection.execute(select(link_pair).where(link_pair.c.id == pair_id)).mappings().first()
    return dict(row) if row else None


def append(connection: Connection, values: Mapping[str, Any], kind: str, couples: Sequence[tuple[int, int]]) -> int:
    """Write a decision (columns of link_decision without id and undo) about pairs of records; returns its id."""
    decision = ids.take(connection, "link_decision")
    connection.execute(insert(link_decision).values(**values, id=decision))
    rows = [{"decision_id": decision, "low": min(c), "high": max(c), "kind": kind, "stands": True} for c in couples]
    connection.execute(insert(link_decided), rows)
    return decision


def one(connection: Connection, scope: Scope, decision: int) -> dict[str, Any] | None:
    """A decision in the scope."""
    row = connection.execute(select(link_decision).where(link_decision.c.id == decision, inside(scope, link_decision))).mappings().first()
    return dict(row) if row else None


def take_back(connection: Connection, decision: int, by: str, why: str, now: datetime) -> list[tuple[int, int]]:
    """Undo a decision that stands; returns its pairs, none when it had been undone already."""
    this = (link_decision.c.id == decision) & link_decision.c.undone_at.is_(None)
    if not connection.execute(update(link_decision).where(this).values(undone_at=now, undone_by=by, undone_why=why)).rowcount:
        return []
    connection.execute(update(link_decided).where(link_decided.c.decision_id == decision).values(stands=False))
    return couples_of(connection, decision)


def couples_of(connection: Connection, decision: int) -> list[tuple[int, int]]:
    """The pairs a decision is about."""
    found = connection.execute(select(link_decided.c.low, link_decided.c.high).where(link_decided.c.decision_id == decision))
    return [(r.low, r.high) for r in found]


def about(connection: Connection, scope: Scope, record_ids: Sequence[int]) -> list[dict[str, Any]]:
    """Decisions about these records, newest first, each with how many pairs it is about."""
    found: set[int] = set()
    for column in (link_decided.c.low, link_decided.c.high):
        found |= {r.decision_id for r in rows_where_in(connection, select(link_decided.c.decision_id), column, list(record_ids))}
    return _lines(connection, scope, sorted(found))


def about_pair(connection: Connection, scope: Scope, low: int, high: int) -> list[dict[str, Any]]:
    """Decisions about two records, newest first."""
    query = select(link_decided.c.decision_id).where(link_decided.c.low == low, link_decided.c.high == high)
    return _lines(connection, scope, list(connection.execute(query).scalars()))


def latest_of(connection: Connection, scope: Scope, user: str, limit: int) -> list[dict[str, Any]]:
    """What somebody decided last."""
    query = select(link_decision.c.id).where(link_decision.c.by == user).order_by(link_decision.c.id.desc()).limit(limit)
    return _lines(connection, scope, list(connection.execute(query).scalars()))


def _lines(connection: Connection, scope: Scope, decisions: Sequence[int]) -> list[dict[str, Any]]:
    query = select(link_decision).where(inside(scope, link_decision))
    rows = [dict(r._mapping) for r in rows_where_in(connection, query, link_decision.c.id, decisions)]
    count = select(link_decided.c.decision_id, func.count().label("n")).group_by(link_decided.c.decision_id)
    pairs = {r.decision_id: r.n for r in rows_where_in(connection, count, link_decided.c.decision_id, decisions)}
    return sorted(({**r, "pairs": pairs.get(r["id"], 0)} for r in rows), key=lambda r: -r["id"])


def between(connection: Connection, one: Sequence[int], other: Sequence[int], couple: tuple[int, int]) -> int:
    """The latest decision in force that holds a record of one matter apart from a record of another; 0 for none. One about the
    couple itself does not count: what is being decided now takes its place."""
    mine, yours = set(one), set(other)
    aparts = bonds_of(connection, sorted(mine)).aparts
    crossing = {p: d for p, d in aparts.items() if (p[0] in mine and p[1] in yours) or (p[1] in mine and p[0] in yours)}
    crossing.pop((min(couple), max(couple)), None)
    return max(crossing.values(), default=0)


def links_of(connection: Connection, record_ids: Sequence[int]) -> list[dict[str, Any]]:
    """The links among these records with who decided them and why."""
    query = select(link, link_decision.c.by, link_decision.c.why).select_from(
        link.outerjoin(link_decision, link_decision.c.id == link.c.decision_id))  # fmt: skip
    mine = set(record_ids)
    return [dict(r._mapping) for r in rows_where_in(connection, query, link.c.record_id, list(record_ids)) if r.other_id in mine]


def former_codes(connection: Connection, matter_id: int, code: str) -> list[tuple[str, datetime]]:
    """Codes under which the records of a matter were known as matters of their own, and until when; the latest first."""
    codes = list(connection.execute(select(record.c.code).where(record.c.matter_id == matter_id, record.c.code != code)).scalars())
    query = select(matter_was.c.code, func.max(matter_was.c.until).label("until")).group_by(matter_was.c.code)
    found = [(r.code, r.until) for r in rows_where_in(connection, query, matter_was.c.code, codes)]
    return sorted(found, key=lambda f: f[1], reverse=True)

