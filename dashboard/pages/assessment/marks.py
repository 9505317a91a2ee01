"""Merits and demerits of a period: who gave them, when, why; what was withdrawn stays to be read."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from dashboard import el, panels
from dashboard.components import fmt
from dashboard.i18n import pick, t
from dashboard.pages.assessment import words
from dashboard.pages.assessment.state import AssessState
from matters.access import ROLES
from services.assessment_shapes import MarkLine


def view(found: Sequence[MarkLine], asked: AssessState, may: bool) -> list[Any]:
    """The whole list of a period."""
    stand = [m for m in found if m.withdrawn_at is None]
    head = el.Div([el.H2(t("加分 {a}，扣分 {b}", a=sum(m.points > 0 for m in stand), b=sum(m.points < 0 for m in stand))),
                   el.Small(t("{period}内的日子；撤销的 {n} 条留着，不计分", period=words.period(asked.period), n=len(found) - len(stand)))], "ph")  # fmt: skip
    if not found:
        way = el.A(t("加分或扣分"), "btn", href=asked.href(act="mark")) if may else el.A(t("看上一期"), "btn", href=asked.href(period=asked.period.before.key))
        return [el.Div(el.Section([head, panels.empty(t("{period}没有加分和扣分。", period=words.period(asked.period)), way)], "p"), "sheet one")]
    heads = [el.Th(x, "t" if i != 2 else "", scope="col") for i, x in enumerate((t("日期"), t("单位"), t("分值"), t("理由"), t("何人、何时"), ""))]
    return [el.Div(el.Section([head, el.Table([el.Thead(el.Tr(heads)), el.Tbody([_row(m, asked) for m in found])], "asm")], "p scroll"), "sheet one")]


def _row(m: MarkLine, asked: AssessState) -> el.Node:
    gone = [el.Small(_gone(m), "wait")] if m.withdrawn_at is not None else []
    undo = el.A(t("撤销"), "btn small", href=asked.href(act="withdraw", mark=str(m.id)), aria_label=t("撤销 {unit} 的这一条", unit=_unit(m)))
    return el.Tr([
        el.Td(fmt.day(m.day, True), "t"), el.Td(el.A(_unit(m), href=_open(m, asked)), "t"),
        el.Td(el.B(words.points(m.points), "act" if m.points < 0 and not gone else ""), "gone" if gone else ""),
        el.Td([el.Span(m.reason, "gone" if gone else ""), *gone], "t wrap"), el.Td(_who(m), "t m"), el.Td(undo if m.may_withdraw else "", "r"),
    ], data_mark=str(m.id))  # fmt: skip


def listed(found: Sequence[MarkLine], asked: AssessState) -> el.Node:
    """The marks of one unit, as a list."""
    items = []
    for m in found:
        gone = m.withdrawn_at is not None
        undo = [el.A(t("撤销"), "lk", href=asked.href(act="withdraw", mark=str(m.id)))] if m.may_withdraw else []
        says = [el.B(words.points(m.points), "gone" if gone else "act" if m.points < 0 else ""), el.Span(m.reason, "gone" if gone else "")]
        items.append(el.Li([el.Div(says), el.Small(f"{fmt.day(m.day, True)} · {_who(m)}"), *([el.Small(_gone(m), "wait")] if gone else []), *undo]))
    return el.Ul(items, "asml")


def _gone(m: MarkLine) -> str:
    return t("{at} 由 {who} 撤销：{why}", at=fmt.moment(m.withdrawn_at), who=m.withdrawn_by, why=m.withdrawn_why)


def _unit(m: MarkLine) -> str:
    return pick(m.unit_name, m.unit_en)


def _who(m: MarkLine) -> str:
    role = pick(*ROLES[m.role]) if m.role in ROLES else m.role
    return f"{role} {m.by} {fmt.moment(m.at)}"


def _open(m: MarkLine, asked: AssessState) -> str:
    level = "department" if not m.unit[:1].isdigit() else "township" if len(m.unit) > 6 else "county"
    return asked.href(show="scores", level=level, unit=m.unit)


def first_day(asked: AssessState, today: date) -> date:
    """The day a form starts from: today when it lies in the period, else its last day."""
    return max(asked.period.start, min(asked.period.end, today))
