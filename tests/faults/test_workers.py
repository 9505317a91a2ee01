"""Two real workers on one store: one writes; when it dies or stalls the other takes over, and the first writes no more. And clocks that jump."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from services.schedule import Worker
from services.wiring import Services
from store import rollups
from store.engine import reading
from store.schema import lease, record, run
from tests.faults.children import declare, file_no, services_of
from tests.faults.stage import STEWARD, TODAY

TAKEOVER = 15  # seconds


@contextmanager
def _worker(url: str, folder: Path, log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """`yizhan worker` as an operator starts it."""
    env = {**{k: v for k, v in os.environ.items() if not k.startswith("YIZHAN_")}, "YIZHAN_DATABASE_URL": url, "YIZHAN_TODAY": str(TODAY),
           "YIZHAN_DATA_DIR": str(folder / "data"), "YIZHAN_FEEDS_DIR": str(folder / "feeds")}  # fmt: skip
    with log.open("wb") as out:
        process = subprocess.Popen([Path(sys.executable).with_name("yizhan"), "worker"], env=env, stdout=out, stderr=out, cwd=folder)
        try:
            yield process
        finally:
            process.kill()
            process.wait(10)


def _holder(services: Services) -> int:
    """The process that holds the lease; 0: nobody yet."""
    with reading(services.engine) as c:
        held = c.execute(select(lease.c.holder)).scalar_one_or_none()
    return int(held.split(":")[1]) if held else 0


def _until(seconds: float, wanted: Callable[[], bool]) -> float:
    began = time.monotonic()
    while not wanted():
        assert time.monotonic() - began < seconds
        time.sleep(0.1)
    return time.monotonic() - began


# Half a minute each, and the clock decides: on a machine with other work it would say more of that than of us.
@pytest.mark.skipif(not os.environ.get("YIZHAN_SOAK"), reason="long form: make soak")
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSTOP], ids=["killed", "stalled"])
def test_the_second_worker_takes_over(store_url: str, tmp_path: Path, number: signal.Signals) -> None:
    declare(tmp_path / "feeds")
    toml = tmp_path / "feeds" / "feed.toml"
    toml.write_text(toml.read_text().replace("cadence_seconds = 60", "cadence_seconds = 1"))
    services = services_of(store_url, tmp_path / "feeds")
    services.prepare()
    with _worker(store_url, tmp_path, tmp_path / "1.log") as one, _worker(store_url, tmp_path, tmp_path / "2.log") as two:
        _until(60, lambda: _holder(services) in (one.pid, two.pid))
        first, second = (one, two) if _holder(services) == one.pid else (two, one)
        log = (tmp_path / ("2.log" if second is two else "1.log")).read_text
        _until(60, lambda: "worker" in log() or second.poll() is not None)
        time.sleep(5)
        assert _holder(services) == first.pid and first.poll() is None and second.poll() is None
        first.send_signal(number)
        (tmp_path / "feeds" / "in" / "0.csv").write_bytes(file_no(0))
        took = _until(TAKEOVER, lambda: _holder(services) == second.pid)
        assert took < TAKEOVER
        _until(20, lambda: _rows(services) == 120)
        if number == signal.SIGSTOP:
            fence = _fence(services)
            first.send_signal(signal.SIGCONT)
            (tmp_path / "feeds" / "in" / "1.csv").write_bytes(file_no(1))
            _until(20, lambda: _rows(services) == 240)
            time.sleep(5)
            assert (_holder(services), _fence(services)) == (second.pid, fence)
    with reading(services.engine) as c:
        assert rollups.compare(c) == []
        done = c.execute(select(run.c.id).where(run.c.feed == "children", run.c.new > 0)).all()
        assert len(done) == (2 if number == signal.SIGSTOP else 1)  # each file was read by one of them
    assert all(r.holds for r in services.feeds.reconciled(STEWARD))
    services.close()


def _rows(services: Services) -> int:
    with reading(services.engine) as c:
        return len(c.execute(select(record.c.id).where(record.c.feed == "children")).all())


def _fence(services: Services) -> int:
    with reading(services.engine) as c:
        return int(c.execute(select(lease.c.fence)).scalar_one())


@pytest.mark.parametrize("days", [1, -1], ids=["a day ahead", "a day back"])
def test_a_clock_that_jumps(store_url: str, tmp_path: Path, days: int) -> None:
    """The lease follows the database's clock; what runs say of time may be odd, what is stored is not."""
    declare(tmp_path)
    services = services_of(store_url, tmp_path)
    services.ingest.declare(services.specs)
    worker, other = Worker(services), Worker(services)
    assert worker.hold()
    (tmp_path / "in" / "0.csv").write_bytes(file_no(0))
    assert services.ingest.run(services.specs["children"]).counts.new == 120
    true = services.now
    services.ingest._now = services.now = lambda: true() + timedelta(days=days)  # type: ignore[method-assign]
    assert worker.hold() and not other.hold()
    (tmp_path / "in" / "1.csv").write_bytes(file_no(1))
    result = services.ingest.run(services.specs["children"])
    assert (result.error, result.counts.new) == ("", 120) and result.data_at is not None
    services.ingest._now = services.now = true  # type: ignore[method-assign]
    assert worker.hold() and not other.hold()
    (tmp_path / "in" / "2.csv").write_bytes(file_no(2))
    assert services.ingest.run(services.specs["children"]).counts.new == 120
    with reading(services.engine) as c:
        assert rollups.compare(c) == []
    assert services.feeds.card(STEWARD, "children").error == "" and all(r.holds for r in services.feeds.reconciled(STEWARD))
    services.close()
