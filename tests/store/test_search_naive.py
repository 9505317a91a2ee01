"""A search finds what reading every title would find, in the same order, whichever way it takes; on both databases the same."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, text

from matters.access import Scope
from matters.filters import Clock, Filter, Span
from matters.periods import Window
from store import lists, search, search_index
from store.engine import reading, writing
from store.places import Place
from tests.store.rows import declare, made, write

CITY, CLOCK = Scope.of("t", "city_leader", "city"), Clock(date(2026, 6, 1))
WHO, OVER, ENDS = ("两户", "邻居", "村民小组", "学校", "司机"), ("山墙", "排水沟", "鱼塘", "计件工资", "医药费", "祖坟迁移"), ("纠纷", "引起的纠纷", "赔偿", "返还")
SPOTS = (("360923", "360923101"), ("360923", "360923100"), ("360981", "360981101"))
WORDS = ("纠纷", "墙", "与", "鱼塘", "祖坟迁移", "引起的纠纷", "村民小组 引起的纠纷", "学校 司机", "鱼塘 返还", "与 司", "山墙 与 赔偿", "费引", "墙山", "犀牛", "犀",
         "村民小组与", "， 鱼塘", "学校 犀牛")  # fmt: skip
FILTERS: tuple[dict[str, Any], ...] = (
    {}, {"area": 0}, {"area": 1}, {"people": Span(60, None)}, {"scale": "large"}, {"window": Window(date(2026, 2, 1), date(2026, 2, 20))},
    {"window": Window(date(2026, 1, 1), date(2026, 5, 1)), "linked": "no"}, {"part": "open"}, {"closed": Span(date(2026, 5, 1), date(2026, 5, 9))},
)  # fmt: skip
SORTED = (("accepted_on", True), ("accepted_on", False), ("title", False), ("people", True), ("closed_on", True), ("code", True))


def _said(rng: random.Random, i: int) -> dict[str, Any]:
    day, closed = date.fromordinal(date(2026, 1, 1).toordinal() + rng.randrange(120)), rng.random() < 0.6
    return {
        "external_id": f"k{i}", "number": f"MT-0923-26-{i:06d}", "kind": "intake", "accepted_on": None if rng.random() < 0.05 else day, "channel": "visit",
        "title": f"{rng.choice(WHO)}与{rng.choice(WHO)}{rng.choice(OVER)}{rng.choice(ENDS)}", "place": rng.choice(SPOTS), "category": rng.choice(("02", "03")),
        "people": rng.choice((None, 1, 3, 7, 80)), **({"closed_on": date(2026, 5, 1 + rng.randrange(20)), "outcome": "resolved"} if closed else {}),
    }  # fmt: skip


@pytest.fixture
def filled(store: Engine) -> Engine:
    """Two hundred titles of few words, so that each word is common or rare with others; the last ones perhaps not in the index."""
    rng = random.Random(5)
    write(store, "centre", [made(_said(rng, i)) for i in range(200)], declare(store))
    with writing(store) as c:
        search_index.catch_up(c, 139)
    if store.dialect.name == "postgresql":
        with store.connect().execution_options(isolation_level="AUTOCOMMIT") as raw:
            raw.execute(text("ANALYZE"))
    return store


@pytest.fixture(params=["walk", "short walk", "index"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sizes at which a search of two hundred matters goes along the order, gives that up, or asks the index."""
    page, near = {"walk": (2, 2_000), "short walk": (2, 7), "index": (10_000, 7)}[request.param]
    monkeypatch.setattr(search, "PAGE", page)
    monkeypatch.setattr(search, "NEAR", near)
    monkeypatch.setattr(lists, "NEAR", near)
    monkeypatch.setattr(lists, "LATEST", near)
    monkeypatch.setattr(lists, "NEAREST", min(near, 5))
    if near < 10:  # what lies behind is then the whole
        monkeypatch.setattr(search, "isqrt", lambda n: 2 if page == 2 else 10_000)


def _asked() -> Iterator[tuple[Filter, Place]]:
    for more in FILTERS:
        spot = SPOTS[0] if "area" in more else ("", "")
        place = Place(spot[0], spot[1] if more.get("area") else "")
        yield Filter(**{"part": "", **{k: v for k, v in more.items() if k != "area"}}), place


def _all(c: Connection, wanted: Filter, place: Place, sort: str, descending: bool, size: int) -> list[dict[str, Any]]:
    out: list[dict[str, Any]] = []
    cursor = ""
    while True:
        found = lists.page(c, CITY, wanted, place, CLOCK, sort=sort, descending=descending, limit=size, cursor=cursor)
        out += found.rows
        cursor = found.next
        if not cursor:
            return out


def _naive(rows: list[dict[str, Any]], q: str) -> list[str]:
    words = q.split()
    if any(not search.pairs_of(w) for w in words):
        return []
    return [r["code"] for r in rows if all(w.lower() in r["title"].lower() for w in words)]


@pytest.mark.usefixtures("way")
def test_every_search_finds_what_reading_every_title_finds(filled: Engine) -> None:
    with reading(filled) as c:
        for wanted, place in _asked():
            for sort, descending in SORTED if wanted in (Filter(part=""), Filter(part="", scale="large")) else SORTED[:1]:
                rows = _all(c, wanted, place, sort, descending, 300)
                for q in WORDS:
                    _is_as_naive(c, (wanted.with_(q=q), place, sort, descending), _naive(rows, q))


def _is_as_naive(c: Connection, asked: tuple[Filter, Place, str, bool], expected: list[str]) -> None:
    wanted, place, sort, descending = asked
    assert [r["code"] for r in _all(c, *asked, 60)] == expected, asked
    if (sort, descending) == SORTED[0]:
        assert lists.totals(c, CITY, wanted, place, CLOCK)[0] == len(expected), asked
        block = lists.page(c, CITY, wanted, place, CLOCK, offset=7, limit=5).rows
        assert [r["code"] for r in block] == expected[7:12], asked


def test_a_list_of_similar_titles_is_that_of_the_latest(filled: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "CANDIDATES", 20)
    with reading(filled) as c:
        latest = c.execute(text("SELECT code FROM matter WHERE title LIKE '%祖坟迁移%' ORDER BY id DESC LIMIT 20")).scalars().all()
        found = _all(c, Filter(part="", q="祖坟千移"), Place(), "accepted_on", True, 50)
    assert {r["code"] for r in found} == set(latest)
