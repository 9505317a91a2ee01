"""Sources that answer, and answer badly: odd keys, marks, repeats, disorder, short lists, odd dates, other columns, live cells."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from sqlalchemy import select

from store.engine import reading
from store.schema import record
from tests.connectors.loopback import Told
from tests.faults.sick import workbook, zipped
from tests.faults.stage import CSV, EXCEL, HEAD, HTTP, JSON, STEWARD, TEN, Gift, Stage, cells, csv

Stages = tuple[Stage, Stage]
Counts = dict[str, int]
KEYS = ["007", "7", "0007", "123456789012345678", "123456789012345679", "900719925474099301"]


class Mess(NamedTuple):
    """What a source gives run by run with the counts of each run, and what a store that only sees `clean` must equal.

    `live`: keys that hold at the end. `quarantined`: reasons of rows set aside. `drift`: kinds of change that are told.
    """

    door: str
    gifts: tuple[tuple[Gift, Counts], ...]
    clean: Gift
    live: list[str]
    quarantined: tuple[str, ...] = ()
    drift: tuple[str, ...] = ()
    mode: str = "incremental"
    versions: bool = True  # whether the clean store has as many versions: not when a source corrected itself


def _data(rows: list[dict[str, Any]]) -> bytes:
    return json.dumps({"data": rows}, ensure_ascii=False).encode()


def _http(rows: list[dict[str, Any]]) -> Gift:
    return lambda _: Told({"data": rows})


def _names(n: int) -> list[str]:
    return [str(i) for i in range(n)]


_KEYED = [cells(k) for k in KEYS]
_NUMBERS = [{**r, "id": int(r["id"])} for r in _KEYED[3:]]  # an agency that writes 18 figures as JSON numbers
_OLD, _NEW = cells(1, "旧", changed="2026-11-03 08:00"), cells(1, "新", changed="2026-11-03 09:00")
_MANY = [cells(i) for i in range(25)]
_VOID = [cells(3, state="void"), cells(4, state="void")]
_ODD = {"future": "2031-01-01", "next week": "2026-12-01", "zero": "1900-01-01", "never": "2026-02-30", "empty": ""}
_ONE = ({"a.csv": csv(TEN)}, {"received": 10, "new": 10})

MESSES: dict[str, Mess] = {
    "bom": Mess(CSV, (({"a.csv": b"\xef\xbb\xbf" + csv(TEN)}, {"new": 10}),), {"a.csv": csv(TEN)}, _names(10)),
    "bom-json": Mess(JSON, (({"a.json": b"\xef\xbb\xbf" + _data(TEN)}, {"new": 10}),), {"a.json": _data(TEN)}, _names(10)),
    "bom-http": Mess(HTTP, ((lambda _: Told(b"\xef\xbb\xbf" + _data(TEN)), {"new": 10}),), _http(TEN), _names(10)),
    "ids-csv": Mess(CSV, (({"a.csv": csv(_KEYED)}, {"new": 6}), ({"b.csv": csv(_KEYED[::-1])}, {"unchanged": 6})), {"a.csv": csv(_KEYED)}, KEYS),
    "ids-workbook": Mess(EXCEL, (({"a.xlsx": workbook(_KEYED)}, {"new": 6}),), {"b.xlsx": workbook(_KEYED[::-1])}, KEYS),
    "ids-json-numbers": Mess(JSON, (({"a.json": _data([*_KEYED[:3], *_NUMBERS])}, {"new": 6}),), {"a.json": _data(_KEYED)}, KEYS),
    "duplicates-within": Mess(CSV, (({"a.csv": csv([TEN[0], TEN[0], *TEN])}, {"received": 12, "new": 10, "unchanged": 2}),),
                              {"a.csv": csv(TEN)}, _names(10)),
    "duplicates-across": Mess(CSV, (_ONE, ({"b.csv": csv([*TEN[5:], *TEN])}, {"received": 15, "unchanged": 15})), {"a.csv": csv(TEN)}, _names(10)),
    "out-of-order": Mess(CSV, (({"a.csv": csv([_NEW])}, {"new": 1}), ({"b.csv": csv([_OLD])}, {"received": 1, "new": 0})),
                         {"a.csv": csv([_NEW])}, ["1"], versions=False),
    "out-of-order-within": Mess(CSV, (({"a.csv": csv([_NEW, _OLD])}, {"received": 2, "new": 1}),), {"a.csv": csv([_OLD, _NEW])}, ["1"], versions=False),
    "withdrawn": Mess(CSV, (_ONE, ({"b.csv": csv(_VOID)}, {"withdrawn": 2})), {"a.csv": csv(TEN[:3] + _VOID + TEN[5:])},
                      [*_names(3), *_names(10)[5:]], versions=False),
    "short-snapshot": Mess(CSV, (_ONE, ({"b.csv": csv(TEN[:3])}, {"received": 3, "unchanged": 3, "withdrawn": 0})), {"a.csv": csv(TEN)},
                           _names(10), mode="snapshot"),
    "short-snapshot-empty": Mess(HTTP, ((_http(TEN), {"new": 10}), (_http([]), {"received": 0, "withdrawn": 0})), _http(TEN),
                                 _names(10), mode="snapshot"),
    "dates": Mess(CSV, (({"a.csv": csv([*TEN, *[cells(k, day=d) for k, d in _ODD.items()]])}, {"received": 15, "new": 10, "quarantined": 5}),),
                  {"a.csv": csv(TEN)}, _names(10), quarantined=("bad_date", "missing_required"), drift=("retyped",)),
    "added-column": Mess(CSV, (({"a.csv": csv(_MANY[:20])}, {"new": 20}),
                               ({"b.csv": csv([{**r, "extra": "1"} for r in _MANY], HEAD + ",extra")}, {"new": 5, "unchanged": 20})),
                         {"a.csv": csv(_MANY)}, _names(25), drift=("added",)),
    "missing-optional-column": Mess(CSV, (({"a.csv": csv(_MANY)}, {"new": 25}),
                                          ({"b.csv": csv([cells(100 + i) for i in range(25)], HEAD.replace(",people", ""))}, {"new": 25})),
                                    {"a.csv": csv(_MANY), "b.csv": csv([cells(100 + i, people="") for i in range(25)])},
                                    [*_names(25), *[str(100 + i) for i in range(25)]], drift=("missing",)),
    "retyped-column": Mess(CSV, (({"a.csv": csv(_MANY)}, {"new": 25}),
                                 ({"b.csv": csv([{**r, "people": "若干人"} for r in _MANY])}, {"received": 25, "quarantined": 25})),
                           {"a.csv": csv(_MANY)}, _names(25), quarantined=("bad_number",), drift=("retyped",)),
    "new-code-value": Mess(CSV, (({"a.csv": csv(TEN)}, {"new": 10}), ({"b.csv": csv([cells(20, sort="77")])}, {"new": 1})),
                           {"a.csv": csv([*TEN, cells(20, sort="77")])}, [*_names(10), "20"], drift=("new_value",)),
    "formula-cells": Mess(EXCEL, (({"a.xlsx": workbook(TEN, formula=True)}, {"new": 10}),), {"a.xlsx": workbook(TEN)}, _names(10)),
    "formula-text": Mess(CSV, (({"a.csv": csv([cells(1, "=cmd|' /C calc'!A0"), cells(2, "@SUM(1)")])}, {"new": 2}),),
                         {"z.csv": csv([cells(2, "@SUM(1)"), cells(1, "=cmd|' /C calc'!A0")])}, ["1", "2"]),
    "hostile-file-name": Mess(CSV, (({"a ..%2f..%2fetc;rm -rf ~\n\x1b[31m<script>'\"$(id).csv": csv(TEN[:5]),
                                      "z.zip": zipped(**{"../../../../tmp/yizhan-evil.csv": csv(TEN[5:])})}, {"new": 10}),),
                              {"a.csv": csv(TEN)}, _names(10)),
}  # fmt: skip


@pytest.mark.parametrize("name", MESSES)
def test_a_mess(stages: Stages, name: str) -> None:
    hit, clean = stages
    mess, code = MESSES[name], "m_" + name.replace("-", "_")
    feed = hit.feed(code, mess.door, mess.mode)
    for gift, wanted in mess.gifts:
        result = hit.run(feed, gift)
        assert result.error == "" and result.counts.adds_up, result
        assert {n: getattr(result.counts, n) for n in wanted} == wanted
    assert {g.reason for g in hit.services.feeds.quarantine(STEWARD, code)} == set(mess.quarantined)
    assert {d.kind for d in hit.services.feeds.drift(STEWARD) if d.feed == code} == set(mess.drift)
    clean.run(clean.feed(code, mess.door, mess.mode), mess.clean)
    here, there = hit.picture(code), clean.picture(code)
    for part in here:
        assert (part == "versions" and not mess.versions) or here[part] == there[part], part
    with reading(hit.services.engine) as c:
        assert sorted(c.execute(select(record.c.external_id).where(record.c.feed == code, ~record.c.withdrawn)).scalars()) == sorted(mess.live)
    assert not Path("/tmp/yizhan-evil.csv").exists()  # where a member of the zip would have liked to go
    assert hit.services.feeds.card(STEWARD, code).error == "" and "\ufffd" not in str(here)
    hit.sound(code)


def test_a_short_list_asks_a_steward(stages: Stages) -> None:
    hit, _ = stages
    feed = hit.feed("asks", CSV, "snapshot")
    hit.run(feed, {"a.csv": csv(TEN)})
    hit.run(feed, {"b.csv": csv(TEN[:3])})
    hold = hit.services.feeds.card(STEWARD, "asks").hold
    assert hold is not None and (hold.known, hold.present, hold.absent, hold.state) == (10, 3, 7, "open")
    assert [n.kind for n in hit.services.feeds.notices(STEWARD) if n.feed == "asks"] == ["held"]
    hit.run(feed, {"c.csv": csv(TEN[:9])})  # a whole list again
    assert hit.services.feeds.card(STEWARD, "asks").hold is None
    hit.sound("asks")


def test_odd_dates_say_which_column_and_are_mended_by_the_source(stages: Stages) -> None:
    hit, clean = stages
    feed = hit.feed("odd", CSV)
    hit.run(feed, {"a.csv": csv([cells(k, day=d) for k, d in _ODD.items()])})
    rows = hit.services.feeds.quarantine_rows(STEWARD, "odd").rows
    assert len(rows) == 5 and {r.column for r in rows} <= {"day", "accepted_on"} and all(r.message for r in rows)
    healed = {"b.csv": csv([cells(k) for k in _ODD])}
    assert hit.run(feed, healed).counts.new == 5
    clean.run(clean.feed("odd", CSV), healed)
    assert hit.picture("odd") == clean.picture("odd")
    hit.sound("odd")
