"""The queue of links in a real browser, worked off by keyboard alone; every key is a decision that the store has, and can be undone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from dash import Dash
from playwright.sync_api import expect

from services.auth import DEMO_PASSWORD
from tests.dashboard.browser import browsing, serving, sit
from tests.dashboard.test_linking import ANALYST, app  # noqa: F401  the fixture

if TYPE_CHECKING:
    from services.wiring import Services


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)  # what is tested here is the browser's part
def test_keys_decide_and_take_back(app: Dash, own_city: Services) -> None:  # noqa: F811
    first, second, third = own_city.linking.queue(ANALYST).rows

    def counts() -> tuple[int, ...]:
        found = own_city.linking.queue(ANALYST).counts
        return tuple(found[state] for state in ("queued", "accepted", "split", "skipped"))

    with serving(app.server) as base, browsing() as browser:
        seat = sit(browser, base, "analyst", DEMO_PASSWORD, at=None)
        seat.go("/linking", ".lnt")
        page, current, said = seat.page, seat.page.locator(".lnl a[aria-current]"), seat.page.locator(".lnsaid")
        expect(current).to_have_attribute("data-pair", str(first.id))
        page.keyboard.press("j")
        expect(current).to_have_attribute("data-pair", str(second.id))
        page.keyboard.press("k")
        expect(current).to_have_attribute("data-pair", str(first.id))
        page.locator(".lnwhy input").fill("电话核实 as x")  # keys in the reason decide nothing
        page.locator(".lnwhy input").blur()
        page.keyboard.press("a")
        expect(said).to_contain_text("接受")
        expect(current).to_have_attribute("data-pair", str(second.id))
        assert counts() == (2, 1, 0, 0) and own_city.linking.mine(ANALYST, 1)[0].why == "电话核实 as x"
        page.keyboard.press("u")
        expect(said).to_contain_text("已撤销")
        expect(page.locator(".lnl a")).to_have_count(3)
        assert counts() == (3, 0, 0, 0)
        seat.go(f"/linking?pair={second.id}", ".lnt")
        page.keyboard.press("s")
        expect(said).to_contain_text("拆开")
        expect(current).to_have_attribute("data-pair", str(third.id))
        page.keyboard.press("x")
        expect(said).to_contain_text("跳过")
        expect(page.locator(".lnl a")).to_have_count(1)
        assert counts() == (1, 0, 1, 1)
        page.set_viewport_size({"width": 390, "height": 844})
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        assert seat.complaints == [] and seat.strangers == []
