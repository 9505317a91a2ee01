"""What an event of the path says, from its data."""

from __future__ import annotations

from datetime import date
from typing import Any

from dashboard.components import case_words as words
from dashboard.components import fmt
from dashboard.i18n import N_, pick, t
from matters.access import ROLES
from matters.clocks import CLOCKS
from matters.vocabulary import OUTCOMES
from services.path_shapes import EventLine

NAMES: dict[str, str] = {
    "owner": N_("主责"), "procedure": N_("程序"), "terms": N_("协议内容"), "number": N_("文号"), "days": N_("延长天数"), "answer_by": N_("答复期限"),
    "leader": N_("包案领导"), "until": N_("到期"), "who": N_("参加"), "conclusions": N_("结论"), "title": N_("事由"), "outcome": N_("结果"),
    "satisfied": N_("评价"),
}  # fmt: skip


def who(event: EventLine) -> str:
    """The role of who did it."""
    return pick(*ROLES[event.role]) if event.role in ROLES else event.role


def lines(event: EventLine, today: date) -> list[str]:
    """What the event's form said, one field a line; the day, the reason and the reference stand elsewhere."""
    out = [t("{name}：{value}", name=t(NAMES[key]), value=value) for key in NAMES if (value := _value(key, event.data.get(key), today))]
    return [*out, *tasks(event)]


def tasks(event: EventLine) -> list[str]:
    """The tasks of a joint action."""
    given = event.data.get("tasks")
    if not isinstance(given, list):
        return []
    return [t("{who}：{task}（{due}）", who=x.get("department", ""), task=x.get("task", ""), due=x.get("due") or words.DASH) for x in given]


def _value(key: str, value: Any, today: date) -> str:
    if value in (None, "", []):
        return ""
    if key == "satisfied":
        return t("满意") if value else t("不满意")
    if key == "procedure":
        return pick(CLOCKS[value].zh, CLOCKS[value].en) if value in CLOCKS else str(value)
    if key == "outcome":
        return words.word(OUTCOMES, str(value))
    if key in ("answer_by", "until"):
        try:
            return words.near_day(date.fromisoformat(str(value)), today)
        except ValueError:
            return str(value)
    return fmt.join([str(v) for v in value]) if isinstance(value, list) else str(value)
