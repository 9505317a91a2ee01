"""Shares of units of very different size against their common share: funnel limits instead of ranks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

INNER, OUTER = 0.95, 0.998  # two-sided: 1 in 40 beyond a limit by chance, and 1 in 1,000


@dataclass(frozen=True, slots=True)
class Funnel:
    """Judged units. `share`: the common share, None when nothing was counted. `scatter`: variance over the binomial one, at least 1.

    `verdicts`: of each unit 2 above the outer limits, 1 above the inner, 0 within, -1 and -2 below; 0 where nothing was counted.
    """

    share: float | None
    scatter: float
    verdicts: tuple[int, ...]


def limits(counted: Array, share: float, level: float, scatter: float = 1.0) -> tuple[Array, Array]:
    """Lower and upper limit of the share for units that counted so many (> 0), 0…1, each of the shape given.

    A share beyond a limit has an exact binomial tail below (1 − level) / 2; a count that scatters more stands for counted ÷ scatter
    independent ones. 0 and 1 where no share of so few could lie beyond. Limits between counts by the incomplete beta function, so that they
    are smooth (Spiegelhalter 2005, Stat Med 24). ValueError for a level outside 0…1.
    """
    if not 0 < level < 1:
        raise ValueError(f"level {level}")
    from scipy.special import betainc  # late: it takes memory that what only brings rows in has no use for

    n = np.maximum(np.asarray(counted, dtype=float), 1e-9) / scatter
    tail = (1 - level) / 2
    low, high = np.zeros(n.shape), np.ones(n.shape)
    above = _solved(lambda u: betainc(np.maximum(n * u, 1e-12), n - n * u + 1, share) < tail, low, high)
    below = _solved(lambda u: betainc(np.maximum(n - n * u, 1e-12), n * u + 1, 1 - share) > tail, low, high)
    return np.where((1 - share) ** n > tail, 0.0, below), np.where(share**n > tail, 1.0, above)


def _solved(beyond: Callable[[Array], NDArray[np.bool_]], low: Array, high: Array) -> Array:
    """Where a condition that holds from some share on begins to hold."""
    for _ in range(44):
        middle = (low + high) / 2
        found = beyond(middle)
        low, high = np.where(found, low, middle), np.where(found, middle, high)
    return high


def scattered(hits: Array, counted: Array, share: float) -> float:
    """How much more the shares scatter than chance alone; the outer tenths are pulled in, so that the bad ones do not widen the funnel."""
    n = np.asarray(counted, dtype=float)
    if not 0 < share < 1 or (n > 0).sum() < 10:
        return 1.0
    z = (np.asarray(hits, dtype=float)[n > 0] - n[n > 0] * share) / np.sqrt(n[n > 0] * share * (1 - share))
    low, high = np.quantile(z, [0.1, 0.9])
    return max(float(np.mean(np.clip(z, low, high) ** 2)), 1.0)


def judge(hits: Array, counted: Array) -> Funnel:
    """Units against their common share: hits of counted, one of each for a unit (0 ≤ hits ≤ counted)."""
    x, n = np.asarray(hits, dtype=float), np.asarray(counted, dtype=float)
    if not n.sum():
        return Funnel(None, 1.0, (0,) * len(n))
    share = float(x.sum() / n.sum())
    scatter = scattered(x, n, share)
    rate = x / np.maximum(n, 1)
    out = np.zeros(len(n), dtype=int)
    for level in (INNER, OUTER):
        low, high = limits(n, share, level, scatter)
        out += (rate > high).astype(int) - (rate < low).astype(int)
    return Funnel(share, scatter, tuple(int(v) if m else 0 for v, m in zip(out, n, strict=True)))
