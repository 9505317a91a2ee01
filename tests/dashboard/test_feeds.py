"""The feeds page: runs whose counts add up, quarantine that counts every row, and what smaller scopes see."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from dash import Dash

from app import build_app
from matters.access import Scope
from services.auth import DEMO_PASSWORD
from tests.dashboard.case_driving import figures, run
from tests.dashboard.driving import enter, words

if TYPE_CHECKING:
    from services.wiring import Services

CITY = Scope.of("test", "city_leader", "city")
PARTS = ("new", "changed", "unchanged", "withdrawn", "quarantined")


@pytest.fixture(scope="module")
def app(small_city: Services) -> Dash:
    return build_app(small_city)


def shown(app: Dash, user: str, search: str = "") -> dict[str, Any]:
    return run(enter(app, user, DEMO_PASSWORD), app, "feeds-trees.data", "/feeds", search)


def test_every_row_received_is_exactly_one_of_its_parts(app: Dash, small_city: Services) -> None:
    found = figures(shown(app, "city"))
    heads = {k.removesuffix("-received") for k in found if k.endswith("-received")}
    assert {s.feed for s in small_city.feeds.states(CITY)} | {"all"} <= heads and any(h.startswith("run-") for h in heads)
    for head in heads:
        assert int(found[f"{head}-received"]["value"]) == sum(int(found[f"{head}-{p}"]["value"]) for p in PARTS)
    feeds = heads - {"all"} - {h for h in heads if h.startswith("run-")}
    assert int(found["all-received"]["value"]) == sum(int(found[f"{f}-received"]["value"]) for f in feeds) > 0


def test_quarantine_counts_every_row_and_shows_no_long_number(app: Dash) -> None:
    answer = shown(app, "city")
    found = figures(answer)
    aside = sum(int(v["value"]) for k, v in found.items() if k.startswith("aside-"))
    assert aside == int(found["all-quarantined"]["value"]) > 0
    assert not re.search(r"(?<![\dA-Za-z./\-])1[3-9]\d{9}(?!\d)", words(answer))


def test_one_feed_alone(app: Dash, small_city: Services) -> None:
    feed = small_city.feeds.states(CITY)[0].feed
    found = figures(shown(app, "city", f"?feed={feed}"))
    asides = {k.split("-")[1] for k in found if k.startswith("aside-")}
    assert asides <= {feed}


def test_smaller_scopes_see_the_states_only(app: Dash) -> None:
    answer = shown(app, "county")
    assert "只对全市范围的用户显示" in words(answer)
    assert not [k for k in figures(answer) if k.startswith(("run-", "aside-", "all-"))]


def test_english(app: Dash) -> None:
    text = words(shown(app, "city", "?lang=en"))
    assert "Quarantined" in text and "隔离" not in text
