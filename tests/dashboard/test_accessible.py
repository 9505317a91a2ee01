"""Every page of PAGES, the wall, the login: no serious or critical fault for axe-core, and nothing wider than its screen in either language."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from sqlalchemy import text

from app import build_app
from dashboard.pages import PAGES
from matters.access import Scope
from services.auth import DEMO_PASSWORD
from tests.dashboard.browser import Seat, browsing, serving, sit
from tests.services.test_meetings import at_noon

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from services.wiring import Services

# The browser's part: one database will do. One worker: the city is furnished and the browser started once for the file.
pytestmark = [pytest.mark.parametrize("database", ["sqlite"], indirect=True, scope="session"), pytest.mark.xdist_group("accessible")]
CITY = Scope.of("test", "city_leader", "city")
LETTER = {"area": "360923", "category": "02", "first": "2026-06-01", "last": "2026-10-31", "kind": "department", "colour": "yellow", "addressee": ""}
GRAVE = ("serious", "critical")
# The name in a path → an address that is there in the small city.
NAMED = {
    "county/<code>": "SELECT '360923'", "township/<code>": "SELECT '360923103'", "matter/<code>": "SELECT MIN(code) FROM matter WHERE is_open",
    "group/<id>": "SELECT MIN(id) FROM matter_group", "centre/<code>": "SELECT '360923'", "letter/<id>": "SELECT MIN(id) FROM letter",
    "listing/<id>": "SELECT MIN(id) FROM listing", "meeting/<id>": "SELECT MIN(id) FROM meeting", "trade/<category>": "SELECT '02'",
}  # fmt: skip
ALSO = ("/?step=month&from=2026-03-01&to=2026-03-31", "/?compare=lunar&from=2026-02-10&to=2026-02-24&lang=en", "/changed?indicator=satisfaction")
WIDTHS = (1440, 1200, 1024, 768, 390)
AREAS = ("/", "/county/360923", "/township/360923103")
# The short form, which everybody runs: the maps, the meeting, the room of the wall. The whole house is walked by `make soak`.
SHORT = ("city", "county", "township", "compare", "meeting", "signals", "wall")
FORMS = [pytest.param(SHORT, id="short"), pytest.param(tuple(page.key for page in PAGES), id="whole", marks=pytest.mark.soak)]

# Boxes that lie over each other among the parts of one heading: nothing but a menu may.
OVERLAPS = """() => [...document.querySelectorAll('.sheet .ph')].flatMap(ph => {
  const parts = [...ph.children].map(e => [e, e.getBoundingClientRect()]).filter(([e, r]) => r.width > 1 && r.height > 1);
  const panel = ph.closest('.p, .fig').getBoundingClientRect(), said = [];
  parts.forEach(([e, r], i) => {
    if (r.right > panel.right + 1) said.push('out of its panel: ' + e.textContent.slice(0, 30));
    parts.slice(i + 1).forEach(([o, q]) => {
      if (r.left < q.right - 1 && q.left < r.right - 1 && r.top < q.bottom - 1 && q.top < r.bottom - 1) said.push(e.textContent.slice(0, 20) + ' × ' + o.textContent.slice(0, 20));
    });
  });
  return said;
})"""


@pytest.fixture(scope="module")
def seat(wall_city: Services) -> Iterator[Seat]:
    """An administrator in front of a city with a frozen meeting and a letter."""
    at_noon(wall_city, 1)  # a meeting is frozen as known a minute ago, and the store is only just filled
    wall_city.meetings.freeze(CITY, "year")
    wall_city.letters.new(CITY, LETTER)
    with serving(build_app(wall_city).server) as base, browsing() as browser:
        seat = sit(browser, base, "admin", DEMO_PASSWORD, 1440, 900)
        settle(seat.page)
        yield seat


def addresses(services: Services, keys: tuple[str, ...]) -> list[str]:
    """One address of each of these pages."""
    found = []
    with services.engine.connect() as connection:
        for page in (p for p in PAGES if p.key in keys):
            path = page.path
            if "<" in path:
                value = connection.execute(text(NAMED[path.lstrip("/")])).scalar()
                assert value is not None, f"nothing to show on {path}"
                path = re.sub(r"<\w+>", str(value), path)
            found.append(path)
    return found


def go(seat: Seat, path: str) -> None:
    """To a page as a link would, without loading everything again."""
    seat.page.evaluate("to => yizhan.go(to)", path)
    seat.page.wait_for_url(seat.base + path)
    settle(seat.page)


def settle(page: Page) -> None:
    """Wait until nothing is asked for any more; by asking the page, since its policy forbids Playwright's own waiting, which evaluates text."""
    for _ in range(400):
        page.wait_for_timeout(60)
        if not page.evaluate("Boolean(document.querySelector('#page .skeleton, [data-dash-is-loading=true]'))"):
            break
    page.wait_for_timeout(60)


def faults(page: Page, where: str) -> list[tuple[str, Any, Any]]:
    """What is gravely wrong on a page: address, rule, the first places."""
    if not page.evaluate("Boolean(window.axe)"):
        page.evaluate(Axe().axe_script)
    options = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}, "resultTypes": ["violations"]}
    # The draft's watermark is pale on purpose and hidden from who listens; the state of the letter stands beside it in words.
    answer = page.evaluate(f"axe.run({{exclude: ['.pmark']}}, {json.dumps(options)})")
    grave = [v for v in answer["violations"] if v["impact"] in GRAVE]
    return [(where, v["id"], [(n["target"], n["html"][:90], n.get("failureSummary", "")[-160:]) for n in v["nodes"][:2]]) for v in grave]


@pytest.mark.parametrize("keys", FORMS)
def test_no_page_has_a_grave_fault(wall_city: Services, seat: Seat, keys: tuple[str, ...]) -> None:
    page, found = seat.page, []
    everything = addresses(wall_city, keys)
    meeting = next(a for a in everything if a.startswith("/meeting/"))
    for path in (*everything, *ALSO, meeting + "?present=1"):
        go(seat, path)
        found += faults(page, path)
    page.set_viewport_size({"width": 390, "height": 844})
    for path in ("/", *(a for a in everything if a.startswith(("/matter/", "/letter/", "/listings/notice", "/feeds")))):
        go(seat, path)
        page.wait_for_timeout(150)  # what scrolls now is marked a moment after the last change
        found += faults(page, f"{path} on a phone")
    page.set_viewport_size({"width": 1440, "height": 900})
    page.goto(seat.base + "/wall")
    page.wait_for_selector(".geo path")
    found += faults(page, "/wall")
    stranger = page.context.browser.new_page()  # type: ignore[union-attr]  # a page that was opened in a browser has one
    stranger.goto(seat.base + "/login")
    found += faults(stranger, "/login")
    stranger.close()
    page.goto(seat.base + "/")
    settle(page)
    assert not found, "\n".join(map(str, found))


def width_at(page: Page, width: int) -> int:
    """How wide the page is on a screen of this width, once its maps are drawn anew."""
    page.set_viewport_size({"width": width, "height": 900})
    for _ in range(30):
        page.wait_for_timeout(40)
        wide: int = page.evaluate("document.documentElement.scrollWidth")
        if wide <= width:
            break
    return wide


@pytest.mark.parametrize("lang", [pytest.param("zh", marks=pytest.mark.soak), "en"])  # what has room in English has room in Chinese
@pytest.mark.parametrize("keys", FORMS)
def test_nothing_is_wider_than_its_screen(wall_city: Services, seat: Seat, lang: str, keys: tuple[str, ...]) -> None:
    page, found = seat.page, []
    for path in addresses(wall_city, keys):
        go(seat, f"{path}?lang={lang}")
        for width in WIDTHS:
            wide = width_at(page, width)
            found += [(path, width, f"{wide} px wide")] if wide > width else []
            found += [(path, width, o) for o in page.evaluate(OVERLAPS)] if path in AREAS else []
    page.set_viewport_size({"width": 1440, "height": 900})
    assert not found, "\n".join(map(str, found))


def test_the_sorted_column_is_named_on_two_lines_in_english(seat: Seat) -> None:
    for width in (1440, 1200):
        seat.page.set_viewport_size({"width": width, "height": 900})
        go(seat, "/?lang=en")
        head = seat.page.locator(".rank thead th.sorted").bounding_box()
        scroll = seat.page.evaluate("(s => s.scrollWidth - s.clientWidth)(document.querySelector('.rank-panel .scroll'))")
        assert head and head["height"] <= 44 and scroll <= 0, (width, head, scroll)


def test_an_upright_tablet_and_a_phone_show_all_of_the_ranking_of_a_presented_page_and_of_a_chart(wall_city: Services, seat: Seat) -> None:
    page, found = seat.page, []
    meeting = next(a for a in addresses(wall_city, ("meeting",)))
    try:
        for width, height in ((768, 1024), (390, 844)):
            page.set_viewport_size({"width": width, "height": height})
            go(seat, "/?lang=zh")
            found += [(width, "ranking")] if page.evaluate("(s => s.scrollWidth - s.clientWidth)(document.querySelector('.rank-panel .scroll'))") > 0 else []
            go(seat, "/signals?lang=zh")
            found += page.evaluate("""w => [...document.querySelectorAll('.sg-ch text')]
              .filter(t => t.getBoundingClientRect().right > t.closest('svg').getBoundingClientRect().right + 1).map(t => [w, t.textContent])""", width)
            go(seat, meeting + "?present=1&lang=zh")
            found += page.evaluate("""w => [...document.querySelectorAll('.slide > *, .slide .turn')]
              .filter(e => e.getBoundingClientRect().right > w + 1 || (e.matches('.turn') && e.getBoundingClientRect().height < 40)).map(e => [w, e.className])""", width)
    finally:
        page.set_viewport_size({"width": 1440, "height": 900})
        go(seat, "/")
    assert found == []


def test_a_menu_at_the_edge_stays_on_the_screen(seat: Seat) -> None:
    page = seat.page
    page.set_viewport_size({"width": 1200, "height": 900})
    go(seat, "/?lang=en")
    for n in range(page.locator(".facet > summary").count()):
        page.locator(".facet > summary").nth(n).click()
        box = page.locator(".facet[open] > div").bounding_box()
        assert box and box["x"] >= 0 and box["x"] + box["width"] <= 1200, (n, box)
        page.keyboard.press("Escape")
    page.set_viewport_size({"width": 1440, "height": 900})


def test_on_paper_no_drawing_lies_over_what_follows(seat: Seat) -> None:
    page = seat.page
    go(seat, "/county/360923?lang=zh")
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 730, "height": 1040})
    try:
        over = page.evaluate("""[...document.querySelectorAll('.chart')].filter(c => c.firstElementChild && getComputedStyle(c).display !== 'none')
          .map(c => c.firstElementChild.getBoundingClientRect().bottom - c.getBoundingClientRect().bottom).filter(d => d > 1)""")
        assert over == [] and page.evaluate("document.documentElement.scrollWidth") <= 730
        assert page.locator("#area-bar h1").is_visible() and not page.locator(".nav").first.is_visible()
        for path in ("/letters", "/assessment"):
            go(seat, path)
            assert page.locator("#page h1").is_visible(), path
    finally:
        page.emulate_media(media="screen")
        page.set_viewport_size({"width": 1440, "height": 900})
