"""Metres in a city: a local plane good to a few parts in ten thousand, and areas on an equal-area projection."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

METRES_A_DEGREE = 111_320.0


def scales(lat: float) -> NDArray[np.float64]:
    """Give the metres in a degree of longitude and of latitude at a latitude."""
    return np.array([math.cos(math.radians(lat)), 1.0]) * METRES_A_DEGREE


def to_plane(geometry: Any, lat: float) -> Any:
    """Scale degrees to metres; straight lines stay straight, so that the way back is exact."""
    factor = scales(lat)
    return shapely.transform(geometry, lambda p: p * factor)


def from_plane(geometry: Any, lat: float) -> Any:
    """Scale metres back to degrees."""
    factor = scales(lat)
    return shapely.transform(geometry, lambda p: p / factor)


def square_metres(shapes: Sequence[Any] | NDArray[np.object_]) -> NDArray[np.float64]:
    """Measure WGS-84 polygons on an equal-area projection centred on them."""
    series = gpd.GeoSeries(list(shapes), crs="EPSG:4326")
    if series.is_empty.all():
        return np.zeros(len(series))
    west, south, east, north = series.total_bounds
    there = f"+proj=laea +lat_0={(south + north) / 2} +lon_0={(west + east) / 2} +datum=WGS84"
    return np.asarray(series.to_crs(there).area, dtype=np.float64)
