"""Promises 1, 2, 4, 6 and 10 while records are compared and stewards decide: any order ends the same, and equals a rebuild."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, func, select

from matters.access import Scope
from matters.filters import Clock, Filter
from matters.linking_groups import REFERENCE, SCORED, STEWARD, Edge, components
from services import link_runner, link_start
from services.link_desk import LinkDesk
from services.link_runner import LinkRunner
from services.link_shapes import Conflict, Refused
from store import lists, rollups
from store.engine import reading, writing
from store.places import Place
from store.schema import link, link_decision, link_pair, matter, matter_was, record
from tests.store.linking_rows import ByTitle, empty_links, links_picture
from tests.store.rows import NOW, declare, empty, made, picture, said, write

FEW = settings(max_examples=5, deadline=None, phases=(Phase.explicit, Phase.reuse, Phase.generate),  # shrinking takes minutes
               suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large])  # fmt: skip
CITY = Scope.system()


class Areas:
    """Names are codes here, and any area is the whole city."""

    def name(self, code: str) -> str:
        return code

    def require(self, scope: Scope, code: str) -> Place:
        return Place(code)


class Ticking:
    """A clock that goes on by a second whenever somebody looks."""

    def __init__(self) -> None:
        self.at = NOW

    def __call__(self) -> datetime:
        self.at += timedelta(seconds=1)
        return self.at


def bench(engine: Engine, scorer: ByTitle | None = None) -> tuple[LinkRunner, LinkDesk, Ticking]:
    clock = Ticking()
    runner = LinkRunner(engine, scorer or ByTitle(), clock)
    return runner, LinkDesk(engine, Areas(), runner.waiting, clock), clock  # type: ignore[arg-type]


def bring(engine: Engine, rows: Sequence[tuple[str, dict[str, Any]]], size: int, agencies: Any, runner: LinkRunner | None, clock: Any) -> None:
    """Batches of one feed, compared after each when there is a runner."""
    for feed in dict.fromkeys(f for f, _ in rows):
        mine = [made(dict(r)) for f, r in rows if f == feed]
        for start in range(0, len(mine), size):
            write(engine, feed, mine[start : start + size], agencies, clock())
            if runner is not None:
                runner.run(size=max(2, size // 2))


def fresh(engine: Engine) -> Any:
    agencies = declare(engine)
    empty_links(engine)
    empty(engine)
    return agencies


@FEW
@given(rows=st.lists(said(), min_size=1, max_size=20), order=st.randoms(use_true_random=False), size=st.integers(1, 9))
def test_in_whatever_order_records_are_compared(store: Engine, rows: list[Any], order: random.Random, size: int) -> None:
    agencies = fresh(store)
    runner, _, clock = bench(store)
    bring(store, rows, 100, agencies, None, clock)
    runner.run()
    with reading(store) as c:
        once = picture(c), links_picture(c)
        assert rollups.compare(c) == []
    fresh(store)
    shuffled = [*rows, *order.sample(rows, len(rows) // 2)]
    order.shuffle(shuffled)
    bring(store, shuffled, size, agencies, runner, clock)
    with reading(store) as c:
        assert rollups.compare(c) == []
        again = picture(c), links_picture(c)
    for part in (0, 1):
        for name in once[part]:
            assert again[part][name] == once[part][name], name
    assert runner.run().records == 0


@FEW
@given(rows=st.lists(said(), min_size=6, max_size=24), size=st.integers(1, 5))
def test_one_pass_over_everything_ends_as_steps_do(store: Engine, rows: list[Any], size: int) -> None:
    agencies = fresh(store)
    runner, _, clock = bench(store)
    bring(store, rows, 100, agencies, runner, clock)
    with reading(store) as c:
        steps = picture(c) | links_picture(c)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(link_runner, "LARGE", 1)
        for name in ("_READ", "_KEYS", "_PAIRS", "_ENDS"):  # many slices of each kind
            patch.setattr(link_start, name, size)
        newer = ByTitle()
        newer.version = "by-title-2"
        told = list[int]()
        done = LinkRunner(store, newer, clock).run(progress=lambda d: told.append(d.looked_at))
    with reading(store) as c:
        assert picture(c) | links_picture(c) == steps
        assert rollups.compare(c) == []
        assert {p.model for p in c.execute(select(link_pair.c.model))} <= {"by-title-2"}
        assert (done.sure, done.sure + done.doubt) == (sum(p[1] >= newer.sure for p in steps["pairs"]), len(steps["pairs"]))
    assert told == sorted(told) and (not told or told[-1] == done.looked_at)


def act(desk: LinkDesk, engine: Engine, order: random.Random) -> None:
    """One act of a steward that is possible now, or one that is refused."""
    with reading(engine) as c:
        pairs = list(c.execute(select(link_pair.c.id).order_by(link_pair.c.id)).scalars())
        codes = list(c.execute(select(matter.c.code).order_by(matter.c.code)).scalars())
        decisions = list(c.execute(select(link_decision.c.id).where(link_decision.c.undone_at.is_(None))).scalars())
    what = order.choice(["accept", "split", "skip", "merge", "part", "undo"])
    try:
        if what in ("accept", "split", "skip") and pairs:
            desk.decide(CITY, order.choice(pairs), what)
        elif what == "merge" and len(codes) > 1:
            desk.merge(CITY, *order.sample(codes, 2), why="同一件事")
        elif what == "part" and codes:
            code = order.choice(codes)
            with reading(engine) as c:
                mine = list(c.execute(select(record.c.id).where(record.c.matter_id == select(matter.c.id).where(matter.c.code == code).scalar_subquery())).scalars())
            desk.split(CITY, code, order.sample(mine, max(1, len(mine) // 2)), why="两件事")
        elif what == "undo" and decisions:
            desk.undo(CITY, order.choice(decisions), why="看错了")
    except (Refused, Conflict):
        pass


def rebuilt(engine: Engine, agencies: Any) -> dict[str, Any]:
    """The store after every record was grouped anew at once."""
    from store.clock import tick
    from store.relink import regroup

    with writing(engine) as c:
        everyone = list(c.execute(select(record.c.id)).scalars())
        regroup(c, everyone, tick(c, NOW + timedelta(days=1)), agencies, anew=True)
    with reading(engine) as c:
        return picture(c) | links_picture(c)


@FEW
@given(rows=st.lists(said(), min_size=6, max_size=22), order=st.randoms(use_true_random=False), size=st.integers(3, 12))
def test_any_sequence_of_intake_and_decisions_equals_a_rebuild(store: Engine, rows: list[Any], order: random.Random, size: int) -> None:
    """Rollups equal a rebuild after every step; grouping everything anew changes nothing; figures equal their lists."""
    agencies = fresh(store)
    runner, desk, clock = bench(store)
    parts = [rows[i : i + size] for i in range(0, len(rows), size)]
    for part in parts:
        bring(store, part, size, agencies, runner, clock)
        for _ in range(3):
            act(desk, store, order)
        with reading(store) as c:
            assert rollups.compare(c) == []
    runner.run()
    with reading(store) as c:
        stood = picture(c) | links_picture(c)
        live = c.execute(select(func.count()).select_from(record).where(~record.c.withdrawn, ~record.c.context)).scalar_one()
        assert int(c.execute(select(func.sum(matter.c.record_count))).scalar() or 0) == live
        everything = Filter(part="")
        assert lists.totals(c, CITY, everything, Place(), Clock(date(2026, 6, 1)))[4] == live  # records, counted by their matters
        apart = {(d.low, d.high) for d in c.execute(select(link_pair)) if d.state == "split"}
        of = {r[0]: r[1] for r in c.execute(select(record.c.id, record.c.matter_id))}
        assert all(of[a] != of[b] or of[a] is None for a, b in apart)
    assert rebuilt(store, agencies) == stood


def three(engine: Engine, agencies: Any, clock: Any) -> dict[str, int]:
    """A call, a visit and a filing that tell the same; the visit quotes the call."""
    told = {"title": "争墙", "category": "02", "place": ("360923", "360923101"), "registered_on": date(2026, 3, 1)}
    rows = [("police", {**told, "external_id": "c", "kind": "call", "number": "JJ20260301000001", "accepted_on": date(2026, 3, 1)}),
            ("centre", {**told, "external_id": "v", "kind": "intake", "refs": ["JJ20260301000001"], "accepted_on": date(2026, 3, 3)}),
            ("courts", {**told, "external_id": "f", "kind": "filing", "number": "(2026)赣0923民初7号", "accepted_on": date(2026, 4, 1)})]  # fmt: skip
    bring(engine, rows, 10, agencies, None, clock)
    with reading(engine) as c:
        return {r.external_id: r.id for r in c.execute(select(record.c.external_id, record.c.id))}


def codes(engine: Engine) -> dict[str, str]:
    with reading(engine) as c:
        query = select(record.c.external_id, matter.c.code).join(matter, matter.c.id == record.c.matter_id)
        return {r[0]: r[1] for r in c.execute(query)}


def test_a_split_holds_against_a_third_that_resembles_both(store: Engine) -> None:
    """The number that the visit quotes gives way to nobody but the steward; the score gives way to the number."""
    agencies = fresh(store)
    runner, desk, clock = bench(store)
    names = three(store, agencies, clock)
    runner.run()
    assert len(set(codes(store).values())) == 1
    desk.split(CITY, codes(store)["f"], [names["f"]], "另一件事")
    after = codes(store)
    assert after["c"] == after["v"] != after["f"]
    desk.undo(CITY, desk.mine(CITY)[0].id, "看错了")
    assert len(set(codes(store).values())) == 1
    with reading(store) as c:
        pair = c.execute(select(link_pair.c.id).where(link_pair.c.low == min(names["c"], names["f"]), link_pair.c.high == max(names["c"], names["f"]))).scalar_one()
    desk.decide(CITY, pair, "split")
    after = codes(store)
    assert after["c"] == after["v"] != after["f"], "the score of visit and filing is weaker than the number"
    waits = desk.queue(CITY)
    assert waits.total == 1 and waits.rows[0].blocked
    with pytest.raises(Refused, match="apart"):
        desk.decide(CITY, waits.rows[0].id, "accept")
    assert codes(store) == after
    with pytest.raises(Refused, match="apart"):
        desk.merge(CITY, after["c"], after["f"], "同一件")
    runner.run()
    bring(store, [("courts", {"external_id": "f", "kind": "filing", "number": "(2026)赣0923民初7号", "title": "争墙", "category": "02",
                              "place": ("360923", "360923101"), "registered_on": date(2026, 3, 1), "accepted_on": date(2026, 4, 2),
                              "revised_at": datetime(2026, 5, 1)})], 9, agencies, runner, clock)  # fmt: skip
    assert codes(store) == after, "a changed record is compared again; what a steward decided stays"


def test_before_the_link_the_matters_are_as_they_were(store: Engine) -> None:
    """Promise 6: the past does not move; every code that was a matter's leads to the matter that has the record now."""
    agencies = fresh(store)
    runner, desk, clock = bench(store)
    names = three(store, agencies, clock)
    before, was = clock(), codes(store)
    assert len(set(was.values())) == 2
    runner.run()
    linked = clock()
    with reading(store) as c:
        now = lists.find(c, CITY, was["f"])
        assert now is not None and now["code"] == was["c"], "the former code leads on"
        then = lists.find(c, CITY, was["f"], before)
        assert then is not None and then["code"] == was["f"] and then["record_count"] == 1
    assert desk.former_codes(CITY, was["c"])[0][0] == was["f"]
    assert len(desk.former_codes(CITY, was["c"])) == 2, "the visit had the call's code before it came in itself, or the other way round"
    (scored,) = [k for k in desk.links_of(CITY, was["c"]) if k.method == "scored" and {k.record, k.other} == {names["v"], names["f"]}]
    assert scored.pair and scored.score is not None and scored.score > 0.9
    desk.decide(CITY, scored.pair, "split")
    with reading(store) as c:
        found = lists.find(c, CITY, was["f"], linked)
        assert found is not None and found["record_count"] == 3
        assert c.execute(select(func.count()).select_from(matter_was)).scalar_one() > 0
        assert c.execute(select(func.count()).select_from(link).where(link.c.method == "scored")).scalar_one() < 2


def test_who_decided_and_why_is_kept(store: Engine) -> None:
    agencies = fresh(store)
    runner, desk, clock = bench(store)
    three(store, agencies, clock)
    with pytest.raises(Refused, match="why"):
        desk.merge(CITY, codes(store)["c"], codes(store)["f"], " ")
    line = desk.merge(CITY, codes(store)["c"], codes(store)["f"], "当事人到场确认")
    (held,) = [k for k in desk.links_of(CITY, codes(store)["c"]) if k.method == "steward"]
    assert (held.decision, held.by, held.why) == (line.id, "system", "当事人到场确认")
    runner.run()
    assert [k.method for k in desk.links_of(CITY, codes(store)["c"]) if k.decision] == ["steward"], "the machine does not take a steward's link over"
    with pytest.raises(Refused, match="one_matter"):
        desk.merge(CITY, codes(store)["c"], codes(store)["f"], "再来")
    desk.undo(CITY, line.id)
    with pytest.raises(Conflict):
        desk.undo(CITY, line.id)


def test_like_signs_in_a_code_find_no_matter(store: Engine) -> None:
    """A code is typed into addresses and into the form that merges: 26-% would have opened, or merged, whatever came first."""
    agencies = fresh(store)
    _, desk, clock = bench(store)
    three(store, agencies, clock)
    code = codes(store)["c"]
    year, tail = code.split("-")
    with reading(store) as c:
        for wrong in (f"{year}-%", f"{year}-{'_' * len(tail)}", f"{year}-{tail[:-1]}_", f"{year}-\\{tail}", "%", f"{year}-"):
            for at in (None, clock()):
                assert lists.find(c, CITY, wrong, at) is None, wrong
            assert lists.known_since(c, CITY, wrong) is None
        found = lists.find(c, CITY, f"{int(year) - 1:02d}-{tail}")
        assert found is not None and found["code"] == code, "the year of a code may have been put right since"
    with pytest.raises(LookupError):
        desk.merge(CITY, codes(store)["f"], f"{year}-%", "同一件")


def test_a_reason_keeps_no_number_of_a_person(store: Engine) -> None:
    agencies = fresh(store)
    _, desk, clock = bench(store)
    three(store, agencies, clock)
    line = desk.merge(CITY, codes(store)["c"], codes(store)["f"], "电话 13812345678 核实\0")
    assert line.why == "电话 138****** 核实"
    assert desk.undo(CITY, line.id, "360902199001011234 不是同一人").id == line.id
    with reading(store) as c:
        assert c.execute(select(link_decision.c.undone_why)).scalar_one() == "360****** 不是同一人"


def test_a_step_that_dies_is_done_again_and_twice_is_once(store: Engine) -> None:
    agencies = fresh(store)
    runner, _, clock = bench(store)
    three(store, agencies, clock)

    class Killed(BaseException):
        pass

    def guard(_c: Any) -> None:
        raise Killed

    with pytest.raises(Killed):
        runner.step(guard)
    with reading(store) as c:
        assert links_picture(c)["pairs"] == [] and runner.waiting() == 3
        stale = runner._made(c, 100)
    runner.run()
    with reading(store) as c:
        once = picture(c) | links_picture(c)
    assert stale is not None and runner._written(stale, None).records == 0, "the same step from before finds the mark moved"
    with reading(store) as c:
        assert picture(c) | links_picture(c) == once


def test_a_crowded_key_is_no_reason_to_compare(store: Engine) -> None:
    """Whoever came first: with one record more than the cap the pairs go, with one less they come back."""
    agencies = fresh(store)
    runner, _, clock = bench(store, ByTitle(cap=3))
    rows = [("centre", {"external_id": f"x{i}", "kind": "intake", "title": "漏水", "category": f"{i + 1:02d}", "place": ("360923", "360923101"),
                        "registered_on": date(2026, 3, 1 + i), "accepted_on": date(2026, 3, 2 + i)}) for i in range(4)]  # fmt: skip
    bring(store, rows[:3], 10, agencies, runner, clock)
    with reading(store) as c:
        assert len(links_picture(c)["pairs"]) == 3
    bring(store, rows[3:], 10, agencies, runner, clock)
    with reading(store) as c:
        assert links_picture(c)["pairs"] == []
        assert c.execute(select(func.count()).select_from(matter)).scalar_one() == 4
    bring(store, [("centre", {**rows[0][1], "withdrawn": True, "revised_at": datetime(2026, 5, 1)})], 10, agencies, runner, clock)
    with reading(store) as c:
        assert len(links_picture(c)["pairs"]) == 3


@given(order=st.randoms(use_true_random=False), n=st.integers(2, 9))
def test_grouping_is_blind_to_the_order_of_records_and_edges(order: random.Random, n: int) -> None:
    names = {i: ("f", f"{i:03d}") for i in range(n)}
    pairs = [(a, b) for a in range(n) for b in range(a + 1, n)]
    edges = [Edge(a, b, order.choice([STEWARD, REFERENCE, SCORED]), score=order.choice([0.9, 0.95, 1.0])) for a, b in pairs if order.random() < 0.5]
    apart = [p for p in pairs if order.random() < 0.2]
    once = {frozenset(g) for g in components(names, edges, apart)}
    moved = list(names.items())
    order.shuffle(moved)
    order.shuffle(edges)
    order.shuffle(apart)
    again = {frozenset(g) for g in components(dict(moved), [e._replace(one=e.other, other=e.one) for e in edges], apart)}
    assert again == once
    assert not any({a, b} <= group for a, b in apart for group in once)
    assert {i for g in once for i in g} == set(names)

