"""From an address to its area: each rule has a row, and a doubt never becomes a guess."""

from __future__ import annotations

import time

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from geo.areas import City
from geo.locate import Locator

SIXI, JINJIANG, BAJING = "360923103", "360923102", "360983104"


def one(locator: Locator, **given: object) -> pd.Series:
    """Locate one record."""
    return locator.locate(pd.DataFrame([given])).iloc[0]


def deepest(found: pd.Series) -> str:
    """Give the code of the deepest area found."""
    return found["village_code"] or found["town_code"] or found["county_code"]


@pytest.mark.parametrize(
    ("place", "code", "confidence"),
    [
        # Prefixes, blanks, width, punctuation.
        ("江西省宜春市上高县泗溪镇曾家村", "曾家村", 0.95),
        ("宜春市上高县泗溪镇", SIXI, 0.95),
        ("江西上高县泗溪镇", SIXI, 0.95),
        ("上高县  泗溪 镇", SIXI, 0.95),
        ("（上高县）泗溪镇，曾家村", "曾家村", 0.95),
        ("上高县泗溪镇曾家村委会门口", "曾家村", 0.95),
        ("上高县泗溪镇人民政府", SIXI, 0.95),
        # Missing or wrong suffixes.
        ("上高泗溪", SIXI, 0.75),
        ("上高县泗溪", SIXI, 0.75),
        ("上高县泗溪乡", SIXI, 0.85),
        ("上高县泗溪镇曾家", "曾家村", 0.75),
        ("上高县泗溪镇曾家社区", "曾家村", 0.85),
        ("泗溪", SIXI, 0.6),
        ("丰城市剑光街道办事处", "360981002", 0.85),
        # Old names, other names.
        ("清江县临江镇", "360982100", 0.95),
        ("丰城县剑光街道", "360981002", 0.95),
        ("县级宜春市慈化镇", "360902105", 0.95),
        ("万载县高城乡", "360922107", 0.95),
        ("丰城市陶沙镇", "360981106", 0.95),
        ("明月山风景名胜区", "360902402", 0.8),
        ("宜春经济技术开发区春风路1号", "360902400", 0.8),
        # No county: only what means one area in the whole city.
        ("泗溪镇", SIXI, 0.8),
        ("泗溪镇曾家村", "曾家村", 0.8),
        # A village without its township: if the county has one of that name.
        ("上高县曾家村", "曾家村", 0.7),
    ],
)
def test_words_that_mean_one_area(locator: Locator, city: City, place: str, code: str, confidence: float) -> None:
    if not code.isdigit():
        villages = city.level("village")
        code = villages.loc[(villages["short"] == code) & (villages["parent"] == SIXI), "code"].item()
    found = one(locator, place=place)
    assert deepest(found) == code
    assert found["method"] == "names"
    assert found["confidence"] == pytest.approx(confidence, abs=1e-9)
    assert np.isnan(found["lon"]) and np.isnan(found["lat"])


@pytest.mark.parametrize(
    ("place", "county"),
    [
        ("上高县", "360923"),
        ("上高县城区", "360923"),
        ("丰城市人民法院", "360981"),
        ("上高县李家村", "360923"),  # several townships of the county have one
        ("上高县泗溪镇与锦江镇交界", "360923"),  # two townships named
        ("上高县新昌镇", "360923"),  # the township is another county's: the county named stands
        ("高安市大城", "360983"),  # 大城镇, or 大城村 of another township
        ("樟树市大桥路5号", "360982"),  # a road, not 大桥街道
        ("袁州区泗溪路", "360902"),
    ],
)
def test_doubt_goes_up_to_the_county(locator: Locator, place: str, county: str) -> None:
    found = one(locator, place=place)
    assert (found["county_code"], found["town_code"], found["village_code"]) == (county, "", "")
    assert (found["method"], found["level"]) == ("names", "county")
    assert 0 < found["confidence"] <= 0.9


@pytest.mark.parametrize(
    "place",
    [
        "",
        "不知道",
        "宜春市",
        "江西省",
        "李家村",  # in many counties
        "双溪",  # a township's stem and villages elsewhere
        "樟树下",  # a tree
        "上高速路口",  # the motorway
        "湖南省浏阳市三都镇",  # 三都镇 is ours, the city is not
        "浏阳市三都镇",
        "修水县黄港镇",
        "宜丰县天宝乡上高县锦江镇",  # two counties, each with its township
        "上高县和宜丰县",
        "2024-01-01",
    ],
)
def test_nothing_rather_than_a_guess(locator: Locator, place: str) -> None:
    found = one(locator, place=place)
    assert deepest(found) == ""
    assert (found["method"], found["level"], found["confidence"]) == ("none", "none", 0.0)


def test_a_county_column_of_another_city_speaks_too(locator: Locator) -> None:
    assert deepest(one(locator, county="浏阳市", town="三都镇")) == ""


def test_of_two_counties_the_one_with_its_township_is_meant(locator: Locator) -> None:
    found = one(locator, place="宜丰县人在上高县泗溪镇")
    assert found["town_code"] == SIXI and found["confidence"] == pytest.approx(0.57)


def test_names_that_several_townships_share_need_their_county(city: City, locator: Locator) -> None:
    villages = city.level("village").assign(county=lambda v: v["parent"].str[:6])
    shared = villages.groupby("short").filter(lambda g: g["county"].nunique() == len(g) > 1)
    assert len(shared) > 100
    found = locator.locate(pd.DataFrame({"place": shared["short"].tolist()}))
    assert (found["level"] == "none").all()
    titles = city.areas.set_index("code")["name"]
    told = (titles.loc[shared["county"]].to_numpy() + shared["short"].to_numpy()).tolist()
    found = locator.locate(pd.DataFrame({"place": told}))
    assert (found["county_code"].to_numpy() == shared["county"].to_numpy()).all()
    right = found["village_code"].to_numpy() == shared["code"].to_numpy()
    assert (right | (found["village_code"] == "").to_numpy()).all()
    assert right.mean() > 0.7


def test_a_village_name_twice_in_a_county_is_the_county(city: City, locator: Locator) -> None:
    villages = city.level("village").assign(county=lambda v: v["parent"].str[:6])
    twins = villages[villages.duplicated(["county", "short"], keep=False)]
    assert len(twins) > 40
    titles = city.areas.set_index("code")["name"]
    told = titles.loc[twins["county"]].to_numpy() + twins["short"].to_numpy()
    found = locator.locate(pd.DataFrame({"place": told.tolist()}))
    assert (found["county_code"].to_numpy() == twins["county"].to_numpy()).all()
    assert (found["village_code"] == "").all()


def test_every_full_address_is_found(city: City, locator: Locator) -> None:
    titles = city.areas.set_index("code")["name"]
    villages = city.level("village")
    counties = titles.loc[villages["parent"].str[:6]].to_numpy()
    towns = titles.loc[villages["parent"]].to_numpy()
    for named in ("name", "short"):
        told = (counties + towns + villages[named].to_numpy()).tolist()
        found = locator.locate(pd.DataFrame({"place": told}))
        assert (found["town_code"].to_numpy() == villages["parent"].to_numpy()).all()
        wrong = (found["village_code"].to_numpy() != villages["code"].to_numpy()) & (found["village_code"] != "")
        assert not wrong.any()
        twice = villages.duplicated(["parent", named], keep=False).to_numpy()
        assert (found["village_code"] != "").to_numpy()[~twice].all()


@pytest.mark.parametrize(
    ("given", "code", "confidence"),
    [
        ({"county": "上高县", "town": "泗溪镇"}, SIXI, 0.95),
        ({"county": "上高", "town": "泗溪"}, SIXI, 0.85),
        ({"county": "江西省宜春市上高县", "town": "泗溪"}, SIXI, 0.85),
        ({"town": "上高县泗溪镇"}, SIXI, 0.95),
        ({"town": "泗溪"}, SIXI, 0.7),
        ({"county": "上高县", "place": "泗溪镇"}, SIXI, 0.95),
        ({"county": "上高县", "town": "新昌镇"}, "360923", 0.54),
        ({"county": "高安市", "place": "上高县泗溪镇"}, "360983", 0.54),
        ({"county": "宜春市", "town": "泗溪镇"}, SIXI, 0.8),
        ({"county": "市本级", "town": "泗溪镇"}, SIXI, 0.8),
        ({"county": None, "town": float("nan"), "place": "上高县"}, "360923", 0.9),
    ],
)
def test_columns_speak_before_free_text(locator: Locator, given: dict, code: str, confidence: float) -> None:
    found = one(locator, **given)
    assert deepest(found) == code and found["confidence"] == pytest.approx(confidence)


@pytest.mark.parametrize(
    ("code", "area", "level", "confidence"),
    [
        ("360923", "360923", "county", 1.0),
        (SIXI, SIXI, "township", 1.0),
        (SIXI + "000", SIXI, "township", 1.0),
        ("360923000000", "360923", "county", 1.0),
        (" 360923103 ", SIXI, "township", 1.0),
        (SIXI + "299", SIXI, "township", 0.9),  # a village we do not know
        ("360923999", "360923", "county", 0.9),
        (360923103.0, SIXI, "township", 1.0),
        ("360900", "", "none", 0.0),
        ("360000", "", "none", 0.0),
        ("430181", "", "none", 0.0),
        ("", "", "none", 0.0),
        (None, "", "none", 0.0),
    ],
)
def test_codes(locator: Locator, code: object, area: str, level: str, confidence: float) -> None:
    found = one(locator, area_code=code)
    assert (deepest(found), found["level"], found["confidence"]) == (area, level, confidence)
    assert found["method"] == ("code" if area else "none")


def test_a_village_code_gives_all_three(locator: Locator, city: City) -> None:
    village = city.level("village")["code"].iloc[100]
    found = one(locator, area_code=village)
    assert (found["county_code"], found["town_code"], found["village_code"]) == (village[:6], village[:9], village)


def seat(city: City, code: str) -> dict[str, float]:
    """Give the coordinates of a seat."""
    row = city.areas.set_index("code").loc[code]
    return {"lon": float(row["lon"]), "lat": float(row["lat"])}


def test_coordinates(locator: Locator, city: City) -> None:
    found = one(locator, **seat(city, SIXI))
    assert (found["town_code"], found["method"], found["level"]) == (SIXI, "coordinates", "township")
    assert found["confidence"] == 0.7 and (found["lon"], found["lat"]) == tuple(seat(city, SIXI).values())
    ruled = one(locator, **seat(city, "360923206"))
    assert (ruled["town_code"], ruled["confidence"]) == ("360923206", 0.5)


def test_words_that_agree_with_coordinates_make_them_surer(locator: Locator, city: City) -> None:
    found = one(locator, **seat(city, SIXI), place="上高县泗溪镇曾家村")
    assert found["confidence"] == 0.9 and found["method"] == "coordinates"
    assert found["village_code"].startswith(SIXI) and found["level"] == "village"


def test_an_approximate_cell_yields_to_a_township_written_out(locator: Locator, city: City) -> None:
    found = one(locator, **seat(city, SIXI), place="上高县锦江镇")
    assert (found["town_code"], found["method"]) == (JINJIANG, "names")
    assert (found["lon"], found["lat"]) == tuple(seat(city, SIXI).values())
    bare = one(locator, **seat(city, SIXI), place="上高县锦江")
    assert (bare["town_code"], bare["method"]) == (SIXI, "coordinates")


def test_an_official_cell_does_not_yield(city: City, cells: gpd.GeoDataFrame) -> None:
    locator = Locator(city.areas, city.outlines, cells.assign(approximate=False), city.settings.outer_names)
    found = one(locator, **seat(city, SIXI), place="上高县锦江镇")
    assert (found["town_code"], found["method"]) == (SIXI, "coordinates")
    assert found["confidence"] == pytest.approx(0.57)


def test_coordinates_win_over_the_words_of_another_county(locator: Locator, city: City) -> None:
    found = one(locator, **seat(city, SIXI), place="高安市八景镇")
    assert (found["town_code"], found["method"]) == (SIXI, "coordinates")
    assert found["confidence"] == pytest.approx(0.42)


def test_a_code_wins_over_coordinates_and_loses_confidence(locator: Locator, city: City) -> None:
    found = one(locator, area_code=BAJING, **seat(city, SIXI))
    assert (found["town_code"], found["method"], found["confidence"]) == (BAJING, "code", 0.6)
    assert np.isnan(found["lon"])
    agreed = one(locator, area_code=SIXI, **seat(city, SIXI))
    assert agreed["confidence"] == 1.0 and agreed["lon"] == seat(city, SIXI)["lon"]


def test_a_county_code_leaves_the_township_to_the_rest(locator: Locator, city: City) -> None:
    by_point = one(locator, area_code="360923", **seat(city, SIXI))
    assert (by_point["town_code"], by_point["method"]) == (SIXI, "coordinates")
    by_words = one(locator, area_code="360923", place="泗溪镇")
    assert (by_words["town_code"], by_words["method"], by_words["confidence"]) == (SIXI, "names", 0.95)
    elsewhere = one(locator, area_code="360923", place="高安市八景镇")
    assert (deepest(elsewhere), elsewhere["method"], elsewhere["confidence"]) == ("360923", "code", 0.6)


@pytest.mark.parametrize(("lon", "lat"), [(116.4, 39.9), (0.0, 0.0), (28.3, 115.0), (np.nan, 28.3), (np.inf, 28.3)])
def test_coordinates_that_say_nothing_leave_it_to_the_words(locator: Locator, lon: float, lat: float) -> None:
    found = one(locator, lon=lon, lat=lat, place="上高县泗溪镇")
    assert (found["town_code"], found["method"]) == (SIXI, "names")
    assert np.isnan(found["lon"]) and np.isnan(found["lat"])
    assert deepest(one(locator, lon=lon, lat=lat)) == ""


def test_points_on_and_near_borders_go_to_one_side(locator: Locator, city: City, cells: gpd.GeoDataFrame) -> None:
    corners = shapely.get_coordinates(cells.geometry.to_numpy())[::50]
    found = locator.locate(pd.DataFrame(corners, columns=["lon", "lat"]))
    assert (found["county_code"] != "").all()
    same = found["town_code"].str[:6] == found["county_code"]
    assert (same | (found["town_code"] == "")).all()
    inside = locator.locate(
        cells.geometry.representative_point().get_coordinates().rename(columns={"x": "lon", "y": "lat"})
    )
    assert (inside["town_code"].to_numpy() == cells["code"].to_numpy()).all()


def test_the_index_is_kept_and_any_column_may_be_missing(locator: Locator) -> None:
    frame = pd.DataFrame({"place": ["上高县", None, "泗溪镇"]}, index=[7, 7, 3])
    found = locator.locate(frame)
    assert list(found.index) == [7, 7, 3]
    assert list(found["level"]) == ["county", "none", "township"]
    assert list(found.columns) == [
        "county_code", "town_code", "village_code", "lon", "lat", "method", "level", "confidence",
    ]  # fmt: skip
    empty = locator.locate(frame.iloc[:0])
    assert len(empty) == 0 and list(empty.columns) == list(found.columns)
    assert list(locator.locate(pd.DataFrame({"other": [1, 2]}))["level"]) == ["none", "none"]


def test_rows_do_not_influence_each_other(city: City, locator: Locator) -> None:
    rng = np.random.default_rng(5)
    villages = city.level("village").sample(300, random_state=5)
    frame = pd.DataFrame(
        {
            "area_code": np.where(rng.random(300) < 0.3, villages["parent"], ""),
            "lon": np.where(rng.random(300) < 0.5, rng.uniform(114, 116, 300), np.nan),
            "lat": rng.uniform(27.6, 29, 300),
            "place": np.where(rng.random(300) < 0.7, villages["name"], "上高县泗溪镇"),
        }
    )
    together = locator.locate(frame)
    alone = pd.concat([locator.locate(frame.iloc[[i]]) for i in range(300)])
    pd.testing.assert_frame_equal(together, alone)
    shuffled = frame.sample(frac=1, random_state=1)
    pd.testing.assert_frame_equal(locator.locate(shuffled).sort_index(), together)


def test_without_polygons_only_codes_and_words_count(city: City) -> None:
    locator = Locator(city.areas, None, None)
    assert deepest(one(locator, **seat(city, SIXI))) == ""
    assert deepest(one(locator, place="江西省宜春市上高县泗溪镇")) == SIXI
    counties = Locator(city.areas, city.outlines, None)
    found = one(counties, **seat(city, SIXI))
    assert (found["county_code"], found["town_code"], found["confidence"]) == ("360923", "", 0.95)


def test_hostile_text_is_harmless(locator: Locator) -> None:
    place = [
        "上高县" * 20_000,
        "泗溪镇\n高安市\r\n八景镇",
        "\x00\ufffd𠀀",
        "上高县泗溪镇" + "あ" * 10_000,
        "=HYPERLINK(1)",
    ]
    found = locator.locate(pd.DataFrame({"place": place}))
    assert list(found["level"])[0::2] == ["county", "none", "none"]
    assert found["county_code"].iloc[0] == "360923" and found["town_code"].iloc[3] == SIXI


def test_throughput_is_printed(city: City, cells: gpd.GeoDataFrame) -> None:
    titles = city.areas.set_index("code")["name"]
    villages = city.level("village").sample(50_000, replace=True, random_state=1)
    town, county = titles.loc[villages["parent"]].to_numpy(), titles.loc[villages["parent"].str[:6]].to_numpy()
    door = np.arange(len(villages)).astype(str).astype(object)
    told = "江西省宜春市" + county + town + villages["short"].to_numpy() + door + "号"
    rng = np.random.default_rng(1)
    full = pd.DataFrame(
        {"place": told, "lon": rng.uniform(113.9, 116.1, len(told)), "lat": rng.uniform(27.6, 29.1, len(told))}
    )
    for what, frame in {
        "50,000 distinct addresses": full[["place"]],
        "positions": full[["lon", "lat"]],
        "both": full,
    }.items():
        fresh = Locator(city.areas, city.outlines, cells, city.settings.outer_names)
        began = time.process_time()
        found = fresh.locate(frame)
        print(f"{what}: {len(frame) / (time.process_time() - began):,.0f} rows a second of processor time")
        if what != "positions":
            assert (found["county_code"] != "").all()
