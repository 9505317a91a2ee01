"""The moment that the screen of this request looks back to; None is now. Set by guard.here, read wherever a link or a day is made."""

from __future__ import annotations

from contextvars import ContextVar
from datetime import date, datetime
from typing import Any

_at: ContextVar[datetime | None] = ContextVar("as_of", default=None)


def use(at: datetime | None) -> None:
    """Set the moment of this request."""
    _at.set(at)


def current() -> datetime | None:
    """The moment of this request."""
    return _at.get()


def now(services: Any) -> datetime:
    """What time it is on this screen."""
    found: datetime = _at.get() or services.now()
    return found


def today(services: Any) -> date:
    """What day it is on this screen."""
    return now(services).date()
