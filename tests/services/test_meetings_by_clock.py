"""Meetings by the clock: the hour itself, and what a worker that was down at it makes good, once."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, update

from matters.access import Scope
from matters.periods import Window
from services import meeting_job
from services.cron import by_cron
from services.meeting_due import last_fire, missed
from services.meeting_job import ByClock
from services.meeting_shapes import MeetingLine
from services.schedule import ZONE, Worker
from services.wiring import Services
from store.engine import writing
from store.feeds import LostLease
from store.schema import lease
from tests.services.test_as_of import stand_at

CITY = Scope.of("city", "city_leader", "city")
MONDAY = by_cron("0 7 * * mon", ZONE)


@pytest.fixture(autouse=True)
def _no_papers_of_other_tests(request: pytest.FixtureRequest) -> None:
    """Cities of one worker share the folder of their papers, which are named by the meeting's number."""
    if "own_city" in request.fixturenames:
        city: Services = request.getfixturevalue("own_city")
        shutil.rmtree(city.settings.data_dir / "papers", ignore_errors=True)


def week(day: str) -> tuple[str, Window]:
    """The week that begins on a day."""
    first = date.fromisoformat(day)
    return "week", Window(first, first + timedelta(days=6))


def held(services: Services) -> list[MeetingLine]:
    """Every meeting, oldest first."""
    return list(reversed(services.meetings.everything(CITY)))


def stand(services: Services, when: str) -> None:
    """Let it be that time."""
    stand_at(services, datetime.fromisoformat(when))
    services.meetings._now = services.now


def started(services: Services) -> Worker:
    """A worker that holds the lease, as after a restart: the one before is gone."""
    with writing(services.engine) as c:
        c.execute(update(lease).values(expires_at=datetime(2000, 1, 1)))
    worker = Worker(services)
    assert worker.hold()
    return worker


def job(worker: Worker, name: str) -> Callable[[], None]:
    """The work of a line of the table of jobs."""
    return next(j.work for j in worker.jobs() if j.name == name)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_the_hour_is_monday_at_seven_in_shanghai(own_city: Services) -> None:
    trigger = next(j.trigger for j in Worker(own_city).jobs() if j.name == "meeting")
    hours = [datetime.fromisoformat(x) for x in ("2026-11-29T12:00+08:00", "2026-11-30T07:00+08:00", "2026-12-07T07:00+08:00")]
    assert trigger.get_next_fire_time(None, hours[0]) == hours[1]
    assert trigger.get_next_fire_time(hours[1], hours[1]) == hours[2]
    assert trigger.get_next_fire_time(None, datetime.fromisoformat("2026-11-29T23:00:01+00:00")) == hours[2], "the server's own zone does not matter"
    own_city.settings = own_city.settings.model_copy(update={"meeting_at": ""})
    assert not any(j.name.startswith("meeting") for j in Worker(own_city).jobs())


def test_what_a_worker_missed_is_frozen_once_when_one_works_again(own_city: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(meeting_job, "MIMES", {"xlsx": ""})  # the others take half a minute, and have their own test
    services = own_city
    stand(services, "2026-11-30T07:00:20")
    worker = started(services)
    job(worker, "meeting")()
    assert [(m.kind, m.window.start.isoformat()) for m in held(services)] == [("quarter", "2026-07-01"), ("month", "2026-10-01"), ("week", "2026-11-23")]
    stand(services, "2026-12-08T09:00")  # nobody worked on Monday 7 December
    worker = started(services)
    job(worker, "meeting.missed")()
    assert [(m.kind, m.window.start.isoformat()) for m in held(services)[3:]] == [("month", "2026-11-01"), ("week", "2026-11-30")]
    stand(services, "2026-12-29T09:00")  # nor on the 14th, the 21st and the 28th
    stale, worker = worker, started(services)
    job(stale, "meeting.missed")()
    assert len(held(services)) == 5, "a worker that lost its lease freezes nothing"
    job(worker, "meeting.missed")()
    made = held(services)[5:]
    assert [(m.kind, m.window) for m in made] == [week("2026-12-07"), week("2026-12-14"), week("2026-12-21")]
    assert [m.previous for m in made] == [held(services)[4].id, made[0].id, made[1].id]
    assert [services.meetings.issue(m) for m in made] == [(3, 3), (4, 4), (5, 5)], "frozen in one minute, and yet each its own issue"
    for m in made:
        bridge = services.meetings.get(CITY, m.id).body["bridge"]
        steps = sum(x["step"] for x in bridge["lines"])
        assert bridge["was"]["n"] + steps == bridge["again"]["n"] and bridge["again"]["n"] + bridge["new"]["n"] == bridge["now"]["n"]
    for again in (worker, worker, started(services)):
        for name in ("meeting.missed", "meeting"):
            job(again, name)()
    assert set(Counter((m.kind, m.window) for m in held(services)).values()) == {1} and len(held(services)) == 8
    folder = services.settings.data_dir / "papers"
    assert all({p.suffix for p in (folder / str(m.id)).iterdir()} == {".xlsx"} for m in held(services))


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)  # files, not rows
def test_papers_that_a_worker_did_not_come_to_write_are_written(own_city: Services) -> None:
    stand(own_city, "2026-11-30T07:00:20")
    job(started(own_city), "meeting")()
    mine = own_city.settings.data_dir / "papers" / str(held(own_city)[-1].id)
    before = {p: p.stat().st_mtime_ns for p in mine.iterdir()}
    lost = next(p for p in before if p.suffix == ".docx")
    lost.rename(lost.with_name(lost.name + ".part"))  # it died in the middle of one
    worker = started(own_city)
    job(worker, "meeting.missed")()
    after = {p: p.stat().st_mtime_ns for p in mine.iterdir()}
    assert {p for p in before if after[p] != before[p]} == {lost} and lost.stat().st_size > 5_000
    lost.unlink()
    job(worker, "meeting.missed")()
    assert not lost.exists(), "once a worker, or a paper that cannot be made would be tried for ever"


def test_the_fence_is_asked_in_the_transaction_that_keeps_the_meeting(own_city: Services) -> None:
    stand(own_city, "2026-11-30T07:00:20")
    asked: list[Connection] = []

    def passed_on(connection: Connection) -> None:
        asked.append(connection)
        if len(asked) > 1:
            raise LostLease("while it was being put together")

    with pytest.raises(LostLease):
        ByClock(own_city).run(passed_on)
    assert len(asked) == 2 and held(own_city) == []


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_before_its_first_hour_the_clock_owes_nothing(own_city: Services, tmp_path: Path) -> None:
    first = own_city.moments.first()
    assert first is not None and first < datetime(2026, 11, 25)
    stand(own_city, "2026-11-26T09:00")
    job(started(own_city), "meeting.missed")()
    assert held(own_city) == [], "the store is younger than the last hour"
    stand(own_city, "2026-12-01T09:00")
    job(started(own_city), "meeting.missed")()
    assert [(m.kind, m.window) for m in held(own_city)] == [week("2026-11-23")], "the hour came on 30 November; that of November is to come"


def test_what_is_owed() -> None:
    now = datetime(2026, 12, 29, 9)
    began = datetime(2026, 11, 30, 7)
    weeks = [week(d) for d in ("2026-11-23", "2026-11-30", "2026-12-07", "2026-12-14", "2026-12-21")]
    november = ("month", Window(date(2026, 11, 1), date(2026, 11, 30)))
    assert missed(MONDAY, now, began, set()) == [weeks[0], november, *weeks[1:]]
    assert missed(MONDAY, now, began, {weeks[0], weeks[2], november}) == [weeks[1], weeks[3], weeks[4]], "what somebody froze by hand is not made twice"
    assert missed(MONDAY, now, None, set()) == []
    long_ago = missed(MONDAY, now, datetime(2025, 1, 1), set())
    assert [k for k, _ in long_ago].count("week") == 9 and [k for k, _ in long_ago].count("month") == 2 and len(long_ago) == 11, "two months at most"
    assert missed(MONDAY, datetime(2026, 12, 28, 6, 59), began, set(weeks[:4])) == [november] and missed(MONDAY, datetime(2026, 12, 28, 7), began,
        {november, *weeks[:4]}) == weeks[4:], "not a minute before its hour"  # fmt: skip


def test_the_last_hour_of_any_cron_line() -> None:
    now = datetime(2026, 12, 29, 9)
    for line, hour in (("0 7 * * mon", "2026-12-28T07:00"), ("0 7 * * *", "2026-12-29T07:00"), ("30 8 1 * *", "2026-12-01T08:30"), ("* * * * *", "2026-12-29T09:00")):
        assert last_fire(by_cron(line, ZONE), now) == datetime.fromisoformat(hour), line
    assert last_fire(by_cron("0 7 1 3 *", ZONE), now) is None
