"""After a new calendar, clock or say: the doctor notices, a pass puts it right, and the figures equal a rebuild."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, select, update

from matters.access import Scope
from matters.model import Agency
from services import renewal
from services.doctor import examine
from services.schedule import Worker
from services.settings import load_settings
from services.wiring import Services, build
from store import renewal as kept
from store import rollups
from store.engine import reading, writing
from store.feeds import LostLease
from store.schema import counter, filing, matter, matter_was, record
from tests.store.rows import declare, made, write

TODAY = date(2026, 6, 10)
HERE = ("360923", "360923101")
CLERK = Scope.of("clerk", "township_clerk", "township", *HERE)


@pytest.fixture
def desk(store_url: str, tmp_path: Path) -> Iterator[Services]:
    """Matters whose limits a calendar of before has made, one whose agency gave its own, and one of two records."""
    services = build(load_settings(data_dir=tmp_path / "data", database_url=store_url, today=TODAY), {})
    agencies = declare(services.engine)
    accepted = date(2026, 5, 25)
    limit = renewal.limit_of("medical", accepted)
    assert limit == date(2026, 7, 7)
    rows: list[dict[str, Any]] = [
        {"external_id": "right", "due_on": None}, {"external_id": "stale", "due_on": None}, {"external_id": "given", "due_on": date(2026, 7, 20)},
        {"external_id": "linked", "due_on": None, "number": "MT-0923-26-000002"}, {"external_id": "closed", "due_on": None, "closed_on": date(2026, 7, 1)},
    ]  # fmt: skip
    came = [made({"title": r["external_id"], "place": HERE, "category": "13", "kind": "medical", "accepted_on": accepted, **r}) for r in rows]
    for one in came:
        if one["external_id"] != "given":
            one["due_on"] = limit if one["external_id"] == "right" else date(2026, 7, 1)
    write(services.engine, "centre", came, agencies)
    filed = made({"external_id": "f", "kind": "filing", "title": "案", "registered_on": date(2026, 6, 1), "refs": ["MT-0923-26-000002"], "place": HERE})
    write(services.engine, "courts", [filed], agencies)
    yield services
    with reading(services.engine) as c:
        assert rollups.compare(c) == []
    services.close()


def limits(services: Services) -> dict[str, tuple[date | None, date | None]]:
    """Of each record and its matter, by the record's key."""
    query = select(record.c.external_id, record.c.due_on, matter.c.due_on).join(matter, matter.c.id == record.c.matter_id)
    with reading(services.engine) as c:
        return {key: (own, of) for key, own, of in c.execute(query)}


def state_of(services: Services) -> dict[str, int]:
    with reading(services.engine) as c:
        return kept.state(c)


def test_the_doctor_notices_and_a_pass_puts_it_right(desk: Services) -> None:
    report = examine(desk)
    assert report.left and not report.healthy
    assert report.lines[-1] == "matters: 5 of 5 derived again: 3 differ from what is kept (due_on of 3); `yizhan rebuild` puts them right"
    old, new, given = date(2026, 7, 1), date(2026, 7, 7), date(2026, 7, 20)
    assert limits(desk) == {"right": (new, new), "stale": (old, old), "given": (given, given), "linked": (old, old), "closed": (old, old), "f": (None, old)}
    with reading(desk.engine) as c:
        before = {m["code"]: dict(m) for m in c.execute(select(matter)).mappings()}
    done = desk.renewal.run()
    assert (done.count, done.wrong) == (5, 3) and not desk.renewal.waiting()
    assert limits(desk) == {"right": (new, new), "stale": (new, new), "given": (given, given), "linked": (new, new), "closed": (new, new), "f": (None, new)}
    with reading(desk.engine) as c:
        after = {m["code"]: dict(m) for m in c.execute(select(matter)).mappings()}
        was = {r["code"]: r["due_on"] for r in c.execute(select(matter_was)).mappings() if before[r["code"]]["version"] == r["version"]}
    moved = {code for code in after if after[code]["version"] != before[code]["version"]}
    assert moved == {code for code in before if before[code]["due_on"] == old} and {was[code] for code in moved} == {old}
    assert {code: m["id"] for code, m in after.items()} == {code: m["id"] for code, m in before.items()}
    assert examine(desk).lines[-1] == "matters: 5 of 5 derived again: equal to what is kept" and examine(desk).healthy
    assert (desk.renewal.run().count, desk.renewal.run(anew=True).wrong) == (0, 0)


def test_what_the_centre_added_to_a_limit_stays(desk: Services) -> None:
    with reading(desk.engine) as c:
        m = c.execute(select(matter).where(matter.c.title == "stale")).mappings().one()
    boss = Scope.of("head", "county_leader", "county", "360923")
    desk.path.act(boss, m["code"], "extend", {"days": 1, "why": "复杂"}, m["version"])
    assert limits(desk)["stale"] == (date(2026, 7, 1), date(2026, 7, 2))
    desk.renewal.run()
    assert limits(desk)["stale"] == (date(2026, 7, 7), date(2026, 7, 8))


@pytest.mark.parametrize("wrong", ["title", "category", "filing"])
def test_any_field_that_no_longer_follows_is_found(desk: Services, wrong: str) -> None:
    """A title that a new rule masks, a category that an agency with more say now gives, a filing that counts no more."""
    desk.renewal.run()
    agencies = declare(desk.engine)
    write(desk.engine, "courts", [made({"external_id": "g", "kind": "filing", "number": "(2026)赣0923民初7号", "accepted_on": date(2026, 6, 1),
                                        "category": "04", "title": "合同", "place": HERE})], agencies)  # fmt: skip
    with writing(desk.engine) as c:
        mine = c.execute(select(matter.c.id).where(matter.c.title == "合同")).scalar_one()
        if wrong == "filing":
            c.execute(delete(filing).where(filing.c.matter_id == mine))
        else:
            c.execute(update(matter).where(matter.c.id == mine).values({wrong: "99" if wrong == "category" else "曾小红"}))
        rollups.rebuild(c)
    report = examine(desk)
    assert ("filings" if wrong == "filing" else wrong) in report.lines[-1] and "曾小红" not in str(report.lines)
    assert desk.renewal.run(anew=True).wrong == 1 and examine(desk).healthy


def test_the_worker_looks_through_all_once_after_a_change_and_goes_on_after_a_break(desk: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(renewal, "STEP", 2)
    worker = Worker(desk)
    work = next(j.work for j in worker.jobs() if j.name == "renewal")
    work()  # it has no lease
    assert state_of(desk)[kept.MARK] == 0 and desk.renewal.waiting()
    seen: list[int] = []

    def stop() -> bool:
        seen.append(1)
        return len(seen) > 1

    assert desk.renewal.run(stop=stop).count == 2 and desk.renewal.waiting() and state_of(desk)[kept.MARK] > 0
    assert worker.hold()
    work()
    assert not desk.renewal.waiting() and state_of(desk)[kept.MARK] == 0 and limits(desk)["stale"][1] == date(2026, 7, 7)
    with reading(desk.engine) as c:
        agencies = {**declare(desk.engine)}
    assert state_of(desk)[kept.RULES] == renewal.rules_of(agencies)
    agencies["police"] = Agency(**{**agencies["police"]._asdict(), "rank": 1})
    assert state_of(desk)[kept.RULES] != renewal.rules_of(agencies)
    with writing(desk.engine) as c:
        c.execute(update(counter).where(counter.c.name == kept.RULES).values(value=7))
    assert desk.renewal.waiting()

    def lost(connection: Any) -> None:
        raise LostLease("another has it")

    with pytest.raises(LostLease):
        desk.renewal.run(lost)
    assert state_of(desk)[kept.RULES] == 7


def test_another_calendar_is_other_rules(desk: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    """A day off that the State Council moves: limits in working days move with it, those in calendar days stay."""
    desk.renewal.run()
    agencies = declare(desk.engine)
    was = renewal.rules_of(agencies)
    assert renewal.rules_of(agencies) == was
    off = {date(2026, 6, 1)}
    monkeypatch.setattr("services.renewal.is_workday", lambda day: day not in off and _workday(day))
    monkeypatch.setattr("services.ingest.is_workday", lambda day: day not in off and _workday(day))
    renewal._rules.cache_clear()
    renewal.limit_of.cache_clear()
    try:
        assert renewal.rules_of(agencies) != was and desk.renewal.waiting()
        assert desk.renewal.run().wrong == 4
        assert limits(desk)["right"] == (date(2026, 7, 8),) * 2 and limits(desk)["given"] == (date(2026, 7, 20),) * 2
    finally:
        monkeypatch.undo()
        renewal._rules.cache_clear()
        renewal.limit_of.cache_clear()


def _workday(day: date) -> bool:
    import chinese_calendar

    return bool(chinese_calendar.is_workday(day)) if day.year < 2027 else day.weekday() < 5


def test_of_a_big_store_a_part_is_looked_at(desk: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(renewal, "STEP", 1)
    first = {desk.renewal.sample(0, seed).wrong for seed in range(12)}
    assert first == {0, 1} and desk.renewal.sample(0).count == 1 and desk.renewal.sample(60).count == 5


def test_a_matter_that_has_just_changed_is_not_called_wrong(desk: Services) -> None:
    """What a look between two commits took for a difference is looked at again while writers wait."""
    desk.renewal.run()
    agencies = declare(desk.engine)
    found = renewal.Looked(fields={})
    with reading(desk.engine) as c:
        (some,) = c.execute(select(matter.c.id).where(matter.c.title == "right")).scalars()
    desk.renewal._sure(kept.Looked(some, 1, {some: ("due_on",)}), agencies, found)
    assert found.wrong == 0


def test_an_empty_store_has_nothing_to_look_through(store_url: str, tmp_path: Path) -> None:
    services = build(load_settings(data_dir=tmp_path / "data", database_url=store_url, today=TODAY), {})
    assert services.renewal.sample(1).count == 0 and services.renewal.waiting()
    assert services.renewal.run().count == 0 and not services.renewal.waiting()
    services.close()


def test_the_small_city_follows_its_rules(small_city: Services) -> None:
    """Everything that the intake, the linking and the acts left behind equals a fresh derivation."""
    found = small_city.renewal.sample(600)
    assert (found.wrong, found.fields) == (0, {}) and found.count == found.all > 1_000


def test_a_pass_rests_after_each_step(desk: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(renewal, "STEP", 2)
    took: list[float] = []
    desk.renewal.run(rest=took.append)
    assert len(took) == 3 and min(took) > 0


def test_a_new_store_has_nothing_to_be_looked_through(store_url: str, tmp_path: Path) -> None:
    services = build(load_settings(data_dir=tmp_path / "data", database_url=store_url, today=TODAY))
    services.prepare()
    assert not services.renewal.waiting()
    agencies = declare(services.engine)
    write(services.engine, "centre", [made({"external_id": "a", "title": "围墙", "place": HERE, "kind": "intake"})], agencies)
    assert not services.renewal.waiting()
    with writing(services.engine) as c:
        kept.put(c, **{kept.RULES: 1})
    services.prepare()  # a store with matters is looked through, also when it is prepared again
    assert services.renewal.waiting()
    services.close()
