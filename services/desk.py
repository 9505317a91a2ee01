"""The worker's desk: takes up what stewards asked for, one at a time a feed, and says how far it is."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any

import structlog
from sqlalchemy import Connection, update

from connectors.base import Fatal
from connectors.spec import FeedSpec
from services.ingest import WORKER, Ask
from services.sealing import Unsealable
from services.store_health import STORE
from services.unforeseen import Ended, unforeseen
from store import feeds as feed_store
from store import requests as kept
from store.engine import StoreError, reading, writing
from store.feeds import LostLease
from store.schema import feed_request, snapshot_hold
from store.writer import Counts

log = structlog.get_logger(__name__)
_RUNS = {"run": "manual", "backfill": "backfill"}


class Desk:
    """Works off the queue of requests with the services of the worker."""

    def __init__(self, services: Any) -> None:
        self._services = services
        self._unnoted: list[tuple[dict[str, Any], dict[str, Any]]] = []

    def put_back(self, connection: Connection) -> None:
        """Requests that a dead worker had begun wait again: all of them may be done twice."""
        connection.execute(update(feed_request).where(feed_request.c.state == "running").values(state="waiting", done_rows=0))

    def work_off(self, busy: Mapping[str, threading.Lock], fence: int | None, specs: Mapping[str, FeedSpec]) -> int:
        """Do what waits, oldest first; a feed that is being read is passed over until the next time. How many were done."""
        while self._unnoted:
            row, values = self._unnoted[0]
            self._note(row, fence, values, ("running",))
            del self._unnoted[0]
        with reading(self._services.engine) as connection:
            waiting = [r for r in kept.alive(connection) if r["state"] == "waiting"]
        done = 0
        for row in waiting:
            lock = busy.get(row["feed"]) or threading.Lock()
            if lock.acquire(blocking=False):
                try:
                    done += self._do(row, specs.get(row["feed"]), fence)
                finally:
                    lock.release()
        return done

    def _do(self, row: dict[str, Any], spec: FeedSpec | None, fence: int | None) -> bool:
        if not self._note(row, fence, {"state": "running", "started_at": self._services.now()}, ("waiting",)):
            return False
        error, run_id = self._tried(row, spec, fence)
        state = {"state": "failed" if error else "done", "ended_at": self._services.now(), "error": error}
        self._close(row, fence, state if run_id is None else {**state, "run_id": run_id})
        return True

    def _tried(self, row: dict[str, Any], spec: FeedSpec | None, fence: int | None) -> tuple[str, int | None]:
        """Why it failed ('' when it did not) and the number of its run."""
        try:
            return self._done(row, spec, fence) if spec else (f"there is no feed {row['feed']} any more", None)
        except LostLease:
            raise
        except Ended as ended:
            return str(ended), ended.run_id
        except (Fatal, StoreError, Unsealable) as failed:
            return str(failed), None
        except STORE as failed:
            return self._services.health.failed(failed), None
        except Exception:  # else it would seem to be worked on for ever, and the next one would be refused
            return unforeseen("request", row["id"]), None

    def _close(self, row: dict[str, Any], fence: int | None, values: dict[str, Any]) -> None:
        """Note how it ended; while the database is away it is kept in mind until the next time."""
        try:
            self._note(row, fence, values, ("running",))
        except STORE as failed:
            log.error("desk.unnoted", request=row["id"], error=self._services.health.failed(failed))
            self._unnoted.append((row, values))

    def _done(self, row: dict[str, Any], spec: FeedSpec, fence: int | None) -> tuple[str, int | None]:
        ask = Ask(_RUNS.get(row["kind"], "replay"), row["asked_by"], row["since"], fence, lambda: self._cancelled(row["id"]))
        if row["kind"] in _RUNS:
            result = self._services.ingest.run(spec, lambda _, counts: self._far(row, fence, counts), ask=ask)
            return result.error, result.run_id
        if row["kind"] == "withdraw":
            with reading(self._services.engine) as connection:
                hold = kept.one(connection, snapshot_hold, row["data"]["hold"])
            if hold is None:
                return "the list that was held is gone", None
            counts = self._services.replay.absent(spec, hold, ask)
            self._far(row, fence, counts)
            return "", None
        done = Counts()

        def more(count: int) -> None:
            done.received += count
            self._far(row, fence, done)

        return "", self._services.replay.rows(spec, row["data"]["ids"], ask, more)

    def _far(self, row: dict[str, Any], fence: int | None, counts: Counts) -> None:
        self._note(row, fence, {"done_rows": counts.received}, ("running",))

    def _note(self, row: dict[str, Any], fence: int | None, values: dict[str, Any], states: tuple[str, ...]) -> bool:
        with writing(self._services.engine) as connection:
            if fence is not None:
                feed_store.check_fence(connection, WORKER, fence)
            return kept.change(connection, row["id"], values, states)

    def _cancelled(self, request_id: int) -> bool:
        with reading(self._services.engine) as connection:
            return kept.cancelled(connection, request_id)
