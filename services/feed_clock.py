"""When a feed is read next: by its own clock counted from its last look, and soon when no worker looked at that hour."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import structlog
from apscheduler.job import Job
from apscheduler.schedulers.base import BaseScheduler
from sqlalchemy import Engine

from connectors.base import SHANGHAI
from connectors.spec import FeedSpec
from services.cron import by_cron
from store import feeds as feed_store
from store.engine import reading

log = structlog.get_logger(__name__)
SPREAD = 15.0  # seconds over which feeds that were missed are begun, so that not all sources are asked at once
JOB = "feed."  # and the feed's code: the name of its job


def next_at(cadence: str, seconds: int, checked_at: datetime | None, now: datetime) -> datetime:
    """The first time after the last look that a cron line, or else the seconds, name; `now` when it has passed, or nobody looked yet."""
    if checked_at is None:
        return now
    since = min(checked_at, now)  # a clock that was set back keeps no feed waiting
    if not cadence:
        return max(since + timedelta(seconds=seconds), now)
    fire = by_cron(cadence, str(SHANGHAI))(since + timedelta(microseconds=1))
    return datetime.max if fire is None else max(fire, now)


def delays(cadences: Sequence[int]) -> list[float]:
    """Seconds by which each of several missed feeds is put off: one after the other, within SPREAD and its own cadence."""
    step = SPREAD / max(1, len(cadences))
    return [min((i + random.random()) * step, cadence) for i, cadence in enumerate(cadences)]  # noqa: S311 - a spread, no secret


class FeedClock:
    """Puts the feeds' jobs of a scheduler, which lives in memory only, where the store says that they belong."""

    def __init__(self, engine: Engine, specs: Mapping[str, FeedSpec], now: Callable[[], datetime], busy: Mapping[str, threading.Lock]) -> None:
        self._engine, self._specs, self._now, self._busy = engine, specs, now, busy

    def put(self, scheduler: BaseScheduler, anew: bool = False) -> list[str]:
        """Begin soon what was missed, once its circuit lets it: feeds that are paused or being read are left alone. Their codes.

        `anew`: this process has just taken the lease, and the other feeds too go by their last look, whoever's that was.
        """
        with reading(self._engine) as connection:
            states = {r["code"]: r for r in feed_store.all_feeds(connection) if not r["paused"] and not self._reads(r["code"])}
        now = self._now()
        jobs = {j.id.removeprefix(JOB): j for j in scheduler.get_jobs() if j.id.startswith(JOB)}
        due = {f: self._due(f, states[f], now) for f in jobs if f in states}
        missed = [f for f, at in due.items() if at <= now]
        for feed, delay in zip(missed, delays([self._specs[f].cadence_seconds for f in missed]), strict=True):
            at = max(now, states[feed]["circuit_until"] or now) + timedelta(seconds=delay)
            _move(jobs[feed], at - now, only_forward=not anew)
        for feed in set(due).difference(missed) if anew else ():
            _move(jobs[feed], due[feed] - now + timedelta(seconds=random.uniform(0, jobs[feed].trigger.jitter or 0)))  # noqa: S311
        if anew and missed:
            log.info("worker.missed", feeds=",".join(missed))
        return missed

    def _reads(self, feed: str) -> bool:
        return feed in self._busy and self._busy[feed].locked()

    def _due(self, feed: str, state: Mapping[str, Any], now: datetime) -> datetime:
        return next_at(self._specs[feed].cadence, self._specs[feed].cadence_seconds, state["checked_at"], now)


def _move(job: Job, wait: timedelta, only_forward: bool = False) -> None:
    """By the true clock, since the services' own may stand on another day."""
    at = datetime.now(SHANGHAI) + min(wait, timedelta(days=3650))
    if not only_forward or job.next_run_time is None or at < job.next_run_time:
        job.modify(next_run_time=at)
