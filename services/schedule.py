"""The table of jobs, and the one worker process that runs them under a lease."""

from __future__ import annotations

import os
import signal
import socket
import threading
from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import structlog
from apscheduler.schedulers.background import BackgroundScheduler

from connectors.spec import FeedSpec
from services.ingest import WORKER
from services.wiring import Services
from store import feeds as feed_store
from store.engine import writing
from store.feeds import LostLease

log = structlog.get_logger(__name__)
LEASE_SECONDS, RENEW_SECONDS = 12, 4


class Job(NamedTuple):
    """One line of the table: what, how often (seconds), and the work."""

    name: str
    seconds: int
    work: Callable[[], None]


class Worker:
    """Runs the jobs while it holds the lease; stands by while another process does."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._holder = f"{socket.gethostname()}:{os.getpid()}"
        self._fence: int | None = None
        self._stop = threading.Event()

    def jobs(self) -> list[Job]:
        """The table of jobs: every feed by its cadence."""
        specs = self._services.specs.values()
        return [Job(f"feed.{s.feed}", s.cadence_seconds, partial(self._pull, s)) for s in specs if not s.missing and s.transport.kind != "push"]

    def _pull(self, spec: FeedSpec) -> None:
        fence = self._fence
        if fence is None:
            return
        try:
            self._services.ingest.run(spec, fence=fence)
        except LostLease as lost:
            log.warning("worker.lost", reason=str(lost))
            self._fence = None

    def hold(self) -> bool:
        """Take or renew the lease; whether this process is the worker now."""
        with writing(self._services.engine) as connection:
            self._fence = feed_store.hold_lease(connection, WORKER, self._holder, self._services.wall_clock(), LEASE_SECONDS)
        return self._fence is not None

    def stop(self) -> None:
        """Ask the worker to end."""
        self._stop.set()

    def run(self) -> None:
        """Work until stopped. Jobs of one feed never overlap; what was missed runs once."""
        scheduler = BackgroundScheduler(timezone="Asia/Shanghai", job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None})
        for job in self.jobs():
            scheduler.add_job(job.work, "interval", seconds=job.seconds, id=job.name, jitter=min(2, job.seconds // 10))
        scheduler.start(paused=True)
        working = False
        try:
            while not self._stop.is_set():
                now_working = self.hold()
                if now_working != working:
                    (scheduler.resume if now_working else scheduler.pause)()
                    log.info("worker.works" if now_working else "worker.stands_by", holder=self._holder)
                    working = now_working
                self._stop.wait(RENEW_SECONDS)
        finally:
            scheduler.shutdown(wait=True)
            with writing(self._services.engine) as connection:
                feed_store.release_lease(connection, WORKER, self._holder, self._services.wall_clock())


def run(services: Services) -> None:
    """Be the worker until SIGTERM or SIGINT."""
    worker = Worker(services)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: worker.stop())
    worker.run()
