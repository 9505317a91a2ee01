"""Comparing records, the store's side: what has not been compared, who shares a key, and writing down what was found."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, and_, delete, func, insert, or_, select, update

from store import ids
from store.bulk import insert_many
from store.chunks import chunks, rows_where_in
from store.schema import link_mark, link_pair, record, record_key

# What the statistics read of a record.
COLUMNS = ("id", "feed", "agency", "happened_at", "registered_on", "accepted_on", "category", "title", "summary", "amount", "lon", "lat", "county_code",
           "town_code", "village_code", "parties")  # fmt: skip
_READ = [record.c[name] for name in COLUMNS]
_COMPARED = (*COLUMNS, "is_live", "learned_at")
_LIVE = (~record.c.withdrawn & ~record.c.context).label("is_live")


class Mark(NamedTuple):
    """Records learned up to a moment, and of that moment those up to an id, have been compared."""

    learned_at: datetime
    record_id: int


START = Mark(datetime(1990, 1, 1), 0)


def mark_of(connection: Connection, model: str) -> Mark:
    """How far a model has come; from the start when another one, or none, has compared so far."""
    row = connection.execute(select(link_mark.c.learned_at, link_mark.c.record_id).where(link_mark.c.model == model)).first()
    return Mark(row.learned_at, row.record_id) if row else START


def advance(connection: Connection, model: str, before: Mark, after: Mark) -> bool:
    """Move the mark; False when somebody else has moved it meanwhile, then nothing may be written."""
    if mark_of(connection, model) != before:
        return False
    values = {"learned_at": after.learned_at, "record_id": after.record_id}
    if not connection.execute(update(link_mark).where(link_mark.c.model == model).values(**values)).rowcount:
        connection.execute(delete(link_mark))
        connection.execute(insert(link_mark).values(model=model, **values))
    return True


def _after(mark: Mark) -> Any:
    return or_(record.c.learned_at > mark.learned_at, and_(record.c.learned_at == mark.learned_at, record.c.id > mark.record_id))


def claim(connection: Connection, model: str, token: int) -> None:
    """Begin to compare everything: forget what was compared, and let nobody else who began earlier go on (see `claimed`)."""
    connection.execute(delete(link_mark))
    connection.execute(insert(link_mark).values(model=_claim(model), learned_at=START.learned_at, record_id=token))
    connection.execute(delete(record_key))


def claimed(connection: Connection, model: str, token: int) -> bool:
    """Whether the pass that began with this token still is the one that goes on."""
    return connection.execute(select(link_mark.c.record_id).where(link_mark.c.model == _claim(model))).scalar() == token


def _claim(model: str) -> str:
    return f"{model[:39]}~"


def everything(connection: Connection, size: int) -> Iterator[list[dict[str, Any]]]:
    """Every record as `to_compare` gives them, in parts."""
    found = connection.execution_options(yield_per=size).execute(select(*_READ, _LIVE, record.c.learned_at))
    for part in found.partitions():
        yield [dict(zip(_COMPARED, row, strict=True)) for row in part]


def to_compare(connection: Connection, mark: Mark, limit: int) -> tuple[list[dict[str, Any]], Mark]:
    """The next records to compare, in the order in which they were learned, and the mark after them. Rows have `is_live` too."""
    query = select(*_READ, _LIVE, record.c.learned_at).where(record.c.learned_at >= mark.learned_at, _after(mark))
    found = connection.execute(query.order_by(record.c.learned_at, record.c.id).limit(limit))
    rows = [dict(zip(_COMPARED, row, strict=True)) for row in found]
    return rows, Mark(rows[-1]["learned_at"], rows[-1]["id"]) if rows else mark


def waiting(connection: Connection, mark: Mark, most: int = 100_000) -> int:
    """How many records wait to be compared, counted up to `most`."""
    some = select(record.c.id).where(record.c.learned_at >= mark.learned_at, _after(mark)).limit(most).subquery()
    return int(connection.execute(select(func.count()).select_from(some)).scalar_one())


def kept_keys(connection: Connection, record_ids: Sequence[int]) -> dict[int, list[str]]:
    """The keys of records as they were last compared."""
    out: dict[int, list[str]] = defaultdict(list)
    for row in rows_where_in(connection, select(record_key), record_key.c.record_id, record_ids):
        out[row.record_id].append(row.key)
    return out


def counts_of(connection: Connection, keys: Iterable[str]) -> dict[str, int]:
    """How many records have each key."""
    count = select(record_key.c.key, func.count().label("n")).group_by(record_key.c.key)
    return {r.key: int(r.n) for r in rows_where_in(connection, count, record_key.c.key, list(keys))}


def holders(connection: Connection, keys: Iterable[str]) -> dict[str, set[int]]:
    """The records of each key."""
    out: dict[str, set[int]] = defaultdict(set)
    for row in rows_where_in(connection, select(record_key), record_key.c.key, list(keys)):
        out[row.key].add(row.record_id)
    return out


def records_by_id(connection: Connection, record_ids: Sequence[int]) -> dict[int, Mapping[str, Any]]:
    """What the statistics read of these records."""
    return {r[0]: dict(zip(COLUMNS, r, strict=True)) for r in rows_where_in(connection, select(*_READ), record.c.id, record_ids)}


def put_keys(connection: Connection, keys: Mapping[int, Sequence[str]], known: Iterable[int]) -> None:
    """Replace the keys of records; `known` are those of them that may have some."""
    for part in chunks(known):
        connection.execute(delete(record_key).where(record_key.c.record_id.in_(part)))
    add_keys(connection, sorted((key, i) for i, mine in keys.items() for key in mine))


def add_keys(connection: Connection, keys: Sequence[tuple[str, int]]) -> None:
    """Write keys, best in their order, of records that have none."""
    insert_many(connection, record_key, [{"key": key, "record_id": i} for key, i in keys])


def ends(connection: Connection) -> set[int]:
    """The records of all scored pairs."""
    return {i for row in connection.execute(select(link_pair.c.low, link_pair.c.high)) for i in row}


_SAYS = ("weight", "score", "is_sure", "sure", "doubt", "model", "waterfall", "county_code", "town_code", "low_agency", "high_agency")


def put_pairs(
    connection: Connection, compared: Sequence[int], rows: Sequence[dict[str, Any]], now: datetime, stay: Set[tuple[int, int]] = frozenset()
) -> tuple[set[int], set[int]]:
    """Make the pairs of the compared records those of `rows` (columns of link_pair without id, state and time); of those that they had, `stay` stays.

    Returns the records of pairs that are new, gone or said otherwise: those whose matters may change (store.relink.regroup), and
    those of which only the queue must be told (store.linking.refresh_pairs).
    """
    mine = set(compared)
    kept = {}
    for column in (link_pair.c.low, link_pair.c.high):
        for r in rows_where_in(connection, select(link_pair), column, compared):
            kept[(r.low, r.high)] = r
    wanted = {(r["low"], r["high"]): r for r in rows if r["low"] in mine or r["high"] in mine}
    gone = [r for key, r in kept.items() if key not in wanted and key not in stay]
    told = {key: row for key, row in wanted.items() if key not in kept or any(getattr(kept[key], n) != row[n] for n in _SAYS)}
    for part in chunks([r.id for r in gone] + [kept[key].id for key in told if key in kept]):
        connection.execute(delete(link_pair).where(link_pair.c.id.in_(part)))
    fresh = [key for key in told if key not in kept]
    first = ids.take(connection, "link_pair", len(fresh)) if fresh else 0
    number = {key: first + n for n, key in enumerate(fresh)} | {key: kept[key].id for key in told if key in kept}
    new = [{**row, "id": number[key], "scored_at": now, "state": "void", "blocked": False} for key, row in told.items()]
    insert_many(connection, link_pair, new)
    bound = {i for r in gone if r.is_sure for i in (r.low, r.high)}
    for key, row in told.items():
        if row["is_sure"] or (key in kept and kept[key].is_sure):
            bound.update(key)
    return bound, {i for key in told for i in key}

