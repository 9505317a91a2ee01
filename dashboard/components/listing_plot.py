"""The effect of a listing: dot and 95 % interval on a common scale, and the months before and after."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import dash_svg as svg
from dash import html

from dashboard.components import case_words as words
from dashboard.components import fmt, listing_words
from dashboard.i18n import t
from services.shapes import Effect, ListingLine

WIDTH = 216
_EDGE = 27  # px from the side to the last mark of the scale


def reach(lines: Sequence[ListingLine]) -> float:
    """How far the common scale goes to both sides: the first round number that holds every interval, at most 150 %."""
    ends = [abs(v) for line in lines if line.effect and line.effect.verdict not in ("few", "early")
            for v in (line.effect.low, line.effect.high) if v is not None]  # fmt: skip
    return next((r for r in (0.5, 0.8, 1.0, 1.5) if max(ends, default=0) <= r * 1.1), 1.5)


def _x(value: float, span: float) -> float:
    return round(WIDTH / 2 + value / span * (WIDTH / 2 - _EDGE), 1)


def scale(span: float) -> svg.Svg:
    """The marks above the column."""
    marks = [
        svg.Text(fmt.signed(v * 100, 0) if v else "0", x=str(_x(v, span)), y="12", textAnchor="middle", className="tk")
        for v in (-span, -span / 2, 0, span / 2, span)
    ]
    return svg.Svg(marks, width=str(WIDTH), height="16", className="fo-scale", **{"aria-hidden": "true"})


def interval(effect: Effect | None, span: float) -> svg.Svg:
    """One row: zero line, whisker, dot; counts alone where there are too few to judge."""
    zero = str(_x(0, span))
    out: list[Any] = [svg.Line(x1=zero, x2=zero, y1="0", y2="32", className="fo-zero")]
    label = t("没有可比的月份")
    if effect is not None:
        change = listing_words.relative(effect)
        label = "　".join(x for x in listing_words.verdict(effect)[::2] if x)
        if effect.verdict == "early":
            out.append(svg.Text(t("还没有整月"), x=str(_x(0, span) + 8), y="20", className="tk"))
        elif effect.verdict == "few" or change is None or effect.low is None or effect.high is None:
            text = t("{a} → {b} 件", a=fmt.num(effect.before_count), b=fmt.num(effect.after_count))
            out.append(svg.Text(text, x=str(_x(0, span) + 8), y="20", className="tk"))
        else:
            out += _whisker(effect.low, effect.high, change, span, {"fell": "fell", "rose": "rose"}.get(effect.verdict, "flat"))
    return svg.Svg(out, width=str(WIDTH), height="32", className="fo-row", role="img", **{"aria-label": label})


def _whisker(low: float, high: float, at: float, span: float, name: str) -> list[Any]:
    """The interval, cut with a small arrow where it leaves the scale."""
    edge = (WIDTH / 2 - 6) / (WIDTH / 2 - _EDGE) * span
    left, right = _x(max(low, -edge), span), _x(min(high, edge), span)
    out: list[Any] = [svg.Line(x1=str(left), x2=str(right), y1="16", y2="16", className=f"fo-line {name}")]
    for x, cut, turn in ((left, low < -edge, 4), (right, high > edge, -4)):
        d = f"M{x + turn},12L{x},16L{x + turn},20" if cut else f"M{x},12V20"
        out.append(svg.Path(d=d, className=f"fo-line {name}"))
    out.append(svg.Circle(cx=str(_x(max(-edge, min(edge, at)), span)), cy="16", r="5", className=f"fo-dot {name}"))
    return out


def top_of(most: float) -> tuple[float, float]:
    """A round top of a count axis and its step, for three to six lines."""
    step = next(s * 10**p for p in range(7) for s in (1, 2, 5) if most <= s * 10**p * 5)
    return max(step, step * -(-most // step)), step


HEIGHT, PLOT_TOP, PLOT_BOTTOM = 216, 20, 192


def months(line: ListingLine, effect: Effect, today: date) -> html.Div:
    """Counts by month: the day of listing, the averages before and after, the interval of the one after; a running month is hollow."""
    points = effect.months
    band = _band(effect)
    top, step = top_of(max([float(n) for _, n in points] + [effect.before, band[1] if band else 0, 1]))

    def y(value: float) -> float:
        return round(PLOT_BOTTOM - value / top * (PLOT_BOTTOM - PLOT_TOP), 1)

    def x(index: float) -> float:
        return round(4 + 92 * index / max(1, len(points) - 1), 2)

    cut = _cut(points, line.listed_on)
    out: list[Any] = []
    for i in range(round(top / step) + 1):
        value = i * step
        out.append(svg.Line(x1="0", x2="100%", y1=str(y(value)), y2=str(y(value)), className="ax" if i == 0 else "gl"))
    if cut is not None:
        out += _averages(effect, band, x, y, cut)
        out.append(svg.Line(x1=f"{x(cut)}%", x2=f"{x(cut)}%", y1="12", y2=str(PLOT_BOTTOM), className="fx-cut"))
        anchor, dx = ("end", "-6") if x(cut) > 25 else ("start", "6")
        told = t("{day} 挂牌", day=fmt.day(line.listed_on))
        out.append(svg.Text(told, x=f"{x(cut)}%", dx=dx, y="16", textAnchor=anchor, className="tk-act"))
    whole = [(i, n) for i, (m, n) in enumerate(points) if (m.year, m.month) < (today.year, today.month)]
    running = [(i, n) for i, (_, n) in enumerate(points) if i >= len(whole)]

    def path(found: Sequence[tuple[int, int]]) -> str:
        return " ".join(f"{x(i)},{y(n)}" for i, n in found)

    lines = [svg.Polyline(points=path(whole), className="ln fx-ln"), svg.Polyline(points=path([*whole[-1:], *running]), className="ln fx-ln lnp")]
    out.append(svg.Svg(lines, viewBox=f"0 0 100 {HEIGHT}", preserveAspectRatio="none",
                       width="100%", height=str(HEIGHT)))  # fmt: skip
    out += [svg.Circle(cx=f"{x(i)}%", cy=str(y(n)), r="3", className="fx-dot" if i < len(whole) else "fx-dot part") for i, (_, n) in enumerate(points)]
    every = max(1, -(-len(points) // 12))
    out += [svg.Text(words.month(m), x=f"{x(i)}%", y="210", textAnchor="middle", className="tk")
            for i, (m, _) in enumerate(points) if (len(points) - 1 - i) % every == 0]  # fmt: skip
    axis = [html.Span(fmt.num(i * step), style={"top": f"{y(i * step) - 8}px"}) for i in range(round(top / step) + 1)]
    told = t("{title}，逐月受理：{counts}", title=listing_words.title(line),
             counts=fmt.join([f"{words.month(m)} {n}" for m, n in points]))  # fmt: skip
    drawn = svg.Svg(out, width="100%", height=str(HEIGHT), role="img", **{"aria-label": told})
    return html.Div([html.Div(axis, className="fx-axis", **{"aria-hidden": "true"}), html.Div(drawn, className="fx-plot")], className="fx")


def _band(effect: Effect) -> tuple[float, float] | None:
    """Interval of the average after, in counts a month."""
    if effect.low is None or effect.high is None or not effect.expected or effect.verdict == "few":
        return None
    return effect.expected * (1 + effect.low), effect.expected * (1 + effect.high)


def _cut(points: Sequence[tuple[date, int]], listed: date | None) -> float | None:
    """Where between the months the day of listing falls: before the first month that begins on or after it."""
    if listed is None or len(points) < 2:
        return None
    index = sum(1 for m, _ in points if (m.year, m.month) < (listed.year, listed.month))
    part = (listed.day - 1) / 31
    return min(len(points) - 1.0, max(0.0, index - 0.5 + part))


def _averages(effect: Effect, band: tuple[float, float] | None, x: Any, y: Any, cut: float) -> list[Any]:
    last = len(effect.months) - 1
    out: list[Any] = []
    if band is not None:
        high, low = min(y(band[0]), PLOT_BOTTOM), max(y(band[1]), PLOT_TOP)
        out.append(svg.Rect(x=f"{x(cut)}%", width=f"{round(x(last) - x(cut), 2)}%", y=str(low), height=str(round(high - low, 1)), className="fx-band"))
    for start, end, value in ((0, cut, effect.before), (cut, last, effect.after)):
        out.append(svg.Line(x1=f"{x(start)}%", x2=f"{x(end)}%", y1=str(y(value)), y2=str(y(value)), className="fx-mean"))
    return out
