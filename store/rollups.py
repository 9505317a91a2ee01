"""The rollups: what a matter adds to them, adjusting them by differences, rebuilding them, comparing both.

A grain is (time, area, by category?, by source?). Screens read the coarsest grain that answers; the ones left out
(day × township × category) do not compress, and are read from the matters' own index (docs/decisions).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache
from operator import add
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sqlalchemy import Connection, delete, func, insert, select, update

from matters.indicators import MEASURES
from matters.periods import Window
from store import clock
from store.bulk import run_each
from store.chunks import array_text
from store.dates import month_number, month_start
from store.schema import data_version, filing, matter, rollup


class Grain(NamedTuple):
    """One level of coarseness."""

    id: int
    time: str  # day | month
    town: bool
    category: bool
    source: bool


GRAINS: dict[tuple[str, bool, bool, bool], Grain] = {
    (time, town, category, source): Grain(number, time, town, category, source)
    for number, (time, town, category, source) in enumerate(
        (
            ("month", False, False, False), ("day", False, False, False),
            ("month", True, False, False), ("day", True, False, False),
            ("month", False, True, False), ("day", False, True, False), ("month", True, True, False),
            ("month", False, False, True), ("day", False, False, True),
            ("month", True, False, True), ("day", True, False, True),
            ("month", False, True, True), ("day", False, True, True), ("month", True, True, True),
        ),
        start=1,
    )
}  # fmt: skip

KEYS = ("grain", "category", "source", "county_code", "period", "town_code")
PART = 100_000  # rows read at once when all are counted
_EPOCH = 719163  # date(1970, 1, 1).toordinal()
_DIMENSIONS = ("county_code", "town_code", "category", "source")


class Deltas(NamedTuple):
    """What is to be added to the rollups: one entry an accepted matter or a filing.

    `keys` has an object array a dimension (county_code, town_code, category, source), `days` the ordinals, `values`
    the MEASURES as an array of shape (entries, measures).
    """

    keys: dict[str, NDArray[np.object_]]
    days: NDArray[np.int64]
    values: NDArray[np.int64]

    def __add__(self, other: Deltas) -> Deltas:  # type: ignore[override]
        keys = {name: np.concatenate([self.keys[name], other.keys[name]]) for name in _DIMENSIONS}
        return Deltas(keys, np.concatenate([self.days, other.days]), np.concatenate([self.values, other.values]))


def contributions(matters: Sequence[Mapping[str, Any]], filings: Iterable[tuple[int, date]], day: date, sign: int = 1) -> Deltas:
    """What matters (rows of the matter table with id) and their filings [(matter id, day)] add on a day, times `sign`."""
    accepted = [m for m in matters if m["accepted_on"] is not None]
    by_id = {m["id"]: m for m in matters}
    filed = [(by_id[i], day) for i, day in filings]
    everyone = [*accepted, *(m for m, _ in filed)]
    keys = {name: _objects([m[name] for m in everyone]) for name in _DIMENSIONS}
    days = np.array([m["accepted_on"].toordinal() for m in accepted] + [d.toordinal() for _, d in filed], dtype=np.int64)
    rows = [_measures(m, day) for m in accepted] + [_FILED] * len(filed)
    values = np.array(rows, dtype=np.int64).reshape(len(rows), len(MEASURES)) * sign
    return Deltas(keys, days, values)


def _objects(values: list[Any]) -> NDArray[np.object_]:
    out = np.empty(len(values), dtype=object)
    out[:] = values
    return out


_FILED = tuple(int(m == "civil_filings") for m in MEASURES)


def _measures(m: Mapping[str, Any], day: date) -> tuple[int, ...]:
    closed = not m["is_open"]
    past = not closed and m["due_on"] is not None and m["due_on"] < day
    in_time = closed and (m["due_on"] is None or (m["closed_on"] is not None and m["closed_on"] <= m["due_on"]))
    return (
        1, m["record_count"], closed, closed and m["outcome"] == "resolved", in_time, m["satisfied"] is not None,
        m["satisfied"] is True, m["escalated"], m["litigated"], m["mediation"] == "success", m["mediation"] == "failure", 0,
        not closed, past,
    )  # fmt: skip


def adjust(connection: Connection, deltas: Deltas) -> int:
    """Add differences to every grain; rows that come to nothing on all measures are left at zero. Returns upserts."""
    if not len(deltas.days):
        return 0
    grains = (columns for columns in grouped(deltas) if columns[0])
    if connection.dialect.name == "postgresql":
        upserts: list[int] = []
        run_each(connection, (_arrays(columns, upserts) for columns in grains))
        return sum(upserts)
    return sum(_upsert(connection, columns) for columns in grains)


def grouped(deltas: Deltas) -> Iterator[list[list[Any]]]:
    """The columns KEYS and MEASURES of each grain in turn, without rows that are zero throughout."""
    # In the order of the table's key: what lies together is written together, and two writers cannot deadlock.
    codes = {name: pd.factorize(values, sort=True)[0].astype(np.int64) for name, values in deltas.keys.items()}
    months = (deltas.days - _EPOCH).astype("datetime64[D]").astype("datetime64[M]").astype(np.int64) + 1970 * 12
    times = {"day": deltas.days, "month": months}
    ranks = {name: time - time.min() for name, time in times.items()}
    for grain in GRAINS.values():
        code = np.zeros(len(deltas.days), np.int64)
        for name in KEYS[1:]:
            part = ranks[grain.time] if name == "period" else codes[name] if _keeps(grain, name) else None
            if part is not None:
                code = code * (int(part.max(initial=0)) + 1) + part
        order = np.argsort(code, kind="stable")
        starts = np.flatnonzero(np.r_[True, np.diff(code[order]) != 0])
        sums = np.add.reduceat(deltas.values[order], starts, axis=0)
        some = (sums != 0).any(axis=1)
        yield _columns(grain, deltas, times[grain.time], order[starts[some]], sums[some])


def _keeps(grain: Grain, name: str) -> bool:
    return name == "county_code" or bool(getattr(grain, name.removesuffix("_code")))


def _columns(grain: Grain, deltas: Deltas, time: Any, first: Any, sums: Any) -> list[list[Any]]:
    """Keys are read off the first entry of each group."""
    size = len(first)
    return [
        [grain.id] * size,
        deltas.keys["category"][first].tolist() if grain.category else [""] * size,
        deltas.keys["source"][first].tolist() if grain.source else [0] * size,
        deltas.keys["county_code"][first].tolist(),
        time[first].tolist(),
        deltas.keys["town_code"][first].tolist() if grain.town else [""] * size,
        *sums.T.tolist(),
    ]


def _upsert(connection: Connection, columns: list[list[Any]]) -> int:
    connection.exec_driver_sql(_UPSERT_SQLITE, list(zip(*columns, strict=True)))
    return len(columns[0])


_SET = ", ".join(f"{m} = rollup.{m} + excluded.{m}" for m in MEASURES)
_INSERT = f"INSERT INTO rollup ({', '.join((*KEYS, *MEASURES))})"
_UPSERT_SQLITE = (
    f"{_INSERT} VALUES ({', '.join('?' * (len(KEYS) + len(MEASURES)))}) ON CONFLICT ({', '.join(KEYS)}) DO UPDATE SET {_SET}"
)
_TEXTS = ("category", "county_code", "town_code")


@lru_cache(maxsize=1_024)
def _upsert_postgresql(given: tuple[str, ...]) -> str:
    """One statement with an array a column that is given; of the others the grain is the same throughout, and the rest '' or 0.

    Most of the measures of most batches are 0, and half of a grain's keys say nothing. Sorted by key so that two writers cannot deadlock.
    """
    arrays = ", ".join(f"%({n})s::{'text' if n in _TEXTS else 'integer'}[]" for n in given)
    cells = ", ".join(f"u.{n}" if n in given else "%(grain)s::smallint" if n == "grain" else "''" if n in _TEXTS else "0" for n in (*KEYS, *MEASURES))
    changed = ", ".join(f"{m} = rollup.{m} + excluded.{m}" for m in MEASURES if m in given)
    order = ", ".join(f"u.{k}" for k in KEYS if k in given)
    return (f"{_INSERT} SELECT {cells} FROM unnest({arrays}) AS u({', '.join(given)}) ORDER BY {order} "
            f"ON CONFLICT ({', '.join(KEYS)}) DO UPDATE SET {changed}")  # fmt: skip


def _arrays(columns: Sequence[list[Any]], upserts: list[int]) -> tuple[str, dict[str, Any]]:
    """The statement for the columns of a grain, and its values; their number of rows goes to `upserts`."""
    upserts.append(len(columns[0]))
    named = dict(zip((*KEYS, *MEASURES), columns, strict=True))
    grain, *_ = named.pop("grain")
    given = {n: column for n, column in named.items() if n in ("county_code", "period") or any(column)}
    return _upsert_postgresql(tuple(given)), {"grain": grain, **{n: array_text(column, n in _TEXTS) for n, column in given.items()}}


def rebuild(connection: Connection) -> int:
    """Compute every grain anew from the matters; returns the number of rows. The slow truth that adjust() must equal."""
    connection.execute(delete(rollup))
    for part in _truth(connection, rolled_on(connection) or date.min):
        adjust(connection, part)
    return int(connection.execute(select(func.count()).select_from(rollup)).scalar_one())


def compare(connection: Connection) -> list[dict[str, Any]]:
    """Rows of the rollups that differ from a fresh computation; empty when all is right.

    Each has the key, the measures as kept and, as `<measure>_fresh`, as computed.
    """
    size, nothing = len(KEYS), (0,) * len(MEASURES)
    kept = {tuple(r)[:size]: tuple(r)[size:] for r in connection.execute(select(rollup)) if any(tuple(r)[size:])}
    fresh: dict[tuple[Any, ...], tuple[int, ...]] = {}
    for part in _truth(connection, rolled_on(connection) or date.min):
        for columns in grouped(part) if len(part.days) else ():
            for row in zip(*columns, strict=True):
                had = fresh.get(row[:size])
                fresh[row[:size]] = row[size:] if had is None else tuple(map(add, had, row[size:]))
    wrong = []
    for key in sorted(kept.keys() | fresh.keys()):
        held, is_ = kept.get(key, nothing), fresh.get(key, nothing)
        if held != is_:
            names = (*KEYS, *MEASURES, *(f"{m}_fresh" for m in MEASURES))
            wrong.append(dict(zip(names, (*key, *held, *is_), strict=True)))
    return wrong


_NEEDED = ("id", "county_code", "town_code", "category", "source", "accepted_on", "record_count", "is_open", "due_on",
           "closed_on", "outcome", "satisfied", "escalated", "litigated", "mediation")  # fmt: skip


_ACCEPTED = select(*(matter.c[n] for n in _NEEDED)).where(matter.c.accepted_on.is_not(None))
_FILINGS = select(filing.c.matter_id, filing.c.filed_on, *(matter.c[n] for n in _DIMENSIONS)).join(matter, matter.c.id == filing.c.matter_id)


def _truth(connection: Connection, day: date) -> Iterator[Deltas]:
    """What all matters and filings add, in parts: ten million of them at once took more memory than a server has.

    A part is some whole months of a county, so that no cell is touched by two: in the order of their ids every part went through
    all of the table.
    """
    for county, window in _parts(connection):
        here = matter.c.county_code == county
        rows = connection.execute(_ACCEPTED.where(here, matter.c.accepted_on.between(window.start, window.end)))
        accepted = contributions([dict(r) for r in rows.mappings()], [], day)
        filed = [dict(r) for r in connection.execute(_FILINGS.where(here, filing.c.filed_on.between(window.start, window.end))).mappings()]
        yield accepted + _filed(filed) if filed else accepted


def _filed(rows: Sequence[Mapping[str, Any]]) -> Deltas:
    """What filings (rows of _FILINGS) add."""
    days = np.array([r["filed_on"].toordinal() for r in rows], dtype=np.int64)
    keys = {name: _objects([r[name] for r in rows]) for name in _DIMENSIONS}
    return Deltas(keys, days, np.array([_FILED] * len(rows), dtype=np.int64))


def _parts(connection: Connection) -> Iterator[tuple[str, Window]]:
    """County codes and whole months in which something was accepted or filed, some PART rows each; the months in order, each in one part."""
    accepted = select(matter.c.county_code, matter.c.accepted_on, func.count()).where(matter.c.accepted_on.is_not(None))
    filed = select(matter.c.county_code, filing.c.filed_on, func.count()).join(matter, matter.c.id == filing.c.matter_id)
    counts: dict[str, dict[int, int]] = {}
    for query in (accepted.group_by(matter.c.county_code, matter.c.accepted_on), filed.group_by(matter.c.county_code, filing.c.filed_on)):
        for county, at, rows in connection.execute(query):
            months = counts.setdefault(county, {})
            months[month_number(at)] = months.get(month_number(at), 0) + rows
    for county, months in sorted(counts.items()):
        first, held = min(months), 0
        for month in sorted(months):
            if held and held + months[month] > PART:
                yield county, Window(month_start(first), month_start(month) - timedelta(days=1))
                first, held = month, 0
            held += months[month]
        yield county, Window(month_start(first), month_start(max(months) + 1) - timedelta(days=1))


def rolled_on(connection: Connection) -> date | None:
    """The day for which past_limit holds; None when the rollups have never been built for one."""
    return connection.execute(select(data_version.c.rolled_on)).scalar()


def turn_day(connection: Connection, day: date) -> bool:
    """Make past_limit hold for a day, in the caller's writing transaction; whether anything had to be done.

    Only the open matters whose limit lies between the two days are touched. Rollups without a day are built anew.
    """
    clock.hold(connection, day)
    before = rolled_on(connection)
    if before == day:
        return False
    if connection.execute(update(data_version).values(rolled_on=day)).rowcount == 0:
        connection.execute(insert(data_version).values(id=1, version=0, changed_at=datetime.combine(day, datetime.min.time()), rolled_on=day))
    if before is None:
        rebuild(connection)
        return True
    first, last = sorted((before, day))
    between = select(*(matter.c[n] for n in _NEEDED)).where(matter.c.is_open, matter.c.due_on >= first, matter.c.due_on < last)
    turned = [dict(row) for row in connection.execute(between).mappings()]
    adjust(connection, contributions(turned, [], before, -1) + contributions(turned, [], day))
    return True
