"""The map of a meeting's papers: its frozen outlines, filled by its frozen figures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reports.mapped import Shape, areas
from services.meeting_outlines import changes, fill_of, path
from services.meeting_words import comparison

TITLE = "民商事一审立案同比"


def picture(body: Mapping[str, Any]) -> str:
    """The map as SVG; '' for a meeting without areas below, or frozen before outlines were."""
    frozen = body.get("map")
    if not frozen or not body["tables"].get("areas", {}).get("rows"):
        return ""
    found = changes(body)
    shapes = [_shape(a, found.get(a["key"], {})) for a in frozen["areas"]]
    return areas(shapes, frozen["wide"], frozen["high"])


def _shape(area: Mapping[str, Any], cell: Mapping[str, Any]) -> Shape:
    value = comparison(cell) if cell.get("c") in ("percent", "counts") else ""
    return Shape(path(area), fill_of(cell), area["zh"], value, (area["at"][0], area["at"][1]))
