"""The table of jobs, and the one worker process that runs them under a lease."""

from __future__ import annotations

import os
import signal
import socket
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any, NamedTuple

import structlog
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger
from sqlalchemy import Connection

from connectors.spec import FeedSpec
from matters.access import Scope
from services.desk import Desk
from services.feed_clock import JOB, FeedClock
from services.ingest import WORKER, Ask
from services.meeting_job import ByClock
from services.store_health import STORE
from services.telling import tell_late
from services.webhook import Webhook
from services.wiring import Services
from store import feeds as feed_store
from store import notices
from store.engine import StoreError, writing
from store.feeds import LostLease
from store.operation import true_now
from store.rollups import turn_day
from store.writer import bump

log = structlog.get_logger(__name__)
# Whoever stands by waits for the lease to run out, and looks every so often: together no more than 10 seconds, where 15 are promised.
LEASE_SECONDS, RENEW_SECONDS = 8.0, 2.0
ZONE = "Asia/Shanghai"


class Job(NamedTuple):
    """One line of the table: what, when, and the work."""

    name: str
    trigger: BaseTrigger
    work: Callable[[], None]


class Worker:
    """Runs the jobs while it holds the lease; stands by while another process does."""

    def __init__(self, services: Services, lease_seconds: float = LEASE_SECONDS, renew_seconds: float = RENEW_SECONDS) -> None:
        self._services, self._lease, self._renew = services, lease_seconds, renew_seconds
        # A process id comes again after a restart of the machine: the holder must be a name nobody had before.
        self._holder = f"{socket.gethostname()}:{os.getpid()}:{uuid.uuid4().hex[:8]}"
        self._fence: int | None = None
        self._stop = threading.Event()
        self._busy = {code: threading.Lock() for code in services.specs}
        self._webhook = Webhook(services.engine, services.settings, services.now)
        self._desk = Desk(services)
        self._clock = FeedClock(services.engine, services.specs, services.now, self._busy)
        # What was missed runs once, and jobs of one feed never overlap.
        defaults = {"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
        self._scheduler = BackgroundScheduler(timezone=ZONE, job_defaults=defaults)
        self._meetings = ByClock(services)

    def jobs(self) -> list[Job]:
        """The table of jobs: every feed by its cadence, what stewards ask for, and the housekeeping."""
        feeds = [Job(f"{JOB}{s.feed}", trigger_of(s), partial(self._pull, s)) for s in self._services.specs.values()
                 if not s.missing and s.transport.kind != "push"]  # fmt: skip
        return [
            *feeds,
            # Of one that was resumed after its hour, or whose circuit was open at it; those of a worker that was down come with the lease.
            Job("feeds.missed", _every(60), self._guarded(lambda fence: self._clock.put(self._scheduler))),
            Job("requests", _every(1), self._requests),
            Job("linking", _every(5), self._guarded(self._link)),
            Job("search", _every(2), self._guarded(self._search)),
            Job("renewal", _every(60), self._guarded(self._renew_matters)),
            Job("notices", _every(5), self._guarded(lambda fence: self._webhook.send(partial(self._check, fence)))),
            Job("late", _every(60), self._guarded(self._late)),
            Job("day", _every(60), self._guarded(self._day)),
            Job("groups", _every(600), self._guarded(self._groups)),
            Job("signals", _every(60), self._guarded(self._signals)),
            Job("classes", _every(60), self._guarded(self._classes)),
            Job("letters", _every(600), self._guarded(self._letters)),
            Job("purge", _every(3_600), self._guarded(self._purge)),
            *([Job("meeting", CronTrigger.from_crontab(at, timezone=ZONE), self._guarded(self._meet)),
               # Five minutes after a start the feeds have had their turn: what is made good rests on what came in meanwhile too.
               Job("meeting.missed", _every(300), self._guarded(self._meet_missed))]
              if (at := self._services.settings.meeting_at) else []),
        ]

    def _guarded(self, work: Callable[[int], Any]) -> Callable[[], None]:
        """The work with the fence of now; not at all while standing by, and no more after the lease was lost."""

        def job() -> None:
            fence = self._fence
            if fence is None:
                return
            try:
                work(fence)
            except LostLease as lost:
                log.warning("worker.lost", reason=str(lost))
                if self._fence == fence:
                    self._fence = None
            except (StoreError, *STORE) as error:
                log.error("worker.store", error=self._services.health.failed(error))

        return job

    def _pull(self, spec: FeedSpec) -> None:
        self._guarded(lambda fence: self._due(spec, fence))()

    def _due(self, spec: FeedSpec, fence: int) -> None:
        """Run a feed by the clock, unless it is paused, resting after failures, or running already for a request."""
        with self._services.engine.connect() as connection:
            state = feed_store.one(connection, spec.feed)
        now = self._services.now()
        if state is None or state["paused"] or (state["circuit_until"] is not None and state["circuit_until"] > now):
            return
        lock = self._busy[spec.feed]
        if lock.acquire(blocking=False):
            try:
                self._services.ingest.run(spec, ask=Ask(fence=fence))
            finally:
                lock.release()

    def _requests(self) -> None:
        self._guarded(lambda fence: self._desk.work_off(self._busy, fence, self._services.specs))()

    def _link(self, fence: int) -> None:
        """Compare what has come in, a step a transaction, until nothing waits or this process is to end."""
        self._services.link_runner.run(partial(self._check, fence), stop=self._stop.is_set)

    def _search(self, fence: int) -> None:
        """Take what came in into the index of titles."""
        self._services.search_index.run(partial(self._check, fence), self._stop.is_set)

    def _renew_matters(self, fence: int) -> None:
        """After new rules, clocks or holidays: derive all matters again, half of the time, since others work too."""
        done = self._services.renewal.run(partial(self._check, fence), self._stop.is_set, self._stop.wait)
        if done.count:
            log.info("worker.renewed", matters=done.count, differed=done.wrong)

    def _late(self, fence: int) -> None:
        states = self._services.feeds.states(Scope.system())
        with writing(self._services.engine) as connection:
            feed_store.check_fence(connection, WORKER, fence)
            tell_late(connection, states, self._services.now())

    @staticmethod
    def _check(fence: int, connection: Connection) -> None:
        feed_store.check_fence(connection, WORKER, fence)

    @contextmanager
    def _holding(self, fence: int) -> Iterator[None]:
        """What is no row of the store is done while the lease's row is locked: nobody takes over in the middle of it."""
        with writing(self._services.engine) as connection:
            self._check(fence, connection)
            yield

    def _classes(self, fence: int) -> None:
        """Find the breaks of the maps' classes, once a season."""
        self._services.map_classes.pin(self._services.now().date(), partial(self._holding, fence))

    def _day(self, fence: int) -> None:
        now = self._services.now()
        with writing(self._services.engine) as connection:
            feed_store.check_fence(connection, WORKER, fence)
            if turn_day(connection, now.date()):
                bump(connection, now)

    def _groups(self, fence: int) -> None:
        counts = self._services.groups.refresh(partial(self._check, fence))
        if counts["new"] or counts["grown"]:
            log.info("worker.groups", **counts)

    def _signals(self, fence: int) -> None:
        """A minute asks whether the week has been judged; the run itself comes once a day, and when a late feed has caught up."""
        if self._services.signals.due():
            counts = self._services.signals.run(partial(self._check, fence))
            log.info("worker.signals", **counts)

    def _letters(self, fence: int) -> None:
        """Remind of replies that are late, once a day each."""
        if reminded := self._services.letters.remind_late(partial(self._check, fence)):
            log.info("worker.letters", reminded=reminded)

    def _meet(self, fence: int) -> None:
        """Freeze the periods that have ended since and make their papers."""
        for path in self._meetings.run(partial(self._check, fence)):
            log.info("worker.paper", file=path.name)

    def _meet_missed(self, fence: int) -> None:
        """Make good what should have been frozen while no worker ran."""
        for path in self._meetings.catch_up(partial(self._check, fence)):
            log.info("worker.paper", file=path.name)

    def _purge(self, fence: int) -> None:
        with writing(self._services.engine) as connection:
            feed_store.check_fence(connection, WORKER, fence)
            gone = self._services.raws.purge(connection, self._services.now().date())
        if gone:
            log.info("worker.purged", batches=gone)

    def hold(self) -> bool:
        """Take or renew the lease by the database's clock; whether this process is the worker now."""
        with writing(self._services.engine) as connection:
            fence = feed_store.hold_lease(connection, WORKER, self._holder, true_now(connection), self._lease)
            if fence is not None and fence != self._fence:
                now = self._services.now()
                for feed in feed_store.close_interrupted(connection, now):
                    notices.add(connection, "interrupted", feed, {}, now)
                self._desk.put_back(connection)
        self._fence = fence
        return fence is not None

    def stop(self) -> None:
        """Ask the worker to end."""
        self._stop.set()

    def run(self) -> None:
        """Work until stopped; what no worker did at its hour is made good when the lease is taken."""
        for job in self.jobs():
            self._scheduler.add_job(job.work, job.trigger, id=job.name)
        self._scheduler.start(paused=True)
        before: int | None = -1  # no fence yet, and not known to stand by
        try:
            while not self._stop.is_set():
                fence = self._fence if self._held() else None
                if fence != before:
                    self._turn(fence is not None)
                    before = fence
                self._stop.wait(self._renew)
        finally:
            self._scheduler.shutdown(wait=True)
            self._release()

    def _turn(self, working: bool) -> None:
        """Begin to work, or to stand by."""
        if working:
            self._guarded(lambda fence: self._clock.put(self._scheduler, anew=True))()
        (self._scheduler.resume if working else self._scheduler.pause)()
        log.info("worker.works" if working else "worker.stands_by", holder=self._holder)

    def _held(self) -> bool:
        """A database that is away for a while ends nothing: whoever it lets first is the worker then."""
        try:
            held = self.hold()
            self._services.health.answered()
            return held
        except STORE as error:
            log.error("worker.store", error=self._services.health.failed(error))
            self._fence = None
            return False

    def _release(self) -> None:
        try:
            with writing(self._services.engine) as connection:
                feed_store.release_lease(connection, WORKER, self._holder, true_now(connection))
        except STORE:
            log.warning("worker.lease_kept", seconds=self._lease)


def trigger_of(spec: FeedSpec) -> BaseTrigger:
    """When a feed is read: by its cron line or its seconds, a little spread so that not all sources are asked at once."""
    spread = min(30, spec.cadence_seconds // 10) or None
    if spec.cadence:
        line = CronTrigger.from_crontab(spec.cadence, timezone=ZONE)
        line.jitter = spread
        return line
    return IntervalTrigger(seconds=spec.cadence_seconds, jitter=min(2, spec.cadence_seconds // 10) or None, timezone=ZONE)


def _every(seconds: int) -> BaseTrigger:
    return IntervalTrigger(seconds=seconds, timezone=ZONE)


def run(services: Services) -> None:
    """Be the worker until SIGTERM or SIGINT."""
    worker = Worker(services)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: worker.stop())
    worker.run()
