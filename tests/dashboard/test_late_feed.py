"""A feed that falls silent on a real city: every screen and the API say so, withhold what rests on it, and offer the way without it."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from dash import Dash
from openpyxl import load_workbook
from sqlalchemy import update

from app import build_app
from dashboard import urlstate
from dashboard.pages import PAGES
from matters.access import Scope
from matters.filters import Filter
from services.auth import DEMO_PASSWORD
from store.engine import writing
from store.schema import feed
from store.schema import run as feed_run
from tests.dashboard import every_page
from tests.dashboard.case_driving import run
from tests.dashboard.driving import ask, elements, enter, words

if TYPE_CHECKING:
    from services.wiring import Services

CITY = Scope.of("test", "city_leader", "city")
LATE = 12  # days
AREAS = ["/", "/county/360923", "/township/360923103"]
LISTS = ["", "?area=360923", "?part=open&window=all"]
# How a page says that what it shows rests on a late feed.
SAYS = {"feed late", "wait sl-late", "wait late-note", "cantd", "wait", "fst late"}
# Pages without a badge, and why they need none.
WITHOUT = {
    "matter": "one dispute: each of its records stands with its agency and its day",
    "letters": "documents and the days they are due; the figures in a letter were frozen with the word of what was late",
    "notice": "names and terms of listings that people decided on; no figure of a feed",
    "linking": "pairs that wait for a person",
    "wall": "displays and what the operator set; the wall's own scenes are tested in test_wall.py",
}
OF_CENTRES = ("centres", "centre")  # their visits are told of by the centres' own feed alone


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


def test_every_page_whose_figures_rest_on_a_late_feed_has_a_badge(own_city: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    every_page.furnish(own_city)
    app = build_app(own_city)
    client = enter(app, "city", DEMO_PASSWORD)
    keys = [p.key for p in PAGES]
    found = every_page.addresses(own_city)
    assert not [k for k in keys if _late_words(every_page.shown(app, client, k, found[k], "?period=2026-11" if k == "assessment" else ""))], "nothing is late yet"
    for code in ("police", "centre"):
        monkeypatch.setitem(own_city.settings.late_after, code, 86_400)
        silent = {"data_at": own_city.now() - timedelta(days=LATE)}
        with writing(own_city.engine) as connection:
            connection.execute(update(feed).where(feed.c.code == code).values(silent))
            connection.execute(update(feed_run).where(feed_run.c.feed == code).values(silent))  # what a moment knows, a meeting's too
        if code == "police":
            own_city.meetings.freeze(CITY, "week")
            own_city.signals.run()
            found = every_page.addresses(own_city)
            said = {k: _late_words(every_page.shown(app, client, k, found[k], "?period=2026-11" if k == "assessment" else "")) for k in keys}
            assert {k for k in keys if not said[k]} == {*WITHOUT, *OF_CENTRES}
            assert all("公安" in said[k] for k in keys if said[k] and k != "feeds"), said
    for key in OF_CENTRES:
        assert "中心" in (text := _late_words(every_page.shown(app, client, key, found[key]))) and "公安" not in text, text


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_an_export_says_so_at_its_foot_and_its_columns_can_be_read(city: Services, kind: str) -> None:
    client = enter(build_app(city), "city", DEMO_PASSWORD)
    day = (city.now() - timedelta(days=LATE)).date()
    for search, said in (("", f"数据源延迟：公安 110止于 {day}"), ("&lang=en", f"Late sources: Police 110 ends {day}"), ("&exclude=police", "")):
        with client.get(f"/matters/export/{kind}?part=open&window=all{search}") as answer:
            rows = _table(kind, answer.get_data())
        note = [r for r in rows if str(r[0]).startswith(("数据源", "Late"))]
        assert [r[0] for r in note] == ([said] if said else []) and (not said or rows[-1] == note[0])
        assert {len(r) for r in rows} == {len(rows[0])} and not any(note[0][1:] if note else ())
        state = Filter(part="open", exclude="police" if "exclude" in search else "")
        assert len([r for r in rows[1:] if r not in note and any(r)]) == city.matters.sums(CITY, state)[1].total


def _table(kind: str, body: bytes) -> list[tuple[Any, ...]]:
    if kind == "csv":
        return [tuple(r) for r in csv.reader(io.StringIO(body.decode("utf-8-sig")))]
    return list(load_workbook(io.BytesIO(body), read_only=True).active.iter_rows(values_only=True))


def _late_words(tree: Any) -> str:
    """What a page says of late feeds."""
    parts = [words(e) for e in elements(list(tree.values())) if e["props"].get("className") in SAYS]
    return "".join(x for x in parts if any(w in x for w in ("止于", "迟", "延迟", "暂不显示")))


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
