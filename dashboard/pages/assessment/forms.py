"""The forms of the assessment: giving a mark, withdrawing one; and every refusal in plain words."""

from __future__ import annotations

from datetime import date
from typing import Any

from dash import html

from dashboard.components import act_form, fmt
from dashboard.i18n import pick, t
from dashboard.pages.assessment import marks, words
from dashboard.pages.assessment.state import AssessState
from matters.access import Scope
from services.assessment_marks import MOST

FORM = "assess"


def open_form(services: Any, scope: Scope, asked: AssessState, today: date) -> Any:
    """The form of the act in the address."""
    if not scope.may("mark_assessment") or scope.level == "township":
        return refused(t("这一步现在不能做"), t("加分和扣分由市、县的人来做，您可以看。"), asked)
    return _withdraw(services, scope, asked) if asked.act == "withdraw" else _mark(services, scope, asked, today)


def _mark(services: Any, scope: Scope, asked: AssessState, today: date) -> html.Div:
    options = [(x.key, pick(x.name, x.en)) for x in services.marks.targets(scope)]
    unit = asked.unit if asked.unit in {k for k, _ in options} else None
    version = services.marks.seen(unit) if unit else 0
    fields = [
        act_form.labelled(t("单位"), act_form.choice(FORM, "unit", options, unit)),
        act_form.labelled(t("日期"), act_form.day(FORM, "day", marks.first_day(asked, today)), t("算进这一天所在的时段")),
        act_form.labelled(t("分值"), act_form.line(FORM, "points", "", t("加分写 2，扣分写 -2"), 8), t("每次最多 {n} 分", n=f"{MOST:g}")),
        act_form.labelled(t("理由"), act_form.lines(FORM, "reason", "", t("写事实和依据，不写当事人姓名和号码"), 500), wide=True),
    ]
    return act_form.form(FORM, t("加分或扣分"), t("写进总分，按办法有上限；所有看得到这个单位的人都看得到"), fields, asked.href(), version)


def _withdraw(services: Any, scope: Scope, asked: AssessState) -> html.Div:
    try:
        line = services.marks.one(scope, asked.mark)
    except LookupError:
        return refused(t("没有这一条"), t("它不存在，或不在您的查看范围内。"), asked)
    if not line.may_withdraw:
        text = t("它已经撤销了。") if line.withdrawn_at is not None else t("只有记下它的人，或市里，能撤销。")
        return refused(t("这一步现在不能做"), text, asked)
    name = t("撤销：{unit} {points} 分", unit=pick(line.unit_name, line.unit_en), points=words.points(line.points))
    fields = [act_form.labelled(t("理由"), act_form.lines(FORM, "reason", "", "", 500, focus=True), wide=True)]
    return act_form.form(FORM, name, f"{fmt.day(line.day, True)} {line.reason}", fields, asked.href(), 0)


def refused(title: str, text: str, asked: AssessState) -> html.Div:
    """An act that was not taken, and the way on."""
    return act_form.refused(title, text, asked.href())


def wrong(field: str) -> str:
    """What is wrong with a field, and what would do."""
    return {
        "unit": t("先选一个单位。"), "points": t("分值要是一个数，不为 0，最多 {n} 分，如 2 或 -1.5。", n=f"{MOST:g}"),
        "day": t("日期要在最近 400 天之内，不晚于今天。"), "reason": t("请写明理由。"),
    }[field]  # fmt: skip


def number(text: Any) -> float | None:
    """A number of points as people write it; None when it is none."""
    try:
        return float(str(text or "").strip().replace("−", "-").replace("－", "-").replace("＋", "+"))
    except ValueError:
        return None


def day(text: Any) -> date | None:
    """A day of a field; None when it is none."""
    try:
        return date.fromisoformat(str(text or "")[:10])
    except ValueError:
        return None
