"""Filters as SQL on the matter table (alias m): the one wording that figures, lists and exports share (promise 1)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, Date, DateTime, bindparam, text
from sqlalchemy.sql.elements import BindParameter, TextClause

from matters.access import Scope
from matters.filters import Clock, Filter, Span
from matters.numbers import normal
from matters.squares import ANY, NONE, squares_of
from matters.vocabulary import SCALE_BOUNDS
from store import history, search_text
from store.places import Place, of_matters

PAST = "m.is_open AND m.due_on < :today"
IN_TIME = "(m.due_on IS NULL OR m.due_on >= :today)"
UNACCEPTED = f"m.is_open AND m.accepted_on IS NULL AND m.opened_on < :unaccepted AND {IN_TIME}"
UNHANDLED = (
    f"m.is_open AND m.accepted_on IS NOT NULL AND m.handled_on IS NULL AND m.accepted_on < :unhandled AND {IN_TIME}"
)

# From here on a window holds more matters than are open, and sums of open ones read the small index of these.
LONG = 45  # days

# What a list can be narrowed to. Those of STOCK count today's open matters whatever their day of acceptance, unless a
# window is given too; all others stand on matters accepted in the window.
PARTS: dict[str, str] = {
    "": "",
    "accepted": "m.accepted_on IS NOT NULL",
    "records": "m.accepted_on IS NOT NULL",
    "closed": "m.accepted_on IS NOT NULL AND NOT m.is_open",
    "resolved": "m.accepted_on IS NOT NULL AND NOT m.is_open AND m.outcome = 'resolved'",
    "within": f"m.accepted_on IS NOT NULL AND m.is_open AND {IN_TIME}",
    "past_limit": PAST,
    "settled": f"m.accepted_on IS NOT NULL AND (NOT m.is_open OR ({PAST}))",
    "on_time": "m.accepted_on IS NOT NULL AND NOT m.is_open AND (m.due_on IS NULL OR m.closed_on <= m.due_on)",
    "rated": "m.accepted_on IS NOT NULL AND m.satisfied IS NOT NULL",
    "satisfied": "m.accepted_on IS NOT NULL AND m.satisfied",
    "escalated": "m.accepted_on IS NOT NULL AND m.escalated",
    "litigated": "m.accepted_on IS NOT NULL AND m.litigated",
    "pre_success": "m.accepted_on IS NOT NULL AND m.mediation = 'success'",
    "pre_failure": "m.accepted_on IS NOT NULL AND m.mediation = 'failure'",
    "open": "m.is_open",
    "overdue": f"(({PAST}) OR ({UNACCEPTED}) OR ({UNHANDLED}))",
    "unaccepted": UNACCEPTED,
    "unhandled": UNHANDLED,
    "civil_filings": "",
}
# From here on people and yuan have an index: the few matters that are large.
GREAT = {"people": 5, "amount": 100_000}
OPEN_ONLY = ("within", "past_limit", "open", "overdue", "unaccepted", "unhandled")
# Lists of papers have a row a paper: (from, its columns, what breaks ties).
_PAPERS: dict[str, tuple[str, str, str]] = {
    "": ("{matter} m", "", "m.code"),
    "civil_filings": ("{filing} f JOIN {matter} m ON m.id = f.matter_id JOIN {record} r ON r.id = f.record_id",
                      "r.number AS number, f.filed_on AS filed_on", "f.record_id"),
    "records": ("{record} r JOIN {matter} m ON m.id = r.matter_id", "COALESCE(r.number, r.external_id) AS number, NULL AS filed_on", "r.id"),
}  # fmt: skip
_NAME = re.compile(r"(?<!:):(\w+)")
_DATES = ("today", "unaccepted", "unhandled", "start", "end", "soon", "span")


@dataclass(slots=True)
class Where:
    """SQL conditions to be joined by AND, with their parameters."""

    parts: list[str] = field(default_factory=list)
    params: dict[str, Any] = field(default_factory=dict)
    named: bool = False  # a search has found the few matters by their ids
    walked: int = 0  # a search is met so often that this many rows along a list's order are worth looking at

    def add(self, condition: str, **params: Any) -> None:
        """Add a condition when it is not empty."""
        if condition:
            self.parts.append(f"({condition})")
        self.params.update(params)

    @property
    def sql(self) -> str:
        """The conditions as one expression."""
        return " AND ".join(self.parts) or "1 = 1"


def prepared(sql: str, params: dict[str, Any]) -> TextClause:
    """A text statement with the parameters that it names, dates typed."""
    named = set(_NAME.findall(sql))
    binds: list[BindParameter[Any]] = [
        bindparam(k, v, type_=DateTime() if k == "as_of" else Date() if k.split("_")[0] in _DATES else None)
        for k, v in params.items() if k in named
    ]  # fmt: skip
    return text(sql).bindparams(*binds)


def clock_params(clock: Clock) -> dict[str, Any]:
    """The days on which the parts that depend on today turn."""
    return {
        "today": clock.today,
        "unaccepted": clock.today - timedelta(days=clock.unaccepted_days),
        "unhandled": clock.today - timedelta(days=clock.unhandled_days),
        "soon": clock.today + timedelta(days=3),
    }


def in_category(code: str, column: str = "m.category") -> str:
    """Condition on `m` for a category, of two digits, or for a subcategory, of four; '' for every one. `column`: how its column is named."""
    return f"{column} = :category{' AND m.subcategory = :subcategory' if len(code) > 2 else ''}" if code else ""


def category_params(code: str) -> dict[str, Any]:
    """The parameters of in_category()."""
    return {"category": code[:2], "subcategory": code}


def source_ids(connection: Connection, wanted: Filter) -> list[int] | None:
    """Ids of the sources (agency set, first agency, channel) that the facets keep; None when they keep all."""
    if not (wanted.agency or wanted.channel or wanted.exclude or wanted.first_agency):
        return None
    bits = {code: 1 << bit for code, bit in connection.exec_driver_sql("SELECT code, bit FROM agency")}
    rows = connection.exec_driver_sql("SELECT id, agencies, first_agency, channel FROM source").all()
    return [
        i for i, mask, first, channel in rows
        if (not wanted.agency or mask & bits.get(wanted.agency, 0))
        and not (wanted.exclude and mask & bits.get(wanted.exclude, 0))
        and (not wanted.channel or channel == wanted.channel)
        and (not wanted.first_agency or first == wanted.first_agency)
    ]  # fmt: skip


def in_list(numbers: list[int]) -> str:
    """A list of ids for IN; an empty one matches nothing."""
    return ", ".join(map(str, numbers)) or "-1"


def matter_where(
    connection: Connection, scope: Scope, wanted: Filter, place: Place, clock: Clock, *, along: bool = False, open_only: bool = False, counted: bool = False
) -> Where:  # fmt: skip
    """Conditions on `matter m` for a list: scope, place, facets, part, window, text. Raises Forbidden.

    `along`: a page of a list is asked for that an index has in order (store/search.py, find). `open_only`: of its open matters alone.
    `counted`: all of its rows will be read, not the first of an order.
    """
    where = Where(params={**clock_params(clock), "as_of": wanted.as_of})
    still = open_only or wanted.part in OPEN_ONLY or wanted.stage not in ("", "closed")  # each stage but the last is of an open matter
    # The open ones are few and have an index of their own. SQLite prefers that of a category, a source or a day of acceptance, and reads
    # all that these ever had, seconds at a million: as expressions they have none. PostgreSQL has counted, and is left alone.
    hidden = still and connection.dialect.name == "sqlite"
    spot = of_matters(scope, place)
    if spot.owners:
        where.add(f"m.owner IN ({', '.join(f':mine_{i}' for i in range(len(spot.owners)))})", **{f"mine_{i}": o for i, o in enumerate(spot.owners)})
    where.add("m.county_code = :county" if spot.county else "", county=spot.county)
    where.add("m.town_code = :town" if spot.town else "", town=spot.town)
    where.add("m.located = :located" if wanted.located else "", located=wanted.located)
    where.add("m.village_code = :village" if wanted.village else "", village="" if wanted.village == "-" else wanted.village)
    where.add(in_category(wanted.category, "COALESCE(m.category, '')" if hidden else "m.category"), **category_params(wanted.category))
    where.add("m.stage = :stage" if wanted.stage else "", stage=wanted.stage)
    where.add("m.is_open" if still else "")
    where.add("m.scale = :scale" if wanted.scale else "", scale=wanted.scale)
    sources = source_ids(connection, wanted)
    if sources is not None:
        where.add(f"{'COALESCE(m.source, 0)' if hidden else 'm.source'} IN ({in_list(sources)})")
    part = PARTS[wanted.part]
    where.add(f"COALESCE(({part}), FALSE)" if part and hidden and wanted.part not in ("open", "past_limit") else part)
    if still and not spot.county:
        # Always true, and it leads SQLite to the small index of open matters instead of the long one that is in order.
        where.add("m.county_code >= ''")
    if wanted.window is not None:
        day = "f.filed_on" if wanted.part == "civil_filings" else "m.accepted_on"
        if hidden and counted and wanted.window.days > LONG:
            day = f"COALESCE({day}, '')"
        where.add(f"{day} BETWEEN :start AND :end", start=wanted.window.start, end=wanted.window.end)
    if wanted.due_within is not None:
        where.add("m.is_open AND m.due_on BETWEEN :today AND :soon", soon=clock.today + timedelta(days=wanted.due_within))
    _add_spans(where, wanted, clock)
    _add_square(where, wanted.cell)
    if wanted.q.strip():
        if wanted.as_of is None:
            _add_found(where, search_text.conditions(connection, spot, wanted.q, along))
        else:
            _add_text(where, wanted.q.strip(), history.tables(wanted.as_of)["record"])
    return where


def _add_spans(where: Where, wanted: Filter, clock: Clock) -> None:
    """What narrows lists only: owner, outcome, ranges, chosen codes."""
    where.add("m.owner = :owner" if wanted.owner else "", owner=wanted.owner)
    where.add("m.outcome = :outcome" if wanted.outcome else "", outcome=wanted.outcome)
    where.add("m.outcome <> 'resolved'" if wanted.outcome not in ("", "resolved") else "")  # as the small index says it
    where.add({"": "", "yes": "m.record_count > 1", "no": "m.record_count = 1"}[wanted.linked])
    where.add({"": "", "yes": "m.satisfied", "no": "NOT m.satisfied"}[wanted.satisfied])
    for column, span in (("people", wanted.people), ("amount", wanted.amount), ("due_on", wanted.due), ("closed_on", wanted.closed)):
        if column in GREAT and span is not None and (span.low or 0) >= GREAT[column]:
            where.add(f"m.{column} >= {GREAT[column]}")  # as the small index says it
        _between(where, f"m.{column}", span, f"{'span_' if column.endswith('_on') else ''}{column}")
    if wanted.days is not None:
        low, high = wanted.days
        since = Span(*(None if n is None else clock.today - timedelta(days=n) for n in (high, low)))
        where.add("m.is_open")
        _between(where, "COALESCE(m.accepted_on, m.opened_on)", since, "span_since")
    if wanted.codes:
        names = {f"chosen_{i}": code for i, code in enumerate(wanted.codes)}
        where.add(f"m.code IN ({', '.join(':' + n for n in names)})", **names)


def _add_square(where: Where, cell: str) -> None:
    """A square of the map, or whether there is a place on it at all."""
    if cell in (ANY, NONE):
        where.add(f"m.lon IS {'NOT ' if cell == ANY else ''}NULL")
    for i, square in enumerate(squares_of(cell)):
        inside = f"m.lon >= :west{i} AND m.lon < :east{i} AND m.lat >= :south{i} AND m.lat < :north{i}"
        where.add(f"NOT ({inside})" if i else inside, **dict(zip((f"west{i}", f"south{i}", f"east{i}", f"north{i}"), square.edges, strict=True)))


def great_of(wanted: Filter) -> tuple[str, str]:
    """The small index that holds every row of a list of large matters, and how it says which; ('', '') for any other list.

    The scale is a word for the number of people (matters/vocabulary.py).
    """
    least = {name: (span.low or 0) if span is not None else 0 for name, span in (("people", wanted.people), ("amount", wanted.amount))}
    least["people"] = max(least["people"], dict(zip(("group", "large"), SCALE_BOUNDS, strict=True)).get(wanted.scale, 0))
    for column, low in least.items():
        if low >= GREAT[column]:
            return f"ix_matter_{column}", f"m.{column} >= {GREAT[column]} AND m.{column} >= {float(low)}"
    return "", ""


def _between(where: Where, column: str, span: Span | None, name: str) -> None:
    for sign, value, side in ((">=", span.low, "low"), ("<=", span.high, "high")) if span is not None else ():
        where.add(f"{column} {sign} :{name}_{side}" if value is not None else "", **{f"{name}_{side}": value})


def _add_found(where: Where, found: list[search_text.Condition]) -> None:
    """What a search found; one word that names its matters is enough to lead to them."""
    for condition in found:
        where.add(condition.sql, **condition.params)
    where.named = any(not condition.walked for condition in found)
    where.walked = 0 if where.named else max(condition.walked for condition in found)


def _add_text(where: Where, q: str, records: str) -> None:
    """As it stood: title, code, or a number printed on one of the matter's papers. LIKE signs in the text stand for themselves."""
    plain = q.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    where.add(
        "m.title LIKE :q ESCAPE '\\' OR m.code LIKE :code ESCAPE '\\' OR m.id IN "
        f"(SELECT r.matter_id FROM {records} r WHERE r.number = :number)",
        q=f"%{plain}%", code=f"%{plain.upper()}%", number=normal(q),
    )  # fmt: skip


def lead(connection: Connection, where: Where, table: str = "", whole: bool = True) -> str:
    """Lead a database to the matters that a search has named; the table to read them from. `whole`: else every title may be read.

    PostgreSQL takes reading every title for cheaper than some thousand looks into an index, and in memory it is ten times dearer; compiling
    a search's statements takes longer than they do. SQLite takes ids for one index among others, and follows an order instead.
    """
    if connection.dialect.name == "postgresql":
        if where.named or where.walked:
            connection.exec_driver_sql(f"SET LOCAL enable_seqscan = {'off' if where.named or not whole else 'on'}; SET LOCAL jit = off")
        return table
    return by_ids(connection) if where.named and table == "matter m" else table


def by_ids(connection: Connection) -> str:
    """SQLite's matters by the index under `id`, by the name that SQLite gave it."""
    columns = "SELECT group_concat(i.name) FROM pragma_index_info(l.name) i"
    name = connection.exec_driver_sql(f"SELECT l.name FROM pragma_index_list('matter') l WHERE ({columns}) = 'id'").scalar_one()
    return f"matter m INDEXED BY {name}"


def paper_table(wanted: Filter) -> tuple[str, str, str]:
    """What a list is read from (as it stood, when a moment is asked for), its further columns, what breaks ties."""
    table, more, tie = _PAPERS.get(wanted.part, _PAPERS[""])
    return table.format(**history.tables(wanted.as_of)), more, tie
