"""The parts of the list of groups."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from dashboard import el, panels, urlstate
from dashboard.components import fmt, group_words, late_feeds
from dashboard.guard import Here
from dashboard.i18n import t
from matters.access import Scope
from services.group_shapes import GroupLine


def tab_of(at: Here) -> str:
    """Which groups are asked for."""
    tab = at.state.extra.get("tab", "proposed")
    return tab if tab in group_words.TABS else "proposed"


def _href(at: Here, tab: str) -> str:
    return at.path + urlstate.write(replace(at.state, extra={}).plus(tab=tab))


def one(at: Here, group_id: int) -> str:
    """Address of a group."""
    return f"/group/{group_id}" + urlstate.write(urlstate.State(at.state.filter.with_(area="", window=None), lang=at.state.lang))


def bar(at: Here, lines: Sequence[GroupLine] | None) -> el.Node:
    """Tabs with counts; looking back (None) without, since a 0 would be a figure."""
    now = tab_of(at)
    tabs = []
    for key, name in group_words.TABS.items() if lines is not None else ():
        count = sum(key in (x.state, "all") for x in lines or ())
        number = el.Span(fmt.num(count), data_figure=f"groups-{key}", data_value=str(count))
        tabs.append(el.A([t(name), "\u00a0", number], href=_href(at, key), aria_current="true" if key == now else None))
    return el.Div([el.Div(el.H1(t("群体事项")), "crumb"), el.Div(tabs, "seg", role="group", aria_label=t("状态")), el.Div(None, "sp"),
                   el.Button(t("打印"), "btn", data_act="print")], "bar")  # fmt: skip


def only_now(at: Here) -> el.Node:
    """Groups are of now."""
    back = el.A(t("看现在"), "btn", href="?", data_act="now")
    return panels.empty(t("群体只按现在的所知来看；过去的某一刻没有留存。"), back)


def body(services: Any, at: Here, scope: Scope, lines: Sequence[GroupLine]) -> list[el.Node]:
    """The table, with what it means above it."""
    tab = tab_of(at)
    shown = [x for x in lines if tab in (x.state, "all")]
    note = t("围绕同一用人单位、楼盘或项目的多件事项。机器只提议，确认、移出、解散由人决定；人数只计总数，不列名单。")
    now = el.Span(t("数据至 {at}", at=fmt.moment(services.now())), data_moment="1")
    state = el.Div([el.Span(note), el.Div(None, "sp"), *late_feeds.badges(services, scope), now], "state")
    if not shown:
        way = el.A(t("看全部"), "btn", href=_href(at, "all")) if tab != "all" and lines else None
        return [state, panels.empty(t("这里没有“{name}”的群体。", name=t(group_words.TABS[tab])), way)]
    heads = [(t("对象"), "t"), (t("类型"), "t"), (t("状态"), "t"), (t("事项"), ""), (t("在办"), ""), (t("人数"), ""), (t("地区"), "t"), (t("起止"), "t")]
    head = el.Thead(el.Tr([el.Th(name, cls, scope="col") for name, cls in heads]))
    rows = [_row(services, at, x) for x in shown]
    table = el.Table([head, el.Tbody(rows)], "gt", aria_label=t("群体事项"))
    return [state, el.Div(el.Section(table, "p scroll"), "sheet one"), foot(services)]


def _row(services: Any, at: Here, x: GroupLine) -> el.Node:
    href = one(at, x.id)
    where = fmt.join([services.areas.name(c) for c in x.counties]) or fmt.NONE
    further = el.Small(t("另有 {n} 件在范围外", n=x.elsewhere), "m") if x.elsewhere else None
    state = el.Span(t(group_words.STATES[x.state]), f"tag {'w' if x.state == 'proposed' else 'd' if x.state == 'confirmed' else ''}")
    people = [fmt.num(x.people), *([el.Small(t("{n} 件未报", n=x.untold), "m")] if x.untold else [])]
    number = el.A(fmt.num(x.matters), "n", href=f"{href}#members", data_figure=f"group-{x.id}", data_value=str(x.matters))
    return el.Tr([
        el.Td([el.A(x.name, "w6", href=href), *([el.Small(x.object, "m")] if x.name != x.object else [])], "t"), el.Td(group_words.kind(x.kind), "t"),
        el.Td(state, "t"), el.Td(number, data_head=t("事项")), el.Td(fmt.num(x.open), data_head=t("在办")), el.Td(people, data_head=t("人数")),
        el.Td([where, *([further] if further else [])], "t"),
        el.Td(f"{fmt.day(x.first_on, year=True)} {fmt.DASH} {fmt.day(x.last_on, year=x.last_on.year != x.first_on.year)}", "t nw"),
    ], data_group=str(x.id))  # fmt: skip


def foot(services: Any) -> el.Node:
    """What the numbers are not, and the version they were computed from."""
    return el.Footer([el.Span(t("人数为各件事项所报人数之和：同一人可能出现在几件里，只作规模参考")), el.Span(t("法院只报案由的案件看不出对象，不在其中"))],
                     "foot", data_version=str(services.figures.data_version()))  # fmt: skip
