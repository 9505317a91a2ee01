"""Many rows into a table at the speed of the driver: COPY on PostgreSQL, plain tuples on SQLite.

The usual way prepares every value of every row by itself, which took a quarter of an ingest. What is written is the same:
dates as the SQLite dialect writes them, JSON as text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from operator import itemgetter
from typing import Any, NamedTuple

import orjson
from sqlalchemy import JSON, Boolean, Column, Connection, Date, DateTime, String, Table
from sqlalchemy.exc import DBAPIError


class Written(NamedTuple):
    """What of rows was written elsewhere as COPY reads it: some columns, and of each row their cells in that order."""

    names: tuple[str, ...]
    cells: list[str]


def written(table: Table, names: Sequence[str], columns: Sequence[Sequence[Any] | None]) -> Written:
    """Columns of a table by name (None: nobody fills it; other names are left out), one row at least."""
    found = [(table.c[n], cells) for n, cells in zip(names, columns, strict=True) if cells is not None and n in table.c]
    return Written(tuple(c.name for c, _ in found), _lines([_written(c, cells, True) for c, cells in found]))


def insert_many(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]], ready: Written | None = None) -> None:
    """Insert rows that all have the keys of the first one; in the caller's transaction. What is `ready` is not written again."""
    if not rows:
        return
    postgresql = connection.dialect.name == "postgresql"
    columns, values = [], []
    done = ready.names if ready is not None and postgresql else ()
    given = [column for column in table.columns if column.name in rows[0] and column.name not in done]
    # Row by row: thousands of rows do not fit the processor's cache, and column by column each was fetched for every cell.
    for column, cells in zip(given, columns_of(rows, [column.name for column in given]), strict=True):
        # A third of a record's columns is empty in most feeds: what nobody fills need not be bound either.
        if column.nullable and column.server_default is None and cells.count(None) == len(cells):
            continue
        columns.append(column)
        values.append(_written(column, cells, postgresql))
    names = ", ".join(f'"{name}"' for name in (*(c.name for c in columns), *done))
    if not postgresql:
        marks = ", ".join("?" * len(columns))
        connection.exec_driver_sql(f'INSERT INTO "{table.name}" ({names}) VALUES ({marks})', list(zip(*values, strict=True)))
        return
    statement = f'COPY "{table.name}" ({names}) FROM STDIN'
    if ready is not None:
        values.append(ready.cells)
    lines = "\n".join(_lines(values))
    with drivers_own(connection, statement) as driver, driver.cursor() as cursor, cursor.copy(statement) as copy:
        copy.write(lines + "\n")


def _lines(columns: Sequence[Sequence[str]]) -> list[str]:
    return list(map("\t".join, zip(*columns, strict=True)))


def run_each(connection: Connection, given: Iterable[tuple[str, Mapping[str, Any]]]) -> None:
    """Run statements of PostgreSQL with their values; the next one is made while the server works on the one before."""
    with drivers_own(connection, "a row of statements") as driver, driver.pipeline(), driver.cursor() as cursor:
        for statement, values in given:
            cursor.execute(statement, values)


def columns_of(rows: Sequence[Mapping[str, Any]], names: Sequence[str]) -> list[tuple[Any, ...]]:
    """The cells of rows (one at least) by column, in the order of the names."""
    if len(names) < 2:
        return [tuple(row[name] for row in rows) for name in names]
    return list(zip(*map(itemgetter(*names), rows), strict=True))


@contextmanager
def drivers_own(connection: Connection, statement: str) -> Iterator[Any]:
    """The driver's connection; its errors as everybody else's statements raise them: a full disk is an OperationalError here too."""
    driver: Any = connection.connection.driver_connection
    try:
        yield driver
    except connection.dialect.loaded_dbapi.Error as error:
        lost = connection.dialect.is_disconnect(error, driver, None)
        base = connection.dialect.loaded_dbapi.Error
        raise DBAPIError.instance(statement, None, error, base, connection_invalidated=lost, dialect=connection.dialect) from error


def _written(column: Column[Any], values: Sequence[Any], postgresql: bool) -> Sequence[Any]:
    """A column's values as the driver takes them; for COPY the cells of its text."""
    write: Callable[[Any], Any] | None = None
    if isinstance(column.type, JSON):
        write = _json
    elif not postgresql and isinstance(column.type, DateTime):
        write = _moment
    elif not postgresql and isinstance(column.type, Date):
        write = _day
    if write is not None:
        values = [None if v is None else write(v) for v in values]
    return _cells(column, values) if postgresql else values


# The driver's own way of writing rows asks each value for its type: four times the work of a column at a time.
_NULL, _ESCAPED = "\\N", {"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"}
_SPECIAL = re.compile(r"[\\\t\n\r]")


def _cells(column: Column[Any], values: Sequence[Any]) -> list[str]:
    """A column's values as COPY reads them (PostgreSQL's manual, COPY, "Text Format")."""
    if isinstance(column.type, String | JSON):
        if _SPECIAL.search("".join(filter(None, values))):
            return [_NULL if v is None else _SPECIAL.sub(lambda m: _ESCAPED[m[0]], v) for v in values]
        return [_NULL if v is None else v for v in values]
    if isinstance(column.type, Boolean | Date | DateTime):  # a few repeat throughout a batch
        known = {v: _NULL if v is None else str(v) for v in set(values)}
        return [known[v] for v in values]
    return [_NULL if v is None else str(v) for v in values]


def _json(value: Any) -> str:
    """JSON as text; bytes are JSON that was written elsewhere."""
    return (value if isinstance(value, bytes) else orjson.dumps(value)).decode()


# Days and times repeat within a batch.
@lru_cache(maxsize=16_384)
def _moment(value: Any) -> str:
    return str(value.isoformat(" ", "microseconds"))


@lru_cache(maxsize=16_384)
def _day(value: Any) -> str:
    return str(value.isoformat())
