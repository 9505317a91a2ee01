"""The form of one step with a signal: the reason, and for a pause its last day."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from dashboard.components import act_form
from dashboard.i18n import N_, pick, t
from dashboard.pages.signals.state import SignalState
from matters.signals import STEPS
from services.signal_shapes import SignalLine

HINTS = {"note": N_("已看到，不需要另外做什么"), "letter": N_("记下后到提示函里拟写"), "meeting": N_("列入下次分析例会的议程"),
         "dismiss": N_("看过明细，不是真的增长；计入有用率"), "snooze": N_("到那一天之前不再列在本周"), "undo": N_("撤销最近一步")}  # fmt: skip
REFUSED = {"why": N_("请写明理由。"), "state": N_("它的状态已经变了，这一步现在不能做。"), "until": N_("请写暂缓到哪一天：明天以后，三个月以内。"),
           "undo": N_("这一步已不能撤销。")}  # fmt: skip


def name(step: str) -> str:
    """What a step is called."""
    return pick(STEPS[step].zh, STEPS[step].en)


def form(line: SignalLine, asked: SignalState, today: date) -> Any:
    """The form; a plain word when the step cannot be taken now."""
    if asked.act not in line.acts and not (asked.act == "undo" and line.undoable):
        return act_form.refused(t("这一步现在不能做"), t(REFUSED["state"]), asked.href())
    fields = []
    if asked.act == "snooze":
        until = (today + timedelta(days=28)).isoformat()
        fields.append(act_form.labelled(t("暂缓到"), act_form.line("signal", "until", until, "YYYY-MM-DD", most=10)))
    fields.append(act_form.labelled(t("理由"), act_form.lines("signal", "why", "", t("不写当事人姓名和号码"), focus=True), wide=True))
    heading = f"{name(asked.act)} · {pick(*line.title)}"
    return act_form.form("signal", heading, t(HINTS[asked.act]), fields, asked.href(), line.version)
