"""Open it next year and every click gives the same: every link of a frozen meeting is followed before and after the city went on."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from dash import Dash
from sqlalchemy import select

from app import build_app
from dashboard import urlstate
from dashboard.pages.meeting import figures as room
from matters.access import Scope
from services.auth import DEMO_PASSWORD
from store.engine import reading
from store.feeds import all_agencies
from store.schema import matter
from tests.dashboard.case_driving import run
from tests.dashboard.driving import elements, enter, words
from tests.dashboard.test_signals import _bursts
from tests.services.test_meetings import at_noon, storm
from tests.store.rows import made, write

if TYPE_CHECKING:
    from services.meeting_shapes import Meeting
    from services.wiring import Services

CITY = Scope.of("city", "city_leader", "city")
ADMIN = Scope.of("admin", "admin", "city")
URGED = 203  # more than one address can name
ROWS, LINE, MATTER, CHANGED = (re.compile(x) for x in (
    r"/matters\?", r"/meeting/(\d+)\?", r"/matter/([0-9A-Za-z-]+)\?as_of=", r"/changed\?(?:.*&)?as_of="))  # fmt: skip
pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)  # what stands behind a moment is tested on both elsewhere


def show(client: Any, app: Dash, href: str) -> Any:
    path, _, search = href.partition("?")
    return run(client, app, "meeting-body.children", path, f"?{search}")


def furnished(services: Services) -> list[int]:
    """Signals, one sent to the meeting; a letter; a listing in force and one proposed; many urged. The ids of listing and letter."""
    _bursts(services)
    line = services.signals.desk(CITY).lines[0]
    services.signals.act(CITY, line.id, line.version, "meeting", "请会议研究")
    letter = services.letters.new(CITY, {"area": "360923", "category": "15", "first": "2026-05-01", "last": "2026-05-31", "colour": "yellow"})
    for step in ("submit", "approve", "issue"):
        letter = services.letters.act(CITY, letter.line.id, letter.line.version, step, {})
    proposed = services.listings.propose(CITY, {"subject": "trade", "area": "", "categories": ["15"], "title": "物业", "reason": "多发"}).line
    services.listings.act(CITY, proposed.id, proposed.version, "table", {"note": "下周会上议"})
    with reading(services.engine) as c:
        agencies = all_agencies(c)
    rows = [{"external_id": f"urged{n}", "kind": "intake", "accepted_on": date(2026, 11, 20), "category": "02", "title": "待催办", "channel": "visit",
             "place": ("360923", "360923103")} for n in range(URGED)]  # fmt: skip
    write(services.engine, "centre", [made(r) for r in rows], agencies, services.now())
    with reading(services.engine) as c:
        found = c.execute(select(matter.c.code, matter.c.version).where(matter.c.title == "待催办")).all()
    assert len(found) == URGED
    for code, version in found:
        services.path.act(ADMIN, code, "urge", {"why": "请尽快办理"}, version)
    return [proposed.id, letter.line.id]


def everything(client: Any, app: Dash, meeting: Meeting) -> dict[str, str]:
    """Every link of the meeting's pages and slides but those to its own pages, with the figure that it stands on ('' where none)."""
    path = f"/meeting/{meeting.line.id}"
    pages = [path, *(f"{path}?item={a.key}" for a in meeting.agenda), *(f"{path}?present={n}" for n in range(1, len(room.pages(meeting)) + 1))]
    out: dict[str, str] = {}
    while pages:
        for node in elements(show(client, app, pages.pop())):
            props = node["props"]
            href = str(props.get("href", ""))
            if not href or props.get("data-today") or "/paper/" in href or re.search(r"[?&](act|present|d)=", href) or (
                href.startswith("/meeting") and "row=" not in href):  # fmt: skip
                continue
            if href.startswith("/meeting") and href not in out:
                pages.append(href)
            out[href] = out.get(href) or str(props.get("data-value") or "")
    return out


def opened(client: Any, app: Dash, services: Services, href: str) -> Any:
    """What stands behind a link."""
    if ROWS.match(href):
        f = urlstate.read(href.partition("?")[2], services.now().date()).filter
        page = services.matters.page(CITY, f, limit=50)
        assert f.as_of is not None, href
        return page.sums.total, [m.code for m in page.rows]
    if found := MATTER.match(href):
        f = urlstate.read(href.partition("?")[2], services.now().date()).filter
        file = services.matters.file(CITY, found[1], f.as_of)
        assert file is not None and f.as_of is not None, href
        return file.matter, file.records
    if CHANGED.match(href):
        path, _, search = href.partition("?")
        return words(run(client, app, "ch-body.children", path, f"?{search}"))
    assert LINE.match(href), f"{href} opens a page of today"
    return [words(n) for n in elements(show(client, app, href)) if "m-facts" in str(n["props"].get("className"))]


def test_every_link_of_a_frozen_meeting_gives_the_same_when_the_city_has_gone_on(own_city: Services) -> None:
    at_noon(own_city, 1)
    app = build_app(own_city)
    listing, letter = furnished(own_city)
    at_noon(own_city, 2)
    own_city.meetings.freeze(CITY, "year")
    storm(own_city, 40)
    at_noon(own_city, 3)
    meeting = own_city.meetings.freeze(CITY, "year")
    client = enter(app, "city", DEMO_PASSWORD)
    links = everything(client, app, meeting)
    kinds = {name: [h for h in links if pattern.match(h)] for name, pattern in (("rows", ROWS), ("line", LINE), ("matter", MATTER), ("changed", CHANGED))}
    assert len(kinds["rows"]) > 150 and len(kinds["matter"]) >= 15 and kinds["changed"] and sum(map(len, kinds.values())) == len(links)
    tables = {h.partition("row=")[2].rpartition("-")[0] for h in kinds["line"]}
    assert tables >= {"signals", "letters", "proposals", "listings", "cards"}, "each of what has no history of its own opens what was frozen"
    before = {h: opened(client, app, own_city, h) for h in links}
    assert not {h: (n, before[h][0]) for h, n in links.items() if n and ROWS.match(h) and int(float(n)) != before[h][0]}
    (urged,) = (h for h in kinds["line"] if "row=cards" in h)
    parts = [int(n) for h, n in links.items() if "codes=" in h and n and "part=open" in h and int(n) in (200, int(links[urged]) - 200)]
    assert int(links[urged]) >= URGED and sum(parts) == int(links[urged]), "more than one address can name: in parts that add up"

    at_noon(own_city, 9)
    storm(own_city, 400)
    own_city.signals.run()
    file = own_city.listings.get(CITY, listing) if hasattr(own_city.listings, "get") else own_city.listings.file(CITY, listing)
    for step in ("consider", "reject"):
        file = own_city.listings.act(ADMIN, listing, file.line.version, step, {"note": "另行研究"})
    paper = own_city.letters.get(CITY, letter)
    own_city.letters.act(CITY, letter, paper.line.version, "remind", {})
    for line in own_city.signals.desk(CITY).lines[:3]:
        if "dismiss" in line.acts:
            own_city.signals.act(CITY, line.id, line.version, "dismiss", "已核实")
    at_noon(own_city, 9 + 365)
    client = enter(app, "city", DEMO_PASSWORD)
    again = everything(client, app, own_city.meetings.get(CITY, meeting.line.id))
    assert again == links
    after = {h: opened(client, app, own_city, h) for h in links}
    assert {h: (before[h], after[h]) for h in links if before[h] != after[h]} == {}


def test_a_line_in_full_says_what_was_frozen_and_names_the_page_of_today(own_city: Services) -> None:
    at_noon(own_city, 1)
    app = build_app(own_city)
    letter = own_city.letters.new(CITY, {"area": "360923", "category": "15", "first": "2026-05-01", "last": "2026-05-31", "colour": "yellow"})
    for step in ("submit", "approve", "issue"):
        letter = own_city.letters.act(CITY, letter.line.id, letter.line.version, step, {})
    at_noon(own_city, 2)
    meeting = own_city.meetings.freeze(CITY, "week")
    client = enter(app, "city", DEMO_PASSWORD)
    tree = show(client, app, f"/meeting/{meeting.line.id}?item=letters&row=letters-0")
    said = words(tree)
    assert letter.content.findings[0] in said and letter.content.requests[0] in said and "发函" in said and "此后的变动不在其中" in said
    (today,) = (n["props"]["href"] for n in elements(tree) if n["props"].get("data-today"))
    assert today == f"/letter/{letter.line.id}"
    for odd in ("letters-9", "nothing-0", "letters", "letters-x", "__class__-0"):
        assert "没有这一行" in words(show(client, app, f"/meeting/{meeting.line.id}?row={odd}")) or not urlstate.EXTRA.fullmatch(odd) or "-" not in odd or odd.endswith("x")
    assert timedelta(minutes=0) <= own_city.now() - meeting.line.as_of < timedelta(minutes=3)
