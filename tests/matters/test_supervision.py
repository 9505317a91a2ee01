"""What the rules propose, and the table of acts itself."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from matters.access import PERMISSIONS, ROLES, Scope
from matters.mechanisms import MECHANISMS
from matters.path import ACTS, CARDS, FACTS, Facts, open_to, refusal
from matters.supervision import Proposal, Standing, Thresholds, propose
from matters.vocabulary import STAGES

TODAY = date(2026, 6, 10)
RULES = Thresholds()


def ago(days: int) -> date:
    return TODAY - timedelta(days=days)


def late(days: int) -> Standing:
    return Standing(True, ago(60), ago(60), ago(50), ago(days))


@pytest.mark.parametrize(("matter", "force", "expected"), [
    (late(0), {}, None),
    (late(1), {}, ("yellow", "overdue", 1)),
    (late(40), {}, ("yellow", "overdue", 40)),  # one step at a time, however late
    (late(40), {"yellow": ago(2)}, None),  # the step has its days
    (late(40), {"yellow": ago(3)}, ("red", "overdue", 40)),
    (late(14), {"yellow": ago(9)}, None),
    (late(29), {"yellow": ago(20), "red": ago(9)}, None),
    (late(30), {"yellow": ago(20), "red": ago(9)}, ("black", "overdue", 30)),
    (late(99), {"yellow": ago(20), "red": ago(9), "black": ago(5)}, None),
    (late(5), {"urge": ago(4)}, ("yellow", "overdue", 5)),
    (late(5), {"urge": ago(1)}, None),
    (Standing(True, ago(2), None, None, None), {}, None),
    (Standing(True, ago(3), None, None, None), {}, ("urge", "unaccepted", 3)),
    (Standing(True, ago(3), None, None, None), {"urge": ago(9)}, None),
    (Standing(True, ago(9), ago(7), None, TODAY), {}, None),
    (Standing(True, ago(9), ago(8), None, TODAY), {}, ("urge", "unhandled", 8)),
    (Standing(False, ago(99), ago(90), None, ago(60)), {}, None),
    (Standing(True, ago(99), ago(90), ago(80), None), {}, None),  # a stopped clock is not late
])  # fmt: skip
def test_what_a_rule_proposes(matter: Standing, force: dict[str, date], expected: tuple[str, str, int] | None) -> None:
    assert propose(matter, force, TODAY, RULES) == (Proposal(*expected) if expected else None)


def test_the_days_are_settings() -> None:
    assert propose(late(5), {}, TODAY, RULES._replace(yellow=6)) is None
    assert propose(late(5), {"yellow": TODAY}, TODAY, RULES._replace(red=5, step=0)) == Proposal("red", "overdue", 5)


def test_the_table_names_only_what_there_is() -> None:
    for act in ACTS.values():
        assert set(act.sources) <= set(STAGES) and (not act.target or act.target in STAGES)
        assert act.permission in PERMISSIONS and set(act.needs + act.bars) <= set(FACTS)
        assert set(act.ends) <= set(ACTS) and ("ref" in act.fields) == bool(act.ends)


def test_every_stage_can_be_left_and_every_stage_but_the_first_reached() -> None:
    for stage in STAGES:
        assert any(stage in a.sources and a.target for a in ACTS.values()), stage
    # A court reports its own mediation; nobody at the centre puts a matter there.
    assert {a.target for a in ACTS.values() if a.target} == set(STAGES) - {"pending", "pretrial"}


def test_who_may_do_what() -> None:
    """Role by level: the table as it is read aloud."""
    everything = Facts("mediating", frozenset(FACTS) - {"agreed", "extended", "prolonged", "suspended", "yellow", "red", "black", "leader"})
    may = {
        (role, level): {a.key for a in open_to(everything, Scope.of("x", role, level, *area))}  # type: ignore[arg-type]
        for role, level, area in (("township_clerk", "township", ("360923", "360923101")), ("county_leader", "county", ("360923",)),
                                  ("city_leader", "city", ()), ("analyst", "city", ()))
    }  # fmt: skip
    assert may["analyst", "city"] == {"urge", "consult"}
    assert may["township_clerk", "township"] == {"dispatch", "escalate", "agree", "litigate", "close", "suspend", "result", "answer", "consult", "reply"}
    assert may["county_leader", "county"] == may["township_clerk", "township"] | {"extend", "prolong", "urge", "yellow", "withdraw", "lead", "joint", "finish"}
    assert may["city_leader", "city"] == {"dispatch", "escalate", "extend", "prolong", "urge", "yellow", "withdraw", "lead", "consult", "joint", "finish"}
    free = Facts("litigation", frozenset())
    clerk = Scope.of("x", "township_clerk", "township", "360923", "360923101")
    assert "procedure" in {a.key for a in open_to(free, clerk)} and "procedure" not in {a.key for a in open_to(everything, clerk)}
    carded = Facts("mediating", frozenset({"yellow", "red"}))
    boss, head = Scope.of("x", "city_leader", "city"), Scope.of("x", "county_leader", "county", "360923")
    assert refusal(ACTS["black"], carded, boss) is None and refusal(ACTS["black"], carded, head) is not None
    assert not ROLES.keys() - {r for roles in PERMISSIONS.values() for r in roles} - {"system"}


def test_the_eight_mechanisms_have_a_place_each() -> None:
    assert [m.zh for m in MECHANISMS] == ["收集流转", "交办督办", "跟踪问效", "评价回访", "会商研判", "领导包案", "联动处置", "考核奖惩"]
    assert all(m.page for m in MECHANISMS) and CARDS == ("urge", "yellow", "red", "black")
