"""New data come in, in a real browser: what did not change is not drawn anew, and what did change takes nothing from its reader."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Route, expect

from app import build_app
from services.auth import DEMO_PASSWORD
from tests.dashboard.browser import Seat, browsing, serving, sit

if TYPE_CHECKING:
    from services.wiring import Services

ANSWERS = "**/_dash-update-component*"
# Every frame is looked at: one without an outline is a blink.
WATCH = """() => {
  document.querySelector('.sm-map').dataset.first = 'yes';
  window.blinks = 0;
  (function look() {
    if (!document.querySelector('.sm-box path')) window.blinks += 1;
    requestAnimationFrame(look);
  })();
}"""
COME = "dash_clientside.set_props('live', {data: {version: Number(document.querySelector('#page [data-version]').dataset.version), n: Math.random()}})"


@pytest.fixture(scope="module")
def seat(small_city: Services) -> Iterator[Seat]:
    with serving(build_app(small_city).server) as base, browsing() as browser:
        yield sit(browser, base, "city", DEMO_PASSWORD)


@pytest.fixture(autouse=True)
def _plain(seat: Seat) -> Iterator[None]:
    yield
    seat.page.unroute(ANSWERS)


def _answering(seat: Seat, change: Callable[[str], str]) -> None:
    """From now on every answer of the page's figures reaches the browser changed."""

    def route(given: Route) -> None:
        answer = given.fetch()
        given.fulfill(response=answer, body=change(json.dumps(json.loads(answer.text()), ensure_ascii=False)) if answer.status == 200 else None)

    seat.page.route(ANSWERS, route)


def _arrives(seat: Seat) -> None:
    with seat.page.expect_response(lambda r: "_dash-update-component" in r.url and "centres-body" in (r.request.post_data or "")):
        seat.page.evaluate(COME)


def _later(text: str) -> str:
    return re.sub(r'"data-version": ?"(\d+)"', lambda m: f'"data-version":"{int(m[1]) + 7}"', text)


def test_an_answer_that_shows_the_same_leaves_the_page_alone(seat: Seat) -> None:
    seat.go("/centres", ".sm-map path")
    page = seat.page
    version = int(page.get_attribute("#centres-body [data-version]", "data-version") or 0)
    page.evaluate(WATCH)
    page.evaluate("getSelection().selectAllChildren(document.querySelector('#centres-body td'))")
    _answering(seat, _later)
    _arrives(seat)
    expect(page.locator(f'#centres-body [data-version="{version + 7}"]')).to_have_count(1)  # the next poll asks by it
    assert page.get_attribute(".sm-map", "data-first") == "yes"
    assert page.evaluate("getSelection().toString()") != ""
    assert page.evaluate("window.blinks") == 0
    assert seat.complaints == []


def test_a_redraw_keeps_the_focus_the_open_menu_and_the_outlines(seat: Seat) -> None:
    seat.go("/centres", ".sm-map path")
    page = seat.page
    page.evaluate(WATCH)
    page.click("#centres-bar summary")
    link = page.locator("#centres-body tbody a").first
    href = link.get_attribute("href")
    link.focus()
    word = page.locator("#centres-body .state span").first.text_content() or "?"
    _answering(seat, lambda text: _later(text).replace(word, "新到的一行"))
    _arrives(seat)
    expect(page.locator("#centres-body .state span").first).to_have_text("新到的一行")
    expect(page.locator(".sm-map[data-first]")).to_have_count(0)  # it was built anew,
    expect(page.locator(".sm-map.was")).to_have_count(0)  # and the old picture has left it
    expect(page.locator(".sm-map path").first).to_be_attached()
    assert page.evaluate("document.activeElement.getAttribute('href')") == href
    assert page.locator("#centres-bar details").get_attribute("open") is not None
    assert page.evaluate("window.blinks") == 0
    assert seat.complaints == []


def test_a_part_that_stays_the_same_stays_where_another_changes(seat: Seat) -> None:
    seat.go("/centres", ".sm-map path")
    page = seat.page
    page.evaluate("document.querySelector('#centres-bar h1').dataset.first = 'yes'")
    word = page.locator("#centres-body .state span").first.text_content() or "?"
    _answering(seat, lambda text: text.replace(word, "又一行"))
    _arrives(seat)
    expect(page.locator("#centres-body .state span").first).to_have_text("又一行")
    assert page.get_attribute("#centres-bar h1", "data-first") == "yes"


def test_an_answer_that_was_overtaken_is_not_taken_for_what_is_shown(seat: Seat) -> None:
    """Data come in while a new address is asked for: the framework throws the first answer away and shows the second, which is equal."""
    seat.go("/centres", ".sm-map path")
    page, held = seat.page, list[Route]()
    page.route(ANSWERS, lambda given: held.append(given) if "centres-body" in (given.request.post_data or "") else given.continue_())

    def asked(count: int) -> None:
        for _ in range(400):
            if len(held) >= count:
                return
            page.wait_for_timeout(25)
        raise AssertionError(f"{len(held)} of {count} questions came")

    page.evaluate("yizhan.go('/centres?area=360923')")
    asked(1)
    page.evaluate(COME)
    asked(2)
    for given in held:
        given.continue_()
        page.wait_for_timeout(300)
    expect(page.locator("#centres-body tbody tr[data-centre]").first).to_have_attribute("data-centre", "360923")
    assert seat.complaints == []
