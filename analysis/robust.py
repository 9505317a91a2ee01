"""Regressions that past outbreaks do not bend."""

from __future__ import annotations

import numpy as np

from analysis.glm import Array, Fit, poisson


def robust(design: Array, past: Array, above: float) -> tuple[Fit, Array, Array]:
    """Fit, give less weight to past outbreaks (Anscombe residuals above `above`), fit again.

    design n × p, past S × n counts. Returns the fit, the dispersion (S, ≥ 1) and the dispersion of the coefficients' errors (S).
    Noufaily et al. 2013, Stat Med 32.
    """
    fit = poisson(design, past)
    free = len(design) - design.shape[1]
    phi = np.maximum(_pearson(fit, past, fit.weights) / free, 1.0)
    weights = _weights(past, fit, phi, above)
    again = poisson(design, past, prior=weights)
    slack = _pearson(again, past, weights) / free
    return again, np.maximum(_pearson(again, past, again.weights) / free, 1.0), slack


def _pearson(fit: Fit, past: Array, weights: Array) -> Array:
    return np.asarray(np.sum(weights * ((past - fit.mean) / np.maximum(fit.mean, 1e-300)) ** 2, axis=1))


def _weights(past: Array, fit: Fit, phi: Array, above: float) -> Array:
    """Noufaily's weights: inverse squares of the large standardised Anscombe residuals, n in sum."""
    spare = np.sqrt(np.maximum(phi[:, None] * (1 - fit.leverage()), 1e-12))
    residual = 1.5 * (past ** (2 / 3) * fit.mean ** (-1 / 6) - np.sqrt(fit.mean)) / spare
    raw = np.where(residual > above, np.maximum(residual, 1e-12) ** -2.0, 1.0)
    return np.asarray(raw * past.shape[1] / raw.sum(axis=1, keepdims=True))
