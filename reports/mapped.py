"""A map of areas as SVG for papers: falls in greys, a rise hatched, so that it can be read from a copy."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import NamedTuple

from reports.drawing import FONT, INK, SOFT

FILLS = {"f2": "#8a929b", "f1": "#b9bfc6", "f0": "#dfe3e7", "r1": "url(#rose)", "fx": "#ffffff"}
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
             f'<rect width="9" height="9" fill="#fff"/><rect width="3" height="9" fill="{SOFT}"/></pattern></defs>')  # fmt: skip
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="-4 -4 {wide + 8} {high + 8 + FOOT}" width="{wide + 8}" height="{high + 8 + FOOT}" '
            f'font-family="{FONT}">{hatch}{outlines}{labels}{_legend(high, wide)}</svg>')  # fmt: skip


def _label(s: Shape) -> str:
    """Dark on white edges, so that it can be read over the hatching too."""
    x, y = s.at
    halo = f'text-anchor="middle" fill="{INK}" stroke="#fff" stroke-width="4" stroke-linejoin="round" paint-order="stroke"'
    value = f'<text x="{x}" y="{y + 21}" font-size="23" font-weight="700" {halo}>{escape(s.value)}</text>' if s.value else ""
    return f'<text x="{x}" y="{y - 4}" font-size="21" {halo}>{escape(s.name)}</text>{value}'


def _legend(high: int, wide: int) -> str:
    step, out = wide / len(NAMES), ""
    for n, (key, name) in enumerate(NAMES.items()):
        x = n * step
        out += f'<rect x="{x:.0f}" y="{high + 24}" width="22" height="22" fill="{FILLS[key]}" stroke="{INK}" stroke-width="1"/>'
        out += f'<text x="{x + 28:.0f}" y="{high + 42}" font-size="17" fill="{INK}">{escape(name)}</text>'
    return out
