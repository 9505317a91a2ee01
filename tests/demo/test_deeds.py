"""What the demo's offices did: letters in every state, numbered in order, whose figures still open their rows."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from demo import deeds
from matters.access import Scope

if TYPE_CHECKING:
    from services.wiring import Services

CITY = Scope.of("city", "city_leader", "city")


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)  # the services are tested on both elsewhere
def test_letters_in_every_state_through_the_services(own_city: Services, city_sources: Path) -> None:
    assert deeds.bring(own_city, city_sources) >= len(deeds.LETTERS) and deeds.bring(own_city, city_sources) == 0
    lines = own_city.letters.all(CITY)
    assert {"closed", "replaced", "accepted", "replied", "sent_back", "issued", "submitted", "draft"} <= {x.state for x in lines}
    issued = sorted((x.issued_at, int(x.number.split("〕")[1][:-1])) for x in lines if x.issued_at and not x.office)
    assert [n for _, n in issued] == list(range(1, len(issued) + 1))
    for x in lines:
        file = own_city.letters.get(CITY, x.id)
        assert file.intact and all(a.at <= b.at for a, b in zip(file.events, file.events[1:], strict=False))
        for rows, said in ((file.rows, file.evidence["count"]), (file.rows_before, file.evidence["before"])):
            assert own_city.matters.page(CITY, rows).sums.total == said, x.title
