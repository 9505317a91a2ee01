"""Signals as pages, letters, the wall and the meeting see them: plain values inside the reader's scope."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from matters.filters import Filter


class Refused(ValueError):
    """The step cannot be taken; `reason`: why | state | until | undo | cap."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class SignalEvent:
    """Something a run or a person did: who, when, why."""

    id: int
    step: str
    at: datetime
    by: str
    role: str
    why: str
    data: Mapping[str, Any]
    undone: bool


@dataclass(frozen=True, slots=True)
class Behind:
    """A part of a signal's count with its rows."""

    area: str
    name: str
    count: int
    rows: Filter


@dataclass(frozen=True, slots=True)
class Related:
    """A signal folded into another."""

    id: int
    kind: str
    title: tuple[str, str]
    count: int
    rows: Filter | None


@dataclass(frozen=True, slots=True)
class SignalLine:
    """One card. Pairs of texts are Chinese and English. `rows` are exactly `count` matters, as the store knew them when the run read it
    (None: a group whose parts are listed instead). `number` is its place in the reader's list, the same on the map; 0 when not in it.

    state: a key of matters.signals.STATES. acts: steps the reader may take now. points: (last day, count, expected, low, high), oldest first.
    """

    id: int
    version: int
    number: int
    kind: str
    kinds: tuple[str, ...]
    county: str
    town: str
    towns: tuple[str, ...]
    category: str
    place: tuple[str, str]
    title: tuple[str, str]
    body: tuple[str, str]
    sentence: tuple[str, str]
    first: date
    last: date
    count: int
    expected: float
    low: float
    high: float
    ratio: float | None
    rows: Filter | None
    parts: tuple[Behind, ...]
    months: tuple[tuple[str, int, Filter], ...]  # of a growth: month, count, rows
    unit: tuple[str, int]
    points: tuple[tuple[date, int, float | None, float | None, float | None], ...]
    provisional: bool
    delay_known: bool
    late: tuple[str, ...]  # agencies whose late feed it rests on: more may come, not less
    objects: tuple[tuple[int, str, int], ...]  # group, name, matters
    related: tuple[Related, ...]
    state: str
    snoozed_until: date | None
    first_week: date
    last_week: date
    weeks_found: int
    fresh: bool  # found by the latest run
    decided: SignalEvent | None
    acts: tuple[str, ...]
    undoable: int
    at: datetime
    evidence: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SignalFile:
    """A signal with its whole history. seen: (week, moment, what the run said), newest first."""

    line: SignalLine
    events: tuple[SignalEvent, ...]
    seen: tuple[tuple[date, datetime, Mapping[str, Any]], ...]


@dataclass(frozen=True, slots=True)
class Unknown:
    """A category of which nothing can be told: so much of it comes by a feed that is late."""

    category: str
    agency: str
    feed: str
    data_at: datetime | None
    share: float


@dataclass(frozen=True, slots=True)
class Watched:
    """What stands out but may well be chance, or came after the week was full (`over`)."""

    place: tuple[str, str]
    category: str
    count: int
    expected: float
    low: float
    high: float
    weeks: int
    rows: Filter
    over: bool


@dataclass(frozen=True, slots=True)
class SignalDesk:
    """The page: signals of the week and older ones not decided on, those decided on this year, the watch list, what cannot be told.

    useful: share of the decided ones of the year that were not dismissed, None without any. run_at None: no run yet.
    """

    week: date | None
    run_at: datetime | None
    data_version: int
    lines: tuple[SignalLine, ...]
    done: tuple[SignalLine, ...]
    snoozed: tuple[SignalLine, ...]
    watch: tuple[Watched, ...]
    unknown: tuple[Unknown, ...]
    open: int
    year: int
    decided: int
    used: int
    useful: float | None
    cap: int
    townships: int
    categories: int
    delay_known: bool
    weeks: int  # of history the run could read
    stale: bool = False  # the last complete week has not been judged yet
    counts: Mapping[str, int] = field(default_factory=dict)
