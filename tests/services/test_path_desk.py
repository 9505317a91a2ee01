"""The desk of supervision on the small city and on made-up matters: proposals, what is in force, whom to call, inside the scope."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from matters.access import Forbidden, Scope
from services.settings import load_settings
from services.wiring import Services, build
from store.engine import reading
from store.schema import matter
from tests.store.rows import declare, made, write

TODAY = date(2026, 6, 10)
COUNTY = Scope.of("head", "county_leader", "county", "360923")
CLERK = Scope.of("clerk", "township_clerk", "township", "360923", "360923101")
CITY = Scope.of("boss", "city_leader", "city")
DAY = timedelta(days=1)


@pytest.fixture
def desk(store_url: str, tmp_path: Path) -> Iterator[Services]:
    services = build(load_settings(data_dir=tmp_path / "data", database_url=store_url, today=TODAY), {})
    agencies = declare(services.engine)
    rows: list[dict[str, Any]] = [
        {"external_id": "late40", "accepted_on": TODAY - 70 * DAY, "handled_on": TODAY - 69 * DAY},
        {"external_id": "late2", "accepted_on": TODAY - 32 * DAY, "handled_on": TODAY - 30 * DAY, "place": ("360923", "360923102")},
        {"external_id": "waits", "registered_on": TODAY - 6 * DAY},
        {"external_id": "idle", "accepted_on": TODAY - 9 * DAY},
        {"external_id": "fine", "accepted_on": TODAY - 2 * DAY},
        {"external_id": "closed", "accepted_on": TODAY - 20 * DAY, "closed_on": TODAY - 3 * DAY, "outcome": "resolved"},
        {"external_id": "rated", "accepted_on": TODAY - 20 * DAY, "closed_on": TODAY - 3 * DAY, "outcome": "resolved", "satisfied": True},
        {"external_id": "elsewhere", "accepted_on": TODAY - 70 * DAY, "place": ("360981", "360981101")},
    ]  # fmt: skip
    usual = {"kind": "intake", "place": ("360923", "360923101"), "category": "02", "channel": "visit"}
    write(services.engine, "centre", [made({**usual, "title": r["external_id"], **r}) for r in rows], agencies)
    yield services
    services.close()


def act(services: Services, scope: Scope, title: str, key: str, /, **values: Any) -> None:
    with reading(services.engine) as c:
        code, version = c.execute(select(matter.c.code, matter.c.version).where(matter.c.title == title)).one()
    services.path.act(scope, code, key, values, version)


def test_proposals_become_cards_and_cards_are_answered(desk: Services) -> None:
    seen = desk.supervision.desk(COUNTY)
    assert [(p.matter.title, p.step, p.rule, p.days, p.may) for p in seen.proposals] == [
        ("late40", "yellow", "overdue", 40, True), ("late2", "yellow", "overdue", 2, True),
        ("idle", "urge", "unhandled", 9, True), ("waits", "urge", "unaccepted", 6, True)]  # fmt: skip
    assert [m.title for m in seen.callbacks] == ["closed"] and seen.totals["callbacks"] == 1
    assert seen.totals["dispatch"] == 4  # late40, late2, idle, fine
    act(desk, COUNTY, "late40", "yellow", why="超期 40 天", answer_by=(TODAY + 3 * DAY).isoformat())
    act(desk, COUNTY, "late40", "lead", leader="王 *", why="久拖")
    act(desk, COUNTY, "idle", "joint", title="处置", tasks="公安局|在场\n司法局|调解")
    act(desk, COUNTY, "fine", "consult", who="公安局、司法局", conclusions="先调")
    seen = desk.supervision.desk(COUNTY)
    assert [p.matter.title for p in seen.proposals] == ["late2", "idle", "waits"]
    assert [(c.matter.title, c.event.act, c.event.data["answer_by"]) for c in seen.cards] == [("late40", "yellow", "2026-06-13")]
    assert [c.matter.title for c in seen.leaders] == ["late40"] and [c.matter.title for c in seen.consultations] == ["fine"]
    act(desk, CLERK, "late40", "answer", ref=seen.cards[0].event.id, why="本周办结")
    act(desk, CLERK, "idle", "reply", ref=seen.joints[0].event.id, task=2, why="已调")
    act(desk, CLERK, "closed", "callback", satisfied=True)
    seen = desk.supervision.desk(COUNTY)
    assert [a.why for a in seen.cards[0].answers] == ["本周办结"]
    assert [(t["department"], t["done"], t["reply"]) for t in seen.joints[0].tasks] == [("公安局", False, ""), ("司法局", True, "已调")]
    assert seen.callbacks == ()
    act(desk, COUNTY, "late40", "withdraw", ref=seen.cards[0].event.id, why="已办")
    again = desk.supervision.desk(COUNTY)
    assert again.cards == () and again.proposals[0].matter.title == "late40"
    assert {m.place.key: m.waiting for m in again.mechanisms} == {
        "collect": 4, "assign": 4, "follow": 0, "rate": 0, "consult": 1, "lead": 1, "joint": 1, "assess": None}  # fmt: skip


def test_a_list_that_is_cut_says_how_many_there_are(desk: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    for title in ("late40", "idle", "fine"):
        act(desk, COUNTY, title, "lead", leader="王 *", why="久拖")
        act(desk, COUNTY, title, "joint", title="处置", tasks="公安局|在场")
        act(desk, COUNTY, title, "consult", who="公安局", conclusions="先调")
        act(desk, COUNTY, title, "urge", why="快办")
    monkeypatch.setattr("services.supervision.SHOWN", 2)
    seen = desk.supervision.desk(COUNTY)
    lists = {"leaders": seen.leaders, "joints": seen.joints, "consultations": seen.consultations, "cards": seen.cards}
    assert {name: (len(shown), seen.totals[name]) for name, shown in lists.items()} == dict.fromkeys(lists, (2, 3))
    assert {m.place.key: m.waiting for m in seen.mechanisms if m.place.counts in lists} == {"follow": 3, "lead": 3, "joint": 3, "consult": 3}


def test_nobody_sees_another_areas_desk(desk: Services) -> None:
    assert {p.matter.title for p in desk.supervision.desk(CITY).proposals} == {"late40", "late2", "waits", "idle", "elsewhere"}
    assert {p.matter.title for p in desk.supervision.desk(CLERK).proposals} == {"late40", "waits", "idle"}
    assert not any(p.may for p in desk.supervision.desk(CLERK).proposals)
    assert {p.matter.title for p in desk.supervision.desk(CITY, "360981").proposals} == {"elsewhere"}
    with pytest.raises(Forbidden):
        desk.supervision.desk(COUNTY, "360981")


def test_the_citys_desk_counts_what_the_store_holds(small_city: Services) -> None:
    """Every open matter past its limit that has no step yet is proposed."""
    seen = small_city.supervision.desk(CITY)
    today = small_city.now().date()
    with reading(small_city.engine) as c:
        past = c.execute(select(func.count()).select_from(matter).where(matter.c.is_open, matter.c.due_on < today)).scalar_one()
    carded = {x.matter.code for x in seen.cards}
    every = seen.totals["proposals"] + len(carded)
    assert every >= past
    assert len(seen.proposals) <= 200 and all(p.step in ("urge", "yellow", "red", "black") for p in seen.proposals)
