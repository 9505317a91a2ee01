"""Titles and requests in Chinese from the grammar of titles.toml: same seed, same words."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

_FILE = Path(__file__).with_name("titles.toml")
_SLOT = re.compile(r"\{(\w+)\}")


class Titles:
    """The grammar, loaded once; every choice comes from the case's own seed."""

    def __init__(self) -> None:
        found: dict[str, Any] = tomllib.loads(_FILE.read_text("utf-8"))
        self._shared: dict[str, list[str]] = found.pop("slots")
        self._categories = found

    def patterns(self, category: str) -> list[str]:
        """The patterns of a category."""
        return list(self._categories[category]["patterns"])

    def title(self, category: str, seed: int) -> str:
        """A title of that category."""
        group = self._categories[category]
        return self.fill(group["patterns"][seed % len(group["patterns"])], category, seed // 64)

    def fill(self, pattern: str, category: str, seed: int, extra: dict[str, str] | None = None) -> str:
        """A pattern with its slots filled: words of the category first, then the shared ones."""
        group = self._categories[category]

        def word(match: re.Match[str]) -> str:
            name = match.group(1)
            if extra and name in extra:
                return extra[name]
            words: list[str] = group.get(name) or self._shared[name]
            return words[seed // (1 + len(name) * 7) % len(words)]

        return _SLOT.sub(word, pattern)

    def ask(self, category: str, seed: int) -> str:
        """What the applicant asks for."""
        asks: list[str] = self._categories[category]["ask"]
        return asks[seed // 7 % len(asks)]
