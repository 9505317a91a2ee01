"""Farrington and EARS give the numbers of the reference implementation."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from analysis.ears import ears
from analysis.farrington import FARRINGTON_1996, NOUFAILY_2013, farrington_flexible
from tests.analysis import reference

CONTROLS = {"farr1996": FARRINGTON_1996, "noufaily_nbplugin": NOUFAILY_2013, "noufaily_muan": replace(NOUFAILY_2013, threshold="muan")}
MONDAYS = np.datetime64("2004-01-05") + 7 * np.arange(len(reference.NEWPORTDE))


@pytest.mark.parametrize("name", reference.FARRINGTON)
def test_farrington_equals_the_reference(name: str) -> None:
    data, _, method = name.partition("_")
    rows = np.array(reference.FARRINGTON[name])
    weeks = [int(t) - 1 for t in rows[:, 0]]
    counts = np.array(getattr(reference, data.upper()), dtype=float)
    dates = MONDAYS if data == "newportDE" else None
    judged = farrington_flexible(counts, dates, replace(CONTROLS[method], years=4, weeks=weeks))
    mine = np.stack([judged.upper, judged.expected, judged.phi, judged.trend_coef, judged.pvalue])[:, :, 0].T
    np.testing.assert_allclose(mine, rows[:, 1:], rtol=0, atol=1e-6)
    np.testing.assert_array_equal(judged.alarm[:, 0], counts[weeks] > rows[:, 1])


def test_series_do_not_disturb_each_other() -> None:
    """A series judged beside others, one of them without a case, is judged as when alone."""
    counts = np.array(reference.AGONA, dtype=float)
    control = replace(NOUFAILY_2013, years=4, weeks=[212, 260, 311])
    alone = farrington_flexible(counts, None, control)
    beside = farrington_flexible(np.column_stack([np.zeros(len(counts)), counts, counts * 3]), None, control)
    np.testing.assert_allclose(beside.upper[:, 1], alone.upper[:, 0], atol=1e-9)
    assert np.isnan(beside.upper[:, 0]).all() and not beside.alarm[:, 0].any()


def test_a_week_without_history_is_refused() -> None:
    with pytest.raises(ValueError, match="history"):
        farrington_flexible(np.ones(300), None, replace(NOUFAILY_2013, weeks=[200]))


@pytest.mark.parametrize(("method", "alpha"), [("C1", 0.001), ("C2", 0.001), ("C3", 0.025)])
def test_ears_equals_the_reference(method: str, alpha: float) -> None:
    rows = np.array(reference.EARS[method])
    judged = ears(np.array(reference.HEPATITISA), method, alpha)
    periods = rows[:, 0].astype(int) - 1
    np.testing.assert_allclose(judged.upper[periods], rows[:, 1], rtol=0, atol=1e-6)
    np.testing.assert_array_equal(judged.alarm[periods], rows[:, 2] == 1)
    assert np.isnan(judged.upper[:7]).all()


def test_ears_over_many_series_and_a_floor_for_the_deviation() -> None:
    flat = np.full((20, 3), 4.0)
    flat[15, 1] = 9
    judged = ears(flat, "C1", 0.01, min_sigma=0.5)
    assert judged.alarm.sum() == 1 and judged.alarm[15, 1]
    assert judged.upper[10, 0] == pytest.approx(4 + 0.5 * 2.3263478740408408)
    with pytest.raises(ValueError, match="baseline"):
        ears(flat[:8], "C3")
