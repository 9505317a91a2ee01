"""A query file: one SELECT, whatever it says in comments and quotes, with every parameter known."""

from __future__ import annotations

import re
from pathlib import Path

import sqlalchemy as sa

from connectors.base import Fatal

_QUOTED = re.compile(r"--[^\n]*|/\*.*?\*/|'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|`[^`]*`|\[[^\]\n]*\]|\$(\w*)\$.*?\$\1\$", re.S)
# What can stand inside one SELECT or behind it and yet write: CTEs that delete, SELECT INTO, and, on servers that need no
# semicolon between statements, a second statement.
_WRITING = re.compile(
    r"\b(insert|update|delete|merge|into|create|alter|drop|truncate|grant|revoke|exec|execute|attach|vacuum|lock|begin|commit)\b", re.I
)


def query_of(path: Path) -> str:
    """The text of a query file; Fatal when it is not one SELECT that only reads."""
    try:
        text = path.read_text(encoding="utf-8-sig").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise Fatal(f"{path}: cannot be read ({error}); transport.query_file is a UTF-8 file beside the feed.toml") from None
    text = text.removesuffix(";").rstrip()
    bare = _QUOTED.sub(" ", text).strip()
    if ";" in bare:
        raise Fatal(f"{path}: holds more than one statement; write one SELECT")
    if not re.match(r"(select|with)\b", bare, re.I):
        raise Fatal(f"{path}: is not a query; it begins with SELECT or WITH")
    if found := _WRITING.search(bare):
        raise Fatal(f"{path}: has the word {found.group().upper()}; a feed only reads (a column of that name stands in quotes)")
    return text


def bound(text: str, given: dict[str, object], path: Path) -> sa.TextClause:
    """The query with its parameters; Fatal for one that is not declared, or declared and not used."""
    statement = sa.text(text)
    names = set(statement.compile().params)
    if unknown := sorted(names - set(given)):
        raise Fatal(
            f"{path}: :{', :'.join(unknown)} is not declared in [transport.parameters] (a colon in a text is written \\:); "
            ":since needs [transport.since] with start"
        )
    if unused := sorted(set(given) - names - {"since"}):
        raise Fatal(f"{path}: does not use the parameter {', '.join(unused)}")
    return statement.bindparams(*(sa.bindparam(n, given[n]) for n in names))
