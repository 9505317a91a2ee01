"""Did remediation help? The count after a listing against what the place's own shrunken rate and unlisted places say."""

from __future__ import annotations

from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from analysis.shrink import dispersion, gamma_prior
from analysis.tails import at_least, quantile

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]

LEVEL, POWER, SCARCE, BLIND, RARE = 0.95, 0.8, 5.0, 0.7, 0.10
MATCHES, PLENTY = 40, 200
LEARN = 26  # periods that a placebo date learns from, at least


class Ratio(NamedTuple):
    """Later over earlier, after what would have come anyway: 0.6 is a fall by 40 %; None where nothing can be divided."""

    value: float | None
    low: float | None
    high: float | None


class Remedy(NamedTuple):
    """What became of the listed places together."""

    verdict: Literal["fell", "unchanged", "rose", "few"]
    before: int
    after: int
    expected: float  # cases after the listing without an act
    ratio: Ratio  # after over expected; this one decides
    naive: Ratio  # after over before a period, with nothing corrected: for showing the trap only
    difference: Ratio  # difference in differences against matched unlisted places
    displaced: Ratio | None  # the neighbours' ratio; above 1 cases may have moved there
    placebo_areas: float | None  # share of unlisted places that fell as much, by chance
    placebo_dates: float | None  # share of earlier dates at which these places fell as much
    smallest: float | None  # least true fall that would have been seen 4 times in 5; None: none
    matched: tuple[int, ...]  # columns of the unlisted places compared with
    phi: float


def remedy(counts: Array, listed: Flags, start: int, near: Flags | None = None) -> Remedy:
    """Judge a listing that began with row `start`.

    counts: T × I, equal periods (weeks), the trade or category of the listing; rows before `start` should be a year or more and reach
    back beyond the bad months that led to the listing. listed, near: I, the listed places and their neighbours (compared with nobody).
    Expected: (a + y)/(b + C) · C′, with C and C′ the cases of matched unlisted places before and after, and a, b the gamma law of the
    places' rates. So regression to the mean (listed because high) and what happened everywhere are both taken out.
    ValueError without rows on both sides or without ten unlisted places.
    Hauer 1997, Observational Before–After Studies in Road Safety; conditional binomial: Clopper and Pearson 1934; limits of a ratio
    from those of its parts: Zou and Donner 2008, Stat Med 27; placebos: Abadie, Diamond and Hainmueller 2010, JASA 105.
    """
    if not 0 < start < len(counts) or (~listed).sum() < 10:
        raise ValueError("needs periods before and after, and at least ten unlisted places")
    y = np.asarray(counts, dtype=float)
    free = ~listed if near is None else ~(listed | near)
    matched = _matched(y[:start], listed, free)
    profile = y[:, matched].sum(axis=1)
    world = _World(y, profile, start, len(y), free)
    before, after = float(y[:start, listed].sum()), float(y[start:, listed].sum())
    expected, variance = world.expected(listed)
    ratio = _ratio(after, expected, variance, world.phi)
    areas, dates = _placebo_areas(world, listed, free), _placebo_dates(y, profile, start, listed, free)
    smallest = _smallest(expected, variance)
    return Remedy(
        _verdict(ratio, expected, smallest, areas), int(before), int(after), expected, ratio,
        _ratio(after, before / start * (len(y) - start), before / start**2 * (len(y) - start) ** 2, 1.0),
        difference(before, after, float(profile[:start].sum()), float(profile[start:].sum()), world.phi),
        None if near is None or not near.any() else _ratio(float(y[start:, near].sum()), *world.expected(near), world.phi),
        areas, dates, smallest, tuple(int(i) for i in matched), world.phi,
    )  # fmt: skip


def difference(before: float, after: float, others_before: float, others_after: float, phi: float = 1.0) -> Ratio:
    """(after/before)/(others_after/others_before): given the places' sum, `after` is binomial; all counts are divided by φ."""
    if min(before, others_before, others_after) <= 0:
        return Ratio(None, None, None)
    from scipy.special import betaincinv, ndtri  # late: it takes memory that what only brings rows in has no use for

    y0, y1, c0, c1 = before / phi, after / phi, others_before / phi, others_after / phi
    tail = (1 - LEVEL) / 2
    low = float(betaincinv(y1, y0 + 1, tail)) if y1 > 0 else 0.0
    high = float(betaincinv(y1 + 1, y0, 1 - tail))
    value = after / before / (others_after / others_before)
    other = float(ndtri(1 - tail)) * np.sqrt(1 / c0 + 1 / c1)
    return _mover(value, low / (1 - low) * c0 / c1, high / (1 - high) * c0 / c1, other)


def _mover(value: float, low: float, high: float, other: float) -> Ratio:
    """Limits of a ratio whose numerator has limits low, high and whose denominator is uncertain by a factor exp(±other)."""
    down = value * np.exp(-np.hypot(np.log(value / low), other)) if low > 0 and value > 0 else 0.0
    up = value * np.exp(np.hypot(np.log(high / value), other)) if value > 0 else high * np.exp(other)
    return Ratio(value, float(down), float(up))


def _ratio(after: float, expected: float, variance: float, phi: float) -> Ratio:
    """Count over expected; the variance is that of the expected itself."""
    if expected <= 0:
        return Ratio(None, None, None)
    from scipy.special import gammaincinv, ndtri  # late: it takes memory that what only brings rows in has no use for

    tail = (1 - LEVEL) / 2
    low = float(gammaincinv(after / phi, tail)) * phi if after > 0 else 0.0
    high = float(gammaincinv(after / phi + 1, 1 - tail)) * phi
    other = float(ndtri(1 - tail)) * np.sqrt(variance) / expected
    return _mover(after / expected, low / expected, high / expected, other)


class _World:
    """Rates of all places before a date, relative to the matched places' counts."""

    def __init__(self, y: Array, profile: Array, start: int, end: int, free: Flags, begin: int = 0) -> None:
        self.before, self.after = y[begin:start].sum(axis=0), y[start:end].sum(axis=0)
        self.shown, self.coming = max(float(profile[begin:start].sum()), 1e-9), float(profile[start:end].sum())
        a, b = gamma_prior(self.before[free], np.full((int(free.sum()), 1), self.shown)[:, 0])
        self.shape, self.rate = a + self.before, b + self.shown
        means = np.outer(profile[begin:start], self.shape / self.rate)
        self.phi = dispersion(y[begin:start][:, free], means[:, free])

    def expected(self, which: Flags) -> tuple[float, float]:
        """Cases to come in these places together, and the variance of that figure (their rates and the matched counts)."""
        shape = float(self.shape[which].sum())
        rate = float(self.rate)
        mean = shape / rate * self.coming
        matched = mean**2 * self.phi * (1 / self.shown + 1 / max(self.coming, 1.0))
        return mean, shape * self.phi / rate**2 * self.coming**2 + matched

    def fall(self, which: Flags | None = None) -> Array:
        """How many standard deviations below the expected the later count lies; each place for itself, or some together."""
        mean, after = self.shape / self.rate * self.coming, self.after
        if which is not None:
            mean, after = np.array([mean[which].sum()]), np.array([after[which].sum()])
        own = self.phi * mean * (1 + self.coming / self.rate) + mean**2 * self.phi * (1 / self.shown + 1 / max(self.coming, 1.0))
        return np.asarray((mean - after) / np.sqrt(np.maximum(own, 1e-12)))


def _matched(before: Array, listed: Flags, free: Flags) -> NDArray[np.intp]:
    """Unlisted places with the nearest levels and recent courses; more of them until they have 200 cases."""
    half = len(before) // 2
    level, course = np.sqrt(before.sum(axis=0)), np.sqrt(before[half:].sum(axis=0)) - np.sqrt(before[:half].sum(axis=0))
    far = np.abs(level - level[listed].mean()) + np.abs(course - course[listed].mean())
    order = np.flatnonzero(free)[np.argsort(far[free], kind="stable")]
    enough = int(np.searchsorted(np.cumsum(before[:, order].sum(axis=0)), PLENTY)) + 1
    return np.sort(order[: max(MATCHES, enough)])


def _placebo_areas(world: _World, listed: Flags, free: Flags) -> float | None:
    """Among unlisted places that could have shown a fall, the share that fell as much."""
    mean = world.shape / world.rate * world.coming
    pool = free & (mean >= min(SCARCE, float(mean[listed].sum()) / 2))
    if pool.sum() < 10:
        return None
    own = float(world.fall(listed)[0])
    return float((1 + (world.fall()[pool] >= own).sum()) / (1 + pool.sum()))


def _placebo_dates(y: Array, profile: Array, start: int, listed: Flags, free: Flags) -> float | None:
    """Among earlier dates with as long an after, the share at which the listed places fell as much."""
    span = len(y) - start
    dates = range(LEARN, start - span + 1, max(1, span // 4))
    if len(dates) < 5:
        return None
    own = float(_World(y, profile, start, len(y), free).fall(listed)[0])
    falls = [float(_World(y, profile, day, day + span, free).fall(listed)[0]) for day in dates]
    return float((1 + sum(f >= own for f in falls)) / (1 + len(falls)))


def _smallest(expected: float, variance: float) -> float | None:
    """Least fall (0.4: by 40 %) for which a count below the lower limit comes with probability 0.8."""
    ratio = 1 + variance / max(expected, 1e-9)
    limit = float(quantile((1 - LEVEL) / 2, np.array(expected), np.array(ratio))) - 1
    if limit < 0:
        return None
    falls = np.arange(0.01, 1.0, 0.01)
    seen = 1 - at_least(np.full(len(falls), limit + 1), expected * (1 - falls), np.full(len(falls), ratio))
    good = np.flatnonzero(seen >= POWER)
    return float(falls[good[0]]) if good.size else None


def _verdict(ratio: Ratio, expected: float, smallest: float | None, areas: float | None) -> Literal["fell", "unchanged", "rose", "few"]:
    if ratio.value is None or ratio.low is None or ratio.high is None or expected < SCARCE or smallest is None:
        return "few"
    if ratio.high < 1 and (areas is None or areas <= RARE):
        return "fell"
    if ratio.low > 1:
        return "rose"
    return "few" if smallest > BLIND else "unchanged"
