"""Drawings for papers, as SVG in greys: counts against what was to be expected."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape
from typing import NamedTuple

WIDTH, HEIGHT = 620.0, 190.0
LEFT, RIGHT, TOP, FOOT = 34.0, 72.0, 14.0, 26.0
INK, SOFT, LINE, FILL = "#1f2328", "#57606a", "#c8ccd1", "#dde1e6"
FONT = "Noto Sans CJK SC, Source Han Sans SC, Noto Sans SC, sans-serif"


Level = Callable[[float], float]  # the height of a value on the drawing


class Point(NamedTuple):
    """A span of time: its name, the count, and the expected count with its interval where there is one."""

    name: str
    cases: int
    expected: float | None = None
    low: float | None = None
    high: float | None = None


def step_of(top: float) -> float:
    """A round distance between the lines of an axis from 0 to `top`, three to five of them."""
    step = 1.0
    while top / step > 5:
        step *= 2.5 if str(step)[0] == "2" else 2
    return step


def band(points: Sequence[Point], unit: str, usual: str) -> str:
    """Counts as a line over the grey band of the usual interval; the last count stands at its dot. ValueError without points."""
    if not points:
        raise ValueError("nothing to draw")
    top = max(max(p.cases, p.high or 0.0, p.expected or 0.0) for p in points) or 1.0
    step = step_of(top)
    roof = step * (int(top / step) + 1)
    across = (WIDTH - LEFT - RIGHT) / max(1, len(points) - 1)
    xs = [LEFT + across * i for i in range(len(points))]

    def y(value: float) -> float:
        return HEIGHT - FOOT - value / roof * (HEIGHT - FOOT - TOP)

    parts = [*_axis(step, roof, y), *_names(points, xs), *_usual(points, xs, y, usual), *_counts(points, xs, y, unit)]
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH:g} {HEIGHT:g}" width="{WIDTH:g}" height="{HEIGHT:g}" '
            f'font-family="{FONT}" font-size="12.5">{"".join(parts)}</svg>')  # fmt: skip


def _text(x: float, y: float, text: str, anchor: str = "start", size: float = 12.5, ink: str = SOFT, weight: int = 400) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size:g}" font-weight="{weight}" fill="{ink}">{escape(text)}</text>'


def _axis(step: float, roof: float, at: Level) -> list[str]:
    out = []
    for n in range(int(roof / step) + 1):
        level = at(n * step)
        out.append(f'<path d="M{LEFT:g} {level:.1f}H{WIDTH - RIGHT:g}" stroke="{LINE}" stroke-width="0.8"/>')
        out.append(_text(LEFT - 6, level + 4.5, f"{n * step:g}", "end"))
    return out


def _names(points: Sequence[Point], xs: Sequence[float]) -> list[str]:
    """Every sixth name, so that no two touch."""
    every = max(1, -(-len(points) // 5))
    out = []
    for i in range(0, len(points), every):
        out.append(f'<path d="M{xs[i]:.1f} {HEIGHT - FOOT:g}v4.5" stroke="{SOFT}" stroke-width="0.8"/>')
        out.append(_text(xs[i], HEIGHT - 7, points[i].name, "middle"))
    return out


def _usual(points: Sequence[Point], xs: Sequence[float], at: Level, usual: str) -> list[str]:
    """The band and the dashed line of what was to be expected, where they are known."""
    known = [(x, p.low, p.high) for x, p in zip(xs, points, strict=True) if p.low is not None and p.high is not None]
    out = []
    if len(known) > 1:
        upper = [f"{x:.1f},{at(high):.1f}" for x, _, high in known]
        lower = [f"{x:.1f},{at(low):.1f}" for x, low, _ in reversed(known)]
        out.append(f'<polygon points="{" ".join(upper + lower)}" fill="{FILL}"/>')
    middle = [(x, p.expected) for x, p in zip(xs, points, strict=True) if p.expected is not None]
    if len(middle) > 1:
        line = " ".join(f"{x:.1f},{at(v):.1f}" for x, v in middle)
        out.append(f'<polyline points="{line}" fill="none" stroke="{SOFT}" stroke-width="1.3" stroke-dasharray="5 4"/>')
    if known:
        x, low, high = known[-1]
        middle_y = at((low + high) / 2)
        away = abs(middle_y - at(points[-1].cases)) < 16
        out.append(_text(x + 10, middle_y + (20 if away else 4.5), f"{usual} {low:.0f}–{high:.0f}" if high >= 0.5 else f"{usual} <1"))
    return out


def _counts(points: Sequence[Point], xs: Sequence[float], at: Level, unit: str) -> list[str]:
    line = " ".join(f"{x:.1f},{at(p.cases):.1f}" for x, p in zip(xs, points, strict=True))
    out = [f'<polyline points="{line}" fill="none" stroke="{INK}" stroke-width="1.8" stroke-linejoin="round"/>']
    for i, (x, p) in enumerate(zip(xs, points, strict=True)):
        last = i == len(points) - 1
        if last or (p.high is not None and p.cases > p.high):
            out.append(f'<circle cx="{x:.1f}" cy="{at(p.cases):.1f}" r="{4.5 if last else 3:g}" fill="{INK}"/>')
    out.append(_text(xs[-1] + 10, at(points[-1].cases) + 6, f"{points[-1].cases} {unit}".strip(), size=17, ink=INK, weight=700))
    return out
