"""One answer taken apart: its rows, the rows that are none, and what it says of the next page."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from connectors.base import Broken, Fatal
from connectors.privacy import masked_cells

REPLACED = "\ufffd"


@dataclass
class Page:
    """One page; `value` gives what is at a path of the answer (None: nothing), `url` is what was asked, `link` the next one in its Link header."""

    origin: str
    value: Callable[[str], Any]
    url: str = ""
    link: str = ""
    rows: list[dict[str, Any]] = field(default_factory=list)
    broken: list[Broken] = field(default_factory=list)
    broken_keys: list[str] = field(default_factory=list)

    @property
    def count(self) -> int:
        """Rows that came, broken ones included."""
        return len(self.rows) + len(self.broken)

    def take(self, rows: Iterable[tuple[int, Any]], doubtful: bool) -> Page:
        """Sort numbered rows into good and broken ones; `doubtful` when the text may hold characters that are damaged."""
        for number, row in rows:
            if isinstance(row, Broken):
                self.put_aside(row, row.text)
            elif not isinstance(row, dict):
                self.put_aside(Broken(number, masked_cells([str(row)]), "bad_json"), row)
            elif doubtful and is_damaged(row):
                self.put_aside(Broken(number, "", "bad_text"), row)
            else:
                self.rows.append(row)
        return self

    def put_aside(self, broken: Broken, row: Any) -> None:
        """Count a row that cannot be used."""
        self.broken.append(broken)
        self.broken_keys.append(key_of(row))

    def number(self, path: str) -> int:
        """The whole number at a path of the answer."""
        value = self.value(path)
        if not isinstance(value, str) or not value.isascii() or not value.isdigit():
            raise Fatal(f"{self.origin}: no whole number at {path!r}; check paging")
        return int(value)


def key_of(row: Any) -> str:
    """A text that is the same for the same row, so that one that is shown twice is given once."""
    return json.dumps(row, sort_keys=True)


def is_damaged(row: Any) -> bool:
    """Whether a character was lost (U+FFFD) or halved (a lone surrogate, which no database can store)."""
    text = json.dumps(row, ensure_ascii=False)
    try:
        text.encode()
    except UnicodeEncodeError:
        return True
    return REPLACED in text
