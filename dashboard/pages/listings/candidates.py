"""The tab of candidates: the table, the chosen ones side by side, and what was looked at."""

from __future__ import annotations

from typing import Any

from dashboard import asof, el, panels
from dashboard.components import candidate_table, fmt, late_feeds
from dashboard.components import case_words as words
from dashboard.guard import BadInput
from dashboard.i18n import t
from dashboard.pages.listings.state import ListingState
from matters.access import Scope
from services.candidate_shapes import Candidate, Candidates


def body(services: Any, scope: Scope, asked: ListingState) -> list[Any]:
    """State line, comparison, table. There is no past: candidates are computed from what is known now."""
    if asof.current() is not None:
        return [panels.panel("empty", t("候选只看现在"), t("要看过去某天提议了什么，请看“拟挂”。"))]
    found: Candidates = services.candidates.all(scope, asked.subject or "area", asked.url.filter.area)
    chosen = [c for key in asked.compared if (c := next((x for x in found.lines if x.key == key), None))]

    def toggle(key: str) -> str:
        kept = [k for k in asked.compared if k != key]
        return asked.href(cmp=",".join(kept if key in asked.compared else [*kept, key][-candidate_table.MOST :]))

    def propose(key: str) -> str:
        return asked.href(act="propose", cand=key)

    table: Any = panels.empty(t("按三条标准，现在没有一处够得上。"), "")
    if found.lines:
        table = candidate_table.table(found, asked.compared, toggle, propose, scope.may("propose_listing"))
    parts: list[Any] = [_line(found, late_feeds.badges(services, scope))]
    if chosen:
        parts.append(el.Div(candidate_table.compare(chosen, toggle), "sheet one"))
    return [*parts, el.Div(el.Section(table, "p scroll"), "sheet one")]


def _line(found: Candidates, late: list[el.Node]) -> el.Node:
    first, last = found.windows[0].start, found.windows[-1].end
    many = sum(c.candidate for c in found.lines)
    head = t("看了 {n} 个乡镇 × 类别", n=words.count(found.examined)) if found.subject == "area" else t("看了 {n} 个县 × 类别", n=words.count(found.examined))
    rest = t("（三条至少两条，近两月 10 件以上），另有 {n} 个符合一条", n=len(found.lines) - many)
    return el.Div([
        el.Span([head, t("，候选 "), el.B(words.count(many), data_figure="candidates", data_value=str(many)), rest]),
        el.Span(t("{a} 至 {b}，每两个月一期", a=fmt.day(first, True), b=fmt.day(last, True))), el.Div(className="sp"), *late,
        el.Span(t("机器只提议，挂牌由人决定")),
    ], "state", data_version=str(found.data_version))  # fmt: skip


def given(services: Any, scope: Scope, asked: ListingState) -> Candidate | None:
    """The candidate that a proposal starts from."""
    if not asked.candidate:
        return None
    try:
        found: Candidate = services.candidates.one(scope, asked.candidate)
    except LookupError as error:
        raise BadInput(t("这个候选已不在名单里。")) from error
    return found
