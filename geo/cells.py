"""Service areas of townships: the country nearest to each seat, cut at the county line, as one seamless coverage."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo.areas import WGS84, City
from geo.metric import from_plane, scales, to_plane

# All lines are noded together on this grid (degrees, a micrometre), so that every corner of an area is a corner of its
# neighbour too, across county lines as well; without it the simplified borders would come apart.
_NODING = 1e-11
_SPREAD = 250.0  # metres between seats that stand on one point
_INSET = 300.0  # metres inside the county for a seat that stands outside of it
Shapes = NDArray[np.object_]


def _seats(towns: pd.DataFrame, shape: Any) -> NDArray[np.float64]:
    """Give each township one point inside its county, no two alike."""
    points = towns[["lon", "lat"]].to_numpy(dtype=np.float64, copy=True)
    scale = scales(float(shape.centroid.y))
    outside = ~shapely.contains_xy(shape, points[:, 0], points[:, 1])
    if outside.any():
        # Simplified by less than the inset first: a buffer of a surveyed outline takes minutes.
        inner = shapely.buffer(shapely.simplify(shape, _INSET / 3 / scale[1]), -_INSET / scale[1])
        lines = shapely.shortest_line(shape if inner.is_empty else inner, shapely.points(points[outside]))
        points[outside] = shapely.get_coordinates(shapely.get_point(lines, 0))
    met: dict[tuple[float, float], int] = {}
    for i, (lon, lat) in enumerate(points.round(6).tolist()):
        times = met.get((lon, lat), 0)
        met[(lon, lat)] = times + 1
        if times:
            turn = 2.4 * times
            points[i] += np.array([np.cos(turn), np.sin(turn)]) * _SPREAD * np.sqrt(times) / scale
    return points


def _divides(points: NDArray[np.float64], room: Any) -> Any:
    """Give the lines between the nearest-seat regions of some points, inside a room."""
    if len(points) < 2:
        return shapely.MultiLineString()
    lat = float(room.centroid.y)
    plane = to_plane(room, lat)
    lines = shapely.voronoi_polygons(
        shapely.multipoints(points * scales(lat)), extend_to=shapely.box(*plane.bounds), only_edges=True
    )
    return from_plane(shapely.intersection(lines, plane), lat)


def _nearest(points: NDArray[np.float64], seats: NDArray[np.float64], lat: float) -> NDArray[np.intp]:
    """Give for each point the index of its nearest seat, the first of equals."""
    apart = (points[:, None, :] - seats[None, :, :]) * scales(lat)
    return np.argmin((apart**2).sum(axis=2), axis=1)


class _County:
    """One county while its townships are drawn: seats, official outlines, and who owns a face."""

    def __init__(self, code: str, shape: Any, towns: pd.DataFrame, official: dict[str, Any]) -> None:
        self.codes: list[str] = towns["code"].tolist() or [code]
        self.seats = _seats(towns, shape)
        self.official = [official.get(c) for c in self.codes]
        self.open = np.flatnonzero([o is None for o in self.official])
        self.code, self.shape = code, shape
        self.lat = float(shape.centroid.y)

    def lines(self) -> list[Any]:
        """List the lines that may become borders of this county's townships."""
        given = [o for o in self.official if o is not None]
        room = shapely.difference(self.shape, shapely.union_all(given)) if given else self.shape
        inner = [shapely.intersection(shapely.boundary(o), self.shape) for o in given]
        open_seats = self.seats[self.open] if len(self.seats) else self.seats
        return [shapely.boundary(self.shape), *inner, _divides(open_seats, room)]

    def owners(self, points: NDArray[np.float64]) -> NDArray[np.intp]:
        """Give for points inside the county the township they belong to: official outline first, else nearest seat.

        Where every township has an outline and a strip is in none of them, the strip goes to the nearest outline.
        """
        if not len(self.seats):
            return np.zeros(len(points), dtype=np.intp)
        if len(self.open):
            owner = self.open[_nearest(points, self.seats[self.open], self.lat)]
        else:
            owner = np.argmin(np.stack([shapely.distance(o, shapely.points(points)) for o in self.official]), axis=0)
        for i in range(len(self.official) - 1, -1, -1):
            if self.official[i] is not None:
                owner[shapely.contains_xy(self.official[i], points[:, 0], points[:, 1])] = i
        return owner


def _faces(lines: list[Any]) -> Shapes:
    """Node all lines on the common grid and give the areas they enclose."""
    network = shapely.union_all(np.array(lines, dtype=object), grid_size=_NODING)
    return shapely.get_parts(shapely.polygonize(shapely.get_parts(network)))


def service_areas(city: City) -> gpd.GeoDataFrame:
    """Divide every county among its townships, without gaps or overlaps.

    Returns one row a township, ordered by code, WGS-84: `code`, `county`, `geometry` (Polygon or MultiPolygon),
    `approximate` (False where an official outline was imported) and `verified` (the seat is). A township keeps its
    official outline; the rest of the county goes to the nearest seat. A county without townships is one row with its
    own code. Seats on one point are spread, seats outside their county are drawn to its edge, for the division only.
    """
    official = dict(zip(city.township_outlines["code"], city.township_outlines.geometry, strict=True))
    towns = city.level("township")
    counties = [
        _County(code, shape, towns[towns["parent"] == code], official)
        for code, shape in zip(city.outlines["code"], city.outlines.geometry, strict=True)
    ]
    faces = _faces([line for county in counties for line in county.lines()])
    inside = shapely.get_coordinates(shapely.point_on_surface(faces))
    pieces: dict[tuple[str, str], list[Any]] = {}
    free = np.ones(len(faces), dtype=bool)
    for county in counties:
        here = np.flatnonzero(free & shapely.contains_xy(county.shape, inside[:, 0], inside[:, 1]))
        free[here] = False
        for face, owner in zip(here, county.owners(inside[here]), strict=True):
            pieces.setdefault((county.codes[owner], county.code), []).append(faces[face])
    return _table(pieces, set(official), set(city.areas.loc[city.areas["seat_verified"], "code"]))


def _table(pieces: dict[tuple[str, str], list[Any]], official: set[str], verified: set[str]) -> gpd.GeoDataFrame:
    """Join the faces of each township and put them beside its code."""
    keys = sorted(pieces)
    columns = {
        "code": [code for code, _ in keys],
        "county": [county for _, county in keys],
        "approximate": [code not in official and code != county for code, county in keys],
        "verified": [code in verified for code, _ in keys],
    }
    shapes = [shapely.normalize(shapely.coverage_union_all(pieces[k])) for k in keys]
    return gpd.GeoDataFrame(columns, geometry=shapes, crs=WGS84)
