"""How many matters lie in each of the finest squares of the map: counted in the database, no place of a single matter leaves it."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import Connection

from matters.access import Scope
from matters.filters import Clock, Filter
from matters.squares import ANY, NONE
from store.conditions import matter_where, paper_table, prepared
from store.places import Place


class Count(NamedTuple):
    """Matters that one agency heard of first, in a square of the level asked for."""

    x: int
    y: int
    agency: str
    matters: int


def by_square(connection: Connection, scope: Scope, wanted: Filter, place: Place, clock: Clock, level: int) -> list[Count]:
    """Rows of a list by square of a level (matters.squares) and first agency; those without a place are left out. Raises Forbidden."""
    where = matter_where(connection, scope, wanted.with_(cell=ANY), place, clock)
    whole = "FLOOR" if connection.dialect.name == "postgresql" else ""  # SQLite before 3.42 may lack it; east of Greenwich cutting off is the same
    x, y = (f"CAST({whole}(m.{c} * {1 << level}) AS INTEGER)" for c in ("lon", "lat"))
    sql = f"SELECT {x}, {y}, m.first_agency, COUNT(*) FROM {paper_table(wanted)[0]} WHERE {where.sql} GROUP BY 1, 2, 3"
    return [Count(int(a), int(b), str(c), int(n)) for a, b, c, n in connection.execute(prepared(sql, where.params))]


def unplaced(connection: Connection, scope: Scope, wanted: Filter, place: Place, clock: Clock) -> int:
    """Rows of a list without a place on the map."""
    where = matter_where(connection, scope, wanted.with_(cell=NONE), place, clock)
    return int(connection.execute(prepared(f"SELECT COUNT(*) FROM {paper_table(wanted)[0]} WHERE {where.sql}", where.params)).scalar_one())
