"""A map of areas as SVG for papers: falls in greys, a rise hatched, so that it can be read from a copy."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import NamedTuple

from reports.drawing import FONT, INK, SOFT

FILLS = {"f2": "#a3abb4", "f1": "#c8cdd3", "f0": "#e6e9ec", "r1": "url(#rose)", "fx": "#ffffff"}  # ink can be read on each
NAMES = {"f2": "降10%以上", "f1": "降3至10%", "f0": "降3%以内", "r1": "上升", "fx": "件数少或不可比"}
LABELS = 15  # more areas than that have no room for theirs
FOOT = 64


class Shape(NamedTuple):
    """An area: the d of its outline, its class, its name and number and where they stand."""

    path: str
    fill: str
    name: str
    value: str
    at: tuple[int, int]


def areas(shapes: Sequence[Shape], wide: int, high: int) -> str:
    """The map with its legend below. Keys of FILLS are the classes."""
    outlines = "".join(f'<path d="{s.path}" fill="{FILLS[s.fill]}" stroke="{INK}" stroke-width="1.2" stroke-linejoin="round"/>' for s in shapes)
    labels = "".join(_label(s) for s in shapes) if len(shapes) <= LABELS else ""
    hatch = ('<defs><pattern id="rose" width="9" height="9" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
             f'<rect width="9" height="9" fill="#fff"/><rect width="2.4" height="9" fill="{SOFT}"/></pattern></defs>')  # fmt: skip
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="-4 -4 {wide + 8} {high + 8 + FOOT}" width="{wide + 8}" height="{high + 8 + FOOT}" '
            f'font-family="{FONT}">{hatch}{outlines}{labels}{_legend(high, wide)}</svg>')  # fmt: skip


def _label(s: Shape) -> str:
    """Name and number; over the hatching on a white ground."""
    x, y = s.at
    wide = max(_wide(s.name, 21), _wide(s.value, 23)) + 10
    ground = f'<rect x="{x - wide / 2:.0f}" y="{y - 25}" width="{wide:.0f}" height="{52 if s.value else 28}" fill="#fff"/>' if s.fill == "r1" else ""
    value = f'<text x="{x}" y="{y + 21}" font-size="23" font-weight="700" text-anchor="middle" fill="{INK}">{escape(s.value)}</text>' if s.value else ""
    return f'{ground}<text x="{x}" y="{y - 4}" font-size="21" text-anchor="middle" fill="{INK}">{escape(s.name)}</text>{value}'


def _wide(text: str, size: float) -> float:
    return sum(size if ord(c) > 0x2E7F else size * 0.58 for c in text)


def _legend(high: int, wide: int) -> str:
    x, out = 0.0, ""
    gap = (wide - sum(30 + _wide(name, 19) for name in NAMES.values())) / max(1, len(NAMES) - 1)
    for key, name in NAMES.items():
        out += f'<rect x="{x:.0f}" y="{high + 24}" width="24" height="24" fill="{FILLS[key]}" stroke="{INK}" stroke-width="1"/>'
        out += f'<text x="{x + 30:.0f}" y="{high + 43}" font-size="19" fill="{INK}">{escape(name)}</text>'
        x += 30 + _wide(name, 19) + max(8.0, gap)
    return out
