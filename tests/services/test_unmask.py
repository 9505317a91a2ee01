"""Unmasking: who may, what is written down, that the value is the source's own and of that very person, and that it is kept nowhere."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import text

from connectors.privacy import mask_people, phone_token
from matters.access import Forbidden, Scope
from services.unmask import Asked, NotShown
from store.schema import audit, record
from tests.services import intake

if TYPE_CHECKING:
    from services.wiring import Services

COUNTY = Scope.of("county", "county_leader", "county", "360923")
NAME, PHONE = "赵无极", "13907951234"
ROWS = [f"a1,2026-11-01,墙界,360923,{NAME},{PHONE}", "a2,2026-11-02,排水,360923,钱多多,13907955678", "a3,2026-11-02,占道,360921,孙小,"]


@pytest.fixture
def services(store_url: str, tmp_path: Path) -> Any:
    made = intake.opened(store_url, tmp_path, mode="incremental")
    intake.put(tmp_path, "1.csv", ROWS)
    assert not intake.run(made).error
    yield made
    made.close()


def asked(services: Services, key: str = "a1", field: str = "name", why: str = "电话核实是否同一人") -> Asked:
    with services.engine.connect() as connection:
        row = connection.execute(text("SELECT id, code FROM record WHERE external_id = :k"), {"k": key}).one()
    return Asked(row.code, row.id, 0, field, why)


def trail(services: Services) -> list[dict[str, Any]]:
    with services.engine.connect() as connection:
        return [dict(r) for r in connection.execute(audit.select().order_by(audit.c.id)).mappings()]


def test_the_value_is_the_source_s_own_and_the_audit_says_why_but_not_what(services: Services) -> None:
    assert services.unmask.show(COUNTY, asked(services)).value == NAME
    found = services.unmask.show(COUNTY, asked(services, field="phone", why=f"回拨 {PHONE} 核实"))
    assert (found.value, found.masked) == (PHONE, "赵 **")
    lines = trail(services)
    assert [(x["account"], x["act"], x["detail"]["field"], x["detail"]["came"]) for x in lines] == [
        ("county", "matter.unmask", "name", "shown"), ("county", "matter.unmask", "phone", "shown")]  # fmt: skip
    assert NAME not in str(lines) and PHONE not in str(lines) and "139******" in lines[1]["detail"]["why"]
    assert NAME not in repr(found) and PHONE not in repr(found)


def test_role_field_area_and_reason_are_asked_for(services: Services) -> None:
    analyst, leader = Scope.of("a", "analyst", "city"), Scope.of("l", "city_leader", "city")
    other = Scope.of("o", "county_leader", "county", "360921")
    with pytest.raises(Forbidden):
        services.unmask.show(analyst, asked(services))
    with pytest.raises(Forbidden):
        services.unmask.show(leader, asked(services, field="phone"))
    with pytest.raises(Forbidden):
        services.unmask.show(COUNTY, asked(services, field="parties"))
    with pytest.raises(LookupError):
        services.unmask.show(other, asked(services))
    with pytest.raises(NotShown, match="why"):
        services.unmask.show(COUNTY, asked(services, why=" 看 "))
    assert [x["detail"]["came"] for x in trail(services)] == ["forbidden"] * 3


def test_another_record_or_place_of_the_list_is_not_opened(services: Services) -> None:
    mine, foreign = asked(services), asked(services, "a3")
    for wrong in (replace(mine, record=foreign.record), replace(mine, party=1), replace(mine, party=-1), replace(mine, code="26-NOSUCH0")):
        with pytest.raises(LookupError):
            services.unmask.show(COUNTY, wrong)
    with pytest.raises(NotShown, match="empty"):
        services.unmask.show(COUNTY, replace(mine, field="id"))


def test_a_row_past_its_time_is_said_to_be_gone(services: Services) -> None:
    with services.engine.begin() as connection:
        connection.execute(text("DELETE FROM raw_batch"))
    with pytest.raises(NotShown, match="gone"):
        services.unmask.show(COUNTY, asked(services))
    assert trail(services)[-1]["detail"]["came"] == "gone"


def test_a_row_that_names_another_person_since_is_not_taken_for_this_one(services: Services) -> None:
    """The record stands on its own tokens: a row that gives others is of somebody else."""
    with services.engine.begin() as connection:
        mine = connection.execute(record.select().where(record.c.external_id == "a1")).mappings().one()
        connection.execute(record.update().where(record.c.id == mine["id"]).values(parties=[{**mine["parties"][0], "phone_token": "0" * 32}]))
    with pytest.raises(NotShown, match="gone"):
        services.unmask.show(COUNTY, asked(services))


def test_a_mended_row_and_a_changed_one_are_found(services: Services, tmp_path: Path) -> None:
    intake.put(tmp_path, "2.csv", [f"a1,2026-11-01,墙界两处,360923,{NAME},{PHONE}", *ROWS[1:], f"a4,xx,修渠,360923,{NAME},{PHONE}"])
    assert not intake.run(services).error
    assert services.unmask.show(COUNTY, asked(services)).value == NAME
    (waiting,) = services.feeds.quarantine_rows(intake.STEWARD, "lists").rows
    services.stewardship.edit(intake.STEWARD, waiting.id, {"day": "2026-11-03"}, "asked by phone")
    assert intake.work(services) == 1
    assert services.unmask.show(COUNTY, asked(services, "a4", "phone")).value == PHONE


def test_every_feed_of_the_city_gives_the_persons_its_records_name(small_city: Services) -> None:
    """For each feed one record with a masked field: what is shown masks and tokenises to what the record has."""
    with small_city.engine.connect() as connection:
        rows = connection.execute(record.select().where(record.c.county_code == "360923", record.c.matter_id.is_not(None))).mappings().all()
        codes: dict[int, str] = {r.id: r.code for r in connection.execute(text("SELECT id, code FROM matter"))}
    done = set()
    for row in rows:
        parties = row["parties"] or []
        place = next((i for i, p in enumerate(parties) if "*" in p["name"] and p["phone_token"]), None)
        if row["feed"] in done or place is None:
            continue
        done.add(row["feed"])
        name = Asked(codes[row["matter_id"]], row["id"], place, "name", "核对同一人")
        assert mask_people(small_city.unmask.show(COUNTY, name).value) == parties[place]["name"], row["feed"]
        phone = small_city.unmask.show(COUNTY, replace(name, field="phone")).value
        assert phone_token(small_city.settings.token_key.encode(), phone) == parties[place]["phone_token"], row["feed"]
    assert len(done) >= 8
