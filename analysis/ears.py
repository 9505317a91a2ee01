"""The three early-aberration rules C1, C2 and C3 for short histories."""

from __future__ import annotations

from typing import Literal, NamedTuple

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray
from scipy.special import ndtri

Array = NDArray[np.float64]


class Ears(NamedTuple):
    """In the shape of the counts: upper bound (counts; NaN in the first periods), and whether the count is above it."""

    upper: Array
    alarm: NDArray[np.bool_]


def ears(
    counts: Array, method: Literal["C1", "C2", "C3"] = "C1", alpha: float | None = None, baseline: int = 7, min_sigma: float = 0.0
) -> Ears:
    """Compare each count with the mean and standard deviation of the `baseline` periods before it (C2 and C3: two periods earlier).

    counts: T × S or T, one row a period. alpha: one-sided level (0.001 if left out, for C3 0.025). min_sigma: the least standard
    deviation, in counts. C3's bound is the count plus what its two predecessors leave of the level: it alarms when what these had
    above one deviation exceeds it, and is NaN where their deviation was 0. So does the R package surveillance 1.20, which the field
    compares with. ValueError if the baseline has fewer than 2 periods or nothing is left to judge.
    Hutwagner et al. 2003, J Urban Health 80 (2 suppl 1); Fricker, Hegler and Dunfee 2008, Stat Med 27.
    """
    y = np.asarray(counts, dtype=float)
    lag = 0 if method == "C1" else 2
    start = baseline + lag
    if baseline < 2 or len(y) <= start + (2 if method == "C3" else 0):
        raise ValueError(f"{method} needs at least 2 baseline periods and more than {start} periods in all")
    quantile = float(ndtri(1 - ((0.025 if method == "C3" else 0.001) if alpha is None else alpha)))
    windows = sliding_window_view(y, baseline, axis=0)[: len(y) - start]
    mean, sigma = windows.mean(axis=-1), np.maximum(windows.std(axis=-1, ddof=1), min_sigma)
    upper = np.full(y.shape, np.nan)
    upper[start:] = mean + quantile * sigma
    if method == "C3":
        with np.errstate(invalid="ignore", divide="ignore"):
            excess = np.maximum((y[start:] - mean) / sigma - 1, 0.0)  # 0 / 0 says nothing and stays NaN
        upper[start : start + 2] = np.nan
        upper[start + 2 :] = np.maximum(y[start + 2 :] + sigma[2:] * (quantile - excess[1:-1] - excess[:-2]), 0.0)
    return Ears(upper, y > upper)
