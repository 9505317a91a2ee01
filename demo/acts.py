"""What people of the demo city have done beside their agencies' systems: cards, leaders' cases, consultations, joint actions.

Only acts that add facts: none moves a stage, a day or a rating, so every figure stays that of the agencies' records.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any, NamedTuple

from matters.access import Scope
from services.path_shapes import MatterHead, ProposalLine
from services.wiring import Services

_CITY = Scope.of("city", "city_leader", "city")
_LEADERS = ("王 **", "李 *", "陈 **", "刘 *", "周 **")
_ANSWERS = ("已约双方周五到中心面谈", "主办人已更换，三日内出方案", "资料已补齐，正在签协议", "已移送主管部门，等回函")
_TALKS = (
    ("法院、司法局、属地乡镇", "先由乡镇再调一次，十日内不成转诉前调解"),
    ("公安局、信访局、住建局", "由住建局牵头答复，公安局稳控，信访局回访"),
    ("人社局、总工会、劳动监察大队", "核清工资表后分两期支付，监察大队跟踪到账"),
    ("卫健委、医调委、司法局", "同意委托鉴定，鉴定期间不计期限，结论出来三日内再会商"),
)
_JOINTS = (
    ("欠薪联动处置", (("人社局", "核实工资表和人数"), ("住建局", "约谈总包单位"), ("公安局", "维护现场秩序"))),
    ("物业矛盾联动处置", (("住建局", "核查物业收费和维修资金"), ("街道办", "组织业主代表座谈"))),
    ("土地权属联动处置", (("自然资源局", "到场指界并出图"), ("农业农村局", "核对承包台账"), ("司法局", "派调解员驻村"))),
)


class Counts(NamedTuple):
    """How many acts of each kind, at most."""

    cards: int = 60
    leaders: int = 14
    talks: int = 24
    joints: int = 8


def bring(services: Services, counts: Counts | None = None) -> int:
    """Act on the demo city's open matters through the service; returns the number of acts. Nothing when somebody has acted already."""
    desk = services.supervision.desk(_CITY)
    if desk.cards or desk.leaders or not desk.proposals:
        return 0
    counts = counts or Counts()
    late = desk.proposals[::2]  # every other one; the rest waits for a person at the desk
    done = _Done(services)
    for n, line in enumerate(late[:: max(1, len(late) // counts.cards)][: counts.cards]):
        _card(done, line, n)
    heads = [line.matter for line in desk.proposals]
    for n, head in enumerate(heads[:: max(1, len(heads) // counts.leaders)][: counts.leaders]):
        done.act(head, "lead", leader=_LEADERS[n % len(_LEADERS)], why="久拖未决，由县级领导包案")
    today = services.now().date()
    for n, head in enumerate(heads[1 :: max(1, len(heads) // counts.talks)][: counts.talks]):
        who, conclusions = _TALKS[n % len(_TALKS)]
        first = head.accepted_on or today
        done.act(head, "consult", on=max(first, today - timedelta(days=n * 2)).isoformat(), who=who, conclusions=conclusions)
    for n, head in enumerate(heads[2 :: max(1, len(heads) // counts.joints)][: counts.joints]):
        _joint(done, head, n)
    return done.count


class _Done:
    """Acts on matters whatever their version has become, and counts."""

    def __init__(self, services: Services) -> None:
        self.services, self.count = services, 0

    def act(self, head: MatterHead, act: str, scope: Scope = _CITY, **values: Any) -> None:
        """One act; the form's own values where none is given."""
        forms: Callable[..., Any] = self.services.path.acts
        found = forms(scope, head.code)
        form = next((f for f in found.acts if f.key == act), None)
        if form is None:
            return
        given = {f.key: f.value for f in form.fields if f.required and f.value is not None}
        self.services.path.act(scope, head.code, act, {**given, **values}, found.version)
        self.count += 1


def _card(done: _Done, line: ProposalLine, n: int) -> None:
    """The step that the rule proposes; of the longest late ones the next step too; two of three are answered."""
    why = {"overdue": f"超期 {line.days} 天，请说明原因和办结时间", "unaccepted": f"{line.days} 天未受理", "unhandled": f"受理 {line.days} 天未办理"}
    days = (done.services.now().date() + timedelta(days=3)).isoformat()
    given: dict[str, Any] = {"why": why[line.rule], **({"answer_by": days} if line.step != "urge" else {})}
    done.act(line.matter, line.step, **given)
    if line.step == "yellow" and n % 5 == 4:
        done.act(line.matter, "red", why=f"黄牌后仍未办结，超期 {line.days} 天", answer_by=days)
    if n % 3:
        done.act(line.matter, "answer", _clerk(done.services, line.matter), why=_ANSWERS[n % len(_ANSWERS)])


def _joint(done: _Done, head: MatterHead, n: int) -> None:
    title, tasks = _JOINTS[n % len(_JOINTS)]
    due = (done.services.now().date() + timedelta(days=10)).isoformat()
    done.act(head, "joint", title=title, tasks=[{"department": d, "task": x, "due": due} for d, x in tasks])
    if n % 2:
        done.act(head, "reply", _clerk(done.services, head), task=1, why="已到场核实，材料已交中心")


def _clerk(services: Services, head: MatterHead) -> Scope:
    """Who answers for a matter: the clerk of its township, else somebody of its county."""
    place = services.areas.place(head.area)
    if place.town:
        return Scope.of(f"clerk-{place.town}", "township_clerk", "township", place.county, place.town)
    return Scope.of(f"head-{place.county}", "county_leader", "county", place.county) if place.county else Scope.system()
