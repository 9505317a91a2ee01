"""A listing's whole life by those who may, refused to those who may not, with who, when and why kept."""

from __future__ import annotations

from datetime import timedelta

import pytest

from matters.access import Forbidden, Scope
from matters.listing import WrongStep
from store.listings import Conflict
from tests.services.conftest import TODAY, City

TOWN = "360923103"
CLERK = Scope.of("clerk", "township_clerk", "township", "360923", TOWN)
COUNTY = Scope.of("county", "county_leader", "county", "360923")
CITY = Scope.of("city", "city_leader", "city")
NEXT_DOOR = Scope.of("other", "county_leader", "county", "360981")
TERMS = {"owner": "泗溪镇", "leader": "陈 *", "deadline": (TODAY + timedelta(days=90)).isoformat(),
         "targets": [{"indicator": "accepted", "op": "<=", "value": 30}, {"indicator": "satisfaction", "op": ">=", "value": 0.8}]}  # fmt: skip


def test_the_whole_life(city: City) -> None:
    listings = city.services.listings
    file = listings.propose(CLERK, {"subject": "area", "area": TOWN, "categories": ["02"], "reason": "连续三个月增长"})
    number = file.line.id
    with pytest.raises(Forbidden):
        listings.act(CLERK, number, file.line.version, "consider", {"note": "x"})
    file = listings.act(COUNTY, number, file.line.version, "consider", {"note": "同意提请"})
    with pytest.raises(Forbidden):
        listings.act(COUNTY, number, file.line.version, "approve", {"note": "x"})
    file = listings.act(CITY, number, file.line.version, "approve", {"note": "同意"})
    with pytest.raises(WrongStep, match="owner"):
        listings.act(CITY, number, file.line.version, "list", {})
    with pytest.raises(WrongStep, match="deadline"):
        listings.act(CITY, number, file.line.version, "list", {**TERMS, "deadline": TODAY.isoformat()})
    file = listings.act(CITY, number, file.line.version, "list", TERMS)
    assert file.line.state == "listed" and file.line.number.startswith(f"宜挂〔{TODAY.year}〕") and file.line.listed_on == TODAY
    assert file.line.number in listings.in_force(CITY)[TOWN]
    assert [t.indicator for t in file.targets] == ["accepted", "satisfaction"]
    for scope, step, data in (
        (CLERK, "plan", {"note": "六项措施"}), (CLERK, "progress", {"note": "完成四项"}), (COUNTY, "inspect", {"note": "两项滞后"}),
        (CITY, "escalate", {"note": "不力", "measure": "talk"}),
        (CITY, "extend", {"note": "再给一月", "deadline": (TODAY + timedelta(days=120)).isoformat()}),
        (CLERK, "test", {"note": "申请验收"}), (CITY, "delist", {"note": "达标"}),
    ):  # fmt: skip
        file = listings.act(scope, number, file.line.version, step, data)
    assert file.line.state == "delisted" and file.line.ended_on == TODAY and file.line.extensions == 1 and not file.acts
    assert [e.step for e in file.events] == ["propose", "consider", "approve", "list", "plan", "progress", "inspect", "escalate", "extend",
                                             "test", "delist"]  # fmt: skip
    assert {(e.by, e.role) for e in file.events} == {("clerk", "township_clerk"), ("county", "county_leader"), ("city", "city_leader")}
    assert all(e.note for e in file.events if e.step != "list") and all(e.at.date() == TODAY for e in file.events)


def test_two_at_once_lose_nothing(city: City) -> None:
    listings = city.services.listings
    file = listings.propose(CITY, {"subject": "trade", "area": "", "categories": ["15"], "title": "物业服务", "reason": "多发"})
    listings.act(COUNTY_ANALYST, file.line.id, file.line.version, "consider", {"note": "先到"})
    with pytest.raises((Conflict, WrongStep)):
        listings.act(CITY, file.line.id, file.line.version, "reject", {"note": "后到"})
    assert listings.get(CITY, file.line.id).line.state == "considered"
    with pytest.raises(Conflict):
        listings.act(CITY, file.line.id, file.line.version, "approve", {"note": "旧表"})
    assert [e.note for e in listings.get(CITY, file.line.id).events] == ["多发", "先到"]


COUNTY_ANALYST = Scope.of("analyst", "analyst", "city")


def test_the_next_county_sees_and_does_nothing(city: City) -> None:
    listings = city.services.listings
    file = listings.propose(COUNTY, {"subject": "area", "area": TOWN, "categories": ["03"], "reason": "多发"})
    with pytest.raises(LookupError):
        listings.get(NEXT_DOOR, file.line.id)
    with pytest.raises(LookupError):
        listings.act(NEXT_DOOR, file.line.id, file.line.version, "consider", {"note": "x"})
    with pytest.raises(Forbidden):
        listings.propose(NEXT_DOOR, {"subject": "area", "area": TOWN, "categories": ["03"], "reason": "越界"})
    assert all(x.area != TOWN for x in listings.all(NEXT_DOOR))


@pytest.mark.parametrize("missing", ["reason", "categories"])
def test_a_proposal_needs_its_reason_and_what_it_is_about(city: City, missing: str) -> None:
    data = {"subject": "area", "area": TOWN, "categories": ["02"], "reason": "多发", missing: ""}
    with pytest.raises(WrongStep, match=missing):
        city.services.listings.propose(COUNTY, data)
