"""Sums of the rollups and of the open matters put together by area: the raw numbers of every figure and row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from matters.indicators import MEASURES, rate
from store.sums import OpenSum, Sum

_EMPTY = OpenSum("", "", 0, 0, 0, 0, 0, 0, 0, 0)


@dataclass(slots=True)
class Tally:
    """Measures of one area: of the window, of the compared window, and of today's open matters."""

    now: Counter[str] = field(default_factory=Counter)
    before: Counter[str] = field(default_factory=Counter)
    stock: OpenSum = _EMPTY

    def rate(self, key: str) -> float | None:
        """A rate in the window."""
        return rate(key, {**self.now, **dict.fromkeys(_absent(self.now), 0)})

    def rate_before(self, key: str) -> float | None:
        """The rate in the compared window."""
        return rate(key, {**self.before, **dict.fromkeys(_absent(self.before), 0)})

    @property
    def settled(self) -> int:
        """Closed or past the limit: the denominator of the resolved rate."""
        return self.now["closed"] + self.now["past_limit"]


def _absent(counter: Counter[str]) -> set[str]:
    return {*MEASURES, "open", "past_limit"} - set(counter)


Key = tuple[str, str]


def tallies(sums: Iterable[Sum], opens: Iterable[OpenSum]) -> dict[Key, Tally]:
    """Tallies by (county code, township code)."""
    out: dict[Key, Tally] = {}
    for s in sums:
        tally = out.setdefault((s.county_code, s.town_code), Tally())
        target = tally.now if s.label == "now" else tally.before
        target.update(dict(zip(MEASURES, s.measures, strict=True)))
    for o in opens:
        tally = out.setdefault((o.county_code, o.town_code), Tally())
        tally.stock = o
        tally.now.update(open=o.open, past_limit=o.past_limit)
        tally.before.update(open=o.open_before, past_limit=o.past_before)
    return out


def total(parts: Iterable[Tally]) -> Tally:
    """The sum of tallies."""
    out, stock = Tally(), [0] * 8
    for part in parts:
        out.now.update(part.now)
        out.before.update(part.before)
        stock = [a + b for a, b in zip(stock, part.stock[2:], strict=True)]
    out.stock = OpenSum("", "", *stock)
    return out
