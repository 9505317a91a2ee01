"""The lists of the desk beside the proposals: cards, leaders' cases, joint actions, consultations, people to call back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from dashboard import el
from dashboard.components import case_words as words
from dashboard.i18n import t
from dashboard.pages.supervision.words import answer_by, place, tag, who
from services.path_shapes import CardLine, Desk, EventLine, JointLine, MatterHead


def matter(m: MatterHead) -> list[Any]:
    """A matter as a link to its file, with its place below."""
    title = el.A(el.B(m.title or m.code), href=words.at(f"/matter/{m.code}"), data_row="1")
    return [title, el.Small(f"{place(m)} · {m.code}")]


def _part(id: str, name: str, count: int, note: str, items: Sequence[Any], none: str) -> el.Node:
    """A list with its head; a plain word when it is empty."""
    head = el.Div([el.H2([f"{name} ", el.Span(words.count(count), data_figure=id, data_value=str(count))]), el.Small(note)], "ph")
    return el.Div([head, el.Ul(list(items), "svl") if items else el.P(none, "s none")], "part", id=id, tabIndex="-1")


def _more(total: int, shown: int) -> str:
    return t("只列 {n}", n=words.count(shown)) if total > shown else ""


def _noted(note: str, total: int, shown: int) -> str:
    return " · ".join(x for x in (note, _more(total, shown)) if x)


def cards(desk: Desk, today: date) -> el.Node:
    """Urgings and cards in force, with the answers to them."""
    items = [
        el.Li([el.Div([tag(c.event.act), *matter(c.matter)], "two"), el.Div([el.Span(c.event.why), el.Small(_terms(c, today))], "says"),
               *_answers(c.answers, today)])
        for c in desk.cards
    ]  # fmt: skip
    none = t("没有在效的催办和牌。发出后在这里跟踪，撤销要写理由。")
    return _part("cards", t("在效督办"), desk.totals["cards"], _more(desk.totals["cards"], len(desk.cards)), items, none)


def _terms(c: CardLine, today: date) -> str:
    late = answer_by(c.event, today)
    return " · ".join(x for x in (who(c.event, today), late if not c.answers else "") if x)


def _answers(answers: Sequence[EventLine], today: date) -> list[Any]:
    if not answers:
        return [el.Div(el.Span(t("尚未回复"), "wait"), "says")]
    return [el.Div([el.Span(t("回复：{why}", why=a.why)), el.Small(who(a, today))], "says") for a in answers]


def leaders(desk: Desk, today: date) -> el.Node:
    """Cases that a leader owns."""
    items = [
        el.Li([el.Div(matter(c.matter), "two"), el.Div([el.B(c.event.data.get("leader", "")), el.Span(c.event.why), el.Small(who(c.event, today))], "says")])
        for c in desk.leaders
    ]  # fmt: skip
    return _part("leaders", t("领导包案"), desk.totals["leaders"], _more(desk.totals["leaders"], len(desk.leaders)), items,
                 t("没有在包的事项。在事项的页上可以定包案领导。"))  # fmt: skip


def joints(desk: Desk, today: date) -> el.Node:
    """Joint actions with their tasks."""
    items = [el.Li([el.Div(matter(j.matter), "two"), el.Div([el.B(j.event.data.get("title", "")), el.Small(_done(j))], "says"), _tasks(j)])
             for j in desk.joints]  # fmt: skip
    total = desk.totals["joints"]
    return _part("joints", t("联动处置"), total, _more(total, len(items)), items, t("没有在办的部门联动。"))


def _done(j: JointLine) -> str:
    return t("{n} / {all} 项已回复", n=sum(bool(x["done"]) for x in j.tasks), all=len(j.tasks))


def _tasks(j: JointLine) -> el.Node:
    lines = []
    for x in j.tasks:
        due = t("限 {day}", day=x["due"][5:]) if x.get("due") else ""
        state = el.Span(x["reply"], "done") if x["done"] else el.Span(t("待回复"), "wait")
        lines.append(el.Li([el.B(x["department"]), el.Span(x["task"]), state, el.Small(due)]))
    return el.Ul(lines, "tasks")


def consultations(desk: Desk, today: date) -> el.Node:
    """Joint consultations of the last months with their conclusions."""
    items = [
        el.Li([el.Div(matter(c.matter), "two"),
               el.Div([el.Span(c.event.data.get("conclusions", "")), el.Small(f"{who(c.event, today)} · {'、'.join(c.event.data.get('who', []))}")], "says")])
        for c in desk.consultations
    ]  # fmt: skip
    total = desk.totals["consultations"]
    return _part("consultations", t("会商研判"), total, _noted(t("近 90 天"), total, len(items)), items, t("近 90 天没有会商记录。"))


def callbacks(desk: Desk, today: date) -> el.Node:
    """Closed matters that nobody has rated."""
    items = [
        el.Li([el.Div(matter(m), "two"), el.Div([el.Span(m.owner or words.DASH), el.Small(t("{day} 办结", day=words.near_day(m.closed_on, today)))], "says")])
        for m in desk.callbacks[:40]
    ]  # fmt: skip
    total = desk.totals["callbacks"]
    return _part("callbacks", t("待回访"), total, _noted(t("近 30 天办结、未评价"), total, len(items)), items, t("近 30 天办结的都已评价。"))
