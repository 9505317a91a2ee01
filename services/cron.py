"""The hours that a cron line names, for what is reckoned beside the scheduler: feeds and meetings that no worker came to."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import lru_cache

from apscheduler.triggers.cron import CronTrigger

Fire = Callable[[datetime], datetime | None]


@lru_cache(256)
def by_cron(line: str, zone: str) -> Fire:
    """The first time not before a moment that a cron line names, both in the zone's naive time."""
    trigger = CronTrigger.from_crontab(line, timezone=zone)

    def fire(at: datetime) -> datetime | None:
        found = trigger.get_next_fire_time(None, at.replace(tzinfo=trigger.timezone))
        return found.replace(tzinfo=None) if found else None

    return fire
