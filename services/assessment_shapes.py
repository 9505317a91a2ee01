"""What the assessment hands to pages, API and papers: plain values, already scoped."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from matters.assessment import Period
from matters.periods import Window
from services.assessment_rules import Version
from services.shapes import Part


@dataclass(frozen=True, slots=True)
class OutsideLine:
    """An index figure from outside. `area` '' is the city. `value`, `rank` and `of` (how many were ranked) as far as the source gives them."""

    name: str
    area: str
    area_name: str
    area_en: str
    start: date
    end: date
    value: float | None
    rank: int | None
    of: int | None
    source: str
    at: datetime


@dataclass(frozen=True, slots=True)
class MarkLine:
    """A merit (points above 0) or demerit of a unit; `unit` is an area or agency code. Withdrawn ones stay, with who, when and why."""

    id: int
    unit: str
    unit_name: str
    unit_en: str
    day: date
    points: float
    reason: str
    at: datetime
    by: str
    role: str
    withdrawn_at: datetime | None
    withdrawn_by: str
    withdrawn_why: str
    may_withdraw: bool


@dataclass(frozen=True, slots=True)
class PartLine:
    """One part of a score. `weight` and `points` are of 100; points None: not judged (`why`: few, none).

    A rate is top ÷ bottom, a change top ÷ bottom − 1 (bottom: the year before); both open their rows. An index has neither, but `outside`.
    `verdict` is that of the funnel (analysis.funnel), turned so that above 0 is good.
    """

    key: str
    weight: float
    points: float | None
    why: str
    value: float | None
    top: Part | None
    bottom: Part | None
    outside: OutsideLine | None
    verdict: int
    none: float
    full: float
    least: int


@dataclass(frozen=True, slots=True)
class UnitLine:
    """One county, township or department. `base` is the score of its parts, `marks` the points of merits and demerits that count.

    No rank for the reason `unranked`: few, population, incomplete, late. `veiled`: the reader may see its score and rank, and no more.
    """

    key: str
    name: str
    en: str
    parent: str
    parent_en: str
    veiled: bool
    total: float | None
    base: float | None
    marks: float
    marks_all: float
    rank: int | None
    unranked: str
    settled: Part | None
    judged: float
    parts: tuple[PartLine, ...] = ()
    mark_lines: tuple[MarkLine, ...] = ()
    total_before: float | None = None
    rank_before: int | None = None

    @property
    def verdict(self) -> int:
        """The worst verdict of its parts when it is bad, else the best."""
        found = [p.verdict for p in self.parts]
        worst = min(found, default=0)
        return worst if worst < 0 else max(found, default=0)


@dataclass(frozen=True, slots=True)
class FunnelLine:
    """The common share of a level for a rate, and how much more than chance its units scatter. `share` None: nothing was counted."""

    key: str
    share: float | None
    scatter: float
    good: str  # high | low


@dataclass(frozen=True, slots=True)
class Board:
    """A level in a period. `late`: agencies whose late feed the scores rest on (then nobody is ranked). `ranked`: how many have a rank."""

    level: str
    area: str
    period: Period
    window: Window
    over: bool
    version: Version
    units: tuple[UnitLine, ...]
    funnels: dict[str, FunnelLine]
    late: tuple[str, ...]
    ranked: int
    all_units: int
    data_version: int

    def unit(self, key: str) -> UnitLine | None:
        """One unit that the reader sees in full."""
        return next((u for u in self.units if u.key == key and not u.veiled), None)
