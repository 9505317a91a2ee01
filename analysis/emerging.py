"""What grows this week (苗头性): every township × category against its own past, pooled over townships."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.glm import Array, poisson
from analysis.shrink import gamma_prior
from analysis.tails import at_least, benjamini_hochberg, quantile

FESTIVAL = range(-2, 5)


@dataclass(frozen=True)
class Rules:
    """How a week is judged."""

    seasons: int = 260  # weeks for trend and season, when there are as many
    rates: int = 104  # weeks for each township's rate
    left_out: int = 4  # just before the week
    together: int = 1  # weeks summed up to the one judged: at most left_out + 1
    discoveries: float = 0.05  # false ones among the flagged; at 0.10 false alarms are three times as many for a fifth more found
    least: int = 3  # cases
    watch: int = 20  # unconfirmed ones, at most
    watch_p: float = 0.01
    level: float = 0.95  # of the interval


class Emerging(NamedTuple):
    """Township × category, for one week."""

    observed: Array
    expected: Array
    low: Array
    high: Array  # counts: the interval in which a usual week falls
    pvalue: Array
    adjusted: Array
    flagged: NDArray[np.bool_]
    watched: NDArray[np.bool_]
    phi: Array  # one a category


def emerging(
    counts: Array, week: int, festival: NDArray[np.intp], rules: Rules | None = None, complete: float | Array = 1.0,
    known: NDArray[np.bool_] | None = None,
) -> Emerging:
    """Judge one week, or the sum of the last rules.together, of every township and category.

    counts: T × I × J, weekly. festival: T, weeks from Spring Festival (any number outside −2 … +4 when far). complete: the share of the
    week's cases that is known by now (one figure, or one a category; from analysis.delay). known: T × J (or T), False where the feed was
    silent: such weeks teach nothing, and judge nothing. Flagged: Benjamini–Hochberg over all cells, and at least rules.least cases.
    ValueError with less than a year of history.
    Gamma–Poisson shrinkage: Clayton and Kaldor 1987, Biometrics 43; quasi-likelihood totals: Farrington et al. 1996, JRSS A 159.
    """
    rules = rules or Rules()
    if week - rules.left_out < 52:
        raise ValueError("less than a year of history")
    heard = np.ones((len(counts), counts.shape[2]), dtype=bool) if known is None else np.broadcast_to(known.T, counts.shape[2:] + known.shape[:1]).T
    past = np.arange(max(0, week - rules.left_out - rules.seasons), week - rules.left_out)
    totals = counts[past].sum(axis=1).T
    now = np.arange(week - rules.together + 1, week + 1)
    city = _city(totals, past, now, festival, heard)  # J × (past + now)
    recent, ahead = slice(max(0, len(past) - rules.rates), len(past)), city[:, len(past) :].sum(axis=1)
    mean_past = np.where(heard[past[recent]].T, city[:, recent], 0.0)
    seen = np.where(heard[past[recent]][:, None, :], counts[past[recent]], 0.0)
    events, exposure = seen.sum(axis=0), mean_past.sum(axis=1)
    a, b = gamma_prior(events, exposure[None])
    rate = (a + events) / (b + exposure)
    phi = _dispersion(seen, rate, mean_past)
    mean = rate * ahead
    error = ahead**2 * (a + events) / (b + exposure) ** 2
    count, expected = counts[now].sum(axis=0).astype(float), mean * complete
    ratio = 1 + (phi - 1) * complete + error * complete**2 / np.maximum(expected, 1e-12)
    pvalue = np.where(np.asarray(heard[now].all(axis=0))[None, :], at_least(count, expected, ratio), np.nan)
    adjusted = benjamini_hochberg(pvalue)
    flagged = (adjusted <= rules.discoveries) & (count >= rules.least)
    tail = (1 - rules.level) / 2
    return Emerging(
        count, expected, quantile(tail, expected, ratio), quantile(1 - tail, expected, ratio), pvalue, adjusted, flagged,
        _watch(pvalue, flagged, count, rules), phi,
    )  # fmt: skip


def ranked(judged: Emerging, towns: Sequence[str], categories: Sequence[str]) -> pd.DataFrame:
    """The flagged and the watched cells, flagged first, then by p: columns town, category, observed, expected, low, high, pvalue,
    adjusted, confirmed (False: the watch list). towns, categories: names of the rows and columns of `judged`.
    """
    where = np.argwhere(judged.flagged | judged.watched)
    cell = tuple(where.T)
    out = pd.DataFrame({
        "town": [towns[i] for i, _ in where], "category": [categories[j] for _, j in where],
        **{name: getattr(judged, name)[cell] for name in ("observed", "expected", "low", "high", "pvalue", "adjusted")},
        "confirmed": judged.flagged[cell],
    })  # fmt: skip
    return out.sort_values(["confirmed", "pvalue"], ascending=[False, True], kind="stable").reset_index(drop=True)


def _city(totals: Array, past: NDArray[np.intp], now: NDArray[np.intp], festival: NDArray[np.intp], heard: NDArray[np.bool_]) -> Array:
    """Expected totals of each category for the past weeks and those judged: trend, two harmonics, Spring Festival."""
    rows, week, count = np.append(past, now), now[-1], len(past)
    angle = 2 * np.pi * rows / 52.1775
    columns = [np.ones(len(rows)), (rows - week) / 52.0]
    columns += [f(j * angle) for j in (1, 2) for f in (np.cos, np.sin)]
    columns += [(festival[rows] == gap).astype(float) for gap in FESTIVAL]
    design = np.column_stack([c for c in columns if c[:count].any()])
    prior = np.where(heard[past].T, 1.0, 1e-9)
    fit = poisson(design[:count], totals, prior=_calm(design[:count], totals, prior))
    # A season seen once, or a handful of cases, must not be carried on to nothing or to the skies.
    least, most = 0.2 * (prior * totals).sum(axis=1) / prior.sum(axis=1), 3 * totals.max(axis=1) + 3
    return np.asarray(np.clip(np.exp(np.clip(fit.beta @ design.T, -50, 50)), least[:, None], most[:, None]))


def _calm(design: Array, totals: Array, prior: Array) -> Array:
    """Weights that keep a past burst of the whole city from raising what is expected now (Noufaily's, above 2.58)."""
    fit = poisson(design, totals, prior=prior)
    phi = np.maximum((prior * (totals - fit.mean) ** 2 / fit.mean).sum(axis=1) / ((prior > 0.5).sum(axis=1) - design.shape[1]).clip(1), 1.0)
    residual = 1.5 * (totals ** (2 / 3) * fit.mean ** (-1 / 6) - np.sqrt(fit.mean)) / np.sqrt(phi)[:, None]
    return np.asarray(prior * np.where(residual > 2.58, (2.58 / np.maximum(residual, 2.58)) ** 2, 1.0))


def _dispersion(seen: Array, rate: Array, mean_past: Array) -> Array:
    """Σ(y−μ)²/Σμ · n/(n−1) over townships and weeks, at least 1: the ratio of sums holds the false discovery rate, Pearson's does not."""
    squares = np.einsum("tij,tij->j", seen, seen)
    cross = np.einsum("tij,jt,ij->j", seen, mean_past, rate, optimize=True)
    own = (mean_past**2).sum(axis=1) * (rate**2).sum(axis=0)
    total = np.maximum(mean_past.sum(axis=1) * rate.sum(axis=0), 1e-12)
    n = max(mean_past.shape[1], 2)
    return np.asarray(np.maximum((squares - 2 * cross + own) / total * n / (n - 1), 1.0))


def _watch(pvalue: Array, flagged: NDArray[np.bool_], count: Array, rules: Rules) -> NDArray[np.bool_]:
    """The next ones by p, called unconfirmed."""
    rest = np.where(flagged | (count < rules.least) | ~(pvalue < rules.watch_p), np.inf, pvalue).ravel()
    out = np.zeros(rest.shape, dtype=bool)
    best = np.argsort(rest, kind="stable")[: rules.watch]
    out[best[np.isfinite(rest[best])]] = True
    return out.reshape(pvalue.shape)
