"""The areas below as one still drawing, filled by the change that the slide speaks of; numbers stand in the table beside it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

from dashboard import el
from dashboard.components import fmt
from dashboard.i18n import lang, t

WIDE = 690.0
CLASSES = ((-0.10, "f2"), (-0.03, "f1"), (0.0, "f0"))  # any rise is another colour


def drawing(geo: Mapping[str, Any], values: Mapping[str, Mapping[str, Any]], label: str) -> el.Node:
    """`values`: comparisons by area code, as a frozen meeting has them."""
    rings = {f["id"]: list(_rings(f["geometry"])) for f in geo["features"]}
    points = [p for parts in rings.values() for ring in parts for p in ring]
    west, east = min(x for x, _ in points), max(x for x, _ in points)
    south, north = min(y for _, y in points), max(y for _, y in points)
    squeeze = math.cos(math.radians((south + north) / 2))
    scale = WIDE / ((east - west) * squeeze)
    high = (north - south) * scale

    def at(x: float, y: float) -> tuple[int, int]:
        return round((x - west) * squeeze * scale), round((north - y) * scale)

    shapes, labels = [], []
    for feature in geo["features"]:
        code, cell = feature["id"], values.get(feature["id"], {})
        shapes.append(_svg("Path", d="".join(_path([at(*p) for p in ring]) for ring in rings[code]), className=f"cm {_class(cell)}"))
        x, y = _middle(max(rings[code], key=_size))
        labels += _label(feature["properties"], cell, at(x, y), len(rings) > 15)
    box = _svg("Svg", [*shapes, *labels], viewBox=f"-4 -4 {WIDE + 8:.0f} {high + 8:.0f}", role="img", className="cm-map", **{"aria-label": label})
    return el.Div([box, legend()], "cm-box")


def _svg(kind: str, children: Any = None, **props: Any) -> el.Node:
    return {"type": kind, "namespace": "dash_svg", "props": {**props, **({"children": children} if children is not None else {})}}


def _rings(geometry: Mapping[str, Any]) -> Iterator[list[tuple[float, float]]]:
    parts = geometry["coordinates"] if geometry["type"] == "MultiPolygon" else [geometry["coordinates"]]
    for part in parts:
        yield [(p[0], p[1]) for p in part[0]]


def _path(points: list[tuple[int, int]]) -> str:
    """Whole units of the drawing; what falls together is left out, so that ten counties are a few kilobytes."""
    out: list[tuple[int, int]] = []
    for p in points:
        if not out or abs(p[0] - out[-1][0]) + abs(p[1] - out[-1][1]) > 2:
            out.append(p)
    return f"M{'L'.join(f'{x} {y}' for x, y in out)}Z" if len(out) > 2 else ""


def _size(ring: list[tuple[float, float]]) -> float:
    return abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(ring, [*ring[1:], ring[0]], strict=True)))


def _middle(ring: list[tuple[float, float]]) -> tuple[float, float]:
    """Centre of gravity of a ring."""
    pairs = list(zip(ring, [*ring[1:], ring[0]], strict=True))
    area = sum(a[0] * b[1] - b[0] * a[1] for a, b in pairs) or 1e-12
    x = sum((a[0] + b[0]) * (a[0] * b[1] - b[0] * a[1]) for a, b in pairs) / (3 * area)
    y = sum((a[1] + b[1]) * (a[0] * b[1] - b[0] * a[1]) for a, b in pairs) / (3 * area)
    return x, y


def _class(cell: Mapping[str, Any]) -> str:
    if cell.get("c") != "percent" or cell.get("v") is None:
        return "fx"
    return next((name for limit, name in CLASSES if cell["v"] <= limit), "r1")


def _label(area: Mapping[str, Any], cell: Mapping[str, Any], at: tuple[int, int], many: bool) -> list[el.Node]:
    name = area["en"] if lang() == "en" and area["en"] else area["name"]
    if many:
        return []
    value = f"{fmt.signed(cell['v'] * 100, 1)}%" if cell.get("c") == "percent" and cell.get("v") is not None else ""
    dark = " w" if _class(cell) == "f2" else ""
    out = [_svg("Text", name, x=str(at[0]), y=str(at[1] - 4), className=f"cm-n{dark}")]
    return [*out, _svg("Text", value, x=str(at[0]), y=str(at[1] + 21), className=f"cm-v{dark}")] if value else out


def legend() -> el.Node:
    """The classes in words."""
    names = (("f2", t("降 10% 以上")), ("f1", t("降 3–10%")), ("f0", t("降 3% 以内")), ("r1", t("上升")), ("fx", t("件数少或不可比")))
    return el.Div([el.Span([el.I(None, f"cm {k}"), text]) for k, text in names], "cm-key")
