"""Log-linear Poisson regressions of many series on one design, fitted together by iteratively reweighted least squares."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

TINY = 1e-300
ROUNDS = 25
CLOSE = 1e-8


@dataclass(frozen=True)
class Fit:
    """One row a series: coefficients, means, the weights of the last round, and (X'WX)⁻¹ of that round."""

    beta: Array  # S × p
    mean: Array  # S × n, counts
    weights: Array  # S × n
    covariance: Array  # S × p × p, to be multiplied by a dispersion
    design: Array  # n × p

    def leverage(self) -> Array:
        """Diagonal of the hat matrix of the last round, S × n."""
        products = _products(self.design)
        flat = self.covariance.reshape(len(self.beta), -1)
        return np.asarray(self.weights * (flat @ products.T))

    def spread(self, row: Array) -> Array:
        """Variance of the linear predictor at a design row (p), before dispersion; S."""
        return np.asarray(self.covariance.reshape(len(self.beta), -1) @ np.outer(row, row).ravel())


def _products(design: Array) -> Array:
    return (design[:, :, None] * design[:, None, :]).reshape(len(design), -1)


def _deviance(y: Array, mean: Array, prior: Array, log_y: Array) -> Array:
    return np.asarray(2 * np.sum(prior * (y * (log_y - np.log(np.maximum(mean, TINY))) - (y - mean)), axis=1))


def poisson(design: Array, counts: Array, prior: Array | None = None, offset: Array | None = None) -> Fit:
    """Maximum quasi-likelihood of log mean = offset + design · beta for each row of counts.

    design n × p of full rank, counts S × n (≥ 0), prior weights S × n (1 if left out), offset S × n (0 if left out).
    Stops a series when its deviance moves by less than 1e-8 of itself, or after 25 rounds (McCullagh and Nelder 1989, 2.5).
    """
    y = np.asarray(counts, dtype=float)
    prior = np.ones_like(y) if prior is None else prior
    shift = np.zeros_like(y) if offset is None else offset
    log_y = np.log(np.maximum(y, 1.0))  # y·log y is 0 at 0, whatever stands here
    series, p = len(y), design.shape[1]
    products = _products(design)
    beta, covariance = np.zeros((series, p)), np.zeros((series, p, p))
    mean = y + 0.1
    weights, eta, deviance = prior * mean, np.log(mean), _deviance(y, mean, prior, log_y)
    todo = np.arange(series)
    for _ in range(ROUNDS):
        part = slice(None) if todo.size == series else todo
        w = prior[part] * mean[part]
        gap = w * (eta[part] - shift[part]) + prior[part] * (y[part] - mean[part])
        inverse = _inverse((w @ products).reshape(-1, p, p))
        found = np.einsum("sij,sj->si", inverse, gap @ design)
        line = np.clip(found @ design.T + shift[part], -690, 690)
        beta[part], covariance[part], weights[part], eta[part], mean[part] = found, inverse, w, line, np.exp(line)
        now = _deviance(y[part], mean[part], prior[part], log_y[part])
        moving = np.abs(now - deviance[part]) / (np.abs(now) + 0.1) >= CLOSE
        deviance[part] = now
        todo = todo[moving]
        if not todo.size:
            break
    return Fit(beta, mean, weights, covariance, design)


def _inverse(matrix: Array) -> Array:
    """Inverse after scaling to a unit diagonal, so that a period without cases does not spoil the others."""
    scale = 1 / np.sqrt(np.maximum(np.einsum("sii->si", matrix), TINY))
    even = matrix * scale[:, :, None] * scale[:, None, :]
    even[:, np.arange(even.shape[1]), np.arange(even.shape[1])] += 1e-13
    return np.asarray(np.linalg.inv(even) * scale[:, :, None] * scale[:, None, :])
