"""Breaks between the five classes of a map: natural breaks or quantiles by mapclassify, rounded as far as the picture bears it."""

from __future__ import annotations

import itertools
import math
import warnings
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
CLASSES = 5
KEPT = 0.97  # of the fit (goodness of absolute deviation) that rounding has to leave
SMALLEST = 0.02  # of the areas, in each class


class Natural(NamedTuple):
    """Values of the areas and breaks found in them, by method (fisher_jenks, quantiles); for rounding at any scale."""

    values: Array
    found: dict[str, Array]


def natural(values: Sequence[float]) -> Natural | None:
    """Breaks as they lie in the values; None where there are not ten different ones. Fisher 1958; Jenks 1977; mapclassify."""
    given = np.asarray(values, dtype=float)
    if len(np.unique(given)) < 2 * CLASSES:
        return None
    import mapclassify  # seconds (it brings scikit-learn): for the worker, never for a web process

    methods = {"fisher_jenks": mapclassify.FisherJenks, "quantiles": mapclassify.Quantiles}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # that numba is missing: two hundred areas do not need it
        found = {name: _between(given, method(given, k=CLASSES).bins[:-1]) for name, method in methods.items()}
    return Natural(given, {name: breaks for name, breaks in found.items() if len(breaks) == CLASSES - 1})  # many equal values: fewer


def _between(values: Array, highest: Sequence[float]) -> Array:
    """Breaks half way from the highest value of each class to the next one; none above the greatest of all, which many areas may share."""
    return np.asarray([(float(h) + float(values[values > h].min())) / 2 for h in highest if h < values.max()])


def rounded(n: Natural, share: float, least: float) -> tuple[tuple[float, ...], str] | None:
    """Breaks for the values times `share`, as round as they can be, none finer than `least`; and the method they come from.

    Of each method the roundest breaks that keep KEPT of its fit with SMALLEST of the areas in every class; of the methods the better fit.
    None where nothing that round tells the areas apart (counts of a week in small places).
    """
    values, best = n.values * share, None
    for name, found in n.found.items():
        whole = fit(values, found * share)
        for breaks in _round(found * share, least):
            kept = fit(values, np.asarray(breaks))
            if kept >= KEPT * whole and _sizes(values, breaks).min() >= max(1, SMALLEST * len(values)):
                if best is None or kept > best[0]:
                    best = (kept, breaks, name)
                break
    return None if best is None else (best[1], best[2])


def _round(breaks: Array, least: float) -> Iterator[tuple[float, ...]]:
    """The breaks as multiples of one step (1, 2, 2.5 or 5 × 10ⁿ), coarse steps first, where they stay apart."""
    power = math.ceil(math.log10(max(float(np.ptp(breaks)), least)))
    steps = [m * 10.0**p for p in range(power, power - 6, -1) for m in (5, 2.5, 2, 1)]
    for step in steps:
        if step < least * 0.999 or (least >= 1 and step % 1):
            continue
        found = tuple(round(round(float(b) / step) * step, 9) for b in breaks)
        if found[0] > 0 and all(b > a for a, b in itertools.pairwise(found)):
            yield found


def _sizes(values: Array, breaks: Sequence[float]) -> NDArray[np.int64]:
    return np.bincount(np.searchsorted(np.asarray(breaks), values, side="right"), minlength=CLASSES)


def fit(values: Array, breaks: Array) -> float:
    """Goodness of absolute deviation fit: 1 − Σ|v − median of its class| ÷ Σ|v − median| (1 is perfect)."""
    classes = np.searchsorted(breaks, values, side="right")
    inner = sum(float(np.abs(part - np.median(part)).sum()) for part in (values[classes == k] for k in range(CLASSES)) if len(part))
    whole = float(np.abs(values - np.median(values)).sum())
    return float(1 - inner / whole) if whole else 1.0
