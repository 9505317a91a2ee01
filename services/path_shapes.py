"""What `services.path` and `services.supervision` take and give: plain values, no rows of the store."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal

from matters.access import Forbidden
from matters.mechanisms import Place
from store.listings import Conflict

__all__ = ["ActForm", "Acts", "CardLine", "ClockLine", "Conflict", "Desk", "EventLine", "FieldForm", "Forbidden", "JointLine", "MatterHead",
           "Mechanism", "ProposalLine", "Refused"]  # fmt: skip

Kind = Literal["text", "long", "date", "choice", "bool", "number", "list", "tasks", "ref"]


class Refused(ValueError):
    """The act cannot be taken now or a field is wrong. `reason` is a key of dashboard words, `what` names the stage, fact or field."""

    def __init__(self, reason: str, what: str = "") -> None:
        super().__init__(f"{reason}: {what}" if what else reason)
        self.reason, self.what = reason, what


@dataclass(frozen=True, slots=True)
class FieldForm:
    """One field of an act's form.

    Values are JSON-able: text, `YYYY-MM-DD`, a choice's code, true/false, a number; for `list` a list or one text with 、 between;
    for `tasks` a list of {department, task, due} or one line a task, `department | task | YYYY-MM-DD`; for `ref` an event's id.
    """

    key: str
    zh: str
    en: str
    kind: Kind
    required: bool
    value: Any = None
    options: tuple[tuple[str, str, str], ...] = ()  # (code, zh, en)
    least: Any = None
    most: Any = None


@dataclass(frozen=True, slots=True)
class ActForm:
    """An act that this reader may take now, with its form. `group` is a key of matters.path.GROUPS."""

    key: str
    zh: str
    en: str
    group: str
    target: str
    fields: tuple[FieldForm, ...]


@dataclass(frozen=True, slots=True)
class Acts:
    """What may be done with a matter now, and the version to send back with it."""

    code: str
    version: int
    stage: str
    acts: tuple[ActForm, ...]
    undo: tuple[int, ...]  # ids of the events this reader may undo now


@dataclass(frozen=True, slots=True)
class EventLine:
    """One event of a matter's path. `undone_by` is the id of the undoing event, 0 while it stands; `ref` the event it answers."""

    id: int
    code: str  # of the matter when it was written
    act: str
    zh: str
    en: str
    group: str
    on: date
    at: datetime
    by: str
    role: str
    why: str
    data: dict[str, Any]
    ref: int = 0
    undone_by: int = 0


@dataclass(frozen=True, slots=True)
class ClockLine:
    """One clock of a matter. `state`: running, soon, late (running), kept or broken (ended), stopped. `left`: days, negative when late.

    `ended` is the day on which what it waited for happened. `rests_on` is the record it runs for, 0 for the centre's own. `event` is the
    act that began a procedure, 0 for other clocks.
    """

    key: str
    zh: str
    en: str
    start: date
    due: date | None
    state: str
    left: int | None
    days: int
    unit: str
    source: str
    ended: date | None = None
    extended: int = 0  # calendar days that the extension and the suspensions added
    rests_on: int = 0
    agency: str = ""
    event: int = 0


@dataclass(frozen=True, slots=True)
class MatterHead:
    """As much of a matter as a line of the desk needs."""

    code: str
    version: int
    title: str
    category: str
    county: str  # names
    town: str
    area: str  # the code of the township, else of the county, else ''
    owner: str
    stage: str
    accepted_on: date | None
    due_on: date | None
    closed_on: date | None


@dataclass(frozen=True, slots=True)
class ProposalLine:
    """A step of supervision that a rule proposes: `step` a key of matters.path.CARDS, `rule` of matters.supervision.RULES."""

    matter: MatterHead
    step: str
    rule: str
    days: int
    may: bool  # whether this reader may issue it


@dataclass(frozen=True, slots=True)
class CardLine:
    """A card, an urging or a leader's case in force, with the answers to it."""

    matter: MatterHead
    event: EventLine
    answers: tuple[EventLine, ...] = ()


@dataclass(frozen=True, slots=True)
class JointLine:
    """A joint action under way: tasks [{department, task, due, done, reply}]."""

    matter: MatterHead
    event: EventLine
    tasks: tuple[dict[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class Mechanism:
    """One of the eight mechanisms and how many wait there (None: it has no queue)."""

    place: Place
    waiting: int | None


@dataclass(frozen=True, slots=True)
class Desk:
    """The desk of supervision in a scope. `totals` say how many each list has in all, where a list is cut."""

    proposals: tuple[ProposalLine, ...]
    cards: tuple[CardLine, ...]
    leaders: tuple[CardLine, ...]
    consultations: tuple[CardLine, ...]
    joints: tuple[JointLine, ...]
    callbacks: tuple[MatterHead, ...]
    mechanisms: tuple[Mechanism, ...]
    totals: dict[str, int] = field(default_factory=dict)
    data_version: int = 0
