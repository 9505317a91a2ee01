"""Searching titles. One index of character pairs on both databases; store/search_index.py keeps it.

SQLite keeps it as an FTS5 table without content, PostgreSQL as a tsvector under a GIN index: no extension is needed, the size is
some bytes a character, and a word of one or two characters is found like any other. The trigram indexes of both find no such word.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isqrt
from typing import Any, NamedTuple

from rapidfuzz import fuzz, process
from sqlalchemy import Connection, text

from matters.grams import grams, nearly, runs, wanted
from store.places import Place
from store.search_index import TABLE, Behind, behind

__all__ = ["Behind", "Found", "behind", "expression", "find", "holding_sql", "ids_sql", "like", "near_sql", "pairs_of"]
PAGE = 100  # rows that a list shows first
RECENT = 5_000  # matters looked at for a single character before the index is asked
NEWEST = 20_000  # matters, the newest, of which those of a place are compared when a word stands nowhere as it was written
NAMED = 2_000  # ids that are named one by one
CANDIDATES = 4_000  # titles compared one by one when a word stands nowhere as it was written
ALIKE = 75.0  # rapidfuzz's partial ratio: one wrong character of four, two of eight


class Found(NamedTuple):
    """Where a word stands: in so many titles that the list's own order is the shorter way (in_many), in the matters of these ids, or in
    more than can be named (ids None). Where in none, which titles hold something similar."""

    in_many: bool = False
    ids: tuple[int, ...] | None = None
    similar: tuple[int, ...] = ()


def expression(connection: Connection, ways: Sequence[Sequence[str]]) -> str:
    """The index's own words for: all pairs of one of these ways; a single character stands for every pair that begins with it."""
    if connection.dialect.name == "postgresql":
        return " | ".join("(" + " & ".join(f"'{g}':*" if len(g) == 1 else f"'{g}'" for g in way) + ")" for way in ways)
    return " OR ".join("(" + " AND ".join(f'"{g}" *' if len(g) == 1 else f'"{g}"' for g in way) + ")" for way in ways)


def ids_sql(connection: Connection, name: str) -> str:
    """A select of the ids under the expression bound to `name`."""
    if connection.dialect.name == "postgresql":
        return f"SELECT s.matter_id AS id FROM {TABLE} s WHERE s.pairs @@ CAST(:{name} AS tsquery)"
    return f"SELECT rowid AS id FROM {TABLE} WHERE {TABLE} MATCH :{name}"


def near_sql(connection: Connection, name: str, missing: Behind) -> str:
    """A select of the ids under that expression, and of all that the index does not have yet."""
    return ids_sql(connection, name) + _missing_sql(missing)


def _missing_sql(missing: Behind) -> str:
    found = f" UNION ALL SELECT b.id FROM matter b WHERE b.id > {missing.mark}" if missing.new else ""
    return found + (" UNION ALL SELECT p.matter_id FROM search_pending p" if missing.changed else "")


def holding_sql(connection: Connection, asked: str, inside: str, missing: Behind) -> str:
    """A select of the ids whose titles hold a word: found under the expression bound to `asked`, then read for the one bound to `inside`.

    PostgreSQL is kept from turning this round, for which OFFSET 0 is its own way: its guess is that no title holds the word.
    """
    fence = " OFFSET 0" if connection.dialect.name == "postgresql" else ""
    found = f"SELECT y.id, y.title, y.county_code, y.town_code, y.owner FROM matter y WHERE y.id IN ({near_sql(connection, asked, missing)}){fence}"
    return f"SELECT x.id FROM ({found}) x WHERE lower(x.title) LIKE :{inside} ESCAPE '\\'"


def pairs_of(word: str) -> list[str]:
    """Everything that a title with this word has."""
    return [g for part in wanted(word) for g in part]


def like(word: str) -> str:
    """The word inside a text, for LIKE with ESCAPE '\\'; its own signs stand for themselves."""
    plain = word.lower().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{plain}%"


def find(connection: Connection, place: Place, word: str, missing: Behind) -> Found:
    """Whether a word stands in titles of a place, in many, or in none; then which titles there hold one that is similar."""
    if not (pairs := pairs_of(word)):
        return Found(ids=())
    asked = expression(connection, [pairs])
    if len(pairs) == 1 == len(pairs[0]) and _in_recent(connection, word):
        return Found(in_many=True)
    if _in_many(connection, asked, missing):
        return Found(in_many=True)
    given = {"asked": asked, "inside": like(word), **_within(place)}
    query = f"{holding_sql(connection, 'asked', 'inside', missing)}{_inside(place)} LIMIT {NAMED + 1}"
    ids = tuple(connection.execute(_bound(query, given)).scalars())
    return Found(ids=None if len(ids) > NAMED else ids, similar=() if ids else _similar(connection, place, word, missing))


def _inside(place: Place) -> str:
    """What is asked about a place says nothing about the rest of the city."""
    mine = f" AND x.owner IN ({', '.join(f':mine_{i}' for i in range(len(place.owners)))})" if place.owners else ""
    # The columns are dressed so that no index of them is taken: a township's matters are ten times more than those with the word.
    return (" AND x.county_code || '' = :county" if place.county else "") + (" AND x.town_code || '' = :town" if place.town else "") + mine


def _within(place: Place) -> dict[str, str]:
    return {"county": place.county, "town": place.town, **{f"mine_{i}": owner for i, owner in enumerate(place.owners)}}


def _bound(query: str, given: Mapping[str, Any]) -> Any:
    return text(query).bindparams(**{k: v for k, v in given.items() if f":{k}" in query})


def _in_recent(connection: Connection, word: str) -> bool:
    """Whether a page of the latest matters has the word: a character that begins thousands of pairs is dear to ask the index for."""
    latest = f"SELECT r.title FROM matter r ORDER BY r.id DESC LIMIT {RECENT}"
    query = text(f"SELECT COUNT(*) FROM ({latest}) t WHERE lower(t.title) LIKE :inside ESCAPE '\\'")
    return bool(connection.execute(query, {"inside": like(word)}).scalar_one() >= PAGE)


def _in_many(connection: Connection, asked: str, missing: Behind) -> bool:
    """Whether so many matters have the pairs that a page of them is found sooner along the list's own order.

    That order passes matters / hits rows for each of a page, the index reads all hits: both are the same at √(page · matters).
    """
    many = isqrt(PAGE * (missing.mark + missing.new))
    if connection.dialect.name == "postgresql":
        # Its own guess, which knows the common words: counting those took a second.
        plan = connection.execute(text("EXPLAIN (FORMAT JSON) " + ids_sql(connection, "asked")), {"asked": asked}).scalar_one()
        return bool(plan[0]["Plan"]["Plan Rows"] >= max(many, PAGE))
    some = f"SELECT COUNT(*) FROM ({ids_sql(connection, 'asked')} LIMIT {max(many, PAGE)})"
    return bool(connection.execute(text(some), {"asked": asked}).scalar_one() >= max(many, PAGE))


def _has(title: str, ways: Sequence[Sequence[str]]) -> bool:
    """What the index would say of a title that it does not have yet."""
    mine = grams(title)
    return any(all(any(g == w or (len(w) == 1 and g[0] == w) for g in mine) for w in way) for way in ways)


def _similar(connection: Connection, place: Place, word: str, missing: Behind) -> tuple[int, ...]:
    """Ids of the titles of a place that hold something like the word, the most alike first."""
    ways = [way for way in nearly(word) if way]
    if not ways:
        return ()
    # Ids in the index's order, the newest first: in a place few of them count, and a city's common pairs are in a tenth of all titles.
    newest = f"SELECT n.id FROM ({ids_sql(connection, 'asked')}) n ORDER BY n.id DESC LIMIT {NEWEST}"
    ids = f"SELECT k.id FROM ({newest}) k{_missing_sql(missing)}"
    query = f"SELECT x.id, x.title FROM matter x WHERE x.id IN ({ids}){_inside(place)} LIMIT {CANDIDATES}"
    given = {"asked": expression(connection, ways), **_within(place)}
    found = connection.execute(_bound(query, given)).all()
    titles = {i: "".join(runs(title)) for i, title in found if not missing or _has(title, ways)}
    best = process.extract("".join(runs(word)), titles, scorer=fuzz.partial_ratio, score_cutoff=ALIKE, limit=None)
    return tuple(key for _, _, key in best)
