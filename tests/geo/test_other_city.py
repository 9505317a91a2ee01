"""Another city is data only: other codes, other levels' names, other outlines."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
import shapely

from geo.areas import City
from geo.boundaries import service_areas, write_static
from geo.check import check
from geo.locate import Locator


@pytest.fixture
def locator(invented: City) -> Locator:
    """A locator of the invented city."""
    return Locator(invented.areas, invented.outlines, service_areas(invented), invented.settings.outer_names)


def test_its_settings_are_its_own(invented: City) -> None:
    told = invented.settings
    assert (told.code, told.name, told.document_prefix, told.census_year) == ("Q1", "海曲州", "海", 2030)
    assert [told.levels[x]["zh"] for x in ("city", "county", "township", "village")] == ["州", "区", "镇", "屯"]
    assert list(invented.level("county")["code"]) == ["QA01", "QB02"]


@pytest.mark.parametrize(
    ("given", "county", "town", "village"),
    [
        ({"area_code": "QA01-02"}, "QA01", "QA01-02", ""),
        ({"area_code": "QA01-02-x"}, "QA01", "QA01-02", "QA01-02-x"),
        ({"area_code": "QA01-02-z"}, "QA01", "QA01-02", ""),
        ({"lon": 101.5, "lat": 30.9}, "QB02", "QB02", ""),
        ({"place": "远洋省海曲州东岸区石塘镇"}, "QA01", "QA01-02", ""),
        ({"place": "旧港区浪头镇"}, "QA01", "QA01-01", ""),
        ({"place": "西岸石塘"}, "QB02", "QB02-01", ""),
        ({"place": "石塘镇"}, "", "", ""),  # in both wards
        ({"place": "石塘镇渔村屯"}, "QA01", "QA01-02", "QA01-02-x"),  # only one of them has this hamlet
        ({"place": "东岸区渔村屯"}, "QA01", "", ""),  # two towns of the ward have it
        ({"place": "盐田"}, "QA01", "QA01-03", ""),
        ({"place": "白鸥屯"}, "QB02", "QB02-01", "QB02-01-y"),
        ({"place": "上高县泗溪镇"}, "", "", ""),
    ],
)
def test_its_addresses_are_found(locator: Locator, given: dict, county: str, town: str, village: str) -> None:
    found = locator.locate(pd.DataFrame([given])).iloc[0]
    if "lon" in given:
        assert found["county_code"] == county and found["town_code"].startswith(town)
    else:
        assert (found["county_code"], found["town_code"], found["village_code"]) == (county, town, village)


def test_its_maps_are_written(invented: City, tmp_path: Path) -> None:
    cells = service_areas(invented)
    manifest = write_static(invented, cells, tmp_path)
    assert set(manifest["counties"]) == {"QA01", "QB02"}
    assert manifest["bounds"] == [100.0, 30.0, 102.0, 31.0] and manifest["name"] == "海曲州"


def test_its_data_are_sound_but_for_the_seats_on_one_point(invented: City) -> None:
    found = check(invented.areas, invented.outlines, service_areas(invented))
    assert {(p.kind, p.code) for p in found} <= {("seat_outside", "QB02-02"), ("seat_outside", "QB02-01")}


def test_no_place_is_named_in_the_code() -> None:
    package = Path(__file__).parents[2] / "geo"
    for path in package.glob("*.py"):
        text = path.read_text("utf-8")
        for word in ("360900", "宜春市", "3609"):
            assert word not in text, f"{path.name} names the built-in city"
    assert shapely.geos_version >= (3, 12, 0), "coverage_simplify needs GEOS 3.12"
