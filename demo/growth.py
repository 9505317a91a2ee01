"""The city goes on: new records and steps of open ones, at their moments, never inside the article's window."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path

import numpy as np
import pandas as pd

from demo import article, cases, days, keys, places, streams, timeline
from demo.codes import CATS
from demo.doors import FOLDERS, TABLES, in_folder, is_current, row_of, versions_of
from demo.outcomes import ANSWERS
from demo.papers import CONTEXT, NORMAL, Paper, Speller
from demo.sources import common
from demo.state import State
from demo.streams import ROW, STREAMS, Plan
from demo.timeline import FEEDS, NEVER
from demo.truth import Truth

# A day's chance that an open record of a kind ends, so that the stock of open cases stays as it is.
_ENDS = {"C": 0.17, "F": 0.15, "K": 0.13, "Q": 0.25, "X": 0.09, "H": 0.09, "P": 0.8, "I": 0.2,
         "M": 0.13, "T": 0.16, "S": 0.09, "O": 0.14, "U": 0.25, "D": 0.11, "E": 0.1, "N": 0.22, "J": 0.05}  # fmt: skip
_STUCK = 0.08  # of that chance, once the limit is past
_LIVE = (("context", 55), ("C", 14), ("P", 9), ("F", 7), ("T", 12), ("M", 8), ("PC", 4), ("TC", 2), ("X", 5), ("S", 4), ("O", 4), ("K", 3), ("H", 2),
         ("N", 2), ("D", 2), ("E", 2), ("I", 1), ("J", 1))  # fmt: skip
# A day's calls, tickets and other rows that are no disputes, at scale 1.
_CONTEXT = {"P": 11.0, "T": 3.8, "V": 1.2, "N": 0.6, "E": 0.55, "W": 0.1}
_LIVE_MATTERS_A_DAY = 240  # live rows stop at twice an ordinary day; calls that are no disputes go on


class Growth:
    """Adds to a built city. All randomness comes from the seed and the moment, so the same start grows the same way."""

    def __init__(self, folder: Path) -> None:
        truth = Truth.load(folder)
        found = truth.fingerprint
        self.folder, self.state = folder, State.load(folder)
        self.seed, self.scale, self.late = int(found["seed"]), float(found["scale"]), tuple(found["late"])
        self.year = int(found["article_year"])
        self.places = places.build(places.load(folder / "areas.csv"), list(CATS), self.seed)
        self.speller = Speller(self.places)
        self.guard = days.ordinal(article.window(self.year)[1])
        self._live_day, self._live_count = -1, 0

    def _rng(self, moment: datetime) -> np.random.Generator:
        return np.random.default_rng([self.seed, common.to_seconds(moment), self.state.number])

    # ---- new cases -------------------------------------------------------------------------------------------------

    def _new(self, rng: np.random.Generator, names: list[str], day: int, fate: int = NORMAL) -> list[Paper]:
        """Papers of new cases of these streams, accepted or waiting on a day."""
        frame = pd.DataFrame({"stream": [ROW[n] for n in names], "county": rng.integers(0, len(self.places.counties), len(names)),
                              "day": np.full(len(names), day, dtype=np.int64)})  # fmt: skip
        people = pd.to_numeric(self.places.counties["population"]).to_numpy(dtype=float)
        frame["county"] = rng.choice(len(people), size=len(names), p=people / people.sum())
        placed = streams.place_cases(rng, self.places, frame).assign(fate=fate, bad="", waits=False, plant=-1)
        placed = cases.furnish(rng, placed, self.state.number)
        self.state.number += len(placed)
        records = timeline.see(timeline.expand(rng, placed, day), day).assign(rated=-1, escalated=False, mediation=-1)
        records["reg"] = np.maximum(records["reg"], day)
        at_door = (records["kind"] == "C") & (rng.random(len(records)) < 0.35)
        records.loc[at_door, ["acc", "hand", "close"]] = NEVER
        records = keys.assign(rng, placed, keys.times(rng, records), self.places, self.state.serials)
        return self.speller.spell(placed, cases.locate(rng, self.places, placed, records), cases.STREAM_NAMES)

    # ---- steps of open cases ---------------------------------------------------------------------------------------

    def _step_of(self, rng: np.random.Generator, paper: Paper, day: int, moment: int) -> Paper:
        """The next step of an open record: accepted, handled, or ended; no rating of what the article counts."""
        if paper.acc == NEVER:
            return paper._replace(acc=day, hand=paper.hand if paper.kind == "C" else day, touched=moment)
        if paper.hand == NEVER and paper.kind == "C":
            return paper._replace(hand=day, touched=moment)
        good = rng.random() < 0.965
        rated = -1
        if len(paper.stream) == 1 and paper.acc > self.guard and rng.random() < ANSWERS.get(paper.kind, 0.0):
            rated = int(rng.random() < 0.8)
        return paper._replace(hand=min(paper.hand, day), close=day, outcome="resolved" if good or paper.kind == "I" else "unresolved",
                              rated=rated, touched=moment)  # fmt: skip

    def _chance(self, paper: Paper, day: int) -> float:
        """A day's chance that something happens to an open record."""
        if paper.acc == NEVER:
            return 0.6
        if paper.hand == NEVER and paper.kind == "C":
            return 0.55 if day - paper.acc < 5 else 0.1
        limit = {"X": 60, "F": 180, "H": 42, "S": 60, "D": 60, "E": 60, "J": 90, "T": 21}.get(paper.kind, 30)
        return _ENDS[paper.kind] * (_STUCK if day - paper.acc > limit else 1.0)

    def _steps(self, rng: np.random.Generator, day: int, share: float) -> list[Paper]:
        """Steps of the open records in a share of a day."""
        found = []
        for paper in self.state.open:
            if FEEDS[paper.kind] in self.late or paper.reg > day:
                continue
            if rng.random() < 1.0 - (1.0 - self._chance(paper, day)) ** share:
                found.append(self._step_of(rng, paper, day, day * 86_400 + int(keys.office_seconds(rng, 1)[0])))
        return found

    # ---- writing ---------------------------------------------------------------------------------------------------

    def _write(self, new: list[Paper], changed: list[Paper]) -> None:
        """Put new and changed records into the agencies' storage and remember what is open."""
        for feed, module in TABLES.items():
            statements = [(module.INSERT, module.row(p)) for p in new if FEEDS[p.kind] == feed]
            statements += [(module.UPDATE, (*module.row(p), p.key)) for p in changed if FEEDS[p.kind] == feed]
            if statements:
                common.apply(self.folder / module.FILE, statements)
        self._write_weeks([p for p in (*new, *changed) if in_folder(p)])
        gone = {p.key for p in changed}
        self.state.open = [p for p in self.state.open if p.key not in gone]
        self.state.open += [p for p in (*new, *changed) if p.close == NEVER and p.fate == NORMAL]

    def _write_weeks(self, papers: list[Paper]) -> None:
        """Write again the weekly and monthly files in which these records have a word."""
        book = {p.key: p for p in self.state.week}
        book.update({p.key: p for p in papers})
        self.state.week = list(book.values())
        for feed, module in FOLDERS.items():
            touched = {name for p in papers if FEEDS[p.kind] == feed for name, _ in module.versions(p)[-1:]}
            for name in sorted(touched):
                mine = [v for p in self.state.week if FEEDS[p.kind] == feed for n, v in versions_of(module, p) if n == name]
                module.write_week(self.folder, name, [row_of(module, v) for v in sorted(mine, key=lambda p: (p.made, p.key))])

    def _forget_weeks(self, day: int) -> None:
        """Drop from memory the rows that no coming file can hold."""
        self.state.week = [p for p in self.state.week if is_current(p, day)]

    # ---- catching up and living ------------------------------------------------------------------------------------

    def _volumes(self, rng: np.random.Generator, day: int, share: float) -> tuple[list[str], list[str]]:
        """Streams of the new cases of a share of a day, and of the rows that are no disputes."""
        plan = Plan(days.to_date(day), days.to_date(day), self.year, self.scale)
        drawn = pd.concat([streams.centre_streams(rng, plan), streams.other_streams(rng, plan, self.places),
                           streams.lone_filings(rng, plan, pd.DataFrame({"county": [], "day": []}))])  # fmt: skip
        names = [STREAMS[row].name for row in drawn["stream"]]
        kept = [n for n in names if rng.random() < share and FEEDS[n[0]] not in self.late]
        calls = [n for n, mean in _CONTEXT.items() for _ in range(int(rng.poisson(mean * self.scale * share)))]
        return kept, [n for n in calls if FEEDS[n] not in self.late]

    def _day(self, day: int, first: int, last: int) -> int:
        """Tell a day from one second of it to another; gives how many records came or changed."""
        rng = np.random.default_rng([self.seed, day, first])
        share = _business(first, last)
        names, calls = self._volumes(rng, day, share)
        new = [*(self._new(rng, names, day) if names else []), *(self._new(rng, calls, day, CONTEXT) if calls else [])]
        low, high = day * 86_400 + first, day * 86_400 + last
        new = [_within(rng, p, low, high) for p in new]
        changed = [_within(rng, p, low, high, made=False) for p in self._steps(rng, day, share)]
        self._forget_weeks(day)
        self._write(new, changed)
        return len(new) + len(changed)

    def catch_up(self, now: datetime) -> int:
        """Tell everything from where the city stands up to now; gives the number of records that came or changed."""
        total, here = 0, self.state.moment
        while here < now:
            end = min(now, datetime(here.year, here.month, here.day) + timedelta(days=1))
            day, first = days.ordinal(here.date()), (here - datetime(here.year, here.month, here.day)).seconds
            last = 86_400 if end.date() > here.date() else (end - datetime(end.year, end.month, end.day)).seconds
            if day > self.guard:
                total += self._day(day, first, last)
            here = self.state.moment = end
        self.state.save(self.folder)
        return total

    def step(self, now: datetime) -> int:
        """One breath of the running city: one to three new records, and now and then a step of an open one."""
        day, rng = days.ordinal(now.date()), self._rng(now)
        if day <= self.guard or now <= self.state.moment:
            return 0
        if day != self._live_day:
            self._live_day, self._live_count = day, 0
            self._forget_weeks(day)
        low, high = common.to_seconds(self.state.moment), common.to_seconds(now)
        low = max(low, high - 120, day * 86_400)
        new = [_within(rng, p, low, high) for p in self._live_new(rng, day)]
        able = [p for p in self.state.open if FEEDS[p.kind] not in self.late and p.reg < day]
        changed: list[Paper] = []
        if able and rng.random() < 0.4:
            weight = np.array([self._chance(p, day) for p in able])
            picked = able[int(rng.choice(len(able), p=weight / weight.sum()))]
            changed = [self._step_of(rng, picked, day, high)]
        self._write(new, changed)
        self.state.moment = now
        self.state.save(self.folder)
        return len(new) + len(changed)

    def _live_new(self, rng: np.random.Generator, day: int) -> list[Paper]:
        names = [n for n, _ in _LIVE]
        weight = np.array([w for _, w in _LIVE], dtype=float)
        picked = rng.choice(names, size=int(rng.integers(1, 4)), p=weight / weight.sum())
        matters = [str(n) for n in picked if n != "context" and FEEDS[str(n)[0]] not in self.late]
        if self._live_count >= _LIVE_MATTERS_A_DAY:
            matters = []
        self._live_count += len(matters)
        count = int((picked == "context").sum()) or int(not matters)
        able = [n for n in _CONTEXT if FEEDS[n] not in self.late]
        share = np.array([_CONTEXT[n] for n in able])
        calls = [str(n) for n in rng.choice(able, size=count, p=share / share.sum())]
        return [*(self._new(rng, matters, day) if matters else []), *(self._new(rng, calls, day, CONTEXT) if calls else [])]


def _business(first: int, last: int) -> float:
    """Share of a day's business between two seconds of it: a quarter around the clock, the rest in office hours."""
    def until(second: int) -> float:
        office = min(max(second - 30_600, 0), 12_600) + min(max(second - 50_400, 0), 12_600)
        return 0.25 * second / 86_400 + 0.75 * office / 25_200

    return until(last) - until(first)


def _within(rng: np.random.Generator, paper: Paper, low: int, high: int, *, made: bool = True) -> Paper:
    """The paper with its moments between two seconds."""
    if not made:
        return paper._replace(touched=min(max(paper.touched, low), high))
    moment = int(rng.integers(low, max(low + 1, high)))
    return paper._replace(made=moment, touched=min(high, moment + 30))


def catch_up(folder: Path, now: datetime) -> int:
    """Append what happened in the demo city since it was last told, up to now (Shanghai local, naive).

    Gives the number of new and changed records; 0 when there is nothing to tell. Raises FileNotFoundError where no city was
    generated. The article's window is never touched: no acceptance, filing or rating falls into it.
    """
    return Growth(folder).catch_up(now)


def clock_on(today: date | None, now: datetime) -> datetime:
    """The demo's time: now, or the same time of day on a fixed day."""
    return now if today is None else datetime.combine(today, now.time())

