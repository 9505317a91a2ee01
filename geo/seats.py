"""Where a seat is not known: rules that put it inside its county, marked unverified."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo.errors import GeoError
from geo.metric import scales

Point = tuple[float, float]

# Units of these kinds crowd round the county's seat; all others are looked for in the open country.
URBAN_KINDS = ("街道", "园区", "办事处", "单位")
_GRID = 0.005  # degrees between the places tried, about 500 m
_CLEAR = 800.0  # metres a street's seat keeps from others
_STEP = 900.0


def clearance(points: NDArray[np.float64], others: Sequence[Point], shape: Any) -> NDArray[np.float64]:
    """Give for every point the distance in metres to the nearest of the others or to the border."""
    scale = scales(float(points[:, 1].mean()))
    best = np.asarray(shapely.distance(shapely.points(points), shapely.boundary(shape))) * scale[0]
    for other in others:
        best = np.minimum(best, np.hypot(*((points - np.array(other)) * scale).T))
    return best


def widest(shape: Any, taken: Sequence[Point]) -> Point:
    """Give the place inside a county farthest from every seat and from the border."""
    west, south, east, north = shape.bounds
    step = min(_GRID, (east - west) / 40, (north - south) / 40)
    grid = np.stack(np.meshgrid(np.arange(west, east, step), np.arange(south, north, step)), -1).reshape(-1, 2)
    grid = grid[shapely.contains_xy(shape, grid[:, 0], grid[:, 1])]
    if not len(grid):
        middle = shapely.point_on_surface(shape)
        return float(middle.x), float(middle.y)
    best = grid[int(np.argmax(clearance(grid, taken, shape)))]
    return round(float(best[0]), 5), round(float(best[1]), 5)


def ring(shape: Any, centre: Point, taken: Sequence[Point]) -> Point:
    """Give the first point of a sunflower spiral round a centre that is clear of seats and border."""
    scale = scales(centre[1])
    for step in range(1, 500):
        turn, radius = step * math.pi * (3 - math.sqrt(5)), _STEP * math.sqrt(step)
        point = np.array(
            [[centre[0] + radius * math.cos(turn) / scale[0], centre[1] + radius * math.sin(turn) / scale[1]]]
        )
        if shapely.contains_xy(shape, *point[0]) and clearance(point, taken, shape)[0] >= _CLEAR:
            return round(float(point[0, 0]), 5), round(float(point[0, 1]), 5)
    return widest(shape, taken)


def _known(rows: pd.DataFrame) -> list[Point]:
    """List the seats there are."""
    there = rows[rows["lon"].notna() & rows["lat"].notna()]
    return list(zip(there["lon"].astype(float), there["lat"].astype(float), strict=True))


def _place(areas: pd.DataFrame, at: int, point: Point, rule: str) -> None:
    """Write a seat found by rule into the table."""
    areas.loc[at, ["lon", "lat"]] = point
    areas.loc[at, "seat_source"] = rule
    areas.loc[at, "seat_verified"] = False


def fill_seats(areas: pd.DataFrame, outlines: gpd.GeoDataFrame) -> pd.DataFrame:
    """Give every county and township with an outlined county a seat.

    areas: the table of `load_city`; outlines: counties with `code`, WGS-84. Returns a new table in which the seats
    that were missing have a `seat_source` starting with "rule:" and `seat_verified` False. The result depends only on
    the data: townships are placed in the order of their codes, street-like kinds first.
    """
    filled = areas.copy()
    for code, shape in zip(outlines["code"], outlines.geometry, strict=True):
        if shape is None or shape.is_empty:
            raise GeoError(f"county {code} has an empty outline; give it a polygon")
        mine = filled[(filled["level"] == "township") & (filled["parent"] == code)]
        taken = _known(mine)
        county = filled.index[(filled["code"] == code) & (filled["level"] == "county")]
        for at in county[filled.loc[county, "lon"].isna().to_numpy()]:
            _place(filled, at, _middle(shape, taken), "rule: middle of the county")
        seat = _known(filled.loc[county])[0] if len(county) else _middle(shape, taken)
        waiting = mine[mine["lon"].isna() | mine["lat"].isna()]
        for urban in (True, False):
            for at in waiting.index[(waiting["kind"].isin(URBAN_KINDS) == urban).to_numpy()]:
                point = ring(shape, seat, taken) if urban else widest(shape, taken)
                _place(filled, at, point, "rule: near the county seat" if urban else "rule: widest gap between seats")
                taken.append(point)
    return filled


def _middle(shape: Any, taken: Sequence[Point]) -> Point:
    """Give the middle of the known seats if it lies inside, else a point that does."""
    if taken:
        lon, lat = np.mean(np.array(taken), axis=0)
        if shapely.contains_xy(shape, lon, lat):
            return round(float(lon), 5), round(float(lat), 5)
    return widest(shape, ())
