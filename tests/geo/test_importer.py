"""Official data come in any format, projection, datum and encoding, and are matched by code or by name."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from geo.areas import WGS84, City, load_city
from geo.boundaries import service_areas
from geo.check import check
from geo.datum import wgs84_to_bd09, wgs84_to_gcj02
from geo.errors import GeoError
from geo.importer import apply, match, read_layer
from geo.save import save_city

SIXI, JINJIANG = "360923103", "360923102"
CENTIMETRE = 1e-7  # degrees


@pytest.fixture(scope="module")
def outlines(cells: gpd.GeoDataFrame, city: City) -> gpd.GeoDataFrame:
    """Twelve townships' outlines as an office might hand them over, in WGS-84."""
    some = cells[cells["county"] == "360925"].reset_index(drop=True)
    names = city.areas.set_index("code")["name"].loc[some["code"]].to_numpy()
    return gpd.GeoDataFrame({"区划代码": some["code"], "名称": names}, geometry=some.geometry.to_numpy(), crs=WGS84)


def same_places(found: gpd.GeoDataFrame, wanted: gpd.GeoDataFrame, degrees: float = CENTIMETRE) -> None:
    """The geometries are the same, corner by corner, within a distance."""
    apart = shapely.hausdorff_distance(found.geometry.to_numpy(), wanted.geometry.to_numpy())
    assert len(found) == len(wanted) and apart.max() < degrees


@pytest.mark.parametrize("name", ["a.gpkg", "a.geojson", "a.shp"])
def test_formats(outlines: gpd.GeoDataFrame, city: City, tmp_path: Path, name: str) -> None:
    outlines.to_file(tmp_path / name, encoding="UTF-8", engine="pyogrio")
    found = read_layer(tmp_path / name)
    same_places(found, outlines)
    assert list(found["code"]) == list(outlines["区划代码"]) and list(found["name"]) == list(outlines["名称"])
    matched, problems = match(found, city.areas)
    assert list(matched["code"]) == list(outlines["区划代码"]) and set(matched["what"]) == {"outline"}
    assert {p.kind for p in problems} == {"missing"} and len(problems) == 219 - 12


def test_a_zipped_shapefile(outlines: gpd.GeoDataFrame, tmp_path: Path) -> None:
    import zipfile

    outlines.to_file(tmp_path / "a.shp", encoding="GB18030", engine="pyogrio")
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as packed:
        for part in ("shp", "shx", "dbf", "prj"):
            packed.write(tmp_path / f"a.{part}", f"a.{part}")
    assert list(read_layer(tmp_path / "a.zip")["name"]) == list(outlines["名称"])


@pytest.mark.parametrize(
    ("written", "declared"), [("GB18030", None), ("UTF-8", None), ("GB18030", "UTF-8"), ("UTF-8", "GBK")]
)
def test_a_shapefile_whose_encoding_is_missing_or_wrong(
    outlines: gpd.GeoDataFrame, tmp_path: Path, written: str, declared: str | None
) -> None:
    outlines.to_file(tmp_path / "a.shp", encoding=written, engine="pyogrio")
    (tmp_path / "a.cpg").unlink()
    if declared:
        (tmp_path / "a.cpg").write_text(declared)
    found = read_layer(tmp_path / "a.shp", code_field=None)
    assert list(found["name"]) == list(outlines["名称"])


@pytest.mark.parametrize("crs", ["EPSG:4547", "EPSG:4490", "EPSG:3857", "EPSG:32650"])
def test_projections(outlines: gpd.GeoDataFrame, tmp_path: Path, crs: str) -> None:
    outlines.to_crs(crs).to_file(tmp_path / "a.gpkg", engine="pyogrio")
    same_places(read_layer(tmp_path / "a.gpkg"), outlines)


def test_a_missing_projection_is_asked_for(outlines: gpd.GeoDataFrame, tmp_path: Path) -> None:
    outlines.to_crs("EPSG:4547").to_file(tmp_path / "a.shp", encoding="UTF-8", engine="pyogrio")
    (tmp_path / "a.prj").unlink()
    with pytest.raises(GeoError, match="EPSG:4547"):
        read_layer(tmp_path / "a.shp")
    same_places(read_layer(tmp_path / "a.shp", crs="EPSG:4547"), outlines)
    outlines.to_file(tmp_path / "b.shp", encoding="UTF-8", engine="pyogrio")
    (tmp_path / "b.prj").unlink()
    same_places(read_layer(tmp_path / "b.shp"), outlines)


@pytest.mark.parametrize(("datum", "shift"), [("gcj02", wgs84_to_gcj02), ("bd09", wgs84_to_bd09)])
def test_shifted_datums_are_undone(outlines: gpd.GeoDataFrame, tmp_path: Path, datum: str, shift: object) -> None:
    moved = shapely.transform(outlines.geometry.to_numpy(), lambda p: np.column_stack(shift(p[:, 0], p[:, 1])))
    outlines.set_geometry(moved, crs=WGS84).to_file(tmp_path / "a.gpkg", engine="pyogrio")
    same_places(read_layer(tmp_path / "a.gpkg", datum=datum), outlines)
    apart = shapely.hausdorff_distance(
        read_layer(tmp_path / "a.gpkg").geometry.to_numpy(), outlines.geometry.to_numpy()
    )
    assert apart.min() > 1e-3


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("separator", [",", "\t", ";"])
def test_seats_from_a_table(tmp_path: Path, city: City, encoding: str, separator: str) -> None:
    x, y = wgs84_to_gcj02([115.05, 115.01], [28.31, 28.25])
    lines = ["名称,经度,纬度", f"泗溪镇,{x[0]},{y[0]}", f"上高县锦江镇,{x[1]},{y[1]}"]
    path = tmp_path / "seats.csv"
    path.write_bytes("\n".join(lines).replace(",", separator).encode(encoding))
    matched, problems = match(read_layer(path, datum="gcj02"), city.areas)
    assert list(matched["code"]) == [JINJIANG, SIXI] and set(matched["what"]) == {"seat"}
    assert np.allclose(matched[["lon", "lat"]], [[115.01, 28.25], [115.05, 28.31]], atol=CENTIMETRE)
    assert {p.kind for p in problems} == {"missing"}


def test_projected_coordinates_and_wkt_in_a_table(tmp_path: Path) -> None:
    there = gpd.GeoSeries([shapely.Point(115.05, 28.31)], crs=WGS84).to_crs("EPSG:4547")[0]
    (tmp_path / "a.csv").write_text(f"code,x,y\n{SIXI},{there.x},{there.y}\n", "utf-8")
    found = read_layer(tmp_path / "a.csv", crs="EPSG:4547")
    assert np.allclose(shapely.get_coordinates(found.geometry), [[115.05, 28.31]], atol=CENTIMETRE)
    with pytest.raises(GeoError, match="EPSG:4547"):
        read_layer(tmp_path / "a.csv")
    (tmp_path / "b.csv").write_text(f'code,wkt\n{SIXI},"POLYGON((115 28,116 28,116 29,115 28))"\n', "utf-8")
    assert read_layer(tmp_path / "b.csv").geometry.iloc[0].geom_type == "Polygon"


def test_a_table_keeps_its_codes_and_empty_rows(tmp_path: Path, invented: City) -> None:
    (tmp_path / "a.csv").write_text("code,lon,lat\n0036,100.5,30.5\nQA01-01,,\nQA01-02,100.9,30.9\n", "utf-8")
    layer = read_layer(tmp_path / "a.csv")
    assert list(layer["code"]) == ["0036", "QA01-01", "QA01-02"]
    matched, problems = match(layer, invented.areas)
    assert list(matched["code"]) == ["QA01-02"]
    assert [(p.kind, p.code) for p in problems if p.kind != "missing"] == [("unmatched", "0036"), ("empty", "QA01-01")]


@pytest.mark.parametrize(
    ("name", "content", "arguments", "says"),
    [
        ("none.gpkg", None, {}, "does not exist"),
        ("a.xlsx", b"PK", {}, "unknown kind"),
        ("a.gpkg", b"not a database", {}, "cannot be read"),
        ("a.shp", b"", {}, "cannot be read"),
        ("a.geojson", b"{", {}, "cannot be read"),
        ("a.geojson", b'{"type":"FeatureCollection","features":[]}', {}, "no features"),
        ("a.csv", b"", {}, "not a regular table"),
        ("a.csv", b"code,lon,lat\n", {}, "no features"),
        ("a.csv", b"code,lon,lat\n1,,\n", {}, "no features"),
        ("a.csv", b"code,east,north\n1,2,3\n", {}, "lon and lat"),
        ("a.csv", b"id,lon,lat\n1,115,28\n", {}, "which column is the code"),
        ("a.csv", b"code,lon,lat\n1,28.3,115.1\n", {}, "not in degrees|swapped"),
        ("a.csv", b"code,lon,lat\n1,115,28\n", {"datum": "xian80"}, "unknown datum"),
        ("a.csv", b"code,lon,lat\n1,115,28\n", {"crs": "EPSG:0"}, "no coordinate reference system"),
        ("a.csv", b"code,lon,lat\n1,115,28\n", {"code_field": "dm"}, "no column 'dm'"),
        ("a.csv", b"code,wkt\n1,POINT(1\n", {}, "not WKT"),
        ("a.csv", b"\xff\xff\xff,\x81", {}, "neither UTF-8 nor GB18030"),
    ],
)
def test_bad_files_are_refused_with_what_to_do(
    tmp_path: Path, name: str, content: bytes | None, arguments: dict, says: str
) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(GeoError, match=says):
        read_layer(tmp_path / name, **arguments)


def test_a_file_with_several_layers_asks_which(outlines: gpd.GeoDataFrame, tmp_path: Path) -> None:
    outlines.to_file(tmp_path / "a.gpkg", layer="乡镇", engine="pyogrio")
    outlines.head(2).to_file(tmp_path / "a.gpkg", layer="草稿", engine="pyogrio")
    with pytest.raises(GeoError, match="乡镇"):
        read_layer(tmp_path / "a.gpkg")
    assert len(read_layer(tmp_path / "a.gpkg", layer="草稿")) == 2


def layer_of(*rows: tuple[str, str, object]) -> gpd.GeoDataFrame:
    """Make a layer as `read_layer` gives it."""
    codes, names, shapes = zip(*rows, strict=True)
    return gpd.GeoDataFrame({"code": codes, "name": names, "repaired": False}, geometry=list(shapes), crs=WGS84)


def test_matching_by_code_and_by_name(city: City) -> None:
    here = shapely.Point(115.05, 28.31)
    layer = layer_of(
        (SIXI + "000", "", here),
        ("", "上高县锦江镇", here),
        ("", "敖阳", here),
        ("360923104", "泗溪镇", here),
        ("999999999", "南港镇", here),
        ("", "李家村", here),
        ("", "无名镇", here),
        ("999999999", "", here),
        ("", "芦洲乡", shapely.LineString([(115, 28), (116, 29)])),
    )
    matched, problems = match(layer, city.areas)
    assert list(matched["code"]) == ["360923001", JINJIANG, SIXI, "360923104", "360923105"]
    told = [(p.kind, p.name) for p in problems if p.kind != "missing"]
    assert told == [
        ("disagree", "泗溪镇"),
        ("disagree", "南港镇"),
        ("ambiguous", "李家村"),
        ("unmatched", "无名镇"),
        ("unmatched", ""),
        ("unmatched", "芦洲乡"),
    ]


def test_namesakes_are_told_apart_by_position_or_level(invented: City) -> None:
    east, west = shapely.Point(100.9, 30.9), shapely.Point(101.2, 30.2)
    layer = layer_of(("", "石塘镇", east), ("", "石塘镇", west))
    assert not len(match(layer, invented.areas)[0])
    matched, _ = match(layer, invented.areas, invented.outlines)
    assert list(matched["code"]) == ["QA01-02", "QB02-01"]
    assert not len(match(layer, invented.areas, invented.outlines, level="county")[0])


def test_parts_of_one_area_are_joined_and_second_points_reported(invented: City) -> None:
    layer = layer_of(
        ("QA01-01", "", shapely.box(100, 30, 100.2, 30.2)),
        ("QA01-01", "", shapely.box(100.2, 30, 100.4, 30.2)),
        ("QA01-02", "", shapely.Point(100.8, 30.8)),
        ("QA01-02", "", shapely.Point(100.7, 30.7)),
    )
    matched, problems = match(layer, invented.areas)
    assert list(matched["what"]) == ["outline", "seat"]
    assert matched.geometry.iloc[0].equals(shapely.box(100, 30, 100.4, 30.2))
    assert (matched["lon"].iloc[1], matched["lat"].iloc[1]) == (100.8, 30.8)
    assert [p.code for p in problems if p.kind == "repeated"] == ["QA01-02"]


def test_a_polygon_that_crosses_itself_is_repaired_and_said_so(tmp_path: Path, invented: City) -> None:
    bow = "POLYGON((100 30,101 31,101 30,100 31,100 30))"
    (tmp_path / "a.csv").write_text(f'code,wkt\nQA01-01,"{bow}"\n', "utf-8")
    layer = read_layer(tmp_path / "a.csv")
    assert layer["repaired"].all() and layer.geometry.is_valid.all()
    assert shapely.area(layer.geometry.to_numpy()).sum() == pytest.approx(0.5)
    _, problems = match(layer, invented.areas)
    assert [p.kind for p in problems if p.kind != "missing"] == ["repaired"]


def test_imported_seats_and_outlines_take_effect_and_stay(invented: City, tmp_path: Path) -> None:
    layer = layer_of(
        ("QA01-03", "", shapely.Point(100.1, 30.9)),
        ("QA01-02", "", shapely.box(100.5, 30, 101, 31)),
        ("QB02", "", shapely.box(101, 30, 102, 31)),
    )
    matched, _ = match(layer, invented.areas)
    changed = apply(invented, matched, "survey 2031")
    seat = changed.areas.set_index("code").loc["QA01-03"]
    assert (seat["lon"], seat["lat"], seat["seat_source"], bool(seat["seat_verified"])) == (
        100.1,
        30.9,
        "survey 2031",
        True,
    )
    assert not invented.areas.set_index("code").loc["QA01-03", "seat_verified"]
    save_city(changed, tmp_path / "saved")
    back = load_city(tmp_path / "saved")
    pd.testing.assert_frame_equal(back.areas, changed.areas)
    cells = service_areas(back).set_index("code")
    assert not cells.loc["QA01-02", "approximate"] and cells.loc["QA01-03", "approximate"]
    assert cells.geometry["QA01-02"].symmetric_difference(shapely.box(100.5, 30, 101, 31)).area < 1e-12
    assert not [
        p for p in check(back.areas, back.outlines, cells.reset_index()) if p.kind in ("gap", "overlap", "border")
    ]
