"""Candidates for remediation: which of the three criteria hold, with the figures and the reason in words; some of them side by side."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import dash_svg as svg

from dashboard import el, urlstate
from dashboard.components import case_words as words
from dashboard.components import fmt, listing_words
from dashboard.i18n import lang, pick, t
from matters.filters import Filter
from services.candidate_shapes import Candidate, Candidates

MOST = 4  # side by side


def name(c: Candidate) -> str:
    """Where it is: a township with its county, or a county."""
    return " ".join(p for p in (pick(c.county_name, c.county_en), pick(c.area_name, c.area_en)) if p)


def _counts(c: Candidate) -> str:
    return t("、").join(fmt.num(n) for n in c.counts)


def growing(c: Candidate) -> str:
    """The first criterion in words; '' where it does not hold."""
    if not c.growing:
        return ""
    pace = t("，约每月 {x}", x=listing_words.percent(c.growth)) if c.growth is not None else ""
    return t("逐月增长：每两个月 {counts} 件{pace}", counts=_counts(c), pace=pace)


def frequent(c: Candidate) -> str:
    """The second criterion in words."""
    if not c.frequent:
        return ""
    return t("多发频发：按人口是全市的 {x} 倍（界限 {y} 倍），近 3 期有 {n} 期超过", x=fmt.num(c.rate, 1), y=fmt.num(c.limit, 1), n=c.windows_above)


def badly(c: Candidate) -> str:
    """The third criterion in words."""
    if not c.badly:
        return ""
    parts = []
    if c.unmoved:
        parts.append(t("{number} 之后没有下降", number=c.unmoved_by))
    if c.overdue_share is not None and c.overdue_limit is not None and c.overdue_share > c.overdue_limit:
        parts.append(t("在办 {n} 件中超期 {m} 件", n=c.open, m=c.overdue))
    if c.unresolved_share is not None and c.unresolved_limit is not None and c.unresolved_share > c.unresolved_limit:
        parts.append(t("办结和超期的 {n} 件中未化解 {m} 件", n=c.decided, m=c.unresolved))
    return t("整治不力：{what}", what=t("，").join(parts))


def reason(c: Candidate) -> str:
    """Why it is proposed, in one sentence."""
    return t("；").join(x for x in (growing(c), frequent(c), badly(c)) if x) + t("。")


def table(found: Candidates, compared: Sequence[str], toggle: Callable[[str], str], propose: Callable[[str], str], may: bool) -> el.Node:
    """One row a unit, candidates first; the rest meet one criterion and are shown for comparison."""
    names = (t("比"), t("区域 / 行业"), t("近两月，件"), t("本应约"), t("符合"), t("理由"), "")
    heads = [el.Th(x, "" if i in (2, 3) else "t", scope="col") for i, x in enumerate(names)]
    rows = [_row(c, c.key in compared, toggle, propose, may) for c in found.lines]
    return el.Table([el.Thead(el.Tr(heads)), el.Tbody(rows)], "lt wt cand")


def _row(c: Candidate, on: bool, toggle: Callable[[str], str], propose: Callable[[str], str], may: bool) -> el.Node:
    box = el.A("☑" if on else "☐", "cmp", href=toggle(c.key), role="checkbox", aria_checked="true" if on else "false",
               aria_label=t("并排比较 {name}", name=f"{name(c)} {words.category(c.category)}"))  # fmt: skip
    count = _link(c.counts[-1], c.rows, data_figure=f"count-{c.key}")
    act: Any = ""
    if c.listed:
        act = el.Span(t("已在挂 {number}", number=c.listed), "s")
    elif c.waiting:
        act = el.A(t("已提议"), "lk", href=words.at(f"/listing/{c.waiting}"))
    elif may:
        act = el.A(t("提议挂牌"), "btn small", href=propose(c.key))
    kind = el.A(words.category(c.category), "lk", href=words.at(f"/trade/{c.category}"))
    tag = el.Span(t("候选") if c.candidate else t("一项"), "tag a" if c.candidate else "tag w")
    return el.Tr([
        el.Td(box, "t"), el.Td([el.B(name(c)), el.Small(kind)], "t"), el.Td(count, data_l=t("近两月，件")),
        el.Td(fmt.num(c.expected[-1], 1), data_l=t("本应约")),
        el.Td([tag, el.Small(t("{n} 条标准", n=c.met))], "t"), el.Td(reason(c), "t why"), el.Td(act, "t"),
    ], "on" if on else "", data_candidate=c.key)  # fmt: skip


def compare(chosen: Sequence[Candidate], toggle: Callable[[str], str]) -> el.Node:
    """The chosen ones side by side, a row a figure; the twelve months on one scale."""
    top = max((n for c in chosen for _, n in c.months), default=1)
    lines: list[tuple[str, Callable[[Candidate], Any]]] = [
        (t("近 12 个月"), lambda c: _spark(c, top)),
        (t("每两个月，件"), lambda c: t(" → ").join(fmt.num(n) for n in c.counts)),
        (t("按全市水平本应约"), lambda c: t(" → ").join(fmt.num(n, 1) for n in c.expected)),
        (t("每月增长"), lambda c: listing_words.percent(c.growth) + ("" if c.growing else t("（不显著）"))),
        (t("连升三月"), lambda c: t("是") if c.rises else t("否")),
        (t("全市的几倍（界限）"), lambda c: t("{x}（{y}）", x=fmt.num(c.rate, 1), y=fmt.num(c.limit, 1))),
        (t("在办中超期"), lambda c: [_link(c.overdue, c.overdue_rows), f" / {fmt.num(c.open)}"]),
        (t("未化解 / 办结和超期"), lambda c: [f"{fmt.num(c.unresolved)} / ", _link(c.decided, c.decided_rows)]),
        (t("符合的标准"), _criteria),
    ]  # fmt: skip
    heads = [el.Th("", scope="col"), *(_head(c, toggle(c.key)) for c in chosen)]
    rows = [el.Tr([el.Th(label, "t", scope="row"), *(el.Td(show(c), "t") for c in chosen)]) for label, show in lines]
    head = el.Div([el.H2(t("并排比较")), el.Small(t("最多 {n} 个", n=MOST))], "ph")
    return el.Section([head, el.Table([el.Thead(el.Tr(heads)), el.Tbody(rows)], "cmpt")], "p scroll")


def _criteria(c: Candidate) -> str:
    return t("、").join(x for x, on in ((t("增长"), c.growing), (t("多发"), c.frequent), (t("不力"), c.badly)) if on) or words.DASH


def _head(c: Candidate, leave: str) -> el.Node:
    return el.Th([el.B(name(c)), el.Small(words.category(c.category)), el.A("×", "lk", href=leave, aria_label=t("不再比较"))], "t", scope="col")


def _link(value: int, rows: Filter, **props: Any) -> el.Node:
    """A number that opens its rows."""
    return el.A(el.Span(words.count(value), **props, data_value=str(value)), "n", href=urlstate.rows(rows, "en" if lang() == "en" else ""))


def _spark(c: Candidate, top: int) -> svg.Svg:
    step = 160 / max(1, len(c.months))
    bars = [svg.Rect(x=f"{i * step:.1f}", y=f"{40 - 36 * n / max(1, top):.1f}", width=f"{step - 3:.1f}", height=f"{36 * n / max(1, top):.1f}", className="bar")
            for i, (_, n) in enumerate(c.months)]  # fmt: skip
    told = fmt.join([f"{words.month(m)} {n}" for m, n in c.months])
    return svg.Svg([*bars, svg.Line(x1="0", x2="160", y1="40", y2="40", className="ax")], width="160", height="42", role="img", **{"aria-label": told})
