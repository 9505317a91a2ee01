"""Exports that take a while: made beside the requests, with how far they are, and ended by whoever asked for them."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import structlog

from matters.access import Scope
from matters.filters import Filter
from services.matters import Export, Matters

log = structlog.get_logger(__name__)
KEEP_SECONDS = 900  # a finished file waits so long to be fetched
AT_ONCE = 2  # exports of the whole process: the screens keep the rest of the machine


class Busy(Exception):
    """Somebody already has an export running, or the process has enough of them."""


class _Cancelled(Exception):
    """The reader ended it."""


@dataclass(slots=True)
class Job:
    """One export: `rows` written of `total`; `cut` when the limit of rows ended it before the list did."""

    id: str
    user: str
    fmt: str
    total: int
    rows: int = 0
    status: Literal["running", "done", "cancelled", "failed"] = "running"
    cut: bool = False
    made: Export | None = None
    ended: float = 0.0
    stop: threading.Event = field(default_factory=threading.Event)


class Exports:
    """Runs exports in threads of this process; a restart ends them, and their files are gone with it."""

    def __init__(self, matters: Matters, most: int, audit: Callable[[Scope, str, dict[str, Any]], None]) -> None:
        self._matters, self._most, self._audit = matters, most, audit
        self._jobs: dict[str, Job] = {}
        self._lock = threading.Lock()

    def start(
        self, scope: Scope, filter: Filter, sort: str, descending: bool, columns: Sequence[str], fmt: str, lang: str, query: str
    ) -> Job:
        """Begin an export. Raises Busy, Forbidden, UnknownArea, MomentError."""
        scope.require("export")
        if fmt not in ("csv", "xlsx"):
            raise ValueError(fmt)
        total = self._matters.total(scope, filter)
        job = Job(secrets.token_urlsafe(12), scope.user, fmt, min(total, self._most), cut=total > self._most)
        with self._lock:
            self._forget()
            running = [j for j in self._jobs.values() if j.status == "running"]
            if len(running) >= AT_ONCE or any(j.user == scope.user for j in running):
                raise Busy
            self._jobs[job.id] = job
        self._audit(scope, "matters.export", {"query": query[:500], "format": fmt, "rows": job.total})

        def work() -> None:
            self._run(job, lambda tell: self._matters.export(scope, filter, sort, descending, columns, fmt, lang, tell))

        threading.Thread(target=work, name=f"export-{job.id}", daemon=True).start()
        return job

    def _run(self, job: Job, make: Callable[[Callable[[int], None]], Export]) -> None:
        def tell(rows: int) -> None:
            job.rows = rows
            if job.stop.is_set():
                raise _Cancelled

        try:
            job.made = make(tell)
            job.status = "done"
        except _Cancelled:
            job.status = "cancelled"
        except Exception as error:  # a thread has nobody above it who would tell
            log.error("export.failed", user=job.user, error=str(error))
            job.status = "failed"
        job.ended = time.monotonic()

    def state(self, scope: Scope, job_id: str) -> Job | None:
        """One's own export; None when it is somebody else's or gone."""
        job = self._jobs.get(job_id)
        return job if job is not None and job.user == scope.user else None

    def cancel(self, scope: Scope, job_id: str) -> None:
        """End one's own export; what it has written is removed."""
        if job := self.state(scope, job_id):
            job.stop.set()

    def take(self, scope: Scope, job_id: str) -> Export | None:
        """The finished file, once: whoever sends it removes it."""
        job = self.state(scope, job_id)
        with self._lock:
            if job is None or job.made is None:
                return None
            self._jobs.pop(job_id, None)
            return job.made

    def _forget(self) -> None:
        """Files that nobody fetched go."""
        for job in [j for j in self._jobs.values() if j.ended and time.monotonic() - j.ended > KEEP_SECONDS]:
            self._jobs.pop(job.id)
            if job.made is not None:
                job.made.path.unlink(missing_ok=True)

    def close(self) -> None:
        """End everything and remove what nobody fetched."""
        for job in list(self._jobs.values()):
            job.stop.set()
            if job.made is not None:
                job.made.path.unlink(missing_ok=True)
