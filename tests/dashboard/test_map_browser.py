"""The layers of the map in a real browser: switched, drawn, opened, reproduced by their link; areas found by keyboard."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from app import build_app
from services.auth import DEMO_PASSWORD
from tests.dashboard.browser import browsing, serving, sit

if TYPE_CHECKING:
    from services.wiring import Services

SINCE = "?from=2024-01-01&to=2026-11-24"


@pytest.mark.browser
def test_layers_and_finding(small_city: Services, database: str) -> None:
    if database != "sqlite":
        return  # what the browser draws does not depend on the database; tests/services/test_map_layers.py runs on both
    with browsing() as browser, serving(build_app(small_city).server) as base:
        seat = sit(browser, base, "city", DEMO_PASSWORD)
        page = seat.page
        seat.go(f"/{SINCE}", 'path.area[data-code="360923"][data-value]')
        page.click(".layers > summary")
        page.click("[data-layer=points]")
        page.wait_for_selector(".over .bubble")
        placed = int(page.get_attribute(".later a[data-figure=placed]", "data-value") or 0)
        without = int(page.get_attribute(".later a[data-figure=without_place]", "data-value") or 0)
        assert placed + without == int(page.get_attribute(".fig [data-figure=accepted]", "data-value") or 0)
        drawn = page.eval_on_selector_all(".bubble", "all => all.map(b => Number(b.dataset.matters))")
        assert min(drawn) >= small_city.settings.map_least and sum(drawn) <= placed
        kept = page.url
        page.reload()
        page.wait_for_selector(".over .bubble")
        assert page.eval_on_selector_all(".bubble", "all => all.map(b => Number(b.dataset.matters))") == drawn
        first = int(page.get_attribute(".bubble", "data-matters") or 0)
        page.focus(".bubble")
        page.keyboard.press("ArrowRight")
        page.keyboard.press("ArrowLeft")
        page.keyboard.press("Enter")
        expect(page.locator(".sl-total")).to_contain_text(f"{first:,}")
        page.go_back()
        page.wait_for_selector(".over .bubble")
        assert page.url == kept
        page.click('.map-panel .seg a:has-text("热力")')
        page.wait_for_selector(".over .heat .band", state="attached")
        page.click('.map-panel .seg a:has-text("变化")')
        expect(page.locator(".map-panel h2")).to_contain_text("同比")
        expect(page.locator(".over .heat")).to_have_count(0)
        page.keyboard.press("/")
        page.keyboard.type("sixi")
        page.wait_for_selector(".found a >> nth=0")
        expect(page.locator(".found")).not_to_have_css("background-color", "rgba(0, 0, 0, 0)")  # it lies over cards and tables
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
        expect(page.locator("h1")).to_have_text("泗溪镇")
        page.wait_for_selector("path.area.c-f")
        assert "show=change" in page.url and "layers=" in page.url  # what the map showed goes along
        for text, name in (("360923", "上高县"), ("fengcheng", "丰城市")):  # Enter right after the last letter, before any answer
            page.focus("#find")
            page.keyboard.type(text)
            page.keyboard.press("Enter")
            expect(page.locator("h1")).to_have_text(name)
        seat.go(f"/{SINCE}", 'path.area[data-code="360923"][data-value]')
        page.route("**/find?*", lambda route: None)  # an answer that never comes
        page.focus("#find")
        page.keyboard.type("360923")
        page.keyboard.press("Enter")
        page.wait_for_url("**/matters?*q=360923*")
        page.unroute("**/find?*")
        clerk = sit(browser, base, "township", DEMO_PASSWORD)
        clerk.page.wait_for_selector("path.area.c-f")
        assert clerk.page.locator("path.area[role=link]").count() == 0  # neighbours are drawn, not open
        answer = clerk.page.request.get(f"{base}/map/points{SINCE}&area=360981")
        assert answer.status == 403
        for one in (seat, clerk):
            assert one.complaints == [] and one.strangers == []
