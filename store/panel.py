"""Monthly counts by area and category, for the statistics: from the finest monthly rollup, or the one that a moment keeps."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, text

from matters.access import Scope
from matters.categories import CATEGORIES
from store import moments
from store.rollups import GRAINS

MEASURES = ("accepted", "closed", "resolved", "open", "past_limit")


class Cell(NamedTuple):
    """One month (store.dates) of one township ('' = known to the county or the city only) and category."""

    month: int
    county: str
    town: str
    category: str
    accepted: int
    closed: int
    resolved: int
    open: int
    past_limit: int


def months(
    connection: Connection, scope: Scope, first: int, last: int, categories: Sequence[str] = (), as_of: datetime | None = None, towns: bool = True
) -> list[Cell]:  # fmt: skip
    """Cells of the months from first to last, both included, that hold anything; inside the scope. Without `towns` whole counties."""
    if scope.town and not towns:
        raise ValueError("a township has no whole counties")
    grain = GRAINS[("month", towns, True, False)].id
    table, of = "rollup", ""
    if as_of is not None:
        table, of = "rollup_at", f"moment_id = {int(moments.require(connection, as_of).id)} AND "
    params: dict[str, Any] = {"first": first, "last": last, "kinds": list(categories or CATEGORIES), "county": scope.county, "town": scope.town}
    where = f"{of}grain = {grain} AND source = 0 AND category IN :kinds AND period BETWEEN :first AND :last"
    where += " AND county_code = :county" if scope.county else ""
    where += " AND town_code = :town" if scope.town else ""
    columns = ", ".join(f'"{name}"' for name in MEASURES)
    query = text(f"SELECT period, county_code, town_code, category, {columns} FROM {table} WHERE {where}").bindparams(bindparam("kinds", expanding=True))
    used = {k: v for k, v in params.items() if f":{k}" in where}
    return [Cell(*row) for row in connection.execute(query, used)]
