"""Which agency keeps its rows where: tables and documents that change in place, and folders that get a file a week or a month."""

from __future__ import annotations

from typing import Any

from demo.papers import BAD, Paper
from demo.sources import (
    centre,
    courts,
    cyberspace,
    education,
    emergency,
    fire,
    health,
    hotline,
    justice,
    market,
    online,
    petitions,
    police,
    procuratorate,
)
from demo.timeline import FEEDS, NEVER

TABLES: dict[str, Any] = {"courts": courts, "police": police, "health": health, "centre": centre, "procuratorate": procuratorate,
                          "hotline": hotline, "market": market, "online": online, "cyberspace": cyberspace}  # fmt: skip
FOLDERS: dict[str, Any] = {"petitions": petitions, "fire": fire, "justice": justice, "emergency": emergency, "education": education}


def row_of(module: Any, paper: Paper) -> Any:
    """The agency's row of a paper, spoilt where it is to be bad."""
    values = module.row(paper)
    return module.spoil(values, paper.bad) if paper.fate == BAD else values


def versions_of(module: Any, paper: Paper) -> list[tuple[tuple[int, int], Paper]]:
    """The files a paper stands in; a bad row is bad once."""
    found: list[tuple[tuple[int, int], Paper]] = module.versions(paper)
    return found[:1] if paper.fate == BAD else found


def in_folder(paper: Paper) -> bool:
    """Whether the paper's agency drops files."""
    return FEEDS[paper.kind] in FOLDERS


def is_current(paper: Paper, day: int) -> bool:
    """Whether the file that is being written on a day can still hold a word of this paper."""
    module = FOLDERS[FEEDS[paper.kind]]
    last = max(d for d in (paper.reg, paper.acc, paper.close) if d != NEVER)
    return bool(module.week(last) >= module.week(day))
