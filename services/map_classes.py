"""The breaks of the maps' classes: found by the worker once a season, kept in a file, the same for every reader and every screen."""

from __future__ import annotations

import math
import os
import statistics
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import date
from pathlib import Path
from typing import Any

import orjson

from matters.access import Scope
from matters.filters import Filter
from matters.indicators import INDICATORS
from matters.periods import Window

LENGTHS = (7, 15, 30, 61, 91, 122, 152, 182, 212, 243, 273, 304, 334, 365, 730, 1095)  # days
GROWING = ("accepted", "per_10k", "civil_filings")  # what a longer window makes larger
FACETS = ("category", "agency", "channel", "exclude", "first_agency")  # Filter.facets
SHOWN = (*GROWING, "resolved_rate", "on_time_rate", "satisfaction")
LEVELS = ("county", "township")
WITHOUT_DATA = {"accepted": (500, 1000, 2000, 4000), "civil_filings": (200, 400, 800, 1600), "per_10k": (60, 70, 80, 90)}
WITHOUT_RATES = (0.90, 0.94, 0.96, 0.98)
MOVED = 0.1  # a base year that has grown or shrunk by so much (a late load of old data) is classed anew
LOOK_AGAIN = 60.0  # seconds after which a process without the file looks for it again
Breaks = tuple[float, ...]


def length_of(indicator: str, days: int) -> int:
    """The length of window whose breaks hold, 0 for what does not grow with it."""
    return min(LENGTHS, key=lambda n: abs(math.log(n / days))) if indicator in GROWING else 0


def finest_step(indicator: str) -> float:
    """No break is finer than this."""
    return 0.005 if INDICATORS[indicator].unit == "%" else 0.1 if indicator == "per_10k" else 1.0


class MapClasses:
    """Breaks by indicator, level and length of window, from the last full calendar year of all areas.

    `pin` (worker) finds them with mapclassify and writes the file; `of` (web) reads it, and until there is one makes do with round
    equal steps around the median. Four rounded numbers are all that a reader of one county learns of the others.
    """

    def __init__(self, figures: Any, map_dir: Path, city: str) -> None:
        self._figures, self._dir, self._city = figures, map_dir, city
        self._read: dict[int, tuple[float, dict[str, Any]]] = {}
        self._rows_of: dict[tuple[str, int], list[Any]] = {}
        self._kept: dict[tuple[str, str, int, int], Breaks] = {}

    def of(self, indicator: str, level: str, days: int, today: date) -> Breaks:
        """Four breaks for the areas of a level and a window of that many days."""
        length, year = length_of(indicator, days), today.year - 1
        pinned = self._file(year).get("breaks", {}).get(f"{level}.{indicator}.{length}")
        if pinned:
            return tuple(pinned)
        key = (indicator, level, length, year)
        if key not in self._kept:
            self._kept[key] = self._equal(indicator, level, length, year)
        return self._kept[key]

    def narrowed(self, indicator: str, level: str, days: int, today: date, wanted: Filter) -> Breaks:
        """The breaks where a category, an agency or a channel is chosen: those of all matters times its share of the last full year.

        So they too stay while the window moves, and a map of one category is not all in the lowest class. Rates keep theirs.
        """
        usual = self.of(indicator, level, days, today)
        if indicator not in GROWING or not any(wanted.facets):
            return usual
        year = today.year - 1
        base = _year(year)
        whole, part = (self._figures.rows(Scope.system(), f, "city") for f in (base, base.with_(**{n: getattr(wanted, n) for n in FACETS})))
        counted = "accepted" if indicator == "per_10k" else indicator
        share = getattr(part[0], counted) / (getattr(whole[0], counted) or 1) if whole and part else 0
        return times(usual, share, finest_step(indicator)) if share else usual

    def _path(self, year: int) -> Path:
        return self._dir / f"classes-{self._city}-{year}.json"

    def _file(self, year: int) -> dict[str, Any]:
        """What the worker wrote; read again now and then, since it may be written anew while this process lives."""
        at, found = self._read.get(year, (0.0, {}))
        if time.monotonic() - at > LOOK_AGAIN or not at:
            try:
                found = orjson.loads(self._path(year).read_bytes())
            except (FileNotFoundError, orjson.JSONDecodeError):
                found = {}
            self._read[year] = (time.monotonic(), found)
        return found

    def pin(self, today: date, held: Callable[[], AbstractContextManager[Any]] = nullcontext) -> bool:
        """Find and write the breaks of a season; whether there was anything to do. Nothing without a full year of data.

        The file is put in its place inside `held`, which raises LostLease in a worker that another has replaced meanwhile.
        """
        year, season = today.year - 1, f"{today.year}Q{(today.month + 2) // 3}"
        total = self._total(year)
        before = self._pinned(year)
        if not total or (before.get("season") == season and abs(total - before["accepted"]) <= MOVED * before["accepted"]):
            return False
        self._rows_of.clear()
        found: dict[str, Any] = {"season": season, "year": year, "accepted": total, "breaks": {}, "methods": {}}
        for level in LEVELS:
            for indicator in SHOWN:
                self._classify(indicator, level, year, found)
        self._dir.mkdir(parents=True, exist_ok=True)
        part = self._path(year).with_suffix(f".{os.getpid()}.part")
        try:
            part.write_bytes(orjson.dumps(found, option=orjson.OPT_INDENT_2))
            with held():
                part.replace(self._path(year))
        finally:
            part.unlink(missing_ok=True)
        self._read.pop(year, None)
        return True

    def _pinned(self, year: int) -> dict[str, Any]:
        self._read.pop(year, None)
        return self._file(year)

    def _total(self, year: int) -> int:
        rows = self._figures.rows(Scope.system(), _year(year), "city")
        return int(rows[0].accepted) if rows else 0

    def _classify(self, indicator: str, level: str, year: int, found: dict[str, Any]) -> None:
        from analysis.map_classes import natural, rounded

        values = self._values(indicator, level, year)
        scheme = natural(values)
        for length in LENGTHS if indicator in GROWING else (0,):
            key = f"{level}.{indicator}.{length}"
            best = rounded(scheme, length / 365 if length else 1.0, finest_step(indicator)) if scheme else None
            found["breaks"][key] = best[0] if best else self._equal(indicator, level, length, year)
            found["methods"][key] = best[1] if best else "equal_steps"

    def _rows(self, level: str, year: int) -> list[Any]:
        """Every area of the level in a full year, asked for with the system's scope."""
        if (level, year) not in self._rows_of:
            self._rows_of = {k: v for k, v in self._rows_of.items() if k[1] == year}
            self._rows_of[level, year] = list(self._figures.rows(Scope.system(), _year(year), level))
        return self._rows_of[level, year]

    def _values(self, indicator: str, level: str, year: int) -> list[float]:
        rate = INDICATORS[indicator].unit == "%"
        found = [getattr(r, indicator, None) for r in self._rows(level, year) if r.area and r.ranked]
        return [v for v in found if v is not None and (rate or v > 0)]

    def _equal(self, indicator: str, level: str, length: int, year: int) -> Breaks:
        share = length / 365 if length else 1.0
        highest = 1.0 if INDICATORS[indicator].unit == "%" else math.inf
        breaks = equal_steps([v * share for v in self._values(indicator, level, year)], finest_step(indicator), highest)
        if breaks is not None:
            return breaks
        return WITHOUT_RATES if INDICATORS[indicator].unit == "%" else tuple(WITHOUT_DATA.get(indicator, WITHOUT_DATA["accepted"]))


def _year(year: int) -> Filter:
    return Filter(window=Window(date(year, 1, 1), date(year, 12, 31)))


def times(breaks: Breaks, share: float, least: float) -> Breaks:
    """Breaks times a share, to two figures and no finer than `least`, each above the one before."""
    out: list[float] = []
    for value in breaks:
        step = max(least, 10.0 ** (math.floor(math.log10(max(value * share, least))) - 1))
        rounded = max(step, round(value * share / step) * step)
        out.append(round(rounded if not out or rounded > out[-1] + least / 2 else out[-1] + least, 6))
    return tuple(out)


def nice(step: float) -> float:
    """The nearest of 1, 2, 5 × 10ⁿ to a step, by ratio."""
    size = 10.0 ** math.floor(math.log10(step))
    return min((m * size for m in (1.0, 2.0, 5.0, 10.0)), key=lambda s: abs(math.log(s / step)))


def equal_steps(values: Sequence[float], least: float, highest: float = math.inf) -> Breaks | None:
    """Four breaks in equal round steps, no finer than `least` and none above `highest`, around the median; None for fewer than five values.

    Three steps reach from the first to the fourth fifth, so that each class holds about a fifth of the areas.
    """
    if len(values) < 5:
        return None
    fifths = statistics.quantiles(values, n=5, method="inclusive")
    step = max(least, nice(max((fifths[3] - fifths[0]) / 3, least)))
    first = max(step, math.floor((statistics.median(values) - 1.5 * step) / step + 0.5) * step)
    first = min(first, highest - 3 * step)
    return tuple(round(first + i * step, 6) for i in range(4))
