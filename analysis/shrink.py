"""Rates of small places pulled towards their common law (gamma–Poisson), and how far the counts scatter around them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def gamma_prior(events: Array, exposure: Array) -> tuple[Array, Array]:
    """Shape and rate by moments over the first axis; exposure broadcasts to events (expected counts, > 0).

    The variance between places is what is left of the variance of the rates after their Poisson part, at least 1e-3 of the squared
    mean. Clayton and Kaldor 1987, Biometrics 43.
    """
    e = np.maximum(exposure, 1e-12)
    rate = events / e
    mean = np.maximum(rate.mean(axis=0), 1e-12)
    between = np.maximum(rate.var(axis=0, ddof=1) - mean * np.mean(1 / np.broadcast_to(e, rate.shape), axis=0), 1e-3 * mean**2)
    return np.asarray(mean**2 / between), np.asarray(mean / between)


def dispersion(counts: Array, means: Array) -> float:
    """Σ(y−μ)²/Σμ · n/(n−1) over periods × places, n periods; at least 1."""
    n = max(len(counts), 2)
    return float(max(((counts - means) ** 2).sum() / max(means.sum(), 1e-12) * n / (n - 1), 1.0))
