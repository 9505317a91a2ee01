"""What holds records together or apart beside the numbers they quote, and how the pairs of the queue stand after a change."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain
from typing import Any

from sqlalchemy import Connection, and_, bindparam, delete, select, update

from matters.linking_groups import REFERENCE, SCORED, STEWARD, Edge
from matters.model import Record
from store import ids
from store.bulk import insert_many
from store.chunks import rows_where_in
from store.schema import link, link_decided, link_pair, link_was, record

Pair = tuple[int, int]
_METHODS = {STEWARD: "steward", REFERENCE: "reference", SCORED: "scored"}


@dataclass(slots=True)
class Bonds:
    """Pairs of records (low, high): whom a steward joined, held apart or put off, by decision; whom the machine is sure of."""

    joins: dict[Pair, int] = field(default_factory=dict)
    aparts: dict[Pair, int] = field(default_factory=dict)
    skips: dict[Pair, int] = field(default_factory=dict)
    sure: dict[Pair, tuple[int, float]] = field(default_factory=dict)  # pair's id and score

    def edges(self, within: Mapping[int, Record]) -> list[Edge]:
        """Edges among some records; a pair that a steward joined needs no score. Which end comes first depends on names alone."""

        def ends(pair: Pair) -> tuple[int, int]:
            one, other = sorted(pair, key=lambda i: (within[i].feed, within[i].external_id))
            return one, other

        here = [p for p in {**self.sure, **self.joins} if p[0] in within and p[1] in within and p not in self.aparts]
        return [Edge(*ends(p), STEWARD, decision=self.joins[p]) if p in self.joins else
                Edge(*ends(p), SCORED, score=self.sure[p][1], pair=self.sure[p][0]) for p in here]  # fmt: skip


def in_use(connection: Connection) -> bool:
    """Whether anything has been scored or decided; until then links are numbers alone, and nothing need be read."""
    return any(connection.execute(select(t.c.low).limit(1)).first() is not None for t in (link_pair, link_decided))


def bonds_of(connection: Connection, record_ids: Sequence[int]) -> Bonds:
    """What binds these records, to each other or to others."""
    return Bonds(*_decided(connection, record_ids), _sure(connection, record_ids))


def _both(connection: Connection, query: Any, table: Any, record_ids: Sequence[int]) -> Iterable[Any]:
    return chain.from_iterable(rows_where_in(connection, query, column, record_ids) for column in (table.c.low, table.c.high))


def _decided(connection: Connection, record_ids: Sequence[int]) -> tuple[dict[Pair, int], dict[Pair, int], dict[Pair, int]]:
    latest: dict[Pair, tuple[int, str]] = {}
    for row in _both(connection, select(link_decided).where(link_decided.c.stands), link_decided, record_ids):
        pair = (row.low, row.high)
        latest[pair] = max(latest.get(pair, (0, "")), (row.decision_id, row.kind))
    kinds = ({pair: d for pair, (d, kind) in latest.items() if kind == wanted} for wanted in ("join", "apart", "skip"))
    joins, aparts, skips = kinds
    return joins, aparts, skips


def _sure(connection: Connection, record_ids: Sequence[int]) -> dict[Pair, tuple[int, float]]:
    query = select(link_pair.c.id, link_pair.c.low, link_pair.c.high, link_pair.c.score).where(link_pair.c.is_sure)
    return {(r.low, r.high): (r.id, r.score) for r in _both(connection, query, link_pair, record_ids)}


def sync_links(connection: Connection, crowd: Sequence[int], edges: Iterable[Edge], now: datetime) -> None:
    """Keep the link rows of these records equal to the edges that hold, with the time each was first seen and what it rests on.

    Rows of the machine's or a steward's links that go are kept in link_was; those of numbers follow from the records' versions.
    """
    kept = {(r.record_id, r.other_id, r.number): r for r in chain(
        rows_where_in(connection, select(link), link.c.record_id, crowd), rows_where_in(connection, select(link), link.c.other_id, crowd))}  # fmt: skip
    wanted = {(e.one, e.other, e.number): e for e in edges}
    gone = {key: r for key, r in kept.items() if key not in wanted or _rests(r) != _said(wanted[key])}
    if gone:
        this = (link.c.record_id == bindparam("a"), link.c.other_id == bindparam("b"), link.c.number == bindparam("n"))
        connection.execute(delete(link).where(*this), [dict(zip("abn", key, strict=True)) for key in gone])
        _keep(connection, [r for r in gone.values() if r.method != "reference"], now)
    rows = [_row(e, now) for key, e in wanted.items() if key not in kept or key in gone]
    insert_many(connection, link, rows)


def _rests(row: Any) -> tuple[Any, ...]:
    return row.method, row.score, row.pair_id, row.decision_id


def _said(edge: Edge) -> tuple[Any, ...]:
    if edge.kind == REFERENCE:
        return "reference", None, None, None
    return _METHODS[edge.kind], edge.score if edge.kind == SCORED else None, edge.pair or None, edge.decision or None


def _row(edge: Edge, now: datetime) -> dict[str, Any]:
    method, score, pair, decision = _said(edge)
    return {"record_id": edge.one, "other_id": edge.other, "number": edge.number, "method": method, "linked_at": now,
            "score": score, "pair_id": pair, "decision_id": decision}  # fmt: skip


def _keep(connection: Connection, rows: Sequence[Any], now: datetime) -> None:
    if rows:
        first = ids.take(connection, "link_was", len(rows))
        insert_many(connection, link_was, [{**r._mapping, "row_id": first + i, "until": now} for i, r in enumerate(rows)])


def sync_pairs(connection: Connection, crowd: Sequence[int], group_of: Mapping[int, int], bonds: Bonds) -> None:
    """How the scored pairs of these records stand now: `group_of` says which live records are in one matter."""
    pairs = {r.id: r for r in _both(connection, select(link_pair.c.id, link_pair.c.low, link_pair.c.high, link_pair.c.is_sure,
                                                       link_pair.c.state, link_pair.c.blocked), link_pair, crowd)}  # fmt: skip
    alive = _alive(connection, {i for r in pairs.values() for i in (r.low, r.high)} - set(group_of))
    alive |= group_of.keys()
    changed = []
    for r in pairs.values():
        together = r.low in group_of and group_of.get(r.low) == group_of.get(r.high)
        state = "void" if not {r.low, r.high} <= alive else _state((r.low, r.high), r.is_sure, together, bonds)
        blocked = state == "queued" and bool(r.is_sure)
        if (state, blocked) != (r.state, bool(r.blocked)):
            changed.append({"b_id": r.id, "s": state, "b": blocked})
    if changed:
        statement = update(link_pair).where(link_pair.c.id == bindparam("b_id")).values(state=bindparam("s"), blocked=bindparam("b"))
        connection.execute(statement, changed)


def refresh_pairs(connection: Connection, record_ids: Sequence[int]) -> None:
    """How the pairs of these records stand, where no matter has changed."""
    ends = {i for r in _both(connection, select(link_pair.c.low, link_pair.c.high), link_pair, record_ids) for i in r}
    query = select(record.c.id, record.c.matter_id).where(record.c.matter_id.is_not(None))
    group_of = {r.id: r.matter_id for r in rows_where_in(connection, query, record.c.id, list(ends))}
    sync_pairs(connection, record_ids, group_of, bonds_of(connection, record_ids))


def _state(pair: Pair, is_sure: bool, together: bool, bonds: Bonds) -> str:
    """A person's word first; then whether the two are one matter already, by this score or otherwise."""
    if pair in bonds.joins:
        return "accepted"
    if pair in bonds.aparts:
        return "split"
    if together:
        return "linked" if is_sure else "joined"
    return "skipped" if pair in bonds.skips else "queued"


def _alive(connection: Connection, record_ids: Iterable[int]) -> set[int]:
    query = select(record.c.id).where(and_(~record.c.withdrawn, ~record.c.context))
    return {r.id for r in rows_where_in(connection, query, record.c.id, list(record_ids))}
