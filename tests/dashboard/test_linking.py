"""The queue of links: its numbers count its rows, a decision changes the matters, nobody decides outside their area."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from dash import Dash
from sqlalchemy import select

from app import build_app
from matters.access import Forbidden, Scope
from services.auth import DEMO_PASSWORD
from services.link_runner import LinkRunner
from services.link_shapes import QueueFilter
from store.engine import reading
from store.feeds import all_agencies
from store.schema import record
from tests.dashboard.case_driving import figures, run
from tests.dashboard.driving import elements, enter, words
from tests.store.linking_rows import ByTitle
from tests.store.rows import made, write

if TYPE_CHECKING:
    from services.wiring import Services

ANALYST = Scope.of("analyst", "analyst", "city")
COUNTY = Scope.of("county", "county_leader", "county", "360981")


class Ours(ByTitle):
    """Looks at nothing but the records of this test, so that the small city's own do not count."""

    def keys_of(self, record: Any) -> list[str]:
        """The title's first half for those of this test."""
        return ["t:" + record["title"][:4]] if (record["title"] or "").startswith("比对") else []


@pytest.fixture
def app(own_city: Services) -> Dash:
    """The app over the small city, two pairs in doubt in 丰城市 and one in another county."""
    here, there = ([a.code for a in own_city.areas.children(county)] for county in ("360981", "360902"))
    told = [("centre", "比对甲事", "360981", here[0]), ("police", "比对甲事", "360981", here[1]), ("centre", "比对乙事", "360981", here[0]),
            ("police", "比对乙事", "360981", here[2]), ("centre", "比对丙事", "360902", there[0]), ("police", "比对丙事", "360902", there[1])]  # fmt: skip
    with reading(own_city.engine) as c:
        agencies = all_agencies(c)
    for n, (feed, title, county, town) in enumerate(told):
        row = {"external_id": f"pair{n}", "kind": "intake" if feed == "centre" else "call", "title": title, "category": "02", "place": (county, town),
               "registered_on": date(2026, 5, 1 + n), "accepted_on": date(2026, 5, 2 + n), "channel": "visit" if feed == "centre" else None,
               "parties": [{"role": "申请人", "name": "曾 *"}]}  # fmt: skip
        write(own_city.engine, feed, [made(row)], agencies, own_city.now())
    vars(own_city)["link_runner"] = LinkRunner(own_city.engine, Ours(), own_city.now)
    own_city.link_runner.run(size=100_000)
    return build_app(own_city)


def asked(client: Any, app: Dash, act: str, number: int, why: str = "") -> dict[str, Any]:
    return run(client, app, "linking-said.children", "/linking", linking_ask__data={"act": act, "id": str(number), "why": why, "n": 1})


def test_the_queue_is_shown_and_worked_off(app: Dash, own_city: Services) -> None:
    who = enter(app, "analyst", DEMO_PASSWORD)
    shown = run(who, app, "linking-list.children", "/linking")
    queue = own_city.linking.queue(ANALYST)
    rows = [e["props"]["data-pair"] for e in elements(shown["linking-list"]["children"]) if e["props"].get("data-pair")]
    assert [int(r) for r in rows] == [line.id for line in queue.rows] and len(rows) == queue.total == 3
    assert int(figures(shown)["links-queued"]["value"]) == 3
    pair = shown["linking-pair"]["children"]
    differing = {e["props"]["data-field"] for e in elements(pair) if e["props"].get("className") == "df"}
    assert {"town"} <= differing and "曾 *" in words(pair)
    bits = [float(e["props"]["data-bits"]) for e in elements(pair) if e["props"].get("data-bits")]
    assert sum(bits[:-1]) == pytest.approx(bits[-1]), "the weights add up to the match weight"

    first = queue.rows[0]
    before = own_city.figures.data_version()
    said = asked(who, app, "accept", first.id, "电话核实")
    assert "已记下" in words(said) and own_city.figures.data_version() > before
    both = own_city.linking.pair(ANALYST, first.id)
    assert both.one.code == both.other.code and both.one.records == 2 and both.decisions[0].why == "电话核实"
    assert own_city.linking.queue(ANALYST).counts["accepted"] == 1
    assert own_city.matters.file(ANALYST, both.one.code).matter.record_count == 2  # type: ignore[union-attr]
    again = asked(who, app, "skip", first.id)
    assert "别人刚刚" in words(again)
    asked(who, app, "undo", both.decisions[0].id)
    assert own_city.linking.queue(ANALYST).counts["queued"] == 3
    asked(who, app, "split", queue.rows[1].id)
    asked(who, app, "skip", queue.rows[2].id)
    counts = own_city.linking.queue(ANALYST).counts
    assert (counts["queued"], counts["split"], counts["skipped"]) == (1, 1, 1)


def test_a_county_decides_its_own_and_sees_no_other(app: Dash, own_city: Services) -> None:
    mine = own_city.linking.queue(COUNTY)
    all_of_them = own_city.linking.queue(ANALYST)
    assert mine.total == 2 and {line.county for line in mine.rows} == {own_city.areas.name("360981")}
    (other,) = [line.id for line in all_of_them.rows if line.id not in {m.id for m in mine.rows}]
    with pytest.raises(LookupError):
        own_city.linking.pair(COUNTY, other)
    with pytest.raises(Forbidden):
        own_city.linking.decide(COUNTY, other, "accept")
    with pytest.raises(Forbidden):
        own_city.linking.queue(COUNTY, QueueFilter(area="360902"))
    with pytest.raises(Forbidden):
        own_city.linking.queue(Scope.of("township", "township_clerk", "township", "360981", own_city.areas.children("360981")[0].code))
    code = own_city.linking.pair(ANALYST, other).one.code
    with pytest.raises(LookupError):
        own_city.linking.split(COUNTY, code, [1], "不该看到")
    assert own_city.linking.queue(ANALYST).counts == all_of_them.counts


def test_a_former_code_leads_to_the_matter_of_now(app: Dash, own_city: Services) -> None:
    """In the API it says so; on the page the address takes the code in force."""
    first = own_city.linking.queue(ANALYST).rows[0].id
    apart = own_city.linking.pair(ANALYST, first)
    own_city.linking.decide(ANALYST, first, "accept", "电话核实")
    code = own_city.linking.pair(ANALYST, first).one.code
    (former,) = {apart.one.code, apart.other.code} - {code}
    who = enter(app, "analyst", DEMO_PASSWORD)
    told = who.get(f"/api/v1/matters/{former}").json
    assert told["moved_to"] == told["matter"]["code"] == code and len(told["records"]) == 2
    assert who.get(f"/api/v1/matters/{code}").json["moved_to"] is None
    assert run(who, app, "matter-body.children", f"/matter/{former}")["matter-moved"]["title"] == code
    own_city.linking.split(ANALYST, code, [r for r in (apart.one.record, apart.other.record) if r != _bearer(own_city, code)], "两件事")
    told = who.get(f"/api/v1/matters/{former}").json
    assert told["moved_to"] is None and told["matter"]["code"] == former, "its own matter again, under its own code"
    own_city.linking.merge(ANALYST, former, code, "还是一件")
    assert who.get(f"/api/v1/matters/{former}").json["moved_to"] == code
    own_city.linking.undo(ANALYST, own_city.linking.mine(ANALYST)[0].id, "看错了")
    assert who.get(f"/api/v1/matters/{former}").json["moved_to"] is None, "what held before the merge holds again"


def _bearer(services: Services, code: str) -> int:
    """The record whose code a matter bears."""
    with reading(services.engine) as c:
        return int(c.execute(select(record.c.id).where(record.c.code == code)).scalar_one())


def test_filters_count_what_remains(app: Dash, own_city: Services) -> None:
    who = enter(app, "analyst", DEMO_PASSWORD)
    queue = own_city.linking.queue(ANALYST)
    assert dict(queue.agencies) == {"centre": 3, "police": 3}
    assert own_city.linking.queue(ANALYST, QueueFilter(area="360902")).total == 1
    assert own_city.linking.queue(ANALYST, QueueFilter(agency="courts")).total == 0
    empty = run(who, app, "linking-list.children", "/linking", "?of=courts")
    assert "放开条件" in words(empty["linking-list"]["children"])
    english = run(who, app, "linking-list.children", "/linking", "?lang=en")
    assert "In doubt" in words(english)
