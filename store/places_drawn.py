"""How many matters lie in each of the finest squares of the map: counted in the database, no place of a single matter leaves it."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import Connection

from matters.access import Scope
from matters.filters import Clock, Filter
from store.conditions import matter_where, paper_table, prepared
from store.places import Place


class Count(NamedTuple):
    """Matters that one agency heard of first, in a square of the level asked for."""

    x: int
    y: int
    agency: str
    matters: int


def by_square(connection: Connection, scope: Scope, wanted: Filter, place: Place, clock: Clock, level: int) -> tuple[list[Count], int]:
    """Rows of a list by square of a level (matters.squares) and first agency, and how many have no place; in one reading. Raises Forbidden."""
    where = matter_where(connection, scope, wanted, place, clock)
    whole = "FLOOR" if connection.dialect.name == "postgresql" else ""  # SQLite before 3.42 may lack it; east of Greenwich cutting off is the same
    x, y = (f"CAST({whole}(m.{c} * {1 << level}) AS INTEGER)" for c in ("lon", "lat"))
    sql = f"SELECT {x}, {y}, m.first_agency, COUNT(*) FROM {paper_table(wanted)[0]} WHERE {where.sql} GROUP BY 1, 2, 3"
    found, without = [], 0
    for lon, lat, agency, matters in connection.execute(prepared(sql, where.params)):
        if lon is None:
            without += int(matters)
        else:
            found.append(Count(int(lon), int(lat), str(agency), int(matters)))
    return found, without
