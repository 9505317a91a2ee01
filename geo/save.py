"""Writing a city to a folder that `load_city` reads."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import shapely

from geo.areas import COLUMNS, City, CitySettings


def _toml(settings: CitySettings) -> str:
    """Write city.toml; a JSON string is a TOML string too."""
    values: dict[str, Any] = {
        "code": settings.code,
        "name": settings.name,
        "name_en": settings.name_en,
        "outer_names": list(settings.outer_names),
        "census_year": settings.census_year,
        "document_prefix": settings.document_prefix,
        "bounds": list(settings.bounds),
        "attribution": list(settings.attribution),
        "attribution_zh": list(settings.attribution_zh),
    }
    lines = [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in values.items()]
    for level, words in settings.levels.items():
        lines += ["", f"[levels.{level}]"]
        lines += [f"{language} = {json.dumps(word, ensure_ascii=False)}" for language, word in words.items()]
    return "\n".join(lines) + "\n"


def _csv(areas: pd.DataFrame) -> str:
    """Write areas as CSV; an unknown number is an empty cell."""
    table = areas[list(COLUMNS)].copy()
    table["seat_verified"] = [
        ("1" if v else "0") if pd.notna(x) else "" for v, x in zip(table["seat_verified"], table["lon"], strict=True)
    ]
    return str(table.to_csv(index=False, lineterminator="\n"))


def _geojson(outlines: gpd.GeoDataFrame) -> str:
    """Write outlines, one feature a line."""
    lines = []
    for code, name, shape in zip(outlines["code"], outlines["name"], outlines.geometry, strict=True):
        feature = {"type": "Feature", "properties": {"code": code, "name": name}}
        lines.append(
            json.dumps(
                {**feature, "geometry": json.loads(shapely.to_geojson(shape))},
                ensure_ascii=False,
                separators=(",", ":"),
            )
        )
    return '{"type":"FeatureCollection","features":[\n' + ",\n".join(lines) + "\n]}\n"


def save_city(city: City, folder: Path) -> None:
    """Write the files of a city, each whole or not at all.

    folder is made if need be; files of the same names are replaced. `load_city(folder)` gives an equal city back.
    """
    folder.mkdir(parents=True, exist_ok=True)
    village = city.areas["level"] == "village"
    files = {
        "city.toml": _toml(city.settings),
        "areas.csv": _csv(city.areas[~village]),
        "villages.csv": _csv(city.areas[village]),
        "outlines.geojson": _geojson(city.outlines),
    }
    if len(city.township_outlines):
        files["townships.geojson"] = _geojson(city.township_outlines)
    for name, content in files.items():
        part = folder / f".{name}.part"
        part.write_text(content, "utf-8")
        part.replace(folder / name)
