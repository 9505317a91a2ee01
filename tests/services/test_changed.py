"""What changed: every dimension adds up to the change, every count is its rows, and the books tell late from real."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from matters.access import Forbidden, Scope
from matters.filters import Filter
from matters.periods import Window
from services.changed import DIMENSIONS, RateChanged, counted
from store.engine import reading
from store.feeds import all_agencies
from tests.store.rows import made, write

if TYPE_CHECKING:
    from services.wiring import Services

CITY = Scope.of("city", "city_leader", "city")
COUNTY = Scope.of("county", "county_leader", "county", "360923")
YEAR = Window(date(2026, 1, 1), date(2026, 11, 24))


@pytest.mark.parametrize(("scope", "wanted"), [(CITY, Filter(window=YEAR)), (CITY, Filter(window=YEAR, category="10", compare="pop")),
                                               (COUNTY, Filter(window=Window(date(2026, 9, 3), date(2026, 11, 2))))])  # fmt: skip
def test_every_dimension_adds_up_and_opens_its_rows(small_city: Services, scope: Scope, wanted: Filter) -> None:
    found = small_city.changed.of(scope, wanted)

    def rows(f: Filter | None) -> int:
        assert f is not None
        return small_city.matters.page(scope, f).sums.total

    assert (rows(found.rows_before), rows(found.rows_after)) == (found.before, found.after) and found.after > 0
    for name in DIMENSIONS:
        makers = found.parts[name]
        assert (sum(m.before for m in makers), sum(m.after for m in makers)) == (found.before, found.after), name
        assert sum(m.change for m in makers) == found.after - found.before
        for m in makers[:3]:
            if m.rows_after is not None:
                assert (rows(m.rows_before), rows(m.rows_after)) == (m.before, m.after), (name, m)


@pytest.mark.parametrize("indicator", ["civil_filings", "resolved_rate", "pre_success_rate"])
def test_filings_and_rates_are_taken_apart_too(small_city: Services, indicator: str) -> None:
    wanted = Filter(window=Window(date(2026, 1, 1), date(2026, 6, 30)))
    rate = indicator != "civil_filings"
    found = small_city.changed.rate(CITY, wanted, indicator) if rate else small_city.changed.of(CITY, wanted, indicator)
    assert found.before is not None and found.after is not None

    def rows(f: Filter | None) -> int:
        assert f is not None
        return small_city.matters.page(CITY, f).sums.total

    if isinstance(found, RateChanged):
        assert (rows(found.rows_before), rows(found.rows_after)) == (found.sums_before[0], found.sums_after[0])
        assert found.after == found.sums_after[0] / found.sums_after[1]
    else:
        assert (rows(found.rows_before), rows(found.rows_after)) == (found.before, found.after) and found.after > 0
    for name in DIMENSIONS:
        parts = found.parts[name]
        assert sum(p.change for p in parts) == pytest.approx(found.after - found.before, abs=1e-12), name
        for p in parts[:2]:
            if p.rows_after is not None:
                assert rows(p.rows_after) == (p.after[0] if isinstance(p.after, tuple) else p.after), (name, p)


def test_only_what_can_be_taken_apart_is(small_city: Services) -> None:
    for key in ("overdue", "resolved_rate", "per_10k"):
        with pytest.raises(ValueError, match=key):
            small_city.changed.of(CITY, Filter(window=YEAR), key)
    assert [counted(k) for k in ("per_10k", "overdue", "nonsense", "satisfaction")] == ["accepted", "accepted", "accepted", "satisfaction"]


def test_a_county_sees_its_own_change_only(small_city: Services) -> None:
    with pytest.raises(Forbidden):
        small_city.changed.of(COUNTY, Filter(area="360926", window=YEAR))
    assert {m.key[:6] for m in small_city.changed.of(COUNTY, Filter(window=YEAR)).parts["township"] if m.key} == {"360923"}


def test_late_and_withdrawn_are_no_real_change(own_city: Services) -> None:
    """Two matters of the week before came late, one was withdrawn: of the change shown, so much is only the books."""
    city, today = own_city, own_city.now()
    this, before = Window(date(2026, 11, 18), date(2026, 11, 24)), Window(date(2026, 11, 11), date(2026, 11, 17))
    with reading(city.engine) as c:
        agencies = all_agencies(c)

    def row(key: str, day: date, **more: object) -> dict[str, object]:
        return made({"external_id": key, "kind": "intake", "accepted_on": day, "category": "09", "title": key, "channel": "visit",
                     "place": ("360923", "360923101"), **more})  # fmt: skip

    write(city.engine, "centre", [row("a", before.start, revised_at=today - timedelta(days=1)), row("b", before.start)], agencies, today)
    told = city.now() + timedelta(minutes=2)
    write(city.engine, "centre", [row("late1", before.start), row("late2", before.end), row("b", before.start, withdrawn=True), row("new", this.start),
                                  row("a", before.start, category="08", revised_at=today)], agencies, today + timedelta(days=7))  # fmt: skip
    later = today + timedelta(days=7, minutes=5)
    for part in (city.figures, city.moments, city.feeds):
        part._now = lambda: later
    assert told < later
    moved = Window(this.start, this.end)
    found = city.changed.of(CITY, Filter(area="360923101", window=moved, compare="pop"))
    assert found.books is not None and found.compared == before
    b = found.books
    assert b.shown == found.after - found.before == b.real + b.late + b.withdrawn
    assert (b.late, b.withdrawn) == (-2, 1) and b.moved["category"] == 1 and b.moved["township"] == 0
