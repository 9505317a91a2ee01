"""The list of matters on a real city: its numbers, its order, its columns, its downloads, and what it refuses."""

from __future__ import annotations

import csv
import io
import time
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import openpyxl
import pytest
from dash import Dash

from app import build_app
from dashboard import urlstate
from matters.access import Scope
from services.auth import DEMO_PASSWORD
from tests.dashboard.case_driving import figures, run
from tests.dashboard.driving import elements, enter, words

if TYPE_CHECKING:
    from services.wiring import Services

CITY = Scope.of("test", "city_leader", "city")
COUNTY = Scope.of("test", "county_leader", "county", "360923")
SEARCHES = ["", "?part=open&window=all", "?part=overdue&window=all", "?window=all&area=360923", "?area=360923103", "?part=civil_filings",
            "?part=open&window=all&scale=group", "?category=02&agency=centre", "?part=open&window=all&due_within=3"]  # fmt: skip


@pytest.fixture(scope="module")
def app(small_city: Services) -> Dash:
    return build_app(small_city)


@pytest.fixture(scope="module")
def city(app: Dash) -> Any:
    return enter(app, "city", DEMO_PASSWORD)


@pytest.fixture(scope="module")
def county(app: Dash) -> Any:
    return enter(app, "county", DEMO_PASSWORD)


def counted(client: Any, app: Dash, search: str) -> dict[str, Any]:
    """Everything beside the rows, as the page asks for it: at once what comes at once, then the rest."""
    answer = run(client, app, "cases-rail.children", "/matters", search)
    version = answer.get("cases-rest", {}).get("data")
    if version is None:
        return answer
    return {**answer, **run(client, app, "cases-late-stage.children", "/matters", search, cases_rest__data=version)}


def total(services: Services, scope: Scope, href: str) -> int:
    state = urlstate.read(urlsplit(href).query, services.now().date())
    assert state.bad == ()
    return int(services.matters.page(scope, state.filter, limit=1).sums.total)


@pytest.mark.parametrize("search", SEARCHES)
def test_every_linked_number_opens_exactly_its_rows(app: Dash, city: Any, small_city: Services, search: str) -> None:
    answer = counted(city, app, search)
    found = figures(answer)
    linked = {k: v for k, v in found.items() if v["href"] and not (k.startswith("facet-") and _chosen(answer, v["href"]))}
    assert len(linked) >= 8
    wrong = {k: (v["value"], total(small_city, CITY, v["href"])) for k, v in linked.items() if int(v["value"]) != total(small_city, CITY, v["href"])}
    assert wrong == {}


def _chosen(answer: Any, href: str) -> bool:
    """Whether the facet at this address is on: its link lets go of it, and so leads to more."""
    return any(e["props"].get("href") == href and e["props"].get("aria-checked") == "true" for e in elements(answer))


def test_facets_that_part_the_list_add_up_to_it(app: Dash, city: Any) -> None:
    found = figures(counted(city, app, "?part=open&window=all"))
    whole = int(found["total"]["value"])
    assert whole > 0
    for facet in ("stage", "place", "category"):
        assert sum(int(v["value"]) for k, v in found.items() if k.startswith(f"facet-{facet}-")) == whole


def test_what_takes_long_comes_after_the_rest_and_is_all_there(app: Dash, city: Any, small_city: Services) -> None:
    small_city.matters.forget()
    answer = run(city, app, "cases-rail.children", "/matters", "")
    assert "载入中" in str(answer)
    at_once, all_of_it = figures(answer), figures(counted(city, app, ""))
    late = {k.split("-")[1] for k in all_of_it.keys() - at_once.keys() if k.startswith("facet-")}
    assert late == {"stage", "owner", "outcome"} and {"records", "people", "groups"} == all_of_it.keys() - at_once.keys() - {
        k for k in all_of_it if k.startswith("facet-")}  # fmt: skip
    assert sum(int(v["value"]) for k, v in all_of_it.items() if k.startswith("facet-stage-")) == int(at_once["total"]["value"])


def rows(client: Any, app: Dash, search: str, **request: Any) -> dict[str, Any]:
    asked = {"startRow": 0, "endRow": 100, "sortModel": [], "filterModel": {}, **request}
    found: dict[str, Any] = run(client, app, "cases-grid.getRowsResponse", "/matters", search, cases_grid__getRowsRequest=asked)
    return found["cases-grid"]["getRowsResponse"]  # type: ignore[no-any-return]


def test_blocks_follow_each_other_without_gap_or_repeat(app: Dash, city: Any) -> None:
    whole = int(figures(run(city, app, "cases-rail.children", "/matters", ""))["total"]["value"])
    first, second = rows(city, app, ""), rows(city, app, "", startRow=100, endRow=200)
    assert first["rowCount"] == second["rowCount"] == whole > 200
    codes = [r["code"] for r in first["rowData"] + second["rowData"]]
    assert len(set(codes)) == len(codes) == 200


def test_the_grids_own_order_is_ahead_of_the_address(app: Dash, city: Any) -> None:
    up = rows(city, app, "?window=all", sortModel=[{"colId": "code", "sort": "asc"}])["rowData"]
    down = rows(city, app, "?window=all&sort=code&dir=desc")["rowData"]
    assert [r["code"] for r in up] == sorted(r["code"] for r in up)
    assert [r["code"] for r in down] == sorted((r["code"] for r in down), reverse=True)
    assert up[0]["code"] < down[0]["code"]


def test_an_order_that_does_not_exist_falls_back(app: Dash, city: Any) -> None:
    assert rows(city, app, "?sort=name%3Bdrop", sortModel=[{"colId": "no", "sort": "x"}])["rowData"] == rows(city, app, "")["rowData"]


def test_search_finds_by_title_and_by_code(app: Dash, city: Any) -> None:
    some = rows(city, app, "?window=all")["rowData"][7]
    assert some["code"] in [r["code"] for r in rows(city, app, f"?window=all&q={some['code']}")["rowData"]]
    found = rows(city, app, f"?window=all&q={some['title'][:4]}")["rowData"]
    assert found and all(some["title"][:4] in r["title"] for r in found)


def test_a_word_that_nothing_holds_says_so_and_offers_a_way_out(app: Dash, city: Any) -> None:
    answer = run(city, app, "cases-rail.children", "/matters", "?window=all&q=紫色的大象")
    assert "紫色的大象" in words(answer["cases-empty"]["children"])
    assert any(e["props"].get("href") == "/matters?window=all" for e in elements(answer["cases-empty"]["children"]))


def test_filings_have_a_row_each(app: Dash, city: Any) -> None:
    found = rows(city, app, "?part=civil_filings")
    assert all("民初" in r["number"] and r["filed_on"] != "—" for r in found["rowData"])
    defs = run(city, app, "cases-grid.columnDefs", "/matters", "?part=civil_filings")["cases-grid"]["columnDefs"]
    assert [d["field"] for d in defs][:3] == ["card", "number", "filed_on"]


def test_columns_come_from_the_address(app: Dash, city: Any) -> None:
    defs = run(city, app, "cases-grid.columnDefs", "/matters", "?cols=code,title,amount,nonsense")["cases-grid"]["columnDefs"]
    assert [d["field"] for d in defs] == ["card", "code", "title", "amount"]
    assert not [d for d in defs if any(k in d for k in ("valueGetter", "valueFormatter", "cellClassRules"))]  # these need eval


def test_each_condition_is_a_chip_that_takes_it_away(app: Dash, city: Any, small_city: Services) -> None:
    search = "?window=all&part=open&category=02&area=360923&q=邻"
    answer = run(city, app, "cases-chips.children", "/matters", search)
    chips = [e["props"] for e in elements(answer["cases-chips"]["children"]) if e["props"].get("className") == "chip"]
    kept = {frozenset(urlstate.parse_qsl(urlsplit(c["href"]).query)) for c in chips}
    asked = frozenset(urlstate.parse_qsl(search[1:]))
    assert {next(iter(asked - k))[0] for k in kept} == {"part", "category", "area", "q"}


def test_a_bad_address_is_named_not_failed(app: Dash, city: Any) -> None:
    answer = run(city, app, "cases-chips.children", "/matters", "?category=zz&stage=nowhere")
    assert "category=zz" in words(answer["cases-chips"]["children"])


def test_a_county_sees_its_own_and_nothing_else(app: Dash, county: Any, small_city: Services) -> None:
    run(county, app, "cases-rail.children", "/matters", "?window=all")
    mine = rows(county, app, "?window=all")
    assert 0 < mine["rowCount"] == total(small_city, COUNTY, "?window=all") < total(small_city, CITY, "?window=all")
    refused = run(county, app, "cases-rail.children", "/matters", "?window=all&area=360981")
    assert "不在您的查看范围内" in words(refused) and figures(refused) == {}
    other = small_city.matters.page(CITY, urlstate.read("?window=all&area=360981", small_city.now().date()).filter, limit=1).rows[0]
    shown = run(county, app, "cases-preview.children", "/matters", "", cases_picked__data=other.code)
    assert other.title not in words(shown)


def test_csv_and_xlsx_hold_the_rows_of_the_screen(app: Dash, city: Any) -> None:
    search = "?part=open&window=all&category=02&sort=code&dir=asc&cols=code,title,place,people"
    on_screen = [r["code"] for r in rows(city, app, search)["rowData"]]
    with city.get("/matters/export/csv" + search) as text:
        table = list(csv.reader(io.StringIO(text.get_data().decode("utf-8-sig"))))
    assert table[0][:5] == ["编号", "事由", "县（市、区）", "乡镇（街道）", "村（社区）"]
    with city.get("/matters/export/xlsx" + search) as answer:
        book = openpyxl.load_workbook(io.BytesIO(answer.get_data()))
    sheet = [[c.value for c in row] for row in book.active.iter_rows()]
    for found in (table, sheet):
        assert [r[0] for r in found[1:]][: len(on_screen)] == on_screen
    assert all(c.data_type != "f" for row in book.active.iter_rows() for c in row)


def test_a_download_leaves_nothing_behind_and_is_noted(app: Dash, city: Any, small_city: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    noted: list[tuple[str, str]] = []
    monkeypatch.setattr(small_city.auth, "audit", lambda scope, act, detail: noted.append((scope.user, act)))
    city.get("/matters/export/csv?part=open&window=all").close()
    assert list(small_city.settings.export_dir.glob("*.csv")) == []
    assert noted == [("city", "matters.export")]


def test_nobody_downloads_without_a_login_or_outside_the_area(app: Dash, county: Any) -> None:
    assert app.server.test_client().get("/matters/export/csv").status_code in (302, 401)
    assert county.get("/matters/export/csv?window=all&area=360981").status_code == 403


def test_english_says_the_same_in_english(app: Dash, city: Any) -> None:
    answer = run(city, app, "cases-rail.children", "/matters", "?part=open&window=all&lang=en")
    assert "Views" in words(answer["cases-rail"]["children"]) and "视图" not in words(answer)
    assert rows(city, app, "?window=all&lang=en")["rowData"][0]["href"].endswith("?lang=en")


def act(client: Any, app: Dash, output: str, search: str = "", **given: Any) -> Any:
    return run(client, app, output, "/matters", search, **given)


def test_an_export_is_made_aside_followed_and_fetched_once(app: Dash, city: Any, small_city: Services) -> None:
    search = "?window=all&sort=code&dir=asc"
    answer = act(city, app, "cases-job.children", search, cases_ask__data={"kind": "start", "fmt": "csv"})
    job = answer["cases-job"]["children"]["props"]
    deadline = time.monotonic() + 30
    while job["data-status"] == "running" and time.monotonic() < deadline:
        answer = act(city, app, "cases-job.children", search, cases_ask__data={"kind": "poll", "id": job["data-job"]})
        job = answer["cases-job"]["children"]["props"]
    assert job["data-status"] == "done"
    whole = total(small_city, CITY, search)
    assert f"{whole:,}" in words(answer)
    county = enter(app, "county", DEMO_PASSWORD)
    assert county.get(f"/matters/export/made?id={job['data-job']}").status_code == 404
    with city.get(f"/matters/export/made?id={job['data-job']}") as file:
        table = list(csv.reader(io.StringIO(file.get_data().decode("utf-8-sig"))))
    assert len(table) == whole + 1
    assert city.get(f"/matters/export/made?id={job['data-job']}").status_code == 404
    assert list(small_city.settings.export_dir.glob("*.csv")) == []


def test_a_view_is_kept_offered_and_let_go(app: Dash, city: Any, county: Any) -> None:
    search = "?part=open&window=all&people=5..&cols=code,title&sort=people&dir=desc"
    act(city, app, "cases-viewed.data", search, cases_act__data={"kind": "keep", "name": "五人以上", "shared": True, "n": 1})
    offered = act(city, app, "cases-rail.children", "?window=all")
    link = next(e["props"] for e in elements(offered) if "五人以上" in words(e) and e["type"] == "A")
    assert dict(urlstate.parse_qsl(urlsplit(link["href"]).query)) == dict(urlstate.parse_qsl(search[1:]))
    drop = next(e["props"]["data-view"] for e in elements(offered) if "data-view" in e["props"])
    theirs = act(county, app, "cases-rail.children", "?window=all")
    assert "五人以上" in words(theirs) and not [e for e in elements(theirs) if "data-view" in e["props"]]
    act(county, app, "cases-viewed.data", cases_act__data={"kind": "drop", "id": drop})
    assert "五人以上" in words(act(city, app, "cases-rail.children", "?window=all"))
    act(city, app, "cases-viewed.data", cases_act__data={"kind": "drop", "id": drop})
    assert "五人以上" not in words(act(city, app, "cases-rail.children", "?window=all"))
    refused = act(city, app, "cases-viewed.data", cases_act__data={"kind": "keep", "name": "  "})
    assert "名字" in words(refused)


def test_a_wrong_character_is_forgiven_and_told(app: Dash, city: Any, small_city: Services) -> None:
    title = next(r["title"] for r in rows(city, app, "?window=all")["rowData"] if len(r["title"]) >= 6)
    wrong = title[:3] + "囧" + title[4:6]
    shown = act(city, app, "cases-chips.children", f"?window=all&q={wrong}")
    assert f"没有“{wrong}”" in words(shown["cases-chips"]["children"])
    assert any(title[:3] in r["title"] for r in rows(city, app, f"?window=all&q={wrong}")["rowData"])
    assert "没有“" not in words(act(city, app, "cases-chips.children", f"?window=all&q={title[:4]}")["cases-chips"]["children"])


def test_ranges_are_chips_and_the_owner_a_facet(app: Dash, city: Any, small_city: Services) -> None:
    search = "?window=all&part=open&people=3..9&days=10.."
    chips = words(act(city, app, "cases-chips.children", search)["cases-chips"]["children"])
    assert "3–9 人" in chips and "历时 ≥ 10 天" in chips
    found = figures(act(city, app, "cases-rail.children", "?window=all&part=open"))
    owner = next(v for k, v in found.items() if k.startswith("facet-owner-"))
    assert int(owner["value"]) == total(small_city, CITY, owner["href"])
