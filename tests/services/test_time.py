"""Steps of a time bar and two periods side by side say what the pages of those windows say."""

from __future__ import annotations

import itertools
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from matters.access import Forbidden, Scope
from matters.filters import Filter
from matters.periods import Window
from tests.city import TODAY

if TYPE_CHECKING:
    from services.wiring import Services

CITY = Scope.of("city", "city_leader", "city")
COUNTY = Scope.of("county", "county_leader", "county", "360923")
JUNE = Window(date(2026, 6, 1), date(2026, 6, 30))


@pytest.mark.parametrize(("scope", "wanted", "indicator", "grain"), [
    (CITY, Filter(window=JUNE), "per_10k", "month"), (CITY, Filter(window=JUNE, category="02"), "resolved_rate", "month"),
    (COUNTY, Filter(window=Window(date(2026, 6, 8), date(2026, 6, 14))), "accepted", "week"),
])  # fmt: skip
def test_every_step_is_the_page_of_its_window(small_city: Services, scope: Scope, wanted: Filter, indicator: str, grain: str) -> None:
    found = small_city.steps.of(scope, wanted, indicator, grain)
    assert len(found) == {"month": 24, "week": 53}[grain] and found[-1].window.end == TODAY
    assert all(a.window.end + timedelta(days=1) == b.window.start for a, b in itertools.pairwise(found))
    assert [s.complete for s in found[-2:]] == [True, False]
    at = next(i for i, s in enumerate(found) if s.window == wanted.window)
    for step in (found[at], found[-1], found[2]):
        o = small_city.figures.overview(scope, wanted.with_(window=step.window), indicator)
        assert step.compared == o.compared
        assert {r.area: getattr(r, indicator) for r in step.rows} == {r.area: getattr(r, indicator) for r in o.rows}
        assert getattr(step.total, indicator) == getattr(o.total, indicator)
        if indicator != "resolved_rate":
            assert {a: c.value for a, c in step.changes.items()} == {r.area: r.accepted_change.value for r in o.rows}


def test_the_step_of_the_festival_says_so_and_is_compared_by_it(small_city: Services) -> None:
    week = Window(date(2026, 2, 16), date(2026, 2, 22))
    found = small_city.steps.of(CITY, Filter(window=week, compare="lunar"), "accepted", "week")
    assert [(s.window, s.festival, s.compare) for s in found if s.festival] == [(week, date(2026, 2, 17), "lunar")]
    step = next(s for s in found if s.festival)
    assert step.compared == Window(date(2025, 1, 28), date(2025, 2, 3))  # 2025-01-29 is the second day of it too
    summer = next(s for s in found if s.window.start == date(2026, 7, 6))
    assert (summer.compare, summer.compared.start) == ("yoy", date(2025, 7, 6))


def test_an_old_window_lies_in_the_middle(small_city: Services) -> None:
    old = Window(date(2024, 3, 1), date(2024, 3, 31))
    windows = [s.window for s in small_city.steps.of(CITY, Filter(window=old), "accepted", "month")]
    assert windows.index(old) == 12 and len(windows) == 24
    with pytest.raises(ValueError, match="day"):
        small_city.steps.of(CITY, Filter(window=old), "accepted", "day")
    with pytest.raises(Forbidden):
        small_city.steps.of(COUNTY, Filter(area="360926", window=old), "accepted", "month")


def test_two_periods_are_the_pages_of_both(small_city: Services) -> None:
    festival = Filter(window=Window(date(2026, 2, 10), date(2026, 2, 24)), compare="lunar")
    two = small_city.two.of(CITY, festival, "accepted")
    assert two.b.window == Window(date(2025, 1, 22), date(2025, 2, 5)) and two.a.compare == "lunar"
    for pair in (*two.rows, two.total):
        assert pair.change == (pair.a.accepted_change if pair.a.area != "3609" else two.a.total.accepted_change)
        assert (pair.b.accepted, pair.b.rows.window) == (pair.a.accepted_before, two.b.window)
    total = sum(p.b.accepted for p in (*two.rows, *two.others))
    assert total == two.total.b.accepted == small_city.matters.page(CITY, two.total.b.rows).sums.total
    assert {f[0].key for f in two.figures} == {"accepted", "resolved_rate", "satisfaction", "civil_filings"}
    own = small_city.two.of(CITY, festival, "satisfaction", JUNE)
    assert own.b.window == JUNE and {f.key: f.value for f in own.b.figures}["satisfaction"] == own.total.b.satisfaction
    assert small_city.two.of(CITY, festival, "escalation_rate").indicator == "per_10k"  # no row of an area has it


def test_no_card_compares_a_rate_that_rests_on_few(small_city: Services) -> None:
    """One of two is 50 points more than none of two: that says nothing. The steps of the bar and the table below hold the same rule."""
    bottoms, kinds = {"resolved_rate": "settled", "satisfaction": "rated"}, set[tuple[bool, str]]()
    for area, window in itertools.product(("", "360923", "360923103"), (JUNE, Window(date(2026, 1, 1), date(2026, 10, 31)))):
        found = small_city.two.of(CITY, Filter(area=area, window=window), "resolved_rate")
        for a, b, change in found.figures:
            if a.key in bottoms:
                sizes = [next(p.value or 0 for p in f.parts if p.key == bottoms[a.key]) for f in (a, b)]
                few = min(sizes) < small_city.settings.small
                for told in (change, a.change):
                    assert told.kind == ("none" if few else "points"), (area, window, a.key, sizes)
                kinds.add((few, a.key))
    assert {few for few, _ in kinds} == {True, False}
