"""The built-in city, and an invented one with other codes, other levels' names and other outlines."""

from __future__ import annotations

import json
from pathlib import Path

import geopandas as gpd
import pytest
import shapely

from geo.areas import City, load_city
from geo.boundaries import service_areas
from geo.locate import Locator

INVENTED_TOML = """
code = "Q1"
name = "海曲州"
name_en = "Haiqu"
census_year = 2030
document_prefix = "海"
outer_names = ["远洋省"]
bounds = [100.0, 30.0, 102.0, 31.0]
attribution = ["Drawn for a test"]
[levels.city]
zh = "州"
en = "Prefecture"
[levels.county]
zh = "区"
en = "Ward"
[levels.township]
zh = "镇"
en = "Borough"
[levels.village]
zh = "屯"
en = "Hamlet"
"""

# Two wards side by side; the third township of the first has no seat, the second ward has two towns on one point.
INVENTED_AREAS = """code,level,parent,name,short,aliases,kind,population,lon,lat,seat_verified
Q1,city,,海曲州,海曲,,州,900,100.5,30.5,1
QA01,county,Q1,东岸区,东岸,旧港区,区,500,100.4,30.4,1
QB02,county,Q1,西岸区,西岸,,区,400,,,
QA01-01,township,QA01,潮头镇,,浪头镇,镇,200,100.2,30.2,1
QA01-02,township,QA01,石塘镇,,,镇,200,100.8,30.8,1
QA01-03,township,QA01,盐田镇,,,镇,100,,,
QB02-01,township,QB02,石塘镇,,,镇,300,101.5,30.5,1
QB02-02,township,QB02,灯塔镇,,,镇,100,101.5,30.5,0
QA01-01-x,village,QA01-01,渔村屯,,,屯,,,,
QA01-02-x,village,QA01-02,渔村屯,,,屯,,,,
QB02-01-y,village,QB02-01,白鸥屯,,,屯,,,,
"""


def write_invented(folder: Path) -> Path:
    """Write the files of the invented city."""
    folder.mkdir(parents=True, exist_ok=True)
    shapes = {"QA01": shapely.box(100, 30, 101, 31), "QB02": shapely.box(101, 30, 102, 31)}
    features = [
        {"type": "Feature", "properties": {"code": c}, "geometry": json.loads(shapely.to_geojson(s))}
        for c, s in shapes.items()
    ]
    (folder / "city.toml").write_text(INVENTED_TOML, "utf-8")
    (folder / "areas.csv").write_text(INVENTED_AREAS, "utf-8")
    (folder / "outlines.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": features}), "utf-8")
    return folder


@pytest.fixture(scope="session")
def city() -> City:
    """The built-in city."""
    return load_city()


@pytest.fixture(scope="session")
def cells(city: City) -> gpd.GeoDataFrame:
    """Its townships' service areas."""
    return service_areas(city)


@pytest.fixture(scope="session")
def locator(city: City, cells: gpd.GeoDataFrame) -> Locator:
    """A locator of the built-in city."""
    return Locator(city.areas, city.outlines, cells, city.settings.outer_names)


@pytest.fixture
def invented_folder(tmp_path: Path) -> Path:
    """The files of the invented city."""
    return write_invented(tmp_path / "haiqu")


@pytest.fixture
def invented(invented_folder: Path) -> City:
    """The invented city, loaded."""
    return load_city(invented_folder)
