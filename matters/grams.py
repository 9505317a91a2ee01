"""Text as pairs of characters, for searching: Chinese has no spaces between words, and a search may be one character."""

from __future__ import annotations

import unicodedata


def runs(text: str) -> list[str]:
    """The letters, characters and digits of a text, in the pieces that signs and spaces leave; small, of full width made half."""
    plain = unicodedata.normalize("NFKC", text).lower()
    return "".join(c if c.isalnum() else " " for c in plain).split()


def grams(text: str) -> list[str]:
    """What a title is found by: every two neighbours, and the last of each run by itself. So each character begins one of them."""
    found = dict.fromkeys(run[i : i + 2] for run in runs(text) for i in range(len(run)))
    return list(found)


def wanted(text: str) -> list[list[str]]:
    """Of each run of a searched text what must be there: its pairs, or for a single character that character as a beginning."""
    return [[run[i : i + 2] for i in range(len(run) - 1)] or [run] for run in runs(text)]


def nearly(text: str) -> list[list[str]]:
    """Ways in which a text with one wrong, one missing or one surplus character can still be found: pairs and beginnings.

    Every way leaves one character out: the pairs without it must be there, and of pieces of one character that character.
    Empty for less than three characters, of which any two could be wrong.
    """
    word = "".join(runs(text))
    cuts = range(len(word)) if len(word) >= 3 else ()
    return [[p for half in (word[:i], word[i + 1 :]) if half for p in wanted(half)[0]] for i in cuts]
