"""Rows that a source sends: who sent them, what becomes of each, and the same answer whenever the same batch comes again."""

from __future__ import annotations

import hashlib
import re
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import orjson
import psycopg
import structlog
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

from connectors import signing
from connectors.base import RawBatch
from connectors.mapping import MappedBatch, Mapper
from connectors.shapes import shapes
from connectors.spec import FeedSpec
from connectors.spec_push import PushSettings
from connectors.transports.push import BadBody, Pushed, TooManyRows, read_body
from services.column_watch import ColumnWatch
from services.ingest import Ingest, new_asides, spoken_at
from services.push_keys import PushKeys
from services.sealing import Unsealable
from store import feeds as feed_store
from store import push as push_store
from store import requests as store_requests
from store.engine import StoreError, explain, reading, writing
from store.writer import Counts, write_batch

log = structlog.get_logger(__name__)
PATIENCE = 10.0  # seconds a sender waits for its turn before it is asked to come again
BUSY, PAUSED = 5, 300  # seconds after which it may
_KEY = re.compile(r"[\x21-\x7e]{8,128}")
_STAMP = re.compile(r"[0-9]{1,12}")


class Refused(Exception):
    """A batch is not taken and nothing of it is stored.

    `status` is that of HTTP: 400 unreadable, 401 not signed by a key in force, 404 no such feed, 409 the Idempotency-Key stands for
    another body, 413 too large, 429 too often, 503 not now; with 429 and 503 `retry_after` is in seconds.
    """

    def __init__(self, status: int, detail: str, retry_after: int = 0) -> None:
        super().__init__(detail)
        self.status, self.detail, self.retry_after = status, detail, retry_after


@dataclass(frozen=True, slots=True)
class Arrived:
    """A batch at the door: how it is signed, and how to read its body up to a number of bytes (ValueError: it is longer)."""

    feed: str
    method: str
    path: str
    timestamp: str
    key_id: str
    signature: str
    key: str
    lines: bool
    body: Callable[[int], bytes]


@dataclass(frozen=True, slots=True)
class Answered:
    """The answer as JSON text, and whether it was given before."""

    text: str
    again: bool


class Push:
    """Takes pushed batches. One process answers for a deployment: what a key has sent of late is kept in its memory."""

    def __init__(
        self, engine: Engine, specs: dict[str, FeedSpec], ingest: Ingest, keys: PushKeys, now: Callable[[], datetime],
        at_once: int = 4, clock: Callable[[], float] = time.time,
    ) -> None:  # fmt: skip
        """`at_once` batches are worked on at a time, so that screens keep threads of their own; `clock` is the true time."""
        self._engine, self._specs, self._ingest, self._keys, self._now, self._clock = engine, specs, ingest, keys, now, clock
        self._turn = threading.BoundedSemaphore(at_once)
        self._mapping = threading.Lock()
        self._mappers: dict[str, tuple[FeedSpec, Mapper]] = {}
        self._sent: dict[str, deque[float]] = {}
        self._counting = threading.Lock()

    def take(self, arrived: Arrived) -> Answered:
        """Store a batch, whole or not at all, and say what became of each row. Raises Refused."""
        with _store_errors():
            return self._taken(arrived)

    def _taken(self, arrived: Arrived) -> Answered:
        spec, settings = self._door(arrived.feed)
        body = self._signed_body(settings, arrived)
        digest = hashlib.sha256(body).hexdigest()
        self._count(settings, arrived.key_id)
        known = self._known(spec.feed, arrived.key, digest)
        if known is not None:
            return known
        with self._a_turn():
            try:
                pushed = read_body(settings, body, arrived.lines)
            except BadBody as error:
                raise Refused(400, str(error)) from None
            except TooManyRows as error:
                raise Refused(413, str(error)) from None
            return self._stored(spec, settings, arrived, digest, pushed)

    def _door(self, feed: str) -> tuple[FeedSpec, PushSettings]:
        spec = self._specs.get(feed)
        if spec is None or not isinstance(spec.transport, PushSettings):
            raise Refused(404, f"no source pushes to a feed {feed[:32]!r}")
        return spec, spec.transport

    def _signed_body(self, settings: PushSettings, arrived: Arrived) -> bytes:
        """The body, once it is known to be from a holder of the key; the body of nobody is not even read."""
        if not _KEY.fullmatch(arrived.key):
            raise Refused(400, f"{signing.IDEMPOTENCY}: 8 to 128 visible ASCII characters, new for every batch")
        if not _STAMP.fullmatch(arrived.timestamp) or abs(self._clock() - int(arrived.timestamp)) > settings.skew_seconds:
            raise Refused(401, f"{signing.TIMESTAMP}: seconds since 1970, within {settings.skew_seconds} s of {int(self._clock())}")
        secret = self._secret(arrived.feed, arrived.key_id)
        try:
            body = arrived.body(settings.max_bytes)
        except ValueError:
            raise Refused(413, f"more than {settings.max_bytes:,} bytes: send the rows in several batches") from None
        if not signing.fits(arrived.signature, secret, arrived.method, arrived.path, arrived.timestamp, arrived.key, body):
            raise Refused(401, f"{signing.SIGNATURE} does not fit: see docs/feeds/door-push.md for what is signed")
        return body

    def _secret(self, feed: str, key_id: str) -> str:
        try:
            secret = self._keys.secret(feed, key_id)
        except Unsealable as error:
            log.error("push.key", feed=feed, key_id=key_id, error=str(error))
            raise Refused(401, "this key cannot be read any more: ask for a new one") from None
        if secret is None:
            raise Refused(401, f"{signing.KEY_ID}: no key in force of this feed")
        return secret

    def _count(self, settings: PushSettings, key_id: str) -> None:
        """Counted after the signature: nobody can use up what belongs to another's key."""
        now = self._clock()
        with self._counting:
            sent = self._sent.setdefault(key_id, deque())
            while sent and sent[0] <= now - 60:
                sent.popleft()
            if len(sent) >= settings.per_minute:
                raise Refused(429, f"more than {settings.per_minute} batches in a minute", max(1, int(sent[0] + 60 - now) + 1))
            sent.append(now)

    def _known(self, feed: str, key: str, digest: str) -> Answered | None:
        with reading(self._engine) as connection:
            found = push_store.answer_of(connection, feed, key)
            if found is None and push_store.is_paused(connection, feed):
                raise _paused(feed)
        return _again(found, digest)

    @contextmanager
    def _a_turn(self) -> Iterator[None]:
        if not self._turn.acquire(timeout=PATIENCE):
            raise Refused(503, "others are sending at this moment: send the same batch again", BUSY)
        try:
            yield
        finally:
            self._turn.release()

    def _mapped(self, spec: FeedSpec, rows: list[dict[str, Any]]) -> tuple[MappedBatch, list[dict[str, Any]]]:
        """What the rows come to, mapped and located: outside the transaction, since others wait for that."""
        with self._mapping:
            kept = self._mappers.get(spec.feed)
            if kept is None or kept[0] is not spec:
                kept = self._mappers[spec.feed] = (spec, self._ingest.mapper(spec))
            mapped = kept[1].map(rows)
            return mapped, self._ingest.finished(mapped.records)

    def _stored(self, spec: FeedSpec, settings: PushSettings, arrived: Arrived, digest: str, pushed: Pushed) -> Answered:
        """Rows, run, state of the feed and answer in one transaction: after a crash all of it is there, or nothing."""
        mapped, rows = self._mapped(spec, pushed.rows)
        batch = RawBatch(pushed.rows, f"push:{arrived.key_id}", broken=pushed.broken)
        aside = self._ingest.set_aside(batch, mapped.problems)
        now, fates = self._now(), list[str]()
        with writing(self._engine) as connection:
            state = push_store.lock(connection, spec.feed, now)
            found = _again(push_store.answer_of(connection, spec.feed, arrived.key), digest)
            if found is not None:
                return found
            if state is None or state["paused"]:
                raise _paused(spec.feed)
            run_id = feed_store.start_run(connection, spec.feed, now)
            push_store.mark_run(connection, run_id, arrived.key_id, now)
            agencies = feed_store.all_agencies(connection)
            counts = write_batch(connection, spec.feed, spec.agency.code, run_id, rows, now, agencies, fates=fates)
            fresh = new_asides(connection, spec.feed, run_id, aside)
            self._ingest.keep_raw(connection, spec.feed, run_id, batch, mapped, fates, fresh, now)
            # Rows of the batch are named by their place in the body, which broken rows take part in.
            for row, problem in zip(aside, mapped.problems, strict=False):
                row["row_no"] = pushed.places[problem.index] + 1
            feed_store.put_aside(connection, spec.feed, run_id, fresh, now)
            counts.quarantined += len(fresh)
            counts.unchanged += len(aside) - len(fresh)  # they wait in quarantine already, or were decided on
            counts.received += len(aside)
            if not counts.adds_up or counts.received != mapped.received + len(pushed.broken):
                raise AssertionError(f"{spec.feed}: {mapped.received} rows were mapped, their fates say {counts}")
            # A batch is no whole run: what comes new is told of, what is missing is not.
            watch = ColumnWatch(spec.feed, run_id, store_requests.columns(connection, spec.feed))
            watch.look(connection, shapes(batch.rows), len(batch.rows), mapped.new_values, now)
            feed_store.add_batch(connection, spec.feed, run_id, counts, None, None, batch.origin, now)
            data_at = max(filter(None, [state["data_at"], *(min(at, now) for r in rows if (at := spoken_at(r)))]), default=None)
            feed_store.end_run(connection, spec.feed, run_id, now, data_at)
            results = _results(pushed, mapped, fates, aside)
            # The sender is told what each row is, not whether it was so before.
            told = replace(counts, quarantined=len(aside), unchanged=counts.unchanged + len(fresh) - len(aside))
            text = _text(told, mapped.filtered, push_store.version(connection), results)
            push_store.forget_answers(connection, spec.feed, now - timedelta(days=settings.remember_days))
            push_store.keep_answer(connection, spec.feed, arrived.key, digest, text, now)
        log.info("feed.push", feed=spec.feed, key_id=arrived.key_id, **{n: getattr(counts, n) for n in Counts.__slots__})
        return Answered(text, again=False)


def _results(pushed: Pushed, mapped: MappedBatch, fates: list[str], aside: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """One result a row, in the order of the body; several for a row that the mapping makes several records of."""
    results = [
        {"index": pushed.places[source], "external_id": record["external_id"], "fate": fate}
        for source, record, fate in zip(mapped.sources, mapped.records, fates, strict=True)
    ]
    results += [{"index": pushed.places[i], "fate": "filtered"} for i in dict.fromkeys(mapped.left_out)]
    for row in aside:
        told = {"index": row["row_no"] - 1, "fate": "quarantined", "reason": row["reason"], "message": row["message"]}
        results.append(told | ({"column": row["column"]} if row["column"] else {}))
    return sorted(results, key=lambda r: r["index"])


def _text(counts: Counts, filtered: int, version: int, results: list[dict[str, Any]]) -> str:
    said = {n: getattr(counts, n) for n in ("received", "new", "changed", "unchanged", "withdrawn", "quarantined")}
    return orjson.dumps({**said, "filtered": filtered, "data_version": version, "results": results}).decode()


def _again(found: tuple[str, str] | None, digest: str) -> Answered | None:
    if found is None:
        return None
    if found[0] != digest:
        raise Refused(409, f"{signing.IDEMPOTENCY}: it was sent with another body before; a new batch needs a new one")
    return Answered(found[1], again=True)


def _paused(feed: str) -> Refused:
    return Refused(503, f"the feed {feed} is paused here: keep the rows and send them later", PAUSED)


@contextmanager
def _store_errors() -> Iterator[None]:
    """A store that cannot write now is a reason to send again, not a fault."""
    try:
        yield
    except OperationalError as error:
        raise Refused(503, str(explain(error)), BUSY) from error
    except (StoreError, psycopg.OperationalError) as error:
        raise Refused(503, str(error).splitlines()[0], BUSY) from error
