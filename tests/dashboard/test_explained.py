"""Every figure explains itself where it stands: in the heads of tables, for each column, in the meeting as of the freezing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from dash import Dash

from app import build_app
from dashboard import urlstate
from dashboard.components import meeting_why
from dashboard.components.explained import figure_of
from matters.access import Scope
from matters.explained import EXPLAINED
from services.auth import DEMO_PASSWORD
from tests.dashboard.case_driving import run
from tests.dashboard.driving import ask, elements, enter, words
from tests.services.test_meetings import at_noon

if TYPE_CHECKING:
    from services.wiring import Services

CITY = Scope.of("test", "city_leader", "city")
TERMS = {"分母", "范围", "来源", "截至", "注意"}
pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.fixture(scope="module")
def app(small_city: Services) -> Dash:
    return build_app(small_city)


def columns(tree: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every explained column with its sheet."""
    for node in elements(tree):
        if node["type"] == "Details" and node["props"].get("data-column"):
            yield node["props"]["data-column"], node


def sheets(tree: Any) -> list[dict[str, Any]]:
    return [n for n in elements(tree) if n["type"] == "Details" and "info" in str(n["props"].get("className")).split()]


def whole(sheet: dict[str, Any]) -> None:
    """Formula in the line; denominator, window, feeds, as of and caveats below it; and what changed, or why that cannot be taken apart."""
    summary = sheet["props"]["children"][0]
    assert summary["type"] == "Summary" and len(words(summary)) > 8, "opened by keys, and says the formula"
    assert {words(n) for n in elements(sheet) if n["type"] == "Dt"} == TERMS
    said = {words(n) for n in elements(sheet) if n["type"] == "Dd"}
    assert all(said) and "—" not in said


@pytest.mark.parametrize(("path", "tables"), [("/", ("rank", "kinds", "who")), ("/?cols=more", ("rank",)), ("/county/360923", ("rank", "kinds", "who")),
                                              ("/township/360923103", ("villages", "kinds", "who"))])  # fmt: skip
def test_each_column_of_each_table_explains_itself(app: Dash, path: str, tables: tuple[str, ...]) -> None:
    where, _, search = path.partition("?")
    trees = ask(enter(app, "city", DEMO_PASSWORD), app, "area", where, f"?{search}" if search else "")["response"]["area-trees"]["data"]
    for name in tables:
        tree = next(v for k, v in trees.items() if k.endswith(f"-{name}") or k == name)
        assert len(sheets(tree)) == 1, f"one mark a table: {name}"
        found = dict(columns(tree))
        heads = [n for n in elements(tree) if n["type"] == "Th" and n["props"].get("scope") == "col"]
        assert len(found) == (len(heads) - 1 if name == "rank" else 2), (name, list(found))
        for key, sheet in found.items():
            whole(sheet)
            links = [n["props"]["href"] for n in elements(sheet) if str(n["props"].get("href")).startswith("/changed?")]
            assert bool(links) == bool(EXPLAINED[figure_of(key)].apart), key
            assert not links or urlstate.read(links[0].partition("?")[2], date(2026, 11, 24)).indicator == figure_of(key)
    assert all(len(sheets(trees[k])) == 1 for k in trees if k.endswith(("-open", "-trend-head")))


def test_a_change_in_the_ranking_leads_to_what_made_it(app: Dash) -> None:
    trees = ask(enter(app, "city", DEMO_PASSWORD), app, "area", "/", "")["response"]["area-trees"]["data"]
    rank = next(v for k, v in trees.items() if k.endswith("-rank"))
    cells = [n for n in elements(rank) if n["props"].get("data-figure") == "civil_filings_change" and n["props"].get("data-area") in ("360902", "360981")]
    assert len(cells) == 2
    for cell in cells:
        (href,) = (n["props"]["href"] for n in elements(cell) if n["props"].get("href"))
        state = urlstate.read(href.partition("?")[2], date(2026, 11, 24))
        assert href.startswith("/changed?") and state.filter.area == cell["props"]["data-area"] and state.indicator == "civil_filings"


def test_the_tables_of_a_meeting_explain_themselves_as_of_the_freezing(own_city: Services) -> None:
    at_noon(own_city, 1)
    meeting = own_city.meetings.freeze(CITY, "year")
    assert set(meeting.body["rests"]) == set(EXPLAINED) and all(meeting.body["feeds"][f]["until"] for f in meeting.body["rests"]["accepted"])
    app = build_app(own_city)
    client = enter(app, "city", DEMO_PASSWORD)
    for item, name, least in (("overall", "overall", 8), ("counties", "areas", 6), ("categories", "categories", 4), ("towns", "towns_most", 3)):
        tree = run(client, app, "meeting-body.children", f"/meeting/{meeting.line.id}", f"?item={item}")
        table = next(n for n in elements(tree) if n["props"].get("data-table") == name)
        found = dict(columns(table))
        assert len(sheets(table)) == 1 and len(found) >= least, (name, list(found))
        for key, sheet in found.items():
            whole(sheet)
            assert "冻结于" in words(sheet), "not as of today"
            for href in (n["props"]["href"] for n in elements(sheet) if n["props"].get("href")):
                assert href.startswith("/changed?") and f"as_of={meeting.body['as_of']}" in href.replace("%3A", ":"), key
    assert meeting_why.info({k: v for k, v in meeting.body.items() if k not in ("rests", "feeds", "waits")}, meeting.body["tables"]["areas"]), "of an earlier version"
    assert meeting_why.info(meeting.body, meeting.body["tables"]["longest"]) == []
