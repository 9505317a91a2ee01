"""What the screens of candidates for remediation get: figures of the three criteria, and nothing about people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from matters.filters import Filter
from matters.periods import Window


@dataclass(frozen=True, slots=True)
class Candidate:
    """One township × category, or one county × category (a trade), measured by the three criteria.

    counts, expected: the last windows, oldest first (expected: the city's rate for as many people). rate, limit: the shrunken rate and
    the funnel's limit, 1 = the city. growth: change a month. shares are None where nothing was counted.
    """

    key: str  # area code and category: 360923103-02
    subject: Literal["area", "trade"]
    area: str
    area_name: str
    area_en: str
    county_name: str
    county_en: str
    category: str
    counts: tuple[int, ...]
    expected: tuple[float, ...]
    months: tuple[tuple[date, int], ...]
    growing: bool
    growth: float | None
    rises: bool  # three rises in a row, the plain rule
    frequent: bool
    rate: float
    limit: float
    windows_above: int
    badly: bool
    overdue: int
    open: int
    overdue_share: float | None
    overdue_limit: float | None
    unresolved: int
    decided: int
    unresolved_share: float | None
    unresolved_limit: float | None
    unmoved: bool  # an earlier listing has ended, or a letter was written, without a fall since
    unmoved_by: str  # its number
    met: int
    candidate: bool
    rows: Filter  # the matters of the last window
    overdue_rows: Filter
    decided_rows: Filter
    listed: str = ""  # number of a listing in force that covers it
    waiting: int = 0  # a proposal under way


@dataclass(frozen=True, slots=True)
class Candidates:
    """Candidates first, then those that meet a criterion, by how far they are above; `examined` counts all that were looked at."""

    subject: Literal["area", "trade"]
    lines: tuple[Candidate, ...]
    examined: int
    windows: tuple[Window, ...]
    months: int  # complete months looked at for growth
    data_version: int
