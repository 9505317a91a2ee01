"""Metres in a city: a local plane good to a few parts in a thousand, and the areas of polygons."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

METRES_A_DEGREE = 111_320.0
_EQUATOR, _FLATNESS2 = 6_378_137.0, 0.00669437999014  # WGS-84: radius in metres, squared eccentricity


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
    """Measure WGS-84 polygons of a county's size at most, by the earth's curvature at their own middle.

    A projection would bend long edges and find ground between an edge and the same edge with one more corner on it.
    """
    given = np.asarray(shapes, dtype=object)
    lat = np.radians(np.nan_to_num(shapely.bounds(given)[:, 1::2].mean(axis=1)))  # an empty shape has no bounds
    bend = 1.0 - _FLATNESS2 * np.sin(lat) ** 2
    along = _EQUATOR * (1.0 - _FLATNESS2) / bend**1.5
    across = _EQUATOR / np.sqrt(bend) * np.cos(lat)
    return np.asarray(shapely.area(given) * np.radians(1.0) ** 2 * along * across, dtype=np.float64)
