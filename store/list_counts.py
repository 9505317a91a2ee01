"""Counts of whole case lists: from the rollups where those know the answer, else in one reading of the list's rows."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection

from matters.access import Scope
from matters.filters import Clock, Filter
from matters.periods import Window
from matters.vocabulary import OUTCOMES
from store.conditions import OPEN_ONLY, PARTS, lead, matter_where, paper_table, prepared
from store.places import Place, of_matters
from store.rollups import rolled_on
from store.sums import EVER, sums

Counts = list[tuple[Any, int]]
Grouped = list[tuple[tuple[Any, ...], tuple[int, ...]]]  # values of some columns, and the sums of totals() of the rows that have them
SCANNED = 16  # so many rows are read one after the other in the time in which an index leads to one
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
    connection: Connection, scope: Scope, wanted: Filter, place: Place, clock: Clock, columns: Sequence[str], *, open_only: bool = False,
    undated: bool = False,
) -> Grouped:  # fmt: skip
    """The sums of totals() for every combination of some columns (of FACETS), in one reading of the list's rows.

    `open_only`: of the open ones. `undated`: of those without a day of acceptance.
    """
    if unknown := set(columns) - set(FACETS):
        raise ValueError(f"no facet {unknown}")
    where = matter_where(connection, scope, wanted, place, clock, open_only=open_only, counted=True)
    where.add("m.accepted_on IS NULL" if undated else "")
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


def is_long(connection: Connection, rows: int) -> bool:
    """Whether so many rows are such a part of all matters that SQLite had better read every one of these than look for them, and not group them.

    PostgreSQL knows how many there are and groups without sorting: it takes as long either way, and is left alone.
    """
    if connection.dialect.name != "sqlite":
        return False
    return rows * SCANNED > (connection.exec_driver_sql("SELECT MAX(id) FROM matter").scalar() or 0)


def without_sorting(
    connection: Connection, scope: Scope, wanted: Filter, place: Place, clock: Clock, still: Grouped
) -> tuple[tuple[int, ...], dict[str, Counts]]:  # fmt: skip
    """The sums of totals(), and rows by stage, owner and outcome, of a list that is_rolled() and is_long(); `still`: its open rows by stage.

    SQLite sorts what it groups, which takes ten times as long as adding it up. So the rows are added up as they come, those of each outcome
    apart; of the stages only the last has rows that are not open, and an index has the owners in order.
    """
    where = matter_where(connection, scope, wanted, place, clock, counted=True)
    table = paper_table(wanted)[0]
    table = "matter m NOT INDEXED" if table == "matter m" else table
    told = ("m.people >= 5", "m.stage = 'closed'", *(f"m.outcome = '{code}'" for code in OUTCOMES))
    sql = (
        f"SELECT COUNT(*), SUM(m.record_count), SUM(m.people), COUNT(m.outcome), {', '.join(f'COUNT(*) FILTER (WHERE {c})' for c in told)} "
        f"FROM {table} WHERE {where.sql}"
    )
    found = (int(n or 0) for n in connection.execute(prepared(sql, where.params)).one())
    total, records, people, ended, groups, closed, *outcomes = found
    told_of: dict[str, dict[Any, int]] = {
        "stage": {**{stage: values[0] for (stage,), values in still}, "closed": closed},
        "outcome": {**dict(zip(OUTCOMES, outcomes, strict=True)), "": total - ended},
    }
    counts = {  # a word that the lists of words do not have is counted too, by itself
        column: _most_first(of) if sum(of.values()) == total else facet(connection, scope, wanted, place, clock, column)
        for column, of in told_of.items()
    }
    owned = _in_order_of_owners(scope, wanted, place)
    owner = "m.owner" if owned else "COALESCE(m.owner, '')"  # as in one_pass()
    sql = f"SELECT {owner}, COUNT(*) FROM {owned or table} WHERE {where.sql} GROUP BY {owner}"
    counts["owner"] = _most_first({row[0]: row[1] for row in connection.execute(prepared(sql, where.params))})
    return (total, *added(still)[1:4], records, people, groups), counts


def _in_order_of_owners(scope: Scope, wanted: Filter, place: Place) -> str:
    """The table by the index of owners where that says all that a list asks, which SQLite does not see beside a window; '' elsewhere."""
    is_told = not (any(wanted.facets) or wanted.located or of_matters(scope, place).county) and wanted.part in ("", "accepted")
    return "matter m INDEXED BY ix_matter_owner" if is_told else ""


def added(rows: Grouped) -> tuple[int, ...]:
    """The sums of all rows of one_pass() together."""
    return tuple(map(sum, zip(*(values for _, values in rows), strict=True))) if rows else (0,) * 7


def facet(connection: Connection, scope: Scope, wanted: Filter, place: Place, clock: Clock, column: str) -> Counts:
    """Rows of the filter by one column of FACETS, most first; '' (0 for source) where it is unknown."""
    return by_column(one_pass(connection, scope, wanted, place, clock, (column,)), 0)


def by_column(rows: Grouped, index: int) -> Counts:
    """Of one_pass() the rows by one of its columns, most first."""
    counts: dict[Any, int] = {}
    for keys, values in rows:
        counts[keys[index]] = counts.get(keys[index], 0) + values[0]
    return _most_first(counts)


def _most_first(counts: Mapping[Any, int]) -> Counts:
    return sorted(((key, n) for key, n in counts.items() if n), key=lambda c: (-c[1], c[0]))


def is_rolled(connection: Connection, scope: Scope, wanted: Filter, clock: Clock) -> bool:
    """Whether the rollups count the rows of this list, or all but the few without a day of acceptance, which an index has."""
    if scope.owners or len(wanted.category) > 2:  # no rollup knows owners or subcategories
        return False
    known = Filter(wanted.area, wanted.window, wanted.category, wanted.agency, wanted.channel, "", wanted.part, wanted.compare, wanted.exclude,
                   located=wanted.located, first_agency=wanted.first_agency)  # fmt: skip
    if wanted != known or _measure(wanted) not in _ROLLED or (wanted.part in ("open", "past_limit") and wanted.window is None):
        return False
    return wanted.part != "past_limit" or rolled_on(connection) == clock.today


def _measure(wanted: Filter) -> str:
    return wanted.part or "accepted"


def from_rollups(
    connection: Connection, scope: Scope, wanted: Filter, place: Place, clock: Clock, counties: Sequence[str], by: str = ""
) -> Counts:
    """Rows of a list that is_rolled(), by one of store.sums.DIMENSIONS, most first, or all together under ''."""
    columns = (by,) if by else ()
    found = sums(connection, scope, wanted, place, {"now": wanted.window or EVER}, columns, counties)
    counts: dict[Any, int] = {getattr(row, by) if by else "": row.of(_measure(wanted)) for row in found}
    if not wanted.part and wanted.window is None:
        for keys, values in one_pass(connection, scope, wanted, place, clock, columns, undated=True):
            key = keys[0] if by else ""
            counts[key] = counts.get(key, 0) + values[0]
    return _most_first(counts)


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
