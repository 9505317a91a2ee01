"""Papers → the agencies' own storage, with the duplicates and stale rows that real feeds bring along."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from demo.doors import FOLDERS, TABLES, row_of, versions_of
from demo.papers import BAD, NORMAL, WITHDRAWN, Paper
from demo.timeline import FEEDS, NEVER

Progress = Callable[[str, int, int], None]
# What the connectors say about each kind of bad row.
REASONS = {
    "missing_key": "missing_required", "bad_date": "bad_date", "future": "bad_date", "ancient": "bad_date",
    "unknown_code": "unknown_value", "letters": "bad_number", "rounded_id": "rounded_number", "wrong_columns": "wrong_columns",
}  # fmt: skip
_TWICE = 12  # rows a feed repeats word for word, at scale 1; as many come in an older state after the newer one


def feed_of(paper: Paper) -> str:
    """The feed that a paper comes by."""
    return FEEDS[paper.kind]


def _before(paper: Paper) -> Paper:
    """The record as it stood on the day it was made."""
    acc, hand = (d if d == paper.reg else NEVER for d in (paper.acc, paper.hand))
    return paper._replace(acc=acc, hand=hand, close=NEVER, outcome="", rated=-1, escalated=False, touched=paper.made + 60)


def _chosen(rng: np.random.Generator, papers: list[Paper], count: int) -> list[Paper]:
    """Some ended, ordinary papers."""
    able = [p for p in papers if p.fate == NORMAL and p.close != NEVER and p.close > p.reg]
    rows = sorted(rng.choice(len(able), size=min(count, len(able)), replace=False).tolist()) if able else []
    return [able[i] for i in rows]


def _table(rng: np.random.Generator, folder: Path, feed: str, papers: list[Paper], twice: int) -> dict[str, int]:
    """Write a table: its rows, some twice, and some in an older state that the view shows after the newer one."""
    module = TABLES[feed]
    rows = [row_of(module, p) for p in papers]
    same, stale = (_chosen(rng, papers, twice) for _ in range(2))
    extra = [module.row(p) for p in same] + [module.row(_before(p)) for p in stale]
    module.write(folder, rows + extra)
    return {"rows": len(rows) + len(extra), "repeated": len(same), "stale": len(stale)}


def _weekly(rng: np.random.Generator, folder: Path, feed: str, papers: list[Paper], twice: int) -> dict[str, int]:
    """Write the weekly files; a few rows stand twice in their file, a few again in the next week's."""
    module = FOLDERS[feed]
    weeks: dict[tuple[int, int], list[Any]] = defaultdict(list)
    count: Counter[str] = Counter(repeated=0, corrections=0, carried=0)
    again, carry = ({id(p) for p in _chosen(rng, papers, twice)} for _ in range(2))
    late = []
    for paper in papers:
        versions = versions_of(module, paper)
        for name, version in versions:
            weeks[name].append(row_of(module, version))
        count["corrections"] += len(versions) - 1
        name, version = versions[-1]
        if id(paper) in again:
            weeks[name].append(row_of(module, version))
            count["repeated"] += 1
        if id(paper) in carry:
            late.append((module.week(paper.close + 7), row_of(module, version)))
    names = sorted(weeks)
    for name, values in late:
        if name in weeks:
            weeks[name].append(values)
            count["carried"] += 1
    for name in names:
        module.write_week(folder, name, weeks[name])
    return {"rows": sum(map(len, weeks.values())), **count, "files": len(names)}


def write_all(
    rng: np.random.Generator, folder: Path, papers: list[Paper], scale: float, progress: Progress | None
) -> dict[str, dict[str, Any]]:
    """Write all sources; gives what each holds: rows, repeated, stale, corrections, withdrawn, bad by kind."""
    folder.mkdir(parents=True, exist_ok=True)
    by_feed: dict[str, list[Paper]] = {feed: [] for feed in (*TABLES, *FOLDERS)}
    for paper in sorted(papers, key=lambda p: (p.made, p.key)):
        by_feed[FEEDS[paper.kind]].append(paper)
    twice, found = max(1, round(_TWICE * scale)), {}
    for number, (feed, mine) in enumerate(by_feed.items(), start=1):
        write = _table if feed in TABLES else _weekly
        found[feed] = {
            **write(rng, folder, feed, mine, twice),
            "bad": dict(Counter(p.bad for p in mine if p.fate == BAD)),
            "withdrawn": sum(p.fate == WITHDRAWN for p in mine),
            "keys": sum(p.fate not in (BAD, WITHDRAWN) for p in mine),
        }
        if progress:
            progress(feed, number, len(by_feed))
    return found
