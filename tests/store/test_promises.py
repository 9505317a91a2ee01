"""Promises 1 to 4 and 7 on random stores: nothing lost, order does not matter, figures equal their lists, scopes hold."""

from __future__ import annotations

import os
import random
from collections import Counter
from datetime import date
from itertools import product
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, func, select

from matters.access import Forbidden, Scope
from matters.filters import Clock, Filter
from matters.indicators import MEASURES
from matters.periods import Window
from services import tally
from store import lists, rollups
from store.engine import reading, writing
from store.places import Place, narrowed
from store.schema import record, run
from store.sums import EVER, sums, waiting
from tests.store.rows import TOWNS, declare, empty, made, picture, said, write

FEW = settings(max_examples=100 if os.environ.get("YIZHAN_SOAK") else 25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow,
                                                                      HealthCheck.data_too_large])  # fmt: skip
CITY = Scope.system()
CLOCK = Clock(date(2026, 6, 1))
COUNTIES = ["360923", "360981"]
WINDOWS = (Window(date(2026, 1, 1), date(2026, 5, 31)), Window(date(2025, 12, 10), date(2026, 3, 17)), Window(date(2026, 2, 3), date(2026, 2, 20)))


def fill(engine: Engine, rows: list[tuple[str, dict[str, Any]]], size: int, agencies: Any) -> None:
    """Write rows in the order given, in batches of one feed."""
    for feed in dict.fromkeys(f for f, _ in rows):
        mine = [made(dict(r)) for f, r in rows if f == feed]
        for start in range(0, len(mine), size):
            counts = write(engine, feed, mine[start : start + size], agencies)
            assert counts.adds_up


@FEW
@given(rows=st.lists(said(), min_size=1, max_size=25), order=st.randoms(use_true_random=False), size=st.integers(1, 9))
def test_order_and_repetition_do_not_matter(store: Engine, rows: list[Any], order: random.Random, size: int) -> None:
    agencies = declare(store)
    empty(store)
    fill(store, rows, 100, agencies)
    with reading(store) as c:
        once = picture(c)
        assert rollups.compare(c) == []
    empty(store)
    shuffled = [*rows, *order.sample(rows, len(rows) // 2)]
    order.shuffle(shuffled)
    fill(store, shuffled, size, agencies)
    with reading(store) as c:
        again = picture(c)
        assert rollups.compare(c) == []
    for part, value in once.items():
        assert again[part] == value, part


@FEW
@given(rows=st.lists(said(), min_size=1, max_size=25))
def test_every_row_has_one_fate(store: Engine, rows: list[Any]) -> None:
    agencies = declare(store)
    empty(store)
    fill(store, rows, 4, agencies)
    with reading(store) as c:
        columns = [func.sum(getattr(run.c, n)) for n in ("received", "new", "changed", "unchanged", "withdrawn", "quarantined")]
        received, *fates = (int(v or 0) for v in c.execute(select(*columns)).one())
        keys = {(f, r["external_id"]) for f, r in rows}
        assert received == len(rows) == sum(fates)
        assert c.execute(select(func.count()).select_from(record)).scalar_one() == len(keys)


def _facets() -> list[Filter]:
    return [Filter(category=c, agency=a, channel=ch, exclude=e, located=loc)
            for c, a, ch, e, loc in product(("", "02"), ("", "centre"), ("", "visit"), ("", "police"), ("", "township"))]  # fmt: skip


@FEW
@given(rows=st.lists(said(), min_size=5, max_size=40), facets_of=st.lists(st.sampled_from(_facets()), min_size=4, max_size=4, unique=True))
def test_figures_equal_their_lists(store: Engine, rows: list[Any], facets_of: list[Filter]) -> None:
    """Promise 1, for every measure, window and place and some of all facets, by way of every grain."""
    agencies = declare(store)
    empty(store)
    fill(store, rows, 50, agencies)
    with reading(store) as c:
        for facets, window, place in product(facets_of, WINDOWS, (Place(), Place("360923"), Place("360923", "360923101"))):
            (total,) = sums(c, CITY, facets, place, {"now": window}, (), COUNTIES) or [None]
            stock = sums(c, CITY, facets, place, {"stock": EVER}, (), COUNTIES)
            waits = waiting(c, CITY, facets, place, CLOCK)
            today = tally.total(tally.tallies([*([total] if total else []), *stock], waits).values())
            counted = dict(zip(MEASURES, total.measures, strict=True)) if total else dict.fromkeys(MEASURES, 0)
            for part in (m for m in MEASURES if m != "open"):
                listed = lists.totals(c, CITY, facets.with_(window=window, part=part), place, CLOCK)
                assert counted[part] == listed[0], (part, facets, window, place)
            for part, number in (("past_limit", today.now["past_limit"]), ("within", today.now["open"] - today.now["past_limit"])):
                assert lists.totals(c, CITY, facets.with_(window=window, part=part), place, CLOCK)[0] == number
            for part, number in (("open", today.stock.open_now), ("overdue", today.stock.overdue_now),
                                 ("unaccepted", today.stock.unaccepted), ("unhandled", today.stock.unhandled)):  # fmt: skip
                assert lists.totals(c, CITY, facets.with_(part=part), place, CLOCK)[0] == number


@FEW
@given(rows=st.lists(said(), min_size=5, max_size=40))
def test_totals_reconcile(store: Engine, rows: list[Any]) -> None:
    """Promise 2: townships + county only = county, counties + unlocated = city; located kinds add up to all."""
    agencies = declare(store)
    empty(store)
    fill(store, rows, 50, agencies)
    window = WINDOWS[0]
    with reading(store) as c:
        whole = sum(s.of("accepted") for s in sums(c, CITY, Filter(), Place(), {"now": window}, (), COUNTIES))
        by_county = Counter({s.county_code: s.of("accepted") for s in sums(c, CITY, Filter(), Place(), {"now": window}, ("county_code",), COUNTIES)})
        assert sum(by_county.values()) == whole
        for county in COUNTIES:
            towns = sums(c, CITY, Filter(), Place(county), {"now": window}, ("county_code", "town_code"), COUNTIES)
            assert sum(s.of("accepted") for s in towns) == by_county[county]
        kinds = [sums(c, CITY, Filter(located=k), Place(), {"now": window}, (), COUNTIES) for k in ("township", "county", "none")]
        assert sum(s.of("accepted") for found in kinds for s in found) == whole


@FEW
@given(rows=st.lists(said(), min_size=5, max_size=40))
def test_nobody_sees_outside_their_area(store: Engine, rows: list[Any]) -> None:
    """Promise 7, for lists, facets, files and sums of every scope."""
    agencies = declare(store)
    empty(store)
    fill(store, rows, 50, agencies)
    scopes = [Scope.of("c", "county_leader", "county", "360923"), Scope.of("t", "township_clerk", "township", "360923", "360923101")]
    with reading(store) as c:
        everything = lists.page(c, CITY, Filter(part=""), Place(), CLOCK, limit=1000).rows
        for scope in scopes:
            mine = [m for m in everything if scope.covers(m["county_code"], m["town_code"])]
            seen = lists.page(c, scope, Filter(part=""), Place(), CLOCK, limit=1000).rows
            assert {m["code"] for m in seen} == {m["code"] for m in mine}
            assert sum(n for _, n in lists.facet(c, scope, Filter(part=""), Place(), CLOCK, "town_code")) == len(mine)
            assert sum(s.of("accepted") for s in sums(c, scope, Filter(), Place(), {"now": Window(date(2024, 1, 1), date(2027, 1, 1))}, (), COUNTIES)) == sum(
                m["accepted_on"] is not None for m in mine
            )
            for m in everything:
                assert (lists.find(c, scope, m["code"]) is not None) == scope.covers(m["county_code"], m["town_code"])
            with pytest.raises(Forbidden):
                lists.page(c, scope, Filter(part=""), Place("360981"), CLOCK)


@FEW
@given(rows=st.lists(said(), min_size=3, max_size=25), days=st.lists(st.dates(date(2026, 3, 1), date(2026, 9, 1)), min_size=1, max_size=4))
def test_the_turn_of_a_day_equals_a_rebuild(store: Engine, rows: list[Any], days: list[date]) -> None:
    """Forwards and backwards: only past_limit moves, and what is kept equals a fresh computation for the day."""
    agencies = declare(store)
    empty(store)
    fill(store, rows, 50, agencies)
    for day in days:
        with writing(store) as c:
            rollups.turn_day(c, day)
            assert rollups.rolled_on(c) == day
            assert rollups.compare(c) == []
            past = sum(s.of("past_limit") for s in sums(c, CITY, Filter(), Place(), {"stock": EVER}, (), COUNTIES))
            listed = lists.totals(c, CITY, Filter(part="past_limit"), Place(), Clock(day))[0]
            assert past + sum(w.pending_past for w in waiting(c, CITY, Filter(), Place(), Clock(day))) == listed


def test_a_place_is_cut_to_the_scope() -> None:
    for county, town in TOWNS:
        scope = Scope.of("x", "township_clerk", "township", "360923", "360923101")
        if (county, town) in (("360923", "360923101"), ("", "")):
            assert narrowed(scope, Place(county, town)) == Place("360923", "360923101")
        else:
            with pytest.raises(Forbidden):
                narrowed(scope, Place(county, town))


def test_pages_walk_a_list_without_gaps(store: Engine) -> None:
    agencies = declare(store)
    rows = [("centre", {"external_id": f"x{i}", "kind": "intake", "accepted_on": date(2026, 1, 1 + i % 5) if i % 7 else None,
                        "people": i % 4 or None, "registered_on": date(2026, 1, 1), "place": TOWNS[i % 5]}) for i in range(57)]  # fmt: skip
    fill(store, rows, 20, agencies)
    with reading(store) as c:
        for sort, descending in product(("accepted_on", "people", "code", "title", "due_on"), (True, False)):
            codes, cursor = [], ""
            while True:
                part = lists.page(c, CITY, Filter(part=""), Place(), CLOCK, sort=sort, descending=descending, limit=10, cursor=cursor)
                codes += [r["code"] for r in part.rows]
                cursor = part.next
                if not cursor:
                    break
            whole = lists.page(c, CITY, Filter(part=""), Place(), CLOCK, sort=sort, descending=descending, limit=1000).rows
            assert codes == [r["code"] for r in whole] and len(set(codes)) == 57, (sort, descending)
