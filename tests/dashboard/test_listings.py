"""The listings: a whole life taken through the form's callback, refusals in plain words, numbers that add up."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from dash import Dash

from app import build_app
from dashboard.components import listing_effect, listing_plot, listing_words
from dashboard.components.listing_words import TABS
from matters.access import Scope
from services.auth import DEMO_PASSWORD
from services.shapes import Effect, ListingLine
from tests.dashboard.case_driving import figures, run
from tests.dashboard.driving import elements, enter, words
from tests.services.test_listings import picture

if TYPE_CHECKING:
    from services.wiring import Services

CITY = Scope.of("test", "city_leader", "city")
AREA = "360923103"
PROPOSAL = {"subject": "area", "area": AREA, "categories": ["02"], "reason": "连续三个月增长"}


@pytest.fixture
def app(own_city: Services) -> Dash:
    return build_app(own_city)


@pytest.fixture
def city(app: Dash) -> Any:
    return enter(app, "city", DEMO_PASSWORD)


def send(client: Any, app: Dash, path: str, search: str, version: int, **values: Any) -> dict[str, Any]:
    """What the form says, and where it leads."""
    fields = [{"field": k.replace("__", "-"), ("date" if k == "deadline" else "value"): v} for k, v in values.items()]
    return run(client, app, "listing-said.children", path, search, listing_send__n_clicks=1, listing_version__data=version, fields=fields)


def href(answer: dict[str, Any]) -> str:
    return str((answer.get("listing-done", {}).get("data") or {}).get("href", ""))


def test_a_listing_lives_from_proposal_to_delisting(app: Dash, city: Any, own_city: Services) -> None:
    made = href(send(city, app, "/listings", "?act=propose", 0, **PROPOSAL))
    assert made.startswith("/listing/")
    number = int(made.rpartition("/")[2])
    admin = enter(app, "admin", DEMO_PASSWORD)
    deadline = (own_city.now().date() + timedelta(days=60)).isoformat()
    listed = {"owner": "泗溪镇", "leader": "张三", "deadline": deadline, "target-accepted": 30, "target-resolved_rate": 96, "target-satisfaction": ""}
    for step, fields in (("consider", {"note": "同意提请"}), ("approve", {"note": "同意"}), ("list", listed), ("progress", {"note": "入户"}),
                         ("inspect", {"note": "查"}), ("extend", {"note": "缓", "deadline": (own_city.now().date() + timedelta(days=90)).isoformat()}),
                         ("escalate", {"note": "差", "measure": "talk"}), ("test", {"note": "达标"}), ("delist", {"note": "通过", "despite": "余下一件已诉"})):  # fmt: skip
        version = own_city.listings.get(CITY, number).line.version
        answer = send(admin, app, made, f"?act={step}", version, **{k.replace("-", "__"): v for k, v in fields.items()})
        assert href(answer) == made, (step, words(answer))
    file = own_city.listings.get(CITY, number)
    assert file.line.state == "delisted" and file.line.number
    assert file.line.leader == "张 *"  # a clear name is masked before it is stored
    assert "张三" not in str([e.data for e in file.events])
    assert [(x["indicator"], x["value"]) for x in file.line.targets] == [("accepted", 30.0), ("resolved_rate", 0.96)]
    text = words(run(city, app, "listing-body.children", made))
    assert all(word in text for word in ("入户", "约谈", "达标", file.line.number))


def test_only_the_acts_that_may_be_taken_are_offered(app: Dash, city: Any, own_city: Services) -> None:
    line = own_city.listings.propose(CITY, PROPOSAL).line
    for user in ("city", "analyst", "township"):
        client = enter(app, user, DEMO_PASSWORD)
        body = run(client, app, "listing-body.children", f"/listing/{line.id}")
        offered = {e["props"]["data-act-step"] for e in elements(body) if e["props"].get("data-act-step")}
        scope = {"city": CITY, "analyst": Scope.of("a", "analyst", "city")}.get(user)
        if scope is None:
            assert offered <= {"plan", "progress", "test"}
        else:
            assert offered == set(own_city.listings.get(scope, line.id).acts)


def test_an_act_out_of_turn_is_refused_in_words(app: Dash, city: Any, own_city: Services) -> None:
    line = own_city.listings.propose(CITY, PROPOSAL).line
    answer = send(city, app, f"/listing/{line.id}", "?act=delist", line.version, note="想摘")
    assert "没有记下" in words(answer) and not href(answer)
    form = run(city, app, "listing-form.children", f"/listing/{line.id}", "?act=delist")
    assert "这一步现在不能做" in words(form) and not [e for e in elements(form) if e["props"].get("id") == "listing-send"]


def test_somebody_faster_is_told_and_nothing_is_written_over(app: Dash, city: Any, own_city: Services) -> None:
    line = own_city.listings.propose(CITY, PROPOSAL).line
    own_city.listings.act(CITY, line.id, line.version, "consider", {"note": "先一步"})
    answer = send(city, app, f"/listing/{line.id}", "?act=reject", line.version, note="晚一步")
    assert "有人已经改了" in words(answer) and not href(answer)
    assert own_city.listings.get(CITY, line.id).line.state == "considered"


@pytest.mark.parametrize(("act", "given", "missing"), [
    ("consider", {"note": "  "}, "说明或理由"),
    ("propose", {**PROPOSAL, "categories": []}, "纠纷类别"),
    ("propose", {**PROPOSAL, "area": None}, "地区"),
])  # fmt: skip
def test_what_is_missing_is_named(app: Dash, city: Any, own_city: Services, act: str, given: dict[str, Any], missing: str) -> None:
    line = own_city.listings.propose(CITY, PROPOSAL).line
    before = len(own_city.listings.all(CITY))
    path = "/listings" if act == "propose" else f"/listing/{line.id}"
    answer = send(city, app, path, f"?act={act}", line.version, **given)
    assert missing in words(answer) and not href(answer)
    assert len(own_city.listings.all(CITY)) == before


def test_a_deadline_in_the_past_and_a_target_out_of_range_are_refused(app: Dash, city: Any, own_city: Services) -> None:
    line = own_city.listings.propose(CITY, PROPOSAL).line
    for step in ("consider", "approve"):
        line = own_city.listings.act(CITY, line.id, line.version, step, {"note": "同意"}).line
    fields = {"owner": "镇", "leader": "李 *", "deadline": "2020-01-01", "target__resolved_rate": 96}
    assert "期限要晚于" in words(send(city, app, f"/listing/{line.id}", "?act=list", line.version, **fields))
    wrong = {**fields, "deadline": "2099-01-01", "target__resolved_rate": 960}
    assert "0 到 100" in words(send(city, app, f"/listing/{line.id}", "?act=list", line.version, **wrong))
    assert own_city.listings.get(CITY, line.id).line.state == "approved"


def test_the_tabs_count_what_they_show(app: Dash, city: Any, own_city: Services) -> None:
    own_city.listings.propose(CITY, PROPOSAL)
    lines = own_city.listings.all(CITY)
    found = figures(run(city, app, "listings-bar.children", "/listings"))
    for tab, states in TABS.items():
        assert int(found[f"tab-{tab}"]["value"]) == sum(x.state in states for x in lines)
        table = run(city, app, "listings-bar.children", "/listings", f"?tab={tab}")["listings-table"]["children"]
        rows = [e for e in elements(table) if e["type"] == "Tr" and e["props"].get("data-listing")]
        assert len(rows) == int(found[f"tab-{tab}"]["value"])


def test_a_county_neither_sees_nor_changes_anothers_listing(app: Dash, own_city: Services) -> None:
    town = own_city.areas.children("360981")[0].code
    line = own_city.listings.propose(CITY, {**PROPOSAL, "area": town}).line
    county = enter(app, "county", DEMO_PASSWORD)
    assert "没有找到" in words(run(county, app, "listing-body.children", f"/listing/{line.id}"))
    assert not href(send(county, app, f"/listing/{line.id}", "?act=consider", line.version, note="x"))
    assert own_city.listings.get(CITY, line.id).line.state == "proposed"


def _line(effect: Effect | None = None, **changes: Any) -> ListingLine:
    base: dict[str, Any] = {
        "id": 1, "version": 1, "subject": "area", "state": "listed", "number": "宜挂〔2026〕12 号", "title": "", "area": AREA, "area_name": "泗溪镇",
        "county_name": "上高县", "categories": ("02",), "owner": "泗溪镇", "leader": "陈 *", "proposed_on": date(2026, 7, 1),
        "listed_on": date(2026, 8, 1), "deadline": date(2026, 10, 31), "ended_on": None, "targets": (), "extensions": 0, "reason": "r",
        "effect": effect, "progress": 0.5,
    }  # fmt: skip
    return ListingLine(**{**base, **changes})


@pytest.mark.parametrize(("today", "text"), [
    (date(2026, 8, 1), "08-01 至 10-31，第 1 月，共 3 月"), (date(2026, 9, 30), "08-01 至 10-31，第 2 月，共 3 月"),
    (date(2026, 10, 8), "08-01 至 10-31，第 3 月，共 3 月"), (date(2026, 10, 24), "08-01 至 10-31，剩 7 天"),
    (date(2026, 11, 2), "08-01 至 10-31，超期 2 天"),
])  # fmt: skip
def test_the_term_in_words(today: date, text: str) -> None:
    assert listing_words.term(_line(), today) == text


@pytest.mark.parametrize(("verdict", "low", "high", "word"), [("fell", -0.49, -0.09, "在降"), ("rose", 0.03, 0.31, "在升"), ("unclear", -0.4, 0.1, "看不出升降")])
def test_the_verdict_and_its_drawing_agree(verdict: Any, low: float, high: float, word: str) -> None:
    effect = Effect(41, 28, 246, 56, (low + high) / 2, low, high, verdict)
    assert listing_words.verdict(effect)[0].startswith(word)
    row = listing_plot.interval(effect, 0.5).to_plotly_json()["props"]["children"]
    line = row[1].to_plotly_json()["props"]
    zero = float(row[0].to_plotly_json()["props"]["x1"])
    assert (float(line["x2"]) < zero) == (high < 0) and (float(line["x1"]) > zero) == (low > 0)


def test_few_are_counts_and_no_verdict() -> None:
    effect = Effect(2.3, 3, 14, 9, None, None, None, "few")
    assert listing_words.verdict(effect) == ("件数少，不下结论", "m", "太少，只列件数：14 → 9 件")
    assert "不下结论" in "".join(str(x) for x in listing_effect.sentence(effect))


def test_an_interval_beyond_the_scale_is_cut_with_a_mark() -> None:
    wide = Effect(10, 30, 60, 60, 2.0, 0.9, 4.0, "rose")
    assert listing_plot.reach([_line(wide)]) == 1.5
    shapes = [c.to_plotly_json()["props"] for c in listing_plot.interval(wide, 1.5).children]
    assert all(0 <= float(s[k]) <= listing_plot.WIDTH for s in shapes for k in ("x1", "x2", "cx") if k in s)


def test_photos_go_in_and_out_inside_the_scope(app: Dash, city: Any, own_city: Services) -> None:
    line = own_city.listings.propose(CITY, PROPOSAL).line
    for step, data in (("consider", {"note": "x"}), ("approve", {"note": "x"}), ("list", {
        "owner": "镇", "leader": "李 *", "deadline": "2099-01-01", "targets": [{"indicator": "accepted", "op": "<=", "value": 9}]}),
        ("inspect", {"note": "现场"})):  # fmt: skip
        file = own_city.listings.act(CITY, line.id, line.version, step, data)
        line = file.line
    address = f"/listing/{line.id}/inspection/{file.events[-1].id}/photos"
    large = picture()
    assert len(large) > 256 * 1024  # more than a form may send
    answer = city.post(address, data=large, content_type="application/octet-stream")
    assert answer.status_code == 200
    number = answer.get_data(as_text=True)
    shown = city.get(f"/photo/{number}?size=small")
    assert shown.status_code == 200 and shown.mimetype == "image/jpeg" and shown.headers["X-Content-Type-Options"] == "nosniff"
    body = run(city, app, "listing-body.children", f"/listing/{line.id}")
    assert [e["props"]["src"] for e in elements(body) if e["type"] == "Img"] == [f"/photo/{number}?size=small"]
    assert [e["props"]["data-photo"] for e in elements(body) if e["props"].get("data-photo")] == [address]
    bad = city.post(address, data=b"<script>", content_type="application/octet-stream")
    assert bad.status_code == 400 and "不是能读的照片" in bad.get_data(as_text=True)
    assert city.post(address, data=large, headers={"Origin": "http://elsewhere"}).status_code == 403
    assert app.server.test_client().get(f"/photo/{number}").status_code == 302  # to the login page
    assert city.get("/photo/999999").status_code == 404


def test_a_proposal_from_a_candidate_keeps_its_figures(app: Dash, city: Any, own_city: Services) -> None:
    found = own_city.candidates.all(CITY).lines
    page = run(city, app, "listings-bar.children", "/listings", "?tab=candidates")
    rows = [e["props"]["data-candidate"] for e in elements(page) if e["props"].get("data-candidate")]
    assert rows == [c.key for c in found]
    free = next((c for c in found if not c.listed and not c.waiting), None)
    assert free is not None
    both = run(city, app, "listings-bar.children", "/listings", f"?tab=candidates&cmp={free.key}")
    assert "并排比较" in words(both)
    given = {"subject": "area", "area": free.area, "categories": [free.category], "reason": "如表"}
    made = href(send(city, app, "/listings", f"?act=propose&cand={free.key}", 0, **given))
    events = own_city.listings.get(CITY, int(made.split("?")[0].rpartition("/")[2])).events
    assert events[0].data["evidence"]["counts"] == list(free.counts)
