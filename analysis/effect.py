"""Before and after a listing: the ratio of two Poisson rates with its exact interval."""

from __future__ import annotations

from typing import NamedTuple

from scipy.special import betaincinv  # scipy.stats has the same, and costs 1.5 s at every start

FEW = 20


class RateRatio(NamedTuple):
    """Ratio of the later rate to the earlier one, minus 1, with its interval; None where the earlier count is 0."""

    value: float | None
    low: float | None
    high: float | None


def rate_ratio(before: int, days_before: int, after: int, days_after: int, level: float = 0.95) -> RateRatio:
    """Exact conditional interval: given the sum, the later count is binomial (Clopper and Pearson 1934).

    Counts are events, exposures are days (> 0). Regression to the mean is not corrected here: the caller says so.
    """
    if before == 0:
        return RateRatio(None, None, None)
    exposure = days_before / days_after
    tail = (1 - level) / 2
    total = before + after
    low = float(betaincinv(after, before + 1, tail)) if after else 0.0
    high = float(betaincinv(after + 1, before, 1 - tail)) if after < total else 1.0
    return RateRatio(after / before * exposure - 1, low / (1 - low) * exposure - 1, high / (1 - high) * exposure - 1)
