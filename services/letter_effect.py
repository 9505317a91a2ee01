"""Did the numbers fall after a letter? The weeks since against what the place's own past and other places say (analysis.remedy)."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
from sqlalchemy import Connection

from analysis.remedy import remedy
from matters.filters import Filter
from matters.periods import Window
from services.letter_shapes import LetterEffect
from store.letters import daily

BEFORE, LEAST, MOST = 52, 4, 26  # weeks


def effect(connection: Connection, area: str, county: str, town: str, category: str, issued: date, today: date) -> LetterEffect:
    """Whole weeks from the day of issue, up to half a year; `early` before four of them, `none` for a letter to the whole city."""
    weeks = min(MOST, (today - issued).days // 7)
    first, end = issued - timedelta(weeks=BEFORE), issued + timedelta(weeks=max(weeks, 0))
    counts, listed = _matrix(daily(connection, category, first, end - timedelta(days=1)), county, town, first, BEFORE + max(weeks, 0))
    own = counts[:, listed].sum(axis=1)
    before, after = int(own[:BEFORE].sum()), int(own[BEFORE:].sum())
    rows_before = Filter(area=area, category=category, window=Window(first, issued - timedelta(days=1)))
    rows_after = Filter(area=area, category=category, window=Window(issued, end - timedelta(days=1))) if weeks > 0 else None
    base = (before, after, BEFORE, max(weeks, 0))
    if weeks < LEAST:
        return LetterEffect("early", *base, rows_before=rows_before, rows_after=rows_after)
    if not county or (~listed).sum() < 10:
        return LetterEffect("none", *base, rows_before=rows_before, rows_after=rows_after)
    found = remedy(counts, listed, BEFORE)
    return LetterEffect(found.verdict, *base, found.expected, found.ratio.value, found.ratio.low, found.ratio.high, rows_before, rows_after)


def _matrix(
    cells: list[tuple[date, str, str, int]], county: str, town: str, first: date, weeks: int
) -> tuple[np.ndarray[tuple[int, int], np.dtype[np.float64]], np.ndarray[tuple[int], np.dtype[np.bool_]]]:
    """Weeks × places, and which places the letter was about. What is known to a county only is a place of its own."""
    places = sorted({(c, t) for _, c, t, _ in cells} | {(county, town)})
    at = {p: i for i, p in enumerate(places)}
    counts = np.zeros((weeks, len(places)))
    for day, c, t, n in cells:
        week = (day - first).days // 7
        if week < weeks:
            counts[week, at[(c, t)]] += n
    listed = np.array([(not county or c == county) and (not town or t == town) for c, t in places], dtype=bool)
    return counts, listed
