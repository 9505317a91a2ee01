"""Searching titles. One index of character pairs on both databases; store/search_index.py keeps it.

SQLite keeps it as an FTS5 table without content, PostgreSQL as a tsvector under a GIN index: no extension is needed, the size is
some bytes a character, and a word of one or two characters is found like any other. The trigram indexes of both find no such word.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import islice
from math import isqrt, prod
from typing import Any, NamedTuple

import orjson
from rapidfuzz import fuzz, process
from sqlalchemy import Connection, text

from matters.grams import grams, nearly, runs, wanted
from store.places import Place
from store.search_index import TABLE, Behind, behind

__all__ = ["Behind", "Found", "among", "behind", "expression", "find", "ids_sql", "like", "pairs_of"]
PAGE = 100  # rows that a list shows first
RECENT = 5_000  # matters looked at for a single character before the index is asked
NEAR = 20_000  # rows of a list that are looked at along its order for a word that is common
COMMON = 1_000  # matters that PostgreSQL guesses to have a pair: then some do
OVER = 4  # times as many matters as expected: then the words are common after all
NEWEST = 10_000  # matters, the newest, of which those of a place are compared when a word stands nowhere as it was written
CANDIDATES = 1_000  # titles compared one by one when a word stands nowhere as it was written: the list of similar ones is no longer
ALIKE = 75.0  # rapidfuzz's partial ratio: one wrong character of four, two of eight


class Found(NamedTuple):
    """Where words stand together: in so many titles that they are met on the way along a list of them (`walked`: how many rows of it
    are worth looking at), or in no other matters than these (`ids`). `similar`: words that stand nowhere; `ids` hold something like them."""

    walked: int = 0
    ids: tuple[int, ...] = ()
    similar: tuple[str, ...] = ()


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


def among(connection: Connection, column: str, name: str) -> str:
    """That a column is one of the ids bound to `name` as bound() gives them."""
    if connection.dialect.name == "postgresql":
        return f"{column} = ANY(CAST(:{name} AS bigint[]))"
    return f"{column} IN (SELECT value FROM json_each(:{name}))"


def bound(connection: Connection, ids: Sequence[int]) -> Any:
    """Ids as among() takes them: thousands, in one parameter."""
    return list(ids) if connection.dialect.name == "postgresql" else orjson.dumps(list(ids)).decode()


def pairs_of(word: str) -> list[str]:
    """Everything that a title with this word has."""
    return [g for part in wanted(word) for g in part]


def like(word: str) -> str:
    """The word inside a text, for LIKE with ESCAPE '\\'; its own signs stand for themselves."""
    plain = word.lower().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{plain}%"


@contextmanager
def led(connection: Connection) -> Iterator[None]:
    """PostgreSQL's plans for the statements of a search: a plan that is kept for any word is one for no word, and reads every title."""
    if connection.dialect.name != "postgresql":
        yield
        return
    connection.exec_driver_sql("SET LOCAL plan_cache_mode = force_custom_plan; SET LOCAL jit = off; SET LOCAL enable_seqscan = off")
    yield
    connection.exec_driver_sql("SET LOCAL enable_seqscan = on")


def find(connection: Connection, place: Place, words: Sequence[str], missing: Behind, along: bool = True) -> Found:
    """Where words stand together in titles of a place; of those that stand nowhere there, which titles hold something similar.

    `along`: the list that is asked for has an index of its order, so that going along it is a way to find a page.
    """
    pairs = {word: pairs_of(word) for word in words}
    if not all(pairs.values()):
        return Found()
    rare = [word for word in pairs if not (len(pairs[word]) == 1 == len(pairs[word][0]) and _in_recent(connection, word))]
    many = _many(missing, along)
    if not rare or _are_many(connection, [pairs[word] for word in rare], missing, many):
        return Found(walked=max(NEAR, 3 * many if along else 0))
    ids = _holding(connection, [p for word in rare for p in pairs[word]], words, missing)
    if len(ids) > OVER * many:  # words that go together more often than the statistics know
        return Found(walked=max(NEAR, 3 * many if along else 0))
    if ids and _stand(connection, place, words, ids):
        return Found(ids=ids)
    nowhere = [word for word in rare if len(words) == 1 or not _stands(connection, place, word, pairs[word], missing)]
    near = {word: _similar(connection, place, word, missing) for word in nowhere}
    both = set.intersection(*(set(found) for found in near.values())) if near else set()
    return Found(ids=tuple(sorted(both)), similar=tuple(word for word in near if near[word]))


def _many(missing: Behind, along: bool) -> int:
    """Matters with a word from which on a list of them is rather read along its order, or as a whole.

    That order passes matters / hits rows for each of a page, the index reads all hits: both are the same at √(page · matters). A list
    that no index has in order is read whole instead, where a row costs a twentieth of one that is looked up.
    """
    matters = missing.mark + missing.new
    return max(isqrt(PAGE * matters) if along else matters // 20, PAGE)


def _are_many(connection: Connection, words: Sequence[Sequence[str]], missing: Behind, many: int) -> bool:
    """Whether at least so many matters have all pairs of all words, as far as that is known without reading them."""
    if connection.dialect.name == "postgresql":
        # Its own guess of each pair, which knows the common ones: counting those took a second. The pairs of one word are no chances of
        # their own: all of it stands where the rarest of them does.
        matters, rows = max(missing.mark, 1), _guesses(connection, list(dict.fromkeys(p for word in words for p in word)))
        return matters * prod(min(rows[p] for p in word) / matters for word in words) >= many
    asked = expression(connection, [[p for word in words for p in word]])
    some = f"SELECT COUNT(*) FROM ({ids_sql(connection, 'asked')} LIMIT {many})"
    return bool(connection.execute(text(some), {"asked": asked}).scalar_one() >= many)


def _guesses(connection: Connection, pairs: Sequence[str]) -> dict[str, float]:
    """How many matters PostgreSQL takes each pair to have."""
    query = text("EXPLAIN (FORMAT JSON) " + ids_sql(connection, "pair"))
    plans = {pair: connection.execute(query, {"pair": expression(connection, [[pair]])}).scalar_one() for pair in pairs}
    return {pair: float(plan[0]["Plan"]["Plan Rows"]) for pair, plan in plans.items()}


def _holding(connection: Connection, pairs: Sequence[str], words: Sequence[str], missing: Behind) -> tuple[int, ...]:
    """Ids of all matters that may hold these words: those with all pairs in the index, and of what it does not have yet those that do."""
    given = {"asked": expression(connection, [list(dict.fromkeys(pairs))])}
    if connection.dialect.name == "postgresql":
        ids = set(connection.execute(text(ids_sql(connection, "asked")), given).scalars())
    else:  # as one text: a hundred thousand rows of one number each take five times as long
        ids = set(orjson.loads(connection.execute(text(f"SELECT json_group_array(id) FROM ({ids_sql(connection, 'asked')})"), given).scalar_one()))
    if missing.new:
        held, names = _held("b", words)
        ids |= set(connection.execute(_bound(f"SELECT b.id FROM matter b WHERE b.id > {missing.mark}{held}", names)).scalars())
    if missing.changed:
        ids |= set(connection.execute(text("SELECT p.matter_id FROM search_pending p")).scalars())
    return tuple(sorted(ids))


def _held(alias: str, words: Sequence[str]) -> tuple[str, dict[str, str]]:
    """That a title holds each of these words, as further conditions, and their parameters."""
    names = {f"held_{i}": like(word) for i, word in enumerate(words)}
    return "".join(f" AND lower({alias}.title) LIKE :{name} ESCAPE '\\'" for name in names), names


def _stand(connection: Connection, place: Place, words: Sequence[str], ids: Sequence[int]) -> bool:
    """Whether a title of the place, among these, holds all words."""
    held, names = _held("x", words)
    query = f"SELECT x.id FROM matter x WHERE {among(connection, 'x.id', 'ids')}{_inside(place)}{held} LIMIT 1"
    return connection.execute(_bound(query, {**names, **_within(place), "ids": bound(connection, ids)})).first() is not None


def _stands(connection: Connection, place: Place, word: str, pairs: Sequence[str], missing: Behind) -> bool:
    """Whether a title of the place holds one word, which is taken for granted of a common one."""
    if _are_many(connection, [pairs], missing, _many(missing, True)):
        return True
    ids = _holding(connection, pairs, [word], missing)
    return bool(ids) and _stand(connection, place, [word], ids)


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


def _has(title: str, ways: Sequence[Sequence[str]]) -> bool:
    """What the index would say of a title that it does not have yet."""
    mine = grams(title)
    return any(all(any(g == w or (len(w) == 1 and g[0] == w) for g in mine) for w in way) for way in ways)


def _similar(connection: Connection, place: Place, word: str, missing: Behind) -> tuple[int, ...]:
    """Ids of the latest titles of a place that hold something like the word."""
    ways = [way for way in nearly(word) if way]
    if not ways:
        return ()
    ids = _latest(connection, ways, missing, NEWEST if any(place) else CANDIDATES)
    if missing.new:
        ids += connection.execute(text(f"SELECT b.id FROM matter b WHERE b.id > {missing.mark}")).scalars()
    if missing.changed:
        ids += connection.execute(text("SELECT p.matter_id FROM search_pending p")).scalars()
    query = f"SELECT x.id, x.title FROM matter x WHERE {among(connection, 'x.id', 'ids')}{_inside(place)} ORDER BY x.id DESC"
    found = connection.execute(_bound(query, {**_within(place), "ids": bound(connection, ids)}))
    titles = {i: "".join(runs(title)) for i, title in islice(((i, t) for i, t in found if not missing or _has(t, ways)), CANDIDATES)}
    best = process.extract("".join(runs(word)), titles, scorer=fuzz.partial_ratio, score_cutoff=ALIKE, limit=None)
    return tuple(key for _, _, key in best)


def _latest(connection: Connection, ways: Sequence[Sequence[str]], missing: Behind, limit: int) -> list[int]:
    """The latest ids with all pairs of one of these ways."""
    guesses: dict[str, float] = {}
    if connection.dialect.name == "postgresql":
        guesses = _guesses(connection, list(dict.fromkeys(p for way in ways for p in way)))
    # Most ways go over the wrong character, in pairs that no title has; the beginnings beside them are dear to ask for.
    known = {p: guesses.get(p, 0) >= COMMON or len(p) == 1 or _is_known(connection, p) for p in dict.fromkeys(p for way in ways for p in way)}
    alive = [way for way in ways if all(known[p] for p in way)]
    if not alive:
        return []
    # From so many on the latest are met sooner by going back from the last one, as SQLite's index does by itself.
    back = bool(guesses) and max(min(guesses[p] for p in way) for way in alive) >= isqrt(limit * max(missing.mark, 1))
    if back:
        connection.exec_driver_sql("SET LOCAL enable_bitmapscan = off")
    query = f"SELECT n.id FROM ({ids_sql(connection, 'asked')}) n ORDER BY n.id DESC LIMIT {limit}"
    ids = list(connection.execute(text(query), {"asked": expression(connection, alive)}).scalars())
    if back:
        connection.exec_driver_sql("SET LOCAL enable_bitmapscan = on")
    return ids


def _is_known(connection: Connection, pair: str) -> bool:
    """Whether any title has a pair."""
    fence = " OFFSET 0" if connection.dialect.name == "postgresql" else ""  # it would go along the ids until one has the pair
    query = f"SELECT z.id FROM ({ids_sql(connection, 'asked')}{fence}) z LIMIT 1"
    return connection.execute(text(query), {"asked": expression(connection, [[pair]])}).first() is not None
