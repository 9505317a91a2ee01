"""Outlines for the browser: simplified without breaking shared borders, written once under a name made of their content."""

from __future__ import annotations

import gzip
import hashlib
import json
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo.areas import City
from geo.cells import service_areas
from geo.errors import GeoError
from geo.metric import from_plane, to_plane

__all__ = ["service_areas", "simplified", "write_static"]

LIMIT_GZ = 120_000  # bytes of one map file, compressed
# Metres. On a wall 2,160 px high a pixel of the city map is about 80 m, of a county map about 30 m.
CITY_TOLERANCE = 100.0
COUNTY_TOLERANCE = 25.0
_COARSER = 1.6
Shapes = NDArray[np.object_]


def _rounded(shapes: Shapes) -> Shapes:
    """Round every corner alike, with as few decimals (5 is 1 m) as keep the coverage seamless."""
    for digits in (5, 6, 7):
        rounded = shapely.transform(shapes, lambda p, d=digits: np.round(p, d))
        if shapely.is_valid(rounded).all() and shapely.coverage_is_valid(rounded):
            return rounded
    return shapes


def simplified(cells: gpd.GeoDataFrame, tolerance: float) -> gpd.GeoDataFrame:
    """Simplify a coverage, shared borders once for both sides.

    cells: as `service_areas` gives them, WGS-84. tolerance: metres; details smaller than its square go. Returns the same
    table with simpler geometry, rounded. Raises GeoError if the input is not a seamless coverage.
    """
    shapes = cells.geometry.to_numpy()
    if not shapely.coverage_is_valid(shapes):
        raise GeoError("the outlines overlap or their borders do not meet; run `yizhan geo check` to see where")
    lat = float(np.mean(cells.total_bounds[1::2]))
    simple = shapely.coverage_simplify(to_plane(shapes, lat), tolerance)
    return cells.set_geometry(_rounded(from_plane(simple, lat)), crs=cells.crs)


def _label(shape: Any) -> tuple[list[float], int]:
    """Give the best place for a label, the centre of the largest circle inside, and that circle's radius in metres."""
    lat = float(shape.centroid.y)
    spoke = shapely.maximum_inscribed_circle(to_plane(shape, lat), tolerance=100.0)
    lon_lat = shapely.get_coordinates(from_plane(spoke, lat))[0]
    return [round(float(c), 5) for c in lon_lat], round(float(shapely.length(spoke)))


def _feature(area: Any, shape: Any, more: dict[str, Any]) -> dict[str, Any]:
    """Make the feature of an area: what the map needs to draw and to name it."""
    at, radius = _label(shape)
    seat = None if pd.isna(area.lon) or pd.isna(area.lat) else [round(area.lon, 5), round(area.lat, 5)]
    properties = {"code": area.code, "name": area.name, "short": area.short, "en": area.name_en, "kind": area.kind}
    properties |= {"seat": seat, "verified": bool(area.seat_verified), "label": at, "label_radius": radius, **more}
    return {"type": "Feature", "properties": properties, "geometry": json.loads(shapely.to_geojson(shape))}


def _collection(features: list[dict[str, Any]]) -> bytes:
    """Write features as compact GeoJSON."""
    found = {"type": "FeatureCollection", "features": features}
    return json.dumps(found, ensure_ascii=False, separators=(",", ":")).encode()


class _Maker:
    """Makes the map files of one city from its cells."""

    def __init__(self, city: City, cells: gpd.GeoDataFrame) -> None:
        self.areas = {a.code: a for a in city.areas[city.areas["level"] != "village"].itertuples(index=False)}
        self.cells = cells

    def townships(self, cells: gpd.GeoDataFrame) -> bytes:
        """Write township cells."""
        rows = zip(cells["code"], cells["county"], cells["approximate"], cells.geometry, strict=True)
        return _collection([_feature(self.areas[c], s, {"county": k, "approximate": bool(a)}) for c, k, a, s in rows])

    def counties(self, cells: gpd.GeoDataFrame) -> bytes:
        """Write the counties as the unions of their cells, so that both kinds of border coincide."""
        shapes = {k: shapely.coverage_union_all(part.geometry.to_numpy()) for k, part in cells.groupby("county")}
        return _collection([_feature(self.areas[k], s, {}) for k, s in shapes.items()])

    def city_maps(self) -> tuple[bytes, bytes]:
        """Write the county map and the coarse township map, from one simplification fine enough for the limit."""
        tolerance = CITY_TOLERANCE
        while True:
            coarse = simplified(self.cells, tolerance)
            found = self.counties(coarse), self.townships(coarse)
            if all(_fits(f) for f in found) or tolerance > 100 * CITY_TOLERANCE:
                return found
            tolerance *= _COARSER

    def county_maps(self) -> dict[str, bytes]:
        """Write a map for each county; all from one simplification, so that neighbours meet."""
        tolerance = COUNTY_TOLERANCE
        while True:
            fine = simplified(self.cells, tolerance)
            found = {str(k): self.townships(part) for k, part in fine.groupby("county")}
            if all(_fits(f) for f in found.values()) or tolerance > 100 * COUNTY_TOLERANCE:
                return found
            tolerance *= _COARSER


def _fits(content: bytes) -> bool:
    """Say whether a file is small enough for the browser."""
    return len(gzip.compress(content, 6, mtime=0)) < LIMIT_GZ


def _put(folder: Path, stem: str, content: bytes) -> str:
    """Write a file under a name that changes with its content, whole or not at all; give the name."""
    name = f"{stem}-{hashlib.sha256(content).hexdigest()[:12]}.geojson"
    if not (folder / name).exists():
        part = folder / f".{name}.part"
        part.write_bytes(content)
        part.replace(folder / name)
    return name


def _bounds(shapes: gpd.GeoSeries) -> list[float]:
    """Give west, south, east, north."""
    return [round(float(b), 5) for b in shapes.total_bounds]


def write_static(city: City, cells: gpd.GeoDataFrame, out_dir: Path) -> dict[str, Any]:
    """Write the map files of a city for the browser and say what they are called.

    Writes city-<hash>.geojson (counties), townships-<hash>.geojson (all cells, coarse), county-<code>-<hash>.geojson
    (cells of one county, finer) and manifest.json into `out_dir`; returns the manifest:
    {code, name, en, bounds, city, townships, counties: {code: {file, bounds}}, attribution}. Feature properties: code,
    name, short, en, kind, seat [lon, lat], verified, label [lon, lat], label_radius (m); cells also county and
    approximate. Same input, same bytes. Older files stay: pages that are open may still ask for them.
    """
    out_dir.mkdir(parents=True, exist_ok=True)
    maker = _Maker(city, cells)
    counties, townships = maker.city_maps()
    settings = city.settings
    manifest: dict[str, Any] = {
        "code": settings.code,
        "name": settings.name,
        "en": settings.name_en,
        "bounds": _bounds(cells.geometry),
        "city": _put(out_dir, "city", counties),
        "townships": _put(out_dir, "townships", townships),
        "counties": {},
        "attribution": list(settings.attribution),
    }
    for code, content in maker.county_maps().items():
        bounds = _bounds(cells.geometry[cells["county"] == code])
        manifest["counties"][code] = {"file": _put(out_dir, f"county-{code}", content), "bounds": bounds}
    part = out_dir / ".manifest.json.part"
    part.write_text(json.dumps(manifest, ensure_ascii=False, indent=1) + "\n", "utf-8")
    part.replace(out_dir / "manifest.json")
    return manifest
