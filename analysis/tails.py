"""Tails of counts whose variance is a multiple of the mean, and false discoveries among many of them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

POISSON_BELOW = 1 + 1e-9


def at_least(count: Array, mean: Array, phi: Array) -> Array:
    """P(Y ≥ count) for a negative binomial of that mean and variance phi · mean; Poisson where phi ≤ 1. Arrays broadcast."""
    from scipy.special import betainc, gammainc  # late: it takes memory that what only brings rows in has no use for

    y, mean, phi = np.broadcast_arrays(np.asarray(count, dtype=float), np.asarray(mean, dtype=float), np.asarray(phi, dtype=float))
    extra = np.maximum(phi - 1, 1e-12)
    with np.errstate(all="ignore"):
        wide = betainc(np.maximum(y, 1e-12), mean / extra, extra / phi)
        tight = gammainc(np.maximum(y, 1e-12), mean)
    return np.where(y <= 0, 1.0, np.where(phi > POISSON_BELOW, wide, tight))


def quantile(level: float, mean: Array, phi: Array) -> Array:
    """The least count whose distribution function reaches the level, for the law of `at_least`; means above 1e9 count as that."""
    from scipy.special import pdtrik  # late: it takes memory that what only brings rows in has no use for

    mean, phi = np.broadcast_arrays(np.asarray(mean, dtype=float), np.asarray(phi, dtype=float))
    mean, phi = np.clip(mean, 0.0, 1e9), np.clip(phi, 0.0, 1e9)
    with np.errstate(all="ignore"):
        guess = np.ceil(np.nan_to_num(pdtrik(level, np.maximum(mean, 1e-12))))
    out = np.maximum(guess, 0.0)
    low, high = np.full(mean.shape, -1.0), out.copy()
    while (short := 1 - at_least(high + 1, mean, phi) < level).any():  # double until the level is reached
        low, high = np.where(short, high, low), np.where(short, 2 * high + 1, high)
    while (wide := high - low > 1).any():
        middle = np.where(wide, np.floor((low + high) / 2), high)
        reached = 1 - at_least(middle + 1, mean, phi) >= level
        high, low = np.where(reached, middle, high), np.where(reached, low, middle)
    return high


def benjamini_hochberg(pvalues: Array) -> Array:
    """Adjusted p of Benjamini and Hochberg 1995, in the shape given; NaN stays NaN and does not count."""
    p = np.asarray(pvalues, dtype=float)
    out = np.full(p.shape, np.nan)
    known = np.flatnonzero(~np.isnan(p.ravel()))
    values = p.ravel()[known]
    order = np.argsort(values)[::-1]
    share = len(values) / np.arange(len(values), 0, -1)
    out.ravel()[known[order]] = np.minimum(np.minimum.accumulate(values[order] * share), 1.0)
    return out

