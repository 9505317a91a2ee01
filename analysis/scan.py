"""Groups in space and time (群体性): the prospective space–time permutation scan."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from analysis.tails import benjamini_hochberg

Array = NDArray[np.float64]

NEAREST, LONGEST, SHARE = 20, 8, 0.5
DRAWS, BATCH, ENOUGH = 999, 37, 20


class Cluster(NamedTuple):
    """The strongest cylinder of one category that reaches to the last week."""

    category: int
    towns: tuple[int, ...]  # rows, the middle first
    weeks: int  # up to and with the last
    observed: int
    expected: float
    ratio: float  # log-likelihood ratio
    pvalue: float
    adjusted: float  # over the categories


def neighbours(lonlat: Array, nearest: int = NEAREST) -> NDArray[np.intp]:
    """Rows of the nearest places of each place, itself first: I × nearest; lonlat I × 2 in degrees (WGS-84)."""
    lon, lat = np.radians(lonlat[:, 0]), np.radians(lonlat[:, 1])
    half = np.sin((lat[:, None] - lat) / 2) ** 2 + np.cos(lat[:, None]) * np.cos(lat) * np.sin((lon[:, None] - lon) / 2) ** 2
    np.fill_diagonal(half, -1)
    return np.argsort(half, axis=1, kind="stable")[:, :nearest]


def scan(counts: Array, near: NDArray[np.intp], seed: int = 1, draws: int = DRAWS, least: int = 3) -> list[Cluster]:
    """The strongest cluster of each category with at least `least` cases, by adjusted p.

    counts: T × I × J, the weeks studied (a year or two), last row the present. near: I × K from `neighbours`. Cylinders: 1 … K nearest
    places, the last 1 … 8 weeks, at most half of the cases. Under the null, weeks are shuffled among the cases, so that neither an
    uneven city nor a season makes a cluster. Where the cells scatter more than that (φ above 1, by a ratio of sums over the weeks
    before) draws are Dirichlet–multinomial with that φ instead: else a quiet city of clumped cases shows clusters at p = 0.001.
    Draws stop early once 20 beat the observed: p is then their share (Besag and Clifford 1991, Biometrika 78).
    Kulldorff et al. 2005, PLoS Med 2(3).
    """
    rng = np.random.default_rng(seed)
    found = [c for j in range(counts.shape[2]) if (c := _category(counts[:, :, j].astype(np.int64), near, j, rng, draws, least))]
    adjusted = benjamini_hochberg(np.array([c.pvalue for c in found]))
    return sorted((c._replace(adjusted=float(a)) for c, a in zip(found, adjusted, strict=True)), key=lambda c: (c.adjusted, -c.ratio))


def _category(y: NDArray[np.int64], near: NDArray[np.intp], j: int, rng: np.random.Generator, draws: int, least: int) -> Cluster | None:
    total, longest = int(y.sum()), min(LONGEST, len(y) - 1)
    recent = y[-longest:][::-1].sum(axis=1)  # cases of the last week, the one before …
    if total < least or not recent.any():
        return None
    expected = _cylinders(y.sum(axis=0)[None, None], near)[0] * (np.cumsum(recent) / total)[:, None, None]
    likelihood = _Likelihood(expected, total, least)
    observed = _cylinders(np.cumsum(y[-longest:][::-1], axis=0)[None], near)
    best = likelihood(observed)[0]
    where = int(np.argmax(best))
    if best.ravel()[where] <= 0:
        return None
    beaten, made = 0, 0
    phi = _dispersion(y[:-longest], y.sum(axis=0) / total)
    homes = np.repeat(np.arange(y.shape[1]), y.sum(axis=0))
    while made < draws and beaten < ENOUGH:
        part = min(BATCH, draws - made)
        table = _clumped(rng, y.sum(axis=0) / total, recent, phi, part) if phi > 1.02 else _shuffled(rng, homes, recent, y.shape[1], part)
        maxima = likelihood(_cylinders(table, near)).reshape(part, -1).max(axis=1)
        beaten, made = beaten + int((maxima >= best.ravel()[where]).sum()), made + part
    lag, town, reach = np.unravel_index(where, best.shape)
    pvalue = beaten / made if beaten >= ENOUGH else (beaten + 1) / (made + 1)
    count, mean = int(observed[0, lag, town, reach]), float(expected[lag, town, reach])
    towns = tuple(int(i) for i in near[town, : reach + 1])
    return Cluster(j, towns, int(lag) + 1, count, mean, float(best.ravel()[where]), float(pvalue), float("nan"))


def _cylinders(cumulated: NDArray[np.int64], near: NDArray[np.intp]) -> NDArray[np.int32]:
    """… × weeks × places summed over the 1 … K nearest: … × weeks × I × K."""
    return np.cumsum(cumulated.astype(np.int32)[..., near], axis=-1, dtype=np.int32)


def _shuffled(rng: np.random.Generator, homes: NDArray[np.intp], recent: NDArray[np.int64], places: int, draws: int) -> NDArray[np.int64]:
    """Cases of the last weeks put to places drawn without return; draws × weeks × I, cumulated over weeks."""
    drawn = rng.permuted(np.broadcast_to(homes, (draws, len(homes))), axis=1)[:, : int(recent.sum())]
    lag = np.repeat(np.arange(len(recent)), recent)
    cell = (np.arange(draws)[:, None] * len(recent) + lag) * places + drawn
    table = np.bincount(cell.ravel(), minlength=draws * len(recent) * places).reshape(draws, len(recent), places)
    return np.cumsum(table, axis=1)


def _dispersion(before: NDArray[np.int64], share: Array) -> float:
    if len(before) < 13:
        return 1.0
    mean = before.sum(axis=1)[:, None] * share
    return float(max(((before - mean) ** 2).sum() / max(mean.sum(), 1e-12), 1.0))


def _clumped(rng: np.random.Generator, share: Array, recent: NDArray[np.int64], phi: float, draws: int) -> NDArray[np.int64]:
    """As `_shuffled`, with the places' shares of each week scattered so that a cell's variance is φ times its mean."""
    shape = np.maximum(recent[:, None] * share / (phi - 1), 1e-9)
    rates = rng.gamma(np.broadcast_to(shape, (draws, *shape.shape))) + 1e-12
    return np.asarray(np.cumsum(rng.multinomial(recent, rates / rates.sum(axis=-1, keepdims=True)), axis=1))


class _Likelihood:
    """c·log(c/μ) + (N−c)·log((N−c)/(N−μ)) where c is above μ, with all that does not change between draws made once."""

    def __init__(self, expected: Array, total: int, least: int) -> None:
        from scipy.special import xlogy  # late: it takes memory that what only brings rows in has no use for

        c = np.arange(total + 1, dtype=float)
        self._own = (xlogy(c, c) + xlogy(total - c, total - c)).astype(np.float32)
        self._own -= self._own[0]
        inside = (expected > 0) & (expected < total)
        mean = np.where(inside, expected, total / 2)
        self._slope = (np.log(mean) - np.log(total - mean)).astype(np.float32)
        self._start = (total * (np.log(total) - np.log(total - mean))).astype(np.float32)
        self._above = np.where(inside, np.maximum(expected, least - 0.5), np.inf).astype(np.float32)
        self._most = int(total * SHARE)

    def __call__(self, counts: NDArray[np.int32]) -> NDArray[np.float32]:
        ratio = self._own[counts]
        ratio -= counts * self._slope
        ratio += self._start
        ratio[(counts <= self._above) | (counts > self._most)] = 0
        return ratio
