"""24 months of one signal: band of what is usual, dashed what is expected, the counts as a line, dots where they lie above the band."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from dashboard import el
from dashboard.i18n import pick, t
from services.signal_shapes import SignalLine

Point = tuple[date, int, float | None, float | None, float | None]
WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 600, 176, 28, 490, 18, 151


def _svg(kind: str, children: Any = None, **props: Any) -> el.Node:
    given = {k.replace("_", "-") if k[:5] in ("data_", "aria_") else k: v for k, v in props.items() if v not in (None, "")}
    if children is not None:
        given["children"] = children
    return {"type": kind, "namespace": "dash_svg", "props": given}


def top_of(most: float) -> tuple[float, float]:
    """A round top of a count axis and its step, for two to five lines."""
    step = next(s * 10**p for p in range(7) for s in (1, 2, 5) if most <= s * 10**p * 4)
    return max(step, step * -(-most // step)), step


def caption(line: SignalLine) -> str:
    """What a point of the chart is."""
    unit, size = line.unit
    if unit == "month":
        return t("近 24 个月，逐月件数")
    return t("近 24 个月，每 {n} 周件数", n=size) if size > 1 else t("近 24 个月，每周件数")


def chart(line: SignalLine) -> el.Node:
    """The drawing; its label says the same in words."""
    counts = "、".join(str(p[1]) for p in line.points)
    return drawing(line.points, t("{title}，{caption}：{counts}", title=pick(*line.title), caption=caption(line), counts=counts))


def drawing(points: Sequence[Point], label: str) -> el.Node:
    """Points as (last day, count, expected, low, high), oldest first; a label that says the same in words."""
    if len(points) < 2:
        return el.P(t("历史太短，还画不出图。"), "s none")
    top, step = top_of(max([p[1] for p in points] + [p[4] or 0 for p in points] + [1]))

    def x(i: int) -> float:
        return round(LEFT + (RIGHT - LEFT) * i / (len(points) - 1), 1)

    def y(v: float) -> float:
        return round(BOTTOM - min(v, top) / top * (BOTTOM - TOP), 1)

    out: list[Any] = []
    for i in range(round(top / step) + 1):
        level = y(i * step)
        out += [_svg("Path", d=f"M{LEFT} {level}H{RIGHT}", className="ax" if i == 0 else "gl"),
                _svg("Text", f"{i * step:.0f}", x=str(LEFT - 6), y=str(level + 4), textAnchor="end", className="tk")]  # fmt: skip
    out += _band(points, x, y)
    out.append(_svg("Polyline", points=" ".join(f"{x(i)},{y(p[1])}" for i, p in enumerate(points)), className="sg-ln"))
    above = [(i, p) for i, p in enumerate(points[:-1]) if p[4] is not None and p[1] > p[4]]
    out += [_svg("Circle", cx=str(x(i)), cy=str(y(p[1])), r="3.5", className="sg-dot") for i, p in above]
    out += _last(points[-1], x(len(points) - 1), y)
    out += _months(points, x)
    return _svg("Svg", out, viewBox=f"0 0 {WIDTH} {HEIGHT}", width="100%", className="sg-ch", role="img", aria_label=label)


def _band(points: Sequence[Point], x: Any, y: Any) -> list[el.Node]:
    """Runs of points that have a band; where there was no year of history before, there is none."""
    known = [(i, p) for i, p in enumerate(points) if p[2] is not None]
    if len(known) < 2:
        return []
    upper = " L".join(f"{x(i)} {y(p[4])}" for i, p in known)
    lower = " L".join(f"{x(i)} {y(p[3])}" for i, p in reversed(known))
    middle = " ".join(f"{x(i)},{y(p[2])}" for i, p in known)
    return [_svg("Path", d=f"M{upper} L{lower}Z", className="sg-band"), _svg("Polyline", points=middle, className="sg-mid")]


def _last(p: Point, x: float, y: Any) -> list[el.Node]:
    """The last dot with its number; the band's numbers at its right, clear of it."""
    at = y(p[1])
    out = [_svg("Circle", cx=str(x), cy=str(at), r="5.2", className="sg-dot"),
           _svg("Text", str(p[1]), x=str(x + 10), y=str(at + 6), className="sg-n")]  # fmt: skip
    if p[2] is not None:
        beside = y(p[2]) + 4
        beside = max(beside, at + 24) if abs(beside - at) < 22 else beside
        out.append(_svg("Text", t("常年 {a}–{b}", a=f"{p[3]:.0f}", b=f"{p[4]:.0f}"), x=str(x + 10), y=str(min(beside, BOTTOM)), className="tk"))
    return out


def _months(points: Sequence[Point], x: Any) -> list[el.Node]:
    """Four to five months on the axis."""
    every = max(1, len(points) // 4)
    out = []
    for i in range(1 if len(points) > 8 else 0, len(points), every):
        at, day = x(i), points[i][0]
        out += [_svg("Path", d=f"M{at} {BOTTOM}v4", className="gl"),
                _svg("Text", f"{day.year}.{day.month}", x=str(at), y=str(BOTTOM + 18), textAnchor="middle", className="tk")]  # fmt: skip
    return out
