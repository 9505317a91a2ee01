"""Sums of the rollups and of the open matters put together by area: the raw numbers of every figure and row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from matters.indicators import MEASURES, rate
from store.sums import Sum, Waiting


class Stock(NamedTuple):
    """Today's open matters, whenever accepted."""

    open_now: int = 0
    past_now: int = 0
    unaccepted: int = 0
    unhandled: int = 0

    @property
    def overdue_now(self) -> int:
        """Past the limit, unaccepted or unhandled for too long; the three exclude each other."""
        return self.past_now + self.unaccepted + self.unhandled

    def plus(self, *numbers: int) -> Stock:
        """The sum of two stocks."""
        return Stock(*(a + b for a, b in zip(self, numbers, strict=True)))


@dataclass(slots=True)
class Tally:
    """Measures of one area: of the window, of the compared window, and of today's open matters."""

    now: Counter[str] = field(default_factory=Counter)
    before: Counter[str] = field(default_factory=Counter)
    stock: Stock = field(default_factory=Stock)

    def rate(self, key: str) -> float | None:
        """A rate in the window."""
        return rate(key, self.now)

    def rate_before(self, key: str) -> float | None:
        """The rate in the compared window."""
        return rate(key, self.before)

    @property
    def settled(self) -> int:
        """Closed or past the limit: the denominator of the resolved rate."""
        return self.now["closed"] + self.now["past_limit"]


Key = tuple[str, str]
WINDOWS = ("now", "before", "stock")  # labels of the sums that a tally takes; stock is of all time


def tallies(sums: Iterable[Sum], waits: Iterable[Waiting]) -> dict[Key, Tally]:
    """Tallies by (county code, township code)."""
    out: dict[Key, Tally] = {}
    for s in sums:
        tally = out.setdefault((s.county_code, s.town_code), Tally())
        if s.label == "stock":
            tally.stock = tally.stock.plus(s.of("open"), s.of("past_limit"), 0, 0)
        else:
            (tally.now if s.label == "now" else tally.before).update(dict(zip(MEASURES, s.measures, strict=True)))
    for w in waits:
        tally = out.setdefault((w.county_code, w.town_code), Tally())
        tally.stock = tally.stock.plus(w.pending, w.pending_past, w.unaccepted, w.unhandled)
    return out


def total(parts: Iterable[Tally]) -> Tally:
    """The sum of tallies."""
    out = Tally()
    for part in parts:
        out.now.update(part.now)
        out.before.update(part.before)
        out.stock = out.stock.plus(*part.stock)
    return out
