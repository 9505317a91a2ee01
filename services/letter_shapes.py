"""What the services say of warning letters: plain frozen values, inside the reader's scope."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal, Protocol

from matters.access import Scope
from matters.filters import Filter
from matters.letters import ANSWERING


class SignalFound(Protocol):
    """Where a letter's signal comes from: services.signals, or anything that has the same two doors."""

    def get(self, scope: Scope, signal_id: int) -> Any:
        """A file whose `line` has id, version, state, acts, county, town, category, first, last, count, expected, low, high, points, sentence,
        body, rows, at. LookupError outside the scope."""

    def act(self, scope: Scope, signal_id: int, version: int, step: str, why: str, until: date | None = None, data: Any = None) -> Any:
        """Take a step of the signal: here "letter"."""


@dataclass(frozen=True, slots=True)
class LetterLine:
    """One letter of a list. `days_left` counts to the reply's last day while it is awaited, negative past it."""

    id: int
    version: int
    state: str
    kind: str
    office: str
    office_name: str
    number: str
    colour: str
    title: str
    addressee: str
    area: str
    area_name: str
    category: str
    signal: int
    replaces: int
    replaced_by: int
    drafted_at: datetime
    drafted_by: str
    issued_at: datetime | None
    due_on: date | None
    replied_at: datetime | None
    closed_at: datetime | None
    reminders: int
    days_left: int | None

    @property
    def waits(self) -> bool:
        """Whether a reply is awaited."""
        return self.state in ANSWERING


@dataclass(frozen=True, slots=True)
class LetterEvent:
    """One line of a letter's history."""

    id: int
    step: str
    at: datetime
    by: str
    role: str
    note: str
    data: Mapping[str, Any]
    undone: bool


@dataclass(frozen=True, slots=True)
class Content:
    """What people write: everything of the paper that is not evidence."""

    opening: str
    findings: tuple[str, ...]
    laws: str
    requests: tuple[str, ...]
    closing: str
    due_on: date | None = None  # None: by the colour, from the day of issue


@dataclass(frozen=True, slots=True)
class LetterEffect:
    """The measured change: cases a week before and after, against what unlisted places say. Verdict early and few say nothing."""

    verdict: Literal["fell", "rose", "unchanged", "few", "early", "none"]
    before: int
    after: int
    weeks_before: int
    weeks_after: int
    expected: float | None = None
    ratio: float | None = None
    low: float | None = None
    high: float | None = None
    rows_before: Filter | None = None
    rows_after: Filter | None = None


@dataclass(frozen=True, slots=True)
class LetterFile:
    """One letter whole. `rows` is the list behind the evidence, as it stood; `acts` the steps this reader may take now."""

    line: LetterLine
    content: Content
    evidence: Mapping[str, Any]
    events: tuple[LetterEvent, ...]
    acts: tuple[str, ...]
    undoable: int
    rows: Filter
    rows_before: Filter
    digest: str
    intact: bool  # what lies here still has the digest of what was issued; True for drafts
    effect: LetterEffect | None
    data_version: int
