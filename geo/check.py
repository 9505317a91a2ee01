"""What is wrong with a city's area data: gaps, overlaps, seats outside their area, areas without a parent."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo.areas import LEVELS
from geo.metric import square_metres
from geo.problems import Problem

SMALLEST = 1.0  # m²: what is smaller is rounding
# Two borders this near (degrees, about 50 m) for this long (about 1 km) were meant to be one. Where three areas meet at
# a sharp angle the ground between the outer two is narrow as well, but not for long.
NARROW, LONG = 0.0005, 0.01
Shapes = NDArray[np.object_]


class _Check:
    """Collects the problems of one city."""

    def __init__(self, areas: pd.DataFrame) -> None:
        self.areas = areas
        self.title: dict[str, str] = dict(zip(areas["code"], areas["name"], strict=True))
        self.found: list[Problem] = []

    def report(self, kind: str, code: str, detail: str, m2: float | None = None) -> None:
        """Note a problem of an area."""
        self.found.append(
            Problem(kind, code, self.title.get(code, ""), detail, None if m2 is None else round(float(m2), 1))
        )

    def parents(self) -> None:
        """Every area but the city's own hangs on one of the level above."""
        level = dict(zip(self.areas["code"], self.areas["level"], strict=True))
        for code, mine, parent in zip(self.areas["code"], self.areas["level"], self.areas["parent"], strict=True):
            if mine == LEVELS[0]:
                continue
            above = LEVELS[LEVELS.index(mine) - 1]
            if parent not in level:
                self.report("no_parent", code, f"its parent {parent or '(empty)'} is not in the table")
            elif level[parent] != above:
                self.report("no_parent", code, f"its parent {parent} is a {level[parent]}, not a {above}")

    def coverage(self, shapes: Shapes, codes: list[str], what: str) -> None:
        """Polygons that tile: valid, no overlap, no hole between them, borders that meet."""
        for code in np.array(codes)[~shapely.is_valid(shapes)]:
            self.report("invalid", str(code), f"the {what} crosses itself")
        sound = shapely.make_valid(shapes)
        overlapping = self._overlaps(sound, codes, what)
        self._holes(sound, codes, what)
        crossing = ~shapely.is_empty(shapely.coverage_invalid_edges(sound))
        beside = shapely.coverage_invalid_edges(sound, gap_width=NARROW)
        for i in np.flatnonzero(crossing | (shapely.length(beside) > LONG)):
            if codes[i] not in overlapping:
                lon, lat = shapely.get_coordinates(beside[i])[0]
                self.report("border", codes[i], f"the {what} does not meet its neighbour near {lon:.5f}, {lat:.5f}")

    def _overlaps(self, shapes: Shapes, codes: list[str], what: str) -> set[str]:
        """Report pairs that share ground; give the areas concerned."""
        left, right = shapely.STRtree(shapes).query(shapes, predicate="intersects")
        pairs = [(i, j) for i, j in zip(left, right, strict=True) if i < j]
        shared = [shapely.intersection(shapes[i], shapes[j]) for i, j in pairs]
        concerned: set[str] = set()
        for (i, j), m2 in zip(pairs, square_metres(shared) if shared else (), strict=True):
            if m2 >= SMALLEST:
                self.report(
                    "overlap", codes[i], f"the {what} overlaps that of {self.title.get(codes[j], codes[j])}", m2
                )
                concerned |= {codes[i], codes[j]}
        return concerned

    def _holes(self, shapes: Shapes, codes: list[str], what: str) -> None:
        """Report ground that is enclosed by the polygons and in none of them."""
        whole = shapely.get_parts(shapely.union_all(shapes))
        rings = [shapely.Polygon(ring) for part in whole for ring in part.interiors]
        for ring, m2 in zip(rings, square_metres(rings) if rings else (), strict=True):
            if m2 >= SMALLEST:
                beside = codes[int(np.argmin(shapely.distance(shapes, ring)))]
                lon, lat = shapely.get_coordinates(shapely.point_on_surface(ring))[0]
                self.report("gap", beside, f"no {what} covers the ground near {lon:.5f}, {lat:.5f}", m2)

    def filled(self, outlines: dict[str, Any], cells: gpd.GeoDataFrame) -> None:
        """The cells of a county are the county: what is missing is a gap, what sticks out an overlap."""
        for county, part in cells.groupby("county"):
            outline = outlines.get(county)
            if outline is None:
                continue
            together = shapely.union_all(part.geometry.to_numpy())
            ground = [shapely.difference(outline, together), shapely.difference(together, outline)]
            missing, beyond = square_metres(ground)
            if missing >= SMALLEST:
                self.report("gap", str(county), "its townships leave part of it uncovered", missing)
            if beyond >= SMALLEST:
                self.report("overlap", str(county), "its townships reach beyond its outline", beyond)

    def outlined(self, outlines: gpd.GeoDataFrame) -> None:
        """Every county has one outline and every outline a county."""
        counties = set(self.areas.loc[self.areas["level"] == "county", "code"])
        for code in sorted(counties - set(outlines["code"])):
            self.report("no_outline", code, "the county has no outline")
        for code in sorted(set(outlines["code"]) - counties):
            self.report("unknown_outline", code, "an outline whose code is no county's")

    def seats(self, shapes: dict[str, Any], level: str, own: bool) -> None:
        """Every area of a level has a seat, and it lies in the area (own) or in its parent."""
        for area in self.areas[self.areas["level"] == level].itertuples(index=False):
            shape = shapes.get(area.code if own else area.parent)
            if pd.isna(area.lon) or pd.isna(area.lat):
                if not own or level == "county":
                    self.report("no_seat", area.code, "it has no seat")
            elif shape is not None and not shape.covers(shapely.Point(area.lon, area.lat)):
                where = "it" if own else self.title.get(area.parent, area.parent)
                self.report("seat_outside", area.code, f"its seat {area.lon:.5f}, {area.lat:.5f} lies outside {where}")


def check(areas: pd.DataFrame, outlines: gpd.GeoDataFrame, cells: gpd.GeoDataFrame | None = None) -> list[Problem]:
    """Check area data.

    areas, outlines: of `load_city`; cells: of `service_areas`, or None to leave the townships' ground out. Returns the
    problems found, none for sound data; `m2` is the ground concerned in square metres where that can be said. A gap is
    ground enclosed by polygons and in none; a border problem is a pair of borders that do not meet corner by corner.
    """
    checked = _Check(areas)
    checked.parents()
    checked.outlined(outlines)
    counties = dict(zip(outlines["code"], outlines.geometry, strict=True))
    if counties:
        checked.coverage(outlines.geometry.to_numpy(), list(outlines["code"]), "outline")
    checked.seats(counties, "county", own=True)
    checked.seats(counties, "township", own=False)
    if cells is not None and len(cells):
        checked.coverage(cells.geometry.to_numpy(), list(cells["code"]), "service area")
        checked.filled(counties, cells)
        checked.seats(dict(zip(cells["code"], cells.geometry, strict=True)), "township", own=True)
    return sorted(checked.found, key=lambda p: (p.kind, p.code, p.detail))
