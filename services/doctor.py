"""Whether what is kept for speed equals what it was computed from, and putting it right."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection

from store import moments, rollups, strays
from store.engine import writing
from store.writer import bump

SHOWN = 20


@dataclass(slots=True)
class Report:
    """What was looked at and found."""

    lines: list[str] = field(default_factory=list)
    healthy: bool = True
    left: bool = False  # whether something is left to be put right


def examine(services: Any, seconds: float = 30) -> Report:
    """Compare every rollup row with a fresh computation from the matters; where they differ, rebuild all of them. Then for some
    seconds matters with what their records make of them.

    One transaction holds the comparison and the repair of the rollups, so that a batch coming in meanwhile waits instead of being lost.
    """
    report = Report()
    with writing(services.engine) as connection:
        wrong = rollups.compare(connection)
        if wrong:
            report.healthy = False
            report.lines += [_said(row) for row in wrong[:SHOWN]]
            report.lines.append(f"{len(wrong):,} rows of the rollups differed from the matters")
            report.lines.append(f"rebuilt: {rollups.rebuild(connection):,} rows; data version {bump(connection, services.now())}")
            moments.forget(connection)  # they were made from what was wrong
        else:
            report.lines.append("rollups: equal to a fresh computation")
            _examine_moment(connection, report)
        for what, count in strays.found(connection).items():
            report.healthy = False
            report.lines.append(f"{count:,} rows of {what} that is not there: restore the last backup, or read the feed anew")
    _examine_matters(services, report, seconds)
    return report


def _examine_matters(services: Any, report: Report, seconds: float) -> None:
    """Limits and titles are kept: a new calendar or rule shows in them when they are derived again. Only fields are named, a title may hold a name."""
    found = services.renewal.sample(seconds)
    looked = f"matters: {found.count:,} of {found.all:,} derived again"
    if not found.wrong:
        report.lines.append(f"{looked}: equal to what is kept")
        return
    report.healthy, report.left = False, True
    fields = ", ".join(f"{name} of {n:,}" for name, n in sorted(found.fields.items(), key=lambda f: (-f[1], f[0])))
    report.lines.append(f"{looked}: {found.wrong:,} differ from what is kept ({fields}); `yizhan rebuild` puts them right")


def _examine_moment(connection: Connection, report: Report) -> None:
    """The earlier moment made last against the matters as they stood then; when it differs, all are dropped and made again on demand."""
    found = moments.newest(connection)
    if found is None:
        return
    wrong = moments.compare(connection, found)
    if wrong:
        report.healthy = False
        report.lines.append(f"{wrong:,} rows of the figures as of {found.at} differed from the matters of then; dropped, to be made again")
        moments.forget(connection)
    else:
        report.lines.append(f"figures as of {found.at}: equal to a fresh computation")


def _said(row: dict[str, Any]) -> str:
    key = " ".join(f"{name}={row[name]}" for name in rollups.KEYS)
    differing = [name for name in row if f"{name}_fresh" in row and row[name] != row[f"{name}_fresh"]]
    return key + ": " + ", ".join(f"{name} {int(row[name])} instead of {int(row[f'{name}_fresh'])}" for name in differing)
