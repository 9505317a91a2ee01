"""Groups of matters about one object, as pages see them: plain values, people only as a number."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

STATES = ("proposed", "confirmed", "dissolved")


@dataclass(frozen=True, slots=True)
class GroupLine:
    """A group as far as the reader's area reaches. `elsewhere` counts its matters outside; None: the reader may not know whether there are any.

    `people` is a sum over matters: somebody who is in two of them counts twice; `untold` matters say no number.
    """

    id: int
    version: int
    state: str
    kind: str
    object: str
    name: str
    first_on: date
    last_on: date
    found_at: datetime
    matters: int
    open: int
    people: int
    untold: int
    counties: tuple[str, ...]
    elsewhere: int | None
    whole: bool  # whether all of it lies inside the reader's area: only then may it be decided on


@dataclass(frozen=True, slots=True)
class GroupMember:
    """One matter of a group. `likeness` is how much of the group's common wording it has; `late`: joined by machine after it was confirmed."""

    record: int
    code: str
    title: str
    county_code: str
    town_code: str
    county: str
    town: str
    village: str
    category: str
    stage: str
    owner: str
    opened_on: date | None
    due_on: date | None
    is_open: bool
    people: int | None
    agencies: tuple[str, ...]
    likeness: float
    late: bool
    out: bool


@dataclass(frozen=True, slots=True)
class GroupEvent:
    """One step in the life of a group; `undone` when somebody took it back."""

    id: int
    step: str
    at: datetime
    by: str
    role: str
    why: str
    data: dict[str, Any]
    undone: bool


@dataclass(frozen=True, slots=True)
class GroupFile:
    """A group in full: members in order of day, those taken out last; acts the reader may take now."""

    line: GroupLine
    members: tuple[GroupMember, ...]
    events: tuple[GroupEvent, ...]
    acts: tuple[str, ...]
    undoable: int  # event that may be undone; 0 for none
