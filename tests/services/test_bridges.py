"""The bridge between two meetings, cause by cause, over a store small enough to count by hand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from matters.access import Scope
from matters.filters import Filter
from matters.moments import read_moment
from services.frozen import filter_of
from services.settings import load_settings
from services.wiring import Services, build
from store.engine import reading
from store.schema import record
from tests.services.intake import HEAD, TODAY, declared

CITY = Scope.of("c", "city_leader", "city")
STEWARD = Scope.of("s", "analyst", "city")
COUNTY = Scope.of("k", "county_leader", "county", "360923")
HERE, THERE = "360923", "360981"
CALL = 'context = { from = "call", required = true, table = { "1" = true, "0" = false } }'

# id → (acceptance day, place, is a mere call). Last meeting: the year until Sunday 22 November.
FIRST = {
    "r1": ("2026-03-02", HERE, 0), "r2": ("2026-11-20", HERE, 0), "r3": ("2026-05-04", HERE, 0), "r4": ("2026-05-06", HERE, 0),
    "r5": ("2026-06-01", HERE, 0), "r6": ("2026-06-02", HERE, 0), "r7": ("2026-07-01", HERE, 0), "r8": ("2026-07-02", HERE, 0),
    "r9": ("2026-07-03", THERE, 0), "r10": ("2026-07-04", HERE, 0), "r11": ("2026-08-03", HERE, 0), "r12": ("2026-08-04", HERE, 0),
    "r13": ("2025-12-30", HERE, 0), "r14": ("2026-09-01", HERE, 0), "r15": ("2026-09-02", HERE, 1), "r16": ("2026-09-03", HERE, 0),
}  # fmt: skip
# r11 and r12 are one matter, r14 was withdrawn before the meeting, r13 is of last year, r15 is a mere call: 16 − 1 − 1 − 1 − 1 = 12.
WAS, WAS_HERE = 12, 11  # r9 lies elsewhere


@pytest.fixture
def city(store_url: str, tmp_path: Path) -> Iterator[tuple[Services, Path]]:
    spec = declared(tmp_path, more=CALL)
    services = build(load_settings(data_dir=tmp_path / "data", database_url=store_url, today=TODAY), {spec.feed: spec})
    at = [datetime(2026, 11, 23, 9)]
    services.now = lambda: at[0]  # type: ignore[method-assign]
    services.clock = at  # type: ignore[attr-defined]
    services.prepare()
    yield services, tmp_path
    services.close()


def stand(services: Services, when: datetime) -> None:
    services.clock[0] = when  # type: ignore[attr-defined]
    services.figures._turned = None
    services.figures.turn_day()


def bring(city: tuple[Services, Path], name: str, rows: dict[str, tuple[str, str, int]], title: str = "甲") -> None:
    """The whole list as it is now."""
    services, folder = city
    lines = (f"{k},{day},{title},{area},,,{call}" for k, (day, area, call) in rows.items())
    for old in (folder / "in").glob("*.csv"):
        old.unlink()
    (folder / "in" / name).write_text("\n".join([f"{HEAD},call", *lines]) + "\n", encoding="utf-8")
    result = services.ingest.run(services.specs["lists"])
    assert not result.error, result.error


def codes(services: Services, *keys: str) -> list[str]:
    """The codes of the records of some keys, which are those of their matters when each is alone."""
    with reading(services.engine) as c:
        found = {r.external_id: (r.code, r.id) for r in c.execute(select(record.c.external_id, record.c.code, record.c.id))}
    return [found[k][0] for k in keys]


def ids(services: Services, keys: Iterable[str]) -> list[int]:
    with reading(services.engine) as c:
        return list(c.execute(select(record.c.id).where(record.c.external_id.in_(list(keys)))).scalars())


def steps(bridge: dict[str, Any]) -> dict[str, tuple[int, int, int]]:
    """(step, gone, come) by cause."""
    return {x["key"]: (x["step"], len(x["out"]), len(x["in"])) for x in bridge["lines"]}


def totals(bridge: dict[str, Any]) -> list[int]:
    return [bridge[k]["n"] for k in ("was", "again", "new", "now")]


def test_each_cause_is_told_and_the_figures_are_those_counted_by_hand(city: tuple[Services, Path]) -> None:
    services, _ = city
    bring(city, "1.csv", FIRST)
    services.linking.merge(STEWARD, *codes(services, "r11", "r12"), "一件事")
    without = {k: v for k, v in FIRST.items() if k != "r14"}
    stand(services, datetime(2026, 11, 23, 10))
    bring(city, "2.csv", without)
    stand(services, datetime(2026, 11, 23, 12))
    first = {scope: services.meetings.freeze(scope, "week") for scope in (CITY, COUNTY)}
    assert [first[s].body["tables"]["overall"]["rows"][0]["cells"][4]["n"] for s in (CITY, COUNTY)] == [WAS, WAS_HERE]

    stand(services, datetime(2026, 11, 30, 9))
    now = {k: v for k, v in FIRST.items() if k not in ("r5", "r6")}  # withdrawn: −2; r14 has come back: +1
    now |= {"l1": ("2026-11-10", HERE, 0), "l2": ("2026-01-05", HERE, 0)}  # late: +2
    now |= {"r1": ("2025-12-31", HERE, 0), "r2": ("2026-11-25", HERE, 0), "r13": ("2026-01-02", HERE, 0)}  # another day: −1 −1 +1
    now |= {"r8": ("2026-07-02", THERE, 0), "r9": ("2026-07-03", HERE, 0)}  # another place: nothing for the city, −1 +1 for the county
    now |= {"r15": ("2026-09-02", HERE, 0), "r16": ("2026-09-03", HERE, 1)}  # a dispute after all; none after all: +1 −1
    now |= {f"n{i}": ("2026-11-24", HERE, 0) for i in (1, 2, 3)}  # new: +3, and r2
    bring(city, "3.csv", now, title="乙")  # every title has changed, which moves nothing
    stand(services, datetime(2026, 11, 30, 10))
    services.linking.merge(STEWARD, *codes(services, "r3", "r4"), "一件事")  # merged: −1
    both = codes(services, "r11")[0]  # the older number stays
    services.linking.split(STEWARD, both, ids(services, ["r12"]), "两件事")  # split: +1
    stand(services, datetime(2026, 11, 30, 12))
    second = {scope: services.meetings.freeze(scope, "week").body["bridge"] for scope in (CITY, COUNTY)}

    # 12 + 2 late + (−1 −1 +1 +1 −1) reclassified + (−1 +1) merged + (−2 +1) withdrawn = 12; + 4 = 16.
    assert steps(second[CITY]) == {"late": (2, 0, 2), "reclassified": (-1, 3, 2), "merged": (0, 1, 1), "withdrawn": (-1, 2, 1)}
    assert totals(second[CITY]) == [WAS, 12, 4, 16]
    # The county: r8 went and r9 came besides. 11 + 2 + (−4 +3) + 0 − 1 = 11; + 4 = 15.
    assert steps(second[COUNTY]) == {"late": (2, 0, 2), "reclassified": (-1, 4, 3), "merged": (0, 1, 1), "withdrawn": (-1, 2, 1)}
    assert totals(second[COUNTY]) == [WAS_HERE, 11, 4, 15]
    _names_them(services, second[CITY], first[CITY].body["as_of"])
    _the_lists_hold_them(services, second[CITY], 16)


def _names_them(services: Services, bridge: dict[str, Any], then: str) -> None:
    """Each line names the very matters; each stood there as of the meeting where it counted, and not as of the other."""
    by = {x["key"]: x for x in bridge["lines"]}
    assert sorted(by["late"]["in"]) == sorted(codes(services, "l1", "l2"))
    assert sorted(c for c, _ in by["withdrawn"]["out"]) == sorted(codes(services, "r5", "r6")) and by["withdrawn"]["in"] == codes(services, "r14")
    assert sorted(c for c, _ in by["reclassified"]["out"]) == sorted(codes(services, "r1", "r2", "r16"))
    assert sorted(by["reclassified"]["in"]) == sorted(codes(services, "r13", "r15"))
    ((gone, into),) = by["merged"]["out"]
    assert {gone, into} == set(codes(services, "r3", "r4")) and by["merged"]["in"][0] in codes(services, "r11", "r12")
    assert all(line["from"] == [["名单", line["touched"]]] for line in by.values())
    for line in by.values():
        for part, at in (([c for c, _ in line["out"]], then), (line["in"], None)):
            if part:
                f = Filter(window=None, codes=tuple(part), as_of=read_moment(at) if at else None)
                assert services.matters.sums(CITY, f)[1].total == len(part), (line["key"], part)


def _the_lists_hold_them(services: Services, bridge: dict[str, Any], now: int) -> None:
    for name in ("was", "again", "new", "now"):
        if "f" in bridge[name]:
            assert services.matters.sums(Scope.system(), filter_of(bridge[name]["f"]))[1].total == bridge[name]["n"], name
    assert services.figures.overview(CITY, filter_of(bridge["now"]["f"]), "accepted").total.accepted == now


def test_a_week_in_which_nothing_happened_moves_nothing(city: tuple[Services, Path]) -> None:
    services, _ = city
    bring(city, "1.csv", FIRST)
    stand(services, datetime(2026, 11, 23, 12))
    services.meetings.freeze(CITY, "week")
    stand(services, datetime(2026, 11, 30, 12))
    bridge = services.meetings.freeze(CITY, "week").body["bridge"]
    assert set(steps(bridge).values()) == {(0, 0, 0)} and totals(bridge) == [14, 14, 0, 14] and bridge["touched"] == 0
