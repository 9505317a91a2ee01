"""What is written in bulk comes back as it was, whatever its signs."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import numpy as np
import pytest
from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    DateTime,
    Engine,
    Float,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    select,
    text,
)

from store.bulk import insert_many, written
from store.chunks import array_text, rows_by_index, rows_where_in
from store.engine import reading, writing

TEXTS = ["", "邻里", "a\tb", "a\nb", "a\r\nb", "\\", "\\N", "\\.", "\\t", '"', "'; --", "{a,b}", "NULL", "\x01", "\u2028", "𠮷", "x" * 9_000, None]

told = Table("told", MetaData(), Column("id", Integer, primary_key=True), Column("short", String), Column("long", Text), Column("json", JSON(none_as_null=True)),
             Column("yes", Boolean), Column("day", Date), Column("at", DateTime), Column("sum", Float), Column("none", Text))  # fmt: skip


def test_every_sign_comes_back(store: Engine) -> None:
    rows: list[dict[str, Any]] = [
        {"id": n, "short": word, "long": None if word is None else word + word, "json": None if n % 5 == 4 else {"a": [word, n, None, 0.5, "\\"]},
         "yes": [True, False, None][n % 3], "day": None if n % 4 == 3 else date(2026, 1 + n % 12, 5), "at": None if n % 7 == 6 else datetime(2026, 1, 5, 10, n, 3, n),
         "sum": [None, 0.1, -1e300, 3.0][n % 4], "none": None}
        for n, word in enumerate(TEXTS)
    ]  # fmt: skip
    with writing(store) as c:
        told.create(c)
        insert_many(c, told, rows)
    with reading(store) as c:
        assert [dict(r) for r in c.execute(select(told).order_by(told.c.id)).mappings()] == rows
    with writing(store) as c:
        told.drop(c)


def test_rows_written_elsewhere_are_the_same_rows(store: Engine) -> None:
    if store.dialect.name != "postgresql":
        return  # SQLite takes the values themselves
    rows = [{"id": n, "short": word, "long": word, "json": {"a": word}, "yes": None, "day": date(2026, 1, 5), "at": datetime(2026, 1, 5, 10, 0, 0, n), "sum": n / 7}
            for n, word in enumerate(TEXTS)]  # fmt: skip
    names = ["json", "long", "nobody", "short", "yes", "at"]
    ready = written(told, names, [[r[n] for r in rows] if n not in ("nobody", "yes") else None for n in names])
    assert set(ready.names) == {"json", "long", "short", "at"}
    with writing(store) as c:
        told.create(c)
        insert_many(c, told, [{**r, "json": "not this", "long": "nor this"} for r in rows], ready)
        found = [dict(r) for r in c.execute(select(told).order_by(told.c.id)).mappings()]
        told.drop(c)
    assert found == [{**r, "none": None} for r in rows]


def test_looking_up_by_index_finds_what_a_condition_finds(store: Engine) -> None:
    with writing(store) as c:
        told.create(c)
        insert_many(c, told, [{"id": n, "short": word, "long": str(n % 3), "json": n, "yes": True, "day": None, "at": None, "sum": 0.5} for n, word in enumerate(TEXTS)])
        query = select(told.c.id, told.c.json).where(told.c.long != "1")
        for column, values in ((told.c.short, [*TEXTS[:9], "nobody", TEXTS[0]]), (told.c.id, [3, 4, 5, 999, 3]), (told.c.short, [])):
            found = sorted(map(tuple, rows_by_index(c, query, column, values)))
            assert found == sorted(map(tuple, c.execute(query.where(column.in_(values))))) == sorted(map(tuple, rows_where_in(c, query, column, values)))
        told.drop(c)


@pytest.mark.parametrize(("values", "kind"), [([t for t in TEXTS if t is not None], "text"), ([], "text"), (["a", "b"], "text"), ([1, -2, 2**62], "bigint"),
                                              ([np.int64(7), 8], "bigint"), ([], "bigint"), ([date(2026, 1, 5)], "date")])  # fmt: skip
def test_an_array_is_its_values(store: Engine, values: list[Any], kind: str) -> None:
    if store.dialect.name != "postgresql":
        return  # an array is PostgreSQL's
    with reading(store) as c:
        assert c.execute(text(f"SELECT CAST(:a AS {kind}[])"), {"a": array_text(values, kind == "text")}).scalar_one() == values
