"""The parts of the desk of supervision."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from dashboard import asof, el, panels
from dashboard.components import case_words as words
from dashboard.components import late_feeds
from dashboard.i18n import pick, t
from dashboard.pages import find
from dashboard.pages.supervision import lists
from dashboard.pages.supervision.state import DeskState
from dashboard.pages.supervision.words import place, step, tag, why
from matters.access import Scope
from matters.path import CARDS
from services.path_shapes import Desk, MatterHead, Mechanism, ProposalLine
from services.supervision import SHOWN


def bar(services: Any, scope: Scope, asked: DeskState, desk: Desk) -> el.Node:
    """Name of the page, steps with their counts, area."""
    shown = [("", t("全部"), desk.totals["proposals"]), *((key, step(key), desk.totals[f"step-{key}"]) for key in CARDS)]
    tabs = [
        el.A([f"{name}\u00a0", el.Span(words.count(n), data_figure=f"step-{key or 'all'}", data_value=str(n))], href=asked.href(step=key),
             **({"aria_current": "true"} if key == asked.step else {}))
        for key, name, n in shown
    ]  # fmt: skip
    return el.Div([el.Div(el.H1(t("督办")), "crumb"), el.Div(tabs, "seg", role="navigation", aria_label=t("提议的步骤")), el.Div(className="sp"),
                   _areas(services, scope, asked)], "bar")  # fmt: skip


def _areas(services: Any, scope: Scope, asked: DeskState) -> el.Node:
    home = services.areas.home(scope)
    now = asked.area or home.code
    choices = [home, *([] if home.level == "township" else services.areas.children(home.code))]
    if now not in {a.code for a in choices}:
        choices.append(services.areas.info(now))
    items = [
        el.A(words.name_of(a), href=asked.in_area("" if a.code == home.code else a.code), **({"aria_current": "true"} if a.code == now else {}))
        for a in choices
    ]  # fmt: skip
    head = el.Summary([el.Small(t("地区")), words.name_of(services.areas.info(now)), el.I(className="dn", aria_hidden="true")], "sel")
    return el.Details([head, el.Div(items)], "drop end")


def body(services: Any, scope: Scope, desk: Desk, asked: DeskState) -> list[Any]:
    """State line, the eight mechanisms, proposals and cards, and the joint work beside them."""
    today = asof.today(services)
    note = t("数据至 {at}；规则只提议，由人发出", at=words.moment(services.now()))
    limits = services.supervision.thresholds
    rule = t("超期 {y} 天提议黄牌，{r} 天红牌，{b} 天黑牌，逐级；待受理超 {u} 天、受理后超 {h} 天未办提议催办",
             y=limits.yellow, r=limits.red, b=limits.black, u=limits.unaccepted, h=limits.unhandled)  # fmt: skip
    lines = [p for p in desk.proposals if not asked.step or p.step == asked.step][:SHOWN]
    left = el.Section([_proposals(lines, desk, asked, today), lists.cards(desk, today)], "p")
    right = el.Section([lists.leaders(desk, today), lists.joints(desk, today), lists.consultations(desk, today), lists.callbacks(desk, today)], "p")
    state = el.Div([el.Span(note), el.Div(className="sp"), *late_feeds.badges(services, scope), el.Span(rule)], "state")
    return [state, _mechanisms(desk.mechanisms, asked), el.Div([left, right], "sheet sv2"),
            el.Footer([el.Span(t("j / k 上下，Enter 打开，i 发出")), el.Span(t("八项机制各有其位：点名称到它所在的地方"))], "foot",
                      data_version=str(desk.data_version))]  # fmt: skip


def _mechanisms(every: Sequence[Mechanism], asked: DeskState) -> el.Node:
    """One cell a mechanism: its name opens its place, its number is how many wait there."""
    cells = []
    for m in every:
        page = next((p for p in m.place.page if p.startswith("#") or find(p)), "/")
        href = asked.dispatch() if page == "/matters" else page if page.startswith("#") else words.at(page)
        number = el.B(words.count(m.waiting), data_figure=f"mechanism-{m.place.key}", data_value=str(m.waiting)) if m.waiting is not None else el.B("→")
        cells.append(el.A([el.Span(pick(m.place.zh, m.place.en)), number, el.Small(pick(m.place.what_zh, m.place.what_en))], href=href))
    return el.Div(cells, "mech", role="navigation", aria_label=t("八项机制"))


def _proposals(lines: Sequence[ProposalLine], desk: Desk, asked: DeskState, today: date) -> el.Node:
    total = desk.totals[f"step-{asked.step}" if asked.step else "proposals"]
    cut = t("只列最久的 {n} 件，共 {total} 件", n=len(lines), total=words.count(total)) if total > len(lines) else ""
    head = el.Div([el.H2(t("拟发出 {n}", n=words.count(total))), el.Small(cut)], "ph")
    if not lines:
        way = el.A(t("看全部提议"), "btn", href=asked.href(step="")) if asked.step else el.A(t("看全部在办"), "btn", href=asked.open())
        return el.Div([head, panels.empty(t("按现在的规则没有要催办、亮牌的事项。"), way)], id="proposals")
    heads = [el.Th(x, "t", scope="col") for x in (t("步骤"), t("事由"), t("主责"), t("理由"), "")]
    return el.Div([head, el.Table([el.Thead(el.Tr(heads)), el.Tbody([_row(p, asked, today) for p in lines])], "svt")], id="proposals")


def _row(p: ProposalLine, asked: DeskState, today: date) -> el.Node:
    issue = asked.href(act=p.step, matter=p.matter.code)
    send = el.A(t("发出"), "btn small", href=issue, data_issue="1", aria_label=t("对 {title} 发出{step}", title=p.matter.title, step=step(p.step)))
    return el.Tr([
        el.Td(tag(p.step), "t"), el.Td(lists.matter(p.matter), "t"), el.Td(p.matter.owner or words.DASH, "t ell"),
        el.Td(el.Span(why(p), "act" if p.rule == "overdue" else "wait"), "t nw"), el.Td(send if p.may else "", "r"),
    ], data_matter=p.matter.code)  # fmt: skip


def past(asked: DeskState) -> el.Node:
    """The desk has no past."""
    now = el.A(t("回到现在"), "btn", href=asked.now())
    return panels.panel("empty", t("督办只看现在"), t("这里是今天要办的事。要看过去某天，请到事项的页上看它的经过。"), way_out=now)


def head_of(m: MatterHead) -> str:
    """One line about a matter, for the head of a form."""
    return f"{m.code} · {place(m)} · {m.owner or t('未定主责')}"
