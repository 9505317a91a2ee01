"""Invented counts whose truth is known: Noufaily's weekly series, and the sparse panel of townships and categories."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

# θ, γ1, γ2, φ and the yearly trend where there is one; each with 0, 1 and 2 harmonics, without and with the trend: 42 scenarios.
SCENARIOS = (
    (0.1, 0.6, 0.6, 1.5, 0.0025), (-2.0, 0.1, 0.3, 2.0, 0.005), (1.5, 0.2, -0.4, 1.0, 0.003), (0.5, 0.5, 0.5, 5.0, 0.002),
    (2.5, 1.0, 0.1, 3.0, 0.001), (3.75, 0.1, -0.1, 1.1, 0.001), (5.0, 0.05, 0.01, 1.2, 0.0001),
)  # fmt: skip
WEEKS, JUDGED, HISTORY = 624, 49, 313


class Series(NamedTuple):
    """T × S counts and the outbreak cases among them; start row and length (weeks) of the outbreak to be found."""

    counts: Array
    outbreak: Array
    start: NDArray[np.intp]
    scenario: NDArray[np.intp]


def negative_binomial(rng: np.random.Generator, mean: Array, phi: Array | float) -> Array:
    """Draws of that mean and variance phi · mean (Poisson where phi is 1)."""
    extra = np.maximum(np.asarray(phi, dtype=float) - 1, 1e-9) * np.ones_like(mean)
    rate = np.where(np.asarray(phi) > 1, rng.gamma(np.maximum(mean, 1e-12) / extra, extra), mean)
    return rng.poisson(rate).astype(float)


def noufaily(copies: int, size: float, seed: int = 1, weeks: int = WEEKS) -> Series:
    """Every scenario `copies` times: four outbreaks in weeks 313–575 (sizes 2, 3, 5 and 10), one of `size` in the last 49.

    An outbreak has Poisson(k·√(φμ)) cases (at least 2 are not asked for), spread by a lognormal(0, 0.5) delay in weeks.
    Noufaily et al. 2013, Stat Med 32, section 3.
    """
    rng = np.random.default_rng(seed)
    t = np.arange(1, weeks + 1)
    means, phis, names = [], [], []
    for number, (theta, cosine, sine, phi, slope) in enumerate(SCENARIOS):
        for variant in range(6):
            trend, harmonics = variant // 3, variant % 3
            line = theta + trend * slope * t
            for j in range(1, harmonics + 1):
                line = line + cosine * np.cos(2 * np.pi * j * t / 52) + sine * np.sin(2 * np.pi * j * t / 52)
            means += [np.exp(line)] * copies
            phis += [phi] * copies
            names += [number * 6 + variant] * copies
    mean, phi_of = np.stack(means, axis=1), np.array(phis)
    counts = negative_binomial(rng, mean, phi_of[None, :])
    series = np.arange(mean.shape[1])
    for k in (2, 3, 5, 10):
        counts += _outbreak(rng, mean, phi_of, rng.integers(HISTORY - 1, weeks - JUDGED, len(series)), k)
    start = rng.integers(weeks - JUDGED, weeks, len(series))
    fresh = _outbreak(rng, mean, phi_of, start, size)
    return Series(counts + fresh, fresh, start, np.array(names))


def _outbreak(rng: np.random.Generator, mean: Array, phi: Array, start: NDArray[np.intp], size: float) -> Array:
    """Cases of one outbreak a series; what falls after the last week is not seen."""
    weeks, series = mean.shape
    cases = rng.poisson(size * np.sqrt(phi * mean[start, np.arange(series)]))
    owner = np.repeat(np.arange(series), cases)
    week = start[owner] + np.floor(rng.lognormal(0, 0.5, len(owner))).astype(int)
    out = np.zeros((weeks + 1, series))
    np.add.at(out, (np.minimum(week, weeks), owner), 1)
    return out[:weeks]


Truth = Literal["plain", "season", "wide", "boundary", "holiday", "outage", "quiet"]


@dataclass(frozen=True)
class Panel:
    """Weekly counts of townships and categories, and what was put into them."""

    counts: Array  # T × I × J
    festival: NDArray[np.intp]  # T, weeks from Spring Festival, 99 when far from it
    hit: NDArray[np.bool_]  # T × I × J, cells of an injected spike
    spikes: list[tuple[int, int, int]] = field(default_factory=list)  # first week, township, category
    cold: NDArray[np.bool_] | None = None  # T, weeks in which a feed was silent (true cells unknown)


# Week of the year of Spring Festival, drifting by up to a month (2015 … 2026); the panel's year begins in June, so that the last
# half year, which is judged, holds one.
FESTIVALS = (7, 5, 4, 6, 5, 3, 6, 4, 3, 5, 4, 7)
JUNE = 30


def festival_weeks(weeks: int, shift: int = 0) -> NDArray[np.intp]:
    """Weeks from the nearest Spring Festival for a panel of that length, 99 beyond −2 … +4; `shift` moves the last one."""
    out = np.full(weeks, 99, dtype=np.intp)
    starts = [year * 52 + JUNE + FESTIVALS[year % len(FESTIVALS)] for year in range(weeks // 52 + 1)]
    starts = [at for at in starts if at < weeks]
    for at in [*starts[:-1], *(last + shift for last in starts[-1:])]:
        for gap in range(-2, 5):
            if 0 <= at + gap < weeks:
                out[at + gap] = gap
    return out


def panel(
    seed: int = 1, weeks: int = 260, townships: int = 219, categories: int = 24, judged: int = 26, spikes: int = 25, truth: Truth = "plain"
) -> Panel:
    """A city in which about four of five cells are zero, with known spikes in its last weeks.

    Rates are gamma over townships and lognormal over categories, with a trend, a season, Spring Festival and overdispersion of 1.2
    for each cell. A spike adds Poisson(max(4, 3·√mean)) cases a week for three weeks. Other truths: a season that is no sum of two
    harmonics, a rise in a third of all townships at once, a township handed half of its neighbour's people, a festival that comes two
    weeks off, a feed silent for two weeks (all its categories), no spikes at all.
    """
    rng = np.random.default_rng(seed)
    festival = festival_weeks(weeks)
    level = rng.lognormal(np.log(40), 0.9, categories)  # cases a week in the whole city
    share = rng.gamma(1.5, 1, (townships, 1)) * rng.gamma(6, 1 / 6, (townships, categories))
    share /= share.sum(axis=0)
    t = np.arange(weeks)[:, None]
    phase, slope = rng.uniform(0, 2 * np.pi, (2, categories)), rng.normal(0, 0.0008, categories)
    line = slope * t + 0.2 * np.cos(2 * np.pi * t / 52 + phase[0]) + 0.08 * np.cos(4 * np.pi * t / 52 + phase[1])
    if truth == "season":
        line = line + 0.5 * ((t % 52 >= 24) & (t % 52 < 28))  # a school-leaving month
    felt = festival_weeks(weeks, 2) if truth == "holiday" else festival
    line = line + np.select([felt == g for g in range(-2, 5)], [-0.2, -0.5, -1.0, -0.7, 0.1, 0.3, 0.2], 0.0)[:, None]
    mean = level * np.exp(line)
    mean = mean[:, None, :] * share[None]
    if truth == "boundary":
        half = mean[-judged:, 1] / 2
        mean[-judged:, 0], mean[-judged:, 1] = mean[-judged:, 0] + half, half
    counts = negative_binomial(rng, mean, 1.2)
    return _injected(rng, mean, counts, festival, judged, 0 if truth == "quiet" else spikes, truth)


def _injected(
    rng: np.random.Generator, mean: Array, counts: Array, festival: NDArray[np.intp], judged: int, spikes: int, truth: Truth
) -> Panel:
    weeks, townships, categories = mean.shape
    hit, made = np.zeros(mean.shape, dtype=bool), []
    for _ in range(spikes):
        week, i, j = int(rng.integers(weeks - judged, weeks - 2)), int(rng.integers(townships)), int(rng.integers(categories))
        for later in range(week, week + 3):
            counts[later, i, j] += rng.poisson(max(4.0, 3 * np.sqrt(mean[later, i, j])))
            hit[later, i, j] = True
        made.append((week, i, j))
    if truth == "wide":
        week, j = weeks - judged // 2, int(rng.integers(categories))
        rows = rng.permutation(townships)[: townships // 3]
        counts[week : week + 4, rows, j] += rng.poisson(2.0, (4, len(rows)))
        hit[week : week + 4, rows, j] = True
        made += [(week, int(i), j) for i in rows]
    cold = None
    if truth == "outage":
        cold = np.zeros(weeks, dtype=bool)
        cold[weeks - judged // 2 : weeks - judged // 2 + 2] = True
        counts[cold] = 0
        hit[cold] = False
    return Panel(counts, festival, hit, made, cold)


class Growth(NamedTuple):
    """Months × townships × categories, and the cells whose rate grows month by month."""

    counts: Array
    hit: NDArray[np.bool_]


def growth(seed: int = 1, planted: int = 25, factor: float = 1.5, months: int = 6, townships: int = 219, categories: int = 24) -> Growth:
    """A panel without season in which a few cells of at least one case a month grow by a factor every month; overdispersion 1.2."""
    rng = np.random.default_rng(seed)
    rate = rng.gamma(1.0, 1.0, (townships, categories)) * rng.lognormal(-0.5, 0.9, categories)
    mean = np.repeat(rate[None], months, axis=0)
    hit = np.zeros(rate.shape, dtype=bool)
    hit.ravel()[rng.choice(np.flatnonzero(rate.ravel() >= 1), planted, replace=False)] = True
    mean[:, hit] *= factor ** np.arange(months)[:, None]
    return Growth(negative_binomial(rng, mean, 1.2), hit)


class Listed(NamedTuple):
    """Weeks × townships of one category; the columns that were listed from row `start` on."""

    counts: Array
    worst: NDArray[np.intp]
    start: int


def listings(seed: int, act: float, listed: int = 10, weeks: int = 130, after: int = 26, townships: int = 219) -> Listed:
    """A city whose steepest risers of the last four weeks are listed; from then on their true rates are multiplied by `act`."""
    rng = np.random.default_rng(seed)
    season = 1 + 0.3 * np.sin(np.arange(weeks) / 52 * 2 * np.pi)
    mean, start = season[:, None] * rng.gamma(1.5, 0.8, townships), weeks - after
    counts = negative_binomial(rng, mean, 1.2)
    rise = counts[start - 4 : start].sum(axis=0) - counts[start - 30 : start - 4].sum(axis=0) * 4 / 26
    worst = np.argsort(-rise)[:listed]
    counts[start:, worst] = negative_binomial(rng, mean[start:, worst] * act, 1.2)
    return Listed(counts, worst, start)
