"""The time bar and two periods, walked through in a real browser by keys, by finger width, and without motion."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from app import build_app
from services.auth import DEMO_PASSWORD
from tests.dashboard.browser import browsing, serving, sit

if TYPE_CHECKING:
    from services.wiring import Services

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)  # the browser's part: one database will do
VALUES = "Object.fromEntries([...document.querySelectorAll('#area-frame path.area[data-code]')].map(p => [p.dataset.code, p.dataset.value]))"
WATCH = """window.seen = []; new MutationObserver(() => { const n = document.querySelectorAll('#area-frame .lab').length;
if (!seen.length || seen[seen.length - 1] !== n) seen.push(n); }).observe(document.querySelector('#area-frame .over'), {childList: true});"""


def test_a_walk_through_time(small_city: Services) -> None:
    with serving(build_app(small_city).server) as base, browsing() as browser:
        seat = sit(browser, base, "city", DEMO_PASSWORD, 1440, 900, reduced_motion="reduce")
        page = seat.page
        seat.go("/?indicator=accepted&from=2026-06-01&to=2026-06-30&step=month", ".time .track")
        slider = page.get_by_role("slider")
        expect(slider).to_have_attribute("aria-valuetext", re.compile(r"2026 年 6 月 \d+ 件"))
        classes = page.locator(".legend ul >> nth=0 >> li > span").all_inner_texts()
        page.evaluate(WATCH)
        slider.focus()
        page.keyboard.press("ArrowLeft")
        page.keyboard.press("ArrowLeft")
        page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
        shown = page.evaluate(VALUES)  # at once, before the address moves
        page.wait_for_url("**from=2026-04-01&to=2026-04-30**")
        expect(page.locator(".fig-accepted .v strong")).not_to_have_text("")
        expect(page.locator(".state")).to_contain_text("时段 30 天")
        for _ in range(200):  # by asking: the page's policy forbids Playwright's own waiting, which evaluates text
            if page.evaluate(VALUES) == shown:
                break
            page.wait_for_timeout(50)
        assert page.evaluate(VALUES) == shown
        assert page.locator(".legend ul >> nth=0 >> li > span").all_inner_texts() == classes and len(classes) >= 5
        expect(slider).to_be_focused()
        page.keyboard.press("End")
        page.wait_for_url("**from=2026-11-01&to=2026-11-24**")
        expect(page.locator(".says")).to_contain_text("不全")
        page.keyboard.press("PageDown")
        page.wait_for_url("**from=2025-11-01**")
        page.keyboard.press(" ")
        expect(page.locator("#area-root")).to_have_class(re.compile("playing"))
        page.wait_for_url("**from=2025-12-01**", timeout=15000)
        page.keyboard.press(" ")
        expect(page.locator(".state")).to_contain_text("时段 31 天")
        expect(page.locator("#area-root")).not_to_have_class(re.compile("playing"))
        assert min(page.evaluate("seen.filter(n => n !== 0)")) >= 10  # every county kept its label: nothing flickers away

        page.locator(".fig-satisfaction .info summary").focus()
        page.keyboard.press("Enter")
        expect(page.locator(".fig-satisfaction .info")).to_contain_text("评价来自各机构自己的回访")
        page.keyboard.press("Escape")
        expect(page.locator(".fig-satisfaction .info dl")).to_be_hidden()

        seat.go("/compare?from=2026-02-10&to=2026-02-24&compare=lunar", "#compare-b-frame path.area[data-value]")
        expect(page.locator(".state")).to_contain_text("春节前 7 天至春节后 7 天，对 2025-01-22 至 02-05")
        page.wait_for_selector("#compare-a-frame path.area[data-value]")
        page.hover('#compare-a-frame path.area[data-code="360923"]')
        expect(page.locator("path.area.hot")).to_have_count(2)
        expect(page.locator("tr.on")).to_have_attribute("data-row", "360923")
        page.click('.beside tr[data-row="360923"] td:nth-of-type(2) a')
        page.wait_for_url("**/matters?from=2025-01-22&to=2025-02-05**")
        page.set_viewport_size({"width": 390, "height": 844})
        seat.go("/compare?from=2026-02-10&to=2026-02-24&compare=lunar", "#compare-b-frame path.area[data-value]")
        a, b = (page.locator(f"#compare-{s}-frame").bounding_box() for s in "ab")
        assert a and b and b["y"] > a["y"] + a["height"] and page.evaluate("document.documentElement.scrollWidth") == 390
        assert seat.complaints == [] and seat.strangers == []
