"""What keeps the store from taking data, as this process has met it; a write that succeeds clears it."""

from __future__ import annotations

import errno
import os
import threading
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError, InterfaceError, InternalError, OperationalError, SQLAlchemyError

from services.feed_shapes import HealthProblem
from store import feeds as feed_store
from store.engine import explain, reading

# What a database or disk that is away, full or refuses makes of a statement: no fault of the program, and over when that is.
STORE = (OperationalError, InterfaceError, InternalError, OSError)
QUIET = 600  # seconds before the same problem is told again
SPARE = 8 << 20  # bytes below which SQLite cannot count on finishing a batch
WORDS = {
    "disk_full": "the disk is full: free space where the database lies; nothing was lost, and reading goes on by itself",
    "database_down": "the database does not answer: check that it runs and YIZHAN_DATABASE_URL; reading goes on by itself",
    "read_only": "the database cannot be written: check the folder of YIZHAN_DATA_DIR and its owner; nothing was lost",
}


def problem_code(error: BaseException) -> str:
    """disk_full | read_only | database_down for an error of the store or of the disk."""
    cause = getattr(error, "orig", None) or error
    text = str(cause).lower()
    if getattr(cause, "errno", None) in (errno.ENOSPC, errno.EDQUOT) or "disk is full" in text or "no space left" in text or "disk full" in text:
        return "disk_full"
    return "read_only" if "readonly" in text or "read-only" in text or "unable to open" in text else "database_down"


def said(error: BaseException) -> str:
    """The words for it."""
    code = problem_code(error)
    if code == "database_down" and isinstance(error, OperationalError):
        return str(explain(error))
    return WORDS[code]


class StoreHealth:
    """Remembers the last failure of a write in this process, and looks at the disk and the feeds' errors of the others.

    `tell` (kind, data) reaches the operator without the store: `store_problem` when one is met, `store_well` when it is over.
    """

    def __init__(self, engine: Engine, now: Callable[[], datetime], tell: Callable[[str, dict[str, Any]], None] = lambda kind, data: None) -> None:
        self._engine, self._now, self._tell = engine, now, tell
        self._lock = threading.Lock()
        self._problem: HealthProblem | None = None
        self._told = ""  # the problem that the operator knows of
        self._told_at: dict[str, float] = {}

    def failed(self, error: BaseException) -> str:
        """A write failed; gives the words for it."""
        code, words = problem_code(error), said(error)
        with self._lock:
            if self._problem is None or self._problem.code != code:
                self._problem = HealthProblem(code, words, self._now())
            # On a disk that is nearly full small writes go through and large ones do not: that is one problem, not ten.
            new = self._told != code and time.monotonic() - self._told_at.get(code, -QUIET) >= QUIET
            if new:
                self._told, self._told_at[code] = code, time.monotonic()
        if new:
            self._tell("store_problem", {"code": code, "message": words})
        return words

    def wrote(self) -> None:
        """A write of data succeeded."""
        with self._lock:
            self._problem, told, self._told = None, self._told, ""
        if told:
            self._tell("store_well", {"code": told})

    def answered(self) -> None:
        """The database took something small: it is not away any more, though its disk may be full."""
        if self._problem is not None and self._problem.code == "database_down":
            self.wrote()

    def reachable(self) -> bool:
        """Whether the store can be read now."""
        try:
            with reading(self._engine) as connection:
                feed_store.all_feeds(connection)
        except (DBAPIError, SQLAlchemyError, OSError):
            return False
        return True

    def problems(self) -> tuple[HealthProblem, ...]:
        """What is wrong now."""
        if self._full():
            return (HealthProblem("disk_full", WORDS["disk_full"]),)
        try:
            with reading(self._engine) as connection:
                errors = {row["error"] for row in feed_store.all_feeds(connection)}
        except (DBAPIError, SQLAlchemyError, OSError) as error:
            return (HealthProblem("database_down", said(error)),)
        told = [HealthProblem(code, words) for code, words in WORDS.items() if words in errors]
        mine = [self._problem] if self._problem and self._problem.code not in {p.code for p in told} else []
        return (*told, *mine)

    def _full(self) -> bool:
        url = self._engine.url
        if url.get_backend_name() != "sqlite" or not url.database or url.database == ":memory:":
            return False
        try:
            found = os.statvfs(Path(url.database).parent)
        except OSError:
            return False
        return found.f_bavail * found.f_frsize < SPARE
