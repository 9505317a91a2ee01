"""Reading by many keys: IN lists in bounded chunks, so that no statement outgrows a driver's limit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, TypeVar

import orjson
from sqlalchemy import ARRAY, Column, Connection, Row, Select, String, cast, func, literal, literal_column, select, true
from sqlalchemy.types import NullType

T = TypeVar("T")
SIZE = 5_000


def chunks(values: Iterable[T], size: int = SIZE) -> Iterator[list[T]]:
    """The values in lists of at most `size`."""
    rest = iter(values)
    while part := list(islice(rest, size)):
        yield part


def rows_where_in(connection: Connection, query: Select[Any], column: Column[Any], values: Sequence[Any]) -> Iterator[Row[Any]]:
    """Rows of the query whose column is one of the values."""
    wanted = dict.fromkeys(values)
    if connection.dialect.name == "postgresql" and wanted:
        # One parameter instead of thousands: the driver took longer to write those than the server to answer. And a join, not
        # "= ANY": for that the server may compare every row with every value, as long as it has not counted the table.
        yield from connection.execute(query.where(column.in_(select(func.unnest(_array(column, wanted))))))
        return
    for part in chunks(wanted):
        yield from connection.execute(query.where(column.in_(part)))


def rows_by_index(connection: Connection, query: Select[Any], column: Column[Any], values: Sequence[Any]) -> Iterator[Row[Any]]:
    """As rows_where_in, for a query without an order or sums: each value is looked up in the column's index, whatever the server thinks.

    While a load goes on the server's count of a table is old: for two hundred numbers it read all records, in every batch anew.
    """
    wanted = dict.fromkeys(values)
    if connection.dialect.name != "postgresql" or not wanted:
        yield from rows_where_in(connection, query, column, values)
        return
    asked = select(func.unnest(_array(column, wanted)).label("value")).subquery("asked")
    # A subquery with an offset is not taken apart, so that nothing is left but to run it for each value.
    found = query.where(column == asked.c.value).offset(literal_column("0")).lateral("found")
    yield from connection.execute(select(found).select_from(asked).join(found, true()))


def _array(column: Column[Any], values: Iterable[Any]) -> Any:
    return cast(literal(array_text(list(values), isinstance(column.type, String)), NullType()), ARRAY(column.type))


def array_text(values: Sequence[Any], is_text: bool) -> str:
    """Values as PostgreSQL writes an array; quicker by far than the driver's own way, which asks each value for its type."""
    text = orjson.dumps(values, option=orjson.OPT_SERIALIZE_NUMPY).decode()
    if is_text and "\\" in text:  # what JSON escapes by a letter PostgreSQL would take for that letter
        return '{"' + '","'.join(v.replace("\\", "\\\\").replace('"', '\\"') for v in values) + '"}'
    return "{" + text[1:-1] + "}"
