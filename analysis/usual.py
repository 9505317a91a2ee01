"""What a series would usually count, from its earlier share of what it is a part of: the band behind a chart of past periods."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from analysis.tails import quantile

Array = NDArray[np.float64]


class Usual(NamedTuple):
    """One a period; NaN before `least` earlier periods are known."""

    expected: Array
    low: Array
    high: Array


def usual(own: Array, rest: Array, left_out: int = 1, least: int = 6, level: float = 0.95) -> Usual:
    """Expected counts of one series, period by period, each judged by what lay before it.

    own: T, counts of the series. rest: T, counts of what it is compared with (the rest of the city in the same category, or other
    categories): season and trend come from there. left_out: periods just before the judged one that do not teach. The variance is
    φ·μ for chance (φ ≥ 1, a ratio of sums over the earlier periods) and μ²/(a + O) for the share, half a case put to either side.
    """
    expected, low, high = (np.full(len(own), np.nan) for _ in range(3))
    tail = (1 - level) / 2
    for t in range(least + left_out, len(own)):
        seen, base = own[: t - left_out], rest[: t - left_out]
        total, exposure = seen.sum() + 0.5, max(base.sum(), 1.0)
        share = total / exposure
        mean = share * rest[t]
        fitted = share * base
        phi = max(float(((seen - fitted) ** 2).sum() / max(fitted.sum(), 1e-9)) * len(seen) / max(len(seen) - 1, 1), 1.0)
        ratio = phi + mean / total
        expected[t] = mean
        low[t], high[t] = (float(quantile(p, np.array([mean]), np.array([ratio]))[0]) for p in (tail, 1 - tail))
    return Usual(expected, low, high)
