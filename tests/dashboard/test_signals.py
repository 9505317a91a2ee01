"""From a signal to an act, in a real browser: decided on, a letter written and issued, another sent to the meeting; refused to those who may not."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from app import build_app
from matters.access import Scope
from services.auth import DEMO_PASSWORD
from services.meeting_signals import signal_table
from store.engine import reading
from store.feeds import all_agencies
from tests.dashboard.browser import Seat, browsing, serving, sit
from tests.store.rows import made, write

if TYPE_CHECKING:
    from services.wiring import Services

CITY = Scope.of("city", "city_leader", "city")
PLACES = (("360923", "360923103", "09"), ("360926", "360926100", "12"))
pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)  # what is tested here is the browser's part


def _bursts(services: Services) -> None:
    """A dozen matters in each of two townships of two counties, and a run over them."""
    with reading(services.engine) as c:
        agencies = all_agencies(c)
    last = date(2026, 11, 22)
    rows = [{"external_id": f"{town}-{n}", "kind": "intake", "accepted_on": last - timedelta(days=n % 10), "category": kind, "title": f"纠纷{n}",
             "channel": "visit", "place": (county, town)} for county, town, kind in PLACES for n in range(12)]  # fmt: skip
    write(services.engine, "centre", [made(r) for r in rows], agencies, services.now())
    services.signals.run()


def _press(seat: Seat, step: str, **fields: str) -> None:
    """Open the form of a step on a letter's page, fill it in, send it, and wait until it is gone."""
    seat.page.click(f"a[data-act-step={step}]")
    for name, text in fields.items():
        seat.page.fill(f'.form [id*="\\"{name}\\""]', text)
    seat.page.click("#letter-send")
    seat.page.wait_for_selector("#letter-form .form", state="detached")


def test_from_a_signal_to_a_letter_and_to_the_meeting(own_city: Services) -> None:
    _bursts(own_city)
    ours, theirs = (next(x for x in own_city.signals.desk(CITY).lines if (x.town, x.category) == (town, kind)) for _, town, kind in PLACES)
    with serving(build_app(own_city).server) as base, browsing() as browser:
        analyst = sit(browser, base, "analyst", DEMO_PASSWORD, at=None)
        analyst.go("/signals", f"#signal-{ours.id}")
        analyst.page.focus(f"#signal-{ours.id} a[data-row]")
        analyst.page.keyboard.press("l")  # the letter is drafted on its own page, from the signal
        analyst.page.wait_for_selector("#letter-form .sent")
        assert ours.sentence[0] in analyst.page.inner_text("#letter-form")
        analyst.page.click("#letter-send")
        analyst.page.wait_for_selector(".paper-sheet img")
        assert f"{ours.count}件" in analyst.page.inner_text(".paper-sheet")
        number = own_city.letters.all(CITY)[0].id
        _press(analyst, "submit")
        assert not analyst.page.query_selector("a[data-act-step=approve]")  # the writer does not approve
        city = sit(browser, base, "city", DEMO_PASSWORD, at=None)
        city.go(f"/letter/{number}", "a[data-act-step=approve]")
        _press(city, "approve")
        _press(city, "issue")
        expect(city.page.locator(".paper-sheet")).to_contain_text("〔2026〕1号")
        clerk = sit(browser, base, "township", DEMO_PASSWORD, 390, 844, at=None)  # of the township that the letter is about
        clerk.go(f"/letter/{number}", "a[data-act-step=receipt]")
        _press(clerk, "receipt")
        _press(clerk, "reply", measures="已逐户走访，约谈采石场。")
        assert not clerk.page.query_selector("a[data-act-step=accept]")
        clerk.go("/signals", f"#signal-{ours.id}")
        assert not clerk.page.query_selector(f"#signal-{ours.id} [data-step][href]") and not clerk.page.query_selector(f"#signal-{theirs.id}")
        city.go(f"/letter/{number}", "a[data-act-step=accept]")
        assert "已逐户走访" in city.page.inner_text("#letter-body")
        _press(city, "accept")
        city.go(f"/signals?id={theirs.id}&act=meeting", "#signal-send")
        city.page.fill(".form textarea", "请下次例会研究")
        city.page.click("#signal-send")
        city.page.wait_for_selector(f'#signal-{theirs.id} [data-step=m][aria-current="true"]')
        assert city.page.get_attribute(f"#signal-{ours.id} a:has-text('看提示函')", "href") == f"/letter/{number}"
        for seat in (analyst, city, clerk):
            assert not seat.complaints and not seat.strangers
    _stands_on_the_agenda(own_city, theirs.id)


def _stands_on_the_agenda(city: Services, signal: int) -> None:
    """First of the next meeting's signals; no more once a later meeting has been held."""
    table = signal_table(city.signals, lambda scope, at: None)(CITY, city.now())
    assert table is not None
    assert [c["s"] for c in table["rows"][0]["cells"][:1]] == ["送会议"] and table["rows"][0]["cells"][1]["h"] == f"/signals?id={signal}"
    assert "送会1条" in table["says"]["zh"]
    held = signal_table(city.signals, lambda scope, at: city.now() + timedelta(days=1))(CITY, city.now())
    assert held is not None and "送会" not in held["says"]["zh"]
