"""What services.meetings hands out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from matters.periods import Window


@dataclass(frozen=True, slots=True)
class MeetingLine:
    """A meeting in a list."""

    id: int
    kind: str
    title: str
    area: str
    area_name: str
    window: Window
    as_of: datetime
    frozen_at: datetime
    frozen_by: str
    digest: str
    version: int
    previous: int


@dataclass(frozen=True, slots=True)
class AgendaItem:
    """One item: its key of matters.meetings.AGENDA, whether it is shown, its headline (people's or the rule's), the presenter's note."""

    key: str
    number: str
    zh: str
    en: str
    on: bool
    head: str
    head_en: str
    own: bool  # the headline was written by a person
    note: str
    tables: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DecisionLine:
    """A decision. `state` is open, late (open past its day), done or dropped, as of now."""

    id: int
    version: int
    meeting: int
    what: str
    who: str
    due: date
    state: str
    made_at: datetime
    made_by: str
    closed_at: datetime | None
    closed_by: str
    result: str


@dataclass(frozen=True, slots=True)
class Meeting:
    """A frozen meeting in full. `body` is what was frozen, word for word; `sound` False: it no longer has its digest."""

    line: MeetingLine
    body: dict[str, Any]
    agenda: tuple[AgendaItem, ...]
    earlier: tuple[DecisionLine, ...]
    taken: tuple[DecisionLine, ...]
    sound: bool
    may: bool  # the reader may edit the agenda and decide
    next_due: date
