"""Dates as text, and small SQLite files, for all the sources."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import closing
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from demo.days import to_date
from demo.timeline import NEVER

_EPOCH = datetime(1970, 1, 1)
_SHANGHAI = 8 * 3600  # no daylight saving since 1991


@lru_cache(maxsize=65_536)
def day(value: int) -> str | None:
    """2026-01-05, or None for a day that has not come."""
    return None if value == NEVER else to_date(value).isoformat()


@lru_cache(maxsize=65_536)
def compact_day(value: int) -> str:
    """20260105."""
    return to_date(value).strftime("%Y%m%d")


def clock(seconds: int) -> str:
    """2026-01-05 10:11:12 of seconds since 1970-01-01, local."""
    rest = seconds % 86_400
    return f"{day(seconds // 86_400)} {rest // 3600:02d}:{rest // 60 % 60:02d}:{rest % 60:02d}"


def compact_clock(seconds: int) -> str:
    """20260105101112."""
    rest = seconds % 86_400
    return f"{compact_day(seconds // 86_400)}{rest // 3600:02d}{rest // 60 % 60:02d}{rest % 60:02d}"


def epoch_ms(seconds: int) -> int:
    """Milliseconds since 1970-01-01 UTC of local seconds."""
    return (seconds - _SHANGHAI) * 1000


def to_seconds(moment: datetime) -> int:
    """Local seconds since 1970-01-01 of a naive local datetime."""
    return int((moment - _EPOCH) / timedelta(seconds=1))


def connect(path: Path) -> sqlite3.Connection:
    """A connection for writing; readers of another process wait for at most a short transaction.

    A reader may take its time, though: the first ingest holds its cursor for as long as it needs to store what it reads.
    """
    base = sqlite3.connect(path, timeout=120.0)
    base.execute("PRAGMA synchronous=OFF")
    return base


def create(path: Path, schema: str, insert: str, rows: Iterable[Sequence[Any]]) -> None:
    """A new SQLite file with its rows; the same rows give the same bytes."""
    path.unlink(missing_ok=True)
    with closing(connect(path)) as base, base:
        base.executescript(schema)
        base.executemany(insert, rows)


def apply(path: Path, statements: Iterable[tuple[str, Sequence[Any]]]) -> None:
    """Run statements in one transaction."""
    with closing(connect(path)) as base, base:
        for sql, values in statements:
            base.execute(sql, values)
