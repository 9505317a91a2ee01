"""When feeds are read: counted from the last look, also across a worker that was down; what was missed runs once."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, update

from connectors.base import SHANGHAI, Cursor, RawBatch
from connectors.registry import load_feed
from services import feed_clock
from services import ingest as ingesting
from services.feed_clock import SPREAD, delays, next_at
from services.schedule import Worker
from services.wiring import Services
from store.engine import reading, writing
from store.schema import feed as feed_table
from store.schema import run as run_table
from tests.services.intake import STEWARD, opened

NOW = datetime(2026, 11, 24, 9)  # a Tuesday
DAY, NIGHTLY, WEEKDAYS = 86_400, "0 2 * * *", "*/15 7-19 * * 1-5"


@pytest.mark.parametrize(
    ("cadence", "looked", "wanted"),
    [
        ("", None, "2026-11-24T09:00"),
        ("", "2026-11-24T08:00", "2026-11-25T08:00"),
        ("", "2026-11-23T08:59", "2026-11-24T09:00"),  # down over one time
        ("", "2026-11-01T08:00", "2026-11-24T09:00"),  # and over many
        ("", "2026-11-24T20:00", "2026-11-25T09:00"),  # a clock that was set back
        (NIGHTLY, None, "2026-11-24T09:00"),
        (NIGHTLY, "2026-11-24T02:00:00", "2026-11-25T02:00"),
        (NIGHTLY, "2026-11-24T01:59:59", "2026-11-24T09:00"),
        (NIGHTLY, "2026-11-20T02:00:07", "2026-11-24T09:00"),
        (WEEKDAYS, "2026-11-24T08:50", "2026-11-24T09:00"),
        (WEEKDAYS, "2026-11-24T09:00", "2026-11-24T09:15"),
    ],
)
def test_the_next_time_is_counted_from_the_last_look(cadence: str, looked: str | None, wanted: str) -> None:
    assert next_at(cadence, DAY, datetime.fromisoformat(looked) if looked else None, NOW) == datetime.fromisoformat(wanted)


def test_missed_feeds_begin_one_after_the_other_within_the_spread() -> None:
    for _ in range(50):
        found = delays([DAY] * 14)
        assert found == sorted(found) and found[0] >= 0 and found[-1] <= SPREAD
        assert all(found[i] // (SPREAD / 14) == i for i in range(14)), "no two in the same second or so"
    assert max(delays([1] * 14)) <= 1 and delays([]) == []


def feeding(url: str, folder: Path, clock: str) -> Services:
    """Services with the feed at that clock, a line of its feed.toml."""
    services = opened(url, folder, mode="incremental")
    toml = folder / "feed.toml"
    toml.write_text(toml.read_text().replace("cadence_seconds = 60", clock), encoding="utf-8")
    services.specs["lists"] = load_feed(toml)
    services.ingest.declare(services.specs)
    return services


def looked(services: Services, **state: Any) -> None:
    """The state of the feed in the store."""
    with writing(services.engine) as c:
        c.execute(update(feed_table).values(**state))


def runs(services: Services) -> int:
    with reading(services.engine) as c:
        return int(c.execute(select(func.count()).select_from(run_table)).scalar_one())


@pytest.mark.parametrize("clock", [f"cadence_seconds = {DAY}", f'cadence = "{NIGHTLY}"'], ids=["interval", "cron"])
def test_a_restart_puts_nothing_off_and_a_pause_and_a_circuit_hold(store_url: str, tmp_path: Path, clock: str) -> None:
    services = feeding(store_url, tmp_path, clock)
    services.now = lambda: NOW  # type: ignore[method-assign]
    worker = Worker(services)
    for job in worker.jobs():
        worker._scheduler.add_job(job.work, job.trigger, id=job.name)
    worker._scheduler.start(paused=True)
    mine = worker._scheduler.get_job("feed.lists")

    def wait(anew: bool = True, at: timedelta = timedelta(days=2), **state: Any) -> float:
        """Seconds until the feed's job, which stood `at` from now, after the clock was put; and the page says the same."""
        looked(services, **{"checked_at": None, "paused": False, "circuit_until": None, **state})
        mine.modify(next_run_time=datetime.now(SHANGHAI) + at)
        worker._clock.put(worker._scheduler, anew)
        seconds = (worker._scheduler.get_job("feed.lists").next_run_time - datetime.now(SHANGHAI)).total_seconds()
        services.feeds._now = services.now
        due = services.feeds.card(STEWARD, "lists").next_at
        assert not anew or due is None or abs((due - NOW).total_seconds() - seconds) <= 31
        return float(seconds)

    until_two = 17 * 3_600
    hour, before = {"checked_at": datetime(2026, 11, 24, 2, 0, 7)}, timedelta(seconds=-60)
    for missed in (None, datetime(2026, 11, 23, 1), datetime(2026, 11, 2, 1)):
        assert -1 < wait(checked_at=missed) <= SPREAD and -1 < wait(anew=False, checked_at=missed) <= SPREAD
    assert until_two - 1 < wait(**hour) < until_two + 40
    assert until_two - 1 < wait(at=before, **hour) < until_two + 40, "another worker has looked while this one stood by"
    assert wait(anew=False, at=before, **hour) < 0 and wait(anew=False, **hour) > DAY, "while it works its own times are left alone"
    assert wait(paused=True) > DAY and wait(anew=False, paused=True) > DAY
    assert 599 <= wait(circuit_until=NOW + timedelta(minutes=10)) <= 600 + SPREAD
    with worker._busy["lists"]:
        assert wait(anew=False) > DAY, "it is being read"
    worker._scheduler.shutdown()
    services.close()


class Slow:
    """A source that takes its time, and knows how many read it at once."""

    def __init__(self) -> None:
        self.at_once, self.most, self.seconds = 0, 0, 0.0

    def batches(self, cursor: Cursor) -> Iterator[RawBatch]:
        self.at_once += 1
        self.most = max(self.most, self.at_once)
        time.sleep(self.seconds)
        self.at_once -= 1
        yield from ()


def until(wanted: Callable[[], bool]) -> None:
    began = time.monotonic()
    while not wanted():
        assert time.monotonic() - began < 15
        time.sleep(0.05)


def test_a_living_worker_reads_what_was_missed_once(store_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Days while it was down, and hours while the machine slept under it, are one run each; two of one feed never overlap."""
    monkeypatch.setattr(feed_clock, "SPREAD", 0.2)
    source = Slow()
    monkeypatch.setattr(ingesting, "open_transport", lambda *_: source)
    services = feeding(store_url, tmp_path, "cadence_seconds = 600")
    looked(services, checked_at=services.now() - timedelta(days=3))
    worker = Worker(services, renew_seconds=0.2)
    thread = threading.Thread(target=worker.run, daemon=True)
    thread.start()

    def done(count: int) -> bool:
        return runs(services) >= count and services.feeds.card(STEWARD, "lists").running_since is None

    try:
        until(lambda: done(1))
        mine, source.seconds = worker._scheduler.get_job("feed.lists"), 1.0
        mine.modify(next_run_time=datetime.now(SHANGHAI) - timedelta(hours=5))  # as after a sleep: thirty times have passed
        until(lambda: source.at_once == 1)
        mine.modify(next_run_time=datetime.now(SHANGHAI))
        until(lambda: done(2))
        time.sleep(0.5)
        assert (runs(services), source.most) == (2, 1)
        assert worker._scheduler.get_job("feed.lists").next_run_time > datetime.now(SHANGHAI) + timedelta(seconds=590)
    finally:
        worker.stop()
        thread.join(20)
    assert not thread.is_alive()
    services.close()
