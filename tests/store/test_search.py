"""Searching titles: one, two and more characters, a wrong character, codes, numbers, places; kept as matters change."""

from __future__ import annotations

import threading
from datetime import date, datetime
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, text

from matters.access import Scope
from matters.filters import Clock, Filter
from matters.grams import grams, nearly, wanted
from services.search_index import SearchIndex
from store import lists, migrate, search, search_index
from store.engine import reading, writing
from store.places import Place
from store.search_text import similar_words
from tests.store.rows import declare, made, write

CITY = Scope.of("t", "city_leader", "city")
COUNTY = Scope.of("t", "county_leader", "county", "360923")
CLOCK = Clock(date(2026, 6, 1))
TITLES = ("两户共用山墙渗水及重建纠纷", "承包鱼塘淹没损失赔偿", "加工厂拖欠计件工资", "墙", "渗水（ABC）二次装修", "100%责任_认定", "祖坟迁移与林地边界")


def said(i: int, title: str, **more: Any) -> dict[str, Any]:
    return {"external_id": f"k{i}", "number": f"MT-0923-26-{i:06d}", "kind": "intake", "accepted_on": date(2026, 1, 1 + i), "title": title,
            "place": ("360923", "360923101") if i % 2 else ("360981", "360981101"), "channel": "visit", "category": "02", **more}  # fmt: skip


@pytest.fixture(params=["all", "some", "none"])
def filled(store: Engine, request: pytest.FixtureRequest) -> Engine:
    """The titles, all of them in the index, the first four, or none: no answer may depend on it."""
    agencies = declare(store)
    write(store, "centre", [made(said(i, t)) for i, t in enumerate(TITLES)], agencies)
    if request.param != "none":
        with writing(store) as c:
            assert search_index.catch_up(c, 4) == 4
            assert request.param == "some" or search_index.catch_up_whole(c) == len(TITLES) - 4
    with reading(store) as c:
        assert search_index.behind(c).new == {"all": 0, "some": len(TITLES) - 4, "none": len(TITLES)}[request.param]
    return store


def titles(c: Connection, q: str, scope: Scope = CITY) -> set[str]:
    wanted_filter = Filter(q=q)
    rows = lists.page(c, scope, wanted_filter, Place(), CLOCK).rows
    assert lists.totals(c, scope, wanted_filter, Place(), CLOCK)[0] == len(rows)
    return {r["title"] for r in rows}


FOUND: list[tuple[str, set[int]]] = [
    ("墙", {0, 3}), ("塘", {1}), ("渗水", {0, 4}), ("纠纷", {0}), ("资", {2}), ("山墙渗水", {0}), ("渗水 重建", {0}), ("渗水 abc", {4}),
    ("abc", {4}), ("（ABC）", {4}), ("100%", {5}), ("%", set()), ("责任_认", {5}), ("任%认", set()), ("MT-0923-26-000002", {2}), ("mt-0923-26-000002", {2}),
    ("大象", set()), ("紫", set()), ("损失赔偿金", {1}), ("拖欠记件工资", {2}), ("祖坟迁移林地", {6}), ("共用山强渗水", {0}), ("墙山共用", set()),
]  # fmt: skip


def test_words_find_their_titles(filled: Engine) -> None:
    with reading(filled) as c:
        assert {q: titles(c, q) for q, _ in FOUND} == {q: {TITLES[i] for i in found} for q, found in FOUND}


def test_what_is_only_similar_is_told_and_never_mixed_with_what_was_asked(filled: Engine) -> None:
    with reading(filled) as c:
        assert similar_words(c, Place(), "拖欠记件工资 加工") == ("拖欠记件工资",)
        assert similar_words(c, Place(), "计件工资") == ()


def test_a_scope_is_told_nothing_of_other_places(filled: Engine) -> None:
    with reading(filled) as c:
        assert titles(c, "渗水", COUNTY) == set()
        assert titles(c, "鱼塘", COUNTY) == {TITLES[1]}
        # In this county the word stands nowhere: that it does elsewhere changes nothing about what is offered.
        assert similar_words(c, Place("360923"), "山墙渗水") == similar_words(c, Place("360923"), "山墙渗木")


def test_codes_are_found_whole_begun_and_without_their_year(filled: Engine) -> None:
    with reading(filled) as c:
        code, title = c.execute(text("SELECT code, title FROM matter ORDER BY id LIMIT 1")).one()
        for q in (code, code.lower(), code[:6], code[3:], code[3:7]):
            assert title in titles(c, q)


def test_the_index_follows_a_title_that_changes_and_a_matter_that_goes(filled: Engine) -> None:
    change(filled)
    with reading(filled) as c:
        as_asked(c)
    with writing(filled) as c:
        search_index.catch_up_whole(c)
        assert not search_index.behind(c) and search_index.catch_up(c) == 0
    with reading(filled) as c:
        as_asked(c)
        kept = indexed(c)
    with writing(filled) as c:
        search_index.empty(c)
        assert search_index.catch_up_whole(c) == len(TITLES) - 1
    with reading(filled) as c:
        assert indexed(c) == kept


def change(engine: Engine) -> None:
    """One title changes twice, one matter goes, one is closed and keeps its title."""
    with reading(engine) as c:
        agencies = search_agencies(c)
    for hour, title in ((8, "半截"), (9, "围墙倒塌")):
        write(engine, "centre", [made(said(0, title, revised_at=datetime(2026, 3, 2, hour)))], agencies)
    later = {"revised_at": datetime(2026, 3, 2, 8)}
    write(engine, "centre", [made(said(1, TITLES[1], withdrawn=True, **later)),
                             made(said(2, TITLES[2], closed_on=date(2026, 3, 1), outcome="resolved", **later))], agencies)  # fmt: skip


def as_asked(c: Connection) -> None:
    assert titles(c, "山墙") == set() and titles(c, "半截") == set() and titles(c, "围墙") == {"围墙倒塌"} and titles(c, "鱼塘") == set()
    assert titles(c, "计件") == {TITLES[2]}


class Killed(Exception):
    """The process ends within a step."""


def test_a_step_that_dies_has_taken_nothing_and_is_done_again(filled: Engine) -> None:
    change(filled)
    with reading(filled) as c:
        before = search_index.behind(c), indexed(c)
    with pytest.raises(Killed), writing(filled) as c:
        search_index.catch_up(c, 3)
        raise Killed
    with reading(filled) as c:
        assert (search_index.behind(c), indexed(c)) == before
    index = SearchIndex(filled)
    index.run()
    assert index.behind() == 0 and index.run() == 0
    with reading(filled) as c:
        as_asked(c)
        assert titles(c, "墙") == {"围墙倒塌", TITLES[3]}


def test_two_that_catch_up_at_once_and_one_that_writes_leave_the_index_whole(filled: Engine) -> None:
    steps = [threading.Thread(target=SearchIndex(filled).run) for _ in range(2)]
    writer = threading.Thread(target=change, args=(filled,))
    for thread in (*steps, writer):
        thread.start()
    for thread in (*steps, writer):
        thread.join()
    SearchIndex(filled).run()
    with reading(filled) as c:
        as_asked(c)
        kept = indexed(c)
    with writing(filled) as c:
        search_index.empty(c)
        search_index.catch_up_whole(c)
    with reading(filled) as c:
        assert indexed(c) == kept


def test_a_store_of_before_has_every_title_in_its_index(store: Engine) -> None:
    write(store, "centre", [made(said(i, t)) for i, t in enumerate(TITLES)], declare(store))
    migrate.downgrade(store, "0007")
    migrate.upgrade(store)
    with reading(store) as c:
        assert not search_index.behind(c) and titles(c, "渗水") == {TITLES[0], TITLES[4]}


def indexed(c: Connection) -> set[tuple[str, int]]:
    """Every pair of every title as the index holds it, asked pair by pair."""
    out = set()
    for pair in {g for t in (*TITLES, "围墙倒塌", "半截") for g in grams(t)}:
        found = c.execute(text(search.ids_sql(c, "asked")), {"asked": search.expression(c, [[pair]])})
        out |= {(pair, int(row[0])) for row in found}
    return out


def search_agencies(c: Connection) -> Any:
    from store import feeds

    return feeds.all_agencies(c)


def test_pairs_of_a_text() -> None:
    assert grams("渗水，A1") == ["渗水", "水", "a1", "1"]
    assert wanted("渗") == [["渗"]] and wanted("渗水墙") == [["渗水", "水墙"]] and wanted("，") == []
    assert nearly("渗水") == [] and ["ab", "d"] in nearly("abcd")
