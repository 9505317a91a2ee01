"""The scores of a level, and one unit opened into its parts, down to the lists of the rows that were counted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dashboard import asof, el, panels, urlstate
from dashboard.components import fmt
from dashboard.i18n import lang, t
from dashboard.pages.assessment import marks, words
from dashboard.pages.assessment.state import AssessState
from matters.access import Scope
from matters.assessment import unit_name
from services.assessment_shapes import Board, OutsideLine, PartLine, UnitLine
from services.shapes import Part


def view(services: Any, scope: Scope, board: Board, asked: AssessState) -> list[Any]:
    """The table, and beside it the unit that is open: the one asked for, else the first that the reader sees in full."""
    if not board.units:
        way = el.A(t("看上一期"), "btn", href=asked.at(period=board.period.before.key))
        return [panels.empty(t("{period}没有件，也就没有分数。", period=words.period(board.period)), way)]
    opened = board.unit(asked.unit) or next((u for u in board.units if not u.veiled), None)
    right = detail(services, scope, board, opened, asked) if opened else panels.empty(t("这里没有您能展开的单位。"))
    return [el.Div([el.Section(_tables(board, opened, asked), "p scroll"), el.Section(right, "p as-one")], "sheet as2")]


def _tables(board: Board, opened: UnitLine | None, asked: AssessState) -> list[Any]:
    ranked = [u for u in board.units if u.rank is not None]
    rest = [u for u in board.units if u.rank is None]
    out: list[Any] = []
    if ranked:
        note = t("{n} 个单位排名", n=fmt.num(board.ranked))
        out += [el.Div([el.H2(t("得分和名次")), el.Small(note)], "ph"), _table(ranked, board, opened, asked)]
    if rest:
        late = bool(board.late)
        head = t("暂定得分") if late else t("不排名 {n}", n=fmt.num(len(rest)))
        note = t("名次等数据到齐再看") if late else t("件数少于 {n} 的看漏斗图，不看名次", n=fmt.num(board.version.rules.rank_least))
        more = [] if late else [el.A(t("看漏斗图"), "lk", href=asked.href(show="funnel"))]
        out += [el.Div([el.H2(head), el.Small(note), *more], "ph" + (" gap" if ranked else "")), _table(rest, board, opened, asked)]
    return out


def _table(units: Sequence[UnitLine], board: Board, opened: UnitLine | None, asked: AssessState) -> el.Node:
    keys = [(p.key, p.weight / board.version.rules.weight(board.level) * 100) for p in board.version.rules.of(board.level)]
    heads = [el.Th(t("名次"), "t", scope="col"), el.Th(t("单位"), "t", scope="col"), el.Th(t("总分"), scope="col", aria_sort="descending"),
             el.Th(t("上期"), scope="col")]  # fmt: skip
    heads += [el.Th([words.part(k), el.Small(t("满 {n}", n=fmt.num(w, 1)))], "pt", scope="col") for k, w in keys]
    heads += [el.Th(t("加减分"), scope="col")]
    body = [_row(u, [k for k, _ in keys], opened is not None and u.key == opened.key, asked) for u in units]
    return el.Table([el.Thead(el.Tr(heads)), el.Tbody(body)], "ast")


def _row(u: UnitLine, keys: Sequence[str], on: bool, asked: AssessState) -> el.Node:
    parts = {p.key: p for p in u.parts}
    name: Any = el.Span(words.unit(u)) if u.veiled else el.A(words.unit(u), href=asked.href(unit=u.key), data_row="1", aria_current="true" if on else None)
    under = el.Small(t(words.UNRANKED[u.unranked])) if u.unranked and u.unranked != "late" else None
    shown = el.B(words.score(u.total), data_figure=f"total-{u.key}", data_value=repr(u.total)) if u.total is not None else fmt.NONE
    cells = [
        el.Td(fmt.num(u.rank) if u.rank is not None else "", "t pl", data_figure=f"rank-{u.key}", data_value=None if u.rank is None else str(u.rank)),
        el.Td([name, under], "t"), el.Td(shown), el.Td(_before(u), "m"),
    ]  # fmt: skip
    veil = el.Td(t("只看得到总分和名次"), "m t", colSpan=len(keys) + 1)
    cells += [veil] if u.veiled else [*(_cell(parts[k]) for k in keys), el.Td(words.points(u.marks) if u.marks else fmt.NONE, "act" if u.marks < 0 else "")]
    return el.Tr(cells, "on" if on else "", data_unit=u.key)


def _before(u: UnitLine) -> str:
    """The place of the period before, with how far it moved."""
    if u.rank is None or u.rank_before is None:
        return words.score(u.total_before) if u.total_before is not None else fmt.NONE
    steps = u.rank_before - u.rank
    arrow = "" if not steps else f" ↑{steps}" if steps > 0 else f" ↓{-steps}"
    return f"{u.rank_before}{arrow}"


def _cell(p: PartLine) -> el.Node:
    """Points over the value they come from; counts alone where it is not judged."""
    if p.points is None:
        counts = f"{p.top.value} / {p.bottom.value}" if p.top is not None and p.bottom is not None and p.why == "few" else ""
        return el.Td([el.Span(fmt.NONE, "m"), el.Small(counts)])
    mark = {-2: " lo", 2: " hi"}.get(p.verdict, "")
    return el.Td([el.Span(fmt.num(p.points, 1)), el.Small(words.value(p.key, p.value), f"v{mark}".strip())])


def detail(services: Any, scope: Scope, board: Board, u: UnitLine, asked: AssessState) -> list[Any]:
    """One unit: how the score is made, each part with its two counts, merits and demerits."""
    said = t("第 {n}，共 {all} 个排名", n=u.rank, all=board.ranked) if u.rank is not None else t(words.UNRANKED[u.unranked]) if u.unranked else ""
    total = [el.Strong(words.score(u.total)), el.Span(t("分"))] if u.total is not None else [el.Strong(fmt.NONE)]
    head = el.Div([el.H2(words.unit(u)), el.Small(said)], "ph")
    return [head, el.Div(total, "v big"), el.P(_sum(u), "s"), _parts(u), *_settled(u), *_marks(u, asked), *_forms(services, scope, u, asked)]


def _sum(u: UnitLine) -> str:
    """How the total is made, so that it can be done again by hand."""
    if u.base is None:
        return t("没有一项够数，不计分。")
    got = sum(p.points for p in u.parts if p.points is not None)
    text = t("各项得 {a}，已评权重 {b}", a=fmt.num(got, 2), b=fmt.num(u.judged, 1))
    if u.judged < 99.999:
        text += t("，折成百分 {base}", base=words.score(u.base))
    if u.marks_all:
        text += t("，加减分 {m}", m=words.points(u.marks))
        if u.marks_all != u.marks:
            text += t("（合计 {all}，按上限计）", all=words.points(u.marks_all))
    if u.total is None:
        text += t("；件数少，不出总分")
    return text + t("。")


def _parts(u: UnitLine) -> el.Node:
    heads = [el.Th(x, c, scope="col") for x, c in ((t("项目"), "t"), (t("数值"), ""), (t("怎么来的"), "t"), (t("0 分至满分"), ""), (t("得分"), ""))]
    rows = [
        el.Tr([
            el.Th([words.part(p.key), _verdict(p)], "t", scope="row"),
            el.Td(words.value(p.key, p.value)), el.Td(_made(u, p), "t"),
            el.Td(f"{words.bound(p, p.none)} – {words.bound(p, p.full)}", "m"), el.Td(_points(p)),
        ])
        for p in u.parts
    ]  # fmt: skip
    return el.Table([el.Thead(el.Tr(heads)), el.Tbody(rows)], "asp")


def _verdict(p: PartLine) -> el.Node | None:
    return el.Small(t(words.VERDICTS[p.verdict]), {-2: "act", 2: "done"}.get(p.verdict, "m")) if p.verdict else None


def _points(p: PartLine) -> Any:
    of = el.Small(f"/ {fmt.num(p.weight, 1)}")
    return [fmt.NONE, el.Small(words.why(p))] if p.points is None else [el.B(fmt.num(p.points, 2)), " ", of]


def _made(u: UnitLine, p: PartLine) -> Any:
    """The two counts, each a link to exactly its rows; an index with its period and source."""
    if p.outside is not None:
        return _source(p.outside)
    if p.top is None or p.bottom is None:
        return el.Span(t("还没有导入这个指数"), "m")
    if unit_name(p.key) == "change":
        return [count(u, p, p.bottom, "bottom", t("上年同期")), el.Span(" → "), count(u, p, p.top, "top", t("本期"))]
    return [count(u, p, p.top, "top", t(words.COUNTED[p.top.key])), el.Span(" ÷ "), count(u, p, p.bottom, "bottom", t(words.COUNTED[p.bottom.key]))]


def count(u: UnitLine, p: PartLine, of: Part, which: str, name: str) -> Any:
    """A count with its name, as a link to its rows."""
    assert of.rows is not None
    number = el.A(fmt.num(of.value), "n", href=urlstate.rows(of.rows, _lang()), data_figure=f"{u.key}-{p.key}-{which}", data_value=str(of.value))
    return el.Span([f"{name} ", number], "nw")


def _source(x: OutsideLine) -> el.Node:
    rank = t("，第 {n} 位", n=x.rank) if x.rank else ""
    return el.Span([f"{fmt.day(x.start, True)} – {fmt.day(x.end, True)}{rank}", el.Small(x.source)], "src")


def _settled(u: UnitLine) -> list[Any]:
    if u.settled is None or u.settled.rows is None:
        return []
    link = el.A(fmt.num(u.settled.value), "n", href=urlstate.rows(u.settled.rows, _lang()), data_figure=f"settled-{u.key}", data_value=str(u.settled.value))
    return [el.P([t("排名看件数：办结或超期 "), link, t(" 件")], "s")]


def _marks(u: UnitLine, asked: AssessState) -> list[Any]:
    head = el.Div([el.H2(t("加分和扣分 {n}", n=len(u.mark_lines))), el.Small(t("本期内；撤销的不计"))], "ph gap")
    return [head, marks.listed(u.mark_lines, asked) if u.mark_lines else el.P(t("没有。"), "s m")]


def _forms(services: Any, scope: Scope, u: UnitLine, asked: AssessState) -> list[Any]:
    if asof.current() is not None or not services.marks.may(scope, u.key):
        return []
    return [el.P(el.A(t("给它加分或扣分"), "btn small", href=asked.href(act="mark", unit=u.key)))]


def _lang() -> str:
    return "en" if lang() == "en" else ""

