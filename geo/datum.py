"""WGS-84, GCJ-02 and BD-09: the three datums Chinese map data arrives in, converted at the doors.

The forward shift is the published polynomial-and-sine model on the Krasovsky ellipsoid; the way back has no
closed form and is found by fixed-point iteration.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Pair = tuple[Floats, Floats]

DATUMS = ("wgs84", "gcj02", "bd09")

_SEMI_MAJOR = 6378245.0
_ECCENTRICITY2 = 0.00669342162296594323
_BD_TURN = np.pi * 3000.0 / 180.0
# The shift is applied only here: outside China the maps that use GCJ-02 are not shifted.
_CHINA = (72.004, 137.8347, 0.8293, 55.8271)
_STEPS = 20
_ENOUGH = 1e-12  # degrees, about 0.1 micrometre


def _floats(lon: ArrayLike, lat: ArrayLike) -> Pair:
    """Give both coordinates as float arrays of one shape; what is not a number is an error, NaN stays NaN."""
    x, y = np.broadcast_arrays(np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64))
    return x, y


def _waves(first: Floats, second: Floats, third: Floats) -> Floats:
    """Add the three sine pairs both shift formulas share in form."""
    return np.asarray((20.0 * first + 20.0 * second + third) * 2.0 / 3.0)


def _shift(lon: Floats, lat: Floats) -> Pair:
    """Give the GCJ-02 offset in degrees at WGS-84 positions."""
    x, y = lon - 105.0, lat - 35.0
    root = np.sqrt(np.abs(x))
    common = _waves(np.sin(6.0 * np.pi * x), np.sin(2.0 * np.pi * x), np.zeros_like(x))
    d_lat = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + common
    slow = 160.0 * np.sin(np.pi / 12.0 * y) + 320.0 * np.sin(np.pi / 30.0 * y)
    d_lat += _waves(np.sin(np.pi * y), 2.0 * np.sin(np.pi / 3.0 * y), slow)
    d_lon = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + common
    slow = 150.0 * np.sin(np.pi / 12.0 * x) + 300.0 * np.sin(np.pi / 30.0 * x)
    d_lon += _waves(np.sin(np.pi * x), 2.0 * np.sin(np.pi / 3.0 * x), slow)
    phi = np.radians(lat)
    magic = 1.0 - _ECCENTRICITY2 * np.sin(phi) ** 2
    along = _SEMI_MAJOR * (1.0 - _ECCENTRICITY2) / (magic * np.sqrt(magic))
    across = _SEMI_MAJOR / np.sqrt(magic) * np.cos(phi)
    return np.degrees(d_lon / across), np.degrees(d_lat / along)


def _inside(lon: Floats, lat: Floats) -> NDArray[np.bool_]:
    """Say where the shift applies."""
    west, east, south, north = _CHINA
    return (lon >= west) & (lon <= east) & (lat >= south) & (lat <= north)


def wgs84_to_gcj02(lon: ArrayLike, lat: ArrayLike) -> Pair:
    """Shift WGS-84 degrees to GCJ-02.

    lon, lat: scalars or arrays that broadcast, degrees; NaN stays NaN. Returns two float64 arrays of the
    broadcast shape. Positions outside China come back as they were.
    """
    x, y = _floats(lon, lat)
    d_lon, d_lat = _shift(x, y)
    here = _inside(x, y)
    return np.where(here, x + d_lon, x), np.where(here, y + d_lat, y)


def _undo(forward: Callable[[Floats, Floats], Pair], lon: Floats, lat: Floats) -> Pair:
    """Invert a near-identity conversion: subtract the error of the guess until it vanishes."""
    x, y = lon.copy(), lat.copy()
    for _ in range(_STEPS):
        there_x, there_y = forward(x, y)
        error_x, error_y = there_x - lon, there_y - lat
        x, y = x - error_x, y - error_y
        largest = np.nanmax(np.abs(np.stack([error_x, error_y])), initial=0.0)
        if largest < _ENOUGH:
            break
    return x, y


def _shifted(lon: Floats, lat: Floats) -> Pair:
    """Shift without the border test, so that the iteration is smooth at the border."""
    d_lon, d_lat = _shift(lon, lat)
    return lon + d_lon, lat + d_lat


def gcj02_to_wgs84(lon: ArrayLike, lat: ArrayLike) -> Pair:
    """Undo the GCJ-02 shift, to well below a centimetre.

    lon, lat: as in `wgs84_to_gcj02`. Returns WGS-84 degrees as two float64 arrays.
    """
    x, y = _floats(lon, lat)
    back_x, back_y = _undo(_shifted, x, y)
    here = _inside(back_x, back_y)
    return np.where(here, back_x, x), np.where(here, back_y, y)


def gcj02_to_bd09(lon: ArrayLike, lat: ArrayLike) -> Pair:
    """Turn GCJ-02 degrees into BD-09 degrees, arrays in and out."""
    x, y = _floats(lon, lat)
    radius = np.hypot(x, y) + 0.00002 * np.sin(y * _BD_TURN)
    angle = np.arctan2(y, x) + 0.000003 * np.cos(x * _BD_TURN)
    return radius * np.cos(angle) + 0.0065, radius * np.sin(angle) + 0.006


def bd09_to_gcj02(lon: ArrayLike, lat: ArrayLike) -> Pair:
    """Turn BD-09 degrees into GCJ-02 degrees by iteration, exact to well below a centimetre."""
    x, y = _floats(lon, lat)
    return _undo(gcj02_to_bd09, x, y)


def bd09_to_wgs84(lon: ArrayLike, lat: ArrayLike) -> Pair:
    """Turn BD-09 degrees into WGS-84 degrees, arrays in and out."""
    return gcj02_to_wgs84(*bd09_to_gcj02(lon, lat))


def wgs84_to_bd09(lon: ArrayLike, lat: ArrayLike) -> Pair:
    """Turn WGS-84 degrees into BD-09 degrees, arrays in and out."""
    return gcj02_to_bd09(*wgs84_to_gcj02(lon, lat))


def to_wgs84(lon: ArrayLike, lat: ArrayLike, datum: str) -> Pair:
    """Turn degrees of a declared datum into WGS-84.

    datum: "wgs84", "gcj02" or "bd09" in any case, with or without a hyphen. Raises ValueError for any other.
    """
    known = datum.lower().replace("-", "").replace("_", "")
    if known == "wgs84":
        return _floats(lon, lat)
    if known == "gcj02":
        return gcj02_to_wgs84(lon, lat)
    if known == "bd09":
        return bd09_to_wgs84(lon, lat)
    raise ValueError(f"unknown datum {datum!r}: say one of {', '.join(DATUMS)}")
