"""Case lists and files: pages from an index, the records of one matter. Counts of whole lists: store/list_counts.py."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

import orjson
from sqlalchemy import Connection, func, select

from matters.access import Scope
from matters.filters import SORTS, Clock, Filter
from matters.veil import masks_in
from store import history
from store.chunks import chunks, rows_where_in
from store.conditions import GREAT, OPEN_ONLY, PARTS, Where, by_ids, great_of, lead, matter_where, paper_table, prepared
from store.list_counts import facet, totals
from store.places import Place
from store.schema import link, matter, record, record_version, reference

__all__ = ["BadCursor", "Listed", "facet", "find", "known_since", "links_of", "masks_of", "page", "records_of", "stream", "totals"]
NEAREST = 5_000  # rows looked at first for words and such conditions together
NEAR = 20_000  # matters looked at along a list's order for those that meet conditions which no index knows
LARGEST = 300_000  # large matters that are put in order for a search among them,
LATEST = 300_000  # and matters of a list, large or not, in whose days they are looked for first
FURTHER = 4  # times as far where a place and a category are asked for together: each has an index, and few rows of one are of the other
_PLACES = {"(m.town_code = :town)": "ix_matter_town", "(m.county_code = :county)": "ix_matter_county"}
# Lists that any index narrows to few rows, and what no index knows, as a filter without it.
_OF_INDEX = ("owner", "codes", "village", "due_within", "days")
_SCATTERED: dict[str, Any] = {
    "agency": "", "channel": "", "exclude": "", "first_agency": "", "stage": "", "located": "", "scale": "", "outcome": "", "linked": "",
    "satisfied": "", "people": None, "amount": None, "due": None, "closed": None, "cell": "", "q": "",
}  # fmt: skip
_NULLABLE = {"accepted_on", "due_on", "closed_on", "people", "amount"}


class BadCursor(ValueError):
    """The cursor was not made by this list."""


class Listed(NamedTuple):
    """One page: rows of the matter table as mappings, and the cursor of the next page ('' at the end)."""

    rows: list[dict[str, Any]]
    next: str


def page(
    connection: Connection, scope: Scope, wanted: Filter, place: Place, clock: Clock, *, sort: str = "accepted_on",
    descending: bool = True, offset: int = 0, limit: int = 100, cursor: str = "", far: bool = False,
    since: date | None = None,
) -> Listed:  # fmt: skip
    """Rows of a case list, sorted by one of SORTS and the code. `cursor` continues after a page; else `offset` skips.

    part=civil_filings lists filings and part=records all records: one row each, with `number` and `filed_on` beside the
    matter's columns. `far` skips by the index alone and reads the rows afterwards, which pays from some thousand rows on.
    `since`: of a list by day of acceptance, `offset` counts from the first row of this day or, in its order, later.
    """
    if sort not in SORTS:
        raise ValueError(f"sort by {sort!r} is not possible; one of {', '.join(SORTS)}")
    where = matter_where(connection, scope, wanted, place, clock, along=sort in _IN_ORDER)
    long = _is_long(wanted, place, where)
    near = matter_where(connection, scope, _plain(wanted), place, clock) if long or _is_walked(wanted, where) else None
    asked = _Asked(connection, wanted, where, sort, descending, far and not cursor, near, long,
                   lambda: matter_where(connection, scope, wanted, place, clock))  # fmt: skip
    lead(connection, where, whole=sort not in _IN_ORDER)
    rows = _after(asked, cursor, limit + 1) if cursor else _from(asked, int(offset), limit + 1, since)
    is_last, rows = len(rows) <= limit, rows[:limit]
    return Listed(rows, "" if is_last or not rows else _cursor(rows[-1], sort))


# Orders that an index has, at least for some lists.
_IN_ORDER = ("accepted_on", "code", "people", "amount", "closed_on", "owner", "category", "town_code")
# Sorted by these PostgreSQL takes no index for the order.
_DRESSED = {"accepted_on": "(m.accepted_on + 0)", "closed_on": "(m.closed_on + 0)", "code": "m.code || ''"}


class _Asked(NamedTuple):
    """A list in its order. Rows whose value is unknown come last: they are a list of their own, so that the index's order serves for both."""

    connection: Connection
    wanted: Filter
    where: Where
    sort: str
    descending: bool
    far: bool
    near: Where | None
    long: bool
    whole: Callable[[], Where]  # the conditions for a way that does not follow the order

    @property
    def parts(self) -> tuple[str, ...]:
        """Conditions of the lists that follow on each other. The great numbers of people and of yuan have small indexes of their own."""
        wanted, column = self.wanted, f"m.{self.sort}"
        dated = self.sort == "accepted_on" and (wanted.window is not None or "m.accepted_on IS NOT NULL" in PARTS[wanted.part])
        if self.sort not in _NULLABLE or dated:
            return ("",)
        great = GREAT.get(self.sort) if self.descending else None
        known = (f"{column} >= {great}", f"{column} < {great}") if great else (f"{column} IS NOT NULL",)
        return (*known, f"{column} IS NULL")

    def rows(self, condition: str, offset: int, limit: int) -> list[dict[str, Any]]:
        """Rows of one of the lists."""
        table, more, tie = paper_table(self.wanted)
        way = "DESC" if self.descending else "ASC"
        known = "" if condition.endswith(" IS NULL") else f"{self._key} {way}, "
        where = " AND ".join(f"({c})" for c in (self.where.sql, condition) if c)
        columns, ordered = f"m.*, {more}{', ' if more else ''}{tie} AS tie", f"ORDER BY {known}{tie} {way}"
        cut = f"{ordered} LIMIT {limit} OFFSET {offset}"
        sql = f"SELECT {columns} FROM {table} WHERE {where} {cut}"
        if self._is_of_open_stage:
            sql = sql.replace(" FROM matter m ", " FROM matter m INDEXED BY ix_matter_open ", 1)
            return [_typed(dict(row)) for row in self.connection.execute(prepared(sql, self.where.params)).mappings()]
        scattered, where_of, long = self.near is not None and self.near.sql != self.where.sql, self.where, self.long
        if scattered and self.sort in ("accepted_on", "code"):
            looked_at = (max(NEAR, self.where.walked),) if not self.where.walked or self._is_of_words_only else (NEAREST,)
            if (rows := self._near(condition, sql, limit, *looked_at)) is not None:
                return rows
            if self.where.walked:  # not so common among these rows: by the index of titles after all, unless very many have it
                where_of = self.whole()
                lead(self.connection, where_of)
                if (rows := self._of_great(condition, sql, offset, limit, where_of)) is not None:
                    return rows
                sql = sql.replace(self.where.sql, where_of.sql, 1)
                if where_of.walked and self._hint == "NOT INDEXED" and (rows := self._near(condition, sql, limit, self.where.walked)) is not None:
                    return rows
        elif scattered and self._is_of_words_only and self._in_order(condition):
            return self._straight(sql, self.where.params)
        params = self.where.params | where_of.params
        named, dressed = where_of.named, f"ORDER BY {_DRESSED.get(self.sort, '')} {way}, "
        if self.connection.dialect.name == "postgresql":
            if ((scattered and long) or named) and known and self.sort in _DRESSED:  # not along the order, where those near its beginning were not enough
                sql = sql.replace(f"ORDER BY {known}", dressed, 1)
        elif named:
            sql = sql.replace(f" FROM {table} ", f" FROM {lead(self.connection, where_of, table)} ", 1)
        elif (scattered and long) or (long and not self._in_order(condition)):
            sql = sql.replace(" FROM matter m ", f" FROM matter m {self._hint} ", 1)
        if self.far and not scattered and not named and table == "matter m" and "INDEXED" not in sql:
            sql = f"SELECT {columns} FROM matter m WHERE m.code IN (SELECT m.code FROM matter m WHERE {where} {cut}) {ordered}"
        return [_typed(dict(row)) for row in self.connection.execute(prepared(sql, params)).mappings()]

    def _near(self, condition: str, sql: str, limit: int, rows_near: int) -> list[dict[str, Any]] | None:
        """Rows among the first of the list without the conditions that no index knows; None when those are not enough.

        Both databases would follow the list's order to its end, row by row, which takes fifteen times as long as reading the whole table.
        """
        assert self.near is not None
        known = self.sort == "accepted_on" and not condition.endswith(" IS NULL")
        if known and (ways := self._ways(condition)):
            return self._near_together(ways, sql, limit, FURTHER * rows_near)
        if known and self.connection.dialect.name == "sqlite" and "(m.town_code = :town)" in self.near.parts:
            # By itself it takes the index of the county, in which the township's rows are few.
            sql = sql.replace(" FROM matter m WHERE ", " FROM matter m INDEXED BY ix_matter_town WHERE ", 1)
        key, way, sign = "accepted_on" if known else "code", "DESC" if self.descending else "ASC", ">=" if self.descending else "<="
        base = " AND ".join(f"({c})" for c in (self.near.sql, condition) if c)
        base = base.replace("(m.county_code = :county) AND (m.town_code = :town)", "(m.town_code = :town)")  # so that the index says it all
        ordered = f"ORDER BY {'m.accepted_on ' + way + ', ' if known else ''}m.code {way}"
        edge = f"SELECT m.{key} FROM matter m WHERE {base} {ordered} LIMIT 1 OFFSET {rows_near}"
        found = self.connection.execute(prepared(edge, self.where.params | self.near.params)).scalar()
        if found is None:  # the list is no longer than that, and may be read in any way
            return [_typed(dict(row)) for row in self.connection.execute(prepared(sql, self.where.params)).mappings()]
        near = sql.replace(" WHERE ", f" WHERE m.{key} {sign} :near_edge AND ", 1)
        rows = self._straight(near, self.where.params | {"near_edge": found})
        return rows if len(rows) >= limit else None

    def _of_great(self, condition: str, sql: str, offset: int, limit: int, found: Where) -> list[dict[str, Any]] | None:
        """Rows of a search among large matters, which SQLite's small index of these knows; None where it would take longer than without.

        Of a word that is not common the few are read that both the search and that index name. A common one is met on the way along the large
        matters, in order, those of the latest first.
        """
        index, few = great_of(self.wanted)
        if not index or offset or self.connection.dialect.name != "sqlite" or paper_table(self.wanted)[0] != "matter m":
            return None
        if found.named:
            if "found" not in found.params:
                return None
            large = f"SELECT json_group_array(m.id) FROM matter m INDEXED BY {index} WHERE {few}"
            named = set(orjson.loads(found.params["found"]))
            return self._among(sql, limit, [i for i in orjson.loads(self.connection.exec_driver_sql(large).scalar_one()) if i in named])
        way, sign = ("DESC", ">=") if self.descending else ("ASC", "<=")
        ordered = f"{'' if condition.endswith(' IS NULL') else f'm.{self.sort} {way}, '}m.code {way}"
        edge = f"SELECT m.{self.sort} FROM matter m WHERE m.{self.sort} IS NOT NULL ORDER BY m.{self.sort} {way}, m.code {way} LIMIT 1 OFFSET {LATEST}"
        latest = None if condition.endswith(" IS NULL") else self.connection.execute(prepared(edge, {})).scalar()
        for near in ((f"m.{self.sort} {sign} :near_edge", "") if latest is not None else ("",)):
            within = " AND ".join(f"({c})" for c in (few, near, condition, self.wanted.window and "m.accepted_on BETWEEN :start AND :end") if c)
            query = f"SELECT m.id FROM matter m INDEXED BY {index} WHERE {within} ORDER BY {ordered} LIMIT {LARGEST + 1}"
            ids = list(self.connection.execute(prepared(query, self.where.params | {"near_edge": latest})).scalars())
            if len(ids) > LARGEST:
                return None
            rows = self._among(sql, limit, ids, 8 * limit)
            if len(rows) >= limit:
                return rows
        return rows

    def _among(self, sql: str, limit: int, ids: list[int], size: int = 0) -> list[dict[str, Any]]:
        """The first rows of a list among some matters; with `size` these are in its order, and looked at so many at a time."""
        near = sql.replace(" FROM matter m WHERE ", f" FROM {by_ids(self.connection)} WHERE m.id IN (SELECT value FROM json_each(:block)) AND ", 1)
        rows: list[dict[str, Any]] = []
        for part in chunks(ids, size or len(ids) or 1):
            params = self.where.params | {"block": orjson.dumps(part).decode()}
            rows += [_typed(dict(row)) for row in self.connection.execute(prepared(near, params)).mappings()]
            if len(rows) >= limit:
                break
        return rows[:limit]

    def _ways(self, condition: str) -> dict[str, str]:
        """SQLite's indexes that know a part of a list's place and category each, with the conditions that each knows; none where one knows it all.

        Along one of them it would pass all rows that the other condition leaves out, to count as far as the edge: of ten million 10 s.
        """
        parts = self.near.parts if self.near is not None and self.connection.dialect.name == "sqlite" else []
        place = next((p for p in _PLACES if p in parts), "")
        category = next((p for p in parts if p.startswith("(m.category = :category")), "")
        if not category or not (place or "subcategory" in category):
            return {}
        rest = [p for p in (*parts, condition and f"({condition})") if p and p not in (*_PLACES, category)]
        ways = {"ix_matter_category": "(m.category = :category)", **({_PLACES[place]: place} if place else {})}
        return {index: " AND ".join((part, *rest)) for index, part in ways.items()}

    def _near_together(self, ways: Mapping[str, str], sql: str, limit: int, rows_near: int) -> list[dict[str, Any]] | None:
        """_near() along the index that comes the furthest with so many rows: it has as many of the list's own as there are on that way."""
        way, sign = ("DESC", ">=") if self.descending else ("ASC", "<=")
        edges: dict[str, str] = {}
        for index, known in ways.items():
            edge = f"SELECT m.accepted_on FROM matter m INDEXED BY {index} WHERE {known} ORDER BY m.accepted_on {way}, m.code {way} LIMIT 1 OFFSET {rows_near}"
            found = self.connection.execute(prepared(edge, self.where.params)).scalar()
            if found is None:
                return self._straight(sql.replace(" FROM matter m ", f" FROM matter m INDEXED BY {index} ", 1), self.where.params)
            edges[found] = index
        edge = (min if self.descending else max)(edges)
        near = sql.replace(" FROM matter m WHERE ", f" FROM matter m INDEXED BY {edges[edge]} WHERE m.accepted_on {sign} :near_edge AND ", 1)
        rows = self._straight(near, self.where.params | {"near_edge": edge})
        return rows if len(rows) >= limit else None

    def _straight(self, sql: str, params: dict[str, Any]) -> list[dict[str, Any]]:
        """Rows along the order, ending with the last one wanted: PostgreSQL would rather sort all, since it takes every word for rare."""
        if self.connection.dialect.name == "postgresql":
            self.connection.exec_driver_sql("SET LOCAL enable_sort = off; SET LOCAL enable_bitmapscan = off")
        rows = [_typed(dict(row)) for row in self.connection.execute(prepared(sql, params)).mappings()]
        if self.connection.dialect.name == "postgresql":
            self.connection.exec_driver_sql("SET LOCAL enable_sort = on; SET LOCAL enable_bitmapscan = on")
        return rows

    @property
    def _is_of_words_only(self) -> bool:
        """Whether nothing but a search keeps this from being a list that an index has."""
        wanted = self.wanted
        return self.where.walked > 0 and _plain(wanted).with_(q=wanted.q, part=wanted.part) == wanted and wanted.part in ("", "accepted")

    @property
    def _is_of_open_stage(self) -> bool:
        """Whether the small index of open matters holds the list, which SQLite does not see for the order's sake."""
        w, is_sqlite = self.wanted, self.connection.dialect.name == "sqlite"
        return is_sqlite and w.stage not in ("", "closed") and w.as_of is None and not (w.q or w.codes) and paper_table(w)[0] == "matter m"

    def _in_order(self, condition: str) -> bool:
        """Whether an index has these rows in their order."""
        if self.sort == "accepted_on" or (condition.endswith(" IS NULL") and self.sort in GREAT):
            return True
        if self.sort in GREAT:
            return ">= " in condition
        if self.sort == "closed_on":
            return self.descending and condition.endswith(" IS NOT NULL")
        return self.sort == "code" or (self.sort in ("category", "town_code", "owner") and self.wanted.window is None)

    @property
    def _hint(self) -> str:
        """Where the rows are read from, when not along the list's order."""
        for name in ("closed", "people", "amount"):
            span = getattr(self.wanted, name)
            if span is not None and (name == "closed" or (span.low or 0) >= GREAT[name]):
                return f"INDEXED BY ix_matter_{name}"
        return "NOT INDEXED"

    @property
    def _key(self) -> str:
        """What the list is sorted by. Codes begin with their year, and what closed first was accepted first: PostgreSQL would pass all
        the other years on its way to a window's."""
        passes = self.sort == "code" or (self.sort == "closed_on" and not self.descending)
        dressed = passes and self.wanted.window is not None and self.connection.dialect.name == "postgresql"
        return _DRESSED[self.sort] if dressed else f"m.{self.sort}"

    def size(self, condition: str) -> int:
        """How many rows one of the lists has."""
        sql = f"SELECT COUNT(*) FROM {paper_table(self.wanted)[0]} WHERE ({self.where.sql}) AND ({condition})"
        return int(self.connection.execute(prepared(sql, self.where.params)).scalar_one())


def _is_narrow(wanted: Filter) -> bool:
    """Whether an index narrows the list to few rows."""
    narrow = any(getattr(wanted, name) not in ("", None, ()) for name in _OF_INDEX) or wanted.part in OPEN_ONLY or wanted.stage not in ("", "closed")
    return narrow or wanted.outcome not in ("", "resolved")


def _is_long(wanted: Filter, place: Place, where: Where) -> bool:
    """Whether a database may need to be led: a list that no index narrows to few rows."""
    if wanted.as_of is not None or paper_table(wanted)[0] != "matter m" or place.town or where.named:
        return False
    return not _is_narrow(wanted) and (wanted.window is None or wanted.window.days >= 60)


def _is_walked(wanted: Filter, where: Where) -> bool:
    """Whether a page of a common word is looked for along the list's order, which may lead past many rows that do not have it."""
    return where.walked > 0 and paper_table(wanted)[0] == "matter m" and not _is_narrow(wanted)


def is_plain(wanted: Filter) -> bool:
    """Whether an index holds all that is asked about a row of the list."""
    return _plain(wanted) == wanted.with_(part=wanted.part and "accepted") and wanted.part in ("", "accepted") and not _is_narrow(wanted)


def _plain(wanted: Filter) -> Filter:
    """The filter without what no index knows: every row of the list is one of its rows."""
    return wanted.with_(**_SCATTERED, part=wanted.part and "accepted")


def _from(asked: _Asked, offset: int, limit: int, since: date | None = None) -> list[dict[str, Any]]:
    """Rows from a place on, counted from the first, or from the first of a day."""
    rows: list[dict[str, Any]] = []
    condition = ""
    for i, part in enumerate(asked.parts):
        if i and offset and not rows:
            offset = max(0, offset - asked.size(condition))
        condition = part
        if since is not None and not i:
            asked.where.params["span_since_day"] = since
            condition = " AND ".join(filter(None, (f"m.accepted_on {'<=' if asked.descending else '>='} :span_since_day", part)))
        rows += asked.rows(condition, 0 if rows else offset, limit - len(rows))
        if len(rows) >= limit:
            break
    return rows


def _after(asked: _Asked, cursor: str, limit: int) -> list[dict[str, Any]]:
    """Rows that sort after the cursor's; unknown values come last whichever way one sorts."""
    try:
        made_for, value, last = orjson.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except ValueError as error:
        raise BadCursor("this cursor is not one of this list") from error
    sign, tie, column = "<" if asked.descending else ">", paper_table(asked.wanted)[2], f"m.{asked.sort}"
    if made_for != asked.sort or not isinstance(last, str if tie == "m.code" else int):
        raise BadCursor("this cursor was made for another order")
    asked.where.params["last"] = last
    if value is None:
        return asked.rows(f"{tie} {sign} :last AND {column} IS NULL", 0, limit)
    great = GREAT.get(asked.sort)
    parts = asked.parts[1:] if great and len(asked.parts) > 2 and float(_value(asked.sort, value)) < great else asked.parts
    name = "span_after" if asked.sort.endswith("_on") else "after"  # a day is bound as one (store.conditions.prepared)
    asked.where.params[name] = _value(asked.sort, value)
    # The first of the two says nothing new, and leads to where the index goes on.
    beyond = f"{column} {sign}= :{name} AND ({column} {sign} :{name} OR {tie} {sign} :last)"
    rows = asked.rows(" AND ".join(f"({c})" for c in (beyond, parts[0]) if c), 0, limit)
    for part in parts[1:]:
        if len(rows) < limit:
            rows += asked.rows(part, 0, limit - len(rows))
    return rows


def _value(sort: str, value: Any) -> Any:
    """What a cursor holds, as the column's type; anybody can write a cursor."""
    try:
        if sort.endswith("_on"):
            return date.fromisoformat(value)
        return float(value) if sort in ("people", "amount", "record_count") else str(value)
    except (TypeError, ValueError) as error:
        raise BadCursor("this cursor is not one of this list") from error


def _cursor(row: Mapping[str, Any], sort: str) -> str:
    value = row[sort]
    return base64.urlsafe_b64encode(orjson.dumps([sort, value, row["tie"]])).decode().rstrip("=")


_DATE_COLUMNS = (*(c.name for c in matter.columns if str(c.type) == "DATE"), "filed_on")
_TIME_COLUMNS = tuple(c.name for c in matter.columns if str(c.type) == "DATETIME")
_BOOL_COLUMNS = tuple(c.name for c in matter.columns if str(c.type) == "BOOLEAN")


def _typed(row: dict[str, Any]) -> dict[str, Any]:
    """SQLite hands text for dates and 0/1 for booleans to statements written as text."""
    for name in _DATE_COLUMNS:
        if isinstance(row.get(name), str):
            row[name] = date.fromisoformat(row[name])
    for name in _TIME_COLUMNS:
        if isinstance(row.get(name), str):
            row[name] = datetime.fromisoformat(row[name])
    for name in _BOOL_COLUMNS:
        if row.get(name) is not None:
            row[name] = bool(row[name])
    return row


def stream(
    connection: Connection, scope: Scope, wanted: Filter, place: Place, clock: Clock, sort: str, descending: bool, limit: int
) -> Iterator[Mapping[str, Any]]:
    """Rows of a whole list for an export, at most `limit`, page by page."""
    cursor, left = "", limit
    while left > 0:
        part = page(connection, scope, wanted, place, clock, sort=sort, descending=descending, limit=min(2_000, left), cursor=cursor)
        yield from part.rows
        left -= len(part.rows)
        cursor = part.next
        if not cursor:
            return


def find(connection: Connection, scope: Scope, code: str, as_of: datetime | None = None) -> Mapping[str, Any] | None:
    """The matter of that code, or the one that a record of that code belongs to, now or at a moment; None outside the scope."""
    tables = history.tables(as_of)
    years = {f"year_{i}": named for i, named in enumerate(_of_any_year(code))}
    params = {"code": code, "as_of": as_of, **years}
    own = f"SELECT m.* FROM {tables['matter']} m WHERE m.code = :code"
    by_record = (
        f"SELECT m.* FROM {tables['matter']} m WHERE m.id IN (SELECT r.matter_id FROM {tables['record']} r JOIN record k ON k.id = r.id "
        f"WHERE k.code IN ({', '.join(f':{name}' for name in years)}))"
    )
    for sql in (own, by_record):
        for row in connection.execute(prepared(sql, params)).mappings():
            if scope.sees(row["county_code"], row["town_code"], row["owner"]):
                return _typed(dict(row))
    return None


def _of_any_year(code: str) -> list[str]:
    """A code, and as it would be in any other year: looked up in the index, where LIKE would read every code there is."""
    tail = code.partition("-")[2]
    return [code, *(f"{year:02d}-{tail}" for year in range(100))] if tail else [code]


def known_since(connection: Connection, scope: Scope, code: str) -> datetime | None:
    """When the record came in that gives a matter of now this code; None for a code that says nothing inside the scope."""
    if find(connection, scope, code) is None:
        return None
    named = record.c.code.in_(_of_any_year(code))
    return connection.execute(select(func.min(record.c.first_learned_at)).where(named)).scalar()


def records_of(connection: Connection, scope: Scope, matter_id: int) -> tuple[list[dict[str, Any]], int]:
    """The records of a matter that lie in the scope, newest first, each with refs and versions; and how many lie outside."""
    rows = [dict(r) for r in connection.execute(select(record).where(record.c.matter_id == matter_id)).mappings()]
    ids = [r["id"] for r in rows]
    refs: dict[int, list[str]] = {}
    for found in rows_where_in(connection, select(reference), reference.c.record_id, ids):
        refs.setdefault(found.record_id, []).append(found.number)
    count = select(record_version.c.record_id, func.count().label("n")).group_by(record_version.c.record_id)
    versions = {r.record_id: r.n for r in rows_where_in(connection, count, record_version.c.record_id, ids)}
    seen = [{**r, "refs": refs.get(r["id"], []), "versions": versions.get(r["id"], 0)} for r in rows
            if scope.reaches(r["county_code"], r["town_code"])]  # fmt: skip
    return seen, len(rows) - len(seen)


def masks_of(connection: Connection, matter_id: int, record_ids: Sequence[int] = ()) -> list[str]:
    """The masked names of all records of a matter, or of these: what hides a name must not depend on who looks."""
    if record_ids:
        return masks_in(r.parties for r in rows_where_in(connection, select(record.c.parties), record.c.id, list(record_ids)))
    return masks_in(connection.execute(select(record.c.parties).where(record.c.matter_id == matter_id)).scalars())


def links_of(connection: Connection, record_ids: list[int]) -> list[Mapping[str, Any]]:
    """Links among these records."""
    rows = rows_where_in(connection, select(link), link.c.record_id, record_ids)
    return [dict(r._mapping) for r in rows if r.other_id in set(record_ids)]
