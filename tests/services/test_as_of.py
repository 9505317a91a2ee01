"""Looking back in a whole city: the pages, files, feeds and listings of an earlier moment, its refusals, many readers at once."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import orjson
import pytest
from sqlalchemy import event, func, select

from matters.access import Forbidden, Scope
from matters.filters import Filter
from matters.moments import MomentError, NotYetKnown, read_moment, written
from services.doctor import examine
from services.wiring import Services
from store import clock, moments
from store import feeds as feed_store
from store.engine import writing
from store.records_at import typed
from store.schema import data_version, listing, listing_event, matter, moment, record, record_version, rollup_at, run
from store.writer import write_batch

CITY, COUNTY = Scope.system(), Scope.of("c", "county_leader", "county", "360923")
SHOWN = ("accepted", "closed", "resolved", "open", "past_limit", "rated", "satisfied", "civil_filings", "open_now", "overdue_now", "accepted_before")


def stand_at(services: Services, when: datetime) -> None:
    """Set the clock of a city."""
    services.now = lambda: when  # type: ignore[method-assign]
    for part in (services.moments, services.figures, services.matters, services.feeds, services.listings):
        part._now = services.now
    services.figures._turned = None
    services.figures.turn_day()


@pytest.fixture
def city(own_city: Services) -> Iterator[tuple[Services, datetime]]:
    """A city of its own whose clock stands at noon, and the moment after its last batch."""
    noon = own_city.now().replace(hour=12, minute=0, second=0, microsecond=0) + timedelta(days=1)
    stand_at(own_city, noon)
    with own_city.engine.connect() as c:
        last = c.execute(select(data_version.c.clock)).scalar_one()
    yield own_city, min(last + timedelta(minutes=1), noon - timedelta(minutes=10))


def figures(services: Services, scope: Scope, as_of: datetime | None) -> dict[str, Any]:
    """Numbers of an overview, row by row."""
    o = services.figures.overview(scope, Filter(as_of=as_of))
    rows = {r.area or r.located: [getattr(r, n) for n in SHOWN] for r in (*o.rows, *o.others, o.total)}
    return {"rows": rows, "trend": [p.now for p in o.trend], "shares": [(s.key, s.value) for s in (*o.categories, *o.agencies, *o.channels)],
            "newest": [m.code for m in o.newest], "late": sorted(f.feed for f in o.feeds if f.late),
            "data_at": o.data_at, "listed": [(x.number, x.state, x.effect and x.effect.verdict) for x in o.listings]}  # fmt: skip


def change(services: Services, count: int) -> list[str]:
    """Close, withdraw and re-title some of the centre's matters now; their codes."""
    with writing(services.engine) as c:
        rows = c.execute(
            select(record.c.external_id, record.c.code, record.c.feed, record.c.agency, record_version.c.payload)
            .join(record_version, record_version.c.record_id == record.c.id)
            .where(record.c.matter_id.is_not(None), record.c.closed_on.is_(None), record_version.c.version_no == 1)
            .order_by(record.c.id).limit(count)
        ).all()  # fmt: skip
        agencies = feed_store.all_agencies(c)
        for feed in {r.feed for r in rows}:
            mine = [r for r in rows if r.feed == feed]
            said = [{**typed(orjson.loads(r.payload)), "revised_at": services.now(), "title": f"改 {i}", "withdrawn": i % 3 == 0} for i, r in enumerate(mine)]
            run_id = feed_store.start_run(c, feed, services.now())
            write_batch(c, feed, mine[0].agency, run_id, services.ingest.finished(said), services.now(), agencies)
            feed_store.end_run(c, feed, run_id, services.now(), services.now())
    return [r.code for r in rows]


def test_a_page_of_then_stands_still(city: tuple[Services, datetime]) -> None:
    services, then = city
    noon = services.now()
    stand_at(services, then)
    before = {scope.user: figures(services, scope, None) for scope in (CITY, COUNTY)}
    lists = services.matters.page(CITY, Filter(part="open"), limit=50)
    stand_at(services, noon)
    changed = change(services, 30)
    for scope in (CITY, COUNTY):
        assert figures(services, scope, then) == before[scope.user]
    assert figures(services, CITY, None) != before[CITY.user]
    page = services.matters.page(CITY, Filter(part="open", as_of=then), limit=50)
    assert (page.sums, [r.code for r in page.rows]) == (lists.sums, [r.code for r in lists.rows])
    assert {r.days_left for r in page.rows} == {r.days_left for r in lists.rows}
    o = services.figures.overview(CITY, Filter(as_of=then))
    for figure in o.figures:  # promise 1: each number and each part opens as many rows
        for part in (p for p in figure.parts if p.rows is not None and p.key != "before"):
            assert part.rows.as_of == then
            assert services.matters.sums(CITY, part.rows)[1].total == part.value, (figure.key, part.key)
    with pytest.raises(Forbidden):
        services.matters.page(COUNTY, Filter(area="360981", as_of=then))
    report = examine(services)
    assert report.healthy and "as of" in report.lines[1], report.lines
    gone = next(code for code in changed if services.matters.file(CITY, code) is None)
    file = services.matters.file(CITY, gone, then)
    assert file is not None and file.as_of == then and file.now_code == "" and file.records
    kept = next(f for code in changed if (f := services.matters.file(CITY, code, then)) is not None and f.now_code == code)
    assert "title" in {s.field for s in kept.since} and all(s.then != s.now for s in kept.since)
    assert all(r.learned_at <= then and not r.title.startswith("改") for r in kept.records)
    assert {r.id: (r.title, r.stage, r.place) for r in kept.records}.keys() == {r.id for r in services.matters.file(CITY, kept.matter.code).records}  # type: ignore[union-attr]


def born(services: Services, day: datetime) -> str:
    """A new matter, told of now; its code."""
    with writing(services.engine) as c:
        feed, agency = c.execute(select(record.c.feed, record.c.agency).limit(1)).one()
        run_id = feed_store.start_run(c, feed, services.now())
        said = {"external_id": "born-late", "kind": "intake", "registered_on": day.date(), "accepted_on": day.date(), "title": "新来的"}
        write_batch(c, feed, agency, run_id, services.ingest.finished([said]), services.now(), feed_store.all_agencies(c))
        return str(c.execute(select(record.c.code).where(record.c.external_id == "born-late")).scalar_one())


def test_a_matter_born_later_is_not_known_yet(city: tuple[Services, datetime]) -> None:
    services, then = city
    code = born(services, then)
    assert services.matters.file(CITY, code) is not None
    with pytest.raises(NotYetKnown) as caught:
        services.matters.file(CITY, code, then)
    assert caught.value.since == services.now()
    assert services.matters.file(CITY, "99-NOTHING", then) is None
    assert services.matters.file(COUNTY, code, then) is None, "a code outside the scope says nothing, not even when it came"


def test_moments_that_cannot_be_shown_are_refused_in_words(city: tuple[Services, datetime]) -> None:
    services, _ = city
    now, first = services.now(), services.moments.first()
    assert first is not None
    for at, reason in ((now + timedelta(hours=1), "future"), (first - timedelta(seconds=1), "early"), (read_moment("2001-01-01"), "early")):
        for ask in (lambda at=at: services.figures.overview(CITY, Filter(as_of=at)), lambda at=at: services.matters.page(CITY, Filter(as_of=at)),
                    lambda at=at: services.listings.all(CITY, as_of=at), lambda at=at: services.matters.file(CITY, "x", at)):  # fmt: skip
            with pytest.raises(MomentError) as caught:
                ask()
            assert caught.value.reason == reason
        assert reason != "early" or written(first)[:10] in caught.value.words
    for at in (now, read_moment(now.date().isoformat())):
        assert services.figures.overview(CITY, Filter(as_of=at)).filter.as_of is None


def test_many_readers_make_a_moment_once(city: tuple[Services, datetime]) -> None:
    services, then = city
    change(services, 10)
    answers: list[Any] = []
    threads = [threading.Thread(target=lambda: answers.append(figures(services, CITY, then))) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(answers) == 6 and all(a == answers[0] for a in answers)
    with services.engine.connect() as c:
        assert c.execute(select(func.count()).select_from(moment)).scalar_one() == 1


def test_a_batch_may_come_while_a_moment_is_made(city: tuple[Services, datetime]) -> None:
    services, then = city
    wrong: list[Any] = []

    def read() -> None:
        try:
            for minutes in range(4):
                services.figures.overview(CITY, Filter(as_of=then + timedelta(minutes=minutes)))
        except Exception as error:
            wrong.append(error)

    reader = threading.Thread(target=read)
    reader.start()
    for _ in range(4):
        change(services, 5)
    reader.join(60)
    assert wrong == []
    with services.engine.connect() as c:
        for at in c.execute(select(moment.c.at)).scalars().all():
            assert moments.compare(c, moments.require(c, at)) == 0


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)  # a read-only file is SQLite's way of a full disk
def test_a_store_that_cannot_be_written_says_so(city: tuple[Services, datetime]) -> None:
    services, then = city
    present = figures(services, CITY, None)
    kept = figures(services, CITY, then)
    services.engine.dispose()
    event.listen(services.engine, "connect", lambda connection, _: connection.execute("PRAGMA query_only=ON"))
    with pytest.raises(MomentError) as caught:
        services.figures.overview(CITY, Filter(as_of=then - timedelta(minutes=1)))
    assert caught.value.reason == "busy"
    services.figures.forget()
    assert figures(services, CITY, then) == kept, "a moment that is there is still read"
    assert figures(services, CITY, None) == present


def test_feeds_stand_as_they_stood(city: tuple[Services, datetime]) -> None:
    services, then = city
    before = {s.feed: (s.data_at, s.checked_at) for s in services.feeds.states(CITY, then)}
    change(services, 3)
    assert {s.feed: (s.data_at, s.checked_at) for s in services.feeds.states(CITY, then)} == before
    assert all(data_at is not None and data_at <= then for data_at, _ in before.values())
    with writing(services.engine) as c:
        c.execute(run.update().values(data_at=None))  # runs of an older version
    old = services.feeds.states(CITY, then)
    assert all(s.data_at is not None and s.data_at <= then for s in old)
    assert all(s.late for s in services.feeds.states(CITY, datetime(2001, 1, 1)))


def test_a_listing_is_seen_at_each_of_its_steps(city: tuple[Services, datetime]) -> None:
    services, _ = city
    with writing(services.engine) as c:
        c.execute(listing_event.delete())
        c.execute(listing.delete())
    start = services.moments.first()
    assert start is not None
    minute, file = timedelta(minutes=1), None
    steps = [("consider", {"note": "议"}), ("approve", {"note": "准"}),
             ("list", {"owner": "某局", "leader": "林 **", "deadline": (services.now() + timedelta(days=60)).date().isoformat(),
                       "targets": [{"indicator": "accepted", "op": "<=", "value": 9}]}),
             ("test", {"note": "验"}), ("delist", {"note": "摘"})]  # fmt: skip
    at, seen = services.now() - timedelta(minutes=30), []
    services.listings._now = lambda: at
    file = services.listings.propose(CITY, {"subject": "area", "area": "360923101", "categories": ["02"], "reason": "多发", "owner": "镇政府"})
    seen.append((at, file.line))
    for step, data in steps:
        at += minute
        file = services.listings.act(CITY, file.line.id, file.line.version, step, data)
        seen.append((at, file.line))
    services.listings._now = services.now
    with pytest.raises(NotYetKnown):
        services.listings.get(CITY, file.line.id, seen[0][0] - minute)
    assert services.listings.all(CITY, as_of=seen[0][0] - minute) == ()
    for at, line in seen:
        then = services.listings.get(CITY, file.line.id, at)
        names = ("state", "number", "owner", "leader", "deadline", "listed_on", "ended_on", "extensions", "targets", "version")
        assert {n: getattr(then.line, n) for n in names} == {n: getattr(line, n) for n in names}
        assert then.acts == () and all(e.at <= at for e in then.events)


def test_a_rebuild_drops_moments_made_from_what_was_wrong(city: tuple[Services, datetime]) -> None:
    services, then = city
    right = figures(services, CITY, then)
    with writing(services.engine) as c:
        c.execute(rollup_at.update().values(accepted=rollup_at.c.accepted + 1))
    report = examine(services)
    assert not report.healthy and "dropped" in report.lines[1]
    services.figures.forget()
    assert figures(services, CITY, then) == right
    with writing(services.engine) as c:
        assert clock.settled(c, then)
        assert c.execute(select(func.count()).select_from(matter)).scalar_one() > 0
