"""Lists, file and listings in a real browser: keys in the grid, order and search in the address, preview, phone, a form to its end."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Browser, expect

from app import build_app
from services.auth import DEMO_PASSWORD
from tests.dashboard.browser import Seat, browsing, risen, serving, sit

if TYPE_CHECKING:
    from services.wiring import Services

OPEN = "/matters?window=all&part=open"
ROW = '.ag-center-cols-container .ag-row[row-index="{}"]'


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with browsing() as found:
        yield found


@pytest.fixture(scope="module")
def base(small_city: Services) -> Iterator[str]:
    with serving(build_app(small_city).server) as address:
        yield address


@pytest.fixture(scope="module")
def chair(browser: Browser, base: str) -> Iterator[Seat]:
    found = sit(browser, base, "city", DEMO_PASSWORD, at=None)
    yield found
    found.page.context.close()


@pytest.fixture
def seat(chair: Seat) -> Iterator[Seat]:
    risen(chair)
    yield chair
    assert chair.complaints == []
    assert chair.strangers == []


def rows(seat: Seat, path: str = OPEN) -> None:
    seat.go(path, ROW.format(0) + " .cg-title a")


def code(seat: Seat, index: int) -> str:
    """Code in a row, once the row is there: while rows are fetched their cells are blank."""
    cell = seat.page.locator(ROW.format(index) + ' [col-id="code"]')
    expect(cell).to_have_text(re.compile(r"\d\d-\w{7}"))
    return str(cell.inner_text())


def test_arrows_move_the_preview_enter_opens_and_back_returns(seat: Seat) -> None:
    page = seat.page
    rows(seat)
    page.click(ROW.format(1) + ' [col-id="category"]')
    expect(page.locator("#cases-preview .num").first).to_have_text(code(seat, 1))
    page.keyboard.press("ArrowDown")
    expect(page.locator("#cases-preview .num").first).to_have_text(code(seat, 2))
    wanted = code(seat, 2)
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/matter/{wanted}*")
    expect(page.locator(".crumb b")).to_have_text(wanted)
    assert page.title().startswith(wanted)
    page.go_back()
    page.wait_for_selector(ROW.format(0) + " .cg-title a")
    assert not page.evaluate("document.documentElement.classList.contains('cases-open')")


def test_escape_closes_the_preview(seat: Seat) -> None:
    rows(seat)
    seat.page.click(ROW.format(0) + ' [col-id="category"]')
    expect(seat.page.locator("#cases-preview .pt")).to_be_visible()
    seat.page.keyboard.press("Escape")
    expect(seat.page.locator("#cases-preview")).to_be_hidden()


def test_a_heading_sorts_and_the_address_says_so(seat: Seat) -> None:
    page = seat.page
    rows(seat)
    page.click('.ag-header-cell[col-id="code"]')
    page.wait_for_url("**sort=code*")
    expect(page.locator('.ag-header-cell[col-id="code"]')).to_have_attribute("aria-sort", "descending")
    expect(page.locator('.ag-header-cell[aria-sort="ascending"], .ag-header-cell[aria-sort="descending"]')).to_have_count(1)
    page.wait_for_function("() => { const c = [...document.querySelectorAll('.ag-row [col-id=code]')].slice(0, 9).map(e => e.textContent);"
                           " return c.length > 3 && [...c].sort().reverse().join() === c.join(); }")  # fmt: skip
    link = page.url
    first = code(seat, 0)
    rows(seat, link.removeprefix(seat.base))
    expect(page.locator(ROW.format(0) + ' [col-id="code"]')).to_have_text(first)


def test_facets_chips_and_search_change_address_and_rows(seat: Seat) -> None:
    page = seat.page
    rows(seat)
    facet = page.locator(".fr[role=checkbox]").first
    count = int(facet.locator("[data-figure]").get_attribute("data-value") or 0)
    facet.click()
    expect(page.locator('.sumline [data-figure="total"]')).to_have_attribute("data-value", str(count))
    assert "stage=" in page.url
    page.wait_for_selector(ROW.format(count - 1) if count < 15 else ROW.format(3))
    page.locator(".chip").last.click()
    page.wait_for_function("() => !location.search.includes('stage=')")
    wanted = code(seat, 3)
    page.fill("#cases-q", wanted)
    page.keyboard.press("Enter")
    expect(page.locator('.sumline [data-figure="total"]')).to_have_attribute("data-value", "1")
    expect(page.locator(ROW.format(0) + ' [col-id="code"]')).to_have_text(wanted)


def test_a_column_is_shown_and_hidden_by_link(seat: Seat) -> None:
    page = seat.page
    rows(seat)
    page.click('.tools summary.sel:has-text("列")')
    page.click('.mi:has-text("渠道")')
    expect(page.locator('.ag-header-cell[col-id="channel"]')).to_be_visible()
    assert "cols=" in page.url


def test_the_list_is_reached_and_read_by_keyboard_alone(seat: Seat) -> None:
    page = seat.page
    rows(seat)
    focused = "(wanted) => Boolean(document.activeElement.closest(wanted))"
    for _ in range(20):
        page.keyboard.press("Tab")
        if page.evaluate(focused, '.skip[href="#cases-scroll"]'):
            break
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate(focused, ".ag-header-cell, .ag-cell")
    page.keyboard.press("ArrowDown")
    expect(page.locator("#cases-preview .pt")).to_be_visible()
    # Tab leaves the rows at once, to what stands behind the grid; back it goes to their headings.
    inside = "Boolean(document.activeElement.closest('#cases-grid'))"
    page.keyboard.press("ArrowDown")
    assert page.evaluate(focused, ".ag-row .ag-cell")
    page.keyboard.press("Shift+Tab")
    assert page.evaluate(focused, ".ag-header-cell")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    assert page.evaluate(focused, ".ag-row .ag-cell")
    page.keyboard.press("Tab")
    assert not page.evaluate(inside) and page.evaluate(focused, ".sumbox, .pv, .job")


def test_phone_shows_cards_and_a_tap_opens(browser: Browser, base: str) -> None:
    seat = sit(browser, base, "city", DEMO_PASSWORD, 390, 844, at=None, has_touch=True, is_mobile=True)
    page = seat.page
    seat.go(OPEN, ".cg-card")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert page.locator("#cases-rail-box").get_attribute("open") is None
    heights = page.eval_on_selector_all(".ag-center-cols-container .ag-row", "rows => rows.slice(0, 4).map(r => r.getBoundingClientRect().height)")
    assert heights and min(heights) >= 44
    page.locator(".cg-card").first.tap()
    page.wait_for_url(re.compile("/matter/"))
    page.wait_for_selector(".hd h1")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert seat.complaints == [] and seat.strangers == []
    page.context.close()


def test_the_file_draws_its_lanes_and_place(seat: Seat) -> None:
    page = seat.page
    rows(seat, OPEN + "&sort=record_count&dir=desc")
    seat.go(f"/matter/{code(seat, 0)}", ".ln-svg circle")
    assert page.locator(".ln-bar").count() >= 1
    page.wait_for_selector(".sm-box path.leaflet-interactive, .sm-box path")
    jump = page.locator('.pr a[href^="#record-"]').first
    jump.click()
    expect(page.locator(jump.get_attribute("href") or "")).to_be_focused()


def test_a_proposal_by_the_form(browser: Browser, own_city: Services) -> None:
    with serving(build_app(own_city).server) as address:
        seat = sit(browser, address, "township", DEMO_PASSWORD, at=None)
        page = seat.page
        seat.go("/listings?act=propose", ".form textarea")
        page.click("#listing-send")
        expect(page.locator("#listing-said")).to_contain_text("还缺")
        for field, text in (("area", ""), ("categories", "")):
            page.click(f'[id*=\'"field":"{field}"\']')
            page.locator(".dash-dropdown-options label, .dash-options-list-option, [role=option]").first.click()
            page.keyboard.press("Escape")
            assert text == ""
        page.fill(".form textarea", "逐月增长")
        page.click("#listing-send")
        page.wait_for_url(re.compile(r"/listing/\d+"))
        expect(page.locator(".dt .tag")).to_have_text("提议")
        assert seat.complaints == [] and seat.strangers == []
        page.context.close()
