"""Windows of inclusive days and what they are compared with. Weeks run Monday to Sunday; days are Shanghai days."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

Spring = Callable[[int], date]  # year → its day of Spring Festival
NEAR = 30  # days before and after Spring Festival within which the moon, not the sun, moves what happens
LONGEST = 92  # days of a window that the festival can be said to shape


@dataclass(frozen=True, slots=True, order=True)
class Window:
    """Days from `start` to `end`, both included."""

    start: date
    end: date

    def __post_init__(self) -> None:
        if self.end < self.start:
            raise ValueError(f"window ends ({self.end}) before it starts ({self.start})")

    @property
    def days(self) -> int:
        """Number of days in the window."""
        return (self.end - self.start).days + 1

    def shifted(self, days: int) -> Window:
        """The same number of days, moved."""
        step = timedelta(days=days)
        return Window(self.start + step, self.end + step)


def _year_back(day: date) -> date:
    # 29 February has no namesake the year before: its day is 28 February.
    return day.replace(year=day.year - 1, day=28) if (day.month, day.day) == (2, 29) else day.replace(year=day.year - 1)


def year_before(window: Window) -> Window:
    """同比: the same days of the year before."""
    return Window(_year_back(window.start), _year_back(window.end))


def period_before(window: Window) -> Window:
    """环比: the period just before, the same number of days."""
    return window.shifted(-window.days)


def festival_near(window: Window, spring: Spring) -> date | None:
    """The Spring Festival that a window of at most a quarter lies around (within NEAR days of one of its days); None for any other."""
    if window.days > LONGEST or not 1901 <= window.start.year < 2099:  # as far as lunar calendars reach
        return None
    for year in range(window.start.year, window.end.year + 1):
        day = spring(year)
        if window.start <= day + timedelta(days=NEAR) and window.end >= day - timedelta(days=NEAR):
            return day
    return None


def lunar_before(window: Window, spring: Spring) -> Window | None:
    """春节同期: the same days counted from Spring Festival, a lunar year before; None for a window that lies around none.

    The third day before the festival of 2026 is compared with the third day before that of 2025, whatever their dates.
    """
    day = festival_near(window, spring)
    return window.shifted((spring(day.year - 1) - day).days) if day else None


def around_festival(today: date, spring: Spring) -> Window:
    """Fifteen days before to fifteen days after the last Spring Festival whose days are all past."""
    year = next(y for y in (today.year, today.year - 1) if spring(y) + timedelta(days=15) <= today)
    return Window(spring(year) - timedelta(days=15), spring(year) + timedelta(days=15))


def preset(name: str, today: date) -> Window:
    """A running preset (week, month, quarter, year) up to today; ValueError for another name."""
    starts = {
        "week": today - timedelta(days=today.weekday()),
        "month": today.replace(day=1),
        "quarter": today.replace(month=(today.month - 1) // 3 * 3 + 1, day=1),
        "year": today.replace(month=1, day=1),
    }
    if name not in starts:
        raise ValueError(f"unknown preset {name!r}; one of {', '.join(starts)}")
    return Window(starts[name], today)


STEPS = {"week": 53, "month": 24}  # how many of them a time bar shows


def step_of(grain: str, day: date) -> Window:
    """The week or month that holds a day, whole. ValueError for another grain."""
    start = preset(grain, day).start
    if grain not in STEPS:
        raise ValueError(f"no step {grain!r}; week or month")
    after = start + timedelta(days=7) if grain == "week" else (start + timedelta(days=31)).replace(day=1)
    return Window(start, after - timedelta(days=1))


def steps(grain: str, shown: Window, today: date) -> tuple[Window, ...]:
    """The weeks or months of a time bar, the last one up to today. They end with today's, unless what is shown lies before all of
    them: then it lies in their middle."""
    found = [step_of(grain, today)]
    while len(found) < STEPS[grain]:
        found.append(step_of(grain, found[-1].start - timedelta(days=1)))
    if shown.end < found[-1].start:
        middle = [step_of(grain, shown.end)]
        while len(middle) < STEPS[grain] // 2:
            middle.append(step_of(grain, middle[-1].end + timedelta(days=1)))
        found = [middle[-1]]
        while len(found) < STEPS[grain]:
            found.append(step_of(grain, found[-1].start - timedelta(days=1)))
    return tuple(Window(w.start, min(w.end, today)) for w in reversed(found))


def compared(window: Window, how: str, today: date, spring: Spring | None = None) -> Window:
    """The window to compare with: how is 'yoy' (same days a year before), 'pop' (the period just before) or, with `spring`, 'lunar'
    (the same days counted from Spring Festival; a window around none is compared as yoy).

    A running period (it starts a week, month, quarter or year and ends today, before that period does) is compared
    with the same elapsed days of the period before; every other window with as many days just before it.
    """
    if how == "lunar" and spring is not None:
        return lunar_before(window, spring) or year_before(window)
    if how == "yoy":
        return year_before(window)
    if how != "pop":
        raise ValueError(f"unknown comparison {how!r}; yoy, pop, or lunar with a calendar")
    if window.end == today:
        for name in ("week", "month", "quarter", "year"):
            if preset(name, today) == window and not _completes(name, today):
                return _elapsed_before(name, window)
    return period_before(window)


def _completes(name: str, day: date) -> bool:
    """Whether the calendar period that holds `day` ends with it."""
    return preset(name, day).start != preset(name, day + timedelta(days=1)).start


def _elapsed_before(name: str, window: Window) -> Window:
    """The first as many days of the calendar period before, at most all of it."""
    last = window.start - timedelta(days=1)
    first = preset(name, last).start
    return Window(first, min(first + timedelta(days=window.days - 1), last))
