"""The meeting on the screens: freezing by the form, every number's link, decisions, papers, the room's pages, the API, who is refused."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from dash import Dash

from app import build_app
from dashboard import i18n, urlstate
from dashboard.pages.meeting.present import pages
from matters.access import Scope
from services.auth import DEMO_PASSWORD
from tests.dashboard.browser import browsing, serving, sit
from tests.dashboard.case_driving import run
from tests.dashboard.driving import elements, enter, words
from tests.services.test_as_of import change
from tests.services.test_meetings import at_noon

if TYPE_CHECKING:
    from services.wiring import Services

CITY = Scope.of("test", "city_leader", "city")


@pytest.fixture
def app(own_city: Services) -> Dash:
    at_noon(own_city, 1)
    return build_app(own_city)


def show(client: Any, app: Dash, path: str, search: str = "") -> Any:
    return run(client, app, "meeting-body.children", path, search)


def send(client: Any, app: Dash, path: str, search: str, version: int, **values: Any) -> dict[str, Any]:
    days = ("first", "last", "due")
    fields = [{"field": k.replace("__", "-"), ("date" if k in days else "value"): v} for k, v in values.items()]
    return run(client, app, "meeting-said.children", path, search, meeting_send__n_clicks=1, meeting_version__data=version, fields=fields)


def href(answer: dict[str, Any]) -> str:
    return str((answer.get("meeting-done", {}).get("data") or {}).get("href", ""))


def test_a_meeting_is_held_by_the_forms_and_every_number_opens_its_rows(app: Dash, own_city: Services) -> None:
    client = enter(app, "city", DEMO_PASSWORD)
    assert "还没有冻结过会议" in words(show(client, app, "/meeting"))
    refused = send(client, app, "/meeting", "?act=freeze", 0, kind="week", first="2031-01-01", last="2031-01-07")
    assert "时段" in words(refused) and not href(refused)
    path = href(send(client, app, "/meeting", "?act=freeze", 0, kind="year", first=None, last=None, title=""))
    number = int(path.rpartition("/")[2])
    change(own_city, 40)
    checked = 0
    for item in ("overall", "channels", "counties", "towns", "departments", "overdue"):
        for node in elements(show(client, app, path, f"?item={item}")):
            props = node["props"]
            if props.get("data-figure") and str(props.get("href", "")).startswith("/matters") and checked % 3 == 0:
                f = urlstate.read(props["href"].partition("?")[2], own_city.now().date()).filter
                assert own_city.matters.sums(CITY, f)[1].total == int(float(props["data-value"])), props
            checked += bool(props.get("data-figure"))
    assert checked > 100
    due = (own_city.now().date() + timedelta(days=3)).isoformat()
    assert "还缺" in words(send(client, app, path, "?act=decide", 0, what="x", who="y", due=None))
    assert href(send(client, app, path, "?act=decide", 0, what="排查预付卡", who="市市监局", due=due)) == path
    made = own_city.meetings.get(CITY, number).taken[0]
    assert "事由" not in words(send(client, app, path, f"?act=settle&d={made.id}", made.version, state="done", result="已排查"))
    assert "✓ 办结" in words(show(client, app, path))
    meeting = own_city.meetings.get(CITY, number)
    fields: dict[str, Any] = {f"at__{a.key}": str(n) for n, a in enumerate(meeting.agenda, start=1)}
    fields |= {"at__channels": "0", "note__overall": "先讲成绩", "head__counties": "各县齐抓"}
    assert href(send(client, app, path, "?act=agenda", meeting.line.version, **fields)) == path
    assert "有人已经改过" in words(send(client, app, path, "?act=agenda", meeting.line.version, **fields))
    after = own_city.meetings.get(CITY, number)
    assert {a.key: a.head for a in after.agenda}["counties"] == "各县齐抓" and not next(a for a in after.agenda if a.key == "channels").on
    said = words(show(client, app, path, "?present=1"))
    assert "先讲成绩" in said and meeting.line.digest[:4] in said
    answer = client.get(f"{path}/paper/xlsx")
    assert answer.status_code == 200 and answer.data[:2] == b"PK" and "attachment" in answer.headers["Content-Disposition"]
    assert client.get(f"{path}/paper/html").status_code == 404
    body = client.get(f"/api/v1/meetings/{number}").json
    assert body["digest"] == meeting.line.digest and body["body"] == meeting.body and body["sound"] and body["taken"][0]["state"] == "done"
    for user in ("county", "township"):
        other = enter(app, user, DEMO_PASSWORD)
        assert other.get(f"/api/v1/meetings/{number}").status_code == 404 and other.get(f"{path}/paper/docx").status_code == 404
        assert meeting.line.title not in words(show(other, app, path))


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)  # the same on the other: once is enough
def test_it_is_shown_in_front_of_the_room_by_keys_and_in_english(app: Dash, own_city: Services) -> None:
    own_city.meetings.freeze(CITY, "year")
    change(own_city, 30)
    at_noon(own_city, 9)
    made = own_city.meetings.freeze(CITY, "year")
    with serving(app.server) as base, browsing() as browser:
        seat = sit(browser, base, "city", DEMO_PASSWORD, 1920, 1080, at=None)
        seat.go(f"/meeting/{made.line.id}?present=1", ".slide h1")
        page = seat.page
        last = len(pages(made))
        assert last >= sum(a.on for a in made.agenda) + 2
        for key, number in (("ArrowRight", 2), ("PageDown", 3), ("ArrowLeft", 2), ("Home", 1), ("End", last), ("Home", 1)):
            page.keyboard.press(key)
            page.wait_for_selector(f".slide .m-foot b:text-is('{number} / {last}')")
        for number in range(1, last + 1):  # nothing of any page lies below its edge
            page.wait_for_selector(f".slide .m-foot b:text-is('{number} / {last}')")
            assert page.evaluate("(b => b.scrollHeight <= b.clientHeight + 1)(document.querySelector('.slide .m-body'))"), number
            page.keyboard.press("ArrowRight")
        page.keyboard.press("Home")
        page.wait_for_selector(f".slide .m-foot b:text-is('1 / {last}')")
        page.keyboard.press("n")
        assert page.locator(".slide .m-note").is_visible()
        assert page.evaluate("document.querySelector('.slide').scrollHeight <= innerHeight + 1")
        page.click(".slide [data-table=overall] a.n >> nth=0")
        page.wait_for_selector("#meeting-back")
        assert "as_of=" in page.url and "/matters" in page.url
        page.keyboard.press("Escape")
        page.wait_for_selector(".slide .m-foot b:has-text('1 /')")
        page.keyboard.press("Escape")
        page.wait_for_selector(".m-main h1")
        assert page.locator("#meeting-back").count() == 0
        assert not seat.complaints and not seat.strangers
    client = enter(app, "city", DEMO_PASSWORD)
    try:
        tree = show(client, app, f"/meeting/{made.line.id}", "?lang=en")
    finally:
        i18n.use("zh")
    assert "counted again" in words(tree) and "late" in words(tree).lower()
