"""Map files: small, seamless, named after their content, the same bytes every time."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely

from geo.areas import WGS84, City
from geo.boundaries import service_areas, simplified, write_static
from geo.errors import GeoError

Features = dict[str, dict]


def features(path: Path) -> Features:
    """Read a map file by code."""
    return {f["properties"]["code"]: f for f in json.loads(path.read_text("utf-8"))["features"]}


def shape(feature: dict) -> object:
    """Give the geometry of a feature."""
    return shapely.from_geojson(json.dumps(feature["geometry"]))


def files(manifest: dict) -> list[str]:
    """List the map files of a manifest."""
    return [manifest["city"], manifest["townships"], *(c["file"] for c in manifest["counties"].values())]


@pytest.fixture(scope="module")
def written(city: City, cells: gpd.GeoDataFrame, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict]:
    """The map files of the built-in city."""
    folder = tmp_path_factory.mktemp("maps")
    return folder, write_static(city, cells, folder)


def test_each_file_is_below_120_kB_compressed(written: tuple[Path, dict]) -> None:
    folder, manifest = written
    sizes = {name: len(gzip.compress((folder / name).read_bytes())) for name in files(manifest)}
    print("gzipped bytes:", sizes)
    assert max(sizes.values()) < 120_000
    assert len(sizes) == 12


def test_a_name_is_the_hash_of_the_content(written: tuple[Path, dict]) -> None:
    folder, manifest = written
    for name in files(manifest):
        digest = hashlib.sha256((folder / name).read_bytes()).hexdigest()
        assert name.rsplit("-", 1)[1] == f"{digest[:12]}.geojson"
    assert json.loads((folder / "manifest.json").read_text("utf-8")) == manifest
    assert {p.name for p in folder.iterdir()} == {*files(manifest), "manifest.json"}


def test_the_same_city_gives_the_same_bytes(
    written: tuple[Path, dict], city: City, cells: gpd.GeoDataFrame, tmp_path: Path
) -> None:
    folder, manifest = written
    assert write_static(city, cells, tmp_path) == manifest
    for name in (*files(manifest), "manifest.json"):
        assert (tmp_path / name).read_bytes() == (folder / name).read_bytes()


def test_another_name_gives_another_file(city: City, cells: gpd.GeoDataFrame, written: tuple, tmp_path: Path) -> None:
    areas = city.areas.copy()
    areas.loc[areas["code"] == "360923103", "name"] = "新泗溪镇"
    changed = write_static(replace(city, areas=areas), cells, tmp_path)
    _, manifest = written
    assert changed["counties"]["360923"]["file"] != manifest["counties"]["360923"]["file"]
    assert changed["counties"]["360924"]["file"] == manifest["counties"]["360924"]["file"]


def test_borders_stay_shared(written: tuple[Path, dict]) -> None:
    folder, manifest = written
    every = [features(folder / c["file"]) for c in manifest["counties"].values()]
    fine = np.array([shape(f) for county in every for f in county.values()])
    coarse = np.array([shape(f) for f in features(folder / manifest["townships"]).values()])
    counties = np.array([shape(f) for f in features(folder / manifest["city"]).values()])
    assert (len(fine), len(coarse), len(counties)) == (219, 219, 10)
    for shapes in (fine, coarse, counties):
        assert shapely.is_valid(shapes).all() and shapely.coverage_is_valid(shapes)
    together = shapely.union_all(coarse)
    assert shapely.area(shapely.symmetric_difference(together, shapely.union_all(counties))) == 0


def test_simplifying_keeps_the_shape(cells: gpd.GeoDataFrame) -> None:
    simple = simplified(cells, 100.0)
    before, after = (
        shapely.get_num_coordinates(cells.geometry).sum(),
        shapely.get_num_coordinates(simple.geometry).sum(),
    )
    assert after < before / 2
    old, new = cells.geometry.to_numpy(), simple.geometry.to_numpy()
    change = shapely.area(shapely.symmetric_difference(old, new)).sum() / shapely.area(old).sum()
    assert change < 0.02


def test_what_a_map_needs_is_in_the_properties(written: tuple[Path, dict], city: City) -> None:
    folder, manifest = written
    county = features(folder / manifest["city"])["360923"]["properties"]
    assert (county["name"], county["en"], county["kind"]) == ("上高县", "Shanggao County", "县")
    towns = features(folder / manifest["counties"]["360923"]["file"])
    assert set(towns) == set(city.areas.loc[city.areas["parent"] == "360923", "code"])
    for feature in towns.values():
        told = feature["properties"]
        assert told["approximate"] is True and told["county"] == "360923"
        assert shape(feature).covers(shapely.Point(told["label"]))
        assert shape(feature).buffer(0.001).covers(shapely.Point(told["seat"]))
        assert told["label_radius"] > 0
    known = city.areas.set_index("code")["seat_verified"]
    assert all(f["properties"]["verified"] == bool(known[c]) for c, f in towns.items())
    west, south, east, north = manifest["counties"]["360923"]["bounds"]
    assert 114 < west < east < 116 and 27 < south < north < 29
    assert any("GeoNames" in line for line in manifest["attribution"])
    told_in_chinese = city.settings.attribution_zh
    assert len(told_in_chinese) == len(manifest["attribution"]) and all(re.search("[\u4e00-\u9fff]", line) for line in told_in_chinese)


def test_a_large_city_is_simplified_until_it_fits(tmp_path: Path, invented: City) -> None:
    turn = np.linspace(0, 2 * np.pi, 20_000, endpoint=False)
    rng = np.random.default_rng(3)
    radius = 0.4 + 0.05 * rng.random(len(turn))
    rough = shapely.Polygon(np.column_stack([100.5 + radius * np.cos(turn), 30.5 + radius * np.sin(turn)]))
    assert rough.is_valid
    outlines = invented.outlines.copy()
    outlines.loc[outlines["code"] == "QA01", "geometry"] = rough
    outlines = outlines[outlines["code"] == "QA01"]
    city = replace(invented, outlines=outlines, areas=invented.areas[invented.areas["code"].str[:2] != "QB"])
    cells = service_areas(city)
    manifest = write_static(city, cells, tmp_path)
    raw = len(gzip.compress(cells.to_json().encode()))
    sizes = [len(gzip.compress((tmp_path / name).read_bytes())) for name in files(manifest)]
    assert max(sizes) < 120_000 < raw


def test_shapes_that_do_not_meet_are_refused() -> None:
    pair = [shapely.box(0, 0, 1, 1), shapely.box(0.5, 0, 2, 1)]
    with pytest.raises(GeoError, match="geo check"):
        simplified(gpd.GeoDataFrame({"code": ["a", "b"]}, geometry=pair, crs=WGS84), 10.0)
