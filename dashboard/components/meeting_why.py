"""ⓘ of a frozen table: what its figures are made of, from what was frozen of it; where the change is taken apart, as of the same moment."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from dashboard import el, urlstate
from dashboard.components import fmt
from dashboard.components.explained import formula
from dashboard.i18n import lang, pick, t
from matters.explained import BASES, EXPLAINED
from matters.filters import Filter
from matters.indicators import SMALL
from matters.moments import read_moment
from matters.periods import Window

# Columns of frozen tables that show a figure under another name; a comparison says how it is made itself.
FIGURES = {"civil_yoy": "civil_filings"}
COMPARED = ("yoy", "pop", "lunar", "year_yoy", "civil_yoy")


def info(body: Mapping[str, Any], frozen: Mapping[str, Any]) -> list[el.Node]:
    """One sheet for a table, a line a figure, each with more below it; nothing for a table without figures of their own."""
    parts = [_part(body, key, word) for key, word in _named(frozen)]
    if not parts:
        return []
    title = t("这些数字怎么算")
    return [el.Details([el.Summary("i", aria_label=t("{name}：这些数字怎么算", name=pick(frozen["zh"], frozen["en"]))), el.Div([el.B(title), *parts])],
                       "drop info")]  # fmt: skip


def _named(frozen: Mapping[str, Any]) -> list[tuple[str, str]]:
    """(figure or comparison, name): of the columns, or of the lines where each line is a figure of its own."""
    lines = [(str(r.get("key", "")), pick(r["cells"][0]["s"], r["cells"][0].get("e", ""))) for r in frozen["rows"] if r.get("key") in EXPLAINED]
    heads = [(c["key"], pick(c["zh"], c["en"])) for c in frozen["columns"] if c["key"] in (*EXPLAINED, *COMPARED, "share") and c["key"] != "open"]
    return [*lines, *heads]


def _part(body: Mapping[str, Any], key: str, word: str) -> el.Node:
    figure = FIGURES.get(key, key if key in EXPLAINED else "accepted")
    said = _comparison(body, key) if key in COMPARED else t("这一行的受理 ÷ 合计") if key == "share" else formula(figure, _waits(body))
    return el.Details([el.Summary([el.B(word), " ", el.Span(said)]), el.Dl([x for a, b in _lines(body, key, figure) for x in (el.Dt(a), el.Dd(b))]),
                       *_apart(body, figure)], "col", data_column=key)  # fmt: skip


def _waits(body: Mapping[str, Any]) -> tuple[int, int]:
    a, b = body.get("waits", (0, 0))
    return a, b


def _comparison(body: Mapping[str, Any], key: str) -> str:
    small = t("本期 ÷ 前期 − 1；任一期不足 {n} 件时只给件数", n=body.get("small", SMALL))
    days = body["compared"].get({"civil_yoy": "yoy"}.get(key, key))
    return small if days is None else t("{how}；前期为 {w}", how=small, w=fmt.window(Window(*(date.fromisoformat(d) for d in days))))


def _lines(body: Mapping[str, Any], key: str, figure: str) -> list[tuple[str, Any]]:
    e = EXPLAINED[figure]
    none = pick(*e.denominator) if e.denominator else t("没有：是件数")
    below = t("前期的同一数字") if key in COMPARED else t("本表的合计") if key == "share" else none
    return [(t("分母"), below), (t("范围"), pick(*BASES[e.basis]) if e.basis != "today" else t("冻结时的存量")), (t("来源"), _feeds(body, figure)),
            (t("截至"), t("冻结于 {at}", at=fmt.moment(read_moment(body["as_of"])))), (t("注意"), el.Ul([el.Li(pick(*c)) for c in e.caveats]))]  # fmt: skip


def _feeds(body: Mapping[str, Any], figure: str) -> str:
    """Names of then; a late one with the day to which it reached."""
    names = []
    for code in body.get("rests", {}).get(figure, ()):
        feed = body["feeds"][code]
        name = pick(feed["zh"], feed["en"])
        names.append(t("{feed}（止于 {at}，迟到）", feed=name, at=feed["until"][:10] or fmt.NONE) if feed["late"] else name)
    return fmt.join(names) if names else fmt.NONE


def _apart(body: Mapping[str, Any], figure: str) -> list[el.Node]:
    """The way to what made the change, as it was known then."""
    if not EXPLAINED[figure].apart:
        return []
    f = Filter(area=body["area"], window=Window(*(date.fromisoformat(d) for d in body["window"])), as_of=read_moment(body["as_of"]))
    state = urlstate.State(f, indicator=figure, dated=True, lang=lang() if lang() != "zh" else "")
    return [el.P(el.A(t("看变化由什么构成"), "lk", href="/changed" + urlstate.write(state)))]
