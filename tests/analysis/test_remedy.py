"""The effect of remediation in worlds whose truth is known, and the candidates that lead to it."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binom

from analysis.candidates import Rules, candidates
from analysis.remedy import difference, remedy
from analysis.simulate import listings

WEEKS, AFTER, TOWNS = 130, 26, 219


def judged(act: float, seeds: range) -> tuple[Counter[str], float, list[float]]:
    verdicts, covered, naive = Counter[str](), [], []
    for seed in seeds:
        counts, worst, start = listings(seed, act)
        naive.append(counts[start:, worst].mean() / counts[start - 4 : start, worst].mean())
        for place in worst:
            found = remedy(counts, np.arange(TOWNS) == place, start)
            verdicts[found.verdict] += 1
            assert found.ratio.low is not None and found.ratio.high is not None
            covered.append(found.ratio.low <= act <= found.ratio.high)
    return verdicts, float(np.mean(covered)), naive


def test_nothing_done_is_not_called_a_success() -> None:
    """Against the four bad weeks that led to the listing everyone falls by a fifth and more; the verdict is not taken in."""
    verdicts, covered, naive = judged(1.0, range(4))
    assert np.mean(naive) < 0.8
    assert verdicts["fell"] <= 2 and verdicts["rose"] <= 2 and verdicts["unchanged"] >= 25
    assert covered >= 0.9


def test_a_true_fall_is_seen_and_its_size_covered() -> None:
    verdicts, covered, _ = judged(0.4, range(2))
    assert verdicts["fell"] >= 14 and verdicts["rose"] == 0 and covered >= 0.85


def test_many_places_together_say_it_sharply_and_placebos_agree() -> None:
    counts, worst, start = listings(9, 0.6)
    found = remedy(counts, np.isin(np.arange(TOWNS), worst), start)
    assert found.verdict == "fell" and found.ratio.high is not None and found.ratio.high < 0.85
    assert found.placebo_areas is not None and found.placebo_areas < 0.02 and found.placebo_dates is not None and found.placebo_dates <= 0.2
    assert found.smallest is not None and found.smallest < 0.3
    assert not set(found.matched) & set(worst.tolist())
    assert found.before == counts[:start, worst].sum() and found.after == counts[start:, worst].sum()


def test_cases_that_move_next_door_are_shown() -> None:
    counts, worst, start = listings(5, 0.3)
    place = int(worst[np.argmax(counts[:start, worst].sum(axis=0))])
    near = np.zeros(TOWNS, dtype=bool)
    near[[i for i in range(TOWNS) if i not in worst][:4]] = True
    counts[start:, near] += np.random.default_rng(1).poisson(1.5, (AFTER, 4))
    found = remedy(counts, np.arange(TOWNS) == place, start, near)
    assert found.displaced is not None and found.displaced.low is not None and found.displaced.low > 1
    assert not near[list(found.matched)].any()


def test_too_few_to_tell_is_said() -> None:
    counts = np.random.default_rng(2).poisson(0.05, (WEEKS, TOWNS)).astype(float)
    assert remedy(counts, np.arange(TOWNS) == 3, WEEKS - AFTER).verdict == "few"
    with pytest.raises(ValueError, match="before and after"):
        remedy(counts, np.arange(TOWNS) == 3, 0)


def test_the_difference_is_the_conditional_binomial_one() -> None:
    """With a very large comparison the limits are Clopper and Pearson's."""
    found = difference(30, 12, 4e9, 4e9)
    assert found.value == pytest.approx(0.4)
    assert found.low is not None and found.high is not None
    for limit, tail in ((found.low, binom.sf(11, 42, found.low / (1 + found.low))), (found.high, binom.cdf(12, 42, found.high / (1 + found.high)))):
        assert tail == pytest.approx(0.025, rel=1e-3), limit
    assert difference(0, 3, 10, 10).value is None
    assert difference(30, 0, 100, 100).low == 0


def units(**changes: object) -> pd.DataFrame:
    rng = np.random.default_rng(8)
    counts = rng.poisson(20, (40, 3))
    frame = pd.DataFrame({
        "unit": range(40), "counts": list(counts), "expected": [[20.0] * 3] * 40, "growing": False, "growth": 0.0, "overdue": 2, "open": 20,
        "unresolved": 3, "decided": 60, "acted": False, "acted_high": np.nan,
    })  # fmt: skip
    for name, value in changes.items():
        frame.at[0, name] = value
    return frame


def test_an_ordinary_city_has_no_candidates() -> None:
    found = candidates(units())
    assert not found["candidate"].any() and found["met"].sum() == 0 and len(found) == 40


@pytest.mark.parametrize(
    ("changes", "criteria"),
    [
        ({"counts": [22, 50, 60], "growing": True}, {"growing", "frequent"}),
        ({"counts": [22, 20, 60]}, set()),  # once is not repeated
        ({"counts": [50, 60, 20]}, set()),  # was, and is no more
        ({"overdue": 15, "growing": True}, {"growing", "badly"}),
        ({"unresolved": 40}, {"badly"}),
        ({"acted": True, "acted_high": 1.2}, {"badly"}),
        ({"acted": True, "acted_high": 0.8}, set()),
    ],
)
def test_each_criterion_says_whether_it_holds(changes: dict[str, object], criteria: set[str]) -> None:
    row = candidates(units(**changes)).set_index("unit").loc[0]
    assert {c for c in ("growing", "frequent", "badly") if row[c]} == criteria
    assert row["met"] == len(criteria) and bool(row["candidate"]) == (len(criteria) >= Rules().criteria)


def test_the_funnel_is_the_binomial_one_and_columns_are_asked_for() -> None:
    found = candidates(units())
    share = found["overdue"].sum() / found["open"].sum()
    assert found["overdue_limit"].iloc[0] * 20 == binom.ppf(0.999, 20, share)
    with pytest.raises(ValueError, match="acted"):
        candidates(units().drop(columns="acted"))
    assert candidates(units().iloc[:0]).empty
