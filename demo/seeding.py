"""What the demo city has besides its feeds: accounts, dispute centres, listings with their history."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from services.auth import DEMO_PASSWORD
from services.wiring import Services
from store import areas as area_store
from store import listings as listing_store
from store.engine import writing

# Login name, role, area code, masked name: one of each kind of reader.
ACCOUNTS = (
    ("city", "city_leader", "", "林 **"),
    ("county", "county_leader", "360923", "周 *"),
    ("township", "township_clerk", "360923103", "黄 **"),
    ("department", "department", "360923", "孙 *"),
    ("analyst", "analyst", "", "吴 *"),
    ("admin", "admin", "", "郑 **"),
)
# Under which names matters are dispatched to the department's account.
OWNERS = {"department": ("县住建局", "上高县住建局")}


def add_accounts(services: Services) -> None:
    """The demo accounts that are not there yet."""
    known = {row["name"] for row in services.auth.everyone()}
    for name, role, area, display in ACCOUNTS:
        if name not in known:
            services.auth.add(name, DEMO_PASSWORD, role, area, display, True, OWNERS.get(name, ()))


def add_centres(services: Services, rows: Iterable[Mapping[str, Any]]) -> None:
    """The directory of dispute centres (columns of the centre table)."""
    with writing(services.engine) as connection:
        area_store.replace_centres(connection, rows)


def add_listings(services: Services, rows: Iterable[Mapping[str, Any]]) -> None:
    """Listings with all their events, oldest first; each row has the columns of the listing table and `events`."""
    with writing(services.engine) as connection:
        for row in rows:
            values = {name: value for name, value in row.items() if name != "events"}
            first, *rest = row["events"]
            listing_id = listing_store.add(connection, values, dict(first))
            for event in rest:
                listing_store.add_event(connection, listing_id, dict(event))
