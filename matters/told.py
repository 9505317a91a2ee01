"""What the centre's acts say of a matter: a fold over its events, laid over what the records say. Pure, blind to arrival order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from matters.model import Matter, Record
from matters.path import ACTS, CARDS
from matters.vocabulary import STAGES

_ORDER = {code: i for i, code in enumerate(STAGES)}


class Said(NamedTuple):
    """One event, as derivation needs it. `data` is what its form gave (JSON: days as text)."""

    id: int
    record_id: int
    act: str
    on: date
    at: datetime
    data: Mapping[str, Any]
    ref: int | None = None
    role: str = ""  # of who did it
    level: str = ""  # of who did it; '' in events of before it was kept


class Procedure(NamedTuple):
    """A procedure that the centre entered: a key of matters.clocks.PROCEDURES, begun on a day; `added` days by its one extension."""

    key: str
    on: date
    added: int = 0
    ended: date | None = None


@dataclass(slots=True)
class Told:
    """Where the standing events leave a matter. `ids` names the event each field came from; clocks are named by record, 0 the centre's."""

    stage: str = ""
    accepted_on: date | None = None
    due_on: date | None = None
    handled_on: date | None = None
    closed_on: date | None = None
    outcome: str | None = None
    reopened_on: date | None = None
    owner: str = ""
    owner_on: date | None = None
    escalated: bool = False
    litigated: bool = False
    agreed_on: date | None = None
    confirm_on: date | None = None
    decided_on: date | None = None
    review_on: date | None = None
    reviewed_on: date | None = None
    satisfied: bool | None = None
    extended: set[int] = field(default_factory=set)
    stopped: dict[int, date] = field(default_factory=dict)
    shifts: dict[int, int] = field(default_factory=dict)
    procedures: dict[int, Procedure] = field(default_factory=dict)  # by the event that began each
    cards: dict[str, int] = field(default_factory=dict)  # in force: act → event
    leader: int = 0
    joints: set[int] = field(default_factory=set)
    ids: dict[str, int] = field(default_factory=dict)


def standing(events: Iterable[Said]) -> list[Said]:
    """Events that have not been undone, in the order in which they were done, without the undoings."""
    every = list(events)
    gone = {e.ref for e in every if e.act == "undo"}
    return sorted((e for e in every if e.act != "undo" and e.id not in gone), key=lambda e: (e.at, e.id))


def fold(events: Sequence[Said]) -> Told:
    """Where the standing events leave a matter; any order of acts is taken as it is, since two matters may have been merged."""
    told = Told()
    for e in standing(events):
        if e.act in ACTS and ACTS[e.act].group == "path":
            _move(told, e)
        elif e.act in ("procedure", "prolong", "result"):
            _procedure(told, e)
        elif e.act in ACTS and ACTS[e.act].group == "clock":
            _clock(told, e)
        else:
            _beside(told, e)
    return told


def _move(told: Told, e: Said) -> None:
    if ACTS[e.act].target:
        told.stage, told.ids["stage"] = ACTS[e.act].target, e.id
    if e.act == "accept" and told.accepted_on is None:
        told.accepted_on, told.due_on = e.on, _day(e.data.get("due"))
        told.ids |= {"accepted_on": e.id, "due_on": e.id}
    elif e.act not in ("accept", "callback", "review", "reviewed") and (told.handled_on is None or e.on < told.handled_on):
        told.handled_on, told.ids["handled_on"] = e.on, e.id
    if e.act in ("close", "granted", "reopen"):  # what nobody gave a result of ended with the matter, and does not run on when it is reopened
        _over(told, _day(e.data.get("closed")) or e.on)
    if e.data.get("owner"):
        told.owner, told.owner_on, told.ids["owner"] = str(e.data["owner"]), e.on, e.id
    told.escalated |= e.act == "escalate"
    told.litigated |= e.act == "litigate"
    if e.act == "agree":
        told.agreed_on = e.on
    elif e.act == "confirm":
        told.confirm_on, told.decided_on = e.on, None
    elif e.act == "refused":
        told.decided_on = e.on
    elif e.act == "review":
        told.review_on, told.reviewed_on = e.on, None
    elif e.act == "reviewed":
        told.reviewed_on = e.on
    elif e.act in ("close", "granted"):
        told.closed_on, told.outcome = e.on, str(e.data.get("outcome") or "resolved")
        told.decided_on = e.on if e.act == "granted" else told.decided_on
        told.ids |= {"closed_on": e.id, "outcome": e.id}
    elif e.act == "callback":
        told.satisfied, told.ids["satisfied"] = bool(e.data.get("satisfied")), e.id
    elif e.act == "reopen":
        told.reopened_on, told.closed_on, told.outcome, told.agreed_on, told.satisfied = e.on, None, None, None, None
        for name in ("closed_on", "outcome", "satisfied"):
            told.ids.pop(name, None)


def _clock(told: Told, e: Said) -> None:
    """An extension or a suspension belongs to the clock that was in force: another agency's later clock does not inherit it."""
    clock = int(e.data.get("clock") or 0)
    if e.act == "suspend":
        told.stopped[clock] = e.on
    elif e.act == "resume":
        told.stopped.pop(clock, None)
    else:
        told.extended.add(clock)
    told.shifts[clock] = told.shifts.get(clock, 0) + int(e.data.get("shift") or 0)
    told.ids["due_on"] = e.id


def _procedure(told: Told, e: Said) -> None:
    """A procedure beside the limit in force, which it leaves alone."""
    if e.act == "procedure":
        told.procedures[e.id] = Procedure(str(e.data.get("procedure", "")), e.on)
    elif (begun := told.procedures.get(e.ref or 0)) is not None:
        given = {"added": int(e.data.get("days") or 0)} if e.act == "prolong" else {"ended": e.on}
        told.procedures[e.ref or 0] = begun._replace(**given)


def _over(told: Told, day: date) -> None:
    told.procedures = {i: p if p.ended else p._replace(ended=max(p.on, day)) for i, p in told.procedures.items()}


def _beside(told: Told, e: Said) -> None:
    """Supervision and joint work: what is in force beside the path."""
    if e.act in CARDS:
        told.cards[e.act] = e.id
    elif e.act == "withdraw":
        told.cards = {act: i for act, i in told.cards.items() if i != e.ref}
    elif e.act == "lead":
        told.leader = e.id
    elif e.act == "unlead" and told.leader == e.ref:
        told.leader = 0
    elif e.act == "joint":
        told.joints.add(e.id)
    elif e.act == "finish":
        told.joints.discard(e.ref or 0)


def _day(value: Any) -> date | None:
    return date.fromisoformat(value) if value else None


def lay_over(matter: Matter, records: Sequence[Record], told: Told, clock: int) -> dict[str, int]:
    """Lay the centre's word over what the records say; returns field → event id.

    Agencies' own days of acceptance and limits hold where there are some. A closing holds until an agency takes the matter up on a
    later day; a reopening holds until every agency has closed again on a later day. `clock` is the record whose limit is in force.
    """
    used: set[str] = set()
    if told.accepted_on is not None and matter.accepted_on is None:
        matter.accepted_on = told.accepted_on
        matter.opened_on = min(matter.opened_on or told.accepted_on, told.accepted_on)
        used.add("accepted_on")
        if matter.due_on is None:
            matter.due_on, clock = told.due_on, 0
            used.add("due_on")
    if clock in told.stopped and matter.due_on is not None:
        matter.due_on = None
        used.add("due_on")
    elif matter.due_on is not None and told.shifts.get(clock):
        matter.due_on += timedelta(days=told.shifts[clock])
        used.add("due_on")
    if told.handled_on is not None and (matter.handled_on is None or told.handled_on < matter.handled_on):
        matter.handled_on = told.handled_on
        used.add("handled_on")
    matter.escalated |= told.escalated
    matter.litigated |= told.litigated
    used |= _ending(matter, records, told)
    if told.owner and not any(r.owner and r.accepted_on and r.accepted_on > told.owner_on for r in records):  # type: ignore[operator]
        matter.owner = told.owner
        used.add("owner")
    if told.satisfied is not None:
        matter.satisfied = told.satisfied
        used.add("satisfied")
    return {name: told.ids[name] for name in used if name in told.ids}


def _ending(matter: Matter, records: Sequence[Record], told: Told) -> set[str]:
    """Stage and end: the centre's where its word is the last, the agencies' where theirs is."""
    ended = {"stage", "closed_on", "outcome"}
    if told.stage == "closed" and told.closed_on is not None:
        if any(known > told.closed_on for r in records if (known := _known(r)) is not None):
            return set()
        matter.is_open, matter.stage, matter.closed_on, matter.outcome = False, "closed", told.closed_on, told.outcome
        return ended
    if not matter.is_open:
        if told.reopened_on is None or (matter.closed_on is not None and matter.closed_on > told.reopened_on):
            return set()
        matter.is_open, matter.stage, matter.closed_on, matter.outcome = True, told.stage or "mediating", None, None
        return ended
    if told.stage and _ORDER[told.stage] > _ORDER[matter.stage]:
        matter.stage = told.stage
        return {"stage"}
    return set()


def _known(record: Record) -> date | None:
    """The day on which an agency took it up."""
    happened = record.happened_at.date() if record.happened_at else None
    return max((d for d in (happened or record.registered_on, record.accepted_on) if d is not None), default=None)
