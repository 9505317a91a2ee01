"""The closed word lists of the domain: a code in the store, a Chinese name on the screen, an English one beside it."""

from __future__ import annotations

from typing import NamedTuple


class Word(NamedTuple):
    """One code of a word list with its names."""

    code: str
    zh: str
    en: str


def _table(*rows: tuple[str, str, str]) -> dict[str, Word]:
    return {code: Word(code, zh, en) for code, zh, en in rows}


CHANNELS = _table(
    ("visit", "群众来访", "Visit"),
    ("reported", "乡镇部门报送", "Reported by township or department"),
    ("entrusted", "法院委托", "Entrusted by a court"),
    ("assigned", "领导交办", "Assigned by a leader"),
)

# The path of a matter, in the order in which it is usually walked.
STAGES = _table(
    ("pending", "待受理", "Awaiting acceptance"),
    ("accepted", "待分流", "Awaiting dispatch"),
    ("dispatched", "已分流", "Dispatched"),
    ("mediating", "属地调解", "Local mediation"),
    ("escalated", "提级调解", "Escalated mediation"),
    ("pretrial", "诉前调解", "Pre-litigation mediation"),
    ("confirming", "司法确认", "Judicial confirmation"),
    ("litigation", "诉讼", "Litigation"),
    ("closed", "办结", "Closed"),
)

# What kind of paper a record is. Only `matter` kinds make a matter; `context` is drawn on maps and nothing else.
KINDS = _table(
    ("intake", "矛调受理", "Centre intake"),
    ("filing", "一审立案", "First-instance filing"),
    ("pretrial", "诉前调解", "Pre-litigation mediation"),
    ("confirmation", "司法确认", "Judicial confirmation"),
    ("petition", "信访件", "Petition"),
    ("call", "110 警情", "Police call"),
    ("incident", "消防出警", "Fire incident"),
    ("hazard", "消防隐患", "Fire hazard"),
    ("medical", "医疗纠纷", "Medical dispute"),
    ("mediation", "人民调解", "People's mediation"),
    ("procuratorial", "检察办案", "Procuratorial case"),
    ("school", "涉校纠纷", "School dispute"),
    ("accident", "安全生产事项", "Work safety matter"),
    ("complaint", "消费投诉", "Consumer complaint"),
    ("hotline", "12345 工单", "12345 hotline ticket"),
    ("online", "在线调解申请", "Online mediation request"),
    ("session", "在线调解场次", "Online mediation session"),
    ("terminal", "调解终端", "Mediation terminal"),
    ("message", "网上留言", "Online message"),
    ("other", "其他", "Other"),
)

OUTCOMES = _table(
    ("resolved", "化解", "Resolved"),
    ("unresolved", "未化解", "Not resolved"),
    ("withdrawn", "撤回", "Withdrawn"),
    ("transferred", "转出", "Transferred"),
)

SCALES = _table(
    ("individual", "个体", "Individual"),
    ("group", "一般群体", "Group"),
    ("large", "重大群体", "Large group"),
)

LOCATED = _table(
    ("township", "到乡镇", "To a township"),
    ("county", "只到县", "County only"),
    ("none", "未定位", "Unlocated"),
)

# Bands of people involved (DOMAIN.md §4): below the first bound is individual, from the last on a large group.
SCALE_BOUNDS: tuple[int, int] = (5, 30)


def scale_of(people: int | None, bounds: tuple[int, int] = SCALE_BOUNDS) -> str:
    """Scale code of a matter with that many people; unknown counts as individual."""
    if people is None or people < bounds[0]:
        return "individual"
    return "group" if people < bounds[1] else "large"
