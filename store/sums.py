"""Sums of measures from the rollups: one statement of UNION ALL pieces, each from the coarsest grain that answers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Connection

from matters.access import Scope
from matters.categories import CATEGORIES
from matters.filters import Clock, Filter
from matters.indicators import MEASURES
from matters.periods import Window
from store import history, moments
from store.conditions import (
    PAST,
    UNACCEPTED,
    UNHANDLED,
    Where,
    category_params,
    clock_params,
    in_category,
    in_list,
    prepared,
    source_ids,
)
from store.dates import month_number, month_start, split
from store.places import Place, narrowed
from store.rollups import GRAINS, rolled_on

# The condition of ix_matter_waiting, term by term, so that SQLite knows the index serves.
_WAITING = "m.is_open AND (m.accepted_on IS NULL OR m.handled_on IS NULL)"
# All of today's stock, whenever accepted: whole months, so that it is read from the coarsest grain.
EVER = Window(date(1990, 1, 1), date(2199, 12, 31))
DIMENSIONS = ("county_code", "town_code", "category", "source")
_ONE_CATEGORY = "category = :category"
# Named one by one so that the key's later columns can be used; the list is our own, not the reader's.
_ANY_CATEGORY = f"category IN ({', '.join(repr(code) for code in CATEGORIES)})"
_SUMS = ", ".join(f'SUM("{m}") AS "{m}"' for m in MEASURES)


class Sum(NamedTuple):
    """Sums of MEASURES of one window label and one combination of the dimensions asked for ('' or 0 where not asked)."""

    label: str
    county_code: str
    town_code: str
    category: str
    source: int
    measures: tuple[int, ...]

    def of(self, measure: str) -> int:
        """A measure by name."""
        return self.measures[_INDEX[measure]]


_INDEX = {name: i for i, name in enumerate(MEASURES)}


@dataclass(slots=True)
class _Plan:
    """What the pieces of one question have in common."""

    by: tuple[str, ...]
    spot: Place
    counties: list[str]
    categories: list[str] | None
    sources: list[int] | None
    every_source: list[int]  # named one by one for the same reason as the categories
    params: dict[str, Any]
    town: bool
    located: str
    rollup: str  # the rollups to read and the first condition on them
    tables: dict[str, str]

    @property
    def flags(self) -> tuple[bool, bool, bool]:
        return (self.town, self.categories is not None or "category" in self.by, self.sources is not None or "source" in self.by)


def sums(
    connection: Connection, scope: Scope, wanted: Filter, place: Place, windows: Mapping[str, Window], by: Sequence[str] = (),
    counties: Sequence[str] = (),
) -> list[Sum]:  # fmt: skip
    """Sums of MEASURES per window label and per value of `by` (of DIMENSIONS), inside scope and place.

    Of the filter only the facets (category, agency, channel, exclude, first agency) and `located` count. `counties`
    are the county codes of the city ('' for unlocated is added); Raises Forbidden for a place outside the scope. With
    `as_of` the rollups of that moment must be there (store.moments): else NoMoment.
    """
    plan = _plan(connection, scope, wanted, place, tuple(by), counties)
    pieces = [piece for label, window in windows.items() for piece in _pieces(plan, label, window)]
    if not pieces:
        return []
    rows = connection.execute(prepared(" UNION ALL ".join(pieces), plan.params)).all()
    return _added([_as_sum(row, plan.by) for row in rows])


def _plan(connection: Connection, scope: Scope, wanted: Filter, place: Place, by: tuple[str, ...], counties: Sequence[str]) -> _Plan:
    spot = narrowed(scope, place)
    codes = [spot.county] if spot.county else ["", *counties]
    params: dict[str, Any] = {f"c{i}": code for i, code in enumerate(codes)}
    kept = moments.require(connection, wanted.as_of) if wanted.as_of is not None else None
    today = kept.day if kept is not None else rolled_on(connection) or date.min
    params.update(town=spot.town, today=today, as_of=wanted.as_of, **category_params(wanted.category))
    return _Plan(
        by=by, spot=spot, counties=codes, categories=[wanted.category] if wanted.category else None,
        sources=source_ids(connection, wanted), every_source=_every_source(connection) if "source" in by else [], params=params,
        town="town_code" in by or bool(spot.town) or wanted.located in ("township", "county"), located=wanted.located,
        rollup=f"rollup_at WHERE moment_id = {int(kept.id)} AND" if kept is not None else "rollup WHERE", tables=history.tables(wanted.as_of),
    )  # fmt: skip


def _every_source(connection: Connection) -> list[int]:
    return [r[0] for r in connection.exec_driver_sql("SELECT id FROM source")]


def _pieces(plan: _Plan, label: str, window: Window) -> Iterator[str]:
    if len(plan.categories[0] if plan.categories else "") > 2:  # no rollup knows subcategories
        yield from _from_matters(plan, label, window)
        return
    cut = split(window)
    if cut.months:
        yield _from_rollup(plan, label, "month", *cut.months)
    for run in cut.days:
        if ("day", *plan.flags) in GRAINS:
            yield _from_rollup(plan, label, "day", run.start.toordinal(), run.end.toordinal())
        else:
            yield from _from_matters(plan, label, run)


def _from_rollup(plan: _Plan, label: str, time: str, first: int, last: int) -> str:
    town, category, source = plan.flags
    grain = GRAINS[(time, town, category, source)]
    names = ", ".join(plan.by)
    conditions = [
        f"grain = {grain.id}",
        (_ONE_CATEGORY if plan.categories else _ANY_CATEGORY) if category else "category = ''",
        f"source IN ({in_list(plan.every_source if plan.sources is None else plan.sources)})" if source else "source = 0",
        f"county_code IN ({', '.join(f':c{i}' for i in range(len(plan.counties)))})",
        f"period BETWEEN {first} AND {last}",
        "town_code = :town" if plan.spot.town else "",
        _located(plan.located),
    ]  # fmt: skip
    where = " AND ".join(c for c in conditions if c)
    return f"SELECT '{label}' AS label, {names + ', ' if names else ''}{_SUMS} FROM {plan.rollup} {where}{_group(names)}"


def _located(kind: str, prefix: str = "") -> str:
    return {
        "": "", "township": f"{prefix}town_code <> ''", "county": f"{prefix}town_code = '' AND {prefix}county_code <> ''",
        "none": f"{prefix}county_code = ''",
    }[kind]  # fmt: skip


def _group(names: str) -> str:
    # Without GROUP BY an empty range still gives one row of NULLs, which is dropped when rows are read.
    return f" GROUP BY {names}" if names else ""


_FROM_MATTER = """COUNT(*) AS accepted, SUM(m.record_count) AS records,
 SUM(CASE WHEN m.is_open THEN 0 ELSE 1 END) AS closed,
 SUM(CASE WHEN NOT m.is_open AND m.outcome = 'resolved' THEN 1 ELSE 0 END) AS resolved,
 SUM(CASE WHEN NOT m.is_open AND (m.due_on IS NULL OR m.closed_on <= m.due_on) THEN 1 ELSE 0 END) AS on_time,
 SUM(CASE WHEN m.satisfied IS NULL THEN 0 ELSE 1 END) AS rated, SUM(CASE WHEN m.satisfied THEN 1 ELSE 0 END) AS satisfied,
 SUM(CASE WHEN m.escalated THEN 1 ELSE 0 END) AS escalated, SUM(CASE WHEN m.litigated THEN 1 ELSE 0 END) AS litigated,
 SUM(CASE WHEN m.mediation = 'success' THEN 1 ELSE 0 END) AS pre_success,
 SUM(CASE WHEN m.mediation = 'failure' THEN 1 ELSE 0 END) AS pre_failure, 0 AS civil_filings,
 SUM(CASE WHEN m.is_open THEN 1 ELSE 0 END) AS "open",
 SUM(CASE WHEN m.is_open AND m.due_on < :today THEN 1 ELSE 0 END) AS past_limit"""
_FROM_FILING = ", ".join(f"""{'COUNT(*)' if m == 'civil_filings' else '0'} AS "{m}\"""" for m in MEASURES)


def _where(plan: _Plan) -> str:
    """The plan's conditions on matters."""
    conditions = [
        f"m.county_code IN ({', '.join(f':c{i}' for i in range(len(plan.counties)))})",
        "m.town_code = :town" if plan.spot.town else "",
        in_category(plan.categories[0]) if plan.categories else "",
        f"m.source IN ({in_list(plan.sources)})" if plan.sources is not None else "",
        _located(plan.located, "m."),
    ]
    return " AND ".join(c for c in conditions if c)


def _matters_by_day(plan: _Plan, window: Window) -> str:
    plan.params.update(start=window.start, end=window.end)
    return (f"SELECT m.accepted_on, COUNT(*) FROM {plan.tables['matter']} m WHERE m.accepted_on BETWEEN :start AND :end AND {_where(plan)} "
            "GROUP BY m.accepted_on")  # fmt: skip


def _from_matters(plan: _Plan, label: str, window: Window) -> Iterator[str]:
    """For grains that are not kept, the days at a window's edge, and for a subcategory all of them: the matters themselves, by index."""
    names, where = ", ".join(f"m.{n}" for n in plan.by), _where(plan)
    start, end = f"start_{label}_{window.start:%Y%m%d}", f"end_{label}_{window.end:%Y%m%d}"
    plan.params.update({start: window.start, end: window.end})
    head = f"SELECT '{label}' AS label, {names + ', ' if names else ''}"
    yield f"{head}{_FROM_MATTER} FROM {plan.tables['matter']} m WHERE m.accepted_on BETWEEN :{start} AND :{end} AND {where}{_group(names)}"
    yield (
        f"{head}{_FROM_FILING} FROM {plan.tables['filing']} f JOIN {plan.tables['matter']} m ON m.id = f.matter_id "
        f"WHERE f.filed_on BETWEEN :{start} AND :{end} AND {where}{_group(names)}"
    )


def _as_sum(row: Sequence[Any], by: tuple[str, ...]) -> Sum:
    keys = dict(zip(by, row[1 : 1 + len(by)], strict=True))
    measures = tuple(int(v or 0) for v in row[1 + len(by) :])
    return Sum(row[0], keys.get("county_code", ""), keys.get("town_code", ""), keys.get("category", ""), keys.get("source", 0), measures)


def _added(parts: list[Sum]) -> list[Sum]:
    """Pieces of one key added up."""
    totals: dict[tuple[Any, ...], list[int]] = {}
    for part in parts:
        key = tuple(part)[:5]
        kept = totals.get(key)
        if kept is None:
            totals[key] = list(part.measures)
        else:
            for i, value in enumerate(part.measures):
                kept[i] += value
    return [Sum._make((*key, tuple(values))) for key, values in totals.items()]


def monthly(
    connection: Connection, scope: Scope, wanted: Filter, place: Place, first: int, last: int, counties: Sequence[str] = ()
) -> dict[int, int]:
    """Accepted matters by month number (store.dates) from first to last."""
    plan = _plan(connection, scope, wanted, place, (), counties)
    if len(wanted.category) > 2:
        return _monthly_from_matters(connection, plan, first, last)
    piece = _from_rollup(plan, "now", "month", first, last)
    sql = piece.replace("SELECT 'now' AS label, " + _SUMS, "SELECT period, SUM(accepted)") + " GROUP BY period"
    return {int(p): int(n) for p, n in connection.execute(prepared(sql, plan.params)) if n}


def _monthly_from_matters(connection: Connection, plan: _Plan, first: int, last: int) -> dict[int, int]:
    """Of a subcategory, which no rollup knows."""
    window, found = Window(month_start(first), month_start(last + 1) - timedelta(days=1)), dict[int, int]()
    for row in connection.execute(prepared(_matters_by_day(plan, window), plan.params)):
        day = row[0] if isinstance(row[0], date) else date.fromisoformat(row[0])
        found[month_number(day)] = found.get(month_number(day), 0) + int(row[1])
    return found


class Waiting(NamedTuple):
    """Open matters of one area that no rollup counts: pending ones have no day of acceptance yet."""

    county_code: str
    town_code: str
    pending: int
    pending_past: int
    unaccepted: int
    unhandled: int


def waiting(connection: Connection, scope: Scope, wanted: Filter, place: Place, clock: Clock, by: Sequence[str] = ()) -> list[Waiting]:
    """Matters that wait for acceptance or a first act, by area, from the partial index of just these."""
    spot = narrowed(scope, place)
    where = Where(params={**clock_params(clock), "as_of": wanted.as_of})
    where.add(_WAITING)
    where.add("m.county_code = :county" if spot.county else "m.county_code >= ''", county=spot.county)
    where.add("m.town_code = :town" if spot.town else "", town=spot.town)
    # As expressions, which no index has: SQLite by itself reads all matters of a category by its index, a million's largest in 1.5 s, and then
    # looks which of them wait.
    where.add(in_category(wanted.category, "COALESCE(m.category, '')"), **category_params(wanted.category))
    where.add(_located(wanted.located, "m."))
    sources = source_ids(connection, wanted)
    if sources is not None:
        where.add(f"COALESCE(m.source, 0) IN ({in_list(sources)})")
    counts = ("m.accepted_on IS NULL", f"m.accepted_on IS NULL AND {PAST}", UNACCEPTED, UNHANDLED)
    columns = ", ".join(f"SUM(CASE WHEN {c} THEN 1 ELSE 0 END)" for c in counts)
    names = [f"m.{n}" for n in by]
    # SQLite takes that of all open matters as readily, whichever of the two was made last: at a million 50 ms instead of none.
    own = " INDEXED BY ix_matter_waiting" if connection.dialect.name == "sqlite" and wanted.as_of is None else ""
    table = history.tables(wanted.as_of)["matter"]
    sql = f"SELECT {''.join(n + ', ' for n in names)}{columns} FROM {table} m{own} WHERE {where.sql}{_group(', '.join(names))}"
    out = []
    for row in connection.execute(prepared(sql, where.params)):
        keys = dict(zip(by, row[: len(by)], strict=True))
        numbers = (int(v or 0) for v in row[len(by) :])
        out.append(Waiting(keys.get("county_code", ""), keys.get("town_code", ""), *numbers))
    return out
