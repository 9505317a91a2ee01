"""Emerging among dense series (county × category): the sum of two weeks against trend, season and festival of up to ten years."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from analysis.glm import Array
from analysis.robust import robust
from analysis.tails import at_least, quantile


@dataclass(frozen=True)
class Rules:
    """How a week is judged."""

    history: int = 520  # weeks, when there are as many
    left_out: int = 10  # just before the week judged
    together: int = 2  # weeks summed: a burst seldom keeps to one
    harmonics: int = 2
    alpha: float = 0.0095  # one-sided
    reweight_above: float = 2.58
    cases: int = 5  # fewer in the last `recent` weeks, and nothing is said
    recent: int = 4
    year: float = 365.25 / 7  # weeks
    level: float = 0.95  # of the interval


class Judged(NamedTuple):
    """One week of S series; counts are sums of the last `together` weeks."""

    observed: Array
    expected: Array
    low: Array
    high: Array
    pvalue: Array  # NaN where too few cases let nothing be said
    alarm: NDArray[np.bool_]
    phi: Array


def dense(counts: Array, week: int, festival: NDArray[np.intp] | None = None, rules: Rules | None = None) -> Judged:
    """Judge the last weeks up to row `week` of every series.

    counts: T × S, weekly, ≥ 0. festival: T, weeks from Spring Festival (any number outside −2 … +4 when far); each of its weeks gets a
    level when the history holds it. ValueError with less than two years of history.
    After Noufaily et al. 2013, Stat Med 32: their weights and threshold, with harmonics for season levels, the error of the expected
    count in the variance, and two weeks judged together. Beats it at the same share of false alarms (docs/benchmarks.md).
    """
    rules = rules or Rules()
    rows = np.arange(max(0, week - rules.history), week - rules.left_out)
    if len(rows) < 104 - rules.left_out:
        raise ValueError("less than two years of history")
    now = np.arange(week - rules.together + 1, week + 1)
    design = _design(np.concatenate([rows, now]), week, festival, rules, len(rows))
    fit, phi, slack = robust(design[: len(rows)], counts[rows].T.astype(float), rules.reweight_above)
    each = np.exp(np.clip(fit.beta @ design[len(rows) :].T, -50, 50))
    mean, count = each.sum(axis=1), counts[now].sum(axis=0).astype(float)
    middle = (each[:, :, None] * design[len(rows) :]).sum(axis=1) / mean[:, None]  # gradient of log Σ exp
    error = np.einsum("si,sij,sj->s", middle, fit.covariance, middle) * slack
    ratio = phi + mean * error
    enough = counts[max(0, week - rules.recent + 1) : week + 1].sum(axis=0) >= rules.cases
    pvalue = np.where(enough, at_least(count, mean, ratio), np.nan)
    tail = (1 - rules.level) / 2
    return Judged(count, mean, quantile(tail, mean, ratio), quantile(1 - tail, mean, ratio), pvalue, pvalue < rules.alpha, phi)


def _design(rows: NDArray[np.intp], week: int, festival: NDArray[np.intp] | None, rules: Rules, past: int) -> Array:
    angle = 2 * np.pi * rows / rules.year
    columns = [np.ones(len(rows)), (rows - week) / rules.year]
    columns += [f(j * angle) for j in range(1, rules.harmonics + 1) for f in (np.cos, np.sin)]
    if festival is not None:
        columns += [level for gap in range(-2, 5) if (level := (festival[rows] == gap).astype(float))[:past].sum() >= 2]
    return np.column_stack(columns)
