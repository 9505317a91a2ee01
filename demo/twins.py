"""One dispute told twice with nothing quoted, and different disputes that look like one: what linking has to tell apart.

No exact figure of the article moves by it: the second telling is never rated, and lies in the same part of the same year.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from demo.codes import CAT_ROW, CATS, MIXES
from demo.papers import NORMAL, Paper
from demo.people import has_firm
from demo.places import Places
from demo.retelling import NO_NUMBERS, OTHER_WORDS, RETOLD, SHORT, WRONG_NUMBER
from demo.streams import ROW
from demo.timeline import FEEDS

Ints = NDArray[np.int64]
# Which agencies write down a twin of a centre's matter, and how readily; each only in categories it has a word for.
_MIXES = {"X": ("petition", 6), "P": ("police", 6), "T": ("hotline", 2), "M": ("mediation", 2), "O": ("online", 1), "S": ("market", 3),
          "D": ("school", 3), "E": ("emergency", 1), "N": ("net", 1), "J": ("procuratorial", 1)}  # fmt: skip
_TWINS, _FOES, _CALLERS, _NEIGHBOURS = 840, 220, 260, 320  # at scale 1
_NEAR, _LATE, _LATE_SHARE = 20, 60, 0.15  # days between the two tellings: usually at most, sometimes at most, and how often that is
_WORDS = ((0, 0.42), (RETOLD, 0.36), (SHORT, 0.14), (OTHER_WORDS, 0.08))
_LOST, _WRONG, _OTHER_VILLAGE, _OTHER_TOWN, _OTHER_CATEGORY = 0.10, 0.05, 0.14, 0.05, 0.07
_AT_HOME = 0.6
FILE = "disputes.csv"
_SAME = ("town", "village", "category", "seed", "p1", "p2", "people", "amount")


def hide(rng: np.random.Generator, places: Places, cases: pd.DataFrame, year: int, scale: float) -> list[tuple[int, int]]:
    """Make lone records of other agencies a second telling of a lone centre matter, and others its likeness only; gives the true pairs."""
    hand = _Hand(rng, cases, year)
    pairs = hand.twins(max(1, round(_TWINS * scale)))
    _alike(cases, pairs)
    _tell_apart(rng, places, cases, [b for _, b in pairs])
    for count, columns in ((_FOES, ("p1", "p2")), (_CALLERS, ("p1",)), (_NEIGHBOURS, ("town", "village", "category"))):
        likes = hand.likes(round(count * scale))
        _alike(cases, likes, columns)
        if "p1" in columns:  # most people quarrel where they live
            _alike(cases, [pair for pair in likes if rng.random() < _AT_HOME], ("town", "village"))
    return pairs


def _segment(day: Ints, year: int) -> Ints:
    """Which part of which year a day is in, so that twins never straddle an edge of the article's windows."""
    months = day.astype("datetime64[D]").astype("datetime64[M]").astype(int)
    return (months // 12) * 2 + (months % 12 >= 9)


class _Hand:
    """Picks lone cases, each at most once."""

    def __init__(self, rng: np.random.Generator, cases: pd.DataFrame, year: int) -> None:
        self.rng = rng
        free = ((cases["fate"] == NORMAL) & (cases["plant"] < 0) & ~cases["waits"] & (cases["town"] >= 0)).to_numpy()
        self.day, self.county, self.category = (cases[c].to_numpy() for c in ("day", "county", "category"))
        self.segment, stream = _segment(self.day, year), cases["stream"].to_numpy()
        self.ours = np.flatnonzero(free & (stream == ROW["C"]))
        self.theirs = {letter: np.flatnonzero(free & (stream == ROW[letter])) for letter in _MIXES}
        self.knows = {letter: {CAT_ROW[c] for c in MIXES[mix] if c != "99"} for letter, (mix, _) in _MIXES.items()}
        self.used: set[int] = set()

    def twins(self, count: int) -> list[tuple[int, int]]:
        """A centre's matter, and a record of an agency that has a word for it, from about the same time."""
        pairs = []
        for i in self._some(count):
            able = [letter for letter in _MIXES if self.category[i] in self.knows[letter]] or ["X"]
            j = self._near(i, able, _LATE if self.rng.random() < _LATE_SHARE else _NEAR)
            pairs += [(i, j)] if j >= 0 else []
        return pairs

    def likes(self, count: int) -> list[tuple[int, int]]:
        """A centre's matter and any record of the same category's agencies: two disputes."""
        found = []
        for i in self._some(count):
            j = self._near(i, [letter for letter in "XPTM" if self.category[i] in self.knows[letter]] or ["X"], 45)
            found += [(i, j)] if j >= 0 else []
        return found

    def _some(self, count: int) -> list[int]:
        mine = self.ours[~np.isin(self.ours, list(self.used))]
        chosen: list[int] = self.rng.choice(mine, size=min(len(mine), count), replace=False).tolist()
        self.used.update(chosen)
        return chosen

    def _near(self, i: int, letters: list[str], most: int) -> int:
        weight = np.array([_MIXES[letter][1] for letter in letters], dtype=float)
        near = self.theirs[str(self.rng.choice(letters, p=weight / weight.sum()))]
        near = near[(self.county[near] == self.county[i]) & (np.abs(self.day[near] - self.day[i]) <= most)
                    & (self.segment[near] == self.segment[i])]  # fmt: skip
        near = near[~np.isin(near, list(self.used))]
        if not len(near):
            return -1
        j = int(self.rng.choice(near))
        self.used.add(j)
        return j


def _alike(cases: pd.DataFrame, pairs: list[tuple[int, int]], columns: tuple[str, ...] = _SAME) -> None:
    """Give the second of each pair what the first has; a second telling of the same dispute is never rated."""
    if not pairs:
        return
    a, b = (np.array(side) for side in zip(*pairs, strict=True))
    for column in columns:
        _put(cases, column, b, cases[column].to_numpy()[a])
    if columns == _SAME:
        _put(cases, "quiet", b, np.ones(len(b), dtype=bool))


def _put(cases: pd.DataFrame, column: str, rows: Ints, values: NDArray[np.generic]) -> None:
    held = cases[column].to_numpy().copy()
    held[rows] = values
    cases[column] = held


def _tell_apart(rng: np.random.Generator, places: Places, cases: pd.DataFrame, second: list[int]) -> None:
    """What another clerk hears otherwise: the words, the numbers of the parties, the village or township, the category."""
    if not second:
        return
    rows = np.array(second)
    n = len(rows)
    words = rng.choice([w for w, _ in _WORDS], size=n, p=[p for _, p in _WORDS])
    numbers = rng.choice([0, NO_NUMBERS, WRONG_NUMBER], size=n, p=[1 - _LOST - _WRONG, _LOST, _WRONG])
    _put(cases, "twist", rows, words + numbers)
    town, village, lot = cases["town"].to_numpy()[rows].copy(), cases["village"].to_numpy()[rows].copy(), rng.random(n)
    moved = lot < _OTHER_TOWN
    town[moved] = [_neighbour(places, t) for t in town[moved].tolist()]
    elsewhere = lot < _OTHER_TOWN + _OTHER_VILLAGE
    village[elsewhere] = places.draw_villages(rng, town[elsewhere])
    _put(cases, "town", rows, town)
    _put(cases, "village", rows, village)
    _put(cases, "category", rows, np.array(_other_categories(rng, cases, rows)))


def _neighbour(places: Places, town: int) -> int:
    """The nearest other township of the same county."""
    x, y, county = (places.towns[c].to_numpy() for c in ("mid_lon", "mid_lat", "county"))
    away = np.hypot(x - x[town], y - y[town])
    away[(county != county[town]) | (np.arange(len(away)) == town)] = np.inf
    return int(away.argmin()) if np.isfinite(away).any() else town


def _other_categories(rng: np.random.Generator, cases: pd.DataFrame, rows: Ints) -> list[int]:
    """Now and then another category that the second agency has a word for; not against a firm, whose name says its trade."""
    letters = {ROW[letter]: [CAT_ROW[c] for c in MIXES[mix] if c != "99"] for letter, (mix, _) in _MIXES.items()}
    found = []
    for stream, category, p2, lot in zip(*(cases[c].to_numpy()[rows].tolist() for c in ("stream", "category", "p2")), rng.random(len(rows)),
                                         strict=True):  # fmt: skip
        able = [c for c in letters[stream] if not has_firm(p2, CATS[c])]
        other = int(rng.choice(able)) if able else category
        found.append(other if lot < _OTHER_CATEGORY and not has_firm(p2, CATS[category]) else category)
    return found


def save(papers: Iterable[Paper], pairs: Iterable[tuple[int, int]], path: Path) -> None:
    """Which dispute every counted record is about, twins together: feed, key, dispute; what `yizhan bench linking` judges by."""
    first = {b: a for a, b in pairs}
    rows = [(FEEDS[p.kind], p.key, first.get(p.case, p.case)) for p in papers if p.fate == NORMAL]
    pd.DataFrame(rows, columns=["feed", "key", "dispute"]).to_csv(path, index=False, lineterminator="\n")


def load(path: Path) -> dict[tuple[str, str], int]:
    """What `save` kept: (feed, key) → dispute."""
    found = pd.read_csv(path, dtype={"feed": str, "key": str, "dispute": int})
    return dict(zip(zip(found["feed"], found["key"], strict=True), found["dispute"].tolist(), strict=True))
