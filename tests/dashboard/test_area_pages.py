"""City, county and township on a real city: every number opens its rows, parts add up, nothing outside the scope."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from dash import Dash

from app import build_app
from dashboard import urlstate
from matters.access import Scope
from services.auth import DEMO_PASSWORD
from tests.dashboard.driving import ask, elements, enter, words

if TYPE_CHECKING:
    from services.wiring import Services

CITY = Scope.of("test", "city_leader", "city")
# A rate is written as a percentage; the list behind it is that of its numerator (matters/indicators.py).
NUMERATORS = {"resolved_rate": "resolved", "on_time_rate": "on_time", "satisfaction": "satisfied", "per_10k": "accepted"}
PAGES = [
    ("area", "/", ""),
    ("area", "/", "?cols=more"),
    ("area", "/", "?category=02&compare=pop"),
    ("area", "/", "?agency=courts"),
    ("area", "/", "?channel=visit"),
    ("area", "/county/360923", ""),
    ("area", "/county/360981", "?exclude=courts"),
    ("area", "/county/360902", "?cols=more&agency=centre"),
    ("area", "/township/360923103", ""),
    ("area", "/township/360902100", "?category=18"),
]


@pytest.fixture(scope="module")
def app(small_city: Services) -> Dash:
    return build_app(small_city)


def shown(app: Dash, prefix: str, path: str, search: str, user: str = "city") -> dict[str, Any]:
    found: dict[str, Any] = ask(enter(app, user, DEMO_PASSWORD), app, prefix, path, search)["response"]
    return found


def numbers(response: dict[str, Any], prefix: str) -> list[tuple[str, float, str]]:
    """(name, raw value, address) of every number that is a link, months of the trend included."""
    found = [
        (e["props"]["data-figure"], float(e["props"]["data-value"]), e["props"]["href"])
        for e in elements(response[f"{prefix}-trees"]["data"])
        if "data-figure" in e["props"] and e["props"].get("href") and e["props"].get("data-value")
    ]
    return found + [("month", p["now"], p["href"]) for p in response[f"{prefix}-trend-data"]["data"]["points"]]


def total(services: Services, href: str) -> int:
    """How many rows the list at an address has."""
    parts = urlsplit(href)
    assert parts.path == "/matters"
    state = urlstate.read(parts.query, services.now().date())
    assert state.bad == ()
    return int(services.matters.page(CITY, state.filter, limit=1).sums.total)


@pytest.mark.parametrize(("prefix", "path", "search"), PAGES)
def test_every_number_opens_exactly_its_rows(app: Dash, small_city: Services, prefix: str, path: str, search: str) -> None:
    response = shown(app, prefix, path, search)
    found = numbers(response, prefix)
    assert len(found) > 30
    counted = [(name, value, href) for name, value, href in found if name.rpartition(".")[2] not in NUMERATORS and name not in NUMERATORS]
    wrong = [(n, v, total(small_city, h), h) for n, v, h in counted if total(small_city, h) != v]
    assert wrong == []
    for name, value, href in found:
        if name in NUMERATORS:
            state = urlstate.read(urlsplit(href).query, small_city.now().date())
            assert state.filter.part == NUMERATORS[name]
            assert total(small_city, href) >= (1 if value else 0)


@pytest.mark.parametrize("path", ["/", "/county/360923", "/county/360902"])
def test_the_sum_below_the_map_adds_up(app: Dash, path: str) -> None:
    found = {n: v for n, v, _ in numbers(shown(app, "area", path, ""), "area")}
    parts = sum(v for n, v in found.items() if n in ("located.township", "located.county", "located.none"))
    assert found["located.all"] == parts == found["accepted"]


@pytest.mark.parametrize(("prefix", "path", "search"), PAGES[:8])
def test_map_and_ranking_show_the_same_numbers(app: Dash, prefix: str, path: str, search: str) -> None:
    response = shown(app, prefix, path, search)
    on_map = {code: v[1] for code, v in response[f"{prefix}-areas"]["hideout"]["v"].items()}
    rows = [e for e in elements(response[f"{prefix}-trees"]["data"][f"{prefix}-rank"]) if e["type"] == "Tr" and e["props"].get("data-row") in on_map]
    in_table = {}
    for row in rows:
        cell = next((e for e in elements(row) if e["props"].get("data-figure") == "per_10k"), None)
        if cell is not None:
            in_table[row["props"]["data-row"]] = words(cell)
    assert not in_table or in_table == on_map
    assert in_table or "cols=more" in search


def test_bars_add_up_to_the_figure_above(app: Dash) -> None:
    response = shown(app, "area", "/", "")
    trees = response["area-trees"]["data"]
    accepted = {n: v for n, v, _ in numbers(response, "area")}["accepted"]

    def bars(kind: str) -> float:
        own = [e["props"] for e in elements(trees) if e["props"].get("data-figure", "").startswith(f"{kind}.")]
        return sum(float(p["data-value"]) for p in own)

    assert bars("category") == bars("agency") == accepted


def test_the_legend_counts_every_area_once(app: Dash) -> None:
    response = shown(app, "area", "/county/360981", "")
    legend = response["area-trees"]["data"]["area-legend"]
    counts = [int(words(e).split()[0]) for e in elements(legend) if e["type"] == "Small"]
    assert sum(counts) == len(response["area-areas"]["hideout"]["v"])


def test_a_map_update_carries_numbers_only(app: Dash) -> None:
    import gzip
    import json

    hideout = shown(app, "area", "/county/360981", "")["area-areas"]["hideout"]
    assert "coordinates" not in json.dumps(hideout)
    assert len(gzip.compress(json.dumps(hideout).encode())) < 2_000


def test_breaks_stay_where_they_are_while_the_window_moves(app: Dash) -> None:
    def legend(search: str) -> list[str]:
        tree = shown(app, "area", "/", search)["area-trees"]["data"]["area-legend"]
        return [words(e) for e in elements(tree) if e["type"] == "Span"]

    assert legend("?from=2026-03-01&to=2026-03-31") == legend("?from=2026-08-01&to=2026-08-31")
    assert legend("?from=2026-03-01&to=2026-03-31") != legend("?from=2026-01-01&to=2026-11-24")


@pytest.mark.parametrize(("user", "prefix", "path", "way"), [
    ("county", "area", "/county/360902", "outside"), ("county", "area", "/", "own"), ("township", "area", "/county/360923", "outside"),
    ("county", "area", "/township/360923103", "own"), ("township", "area", "/township/360923101", "outside"),
])  # fmt: skip
def test_nobody_sees_outside_their_area(app: Dash, user: str, prefix: str, path: str, way: str) -> None:
    response = shown(app, prefix, path, "", user)
    figures = [e for e in elements(response[f"{prefix}-trees"]["data"]) if "data-figure" in e["props"]]
    if way == "outside":
        assert figures == [] and "查看范围" in words(response[f"{prefix}-trees"]["data"])
        return
    assert figures
    other = [e["props"]["href"] for e in figures if "area=3609" in e["props"].get("href", "") and "area=360923" not in e["props"]["href"]]
    assert other == []


def test_the_short_way_says_what_the_callbacks_say_and_nothing_else(app: Dash) -> None:
    city, county = enter(app, "city", DEMO_PASSWORD), enter(app, "county", DEMO_PASSWORD)
    for path, prefix, search in (("/", "area", "?from=2026-03-01&to=2026-03-31&indicator=accepted"), ("/county/360981", "area", "?category=03"),
                                 ("/trade/03", "trade", ""), ("/township/360923103", "area", "?lang=en")):  # fmt: skip
        given = city.get(f"/answer{path}{search}").json
        panels = json.loads(given[f"{prefix}-trees.data"])
        assert given["level"] == (path.split("/")[1] or "city") and given["title"].endswith((" · 一站", " · Yizhan"))
        assert panels["@"] == path + search and json.loads(given[f"{prefix}-bar-tree.data"])
        assert panels == (shown(app, prefix, path, search)[f"{prefix}-trees"]["data"])
    assert city.get("/answer/matters").status_code == 404 and city.get("/answer/nowhere").status_code == 404
    refused = county.get("/answer/county/360902")
    assert refused.status_code == 403 and "data-figure" not in refused.get_data(as_text=True)
    assert city.get("/answer/county/999999").status_code == 404 and city.get("/answer/county/360923103").status_code == 404
    assert "data-figure" not in enter(app, "department", DEMO_PASSWORD).get("/answer/").get_data(as_text=True)
    assert app.server.test_client().get("/answer/").status_code in (302, 401)


def test_a_county_leader_starts_in_their_county(app: Dash) -> None:
    answer = enter(app, "county", DEMO_PASSWORD).get("/?lang=en")
    assert answer.status_code == 302
    assert answer.headers["Location"] == "/county/360923?lang=en"


def test_the_search_box_finds_areas_of_the_scope_only(app: Dash) -> None:
    county, city = enter(app, "county", DEMO_PASSWORD), enter(app, "city", DEMO_PASSWORD)
    assert county.get("/find?q=sixi").json[0]["href"] == "/township/360923103"
    assert county.get("/find?q=丰城市").json == []
    assert city.get("/find?q=丰城市").json[0]["href"] == "/county/360981"


def test_a_page_of_another_level_is_not_there(app: Dash) -> None:
    client = enter(app, "city", DEMO_PASSWORD)
    body = {
        "output": next(k for k in app.callback_map if k.startswith("..page.children")), "changedPropIds": ["goto.data"],
        "inputs": [{"id": "goto", "property": "data", "value": {"path": "/county/360923103", "search": "", "key": "x"}}],
        "state": [{"id": "url", "property": "search", "value": ""}],
    }  # fmt: skip
    body["outputs"] = [{"id": o.rpartition(".")[0], "property": o.rpartition(".")[2]} for o in str(body["output"]).strip(".").split("...")]
    assert "没有找到" in client.post("/_dash-update-component", json=body).get_data(as_text=True)
