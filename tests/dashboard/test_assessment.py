"""The page of the assessment: numbers that open what they count, roles, refusals in the form, the API, and one walk in a browser."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest
from dash import Dash
from playwright.sync_api import expect

from app import build_app
from dashboard import urlstate
from matters.access import Scope
from matters.assessment import read_period
from services.auth import DEMO_PASSWORD
from tests.dashboard.browser import browsing, serving, sit
from tests.dashboard.case_driving import figures, run
from tests.dashboard.driving import elements, enter, words

if TYPE_CHECKING:
    from services.wiring import Services

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)  # both databases have their say in tests/services
CITY = Scope.of("city", "city_leader", "city")
PERIOD = "2026"


@pytest.fixture
def app(own_city: Services) -> Iterator[Dash]:
    yield build_app(own_city)


def body(client: Any, app: Dash, search: str) -> Any:
    return run(client, app, "as-trees.data", "/assessment", search)


def send(client: Any, app: Dash, search: str, version: int, **values: Any) -> dict[str, Any]:
    fields = [{"field": k, ("date" if k == "day" else "value"): v} for k, v in values.items()]
    return run(client, app, "assess-said.children", "/assessment", search, assess_send__n_clicks=1, assess_version__data=version, fields=fields)


def test_every_number_opens_its_rows_and_roles_see_their_own(app: Dash, own_city: Services) -> None:
    city, county, town = (enter(app, name, DEMO_PASSWORD) for name in ("city", "county", "township"))
    board = own_city.assessment.board(CITY, "county", read_period(PERIOD))
    unit = board.units[0]
    shown = body(city, app, f"?period={PERIOD}")
    known = figures(shown)
    assert [known[f"total-{u.key}"]["value"] for u in board.units if u.total is not None] == [repr(u.total) for u in board.units if u.total is not None]
    opened = 0
    for p in unit.parts:
        for which, part in (("top", p.top), ("bottom", p.bottom)):
            if part is None:
                continue
            found, opened = known[f"{unit.key}-{p.key}-{which}"], opened + 1
            asked = urlstate.read(urlsplit(found["href"]).query, own_city.now().date()).filter
            assert own_city.matters.page(CITY, asked, limit=1).sums.total == int(found["value"]) == part.value
    assert opened >= 8 and parse_qs(urlsplit(known[f"settled-{unit.key}"]["href"]).query)["area"] == [unit.key]

    mine = body(county, app, f"?level=county&period={PERIOD}")
    links = {e["props"]["href"] for e in elements(mine) if str(e["props"].get("href", "")).startswith("/matters")}
    assert "只看得到总分和名次" in words(mine) and links and all("area=360923" in h for h in links)
    other = body(county, app, f"?level=county&period={PERIOD}&unit=360981")
    assert {h for e in elements(other) if "area=360981" in (h := str(e["props"].get("href", "")))} == set()
    clerk = body(town, app, f"?period={PERIOD}")
    assert {e["props"]["data-unit"] for e in elements(clerk) if e["props"].get("data-unit")} == {"360923103"}
    assert "不在您的查看范围内" in words(body(town, app, f"?level=county&period={PERIOD}"))
    assert "不在您的查看范围内" in words(body(county, app, f"?level=township&period={PERIOD}&area=360981"))
    assert "不在您的查看范围内" in words(body(town, app, "?show=review&period=2026-Q3"))
    assert "看不懂" in words(body(city, app, "?period=2026-Q7")) and "还没有开始" in words(body(city, app, "?period=2027-Q1"))
    assert "没有这个地区" in words(body(city, app, "?level=department&area=999999"))

    plot = body(city, app, f"?show=funnel&level=township&period={PERIOD}&by=satisfaction")
    dots = [e for e in elements(plot) if "fn-dot" in str(e["props"].get("className", ""))]
    towns = own_city.assessment.board(CITY, "township", read_period(PERIOD))
    rated = [p for u in towns.units for p in u.parts if p.key == "satisfaction" and p.bottom is not None and p.bottom.value]
    parts = figures(plot)
    assert len(dots) == len(rated) == sum(int(parts[f"funnel-{n}"]["value"]) for n in (0, 1, 2))
    for show in ("marks", "indices", "review", "rules"):
        for lang in ("", "&lang=en"):
            assert "暂时算不出来" not in words(body(city, app, f"?show={show}&period=2026-Q3{lang}"))


def test_a_mark_through_the_form_and_every_refusal_in_words(app: Dash, own_city: Services) -> None:
    city, county, town = (enter(app, name, DEMO_PASSWORD) for name in ("city", "county", "township"))
    day, asked = own_city.now().date().isoformat(), "?act=mark&unit=360923103&period=2026-Q4"
    assert "assess-send" in str(run(county, app, "as-form.children", "/assessment", asked))
    assert "assess-send" not in str(run(town, app, "as-form.children", "/assessment", asked))
    given = {"unit": "360923103", "day": day, "points": "-1.5", "reason": "漏报一件"}
    seen = own_city.marks.seen("360923103")
    for changed, says in (({"points": "二"}, "分值"), ({"points": "0"}, "分值"), ({"reason": " "}, "理由"), ({"day": "2099-01-01"}, "日期"), ({"unit": None}, "先选")):
        assert says in words(send(county, app, asked, seen, **{**given, **changed})["assess-said"])
    assert "不在您之下" in words(send(town, app, asked, seen, **given)["assess-said"])
    assert "不在您之下" in words(send(county, app, "?act=mark&period=2026-Q4", 0, **{**given, "unit": own_city.areas.children("360981")[0].code})["assess-said"])
    assert "有人已经" in words(send(county, app, asked, seen + 1, **given)["assess-said"])
    done = send(county, app, asked, seen, **given)
    assert done["as-done"]["data"]["href"] == "/assessment?period=2026-Q4&show=marks&unit=360923103"
    listed = body(county, app, "?show=marks&period=2026-Q4")
    mark = next(e["props"]["data-mark"] for e in elements(listed) if e["props"].get("data-mark"))
    assert "漏报一件" in words(listed) and "−1.50" in words(listed)
    assert "漏报一件" in words(body(town, app, "?period=2026-Q4&unit=360923103"))
    undo = f"?act=withdraw&mark={mark}&period=2026-Q4"
    assert "assess-send" not in str(run(town, app, "as-form.children", "/assessment", undo))
    assert "理由" in words(send(county, app, undo, 0, reason="")["assess-said"])
    send(city, app, undo, 0, reason="查无此事")
    assert "有人已经" in words(send(county, app, undo, 0, reason="晚一步")["assess-said"])
    assert "由 city 撤销：查无此事" in words(body(county, app, "?show=marks&period=2026-Q4"))

    for user, client, code in (("city", city, 200), ("county", county, 200), ("township", town, 403)):
        answer = client.get("/assessment/review/2026-Q3/docx")
        assert answer.status_code == code, user
    assert county.get("/assessment/review/2026-Q3/docx?area=360981").status_code == 403
    assert city.get("/assessment/review/2026-Q9/docx").status_code == city.get("/assessment/review/2026-Q3/exe").status_code == 404

    rows = county.get(f"/api/v1/assessment?level=county&period={PERIOD}").json
    assert rows["rules"]["version"] == 1 and len(rows["rows"]) == len(own_city.areas.counties())
    assert all(r["veiled"] == (r["unit"] != "360923") == (not r["parts"]) for r in rows["rows"])
    assert town.get("/api/v1/assessment?level=county").status_code == 403 and county.get("/api/v1/assessment?area=360981").status_code == 403
    assert city.get("/api/v1/assessment?period=2026-Q9").status_code == city.get("/api/v1/assessment?period=2027-01").status_code == 400
    assert {r["area"] for r in county.get("/api/v1/outside-indices").json["rows"]} == {"", "360923"}


def test_an_analyst_walks_from_the_score_to_its_rows(own_city: Services) -> None:
    with serving(build_app(own_city).server) as base, browsing() as browser:
        seat = sit(browser, base, "analyst", DEMO_PASSWORD)
        page = seat.page
        seat.go("/assessment?period=2026", ".ast tbody tr")
        name = page.locator(".ast tbody tr a").nth(1)
        title = name.inner_text()
        name.click()
        expect(page.locator(".as-one h2").first).to_have_text(title)
        number = page.locator(".asp .n").first
        count = number.inner_text()
        number.click()
        page.wait_for_url("**/matters?**")
        expect(page.locator("[data-figure=total]").first).to_have_attribute("data-value", count.replace(",", ""))
        page.go_back()
        expect(page.locator(".as-one h2").first).to_have_text(title)
        page.click(".views a:has-text('漏斗图')")
        expect(page.locator(".fn-dot").first).to_be_visible()
        page.click(".bar a:has-text('加分或扣分')")
        page.fill("#as-form input[maxlength='8']", "2")
        page.fill("#as-form textarea", "牵头化解一起群体性纠纷，附会议纪要")
        page.click("#assess-send")
        # The unit was chosen by the address; the mark stands in the list at once.
        expect(page.locator("#page table").first).to_contain_text("牵头化解一起群体性纠纷，附会议纪要")
        page.click(".bar a:has-text('加分或扣分')")
        page.fill("#as-form input[maxlength='8']", "2")
        page.click("#assess-send")
        expect(page.locator("#assess-said")).not_to_be_empty()  # without a reason: said, and the form stays
        expect(page.locator("#as-form input[maxlength='8']")).to_have_value("2")
        seat.go("/assessment?show=review&period=2026-Q3", ".paper-sheet")
        page.emulate_media(media="print")
        expect(page.locator(".as-paper .acts")).to_be_hidden()
        page.emulate_media(media="screen")
        with page.expect_download() as got:
            page.click(".as-paper a:has-text('DOCX')")
        assert got.value.suggested_filename.endswith(".docx")
        page.set_viewport_size({"width": 390, "height": 844})
        for show in ("scores", "funnel", "marks", "indices", "rules"):
            seat.go(f"/assessment?show={show}&period=2026", ".assess .foot")
            assert page.evaluate("document.documentElement.scrollWidth") <= 390, show
        assert seat.complaints == [] and seat.strangers == []
