"""The figures of the city, county and township pages, all of one data version."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Engine, select

from matters.access import Forbidden, Scope
from matters.filters import Clock, Filter
from matters.periods import Window, compared, festival_near, preset
from services import blocks
from services.areas import Areas
from services.blocks import Question
from services.feeds import Feeds
from services.festivals import spring
from services.kept import Kept
from services.listings import Listings
from services.look import once
from services.moments import Moments
from services.settings import Settings
from services.shapes import AreaRow, Overview
from services.tally import tallies, total
from store.engine import writing
from store.rollups import turn_day
from store.schema import data_version
from store.sums import EVER, sums, waiting
from store.writer import bump


class Figures:
    """Answers from the rollups, kept by (question, scope, data version, day)."""

    def __init__(
        self, engine: Engine, settings: Settings, areas: Areas, feeds: Feeds, listings: Listings, moments: Moments,
        now: Callable[[], datetime],
    ) -> None:  # fmt: skip
        self._engine, self._settings, self._areas, self._feeds, self._listings, self._now = engine, settings, areas, feeds, listings, now
        self._moments = moments
        self._kept, self._kept_rows = Kept(), Kept(512)  # rows of areas, 44 kB for counties and 270 for townships, asked for by programs too
        self._turned: date | None = None

    def data_version(self) -> int:
        """The store's data version; 0 for an empty store."""
        return once("version", self._data_version)

    def _data_version(self) -> int:
        with self._engine.connect() as connection:
            return _version(connection)

    def turn_day(self) -> None:
        """See to it that the rollups speak of today; after midnight, and after an upgrade, whoever comes first does it."""
        today = self._now().date()
        if self._turned == today:
            return
        with writing(self._engine) as connection:
            if turn_day(connection, today):
                bump(connection, self._now())
        self._turned = today

    def forget(self) -> None:
        """Drop the kept answers, for measuring."""
        self._kept.clear()
        self._kept_rows.clear()

    def clock(self, as_of: datetime | None = None, waits: tuple[int, ...] = ()) -> Clock:
        """What today is (or was), and after how many days a matter counts as unaccepted or unhandled."""
        return Clock(self._moments.today(as_of), *(waits or self._settings.waits))

    def overview(self, scope: Scope, filter: Filter, indicator: str = "per_10k") -> Overview:
        """Everything a city, county or township page shows. Raises Forbidden, UnknownArea and MomentError."""
        filter = self._moments.of(filter)
        key = (scope.key, filter, indicator)
        stamp = self.stamp(scope, filter)
        found: Overview | None = self._kept.get(key, stamp)
        if found is None:
            found = self._overview(scope, filter, indicator)
            self._kept.put(key, stamp, found)
        return found

    def stamp(self, scope: Scope, filter: Filter) -> Any:
        """What an answer holds for: the data, the day and the late feeds; a moment of the past never changes."""
        if filter.as_of is not None:
            return filter.as_of
        return (self.data_version(), self._now().date(), tuple(s.feed for s in self._feeds.states(scope) if s.late))

    def question(self, scope: Scope, filter: Filter) -> Question:
        """The filter with its area, windows and clock worked out. Raises Forbidden and UnknownArea."""
        return self._question(scope, filter)

    def _question(self, scope: Scope, filter: Filter) -> Question:
        """The filter with its area, windows and clock worked out, over rollups that speak of today."""
        at = filter.as_of
        if at is None:
            self.turn_day()
        today = self._moments.today(at)
        code = filter.area or self._areas.home(scope).code
        place = self._areas.require(scope, code)
        window = filter.window or preset("year", today)
        how = "yoy" if filter.compare == "lunar" and festival_near(window, spring) is None else filter.compare
        filled = filter.with_(area=code, window=window, part="accepted", compare=how)
        states = self._feeds.states(scope, at)
        return Question(
            scope=scope, filter=filled, area=self._areas.info(code), place=place, window=window,
            compared=compared(window, how, today, spring), clock=self.clock(at, filter.waits), states=states, settings=self._settings,
            areas=self._areas, agencies=self._feeds.agencies(), gives=self._feeds.gives, now=at or self._now(),
            listed=self._listings.in_force(scope, at),
        )  # fmt: skip

    def _overview(self, scope: Scope, filter: Filter, indicator: str) -> Overview:
        q = self._question(scope, filter)
        with self._moments.reading(q.filter.as_of) as connection:
            version = _version(connection)
            rows, others, whole = self._rows(connection, q, q.child_level)
            sources = blocks.by_source(connection, q)
            figures = blocks.figures(q, whole, sources)
            trend = blocks.trend(connection, q)
            categories, agencies, channels = blocks.shares(connection, q, sources)
            villages = blocks.villages(connection, q) if q.area.level == "township" else ()
            newest, oldest = blocks.newest(connection, q), blocks.oldest(connection, q)
            unlocated = blocks.unlocated(connection, q) if q.area.level == "county" else None
            centre, located = blocks.centre(connection, q), blocks.located(connection, q, whole)
        return Overview(
            area=q.area, path=self._path(scope, q), filter=q.filter, window=q.window, compared=q.compared,
            compare=q.filter.compare, data_version=version, data_at=max((s.data_at for s in q.states if s.data_at), default=None),
            now=q.now, figures=figures, indicator=indicator, rows=blocks.ordered(rows, indicator), others=others,
            total=blocks.area_row(q, q.area, whole), by_located=located, unlocated_city=unlocated, trend=trend,
            categories=categories, agencies=agencies, channels=channels, villages=villages, newest=newest, oldest=oldest,
            feeds=q.states, stale=q.stale("accepted"), listings=self._listings.of_area(scope, q.area, q.filter.as_of), centre=centre,
            centres={code: c["state"] for code, c in self._areas.centres.items()},
        )  # fmt: skip

    def _path(self, scope: Scope, q: Question) -> tuple[Any, ...]:
        places = [(a, self._areas.place(a.code)) for a in self._areas.path(q.area.code)]
        return tuple(a for a, p in places if scope.covers(p.county, p.town))

    def _rows(self, connection: Connection, q: Question, level: str) -> tuple[tuple[AreaRow, ...], tuple[AreaRow, ...], Any]:
        by = {"county": ("county_code",), "township": ("county_code", "town_code"), "": ()}[level]
        counties = [c.code for c in self._areas.counties()]
        found = tallies(
            sums(connection, q.scope, q.filter, q.place, {"now": q.window, "before": q.compared, "stock": EVER}, by, counties),
            waiting(connection, q.scope, q.filter, q.place, q.clock, by),
        )
        rows, others = blocks.area_rows(q, level, found)
        return rows, others, total(found.values())

    def rows(self, scope: Scope, filter: Filter, level: str) -> tuple[AreaRow, ...]:
        """The areas of a level inside filter.area (city: one row), county-only and unlocated rows after them."""
        filter = self._moments.of(filter)
        key, stamp = (scope.key, filter, level), self.stamp(scope, filter)
        found: tuple[AreaRow, ...] | None = self._kept_rows.get(key, stamp)
        if found is not None:
            return found
        q = self._question(scope, filter)
        own = {"city": 0, "county": 1, "township": 2}
        if own[level] < own[q.area.level]:
            raise Forbidden(f"level {level} is above the area asked for")
        with self._moments.reading(q.filter.as_of) as connection:
            if level == q.area.level:
                _, _, whole = self._rows(connection, q, "")
                found = (blocks.area_row(q, q.area, whole),)
            else:
                rows, others, _ = self._rows(connection, q, level)
                found = (*rows, *others)
        self._kept_rows.put(key, stamp, found)
        return found

    def window_of(self, filter: Filter) -> Window:
        """The window a page shows: the filter's, else the year so far."""
        return filter.window or preset("year", self._moments.today(filter.as_of))


def _version(connection: Connection) -> int:
    return int(connection.execute(select(data_version.c.version)).scalar() or 0)
