"""What a change is taken apart into: the sources of matters, and the matters of a window as they stood at a moment."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import Connection

from matters.access import Scope
from matters.filters import Clock, Filter
from store import history
from store.conditions import matter_where, prepared
from store.places import Place

MOST = 50_000


class Told(NamedTuple):
    """One matter, as far as a change is taken apart."""

    code: str
    township: str
    category: str
    agency: str
    channel: str


def sources(connection: Connection) -> dict[int, tuple[str, str]]:
    """(agency that told first, channel) of every source."""
    return {i: (first, channel) for i, first, channel in connection.exec_driver_sql("SELECT id, first_agency, channel FROM source")}


def matters(connection: Connection, scope: Scope, wanted: Filter, place: Place, clock: Clock) -> list[Told] | None:
    """The matters of a filter, as of its moment; township is "county/town". None when there are more than MOST."""
    where = matter_where(connection, scope, wanted, place, clock)
    table = history.tables(wanted.as_of)["matter"]
    sql = (f"SELECT m.code, m.county_code, m.town_code, m.category, m.first_agency, m.channel FROM {table} m "
           f"WHERE {where.sql} LIMIT {MOST + 1}")  # fmt: skip
    rows = connection.execute(prepared(sql, where.params)).all()
    return None if len(rows) > MOST else [Told(code, f"{county}/{town}", kind, agency, channel or "") for code, county, town, kind, agency, channel in rows]
