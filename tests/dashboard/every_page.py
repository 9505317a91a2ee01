"""Every page of the table of contents, asked for what it shows; a page that is missing here fails the tests that walk them."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from dash import Dash

from dashboard.pages import PAGES
from matters.access import Scope
from matters.filters import Filter
from tests.dashboard.case_driving import run
from tests.services.test_as_of import stand_at

if TYPE_CHECKING:
    from services.wiring import Services

CITY = Scope.of("test", "city_leader", "city")
# The callback that makes the body of a page.
MAKES = {
    "city": "area-trees.data", "county": "area-trees.data", "township": "area-trees.data", "trade": "trade-trees.data",
    "matters": "cases-sums.children", "matter": "matter-body.children", "groups": "groups-table.children", "group": "group-body.children",
    "centres": "centres-body.children", "centre": "centre-body.children", "changed": "ch-body.children", "compare": "compare-trees.data",
    "signals": "sg-body.children", "letters": "letters-table.children", "letter": "letter-body.children", "listings": "listings-table.children",
    "listing": "listing-body.children", "notice": "notice-sheet.children", "meetings": "meeting-body.children", "meeting": "meeting-body.children",
    "supervision": "sv-trees.data", "assessment": "as-trees.data", "linking": "linking-list.children", "feeds": "feeds-trees.data",
    "wall": "wall-displays.children",
}  # fmt: skip


def furnish(services: Services) -> None:
    """What the small city lacks: groups, judged signals, a letter that went out, a meeting; at noon of its second day."""
    stand_at(services, datetime.combine(services.now().date() + timedelta(days=1), time(12)))
    services.groups.refresh()
    services.signals.run()
    asked = {"area": "360923", "category": "02", "first": "2026-06-01", "last": "2026-10-31", "kind": "department", "colour": "yellow"}
    line = services.letters.new(CITY, asked).line
    for step in ("submit", "approve", "issue"):
        line = services.letters.act(CITY, line.id, line.version, step, {"note": "同意"}).line
    services.meetings.freeze(CITY, "month")


def addresses(services: Services) -> dict[str, str]:
    """An address of each page, of something that is there."""
    some = {
        "county": "360923", "township": "360923103", "centre": "360923", "trade": "08",
        "matter": services.matters.page(CITY, Filter(part="open"), limit=1).rows[0].code, "group": services.groups.all(CITY)[0].id,
        "letter": services.letters.all(CITY)[0].id, "listing": next(x.id for x in services.listings.all(CITY) if x.effect is not None),
        "meeting": services.meetings.everything(CITY)[0].id,
    }  # fmt: skip
    return {p.key: p.path.partition("<")[0] + (str(some[p.key]) if "<" in p.path else "") for p in PAGES}


def shown(app: Dash, client: Any, key: str, path: str, search: str = "") -> dict[str, Any]:
    """What a page shows."""
    return run(client, app, MAKES[key], path, search)
