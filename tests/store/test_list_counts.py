"""Sums and facets of a long list are those that counting its rows one by one gives, on both databases, whatever words the rows have."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, event, insert, select

from matters.access import Scope
from matters.filters import Clock, Filter
from matters.periods import Window
from matters.vocabulary import OUTCOMES, STAGES
from store import list_counts, rollups, sums
from store.engine import reading, writing
from store.places import Place
from store.schema import filing, matter, source
from tests.store.rows import TOWNS, declare

CITY, COUNTY = Scope.of("t", "city_leader", "city"), Scope.of("t", "county_leader", "county", "360923")
TODAY, NOW = date(2026, 6, 1), datetime(2026, 6, 1, 12)
CLOCK, COUNTIES = Clock(TODAY), ["360923", "360981"]
SOURCES = ((1, 1, "centre", "visit"), (2, 2, "courts", ""), (3, 3, "centre", ""), (4, 4, "police", ""))
Row = dict[str, Any]
PARTS: dict[str, Callable[[Row], bool]] = {
    "": lambda r: True, "accepted": lambda r: True, "closed": lambda r: not r["is_open"], "satisfied": lambda r: bool(r["satisfied"]),
    "resolved": lambda r: not r["is_open"] and r["outcome"] == "resolved", "rated": lambda r: r["satisfied"] is not None, "escalated": lambda r: r["escalated"],
    "on_time": lambda r: not r["is_open"] and (r["due_on"] is None or r["closed_on"] <= r["due_on"]), "open": lambda r: r["is_open"],
}  # fmt: skip


def _invented(rng: random.Random, i: int, words: str) -> Row:
    """A matter; of some with `unknown` words the outcome and the stage are in no list of words, and one that is closed stands at another stage."""
    (county, town), (number, agencies, first, channel) = rng.choice(TOWNS), rng.choice(SOURCES)
    day, is_open = TODAY - timedelta(days=rng.randrange(150)), rng.random() < 0.3
    taken, closed = rng.random() < 0.9, TODAY - timedelta(days=rng.randrange(100))
    odd = words == "unknown" and rng.random() < 0.1
    return {
        "id": i + 1, "county_code": county, "town_code": town, "village_code": "", "code": f"26-{i:06d}",
        "located": "township" if town else "county" if county else "none", "opened_on": day, "accepted_on": day if taken else None,
        "handled_on": None if rng.random() < 0.3 else day, "due_on": day + timedelta(days=30) if taken else None, "closed_on": None if is_open else closed,
        "is_open": is_open, "outcome": "odd" if odd else None if is_open or rng.random() < 0.1 else rng.choice(list(OUTCOMES)),
        "stage": "odd" if odd else rng.choice([s for s in STAGES if s != "closed"]) if is_open else "closed", "category": rng.choice(("02", "03", "10")),
        "channel": channel, "first_agency": first, "agencies": agencies, "owner": rng.choice(("县工信局", "泗溪镇", "", "司法局")), "scale": "individual",
        "people": rng.choice((None, 1, 4, 5, 60)), "satisfied": rng.choice((None, True, False)), "escalated": rng.random() < 0.2, "litigated": False,
        "record_count": rng.choice((1, 1, 3)), "source": number, "version": 1, "changed_at": NOW,
    }  # fmt: skip


@pytest.fixture(params=["known", "unknown"])
def filled(store: Engine, request: pytest.FixtureRequest) -> Engine:
    rng = random.Random(11)
    declare(store)
    rows = [_invented(rng, i, request.param) for i in range(300)]
    with writing(store) as c:
        c.execute(insert(source), [dict(zip(("id", "agencies", "first_agency", "channel"), s, strict=True)) for s in SOURCES])
        c.execute(insert(matter), rows)
        c.execute(insert(filing), [{"record_id": i, "county_code": r["county_code"], "matter_id": r["id"], "filed_on": TODAY - timedelta(days=i % 60), "since": NOW}
                                   for i, r in enumerate(rows[::7])])  # fmt: skip
        rollups.turn_day(c, TODAY)
    return store


def _asked(rng: random.Random) -> tuple[Scope, Filter, Place]:
    """Any list that the rollups count, of the city, of a county or of a township."""
    county, town = rng.choice((("", ""), ("", ""), *TOWNS[:3], ("360923", ""), ("360981", "")))
    scope = COUNTY if county == "360923" and rng.random() < 0.5 else CITY
    start = TODAY - timedelta(days=rng.randrange(150))
    return scope, Filter(
        window=rng.choice((None, None, Window(start, start + timedelta(days=rng.randrange(120))))), part=rng.choice([*PARTS, "", ""]),
        category=rng.choice(("", "", "02")), agency=rng.choice(("", "", "centre")), channel=rng.choice(("", "", "", "visit")),
        exclude=rng.choice(("", "", "", "police")), first_agency=rng.choice(("", "", "", "courts")),
        located=rng.choice(("", "", "", "none", "county")) if not county else "",
    ), Place(county, town)  # fmt: skip


def _naive(c: Connection, wanted: Filter, place: Place) -> list[Row]:
    bits = {1: ("centre",), 2: ("courts",), 3: ("centre", "courts"), 4: ("police",)}

    def holds(r: Row) -> bool:
        if wanted.window is not None or wanted.part not in ("", "open"):
            day = r["accepted_on"]
            if day is None or (wanted.window is not None and not wanted.window.start <= day <= wanted.window.end):
                return False
        return (
            PARTS[wanted.part](r) and place.county in ("", r["county_code"]) and place.town in ("", r["town_code"])
            and wanted.category in ("", r["category"]) and wanted.agency in ("", *bits[r["agencies"]]) and wanted.exclude not in bits[r["agencies"]]
            and wanted.channel in ("", r["channel"]) and wanted.first_agency in ("", r["first_agency"]) and wanted.located in ("", r["located"])
        )  # fmt: skip

    return [dict(r) for r in c.execute(select(matter)).mappings() if holds(dict(r))]


def _overdue(r: Row) -> bool:
    in_time = r["due_on"] is None or r["due_on"] >= TODAY
    late = TODAY - timedelta(days=CLOCK.unaccepted_days), TODAY - timedelta(days=CLOCK.unhandled_days)
    waits = r["opened_on"] < late[0] if r["accepted_on"] is None else r["handled_on"] is None and r["accepted_on"] < late[1]
    return bool(r["is_open"] and (not in_time or waits))


def _sums(rows: list[Row]) -> tuple[int, ...]:
    soon = TODAY + timedelta(days=3)
    due = sum(r["is_open"] and r["due_on"] is not None and TODAY <= r["due_on"] <= soon for r in rows)
    people = [r["people"] or 0 for r in rows]
    return (len(rows), sum(r["is_open"] for r in rows), sum(map(_overdue, rows)), due, sum(r["record_count"] for r in rows), sum(people),
            sum(n >= 5 for n in people))  # fmt: skip


def _counts(rows: list[Row], column: str) -> list[tuple[Any, int]]:
    return sorted(Counter(r[column] or "" for r in rows).items(), key=lambda n: (-n[1], n[0]))


@pytest.mark.parametrize("seed", range(2))
def test_a_long_list_is_counted_as_row_by_row(filled: Engine, seed: int, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    rng, met = random.Random(seed), Counter[str]()
    if request.node.callspec.params["filled"] == "known":
        monkeypatch.setattr(list_counts, "facet", lambda *a: pytest.fail("grouped, though every word is known"))
    with reading(filled) as c:
        for _ in range(60):
            scope, wanted, place = _asked(rng)
            spot = Place(place.county or scope.county, place.town)
            rows = _naive(c, wanted, spot)
            assert list_counts.totals(c, scope, wanted, place, CLOCK) == _sums(rows), wanted
            if not list_counts.is_rolled(c, scope, wanted, CLOCK):
                assert wanted.part == "open" and wanted.window is None
                continue
            columns = ("stage", "owner", "outcome")
            if list_counts.is_long(c, 300):
                still = list_counts.one_pass(c, scope, wanted, place, CLOCK, ("stage",), open_only=True)
                sums, counts = list_counts.without_sorting(c, scope, wanted, place, CLOCK, still)
            else:
                grouped = list_counts.one_pass(c, scope, wanted, place, CLOCK, columns)
                sums, counts = list_counts.added(grouped), {column: list_counts.by_column(grouped, i) for i, column in enumerate(columns)}
            assert sums == _sums(rows), wanted
            assert counts == {column: _counts(rows, column) for column in columns}, wanted
            for by in ("county_code", "town_code", "category", "source"):
                assert list_counts.from_rollups(c, scope, wanted, place, CLOCK, COUNTIES, by) == _counts(rows, by), (wanted, by)
            assert list_counts.from_rollups(c, scope, wanted, place, CLOCK, COUNTIES) == ([("", len(rows))] if rows else []), wanted
            met["undated"] += any(r["accepted_on"] is None for r in rows)
            met["empty" if not rows else "some"] += 1
    assert min(met[kind] for kind in ("undated", "some")) >= 3


def test_long_is_what_is_read_faster_than_looked_for(filled: Engine) -> None:
    edge, is_sqlite = 300 // list_counts.SCANNED, filled.dialect.name == "sqlite"
    with reading(filled) as c:
        assert [list_counts.is_long(c, rows) for rows in (0, edge, edge + 1)] == [False, False, is_sqlite]


@pytest.mark.parametrize("last", ["ix_matter_open", "ix_matter_waiting"])
def test_what_waits_is_read_from_the_index_of_just_these(store: Engine, last: str) -> None:
    """By itself SQLite takes the one of two that was made last: at a million the larger one cost every figure 50 ms."""
    declare(store)
    said: list[tuple[str, Any]] = []
    with writing(store) as c:
        made_by = next(i for i in matter.indexes if i.name == last)
        made_by.drop(c)
        made_by.create(c)
    with reading(store) as c:
        event.listen(store, "before_cursor_execute", lambda _c, _cursor, sql, given, *_: said.append((sql, given)))
        assert sums.waiting(c, CITY, Filter(), Place(), CLOCK, ("county_code",)) == []
        asked, given = next((sql, given) for sql, given in said if "SUM(CASE" in sql)
        if store.dialect.name == "postgresql":
            assert "INDEXED" not in asked  # it has counted, and is left alone
            return
        plan = c.exec_driver_sql("EXPLAIN QUERY PLAN " + asked, given).all()
    assert ["ix_matter_waiting" in str(step) for step in plan] == [True]
