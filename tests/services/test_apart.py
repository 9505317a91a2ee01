"""A generator in a process of its own: the same items, the same errors, and no process left behind."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Generator
from pathlib import Path

import pytest
from sqlalchemy import select

from connectors.base import Fatal
from services.apart import ApartDied, apart
from services.memory import watched
from store import rollups
from store.engine import reading
from store.schema import record
from tests.faults.children import declare, file_no, services_of


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

    with watched() as alone:
        pass
    with watched() as both:
        list(apart(heavy()))
    assert both.mb > alone.mb + 100


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
