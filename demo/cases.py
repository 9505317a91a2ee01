"""The disputes of the demo city before anybody writes them down: where, when, about what, between whom."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from demo import days, streams, timeline, twins
from demo.codes import CATS
from demo.papers import BAD, CONTEXT, NORMAL, WITHDRAWN
from demo.places import Places
from demo.plants import Planter
from demo.streams import ROW, STREAMS, Plan
from demo.timeline import FEEDS
from geo.datum import wgs84_to_bd09, wgs84_to_gcj02

Ints = NDArray[np.int64]
STREAM_NAMES: list[str] = [s.name for s in STREAMS]
FOLDERS = ("petitions", "fire", "justice", "education", "emergency")  # drop folders have no way to withdraw a row
SOLO = {"courts": "F", "petitions": "X", "police": "P", "fire": "I", "health": "H", "centre": "C",
        "justice": "M", "hotline": "T", "market": "S", "online": "O", "education": "D", "emergency": "E", "cyberspace": "N",
        "procuratorate": "J"}  # fmt: skip
_USUAL_BAD = ("missing_key", "bad_date", "future", "ancient", "unknown_code", "letters")
BAD_KINDS: dict[str, tuple[str, ...]] = {
    "courts": _USUAL_BAD,
    "petitions": (*_USUAL_BAD, "rounded_id"),
    "police": ("missing_key", "bad_date", "future", "ancient", "unknown_code"),
    "fire": (*_USUAL_BAD, "wrong_columns"),
    "health": ("missing_key", "future", "ancient", "unknown_code", "letters"),
    "centre": _USUAL_BAD,
    "justice": (*_USUAL_BAD, "rounded_id"),
    "hotline": _USUAL_BAD,
    "market": ("missing_key", "future", "ancient", "unknown_code", "letters"),
    "online": _USUAL_BAD,
    "education": (*_USUAL_BAD, "wrong_columns"),
    "emergency": (*_USUAL_BAD, "wrong_columns"),
    "cyberspace": _USUAL_BAD,
    "procuratorate": _USUAL_BAD,
}
_BAD_EACH, _WITHDRAWN_EACH = 5, 14  # at scale 1
_CONTEXT_YEARLY = {"P": 4000, "I": 800, "T": 1400, "E": 200, "N": 220, "V": 420, "W": 40}
_PENDING = {"C": (58, 9), "X": (22, 9), "H": (5, 9), "T": (24, 4), "S": (16, 9), "O": (8, 5)}  # number at scale 1, days back at most; most came just now
_MEDIAN_AMOUNT = {"18": 45_000, "04": 60_000, "14": 30_000, "13": 80_000, "10": 15_000, "05": 120_000, "08": 50_000, "06": 25_000,
                  "03": 60_000, "12": 3_000, "15": 2_500, "11": 1_500, "17": 1_200, "19": 5_000, "16": 20_000}  # fmt: skip
_CROWDED = {"10": 0.16, "15": 0.14, "08": 0.16, "09": 0.12, "19": 0.06, "07": 0.08, "12": 0.06}


@dataclass
class Book:
    """Cases and their planned records; `plants` and `twins` are the truth about what is hidden in them."""

    cases: pd.DataFrame
    records: pd.DataFrame
    plants: list[dict[str, Any]]
    twins: list[tuple[int, int]]


def _people(rng: np.random.Generator, category: Ints) -> Ints:
    """People involved: mostly two, in some categories now and then a crowd."""
    few = rng.choice([1, 2, 3, 4], size=len(category), p=[0.12, 0.58, 0.18, 0.12])
    crowd = np.minimum(5 + rng.lognormal(1.6, 0.9, len(category)).astype(np.int64), 180)
    chance = np.array([_CROWDED.get(c, 0.02) for c in CATS])[category]
    return np.where(rng.random(len(category)) < chance, crowd, few)


def _amounts(rng: np.random.Generator, category: Ints) -> NDArray[np.float64]:
    """Yuan at stake, to the hundred; 0 where none is named."""
    median = np.array([_MEDIAN_AMOUNT.get(c, 4_000) for c in CATS], dtype=float)[category]
    named = np.array([0.9 if c in _MEDIAN_AMOUNT else 0.3 for c in CATS])[category]
    found = np.round(median * rng.lognormal(0.0, 0.9, len(category)), -2)
    return np.where(rng.random(len(category)) < named, np.maximum(found, 100.0), 0.0)


def furnish(rng: np.random.Generator, cases: pd.DataFrame, number: int) -> pd.DataFrame:
    """Give placed cases their parties (from `number` on), people, money and the seed of their words."""
    n, category = len(cases), cases["category"].to_numpy()
    own = np.arange(number, number + n, dtype=np.int64)
    return cases.assign(
        p1=2 * own, p2=2 * own + 1, people=_people(rng, category), amount=_amounts(rng, category),
        seed=rng.integers(0, 1 << 40, n), quiet=False, twist=0,
    )  # fmt: skip


def locate(rng: np.random.Generator, places: Places, cases: pd.DataFrame, records: pd.DataFrame) -> pd.DataFrame:
    """Give each record its position in its agency's own datum, and whether it knows the township as its case does."""
    own = records["case"].to_numpy()
    lon, lat = places.positions(rng, cases["town"].to_numpy()[own], cases["village"].to_numpy()[own])
    kind = records["kind"].to_numpy()
    for letter, turn in (("PSTOVWU", wgs84_to_gcj02), ("I", wgs84_to_bd09)):
        mine = np.isin(kind, list(letter))
        lon[mine], lat[mine] = turn(lon[mine], lat[mine])
    deep = (records["step"].to_numpy() == 0) | (rng.random(len(records)) < 0.92)
    return records.assign(lon=lon, lat=lat, deep=deep)


def normal_cases(rng: np.random.Generator, places: Places, plan: Plan, late: dict[str, int]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """All disputes that count, with their planned records; the filings are exact, those of longer paths among them."""
    last = days.ordinal(plan.last)
    centre = streams.centre_streams(rng, plan)
    centre.loc[centre["county"] < 0, "stream"] = ROW["C"]
    first = pd.concat([centre, streams.other_streams(rng, plan, places)], ignore_index=True)
    for feed, end in late.items():  # what a silent feed would have told, nobody knows; the centre's part of it stays
        gone = first["day"] > end
        theirs = [name for name in STREAM_NAMES if name.startswith(SOLO[feed])]
        first.loc[gone & first["stream"].isin([ROW[n] for n in theirs if "C" in n]), "stream"] = ROW["C"]
        first = first[~(gone & first["stream"].isin([ROW[n] for n in theirs if "C" not in n]))].reset_index(drop=True)
    records = timeline.expand(rng, first, last)
    filed = records[records["kind"] == "F"]
    taken = pd.DataFrame({"county": first["county"].to_numpy()[filed["case"].to_numpy()], "day": filed["acc"].to_numpy()})
    lone = streams.lone_filings(rng, plan, taken)
    more = timeline.expand(rng, lone, last)
    cases = pd.concat([first, lone], ignore_index=True)
    return cases, pd.concat([records, more.assign(case=more["case"] + len(first))], ignore_index=True)


def _weighted_days(rng: np.random.Generator, plan: Plan, count: int, closed: float) -> Ints:
    span = days.span(days.ordinal(plan.first), days.ordinal(plan.last))
    weight = days.weights(span, closed)
    return rng.choice(span, size=count, p=weight / weight.sum())


def extra_cases(rng: np.random.Generator, plan: Plan, counties: int, late: dict[str, int]) -> pd.DataFrame:
    """What is no matter of its own standing: waiting at the door, withdrawn, context calls, bad rows."""
    years = (plan.last - plan.first).days / 365.25
    last, rows = days.ordinal(plan.last), []

    def put(letter: str, day: Ints, fate: int, bad: str = "", waits: bool = False) -> None:
        rows.append(pd.DataFrame({"stream": ROW[letter], "county": rng.integers(0, counties, len(day)), "day": day, "fate": fate,
                                  "bad": bad, "waits": waits}))  # fmt: skip

    for letter, (count, back) in _PENDING.items():
        if FEEDS[letter] not in late:
            put(letter, last - (back * rng.random(max(1, round(count * plan.scale))) ** 2.6).astype(np.int64), NORMAL, waits=True)
    for feed, letter in SOLO.items():
        end = late.get(feed, last)
        if feed not in FOLDERS:
            put(letter, np.minimum(_weighted_days(rng, plan, max(1, round(_WITHDRAWN_EACH * plan.scale)), 0.3), end), WITHDRAWN)
        for bad in BAD_KINDS[feed]:
            put(letter, np.minimum(_weighted_days(rng, plan, max(1, round(_BAD_EACH * plan.scale)), 0.3), end), BAD, bad)
    for letter, yearly in _CONTEXT_YEARLY.items():
        told = np.minimum(_weighted_days(rng, plan, max(1, round(yearly * years * plan.scale)), 0.9), late.get(FEEDS[letter], last))
        put(letter, told, CONTEXT)
    return pd.concat(rows, ignore_index=True)


def build(rng: np.random.Generator, places: Places, plan: Plan, today: date, late: dict[str, int], planted: bool = True) -> Book:
    """Every case of the city with its planned records; unless `planted`, nothing is hidden among them for the analysis to find."""
    cases, records = normal_cases(rng, places, plan, late)
    cases = streams.place_cases(rng, places, cases).assign(fate=NORMAL, bad="", waits=False)
    planter = Planter(rng, places, cases, today, plan.scale)
    if planted:
        planter.run()
    cases = cases.assign(category=planter.category, town=planter.town, village=planter.village, plant=planter.plant)
    extra = streams.place_cases(rng, places, extra_cases(rng, plan, len(places.counties), late)).assign(plant=-1)
    more = timeline.expand(rng, extra, days.ordinal(plan.last))
    waiting = extra["waits"].to_numpy()[more["case"].to_numpy()]
    more.loc[waiting, "reg"] = extra["day"].to_numpy()[more["case"].to_numpy()][waiting]
    more.loc[waiting, ["acc", "hand", "close"]] = timeline.NEVER
    records = pd.concat([records, more.assign(case=more["case"] + len(cases))], ignore_index=True)
    cases = furnish(rng, pd.concat([cases, extra], ignore_index=True), 1)
    pairs = twins.hide(rng, places, cases, plan.year, plan.scale)
    return Book(cases, records, planter.truth(cases) if planted else [], pairs)
