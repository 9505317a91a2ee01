"""Reading map files as they come: any format and projection, any encoding, shifted datums, broken geometry."""

from __future__ import annotations

import codecs
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import shapely

from geo.areas import WGS84
from geo.datum import DATUMS, to_wgs84
from geo.errors import GeoError

FORMATS = (".gpkg", ".shp", ".zip", ".geojson", ".json", ".csv", ".tsv", ".txt")
_TABLES = (".csv", ".tsv", ".txt")
_ENCODINGS = (
    "utf-8-sig",
    "gb18030",
)  # utf-8 refuses what is not utf-8, so it is asked first, whatever the file declares
_CODE_FIELDS = (
    "code",
    "areacode",
    "area_code",
    "adcode",
    "xzqdm",
    "pac",
    "代码",
    "区划代码",
    "行政区划代码",
    "行政区代码",
)
_NAME_FIELDS = ("name", "xzqmc", "mc", "areaname", "area_name", "名称", "行政区名称", "区划名称", "乡镇名称", "地名")
_LON_FIELDS = ("lon", "lng", "longitude", "x", "经度", "东经", "jd")
_LAT_FIELDS = ("lat", "latitude", "y", "纬度", "北纬", "wd")
_WKT_FIELDS = ("wkt", "geometry", "geom", "the_geom")


def _field(columns: list[str], given: str | None, known: tuple[str, ...], what: str) -> str | None:
    """Choose a column: the one named, else one of the usual names, else none."""
    if given is not None:
        if given not in columns:
            raise GeoError(f"there is no column {given!r} for the {what}; the file has {', '.join(columns)}")
        return given
    exact = next((c for k in known for c in columns if c.strip().lower() == k), None)
    # A Shapefile cuts a column's name to ten bytes, three Chinese characters in UTF-8.
    return exact or next((c for k in known for c in columns if len(c.encode()) in (9, 10) and k.startswith(c)), None)


def _read_table(path: Path) -> gpd.GeoDataFrame:
    """Read a text table with coordinates or WKT; its coordinates have no reference system yet."""
    for encoding in _ENCODINGS:
        try:
            text = path.read_text(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise GeoError(f"{path.name} is neither UTF-8 nor GB18030 text; save it as CSV UTF-8")
    first = text.split("\n", 1)[0]
    separator = max((",", "\t", ";"), key=first.count)
    try:
        table = pd.read_csv(path, sep=separator, dtype=str, keep_default_na=False, encoding=encoding)
    except (pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        raise GeoError(f"{path.name} is not a regular table: {error}") from error
    columns = list(table.columns)
    wkt = _field(columns, None, _WKT_FIELDS, "geometry")
    if wkt:
        try:
            return gpd.GeoDataFrame(table.drop(columns=wkt), geometry=shapely.from_wkt(table[wkt].replace("", None)))
        except shapely.errors.GEOSException as error:
            raise GeoError(f"{path.name}: column {wkt!r} is not WKT: {error}") from error
    lon, lat = _field(columns, None, _LON_FIELDS, "longitude"), _field(columns, None, _LAT_FIELDS, "latitude")
    if not lon or not lat:
        raise GeoError(
            f"{path.name} needs columns lon and lat (or 经度 and 纬度, x and y, or wkt); it has {', '.join(columns)}"
        )
    x, y = (pd.to_numeric(table[c], errors="coerce").to_numpy() for c in (lon, lat))
    points = np.where(np.isfinite(x) & np.isfinite(y), shapely.points(np.nan_to_num(x), np.nan_to_num(y)), None)
    return gpd.GeoDataFrame(table.drop(columns=[lon, lat]), geometry=points)


def _read_map(path: Path, layer: str | None) -> gpd.GeoDataFrame:
    """Read a file GDAL knows."""
    import pyogrio  # 30 MB that only an import of official outlines needs

    try:
        layers = [str(name) for name in pyogrio.list_layers(path)[:, 0]]
        if layer is None and len(layers) > 1:
            raise GeoError(f"{path.name} has the layers {', '.join(layers)}; say which one to read")
        chosen = layer or layers[0]
        if path.suffix.lower() not in (".shp", ".zip"):
            return pyogrio.read_dataframe(path, layer=chosen)
        return _decoded(pyogrio.read_dataframe(path, layer=chosen, encoding="ISO-8859-1"))
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, UnicodeDecodeError, IndexError) as error:
        raise GeoError(f"{path.name} cannot be read: {error}; a Shapefile needs its .shx and .dbf beside it") from error


def _decoded(raw: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Decode a Shapefile read byte by byte, as UTF-8 if it is that, else as GB18030.

    Its declared encoding is often absent or wrong; its fields cut names off in the middle of a character.
    """
    if not isinstance(raw, gpd.GeoDataFrame):
        return raw
    texts = [c for c in raw.columns if c != raw.geometry.name and pd.api.types.is_string_dtype(raw[c])]
    sample = [*map(str, raw.columns), *(str(v) for c in texts for v in raw[c].dropna())]
    try:
        for text in sample:
            _cut(text, "utf-8")
        encoding = "utf-8"
    except UnicodeDecodeError:
        encoding = "gb18030"
    named = raw.rename(columns={c: _cut(str(c), encoding) for c in raw.columns if c != raw.geometry.name})
    for before in texts:
        values = raw[before].astype(object)
        named[_cut(str(before), encoding)] = [_cut(v, encoding) if isinstance(v, str) else v for v in values]
    return named


def _cut(text: str, encoding: str) -> str:
    """Decode bytes that were read one to a character; half a character at the end falls away."""
    return codecs.getincrementaldecoder(encoding)().decode(text.encode("latin-1"), final=False)


def _degrees(shapes: Any) -> bool:
    """Say whether coordinates can be degrees."""
    west, south, east, north = shapely.total_bounds(shapes)
    return bool(west >= -180 and east <= 180 and south >= -90 and north <= 90)


def _to_wgs84(layer: gpd.GeoDataFrame, crs: str | None, datum: str, name: str) -> gpd.GeoDataFrame:
    """Bring a layer from its projection and datum to WGS-84 degrees."""
    try:
        declared = pyproj.CRS.from_user_input(crs) if crs else layer.crs
    except pyproj.exceptions.CRSError as error:
        raise GeoError(f"{crs!r} is no coordinate reference system; write it like EPSG:4547") from error
    if declared is None:
        if not _degrees(layer.geometry.to_numpy()):
            raise GeoError(f"{name} does not say its projection and is not in degrees; give it, for example EPSG:4547")
        declared = pyproj.CRS.from_user_input(WGS84)
    if declared.is_geographic and not _degrees(layer.geometry.to_numpy()):
        raise GeoError(
            f"{name} is said to be in degrees but is not: give the projection, or longitude and latitude are swapped"
        )
    degrees = layer.set_crs(declared, allow_override=True).to_crs(WGS84)
    if not np.isfinite(shapely.get_coordinates(degrees.geometry.to_numpy())).all():
        raise GeoError(f"{name} lies outside the area of {declared.name}; check the projection")
    shifted = shapely.transform(
        degrees.geometry.to_numpy(), lambda p: np.column_stack(to_wgs84(p[:, 0], p[:, 1], datum))
    )
    return degrees.set_geometry(gpd.GeoSeries(shifted, index=degrees.index, crs=WGS84))


def _repaired(shapes: Any) -> tuple[Any, Any]:
    """Make broken polygons valid and keep their areas only; say which were broken."""
    broken = ~shapely.is_valid(shapes) & ~shapely.is_missing(shapes)
    fixed = shapes.copy()
    for i in np.flatnonzero(broken):
        parts = shapely.get_parts(shapely.make_valid(shapes[i]))
        faces = [p for p in parts if p.geom_type in ("Polygon", "MultiPolygon")]
        fixed[i] = shapely.union_all(faces) if faces else shapely.make_valid(shapes[i])
    return fixed, broken


def read_layer(
    path: Path,
    crs: str | None = None,
    datum: str = "wgs84",
    code_field: str | None = None,
    name_field: str | None = None,
    layer: str | None = None,
) -> gpd.GeoDataFrame:
    """Read outlines or seats from GeoPackage, Shapefile (also zipped), GeoJSON or CSV.

    crs: anything pyproj understands; None takes the file's own, and degrees where it has none. datum: wgs84, gcj02 or
    bd09, undone after projecting to degrees. code_field, name_field: columns; None looks for the usual names. layer: of
    a file with several. Returns WGS-84 with the columns code, name ('' where absent), repaired (bool), geometry (None
    where the row has none), one row a feature, in the file's order. Raises GeoError saying what to do.
    """
    if not path.exists():
        raise GeoError(f"{path} does not exist")
    if path.suffix.lower() not in FORMATS:
        raise GeoError(f"{path.name}: unknown kind of file; use one of {', '.join(FORMATS)}")
    if datum.lower().replace("-", "").replace("_", "") not in DATUMS:
        raise GeoError(f"unknown datum {datum!r}; say one of {', '.join(DATUMS)}")
    found = _read_table(path) if path.suffix.lower() in _TABLES else _read_map(path, layer)
    if not isinstance(found, gpd.GeoDataFrame) or not len(found):
        raise GeoError(f"{path.name} has no features with a geometry")
    columns = [str(c) for c in found.columns if c != found.geometry.name]
    code = _field(columns, code_field, _CODE_FIELDS, "code")
    name = _field(columns, name_field, _NAME_FIELDS, "name")
    if not code and not name:
        raise GeoError(f"{path.name}: which column is the code or the name? It has {', '.join(columns)}")
    if shapely.is_missing(found.geometry.to_numpy()).all():
        raise GeoError(f"{path.name} has no features with a geometry")
    flat = found.set_geometry(shapely.force_2d(found.geometry.to_numpy()), crs=found.crs)
    shapes, broken = _repaired(_to_wgs84(flat, crs, datum, path.name).geometry.to_numpy())
    texts = {"code": _text(found, code), "name": _text(found, name)}
    return gpd.GeoDataFrame({**texts, "repaired": broken}, geometry=shapes, crs=WGS84)


def _text(found: gpd.GeoDataFrame, column: str | None) -> list[str]:
    """Give a column as text; whole numbers keep no decimal point."""
    if column is None:
        return [""] * len(found)
    return ["" if pd.isna(v) else str(v).strip().removesuffix(".0") for v in found[column]]
