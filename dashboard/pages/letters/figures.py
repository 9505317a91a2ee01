"""The parts of the list of letters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from dashboard import el, panels, urlstate
from dashboard.components import case_words as words
from dashboard.components import fmt, letter_words
from dashboard.guard import Here
from dashboard.i18n import t
from matters.access import Scope
from services.letter_shapes import LetterLine


def tab_of(at: Here, lines: Sequence[LetterLine]) -> str:
    """Which letters are asked for; without a word those that wait for somebody, if any do."""
    asked = at.state.extra.get("tab", "")
    if asked in letter_words.TABS:
        return asked
    return next((tab for tab in ("answer", "judge", "drafts") if any(x.state in letter_words.TABS[tab] for x in lines)), "all")


def href(at: Here, **extra: str) -> str:
    """The list with other parameters of its own."""
    kept = {k: v for k, v in at.state.extra.items() if k == "tab"}
    return "/letters" + urlstate.write(replace(at.state, extra=kept).plus(**extra))


def one(at: Here, letter_id: int) -> str:
    """Address of a letter."""
    return f"/letter/{letter_id}" + urlstate.write(urlstate.State(at.state.filter.with_(area="", window=None), lang=at.state.lang))


def bar(at: Here, scope: Scope, lines: Sequence[LetterLine] | None) -> el.Node:
    """Tabs with counts, a new letter, printing; looking back (None) printing alone, since a 0 would be a figure."""
    tabs: list[el.Node] = []
    for key, states in letter_words.TABS.items() if lines is not None else ():
        assert lines is not None
        now = tab_of(at, lines)
        count = sum(x.state in states for x in lines)
        number = el.Span(fmt.num(count), data_figure=f"letters-{key}", data_value=str(count))
        tabs.append(el.A([t(letter_words.TAB_NAMES[key]), "\u00a0", number], href=href(at, tab=key), aria_current="true" if key == now else None))
    new = [el.A(t("拟写提示函"), "btn pri", href=href(at, act="new"))] if writes(scope) and lines is not None else []
    return el.Div([el.Div(el.H1(t("提示函")), "crumb"), el.Div(tabs, "seg", role="group", aria_label=t("状态")), el.Div(None, "sp"), *new,
                   el.Button(t("打印"), "btn", data_act="print")], "bar")  # fmt: skip


def writes(scope: Scope) -> bool:
    """Whether the reader has an office that writes letters."""
    return scope.may("write_letter") and scope.level != "township"


def only_now() -> el.Node:
    """Letters carry their own frozen figures; the list is of now."""
    return panels.empty(t("提示函只按现在来看；每份函里的数字是发函时冻结的。"), el.A(t("看现在"), "btn", href="?", data_act="now"))


def body(services: Any, at: Here, scope: Scope, lines: Sequence[LetterLine]) -> list[el.Node]:
    """The table, with what waits above it."""
    tab = tab_of(at, lines)
    shown = [x for x in lines if x.state in letter_words.TABS[tab]]
    late = sum(1 for x in lines if x.days_left is not None and x.days_left < 0)
    warn = [el.Span(t("{n} 份超期未回复", n=late), "act w6")] if late else []
    state = el.Div([el.Span(t("矛盾风险预警提示函，按部门、按地区；系统只起草、只催复，由人批准和判断。")), *warn, el.Div(None, "sp"),
                    el.Span(t("数据至 {at}", at=fmt.moment(services.now())), data_moment="1")], "state")  # fmt: skip
    if not shown:
        way = el.A(t("看全部"), "btn", href=href(at, tab="all")) if tab != "all" and lines else None
        if way is None and writes(scope):
            way = el.A(t("拟写提示函"), "btn", href=href(at, act="new"))
        return [state, panels.empty(t("这里没有提示函。") if tab == "all" else t("没有“{name}”的提示函。", name=t(letter_words.TAB_NAMES[tab])), way)]
    heads = [(t("文号"), "t"), (t("标题"), "t"), (t("收件单位"), "t"), (t("状态"), "t"), (t("颜色"), "t"),
             (t("发出"), "t"), (t("回复期限"), "t"), (t("催复"), "")]  # fmt: skip
    head = el.Thead(el.Tr([el.Th(name, cls, scope="col") for name, cls in heads]))
    table = el.Table([head, el.Tbody([_row(at, x) for x in shown])], "ltt", aria_label=t("提示函"))
    return [state, el.Div(el.Section(table, "p scroll"), "sheet one"), foot(services)]


def _row(at: Here, x: LetterLine) -> el.Node:
    number = x.number or t("草稿 {n}", n=x.id)
    to = [x.addressee, el.Small(f"{letter_words.kind(x.kind)} · {words.category(x.category)}")]
    issued = fmt.day(x.issued_at.date(), year=True) if x.issued_at else fmt.NONE
    return el.Tr([
        el.Td(el.A(number, "w6", href=one(at, x.id)), "t nw"), el.Td([letter_words.title(x), el.Small(x.office_name)], "t wrap"), el.Td(to, "t wrap"),
        el.Td(letter_words.tag(x), "t"), el.Td(letter_words.colour(x.colour), "t"), el.Td(issued, "t nw"), el.Td(letter_words.left(x), "t"),
        el.Td(fmt.num(x.reminders) if x.reminders else fmt.NONE, "" if x.reminders else "m", data_head=t("催复")),
    ], data_letter=str(x.id))  # fmt: skip


def foot(services: Any) -> el.Node:
    """What holds of every letter."""
    return el.Footer([el.Span(t("编号按年连续，不跳号、不重号")), el.Span(t("发出的函不改，只能另发一函替代"))], "foot",
                     data_version=str(services.figures.data_version()))  # fmt: skip
