"""How the desk of supervision is written."""

from __future__ import annotations

from datetime import date

from dashboard import el
from dashboard.components import case_words as words
from dashboard.i18n import pick, t
from matters.access import ROLES
from matters.path import ACTS
from matters.supervision import RULES
from services.path_shapes import EventLine, MatterHead, ProposalLine

TONES = {"urge": "w", "yellow": "w y", "red": "a", "black": "k"}


def step(key: str) -> str:
    """Name of a step."""
    return pick(ACTS[key].zh, ACTS[key].en)


def tag(key: str) -> el.Node:
    """The step as a plate: shape of words, never colour alone."""
    return el.Span(step(key), f"tag {TONES.get(key, '')}".strip())


def why(line: ProposalLine) -> str:
    """The rule's reason: how many days of what."""
    return pick(*RULES[line.rule]).format(n=line.days)


def place(m: MatterHead) -> str:
    """County and township."""
    return " ".join(x for x in (m.county, m.town) if x) or t("未定位")


def who(event: EventLine, today: date) -> str:
    """Which role did it and when; the file says who."""
    role = pick(*ROLES[event.role]) if event.role in ROLES else event.role
    return f"{words.near_day(event.on, today)} {role}"


def answer_by(event: EventLine, today: date) -> str:
    """By when an answer is wanted."""
    given = event.data.get("answer_by")
    return t("限 {day} 前答复", day=words.near_day(date.fromisoformat(given), today)) if given else ""
