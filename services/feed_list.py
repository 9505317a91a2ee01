"""The feeds in one table for a terminal: state, age of the data, last run."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from matters.access import Scope
from store import feeds as feed_store
from store.engine import reading


class FeedLine(NamedTuple):
    """One feed; `state` is on time, LATE, paused, or circuit open, the gravest first."""

    feed: str
    agency: str
    state: str
    data_at: str
    last_run: str
    error: str


def feed_lines(services: Any) -> list[FeedLine]:
    """Every declared feed, late ones first."""
    with reading(services.engine) as connection:
        kept = {row["code"]: row for row in feed_store.all_feeds(connection)}
        latest: dict[str, dict[str, Any]] = {}
        for run in feed_store.runs(connection, limit=500):
            latest.setdefault(run["feed"], run)
    lines = []
    for state in services.feeds.states(Scope.system()):
        row = kept[state.feed]
        lines.append(
            FeedLine(
                state.feed,
                state.zh,
                _state(state.late, row, services.wall_clock()),
                _moment(state.data_at),
                _run(latest.get(state.feed), row),
                state.error,
            )
        )
    return lines


def _state(late: bool, row: dict[str, Any], now: datetime) -> str:
    if row["paused"]:
        return "paused"
    if row["circuit_until"] is not None and row["circuit_until"] > now:
        return f"circuit open to {row['circuit_until']:%H:%M}"
    return "LATE" if late else "on time"


def _run(run: dict[str, Any] | None, row: dict[str, Any]) -> str:
    """The last run that brought something or failed; else when the feed was last looked at."""
    if run is None:
        return f"{_moment(row['checked_at'])}, no rows" if row["checked_at"] else "never"
    return f"{_moment(run['started_at'])}, {run['received']:,} rows{'' if run['status'] == 'done' else ', ' + run['status']}"


def _moment(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d %H:%M}" if at else "nothing yet"
