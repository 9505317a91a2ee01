"""Quarantined rows through the mapping as it is now; and records that an accepted short list leaves out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Connection, Engine

from connectors.base import Fatal
from connectors.registry import load_feed
from connectors.spec import FeedSpec
from services.ingest import Ask, Ingest
from services.raw_rows import RawRows
from services.sealing import Unsealable
from services.store_health import STORE
from services.unforeseen import Ended, unforeseen
from services.whole_lists import left_out
from store import feeds as feed_store
from store import quarantine
from store.chunks import chunks
from store.engine import writing
from store.feeds import LostLease
from store.writer import Counts, withdraw_absent, write_batch

PART = 500
Progress = Callable[[int], None]


class Replay:
    """Makes runs of kind replay: their counts add up, and each row is closed in the transaction that stores its record.

    What goes wrong closes the run and is raised as services.unforeseen.Ended; LostLease goes through.
    """

    def __init__(self, engine: Engine, ingest: Ingest, raws: RawRows, now: Callable[[], datetime]) -> None:
        self._engine, self._ingest, self._raws, self._now = engine, ingest, raws, now
        self._last: tuple[int, list[Any] | None] = (0, None)
        self._unended: list[tuple[int, str]] = []

    def rows(self, spec: FeedSpec, ids: Sequence[int], ask: Ask, progress: Progress) -> int:
        """Replay open rows; those that are still bad stay open with their new reason and count as quarantined in this run only.

        Gives the id of the run, whose counts say what became of them.
        """
        if spec.source.is_file():
            spec = load_feed(spec.source)
        run_id = self._start(spec.feed, ask)
        with self._closing(run_id, ask):
            mapper = self._ingest.mapper(spec)
            for part in chunks(ids, PART):
                with writing(self._engine) as connection:
                    ask.guard(connection)
                    counts = Counts()
                    for row in quarantine.open_rows(connection, part):
                        counts.add(self._one(connection, spec, mapper, row, run_id, ask.by))
                    feed_store.add_batch(connection, spec.feed, run_id, counts, None, None, "replay", self._now())
                progress(len(part))
                if ask.stop is not None and ask.stop():
                    break
        return run_id

    def _one(self, connection: Connection, spec: FeedSpec, mapper: Any, row: dict[str, Any], run_id: int, by: str) -> Counts:
        kept = self._kept(connection, row["raw_id"])
        if kept is None:
            return Counts(received=1, quarantined=1)
        came = kept[row["raw_index"]]
        mapped = mapper.map([came])
        now = self._now()
        if mapped.problems:
            # A row may be quarantined for several reasons, each on a line of its own: this line keeps to its own while that holds.
            p = max(mapped.problems, key=lambda p: (p.column == row["column"], p.reason_code == row["reason"], p.message == row["message"]))
            values = {"column": p.column, "reason": p.reason_code, "message": p.message, "raw": orjson.dumps(p.raw_masked, default=str).decode()}
            quarantine.change(connection, row["id"], values)
            return Counts(received=1, quarantined=1)
        rows, fates = self._ingest.finished(mapped.records), list[str]()
        counts = write_batch(connection, spec.feed, spec.agency.code, run_id, rows, now, feed_store.all_agencies(connection), fates)
        if not rows:  # the mapping now leaves it out: it has been dealt with, and is nothing new
            counts = Counts(received=1, unchanged=1)
        quarantine.close(connection, row["id"], "replayed", fates[0] if fates else "unchanged", by, now, run_id)
        return counts

    def _kept(self, connection: Connection, raw_id: int | None) -> list[Any] | None:
        """Rows of one group mostly come from the same few batches: the last one opened is kept at hand."""
        if raw_id is not None and self._last[0] != raw_id:
            self._last = (raw_id, self._raws.rows(connection, raw_id))
        return self._last[1] if raw_id is not None else None

    def absent(self, spec: FeedSpec, hold: dict[str, Any], ask: Ask) -> Counts:
        """Withdraw what an accepted list left out, in one transaction."""
        run_id = self._start(spec.feed, Ask("manual", ask.by, fence=ask.fence))
        with self._closing(run_id, ask), writing(self._engine) as connection:
            ask.guard(connection)
            agencies, (keys, bad) = feed_store.all_agencies(connection), left_out(self._raws, hold)
            quarantine.supersede(connection, bad, self._now(), run_id)
            counts = withdraw_absent(connection, spec.feed, spec.agency.code, run_id, keys, self._now(), agencies)
            feed_store.add_batch(connection, spec.feed, run_id, counts, None, None, "withdraw", self._now())
        return counts

    def _start(self, feed: str, ask: Ask) -> int:
        with writing(self._engine) as connection:
            ask.guard(connection)
            for run_id, error in self._unended:
                feed_store.finish(connection, run_id, self._now(), error)
            begun = feed_store.start_run(connection, feed, self._now(), ask.kind, ask.by)
        self._unended = []
        return begun

    @contextmanager
    def _closing(self, run_id: int, ask: Ask) -> Iterator[None]:
        """Close the run however its work ends; what goes wrong is raised as Ended."""
        try:
            yield
        except LostLease:
            raise
        except Exception as error:
            reason = self._reason(error, run_id)
            self._end(run_id, ask, reason)
            raise Ended(reason, run_id) from error
        self._end(run_id, ask)

    def _reason(self, error: Exception, run_id: int) -> str:
        if isinstance(error, STORE):
            return self._ingest.health.failed(error)
        return str(error) if isinstance(error, (Fatal, Unsealable)) else unforeseen("run", run_id)

    def _end(self, run_id: int, ask: Ask, error: str = "") -> None:
        """A run that cannot be closed now is closed at the beginning of the next."""
        try:
            with writing(self._engine) as connection:
                ask.guard(connection)
                feed_store.finish(connection, run_id, self._now(), error)
        except STORE as failed:
            self._unended.append((run_id, error or self._ingest.health.failed(failed)))
