"""Searching titles. One index of character pairs on both databases, kept in the transaction that changes the matter.

SQLite keeps it as an FTS5 table without content, PostgreSQL as a tsvector under a GIN index: no extension is needed, the size is
some bytes a character, and a word of one or two characters is found like any other. The trigram indexes of both find no such word.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from rapidfuzz import fuzz, process
from sqlalchemy import Connection, text

from matters.grams import grams, nearly, runs, wanted
from store.chunks import chunks
from store.places import Place

TABLE = "matter_search"
COMMON = 5_000  # matters: a word in more of them is looked for along the list's own order, which is then the shorter way
CANDIDATES = 4_000  # titles compared one by one when a word stands nowhere as it was written
ALIKE = 75.0  # rapidfuzz's partial ratio: one wrong character of four, two of eight


class Found(NamedTuple):
    """How often a word stands in titles (0, 1: rarely, COMMON: in very many), and the ids of similar titles where it stands in none."""

    times: int
    similar: tuple[int, ...] = ()


def keep(connection: Connection, olds: Sequence[Mapping[str, Any]], rows: Sequence[Mapping[str, Any]]) -> None:
    """Bring the index from matters as they were (`olds`) to what replaces them (`rows`): both with id and title."""
    before, after = {o["id"]: o["title"] for o in olds}, {r["id"]: r["title"] for r in rows}
    gone = [(i, t) for i, t in before.items() if t and after.get(i) != t]
    come = [(i, t) for i, t in after.items() if t and before.get(i) != t]
    if connection.dialect.name == "postgresql":
        _postgresql(connection, [i for i, _ in gone], come)
    else:
        _sqlite(connection, gone, come)


def _sqlite(connection: Connection, gone: list[tuple[int, str]], come: list[tuple[int, str]]) -> None:
    if gone:  # a table without content is told what it held
        connection.exec_driver_sql(f"INSERT INTO {TABLE}({TABLE}, rowid, pairs) VALUES ('delete', ?, ?)", _pairs(gone))
    if come:
        connection.exec_driver_sql(f"INSERT INTO {TABLE}(rowid, pairs) VALUES (?, ?)", _pairs(come))


def _pairs(items: Iterable[tuple[int, str]]) -> list[tuple[int, str]]:
    return [(i, " ".join(grams(t))) for i, t in items]


def _postgresql(connection: Connection, gone: list[int], come: list[tuple[int, str]]) -> None:
    for part in chunks(gone):
        connection.exec_driver_sql(f"DELETE FROM {TABLE} WHERE matter_id = ANY(%s)", (part,))
    if not come:
        return
    driver: Any = connection.connection.driver_connection
    with driver.cursor() as cursor, cursor.copy(f"COPY {TABLE} (matter_id, pairs) FROM STDIN") as copy:
        for i, title in come:
            copy.write_row((i, " ".join(f"'{g}'" for g in grams(title))))


def empty(connection: Connection) -> None:
    """Take everything out of the index."""
    postgresql = connection.dialect.name == "postgresql"
    connection.exec_driver_sql(f"DELETE FROM {TABLE}" if postgresql else f"INSERT INTO {TABLE}({TABLE}) VALUES ('delete-all')")


def build(connection: Connection) -> None:
    """Fill an empty index from the matters that are there."""
    last = -1
    query = text("SELECT id, title FROM matter WHERE id > :last ORDER BY id LIMIT 20000")
    while rows := [{"id": i, "title": t} for i, t in connection.execute(query, {"last": last})]:
        keep(connection, [], rows)
        last = rows[-1]["id"]


def expression(connection: Connection, ways: Sequence[Sequence[str]]) -> str:
    """The index's own words for: all pairs of one of these ways; a single character stands for every pair that begins with it."""
    if connection.dialect.name == "postgresql":
        return " | ".join("(" + " & ".join(f"'{g}':*" if len(g) == 1 else f"'{g}'" for g in way) + ")" for way in ways)
    return " OR ".join("(" + " AND ".join(f'"{g}" *' if len(g) == 1 else f'"{g}"' for g in way) + ")" for way in ways)


def ids_sql(connection: Connection, name: str) -> str:
    """A select of the ids under the expression bound to `name`."""
    if connection.dialect.name == "postgresql":
        return f"SELECT s.matter_id FROM {TABLE} s WHERE s.pairs @@ CAST(:{name} AS tsquery)"
    return f"SELECT rowid FROM {TABLE} WHERE {TABLE} MATCH :{name}"


def pairs_of(word: str) -> list[str]:
    """Everything that a title with this word has."""
    return [g for part in wanted(word) for g in part]


def like(word: str) -> str:
    """The word inside a text, for LIKE with ESCAPE '\\'; its own signs stand for themselves."""
    plain = word.lower().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{plain}%"


def find(connection: Connection, place: Place, word: str) -> Found:
    """How often a word stands in titles of a place and, when it does nowhere, which titles there hold one that is similar."""
    if not (pairs := pairs_of(word)):
        return Found(0)
    asked = expression(connection, [pairs])
    if _is_common(connection, asked):
        return Found(COMMON)
    given = {"asked": asked, "inside": like(word), "county": place.county, "town": place.town}
    query = (f"SELECT x.id FROM matter x WHERE x.id IN ({ids_sql(connection, 'asked')}) "
             f"AND lower(x.title) LIKE :inside ESCAPE '\\'{_inside(place)} LIMIT 1")  # fmt: skip
    if connection.execute(_bound(query, given)).first() is not None:
        return Found(1)
    return Found(0, _similar(connection, place, word))


def _inside(place: Place) -> str:
    """What is asked about a place says nothing about the rest of the city."""
    return (" AND x.county_code = :county" if place.county else "") + (" AND x.town_code = :town" if place.town else "")


def _bound(query: str, given: Mapping[str, Any]) -> Any:
    return text(query).bindparams(**{k: v for k, v in given.items() if f":{k}" in query})


def _is_common(connection: Connection, asked: str) -> bool:
    """Whether so many matters have the pairs that the list's own order is the shorter way to them."""
    if connection.dialect.name == "postgresql":
        # Its own guess, which knows the common words: counting those took a second.
        plan = connection.execute(text("EXPLAIN (FORMAT JSON) " + ids_sql(connection, "asked")), {"asked": asked}).scalar_one()
        return bool(plan[0]["Plan"]["Plan Rows"] >= COMMON)
    some = f"SELECT COUNT(*) FROM ({ids_sql(connection, 'asked')} LIMIT {COMMON})"
    return bool(connection.execute(text(some), {"asked": asked}).scalar_one() >= COMMON)


def _similar(connection: Connection, place: Place, word: str) -> tuple[int, ...]:
    """Ids of the titles of a place that hold something like the word, the most alike first."""
    ways = [way for way in nearly(word) if way]
    if not ways:
        return ()
    query = f"SELECT x.id, x.title FROM matter x WHERE x.id IN ({ids_sql(connection, 'asked')}){_inside(place)} LIMIT {CANDIDATES}"
    given = {"asked": expression(connection, ways), "county": place.county, "town": place.town}
    titles = {row[0]: "".join(runs(row[1])) for row in connection.execute(_bound(query, given))}
    best = process.extract("".join(runs(word)), titles, scorer=fuzz.partial_ratio, score_cutoff=ALIKE, limit=None)
    return tuple(key for _, _, key in best)
