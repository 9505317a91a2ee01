"""Funnel limits against the binomial law itself."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binom

from analysis.funnel import INNER, OUTER, judge, limits, scattered


def test_verdicts_are_the_exact_tails_of_the_binomial_law() -> None:
    rng = np.random.default_rng(7)
    n = rng.integers(1, 300, 2_000)
    x = rng.binomial(n, np.where(np.arange(2_000) % 50 == 0, 0.8, 0.95))
    found = judge(x, n)
    assert found.share == pytest.approx(x.sum() / n.sum())
    p, expected = found.share, np.zeros(2_000, dtype=int)
    if found.scatter == 1.0:
        for level in (INNER, OUTER):
            tail = (1 - level) / 2
            expected += (binom.sf(x - 1, n, p) < tail).astype(int) - (binom.cdf(x, n, p) < tail).astype(int)
        assert list(found.verdicts) == list(expected)
    planted, others = np.array(found.verdicts)[::50], np.delete(np.array(found.verdicts), np.s_[::50])
    assert (planted[n[::50] > 100] == -2).mean() > 0.9 and (np.abs(others) == 2).mean() < 0.008


def test_small_units_are_beyond_no_limit_and_scatter_widens() -> None:
    low, high = limits(np.array([1.0, 3.0, 2_000.0]), 0.9, OUTER)
    assert list(low[:1]) == [0.0] and list(high[:2]) == [1.0, 1.0] and 0.87 < low[2] < 0.9 < high[2] < 0.93
    wide = limits(np.array([2_000.0]), 0.9, OUTER, 4.0)
    assert 0.9 - wide[0][0] == pytest.approx(2 * (0.9 - low[2]), rel=0.1)
    n = np.full(200, 400)
    even = np.random.default_rng(1).binomial(n, 0.9)
    uneven = np.random.default_rng(1).binomial(n, np.random.default_rng(2).uniform(0.8, 1.0, 200))
    assert scattered(even, n, 0.9) < 1.3 < 4 < scattered(uneven, n, 0.9)
    assert judge(np.zeros(3), np.zeros(3)).share is None and judge(np.zeros(3), np.zeros(3)).verdicts == (0, 0, 0)
