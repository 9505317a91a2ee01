"""The paths a dispute can take through the agencies, and how many take each, where, when and about what."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from demo import article, days
from demo.codes import CAT_ROW, CATS, MIXES, SEASONS
from demo.places import Places

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Stream:
    """A path: letters in order of first acceptance (C centre, P 110 call, X petition, F filing, K pretrial mediation,
    Q judicial confirmation, H medical, I fire, M people's mediation, T hotline ticket, S consumer complaint, O online request,
    U online confirmation, D school, E emergency, N online message, J procuratorate; V session and W terminal are context only),
    its category mix, and its volume: a share of the centre's matters, or a number of matters a year."""

    name: str
    mix: str
    share: float = 0.0
    yearly: float = 0.0


STREAMS: tuple[Stream, ...] = (
    Stream("C", "centre", share=0.586),
    Stream("PC", "police", share=0.120),
    Stream("XC", "petition", share=0.065),
    Stream("KC", "pretrial", share=0.075),
    Stream("KCQ", "pretrial", share=0.015),
    Stream("CQ", "centre", share=0.030),
    Stream("CF", "centre", share=0.020),
    Stream("HC", "medical", share=0.008),
    Stream("IC", "fire", share=0.005),
    Stream("CX", "centre", share=0.012),
    Stream("PCXKQ", "police", share=0.010),
    Stream("TC", "hotline", share=0.030),
    Stream("OC", "online", share=0.012),
    Stream("DC", "school", share=0.005),
    Stream("NC", "net", share=0.004),
    Stream("EC", "emergency", share=0.003),
    Stream("K", "pretrial", yearly=2700),
    Stream("KF", "pretrial", yearly=1150),
    Stream("KQ", "pretrial", yearly=620),
    Stream("P", "police", yearly=3500),
    Stream("PX", "police", yearly=170),
    Stream("PF", "police", yearly=130),
    Stream("X", "petition", yearly=3200),
    Stream("H", "medical", yearly=820),
    Stream("HF", "medical", yearly=60),
    Stream("I", "fire", yearly=330),
    Stream("M", "mediation", yearly=2000),
    Stream("PM", "police", yearly=420),
    Stream("MQ", "mediation", yearly=260),
    Stream("MF", "mediation", yearly=110),
    Stream("T", "hotline", yearly=2600),
    Stream("TS", "market", yearly=320),
    Stream("TX", "hotline", yearly=70),
    Stream("S", "market", yearly=900),
    Stream("SF", "market", yearly=30),
    Stream("O", "online", yearly=700),
    Stream("OUQ", "online", yearly=200),
    Stream("D", "school", yearly=380),
    Stream("E", "emergency", yearly=230),
    Stream("N", "net", yearly=420),
    Stream("J", "procuratorial", yearly=210),
    Stream("JF", "procuratorial", yearly=60),
    Stream("V", "online"),
    Stream("W", "online"),
    Stream("F", "filing"),
)
_AT_HOME = set("FKQHMSDEJ")  # who has such a record knows its own county
ROW: dict[str, int] = {s.name: i for i, s in enumerate(STREAMS)}
WITH_CENTRE: Ints = np.array([ROW[s.name] for s in STREAMS if "C" in s.name])
_CLOSED = {"P": 0.9, "I": 0.95, "C": 0.16, "X": 0.10, "F": 0.03, "K": 0.05, "H": 0.12,
           "M": 0.15, "T": 0.55, "S": 0.2, "O": 0.5, "D": 0.05, "E": 0.8, "N": 0.7, "J": 0.03}  # fmt: skip
_TREND = {1: 1.02, 0: 1.0, -1: 0.955, -2: 0.91, -3: 0.88}  # volume by year, the article's being 0


@dataclass(frozen=True)
class Plan:
    """The days to fill and at what scale."""

    first: date
    last: date
    year: int  # the article's
    scale: float

    def segments(self) -> list[tuple[int, bool, int, int]]:
        """(year, January to September?, first, last) of each stretch, days since 1970-01-01, clipped to the plan."""
        found = []
        for year in range(self.first.year, self.last.year + 1):
            for summer, start, end in ((True, date(year, 1, 1), date(year, 9, 30)), (False, date(year, 10, 1), date(year, 12, 31))):
                low, high = max(start, self.first), min(end, self.last)
                if low <= high:
                    found.append((year, summer, days.ordinal(low), days.ordinal(high)))
        return found


def _nine_months(year: int, closed: float) -> float:
    """Business of January to September of a year."""
    return float(days.weights(days.span(days.ordinal(date(year, 1, 1)), days.ordinal(date(year, 9, 30))), closed).sum())


def _rounded(rng: np.random.Generator, expected: float) -> int:
    """A whole number near what is expected: the remainder is a chance."""
    return int(expected) + int(rng.random() < expected - int(expected))


def _scaled(count: int, scale: float) -> int:
    return round(count * scale)


def _count(now: int, before: int, year: int, plan: Plan) -> float:
    """Yearly nine-month base of a county's exact series."""
    back = year - plan.year
    if back >= 0:
        return _scaled(now, plan.scale) * (1.0 if back == 0 else _TREND[1])
    return _scaled(before, plan.scale) * (1.0 if back == -1 else 1.01 if back == -2 else 0.99)


def exact_counts(rng: np.random.Generator, plan: Plan, what: str) -> dict[tuple[int, int, int, int], int]:
    """How many centre matters or filings each county has in each segment: (county row, −1 unlocated; year; first; last)."""
    closed = _CLOSED["C" if what == "centre" else "F"]
    counties = [*enumerate(article.COUNTIES), (-1, article.UNLOCATED)]
    found: dict[tuple[int, int, int, int], int] = {}
    for year, summer, first, last in plan.segments():
        share = float(days.weights(days.span(first, last), closed).sum()) / _nine_months(year, closed)
        whole = summer and (days.to_date(first), days.to_date(last)) == article.window(year)
        for row, county in counties:
            now, before = (county.centre, county.centre_before) if what == "centre" else (county.filings, county.filings_before)
            base = _count(now, before, year, plan)
            found[row, year, first, last] = round(base) if whole else _rounded(rng, base * share)
    return found


def _days_in(rng: np.random.Generator, first: int, last: int, count: int, closed: float) -> Ints:
    span = days.span(first, last)
    weight = days.weights(span, closed)
    return rng.choice(span, size=count, p=weight / weight.sum())


def _frame(stream: Ints, county: Ints, day: Ints) -> pd.DataFrame:
    return pd.DataFrame({"stream": stream, "county": county, "day": day})


def centre_streams(rng: np.random.Generator, plan: Plan) -> pd.DataFrame:
    """Every matter that has a centre record: exact by county in the article's window and the same days a year before."""
    names = [s for s in STREAMS if s.share]
    share = np.array([s.share for s in names])
    rows = np.array([ROW[s.name] for s in names])
    frames = []
    for (county, _, first, last), count in exact_counts(rng, plan, "centre").items():
        stream = rng.choice(rows, size=count, p=share / share.sum())
        frames.append(_frame(stream, np.full(count, county), _days_in(rng, first, last, count, _CLOSED["C"])))
    return pd.concat(frames, ignore_index=True)


def other_streams(rng: np.random.Generator, plan: Plan, places: Places) -> pd.DataFrame:
    """The matters whose volume need not be exact, all but lone filings."""
    people = pd.to_numeric(places.counties["population"], errors="coerce").fillna(1).to_numpy(dtype=float)
    lean = np.array([c.per_10k for c in article.COUNTIES]) * people
    lean = np.append(lean / lean.sum() * 0.997, 0.003)  # the last: unlocated
    frames = []
    for stream in (s for s in STREAMS if s.yearly):
        closed = _CLOSED[stream.name[0]]
        for year, _, first, last in plan.segments():
            whole = float(days.weights(days.span(days.ordinal(date(year, 1, 1)), days.ordinal(date(year, 12, 31))), closed).sum())
            share = float(days.weights(days.span(first, last), closed).sum()) / whole
            count = _rounded(rng, stream.yearly * plan.scale * _TREND[max(-3, min(1, year - plan.year))] * share)
            county = rng.choice(len(lean), size=count, p=lean)
            county[county == len(article.COUNTIES)] = -1
            if set(stream.name) & _AT_HOME:
                county[county == -1] = rng.integers(0, len(article.COUNTIES), int((county == -1).sum()))
            frames.append(_frame(np.full(count, ROW[stream.name]), county, _days_in(rng, first, last, count, closed)))
    return pd.concat(frames, ignore_index=True)


def lone_filings(rng: np.random.Generator, plan: Plan, taken: pd.DataFrame) -> pd.DataFrame:
    """The filings that no other agency knows: what is left of each county's exact number after `taken` (county, day)."""
    frames = []
    for (county, _, first, last), count in exact_counts(rng, plan, "filings").items():
        if county < 0:
            continue
        gone = int(((taken["county"] == county) & taken["day"].between(first, last)).sum())
        left = max(0, count - gone)
        frames.append(_frame(np.full(left, ROW["F"]), np.full(left, county), _days_in(rng, first, last, left, _CLOSED["F"])))
    return pd.concat(frames, ignore_index=True)


def draw_categories(rng: np.random.Generator, stream: Ints, day: Ints) -> Ints:
    """A category (row of codes.CATS) for each case, by its stream's mix and the month."""
    months = day.astype("datetime64[D]").astype("datetime64[M]").astype(int) % 12
    mixes = np.array([sorted(MIXES).index(s.mix) for s in STREAMS])[stream]
    found = np.zeros(len(stream), dtype=np.int64)
    for mix_row, mix in enumerate(sorted(MIXES)):
        for month in range(12):
            here = np.flatnonzero((mixes == mix_row) & (months == month))
            if len(here):
                rows = np.array([CAT_ROW[c] for c in MIXES[mix]])
                weight = np.array([w * SEASONS.get(c, (1.0,) * 12)[month] for c, w in MIXES[mix].items()])
                found[here] = rng.choice(rows, size=len(here), p=weight / weight.sum())
    return found


def place_cases(rng: np.random.Generator, places: Places, cases: pd.DataFrame) -> pd.DataFrame:
    """Give each case its category, township and village (−1 where it is located no deeper); about 3 % know the county only."""
    stream, county = cases["stream"].to_numpy(), cases["county"].to_numpy()
    category = draw_categories(rng, stream, cases["day"].to_numpy())
    town = places.draw_towns(rng, county, category)
    town[rng.random(len(town)) < 0.03] = -1
    village = places.draw_villages(rng, town)
    village[rng.random(len(village)) < 0.12] = -1
    return cases.assign(category=category, town=town, village=village)


def category_code(row: int) -> str:
    """Canonical code of a row of codes.CATS."""
    return CATS[row]
