"""The desk of supervision: every number opens what it counts, a card goes out through the form, refusals stand in it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from dash import Dash

from app import build_app
from matters.access import Scope
from matters.filters import Filter
from services.auth import DEMO_PASSWORD
from store.engine import reading
from store.feeds import all_agencies
from tests.dashboard.case_driving import figures, run
from tests.dashboard.driving import elements, enter, words
from tests.store.rows import made, write

if TYPE_CHECKING:
    from services.wiring import Services

CITY = Scope.of("city", "city_leader", "city")


@pytest.fixture
def app(own_city: Services) -> Dash:
    """The app over the small city and two matters of 丰城市 that are long past their limit."""
    long_ago = own_city.now().date() - timedelta(days=100)
    rows = [{"external_id": f"late{n}", "kind": "intake", "accepted_on": long_ago, "handled_on": long_ago, "title": f"久拖事项{n}", "channel": "visit",
             "place": ("360981", "360981100")} for n in (1, 2)]  # fmt: skip
    with reading(own_city.engine) as c:
        agencies = all_agencies(c)
    write(own_city.engine, "centre", [made(r) for r in rows], agencies, own_city.now())
    return build_app(own_city)


def send(client: Any, app: Dash, search: str, version: int, why: str, day: str = "") -> dict[str, Any]:
    return run(client, app, "sv-said.children", "/supervision", search, sv_send__n_clicks=1, sv_version__data=version, sv_why__value=why, sv_day__value=day)


def test_the_desk_shows_what_waits_and_sends_it(app: Dash, own_city: Services) -> None:
    city = enter(app, "city", DEMO_PASSWORD)
    shown = run(city, app, "sv-trees.data", "/supervision")
    desk = own_city.supervision.desk(CITY)
    known = figures(shown)
    assert len(desk.mechanisms) == 8 and {f"mechanism-{m.place.key}" for m in desk.mechanisms if m.waiting is not None} <= set(known)
    for name, total in (("cards", "cards"), ("leaders", "leaders"), ("joints", "joints"), ("consultations", "consultations"), ("callbacks", "callbacks")):
        assert int(known[name]["value"]) == desk.totals[total] > 0, name
    listed = own_city.matters.page(CITY, Filter(window=None, stage="accepted", part="open"))
    assert int(known["mechanism-collect"]["value"]) == listed.sums.total and "stage=accepted" in known["mechanism-collect"]["href"]
    rows = [e for e in elements(shown) if e["props"].get("data-matter")]
    assert len(rows) == len(desk.proposals) == desk.totals["proposals"] > 0

    line = next(p for p in desk.proposals if p.matter.title == "久拖事项1")
    asked = f"?act={line.step}&matter={line.matter.code}"
    form = run(city, app, "sv-form.children", "/supervision", asked)
    assert line.matter.title in words(form)
    day = own_city.now().date().isoformat()
    said = send(city, app, asked, line.matter.version + 9, "超期", day)
    assert "已经办了这件事项" in words(said)
    assert "没有填" in words(send(city, app, asked, line.matter.version, "  ", day))
    assert "没有填" in words(send(city, app, asked, line.matter.version, "超期", "明天"))
    done = send(city, app, asked, line.matter.version, "超期", day)
    assert done["sv-done"]["data"]["href"] == "/supervision"
    again = own_city.supervision.desk(CITY)
    assert again.cards[0].matter.code == line.matter.code and line.matter.code not in {p.matter.code for p in again.proposals}
    assert "不再提议" in words(run(city, app, "sv-form.children", "/supervision", asked))


def test_a_clerk_sees_the_township_and_issues_nothing(app: Dash, own_city: Services) -> None:
    clerk = enter(app, "township", DEMO_PASSWORD)
    shown = run(clerk, app, "sv-trees.data", "/supervision")
    assert not [e for e in elements(shown) if e["props"].get("data-issue")]
    other = next(p for p in own_city.supervision.desk(CITY).proposals if p.matter.title == "久拖事项2")
    assert other.matter.code not in words(shown)
    said = send(clerk, app, f"?act={other.step}&matter={other.matter.code}", other.matter.version, "x")
    assert "不在您的查看范围内" in words(said)
    assert "范围" in words(run(clerk, app, "sv-trees.data", "/supervision", "?area=360981"))


def test_nothing_waits(app: Dash) -> None:
    empty = run(enter(app, "city", DEMO_PASSWORD), app, "sv-trees.data", "/supervision", "?step=black&area=360926")
    assert "没有要催办、亮牌的事项" in words(empty)


def test_the_desk_has_no_past(own_city: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    tomorrow = own_city.now() + timedelta(days=1)
    monkeypatch.setattr(own_city, "now", lambda: tomorrow)  # before any part is built that asks for the time
    app = build_app(own_city)
    asked = f"?as_of={(tomorrow - timedelta(hours=12)):%Y-%m-%dT%H:%M}"
    assert "督办只看现在" in words(run(enter(app, "city", DEMO_PASSWORD), app, "sv-trees.data", "/supervision", asked))
