"""The file in a real browser: keys in the passage, a form that opens and shuts, a masked value that goes away, a narrow screen."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from app import build_app
from matters.access import Scope
from matters.filters import Filter
from services.auth import DEMO_PASSWORD
from tests.dashboard.browser import Seat, browsing, serving, sit

if TYPE_CHECKING:
    from services.wiring import Services

COUNTY = Scope.of("county", "county_leader", "county", "360923")


@pytest.fixture(scope="module")
def seat(small_city: Services) -> Iterator[Seat]:
    with serving(build_app(small_city).server) as base, browsing() as browser:
        yield sit(browser, base, "county", DEMO_PASSWORD)


def test_keys_forms_and_a_masked_value_that_goes_away(seat: Seat, small_city: Services) -> None:
    rows = small_city.matters.page(COUNTY, Filter(part="open"), "record_count", True, 0, 20).rows
    file = next(f for r in rows if (f := small_city.matters.file(COUNTY, r.code)) is not None and any(p.asks for p in f.people))
    seat.go(f"/matter/{file.matter.code}", ".ev li")
    page = seat.page
    page.keyboard.press("j")
    expect(page.locator(".ev > li").first).to_be_focused()
    page.keyboard.press("e")
    expect(page.locator("details.acts-of[open] .mi").first).to_be_focused()
    page.keyboard.press("Escape")
    page.locator(".ppl [data-open=unmask]").first.click()
    reason = page.locator("#matter-form textarea")
    expect(reason).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#matter-form form")).to_have_count(0)
    page.locator(".ppl [data-open=unmask]").first.click()
    reason.fill("电话回访前核对本人")
    page.locator("#matter-form button[type=submit]").click()
    value = page.locator("#matter-said .clear")
    expect(value).to_be_visible()
    clear = value.inner_text()
    assert clear and "*" not in clear
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    expect(value).to_have_count(0)
    assert clear not in page.content()
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert seat.complaints == [] and seat.strangers == []
