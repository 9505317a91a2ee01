"""The directory of centres: changed inside one's own area with a reason, kept, undone; two at once lose nothing; a table comes in whole or not."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from matters.access import Forbidden, Scope
from matters.centres import Wrong, checked, on_duty
from matters.periods import Window
from services.centres import Conflict
from services.wiring import Services
from store.engine import reading
from store.schema import audit

CITY = Scope.of("city", "city_leader", "city")
COUNTY = Scope.of("county", "county_leader", "county", "360923")
CLERK = Scope.of("clerk", "township_clerk", "township", "360923", "360923103")
ANALYST = Scope.of("analyst", "analyst", "city")
YEAR = Window(date(2026, 1, 1), date(2026, 11, 24))
CODE = "360923"


def test_everybody_sees_the_centres_of_their_area(small_city: Services) -> None:
    centres = small_city.centres
    city, county, town = (centres.all(s, YEAR) for s in (CITY, COUNTY, CLERK))
    assert {c.state for c in city if c.level == "county"} == {"running", "planned"}
    assert sum(c.level == "county" for c in city) == 10
    assert {c.county for c in county} == {CODE} and len(county) < len(city) and [c.area for c in town] == ["360923103"]
    with pytest.raises(Forbidden):
        centres.get(COUNTY, "360902", YEAR)
    file = centres.get(COUNTY, CODE, YEAR)
    found = small_city.matters.page(COUNTY, file.rows, limit=1).sums
    assert file.line.visits == found.total > 0 and file.people == found.people
    assert [d.day.isoweekday() for d in file.week] == [1, 2, 3, 4, 5, 6, 7] and len(file.month) == 30
    assert not file.week[5].works and file.week[5].who == ()


def test_a_change_is_kept_and_undone(own_city: Services) -> None:
    centres = own_city.centres
    before = centres.given(COUNTY, CODE)
    with pytest.raises(Forbidden):
        centres.edit(ANALYST, CODE, 0, {"rooms": "一号调解室"}, "x")
    with pytest.raises(Forbidden):
        centres.edit(CLERK, CODE, 0, {"rooms": "一号调解室"}, "x")
    for changes, field in (({"name": ""}, "name"), ({"state": "closed"}, "state"), ({"since": ""}, "since"), ({"since": "2026-02-30"}, "since"),
                           ({"platforms": ["别的"]}, "platforms"), ({"resident": "、".join(map(str, range(50)))}, "resident")):  # fmt: skip
        with pytest.raises(Wrong, match=field):
            centres.edit(COUNTY, CODE, 0, changes, "试")
    with pytest.raises(Wrong, match="why"):
        centres.edit(COUNTY, CODE, 0, {"rooms": "一号调解室"}, " ")
    centres.edit(COUNTY, CODE, 0, {"rooms": "一号调解室、二号调解室", "d1": "人社局，住建局"}, "新装修")
    with pytest.raises(Conflict):
        centres.edit(COUNTY, CODE, 0, {"rooms": "三号"}, "同时有人在改")
    centres.set_day(COUNTY, CODE, 1, date(2026, 11, 24), "税务局", "临时换班 13812345678")
    file = centres.get(COUNTY, CODE, YEAR)
    assert file.version == 2 and file.line.detail["rooms"] == ["一号调解室", "二号调解室"] and file.line.today == ("税务局",)
    assert [(e.act, e.by, e.why) for e in file.events] == [("edit", "county", "新装修"), ("day", "county", "临时换班 138******")]
    assert set(file.events[0].fields) == {"rooms", "rotating"} and file.events[1].fields == ("days",)
    assert own_city.areas.centres[CODE]["detail"]["rooms"] == ["一号调解室", "二号调解室"]  # the county's page follows
    centres.undo(COUNTY, CODE, 2, "换回来")
    assert centres.get(COUNTY, CODE, YEAR).line.today != ("税务局",)
    centres.undo(COUNTY, CODE, 3, "还是换")
    assert centres.get(COUNTY, CODE, YEAR).line.today == ("税务局",)
    assert before["name"] == centres.given(COUNTY, CODE)["name"]
    with reading(own_city.engine) as c:
        assert set(c.execute(select(audit.c.act).where(audit.c.act.like("centre.%"))).scalars()) == {"centre.edit", "centre.day", "centre.undo"}


def test_a_table_comes_in_whole_or_not_at_all(own_city: Services) -> None:
    centres = own_city.centres
    system = Scope.system()
    rows = [{"area": "360900", "name": "宜春市矛调中心", "state": "running", "since": "2025-01-01", "resident": "法院、信访局"},
            {"area": CODE, "rooms": "和合调解室"}]  # fmt: skip
    with pytest.raises(Wrong):
        centres.bring(system, [*rows, {"area": "360902", "state": "no"}], "名录")
    assert not any(c.area == "360900" for c in centres.all(CITY, YEAR))
    had = sum(c.area == "360900" for c in centres.all(CITY, YEAR))
    assert centres.bring(system, rows, "名录") == {"new": 1 - had, "changed": 1 + had, "unchanged": 0}
    assert centres.bring(system, rows, "名录") == {"new": 0, "changed": 0, "unchanged": 2}
    assert centres.get(CITY, "360900", YEAR).line.detail["resident"] == ["法院", "信访局"]
    assert centres.given(CITY, CODE)["rooms"] == ["和合调解室"] and centres.given(CITY, CODE)["platforms"]


def test_who_comes_on_a_day() -> None:
    row = checked({"name": "中心", "state": "running", "since": "2026-01-01", "d2": "人社局、人社局,住建局", "days": {"2026-11-28": "环境局", "2026-11-24": ""}})
    assert on_duty(row["detail"], date(2026, 11, 17), True) == ["人社局", "住建局"]
    assert on_duty(row["detail"], date(2026, 11, 17), False) == []  # a holiday
    assert on_duty(row["detail"], date(2026, 11, 28), False) == ["环境局"]  # said for that Saturday
    assert on_duty(row["detail"], date(2026, 11, 24), True) == []  # said: nobody
