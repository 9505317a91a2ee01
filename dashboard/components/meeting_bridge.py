"""The bridge from the last meeting's figure to this one's: two panels with two honest scales, and the table with the same lines."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from dashboard import el, urlstate
from dashboard.components import fmt
from dashboard.components.meeting_cells import Ways, node
from dashboard.i18n import lang, pick, t
from matters.filters import Filter
from matters.moments import read_moment
from matters.periods import Window

Bridge = Mapping[str, Any]
AT_ONCE = 200  # matters that one address can name
HIGH = 150  # px of the plots


def _names(b: Bridge) -> dict[str, str]:
    then, now = (Window(*(date.fromisoformat(d) for d in days)) for days in (b["then"]["window"], b["then"]["now"]))
    return {"then": fmt.window(then), "now": fmt.window(now)}


def drawing(b: Bridge) -> el.Node:
    """Left: the old window counted again, its axis cut and said so. Right: that figure, the new ones, today's, from zero."""
    was, again, now, new = (b[k]["n"] for k in ("was", "again", "now", "new"))
    levels, at = [], was
    for line in b["lines"]:
        levels.append((min(at, at + line["step"]), max(at, at + line["step"])))
        at += line["step"]
    low, high = min([was, again, *(x for x, _ in levels)]), max([was, again, *(x for _, x in levels)])
    floor = max(0, low - max(1, round((high - low) * 0.3))) if high > low else max(0, low - 1)
    names = _names(b)
    steps = [_bar(x["step"], pick(x["zh"], x["en"]), lo, hi, floor, high, "up" if x["step"] > 0 else "down" if x["step"] < 0 else "none")
             for x, (lo, hi) in zip(b["lines"], levels, strict=True)]  # fmt: skip
    left = [_bar(None, b["then"]["title"], floor, was, floor, high, "old cut", was), *steps,
            _bar(None, t("重算"), floor, again, floor, high, "all cut", again)]  # fmt: skip
    right = [_bar(None, t("重算"), 0, again, 0, max(now, again), "old", again), _bar(new, t("新受理"), again, again + new, 0, max(now, again), "up"),
             _bar(None, t("本次会议"), 0, now, 0, max(now, again), "all", now)]  # fmt: skip
    revised = again - was
    return el.Div([
        el.Div([el.B(t("同一统计期的修订 {n}", n=_step(revised))), el.Small(t("{w}；纵轴自 {n} 起，柱底断开", w=names["then"], n=fmt.num(floor))),
                el.Div(left, "bars")]),
        el.Div([el.B(t("新受理 {n}", n=_step(new))), el.Small(t("纵轴自 0 起")), el.Div(right, "bars")]),
    ], "m-bridge", role="img", aria_label=t("从上次会议到本次会议；同样的内容在下面的表里"))  # fmt: skip


def _step(n: int) -> str:
    return fmt.signed(n, 0) if n else "0"


def _bar(step: int | None, name: str, low: float, high: float, floor: float, roof: float, kind: str, value: int | None = None) -> el.Node:
    span = max(1.0, roof - floor)
    tall, foot = max(2.0 if high > low else 1.0, (high - low) / span * HIGH), (low - floor) / span * HIGH
    label = fmt.num(value) if step is None else _step(step)
    column = [el.Span(label), el.I(None, kind, style={"height": _scaled(tall)})]
    return el.Div([el.Div(column, "col", style={"paddingBottom": _scaled(foot)}), el.Small(name)])


def _scaled(px: float) -> str:
    return f"calc({px:.1f}px * var(--k, 1))"  # the room's screen draws it larger


def table(b: Bridge, out: Ways) -> el.Node:
    """The same lines with their meaning, where they come from, and their matters."""
    names = _names(b)
    rows = [el.Tr([el.Td(b["then"]["title"], "t"), el.Td(node(b["was"], "count", "bridge-was", out)), el.Td(names["then"], "t"), el.Td(""), el.Td("")])]
    rows += [_line(x, b["then"]["as_of"], out.as_of) for x in b["lines"]]
    rows += [
        el.Tr([el.Td(t("重算"), "t"), el.Td(node(b["again"], "count", "bridge-again", out)), el.Td(names["then"], "t"), el.Td(""), el.Td("")], "mid"),
        el.Tr([el.Td(t("新受理"), "t"), el.Td(_step(b["new"]["n"])), el.Td(t("{day} 以后受理", day=b["then"]["window"][1]), "t"), el.Td(""),
               el.Td(node(b["new"], "count", "bridge-new", out))]),
        el.Tr([el.Td(t("本次会议"), "t"), el.Td(node(b["now"], "count", "bridge-now", out)),
               el.Td(f"{fmt.num(b['was']['n'])} {_plus(b)} = {fmt.num(b['now']['n'])}", "t"), el.Td(""), el.Td(fmt.num(b["touched"]))], "sum"),
    ]  # fmt: skip
    heads = [el.Th(t("变动"), "t"), el.Th(t("件")), el.Th(t("含义"), "t"), el.Th(t("来自"), "t"), el.Th(t("明细"))]
    return el.Div(el.Table([el.Thead(el.Tr(heads)), el.Tbody(rows)], "m-t"), "scroll")


def _plus(b: Bridge) -> str:
    more = b["now"]["n"] - b["was"]["n"]
    return f"{'+' if more >= 0 else fmt.MINUS} {fmt.num(abs(more))}"


def _line(x: Mapping[str, Any], then: str, now: str) -> el.Node:
    means = {
        "late": t("当时已受理，其后才收到"), "reclassified": t("受理日期、属地或是否属于纠纷有改动，移出或移入"),
        "merged": t("同一纠纷并案，或误并的拆开"), "withdrawn": t("来源单位撤回，或撤回后又报"), "rest": t("未能归因"),
    }[x["key"]]  # fmt: skip
    sources = t("；").join(f"{name} {n}" for name, n in x["from"][:4])
    links = [*_codes([c for c, _ in x["out"]], then, fmt.MINUS), *_codes(x["in"], now, "+")]
    return el.Tr([el.Td(pick(x["zh"], x["en"]), "t"), el.Td(el.Span(_step(x["step"]), data_figure=f"bridge-{x['key']}", data_value=str(x["step"]))),
                  el.Td(means, "t"), el.Td(sources, "t w"), el.Td(links or "0")])  # fmt: skip


def _codes(codes: list[str], at: str, sign: str) -> list[Any]:
    """Links to the matters themselves as they stood when they counted, so many at a time as an address can name."""
    out: list[Any] = []
    for i in range(0, len(codes), AT_ONCE):
        part = tuple(codes[i : i + AT_ONCE])
        f = Filter(window=None, as_of=read_moment(at), codes=part)
        out += [" ", el.A(f"{sign}{len(part)}", "n", href=urlstate.rows(f, lang() if lang() != "zh" else ""))]
    return out


