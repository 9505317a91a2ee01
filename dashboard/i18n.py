"""The two languages of the screen: Chinese is the text in the code, English comes from the catalogues in locale/."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from typing import Any, Protocol

from babel.messages.pofile import read_po

LOCALE = Path(__file__).parent / "locale"
LANGS = ("zh", "en")
OWN_NAMES = {"zh": "中文", "en": "English"}  # what a language calls itself, on every screen
_lang: ContextVar[str] = ContextVar("lang", default="zh")


class Named(Protocol):
    """Anything with a Chinese and an English name (words, categories, areas of a share chart)."""

    @property
    def zh(self) -> str: ...
    @property
    def en(self) -> str: ...


@cache
def catalogue(lang: str) -> dict[str, str]:
    """Msgid → text of every catalogue file of a language; later files win."""
    texts: dict[str, str] = {}
    for path in sorted((LOCALE / lang / "LC_MESSAGES").glob("*.po")):
        with path.open("rb") as file:
            texts |= {str(m.id): str(m.string) for m in read_po(file) if m.id and m.string}
    return texts


def lang() -> str:
    """The language of this request: zh or en."""
    return _lang.get()


def use(code: str) -> None:
    """Set the language of this request; anything unknown is Chinese."""
    _lang.set(code if code in LANGS else "zh")


@contextmanager
def speaking(code: str) -> Iterator[None]:
    """Set the language inside a block."""
    token = _lang.set(code if code in LANGS else "zh")
    try:
        yield
    finally:
        _lang.reset(token)


def N_(text: str) -> str:
    """Mark a Chinese text for the catalogue; t() gives it later."""
    return text


def t(text: str, **values: Any) -> str:
    """The text in the language of this request, with its {values} filled in."""
    found = text if lang() == "zh" else catalogue(lang()).get(text, text)
    return found.format(**values) if values else found


def name(word: Named) -> str:
    """The name of a word, category or the like in the language of this request."""
    return word.zh if lang() == "zh" else word.en or word.zh


def pick(zh: str, en: str) -> str:
    """One of two texts by the language of this request; the Chinese one when there is no English."""
    return zh if lang() == "zh" else en or zh
