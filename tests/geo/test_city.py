"""The built-in data: complete, consistent, honest about what is not known; and files that are wrong are refused."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
import shapely
from pandas.testing import assert_frame_equal

from geo.areas import City, load_city
from geo.check import check
from geo.errors import GeoError
from geo.metric import square_metres
from geo.save import save_city

# County: people of the 2020 census, square kilometres.
COUNTIES = {
    "360902": (1_121_707, 2532), "360921": (268_617, 1642), "360922": (486_435, 1714), "360923": (343_767, 1350),
    "360924": (252_974, 1935), "360925": (121_800, 1377), "360926": (116_418, 1548), "360981": (1_065_641, 2845),
    "360982": (485_649, 1287), "360983": (744_694, 2439),
}  # fmt: skip


def test_the_city_is_complete(city: City) -> None:
    sizes = city.areas["level"].value_counts().to_dict()
    assert sizes == {"city": 1, "county": 10, "township": 219, "village": 2794}
    assert city.level("township")["kind"].isin(["镇", "乡", "街道"]).sum() == 186
    assert set(city.level("county")["code"]) == set(COUNTIES) == set(city.outlines["code"])


def test_codes_tell_the_level_and_the_parent(city: City) -> None:
    for level, length in (("county", 6), ("township", 9), ("village", 12)):
        rows = city.level(level)
        assert rows["code"].str.fullmatch(rf"\d{{{length}}}").all()
        if level != "county":
            assert (rows["code"].str[: length - 3] == rows["parent"]).all()
    assert (city.level("county")["parent"] == "360900").all()


def test_population_adds_up(city: City) -> None:
    counties = city.level("county").set_index("code")["population"]
    assert counties.to_dict() == {c: people for c, (people, _) in COUNTIES.items()}
    assert int(city.level("city")["population"].iloc[0]) == counties.sum() == 5_007_702
    towns = city.level("township")
    assert towns.groupby("parent")["population"].sum().to_dict() == counties.to_dict()
    assert (towns["population"] > 0).all()
    assert set(towns["population_source"]) == {"apportioned"}
    assert city.level("village")["population"].isna().all()


def test_outlines_have_the_size_they_should(city: City) -> None:
    measured = dict(zip(city.outlines["code"], square_metres(city.outlines.geometry.to_numpy()) / 1e6, strict=True))
    for code, (_, km2) in COUNTIES.items():
        assert abs(measured[code] - km2) / km2 < 0.01
    shapes = city.outlines.geometry.to_numpy()
    assert shapely.is_valid(shapes).all() and shapely.coverage_is_valid(shapes)


def test_every_seat_lies_in_its_county_and_says_where_it_is_from(city: City) -> None:
    shapes = dict(zip(city.outlines["code"], city.outlines.geometry, strict=True))
    for town in city.level("township").itertuples():
        assert shapes[town.parent].contains(shapely.Point(town.lon, town.lat)), town.name
        if town.seat_verified:
            assert town.seat_source.startswith("GeoNames") and "by" not in town.seat_source
        else:
            assert town.seat_source.startswith("rule:") or " by " in town.seat_source
    towns = city.level("township")
    assert int(towns["seat_verified"].sum()) == 150
    assert not towns.duplicated(["lon", "lat"]).any()


def test_names_are_there_in_both_languages(city: City) -> None:
    rows = city.areas
    for column in ("name", "short", "kind", "pinyin", "name_en"):
        assert (rows[column] != "").all(), column
    assert rows["name_en"].map(str.isascii).all()
    assert not rows["short"].str.contains("村委会|居委会").any()
    assert not rows.duplicated(["parent", "name"]).any()


def test_nothing_is_wrong_with_the_built_in_data(city: City, cells: object) -> None:
    assert check(city.areas, city.outlines, cells) == []


def test_what_is_saved_is_loaded_again(city: City, invented: City, tmp_path: Path) -> None:
    for number, given in enumerate((city, invented)):
        save_city(given, tmp_path / str(number))
        back = load_city(tmp_path / str(number))
        assert back.settings == given.settings
        assert_frame_equal(back.areas, given.areas)
        assert back.outlines.geometry.equals(given.outlines.geometry)


@pytest.mark.parametrize(
    ("file", "old", "new", "says"),
    [
        ("city.toml", 'code = "Q1"', "", "city.toml"),
        ("city.toml", "[100.0, 30.0, 102.0, 31.0]", "[102.0, 30.0, 100.0, 31.0]", "west, south, east, north"),
        ("city.toml", "census_year = 2030", "census_year = [", "city.toml"),
        ("areas.csv", "code,level", "kode,level", "no column code"),
        ("areas.csv", "QA01-02,township", "QA01-02,borough", "borough"),
        ("areas.csv", "QA01-02,township", "QA01-01,township", "QA01-01"),
        ("areas.csv", "100.2,30.2", "100.2,north", "north"),
        ("outlines.geojson", '"code"', '"kode"', "property `code`"),
        ("outlines.geojson", '"FeatureCollection"', "FeatureCollection", "cannot be read"),
    ],
)
def test_wrong_files_are_refused_with_a_reason(invented_folder: Path, file: str, old: str, new: str, says: str) -> None:
    path = invented_folder / file
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")
    with pytest.raises(GeoError, match=says):
        load_city(invented_folder)


@pytest.mark.parametrize("file", ["city.toml", "areas.csv", "outlines.geojson"])
def test_a_missing_file_is_named(invented_folder: Path, file: str) -> None:
    (invented_folder / file).unlink()
    with pytest.raises(GeoError, match=file):
        load_city(invented_folder)


def test_a_table_in_another_encoding_is_refused(invented_folder: Path) -> None:
    path = invented_folder / "areas.csv"
    path.write_bytes(path.read_text("utf-8").encode("gb18030"))
    with pytest.raises(GeoError, match="UTF-8"):
        load_city(invented_folder)


def test_codes_with_leading_zeros_stay_text(invented_folder: Path) -> None:
    path = invented_folder / "areas.csv"
    path.write_text(path.read_text("utf-8").replace("QA01", "0001"), "utf-8")
    areas = load_city(invented_folder).areas
    assert "0001" in set(areas["code"]) and pd.api.types.is_string_dtype(areas["code"])
