"""What the counts of a week show: emerging, growing and grouped, each with what was expected, how likely, and 24 months behind it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis import dense as dense_rules
from analysis import emerging as emerging_rules
from analysis.dense import dense
from analysis.emerging import Emerging, emerging
from analysis.scan import Cluster, neighbours, scan
from analysis.tails import benjamini_hochberg, quantile
from analysis.trending import Periods, periods, seasonal, trending
from analysis.usual import usual
from services.signal_counts import Counts, Delay

Array = NDArray[np.float64]

TOGETHER, BLOCKS = 4, 26  # weeks of a point of the chart, and its points: 24 months
DISCOVERIES, GROWING, CLUSTER = 0.05, 0.10, 0.05  # false ones among those flagged, at most
MATERIAL = 1.3  # a rise of less is not worth anybody's time, however sure
LEAST, WATCH, WATCH_P = 3, 20, 0.01
SCAN_WEEKS = 104


@dataclass(frozen=True)
class Found:
    """One thing that a run has found. county '' is the whole city; towns are those of a group. points: (last day, count, expected, low, high)."""

    kind: str
    county: str
    town: str
    towns: tuple[str, ...]
    category: str
    first: date
    last: date
    count: int
    expected: float
    low: float
    high: float
    pvalue: float
    adjusted: float
    method: str
    points: tuple[tuple[str, int, float | None, float | None, float | None], ...] = ()
    unit: tuple[str, int] = ("week", TOGETHER)
    more: Mapping[str, Any] = field(default_factory=dict)

    @property
    def excess(self) -> float:
        """Cases above what was expected."""
        return self.count - self.expected


def judged(c: Counts, late: Delay, since: int, seats: Mapping[str, tuple[float, float]]) -> tuple[list[Found], list[dict[str, Any]]]:
    """All that is found, and the watch list: what stands out but may well be chance. since: days from the week's end until now."""
    found: list[Found] = []
    watch: list[dict[str, Any]] = []
    if len(c.city) > 56:
        sure, watch = _towns(c, late, since)
        found += sure
    if len(c.city) > 104:
        found += _dense(c)
    if len(c.months) >= 8:
        found += _growing(c)
    if len(c.city) > 26:
        found += _groups(c, seats)
    return found, watch


def _towns(c: Counts, late: Delay, since: int) -> tuple[list[Found], list[dict[str, Any]]]:
    """Township × category over four weeks and over the last one, as one family."""
    spans = (TOGETHER, 1)
    runs = {n: emerging(c.town, len(c.town) - 1, c.festival, emerging_rules.Rules(together=n), late.known(n, since)) for n in spans}
    adjusted = dict(zip(spans, benjamini_hochberg(np.stack([runs[n].pvalue for n in spans])), strict=True))
    flags = {n: (adjusted[n] <= DISCOVERIES) & (runs[n].observed >= LEAST) for n in spans}
    past = list(_past(c)) if any(f.any() for f in flags.values()) else []
    found = []
    for i, j in np.argwhere(flags[TOGETHER] | flags[1]):
        n = TOGETHER if flags[TOGETHER][i, j] else 1
        e = runs[n]
        points = tuple(_point(c, k, p.observed[i, j], (p.expected[i, j], p.low[i, j], p.high[i, j])) for k, p in past)
        found.append(_at(c, "emerging", c.of_town[c.towns[i]], c.towns[i], j, n, tuple(float(v[i, j]) for v in (
            e.observed, e.expected, e.low, e.high, e.pvalue, adjusted[n])), f"emerging/{n}", _whole(c.town[:, i, j], points, c)))  # fmt: skip
    return found, _watched(c, runs[TOGETHER], flags[TOGETHER] | flags[1])


def _past(c: Counts) -> Iterator[tuple[int, Emerging]]:
    """The same judgement four weeks ago, eight, …: (weeks back, what it said), as far as there is a year before."""
    for k in range(0, BLOCKS * TOGETHER, TOGETHER):
        if len(c.town) - 1 - k - 4 < 52:
            return
        yield k, emerging(c.town, len(c.town) - 1 - k, c.festival, emerging_rules.Rules(together=TOGETHER))


def _point(c: Counts, back: int, count: float, band: Sequence[float] | None) -> tuple[str, int, float | None, float | None, float | None]:
    expected, low, high = (round(float(v), 2) for v in band) if band is not None else (None, None, None)
    return ((c.week - timedelta(days=7 * back)).isoformat(), int(count), expected, low, high)


def _whole(series: Array, points: tuple[Any, ...], c: Counts) -> tuple[Any, ...]:
    """The chart's points, oldest first, with bare counts where there is no band."""
    known = {p[0]: p for p in points}
    out = []
    for k in range(0, BLOCKS * TOGETHER, TOGETHER):
        if k + TOGETHER > len(series):
            break
        bare = _point(c, k, series[len(series) - k - TOGETHER : len(series) - k].sum(), None)
        out.append(known.get(bare[0], bare))
    return tuple(reversed(out))


def _at(c: Counts, kind: str, county: str, town: str, category: int, weeks: int, said: Sequence[float], method: str, points: tuple[Any, ...]) -> Found:
    count, expected, low, high, pvalue, adjusted = said
    first = c.week - timedelta(days=7 * weeks - 1)
    return Found(kind, county, town, (), c.categories[category], first, c.week, int(count), expected, low, high, pvalue, adjusted, method, points,
                 more={"weeks": weeks})  # fmt: skip


def _watched(c: Counts, e: Emerging, flagged: NDArray[np.bool_]) -> list[dict[str, Any]]:
    rest = np.where(flagged | (e.observed < LEAST) | ~(e.pvalue < WATCH_P), np.inf, e.pvalue)
    best = [tuple(ij) for ij in np.argwhere(np.isfinite(rest))]
    return [
        {"county": c.of_town[c.towns[i]], "town": c.towns[i], "category": c.categories[j], "weeks": TOGETHER, "count": int(e.observed[i, j]),
         "expected": round(float(e.expected[i, j]), 2), "low": float(e.low[i, j]), "high": float(e.high[i, j]), "pvalue": float(e.pvalue[i, j])}
        for i, j in sorted(best, key=lambda ij: rest[ij])[:WATCH]
    ]  # fmt: skip


def _dense(c: Counts) -> list[Found]:
    """County × category and trades over four weeks, as one family; series of less than a case a week are left to the townships."""
    series = np.concatenate([c.county.reshape(len(c.county), -1), c.city], axis=1)
    enough = np.flatnonzero(series[-104:].sum(axis=0) >= 104)
    rules, week = dense_rules.Rules(together=TOGETHER), len(series) - 1
    d = dense(series[:, enough], week, c.festival, rules)
    adjusted = benjamini_hochberg(d.pvalue)
    hits = np.flatnonzero((adjusted <= DISCOVERIES) & (d.observed >= MATERIAL * d.expected))
    if not len(hits):
        return []
    only = series[:, enough[hits]]
    back = [k for k in range(0, BLOCKS * TOGETHER, TOGETHER) if week - k >= 104]
    past = {k: dense(only, week - k, c.festival, rules) for k in back}
    found = []
    for column, hit in enumerate(hits):
        unit, j = divmod(int(enough[hit]), len(c.categories))
        county = c.counties[unit] if unit < len(c.counties) else ""
        points = tuple(_point(c, k, p.observed[column], (p.expected[column], p.low[column], p.high[column])) for k, p in past.items())
        said = tuple(float(v[hit]) for v in (d.observed, d.expected, d.low, d.high, d.pvalue, adjusted))
        found.append(_at(c, "emerging", county, "", j, TOGETHER, said, "dense/4", _whole(only[:, column], points, c)))
    return found


def _growing(c: Counts) -> list[Found]:
    """Township, county and city, each a family of its own."""
    city = periods(c.city_months, c.months)
    joined, before = city.first, slice(0, max(len(city.first) - 6, 0))
    exposure = seasonal(city.counts[before], city.days[before], joined[before], joined, city.days) if len(joined[before]) >= 12 else city.days
    found = []
    levels = ((c.town_months, [(c.of_town[t], t) for t in c.towns]), (c.county_months, [(x, "") for x in c.counties]),
              (c.city_months[:, None, :], [("", "")]))  # fmt: skip
    for counts, places in levels:
        made = periods(counts, c.months)
        if len(made.counts) < 3:
            continue
        t = trending(made.counts, exposure, discoveries=GROWING)
        for i, j in np.argwhere(t.flagged & (t.growth > 0.1) & (made.counts[-1] >= LEAST)):
            found.append(_grew(c, made, places[i], int(i), int(j), (float(t.pvalue[i, j]), float(t.adjusted[i, j])), city.counts))
    return [f for f in found if f.count >= MATERIAL * f.expected]


def _grew(c: Counts, made: Periods, place: tuple[str, str], i: int, j: int, sure: tuple[float, float], city: Array) -> Found:
    """The last month against its usual share of the city, and the months before as they came."""
    counts, first, days = made
    own = counts[:, i, j]
    rest = city[:, j] - own if place[0] else city.sum(axis=1) - own
    band = usual(own, rest, left_out=5)
    last = first.astype("datetime64[D]") + (days.astype(int) - 1)
    points = tuple(
        (str(day), int(n), *((round(float(e), 2), float(lo), float(hi)) if np.isfinite(e) else (None, None, None)))
        for day, n, e, lo, hi in zip(last, own, band.expected, band.low, band.high, strict=True)
    )[-24:]  # fmt: skip
    six = list(zip(first[-6:], last[-6:], own[-6:], strict=True))
    expected = float(band.expected[-1]) if np.isfinite(band.expected[-1]) else float(own[-7:-1].mean())
    low, high = (float(v[-1]) if np.isfinite(v[-1]) else expected for v in (band.low, band.high))
    return Found(
        "trending", place[0], place[1], (), c.categories[j], first[-1].astype("datetime64[D]").astype(date), last[-1].astype(date), int(own[-1]),
        expected, low, high, sure[0], sure[1], "trending/6", points, ("month", 1),
        {"months": [_named(a, b) for a, b, _ in six], "counts": [int(n) for *_, n in six],
         "spans": [[str(a.astype("datetime64[D]")), str(b)] for a, b, _ in six]},
    )  # fmt: skip


def _named(first: np.datetime64, last: np.datetime64) -> str:
    """2026-09, or 2026-01/02 for two months in one."""
    start, end = str(first.astype("datetime64[M]")), str(last.astype("datetime64[M]"))
    return start if start == end else f"{start}/{end[5:]}"


def _groups(c: Counts, seats: Mapping[str, tuple[float, float]]) -> list[Found]:
    """Clusters in space and time of each category."""
    rows = [i for i, code in enumerate(c.towns) if code in seats]
    if len(rows) < 3:
        return []
    near = neighbours(np.array([seats[c.towns[i]] for i in rows]))
    counts = c.town[-SCAN_WEEKS:][:, rows]
    return [_cluster(c, rows, k) for k in scan(counts, near) if k.adjusted <= CLUSTER and k.observed >= max(4, MATERIAL * k.expected)]


def _cluster(c: Counts, rows: Sequence[int], k: Cluster) -> Found:
    """Only those of its townships that have cases at all in these weeks."""
    inside = [rows[i] for i in k.towns if c.town[-k.weeks :, rows[i], k.category].any()]
    towns = tuple(c.towns[i] for i in inside)
    counties = {c.of_town[t] for t in towns}
    own, city = c.town[:, inside, k.category].sum(axis=1), c.city[:, k.category]
    size = min(BLOCKS, len(own) // k.weeks)
    blocks = np.array([[s[len(s) - (n + 1) * k.weeks : len(s) - n * k.weeks].sum() for n in range(size)][::-1] for s in (own, city - own)])
    band = usual(blocks[0], blocks[1], left_out=1)
    expected, low, high = (float(v[-1]) for v in band) if np.isfinite(band.expected[-1]) else (k.expected, *_chance(k.expected))
    shown = range(max(0, size - 104 // k.weeks), size)
    points = tuple(
        ((c.week - timedelta(days=7 * k.weeks * (size - 1 - n))).isoformat(), int(blocks[0][n]),
         *((round(float(band.expected[n]), 2), float(band.low[n]), float(band.high[n])) if np.isfinite(band.expected[n]) else (None, None, None)))
        for n in shown
    )  # fmt: skip
    parts = [{"town": t, "count": int(c.town[-k.weeks :, i, k.category].sum())} for t, i in zip(towns, inside, strict=True)]
    return Found(
        "group", counties.pop() if len(counties) == 1 else "", towns[0] if len(towns) == 1 else "", towns if len(towns) > 1 else (),
        c.categories[k.category], c.week - timedelta(days=7 * k.weeks - 1), c.week, k.observed, expected, low, high, k.pvalue, k.adjusted, "scan",
        points, ("week", k.weeks), {"weeks": k.weeks, "parts": parts},
    )  # fmt: skip


def _chance(expected: float) -> tuple[float, float]:
    """The interval of chance alone around an expected count."""
    low, high = (float(quantile(p, np.array([expected]), np.array([1.0]))[0]) for p in (0.025, 0.975))
    return low, high
