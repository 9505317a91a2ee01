"""What grows month after month (逐月增长): a conditional log-linear trend over the last complete months."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from analysis.tails import benjamini_hochberg

Array = NDArray[np.float64]

MONTHS, LEAST, DISCOVERIES = 6, 6, 0.10


class Periods(NamedTuple):
    """Counts a period (P × …), its first month and its days: January and February are one, since Spring Festival moves."""

    counts: Array
    first: NDArray[np.datetime64]
    days: Array


class Trending(NamedTuple):
    """In the shape of one period's counts."""

    total: Array  # cases in the periods looked at
    growth: Array  # estimated change from period to period, 0.1 for +10 %; NaN without cases
    z: Array
    pvalue: Array  # one-sided; NaN below the least count
    adjusted: Array
    flagged: NDArray[np.bool_]
    three_rises: NDArray[np.bool_]  # the plain rule, shown beside it
    phi: Array  # one a category (last axis)


def periods(counts: Array, months: NDArray[np.datetime64]) -> Periods:
    """Join January and February of complete, consecutive months (M × …); a January or February alone at either end is dropped."""
    month = months.astype("datetime64[M]")
    days = ((month + 1).astype("datetime64[D]") - month.astype("datetime64[D]")).astype(float)
    of_year = month.astype(int) % 12
    keep = np.ones(len(month), dtype=bool)
    keep[-1] = of_year[-1] != 0
    keep[0] = of_year[0] != 1
    starts = np.flatnonzero(of_year[keep] != 1)
    return Periods(np.add.reduceat(counts[keep], starts, axis=0), month[keep][starts], np.add.reduceat(days[keep], starts))


def trending(counts: Array, exposure: Array, months: int = MONTHS, least: int = LEAST, discoveries: float = DISCOVERIES) -> Trending:
    """Test each series for growth over the last `months` periods.

    counts: P × I × J (areas × categories), consecutive periods. exposure: P or P × J, what cases would be proportional to without
    growth (days; days × season where years before tell it). Given a series' total N its cases fall on the periods in the shares p of
    the exposure; z = (Σty − N·t̄ − ¼)/√(φNv), with t̄ and v the mean and variance of t under p, and φ ≥ 1 a ratio of sums for each
    category. Flagged: Benjamini–Hochberg over all series with at least `least` cases. ValueError with fewer than 3 periods.
    Cox and Lewis 1966, The Statistical Analysis of Series of Events, 3.3; Benjamini and Hochberg 1995, JRSS B 57.
    """
    from scipy.special import ndtr  # late: it takes memory that what only brings rows in has no use for

    y = np.asarray(counts[-months:], dtype=float)
    if len(y) < 3:
        raise ValueError("a trend needs three periods")
    weights = np.broadcast_to(exposure[-months:].T, y.shape[2:] + y.shape[:1]).T  # P × J
    share = weights / weights.sum(axis=0)
    t = np.arange(len(y), dtype=float)
    middle = t @ share
    spread = (t**2) @ share - middle**2
    total = y.sum(axis=0)
    phi = _dispersion(y, total, share)
    rise = np.tensordot(t, y, axes=1) - total * middle
    with np.errstate(invalid="ignore", divide="ignore"):
        z = (rise - 0.25) / np.sqrt(phi * total * spread)
        growth = np.expm1(rise / (total * spread))
    pvalue = np.where(total >= least, ndtr(-np.nan_to_num(z)), np.nan)
    adjusted = benjamini_hochberg(pvalue)
    rises = np.all(np.diff(y[-4:], axis=0) > 0, axis=0) & (len(y) >= 4)
    return Trending(total, growth, z, pvalue, adjusted, adjusted <= discoveries, np.asarray(rises), phi)


def _dispersion(y: Array, total: Array, share: Array) -> Array:
    expected = total[None] * share[:, None, :]
    usual = np.maximum((expected * (1 - share[:, None, :])).sum(axis=(0, 1)), 1e-12)
    return np.asarray(np.maximum(((y - expected) ** 2).sum(axis=(0, 1)) / usual, 1.0))


def seasonal(periods_before: Array, days_before: Array, first: NDArray[np.datetime64], wanted: NDArray[np.datetime64], days: Array) -> Array:
    """Exposure (P × J) of the wanted periods from years before: days × the city's seasonal index of each category.

    periods_before: P' × J city totals with their days; first, wanted: first months. A month of the year that was never seen, or a category
    with fewer than 50 cases, gets index 1; indices are pulled towards 1 by 20 cases.
    """
    of_year, asked = first.astype("datetime64[M]").astype(int) % 12, wanted.astype("datetime64[M]").astype(int) % 12
    rate = periods_before.sum(axis=0) / days_before.sum()
    out = np.ones((len(wanted), periods_before.shape[1]))
    for row, month in enumerate(asked):
        seen = of_year == month
        expected = rate * days_before[seen].sum()
        if seen.any():
            out[row] = np.where(periods_before.sum(axis=0) >= 50, (periods_before[seen].sum(axis=0) + 20) / (expected + 20), 1.0)
    return out * days[:, None]
