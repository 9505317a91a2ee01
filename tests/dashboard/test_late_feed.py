"""A feed that falls silent on a real city: every screen and the API say so, withhold what rests on it, and offer the way without it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from dash import Dash
from sqlalchemy import update

from app import build_app
from dashboard import urlstate
from matters.access import Scope
from services.auth import DEMO_PASSWORD
from store.engine import writing
from store.schema import feed
from tests.dashboard.case_driving import run
from tests.dashboard.driving import ask, elements, enter, words

if TYPE_CHECKING:
    from services.wiring import Services

CITY = Scope.of("test", "city_leader", "city")
LATE = 12  # days
AREAS = ["/", "/county/360923", "/township/360923103"]
LISTS = ["", "?area=360923", "?part=open&window=all"]


@pytest.fixture
def city(own_city: Services, monkeypatch: pytest.MonkeyPatch) -> Services:
    """A city that heard nothing of its police for twelve days."""
    monkeypatch.setitem(own_city.settings.late_after, "police", 86_400)
    with writing(own_city.engine) as connection:
        connection.execute(update(feed).where(feed.c.code == "police").values(data_at=own_city.now() - timedelta(days=LATE)))
    return own_city


def test_every_screen_says_so_and_has_a_way_without_it(city: Services) -> None:
    app = build_app(city)
    client = enter(app, "city", DEMO_PASSWORD)
    for path in AREAS:
        _area(app, client, city, path)
    for search in LISTS:
        _list(app, client, city, search)
    _api(client)


def _area(app: Dash, client: Any, city: Services, path: str) -> None:
    trees = ask(client, app, "area", path)["response"]["area-trees"]["data"]
    (badge,) = _of_class(trees, "feed late")
    assert words(badge).startswith("公安") and f"晚 {LATE} 天" in words(badge) and badge["props"]["href"].startswith("/feeds?feed=police")
    changes = {e["props"]["data-figure"] for e in elements(trees) if e["props"].get("data-figure", "").endswith("_change") and e["props"].get("data-value")}
    assert "accepted_change" not in changes and _of_class(trees, "cmp held"), path
    assert "含公安" in words(trees["area-figs"])
    way = next(e["props"]["href"] for e in elements(_of_class(trees, "wait late-note")) if e["props"].get("href"))
    assert urlsplit(way).path == path
    without = ask(client, app, "area", path, "?" + urlsplit(way).query)["response"]["area-trees"]["data"]
    assert not _of_class(without, "cmp held") and "已排除公安 110的数据" in words(_of_class(without, "wait late-note"))
    rows = _figure(without, "accepted")
    state = urlstate.read(urlsplit(rows["href"]).query, city.now().date())
    assert state.filter.exclude == "police"
    found = city.matters.page(CITY, state.filter, limit=1).sums.total
    assert found == int(rows["data-value"]) < int(_figure(trees, "accepted")["data-value"])


def _list(app: Dash, client: Any, city: Services, search: str) -> None:
    sums = run(client, app, "cases-sums.children", "/matters", search)
    (badge,) = _of_class(sums, "wait sl-late")
    assert words(badge).startswith("公安 110止于")
    way = next(e["props"]["href"] for e in elements(badge) if e["props"].get("href"))
    without = run(client, app, "cases-sums.children", "/matters", "?" + urlsplit(way).query)
    assert not _of_class(without, "wait sl-late")
    state = urlstate.read(urlsplit(way).query, city.now().date())
    wanted = city.matters.sums(CITY, state.filter.with_(exclude="police"))[1].total
    assert state.filter.exclude == "police" and int(_figure(without, "total")["data-value"]) == wanted
    assert 0 < wanted < int(_figure(sums, "total")["data-value"])


def _api(client: Any) -> None:
    for level in ("city", "county", "township"):
        rows = client.get(f"/api/v1/indicators?level={level}").get_json()["rows"]
        areas = [r for r in rows if r["accepted"]]
        assert areas and all("police" in r["stale_feeds"] and r["accepted_yoy"] is None for r in areas)


def _of_class(tree: Any, name: str) -> list[dict[str, Any]]:
    return [e for e in elements(tree) if e["props"].get("className") == name]


def _figure(tree: Any, name: str) -> dict[str, Any]:
    found: dict[str, Any] = next(e["props"] for e in elements(tree) if e["props"].get("data-figure") == name)
    return found
