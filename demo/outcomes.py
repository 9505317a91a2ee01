"""How the cases end: which get stuck, which fail, who was content. Exact where the article is exact."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from demo import article, days, ledger
from demo.streams import ROW
from demo.timeline import NEVER, see

Ints = NDArray[np.int64]
_STUCK, _UNHANDLED = 215, 52  # at scale 1
_FAILS = 0.036  # outside the article's window
ANSWERS = {"C": 0.66, "X": 0.60, "H": 0.5, "T": 0.45, "M": 0.5, "S": 0.35, "O": 0.4, "D": 0.3}
_BAD_ENDS = {"C": (("unresolved", 0.7), ("withdrawn", 0.3)), "F": (("withdrawn", 0.7), ("unresolved", 0.3)),
             "K": (("unresolved", 0.8), ("withdrawn", 0.2)), "Q": (("unresolved", 1.0),), "P": (("unresolved", 0.6), ("transferred", 0.4)),
             "X": (("unresolved", 0.7), ("transferred", 0.3)), "H": (("unresolved", 1.0),), "M": (("unresolved", 0.8), ("withdrawn", 0.2)),
             "T": (("unresolved", 0.8), ("transferred", 0.2)), "S": (("unresolved", 0.6), ("withdrawn", 0.4)),
             "O": (("unresolved", 0.7), ("withdrawn", 0.3)), "U": (("unresolved", 1.0),), "D": (("unresolved", 1.0),),
             "E": (("unresolved", 1.0),), "N": (("unresolved", 1.0),), "J": (("unresolved", 0.6), ("withdrawn", 0.4))}  # fmt: skip


@dataclass(frozen=True)
class View:
    """From when the outcomes are told: today, the last day of data, days at which late feeds stopped."""

    today: int
    last: int
    window: tuple[int, int]
    scale: float
    late: dict[str, int]


def _county(cases: pd.DataFrame, book: pd.DataFrame) -> Ints:
    return cases["county"].to_numpy()[book.index.to_numpy()]


def _strata(cases: pd.DataFrame, book: pd.DataFrame) -> list[tuple[int, NDArray[np.bool_]]]:
    """County rows (−1 unlocated) twice: the matters with a centre record, and the others."""
    county, centre = _county(cases, book), book["centre"].to_numpy()
    return [(row, (county == row) & (centre == side)) for row in range(-1, len(article.COUNTIES)) for side in (True, False)]


def _in_window(book: pd.DataFrame, view: View) -> NDArray[np.bool_]:
    return book["accepted"].between(*view.window).to_numpy()


def _blank(records: pd.DataFrame) -> pd.DataFrame:
    return records.assign(key="", rated=-1, escalated=False, mediation=-1)


def stick(rng: np.random.Generator, cases: pd.DataFrame, records: pd.DataFrame, view: View) -> pd.DataFrame:
    """Planned records of which some never end, and some fresh centre matters that nobody has handled."""
    records = records.copy()
    seen = _blank(see(records, view.last, view.late))
    book = ledger.matters(seen)
    # The record that would end the case is the one that does not.
    final = records.sort_values(["case", "close"], kind="stable").drop_duplicates("case", keep="last")
    final = final.reset_index(names="row").set_index("case").reindex(book.index)
    able = (book["due"] < view.today) & (final["acc"] <= view.last) & (book["accepted"] >= view.today - 320)
    weight = np.where(able, np.exp(-(view.today - book["due"].to_numpy()) / 70.0), 0.0)
    chance = weight / max(weight.sum(), 1e-9) * _STUCK * view.scale
    stuck = (rng.random(len(book)) < chance) & able.to_numpy()
    inside = _in_window(book, view)
    for row, here in _strata(cases, book):
        share = 1.0 - (article.COUNTIES[row] if row >= 0 else article.UNLOCATED).resolved
        mine = np.flatnonzero(stuck & here & inside)
        stuck[mine[int(0.45 * share * (here & inside).sum()) :]] = False
    rows = final["row"].to_numpy()[stuck]
    records.loc[rows, "close"] = NEVER
    alone = cases["stream"].to_numpy()[records["case"].to_numpy()] == ROW["C"]
    fresh = np.flatnonzero(alone & records["acc"].between(view.today - 28, view.today - 9))
    left = rng.choice(fresh, size=min(len(fresh), round(_UNHANDLED * view.scale)), replace=False)
    records.loc[left, ["hand", "close"]] = NEVER
    return records


def _end_badly(rng: np.random.Generator, records: pd.DataFrame, rows: Ints) -> None:
    """Give the records that ended some matters an outcome other than resolved."""
    kinds = records["kind"].to_numpy()[rows]
    for kind, ends in _BAD_ENDS.items():
        mine = rows[kinds == kind]
        records.loc[mine, "outcome"] = rng.choice([e for e, _ in ends], size=len(mine), p=[p for _, p in ends])


def fail(rng: np.random.Generator, cases: pd.DataFrame, seen: pd.DataFrame, view: View) -> pd.DataFrame:
    """Visible records with their outcomes: the share of failures of each county, to the matter inside the article's window."""
    seen = seen.copy()
    book = ledger.matters(_blank(seen))
    closed, bad = (~book["open"]).to_numpy(), (~book["open"] & (book["outcome"] != "resolved")).to_numpy()
    can = closed & ~bad & (seen["kind"].to_numpy()[book["last"].to_numpy()] != "I")
    late = (book["open"] & (book["due"] < view.today)).to_numpy()
    inside = _in_window(book, view)
    chosen = can & ~inside & (rng.random(len(book)) < _FAILS)
    for row, here in _strata(cases, book):
        share = 1.0 - (article.COUNTIES[row] if row >= 0 else article.UNLOCATED).resolved
        part = here & inside
        quota = int(share * (part & (closed | late)).sum()) - int((part & late).sum()) - int((part & bad).sum())
        if quota > 0:
            pool = np.flatnonzero(part & can)
            chosen[rng.choice(pool, size=min(quota, len(pool)), replace=False)] = True
        elif quota < 0:
            pool = np.flatnonzero(part & bad)[:-quota]
            seen.loc[book["last"].to_numpy()[pool], "outcome"] = "resolved"
    _end_badly(rng, seen, book["last"].to_numpy()[chosen])
    return seen


def details(rng: np.random.Generator, seen: pd.DataFrame) -> pd.DataFrame:
    """Escalation of centre records and the result of pre-litigation mediation."""
    seen = seen.copy()
    long = np.where(seen["close"] == NEVER, 20, seen["close"] - seen["acc"]) >= 14
    seen["escalated"] = ((seen["kind"] == "C") & (seen["acc"] != NEVER) & (rng.random(len(seen)) < np.where(long, 0.5, 0.025))).to_numpy()
    mediated = (seen["kind"] == "K") & (seen["close"] != NEVER)
    seen["mediation"] = np.where(mediated & (seen["outcome"] == "resolved"), 1, np.where(mediated & (seen["outcome"] == "unresolved"), 0, -1))
    return seen


def rate(rng: np.random.Generator, cases: pd.DataFrame, seen: pd.DataFrame, view: View) -> pd.DataFrame:
    """Ratings of the closed matters; inside the article's window satisfied × 5 = rated × 4, with the centre and without."""
    seen = seen.copy()
    seen["rated"] = -1
    book = ledger.matters(seen)
    closed = set(book.index[~book["open"]])
    kinds = seen["kind"]
    asked = seen["case"].isin(closed) & kinds.isin(list(ANSWERS)) & (seen["close"] != NEVER)
    asked &= ~cases["quiet"].to_numpy()[seen["case"].to_numpy()]
    answers = asked & (rng.random(len(seen)) < kinds.map(ANSWERS).fillna(0.0))
    targets = np.array([*(c.satisfied for c in article.COUNTIES), article.UNLOCATED.satisfied])
    target = targets[cases["county"].to_numpy()[seen["case"].to_numpy()]]
    target = np.where(seen["acc"] < view.window[0], target - 0.017, target) * np.where(seen["outcome"] == "unresolved", 0.5, 1.0) + 0.012
    content = rng.random(len(seen)) < target
    seen["rated"] = np.where(answers, content.astype(np.int64), -1)
    return _exact(rng, cases, seen, view)


def _exact(rng: np.random.Generator, cases: pd.DataFrame, seen: pd.DataFrame, view: View) -> pd.DataFrame:
    """Inside the article's window: each county at its target, then the few turned or dropped that make the city's rate exact."""
    book = ledger.matters(seen)
    top, bottom = article.SATISFACTION
    rated = seen["rated"].to_numpy().copy()
    inside = _in_window(book, view) & (book["satisfied"] >= 0).to_numpy()
    for side in (True, False):
        mine = book[inside & (book["centre"] == side).to_numpy()]
        mine = mine.iloc[rng.permutation(len(mine))]
        extra = len(mine) % bottom
        rated[seen["case"].isin(mine.index[:extra]).to_numpy()] = -1
        mine = mine.iloc[extra:]
        county, rater = _county(cases, mine), mine["rater"].to_numpy()
        for row in range(-1, len(article.COUNTIES)):
            here = rater[county == row]
            _turn(rated, here, round((article.COUNTIES[row] if row >= 0 else article.UNLOCATED).satisfied * len(here)))
        _turn(rated, rater, len(mine) * top // bottom)
    return seen.assign(rated=rated)


def _turn(rated: Ints, rows: Ints, wanted: int) -> None:
    """Turn as few of these ratings as it takes to have that many content."""
    over = int(rated[rows].sum()) - wanted
    turned = rows[rated[rows] == (1 if over > 0 else 0)][: abs(over)]
    rated[turned] = 0 if over > 0 else 1


def window_days(year: int) -> tuple[int, int]:
    """January to September of a year, as days since 1970-01-01."""
    first, last = article.window(year)
    return days.ordinal(first), days.ordinal(last)
