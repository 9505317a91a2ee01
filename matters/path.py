"""The path of a matter: which acts lead from which stage to which, and who may take them. One table; DOMAIN.md §2."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from matters.access import Scope

OPEN = ("accepted", "dispatched", "mediating", "escalated", "pretrial", "confirming", "litigation")
LOCAL = ("accepted", "dispatched", "mediating", "escalated")
ANY = ("pending", *OPEN)
TALKS = ("mediating", "escalated", "pretrial")
ALL_LEVELS = ("city", "county", "township")
OF_THE_CITY = ("city_leader", "system")  # roles that act for the whole city, whatever area a matter lies in
GROUPS: dict[str, tuple[str, str]] = {
    "path": ("办理", "Path"),
    "clock": ("时限", "Clock"),
    "supervision": ("督办", "Supervision"),
    "joint": ("会商联动", "Joint work"),
}


class Act(NamedTuple):
    """One act: the stages it may be taken in, the stage it leads to ('' = stays), who may take it, what its form asks.

    `needs` and `bars` are facts (see Facts) that must hold or must not hold. `ends` is the act whose event it answers: the
    event is named in the field `ref`.
    """

    key: str
    zh: str
    en: str
    group: str
    sources: tuple[str, ...]
    target: str
    permission: str
    fields: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    bars: tuple[str, ...] = ()
    levels: tuple[str, ...] = ALL_LEVELS
    ends: tuple[str, ...] = ()


def _a(*row: object, **more: object) -> Act:
    return Act(*row, **more)  # type: ignore[arg-type]


ACTS: dict[str, Act] = {
    a.key: a
    for a in (
        _a("accept", "受理", "Accept", "path", ("pending",), "accepted", "accept_matter", ("on", "why?")),
        _a("dispatch", "分流交办", "Dispatch", "path", LOCAL, "dispatched", "dispatch_matter", ("owner", "on", "why?")),
        _a("mediate", "开始调解", "Start mediation", "path", ("accepted", "dispatched"), "mediating", "handle_matter", ("on", "why?"), ("owner",)),
        _a("escalate", "提级调解", "Escalate", "path", ("dispatched", "mediating"), "escalated", "escalate_matter", ("owner?", "on", "why")),
        _a("agree", "达成协议", "Agreement", "path", TALKS, "", "handle_matter", ("on", "terms?", "why?"), (), ("agreed",)),
        _a("confirm", "申请司法确认", "Apply for confirmation", "path", TALKS, "confirming", "handle_matter", ("on", "number?", "why?"), ("agreed",)),
        _a("granted", "司法确认有效", "Confirmation granted", "path", ("confirming",), "closed", "handle_matter", ("on", "number?", "why?")),
        _a("refused", "不予司法确认", "Confirmation refused", "path", ("confirming",), "mediating", "handle_matter", ("on", "why")),
        _a("litigate", "转入诉讼", "To litigation", "path", (*LOCAL, "pretrial", "confirming"), "litigation", "handle_matter",
           ("on", "number?", "why")),
        _a("close", "办结", "Close", "path", OPEN, "closed", "handle_matter", ("outcome", "on", "why"), ("owner",)),
        _a("callback", "回访", "Call back", "path", ("closed",), "", "call_back", ("satisfied", "on", "why?")),
        _a("review", "请求复查复核", "Review asked for", "path", ("closed",), "", "handle_matter", ("on", "why?"), ("petition",), ("reviewing",)),
        _a("reviewed", "复查复核意见", "Review decided", "path", ("closed",), "", "handle_matter", ("on", "why"), ("reviewing",)),
        _a("reopen", "重新办理", "Reopen", "path", ("closed",), "mediating", "reopen_matter", ("on", "why")),
        _a("extend", "延长时限", "Extend the limit", "clock", OPEN, "", "extend_matter", ("days", "why"), ("due",), ("extended", "suspended"),
           ("city", "county")),
        _a("suspend", "中止计时", "Stop the clock", "clock", OPEN, "", "handle_matter", ("on", "why"), ("due", "suspendable"), ("suspended",)),
        _a("resume", "恢复计时", "Start the clock again", "clock", ANY, "", "handle_matter", ("on", "why?"), ("suspended",)),
        _a("procedure", "进入程序", "Begin a procedure", "clock", OPEN, "", "handle_matter", ("procedure", "on", "why?"), (), ("procedure",)),
        _a("prolong", "延长程序", "Extend the procedure", "clock", OPEN, "", "extend_matter", ("ref", "days", "why"), ("procedure",), ("prolonged",),
           ("city", "county"), ("procedure",)),
        _a("result", "程序结果", "Result of the procedure", "clock", (*OPEN, "closed"), "", "handle_matter", ("ref", "on", "why"), ("procedure",),
           ends=("procedure",)),
        _a("urge", "催办", "Urge", "supervision", ANY, "", "urge_matter", ("why",)),
        _a("yellow", "黄牌", "Yellow card", "supervision", ANY, "", "card_matter", ("why", "answer_by?"), (), ("yellow",), ("city", "county")),
        _a("red", "红牌", "Red card", "supervision", ANY, "", "card_matter", ("why", "answer_by?"), ("yellow",), ("red",), ("city", "county")),
        _a("black", "黑牌", "Black card", "supervision", ANY, "", "black_card", ("why", "answer_by?"), ("red",), ("black",), ("city",)),
        _a("answer", "回复督办", "Answer", "supervision", (*ANY, "closed"), "", "handle_matter", ("ref", "why"), ("cards",),
           ends=("urge", "yellow", "red", "black")),
        _a("withdraw", "撤销督办", "Withdraw", "supervision", (*ANY, "closed"), "", "card_matter", ("ref", "why"), ("cards",), (), ("city", "county"),
           ("urge", "yellow", "red", "black")),
        _a("lead", "领导包案", "A leader owns the case", "supervision", ANY, "", "lead_matter", ("leader", "until?", "why"), (), ("leader",),
           ("city", "county")),
        _a("unlead", "解除包案", "The leader gives it back", "supervision", (*ANY, "closed"), "", "lead_matter", ("ref", "why"), ("leader",), (),
           ("city", "county"), ("lead",)),
        _a("consult", "会商研判", "Joint consultation", "joint", (*ANY, "closed"), "", "consult_matter", ("on", "who", "conclusions")),
        _a("joint", "联动处置", "Joint action", "joint", ANY, "", "joint_matter", ("title", "tasks"), (), (), ("city", "county")),
        _a("reply", "任务回复", "Reply to a task", "joint", (*ANY, "closed"), "", "handle_matter", ("ref", "task", "why"), ("joint",), ends=("joint",)),
        _a("finish", "联动办结", "End the joint action", "joint", (*ANY, "closed"), "", "joint_matter", ("ref", "why"), ("joint",), (),
           ("city", "county"), ("joint",)),
    )
}  # fmt: skip
ENDING = ("withdraw", "unlead", "finish")  # what these name is no more in force afterwards
CARDS = ("urge", "yellow", "red", "black")
MOVES = tuple(a.key for a in ACTS.values() if a.group == "path")
FACTS: dict[str, tuple[str, str]] = {
    "owner": ("主责单位", "an owner"),
    "agreed": ("调解协议", "an agreement"),
    "due": ("时限", "a limit"),
    "extended": ("延期", "an extension"),
    "procedure": ("进行中的程序", "a procedure under way"),
    "prolonged": ("程序延期", "an extension of the procedure"),
    "suspended": ("计时中止", "a stopped clock"),
    "suspendable": ("可中止的时限", "a limit that can be stopped"),
    "petition": ("信访件", "a petition"),
    "reviewing": ("复查复核", "a review under way"),
    "yellow": ("黄牌", "a yellow card"),
    "red": ("红牌", "a red card"),
    "black": ("黑牌", "a black card"),
    "cards": ("在效的督办", "supervision in force"),
    "leader": ("包案领导", "a leader who owns it"),
    "joint": ("在办的联动", "a joint action under way"),
}


@dataclass(frozen=True, slots=True)
class Facts:
    """Where a matter stands, as far as acts depend on it: its stage and the keys of FACTS that hold."""

    stage: str
    holds: frozenset[str] = field(default=frozenset())


class Refusal(NamedTuple):
    """Why an act cannot be taken: `stage`, `lacks` or `has` a fact, `level` or `permission` of the reader."""

    kind: str
    what: str = ""


def refusal(act: Act, facts: Facts, scope: Scope | None = None) -> Refusal | None:
    """What stands against an act now; None when it may be taken. Without a scope only the matter is looked at."""
    if scope is not None and not scope.may(act.permission):
        return Refusal("permission", act.permission)
    if scope is not None and scope.level not in act.levels:
        return Refusal("level", scope.level)
    if facts.stage not in act.sources:
        return Refusal("stage", facts.stage)
    lacking = next((n for n in act.needs if n not in facts.holds), None)
    if lacking is not None:
        return Refusal("lacks", lacking)
    barring = next((n for n in act.bars if n in facts.holds), None)
    return Refusal("has", barring) if barring is not None else None


def may_end(act: Act, role: str, level: str, scope: Scope) -> bool:
    """Whether a reader stands high enough to take back, withdraw or end what somebody of a role and level did: a county takes back
    neither the city's black card nor anything else that somebody of the city did. Without a level, in old events, the role says it."""
    of = level if level in ALL_LEVELS else "city" if role in OF_THE_CITY else scope.level
    return scope.level == "city" or (scope.level in act.levels and ALL_LEVELS.index(scope.level) <= ALL_LEVELS.index(of))


def open_to(facts: Facts, scope: Scope) -> list[Act]:
    """The acts this reader may take now, in the order of the table."""
    return [a for a in ACTS.values() if refusal(a, facts, scope) is None]


def required(act: Act) -> Iterable[str]:
    """Fields without which the act is refused."""
    return (f for f in act.fields if not f.endswith("?"))
