"""Each kind of fault in area data is found where it is, and measured."""

from __future__ import annotations

from dataclasses import replace

import geopandas as gpd
import pytest
import shapely

from geo.areas import WGS84, City
from geo.boundaries import service_areas
from geo.check import check
from geo.metric import square_metres
from geo.problems import Problem

WEST, EAST = shapely.box(100, 30, 101, 31), shapely.box(101, 30, 102, 31)


def outlined(city: City, west: object, east: object) -> City:
    """Give the two wards these outlines."""
    shapes = gpd.GeoDataFrame({"code": ["QA01", "QB02"], "name": ["", ""]}, geometry=[west, east], crs=WGS84)
    return replace(city, outlines=shapes)


def found(city: City, kind: str) -> list[Problem]:
    """Check a city and give the problems of one kind."""
    return [p for p in check(city.areas, city.outlines) if p.kind == kind]


def test_sound_data_have_no_problem(invented: City) -> None:
    assert check(invented.areas, invented.outlines) == []


def test_an_overlap_is_measured(invented: City) -> None:
    (problem,) = found(outlined(invented, shapely.box(100, 30, 101.01, 31), EAST), "overlap")
    strip = square_metres([shapely.box(101, 30, 101.01, 31)])[0]
    assert problem.m2 == pytest.approx(strip, rel=1e-6) and problem.code == "QA01" and "西岸区" in problem.detail


def test_a_hole_is_measured(invented: City) -> None:
    hole = shapely.box(100.9, 30.4, 101.1, 30.5)
    (problem,) = found(outlined(invented, WEST.difference(hole), EAST.difference(hole)), "gap")
    assert problem.m2 == pytest.approx(square_metres([hole])[0], rel=1e-6)
    assert "101.0" in problem.detail and "30.4" in problem.detail


def test_a_narrow_gap_open_to_the_outside_is_found(invented: City) -> None:
    city = outlined(invented, shapely.box(100, 30, 100.9998, 31), EAST)
    assert {p.code for p in found(city, "border")} == {"QA01", "QB02"}


def test_borders_whose_corners_do_not_meet_are_found(invented: City) -> None:
    more = shapely.Polygon([(100, 30), (101, 30), (101, 30.5), (101, 31), (100, 31)])
    assert found(outlined(invented, more, EAST), "border")


def test_a_polygon_that_crosses_itself(invented: City) -> None:
    bow = shapely.Polygon([(100, 30), (101, 31), (101, 30), (100, 31)])
    assert [p.code for p in found(outlined(invented, bow, EAST), "invalid")] == ["QA01"]


def test_seats_outside_their_county(invented: City) -> None:
    areas = invented.areas.copy()
    areas.loc[areas["code"] == "QA01-01", ["lon", "lat"]] = (101.5, 30.1)
    areas.loc[areas["code"] == "QB02", ["lon", "lat"]] = (100.5, 30.1)
    problems = found(replace(invented, areas=areas), "seat_outside")
    assert [p.code for p in problems] == ["QA01-01", "QB02"]


def test_seats_outside_their_own_official_outline(invented: City) -> None:
    official = gpd.GeoDataFrame(
        {"code": ["QA01-01"], "name": [""]}, geometry=[shapely.box(100.5, 30, 101, 30.5)], crs=WGS84
    )
    city = replace(invented, township_outlines=official)
    problems = [p for p in check(city.areas, city.outlines, service_areas(city)) if p.kind == "seat_outside"]
    assert "QA01-01" in [p.code for p in problems]


def test_missing_seats_parents_and_outlines(invented: City) -> None:
    areas = invented.areas.copy()
    areas.loc[areas["code"] == "QA01-01", ["lon", "lat"]] = float("nan")
    areas.loc[areas["code"] == "QA01-02", "parent"] = "QX99"
    areas.loc[areas["code"] == "QB02-01", "parent"] = "Q1"
    city = replace(invented, areas=areas)
    assert [p.code for p in found(city, "no_seat")] == ["QA01-01"]
    assert [(p.code, p.name) for p in found(city, "no_parent")] == [("QA01-02", "石塘镇"), ("QB02-01", "石塘镇")]
    only_west = replace(invented, outlines=invented.outlines.head(1))
    assert [p.code for p in found(only_west, "no_outline")] == ["QB02"]
    strange = invented.outlines.assign(code=["QA01", "QZ77"])
    assert [p.code for p in found(replace(invented, outlines=strange), "unknown_outline")] == ["QZ77"]


def test_cells_that_do_not_fill_their_county(invented: City) -> None:
    cells = service_areas(invented)
    fewer = cells[cells["code"] != "QA01-01"]
    problems = check(invented.areas, invented.outlines, fewer)
    gap = next(p for p in problems if p.kind == "gap")
    lost = square_metres(cells.geometry[cells["code"] == "QA01-01"].to_numpy())[0]
    assert gap.code == "QA01" and gap.m2 == pytest.approx(lost, rel=1e-2)
    beyond = cells.set_geometry([*cells.geometry.iloc[:-1], shapely.box(101.5, 30, 102.5, 31)])
    assert "overlap" in {p.kind for p in check(invented.areas, invented.outlines, beyond)}
