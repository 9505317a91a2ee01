"""Regular expressions of a feed.toml, kept from running for ever."""

from __future__ import annotations

import re
from re import _constants as codes  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

# An expression that takes the square or the cube of a text's length is bearable up to here; what is longer is not searched.
MOST_TEXT = 2_000
_REPEATS = (codes.MAX_REPEAT, codes.MIN_REPEAT)


def pattern(text: Any) -> re.Pattern[str]:
    """A text as a regular expression; ValueError in plain words if it is none, or one of those that may never end."""
    try:
        made = re.compile(text)
        parsed = parser.parse(text)
    except (re.error, TypeError, RecursionError) as error:
        raise ValueError(f"{text!r} is not a regular expression: {error}") from error
    if _never_ends(parsed, inside=False):
        raise ValueError(f"{text!r} repeats a repetition, as (a+)+ does, and may take hours: write a+, or put something between")
    return made


def _never_ends(items: Any, inside: bool) -> bool:
    """Whether an endless repetition consists of an endless repetition and nothing that must stand beside it."""
    for code, value in items:
        if code in _REPEATS:
            endless = value[1] == codes.MAXREPEAT
            if inside and endless and not _anchored(items):
                return True
            if _never_ends(value[2], endless or (inside and not _anchored(items))):
                return True
        elif any(_never_ends(part, inside and not _anchored(items)) for part in _parts(code, value)):
            return True
    return False


def _anchored(items: Any) -> bool:
    """Whether one of the items is a single character that has to be there."""
    return any(code in (codes.LITERAL, codes.NOT_LITERAL, codes.IN, codes.ANY) for code, _ in items)


def _parts(code: Any, value: Any) -> list[Any]:
    """The expressions inside an item: a group, the branches of an alternative, what is looked for ahead."""
    if code is codes.SUBPATTERN:
        return [value[3]]
    if code is codes.BRANCH:
        return list(value[1])
    if code in (codes.ASSERT, codes.ASSERT_NOT):
        return [value[1]]
    return [value] if code is getattr(codes, "ATOMIC_GROUP", None) else []


def head(text: str) -> str:
    """What of a text is searched."""
    return text if len(text) <= MOST_TEXT else text[:MOST_TEXT]
