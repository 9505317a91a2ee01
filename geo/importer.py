"""Official outlines and seats: matched to the city's areas, and put in the place of the built-in ones."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.areas import LEVELS, WGS84, City
from geo.layers import read_layer
from geo.names import COUNTY, FULL, RANK, TOWNSHIP, VILLAGE, Names, clean
from geo.problems import Problem
from geo.reading import Reader
from geo.settle import Settler

__all__ = ["apply", "match", "read_layer"]

_AREAL = ("Polygon", "MultiPolygon")


class _Matcher:
    """Finds the area a feature stands for."""

    def __init__(self, areas: pd.DataFrame, outlines: gpd.GeoDataFrame | None, level: str | None) -> None:
        self.names = Names(areas)
        self.settler = Settler(self.names, reader := Reader(self.names))
        self.reader = reader
        self.ranks = (RANK[level],) if level else (COUNTY, TOWNSHIP, VILLAGE)
        self.title: dict[str, str] = dict(zip(areas["code"], areas["name"], strict=True))
        self.county_shapes = {} if outlines is None else dict(zip(outlines["code"], outlines.geometry, strict=True))

    def by_code(self, code: str) -> str:
        """Find an area by its code, also when zeros fill it up to a longer one."""
        if self.names.rank.get(code) in self.ranks:
            return code
        heads = (code[:n] for n in range(len(code) - 1, 0, -1) if not code[n:].strip("0"))
        return next((h for h in heads if self.names.rank.get(h) in self.ranks), "")

    def by_name(self, name: str, shape: Any) -> tuple[str, list[str]]:
        """Find an area by its name, by its parents' names in front, or by where it lies among namesakes."""
        text = clean(name)
        exact = {c: s for c, s in self.names.meanings.get(text, {}).items() if self.names.rank[c] in self.ranks}
        fits = sorted(c for c, s in exact.items() if s == max(exact.values()))
        if not fits:
            found = self.settler.settle(self.reader.read("", "", "", text))
            deepest = found.village or found.town or found.county
            fits = [deepest] if deepest and self.names.rank[deepest] in self.ranks and found.confidence >= 0.6 else []
        if len(fits) > 1:
            near = [c for c in fits if self._holds(self.names.ancestor(c, COUNTY), shape)]
            fits = near if len(near) == 1 else fits
        return (fits[0], fits) if len(fits) == 1 else ("", fits)

    def _holds(self, county: str, shape: Any) -> bool:
        """Say whether a feature lies in a county."""
        outline = self.county_shapes.get(county)
        return outline is not None and shape is not None and bool(outline.covers(shapely.point_on_surface(shape)))

    def find(self, code: str, name: str, shape: Any) -> tuple[str, Problem | None]:
        """Match one feature; a code that is known decides, a name that says otherwise is reported."""
        by_code = self.by_code(code) if code else ""
        if by_code:
            exact = self.names.meanings.get(clean(name), {}) if name else {}
            if exact and by_code not in exact and max(exact.values()) == FULL:
                return by_code, Problem(
                    "disagree", by_code, name, f"the code is {self.title[by_code]}'s; the code is kept"
                )
            return by_code, None
        if not name:
            return "", Problem("unmatched", code, "", "no area has this code")
        found, fits = self.by_name(name, shape)
        if found:
            detail = f"its code is unknown; taken for {found} by its name"
            return found, Problem("disagree", code, name, detail) if code else None
        if fits:
            meant = ", ".join(f"{self.title[c]} {c}" for c in fits[:5])
            return "", Problem("ambiguous", code, name, f"may be {meant}; give the code")
        return "", Problem("unmatched", code, name, "no area has this code or name")


def match(
    layer: gpd.GeoDataFrame, areas: pd.DataFrame, outlines: gpd.GeoDataFrame | None = None, level: str | None = None
) -> tuple[gpd.GeoDataFrame, list[Problem]]:
    """Match the features of a file to areas, by code, else by name.

    layer: from `read_layer`; areas: from `load_city`; outlines: counties, to tell namesakes apart by position; level:
    consider areas of this level only. Returns one row an area (code, level, name, what: outline or seat, lon, lat of a
    seat, geometry; WGS-84, ordered by code) and the problems met, among them areas of the file's main level it leaves out.
    """
    matcher = _Matcher(areas, outlines, level)
    problems: list[Problem] = []
    shapes: dict[tuple[str, str], list[Any]] = {}
    for code, name, repaired, shape in zip(
        layer["code"], layer["name"], layer["repaired"], layer.geometry, strict=True
    ):
        if shape is None or shape.is_empty:
            problems.append(Problem("empty", code, name, "the feature has no geometry; it is left out"))
            continue
        if shape.geom_type not in (*_AREAL, "Point", "MultiPoint"):
            problems.append(
                Problem("unmatched", code, name, f"{shape.geom_type}: an area is a polygon, a seat a point")
            )
            continue
        found, problem = matcher.find(code, name, shape)
        problems += [problem] if problem else []
        if found:
            if repaired:
                problems.append(Problem("repaired", found, name, "the polygon crossed itself; it was made valid"))
            shapes.setdefault((found, "outline" if shape.geom_type in _AREAL else "seat"), []).append(shape)
    rows = [_row(code, what, parts, matcher, problems) for (code, what), parts in sorted(shapes.items())]
    columns = ["code", "level", "name", "what", "lon", "lat", "geometry"]
    matched = gpd.GeoDataFrame(rows, columns=columns, geometry="geometry", crs=WGS84)
    return matched, [*problems, *_missing(matched, areas)]


def _row(code: str, what: str, parts: list[Any], matcher: _Matcher, problems: list[Problem]) -> dict[str, Any]:
    """Join the features of one area: polygons are put together, of several points the first counts."""
    name = matcher.title[code]
    row = {"code": code, "level": LEVELS[matcher.names.rank[code]], "name": name, "what": what}
    if what == "outline":
        return {**row, "lon": np.nan, "lat": np.nan, "geometry": shapely.union_all(parts)}
    if len(parts) > 1:
        problems.append(Problem("repeated", code, name, f"{len(parts)} points; the first is the seat"))
    point = shapely.Point(shapely.get_coordinates(parts[0])[0])
    return {**row, "lon": point.x, "lat": point.y, "geometry": point}


def _missing(matched: gpd.GeoDataFrame, areas: pd.DataFrame) -> list[Problem]:
    """List the areas of the level most features are of that no feature stands for."""
    if not len(matched):
        return []
    level = Counter(matched["level"]).most_common(1)[0][0]
    rest = areas[(areas["level"] == level) & ~areas["code"].isin(matched["code"])]
    return [
        Problem("missing", c, n, "the file has no feature for it")
        for c, n in zip(rest["code"], rest["name"], strict=True)
    ]


def apply(city: City, matched: gpd.GeoDataFrame, source: str = "import") -> City:
    """Give a new city in which matched seats and outlines stand in the place of the old; villages keep seats only.

    matched: from `match`; source: what `seat_source` shall say. Imported seats count as verified.
    """
    areas = city.areas.copy()
    seats = matched[matched["what"] == "seat"].set_index("code")
    here = areas["code"].isin(seats.index)
    areas.loc[here, ["lon", "lat"]] = seats.loc[areas.loc[here, "code"], ["lon", "lat"]].to_numpy()
    areas.loc[here, "seat_source"] = source
    areas.loc[here, "seat_verified"] = True
    drawn = matched[matched["what"] == "outline"]
    counties = _merged(city.outlines, drawn[drawn["level"] == "county"])
    townships = _merged(city.township_outlines, drawn[drawn["level"] == "township"])
    return replace(city, areas=areas, outlines=counties, township_outlines=townships)


def _merged(old: gpd.GeoDataFrame, new: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Replace the outlines that came anew and keep the others."""
    kept = old[~old["code"].isin(new["code"])]
    rows = [t[["code", "name", "geometry"]] for t in (kept, new) if len(t)]
    if not rows:
        return old
    both = pd.concat(rows, ignore_index=True).sort_values("code", ignore_index=True)
    return gpd.GeoDataFrame(both, geometry="geometry", crs=WGS84)
