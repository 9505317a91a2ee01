"""Features of many records as a table for DuckDB and Splink, and the pairs that have a key in common."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

import duckdb
import pyarrow as pa

from services.linking.features import CAP, Features, Seats, features, keys_of

_TEXTS, _LISTS = pa.string(), pa.list_(pa.string())
_TYPES: dict[str, pa.DataType] = {
    "id": pa.int64(), "source": _TEXTS, "ids": _LISTS, "phones": _LISTS, "names": _LISTS, "people": _LISTS, "county": _TEXTS, "town": _TEXTS, "village": _TEXTS,
    "lon": pa.float64(), "lat": pa.float64(), "day": pa.int64(), "category": _TEXTS, "amount": pa.float64(), "title": _LISTS, "text": _LISTS,
}  # fmt: skip
_PAIRS = """
    with k as (select id, unnest(keys) as key from records)
    select distinct a.id as low, b.id as high from k a join k b on a.key = b.key and a.id < b.id order by 1, 2
"""


def table(rows: Iterable[Mapping[str, Any]], seats: Seats) -> pa.Table:
    """Live rows of the record table as columns of Features, and `keys` without those that more than CAP records have."""
    found = [features(row, seats) for row in rows if not row.get("withdrawn") and not row.get("context")]
    keys = [keys_of(one) for one in found]
    uses = Counter(key for mine in keys for key in mine)
    columns = {name: pa.array([getattr(one, name) for one in found], kind) for name, kind in _TYPES.items()}
    columns["keys"] = pa.array([[key for key in dict.fromkeys(mine) if uses[key] <= CAP] for mine in keys], _LISTS)
    return pa.table(columns)


def by_id(records: pa.Table) -> dict[int, Features]:
    """The table's rows as features again."""
    columns = [records.column(name).to_pylist() for name in Features._fields]
    return {row[0]: Features._make(tuple(v) if isinstance(v, list) else v for v in row) for row in zip(*columns, strict=True)}


def candidates(records: pa.Table) -> list[tuple[int, int]]:
    """Pairs of ids (low < high) with a key in common."""
    with duckdb.connect() as base:
        base.register("records", records)
        return base.execute(_PAIRS).fetchall()
