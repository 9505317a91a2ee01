"""What narrows lists only: ranges with open ends, owner, outcome, links, chosen codes; against the same question put to each row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from itertools import product
from typing import Any

import pytest
from sqlalchemy import Engine

from matters.access import Scope
from matters.filters import SORTS, Clock, Filter, Span
from matters.periods import Window
from store import lists
from store.dates import month_number
from store.engine import reading
from store.places import Place
from store.sums import monthly, sums
from tests.store.rows import declare, made, write

CITY = Scope.of("t", "city_leader", "city")
TODAY = date(2026, 6, 1)
Row = dict[str, Any]


@pytest.fixture
def filled(store: Engine) -> Engine:
    agencies = declare(store)
    rows = [made({
        "external_id": f"k{i}", "number": f"MT-0923-26-{i:06d}", "kind": "intake", "accepted_on": date(2026, 1, 1) + timedelta(days=7 * i),
        "closed_on": date(2026, 2, 20) + timedelta(days=i) if i % 3 == 0 else None, "outcome": ("resolved", "unresolved")[i % 2] if i % 3 == 0 else None,
        "title": f"第{i}件", "people": i if i % 4 else None, "amount": 1000.0 * i if i % 5 else None, "owner": ("县工信局", "泗溪镇")[i % 2],
        "place": ("360923", "360923101"), **({"category": "10", "subcategory": "1001"} if i % 6 == 1 else {"category": "10" if i % 6 == 2 else "02"}),
        "satisfied": (True, False)[i // 3 % 2] if i % 3 == 0 and i < 15 else None,
    }) for i in range(20)]  # fmt: skip
    write(store, "centre", rows, agencies)
    write(store, "police", [made({"external_id": "p", "kind": "call", "refs": ["MT-0923-26-000004"], "accepted_on": date(2026, 3, 1),
                                  "place": ("360923", "360923101")})], agencies)  # fmt: skip
    return store


def age(row: Row) -> int:
    return (TODAY - row["accepted_on"]).days


ASKED: list[tuple[Filter, Callable[[Row], bool]]] = [
    (Filter(people=Span(5, 9)), lambda r: r["people"] is not None and 5 <= r["people"] <= 9),
    (Filter(people=Span(None, 3)), lambda r: r["people"] is not None and r["people"] <= 3),
    (Filter(amount=Span(8000, None)), lambda r: r["amount"] is not None and r["amount"] >= 8000),
    (Filter(days=Span(30, 90)), lambda r: r["is_open"] and 30 <= age(r) <= 90),
    (Filter(days=Span(None, 40)), lambda r: r["is_open"] and age(r) <= 40),
    (Filter(due=Span(date(2026, 2, 1), date(2026, 4, 1))), lambda r: r["due_on"] is not None and date(2026, 2, 1) <= r["due_on"] <= date(2026, 4, 1)),
    (Filter(closed=Span(date(2026, 2, 25), None)), lambda r: r["closed_on"] is not None and r["closed_on"] >= date(2026, 2, 25)),
    (Filter(owner="泗溪镇"), lambda r: r["owner"] == "泗溪镇"),
    (Filter(outcome="unresolved"), lambda r: r["outcome"] == "unresolved"),
    (Filter(linked="yes"), lambda r: r["record_count"] > 1),
    (Filter(satisfied="yes"), lambda r: r["satisfied"] is True),
    (Filter(satisfied="no"), lambda r: r["satisfied"] is False),
    (Filter(category="10"), lambda r: r["category"] == "10"),
    (Filter(category="1001"), lambda r: r["subcategory"] == "1001"),
    (Filter(linked="no", people=Span(2, None)), lambda r: r["record_count"] == 1 and (r["people"] or 0) >= 2),
]


@pytest.mark.parametrize("number", range(len(ASKED)))
def test_a_narrowed_list_holds_exactly_what_was_asked(filled: Engine, number: int) -> None:
    wanted, holds = ASKED[number]
    with reading(filled) as c:
        everything = lists.page(c, CITY, Filter(), Place(), Clock(TODAY)).rows
        found = lists.page(c, CITY, wanted, Place(), Clock(TODAY)).rows
        assert lists.totals(c, CITY, wanted, Place(), Clock(TODAY))[0] == len(found)
    assert {r["code"] for r in found} == {r["code"] for r in everything if holds(r)}
    assert 0 < len(found) < len(everything) == 20


ORDERS = [(Filter(part=""), ""), *((f.with_(part=""), "") for f, _ in ASKED), (Filter(part="closed"), "360923"), (Filter(part="", stage="accepted"), ""),
          (Filter(window=Window(date(2026, 1, 1), date(2026, 5, 1)), people=Span(6, None)), "360923"),
          # A place and a category, each with an index of its own: more matters than are looked at, and fewer.
          (Filter(part="", category="02", people=Span(5, None)), "360923"), (Filter(category="02", linked="no"), "360923"),
          (Filter(part="", category="10", people=Span(2, None)), "360923"), (Filter(category="1001", amount=Span(5000, None)), ""),
          (Filter(window=Window(date(2026, 1, 1), date(2026, 5, 1)), category="02", scale="group"), "360923")]  # fmt: skip


def test_every_filter_in_every_order_is_one_list_however_it_is_read(filled: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """By its index, near its beginning, from the whole table; from a place on, or after a row: the order is the same."""
    monkeypatch.setattr(lists, "NEAR", 3)
    clock = Clock(TODAY)
    with reading(filled) as c:
        for (wanted, county), sort, descending in product(ORDERS, SORTS, (True, False)):
            place = Place(county)
            rows = lists.page(c, CITY, wanted, place, clock, limit=100).rows
            known = sorted((r for r in rows if r[sort] is not None), key=lambda r: (r[sort], r["code"]), reverse=descending)
            unknown = sorted((r for r in rows if r[sort] is None), key=lambda r: r["code"], reverse=descending)
            expected = [r["code"] for r in known + unknown]
            assert len(expected) == lists.totals(c, CITY, wanted, place, clock)[0] > 0
            cursor, walked = "", []
            while True:
                part = lists.page(c, CITY, wanted, place, clock, sort=sort, descending=descending, limit=3, cursor=cursor)
                walked += [r["code"] for r in part.rows]
                if not (cursor := part.next):
                    break
            assert walked == expected, (wanted, sort, descending)
            for offset in (0, 4, len(expected) - 1):
                far = lists.page(c, CITY, wanted, place, clock, sort=sort, descending=descending, offset=offset, limit=3, far=offset == 4)
                assert [r["code"] for r in far.rows] == expected[offset : offset + 3], (wanted, sort, descending, offset)


def test_figures_of_a_subcategory_are_those_of_its_rows(filled: Engine) -> None:
    window = Window(date(2026, 1, 5), date(2026, 5, 20))
    with reading(filled) as c:
        for wanted in (Filter(category="1001"), Filter(category="10")):
            listed = lists.page(c, CITY, wanted.with_(window=window), Place(), Clock(TODAY)).rows
            (found,) = sums(c, CITY, wanted, Place(), {"now": window}, ("county_code",), ["360923"])
            assert (found.of("accepted"), found.of("open")) == (len(listed), sum(r["is_open"] for r in listed))
        first, last = month_number(date(2026, 1, 1)), month_number(date(2026, 12, 1))
        months = Counter(month_number(r["accepted_on"]) for r in lists.page(c, CITY, Filter(category="1001"), Place(), Clock(TODAY)).rows)
        assert monthly(c, CITY, Filter(category="1001"), Place(), first, last, ["360923"]) == months and months


def test_chosen_codes_are_the_rows_and_a_page_far_down_is_the_same_rows(filled: Engine) -> None:
    with reading(filled) as c:
        everything = [r["code"] for r in lists.page(c, CITY, Filter(), Place(), Clock(TODAY)).rows]
        chosen = tuple(everything[3:6])
        assert [r["code"] for r in lists.page(c, CITY, Filter(codes=chosen), Place(), Clock(TODAY)).rows] == list(chosen)
        for sort in ("accepted_on", "people", "title", "due_on"):
            for descending in (True, False):
                whole = [r["code"] for r in lists.page(c, CITY, Filter(), Place(), Clock(TODAY), sort=sort, descending=descending).rows]
                far = lists.page(c, CITY, Filter(), Place(), Clock(TODAY), sort=sort, descending=descending, offset=7, limit=5, far=True)
                assert [r["code"] for r in far.rows] == whole[7:12]
                on = lists.page(c, CITY, Filter(), Place(), Clock(TODAY), sort=sort, descending=descending, limit=5, cursor=far.next)
                assert [r["code"] for r in on.rows] == whole[12:17]


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_postgresql_plans_for_the_values_that_are_asked_for(store: Engine) -> None:
    """Its plan for any value, from the eleventh time on, took 4 s for the list of a stage that no matter is in, instead of 40 ms."""
    with reading(store) as connection:
        assert connection.exec_driver_sql("SHOW plan_cache_mode").scalar() == "force_custom_plan"
