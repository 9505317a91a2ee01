"""Which meetings the clock owes: the periods whose hour has come, also while no worker ran."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, time, timedelta

from matters.meetings import window_of
from matters.periods import Window
from services.cron import Fire

BY_CLOCK = ("week", "month", "quarter")
LOOK_BACK = timedelta(days=60)  # an outage of two months is made good; what is older nobody waits for any more
Held = tuple[str, Window]


def last_fire(fire: Fire, at: datetime) -> datetime | None:
    """The last time up to a moment that the clock named, of the last two months."""
    for back in (1, 8, 32, LOOK_BACK.days):
        found, next_ = None, fire(at - timedelta(days=back))
        while next_ is not None and next_ <= at:
            found, next_ = next_, fire(next_ + timedelta(minutes=1))
        if found is not None:
            return found
    return None


def missed(fire: Fire, now: datetime, began: datetime | None, known: set[Held]) -> list[Held]:
    """Periods whose hour has come since the clock `began` to hold meetings and that were not frozen, in the order in which they ended.

    The hour of a period is the first time after its end that the clock names.
    """
    since = max(now - LOOK_BACK, began or now)
    return sorted((x for x in _ended(now) if x not in known and since <= (fire(_after(x[1])) or datetime.max) <= now), key=_order)


def latest(now: datetime, known: set[Held]) -> list[Held]:
    """The last period of each kind, when it was not frozen yet."""
    return [x for kind in BY_CLOCK if (x := (kind, window_of(kind, now.date()))) not in known]


def in_order(owed: Iterable[Held]) -> list[Held]:
    """Each once, in the order in which they ended; a week before the month that ends with it."""
    return sorted(set(owed), key=_order)


def _order(x: Held) -> tuple[object, int]:
    return x[1].end, BY_CLOCK.index(x[0])


def _ended(now: datetime) -> Iterator[Held]:
    """The periods that ended in the time looked back on, the newest of each kind first."""
    for kind in BY_CLOCK:
        window = window_of(kind, now.date())
        while _after(window) > now - LOOK_BACK:
            yield kind, window
            window = window_of(kind, window.start)


def _after(window: Window) -> datetime:
    return datetime.combine(window.end + timedelta(days=1), time.min)
