"""A listing's whole life by those who may, refused to those who may not, with who, when and why kept."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO

import pytest
from PIL import Image

from matters.access import Forbidden, Scope
from matters.listing import WrongStep, reports
from services.meeting_lists import proposals
from services.meeting_says import SAYS
from services.photos import BadPhoto
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
    file = listings.propose(CLERK, {"subject": "area", "area": TOWN, "categories": ["02"], "reason": "连续三个月增长，举报人13812345678"})
    number = file.line.id
    assert file.line.reason == "连续三个月增长，举报人138******" == file.events[0].note
    with pytest.raises(Forbidden):
        listings.act(CLERK, number, file.line.version, "consider", {"note": "x"})
    file = listings.act(COUNTY, number, file.line.version, "consider", {"note": "同意提请，联系0795-1234567"})
    assert file.events[-1].note == "同意提请，联系079******"
    with pytest.raises(Forbidden):
        listings.act(COUNTY, number, file.line.version, "approve", {"note": "x"})
    file = listings.act(CITY, number, file.line.version, "approve", {"note": "同意"})
    with pytest.raises(WrongStep, match="owner"):
        listings.act(CITY, number, file.line.version, "list", {})
    with pytest.raises(WrongStep, match="deadline"):
        listings.act(CITY, number, file.line.version, "list", {**TERMS, "deadline": TODAY.isoformat()})
    file = listings.act(CITY, number, file.line.version, "list", {**TERMS, "leader": "陈 * 13812345678"})
    assert file.line.leader == "陈 * 138******" == file.events[-1].data["leader"]
    assert file.line.state == "listed" and file.line.number.startswith(f"宜挂〔{TODAY.year}〕") and file.line.listed_on == TODAY
    assert file.line.number in listings.in_force(CITY)[TOWN]
    assert [t.indicator for t in file.targets] == ["accepted", "satisfaction"]
    for scope, step, data in (
        (CLERK, "plan", {"note": "六项措施"}), (CLERK, "progress", {"note": "完成四项"}), (COUNTY, "inspect", {"note": "两项滞后"}),
        (CITY, "escalate", {"note": "不力", "measure": "talk"}),
        (CITY, "extend", {"note": "再给一月", "deadline": (TODAY + timedelta(days=120)).isoformat()}),
        (CLERK, "test", {"note": "申请验收"}), (CITY, "delist", {"note": "达标", "despite": "新发案已停"}),
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


def _listed(city: City, town: str = "360923104") -> tuple[int, int]:
    """A listing in force: its id and version."""
    line = city.services.listings.propose(CITY, {"subject": "area", "area": town, "categories": ["02"], "reason": "多发"}).line
    for step, data in (("table", {"note": "列入议题"}), ("consider", {"note": "同意"}), ("approve", {"note": "同意"}), ("list", TERMS)):
        line = city.services.listings.act(CITY, line.id, line.version, step, data).line
    return line.id, line.version


def test_measures_only_climb(city: City) -> None:
    listings = city.services.listings
    number, version = _listed(city)
    version = listings.act(CITY, number, version, "escalate", {"note": "不力", "measure": "talk"}).line.version
    for measure in ("bulletin", "talk", "shout"):
        with pytest.raises(WrongStep, match="measure"):
            listings.act(CITY, number, version, "escalate", {"note": "不力", "measure": measure})
    file = listings.act(CITY, number, version, "escalate", {"note": "仍不力", "measure": "veto"})
    assert listings.rungs(file) == ()


def test_a_missed_target_is_lifted_only_with_a_reason(city: City) -> None:
    listings = city.services.listings
    line = listings.propose(CITY, {"subject": "area", "area": "360923105", "categories": ["01"], "reason": "多发"}).line
    impossible = {**TERMS, "targets": [{"indicator": "accepted", "op": ">=", "value": 1_000_000}]}
    for step, data in (("consider", {"note": "x"}), ("approve", {"note": "x"}), ("list", impossible), ("test", {"note": "请验收"})):
        file = listings.act(Scope.of("admin", "admin", "city"), line.id, line.version, step, data)
        line = file.line
    measured = file.events[-1].data["measured"]
    assert [(m["indicator"], m["met"]) for m in measured] == [("accepted", False)] and measured[0]["actual"] is not None
    with pytest.raises(WrongStep, match="despite"):
        listings.act(CITY, line.id, line.version, "delist", {"note": "摘"})
    done = listings.act(CITY, line.id, line.version, "delist", {"note": "摘", "despite": "目标定错"})
    assert done.line.state == "delisted" and done.events[-1].data["despite"] == "目标定错"


def test_what_is_sent_to_the_meeting_waits_for_it(city: City) -> None:
    listings = city.services.listings
    line = listings.propose(CITY, {"subject": "trade", "area": "", "categories": ["15"], "title": "物业", "reason": "多发"}).line
    assert line.id not in [x.id for x in listings.for_meeting(CITY)]
    line = listings.act(CITY, line.id, line.version, "table", {"note": "下周会上议"}).line
    assert line.state == "proposed" and line.id in [x.id for x in listings.for_meeting(CITY)]
    table = proposals(listings.for_meeting(CITY))
    assert table is not None and any(row["cells"][1].get("h") == f"/listing/{line.id}" for row in table["rows"])
    said = SAYS["listings"]({"tables": {"proposals": table}})
    assert "提请审议" in said["zh"] and "物业" in said["paras"][0]


def test_photos_are_drawn_anew_and_stay_in_the_area(city: City) -> None:
    listings, photos = city.services.listings, city.services.photos
    number, version = _listed(city, "360923106")
    event = listings.act(CITY, number, version, "inspect", {"note": "现场"}).events[-1].id
    made = photos.add(CITY, number, event, picture())
    kept = photos.picture(COUNTY, made)
    assert b"SECRET" in picture() and b"SECRET" not in kept and b"Exif" not in kept and kept[:2] == b"\xff\xd8"
    assert len(photos.picture(COUNTY, made, small=True)) < len(kept)
    assert [(p.id, p.event, p.width) for p in photos.of(COUNTY, number)] == [(made, event, 1600)]
    for scope, act in ((NEXT_DOOR, lambda s: photos.picture(s, made)), (NEXT_DOOR, lambda s: photos.add(s, number, event, picture()))):
        with pytest.raises(LookupError):
            act(scope)
    for scope in (CLERK, Scope.of("r", "display", "city")):
        with pytest.raises(Forbidden):
            photos.add(scope, number, event, picture())
    for bad, why in ((b"<svg onload=alert(1)>", "kind"), (b"\xff\xd8\xff" + b"x" * 500, "kind"), (b"x" * (10 * 1024 * 1024 + 1), "bytes")):
        with pytest.raises(BadPhoto, match=why):
            photos.add(CITY, number, event, bad)


def picture() -> bytes:
    """A photo as a telephone writes it, with what it knows about where and who."""
    image = Image.effect_noise((2400, 1200), 40).convert("RGB")
    about = Image.Exif()
    about[0x010F] = "SECRET"
    out = BytesIO()
    image.save(out, "JPEG", exif=about)
    return out.getvalue()


def test_weeks_without_a_report_are_seen() -> None:
    day = TODAY - timedelta(days=30)
    assert reports(day, TODAY, [day + timedelta(days=n) for n in (1, 2, 15)]) == (4, 2, 15)
    assert reports(day, TODAY, []) == (4, 0, None)


def test_candidates_say_which_criteria_hold_and_stay_in_the_area(city: City) -> None:
    found = city.services.candidates.all(CITY)
    assert found.examined > 100 and len(found.windows) == 3
    assert all(c.met == c.growing + c.frequent + c.badly and c.candidate <= (c.met >= 2) for c in found.lines)
    assert all(sum(n for _, n in c.months[-2:]) == c.counts[-1] for c in found.lines)
    for c in found.lines[:3]:
        for rows, count in ((c.rows, c.counts[-1]), (c.overdue_rows, c.overdue), (c.decided_rows, c.decided)):
            assert city.services.matters.total(CITY, rows) == count
    mine = city.services.candidates.all(NEXT_DOOR).lines
    assert all(c.area.startswith("360981") for c in mine) and len(mine) == sum(c.area.startswith("360981") for c in found.lines)
