"""What a wall shows, read from both databases: figures that add up, what came in last, alarms of matters, fires and feeds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import update

from matters.access import Scope
from store.engine import reading, writing
from store.feeds import all_agencies
from store.schema import feed
from tests.store.rows import made, write

if TYPE_CHECKING:
    from services.wiring import Services

CITY, COUNTY = Scope.of("city", "city_leader", "city"), Scope.of("c", "county_leader", "county", "360981")
PLACE = ("360981", "360981002")


def test_one_state_on_both_databases(own_city: Services) -> None:
    now = own_city.now()
    rows: list[dict[str, Any]] = [
        {"external_id": "big", "kind": "intake", "channel": "visit", "accepted_on": now.date(), "people": 46, "title": "讨薪", "place": PLACE},
        {"external_id": "fire", "kind": "incident", "context": True, "title": "厂房火灾", "summary": "死亡 4 人", "happened_at": now, "place": PLACE},
    ]  # fmt: skip
    with reading(own_city.engine) as c:
        agencies = all_agencies(c)
    write(own_city.engine, "centre", [made({"accepted_on": None, **r}) for r in rows], agencies, now)
    with writing(own_city.engine) as c:
        c.execute(update(feed).where(feed.c.code == "health").values(failures=3, error="refused"))
    state = own_city.wall.read(CITY)
    assert len(state.areas) == 11 and state.areas[0].latest[0].title == "讨薪"
    for area in state.areas:
        assert sum(r.accepted for r in area.below) + area.elsewhere == area.row.accepted
    assert [a.kind for a in state.alarms if (a.object != "" and a.kind != "large") or a.title == "讨薪"] == ["large", "fire", "feed"]
    assert own_city.wall.alarms.acknowledge(CITY, state.alarms[0].key) and not own_city.wall.alarms.acknowledge(CITY, state.alarms[0].key)
    county = own_city.wall.read(COUNTY)
    assert len(county.areas) == 1 and "feed" not in {a.kind for a in county.alarms}
