"""Service areas: they fill the county, meet without gap or overlap, and belong to the nearest seat."""

from __future__ import annotations

from dataclasses import replace

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.areas import WGS84, City
from geo.boundaries import service_areas
from geo.metric import scales


def overlaps(shapes: np.ndarray) -> float:
    """Add up the ground that two shapes share, in square degrees."""
    left, right = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    pairs = left < right
    return float(shapely.area(shapely.intersection(shapes[left[pairs]], shapes[right[pairs]])).sum())


def filled(city: City, cells: gpd.GeoDataFrame) -> None:
    """Every county is exactly its cells, and all cells of the city meet corner by corner."""
    shapes = cells.geometry.to_numpy()
    assert shapely.is_valid(shapes).all()
    assert shapely.coverage_is_valid(shapes)
    assert overlaps(shapes) < 1e-12
    for code, outline in zip(city.outlines["code"], city.outlines.geometry, strict=True):
        mine = shapes[(cells["county"] == code).to_numpy()]
        assert abs(shapely.area(mine).sum() - outline.area) / outline.area < 1e-9
        assert shapely.area(shapely.symmetric_difference(shapely.union_all(mine), outline)) / outline.area < 1e-9


def test_the_cells_fill_the_city(city: City, cells: gpd.GeoDataFrame) -> None:
    assert list(cells["code"]) == list(city.level("township")["code"])
    assert cells["approximate"].all()
    assert cells.crs == WGS84
    filled(city, cells)


def test_a_point_belongs_to_the_nearest_seat(city: City, cells: gpd.GeoDataFrame) -> None:
    towns = city.level("township").set_index("code")
    rng = np.random.default_rng(7)
    for county, outline in zip(city.outlines["code"], city.outlines.geometry, strict=True):
        west, south, east, north = outline.bounds
        points = rng.uniform((west, south), (east, north), (300, 2))
        points = points[shapely.contains_xy(outline, points[:, 0], points[:, 1])]
        mine = towns[towns["parent"] == county]
        scale = scales(outline.centroid.y)
        apart = np.hypot(*((points[:, None] - mine[["lon", "lat"]].to_numpy()[None]) * scale).transpose(2, 0, 1))
        order = np.sort(apart, axis=1)
        clear = order[:, 1] - order[:, 0] > 1.0
        nearest = mine.index.to_numpy()[apart.argmin(axis=1)]
        shapes = dict(zip(cells["code"], cells.geometry, strict=True))
        assert all(shapes[c].covers(shapely.Point(p)) for c, p in zip(nearest[clear], points[clear], strict=True))


def test_every_seat_is_in_its_own_cell(city: City, cells: gpd.GeoDataFrame) -> None:
    towns = city.level("township").set_index("code").loc[cells["code"]]
    assert shapely.contains_xy(cells.geometry.to_numpy(), towns["lon"].to_numpy(), towns["lat"].to_numpy()).all()


def test_it_is_the_same_every_time(city: City, cells: gpd.GeoDataFrame) -> None:
    assert service_areas(city).geometry.geom_equals_identical(cells.geometry).all()


def test_seats_on_one_point_still_get_ground_each(invented: City) -> None:
    cells = service_areas(invented)
    twins = cells[cells["county"] == "QB02"]
    assert list(twins["code"]) == ["QB02-01", "QB02-02"]
    assert (shapely.area(twins.geometry.to_numpy()) > 0.1).all()
    filled(invented, cells)


def test_a_seat_that_was_missing_is_placed_and_marked(invented: City) -> None:
    towns = invented.level("township").set_index("code")
    assert shapely.box(100, 30, 101, 31).contains(shapely.Point(towns.loc["QA01-03", ["lon", "lat"]].astype(float)))
    assert towns.loc["QA01-03", "seat_source"].startswith("rule:")
    assert not towns.loc["QA01-03", "seat_verified"]
    ward = invented.level("county").set_index("code").loc["QB02"]
    assert ward["seat_source"].startswith("rule:") and shapely.box(101, 30, 102, 31).contains(
        shapely.Point(ward["lon"], ward["lat"])
    )


def test_a_seat_outside_its_county_keeps_a_cell_inside(invented: City) -> None:
    areas = invented.areas.copy()
    areas.loc[areas["code"] == "QA01-01", ["lon", "lat"]] = (101.7, 30.2)
    cells = service_areas(replace(invented, areas=areas))
    assert "QA01-01" in set(cells["code"])
    filled(invented, cells)


def test_a_county_without_townships_is_one_cell(invented: City) -> None:
    areas = invented.areas[~invented.areas["parent"].isin(["QB02", "QB02-01"])]
    bare = replace(invented, areas=areas)
    cells = service_areas(bare)
    alone = cells[cells["county"] == "QB02"]
    assert list(alone["code"]) == ["QB02"] and not alone["approximate"].any()
    filled(bare, cells)


def with_outline(city: City, **shapes: object) -> City:
    """Give the city some official township outlines."""
    codes = [c.replace("_", "-") for c in shapes]
    return replace(
        city,
        township_outlines=gpd.GeoDataFrame({"code": codes, "name": codes}, geometry=list(shapes.values()), crs=WGS84),
    )


def test_an_official_outline_is_kept_and_the_rest_divided(invented: City) -> None:
    official = shapely.box(100.6, 30.5, 101, 31)
    drawn = with_outline(invented, QA01_02=official)
    cells = service_areas(drawn).set_index("code")
    assert shapely.equals(shapely.normalize(cells.geometry["QA01-02"]), shapely.normalize(official)) or (
        shapely.area(shapely.symmetric_difference(cells.geometry["QA01-02"], official)) < 1e-12
    )
    assert not cells.loc["QA01-02", "approximate"] and cells.loc["QA01-01", "approximate"]
    filled(drawn, cells.reset_index())


def test_slivers_between_official_outlines_go_to_the_nearest(invented: City) -> None:
    drawn = with_outline(
        invented,
        QA01_01=shapely.box(100, 30, 100.3, 31),
        QA01_02=shapely.box(100.301, 30, 100.6, 31),
        QA01_03=shapely.box(100.6, 30, 101, 31),
    )
    cells = service_areas(drawn)
    assert not cells.loc[cells["county"] == "QA01", "approximate"].any()
    filled(drawn, cells)


def test_official_outlines_that_overlap_do_not_overlap_afterwards(invented: City) -> None:
    drawn = with_outline(invented, QA01_01=shapely.box(100, 30, 100.6, 31), QA01_02=shapely.box(100.5, 30, 101, 31))
    filled(drawn, service_areas(drawn))


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.tuples(st.floats(100.01, 100.99), st.floats(30.01, 30.99)), min_size=3, max_size=3),
    st.lists(st.tuples(st.floats(99.0, 102.5), st.floats(29.5, 31.5)), min_size=2, max_size=2),
)
def test_any_seats_give_a_seamless_division(inside: list, anywhere: list) -> None:
    city = _invented_once()
    areas = city.areas.copy()
    towns = areas["level"] == "township"
    areas.loc[towns, ["lon", "lat"]] = np.array([*inside, *anywhere])
    moved = replace(city, areas=areas)
    cells = service_areas(moved)
    filled(moved, cells)
    assert set(cells["county"]) == {"QA01", "QB02"}


_KEPT: list[City] = []


def _invented_once() -> City:
    """Load the invented city once for all examples."""
    assert _KEPT, "the fixture below fills this first"
    return _KEPT[0]


@pytest.fixture(autouse=True)
def _keep(invented: City) -> None:
    """Keep the invented city for the property test, whose examples may not use function fixtures."""
    _KEPT[:] = [invented]
