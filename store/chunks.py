"""Reading by many keys: IN lists in bounded chunks, so that no statement outgrows a driver's limit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import Column, Connection, Row, Select

T = TypeVar("T")
SIZE = 5_000


def chunks(values: Iterable[T], size: int = SIZE) -> Iterator[list[T]]:
    """The values in lists of at most `size`."""
    rest = iter(values)
    while part := list(islice(rest, size)):
        yield part


def rows_where_in(connection: Connection, query: Select[Any], column: Column[Any], values: Sequence[Any]) -> Iterator[Row[Any]]:
    """Rows of the query whose column is one of the values."""
    for part in chunks(dict.fromkeys(values)):
        yield from connection.execute(query.where(column.in_(part)))
