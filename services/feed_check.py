"""Trying a feed without storing anything: what would come in, and what is wrong with it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from connectors.base import Cursor, Fatal, Retry
from connectors.mapping import Mapper
from connectors.registry import open_transport
from connectors.spec import FeedSpec
from services.ingest import is_workday

SAMPLE = ("external_id", "number", "accepted_on", "closed_on", "outcome", "category", "title", "place")


@dataclass(slots=True)
class Checked:
    """What the first rows of a feed came to; `error` is '' when it could be read."""

    feed: str
    rows: int = 0
    records: int = 0
    problems: Counter[tuple[str, str, str]] = field(default_factory=Counter)  # (column, reason, an example's message)
    levels: Counter[str] = field(default_factory=Counter)
    filled: Counter[str] = field(default_factory=Counter)
    sample: dict[str, Any] = field(default_factory=dict)
    error: str = ""

    def text(self) -> str:
        """The report for a terminal."""
        lines = [f"{self.feed}: {self.rows} rows read, {self.records} would come in, {self.rows - self.records} would be quarantined"]
        lines += [f"  {n} × {column or 'row'}: {reason} ({message})" for (column, reason, message), n in self.problems.most_common()]
        if self.records:
            lines.append("  located to: " + ", ".join(f"{level} {n}" for level, n in self.levels.most_common()))
            lines.append("  filled: " + ", ".join(f"{name} {n * 100 // self.records} %" for name, n in self.filled.most_common()))
            lines += [f"  {name} = {self.sample[name]}" for name in SAMPLE if self.sample.get(name) is not None]
        if self.error:
            lines.append(f"  {self.error}")
        return "\n".join(lines)


def check(services: Any, spec: FeedSpec, limit: int) -> Checked:
    """Read at most about `limit` rows from the start of a feed, map and locate them. Errors of the feed are in the report."""
    report = Checked(spec.feed)
    try:
        mapper = Mapper(spec, services.settings.token_key.encode(), is_workday, services.geography.to_wgs84, services.now)
        for batch in open_transport(spec).batches(Cursor()):
            _add(report, services, mapper, batch.rows[: limit - report.rows])
            for broken in batch.broken:
                report.rows += 1
                report.problems["", broken.reason, broken.text[:80]] += 1
            if report.rows >= limit:
                break
    except (Fatal, Retry) as error:
        report.error = str(error)
    return report


def _add(report: Checked, services: Any, mapper: Mapper, rows: list[dict[str, Any]]) -> None:
    mapped = mapper.map(rows)
    report.rows += len(rows)
    report.records += len(mapped.records)
    examples = {(column, reason): message for column, reason, message in report.problems}
    for problem in mapped.problems:
        message = examples.setdefault((problem.column, problem.reason_code), problem.message)
        report.problems[problem.column, problem.reason_code, message] += 1
    for row in services.ingest.finished(mapped.records):
        report.levels[row["locate_level"]] += 1
    for record in mapped.records:
        report.filled.update(name for name, value in record.items() if value not in (None, "", [], False))
        report.sample = report.sample or record
