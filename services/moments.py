"""Looking back: which moments can be asked for, and reading the store as it stood at one of them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import IntegrityError, OperationalError

from matters.filters import Filter
from matters.moments import MomentError, present
from store import clock, moments
from store.engine import explain, reading, writing

_TRIES = 3  # a moment can be pushed out between making and reading it only by many others asked for meanwhile


class Moments:
    """Makes the rollups of a moment when somebody first asks, whoever asks at the same time waiting for the one."""

    def __init__(self, engine: Engine, now: Callable[[], datetime]) -> None:
        self._engine, self._now = engine, now
        self._making = threading.Lock()

    def of(self, filter: Filter) -> Filter:
        """The filter with a moment that can be shown: None when it is now. Raises MomentError (future, early)."""
        at = self.at(filter.as_of)
        return filter if at == filter.as_of else filter.with_(as_of=at)

    def at(self, at: datetime | None) -> datetime | None:
        """The moment, None when it is now. Raises MomentError (future, early)."""
        if at is None or present(at, self._now()):
            return None
        if at > self._now():
            raise MomentError("future", at)
        first = self.first()
        if first is None or at < first:
            raise MomentError("early", at, first)
        return at

    def first(self) -> datetime | None:
        """The first moment that can be asked for; None while the store has learned nothing."""
        with reading(self._engine) as connection:
            return clock.history_from(connection)

    def today(self, at: datetime | None) -> date:
        """What day it is at a moment (None: now)."""
        return (at or self._now()).date()

    @contextmanager
    def reading(self, at: datetime | None, figures: bool = True) -> Iterator[Connection]:
        """A consistent view of the store in which the moment stands still and, for `figures`, its rollups are there."""
        if at is None:
            with reading(self._engine) as connection:
                yield connection
            return
        for _ in range(_TRIES):
            with reading(self._engine) as connection:
                found = moments.find(connection, at) if figures else None
                if found is not None or (not figures and clock.settled(connection, at)):
                    yield connection
                    break
            self._prepare(at, figures)
        else:
            raise MomentError("busy", at, why="too many moments are being asked for; try again")
        if found is not None and self._now() - found.used_at >= moments.TOUCH:
            self._note_use(found)

    def _prepare(self, at: datetime, figures: bool) -> None:
        try:
            with self._making:
                self._settle(at)
                if figures:
                    self._make(at)
        except OperationalError as error:
            raise MomentError("busy", at, why=str(explain(error))) from error

    def _settle(self, at: datetime) -> None:
        with reading(self._engine) as connection:
            if clock.settled(connection, at):
                return
        with writing(self._engine) as connection:
            clock.settle(connection, at)

    def _make(self, at: datetime) -> None:
        """On PostgreSQL a snapshot stands still by itself, and no batch waits; SQLite has one writer anyway."""
        with reading(self._engine) as connection:
            if moments.find(connection, at) is not None:
                return
        engine = self._engine
        if engine.dialect.name == "postgresql":
            engine = engine.execution_options(isolation_level="REPEATABLE READ")
        try:
            with writing(engine) as connection:
                if moments.find(connection, at) is None:
                    moments.make(connection, at, self._now())
        except IntegrityError:
            pass  # another process was faster
        except OperationalError as error:
            if "serialize" not in str(error):  # two processes made different moments at once: one of them tries again
                raise

    def _note_use(self, found: moments.Moment) -> None:
        """Let a moment that is in use not be the next to make room; a store that cannot be written now does not matter."""
        try:
            with writing(self._engine) as connection:
                moments.touch(connection, found, self._now())
        except OperationalError:
            return
