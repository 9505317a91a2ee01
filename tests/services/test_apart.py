"""A generator in a process of its own: the same items, the same errors, and no process left behind."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Generator, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from connectors.base import Cursor, Fatal, RawBatch
from connectors.registry import BUILT_IN, load_feed
from dashboard.components.failure_words import failure
from services import bench_ingest
from services.apart import ApartDied, apart
from services.ingest import Ask
from services.memory import watched
from services.settings import load_settings
from services.wiring import Services, build
from store import rollups
from store.engine import reading
from store.schema import feed_column, matter, quarantine, raw_batch, record, record_version, reference, rollup, source
from tests.faults.children import GEOGRAPHY, declare, file_no, services_of
from tests.faults.stage import TODAY


def _numbers(many: int, error: Exception | None = None) -> Generator[tuple[int, int], None, None]:
    for number in range(many):
        yield number, os.getpid()
    if error is not None:
        raise error


def _children() -> set[str]:
    return set().union(*(Path(t).read_text().split() for t in Path("/proc/self/task").glob("*/children")))


def test_the_same_items_from_another_process() -> None:
    got = list(apart(_numbers(50)))
    assert [n for n, _ in got] == list(range(50)) and {p for _, p in got} != {os.getpid()}
    assert list(apart(_numbers(0))) == []


def test_what_is_raised_there_is_raised_here_after_the_good_items() -> None:
    class _Own(Exception):
        """Not known by name in another process."""

    for error, wanted in ((Fatal("ask the court"), Fatal), (_Own("odd"), RuntimeError)):
        seen = []
        with pytest.raises(wanted, match=str(error)):
            for number, _ in apart(_numbers(3, error)):
                seen.append(number)
        assert seen == [0, 1, 2]


def test_a_reader_that_stops_early_leaves_no_process() -> None:
    before = _children()
    items = apart(_numbers(1_000_000))
    next(items)
    assert len(_children() - before) == 1
    items.close()
    assert _children() == before


def test_a_killed_maker_is_told_of() -> None:
    def slow() -> Generator[int, None, None]:
        yield os.getpid()
        time.sleep(60)

    items = apart(slow())
    os.kill(next(items), signal.SIGKILL)
    with pytest.raises(ApartDied, match="ended early"):
        next(items)


def test_memory_of_the_family_is_seen() -> None:
    def heavy() -> Generator[int, None, None]:
        held = bytearray(os.urandom(1) * 120_000_000)
        yield len(held)
        time.sleep(0.8)

    list(apart(n for n in range(1)))  # gives back what was free
    with watched() as alone:
        pass
    with watched() as both:
        list(apart(heavy()))
    assert both.mb > alone.mb + 100


def test_what_is_stored_is_the_same_as_without_another_process(tmp_path: Path) -> None:
    stores = []
    for name in ("one", "two"):
        url = f"sqlite:///{tmp_path}/{name}.sqlite3"
        stores.append(build(load_settings(data_dir=tmp_path / "data", database_url=url, today=TODAY)))
        stores[-1].geography = GEOGRAPHY
        stores[-1].prepare()
    luck = bench_ingest.Luck(stores[0], 260, 11)
    rows = [bench_ingest.centre_row(luck, i) for i in range(260)]
    rows[7]["SLRQ"], rows[8]["XZDM"], rows[9]["SLBH"] = "来电", "", ""  # aside, unlocated, without a key
    # Said again within the batch, of another year: the code is that of the word that holds.
    rows.insert(21, {**rows[20], "DJSJ": "2021-03-02 08:00:00", "SLRQ": "2021-03-02", "GXSJ": f"{rows[20]['GXSJ'][:10]} 23:59:59"})
    spec = load_feed(BUILT_IN / "centre", bench_ingest.env_of(tmp_path))
    spec = spec.model_copy(update={"transport": spec.transport.model_copy(update={"batch_rows": 100})})
    bench_ingest.filled(spec, tmp_path, "centre", iter(rows))
    for store in stores:
        store.ingest.in_processes = store is stores[1]
        assert store.ingest.run(spec).error == ""
    changed = f"{stores[0].now():%Y-%m-%d} 00:00:01"
    bench_ingest.filled(spec, tmp_path, "centre", iter([{**rows[40], "SQR": "欧阳明月", "GXSJ": changed}, {**rows[41], "ZF": "1", "GXSJ": changed}]))
    for store in stores:
        again = store.ingest.run(spec, ask=Ask("backfill", "test", since=date(2000, 1, 1)))
        assert (again.error, again.counts.changed, again.counts.withdrawn) == ("", 1, 1) and again.counts.unchanged >= 255
        assert again.data_at is not None
    one, two = (_all_of(store) for store in stores)
    assert one == two and len(one["raw"]) > 3 and all(one.values())
    for store in stores:
        store.close()



class _Killed:
    """A door behind which the process that reads it is killed."""

    def batches(self, cursor: Cursor) -> Iterator[RawBatch]:
        yield RawBatch([{"id": "1", "day": "2026-11-02"}], "children")
        os.kill(os.getpid(), signal.SIGKILL)


def test_a_killed_maker_ends_the_run_and_is_no_problem_of_the_store(tmp_path: Path) -> None:
    declare(tmp_path)
    services = services_of(f"sqlite:///{tmp_path}/store.sqlite3", tmp_path)
    services.prepare()
    services.ingest.in_processes = True
    result = services.ingest.run(services.specs["children"], transport=_Killed())
    assert result.retry and failure(result.error).startswith("采集的子进程中途被停掉") and services.ingest.health.problems() == ()
    services.close()


def _all_of(store: Services) -> dict[str, list[Any]]:
    """Every row that a load leaves, but for the moment at which; raw rows opened."""
    tables = (record, record_version, matter, quarantine, reference, rollup, source, feed_column)
    moments = {"learned_at", "first_learned_at", "changed_at", "first_seen", "last_seen", "at", "closed_at"}
    with reading(store.engine) as c:
        found = {t.name: sorted(repr(tuple(r)) for r in c.execute(select(*(x for x in t.columns if x.name not in moments)))) for t in tables}
        ids = c.execute(select(raw_batch.c.id).order_by(raw_batch.c.id)).scalars().all()
        return {**found, "raw": [store.raws.rows(c, i) for i in ids]}


def test_a_long_load_is_mapped_apart_and_stored_the_same(store_url: str, tmp_path: Path) -> None:
    declare(tmp_path)
    services = services_of(store_url, tmp_path)
    services.prepare()
    for number in range(3):
        (tmp_path / "in" / f"{number}.csv").write_bytes(file_no(number))
    services.ingest.in_processes = True
    result = services.ingest.run(services.specs["children"])
    assert (result.error, result.counts.new, result.counts.adds_up) == ("", 360, True) and result.data_at is not None
    assert services.ingest.run(services.specs["children"]).counts.received == 0  # each file is known as read
    with reading(services.engine) as c:
        assert len(c.execute(select(record.c.id).where(record.c.feed == "children")).all()) == 360
        assert rollups.compare(c) == []
    services.close()
