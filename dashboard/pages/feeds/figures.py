"""The feeds' page: which of its views an address asks for, and what readers of a smaller area see of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dashboard import asof, el
from dashboard.components import case_words as words
from dashboard.components import feed_words
from dashboard.guard import Here
from dashboard.i18n import t
from dashboard.pages.feeds import aside, detail, overview, state
from matters.access import Scope
from services.shapes import FeedState


def body(services: Any, scope: Scope, at: Here) -> list[Any]:
    """The whole page; what came and what was set aside are for readers of the whole city, and of now."""
    asked, looking = state.read(at), asof.current() is not None
    if scope.level != "city" or looking:
        parts = _states_only(services, scope, asked, looking)
    elif asked.view == "aside":
        parts = aside.view(services, scope, asked)
    elif asked.feed and any(c == asked.feed for c in services.specs):
        parts = detail.view(services, scope, asked)
    else:
        parts = overview.view(services, scope, asked)
    whole = {"data_whole": "1"} if scope.level == "city" and not looking else {}
    return [el.Div(parts, data_version=str(services.figures.data_version()), **whole, **feed_words.ages())]


def _states_only(services: Any, scope: Scope, asked: state.Asked, looking: bool) -> list[el.Node]:
    states = services.feeds.states(scope, asof.current())
    note = t("回看时只显示各来源当时的状态；拉取记录和隔离的行请回到现在看。") if looking else t("拉取记录和隔离的行只对全市范围的用户显示。")
    late, bad = sum(s.late for s in states), sum(bool(s.error) for s in states)
    told = t("{n} 个来源，{late} 个迟到，{bad} 个最近一次拉取失败", n=len(states), late=late, bad=bad)
    return [
        el.Div(el.Div(el.H1(t("数据源")), "crumb"), "bar"),
        el.Div([el.Span(told), el.Div(None, "sp"), el.Span(overview.creed())], "state"),
        el.Section(el.Section(el.Div(_plain(states, asked), "scroll"), "p"), "sheet one"),
        el.P(note, "s note"),
    ]


def _plain(states: Sequence[FeedState], asked: state.Asked) -> el.Node:
    """What everybody may know: whether a source is late, since that bears on the figures they see."""
    heads = [(t("来源"), "t"), (t("状态"), "t"), (t("数据至"), ""), (t("最近检查"), ""), (t("节奏"), "")]
    rows = []
    for s in states:
        chip = feed_words.chip("late", feed_words.late(s)) if s.late else feed_words.chip("ok", t("正常"))
        name = [el.I(s.mark, "mk"), el.A(words.name(s), "n", href=asked.alone(feed=s.feed)), el.Small(s.feed)]
        rows.append(el.Tr([el.Td(name, "t"), el.Td(chip, "t"), el.Td(words.moment(s.data_at)), el.Td(words.moment(s.checked_at)),
                           el.Td(feed_words.cadence(s.cadence_seconds))], "on" if s.feed == asked.feed else ""))  # fmt: skip
    return el.Table([el.Thead(el.Tr([el.Th(text, side, scope="col") for text, side in heads])), el.Tbody(rows)], "ft")
