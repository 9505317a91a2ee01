"""Farrington's outbreak detection, of 1996 and as improved in 2013, over many series of one calendar together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri, stdtr

from analysis.glm import Array
from analysis.periods import base
from analysis.robust import robust
from analysis.tails import at_least, quantile


@dataclass(frozen=True)
class Control:
    """How a week is judged; the defaults are those of 2013."""

    weeks: Sequence[int] | None = None  # rows to judge; all that have a full history, if left out
    years: int = 5  # b, years of history
    half_window: int = 3  # w, weeks on either side of the same week
    periods: int = 10  # seasonal levels; 1: only the windows around the same week are used
    weeks_left_out: int = 26  # just before the week judged
    alpha: float = 0.01  # one-sided
    reweight_above: float = 2.58  # Anscombe residuals above this lose weight
    trend_level: float = 1.0  # the trend is kept when its test is below this
    threshold: Literal["delta", "nb", "muan"] = "nb"
    cases: int = 5  # fewer in the last `recent` weeks, and nothing is said
    recent: int = 4
    year: int = 52  # weeks a year, where the calendar is only counted


FARRINGTON_1996 = Control(periods=1, weeks_left_out=3, reweight_above=1.0, trend_level=0.05, threshold="delta")
NOUFAILY_2013 = Control()


class Judged(NamedTuple):
    """One row a judged week, one column a series; NaN where too few cases let nothing be said (phi and coefficients stay)."""

    weeks: NDArray[np.intp]
    upper: Array  # counts
    expected: Array  # counts
    phi: Array
    trend: NDArray[np.bool_]
    trend_coef: Array  # per week, NaN without a trend
    pvalue: Array
    score: Array
    alarm: NDArray[np.bool_]


def farrington_flexible(counts: Array, dates: NDArray[np.datetime64] | None = None, control: Control = NOUFAILY_2013) -> Judged:
    """Judge weeks of many series against the years before.

    counts: T × S (or T), weekly, ≥ 0. dates: T Mondays (or any one weekday); without them a year is control.year rows. Returns
    arrays of judged weeks × S. ValueError if a week asked for has no full history.
    Farrington et al. 1996, JRSS A 159; Noufaily et al. 2013, Stat Med 32; Salmon, Schumacher and Höhle 2016, J Stat Softw 70(10).
    """
    y = np.asarray(counts, dtype=float)
    y = y[:, None] if y.ndim == 1 else y
    first = control.years * 53 + control.half_window if dates is not None else control.years * control.year + control.half_window
    weeks = np.asarray(list(control.weeks) if control.weeks is not None else range(first, len(y)), dtype=np.intp)
    rows = [_week(y, int(k), dates, control) for k in weeks]
    return Judged(weeks, *(np.stack(column) for column in zip(*rows, strict=True)))


def _week(y: Array, k: int, dates: NDArray[np.datetime64] | None, control: Control) -> tuple[NDArray[np.generic], ...]:
    rows, groups = base(k, dates, control.years, control.half_window, control.periods, control.weeks_left_out, control.year)
    past, now = y[rows].T, y[k]
    series = len(past)
    dummies = [(groups == g).astype(float) for g in np.unique(groups) if g]
    design = np.column_stack([np.ones(len(rows)), rows - float(k), *dummies])
    here = np.zeros(design.shape[1])
    here[0] = 1.0
    fit, phi, slack = robust(design, past, control.reweight_above)
    mean, variance, slope = np.exp(np.minimum(fit.beta[:, 0], 300)), fit.spread(here) * slack, fit.beta[:, 1].copy()
    keep = mean <= past.max(axis=1)
    if control.trend_level < 1:
        keep &= _student(slope / np.sqrt(fit.covariance[:, 1, 1] * slack), len(rows) - design.shape[1]) < control.trend_level
    drop = np.flatnonzero(~keep)
    if drop.size:
        flat, phi[drop], loose = robust(np.delete(design, 1, axis=1), past[drop], control.reweight_above)
        mean[drop], variance[drop], slope[drop] = np.exp(flat.beta[:, 0]), flat.spread(np.delete(here, 1)) * loose, np.nan
    upper, pvalue = _threshold(now, mean, variance, phi, control)
    enough = y[max(k - control.recent + 1, 0) : k + 1].sum(axis=0) >= control.cases
    with np.errstate(invalid="ignore", divide="ignore"):
        score = (now - mean) / (upper - mean)
    nothing = np.full(series, np.nan)
    bound = np.where(enough, upper, nothing)
    return bound, np.where(enough, mean, nothing), phi, keep, slope, pvalue, score, now > np.where(enough, upper, np.inf)


def _student(t: Array, free: int) -> Array:
    return np.asarray(2 * stdtr(free, -np.abs(t)))


def _threshold(now: Array, mean: Array, variance: Array, phi: Array, control: Control) -> tuple[Array, Array]:
    """Upper bound and P(a count at least as large)."""
    z = float(ndtri(1 - control.alpha))
    if control.threshold == "delta":
        error = np.sqrt(4 / 9 * mean ** (1 / 3) * (phi + mean * variance))
        return np.maximum(mean ** (2 / 3) + z * error, 0) ** 1.5, ndtr(-(now ** (2 / 3) - mean ** (2 / 3)) / error)
    centre = mean if control.threshold == "nb" else mean * np.exp(z * np.sqrt(variance))
    return quantile(1 - control.alpha, centre, phi), at_least(now, centre, phi)
