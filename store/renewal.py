"""Matters that no longer follow from their records, since rules, the calendar or an agency's say changed: finding and deriving them again."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from operator import attrgetter
from typing import Any, NamedTuple

import orjson
from sqlalchemy import ColumnElement, Connection, bindparam, func, insert, select, update

from matters.alone import derive_alone
from matters.derive import derive
from matters.model import MATTER_FIELDS, Agency, Record
from matters.told import Said
from store.chunks import rows_where_in
from store.path import said_among, said_of
from store.relink import renew
from store.schema import counter, filing, matter, record, record_version

Due = Callable[[str, date], date]  # kind and day of acceptance → last day of the limit, where the feed gives none
RULES, UNDER, MARK = "renewal_rules", "renewal_under", "renewal_mark"
_CELLS = attrgetter(*MATTER_FIELDS)
_COLUMNS = [*(record.c[name] for name in Record._fields), record.c.matter_id, record.c.digest]


class Looked(NamedTuple):
    """How far a look came (0: there was nothing), at how many matters, and the fields in which some differ from a fresh derivation."""

    last: int
    seen: int
    wrong: dict[int, tuple[str, ...]]


def state(connection: Connection) -> dict[str, int]:
    """The rules that all matters follow, those under which they are being looked through now, and how far; 0 where nothing is known."""
    found = dict.fromkeys((RULES, UNDER, MARK), 0)
    rows = connection.execute(select(counter.c.name, counter.c.value).where(counter.c.name.in_(sorted(found))))
    return found | {name: int(value) for name, value in rows}


def put(connection: Connection, **values: int) -> None:
    """Keep parts of the state, by the values of RULES, UNDER, MARK."""
    for name, value in values.items():
        if not connection.execute(update(counter).where(counter.c.name == name).values(value=value)).rowcount:
            connection.execute(insert(counter).values(name=name, value=value))


def has_matters(connection: Connection) -> bool:
    """Whether there is anything that rules could have made."""
    return connection.execute(select(matter.c.id).limit(1)).first() is not None


def ends(connection: Connection) -> tuple[int, int, int]:
    """Lowest and highest id of a matter, and how many there are."""
    low, high, count = connection.execute(select(func.min(matter.c.id), func.max(matter.c.id), func.count())).one()
    return int(low or 0), int(high or 0), int(count)


def look(connection: Connection, after: int, limit: int, due: Due, agencies: Mapping[str, Agency], upto: int | None = None) -> Looked:
    """Derive the next matters again, in the order of their ids, and compare; nothing is written."""
    where = (matter.c.id > after,) if upto is None else (matter.c.id > after, matter.c.id <= upto)
    found = connection.execute(select(matter).where(*where).order_by(matter.c.id).limit(limit)).mappings()
    rows = [dict(r) for r in found]
    return Looked(rows[-1]["id"] if rows else 0, len(rows), _wrong(connection, rows, due, agencies))


def look_at(connection: Connection, ids: Sequence[int], due: Due, agencies: Mapping[str, Agency]) -> dict[int, tuple[str, ...]]:
    """Those of some matters that differ; in the transaction that holds other writers off."""
    return _wrong(connection, [dict(r._mapping) for r in rows_where_in(connection, select(matter), matter.c.id, list(ids))], due, agencies)


def mend(connection: Connection, ids: Sequence[int], due: Due, agencies: Mapping[str, Agency], now: datetime) -> int:
    """Correct the limits of these matters' records and derive those again that differ; how many. After turn_day and tick."""
    wrong = sorted(look_at(connection, ids, due, agencies))
    if not wrong:
        return 0
    limits = _stale(connection, list(rows_where_in(connection, select(*_COLUMNS).where(*_live()), record.c.matter_id, wrong)), due)
    if limits:
        rows = [{"b_id": i, "b_due": day} for i, day in sorted(limits.items())]
        connection.execute(update(record).where(record.c.id == bindparam("b_id")).values(due_on=bindparam("b_due")), rows)
    renew(connection, wrong, now, agencies)
    return len(wrong)


def _live() -> tuple[ColumnElement[bool], ...]:
    return (~record.c.withdrawn, ~record.c.context)


def _wrong(connection: Connection, rows: Sequence[Mapping[str, Any]], due: Due, agencies: Mapping[str, Agency]) -> dict[int, tuple[str, ...]]:
    ids = [r["id"] for r in rows]
    found = list(rows_where_in(connection, select(*_COLUMNS).where(*_live()).order_by(record.c.id), record.c.matter_id, ids))
    limits = _stale(connection, found, due)
    groups: dict[int, list[Record]] = defaultdict(list)
    for r in found:
        one = Record._make(r[:-2])
        groups[r.matter_id].append(one._replace(due_on=limits[one.id]) if one.id in limits else one)
    said = said_of(connection, [r.id for r in found])
    filed: dict[int, set[tuple[int, date]]] = defaultdict(set)
    for f in rows_where_in(connection, select(filing.c.matter_id, filing.c.record_id, filing.c.filed_on), filing.c.matter_id, ids):
        filed[f.matter_id].add((f.record_id, f.filed_on))
    out = {}
    for row in rows:
        if group := groups.get(row["id"]):
            fresh, filings = _fresh(group, agencies, said_among(said, [r.id for r in group]))
            names = tuple(n for n in MATTER_FIELDS if fresh[n] != row[n])
            names += ("filings",) if filings != filed[row["id"]] else ()
            names += ("limits",) if any(r.id in limits for r in group) and not names else ()
            if names:
                out[row["id"]] = names
    return out


def _fresh(group: Sequence[Record], agencies: Mapping[str, Agency], said: Sequence[Said]) -> tuple[dict[str, Any], set[tuple[int, date]]]:
    """The fields of a matter and its filings, by the short way where there is one."""
    if len(group) == 1 and not said:
        fields, filed = derive_alone(group[0], agencies)
        return fields, {(group[0].id, filed)} if filed is not None else set()
    derived = derive(group, agencies, said)
    return dict(zip(MATTER_FIELDS, _CELLS(derived.matter), strict=True)), set(derived.filings)


def _stale(connection: Connection, rows: Sequence[Any], due: Due) -> dict[int, date]:
    """The limits of records whose kept one is not that of today's calendar and clocks, where the agency itself gave none."""
    fresh = {r.id: day for r in rows if r.accepted_on is not None and (day := due(r.kind, r.accepted_on)) != r.due_on}
    if not fresh:
        return {}
    digests = {r.id: r.digest for r in rows}
    query = select(record_version.c.record_id, record_version.c.digest, record_version.c.payload)
    said = rows_where_in(connection, query, record_version.c.record_id, list(fresh))
    own = {v.record_id: bool(orjson.loads(v.payload).get("due_on")) for v in said if v.digest == digests[v.record_id]}
    return {i: day for i, day in fresh.items() if own.get(i) is False}
