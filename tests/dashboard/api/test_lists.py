"""Matters, areas, feeds and listings."""

from __future__ import annotations

import re
from urllib.parse import quote

import pytest

from services.wiring import Services


def every(ask, query: str, user: str = "city", limit: int = 37) -> list[dict]:
    found, cursor = [], ""
    while cursor is not None:
        page = ask(f"/api/v1/matters?{query}&limit={limit}" + (f"&cursor={cursor}" if cursor else ""), user).json
        found, cursor = found + page["rows"], page["next"]
        assert len(page["rows"]) <= limit
    assert page["total"] == len(found)
    return found


@pytest.mark.parametrize("sort", ["-accepted_on", "accepted_on", "due_on", "-people", "category", "title", "county_code", "-amount"])
def test_paging_gives_every_matter_once_in_order(ask, sort: str) -> None:
    found = every(ask, f"area=360923&from=2025-01-01&to=2026-11-24&sort={sort}")
    codes = [row["code"] for row in found]
    assert len(codes) == len(set(codes)) > 74
    values = [row[sort.lstrip("-")] for row in found if row[sort.lstrip("-")] is not None]
    assert values == sorted(values, reverse=sort.startswith("-"))


def test_search_finds_by_title_and_by_number(ask) -> None:
    some = every(ask, "area=360900&from=2026-06-01&to=2026-09-30")
    word = some[0]["title"][:2]
    hits = every(ask, f"area=360900&from=2026-06-01&to=2026-09-30&q={word}")
    assert some[0]["code"] in {row["code"] for row in hits}
    assert all(word in row["title"] for row in hits)
    assert len(hits) < len(some)
    number = ask(f"/api/v1/matters/{some[0]['code']}").json["records"][0]["number"]
    assert number
    by_number = ask(f"/api/v1/matters?from=2023-01-01&q={quote(number)}")
    assert some[0]["code"] in {row["code"] for row in by_number.json["rows"]}


def test_a_matter_has_its_records_masked(ask) -> None:
    listed = every(ask, "area=360900&from=2026-01-01&to=2026-11-24&sort=-people", limit=500)
    many = [row for row in listed if row["record_count"] > 1][:5]
    assert many
    for row in many:
        file = ask(f"/api/v1/matters/{row['code']}").json
        assert len(file["records"]) == row["record_count"] == file["matter"]["record_count"]
        assert file["links"]
        text = repr(file)
        assert not re.search(r"(?<!\d)\d{17}[\dX](?!\d)", re.sub(r"'external_id': '[^']*'", "", text))
        assert all("*" in party["name"] or len(party["name"]) > 4 for r in file["records"] for party in r["parties"])


def test_reading_a_matter_is_written_down(ask, small_city: Services) -> None:
    from sqlalchemy import select

    from store.engine import reading
    from store.schema import audit

    code = ask("/api/v1/matters?limit=1").json["rows"][0]["code"]

    def times() -> int:
        with reading(small_city.engine) as connection:
            rows = connection.execute(select(audit).where(audit.c.act == "read_matter", audit.c.account == "city")).mappings()
            return sum(row["detail"] == {"code": code, "door": "api"} for row in rows)

    before = times()
    etag = ask(f"/api/v1/matters/{code}").headers["ETag"]
    ask(f"/api/v1/matters/{code}", If_None_Match=etag)
    assert times() == before + 2


def test_areas_are_geojson_inside_the_parent(ask) -> None:
    counties = ask("/api/v1/areas?level=county").json
    assert counties["type"] == "FeatureCollection"
    assert len(counties["features"]) == 10
    towns = ask("/api/v1/areas?parent=360923")
    assert towns.content_type == "application/geo+json"
    assert {f["properties"]["parent"] for f in towns.json["features"]} == {"360923"}
    assert len(ask("/api/v1/areas?level=township").json["features"]) == 219
    lon, lat = counties["features"][0]["properties"]["seat"]
    assert 113 < lon < 117 and 27 < lat < 30


def test_feeds_and_listings_have_their_fields(ask, small_city: Services) -> None:
    feeds = ask("/api/v1/feeds").json["rows"]
    assert {f["feed"] for f in feeds} == set(small_city.specs)
    assert all(f["data_at"] for f in feeds)
    found = ask("/api/v1/listings").json["rows"]
    for state in {row["state"] for row in found}:
        part = ask(f"/api/v1/listings?state={state}").json["rows"]
        assert [r["id"] for r in part] == [r["id"] for r in found if r["state"] == state]
