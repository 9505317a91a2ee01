"""Where a block far down a list begins: by the days of acceptance, so that nobody counts a million rows to get there."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple

from matters.periods import Window
from services.areas import Areas
from services.case_counts import Question
from services.kept import Kept
from store import list_counts, lists
from store.conditions import paper_table
from store.dates import month_number, month_start
from store.sums import sums


class Start(NamedTuple):
    """A block begins so many rows after the first of those accepted on this day or, in its order, later."""

    day: date
    offset: int


class Depths:
    """How many rows a list has by spans of days, kept until the data change."""

    def __init__(self, areas: Areas) -> None:
        self._areas, self._kept = areas, Kept(64)

    def forget(self) -> None:
        """Drop what is kept, to measure without it."""
        self._kept.clear()

    def start(self, q: Question, offset: int, descending: bool) -> Start | None:
        """Where a row of a list by day of acceptance stands; None where the list is not one of matters of now, or no day is known."""
        if q.filter.as_of is not None or paper_table(q.filter)[0] != "matter m":
            return None
        key = (q.scope.key, q.filter)
        spans = self._kept.get(key, q.stamp) or self._kept.put(key, q.stamp, self._spans(q))
        spans = spans[::-1] if descending else spans
        for i, (span, rows) in enumerate(spans):
            if offset < rows or i == len(spans) - 1:  # behind the last day stand those that have none
                return Start(span.end if descending else span.start, offset)
            offset -= rows
        return None

    def _spans(self, q: Question) -> Sequence[tuple[Window, int]]:
        """Rows by month where the rollups know them, else by day, which one reading of the list tells; the earliest first."""
        if q.filter.part not in ("", "accepted") or not list_counts.is_rolled(q.connection, q.scope, q.filter, q.clock):
            return list_counts.by_day(q.connection, q.scope, q.filter, q.place, q.clock, lists.is_plain(q.filter))
        if (known := list_counts.days_known(q.connection)) is None:
            return ()
        window = q.filter.window or known
        first, last = max(window.start, known.start), min(window.end, known.end)
        months = range(month_number(first), month_number(last) + 1) if first <= last else range(0)
        asked = {str(m): Window(max(first, month_start(m)), min(last, month_start(m + 1) - timedelta(days=1))) for m in months}
        found = sums(q.connection, q.scope, q.filter, q.place, asked, (), [a.code for a in self._areas.counties()])
        rows = {row.label: row.of("accepted") for row in found}
        return [(span, rows.get(label, 0)) for label, span in asked.items()]
