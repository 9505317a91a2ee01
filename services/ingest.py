"""Bringing a feed in: read, map, locate, write - a batch a transaction, every row accounted for."""

from __future__ import annotations

import gc
import hashlib
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

import chinese_calendar
import orjson
import pandas as pd
import structlog
from sqlalchemy import Connection, Engine

from connectors.base import Cursor, Fatal, RawBatch, Retry, Transport
from connectors.mapping import MappedBatch, Mapper, Problem
from connectors.reasons import REASONS
from connectors.registry import open_transport
from connectors.shapes import shapes
from connectors.spec import FeedSpec
from matters.deadlines import due
from matters.model import FIELDS
from services import circuit
from services.ahead import ahead
from services.apart import can_be_apart
from services.backfill import mark_of
from services.column_watch import ColumnWatch
from services.festivals import statutory
from services.geography import Geography
from services.raw_rows import RawRows
from services.sent import PackedRows, Ready, through
from services.store_health import STORE, StoreHealth
from services.telling import tell_ended
from services.unforeseen import unforeseen
from services.whole_lists import WholeList, in_lists
from store import feeds as feed_store
from store import requests as store_requests
from store.engine import StoreError, writing
from store.feeds import LostLease
from store.writer import Counts, write_batch

log = structlog.get_logger(__name__)
Progress = Callable[[str, Counts], None]
WORKER = "worker"
_EMPTY: dict[str, Any] = dict.fromkeys(FIELDS)
_TEXT_COLUMNS = {"county": "county_name", "town": "town_name", "village": "village_name", "place": "place", "area_code": "area_code"}


def is_workday(day: date) -> bool:
    """Whether people work that day in China; years without a published calendar count Monday to Friday without the holidays that the law names."""
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return day.weekday() < 5 and day not in statutory(day.year)


@lru_cache(maxsize=20_000)
def limit_of(kind: str, accepted: date) -> date:
    """The last day of a record's limit, where its feed gives none."""
    return due(kind, accepted, is_workday)


@dataclass(slots=True)
class RunResult:
    """How a run of a feed ended; `error` is '' when it went through."""

    feed: str
    counts: Counts = field(default_factory=Counts)
    error: str = ""
    retry: bool = False
    data_at: datetime | None = None
    run_id: int = 0
    cancelled: bool = False
    unforeseen: bool = False
    asks: float = 0  # seconds for which the source wants to be left alone


@dataclass(frozen=True, slots=True)
class Ask:
    """Why a run is made: `kind` pull | manual | backfill, `by` whom; `since`: read again what changed since that day.

    `fence` is the worker's lease: every transaction of a worker that lost it is rolled back (store.feeds.LostLease).
    `stop` is asked after each batch; what is stored stays.
    """

    kind: str = "pull"
    by: str = ""
    since: date | None = None
    fence: int | None = None
    stop: Callable[[], bool] | None = None

    def guard(self, connection: Connection) -> None:
        """Raise LostLease in the transaction of a worker that another has replaced."""
        if self.fence is not None:
            feed_store.check_fence(connection, WORKER, self.fence)


@dataclass(slots=True)
class _Run:
    """What belongs to one run while it lasts."""

    spec: FeedSpec
    ask: Ask
    result: RunResult
    cursor: Cursor
    agencies: Any
    watch: ColumnWatch
    lists: WholeList | None
    long: bool  # a first load or a backfill
    mapper: Mapper = field(init=False)


class Ingest:
    """Runs feeds into the store."""

    def __init__(self, engine: Engine, geography: Geography, token_key: str, now: Callable[[], datetime], raws: RawRows, health: StoreHealth) -> None:
        self._engine, self._geography, self._now, self._raws, self.health = engine, geography, now, raws, health
        self._key = token_key.encode()
        self.in_processes = False  # the commands set it: they alone know that no other thread is in the middle of something
        self._unended: list[tuple[FeedSpec, RunResult]] = []

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

    def run(
        self, spec: FeedSpec, progress: Progress | None = None, fence: int | None = None, transport: Transport | None = None, ask: Ask | None = None
    ) -> RunResult:
        """Read a feed to its end. What goes wrong ends the run, is kept with it and returned; what was stored stays.

        Raises StoreError when the store does not even take the beginning of a run, LostLease for a worker that was replaced.
        """
        ask = ask or Ask(fence=fence)
        result = RunResult(spec.feed)
        try:
            run = self._begun(spec, ask, result)
        except STORE as error:
            raise StoreError(self.health.failed(error)) from error
        try:
            self._read(run, transport, progress)
        except LostLease:
            raise
        except (Fatal, Retry) as error:
            result.error, result.retry = str(error), isinstance(error, Retry)
            result.asks = error.after if isinstance(error, Retry) else 0
        except STORE as error:
            result.error, result.retry = self.health.failed(error), True
        except Exception:  # else the run would stay open, and its feed would seem to be read for ever
            result.error, result.unforeseen = unforeseen("run", result.run_id), True
        self._end(run)
        log.info("feed.run", feed=spec.feed, kind=ask.kind, error=result.error, **{n: getattr(result.counts, n) for n in Counts.__slots__})
        return result

    def _read(self, run: _Run, transport: Transport | None, progress: Progress | None) -> None:
        """From the door into the store; whatever goes wrong is raised."""
        spec, ask, result, cursor = run.spec, run.ask, run.result, run.cursor
        if ask.since is not None:
            cursor = Cursor(mark_of(spec, ask.since), frozenset())
        run.mapper = self.mapper(spec)
        door = transport or open_transport(spec, self._now, self._raws.archive)
        for ready in self._in_order(run, self._made_ready(run, door, cursor)):
            with _without_cycle_search():
                counts = self._stored(run, ready)
            del ready  # the next one comes before this name is given anew
            result.counts.add(counts)
            if progress is not None:
                progress(spec.feed, result.counts)
            if ask.stop is not None and ask.stop():
                result.cancelled = True
                break

    def _begun(self, spec: FeedSpec, ask: Ask, result: RunResult) -> _Run:
        late, self._unended = self._unended, []
        try:
            with writing(self._engine) as connection:
                ask.guard(connection)
                for unended in late:
                    self._ended(connection, *unended, self._now())
                run_id = feed_store.start_run(connection, spec.feed, self._now(), ask.kind, ask.by)
                cursor = Cursor(*feed_store.cursor_of(connection, spec.feed))
                agencies = feed_store.all_agencies(connection)
                watch = ColumnWatch(spec.feed, run_id, store_requests.columns(connection, spec.feed))
        except BaseException:
            self._unended.extend(late)
            raise
        result.run_id = run_id
        lists = WholeList(spec, self._raws) if spec.mode == "snapshot" else None
        return _Run(spec, ask, result, cursor, agencies, watch, lists, long=not cursor.watermark or ask.since is not None)

    def _end(self, run: _Run) -> None:
        """Close the run; one that cannot be written down now is closed at the beginning of the next."""
        result = run.result
        try:
            with writing(self._engine) as connection:
                run.ask.guard(connection)
                now = self._now()
                if not result.error and not result.cancelled:
                    run.watch.ended(connection, now)
                self._ended(connection, run.spec, result, now)
        except LostLease:
            raise
        except STORE as error:
            result.error = result.error or self.health.failed(error)
            result.retry = True
            self._unended.append((run.spec, result))
        except Exception:
            if result.error:
                raise
            result.error, result.unforeseen = unforeseen("run", result.run_id), True
            self._end(run)

    def _ended(self, connection: Connection, spec: FeedSpec, result: RunResult, now: datetime) -> None:
        before = feed_store.end_run(
            connection, spec.feed, result.run_id, now, result.data_at, result.error,
            lambda n: circuit.until(n, spec.cadence_seconds, now, asks=result.asks),
        )  # fmt: skip
        tell_ended(connection, spec, before, result.error, result.counts, now, result.unforeseen)

    def _in_order(self, run: _Run, made: Generator[Ready, None, None]) -> Iterator[Ready]:
        """The next batch is mapped while this one is stored: of a long load in a process of its own, where those are allowed.

        Otherwise in a thread, which helps where storing is waiting for a server; SQLite works in this process, and gains nothing.
        """
        if run.long and self.in_processes and can_be_apart():
            self._engine.dispose()  # the other process must have no connection, nor carry what this one's has cached
            return through(made, run.spec.feed, pack=run.lists is None, write=self._engine.dialect.name == "postgresql")
        return ahead(made) if self._engine.dialect.name == "postgresql" else made

    def _made_ready(self, run: _Run, door: Transport, cursor: Cursor) -> Generator[Ready, None, None]:
        """Batches mapped and located, which needs no store."""
        for batch, last in in_lists(run.spec, door.batches(cursor)):
            with _without_cycle_search():
                mapped = run.mapper.map(batch.rows)
                rows = self.finished(mapped.records)
                spoken = max(filter(None, (spoken_at(r) for r in rows)), default=None)
                ready = Ready(batch, last, mapped, rows, self.set_aside(batch, mapped.problems), shapes(batch.rows), spoken)
            del batch, mapped, rows  # the next ones are made before these names are given anew
            yield ready
            del ready

    def _stored(self, run: _Run, ready: Ready) -> Counts:
        """One batch into the store, whole or not at all."""
        spec, result = run.spec, run.result
        batch, mapped, rows, aside = ready.batch, ready.mapped, ready.rows, ready.aside
        now = self._now()
        received = len(rows) + len(aside)
        fates: list[str] = []
        with writing(self._engine, run.long) as connection:
            run.ask.guard(connection)
            listed = run.lists.listed if run.lists else None
            counts = write_batch(connection, spec.feed, spec.agency.code, result.run_id, rows, now, run.agencies, fates, listed, ready.written)
            fresh = new_asides(connection, spec.feed, result.run_id, aside)
            self.keep_raw(connection, spec.feed, result.run_id, batch, mapped, fates, fresh, now)
            feed_store.put_aside(connection, spec.feed, result.run_id, fresh, now)
            counts.quarantined += len(fresh)
            counts.unchanged += len(aside) - len(fresh)  # the same bad row again: it waits in quarantine already, or was decided on
            counts.received += len(aside)
            if run.lists is not None:
                run.lists.set_aside(run.mapper, batch, mapped.problems, (a["digest"] for a in aside if a["digest"]))
                if ready.last:
                    absent = run.lists.close(connection, result.run_id, result.counts.new + counts.new, now, run.agencies)
                    counts.add(absent)
                    received += absent.received
            # The mapping may split a row into several records, and filter (mapped.filtered) some that are then not counted at all.
            if not counts.adds_up or counts.received != received or received < mapped.received + len(batch.broken):
                raise AssertionError(f"{spec.feed}: {batch.received} rows came in, {mapped.filtered} were filtered, the fates say {counts}")
            run.watch.look(connection, ready.shapes, len(batch.rows), mapped.new_values, now)
            mark = None if run.ask.since is not None else batch.watermark
            feed_store.add_batch(connection, spec.feed, result.run_id, counts, mark, batch.completes, batch.origin, now)
        self.health.wrote()
        result.data_at = max(filter(None, [result.data_at, ready.spoken and min(ready.spoken, now)]), default=None)
        return counts

    def set_aside(self, batch: RawBatch, problems: list[Problem]) -> list[dict[str, Any]]:
        """Rows of the quarantine table, each known by its digest when it comes again."""
        return [*quarantined(batch, problems, self._key)]

    def keep_raw(
        self, connection: Connection, feed: str, run_id: int, batch: RawBatch, mapped: MappedBatch, fates: list[str],
        aside: list[dict[str, Any]], now: datetime,
    ) -> None:  # fmt: skip
        """Keep the rows that said something new, sealed; `aside` (rows of quarantined) learn where theirs are.

        A row that comes again unchanged is kept already: a door with an overlap would otherwise fill the disk with it.
        """
        if not self._raws.keep_days:
            return
        told = {mapped.sources[i] for i, fate in enumerate(fates) if fate != "unchanged"}
        wanted = sorted(told | {a["row_no"] for a in aside if a.get("digest")})
        body = batch.rows.body if isinstance(batch.rows, PackedRows) and len(wanted) == len(batch.rows) else None
        rows = batch.rows if body is not None else [batch.rows[i] for i in wanted]
        raw_id = self._raws.keep(connection, feed, run_id, rows, batch.origin, now, body)
        if raw_id is not None:
            places = {index: place for place, index in enumerate(wanted)}
            for row in aside:
                if row.get("digest"):
                    row.update(raw_id=raw_id, raw_index=places[row["row_no"]])

    def finished(self, records: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Mapped records with their area, their limit, and the digest and payload of what the agency said."""
        if not records:
            return []
        places = self._locate(records)
        out = []
        for record, place in zip(records, places, strict=True):
            said = {k: v for k, v in record.items() if v is not None}
            payload = orjson.dumps(said, option=orjson.OPT_SORT_KEYS)
            row: dict[str, Any] = {**_EMPTY, **said, **place}
            row["withdrawn"], row["escalated"], row["context"] = (bool(row.get(n)) for n in ("withdrawn", "escalated", "context"))
            row["kind"] = row["kind"] or "other"
            row["digest"], row["payload"] = hashlib.blake2b(payload, digest_size=16).hexdigest(), payload.decode()
            if row["due_on"] is None and row["accepted_on"] is not None and not row["context"]:
                row["due_on"] = limit_of(row["kind"], row["accepted_on"])
            out.append(row)
        return out

    def _locate(self, records: list[dict[str, Any]]) -> list[dict[str, Any]]:
        # As objects: telling that they are texts, and turning them back, takes longer than finding the few rows of a batch.
        frame = pd.DataFrame({column: [r.get(name) or "" for r in records] for column, name in _TEXT_COLUMNS.items()}, dtype=object)
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


def quarantined(batch: RawBatch, problems: list[Problem], key: bytes = b"") -> Iterator[dict[str, Any]]:
    """Rows of the quarantine table for the problems of a batch and its broken rows, in this order.

    With a `key` each problem's row has a digest of the row as it came, by which it is known when it comes again.
    """
    for p in problems:
        raw = orjson.dumps(p.raw_masked, default=str).decode()
        digest = row_digest(batch.rows[p.index], p, key) if key else None
        yield {"origin": batch.origin, "row_no": p.index, "column": p.column, "reason": p.reason_code, "message": p.message, "raw": raw,
               "digest": digest, "raw_id": None, "raw_index": None}  # fmt: skip
    for b in batch.broken:
        message = REASONS[b.reason].zh if b.reason in REASONS else b.reason
        yield {"origin": batch.origin, "row_no": b.line, "column": None, "reason": b.reason, "message": message,
               "raw": orjson.dumps({"text": b.text}).decode(), "digest": None, "raw_id": None, "raw_index": None}  # fmt: skip


def row_digest(row: Any, problem: Problem, key: bytes) -> str:
    """Keyed, since a row may hold little but an identity number; a row that gives several problems has one for each."""
    said = orjson.dumps([row, problem.column, problem.reason_code], default=str, option=orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS)
    return hashlib.blake2b(said, digest_size=16, key=key[:64]).hexdigest()


def new_asides(connection: Connection, feed: str, run_id: int, aside: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Those that no earlier run has quarantined; rows that could not even be split have nothing to be known by."""
    known = feed_store.known_asides(connection, feed, [a["digest"] for a in aside if a["digest"]], run_id) if aside else set()
    return [row for row in aside if row["digest"] is None or row["digest"] not in known]


def spoken_at(row: dict[str, Any]) -> datetime | None:
    """The latest moment a row speaks of, which may lie in the future."""
    days = [row[n] for n in ("registered_on", "accepted_on", "handled_on", "closed_on") if row[n] is not None]
    times = [t for t in (row["revised_at"], row["happened_at"]) if t is not None]
    times += [datetime.combine(max(days), datetime.min.time()) + timedelta(hours=23, minutes=59)] if days and not times else []
    return max(times, default=None)
