"""Which step of supervision a rule proposes for a matter: urge, yellow, red, black. A machine only proposes (promise 10)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from matters.path import CARDS

RULES: dict[str, tuple[str, str]] = {
    "unaccepted": ("{n} 天未受理", "not accepted for {n} days"),
    "unhandled": ("受理 {n} 天未办理", "not handled for {n} days since acceptance"),
    "overdue": ("超期 {n} 天", "{n} days past its limit"),
}


class Thresholds(NamedTuple):
    """Days, as the deployment sets them: waits, days past the limit for each card, and the days that a step is given to work."""

    unaccepted: int = 2
    unhandled: int = 7
    yellow: int = 1
    red: int = 15
    black: int = 30
    step: int = 3


class Standing(NamedTuple):
    """What the rules look at."""

    is_open: bool
    opened_on: date | None
    accepted_on: date | None
    handled_on: date | None
    due_on: date | None


class Proposal(NamedTuple):
    """A step, the rule that calls for it and its number of days."""

    step: str
    rule: str
    days: int


def called_for(m: Standing, today: date, t: Thresholds) -> Proposal | None:
    """The gravest step that the matter's delays call for, whatever has been done."""
    if not m.is_open:
        return None
    late = (today - m.due_on).days if m.due_on else 0
    for step, days in (("black", t.black), ("red", t.red), ("yellow", t.yellow)):
        if late >= days:
            return Proposal(step, "overdue", late)
    if m.accepted_on is None and m.opened_on is not None and (wait := (today - m.opened_on).days) > t.unaccepted:
        return Proposal("urge", "unaccepted", wait)
    if m.accepted_on is not None and m.handled_on is None and (wait := (today - m.accepted_on).days) > t.unhandled:
        return Proposal("urge", "unhandled", wait)
    return None


def propose(m: Standing, force: Mapping[str, date], today: date, t: Thresholds) -> Proposal | None:
    """The next step, if one is due: never more than one above what is in force (`force`: step → issued on), and not before the
    last step has had its days. A card needs no urging before it."""
    wanted = called_for(m, today, t)
    if wanted is None:
        return None
    reached = max((CARDS.index(step) for step in force), default=-1)
    if CARDS.index(wanted.step) <= reached:
        return None
    if force and (today - max(force.values())).days < t.step:
        return None
    following = CARDS.index(wanted.step) if wanted.step == "urge" else max(reached + 1, CARDS.index("yellow"))
    return wanted._replace(step=CARDS[following])
