"""The little ⓘ beside a figure: formula, denominator, the feeds it rests on, as of when, what to mind, and where its change is taken apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dashboard import el, urlstate
from dashboard.components import fmt
from dashboard.i18n import lang, name, pick, t
from dashboard.links import Links
from matters.explained import BASES, EXPLAINED, resting
from matters.indicators import SMALL
from services.shapes import FeedState, Overview

Gives = Mapping[str, frozenset[str]]  # feed → the fields that it gives


@dataclass(frozen=True, slots=True)
class Explainer:
    """Explains the figures of one screen. `waits`: after how many days a matter counts as unaccepted or unhandled."""

    o: Overview
    links: Links
    gives: Gives
    waits: tuple[int, int]

    def info(self, key: str, word: str, end: bool = False) -> el.Node:
        """ⓘ and what it opens, reached by mouse, touch, Enter and Esc. KeyError for a figure that nobody explained."""
        body = el.Div([el.B(word), el.Dl([x for term, said in self._lines(key) for x in (el.Dt(term), el.Dd(said))]), *self._apart(key)])
        head = el.Summary("i", aria_label=t("{name}怎么算", name=word), title=formula(key, self.waits))
        return el.Details([head, body], "drop info" + (" end" if end else ""))

    def _lines(self, key: str) -> list[tuple[str, Any]]:
        e = EXPLAINED[key]
        lines: list[tuple[str, Any]] = [(t("公式"), formula(key, self.waits)), (t("分母"), pick(*e.denominator) if e.denominator else t("没有：是件数"))]
        lines += [(t("范围"), pick(*BASES[e.basis])), (t("来源"), self._feeds(key)), (t("截至"), self._at(key))]
        return [*lines, (t("注意"), el.Ul([el.Li(pick(*c)) for c in e.caveats]))]

    def _resting(self, key: str) -> list[FeedState]:
        found = set(resting(key, [(s.feed, s.agency) for s in self.o.feeds], self.gives))
        return [s for s in self.o.feeds if s.feed in found]

    def _feeds(self, key: str) -> Any:
        feeds = self._resting(key)
        if not feeds:
            return t("还没有数据源")
        names: list[Any] = []
        for s in sorted(feeds, key=lambda s: not s.late):
            at = fmt.moment(s.data_at)
            words = t("{feed}（止于 {at}，迟到）", feed=name(s), at=at) if s.late else name(s)
            names += [t("、") if names else "", el.A(words, "n wait" if s.late else "n", href=self.links.page("/feeds", feed=s.feed))]
        return names

    def _at(self, key: str) -> str:
        known = [s.data_at for s in self._resting(key) if s.data_at]
        return t("{last}；最早的一路止于 {first}", last=fmt.moment(max(known)), first=fmt.moment(min(known))) if known else t("尚无数据")

    def _apart(self, key: str) -> list[el.Node]:
        """The way to what made the change, or why there is none."""
        e = EXPLAINED[key]
        if e.apart:
            return [el.P(el.A(t("看变化由什么构成"), "lk", href=changed(self.o, self.links, key)))]
        return [el.P(pick(*e.whole), "m")]

    def columns(self, names: Sequence[tuple[str, str]]) -> el.Node:
        """ⓘ of a table: each column's name with its formula, and what else there is to say of it one level down. `names`: (column, name)."""
        parts = [el.Details([el.Summary([el.B(word), " ", el.Span(self._formula(key))]), *self._column(key)], "col", data_column=key) for key, word in names]
        return el.Details([el.Summary("i", aria_label=t("各列怎么算")), el.Div([el.B(t("各列怎么算")), *parts])], "drop info")

    def _column(self, key: str) -> list[el.Node]:
        figure = figure_of(key)
        lines = [x for term, said in self._lines(figure)[1:] for x in (el.Dt(term), el.Dd(self._denominator(key) or said if term == t("分母") else said))]
        return [el.Dl(lines), *self._apart(figure)]

    def _denominator(self, key: str) -> str:
        if key.endswith("_change"):
            return t("前期的同一数字")
        return {"share": t("本表的合计"), "escalated": t("没有：是件数"), "litigated": t("没有：是件数")}.get(key, "")

    def _formula(self, key: str) -> str:
        if key.endswith("_change"):
            return t("本期 ÷ 前期 − 1；任一期不足 {n} 件时只给件数", n=SMALL)
        own = {"escalated": t("时段内受理的事项中提级调解的"), "litigated": t("时段内受理的事项中进入诉讼的"), "share": t("这一行的受理 ÷ 合计")}
        return own[key] if key in own else formula(figure_of(key), self.waits)


def figure_of(column: str) -> str:
    """The explained figure that a column of a table shows, or rests on."""
    own = {"open_now": "open", "overdue_now": "overdue", "escalated": "escalation_rate", "litigated": "litigation_rate", "share": "accepted"}
    key = column.removesuffix("_change")
    return own.get(key, key)


def formula(key: str, waits: tuple[int, int]) -> str:
    """What a figure counts, in words."""
    if key == "overdue":
        return t("过时限在办 + {a} 天未受理 + {b} 天未处置，以今天为准", a=waits[0], b=waits[1])
    zh, en = EXPLAINED[key].formula
    return en if lang() == "en" else zh


def changed(o: Overview, links: Links, key: str, area: str = "") -> str:
    """Where the change of a figure is taken apart, of the screen's area or of one below it."""
    own = dict.fromkeys(("show", "sort", "dir", "cols", "step", "layers"), "")  # parameters of the page one comes from
    return "/changed" + urlstate.write(links.here.state.with_(area=area or o.area.code, window=o.window, indicator=key).plus(**own))
