"""A city as data: its settings, its areas of every level, its county outlines."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd

from geo.errors import GeoError
from geo.seats import fill_seats

BUILT_IN = Path(__file__).parent / "data" / "yichun"
LEVELS = ("city", "county", "township", "village")
COLUMNS = (
    "code", "level", "parent", "name", "short", "aliases", "kind", "population", "population_source", "pinyin",
    "name_en", "lon", "lat", "seat_source", "seat_verified",
)  # fmt: skip
REQUIRED = ("code", "level", "parent", "name")
WGS84 = "EPSG:4326"
_NEEDS = "a city folder needs city.toml, areas.csv and outlines.geojson"


@dataclass(frozen=True)
class CitySettings:
    """What city.toml says: codes, names of the levels, sources, and where the map opens."""

    code: str
    name: str
    name_en: str
    census_year: int
    document_prefix: str
    outer_names: tuple[str, ...]
    attribution: tuple[str, ...]
    bounds: tuple[float, float, float, float]
    levels: Mapping[str, Mapping[str, str]]
    attribution_zh: tuple[str, ...] = ()


@dataclass(frozen=True)
class City:
    """A city's settings, areas (one row an area, all levels, ordered by code) and outlines (WGS-84).

    `outlines` has every county, `township_outlines` the townships whose official outline was imported; both have the
    columns code, name, geometry.
    """

    settings: CitySettings
    areas: pd.DataFrame
    outlines: gpd.GeoDataFrame
    township_outlines: gpd.GeoDataFrame

    def level(self, level: str) -> pd.DataFrame:
        """Give the areas of one level, ordered by code."""
        return self.areas[self.areas["level"] == level]


def _bounds(found: Any) -> tuple[float, float, float, float]:
    """Check that the bounds are west, south, east, north."""
    west, south, east, north = (float(b) for b in found)
    if not (west < east and south < north):
        raise ValueError("bounds must be west, south, east, north")
    return west, south, east, north


def _settings(path: Path) -> CitySettings:
    """Read city.toml."""
    try:
        found: dict[str, Any] = tomllib.loads(path.read_text("utf-8-sig"))
        return CitySettings(
            code=str(found["code"]),
            name=found["name"],
            name_en=found.get("name_en", found["name"]),
            census_year=int(found["census_year"]),
            document_prefix=found.get("document_prefix", ""),
            outer_names=tuple(found.get("outer_names", ())),
            attribution=tuple(found.get("attribution", ())),
            bounds=_bounds(found["bounds"]),
            levels=found["levels"],
            attribution_zh=tuple(found.get("attribution_zh", ())),
        )
    except FileNotFoundError as error:
        raise GeoError(f"{path} is missing: {_NEEDS}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, KeyError, TypeError, ValueError) as error:
        raise GeoError(f"{path.name}: {error}; compare it with the city.toml of the built-in city") from error


def _table(path: Path) -> pd.DataFrame:
    """Read one area table as text, every column present, codes untouched."""
    try:
        found = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise GeoError(f"{path} is missing: {_NEEDS}") from error
    except (UnicodeDecodeError, pd.errors.ParserError) as error:
        raise GeoError(f"{path.name} is not a UTF-8 comma-separated table: {error}; save it as CSV UTF-8") from error
    missing = [c for c in REQUIRED if c not in found]
    if missing:
        raise GeoError(f"{path.name} has no column {', '.join(missing)}; it needs {', '.join(REQUIRED)}")
    return found.reindex(columns=list(COLUMNS), fill_value="")


def _typed(areas: pd.DataFrame, name: str) -> pd.DataFrame:
    """Give the number columns their types and refuse unknown levels and repeated codes."""
    unknown = sorted(set(areas["level"]) - set(LEVELS))
    if unknown:
        raise GeoError(f"{name}: level {unknown[0]!r} is unknown; the levels are {', '.join(LEVELS)}")
    twice = areas.loc[areas["code"].duplicated() | (areas["code"] == ""), "code"]
    if len(twice):
        raise GeoError(f"{name}: code {twice.iloc[0]!r} is empty or stands twice; every area needs its own code")
    typed = areas.copy()
    for column in ("lon", "lat", "population"):
        typed[column] = pd.to_numeric(areas[column], errors="coerce")
        bad = areas.loc[typed[column].isna() & (areas[column] != ""), column]
        if len(bad):
            raise GeoError(f"{name}: {column} {bad.iloc[0]!r} is not a number")
    typed["population"] = typed["population"].astype("Int64")
    typed["short"] = areas["short"].where(areas["short"] != "", areas["name"])
    typed["seat_verified"] = areas["seat_verified"] == "1"
    return typed.sort_values("code", ignore_index=True)


def _outlines(path: Path, areas: pd.DataFrame, level: str) -> gpd.GeoDataFrame:
    """Read the outlines of a level in WGS-84, with the names of the area table, ordered by code."""
    try:
        shapes = _geojson(path)
    except Exception as error:  # pyogrio raises a family of its own
        raise GeoError(f"{path.name} cannot be read as GeoJSON: {error}") from error
    if "code" not in shapes:
        raise GeoError(f"{path.name}: every feature needs the property `code`")
    shapes = shapes.to_crs(WGS84)[["code", "geometry"]].astype({"code": str})
    known = areas.loc[areas["level"] == level, ["code", "name"]]
    return gpd.GeoDataFrame(known.merge(shapes, on="code"), geometry="geometry", crs=WGS84)


def _geojson(path: Path) -> gpd.GeoDataFrame:
    """A GeoJSON file; GDAL and its 30 MB are loaded only for one that names its own projection, as those of before RFC 7946 do."""
    found = json.loads(path.read_text(encoding="utf-8"))
    if "crs" in found:
        return gpd.read_file(path, engine="pyogrio")
    return gpd.GeoDataFrame.from_features(found["features"], crs=WGS84)


def no_outlines() -> gpd.GeoDataFrame:
    """Give an empty table of outlines."""
    return gpd.GeoDataFrame({"code": [], "name": []}, geometry=[], crs=WGS84)


def load_city(folder: Path | None = None) -> City:
    """Load a city from a folder of data files; None loads the built-in one.

    The folder holds city.toml, areas.csv, outlines.geojson (counties) and, if need be, villages.csv (more areas) and
    townships.geojson (official township outlines). The frame `areas` has the columns of `COLUMNS`: codes, names and
    sources as str ('' = unknown), `lon` and `lat` in WGS-84 degrees (NaN for villages without a seat), `population` as
    Int64, `seat_verified` as bool; ordered by code. Counties and townships without a seat get one by rule, unverified.
    Raises GeoError.
    """
    folder = folder or BUILT_IN
    settings = _settings(folder / "city.toml")
    tables = [_table(folder / "areas.csv")]
    if (folder / "villages.csv").exists():
        tables.append(_table(folder / "villages.csv"))
    areas = _typed(pd.concat(tables, ignore_index=True), "areas.csv")
    if not (folder / "outlines.geojson").exists():
        raise GeoError(f"{folder / 'outlines.geojson'} is missing: {_NEEDS}")
    outlines = _outlines(folder / "outlines.geojson", areas, "county")
    official = folder / "townships.geojson"
    townships = _outlines(official, areas, "township") if official.exists() else no_outlines()
    return City(settings, fill_seats(areas, outlines), outlines, townships)
