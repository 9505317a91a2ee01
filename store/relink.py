"""After records or decisions changed: which matters the records now make up. Components over links; derived, then rolled up."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from operator import attrgetter, itemgetter
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from matters.alone import derive_alone
from matters.derive import derive
from matters.linking_groups import REFERENCE, components
from matters.linking_groups import Edge as Reason
from matters.model import MATTER_FIELDS, Agency, Derived, Record
from store import history, ids, linking, search_index
from store.bulk import insert_many
from store.chunks import chunks, rows_by_index, rows_where_in
from store.path import said_among, said_of
from store.rollups import adjust, contributions, rolled_on
from store.schema import filing, matter, record, reference, source

Edge = tuple[int, int, str]  # record, the record it quotes, the number
_RECORD_COLUMNS = tuple(record.c[name] for name in Record._fields)
_RECORD_CELLS = itemgetter(*Record._fields)
_MATTER_CELLS = attrgetter(*MATTER_FIELDS)


def settle_alone(connection: Connection, touched: Sequence[dict[str, Any]], edges: Sequence[Edge]) -> list[dict[str, Any]]:
    """New records that quote nobody and that nobody quotes: each gets its matter's id before it is inserted."""
    near = {i for edge in edges for i in edge[:2]}
    alone = [r for r in touched if r.get("is_new") and r["id"] not in near and _makes_matter(r)]
    first = ids.take(connection, "matter", len(alone)) if alone else 0
    for offset, row in enumerate(alone):
        row["matter_id"] = first + offset
    return alone


def relink(
    connection: Connection, touched: Sequence[Mapping[str, Any]], alone: Sequence[Mapping[str, Any]], edges: Sequence[Edge],
    now: datetime, agencies: Mapping[str, Agency], links_only: bool = False,
) -> None:  # fmt: skip
    """Bring matters, links and rollups in line with the touched records, which are already in the store.

    `links_only`: the records say what they said; a matter that keeps its records is not derived again.
    """
    settled = {r["id"] for r in alone}
    near = {i for edge in edges for i in edge[:2]}
    crowd = [r for r in touched if r["id"] not in settled and (r["id"] in near or r.get("matter_id") is not None or _makes_matter(r))]
    change = _Change(alone=[(_as_record(r), r["matter_id"]) for r in alone])
    if crowd:
        change.crowd = {r["id"] for r in crowd}
        change.olds, change.old_filings, members, change.stood, bonds = _neighbourhood(connection, crowd, near)
        change.stood |= {r["id"]: (r["matter_id"], r.get("was_number")) for r in crowd if not r.get("is_new")}
        change.numbers = {r["id"]: r.get("number") for r in crowd}
        change.crowd |= set(members)
        change.groups = _grouped(connection, members, bonds, change.crowd, now)
        if links_only:
            change.leave_unchanged()
    _replace(connection, change, now, agencies)


def regroup(
    connection: Connection, record_ids: Sequence[int], now: datetime, agencies: Mapping[str, Agency], anew: bool = False
) -> None:
    """Group the matters of these records again: what links or parts them has changed, the records have not. `anew`: derive all of them."""
    rows = [{**r._mapping, "was_number": r.number} for r in rows_where_in(connection, select(record), record.c.id, record_ids)]
    relink(connection, rows, [], [], now, agencies, links_only=not anew)


def rederive(connection: Connection, old: Mapping[str, Any], now: datetime, agencies: Mapping[str, Agency]) -> None:
    """Derive one matter again, whose records stay the same: somebody acted on it. `old` is its row, which gets a new version."""
    change = _Change(alone=[], olds=[dict(old)], acted=frozenset({old["code"]}))
    change.old_filings = [dict(r) for r in connection.execute(select(filing).where(filing.c.matter_id == old["id"])).mappings()]
    change.groups = [members_of(connection, old["id"])]
    _replace(connection, change, now, agencies)


def renew(connection: Connection, matter_ids: Sequence[int], now: datetime, agencies: Mapping[str, Agency]) -> None:
    """Derive matters again whose records stay the same, since the rules have changed; the version goes up where a field does."""
    change = _Change(alone=[], olds=[dict(r._mapping) for r in rows_where_in(connection, select(matter), matter.c.id, matter_ids)])
    change.old_filings = [dict(r._mapping) for r in rows_where_in(connection, select(filing), filing.c.matter_id, matter_ids)]
    change.groups = [group for i in matter_ids if (group := members_of(connection, i))]
    _replace(connection, change, now, agencies)


def members_of(connection: Connection, matter_id: int) -> list[Record]:
    """The records that make up a matter."""
    live = select(*_RECORD_COLUMNS).where(record.c.matter_id == matter_id, ~record.c.withdrawn, ~record.c.context)
    return [Record._make(row) for row in connection.execute(live.order_by(record.c.id))]


@dataclass(slots=True)
class _Change:
    """The matters that go, the records that make up matters of their own, and the groups that make up new ones."""

    alone: list[tuple[Record, int]]
    olds: list[dict[str, Any]] = field(default_factory=list)
    old_filings: list[dict[str, Any]] = field(default_factory=list)
    groups: list[list[Record]] = field(default_factory=list)
    crowd: set[int] = field(default_factory=set)
    # Records that were there before this batch: the matter each belonged to and its number; and numbers that came in.
    stood: dict[int, tuple[int | None, str | None]] = field(default_factory=dict)
    numbers: dict[int, str | None] = field(default_factory=dict)
    # Codes of matters that somebody acted on: their version goes up whatever the act changed, so that no second clerk acts on an old one.
    acted: frozenset[str] = frozenset()

    def leave_unchanged(self) -> None:
        """Take out the matters that have the records they had, of which every one is here."""
        held = Counter(matter_id for matter_id, _ in self.stood.values())
        same: set[int | None] = set()
        for group in self.groups:
            was = {self.stood[r.id][0] if r.id in self.stood else None for r in group}
            if len(was) == 1 and None not in was and held[next(iter(was))] == len(group):
                same |= was
        stay = {r.id for group in self.groups for r in group if r.id in self.stood and self.stood[r.id][0] in same}
        self.groups = [group for group in self.groups if group[0].id not in stay]
        self.crowd -= stay
        self.olds = [old for old in self.olds if old["id"] not in same]
        self.old_filings = [old for old in self.old_filings if old["matter_id"] not in same]
        self.stood = {i: was for i, was in self.stood.items() if i not in stay}


def _makes_matter(row: Mapping[str, Any]) -> bool:
    return not row.get("withdrawn") and not row.get("context")


def _as_record(row: Mapping[str, Any]) -> Record:
    return Record._make(_RECORD_CELLS(row))


def edges_of(connection: Connection, touched: Sequence[Mapping[str, Any]]) -> list[Edge]:
    """References from and to the touched records: among themselves as they come in, to the others as they are stored."""
    live = [r for r in touched if _makes_matter(r)]
    mine = {r["id"] for r in touched}
    holders: dict[str, list[int]] = defaultdict(list)
    for row in live:
        if row.get("number"):
            holders[row["number"]].append(row["id"])
    quotes = [(row["id"], n) for row in live for n in row.get("refs") or () if n != row.get("number")]
    targets: dict[str, list[int]] = defaultdict(list, {n: list(found) for n, found in holders.items()})
    query = select(record.c.id, record.c.number).where(~record.c.withdrawn, ~record.c.context)
    for found in rows_by_index(connection, query, record.c.number, [n for _, n in quotes]):
        if found.id not in mine:
            targets[found.number].append(found.id)
    edges = [(i, other, n) for i, n in quotes for other in targets.get(n, ()) if other != i]
    for found in rows_by_index(connection, select(reference), reference.c.number, list(holders)):
        if found.record_id not in mine:
            edges += [(found.record_id, i, found.number) for i in holders[found.number]]
    return list(dict.fromkeys(edges))


def _neighbourhood(
    connection: Connection, crowd: Sequence[Mapping[str, Any]], near: set[int]
) -> tuple[list[dict[str, Any]], list[dict[str, Any]], dict[int, Record], dict[int, tuple[int | None, str | None]], linking.Bonds | None]:
    """The matters around the crowd as they stood, their filings, every record that belongs or will belong to them, where those
    stood that the batch did not bring, and what binds them beside numbers.

    Whatever a split holds apart is looked at together: an edge that gave way to it may hold when something else has changed.
    """
    mine = {r["id"] for r in crowd}
    wanted = mine | near
    in_use = linking.in_use(connection)
    if in_use:
        known = linking.bonds_of(connection, [r["id"] for r in crowd if not r.get("is_new")])
        wanted |= {i for pair in (*known.joins, *known.sure) for i in pair}
    own = {r["matter_id"] for r in crowd if r.get("matter_id")}
    while True:
        found = list(rows_where_in(connection, select(record.c.id, record.c.matter_id), record.c.id, list(wanted)))
        matter_ids = sorted({r.matter_id for r in found if r.matter_id is not None} | own)
        live = select(*_RECORD_COLUMNS, record.c.matter_id).where(~record.c.withdrawn, ~record.c.context)
        rows = [*rows_where_in(connection, live, record.c.matter_id, matter_ids), *rows_where_in(connection, live, record.c.id, list(wanted))]
        members = {r.id: Record._make(r[:-1]) for r in rows}
        bonds = linking.bonds_of(connection, list(members)) if in_use else None
        beyond = {i for pair in bonds.aparts for i in pair} - members.keys() - wanted if bonds else set()
        if not beyond:
            break
        wanted |= beyond
    olds = [dict(r._mapping) for r in rows_where_in(connection, select(matter), matter.c.id, matter_ids)]
    filings = [dict(r._mapping) for r in rows_where_in(connection, select(filing), filing.c.matter_id, matter_ids)]
    return olds, filings, members, {r.id: (r.matter_id, r.number) for r in rows if r.id not in mine}, bonds


def _grouped(
    connection: Connection, members: Mapping[int, Record], bonds: linking.Bonds | None, crowd: set[int], now: datetime
) -> list[list[Record]]:
    """The records of each matter to be; the links among them, and the queue's pairs, are brought in line."""
    edges = [Reason(a, b, REFERENCE, n) for a, b, n in _edges_among(connection, members)] + (bonds.edges(members) if bonds else [])
    groups = components({i: (m.feed, m.external_id) for i, m in members.items()}, edges, bonds.aparts if bonds else ())
    group_of = {i: number for number, group in enumerate(groups) for i in group}
    everyone = sorted(crowd)
    linking.sync_links(connection, everyone, [e for e in edges if group_of[e.one] == group_of[e.other]], now)
    if bonds:
        linking.sync_pairs(connection, everyone, group_of, bonds)
    return [[members[i] for i in group] for group in groups]


def _edges_among(connection: Connection, members: Mapping[int, Record]) -> list[Edge]:
    by_number: dict[str, list[int]] = defaultdict(list)
    for member in members.values():
        if member.number:
            by_number[member.number].append(member.id)
    edges = []
    for found in rows_where_in(connection, select(reference), reference.c.record_id, list(members)):
        edges += [(found.record_id, other, found.number) for other in by_number.get(found.number, ()) if other != found.record_id]
    return edges


def _replace(connection: Connection, change: _Change, now: datetime, agencies: Mapping[str, Agency]) -> None:
    """Old matters out, derived ones in, rollups moved by the difference, records pointed at their matter."""
    rows, filings = _alone(change.alone, agencies, now)
    told = said_of(connection, [r.id for group in change.groups for r in group]) if change.groups else {}
    derived = [derive(group, agencies, said_among(told, [r.id for r in group])) for group in change.groups]
    renewed = _renewed(connection, derived, {old["code"]: old for old in change.olds}, now, change.acted)
    filings += [_filing(row, record_id, day) for row, d in zip(renewed, derived, strict=True) for record_id, day in d.filings]
    rows += renewed
    _name_sources(connection, rows)
    if change.olds:
        history.keep_matters(connection, change.olds, rows, now)
        gone = [o["id"] for o in change.olds]
        for table, column in ((filing, filing.c.matter_id), (matter, matter.c.id)):
            for part in chunks(gone):
                connection.execute(delete(table).where(column.in_(part)))
    insert_many(connection, matter, rows)
    search_index.note(connection, change.olds, rows)
    insert_many(connection, filing, history.dated_filings(connection, change.old_filings, filings, now))
    _point_records(connection, renewed, change, now)
    new_filings = [(f["matter_id"], f["filed_on"]) for f in filings]
    day = rolled_on(connection) or now.date()
    old_filings = [(f["matter_id"], f["filed_on"]) for f in change.old_filings]
    adjust(connection, contributions(change.olds, old_filings, day, -1) + contributions(rows, new_filings, day))


def _alone(
    alone: Sequence[tuple[Record, int]], agencies: Mapping[str, Agency], now: datetime
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Matter rows and filings of records that make up a matter each."""
    rows, filings = [], []
    for one, matter_id in alone:
        row, filed = derive_alone(one, agencies)
        row["id"], row["version"], row["changed_at"] = matter_id, 1, now
        rows.append(row)
        if filed is not None:
            filings.append(_filing(row, one.id, filed))
    return rows, filings


def _filing(row: Mapping[str, Any], record_id: int, day: date) -> dict[str, Any]:
    return {"record_id": record_id, "county_code": row["county_code"], "matter_id": row["id"], "filed_on": day}


def _renewed(
    connection: Connection, derived: Sequence[Derived], by_code: Mapping[str, Mapping[str, Any]], now: datetime,
    acted: frozenset[str] = frozenset(),
) -> list[dict[str, Any]]:  # fmt: skip
    """Rows of derived matters: one that keeps its code keeps its id, and its version unless something changed."""
    missing = sum(d.matter.code not in by_code for d in derived)
    next_id = ids.take(connection, "matter", missing) if missing else 0
    rows = []
    for d in derived:
        old = by_code.get(d.matter.code)
        row = {**dict(zip(MATTER_FIELDS, _MATTER_CELLS(d.matter), strict=True)), "version": 1, "changed_at": now}
        if old is None:
            row["id"] = next_id
            next_id += 1
        else:
            same = d.matter.code not in acted and all(old[name] == row[name] for name in MATTER_FIELDS)
            row.update(id=old["id"], version=old["version"] + (not same), changed_at=old["changed_at"] if same else now)
        rows.append(row)
    return rows


def _name_sources(connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
    """Give each matter the number of its source (agencies, first agency, channel); new combinations get new numbers."""
    known = {(r.agencies, r.first_agency, r.channel): r.id for r in connection.execute(select(source))}
    keys = [(r["agencies"], r["first_agency"], r["channel"]) for r in rows]
    wanted = sorted(set(keys) - set(known))
    if wanted:
        start = max(known.values(), default=0) + 1
        new = [{"id": start + i, "agencies": a, "first_agency": f, "channel": c} for i, (a, f, c) in enumerate(wanted)]
        connection.execute(insert(source), new)
        known |= {key: start + i for i, key in enumerate(wanted)}
    for row, key in zip(rows, keys, strict=True):
        row["source"] = known[key]


def _point_records(connection: Connection, rows: Sequence[Mapping[str, Any]], change: _Change, now: datetime) -> None:
    points = [{"b_id": r.id, "m": row["id"]} for row, group in zip(rows, change.groups, strict=True) for r in group]
    placed = {p["b_id"] for p in points}
    points += [{"b_id": i, "m": None} for i in change.crowd - placed]
    stands = {p["b_id"]: p["m"] for p in points}
    moved = {i: was for i, was in change.stood.items() if was != (stands.get(i, was[0]), change.numbers.get(i, was[1]))}
    history.keep_records(connection, moved, now)
    if points:
        connection.execute(update(record).where(record.c.id == bindparam("b_id")).values(matter_id=bindparam("m")), points)
