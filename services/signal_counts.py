"""The counts that signals are found in: weeks and months by township, county and city, and how complete the last weeks are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np
import pandas as pd
from lunardate import LunarDate
from numpy.typing import NDArray

from analysis.delay import completeness, triangle
from matters.categories import CATEGORIES
from store.signals import Cell

Array = NDArray[np.float64]

LONGEST = 520  # weeks looked back
DELAY_WEEKS, DELAY_LONGEST, DELAY_LEAST = 34, 8, 8
WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Counts:
    """T weeks (the last one ends on `week`) and M complete months, by place and category (J).

    town: T × I × J; county: T × C × J, with what is known to the county only; city: T × J, with what is not located at all. The same by
    months. festival: T, weeks from Spring Festival, 99 when far.
    """

    week: date
    towns: tuple[str, ...]
    counties: tuple[str, ...]
    categories: tuple[str, ...]
    of_town: Mapping[str, str]  # township → county
    town: Array
    county: Array
    city: Array
    months: NDArray[np.datetime64]
    town_months: Array
    county_months: Array
    city_months: Array
    festival: NDArray[np.intp]

    @property
    def first(self) -> date:
        """The Monday of the first week."""
        return self.week - WEEK * len(self.city) + timedelta(days=1)


def last_week(today: date) -> date:
    """The Sunday that ended the last complete week."""
    return today - timedelta(days=today.isoweekday())


def counted(cells: Sequence[Cell], week: date, of_town: Mapping[str, str], counties: Sequence[str]) -> Counts:
    """Arrays of the cells up to a week. The weeks begin where the data do: a few old strays before that teach nothing."""
    frame = pd.DataFrame(cells, columns=list(Cell._fields))
    days = pd.to_datetime(frame["day"]).to_numpy().astype("datetime64[D]")
    ago = ((np.datetime64(week) - days) // np.timedelta64(1, "D")).astype(int)
    frame["week"], frame["month"] = ago // 7, days.astype("datetime64[M]")
    frame = frame[(ago >= 0) & (ago // 7 < LONGEST)]
    weeks = _begun(frame)
    frame = frame[frame["week"] < weeks]
    towns, categories = tuple(of_town), tuple(CATEGORIES)
    month = np.datetime64(week + timedelta(days=1)).astype("datetime64[M]")  # the running one, or the first after complete ones
    first = np.datetime64(week - WEEK * weeks + timedelta(days=1)) + np.timedelta64(30, "D")
    months: NDArray[np.datetime64] = np.arange(first.astype("datetime64[M]"), month, dtype="datetime64[M]")
    rows, told = weeks - 1 - frame["week"].to_numpy(), frame["month"].to_numpy().astype("datetime64[M]")
    later = (told - months[0]).astype(int) if len(months) else np.full(len(frame), -1)
    made = [_three(frame, at, size, towns, tuple(counties), categories) for at, size in ((rows, weeks), (later, len(months)))]
    return Counts(week, towns, tuple(counties), categories, of_town, *made[0], months, *made[1], _festival(week, weeks))


def _begun(frame: pd.DataFrame) -> int:
    """Weeks back to where a tenth of the usual amount came in, over eight weeks."""
    totals = frame.groupby("week")["cases"].sum()
    line = np.zeros(LONGEST)
    line[totals.index.to_numpy(int)] = totals.to_numpy()
    usual = line[:52].mean()
    eight = np.convolve(line, np.ones(8) / 8, mode="valid")
    whole = np.flatnonzero((eight < usual / 10) | (eight == 0))
    return int(whole[0]) if len(whole) else LONGEST


def _three(
    frame: pd.DataFrame, rows: NDArray[np.intp], size: int, towns: Sequence[str], counties: Sequence[str], categories: Sequence[str]
) -> tuple[Array, Array, Array]:
    inside = (rows >= 0) & (rows < size)
    frame, rows = frame[inside], rows[inside]
    column, amount = pd.Index(categories).get_indexer(frame["category"]), frame["cases"].to_numpy(float)
    out = []
    for codes, name in ((towns, "town"), (counties, "county")):
        place = pd.Index(codes).get_indexer(frame[name])
        made, known = np.zeros((size, len(codes), len(categories))), (place >= 0) & (column >= 0)
        np.add.at(made, (rows[known], place[known], column[known]), amount[known])
        out.append(made)
    whole = np.zeros((size, len(categories)))
    np.add.at(whole, (rows[column >= 0], column[column >= 0]), amount[column >= 0])
    return out[0], out[1], whole


def _festival(week: date, weeks: int) -> NDArray[np.intp]:
    out = np.full(weeks, 99, dtype=np.intp)
    for year in range(week.year - weeks // 52 - 1, week.year + 2):
        row = weeks - 1 - (week - LunarDate(year, 1, 1).to_solar_date()).days // 7
        for gap in range(-2, 5):
            if 0 <= row + gap < weeks:
                out[row + gap] = gap
    return out


@dataclass(frozen=True)
class Delay:
    """share[d]: part of a week's matters known d weeks after it, as far as it has been watched; None: not long enough to say."""

    share: tuple[float, ...] | None

    def known(self, weeks: int, since: int) -> float:
        """The share of the last `weeks` weeks that is known `since` days after the last one ended; 1 while nothing is known about it."""
        if self.share is None:
            return 1.0
        share, whole, part = self.share, since // 7, since % 7 / 7
        last = len(share) - 1
        return float(np.mean([share[min(k + whole, last)] * (1 - part) + share[min(k + whole + 1, last)] * part for k in range(weeks)]))


def delay(cases: Sequence[tuple[date, datetime]], week: date, watched: date | None) -> Delay:
    """How late matters become known, from the weeks since the store has watched them come in: history loaded at once says nothing."""
    weeks = min(DELAY_WEEKS, (week - watched).days // 7) if watched else 0
    kept = [(day, at) for day, at in cases if watched and day > watched]
    if weeks < DELAY_LEAST or len(kept) < 100:
        return Delay(None)
    frame = pd.DataFrame(kept, columns=["happened", "learned"]).apply(pd.to_datetime)
    table = triangle(frame, weeks, DELAY_LONGEST, pd.Timestamp(week))
    return Delay(tuple(float(x) for x in completeness(table).share))
