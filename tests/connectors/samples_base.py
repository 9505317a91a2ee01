"""What the samples of all sources share: one true place, invented people, and how rows are paged, tabled and dated."""

from __future__ import annotations

import os
import sqlite3
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from geo.datum import wgs84_to_bd09, wgs84_to_gcj02
from tests.connectors.loopback import Source

# One true place, in the datum each agency writes.
TRUE = (114.9228, 28.2429)
GCJ = tuple(f"{float(v):.6f}" for v in wgs84_to_gcj02(*TRUE))
BD = tuple(f"{float(v):.6f}" for v in wgs84_to_bd09(*TRUE))

# Invented: 999 is no division, 142 nobody's number; the shapes are those of real ones.
PEOPLE = {"聂晓梅": ("999000198001011234", "14200000001"), "漆永茂": ("999000197202022345", "14200000002")}
CLEAR = [text for name, numbers in PEOPLE.items() for text in (name, *numbers)]
WANG, WANG_ID, WANG_PHONE = "聂晓梅", *PEOPLE["聂晓梅"]
LI, LI_ID, LI_PHONE = "漆永茂", *PEOPLE["漆永茂"]
STORY = f"{WANG}（电话{WANG_PHONE}）与{LI}因山墙渗水争执。此前110警情 JJ20260105000123，信访件 XF360923-20260104001。"
REFS = ["JJ20260105000123", "XF360923-20260104001"]


@dataclass
class Sample:
    """One source: the environment that leads to it, and what its rows must become."""

    feed: str
    env: dict[str, str]
    received: int
    records: dict[str, dict[str, Any]]
    withdrawn: set[str] = field(default_factory=set)
    reasons: Counter[str] = field(default_factory=Counter)
    near: dict[str, tuple[float, float]] = field(default_factory=dict)  # WGS-84
    source: Source | None = None


def paged(rows: list[dict[str, Any]], column: str) -> Callable[[str, int, int], list[dict[str, Any]]]:
    """Rows changed since, in order of a column, cut into parts."""

    def page(since: str, start: int, size: int) -> list[dict[str, Any]]:
        found = sorted((r for r in rows if str(r[column]) >= since), key=lambda r: str(r[column]))
        return found[start : start + size]

    return page


def age(folder: Path) -> None:
    """Make the files an hour old, so that nobody waits to see whether they still grow."""
    for path in folder.iterdir():
        os.utime(path, (path.stat().st_atime - 3600, path.stat().st_mtime - 3600))


def table(path: Path, name: str, rows: list[dict[str, Any]]) -> str:
    """A SQLite file whose view `name` has those rows; its address."""
    names = list(rows[0])
    with sqlite3.connect(path) as base:
        base.execute(f"CREATE TABLE t ({', '.join(names)})")
        base.executemany(f"INSERT INTO t VALUES ({', '.join('?' * len(names))})", [tuple(r.values()) for r in rows])
        base.execute(f"CREATE VIEW {name} AS SELECT * FROM t")
    base.close()
    return f"sqlite:///{path}"


def ms(*parts: int) -> int:
    """Milliseconds of a Shanghai time, reckoned by hand: eight hours behind, in UTC."""
    return int((datetime(*parts) - datetime(1970, 1, 1, 8)).total_seconds() * 1000)  # type: ignore[arg-type]
