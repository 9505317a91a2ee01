"""Looking back on the screens and in the API: the banner, links that keep the moment, exports, refusals."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from dash import Dash
from sqlalchemy import select

from app import build_app
from dashboard import asof, i18n
from demo import seeding
from matters.access import Scope
from matters.filters import Filter
from matters.moments import minute_after, written
from services.auth import DEMO_PASSWORD
from services.wiring import Services
from store.schema import data_version
from tests.dashboard.driving import ask, elements, enter, unpacked, words
from tests.services.test_as_of import born, change, stand_at

CITY = Scope.system()


@pytest.fixture
def past(own_city: Services) -> Iterator[tuple[Services, Dash, Any, str, list[str]]]:
    """A city at noon of the day after, some of its matters changed since the moment that is given as text."""
    seeding.add_accounts(own_city)
    with own_city.engine.connect() as c:
        last: datetime = c.execute(select(data_version.c.clock)).scalar_one()
    stand_at(own_city, datetime.combine(own_city.now().date() + timedelta(days=1), datetime.min.time()).replace(hour=12))
    codes = change(own_city, 12)
    app = build_app(own_city)
    yield own_city, app, enter(app, "city", DEMO_PASSWORD), written(minute_after(last)), codes
    asof.use(None)


def run(app: Dash, client: Any, output: str, path: str, search: str) -> dict[str, Any]:
    """Run the callback with that output, the browser being at an address."""
    key = next(k for k in app.callback_map if output in k)
    outputs = [{"id": o.rpartition(".")[0], "property": o.rpartition(".")[2].partition("@")[0]} for o in key.strip(".").split("...")]
    there = {"path": path, "search": search, "key": "x"}
    spec = app.callback_map[key]
    given = lambda deps: [{**d, "value": there if d["id"] in ("here", "goto") else search if d["id"] == "url" else None} for d in deps]  # noqa: E731
    body = {"output": key, "outputs": outputs if key.startswith("..") else outputs[0], "changedPropIds": [],
            "inputs": given(spec["inputs"]), "state": given(spec["state"])}  # fmt: skip
    answer = client.post("/_dash-update-component", json=body)
    assert answer.status_code == 200, answer.get_data(as_text=True)[:300]
    found: dict[str, Any] = unpacked(answer.get_json()["response"])
    return found


def test_pages_wear_the_banner_and_keep_the_moment(past: tuple[Any, ...]) -> None:
    services, app, client, then, codes = past
    search = f"?as_of={then}"
    gone = next(c for c in codes if services.matters.file(CITY, c) is None)
    pages = {"/": "area-trees.data", "/matters": "cases-rail.children", f"/matter/{gone}": "matter-body.children",
             "/listings": "listings-table.children", "/feeds": "feeds-trees.data"}  # fmt: skip
    for path, output in pages.items():
        frame = run(app, client, "as-of.children", path, search)
        assert then.replace("T", " ") in words(frame["as-of"]["children"]), path
        found = run(app, client, output, path, search)
        links = [e["props"]["href"] for e in elements(list(found.values())) if e["type"] == "A" and str(e["props"].get("href", "")).startswith("/")]
        own = [x for x in links if not x.startswith("/assets")]
        assert own, path
        assert [x for x in own if f"as_of={then}" not in x] == [], path
    assert words(run(app, client, "as-of.children", "/", "")["as-of"]["children"]) == ""


def test_a_page_of_then_shows_then(past: tuple[Any, ...]) -> None:
    services, app, client, then, codes = past
    then_at = datetime.fromisoformat(then)
    for search, as_of in ((f"?as_of={then}", then_at), ("", None)):
        accepted = next(f for f in services.figures.overview(CITY, Filter(as_of=as_of)).figures if f.key == "accepted")
        shown = ask(client, app, "area", "/", search)
        number = next(e for e in elements(shown["response"]["area-trees"]["data"]["area-figs"]) if e["props"].get("data-figure") == "accepted")
        assert number["props"]["data-value"] == str(accepted.value)
    gone = next(c for c in codes if services.matters.file(CITY, c) is None)
    assert gone in words(run(app, client, "matter-body.children", f"/matter/{gone}", f"?as_of={then}"))
    assert i18n.t("没有找到") in words(run(app, client, "matter-body.children", f"/matter/{gone}", ""))
    kept = next(c for c in codes if (f := services.matters.file(CITY, c)) is not None and f.matter.title.startswith("改") and f.matter.code == c)
    text = words(run(app, client, "matter-body.children", f"/matter/{kept}", f"?as_of={then}"))
    assert "此后的变化" in text and "改 " in text
    english = words(run(app, client, "matter-body.children", f"/matter/{kept}", f"?as_of={then}&lang=en"))
    assert "Since then" in english and "此后" not in english


def test_a_moment_that_cannot_be_shown_is_refused_on_the_page(past: tuple[Any, ...]) -> None:
    _, app, client, *_ = past
    for search, said in (("?as_of=2001-01-01", "这个时点没有留存"), ("?as_of=2099-01-01", "这个时点还没有到")):
        frame = run(app, client, "as-of.children", "/", search)
        assert said in words(frame["page"]["children"]) and words(frame["as-of"]["children"]) == ""
        assert said in words(run(app, client, "cases-rail.children", "/matters", search))
    assert client.get("/matters/export/csv?as_of=2001-01-01").status_code == 404


def test_an_export_of_then(past: tuple[Any, ...]) -> None:
    services, _, client, then, _ = past
    with client.get(f"/matters/export/csv?window=all&part=open&as_of={then}") as answer:
        rows = list(csv.reader(io.StringIO(answer.get_data(as_text=True))))
    assert len(rows) - 1 == services.matters.sums(CITY, Filter(part="open", as_of=datetime.fromisoformat(then)))[1].total
    assert not any("改 " in cell for row in rows for cell in row)
    assert "as-of" in answer.headers["Content-Disposition"]


def test_the_api_answers_as_of(past: tuple[Any, ...]) -> None:
    services, _, client, then, codes = past
    at = datetime.fromisoformat(then)
    now, was = (client.get(f"/api/v1/indicators?level=county{q}").get_json() for q in ("", f"&as_of={then}"))
    assert was["as_of"] == f"{then}:00+08:00" and now["as_of"] != was["as_of"]
    assert was["window"]["to"] == then[:10]
    assert {r["area"]: r["accepted"] for r in was["rows"]} == {r.area: r.accepted for r in services.figures.rows(CITY, Filter(as_of=at), "county") if r.area}
    listed = client.get(f"/api/v1/matters?from=2020-01-01&as_of={then}%3A00%2B08:00&limit=5").get_json()
    assert listed["as_of"] == was["as_of"] and listed["total"] > 0
    more = client.get(f"/api/v1/matters?from=2020-01-01&as_of={then}&limit=5&cursor={listed['next']}").get_json()
    assert not {r["code"] for r in more["rows"]} & {r["code"] for r in listed["rows"]}
    gone = next(c for c in codes if services.matters.file(CITY, c) is None)
    assert client.get(f"/api/v1/matters/{gone}").status_code == 404
    assert client.get(f"/api/v1/matters/{gone}?as_of={then}").get_json()["matter"]["code"] == gone
    assert client.get(f"/api/v1/feeds?as_of={then}").get_json()["as_of"] == client.get(f"/api/v1/listings?as_of={then}").get_json()["as_of"] == was["as_of"]
    for text in ("2001-01-01", "2099-01-01T00:00", "yesterday", "2026-02-30"):
        for path in ("indicators", "matters", f"matters/{gone}", "feeds", "listings"):
            answer = client.get(f"/api/v1/{path}?as_of={text}")
            assert answer.status_code == 400 and answer.get_json()["parameter"] == "as_of", (path, text)
    early = client.get("/api/v1/feeds?as_of=2001-01-01").get_json()["detail"]
    assert re.search(r"the first moment that can be asked for is \d{4}-\d\d-\d\dT\d\d:\d\d", early)
    today = services.now().date().isoformat()
    assert client.get(f"/api/v1/feeds?as_of={today}").get_json()["as_of"].startswith(f"{today}T12:00"), "today as a whole is now"


def test_a_matter_of_later_is_said_to_be_unknown_then(past: tuple[Any, ...]) -> None:
    services, app, client, then, _ = past
    code = born(services, datetime.fromisoformat(then))
    text = words(run(app, client, "matter-body.children", f"/matter/{code}", f"?as_of={then}"))
    assert "当时还不知道" in text and code in text
    assert "当时" not in words(run(app, client, "page.children", f"/matter/{code}", f"?as_of={then}")["page"]["children"])
    answer = client.get(f"/api/v1/matters/{code}?as_of={then}")
    assert answer.status_code == 404 and "not known yet" in answer.get_json()["detail"]
