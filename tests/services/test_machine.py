"""A source that changes its mind and writes badly, stewards who mend, a way in that breaks, in any order: the store is what was said.

The doors give only what lies beyond their cursor, and nothing is brought a second time in the end: what a crash lost stays lost, and shows.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test
from sqlalchemy import event, select, update

from connectors.base import Cursor, RawBatch
from connectors.registry import load_feed
from services.desk import Desk
from services.settings import load_settings
from services.wiring import Services, build
from store import rollups
from store.engine import reading, writing
from store.schema import drift, feed, feed_file, feed_request, notice, quarantine, raw_batch, snapshot_hold
from tests.services.intake import STEWARD, TODAY, declared, work
from tests.store.rows import empty, picture

LONG = bool(os.environ.get("YIZHAN_SOAK"))
FEW = settings(max_examples=300 if LONG else 6, stateful_step_count=30 if LONG else 12, deadline=None, suppress_health_check=list(HealthCheck))
KEYS = [str(i) for i in range(6)]
GOOD, SLASHED, NEVER = "2026-11-02", "2026/11/02", "昨天"  # a day; one that the mapping may learn to read; one that only a person can mend
Row = dict[str, str]


class Crash(BaseException):  # the end of a process is no error that a run could close itself for
    """The process ends in the middle of a commit."""


class Changes:
    """A log of what was said: gives what lies beyond the mark, three rows a batch, some of it and of the past once more.

    In order every batch moves the mark; out of order only the last one may.
    """

    def __init__(self, said: list[Row], overlap: int = 0, again: tuple[int, ...] = (), backwards: bool = False) -> None:
        self._said, self._overlap, self._again, self._backwards = said, overlap, again, backwards

    def batches(self, cursor: Cursor) -> Iterator[RawBatch]:
        """Rows beyond the cursor."""
        begin = max(0, int(cursor.watermark or 0) - self._overlap)
        told = list(enumerate(self._said[begin:], begin + 1))
        for i, number in enumerate(self._again if told else ()):
            no = number % len(self._said)
            told.insert(i * 2, (no + 1, self._said[no]) if no < begin else (0, self._said[no]))
        told = told[::-1] if self._backwards else told
        parts = [told[i : i + 3] for i in range(0, len(told), 3)] or [[]]
        mark = begin
        for part in parts:
            mark = max([mark, *(no for no, _ in part)])
            end = part is parts[-1]
            yield RawBatch([dict(r) for _, r in part], "log", f"{mark}" if end or not self._backwards else None)


class Lists:
    """A folder of whole lists: each is read once, from its beginning if it was not read to its end."""

    def __init__(self, lists: list[list[Row]]) -> None:
        self._lists = lists

    def batches(self, cursor: Cursor) -> Iterator[RawBatch]:
        """The lists that were not read yet."""
        for number, rows in enumerate(self._lists):
            if named(number) in cursor.seen:
                continue
            parts = [rows[i : i + 3] for i in range(0, len(rows), 3)] or [[]]
            for i, part in enumerate(parts):
                yield RawBatch([dict(r) for r in part], named(number), None, named(number) if i == len(parts) - 1 else None)


def named(number: int) -> str:
    """The digest of a list."""
    return f"{number:064}"


class Source(RuleBasedStateMachine):
    """What the source says now (`now`), every row it ever said (`ever`), and what the store must have made of it."""

    services: Services
    mode: str
    toml: Path
    unlearned: str

    def __init__(self) -> None:
        super().__init__()
        self.toml.write_text(self.unlearned, encoding="utf-8")
        self.services.specs["lists"] = load_feed(self.toml)
        self.learned = False
        self.clean()
        self.now: dict[str, Row] = {}
        self.ever: list[Row] = []
        self.lists: list[list[Row]] = []
        self.mended: list[Row] = []
        self.discarded: list[Row] = []
        self.live: dict[str, Row] = {}  # of whole lists: what those that were read to their end, and the stewards, make stand
        self.read = 0

    def clean(self) -> None:
        """As if nothing had ever come in."""
        with writing(self.services.engine) as connection:
            for table in (snapshot_hold, feed_request, raw_batch, drift, notice, quarantine):
                connection.execute(table.delete())
            connection.execute(update(feed).values(watermark=None))
        empty(self.services.engine)

    def say(self, key: str, title: str, day: str, state: str = "") -> Row:
        at = datetime(2026, 11, 2) + timedelta(minutes=len(self.ever))
        row = {"id": key, "day": day, "title": title, "area": "360923", "who": "张三丰", "phone": "13812345678", "state": state, "changed": f"{at:%Y-%m-%d %H:%M}"}
        self.ever.append(row)
        return row

    @rule(key=st.sampled_from(KEYS), title=st.sampled_from("甲乙丙"))
    def says(self, key: str, title: str) -> None:
        self.now[key] = self.say(key, title, GOOD)

    @rule(key=st.sampled_from(KEYS), day=st.sampled_from([SLASHED, NEVER]))
    def says_badly(self, key: str, day: str) -> None:
        self.now[key] = self.say(key, "丁", day)

    @precondition(lambda self: self.now)
    @rule(data=st.data())
    def takes_back(self, data: st.DataObject) -> None:
        key = data.draw(st.sampled_from(sorted(self.now)))
        self.say(key, self.now.pop(key)["title"], GOOD, "void")

    @rule(data=st.data())
    def writes_a_list(self, data: st.DataObject) -> None:
        if self.mode == "snapshot":
            self.lists.append(data.draw(st.permutations([self.now[k] for k in sorted(self.now)])))

    @rule(data=st.data())
    def sends(self, data: st.DataObject) -> None:
        self.bring(self.door(data))

    @rule(data=st.data(), at=st.integers(1, 5))
    def sends_and_we_crash(self, data: st.DataObject, at: int) -> None:
        door = self.door(data)
        with self.dying(at):
            self.bring(door)
        self.take_lists_as_they_are()

    @contextmanager
    def dying(self, at: int) -> Iterator[None]:
        """In this block the process ends at that commit."""
        left = [at]

        def last(connection: Any) -> None:
            left[0] -= 1
            if left[0] == 0:
                raise Crash

        event.listen(self.services.engine, "commit", last)
        try:
            yield
        except Crash:
            pass
        finally:
            event.remove(self.services.engine, "commit", last)

    def door(self, data: st.DataObject) -> Changes | Lists:
        """The whole folder; of a log also some of its past again, or its end first."""
        if self.mode == "snapshot":
            return Lists(self.lists)
        overlap, again = data.draw(st.integers(0, 3)), data.draw(st.lists(st.integers(0, 20), max_size=3))
        return Changes(self.ever, overlap, tuple(again), data.draw(st.booleans()))

    def bring(self, door: Changes | Lists) -> None:
        result = self.services.ingest.run(self.services.specs["lists"], transport=door)
        assert result.error == "" and result.counts.adds_up
        self.take_lists_as_they_are()

    def take_lists_as_they_are(self) -> None:
        """A list is right, however short; and what was read to its end holds."""
        for hold in self.services.feeds.holds(STEWARD):
            self.services.stewardship.accept_hold(STEWARD, hold.id, "so it is")
            assert work(self.services) == 1
        with reading(self.services.engine) as connection:
            seen = set(connection.execute(select(feed_file.c.digest)).scalars())
        while self.read < len(self.lists) and named(self.read) in seen:
            rows = {r["id"]: r for r in self.lists[self.read]}
            self.live = {k: row for k, row in self.live.items() if k in rows} | {k: r for k, r in rows.items() if self.is_good(r)}
            self.read += 1

    def is_good(self, row: Row) -> bool:
        return row["day"] == GOOD or (self.learned and row["day"] == SLASHED)

    def waiting(self) -> dict[int, Row]:
        """Open rows by id as they came."""
        with reading(self.services.engine) as connection:
            q = quarantine.c
            found = list(connection.execute(select(q.id, q.raw_id, q.raw_index).where(q.state == "open").order_by(q.id)))
            rows = {r.id: (self.services.raws.rows(connection, r.raw_id) or [])[r.raw_index] for r in found}
        return rows

    @precondition(lambda self: not self.learned)
    @rule()
    def the_mapping_learns(self) -> None:
        self.toml.write_text(self.unlearned.replace('date = "%Y-%m-%d", ', 'date = ["%Y-%m-%d", "%Y/%m/%d"], '), encoding="utf-8")
        self.services.specs["lists"] = load_feed(self.toml)
        self.learned = True

    @rule(data=st.data(), at=st.integers(0, 6))
    def a_row_is_mended(self, data: st.DataObject, at: int) -> None:
        if not (rows := self.waiting()):
            return
        row_id = data.draw(st.sampled_from(sorted(rows)))
        self.services.stewardship.edit(STEWARD, row_id, {"day": GOOD}, "asked by phone")
        self.work(at)
        self.mended.append({**rows[row_id], "day": GOOD})
        self.live[rows[row_id]["id"]] = self.mended[-1]
        assert row_id not in self.waiting()

    @rule(at=st.integers(0, 6))
    def rows_are_replayed(self, at: int) -> None:
        if not (rows := self.waiting()):
            return
        self.services.stewardship.replay(STEWARD, "lists", ids=sorted(rows))
        self.work(at)
        self.live |= {r["id"]: r for r in rows.values() if self.is_good(r)}
        assert not any(map(self.is_good, self.waiting().values()))

    @rule(data=st.data())
    def a_row_is_discarded(self, data: st.DataObject) -> None:
        if rows := {i: r for i, r in self.waiting().items() if r["day"] == NEVER}:
            row_id = data.draw(st.sampled_from(sorted(rows)))
            assert self.services.stewardship.discard(STEWARD, "lists", "no such case", ids=[row_id]) == 1
            self.discarded.append(rows[row_id])

    def work(self, at: int) -> None:
        """What the worker would do; it may end at a commit, and the next one begins with what this one had begun."""
        with self.dying(at):
            work(self.services)
        with writing(self.services.engine) as connection:
            Desk(self.services).put_back(connection)
        work(self.services)
        assert {r.state for r in self.services.feeds.requests(STEWARD)} == {"done"}

    def teardown(self) -> None:
        """What has not been fetched yet is fetched, nothing twice: a store that only ever heard what holds is the same."""
        self.bring(Lists(self.lists) if self.mode == "snapshot" else Changes(self.ever))
        self.rows_are_replayed(0)
        self.reconciles()
        grown = self.shown()
        good = list(self.live.values()) if self.mode == "snapshot" else [*(r for r in self.ever if self.is_good(r)), *self.mended]
        self.clean()
        self.lists, self.read = [good], 0
        self.bring(Lists(self.lists) if self.mode == "snapshot" else Changes(good))
        assert self.shown() == grown

    def reconciles(self) -> None:
        """Every run's counts add up, and the rows that wait are those that nobody could read or decided on."""
        (counts,) = self.services.feeds.reconciled(STEWARD)
        assert counts.holds, counts
        for run in self.services.feeds.runs(STEWARD):
            assert run.received == run.new + run.changed + run.unchanged + run.withdrawn + run.quarantined, run
        said = self.lists[self.read - 1] if self.mode == "snapshot" and self.read else self.ever if self.mode != "snapshot" else []
        bad = {r["changed"] for r in said if not self.is_good(r)}
        # Twice in one run is quarantined twice, so that a row of which one line was closed may still wait on another.
        closed = {r["changed"] for r in (*self.mended, *self.discarded)}
        waiting = {r["changed"] for r in self.waiting().values() if not self.is_good(r)}
        assert waiting <= bad and bad - closed <= waiting

    def shown(self) -> dict[str, Any]:
        with reading(self.services.engine) as connection:
            assert rollups.compare(connection) == []
            seen = picture(connection)
        if self.mode == "snapshot":  # what was left out before is kept as withdrawn, and every word of it as a version
            gone = {key for key, values in seen["records"] if ("withdrawn", "True") in values}
            assert {key[1] for key, _ in seen["records"]} - {key[1] for key in gone} == set(self.live)
            seen = {name: [v for v in values if v[0] not in gone] for name, values in seen.items() if name != "versions"}
        return seen


@pytest.mark.parametrize("mode", ["snapshot", "incremental"])
def test_any_history_ends_in_the_store_of_one_clean_reading(store_url: str, tmp_path: Path, mode: str) -> None:
    toml = declared(tmp_path, mode).source
    text = toml.read_text().replace("[fields]", '[rows]\nwithdrawn = { state = "void" }\n[fields]\nrevised_at = { from = "changed", date = "%Y-%m-%d %H:%M" }')
    toml.write_text(text, encoding="utf-8")
    spec = load_feed(toml)
    services = build(load_settings(data_dir=tmp_path / "data", database_url=store_url, today=TODAY), {spec.feed: spec})
    services.prepare()

    class Machine(Source):
        pass

    Machine.services, Machine.mode, Machine.toml, Machine.unlearned = services, mode, toml, text
    run_state_machine_as_test(Machine, settings=FEW)
    services.close()
