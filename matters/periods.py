"""Windows of inclusive days and what they are compared with. Weeks run Monday to Sunday; days are Shanghai days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta


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


def compared(window: Window, how: str, today: date) -> Window:
    """The window to compare with: how is 'yoy' (same days a year before) or 'pop' (the period just before).

    A running period (it starts a week, month, quarter or year and ends today, before that period does) is compared
    with the same elapsed days of the period before; every other window with as many days just before it.
    """
    if how == "yoy":
        return year_before(window)
    if how != "pop":
        raise ValueError(f"unknown comparison {how!r}; yoy or pop")
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
