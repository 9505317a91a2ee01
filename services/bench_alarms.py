"""How good the alarms are where the truth is known, beside the reference method and beside "+50 %" (`yizhan bench alarms`)."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.dense import Rules, dense
from analysis.emerging import emerging
from analysis.farrington import NOUFAILY_2013, farrington_flexible
from analysis.scan import neighbours, scan
from analysis.simulate import JUDGED, WEEKS, Panel, Series, Truth, noufaily, panel
from analysis.tails import benjamini_hochberg
from analysis.trending import trending
from services.bench_growth import growing, remedies

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]

SIZES = (3, 5, 10)
TRUTHS: tuple[Truth, ...] = ("plain", "quiet", "season", "wide", "boundary", "holiday", "outage")
LAST = 26  # weeks of the panel that are judged


@dataclass(frozen=True)
class Size:
    """How much is tried; the figures of docs/benchmarks.md are those of the defaults."""

    copies: int = 20  # of each of the 42 scenarios
    seeds: int = 6  # panels
    townships: int = 219
    truths: tuple[Truth, ...] = TRUTHS
    reference_weeks: int = 8  # in which Farrington runs on every cell: it takes seconds a week
    draws: int = 999  # of the scan


def alarms(size: Size | None = None) -> dict[str, Any]:
    """Noufaily's scenarios, the sparse panel with several truths, and the time for 5,256 series, with two other methods beside them.

    fpr: share of weeks without outbreak cases that alarm. pod: share of outbreaks with an alarm in a week of theirs, by size. ppv5: share
    of alarms that are right, at size 5. false_per_week, fdp, power: of flagged cells, over all weeks together. delay: weeks from the
    first case to the first alarm, of those found. seconds_5256: processor seconds of emerging and trending for one week.
    """
    size = size or Size()
    made = {k: noufaily(size.copies, k, seed=100 + k) for k in SIZES}
    out: dict[str, Any] = {"noufaily": _series(made, _ours)}
    plain = _cities(size, size.truths[0])
    out["panel"] = _cells(plain, _flags)
    out["seconds_5256"] = _seconds()
    out["seconds_scan"] = _scan_seconds(size.draws)
    out["truths"] = {truth: _cells(_cities(size, truth), _flags) for truth in size.truths[1:]}
    out["trending"], out["remedy"] = growing(size.seeds), remedies(size.seeds)
    out["reference"] = {"noufaily": _series(made, _farrington), "panel": _cells(plain[:1], _farrington_cells, size.reference_weeks)}
    out["plus_50"] = {"noufaily": _series(made, _plus_50), "panel": _cells(plain, _plus_50_cells)}
    return out


def _cities(size: Size, truth: Truth) -> list[Panel]:
    return [panel(seed, townships=size.townships, truth=truth) for seed in range(1, size.seeds + 1)]


def _ours(made: Series) -> Flags:
    rules = Rules(year=52)  # the scenarios' year
    return np.stack([dense(made.counts, week, rules=rules).alarm for week in range(WEEKS - JUDGED, WEEKS)])


def _farrington(made: Series) -> Flags:
    return np.asarray(farrington_flexible(made.counts, None, replace(NOUFAILY_2013, weeks=range(WEEKS - JUDGED, WEEKS))).alarm)


def _plus_50(made: Series) -> Flags:
    return np.stack([_grew(made.counts, week) for week in range(WEEKS - JUDGED, WEEKS)])


def _grew(counts: Array, week: int) -> Flags:
    now, before = counts[week - 3 : week + 1].sum(axis=0), counts[week - 7 : week - 3].sum(axis=0)
    return np.asarray((now >= 1.5 * before) & (now >= 3))


def _series(made: dict[int, Series], judge: Callable[[Series], Flags]) -> dict[str, Any]:
    scores = {k: _score(judge(m), m) for k, m in made.items()}
    return {
        "fpr": round(float(np.mean([s["fpr"] for s in scores.values()])), 4), "pod": {str(k): s["pod"] for k, s in scores.items()},
        "ppv5": scores[5]["ppv"], "delay5": scores[5]["delay"],
    }  # fmt: skip


def _score(alarm: Flags, made: Series) -> dict[str, float]:
    burst = made.outbreak[-JUDGED:] > 0
    has, right = np.asarray(burst.any(axis=0)), np.asarray(alarm & burst)
    found = np.asarray(right.any(axis=0))
    late = right.argmax(axis=0) - burst.argmax(axis=0)
    return {
        "fpr": float((alarm & ~burst).sum() / (~burst).sum()), "pod": round(float(found[has].mean()), 3),
        "ppv": round(float(right.sum() / max(alarm.sum(), 1)), 3), "delay": round(float(late[found].mean()) if found.any() else float("nan"), 2),
    }  # fmt: skip


def _flags(made: Panel, week: int) -> Flags:
    return emerging(made.counts, week, made.festival, known=None if made.cold is None else ~made.cold).flagged


def _plus_50_cells(made: Panel, week: int) -> Flags:
    return _grew(made.counts, week)


def _farrington_cells(made: Panel, week: int) -> Flags:
    """Farrington's method of 2013 on every cell, with false discoveries held at 10 %."""
    cells = made.counts.reshape(len(made.counts), -1)
    judged = farrington_flexible(cells, None, replace(NOUFAILY_2013, years=4, weeks=[week]))
    p = np.where(np.isnan(judged.upper[0]), np.nan, judged.pvalue[0])
    return np.asarray((benjamini_hochberg(p) <= 0.10) & (cells[week] >= 3)).reshape(made.counts.shape[1:])


def _cells(panels: Sequence[Panel], judge: Callable[[Panel, int], Flags], weeks: int = LAST) -> dict[str, Any]:
    false = flagged = found = planted = 0
    late: list[int] = []
    for made in panels:
        first = len(made.counts) - LAST
        flags = np.zeros(made.hit.shape, dtype=bool)
        for week in range(first, first + weeks):
            flags[week] = judge(made, week)
        false, flagged = false + int((flags & ~made.hit).sum()), flagged + int(flags.sum())
        seen = [flags[w : w + 3, i, j] for w, i, j in made.spikes if w + 3 <= first + weeks]
        late += [int(s.argmax()) for s in seen if s.any()]
        found, planted = found + sum(bool(s.any()) for s in seen), planted + len(seen)
    return {
        "false_per_week": round(false / (weeks * len(panels)), 3), "fdp": round(false / flagged, 3) if flagged else 0.0,
        "power": round(found / planted, 3) if planted else None, "delay": round(float(np.mean(late)), 2) if late else None,
    }  # fmt: skip


def _seconds() -> float:
    """The least of three, in processor seconds of all threads, so that it holds for one."""
    made = panel(1, truth="plain")
    months = made.counts.reshape(65, 4, *made.counts.shape[1:]).sum(axis=1)
    out = []
    for _ in range(3):
        started = time.process_time()
        emerging(made.counts, 259, made.festival)
        trending(months, np.ones(65))
        out.append(time.process_time() - started)
    return round(min(out), 3)


def _scan_seconds(draws: int) -> float:
    made, rng = panel(1, truth="plain"), np.random.default_rng(1)
    near = neighbours(np.column_stack([rng.uniform(113.9, 116.5, 219), rng.uniform(27.5, 29.1, 219)]))
    started = time.process_time()
    scan(made.counts[-104:], near, draws=draws)
    return round(time.process_time() - started, 1)
