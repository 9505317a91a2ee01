"""Candidates for targeted remediation (挂牌整治), by the city's three criteria: growing, frequent, badly handled."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.tails import quantile

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Rules:
    """What makes a candidate."""

    funnel: float = 0.998  # two-sided: 1 in 1,000 above
    windows: int = 3  # looked back for "repeated"
    repeated: int = 2  # of these above the limit, the last one among them
    least: int = 10  # cases in the last window
    decided: int = 10  # matters behind a share
    criteria: int = 2  # that must hold


COLUMNS = ("counts", "expected", "growing", "growth", "overdue", "open", "unresolved", "decided", "acted", "acted_high")


def candidates(units: pd.DataFrame, rules: Rules | None = None) -> pd.DataFrame:
    """Which areas or trades meet which criteria, with the figures.

    units: one row an area × category or a trade. counts, expected: lists of the last windows, oldest first (cases, and cases at the
    city's rate: exposure × rate; > 0); growing: flagged by analysis.trending; growth: change a period; overdue of open; unresolved of
    decided; acted: a letter or an earlier listing ended before the last window; acted_high: upper limit of after ÷ expected since then
    (below 1: it fell; NaN: unknown). Other columns are kept.
    Adds rate (empirical-Bayes, 1 = the city), limit (of the funnel, same scale), windows_above, frequent, overdue_share, overdue_limit,
    unresolved_share, unresolved_limit, unmoved, badly, met (how many of the three), candidate. Sorted by met, then by rate ÷ limit.
    ValueError if a column is missing. Funnels: Spiegelhalter 2005, Stat Med 24; rates: Marshall 1991, JRSS C 40.
    """
    rules = rules or Rules()
    if missing := [c for c in COLUMNS if c not in units]:
        raise ValueError(f"missing: {', '.join(missing)}")
    out = units.reset_index(drop=True).copy()
    if not len(out):
        return out.assign(**{name: [] for name in ("rate", "limit", "frequent", "unmoved", "badly", "met", "candidate")})
    _frequent(out, rules)
    _badly(out, rules)
    out["met"] = out[["growing", "frequent", "badly"]].astype(int).sum(axis=1)
    out["candidate"] = (out["met"] >= rules.criteria) & (out["last"] >= rules.least)
    order = np.lexsort((-(out["rate"] / out["limit"]), -out["met"]))
    return out.iloc[order].drop(columns="last").reset_index(drop=True)


def _frequent(out: pd.DataFrame, rules: Rules) -> None:
    counts, expected = (np.stack([np.asarray(v, dtype=float)[-rules.windows :] for v in out[name]]) for name in ("counts", "expected"))
    upper = 1 - (1 - rules.funnel) / 2
    rates, limits = np.empty_like(counts), np.empty_like(counts)
    for w in range(counts.shape[1]):
        a, b = _prior(counts[:, w], expected[:, w])
        rates[:, w] = (a + counts[:, w]) / (b + expected[:, w])
        limits[:, w] = quantile(upper, expected[:, w], _scatter(counts[:, w], expected[:, w])) / expected[:, w]
    above = rates > limits
    out["rate"], out["limit"], out["last"] = rates[:, -1], limits[:, -1], counts[:, -1]
    out["windows_above"] = above.sum(axis=1)
    out["frequent"] = above[:, -1] & (above.sum(axis=1) >= rules.repeated)


def _prior(counts: Array, expected: Array) -> tuple[float, float]:
    """Shape and rate of the places' common law; moments weighted by the expected, so that places with next to nobody do not decide it."""
    mean = max(counts.sum() / expected.sum(), 1e-12)
    spread = float((expected * (counts / expected - mean) ** 2).sum() / expected.sum())
    between = max(spread - mean / expected.mean(), 1e-3 * mean**2)
    return mean**2 / between, mean / between


def _scatter(counts: Array, expected: Array) -> Array:
    """Variance over mean of the middle of the funnel: the outer tenths are pulled in, so that the bad ones do not widen it."""
    z = (counts - expected) / np.sqrt(expected)
    low, high = np.quantile(z, [0.1, 0.9])
    return np.full(len(z), max(float(np.mean(np.clip(z, low, high) ** 2)), 1.0))


def _badly(out: pd.DataFrame, rules: Rules) -> None:
    out["unmoved"] = out["acted"].astype(bool) & (out["acted_high"].fillna(0.0) >= 1)
    bad = out["unmoved"].to_numpy(dtype=bool, copy=True)
    for part, whole in (("overdue", "open"), ("unresolved", "decided")):
        x, n = out[part].to_numpy(dtype=float), out[whole].to_numpy(dtype=float)
        share = x.sum() / n.sum() if n.sum() else 0.0
        limit = _share_limit(n, share, 1 - (1 - rules.funnel) / 2)
        with np.errstate(invalid="ignore", divide="ignore"):
            out[f"{part}_share"] = np.where(n > 0, x / n, np.nan)
        out[f"{part}_limit"] = limit
        bad |= (n >= rules.decided) & (x > np.round(limit * n))
    out["badly"] = bad


def _share_limit(n: Array, share: float, level: float) -> Array:
    """The least share of n whose binomial distribution function at the city's share reaches the level; NaN for n = 0."""
    from scipy.special import bdtrc  # late: it takes memory that what only brings rows in has no use for

    size = np.maximum(n, 1)
    low, high = np.full(n.shape, -1.0), size.copy()
    for _ in range(int(np.ceil(np.log2(size.max() + 1))) + 1):
        middle = np.floor((low + high) / 2)
        reached = np.where(middle < 0, False, bdtrc(np.maximum(middle, 0), size.astype(int), share) <= 1 - level)
        step = high - low > 1
        high, low = np.where(step & reached, middle, high), np.where(step & ~reached, middle, low)
    return np.where(n > 0, high / size, np.nan)
