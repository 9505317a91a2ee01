"""What kind of values a source puts in its columns, told from a few rows of a batch: so that a changed source is noticed."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from connectors.columns import text_of

Shape = Literal["empty", "digits", "number", "date", "text", "list", "table"]
SAMPLE = 200
DEPTH = 4
_DIGITS = re.compile(r"[0-9]+")
_NUMBER = re.compile(r"(?=.*[0-9])[+-]?(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)?(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_DATE = re.compile(r"[0-9]{4}([-/.年])[0-9]{1,2}[-/.月][0-9]{1,2}日?(?:[T ]?[0-9]{1,2}[:：时点].*)?")
# A shape of the left may become one of the right without a loss: what was digits so far may well have a fraction.
_WITHIN: dict[str, frozenset[str]] = {"digits": frozenset({"number"})}


def shapes(rows: Sequence[Mapping[str, Any]], limit: int = SAMPLE) -> dict[str, Shape]:
    """Every column of some rows with its shape; those inside tables by their path (a.b), in order of first sight.

    At most about `limit` rows are looked at, spread over the batch. A column without any value is "empty". Digits are
    figures only (007); a number has a sign, a fraction or commas; a date begins with a year, a month and a day that are
    kept apart. Values of different shapes make "text".
    """
    found: dict[str, Shape] = {}
    for row in rows[:: max(1, len(rows) // limit)]:
        _look(row, "", found, DEPTH)
    return found


def fits(seen: str, known: str) -> bool:
    """Whether a column known as one shape may come in another without anybody being told: empty, or narrower."""
    return seen == known or "empty" in (seen, known) or (known == "text" and seen not in ("list", "table")) or known in _WITHIN.get(seen, ())


def joined(one: Shape, other: Shape) -> Shape:
    """The narrowest shape that holds both."""
    if one == other or other == "empty":
        return one
    if one == "empty" or other in _WITHIN.get(one, ()):
        return other
    return one if one in _WITHIN.get(other, ()) else "text"


def _look(row: Mapping[str, Any], before: str, found: dict[str, Shape], depth: int) -> None:
    for name, value in row.items():
        path = f"{before}{name}"
        shape = shape_of(value)
        known = found.get(path)
        found[path] = shape if known is None else joined(known, shape)
        if shape == "table" and depth > 1:
            _look(value, f"{path}.", found, depth - 1)


def shape_of(value: Any) -> Shape:
    """The shape of one cell."""
    if isinstance(value, dict):
        return "table"
    if isinstance(value, list):
        return "list"
    text = text_of(value)[:80]
    if not text:
        return "empty"
    if not text[0].isdigit() and text[0] not in "+-.":
        return "text"
    if _DIGITS.fullmatch(text):
        return "digits"
    if _NUMBER.fullmatch(text):
        return "number"
    return "date" if _DATE.fullmatch(text) else "text"
