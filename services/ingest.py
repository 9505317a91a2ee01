"""Bringing a feed in: read, map, locate, write - a batch a transaction, every row accounted for."""

from __future__ import annotations

import gc
import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

import chinese_calendar
import orjson
import pandas as pd
import structlog
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

from connectors.base import Cursor, Fatal, RawBatch, Retry, Transport
from connectors.mapping import Mapper, Problem
from connectors.reasons import REASONS
from connectors.registry import open_transport
from connectors.spec import FeedSpec
from matters.deadlines import due
from matters.model import FIELDS
from services.geography import Geography
from store import feeds as feed_store
from store.engine import explain, writing
from store.writer import Counts, write_batch

log = structlog.get_logger(__name__)
Progress = Callable[[str, Counts], None]
WORKER = "worker"
_TEXT_COLUMNS = {"county": "county_name", "town": "town_name", "village": "village_name", "place": "place", "area_code": "area_code"}


def is_workday(day: date) -> bool:
    """Whether people work that day in China; years without a published calendar count Monday to Friday."""
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return day.weekday() < 5


@lru_cache(maxsize=20_000)
def _due(kind: str, accepted: date) -> date:
    return due(kind, accepted, is_workday)


@dataclass(slots=True)
class RunResult:
    """How a run of a feed ended; `error` is '' when it went through."""

    feed: str
    counts: Counts = field(default_factory=Counts)
    error: str = ""
    retry: bool = False
    data_at: datetime | None = None


class Ingest:
    """Runs feeds into the store."""

    def __init__(self, engine: Engine, geography: Geography, token_key: str, now: Callable[[], datetime]) -> None:
        self._engine, self._geography, self._now = engine, geography, now
        self._key = token_key.encode()

    def declare(self, specs: dict[str, FeedSpec]) -> None:
        """Make feeds and their agencies known to the store."""
        agencies = {s.agency.code: s.agency.model_dump(include={"code", "zh", "en", "mark", "rank"}) for s in specs.values()}
        rows = [
            {"code": s.feed, "agency": s.agency.code, "zh": s.title.zh, "en": s.title.en,
             "cadence_seconds": s.cadence_seconds, "late_after_seconds": s.late_after_seconds}
            for s in specs.values()
        ]  # fmt: skip
        with writing(self._engine) as connection:
            feed_store.declare(connection, agencies.values(), rows)

    def mapper(self, spec: FeedSpec) -> Mapper:
        """The mapping of a feed, made ready; for one thread at a time."""
        return Mapper(spec, self._key, is_workday, self._geography.to_wgs84, self._now)

    def run(self, spec: FeedSpec, progress: Progress | None = None, fence: int | None = None, transport: Transport | None = None) -> RunResult:
        """Read a feed to its end. Errors of the feed end the run, are kept with it and returned; the store's are raised.

        `fence` is the worker's lease: a batch of a worker that lost it is rolled back (store.feeds.LostLease).
        """
        result = RunResult(spec.feed)
        with writing(self._engine) as connection:
            run_id = feed_store.start_run(connection, spec.feed, self._now())
            cursor = Cursor(*feed_store.cursor_of(connection, spec.feed))
            agencies = feed_store.all_agencies(connection)
        try:
            mapper = self.mapper(spec)
            for batch in (transport or open_transport(spec)).batches(cursor):
                counts = self._store(spec, mapper, batch, run_id, result, agencies, fence)
                result.counts.add(counts)
                if progress is not None:
                    progress(spec.feed, result.counts)
        except (Fatal, Retry) as error:
            result.error, result.retry = str(error), isinstance(error, Retry)
        except OperationalError as error:
            raise explain(error) from error
        with writing(self._engine) as connection:
            feed_store.end_run(connection, spec.feed, run_id, self._now(), result.data_at, result.error)
        log.info("feed.run", feed=spec.feed, error=result.error, **{n: getattr(result.counts, n) for n in Counts.__slots__})
        return result

    def _store(
        self, spec: FeedSpec, mapper: Mapper, batch: RawBatch, run_id: int, result: RunResult, agencies: Any, fence: int | None
    ) -> Counts:
        """One batch into the store, whole or not at all."""
        with _without_cycle_search():
            return self._stored(spec, mapper, batch, run_id, result, agencies, fence)

    def _stored(
        self, spec: FeedSpec, mapper: Mapper, batch: RawBatch, run_id: int, result: RunResult, agencies: Any, fence: int | None
    ) -> Counts:
        mapped = mapper.map(batch.rows)
        rows = self.finished(mapped.records)
        now = self._now()
        aside = [*quarantined(batch, mapped.problems)]
        with writing(self._engine) as connection:
            if fence is not None:
                feed_store.check_fence(connection, WORKER, fence)
            counts = write_batch(connection, spec.feed, spec.agency.code, run_id, rows, now, agencies)
            feed_store.put_aside(connection, spec.feed, run_id, aside, now)
            counts.quarantined += len(aside)
            counts.received += len(aside)
            # mapped.received counts records: what the mapping splits counts as several, what it filters (mapped.filtered) not at all.
            if not counts.adds_up or counts.received != mapped.received + len(batch.broken):
                raise AssertionError(f"{spec.feed}: {batch.received} rows came in, {mapped.filtered} were filtered, the fates say {counts}")
            feed_store.add_batch(connection, spec.feed, run_id, counts, batch.watermark, batch.completes, batch.origin, now)
        result.data_at = max(filter(None, [result.data_at, *(spoken_at(r, now) for r in rows)]), default=None)
        return counts

    def finished(self, records: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Mapped records with their area, their limit, and the digest and payload of what the agency said."""
        if not records:
            return []
        places = self._locate(records)
        out = []
        for record, place in zip(records, places, strict=True):
            said = {k: v for k, v in record.items() if v is not None}
            payload = orjson.dumps(said, option=orjson.OPT_SORT_KEYS)
            row: dict[str, Any] = {**dict.fromkeys(FIELDS), **said, **place}
            row["withdrawn"], row["escalated"], row["context"] = (bool(row.get(n)) for n in ("withdrawn", "escalated", "context"))
            row["kind"] = row["kind"] or "other"
            row["digest"], row["payload"] = hashlib.blake2b(payload, digest_size=16).hexdigest(), payload.decode()
            if row["due_on"] is None and row["accepted_on"] is not None and not row["context"]:
                row["due_on"] = _due(row["kind"], row["accepted_on"])
            out.append(row)
        return out

    def _locate(self, records: list[dict[str, Any]]) -> list[dict[str, Any]]:
        frame = pd.DataFrame({column: [r.get(name) or "" for r in records] for column, name in _TEXT_COLUMNS.items()})
        for axis in ("lon", "lat"):
            frame[axis] = [float("nan") if (v := r.get(axis)) is None else v for r in records]
        found = self._geography.locate(frame)
        lon, lat = ([None if pd.isna(v) else float(v) for v in found[axis]] for axis in ("lon", "lat"))
        columns = (found["county_code"], found["town_code"], found["village_code"], found["method"], found["level"], found["confidence"])
        return [
            {"county_code": c, "town_code": t, "village_code": v, "locate_method": m, "locate_level": level,
             "locate_confidence": round(float(sure), 3), "lon": x, "lat": y}
            for c, t, v, m, level, sure, x, y in zip(*(c.tolist() for c in columns), lon, lat, strict=True)
        ]  # fmt: skip


@contextmanager
def _without_cycle_search() -> Iterator[None]:
    """A batch makes hundreds of thousands of objects, none of them in cycles: looking for those took a fifth of its time."""
    on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if on:
            gc.enable()


def quarantined(batch: RawBatch, problems: list[Problem]) -> Iterator[dict[str, Any]]:
    """Rows of the quarantine table for the problems of a batch and its broken rows, in this order."""
    for p in problems:
        raw = orjson.dumps(p.raw_masked, default=str).decode()
        yield {"origin": batch.origin, "row_no": p.index, "column": p.column, "reason": p.reason_code, "message": p.message, "raw": raw}
    for b in batch.broken:
        message = REASONS[b.reason].zh if b.reason in REASONS else b.reason
        yield {"origin": batch.origin, "row_no": b.line, "column": None, "reason": b.reason, "message": message,
               "raw": orjson.dumps({"text": b.text}).decode()}  # fmt: skip


def spoken_at(row: dict[str, Any], now: datetime) -> datetime | None:
    """The latest moment a row speaks of, not later than now."""
    days = [row[n] for n in ("registered_on", "accepted_on", "handled_on", "closed_on") if row[n] is not None]
    times = [t for t in (row["revised_at"], row["happened_at"]) if t is not None]
    times += [datetime.combine(max(days), datetime.min.time()) + timedelta(hours=23, minutes=59)] if days and not times else []
    spoken = max(times, default=None)
    return min(spoken, now) if spoken is not None else None
