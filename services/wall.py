"""What a wall shows, all of one moment: figures of the area and of every area below, what came in last, what needs an act, alarms."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Engine

from matters.access import Scope
from matters.filters import Filter
from matters.listing import IN_FORCE
from matters.periods import Window
from services.kept import Kept
from services.path_shapes import CardLine, Desk
from services.settings import Settings
from services.shapes import AreaInfo, AreaRow, FeedState, ListingLine, MatterLine, Overview
from services.wall_alarms import CONFIRMED, Alarm, Alarms, confirmed
from store import wall as kept
from store.engine import reading

LATEST = 8  # lines of what came in last
CARDS_SHOWN, GROUPS_SHOWN = 12, 12


@dataclass(frozen=True, slots=True)
class Latest:
    """A matter that came in or moved; its title is masked where it was stored."""

    code: str
    at: datetime
    county: str
    town: str
    category: str
    stage: str
    title: str
    fresh: bool  # accepted today and not moved since


@dataclass(frozen=True, slots=True)
class WallArea:
    """One scene of an area: its row, the rows below it, how many are known to the area only, and what came in last."""

    info: AreaInfo
    row: AreaRow
    below: tuple[AreaRow, ...]
    elsewhere: int  # accepted in the area, in none of `below`
    today: int
    cards: int  # red and black cards in force
    latest: tuple[Latest, ...]


@dataclass(frozen=True, slots=True)
class WallState:
    """Everything a wall of one scope shows. The first area is the scope's own; further ones follow, the most urgent first."""

    overview: Overview
    areas: tuple[WallArea, ...]
    listings: tuple[ListingLine, ...]
    cards: tuple[CardLine, ...]
    groups: tuple[MatterLine, ...]
    totals: dict[str, int]
    alarms: tuple[Alarm, ...]
    feeds: tuple[FeedState, ...]
    signals: Any = None
    listed_towns: tuple[str, ...] = field(default=())


class Wall:
    """Answers are kept by scope until the data, the day, a feed or an alarm changes."""

    def __init__(self, engine: Engine, settings: Settings, services: Callable[[], Any], alarms: Alarms, now: Callable[[], datetime]) -> None:
        self._engine, self._settings, self._of, self.alarms, self._now = engine, settings, services, alarms, now
        self._kept = Kept(32)

    def stamp(self, scope: Scope) -> Any:
        """What an answer holds for. Cheap: it is asked for every second by every display."""
        s = self._of()
        feeds = tuple((f.feed, f.data_at, f.late, f.error != "") for f in s.feeds.states(scope))
        hour = self._now().replace(minute=0, second=0, microsecond=0)  # alarms grow old without new data
        return s.figures.data_version(), hour, feeds, self.alarms.mark()

    def read(self, scope: Scope, stamp: Any = None) -> WallState:
        """The state of now. Raises Forbidden for a township's scope: a wall is the city's or a county's."""
        scope.require("see_wall")
        scope.require_area(scope.county)
        stamp = stamp if stamp is not None else self.stamp(scope)
        found: WallState | None = self._kept.get((scope.key, scope.level), stamp)
        return found or self._kept.put((scope.key, scope.level), stamp, self._read(scope))

    def _read(self, scope: Scope) -> WallState:
        s = self._of()
        overview: Overview = s.figures.overview(scope, Filter())
        desk: Desk = s.supervision.desk(scope)
        listings: tuple[ListingLine, ...] = s.listings.all(scope, states=IN_FORCE)
        large = Filter(scale="large", part="open", window=None)
        page = s.matters.page(scope, large, sort="people", descending=True, limit=GROUPS_SHOWN)
        grave = [c for c in desk.cards if c.event.act in ("red", "black")]
        signals = self._signals(scope)
        open_signals = Counter(x.county for x in signals.lines if x.state == "open") if signals is not None else Counter[str]()
        areas = self._areas(scope, overview, Counter(self._county(c.matter.area) for c in grave), open_signals)
        totals = {**desk.totals, "groups": page.sums.total, "grave": len(grave)}
        listed = tuple(line.area for line in listings if line.subject == "area")
        return WallState(overview, areas, listings, tuple(grave[:CARDS_SHOWN]), page.rows, totals, self.alarms.now(scope), overview.feeds,
                         signals, listed)  # fmt: skip

    def _signals(self, scope: Scope) -> Any:
        """The desk of signals (services.signal_shapes.SignalDesk), None before their first run."""
        signals = getattr(self._of(), "signals", None)
        desk = signals.desk(scope) if signals is not None else None
        return desk if desk is not None and desk.run_at is not None else None

    def confirmed(self, scope: Scope, since: datetime) -> tuple[Alarm, ...]:
        """Signals that somebody decided to act on since a moment. Not those of the desk, which counts its decisions by calendar years."""
        signals = getattr(self._of(), "signals", None)
        found = signals.standing(scope, CONFIRMED) if signals is not None else ()
        return tuple(confirmed(line, self._settings.wall_small) for line in found if line.decided is not None and line.decided.at >= since)

    def _county(self, area: str) -> str:
        try:
            return str(self._of().areas.place(area).county) if area else ""
        except KeyError:  # the directory has it no more
            return ""

    def _areas(self, scope: Scope, overview: Overview, cards: Counter[str], signals: Counter[str]) -> tuple[WallArea, ...]:
        """The scope's own area; for the city also each county with its townships: most overdue first, then most signals nobody decided on, then listed."""
        latest = self._latest(scope, [r.area for r in overview.rows] if overview.area.level == "city" else [scope.county])
        today = self._today(scope, overview)
        rows = tuple(r for r in overview.rows if r.area)
        own = self._area(overview.area, overview.total, rows, today[""] or today[overview.area.code], sum(cards.values()), latest[""])
        if overview.area.level != "city":
            return (own,)
        towns: dict[str, list[AreaRow]] = defaultdict(list)
        s = self._of()
        for row in s.figures.rows(scope, Filter(), "township"):
            if row.area:
                towns[s.areas.info(row.area).parent].append(row)
        counties = sorted(rows, key=lambda r: (-r.overdue_now, -signals[r.area], -len(r.listed), r.area))
        return (own, *(self._area(s.areas.info(r.area), r, tuple(sorted(towns[r.area], key=lambda t: (-t.accepted, t.area))), today[r.area],
                                  cards[r.area], latest[r.area]) for r in counties))  # fmt: skip

    @staticmethod
    def _area(info: AreaInfo, row: AreaRow, below: tuple[AreaRow, ...], today: int, cards: int, latest: list[Latest]) -> WallArea:
        ranked = tuple(sorted(below, key=lambda r: (-r.accepted, r.area)))
        return WallArea(info, row, ranked, row.accepted - sum(r.accepted for r in below), today, cards, tuple(latest[:LATEST]))

    def _today(self, scope: Scope, overview: Overview) -> Counter[str]:
        """Matters accepted today, by county and for the whole ('')."""
        day = Window(self._now().date(), self._now().date())
        out = Counter[str]()
        level = overview.area.level
        for row in self._of().figures.rows(scope, Filter(window=day), "county" if level == "city" else level):
            out[row.area] += row.accepted
            out[""] += row.accepted
        if level == "city":
            del out[""]
            out[""] = sum(r.accepted for r in self._of().figures.rows(scope, Filter(window=day), "city"))
        return out

    def _latest(self, scope: Scope, counties: list[str]) -> dict[str, list[Latest]]:
        """What came in last, for the scope ('') and by county."""
        today = self._now().date()
        out: dict[str, list[Latest]] = defaultdict(list)
        with reading(self._engine) as connection:
            found = kept.latest(connection, scope, counties, LATEST)
        for m in found:
            fresh = m["accepted_on"] == today and m["record_count"] == 1 and m["is_open"]
            line = Latest(m["code"], m["changed_at"], m["county_code"], m["town_code"], m["category"], m["stage"], m["title"], fresh)
            for key in ("", m["county_code"]):
                if len(out[key]) < LATEST:
                    out[key].append(line)
        return out
