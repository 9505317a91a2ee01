"""The funnel plot: shares of units of very different size against their common share; x in percent, so that type keeps its size."""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt
from typing import Any

import numpy as np

from analysis.funnel import INNER, OUTER, limits
from dashboard import el, panels
from dashboard.components import fmt
from dashboard.i18n import t
from dashboard.pages.assessment import scores, words
from dashboard.pages.assessment.state import AssessState
from services.assessment_shapes import Board, FunnelLine, PartLine, UnitLine

HEIGHT, TOP, BOTTOM = 420, 16, 388
Dot = tuple[UnitLine, PartLine, int, float]  # unit, part, counted, share


def view(board: Board, asked: AssessState) -> list[Any]:
    """Which rate, the plot, and beside it the units beyond a limit."""
    if not board.funnels:
        return [panels.empty(t("办法里没有按比率计分的项目，画不出漏斗图。"), el.A(t("看办法"), "btn", href=asked.href(show="rules")))]
    line = board.funnels.get(asked.by) or next(iter(board.funnels.values()))
    tabs = [el.A(words.part(k), href=asked.href(by=k), **({"aria_current": "true"} if k == line.key else {})) for k in board.funnels]
    dots = _dots(board, line.key)
    head = el.Div([el.H2(words.part(line.key)), el.Div(tabs, "seg", role="navigation", aria_label=t("项目"))], "ph fun")
    if line.share is None or not dots:
        return [el.Div(el.Section([head, panels.empty(t("{period}还没有可算的件。", period=words.period(board.period)))], "p"), "sheet one")]
    note = t("每个点是一个单位，横为件数（刻度按平方根），纵为比率；中线是共同水平 {p}，虚线 95%、实线 99.8% 控制限。", p=f"{fmt.share(line.share)}%")
    if line.scatter > 1.05:
        note += t("单位之间的差别比偶然大，控制限已放宽 {x} 倍。", x=f"{sqrt(line.scatter):.1f}")
    left = el.Section([head, el.P(note, "s"), _plot(dots, line, asked)], "p")
    return [el.Div([left, el.Section(_beyond(dots, line, board, asked), "p scroll")], "sheet as2 fnl")]


def _dots(board: Board, key: str) -> list[Dot]:
    out = []
    for u in board.units:
        p = next((x for x in u.parts if x.key == key), None)
        if p is not None and p.bottom is not None and p.bottom.value and p.value is not None:
            out.append((u, p, int(p.bottom.value), p.value))
    return out


def _plot(dots: Sequence[Dot], line: FunnelLine, asked: AssessState) -> el.Node:
    assert line.share is not None
    most = _round_up(max(n for _, _, n, _ in dots))
    low, high = _axis(dots, line)

    def x(n: float) -> float:
        return round(2 + 94 * sqrt(n / most), 2)

    def y(share: float) -> float:
        return round(BOTTOM - (min(max(share, low), high) - low) / (high - low) * (BOTTOM - TOP), 1)

    grid, names = _grid(low, high, most, x, y)
    drawn = _shape("Svg", children=[*grid, _curves(line, most, low, high, x, y)], className="fnp", width="100%", height=str(HEIGHT), aria_hidden="true")
    points = [_dot(d, x(d[2]), y(d[3]), d[3] < low, asked) for d in sorted(dots, key=lambda d: abs(d[1].verdict))]
    return el.Div([el.Div(drawn, "fn-draw"), *names, *points, *_names(dots, x, y)], "fn", style={"height": f"{HEIGHT}px"}, role="group",
                  aria_label=t("漏斗图；同样的内容在旁边的表里"))  # fmt: skip


def _shape(kind: str, **props: Any) -> el.Node:
    """An element of a drawing."""
    return {**el.el(kind, **props), "namespace": "dash_svg"}


def _axis(dots: Sequence[Dot], line: FunnelLine) -> tuple[float, float]:
    """From a round tenth below what matters to one above; single rates of next to nothing do not stretch it."""
    share = line.share or 0.0
    far = [s for _, p, n, s in dots if p.verdict or n >= 10]
    low = min([share - 0.1, *far])
    high = max([share + 0.1, *far])
    return max(0.0, float(np.floor(low * 10) / 10)), min(1.0, float(np.ceil(high * 10) / 10))


def _round_up(n: int) -> int:
    return next(s * 10**p for p in range(9) for s in (1, 2, 5) if s * 10**p >= n)


def _grid(low: float, high: float, most: int, x: Any, y: Any) -> tuple[list[el.Node], list[el.Node]]:
    step = 0.1 if high - low > 0.25 else 0.05
    shares = [low + i * step for i in range(round((high - low) / step) + 1)]
    counts = [n for n in (1, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000) if n <= most and (n == most or x(n) > 8)]
    grid = [_shape("Line", x1="2%", x2="96%", y1=str(y(s)), y2=str(y(s)), className="gl") for s in shares]
    names = [el.Span(f"{fmt.share(s, 0)}%", "fn-y", style={"top": f"{y(s) - 8}px"}, aria_hidden="true") for s in shares]
    last = -9.0
    for n in counts:
        if x(n) - last >= 7:
            names.append(el.Span(fmt.num(n), "fn-x", style={"left": f"{x(n)}%"}, aria_hidden="true"))
            last = x(n)
    return grid, names


def _curves(line: FunnelLine, most: int, low: float, high: float, x: Any, y: Any) -> el.Node:
    """The limits as lines in percent of the width, in a drawing of their own that stretches; their strokes do not."""
    assert line.share is not None
    counted = np.unique(np.round(np.linspace(1, sqrt(most), 120) ** 2, 2))
    out = [_shape("Line", x1="2", x2="96", y1=str(y(line.share)), y2=str(y(line.share)), className="fn-mid")]
    for level, name in ((INNER, "fn-in"), (OUTER, "fn-out")):
        for edge in limits(counted, line.share, level, line.scatter):
            shown = [(n, v) for n, v in zip(counted, edge, strict=True) if low <= v <= high and 0.0 < v < 1.0]
            out.append(_shape("Polyline", points=" ".join(f"{x(n)},{y(v)}" for n, v in shown), className=name))
    return _shape("Svg", children=out, viewBox=f"0 0 100 {HEIGHT}", preserveAspectRatio="none", width="100%", height=str(HEIGHT))


def _dot(d: Dot, left: float, top: float, under: bool, asked: AssessState) -> el.Node:
    u, p, n, share = d
    said = t("{unit}：{share}，{a} / {b} 件，{verdict}", unit=words.unit(u), share=f"{fmt.share(share)}%", a=fmt.num(p.top.value if p.top else 0), b=fmt.num(n),
             verdict=t(words.VERDICTS[p.verdict]))  # fmt: skip
    kind = {-2: "lo", -1: "lo1", 0: "", 1: "hi1", 2: "hi"}[p.verdict]
    props = {} if abs(p.verdict) == 2 else {"tabIndex": "-1"}  # those within the limits are reached through the table
    return el.A("▾" if under else "", f"fn-dot {kind}{' under' if under else ''}{' on' if asked.unit == u.key else ''}", title=said, aria_label=said,
                href=asked.href(show="scores", unit=u.key), style={"left": f"{left}%", "top": f"{top}px"}, **props)  # fmt: skip


def _names(dots: Sequence[Dot], x: Any, y: Any) -> list[el.Node]:
    """Names of the units beyond the outer limits, as far as they do not cover each other; all are in the table."""
    out: list[el.Node] = []
    placed: list[tuple[float, float]] = []
    for u, p, n, share in sorted(dots, key=lambda d: -d[2]):
        if abs(p.verdict) < 2:
            continue
        left, top = x(n), y(share)
        if all(abs(top - t0) > 15 or abs(left - l0) > 16 for l0, t0 in placed):
            placed.append((left, top))
            side = {"right": f"{100 - left}%"} if left > 75 else {"left": f"{left}%"}
            kind = "fn-name end" if left > 75 else "fn-name"
            out.append(el.Span(words.unit(u, parent=False), kind, style={**side, "top": f"{top - 9}px"}, aria_hidden="true"))
    return out


def _beyond(dots: Sequence[Dot], line: FunnelLine, board: Board, asked: AssessState) -> list[Any]:
    """Units beyond the limits, the bad ones first, then all others by name: the plot as a table."""
    far = sorted((d for d in dots if abs(d[1].verdict) == 2), key=lambda d: (d[1].verdict, d[3]))
    near = sorted((d for d in dots if abs(d[1].verdict) == 1), key=lambda d: (d[1].verdict, d[3]))
    rest = sorted((d for d in dots if not d[1].verdict), key=lambda d: d[0].key)
    out: list[Any] = []
    chance = t("{n} 个单位里，单凭偶然约有 {a} 个出 95%，{b} 个出 99.8%", n=fmt.num(len(dots)), a=f"{len(dots) * 0.05:.0f}", b=f"{len(dots) * 0.002:.1f}")
    for title, found, note in ((t("出 99.8% 控制限"), far, chance), (t("出 95% 控制限"), near, t("可能是偶然，先看下一期")), (t("在控制限内"), rest, "")):
        head = el.Div([el.H2([f"{title} ", el.Span(fmt.num(len(found)), data_figure=f"funnel-{len(out)}", data_value=str(len(found)))]), el.Small(note)], "ph")
        body: Any = el.Table(el.Tbody([_line(d, asked) for d in found]), "asf") if found else el.P(t("没有。"), "s m")
        out += [el.Details([el.Summary(head), body], "fmore") if found is rest and found else el.Div([head, body], "part")]
    missing = len(board.units) - len(dots)
    if missing:
        out.append(el.P(t("另有 {n} 个单位这一项没有件。", n=missing), "s m"))
    return out


def _line(d: Dot, asked: AssessState) -> el.Node:
    u, p, _, share = d
    assert p.top is not None and p.bottom is not None
    tone = {-2: "act", 2: "done"}.get(p.verdict, "")
    top, bottom = scores.count(u, p, p.top, "top", t(words.COUNTED[p.top.key])), scores.count(u, p, p.bottom, "bottom", t(words.COUNTED[p.bottom.key]))
    counts = el.Span([top, " ÷ ", bottom])
    return el.Tr([el.Td([el.A(words.unit(u), href=asked.href(show="scores", unit=u.key), data_row="1"), el.Small(t(words.VERDICTS[p.verdict]), tone)], "t"),
                  el.Td(el.B(f"{fmt.share(share)}%", tone)), el.Td(counts, "m")])  # fmt: skip
