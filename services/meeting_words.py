"""How a number, a comparison and a table are said in a paper: Chinese sentences made from frozen cells, no thousands commas."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Cell = Mapping[str, Any]
DASH = "—"
# What the figures are compared with: the word, and what the earlier count is called when it stands alone.
AGAINST = {"yoy": ("同比", "上年同期"), "pop": ("环比", "上期"), "lunar": ("按春节对齐同比", "上年春节同期")}


def percent(x: float, digits: int = 2) -> str:
    """96.75%."""
    return f"{x * 100:.{digits}f}%"


def plain(cell: Cell, kind: str) -> str:
    """A cell as a document's table writes it."""
    if "s" in cell:
        return str(cell["s"]) or DASH
    if "d" in cell:
        return str(cell["d"] or DASH)
    if "c" in cell:
        return comparison(cell)
    if cell.get("n") is None:
        return DASH
    if "bottom" in cell:
        return f"{cell['top']}/{cell['bottom']}" if cell.get("few") else percent(cell["n"])
    return f"{cell['n']:g}".replace("-", "−") if kind == "measure" else f"{cell['n']:.0f}".replace("-", "−")


def comparison(cell: Cell) -> str:
    """+4.67%, 10→12, +0.35 点; withheld and nothing to compare with are said."""
    if cell["c"] == "percent" and cell["v"] is not None:
        return _signed(cell["v"], "%")
    if cell["c"] == "points" and cell["v"] is not None:
        return _signed(cell["v"], "点")
    if cell["c"] == "counts":
        return f"{cell['before']:.0f}→{cell['now']:.0f}"
    return "数据延迟" if cell["c"] == "withheld" else DASH


def _signed(x: float, unit: str) -> str:
    text = f"{x * 100:+.2f}"
    return f"{'0.00' if float(text) == 0 else text.replace('-', '−')}{unit}"


def moved(cell: Cell, how: str, before: str = "") -> str:
    """同比上升4.67%, 环比（前30日1236件）下降8.01%, 上年同期3件, 同比上升0.35个百分点; '' when nothing can be said.

    `before` is put in brackets behind the word of a percentage, with the earlier count.
    """
    word, earlier = AGAINST[how]
    value = cell.get("v")
    if cell.get("c") == "counts":
        return f"{earlier}{cell['before']:.0f}件"
    if cell.get("c") == "withheld":
        return f"数据源延迟，不作{word}"
    if value is None or cell.get("c") not in ("percent", "points"):
        return ""
    inside = f"（{before}{cell['before']:.0f}件）" if before else ""
    size = abs(round(value * 100, 2))
    if size == 0:
        return f"{word}{inside}持平"
    return f"{word}{inside}{'上升' if value > 0 else '下降'}{size:.2f}{'%' if cell['c'] == 'percent' else '个百分点'}"


def rate(cell: Cell, of: str, good: str, name: str) -> str:
    """已办结或超期的9145件中，化解8848件，化解率96.75%; on few matters without the percentage; '' without a denominator."""
    if not cell.get("bottom"):
        return ""
    counts = f"{of}{cell['bottom']}件中，{good}{cell['top']}件"
    return counts if cell.get("few") else f"{counts}，{name}{percent(cell['n'])}"


def joined(parts: list[str], mark: str = "，") -> str:
    """The parts that say something."""
    return mark.join(p for p in parts if p)


def sentence(*parts: str) -> str:
    """The parts that say something, as one sentence; '' when none does."""
    said = joined(list(parts))
    return f"{said}。" if said else ""
