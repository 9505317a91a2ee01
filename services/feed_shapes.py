"""What the feeds' page shows and acts on: plain frozen values, masked where they come from a source's rows."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal

Circuit = Literal["closed", "open", "half"]
RowState = Literal["open", "replayed", "discarded"]


@dataclass(frozen=True, slots=True)
class Request:
    """What a steward asked of the worker, and how far it is. `kind`: run | backfill | replay | withdraw.

    `state`: waiting | running | done | failed | cancelled. `total_rows` is None while nobody knows. `error` is plain words.
    """

    id: int
    feed: str
    kind: str
    asked_at: datetime
    asked_by: str
    note: str
    since: date | None
    state: str
    started_at: datetime | None
    ended_at: datetime | None
    run_id: int | None
    done_rows: int
    total_rows: int | None
    error: str

    @property
    def cancellable(self) -> bool:
        """Whether it can still be cancelled (a running one stops after its present batch)."""
        return self.state in ("waiting", "running")


@dataclass(frozen=True, slots=True)
class Hold:
    """A whole list that is suddenly short: `present` of the `known` live records are in it, `absent` are not.

    Nothing is withdrawn until it is accepted. `state`: open | accepted | refused | passed (a later list was whole again).
    """

    id: int
    feed: str
    run_id: int
    at: datetime
    known: int
    present: int
    absent: int
    state: str
    decided_at: datetime | None
    decided_by: str
    note: str


@dataclass(frozen=True, slots=True)
class DriftLine:
    """A change in the way a source speaks. `kind`: added | missing | retyped | new_value; `detail` says from what to what,
    or names the new value; `rows` were touched by it. `state`: open | noted."""

    id: int
    feed: str
    run_id: int
    at: datetime
    kind: str
    column: str
    detail: str
    rows: int
    state: str
    noted_at: datetime | None
    noted_by: str


@dataclass(frozen=True, slots=True)
class Paused:
    """Who paused a feed, when and why."""

    at: datetime | None
    by: str
    why: str


@dataclass(frozen=True, slots=True)
class FeedCard:
    """One source with all that a steward watches. Names as in services.shapes.FeedState.

    `cadence` is seconds in digits or a cron line. `lag_seconds` is the age of its newest data. `circuit`: closed; open: not
    asked before `circuit_until` because it failed `failures` times in a row; half: the next run is the one try. `next_at` is
    None while paused. `missing` are variables that its feed.toml asks for and that are not set. `asked` is the newest
    request that is waiting or running.
    """

    feed: str
    agency: str
    zh: str
    en: str
    mark: str
    mode: str
    cadence: str
    cadence_seconds: int
    data_at: datetime | None
    checked_at: datetime | None
    succeeded_at: datetime | None
    lag_seconds: int | None
    late: bool
    late_days: int
    error: str
    failures: int
    circuit: Circuit
    circuit_until: datetime | None
    next_at: datetime | None
    paused: Paused | None = None
    hold: Hold | None = None
    asked: Request | None = None
    running_since: datetime | None = None
    drift_open: int = 0
    quarantine_open: int = 0
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DayCounts:
    """What a feed's runs of one day brought, replays left out; received = new + changed + unchanged + withdrawn + quarantined.

    `absent` of `withdrawn` were left out of a whole list (and count as received: the list says it by leaving them out).
    """

    day: date
    feed: str
    runs: int
    failed: int
    received: int
    new: int
    changed: int
    unchanged: int
    withdrawn: int
    quarantined: int
    absent: int = 0


@dataclass(frozen=True, slots=True)
class QuarantineRow:
    """One row set aside. `raw` is masked; `cells` are the names of its top columns that can be corrected.

    `replayable`: the row as it came is still kept (raw_keep_days). `edited`: a steward has corrected it. `closing` is the
    reason of a discard, or the fate after a replay (new | changed | unchanged | withdrawn).
    """

    id: int
    feed: str
    run_id: int
    at: datetime
    origin: str
    row_no: int | None
    column: str
    reason: str
    message: str
    raw: dict[str, Any]
    state: str
    replayable: bool
    edited: bool
    closed_at: datetime | None
    closed_by: str
    closing: str
    cells: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class QuarantinePage:
    """Rows of one group, oldest first; `total` is the size of the group, `next` the `after` of the following page (None: last)."""

    rows: tuple[QuarantineRow, ...]
    total: int
    next: int | None


@dataclass(frozen=True, slots=True)
class Reconciled:
    """Whether a feed's counts add up: received = fates over all runs; open + replayed + discarded = all ever quarantined.

    Sums leave replays out: their rows came in once.
    """

    feed: str
    received: int
    new: int
    changed: int
    unchanged: int
    withdrawn: int
    quarantined: int
    open: int
    replayed: int
    discarded: int

    @property
    def holds(self) -> bool:
        """Whether both sums hold."""
        fates = self.new + self.changed + self.unchanged + self.withdrawn + self.quarantined
        return self.received == fates and self.quarantined == self.open + self.replayed + self.discarded


@dataclass(frozen=True, slots=True)
class NoticeLine:
    """A message to the operator. `kind`: late | on_time | failed | circuit | recovered | held | drift | quarantine | interrupted."""

    id: int
    at: datetime
    kind: str
    feed: str
    data: dict[str, Any]
    sent_at: datetime | None
    attempts: int
    error: str
    given_up: bool


@dataclass(frozen=True, slots=True)
class HealthProblem:
    """Something that keeps the store from taking data. `code`: disk_full | database_down | read_only | no_worker | webhook;
    `message` is plain English for the log, the screen has words of its own for each code."""

    code: str
    message: str
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Operation:
    """What /metrics tells of the way in; ages in seconds, by feed."""

    rows: dict[tuple[str, str], int] = field(default_factory=dict)  # (feed, outcome) → rows ever
    runs: dict[tuple[str, str], int] = field(default_factory=dict)  # (feed, status) → runs ever
    run_seconds: dict[str, float] = field(default_factory=dict)  # duration of the latest finished run
    circuit_open: dict[str, bool] = field(default_factory=dict)
    paused: dict[str, bool] = field(default_factory=dict)
    quarantine_open: dict[str, int] = field(default_factory=dict)
    lease_age: float | None = None  # seconds since the worker last renewed its lease
    notices_unsent: int = 0
