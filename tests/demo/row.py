"""What the readers of all sources share: one agency's last word, and how days and counties are read."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

COUNTIES = {"袁州区": "360902", "奉新县": "360921", "万载县": "360922", "上高县": "360923", "宜丰县": "360924", "靖安县": "360925",
            "铜鼓县": "360926", "丰城市": "360981", "樟树市": "360982", "高安市": "360983"}  # fmt: skip


@dataclass
class Row:
    """One agency's last word on one dispute."""

    feed: str
    key: str
    number: str
    county: str
    town: str  # name of the township, '' when the row does not say
    kind: str
    opened: date
    accepted: date | None
    handled: date | None
    closed: date | None
    outcome: str
    satisfied: bool | None
    refs: list[str]
    revised: Any = 0
    context: bool = False
    withdrawn: bool = False
    escalated: bool = False
    due: date | None = None  # the row's own limit


def day_of(text: str | None, pattern: str = "%Y-%m-%d") -> date | None:
    """A date of the demo's time; ValueError for an impossible one or one outside it."""
    if not text:
        return None
    found = datetime.strptime(text, pattern).date()
    if not date(1990, 1, 1) <= found <= date(2030, 1, 1):
        raise ValueError(text)
    return found


def county_in(text: str) -> str:
    """Code of the county named in a text."""
    return next((code for name, code in COUNTIES.items() if name in text), "")


def pick(value: str | None, table: dict[str, str]) -> str:
    """A word of a table, '' for none; ValueError for one that is not in it."""
    if value in (None, ""):
        return ""
    if value not in table:
        raise ValueError(value)
    return table[value]


def table_rows(path: Path, query: str) -> Iterator[dict[str, Any]]:
    """Rows of a SQLite file."""
    base = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    base.row_factory = sqlite3.Row
    yield from (dict(row) for row in base.execute(query))
    base.close()
