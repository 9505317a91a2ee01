"""What became of a listed place or trade: months before and after, against what would have come without the listing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from math import cos, hypot, radians
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection

from analysis.remedy import Remedy, remedy
from matters.access import Scope
from matters.categories import CATEGORIES
from services.areas import Areas
from services.shapes import Effect
from store import panel
from store.dates import month_number, month_start
from store.places import Place

SHOWN, LOOKED_BACK = 6, 36  # months before the listing: on the chart, and for the rates (past the bad months that led to it)
NEIGHBOURS = 6
Key = tuple[str, str]  # county and township code

_VERDICTS: dict[str, Literal["fell", "rose", "unclear", "few"]] = {"fell": "fell", "rose": "rose", "unchanged": "unclear", "few": "few"}


class _Months(NamedTuple):
    """Which months count: those shown, those before, those after; the month of the listing itself is neither."""

    shown: list[int]
    before: list[int]
    after: list[int]


class Effects:
    """Measures listings; one instance a data version or moment, since it keeps the months it has read."""

    def __init__(self, areas: Areas, today: date, as_of: datetime | None) -> None:
        self._areas, self._today, self._as_of = areas, today, as_of
        self._kept: dict[tuple[tuple[str, ...], bool], list[panel.Cell]] = {}

    def of(self, connection: Connection, row: Mapping[str, Any], place: Place, others: Sequence[Mapping[str, Any]]) -> Effect:
        """The effect of a listing (a row of store.listings with its day); `others` are the other listings, compared with nobody."""
        months = _months(row, self._today)
        cells = self._cells(connection, tuple(sorted(row["categories"])))
        own = [c for c in cells if place in (Place(), Place(c.county), Place(c.county, c.town))]
        counts: dict[int, int] = defaultdict(int)
        for cell in own:
            counts[cell.month] += cell.accepted
        before, after = (sum(counts[m] for m in part) for part in (months.before[-SHOWN:], months.after))
        points = tuple((month_start(m), counts[m]) for m in months.shown)
        mean = before / SHOWN
        if not months.after:
            return Effect(mean, 0.0, before, 0, None, None, None, "early", points)
        plain = Effect(mean, after / len(months.after), before, after, None, None, None, "few", points)
        return self._judged(connection, plain, row, place, months, cells, others)

    def _cells(self, connection: Connection, categories: tuple[str, ...], towns: bool = True) -> list[panel.Cell]:
        if (categories, towns) not in self._kept:
            last = month_number(self._today)
            self._kept[(categories, towns)] = panel.months(connection, Scope.system(), last - LOOKED_BACK * 2, last, categories, self._as_of, towns)
        return self._kept[(categories, towns)]

    def _judged(
        self, connection: Connection, plain: Effect, row: Mapping[str, Any], place: Place, months: _Months, cells: Sequence[panel.Cell],
        others: Sequence[Mapping[str, Any]],
    ) -> Effect:  # fmt: skip
        basis: Literal["places", "trades"] = "places" if place.county else "trades"
        if basis == "places":
            names, listed, near = self._places(row, place, others)
            keys = [(c.county, c.town) for c in cells]
        else:
            names = [(code, "") for code in CATEGORIES]
            listed, near = np.array([code in row["categories"] for code in CATEGORIES]), None
            cells = self._cells(connection, tuple(sorted(CATEGORIES)), towns=False)
            keys = [(c.category, "") for c in cells]
        begin = max(months.before[0], min((c.month for c in cells), default=months.before[0]))
        before = [m for m in months.before if m >= begin]
        counts = _matrix(cells, keys, names, [*before, *months.after])
        used = counts.sum(axis=0) > 0 if basis == "trades" else np.ones(len(names), dtype=bool)
        used |= listed
        counts, listed, near = counts[:, used], listed[used], None if near is None else near[used]
        if len(before) < SHOWN or (~listed).sum() < 10 or not listed.any():
            return plain
        return _told(plain, remedy(counts, listed, len(before), near), len(months.after), basis, 0 if near is None else int(near.sum()))

    def _places(
        self, row: Mapping[str, Any], place: Place, others: Sequence[Mapping[str, Any]]
    ) -> tuple[list[Key], NDArray[np.bool_], NDArray[np.bool_] | None]:
        """Townships to look at, which are listed, which are their neighbours; those of other listings of the same trade are left out."""
        out = {o["town_code"] or o["county_code"] for o in others if o["id"] != row["id"] and set(o["categories"]) & set(row["categories"])}
        towns = [(county.code, town) for county in self._areas.counties() for town in self._areas.children(county.code)]
        inside = [county == place.county and place.town in ("", town.code) for county, town in towns]
        kept = [i for i, (county, town) in enumerate(towns) if inside[i] or not {county, town.code} & out]
        listed = np.array([inside[i] for i in kept])
        names = [(towns[i][0], towns[i][1].code) for i in kept]
        if not place.town:
            return names, listed, None
        return names, listed, _nearest([towns[i][1].seat for i in kept], listed)


def _months(row: Mapping[str, Any], today: date) -> _Months:
    listed, last = month_number(row["listed_on"]), month_number(min(today, row["ended_on"] or today))
    first = listed if row["listed_on"].day == 1 else listed + 1
    after = [m for m in range(first, last + 1) if month_start(m + 1) <= today]
    return _Months(list(range(listed - SHOWN, last + 1)), list(range(listed - LOOKED_BACK, listed)), after)


def _matrix(cells: Sequence[panel.Cell], keys: Sequence[Key], names: Sequence[Key], months: Sequence[int]) -> NDArray[np.float64]:
    """Months × places; what is known to the county only belongs to no township and is left out."""
    rows, columns = {m: i for i, m in enumerate(months)}, {name: i for i, name in enumerate(names)}
    out = np.zeros((len(months), len(names)))
    for cell, key in zip(cells, keys, strict=True):
        if cell.month in rows and key in columns:
            out[rows[cell.month], columns[key]] += cell.accepted
    return out


def _nearest(seats: Sequence[tuple[float, float] | None], listed: NDArray[np.bool_]) -> NDArray[np.bool_] | None:
    """The townships whose seats are nearest to the listed one's."""
    at = seats[int(np.flatnonzero(listed)[0])] if listed.any() else None
    if at is None:
        return None
    far = np.array([hypot((s[0] - at[0]) * cos(radians(at[1])), s[1] - at[1]) if s else np.inf for s in seats])
    far[listed] = np.inf
    near = np.zeros(len(seats), dtype=bool)
    near[np.argsort(far, kind="stable")[:NEIGHBOURS]] = True
    return near


def _told(plain: Effect, found: Remedy, months: int, basis: Literal["places", "trades"], neighbours: int) -> Effect:
    """The judgement in the shape of the screens: changes instead of ratios, cases a month instead of all."""
    ratio, moved = found.ratio, found.displaced
    change, low, high = (None if v is None else v - 1 for v in ratio)
    displaced = None
    if moved is not None and moved.value is not None and moved.low is not None and moved.high is not None:
        displaced = (moved.value - 1, moved.low - 1, moved.high - 1)
    return Effect(
        plain.before, plain.after, plain.before_count, plain.after_count, change, low, high, _VERDICTS[found.verdict], plain.months,
        expected=found.expected / months, naive=plain.after / plain.before - 1 if plain.before else None, displaced=displaced, neighbours=neighbours,
        placebo_areas=found.placebo_areas, placebo_dates=found.placebo_dates, smallest=found.smallest, compared=len(found.matched), basis=basis,
    )  # fmt: skip
