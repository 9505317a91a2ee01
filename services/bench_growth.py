"""Growth over months and the effect of listings where the truth is known: part of `yizhan bench alarms`."""

from __future__ import annotations

from typing import Any

import numpy as np

from analysis.remedy import remedy
from analysis.simulate import growth, listings
from analysis.trending import trending


def growing(seeds: int) -> dict[str, Any]:
    """Cells flagged in one run over 5,256 series of six months with 25 planted growths of 50 % a month, beside three rises in a row."""
    ours: list[tuple[int, int, int]] = []
    plain: list[tuple[int, int, int]] = []
    for seed in range(1, seeds + 1):
        made = growth(seed)
        found = trending(made.counts, np.ones(len(made.counts)))
        for flags, kept in ((found.flagged, ours), (found.three_rises & (found.total >= 6), plain)):
            kept.append((int((flags & ~made.hit).sum()), int((flags & made.hit).sum()), int(made.hit.sum())))
    return {**_summed(ours), "three_rises": _summed(plain)}


def _summed(runs: list[tuple[int, int, int]]) -> dict[str, float]:
    false, right, planted = (sum(column) for column in zip(*runs, strict=True))
    return {"false": round(false / len(runs), 2), "fdp": round(false / max(false + right, 1), 3), "power": round(right / planted, 3)}


def remedies(seeds: int) -> dict[str, Any]:
    """Verdicts on ten listed risers of each city, with nothing done and with their rates cut by 40 and 60 %.

    fell, rose: share of these verdicts; covered: share of intervals that hold the truth; naive_fell: share whose rate after the listing
    lies below that of the four weeks before it, which a plain comparison calls a success.
    """
    return {name: _judged(act, seeds) for name, act in (("nothing_done", 1.0), ("fell_by_40", 0.6), ("fell_by_60", 0.4))}


def _judged(act: float, seeds: int) -> dict[str, float]:
    rows = []
    for seed in range(1, seeds + 1):
        made = listings(seed, act)
        for place in made.worst:
            found = remedy(made.counts, np.arange(made.counts.shape[1]) == place, made.start)
            low, high = found.ratio.low or 0.0, found.ratio.high or np.inf
            bad = made.counts[made.start - 4 : made.start, place].mean()
            rows.append((found.verdict == "fell", found.verdict == "rose", low <= act <= high, made.counts[made.start :, place].mean() < bad))
    columns = np.array(rows, dtype=float)
    return {name: round(float(columns[:, i].mean()), 3) for i, name in enumerate(("fell", "rose", "covered", "naive_fell"))}
