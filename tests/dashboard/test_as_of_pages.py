"""Every page of the table of contents looked at as of an earlier moment: it shows then, or says that it is of now only."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from app import build_app
from dashboard import asof
from dashboard.pages import PAGES
from matters.moments import written
from services.auth import DEMO_PASSWORD
from tests.dashboard import every_page
from tests.dashboard.case_driving import figures
from tests.dashboard.driving import elements, enter, words
from tests.services.test_as_of import change, stand_at

if TYPE_CHECKING:
    from services.wiring import Services

# Pages that say so and show nothing else; docs/decisions/0010-as-of.md has the reasons.
ONLY_NOW = {"groups", "group", "centres", "centre", "signals", "letters", "letter", "supervision"}
# Pages that no moment changes: a frozen meeting is of its own, pairs wait now, displays hang now.
OF_THEIR_OWN = {"meetings", "meeting", "linking", "wall"}
# Pages of then with a part that is of now, and says so in its place: signals of a trade, runs and quarantine of the feeds.
PARTLY = {"trade", "feeds"}
SAYS = ("只看现在", "只按现在")


@pytest.fixture
def past(own_city: Services) -> Iterator[tuple[Any, Any, dict[str, str], dict[str, Any], str]]:
    """A city a day after some of its matters changed: its app, a reader, addresses, what the pages showed before, that moment."""
    every_page.furnish(own_city)
    app = build_app(own_city)
    client = enter(app, "city", DEMO_PASSWORD)
    found, then = every_page.addresses(own_city), own_city.now()
    before = {p.key: _numbers(every_page.shown(app, client, p.key, found[p.key])) for p in PAGES}
    stand_at(own_city, then + timedelta(days=1))
    change(own_city, 40)
    yield app, client, found, before, written(then + timedelta(minutes=1))
    asof.use(None)


def _numbers(tree: Any) -> dict[str, Any]:
    return {k: v["value"] for k, v in figures(list(tree.values())).items()}


def test_every_page_shows_then_or_says_that_it_is_of_now_only(past: tuple[Any, ...]) -> None:
    app, client, found, before, then = past
    changed = set()
    for page in PAGES:
        now, was = (every_page.shown(app, client, page.key, found[page.key], search) for search in ("", f"?as_of={then}"))
        says = any(w in words(list(was.values())) for w in SAYS)
        assert says is (page.key in ONLY_NOW) or page.key in PARTLY, page.key
        if page.key in ONLY_NOW:
            assert not _numbers(was), page.key
        elif page.key not in OF_THEIR_OWN:
            numbers = _numbers(was)
            kept = before[page.key] if page.key not in PARTLY else {k: v for k, v in before[page.key].items() if k in numbers}
            assert {k: numbers.get(k) for k in kept} == kept, page.key
            links = [str(e["props"]["href"]) for e in elements(list(was.values())) if str(e["props"].get("href", "")).startswith("/")]
            assert [x for x in links if f"as_of={then}" not in x and not x.startswith("/assets")] == [], page.key
            changed |= {page.key} if any(v != before[page.key].get(k, v) for k, v in _numbers(now).items()) else set()
    assert changed >= {"city", "matters", "compare", "changed", "assessment"}, changed
