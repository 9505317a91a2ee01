"""The outlines of the areas below, frozen with a meeting: a drawing of them next year has the borders of then."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

WIDE = 690.0


def outlines(geo: Mapping[str, Any]) -> dict[str, Any]:
    """A FeatureCollection in WGS-84 as whole units of a drawing WIDE across: {wide, high, areas: [{key, zh, en, at, rings}]}."""
    rings = {f["id"]: list(_rings(f["geometry"])) for f in geo["features"]}
    points = [p for parts in rings.values() for ring in parts for p in ring]
    west, east = min(x for x, _ in points), max(x for x, _ in points)
    south, north = min(y for _, y in points), max(y for _, y in points)
    squeeze = math.cos(math.radians((south + north) / 2))
    scale = WIDE / ((east - west) * squeeze)

    def at(x: float, y: float) -> tuple[int, int]:
        return round((x - west) * squeeze * scale), round((north - y) * scale)

    areas = []
    for feature in geo["features"]:
        drawn = [list(line) for ring in rings[feature["id"]] if len(line := _thinned([at(*p) for p in ring])) > 2]
        said = feature["properties"]
        areas.append({"key": feature["id"], "zh": said["name"], "en": said["en"], "at": list(at(*_middle(max(rings[feature["id"]], key=_size)))),
                      "rings": [[list(p) for p in ring] for ring in drawn]})  # fmt: skip
    return {"wide": round(WIDE), "high": round((north - south) * scale), "areas": areas}


def _rings(geometry: Mapping[str, Any]) -> Iterator[list[tuple[float, float]]]:
    parts = geometry["coordinates"] if geometry["type"] == "MultiPolygon" else [geometry["coordinates"]]
    for part in parts:
        yield [(p[0], p[1]) for p in part[0]]


def _thinned(points: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """What falls together is left out, so that ten counties are a few kilobytes."""
    out: list[tuple[int, int]] = []
    for p in points:
        if not out or abs(p[0] - out[-1][0]) + abs(p[1] - out[-1][1]) > 2:
            out.append(p)
    return out


def _size(ring: list[tuple[float, float]]) -> float:
    return abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(ring, [*ring[1:], ring[0]], strict=True)))


def _middle(ring: list[tuple[float, float]]) -> tuple[float, float]:
    """Centre of gravity of a ring."""
    pairs = list(zip(ring, [*ring[1:], ring[0]], strict=True))
    area = sum(a[0] * b[1] - b[0] * a[1] for a, b in pairs) or 1e-12
    x = sum((a[0] + b[0]) * (a[0] * b[1] - b[0] * a[1]) for a, b in pairs) / (3 * area)
    y = sum((a[1] + b[1]) * (a[0] * b[1] - b[0] * a[1]) for a, b in pairs) / (3 * area)
    return x, y


def path(area: Mapping[str, Any]) -> str:
    """An area's outline as the d of an SVG path."""
    return "".join(f"M{'L'.join(f'{x} {y}' for x, y in ring)}Z" for ring in area["rings"])


def fill_of(cell: Mapping[str, Any]) -> str:
    """The class of a change: f2, f1, f0 fell (10 % and more, 3 to 10 %, less), r1 rose, fx few or not to be compared."""
    if cell.get("c") != "percent" or cell.get("v") is None:
        return "fx"
    return next((name for limit, name in ((-0.10, "f2"), (-0.03, "f1"), (0.0, "f0")) if cell["v"] <= limit), "r1")


def changes(body: Mapping[str, Any], column: str = "civil_yoy") -> dict[str, Any]:
    """The frozen comparisons that the map shows, by area."""
    table = body["tables"]["areas"]
    at = next(i for i, c in enumerate(table["columns"]) if c["key"] == column)
    return {r.get("key", ""): r["cells"][at] for r in table["rows"]}
