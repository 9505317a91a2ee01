"""Trying a feed without storing anything: what would come in, what it would change, and what is wrong with it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from connectors.base import Cursor, Fatal, RawBatch, Retry
from connectors.mapping import Mapper
from connectors.propose_json import flat
from connectors.registry import open_transport
from connectors.spec import FeedSpec
from services.ingest import is_workday
from store.engine import reading
from store.known import would_be
from store.writer import Counts

SHOWN = ("external_id", "number", "registered_on", "accepted_on", "closed_on", "outcome", "category", "title", "place")
_DAYS = ("happened_at", "registered_on", "accepted_on", "handled_on", "closed_on")
_EXAMPLES = 5


@dataclass(slots=True)
class Checked:
    """What the first rows of a feed came to; `error` is '' when it could be read. All texts in it are masked."""

    feed: str
    rows: int = 0
    records: int = 0
    filtered: int = 0
    fates: Counts = field(default_factory=Counts)
    problems: Counter[tuple[str, str, str]] = field(default_factory=Counter)  # (column, reason, an example's message)
    levels: Counter[str] = field(default_factory=Counter)
    filled: Counter[str] = field(default_factory=Counter)
    keys: Counter[str] = field(default_factory=Counter)
    days: dict[str, tuple[date, date]] = field(default_factory=dict)
    columns: set[str] = field(default_factory=set)
    unused: list[str] = field(default_factory=list)
    samples: list[dict[str, Any]] = field(default_factory=list)
    error: str = ""

    @property
    def repeated(self) -> int:
        """Records whose key has occurred before in what was read."""
        return sum(n - 1 for n in self.keys.values() if n > 1)

    @property
    def quarantined(self) -> int:
        """Rows that could not become a record."""
        return sum(self.problems.values())

    def plain(self) -> dict[str, Any]:
        """The report for JSON."""
        return {
            "feed": self.feed, "rows": self.rows, "records": self.records, "filtered": self.filtered, "quarantined": self.quarantined,
            "new": self.fates.new, "changed": self.fates.changed, "unchanged": self.fates.unchanged, "withdrawn": self.fates.withdrawn,
            "repeated_keys": self.repeated, "located": dict(self.levels), "filled": dict(self.filled), "days": self.days,
            "problems": [{"column": c, "reason": r, "example": m, "rows": n} for (c, r, m), n in self.problems.most_common()],
            "unused": self.unused, "samples": self.samples, "error": self.error,
        }  # fmt: skip

    def text(self) -> str:
        """The report for a terminal."""
        lines = [
            f"{self.feed}: {self.rows:,} rows read, {self.records:,} would come in, {self.quarantined:,} would be quarantined"
        ]
        lines += [f"  left out by the row filter: {self.filtered:,}"] if self.filtered else []
        c = self.fates
        if self.records:
            lines.append(
                f"  against the store: {c.new:,} new, {c.changed:,} changed, {c.unchanged:,} unchanged, {c.withdrawn:,} withdrawn; nothing was written"
            )
        lines += [
            f"  {n:,} × {column or 'row'}: {reason} ({message})"
            for (column, reason, message), n in self.problems.most_common()
        ]
        lines += self._about_records() if self.records else []
        lines += [f"  columns unused: {', '.join(self.unused)}"] if self.unused else []
        lines += [f"  {self.error}"] if self.error else []
        return "\n".join(lines)

    def _about_records(self) -> list[str]:
        lines = (
            [f"  the key repeats in {self.repeated:,} rows: later versions of the same record"] if self.repeated else []
        )
        lines.append("  located to: " + ", ".join(f"{level} {n:,}" for level, n in self.levels.most_common()))
        lines.append(
            "  filled: " + ", ".join(f"{name} {n * 100 // self.records} %" for name, n in self.filled.most_common())
        )
        return [*lines, *(f"  {name}: {first} to {last}" for name, (first, last) in self.days.items())]


def check(services: Any, spec: FeedSpec, limit: int, batches: Iterable[RawBatch] | None = None) -> Checked:
    """Read at most about `limit` rows from the start of a feed (or of given batches), map and locate them; stores nothing.

    Errors of the feed are in the report.
    """
    report = Checked(spec.feed)
    try:
        mapper = Mapper(
            spec, services.settings.token_key.encode(), is_workday, services.geography.to_wgs84, services.now
        )
        for batch in open_transport(spec).batches(Cursor()) if batches is None else batches:
            _add(report, services, spec, mapper, batch.rows[: limit - report.rows])
            for broken in batch.broken[: max(limit - report.rows, 0)]:
                report.rows += 1
                report.problems["", broken.reason, broken.text[:80]] += 1
            if report.rows >= limit:
                break
    except (Fatal, Retry) as error:
        report.error = str(error)
    report.unused = sorted(_unused(report.columns, spec))
    return report


def _unused(columns: set[str], spec: FeedSpec) -> Iterator[str]:
    """Columns that no rule reads; what lies below a column that is read as a whole is read too."""
    read = spec.mapping.columns()
    since = getattr(spec.transport, "since", None)
    read |= {since.column} if since else set()
    return (c for c in columns if c not in read and not any(c.startswith(f"{r}.") for r in read))


def _add(report: Checked, services: Any, spec: FeedSpec, mapper: Mapper, rows: list[dict[str, Any]]) -> None:
    mapped = mapper.map(rows)
    report.rows += len(rows)
    report.records += len(mapped.records)
    report.filtered += getattr(mapped, "filtered", 0)
    report.columns.update(c for row in rows[:200] for c in flat(row))
    examples = {(column, reason): message for column, reason, message in report.problems}
    for problem in mapped.problems:
        message = examples.setdefault((problem.column, problem.reason_code), problem.message)
        report.problems[problem.column, problem.reason_code, message] += 1
    finished = services.ingest.finished(mapped.records)
    with reading(services.engine) as connection:
        report.fates.add(would_be(connection, spec.feed, finished))
    for row in finished:
        report.levels[row["locate_level"]] += 1
    for record in mapped.records:
        _count(report, record)


def _count(report: Checked, record: dict[str, Any]) -> None:
    report.keys[record["external_id"]] += 1
    report.filled.update(name for name, value in record.items() if value not in (None, "", [], False))
    for name in _DAYS:
        moment = record.get(name)
        if moment is not None:
            day = moment.date() if isinstance(moment, datetime) else moment
            first, last = report.days.get(name, (day, day))
            report.days[name] = min(first, day), max(last, day)
    if len(report.samples) < _EXAMPLES and not record.get("withdrawn"):
        report.samples.append({name: record[name] for name in SHOWN if record.get(name) not in (None, "")})
