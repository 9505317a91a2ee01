"""Moments that a screen or the API can be asked for: a day (its end) or a minute, Shanghai time."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta, timezone
from typing import Literal

SHANGHAI = timezone(timedelta(hours=8))  # without summer time since 1991
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_MINUTE = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}.*", re.ASCII)


class MomentError(Exception):
    """A moment cannot be shown. future: it has not come; early: nothing was kept so far back, `first` is the first moment;
    busy: the store cannot be written now, so the figures of a moment that nobody asked for yet cannot be put together."""

    def __init__(self, reason: Literal["future", "early", "busy"], at: datetime, first: datetime | None = None, why: str = "") -> None:
        self.reason, self.at, self.first, self.why = reason, at, first, why
        super().__init__(self.words)

    @property
    def words(self) -> str:
        """What is the matter, in English; screens have their own words."""
        if self.reason == "future":
            return f"{written(self.at)} has not come yet; ask for a moment in the past, or for no moment at all"
        if self.reason == "early":
            kept = f"the first moment that can be asked for is {written(minute_after(self.first))}" if self.first else "nothing is known yet"
            return f"what was known on {written(self.at)} was not kept; {kept}"
        return f"the figures of {written(self.at)} cannot be put together now: {self.why}"


class NotYetKnown(LookupError):
    """A matter that exists now was not known at the moment asked for; `since` is when it was first heard of here."""

    def __init__(self, code: str, since: datetime) -> None:
        self.code, self.since = code, since
        super().__init__(f"{code} was not known yet at that moment; it came in at {written(minute_after(since))}")


def read_moment(text: str) -> datetime:
    """The moment of '2026-11-20' (the end of that day) or '2026-11-20T18:00'; an offset is turned into Shanghai time. ValueError."""
    if _DAY.fullmatch(text):
        return datetime.combine(date.fromisoformat(text), time.max)
    if not _MINUTE.fullmatch(text):
        raise ValueError(text)
    moment = datetime.fromisoformat(text)
    try:
        return (moment.astimezone(SHANGHAI) if moment.tzinfo else moment).replace(tzinfo=None)
    except OverflowError as error:
        raise ValueError(text) from error


def written(at: datetime) -> str:
    """The text that read_moment takes, as short as it can be."""
    if at.time() == time.max:
        return at.date().isoformat()
    return at.isoformat(timespec="auto" if at.second or at.microsecond else "minutes")


def minute_after(at: datetime) -> datetime:
    """The first whole minute not before a moment: the first one a person can ask for."""
    whole = at.replace(second=0, microsecond=0)
    return whole if whole == at else whole + timedelta(minutes=1)


def present(at: datetime, now: datetime) -> bool:
    """Whether a moment asked for is now: the running minute, or the running day as a whole."""
    return at == datetime.combine(now.date(), time.max) or at.replace(second=0, microsecond=0) == now.replace(second=0, microsecond=0)
