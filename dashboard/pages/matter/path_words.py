"""The path's refusals in plain words."""

from __future__ import annotations

from dashboard.components import case_words as words
from dashboard.i18n import N_, pick, t
from dashboard.pages.matter.event_words import NAMES
from matters.path import FACTS
from services.path_shapes import Refused

_FIELDS: dict[str, str] = {**NAMES, "on": N_("日期"), "why": N_("理由"), "ref": N_("针对"), "tasks": N_("任务"), "task": N_("第几项任务")}
_UNDO: dict[str, str] = {
    "gone": N_("这一步已经不在了。"), "done": N_("这一步已经撤销过了。"), "later": N_("后面还有以它为准的步骤：先撤销后面的。"),
}  # fmt: skip


def refusal(error: Refused) -> str:
    """Why an act was not taken."""
    what = error.what
    fact = pick(*FACTS[what]) if what in FACTS else what
    made = {
        "stage": lambda: t("事项现在在“{stage}”，这一步不从这里走。", stage=words.stage(what)),
        "lacks": lambda: t("还没有{what}。", what=fact),
        "has": lambda: t("已经有{what}。", what=fact),
        "field": lambda: t("“{name}”没有填，或填得不对。", name=t(_FIELDS[what]) if what in _FIELDS else what),
        "late": lambda: t("时限 {day} 已经过了，不能再中止。", day=what),
        "undo": lambda: t(_UNDO[what]) if what in _UNDO else t("这一步不能撤销"),
    }.get(error.reason)
    return made() if made else t("这一步被拒绝：{why}", why=str(error))
