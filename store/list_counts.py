"""Counts of whole case lists: from the rollups where those know the answer, else in one reading of the list's rows."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection

from matters.access import Scope
from matters.filters import Clock, Filter
from matters.periods import Window
from store.conditions import OPEN_ONLY, PARTS, lead, matter_where, paper_table, prepared
from store.places import Place
from store.rollups import rolled_on
from store.sums import EVER, sums

FACETS = ("stage", "county_code", "town_code", "village_code", "category", "source", "scale", "owner", "outcome")
# Parts whose rows the rollups count under the same name.
_ROLLED = ("accepted", "records", "closed", "resolved", "on_time", "rated", "satisfied", "escalated", "litigated", "pre_success", "pre_failure",
           "civil_filings", "open", "past_limit")  # fmt: skip


def totals(
    connection: Connection, scope: Scope, wanted: Filter, place: Place, clock: Clock, *, open_only: bool = False
) -> tuple[int, ...]:
    """For a filter: rows, open, overdue, due within 3 days, records, people, matters of 5 people and more; `open_only`: of the open ones."""
    return added(one_pass(connection, scope, wanted, place, clock, (), open_only=open_only))


def one_pass(
    connection: Connection, scope: Scope, wanted: Filter, place: Place, clock: Clock, columns: Sequence[str], *, open_only: bool = False
) -> list[tuple[tuple[Any, ...], tuple[int, ...]]]:  # fmt: skip
    """The sums of totals() for every combination of some columns (of FACETS), in one reading of the list's rows."""
    if unknown := set(columns) - set(FACETS):
        raise ValueError(f"no facet {unknown}")
    where = matter_where(connection, scope, wanted, place, clock, open_only=open_only, counted=True)
    cases = ("m.is_open", PARTS["overdue"], "m.is_open AND m.due_on BETWEEN :today AND :soon")
    counts = ", ".join(f"SUM(CASE WHEN {c} THEN 1 ELSE 0 END)" for c in cases)
    # An expression, so that SQLite does not take an index of the first column for the grouping and reads the whole table by it.
    keys = [f"COALESCE(m.{c}, {0 if c == 'source' else repr('')})" for c in columns]
    named, grouped = "".join(k + ", " for k in keys), f" GROUP BY {', '.join(keys)}" if keys else ""
    sql = (
        f"SELECT {named}COUNT(*), {counts}, SUM(m.record_count), SUM(m.people), SUM(CASE WHEN m.people >= 5 THEN 1 ELSE 0 END) "
        f"FROM {lead(connection, where, paper_table(wanted)[0])} WHERE {where.sql}{grouped}"
    )
    size = len(columns)
    return [(tuple(r[:size]), tuple(int(v or 0) for v in r[size:])) for r in connection.execute(prepared(sql, where.params))]


def added(rows: Sequence[tuple[tuple[Any, ...], tuple[int, ...]]]) -> tuple[int, ...]:
    """The sums of all rows of one_pass() together."""
    return tuple(map(sum, zip(*(values for _, values in rows), strict=True))) if rows else (0,) * 7


def facet(connection: Connection, scope: Scope, wanted: Filter, place: Place, clock: Clock, column: str) -> list[tuple[Any, int]]:
    """Rows of the filter by one column of FACETS, most first; '' (0 for source) where it is unknown."""
    return by_column(one_pass(connection, scope, wanted, place, clock, (column,)), 0)


def by_column(rows: Sequence[tuple[tuple[Any, ...], tuple[int, ...]]], index: int) -> list[tuple[Any, int]]:
    """Of one_pass() the rows by one of its columns, most first."""
    counts: dict[Any, int] = {}
    for keys, values in rows:
        counts[keys[index]] = counts.get(keys[index], 0) + values[0]
    return sorted(counts.items(), key=lambda c: (-c[1], c[0]))


def rollup_measure(connection: Connection, scope: Scope, wanted: Filter, clock: Clock) -> str:
    """The measure of the rollups that counts exactly the rows of this list; '' when only the rows themselves can tell."""
    if scope.owners or len(wanted.category) > 2:  # no rollup knows owners or subcategories
        return ""
    known = Filter(wanted.area, wanted.window, wanted.category, wanted.agency, wanted.channel, "", wanted.part, wanted.compare, wanted.exclude,
                   located=wanted.located, first_agency=wanted.first_agency)  # fmt: skip
    if wanted != known or wanted.part not in _ROLLED or (wanted.part in ("open", "past_limit") and wanted.window is None):
        return ""
    return wanted.part if wanted.part != "past_limit" or rolled_on(connection) == clock.today else ""


def from_rollups(
    connection: Connection, scope: Scope, wanted: Filter, place: Place, measure: str, counties: Sequence[str], by: str = ""
) -> list[tuple[Any, int]]:
    """Rows of a list whose measure is known, by one of store.sums.DIMENSIONS, most first, or all together under ''."""
    found = sums(connection, scope, wanted, place, {"now": wanted.window or EVER}, (by,) if by else (), counties)
    counts = [(getattr(row, by) if by else "", row.of(measure)) for row in found]
    return sorted(((key, n) for key, n in counts if n), key=lambda c: (-c[1], c[0]))


def by_day(connection: Connection, scope: Scope, wanted: Filter, place: Place, clock: Clock, along: bool) -> list[tuple[Window, int]]:
    """Rows of a list of matters by day of acceptance, the earliest first; those without one are in none. `along`: an index holds all of it."""
    where = matter_where(connection, scope, wanted, place, clock)
    table = lead(connection, where, paper_table(wanted)[0])
    # As an expression the day has no index, which leads SQLite from following one to reading the table: a twentieth of the time.
    key = "m.accepted_on" if along or connection.dialect.name == "postgresql" else "m.accepted_on || ''"
    sql = f"SELECT {key}, COUNT(*) FROM {table} WHERE ({where.sql}) AND m.accepted_on IS NOT NULL GROUP BY {key} ORDER BY {key}"
    days = [(_day(day), int(n)) for day, n in connection.execute(prepared(sql, where.params))]
    return [(Window(day, day), n) for day, n in days]


def days_known(connection: Connection) -> Window | None:
    """The first and the last day of acceptance of all matters."""
    first, last = (connection.exec_driver_sql(f"SELECT {way}(accepted_on) FROM matter").scalar() for way in ("MIN", "MAX"))
    return Window(_day(first), _day(last)) if first is not None and last is not None else None


def _day(value: Any) -> date:
    """SQLite hands text for dates to statements written as text."""
    return value if isinstance(value, date) else date.fromisoformat(value)


def totals_of(connection: Connection, scope: Scope, asked: Sequence[Filter], place: Place, clock: Clock) -> list[int]:
    """Rows of several lists of today's open matters in one reading; all of the same place and moment, none with a window."""
    names, counts = re.compile(r"(?<!:):(\w+)"), []
    params: dict[str, Any] = {}
    for i, wanted in enumerate(asked):
        if wanted.part not in OPEN_ONLY or wanted.window is not None or wanted.as_of != asked[0].as_of:
            raise ValueError("only lists of open matters of one moment")
        where = matter_where(connection, scope, wanted, place, clock)
        params |= {k if k == "as_of" else f"{k}_v{i}": v for k, v in where.params.items()}
        counts.append(f"SUM(CASE WHEN {names.sub(lambda m, i=i: f':{m[1]}_v{i}', where.sql)} THEN 1 ELSE 0 END)")  # type: ignore[misc]
    where = matter_where(connection, scope, Filter(part="open", as_of=asked[0].as_of), place, clock)
    sql = f"SELECT {', '.join(counts)} FROM {paper_table(asked[0])[0]} WHERE {where.sql}"
    return [int(n or 0) for n in connection.execute(prepared(sql, where.params | params)).one()]
