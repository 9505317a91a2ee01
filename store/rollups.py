"""The rollups: what a matter adds to them, adjusting them by differences, rebuilding them, comparing both.

A grain is (time, area, by category?, by source?). Screens read the coarsest grain that answers; the ones left out
(day × township × category) do not compress, and are read from the matters' own index (docs/decisions).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from sqlalchemy import Connection, delete, func, select

from matters.indicators import MEASURES
from store.schema import filing, matter, rollup


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
_EPOCH = 719163  # date(1970, 1, 1).toordinal()


def contributions(matters: Sequence[Mapping[str, Any]], filings: Iterable[tuple[int, Any]], sign: int = 1) -> pd.DataFrame:
    """What matters (rows of the matter table with id) and their filings [(matter id, day)] add to the rollups.

    One row an accepted matter, one a filing; columns county_code, town_code, category, source, day (datetime64[D])
    and MEASURES, times `sign`.
    """
    accepted = [m for m in matters if m["accepted_on"] is not None]
    columns = {name: [m[name] for m in accepted] for name in ("county_code", "town_code", "category", "source")}
    frame = pd.DataFrame(columns)
    frame["day"] = np.array([m["accepted_on"] for m in accepted], dtype="datetime64[D]").astype("int64") + _EPOCH
    values = np.array([_measures(m) for m in accepted], dtype="int64").reshape(len(accepted), len(MEASURES))
    frame = pd.concat([frame, pd.DataFrame(values * sign, columns=list(MEASURES))], axis=1)
    return _with_filings(frame, {m["id"]: m for m in matters}, filings, sign)


def _measures(m: Mapping[str, Any]) -> tuple[int, ...]:
    closed = not m["is_open"]
    in_time = closed and (m["due_on"] is None or (m["closed_on"] is not None and m["closed_on"] <= m["due_on"]))
    return (
        1, m["record_count"], closed, closed and m["outcome"] == "resolved", in_time, m["satisfied"] is not None,
        m["satisfied"] is True, m["escalated"], m["litigated"], m["mediation"] == "success", m["mediation"] == "failure", 0,
    )  # fmt: skip


def _with_filings(frame: pd.DataFrame, by_id: Mapping[int, Mapping[str, Any]], filings: Iterable[tuple[int, Any]], sign: int) -> pd.DataFrame:
    rows = [(by_id[i], day) for i, day in filings]
    if not rows:
        return frame
    extra = pd.DataFrame({name: [m[name] for m, _ in rows] for name in ("county_code", "town_code", "category", "source")})
    extra["day"] = [day.toordinal() for _, day in rows]
    for name in MEASURES:
        extra[name] = sign if name == "civil_filings" else 0
    return pd.concat([frame, extra], ignore_index=True)


def adjust(connection: Connection, deltas: pd.DataFrame) -> int:
    """Add differences to every grain; rows that come to nothing on all measures are left at zero. Returns upserts."""
    if deltas.empty:
        return 0
    days = deltas["day"].to_numpy()
    stamps = (days - _EPOCH).astype("datetime64[D]").astype("datetime64[M]").astype("int64") + 1970 * 12
    frame = deltas.assign(month=stamps)
    upserts = 0
    for grain in GRAINS.values():
        by = ["county_code", grain.time] + ["town_code"] * grain.town + ["category"] * grain.category + ["source"] * grain.source
        sums = frame.groupby(by, sort=False)[list(MEASURES)].sum()
        sums = sums[(sums != 0).any(axis=1)].reset_index()
        upserts += _upsert(connection, grain, sums)
    return upserts


def _upsert(connection: Connection, grain: Grain, sums: pd.DataFrame) -> int:
    if sums.empty:
        return 0
    columns = _columns(grain, sums)
    names = (*KEYS, *MEASURES)
    if connection.dialect.name == "postgresql":
        _upsert_arrays(connection, names, columns)
    else:
        connection.exec_driver_sql(_UPSERT_SQLITE, list(zip(*columns, strict=True)))
    return len(sums)


def _columns(grain: Grain, sums: pd.DataFrame) -> list[list[Any]]:
    """The columns KEYS and MEASURES of a grain's sums."""
    size = len(sums)
    return [
        [grain.id] * size,
        sums["category"].tolist() if grain.category else [""] * size,
        sums["source"].tolist() if grain.source else [0] * size,
        sums["county_code"].tolist(),
        sums[grain.time].tolist(),
        sums["town_code"].tolist() if grain.town else [""] * size,
        *(sums[name].tolist() for name in MEASURES),
    ]


_SET = ", ".join(f"{m} = rollup.{m} + excluded.{m}" for m in MEASURES)
_INSERT = f"INSERT INTO rollup ({', '.join((*KEYS, *MEASURES))})"
_UPSERT_SQLITE = (
    f"{_INSERT} VALUES ({', '.join('?' * (len(KEYS) + len(MEASURES)))}) ON CONFLICT ({', '.join(KEYS)}) DO UPDATE SET {_SET}"
)
_PG_TYPES = ("smallint", "text", "integer", "text", "integer", "text", *("integer",) * len(MEASURES))


def _upsert_arrays(connection: Connection, names: Sequence[str], columns: Sequence[list[Any]]) -> None:
    """PostgreSQL: one statement with an array a column, sorted by key so that two writers cannot deadlock."""
    arrays = ", ".join(f"%({n})s::{t}[]" for n, t in zip(names, _PG_TYPES, strict=True))
    statement = (
        f"{_INSERT} SELECT * FROM unnest({arrays}) AS u({', '.join(names)}) ORDER BY {', '.join(KEYS)} "
        f"ON CONFLICT ({', '.join(KEYS)}) DO UPDATE SET {_SET}"
    )
    connection.exec_driver_sql(statement, dict(zip(names, columns, strict=True)))


def rebuild(connection: Connection) -> int:
    """Compute every grain anew from the matters; returns the number of rows. The slow truth that adjust() must equal."""
    connection.execute(delete(rollup))
    truth = _truth(connection)
    for grain in GRAINS.values():
        sums = _grouped(truth, grain)
        _upsert(connection, grain, sums)
    return int(connection.execute(select(func.count()).select_from(rollup)).scalar_one())


def compare(connection: Connection) -> list[dict[str, Any]]:
    """Rows of the rollups that differ from a fresh computation; empty when all is right.

    Each has the key, the measures as kept and, as `<measure>_fresh`, as computed.
    """
    size, nothing = len(KEYS), (0,) * len(MEASURES)
    kept = {tuple(r)[:size]: tuple(r)[size:] for r in connection.execute(select(rollup)) if any(tuple(r)[size:])}
    truth = _truth(connection)
    fresh = {key: values for grain in GRAINS.values() for key, values in _as_rows(_grouped(truth, grain), grain)}
    wrong = []
    for key in sorted(kept.keys() | fresh.keys()):
        had, is_ = kept.get(key, nothing), fresh.get(key, nothing)
        if had != is_:
            names = (*KEYS, *MEASURES, *(f"{m}_fresh" for m in MEASURES))
            wrong.append(dict(zip(names, (*key, *had, *is_), strict=True)))
    return wrong


def _as_rows(sums: pd.DataFrame, grain: Grain) -> Iterator[tuple[tuple[Any, ...], tuple[int, ...]]]:
    columns = _columns(grain, sums)
    for row in zip(*columns, strict=True):
        yield row[: len(KEYS)], row[len(KEYS) :]


def _truth(connection: Connection) -> pd.DataFrame:
    needed = ("id", "county_code", "town_code", "category", "source", "accepted_on", "record_count", "is_open", "due_on",
              "closed_on", "outcome", "satisfied", "escalated", "litigated", "mediation")  # fmt: skip
    matters = [dict(row) for row in connection.execute(select(*(matter.c[n] for n in needed))).mappings()]
    filings = [(row.matter_id, row.filed_on) for row in connection.execute(select(filing.c.matter_id, filing.c.filed_on))]
    frame = contributions(matters, filings)
    days = frame["day"].to_numpy(dtype="int64")
    return frame.assign(month=(days - _EPOCH).astype("datetime64[D]").astype("datetime64[M]").astype("int64") + 1970 * 12)


def _grouped(truth: pd.DataFrame, grain: Grain) -> pd.DataFrame:
    by = ["county_code", grain.time] + ["town_code"] * grain.town + ["category"] * grain.category + ["source"] * grain.source
    return truth.groupby(by, sort=False)[list(MEASURES)].sum().reset_index()
