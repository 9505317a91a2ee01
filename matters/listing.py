"""The life of a listing (挂牌整治): states, steps, who may take them. DOMAIN.md §6; a machine only proposes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple


class Step(NamedTuple):
    """One step: the states it may be taken in, the state it leads to ('' = stays), and the permission it takes."""

    key: str
    zh: str
    en: str
    sources: tuple[str, ...]
    target: str
    act: str
    needs: tuple[str, ...] = ()  # fields that must be given


STATES: dict[str, tuple[str, str]] = {
    "proposed": ("提议", "Proposed"),
    "considered": ("审议", "Considered"),
    "approved": ("批准", "Approved"),
    "listed": ("在挂", "Listed"),
    "accepting": ("待验收", "Acceptance test"),
    "escalated": ("升级", "Escalated"),
    "delisted": ("已摘牌", "Delisted"),
    "rejected": ("不予挂牌", "Not listed"),
}

IN_FORCE = ("listed", "accepting", "escalated")
WAITING = ("proposed", "considered", "approved")
ENDED = ("delisted", "rejected")

# Measures of escalation, mildest first (order configurable per city: DOMAIN.md §6 marks it unverified).
ESCALATIONS: dict[str, tuple[str, str]] = {
    "bulletin": ("通报", "Circular"),
    "talk": ("约谈", "Summons to a talk"),
    "supervised": ("挂牌督办", "Supervised listing"),
    "veto": ("一票否决", "One-vote veto"),
}

STEPS: dict[str, Step] = {
    s.key: s
    for s in (
        Step("propose", "提议", "Propose", (), "proposed", "propose_listing", ("reason",)),
        Step("table", "上会", "To the meeting", ("proposed",), "", "consider_listing", ("note",)),
        Step("consider", "审议", "Consider", ("proposed",), "considered", "consider_listing", ("note",)),
        Step("approve", "批准", "Approve", ("considered",), "approved", "approve_listing", ("note",)),
        Step("reject", "不予挂牌", "Reject", ("proposed", "considered", "approved"), "rejected", "approve_listing", ("note",)),
        Step("list", "挂牌", "List", ("approved",), "listed", "list_listing", ("owner", "leader", "deadline", "targets")),
        Step("plan", "方案", "Plan", IN_FORCE, "", "report_progress", ("note",)),
        Step("progress", "进展", "Progress", IN_FORCE, "", "report_progress", ("note",)),
        Step("inspect", "督查", "Inspect", IN_FORCE, "", "inspect_listing", ("note",)),
        Step("test", "提请验收", "Ask for acceptance", ("listed", "escalated"), "accepting", "report_progress", ("note",)),
        Step("delist", "摘牌", "Delist", ("accepting",), "delisted", "close_listing", ("note",)),
        Step("extend", "延期", "Extend", IN_FORCE, "listed", "close_listing", ("note", "deadline")),
        Step("escalate", "升级", "Escalate", IN_FORCE, "escalated", "close_listing", ("note", "measure")),
    )
}


class Reports(NamedTuple):
    """Progress of a listing: periods that have ended, those with a report, days since the last one (None: never)."""

    due: int
    reported: int
    silent: int | None


def reports(listed_on: date, until: date, days: Iterable[date], every: int = 7) -> Reports:
    """Whether something was reported in each period of `every` days since the listing that has ended by `until`."""
    told = sorted(d for d in days if listed_on <= d <= until)
    due = (until - listed_on).days // every
    filled = {(d - listed_on).days // every for d in told}
    return Reports(due, sum(1 for k in filled if k < due), (until - told[-1]).days if told else None)


class WrongStep(ValueError):
    """The step cannot be taken in this state, or a field it needs is missing; the message says which."""


def next_state(state: str, key: str) -> str:
    """State after the step; WrongStep if it may not be taken now."""
    step = STEPS.get(key)
    if step is None:
        raise WrongStep(f"unknown step {key!r}")
    if state not in step.sources:
        raise WrongStep(f"step {key} cannot be taken in state {state}")
    return step.target or state


def steps_from(state: str) -> list[Step]:
    """The steps that lead on from a state, in their usual order."""
    return [s for s in STEPS.values() if state in s.sources]
