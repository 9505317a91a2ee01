"""How the feeds stand: late or not, what their runs brought, what could not be taken and why."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Engine

from connectors.spec import FeedSpec
from matters.access import Scope
from matters.model import Agency
from services.feed_reads import FeedReads
from services.look import once
from services.settings import Settings
from services.shapes import FeedState
from services.store_health import StoreHealth
from store import feeds as feed_store
from store.engine import reading
from store.feeds_at import feeds_at


@dataclass(frozen=True, slots=True)
class RunLine:
    """One run of a feed; received = new + changed + unchanged + withdrawn + quarantined.

    `absent` of `withdrawn` were left out of a whole list. `kind`: pull | manual | backfill | replay | push; `by` asked for it.
    """

    id: int
    feed: str
    started_at: datetime
    ended_at: datetime | None
    status: str
    batches: int
    received: int
    new: int
    changed: int
    unchanged: int
    withdrawn: int
    quarantined: int
    error: str
    absent: int = 0
    kind: str = "pull"
    by: str = ""
    data_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class QuarantineGroup:
    """Rows of a feed set aside for one reason, with the newest as a masked sample."""

    feed: str
    column: str
    reason: str
    count: int
    message: str
    sample: dict[str, Any]
    origin: str
    row_no: int | None
    at: datetime
    oldest: datetime | None = None


class Feeds(FeedReads):
    """Read side of the feeds; running them is services.ingest's."""

    def __init__(self, engine: Engine, specs: dict[str, FeedSpec], settings: Settings, now: Callable[[], datetime], health: StoreHealth) -> None:
        self._engine, self._specs, self._settings, self._now, self._health = engine, specs, settings, now, health
        self.gives = {code: frozenset(spec.mapping.fields) for code, spec in specs.items()}
        self._agencies: dict[str, Agency] = {}

    def agencies(self) -> dict[str, Agency]:
        """Agencies by code, in the order of their say; kept in memory, since they change only with the declarations."""
        if not self._agencies:
            with reading(self._engine) as connection:
                self._agencies = feed_store.all_agencies(connection)
        return self._agencies

    def states(self, scope: Scope, as_of: datetime | None = None) -> tuple[FeedState, ...]:
        """The declared feeds, late ones first, then by the say of their agency, now or at a moment. The same for every scope: no figures."""
        return once(("feeds", as_of), lambda: self._states(as_of))

    def _states(self, as_of: datetime | None) -> tuple[FeedState, ...]:
        agencies = self.agencies()
        with reading(self._engine) as connection:
            rows = feeds_at(connection, as_of) if as_of is not None else feed_store.all_feeds(connection)
        now = as_of or self._now()
        states = [self._state(row, agencies[row["agency"]], now) for row in rows if row["agency"] in agencies]
        rank = {code: i for i, code in enumerate(agencies)}
        return tuple(sorted(states, key=lambda s: (not s.late, rank[s.agency], s.feed)))

    def _state(self, row: dict[str, Any], agency: Agency, now: datetime) -> FeedState:
        at = row["data_at"]
        after = self._settings.late_after.get(row["code"], row["late_after_seconds"])
        late = at is None or (now - at).total_seconds() > after
        days = (now.date() - at.date()).days if at is not None else 0
        return FeedState(row["code"], agency.code, agency.zh, agency.en, agency.mark, at, row["checked_at"], late, days,
                         row["cadence_seconds"], row["error"])  # fmt: skip

    def runs(self, scope: Scope, feed: str = "", limit: int = 50) -> tuple[RunLine, ...]:
        """Latest runs that brought something or failed, newest first. For the whole city's scope only."""
        scope.require_area("", "")
        names = RunLine.__slots__
        with reading(self._engine) as connection:
            return tuple(RunLine(*(row[n] for n in names)) for row in feed_store.runs(connection, feed, limit))

    def quarantine(self, scope: Scope, feed: str = "", state: str = "open") -> tuple[QuarantineGroup, ...]:
        """Rows set aside, by feed, column and reason, most first. For the whole city's scope only."""
        scope.require_area("", "")
        with reading(self._engine) as connection:
            rows = feed_store.quarantined(connection, feed, state)
        return tuple(
            QuarantineGroup(r["feed"], r["column"] or "", r["reason"], r["n"], r["message"], orjson.loads(r["raw"]), r["origin"],
                            r["row_no"], r["at"], r["oldest"])
            for r in rows
        )  # fmt: skip

    def totals(self, scope: Scope) -> dict[str, Any]:
        """Sums of all runs by feed (store.writer.Counts). For the whole city's scope only."""
        scope.require_area("", "")
        with reading(self._engine) as connection:
            return dict(feed_store.totals(connection))
