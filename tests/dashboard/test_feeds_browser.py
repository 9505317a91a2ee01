"""A steward's walk in a real browser with a real worker: pause and resume, mend a row, discard by keys; and a phone."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Browser, expect

from app import build_app
from services.auth import DEMO_PASSWORD
from services.schedule import Worker
from tests.dashboard.browser import Seat, browsing, serving, sit
from tests.dashboard.feeds_desk import opened_desk
from tests.services.intake import STEWARD

if TYPE_CHECKING:
    from services.wiring import Services


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with browsing() as found:
        yield found


@pytest.fixture(scope="module")
def desk(database: str, migrated_template: str, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    """A feed with three bad rows, and a worker that runs."""
    with opened_desk(database, migrated_template, request, tmp_path_factory.mktemp("desk")) as services:
        worker = Worker(services)
        thread = threading.Thread(target=worker.run, daemon=True)
        thread.start()
        yield services
        worker.stop()
        thread.join(20)


@pytest.fixture(scope="module")
def base(desk: Services) -> Iterator[str]:
    with serving(build_app(desk).server) as address:
        yield address


def calm(seat: Seat) -> None:
    assert seat.complaints == [] and seat.strangers == []
    seat.page.context.close()


def test_the_steward_walk(browser: Browser, base: str, desk: Services) -> None:
    seat = sit(browser, base, "analyst", DEMO_PASSWORD, 1600)
    page = seat.page
    seat.go("/feeds", "tr[data-feed=lists]")
    page.click("tr[data-feed=lists] .who-is a")
    page.click("text=暂停…")
    expect(page.locator("#feeds-form textarea")).to_be_focused()
    page.fill("#feeds-form textarea", "对方系统升级")
    page.click("#feeds-form button[type=submit]")
    expect(page.locator(".fh")).to_contain_text("对方系统升级")
    assert "act=" not in page.url and "feed=lists" in page.url
    page.click("#feeds-said button:has-text('恢复')")
    expect(page.locator(".fh .paused")).to_have_count(0)
    expect(page.locator(".fh .fst").first).to_have_text(re.compile("迟到"))

    page.click(".seg a:has-text('隔离的行')")
    expect(page.locator(".qr")).to_have_count(3)
    page.locator(".qr").first.focus()
    page.keyboard.press("e")
    cell = page.locator("[data-field=cell-day] input")
    expect(cell).to_be_focused()
    expect(cell).to_have_value("32.13.2026")
    expect(page.locator("[data-field=cell-who] input")).to_have_value("")  # a mask is never written back
    cell.fill("2026-11-03")
    page.click("#feeds-form button[type=submit]")
    expect(page.locator(".last-replay")).to_contain_text("1 行重放：1 新增", timeout=40_000)
    expect(page.locator("[data-figure=sum-replayed]")).to_have_attribute("data-value", "1")
    expect(page.locator(".qr")).to_have_count(2)

    page.locator(".qr").first.focus()
    page.keyboard.press("x")
    page.keyboard.press("j")
    page.keyboard.press("x")
    expect(page.locator(".tools [data-picked]")).to_have_text("选中 2 行")
    page.keyboard.press("k")
    page.keyboard.press("x")
    page.keyboard.press("d")
    expect(page.locator("#feeds-form .says")).to_contain_text("选中的 1 行")
    page.locator("#feeds-form textarea").fill("来源确认作废")
    page.click("#feeds-form button[type=submit]")
    expect(page.locator("[data-figure=sum-discarded]")).to_have_attribute("data-value", "1")
    expect(page.locator(".qr")).to_have_count(1)
    numbers = {k: int(page.get_attribute(f"[data-figure=sum-{k}]", "data-value") or 0) for k in ("open", "replayed", "discarded", "quarantined")}
    assert numbers == {"open": 1, "replayed": 1, "discarded": 1, "quarantined": 3} and desk.feeds.reconciled(STEWARD)[0].holds
    link = page.url
    page.click(".seg a:has-text('已丢弃')")
    expect(page.locator(".qr")).to_contain_text("来源确认作废")
    seat.go(link.removeprefix(base), ".qr")
    expect(page.locator(".qr")).to_have_count(1)
    calm(seat)


def test_a_county_leader_sees_no_rows(browser: Browser, base: str) -> None:
    county = sit(browser, base, "county", DEMO_PASSWORD, at=None)
    county.go("/feeds?view=aside&feed=lists", "#feeds-body h1")
    expect(county.page.locator(".s.note")).to_contain_text("只对全市范围的用户显示")
    expect(county.page.locator(".qr, [data-feeds]")).to_have_count(0)
    calm(county)


def test_a_phone_shows_all_without_scrolling_aside_in_both_languages(browser: Browser, base: str) -> None:
    phone = sit(browser, base, "analyst", DEMO_PASSWORD, 390, 844)
    for path in ("/feeds", "/feeds?feed=lists", "/feeds?view=aside"):
        phone.go(path, "#feeds-body h1")
        assert phone.page.evaluate("document.documentElement.scrollWidth") <= 390, path
    phone.go("/feeds", ".fl tr.sum")
    sums = "[...document.querySelectorAll('.fl tr.sum td')].filter(e => e.getClientRects().length && /^[0-9,]+$/.test(e.innerText)).map(e => e.dataset.l || '')"
    assert "" not in phone.page.evaluate(sums)  # a total without a head above it says what it counts
    phone.go("/feeds?view=aside&lang=en", ".qr")
    assert not re.search("[\u4e00-\u9fff]", phone.page.inner_text(".tools") + phone.page.inner_text(".recon-line") + phone.page.inner_text(".hint"))
    calm(phone)


def test_the_banner_comes_and_goes_by_itself(browser: Browser, base: str, desk: Services) -> None:
    seat = sit(browser, base, "city", DEMO_PASSWORD)
    desk.health.failed(OSError(28, "No space left on device"))
    seat.go("/listings")
    expect(seat.page.locator("#health")).to_contain_text("磁盘满了", timeout=12_000)
    desk.health.wrote()
    expect(seat.page.locator("#health")).to_be_empty(timeout=14_000)
    calm(seat)
