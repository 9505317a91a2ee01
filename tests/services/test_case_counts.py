"""Sums and facets of a list: what the rollups tell, what one reading of the rows tells, and counting each by itself are the same."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from matters.access import Forbidden, Scope
from matters.filters import Filter, Span
from matters.periods import Window
from store import list_counts
from store.engine import reading

if TYPE_CHECKING:
    from services.wiring import Services
    from tests.services.conftest import City

CITY = Scope.of("t", "city_leader", "city")
COUNTY = Scope.of("t", "county_leader", "county", "360923")
YEAR, ODD = Window(date(2026, 1, 1), date(2026, 11, 10)), Window(date(2026, 2, 5), date(2026, 3, 20))
PARTS = ("accepted", "records", "closed", "resolved", "on_time", "rated", "satisfied", "escalated", "litigated", "pre_success", "pre_failure",
         "civil_filings", "open", "past_limit", "overdue", "within", "settled")  # fmt: skip
ASKED = [
    *(Filter(window=YEAR, part=part) for part in PARTS), *(Filter(part=part) for part in ("", "accepted", "open", "overdue", "past_limit", "unhandled")),
    Filter(part="", category="02"), Filter(part="", area="360923"), Filter(part="", located="none"), Filter(part="", agency="centre", window=ODD),
    Filter(window=ODD, area="360923"), Filter(window=YEAR, area="360923103"), Filter(area="360923", category="02", window=YEAR),
    Filter(window=YEAR, agency="centre"), Filter(window=ODD, channel="visit", category="02"), Filter(window=YEAR, exclude="police", part="open"),
    Filter(window=YEAR, first_agency="courts"), Filter(window=YEAR, located="county"), Filter(located="none", window=YEAR), Filter(window=YEAR, stage="closed"),
    Filter(window=YEAR, stage="mediating", category="02"), Filter(part="open", owner="x"), Filter(window=YEAR, outcome="resolved", agency="courts"),
    Filter(window=YEAR, people=Span(5, None)), Filter(window=YEAR, q="纠纷"), Filter(part="open", scale="group", area="360981"), Filter(q="邻", category="02"),
]  # fmt: skip


def by_itself(services: Services, scope: Scope, filter: Filter, column: str) -> dict[Any, int]:
    """A facet as one query of its own over the rows."""
    place, clock = services.matters._place(scope, filter), services.matters._clock(filter)
    with reading(services.engine) as c:
        return dict(list_counts.facet(c, scope, filter, place, clock, column))


def shares(counted: Any, facet: str) -> dict[str, int]:
    return {s.key: s.value for s in counted.facets[facet]}


@pytest.mark.parametrize("scanned", [0, 10**9], ids=["short lists", "long lists"])
@pytest.mark.parametrize("scope", [CITY, COUNTY], ids=["city", "county"])
def test_every_way_of_counting_says_the_same(city: City, scope: Scope, scanned: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(list_counts, "SCANNED", scanned)
    services, ways = city.services, {"rolled": 0, "read": 0}
    for f in ASKED:
        if scope is COUNTY and f.area not in ("", "360923", "360923103"):
            with pytest.raises(Forbidden):
                services.matters.first(scope, f)
            continue
        services.matters.forget()
        first = services.matters.first(scope, f)
        total = services.matters.total(scope, f)
        services.matters.forget()
        whole = services.matters.whole(scope, f)
        where = services.matters._place(scope, f)
        places = "village_code" if where.town else "town_code" if where.county else "county_code"
        alone = {"stage": by_itself(services, scope, f.with_(stage=""), "stage"), "category": by_itself(services, scope, f.with_(category=""), "category"),
                 "place": by_itself(services, scope, f.with_(village="", located=""), places),
                 "outcome": by_itself(services, scope, f.with_(outcome=""), "outcome")}  # fmt: skip
        alone["outcome"].pop("", None)
        rows = sum(by_itself(services, scope, f, "stage").values())
        assert total == first.sums.total == whole.sums.total == rows, f
        for facet, counts in alone.items():
            assert shares(whole, facet) == counts, (f, facet)
        owners = by_itself(services, scope, f.with_(owner=""), "owner")
        assert shares(whole, "owner").items() <= owners.items() and len(whole.facets["owner"]) == min(40, len(owners.keys() - {""})), f
        for facet, found in first.facets.items():
            assert found == whole.facets[facet], (f, facet)
        for name in ("open", "overdue", "due_soon"):
            assert getattr(first.sums, name) == getattr(whole.sums, name), (f, name)
        ways["read" if first.is_whole else "rolled"] += 1
    assert min(ways.values()) >= 5


def test_owners_outcomes_and_agencies_open_their_rows(city: City) -> None:
    services, f = city.services, Filter(area="360981", window=YEAR)
    facets = services.matters.facets(CITY, f)
    assert facets["owner"] and facets["outcome"] and facets["agency"]
    for facet in ("owner", "outcome", "agency"):
        for share in facets[facet][:6]:
            assert services.matters.total(CITY, share.rows) == share.value > 0


def test_the_stock_is_counted_in_one_reading(city: City) -> None:
    base = Filter(part="open")
    asked = [base, base.with_(part="overdue"), base.with_(due_within=3), base.with_(part="unaccepted"), base.with_(part="unhandled"),
             base.with_(scale="group"), base.with_(scale="large"), base.with_(stage="confirming")]  # fmt: skip
    for scope in (CITY, COUNTY):
        assert city.services.matters.stock(scope, asked) == [city.services.matters.total(scope, f) for f in asked]
    with pytest.raises(ValueError, match="open matters"):
        city.services.matters.stock(CITY, [base, Filter(window=YEAR)])


def test_what_was_counted_holds_until_the_data_change(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    services, f = city.services, Filter(window=YEAR, part="satisfied")
    services.matters.forget()
    first = services.matters.whole(CITY, f)
    monkeypatch.setattr(list_counts, "one_pass", lambda *a, **k: pytest.fail("read again"))
    assert services.matters.whole(CITY, f) is first and services.matters.first(CITY, f) is first
    with pytest.raises(pytest.fail.Exception):
        services.matters.whole(COUNTY, f)  # another scope is another question
