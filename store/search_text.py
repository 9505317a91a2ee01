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
    """SQL on `matter m` and its parameters. `walked`: how many rows of a list are worth looking at along its order before another way is
    taken, 0 where the condition itself names the few matters; `similar`: the words for which something similar stands."""

    sql: str
    params: dict[str, Any]
    walked: int = 0
    similar: tuple[str, ...] = ()


def conditions(connection: Connection, place: Place, q: str, along: bool = True) -> list[Condition]:
    """Conditions, all of which a row must meet. `along`: the list has an index of its order (store/search.py, find)."""
    out: list[Condition] = []
    plain: list[str] = []
    with search.led(connection):
        missing = search.behind(connection)
        for i, word in enumerate(q.split()[:WORDS]):
            wide, selects, params = _named(connection, word, i)
            selects += _papers(word, i, params)
            if wide or len(selects) > 1 or connection.execute(text(selects[0]).bindparams(**params)).first() is not None:
                out.append(_named_word(connection, place, word, i, missing, (wide, selects, params)))
            else:
                plain.append(word)
        return [*out, _in_titles(connection, place, plain, missing, along)] if plain else out


def similar_words(connection: Connection, place: Place, q: str) -> tuple[str, ...]:
    """The words of a search that stand nowhere as they were written, but for which there is something similar."""
    found = {word for c in conditions(connection, place, q) for word in c.similar}
    return tuple(word for word in q.split()[:WORDS] if word in found)


def _in_titles(connection: Connection, place: Place, words: list[str], missing: search.Behind, along: bool) -> Condition:
    """Words that stand for nothing but themselves: looked up together, so that two common ones that seldom meet are found by the index."""
    found = search.find(connection, place, words, missing, along)
    held = [word for word in words if word not in found.similar]
    params: dict[str, Any] = {f"held_{n}": search.like(word) for n, word in enumerate(held)}
    parts = [f"lower(m.title) LIKE :{name} ESCAPE '\\'" for name in params]
    if not found.walked:
        parts.insert(0, search.among(connection, "m.id", "found"))
        params["found"] = search.bound(connection, found.ids)
    return Condition(" AND ".join(parts), params, found.walked, found.similar)


def _named_word(
    connection: Connection, place: Place, word: str, i: int, missing: search.Behind, named: tuple[str, list[str], dict[str, Any]]
) -> Condition:  # fmt: skip
    """A word that is also the name of places, the number of a paper or a code: in a title or there."""
    wide, selects, params = named
    found = search.find(connection, place, [word], missing) if not wide else search.Found(walked=search.NEAR)
    params[f"inside_{i}"] = search.like(word)
    inside = f"lower({{}}.title) LIKE :inside_{i} ESCAPE '\\'"
    if found.walked:
        return Condition(f"{inside.format('m')}{wide} OR m.id IN ({' UNION '.join(selects)})", params, found.walked)
    if found.ids and not found.similar:
        selects.append(f"SELECT x.id FROM matter x WHERE {search.among(connection, 'x.id', f'found_{i}')} AND {inside.format('x')}")
        params[f"found_{i}"] = search.bound(connection, found.ids)
    return Condition(f"m.id IN ({' UNION '.join(selects)})", params)


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
