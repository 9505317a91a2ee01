"""The forms of a meeting: freeze, arrange the agenda, write down a decision, close one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from dashboard import urlstate
from dashboard.components import act_form as f
from dashboard.guard import BadInput
from dashboard.i18n import pick, t
from dashboard.pages.meetings.state import MeetingState
from matters.access import Scope
from matters.meetings import KINDS
from services.meeting_shapes import DecisionLine, Meeting

KEY = "meeting"


def freeze(scope: Scope, back: str) -> Any:
    """A new meeting: the last whole period of a kind, or days of one's own choice."""
    kinds = [(k.key, pick(k.zh, k.en)) for k in KINDS.values()]
    fields = [f.labelled(t("类型"), f.choice(KEY, "kind", kinds, "week"), t("最近一个完整的周、月、季，或今年至上月底")),
              f.labelled(t("自"), f.day(KEY, "first", None), t("可不填")), f.labelled(t("至"), f.day(KEY, "last", None), t("可不填")),
              f.labelled(t("名称"), f.line(KEY, "title", "", t("可不填，按规则取名"), 80))]  # fmt: skip
    return f.form(KEY, t("冻结"), t("数字、表和明细停在上一分钟，永远不变"), fields, back, 0)


def agenda(m: Meeting, back: str) -> Any:
    """Order, whether shown, headline and note of every item."""
    fields: list[Any] = []
    for n, a in enumerate(m.agenda, start=1):
        fields += [
            f.labelled(t("{name}：第几项", name=pick(a.zh, a.en)), f.choice(KEY, f"at-{a.key}", _places(len(m.agenda)), str(n if a.on else 0))),
            f.labelled(t("标题"), f.line(KEY, f"head-{a.key}", a.head if a.own else "", pick(a.head, a.head_en), 80)),
            f.labelled(t("讲解备注"), f.line(KEY, f"note-{a.key}", a.note, t("演示时按 n 看"), 500)),
        ]  # fmt: skip
    return f.form(KEY, t("保存议程"), t("冻结的数字不受影响"), fields, back, m.line.version)


def _places(n: int) -> list[tuple[str, str]]:
    return [("0", t("不上会")), *((str(i), str(i)) for i in range(1, n + 1))]


def arranged(m: Meeting, given: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The agenda that a form describes: by the wished places, those left out last; who wishes the same place stays in the old order."""
    def place(key: str) -> int:
        text = str(given.get(f"at-{key}") or "0")
        return int(text) if text.isdigit() else 0

    order = sorted(m.agenda, key=lambda a: (place(a.key) == 0, place(a.key)))
    return [{"key": a.key, "on": place(a.key) > 0, "head": given.get(f"head-{a.key}") or "", "note": given.get(f"note-{a.key}") or ""} for a in order]


def decide(m: Meeting, back: str) -> Any:
    """A decision: what, who, by when."""
    fields = [f.labelled(t("事项"), f.lines(KEY, "what", "", t("办什么，办到什么程度"), 300, focus=True), wide=True),
              f.labelled(t("责任单位"), f.line(KEY, "who", "", t("如：市住建局"), 80)), f.labelled(t("期限"), f.day(KEY, "due", m.next_due))]  # fmt: skip
    return f.form(KEY, t("记下决定"), t("办结以前，每次会议都带上"), fields, back, 0)


def settle(d: DecisionLine, back: str) -> Any:
    """What became of a decision."""
    options = [("done", t("办结")), ("dropped", t("不再办理")), ("open", t("仍在办"))]
    fields = [f.labelled(t("结果"), f.choice(KEY, "state", options, "done" if d.state in ("open", "late") else d.state)),
              f.labelled(t("说明"), f.lines(KEY, "result", d.result, t("办成了什么；不再办理要写理由"), 300, focus=True), wide=True)]  # fmt: skip
    return f.form(KEY, t("记下结果"), f"{d.what} · {d.who}", fields, back, d.version)


def find(lines: Sequence[DecisionLine], id: int) -> DecisionLine:
    """A decision of a meeting by its number; KeyError."""
    return next((d for d in lines if d.id == id), None) or _none(id)


def _none(id: int) -> DecisionLine:
    raise KeyError(id)


def day_of(given: Mapping[str, Any], name: str, word: str) -> date:
    """A day of a form."""
    try:
        return urlstate.day(str(given.get(name) or "")[:10])
    except ValueError as error:
        raise BadInput(t("还缺“{name}”。", name=word)) from error


def why_wrong(error: Exception) -> str:
    """A refusal of the service (matters.meetings.WrongMeeting names a field) in plain words."""
    names = {"kind": t("类型"), "window": t("时段"), "what": t("事项"), "who": t("责任单位"), "due": t("期限"), "result": t("说明"), "state": t("结果"),
             "agenda": t("议程")}  # fmt: skip
    return t("“{name}”缺了或不能这样填。", name=names.get(str(error), str(error)))


def back(asked: MeetingState) -> str:
    """Where a form leads back to."""
    return asked.href()
