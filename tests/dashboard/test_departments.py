"""An account of a department: the matters dispatched to it, acts on them, and nothing else through any door (promise 7)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select

from app import build_app
from dashboard.pages import PAGES, SINGLE
from matters.access import Forbidden, Scope
from matters.filters import Filter
from matters.path import LOCAL
from services.auth import DEMO_PASSWORD
from services.unmask import Asked
from services.wiring import Services
from store.engine import reading
from store.schema import matter
from tests.dashboard.case_driving import run
from tests.dashboard.driving import elements, enter, words

COUNTY = Scope.of("county", "county_leader", "county", "360923")
DEPARTMENT = Scope.of("department", "department", "county", "360923", owners=("县住建局", "上高县住建局"))
ALL = Filter(part="")
GIVEN = 1


@pytest.fixture
def given(own_city: Services) -> list[str]:
    """Codes of matters that the county dispatches to the department; the first one's file was unknown to it a moment before."""
    rows = own_city.matters.page(COUNTY, Filter(part="open"), "record_count", True, 0, 200).rows
    codes = [r.code for r in rows if r.stage in LOCAL and r.owner not in DEPARTMENT.owners][:GIVEN]
    for code in codes:
        assert own_city.matters.file(DEPARTMENT, code) is None
        own_city.path.act(COUNTY, code, "dispatch", {"owner": "上高县住建局", "why": "物业归口"}, own_city.path.acts(COUNTY, code).version)
    return codes


def foreign(services: Services) -> str:
    return next(r.code for r in services.matters.page(COUNTY, Filter(part="open"), limit=50).rows if r.owner not in DEPARTMENT.owners)


def test_it_sees_what_is_dispatched_to_it_and_acts_on_it(own_city: Services, given: list[str]) -> None:
    with reading(own_city.engine) as c:
        mine = matter.c.owner.in_(DEPARTMENT.owners) & (matter.c.county_code == "360923")
        expected = set(c.execute(select(matter.c.code).where(mine)).scalars())
        elsewhere = c.execute(select(func.count()).where(matter.c.owner == "县住建局", matter.c.county_code != "360923")).scalar_one()
    assert set(given) <= expected and elsewhere, "the same name is used in other counties"
    page = own_city.matters.page(DEPARTMENT, ALL, limit=1_000)
    assert {r.code for r in page.rows} == expected and page.sums.total == len(expected)
    for wanted in (ALL, Filter(part="accepted"), Filter(part="open"), Filter(part="records"), ALL.with_(area="360923")):
        whole = own_city.matters.whole(DEPARTMENT, wanted)
        assert own_city.matters.first(DEPARTMENT, wanted).sums.total == whole.sums.total == own_city.matters.total(DEPARTMENT, wanted)
        assert whole.sums.total <= max(len(expected), sum(r.record_count for r in page.rows))
    # The county's own numbers are counted apart from the department's, whoever asks first.
    assert own_city.matters.total(COUNTY, ALL) > len(expected) == own_city.matters.total(DEPARTMENT, ALL)

    code = given[0]
    file = own_city.matters.file(DEPARTMENT, code)
    assert file is not None and file.records and file.matter.owner == "上高县住建局"
    acts = own_city.path.acts(DEPARTMENT, code)
    can = {a.key for a in acts.acts}
    assert {"mediate", "escalate", "close", "consult"} <= can
    assert not can & {"accept", "dispatch", "extend", "urge", "yellow", "lead", "joint", "callback", "reopen"}
    version = own_city.path.act(DEPARTMENT, code, "mediate", {}, acts.version)
    with pytest.raises(Forbidden):
        own_city.path.act(DEPARTMENT, code, "dispatch", {"owner": "县人社局"}, version)
    version = own_city.path.act(COUNTY, code, "urge", {"why": "请尽快"}, version)
    desk = own_city.supervision.desk(DEPARTMENT)
    assert [c.matter.code for c in desk.cards] == [code] and {c.matter.owner for c in desk.cards} <= set(DEPARTMENT.owners)
    assert len(own_city.supervision.desk(COUNTY).proposals) >= len(desk.proposals)
    version = own_city.path.act(DEPARTMENT, code, "answer", {"ref": str(desk.cards[0].event.id), "why": "已约双方周三调解"}, version)

    # What is given to another is gone from sight, with its file and its acts.
    version = own_city.path.act(COUNTY, code, "dispatch", {"owner": "县人社局"}, version)
    assert own_city.matters.file(DEPARTMENT, code) is None
    with pytest.raises(LookupError):
        own_city.path.act(DEPARTMENT, code, "mediate", {}, version)
    version = own_city.path.act(COUNTY, code, "dispatch", {"owner": "县住建局"}, version)
    version = own_city.path.act(DEPARTMENT, code, "close", {"outcome": "resolved", "why": "双方签字"}, version)
    with pytest.raises(Forbidden):  # whose work is rated does not call back
        own_city.path.act(DEPARTMENT, code, "callback", {"satisfied": True}, version)


def test_nothing_else_is_shown_to_it(own_city: Services, given: list[str]) -> None:
    s, code = own_city, foreign(own_city)
    assert s.matters.file(DEPARTMENT, code) is None
    for ask in (lambda: s.path.acts(DEPARTMENT, code), lambda: s.path.events(DEPARTMENT, code), lambda: s.path.clocks(DEPARTMENT, code)):
        with pytest.raises(LookupError):
            ask()
    record = next(r for r in s.matters.file(COUNTY, code).records)  # type: ignore[union-attr]
    with pytest.raises(LookupError):
        s.unmask.show(DEPARTMENT, Asked(code, record.id, 0, "name", "打电话核对"))
    assert s.matters.page(DEPARTMENT, ALL.with_(q=code)).sums.total == 0
    with pytest.raises(Forbidden):
        s.matters.page(DEPARTMENT, ALL.with_(area="360922"))
    refused: tuple[Callable[[], Any], ...] = (
        lambda: s.figures.rows(DEPARTMENT, Filter(), "township"), lambda: s.figures.overview(DEPARTMENT, Filter()), lambda: s.linking.queue(DEPARTMENT),
        lambda: s.areas.require(DEPARTMENT, "360923"),
    )  # fmt: skip
    for ask in refused:
        with pytest.raises(Forbidden):
            ask()
    for empty in (s.letters.all(DEPARTMENT), [x for x in s.listings.all(DEPARTMENT) if x.subject != "trade"], s.meetings.everything(DEPARTMENT), s.areas.search(DEPARTMENT, "上高")):
        assert not empty


def test_its_pages_are_lists_files_and_the_desk(own_city: Services, given: list[str]) -> None:
    app = build_app(own_city)
    client = enter(app, "department", DEMO_PASSWORD)
    assert client.get("/").status_code == 302 and client.get("/").headers["Location"].startswith("/matters")
    for page in PAGES:
        path = page.path.replace("<code>", given[0] if page.key == "matter" else "360923").replace("<id>", "1")
        frame = run(client, app, "page.children", path, goto__data={"path": path, "search": ""})
        assert ("这里不在您的查看范围内" in words(frame["page"])) != (page.key in SINGLE), (page.key, words(frame["page"])[:80])
        links = {e["props"].get("href") for e in elements(frame["top"]) if e["type"] == "A"}
        assert {"/matters", "/supervision"} <= links and not links & {"/signals", "/letters", "/listings", "/feeds", "/groups", "/centres"}
    body = words(run(client, app, "matter-body.children", f"/matter/{given[0]}"))
    assert "上高县住建局" in body

    token = {"Authorization": f"Bearer {own_city.auth.add_token('department')}"}
    listed = client.get("/api/v1/matters?from=2020-01-01&part=open&limit=500", headers=token).json
    assert set(given) <= {r["code"] for r in listed["rows"]} and {r["owner"] for r in listed["rows"]} <= set(DEPARTMENT.owners)
    assert client.get(f"/api/v1/matters/{given[0]}", headers=token).status_code == 200
    assert client.get(f"/api/v1/matters/{foreign(own_city)}", headers=token).status_code == 404
    for path in ("indicators", "areas", "feeds", "signals", "listings", "meetings/1"):
        assert client.get(f"/api/v1/{path}", headers=token).status_code == 403, path
    for path in ("/map/points", "/map/heat", "/feeds/pulse", "/letters/file/1/docx", "/meeting/1/paper/docx"):
        assert client.get(path).status_code in (403, 404), path
