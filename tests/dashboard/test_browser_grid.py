"""The case grid in a real browser: a condition from the form, a view kept, rows chosen by the space bar, an export fetched, the search key."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Browser, expect

from app import build_app
from services.auth import DEMO_PASSWORD
from tests.dashboard.browser import Seat, browsing, serving, sit

if TYPE_CHECKING:
    from services.wiring import Services

pytestmark = pytest.mark.both_databases
ROW = '.ag-center-cols-container .ag-row[row-index="{}"]'
TOTAL = '.sumline [data-figure="total"]'
FOUR_UP = "() => { const cells = [...document.querySelectorAll('.ag-row [col-id=people]')]; return cells.length > 1 && cells.every(e => Number(e.textContent) >= 4); }"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with browsing() as found:
        yield found


@pytest.fixture(scope="module")
def base(small_city: Services) -> Iterator[str]:
    with serving(build_app(small_city).server) as address:
        yield address


@pytest.fixture
def seat(browser: Browser, base: str) -> Iterator[Seat]:
    found = sit(browser, base, "city", DEMO_PASSWORD, at=None)
    yield found
    assert found.complaints == []
    assert found.strangers == []
    found.page.context.close()


def test_one_sitting_at_the_grid(seat: Seat) -> None:
    page = seat.page
    seat.go("/matters?window=all&part=open", ROW.format(0) + " .cg-title a")
    whole = int(page.locator(TOTAL).get_attribute("data-value") or 0)
    # A condition that the rail has no place for.
    page.click('summary:has-text("加条件")')
    page.fill("input[name=people-0]", "4")
    page.keyboard.press("Enter")
    page.wait_for_url("**people=4..*")
    expect(page.locator(".chip", has_text="≥ 4 人")).to_be_visible()
    expect(page.locator(TOTAL)).not_to_have_attribute("data-value", str(whole))
    left = int(page.locator(TOTAL).get_attribute("data-value") or 0)
    assert 2 <= left < whole
    page.wait_for_function(FOUR_UP)
    # It is kept as a view and offered at once.
    page.click('summary:has-text("存为视图")')
    page.fill("form[data-act=cases-keep] input[name=name]", "四人以上")
    page.keyboard.press("Enter")
    expect(page.locator(".vw.own a", has_text="四人以上")).to_contain_text(str(left))
    # Rows are chosen with the space bar, and the list of only these is an address.
    page.click(ROW.format(0) + ' [col-id="category"]')
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Space")
    expect(page.locator("#cases-chosen")).to_contain_text("已选 2 件")
    # Another order keeps them, another list does not: nobody acts on rows that are not shown.
    page.click('.ag-header-cell[col-id="title"] .ag-header-cell-label')
    page.wait_for_url("**sort=title**")
    expect(page.locator("#cases-chosen")).to_contain_text("已选 2 件")
    page.click(".vw a >> nth=1")
    page.wait_for_url("**part=overdue**")
    expect(page.locator("#cases-chosen")).to_be_hidden()
    page.go_back()
    page.wait_for_url("**people=4..*")
    expect(page.locator(TOTAL)).to_have_attribute("data-value", str(left))
    page.wait_for_function(FOUR_UP)  # rows of the list before stand there for a moment: none of them can be chosen for this one
    for row in (0, 1):
        page.click(ROW.format(row) + ' [col-id="category"]')
        page.keyboard.press("Space")
    expect(page.locator("#cases-chosen")).to_contain_text("已选 2 件")
    # The export is made aside and comes as a file.
    page.click('summary:has-text("导出")')
    with page.expect_download() as download:
        page.click("[data-export=csv]")
    assert len(download.value.path().read_text(encoding="utf-8-sig").splitlines()) == left + 1
    expect(page.locator("#cases-job")).to_contain_text(f"已导出 {left} 件")
    page.click("#cases-chosen button:has-text('只看所选')")
    page.wait_for_url("**codes=*")
    expect(page.locator(TOTAL)).to_have_attribute("data-value", "2")
    page.locator(".vw.own li").hover()
    page.click(".drop-view")
    expect(page.locator(".vw.own")).to_have_count(0)
    # The list's own search has the key.
    page.locator("h1").click()
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "cases-q"


def test_the_list_of_only_these_holds_all_of_these(seat: Seat) -> None:
    """Also of matters that nobody has accepted, which the list as it is without a condition leaves out; and in its order and columns."""
    page = seat.page
    seat.go("/matters?window=all&part=unaccepted&cols=code,title,category&sort=code&dir=asc", ROW.format(1) + ' [col-id="code"]')
    for row in (0, 1):
        page.click(ROW.format(row) + ' [col-id="category"]')
        page.keyboard.press("Space")
    page.click("#cases-chosen button:has-text('只看所选')")
    page.wait_for_url("**codes=*")
    expect(page.locator(TOTAL)).to_have_attribute("data-value", "2")
    assert {"part=unaccepted", "sort=code", "dir=asc", "cols=code%2Ctitle%2Ccategory"} <= set(page.url.partition("?")[2].split("&"))
