"""What a reader types into the search box, as a condition on the list: titles, codes, numbers of papers, names of places."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from sqlalchemy import Connection, text

from matters.numbers import normal
from store import search
from store.places import Place

_CODE = re.compile(r"(?:\d\d-)?[0-9A-HJKMNP-TV-Z]{3,12}")  # of matters/identity.py, with or without its year
_YEARS = range(10, 60)
WORDS = 6  # of a search; what comes after is left out
_PLACES = 200


class Condition(NamedTuple):
    """SQL on `matter m`, its parameters, and whether it stands for something similar to the word."""

    sql: str
    params: dict[str, Any]
    similar: bool = False


def conditions(connection: Connection, place: Place, q: str) -> list[Condition]:
    """One condition for each word, all of which a row must meet."""
    missing = search.behind(connection)
    return [_word(connection, place, word, i, missing) for i, word in enumerate(q.split()[:WORDS])]


def similar_words(connection: Connection, place: Place, q: str) -> tuple[str, ...]:
    """The words of a search that stand nowhere as they were written, but for which there is something similar."""
    words = q.split()[:WORDS]
    return tuple(w for w, c in zip(words, conditions(connection, place, q), strict=True) if c.similar)


def _word(connection: Connection, place: Place, word: str, i: int, missing: search.Behind) -> Condition:
    wide, selects, params = _named(connection, word, i)
    selects += _papers(word, i, params)
    found = search.find(connection, place, word, missing) if not (wide or len(selects) > 1) else None
    if found is not None and found.ids is not None:
        papers = set(connection.execute(text(selects[0]).bindparams(**params)).scalars())
        similar = bool(found.similar) and not papers
        ids = {*papers, *(found.similar if similar else found.ids)}
        return Condition(f"m.id IN ({', '.join(map(str, sorted(i for i in ids if i is not None))) or '-1'})", {}, similar=similar)
    inside = {**params, f"inside_{i}": search.like(word)}
    if wide or (found is not None and found.in_many):
        return Condition(f"lower(m.title) LIKE :inside_{i} ESCAPE '\\'{wide} OR m.id IN ({' UNION '.join(selects)})", inside)
    if pairs := search.pairs_of(word):
        inside[f"asked_{i}"] = search.expression(connection, [pairs])
        selects.append(search.holding_sql(connection, f"asked_{i}", f"inside_{i}", missing))
    return Condition(f"m.id IN ({' UNION '.join(selects)})", inside)


def _papers(word: str, i: int, params: dict[str, Any]) -> list[str]:
    """Numbers printed on papers, and codes of matters: of now, of former ones, begun, or without their year."""
    params[f"number_{i}"] = normal(word)
    selects = [f"SELECT r.matter_id FROM record r WHERE r.number = :number_{i}"]
    code = word.upper()
    if not _CODE.fullmatch(code) or not any(c.isdigit() for c in code):
        return selects
    codes = [code] if code[2:3] == "-" else [f"{year}-{code}" for year in _YEARS]
    params |= {f"code_{i}_{n}": c for n, c in enumerate(codes)}
    begins = " OR ".join(f"(c.code >= :code_{i}_{n} AND c.code < :code_{i}_{n} || 'zz')" for n in range(len(codes)))
    exact = ", ".join(f":code_{i}_{n}" for n in range(len(codes)))
    return [*selects, f"SELECT r.matter_id FROM record r WHERE r.code IN ({exact})", f"SELECT c.id FROM matter c WHERE {begins}"]


def _named(connection: Connection, word: str, i: int) -> tuple[str, list[str], dict[str, Any]]:
    """Places of that name, or whose pinyin begins so: towns and counties as a condition, villages as a select."""
    if len(word) < 2:
        return "", [], {}
    query = text(f"SELECT code, level, parent FROM area WHERE level <> 'city' AND (name LIKE :w ESCAPE '\\' "
                 f"OR replace(pinyin, ' ', '') LIKE :p ESCAPE '\\') ORDER BY code LIMIT {_PLACES}")  # fmt: skip
    rows = connection.execute(query, {"w": search.like(word), "p": search.like(word)[1:] if word.isascii() and word.isalpha() else "-"}).all()
    params: dict[str, Any] = {f"at_{i}_{n}": r.code for n, r in enumerate(rows)}
    params |= {f"up_{i}_{n}": r.parent for n, r in enumerate(rows)}

    def among(levels: tuple[str, ...], prefix: str = "at") -> str:
        return ", ".join(f":{prefix}_{i}_{n}" for n, r in enumerate(rows) if r.level in levels)

    wide = "".join(f" OR m.{column} IN ({codes})" for column, codes in
                   (("county_code", among(("county",))), ("town_code", among(("township",)))) if codes)  # fmt: skip
    villages = among(("village",))
    select = f"SELECT v.id FROM matter v WHERE v.town_code IN ({among(('village',), 'up')}) AND v.village_code IN ({villages})"
    return wide, [select] if villages else [], params
