"""The demo city: builds its truth and writes the agencies' storage. Same seed, day and scale: the same bytes."""

from __future__ import annotations

import gc
import shutil
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from demo import article, cases, days, keys, outcomes, places, state, twins, writing
from demo import truth as truth_module
from demo.codes import CATS
from demo.doors import FOLDERS
from demo.papers import NORMAL, Paper, Speller
from demo.timeline import see
from demo.truth import Truth

__all__ = ["Truth", "generate", "is_built"]

Progress = Callable[[str, int, int], None]
AREAS_FILE = "areas.csv"
LATE_DAYS = 12
CATCH_UP_DAYS = 45  # a demo older than this is made anew
_STEPS = 5


def _check(places_: places.Places) -> None:
    """The article's counties must be the areas' own."""
    wanted = [c.code for c in article.COUNTIES]
    if list(places_.counties["code"]) != wanted:
        raise ValueError(f"the demo city needs the counties {', '.join(wanted)}; the areas have {', '.join(places_.counties['code'])}")


def _settled(rng: np.random.Generator, book: cases.Book, view: outcomes.View) -> pd.DataFrame:
    """The visible records with outcomes, ratings and escalations; those that are no matters stay plain."""
    fate = book.cases["fate"].to_numpy()
    counts = (fate == NORMAL) & ~book.cases["waits"].to_numpy()
    mine = counts[book.records["case"].to_numpy()]
    planned = outcomes.stick(rng, book.cases, book.records[mine].reset_index(drop=True), view)
    seen = outcomes.fail(rng, book.cases, see(planned, view.last, view.late), view)
    seen = outcomes.rate(rng, book.cases, outcomes.details(rng, seen.assign(rated=-1, key="")), view)
    rest = see(book.records[~mine].reset_index(drop=True), view.last, view.late)
    both = pd.concat([seen, rest.assign(rated=-1, escalated=False, mediation=-1, key="")], ignore_index=True)
    return both.sort_values(["case", "step"], kind="stable", ignore_index=True)


def generate(
    folder: Path, areas: pd.DataFrame, today: date, seed: int = 1, scale: float = 1.0, progress: Progress | None = None,
    late: Sequence[str] = (), planted: bool = True,
) -> Truth:  # fmt: skip
    """Make the city and write the sources of all agencies into `folder`.

    areas: the frame of geo.areas (columns code, level, parent, name, short, kind, population, lon, lat). today: the last day is
    the one before it; what happens on it comes by `growth.catch_up`. scale: 1 is about 215,000 records and exactly the
    article's figures; other scales keep its percentages as near as whole numbers allow, and satisfaction exactly. late:
    feeds whose data stop 12 days before today. planted: False makes a quiet city, without bursts, growth or remediation.
    Raises ValueError for areas of another city and OSError when the folder cannot be written. The folder is emptied of an
    earlier city first.
    """
    collecting = gc.isenabled()
    gc.disable()  # hundreds of thousands of small tuples and no cycles among them: a third of the time
    try:
        return _generate(folder, areas, today, seed, scale, progress or (lambda label, done, total: None), late, planted)
    finally:
        if collecting:
            gc.enable()


def _generate(
    folder: Path, areas: pd.DataFrame, today: date, seed: int, scale: float, tell: Progress, late: Sequence[str], planted: bool
) -> Truth:  # fmt: skip
    _clear(folder)
    rng = np.random.default_rng([seed, 7])
    town = places.build(areas, list(CATS), seed)
    _check(town)
    plan = cases.Plan(article.first_day(today), today - timedelta(days=1), article.article_year(today), scale)
    ends = {feed: days.ordinal(today) - LATE_DAYS for feed in late}
    view = outcomes.View(days.ordinal(today), days.ordinal(plan.last), outcomes.window_days(plan.year), scale, ends)
    tell("事项", 0, _STEPS)
    book = cases.build(rng, town, plan, today, ends, planted)
    tell("办理过程", 1, _STEPS)
    serials: keys.Serials = {}
    seen = _settled(rng, book, view)
    seen = keys.assign(rng, book.cases, keys.times(rng, seen), town, serials)
    seen = cases.locate(rng, town, book.cases, seen)
    tell("文书", 2, _STEPS)
    papers = Speller(town).spell(book.cases, seen, cases.STREAM_NAMES)
    tell("各部门数据", 3, _STEPS)
    held = writing.write_all(rng, folder, papers, scale, None)
    found = truth_module.expected(book.cases, seen, town, plan.year, view.today, book.plants, book.twins)
    found["feeds"] = {feed: counts | {"expected": arrival(counts)} for feed, counts in held.items()}
    found["bad_rows"] = [{"feed": writing.feed_of(p), "key": p.key, "kind": p.bad, "reason": writing.REASONS[p.bad]} for p in papers if p.bad]
    twins.save(papers, book.twins, folder / twins.FILE)
    places.save(areas, folder / AREAS_FILE)
    _keep_state(folder, papers, serials, len(book.cases) + 1, today)
    tell("账目", 4, _STEPS)
    truth = Truth(_fingerprint(today, seed, scale, late) | {"article_year": plan.year, "first": plan.first.isoformat()}, found)
    truth.save(folder)
    tell("完成", _STEPS, _STEPS)
    return truth


def arrival(counts: dict[str, Any]) -> dict[str, int]:
    """How the rows of a feed must be counted when it is read for the first time: the sum is all rows."""
    bad, repeats = sum(counts["bad"].values()), counts["rows"] - sum(counts["bad"].values()) - counts["withdrawn"] - counts["keys"]
    return {"received": counts["rows"], "quarantined": bad, "withdrawn": counts["withdrawn"], "new": counts["keys"],
            "changed_or_unchanged": repeats}  # fmt: skip


def _fingerprint(today: date, seed: int, scale: float, late: Sequence[str]) -> dict[str, Any]:
    return {"version": truth_module.VERSION, "today": today.isoformat(), "seed": seed, "scale": scale, "late": sorted(late)}


def _clear(folder: Path) -> None:
    """Take away an earlier city, its truth first, so that a half-written one is never taken for whole."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / truth_module.FILE).unlink(missing_ok=True)
    for name in FOLDERS:
        shutil.rmtree(folder / name, ignore_errors=True)


def _keep_state(folder: Path, papers: list[Paper], serials: keys.Serials, number: int, today: date) -> None:
    """Keep for the growth what is still open, this week's rows, and where the numbers stand."""
    state.State.of(papers, serials, number, datetime(today.year, today.month, today.day)).save(folder)


def is_built(folder: Path, today: date, seed: int, scale: float, late: Sequence[str] = ()) -> bool:
    """Whether the folder holds that city, of today or of a day from which growth can catch up in the same article year."""
    try:
        found = Truth.load(folder).fingerprint
    except (OSError, ValueError, KeyError):
        return False
    wanted = _fingerprint(today, seed, scale, late)
    if any(found.get(name) != wanted[name] for name in ("version", "seed", "scale", "late")):
        return False
    built = date.fromisoformat(found["today"])
    near = built <= today <= built + timedelta(days=CATCH_UP_DAYS)
    return near and found["article_year"] == article.article_year(today) and (folder / state.FILE).exists()
