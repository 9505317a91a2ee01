"""A source that changes its mind and a way in that breaks, in any order: in the end the store is that of one clean reading."""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test
from sqlalchemy import event

from connectors.base import Cursor, RawBatch
from connectors.registry import load_feed
from services.settings import load_settings
from services.wiring import Services, build
from store import rollups
from store.engine import reading, writing
from store.schema import drift, feed_request, notice, quarantine, raw_batch, snapshot_hold
from tests.services.intake import STEWARD, TODAY, declared, work
from tests.store.rows import empty, picture

LONG = bool(os.environ.get("YIZHAN_SOAK"))
FEW = settings(max_examples=300 if LONG else 6, stateful_step_count=30 if LONG else 12, deadline=None, suppress_health_check=list(HealthCheck))
KEYS = [str(i) for i in range(6)]
_numbers = count()
Row = dict[str, str]


class Crash(BaseException):  # the end of a process is no error that a run could close itself for
    """The process ends in the middle of a commit."""


class Door:
    """Gives these rows, three a batch; the last batch completes a list that was never seen."""

    def __init__(self, rows: list[Row]) -> None:
        self._rows = rows

    def batches(self, cursor: Cursor) -> Iterator[RawBatch]:
        """The rows in their order."""
        parts = [self._rows[i : i + 3] for i in range(0, len(self._rows), 3)] or [[]]
        for i, part in enumerate(parts):
            batch = RawBatch([dict(r) for r in part], "list")
            batch.completes = f"{next(_numbers):064}" if i == len(parts) - 1 else None
            yield batch


def said(key: str, title: str, state: str = "") -> Row:
    return {"id": key, "day": "2026-11-02", "title": title, "area": "360923", "who": "张三丰", "phone": "13812345678", "state": state}


class Source(RuleBasedStateMachine):
    """What the source says now (`now`), and every row it ever said (`ever`)."""

    services: Services
    mode: str

    def __init__(self) -> None:
        super().__init__()
        self.clean()
        self.now: dict[str, Row] = {}
        self.ever: list[Row] = []

    def clean(self) -> None:
        """As if nothing had ever come in."""
        with writing(self.services.engine) as connection:
            for table in (snapshot_hold, feed_request, raw_batch, drift, notice, quarantine):
                connection.execute(table.delete())
        empty(self.services.engine)

    @rule(key=st.sampled_from(KEYS), title=st.sampled_from("甲乙丙"))
    def says(self, key: str, title: str) -> None:
        self.now[key] = said(key, title)
        self.ever.append(self.now[key])

    @precondition(lambda self: self.now)
    @rule(data=st.data())
    def takes_back(self, data: st.DataObject) -> None:
        key = data.draw(st.sampled_from(sorted(self.now)))
        self.ever.append({**self.now.pop(key), "state": "void"})

    @rule(data=st.data())
    def sends(self, data: st.DataObject) -> None:
        self.bring(self.drawn(data))

    @rule(data=st.data(), at=st.integers(1, 4))
    def sends_and_we_crash(self, data: st.DataObject, at: int) -> None:
        left = [at]

        def dying(connection: Any) -> None:
            left[0] -= 1
            if left[0] == 0:
                raise Crash

        event.listen(self.services.engine, "commit", dying)
        try:
            self.bring(self.drawn(data))
        except Crash:
            pass
        finally:
            event.remove(self.services.engine, "commit", dying)

    def drawn(self, data: st.DataObject) -> list[Row]:
        """A whole list in any order; of a feed of changes any of them, in any order, some of them twice."""
        if self.mode == "snapshot":
            return data.draw(st.permutations([self.now[k] for k in sorted(self.now)]))
        return data.draw(st.lists(st.sampled_from(self.ever), max_size=8)) if self.ever else []

    def bring(self, rows: list[Row]) -> None:
        result = self.services.ingest.run(self.services.specs["lists"], transport=Door(rows))
        assert result.error == "" and result.counts.adds_up
        for hold in self.services.feeds.holds(STEWARD):  # the list is right, however short
            self.services.stewardship.accept_hold(STEWARD, hold.id, "so it is")
            assert work(self.services) == 1

    def teardown(self) -> None:
        """The last word of the source comes in once more; a store that only ever heard that is the same."""
        last = list(self.now.values()) if self.mode == "snapshot" else self.ever
        self.bring(last[::-1])
        grown = self.shown()
        self.clean()
        self.bring(last)
        assert self.shown() == grown

    def shown(self) -> dict[str, Any]:
        with reading(self.services.engine) as connection:
            assert rollups.compare(connection) == []
            seen = picture(connection)
        if self.mode == "snapshot":  # what was left out before is kept as withdrawn, and every word of it as a version
            gone = {key for key, values in seen["records"] if ("withdrawn", "True") in values}
            assert {key[1] for key, _ in seen["records"]} - {key[1] for key in gone} == set(self.now)
            seen = {name: [v for v in values if v[0] not in gone] for name, values in seen.items() if name != "versions"}
        return seen


@pytest.mark.parametrize("mode", ["snapshot", "incremental"])
def test_any_history_ends_in_the_store_of_one_clean_reading(store_url: str, tmp_path: Path, mode: str) -> None:
    toml = declared(tmp_path, mode).source
    toml.write_text(toml.read_text().replace("[fields]", '[rows]\nwithdrawn = { state = "void" }\n[fields]'), encoding="utf-8")
    spec = load_feed(toml)
    services = build(load_settings(data_dir=tmp_path / "data", database_url=store_url, today=TODAY), {spec.feed: spec})
    services.prepare()

    class Machine(Source):
        pass

    Machine.services, Machine.mode = services, mode
    run_state_machine_as_test(Machine, settings=FEW)
    services.close()
