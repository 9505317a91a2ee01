"""Two real workers on one store: one writes; when it dies or stalls the other takes over, and the first writes no more. And clocks that jump."""

from __future__ import annotations

import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.exc import DBAPIError

from services.schedule import Worker
from services.wiring import Services
from store import feeds as feed_store
from store import rollups
from store.engine import reading, writing
from store.operation import true_now
from store.schema import lease, record, run
from tests.conftest import DATABASES
from tests.faults.children import declare, file_no, services_of, start, work
from tests.faults.stage import STEWARD, TODAY

TAKEOVER = 15  # seconds
KILLED, STALLED = signal.SIGKILL, signal.SIGSTOP


@contextmanager
def _worker(url: str, folder: Path, log: Path) -> Iterator[int]:
    """`yizhan worker` as an operator starts it; its process id."""
    env = {**{k: v for k, v in os.environ.items() if not k.startswith("YIZHAN_")}, "YIZHAN_DATABASE_URL": url, "YIZHAN_TODAY": str(TODAY),
           "YIZHAN_DATA_DIR": str(folder / "data"), "YIZHAN_FEEDS_DIR": str(folder)}  # fmt: skip
    with log.open("wb") as out:
        process = subprocess.Popen([Path(sys.executable).with_name("yizhan"), "worker"], env=env, stdout=out, stderr=out, cwd=folder)
        try:
            _until(90, lambda: b"worker.stands_by" in log.read_bytes() or b"worker.works" in log.read_bytes())
            yield process.pid
        finally:
            process.kill()
            process.wait(10)


@contextmanager
def _forked(url: str, folder: Path, lease_seconds: float, renew_seconds: float) -> Iterator[int]:
    """The same worker with a shorter lease, in a process that need not read the city's map first; its process id."""
    child, told = start(work, url, folder, lease_seconds, renew_seconds)
    try:
        yield child.pid
    finally:
        child.kill()
        child.join(10)
        told.close()


def _holder(services: Services) -> int:
    """The process that holds the lease; 0: nobody yet."""
    with reading(services.engine) as c:
        held = c.execute(select(lease.c.holder)).scalar_one_or_none()
    return int(held.split(":")[1]) if held else 0


def _until(seconds: float, wanted: Callable[[], bool]) -> float:
    began = time.monotonic()
    while not wanted():
        assert time.monotonic() - began < seconds
        time.sleep(0.05)
    return time.monotonic() - began


def _strike(url: str, pid: int, number: signal.Signals) -> None:
    """Send the signal. Who stands still in the middle of writing keeps a file locked for ever: nobody could help that on SQLite."""
    os.kill(pid, number)
    while number == STALLED:
        _until(10, lambda: _stands_still(pid))
        if not url.startswith("sqlite") or _can_be_written(url):
            return
        os.kill(pid, signal.SIGCONT)
        time.sleep(0.05)
        os.kill(pid, number)


def _stands_still(pid: int) -> bool:
    """Whether every thread has stopped: the signal takes a moment to reach one that runs on another processor."""
    return all(re.search(r"^State:\s+T", (task / "status").read_text(), re.MULTILINE) for task in Path(f"/proc/{pid}/task").iterdir())


def _can_be_written(url: str) -> bool:
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"), timeout=0.5, isolation_level=None)) as other:
        try:
            other.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:
            return False
        other.execute("ROLLBACK")
        return True


def _declared(url: str, folder: Path) -> Services:
    """A store with one feed that is looked at every second."""
    declare(folder)
    toml = folder / "feed.toml"
    toml.write_text(toml.read_text().replace("cadence_seconds = 60", "cadence_seconds = 1"))
    services = services_of(url, folder)
    services.prepare()
    return services


def _taken_over(services: Services, folder: Path, pids: set[int], url: str, number: signal.Signals) -> float:
    """Strike the one that works: the other takes over and reads what comes, each file once; a first that wakes up writes no more."""
    _until(30, lambda: _holder(services) in pids)
    first = _holder(services)
    (second,) = pids - {first}
    (folder / "in" / "0.csv").write_bytes(file_no(0))
    _until(20, lambda: _rows(services) == 120)
    assert _holder(services) == first
    fence = _fence(services)
    _strike(url, first, number)
    began = time.monotonic()
    (folder / "in" / "1.csv").write_bytes(file_no(1))
    _until(TAKEOVER, lambda: _holder(services) == second)
    took = time.monotonic() - began
    _until(20, lambda: _rows(services) == 240)
    assert _fence(services) > fence
    if number == STALLED:
        fence = _fence(services)
        os.kill(first, signal.SIGCONT)
        (folder / "in" / "2.csv").write_bytes(file_no(2))
        _until(20, lambda: _rows(services) == 360)
        assert (_holder(services), _fence(services)) == (second, fence)
    _sound(services, 3 if number == STALLED else 2)
    return took


def _sound(services: Services, files: int) -> None:
    with reading(services.engine) as c:
        assert rollups.compare(c) == []
        assert len(c.execute(select(run.c.id).where(run.c.feed == "children", run.c.new > 0)).all()) == files  # one of them read each file
    assert all(r.holds for r in services.feeds.reconciled(STEWARD))
    services.close()


@pytest.mark.parametrize(("database", "number"), [p for p in (("sqlite", KILLED), ("postgresql", STALLED)) if p[0] in DATABASES],
                         ids=lambda p: p if isinstance(p, str) else "killed" if p == KILLED else "stalled", indirect=["database"])  # fmt: skip
def test_the_second_worker_takes_over(store_url: str, tmp_path: Path, number: signal.Signals) -> None:
    """With a lease of 3 s instead of 10, looked at every half second instead of every three."""
    services = _declared(store_url, tmp_path)
    with _forked(store_url, tmp_path, 3, 0.5) as one, _forked(store_url, tmp_path, 3, 0.5) as two:
        _taken_over(services, tmp_path, {one, two}, store_url, number)


@pytest.mark.soak
@pytest.mark.parametrize("number", [KILLED, STALLED], ids=["killed", "stalled"])
def test_the_second_of_two_commands_takes_over(store_url: str, tmp_path: Path, number: signal.Signals, capsys: pytest.CaptureFixture[str]) -> None:
    services = _declared(store_url, tmp_path)
    with _worker(store_url, tmp_path, tmp_path / "1.log") as one, _worker(store_url, tmp_path, tmp_path / "2.log") as two:
        took = _taken_over(services, tmp_path, {one, two}, store_url, number)
    with capsys.disabled():
        print(f"\nthe second worker took over {took:.1f} s after the first was struck ({number.name})")


@pytest.mark.parametrize("database", [d for d in ("postgresql",) if d in DATABASES], indirect=True)
@pytest.mark.parametrize("renewing", [False, True], ids=["a batch", "the lease"])
def test_who_stalls_in_the_middle_of_writing_keeps_nobody_waiting(store: Engine, monkeypatch: pytest.MonkeyPatch, renewing: bool) -> None:
    """The server ends the transaction of a worker that says nothing more, and with it its hold on the lease."""
    monkeypatch.setattr(feed_store, "STALLED", "500ms")

    def held(holder: str) -> int | None:
        with writing(store) as c:
            return feed_store.hold_lease(c, "worker", holder, true_now(c), 1)

    assert held("first") == 1
    with pytest.raises(DBAPIError, match="idle-in-transaction"), writing(store) as c:
        if renewing:
            feed_store.hold_lease(c, "worker", "first", true_now(c), 1)
        else:
            feed_store.check_fence(c, "worker", 1)
        _until(TAKEOVER, lambda: held("second") == 2)
        c.execute(select(lease.c.fence)).all()


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
