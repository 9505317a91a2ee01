"""Parts that the desk and the presented pages share."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from dashboard import el
from dashboard.components import fmt
from dashboard.i18n import t
from services.meeting_shapes import DecisionLine

MARKS = {"done": "done", "late": "act", "dropped": "m", "open": ""}


def states() -> dict[str, str]:
    """States of a decision in words; a mark goes with each, so that colour is not alone."""
    return {"done": t("✓ 办结"), "late": t("▲ 到期未办"), "dropped": t("— 不再办理"), "open": t("进行中")}


def decisions(lines: Sequence[DecisionLine], settle: Callable[[DecisionLine], str] | None) -> el.Node:
    """What, who, by when, and what became of it; with a way to close those that are open."""
    heads = [el.Th(t("事项"), "t"), el.Th(t("责任单位"), "t"), el.Th(t("期限"), "t"), el.Th(t("状态"), "t"), *([el.Th("")] if settle else [])]
    rows = [el.Tr([el.Td([d.what, *([el.Small(d.result)] if d.result else [])], "t w"), el.Td(d.who, "t w"), el.Td(fmt.day(d.due, year=True), "t"),
                   el.Td(states()[d.state], f"t {MARKS[d.state]}".strip()), *([el.Td(el.A(t("更改"), "lk", href=settle(d)))] if settle else [])],
                  data_decision=str(d.id)) for d in lines]  # fmt: skip
    if not rows:
        return el.P(t("还没有写下决定。"), "s m")
    return el.Div(el.Table([el.Thead(el.Tr(heads)), el.Tbody(rows)], "m-t"), "scroll")
