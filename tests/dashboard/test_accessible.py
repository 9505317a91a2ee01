"""axe-core goes over every page of PAGES, the login and a phone's city: no serious or critical fault."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from sqlalchemy import text

from app import build_app
from dashboard.pages import PAGES
from matters.access import Scope
from services.auth import DEMO_PASSWORD
from tests.dashboard.browser import browsing, serving, sit

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from services.wiring import Services

pytestmark = [pytest.mark.soak, pytest.mark.parametrize("database", ["sqlite"], indirect=True)]  # the browser's part: one database will do
CITY = Scope.of("test", "city_leader", "city")
GRAVE = ("serious", "critical")
# The name in a path → an address that is there in the small city.
NAMED = {
    "county/<code>": "SELECT '360923'", "township/<code>": "SELECT '360923103'", "matter/<code>": "SELECT MIN(code) FROM matter WHERE is_open",
    "group/<id>": "SELECT MIN(id) FROM matter_group", "centre/<code>": "SELECT '360923'", "letter/<id>": "SELECT MIN(id) FROM letter",
    "listing/<id>": "SELECT MIN(id) FROM listing", "meeting/<id>": "SELECT MIN(id) FROM meeting", "trade/<category>": "SELECT '02'",
}  # fmt: skip
ALSO = ("/?step=month&from=2026-03-01&to=2026-03-31", "/?compare=lunar&from=2026-02-10&to=2026-02-24&lang=en", "/changed?indicator=satisfaction")


def addresses(services: Services) -> list[str]:
    """One address of every page."""
    found = []
    with services.engine.connect() as connection:
        for page in PAGES:
            path = page.path
            if "<" in path:
                value = connection.execute(text(NAMED[path.lstrip("/")])).scalar()
                assert value is not None, f"nothing to show on {path}"
                path = re.sub(r"<\w+>", str(value), path)
            found.append(path)
    return found


def faults(page: Page, where: str) -> list[tuple[str, Any, Any]]:
    """What is gravely wrong on a page: address, rule, the first places."""
    options = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}, "resultTypes": ["violations"]}
    answer = page.evaluate(f"axe.run({json.dumps(options)})")
    grave = [v for v in answer["violations"] if v["impact"] in GRAVE]
    return [(where, v["id"], [(n["target"], n["html"][:90], n.get("failureSummary", "")[-160:]) for n in v["nodes"][:2]]) for v in grave]


def settle(page: Page) -> None:
    """Wait until nothing is asked for any more."""
    page.wait_for_function("!document.querySelector('#page .skeleton') && !document.querySelector('[data-dash-is-loading=true]')")
    page.wait_for_timeout(120)


def test_no_page_has_a_grave_fault(own_city: Services) -> None:
    own_city.meetings.freeze(CITY, "year")
    found: list[Any] = []
    with serving(build_app(own_city).server) as base, browsing() as browser:
        seat = sit(browser, base, "admin", DEMO_PASSWORD, 1440, 900)
        page = seat.page
        settle(page)
        page.evaluate(Axe().axe_script)
        for path in (*addresses(own_city), *ALSO):
            page.evaluate("to => { window.landed = false; yizhan.go(to); }", path)
            page.wait_for_function("to => location.pathname + location.search === to", arg=path)
            settle(page)
            found += faults(page, path)
        page.set_viewport_size({"width": 390, "height": 844})
        page.evaluate("yizhan.go('/')")
        settle(page)
        found += faults(page, "/ on a phone")
        page.context.clear_cookies()
        page.goto(base + "/login")
        page.evaluate(Axe().axe_script)
        found += faults(page, "/login")
    assert not found, "\n".join(map(str, found))
