"""A listing's life in a real browser: each step by the one who may, no button for who may not, a photo of the inspection, the printed list."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from app import build_app
from matters.access import Scope
from services.auth import DEMO_PASSWORD
from tests.dashboard.browser import Seat, browsing, serving, sit
from tests.services.test_listings import picture

if TYPE_CHECKING:
    from services.wiring import Services

CITY = Scope.of("city", "city_leader", "city")
pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)  # what is tested here is the browser's part


def _take(seat: Seat, listing: int, step: str, **fields: str) -> None:
    """Open the listing, take a step by its form, and wait until it is gone."""
    seat.go(f"/listing/{listing}", f"a[data-act-step={step}]")
    seat.page.click(f"a[data-act-step={step}]")
    seat.page.wait_for_selector("#listing-send")
    for name, text in fields.items():
        seat.page.fill(f'.form [id*="\\"{name}\\""]', text)
    seat.page.click("#listing-send")
    seat.page.wait_for_selector("#listing-form .form", state="detached")


def _offered(seat: Seat, listing: int) -> set[str]:
    seat.go(f"/listing/{listing}", "#listing-body .stg")
    return {str(a.get_attribute("data-act-step")) for a in seat.page.query_selector_all("a[data-act-step]")}


def test_from_a_proposal_to_the_delisting(own_city: Services) -> None:
    asked = {"subject": "area", "area": "360923103", "categories": ["02"], "reason": "连续三个月增长", "owner": "泗溪镇"}
    n = own_city.listings.propose(CITY, asked).line.id
    with serving(build_app(own_city).server) as base, browsing() as browser:
        city, county, clerk, analyst = (sit(browser, base, who, DEMO_PASSWORD) for who in ("city", "county", "township", "analyst"))
        _take(analyst, n, "table", note="请例会审议")
        assert n in [x.id for x in own_city.listings.for_meeting(CITY)]
        _take(county, n, "consider", note="会商同意提请")
        assert _offered(county, n) == set() and _offered(clerk, n) == set()  # the city approves
        _take(city, n, "approve", note="领导小组同意")
        _take(city, n, "list", leader="陈某某")
        _take(clerk, n, "plan", note="确权、测量、巡回调解六项措施")
        _take(county, n, "progress", note="入户 212 户")
        _take(analyst, n, "inspect", note="两村测量滞后，限期补齐")
        with analyst.page.expect_file_chooser() as chosen:
            analyst.page.click("button[data-photo]")
        chosen.value.set_files({"name": "a.jpg", "mimeType": "image/jpeg", "buffer": picture()})
        analyst.page.wait_for_selector(".photos img")
        assert {"delist", "extend", "escalate"} & _offered(county, n) == set()
        _take(clerk, n, "test", note="各项措施完成")
        _take(city, n, "delist", note="验收通过", **({"despite": "余下一件已诉"} if _missed(own_city, n) else {}))
        city.go("/listings/notice", ".notice-sheet")
        assert own_city.listings.get(CITY, n).line.number in city.page.inner_text(".notice-sheet") and "陈" not in city.page.inner_text(".notice-sheet")
        for seat in (city, county, clerk, analyst):
            assert not seat.complaints and not seat.strangers


def _missed(city: Services, n: int) -> bool:
    return any(x.met is False for x in city.listings.get(CITY, n).targets)


def test_one_category_across_the_townships(own_city: Services) -> None:
    with serving(build_app(own_city).server) as base, browsing() as browser:
        for width, height in ((1440, 900), (390, 844)):
            seat = sit(browser, base, "city", DEMO_PASSWORD, width, height, at=None)
            seat.go("/trade/15", "#trade-rank table")
            town = seat.page.wait_for_selector('#trade-towns [data-figure^="town-3"]')
            assert town is not None
            shown = int(town.get_attribute("data-value") or 0)
            href = str(town.get_attribute("href"))
            assert seat.page.evaluate("document.documentElement.scrollWidth") <= width
            seat.go(href, '.sumline [data-figure="total"]')
            assert int(seat.page.get_attribute('.sumline [data-figure="total"]', "data-value") or -1) == shown > 0
            assert not seat.complaints and not seat.strangers
        county = sit(browser, base, "county", DEMO_PASSWORD, at=None)
        county.go("/trade/15", "#trade-rank table")
        assert "上高县" in county.page.inner_text("#trade-bar") and "丰城市" not in county.page.inner_text("#trade-root")
        county.go("/trade/77", ".state-panel")
