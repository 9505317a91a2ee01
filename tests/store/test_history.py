"""What a store showed at a moment is what it shows as of that moment, for ever: figures, lists, counts, scopes."""

from __future__ import annotations

import os
from datetime import date, datetime, timedelta
from itertools import product
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, select

from matters.access import Scope
from matters.filters import Clock, Filter
from matters.indicators import MEASURES
from matters.periods import Window
from services import tally
from store import clock, lists, migrate, moments, rollups
from store.engine import reading, writing
from store.places import Place
from store.schema import filing_was, matter_was, moment, record_was, rollup_at
from store.sums import EVER, monthly, sums, waiting
from tests.store.rows import declare, empty, made, said, write

FEW = settings(max_examples=100 if os.environ.get("YIZHAN_SOAK") else 3, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow,
                                                                      HealthCheck.data_too_large])  # fmt: skip
START = datetime(2026, 5, 20, 9)
COUNTIES = ["360923", "360981"]
WINDOWS = {"now": Window(date(2025, 12, 10), date(2026, 5, 17)), "before": Window(date(2026, 2, 3), date(2026, 2, 20)), "stock": EVER}
SCOPES = (Scope.system(), Scope.of("c", "county_leader", "county", "360923"), Scope.of("t", "township_clerk", "township", "360923", "360923101"))
FACETS = (Filter(), Filter(category="02"), Filter(agency="centre", exclude="police"), Filter(located="county"), Filter(channel="visit", category="01"))
PARTS = ("", *(m for m in MEASURES if m not in ("open",)), "open", "overdue", "unaccepted", "unhandled", "within", "settled")
PAPERS = ("(2026)赣0923民初3号", "MT-0923-26-000002")
_SKIPPED = ("id", "source", "tie", "version", "changed_at")

batches = st.lists(st.tuples(st.integers(1, 60), st.lists(said(), min_size=1, max_size=8)), min_size=2, max_size=6)


def shown(c: Any, at: datetime, as_of: datetime | None) -> dict[str, Any]:
    """Figures at several grains and lists of every kind, as the store shows them now or as of a moment."""
    today, out = Clock(at.date()), {}
    grains = ((), ("county_code",), ("county_code", "town_code"), ("category",))
    for i, (scope, facets) in enumerate(product(SCOPES, FACETS)):
        f = facets.with_(as_of=as_of)
        for by in (grains[i % 4], grains[(i + 2) % 4]):
            out[f"sums{i}{by}"] = sorted((*s[:4], s.measures) for s in sums(c, scope, f, Place(), WINDOWS, by, COUNTIES) if any(s.measures))
        out[f"monthly{i}"] = monthly(c, scope, f, Place(), 2025 * 12, 2026 * 12 + 11, COUNTIES)
        out[f"waiting{i}"] = sorted(tuple(w) for w in waiting(c, scope, f, Place(), today, ("county_code", "town_code")))
    for i, (scope, part) in enumerate([*product(SCOPES[:1], PARTS), *product(SCOPES[1:], ("", "records", "civil_filings", "overdue"))]):
        f = Filter(part=part, as_of=as_of, window=WINDOWS["now"] if i % 2 else None)
        out[f"totals{i}"] = lists.totals(c, scope, f, Place(), today)
        out[f"facet{i}"] = lists.facet(c, scope, f, Place(), today, "town_code")
        rows = lists.page(c, scope, f, Place(), today, sort="due_on" if i % 3 else "accepted_on", limit=100).rows
        out[f"rows{i}"] = [{k: v for k, v in r.items() if k not in _SKIPPED} for r in rows]
    for number in (*PAPERS, "乙"):
        found = lists.page(c, SCOPES[0], Filter(part="", q=number, as_of=as_of), Place(), today).rows
        out[f"search{number}"] = [(r["code"], r["title"]) for r in found]
    return out


def look_back(engine: Engine, at: datetime, now: datetime) -> dict[str, Any]:
    """The store as of a moment, whose rollups are made when they are not there."""
    with writing(engine) as c:
        clock.settle(c, at)
        if moments.find(c, at) is None:
            moments.make(c, at, now, by_difference=True)
    with reading(engine) as c:
        found = moments.require(c, at)
        assert moments.compare(c, found) == 0
        return shown(c, at, at)


def told(engine: Engine, history: list[Any], agencies: Any) -> list[tuple[datetime, dict[str, Any]]]:
    """Bring batches in, hours apart; what the store showed after each."""
    at, seen = START, []
    for hours, rows in history:
        at += timedelta(hours=hours)
        for feed in dict.fromkeys(f for f, _ in rows):
            at += timedelta(seconds=1)
            write(engine, feed, [made(dict(r)) for f, r in rows if f == feed], agencies, at)
        with reading(engine) as c:
            seen.append((at, shown(c, at, None)))
    return seen


def same(now: dict[str, Any], then: dict[str, Any], at: datetime) -> None:
    for name, value in then.items():
        assert now[name] == value, (name, at)


@FEW
@given(history=batches, early=st.integers(0, 5))
def test_a_moment_shows_what_was_shown_then(store: Engine, history: list[Any], early: int) -> None:
    agencies = declare(store)
    empty(store)
    half = told(store, history[: early + 1], agencies)
    first = look_back(store, *half[0][:1], half[-1][0])  # made while later batches are still to come
    same(first, half[0][1], half[0][0])
    last = half[-1][0]
    rest = [(hours + (last - START) // timedelta(hours=1) * (i == 0), rows) for i, (hours, rows) in enumerate(history[early + 1 :])]
    everything = [*half, *told(store, rest, agencies)]
    for at, then in everything:
        same(look_back(store, at, everything[-1][0]), then, at)
    with writing(store) as c:
        assert rollups.compare(c) == []
        rollups.rebuild(c)
        moments.forget(c)
        rollups.turn_day(c, date(2026, 9, 1))
    same(look_back(store, everything[0][0], everything[-1][0]), everything[0][1], everything[0][0])


@FEW
@given(history=batches)
def test_figures_of_a_moment_equal_its_lists(store: Engine, history: list[Any]) -> None:
    """Promise 1 for the past."""
    agencies = declare(store)
    empty(store)
    at = told(store, history, agencies)[0][0]
    look_back(store, at, START)
    with reading(store) as c:
        for facets, place in product(FACETS[::2], (Place(), Place("360923"), Place("360923", "360923101"))):
            f = facets.with_(as_of=at)
            found = {s.label: s for s in sums(c, SCOPES[0], f, place, WINDOWS, (), COUNTIES)}
            for part in (m for m in MEASURES if m != "open"):
                listed = lists.totals(c, SCOPES[0], f.with_(window=WINDOWS["now"], part=part), place, Clock(at.date()))[0]
                assert (found["now"].of(part) if "now" in found else 0) == listed, (part, f, place)
            waits = waiting(c, SCOPES[0], f, place, Clock(at.date()))
            stock = tally.total(tally.tallies([found["stock"]] if "stock" in found else [], waits).values()).stock
            for part, number in (("open", stock.open_now), ("overdue", stock.overdue_now)):
                assert lists.totals(c, SCOPES[0], f.with_(part=part), place, Clock(at.date()))[0] == number


def _case(key: str, **more: Any) -> dict[str, Any]:
    return made({"external_id": key, "kind": "intake", "registered_on": date(2026, 1, 5), "accepted_on": date(2026, 1, 6),
                 "place": ("360923", "360923101"), "category": "02", **more})  # fmt: skip


def test_what_never_changes_leaves_no_history(store: Engine) -> None:
    agencies = declare(store)
    write(store, "centre", [_case(f"a{i}") for i in range(20)], agencies, START)
    write(store, "centre", [_case(f"a{i}") for i in range(20)], agencies, START + timedelta(hours=1))
    with reading(store) as c:
        for table in (matter_was, filing_was, record_was, moment, rollup_at):
            assert c.execute(select(table)).first() is None


def test_a_merge_and_its_end_can_be_seen(store: Engine) -> None:
    """Two matters become one and part again: as of each moment the codes of then answer."""
    agencies = declare(store)
    hour = timedelta(hours=1)
    call = {"external_id": "p1", "kind": "call", "number": "JJ20260101000001", "registered_on": date(2026, 1, 1), "accepted_on": date(2026, 1, 1)}
    write(store, "police", [made(dict(call))], agencies, START)
    write(store, "centre", [_case("c1", revised_at=START)], agencies, START + hour)
    write(store, "centre", [_case("c1", refs=["JJ20260101000001"], revised_at=START + 2 * hour)], agencies, START + 2 * hour)
    write(store, "centre", [_case("c1", revised_at=START + 3 * hour)], agencies, START + 3 * hour)
    city = SCOPES[0]
    with reading(store) as c:
        codes = [sorted(r["code"] for r in lists.page(c, city, Filter(part="", as_of=START + i * hour), Place(), Clock(date(2026, 5, 20))).rows)
                 for i in range(4)]  # fmt: skip
        assert [len(found) for found in codes] == [1, 2, 1, 2] and codes[1] == codes[3] and codes[0] == codes[2]
        (apart,) = set(codes[1]) - set(codes[0])
        found = lists.find(c, city, apart, START + 2 * hour)
        assert found is not None and found["code"] == codes[0][0] and found["record_count"] == 2
        assert lists.find(c, city, apart, START) is None
        assert lists.known_since(c, city, apart) == START + hour


def test_what_was_not_overdue_then_is_not_overdue_as_of_then(store: Engine) -> None:
    """Nothing but the day has changed for these matters; and a number that changed later is still found by the old one."""
    agencies = declare(store)
    days = [date(2026, 4, 1), date(2026, 4, 25), date(2026, 5, 19)]  # limits 30 days later: before, between and after
    rows = [_case(f"c{i}", accepted_on=day, number=f"MT-0923-26-{i:06d}") for i, day in enumerate(days)]
    write(store, "centre", rows, agencies, START)
    with reading(store) as c:
        then = shown(c, START, None)
        assert then["searchMT-0923-26-000002"]
    later = START + timedelta(days=12)
    write(store, "centre", [_case("c2", accepted_on=days[2], number="MT-0923-26-999999", revised_at=later)], agencies, later)
    with reading(store) as c:
        now = shown(c, later, None)
        assert not now["searchMT-0923-26-000002"] and now != then
    same(look_back(store, START, later), then, START)


def test_filings_of_then_are_those_of_then(store: Engine) -> None:
    """A filing that moves to another day, and one that is withdrawn, counted and listed where they stood."""
    agencies = declare(store)
    rows = [{"external_id": f"s{i}", "kind": "filing", "accepted_on": date(2026, 3, 2 + i), "number": f"(2026)赣0923民初{i}号",
             "place": ("360923", ""), "registered_on": date(2026, 3, 1)} for i in range(3)]  # fmt: skip
    write(store, "courts", [made(dict(r)) for r in rows], agencies, START)
    with reading(store) as c:
        then = shown(c, START, None)
        assert lists.totals(c, SCOPES[0], Filter(part="civil_filings", window=WINDOWS["now"]), Place(), Clock(START.date()))[0] == 3
    later = START + timedelta(hours=1)
    moved = [{**rows[0], "accepted_on": date(2026, 4, 9), "revised_at": later}, {**rows[1], "withdrawn": True, "revised_at": later}]
    write(store, "courts", [made(dict(r)) for r in moved], agencies, later)
    same(look_back(store, START, later), then, START)


def test_a_clock_that_goes_back_does_not_change_the_past(store: Engine) -> None:
    agencies = declare(store)
    write(store, "centre", [_case("c1")], agencies, START)
    with writing(store) as c:
        clock.settle(c, START + timedelta(hours=2))
    write(store, "centre", [_case("c2")], agencies, START - timedelta(days=3))
    with reading(store) as c:
        def known(at: datetime) -> int:
            return lists.totals(c, SCOPES[0], Filter(part="", as_of=at), Place(), Clock(at.date()))[0]

        assert (known(START), known(START + timedelta(hours=2)), known(START + timedelta(hours=3))) == (1, 1, 2)
        assert clock.history_from(c) == START


def test_history_of_an_older_store_begins_with_its_last_change(store: Engine) -> None:
    agencies = declare(store)
    write(store, "centre", [_case("c1")], agencies, START)
    write(store, "courts", [made({"external_id": "s1", "kind": "filing", "accepted_on": date(2026, 1, 9), "place": ("360981", "")})], agencies,
          START + timedelta(hours=1))  # fmt: skip
    with reading(store) as c:
        then = shown(c, START, None)
    migrate.downgrade(store, "0002")
    migrate.upgrade(store)
    with reading(store) as c:
        assert clock.history_from(c) == START + timedelta(hours=1)
    write(store, "centre", [_case("c1", title="后来", revised_at=START)], agencies, START + timedelta(hours=2))
    same(look_back(store, START + timedelta(hours=1), START), then, START)


def test_only_so_many_moments_are_kept(store: Engine) -> None:
    agencies = declare(store)
    write(store, "centre", [_case("c1")], agencies, START)
    for i in range(moments.KEPT + 3):
        with writing(store) as c:
            at = START + timedelta(minutes=i)
            clock.settle(c, at)
            moments.make(c, at, at)  # nothing has changed since most of them: by either way
            if i:
                touched = moments.find(c, START)
                assert touched is not None
                moments.touch(c, touched, at + timedelta(seconds=1))
    with reading(store) as c:
        kept = c.execute(select(moment.c.at).order_by(moment.c.at)).scalars().all()
        assert len(kept) == moments.KEPT and kept[0] == START
        assert set(c.execute(select(rollup_at.c.moment_id)).scalars()) == set(c.execute(select(moment.c.id)).scalars())
        with pytest.raises(moments.NoMoment):
            sums(c, SCOPES[0], Filter(as_of=START + timedelta(minutes=1)), Place(), WINDOWS, (), COUNTIES)
