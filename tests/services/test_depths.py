"""A block far down a list is that of the whole list, found by days instead of by counting."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from matters.access import Scope
from matters.filters import Filter, Span
from matters.periods import Window
from services import matters
from store import lists

if TYPE_CHECKING:
    from tests.services.conftest import City

CITY, COUNTY = Scope.of("t", "city_leader", "city"), Scope.of("t", "county_leader", "county", "360923")
ODD = Window(date(2026, 2, 5), date(2026, 3, 20))
ASKED = (Filter(), Filter(part=""), Filter(window=ODD), Filter(window=ODD, area="360923", category="02"), Filter(agency="courts"), Filter(people=Span(5, None)),
         Filter(part="open"), Filter(part="", q="纠纷"), Filter(part="closed", window=ODD), Filter(category="9999"), Filter(part="records", window=ODD))  # fmt: skip


@pytest.mark.parametrize("scope", [CITY, COUNTY], ids=["city", "county"])
@pytest.mark.parametrize("descending", [True, False], ids=["latest first", "earliest first"])
def test_a_block_far_down_is_that_of_the_whole_list(city: City, monkeypatch: pytest.MonkeyPatch, scope: Scope, descending: bool) -> None:
    monkeypatch.setattr(matters, "FAR", 3)
    services, skipped = city.services, []
    page = lists.page

    def watched(*args: object, **more: object) -> lists.Listed:
        skipped.append((more["since"], more["offset"]))
        return page(*args, **more)  # type: ignore[arg-type]

    for filter in ASKED:
        services.matters.forget()
        whole = [row.code for row in services.matters.page(scope, filter, "accepted_on", descending, limit=1_000).rows]
        monkeypatch.setattr(lists, "page", watched)
        for offset in {3, 17, len(whole) // 2, len(whole) - 3, len(whole) - 1, len(whole) + 5} if len(whole) > 20 else ():
            services.matters.forget()
            block = services.matters.rows(scope, filter, "accepted_on", descending, offset, 7).rows
            if len(whole) < 1_000 or offset + 7 <= 1_000:
                assert [row.code for row in block] == whole[offset : offset + 7], (filter, offset)
        monkeypatch.setattr(lists, "page", page)
    # Most blocks begin within a day, or a month where the rollups told: no offset is as far as the list is long.
    assert sum(since is not None for since, _ in skipped) > 0.6 * len(skipped)
