"""Notices when a source begins to speak differently: columns that come, go or change their kind, values never seen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from connectors.mapping import NewValue
from connectors.shapes import fits
from store import notices
from store import requests as kept

FEW = 20  # rows below which a column's absence says nothing


class ColumnWatch:
    """One run's view of a feed's columns. `known` is what the source has sent so far, by name with its shape."""

    def __init__(self, feed: str, run_id: int, known: dict[str, str]) -> None:
        self._feed, self._run, self._known, self._first = feed, run_id, known, not known
        self._seen: set[str] = set()
        self._rows = 0

    def look(self, connection: Connection, found: Mapping[str, str], rows: int, new_values: Sequence[NewValue], now: datetime) -> None:
        """Look at a batch of so many rows with these shapes (connectors.shapes), in the transaction that stores it."""
        self._rows += rows
        self._seen.update(found)
        added = {n: s for n, s in found.items() if n not in self._known}
        other = {n: s for n, s in found.items() if n in self._known and self._changes(self._known[n], s)}
        drifts = [] if self._first else [_drift("added", n, s, rows) for n, s in added.items()]
        drifts += [_drift("retyped", n, f"{self._known[n]} → {s}", rows) for n, s in other.items() if not fits(s, self._known[n])]
        drifts += [_drift("new_value", v.column, v.value, v.rows) for v in new_values]
        kept.keep_columns(connection, self._feed, added, other, now)
        self._known.update(added | other)
        self._tell(connection, drifts, now)

    @staticmethod
    def _changes(known: str, seen: str) -> bool:
        return seen != known and seen != "empty" and (known == "empty" or not fits(seen, known))

    def ended(self, connection: Connection, now: datetime) -> None:
        """At the end of a whole run: columns that no row had."""
        gone = sorted(set(self._known) - self._seen) if self._rows >= FEW else []
        self._tell(connection, [_drift("missing", n, self._known[n], self._rows) for n in gone], now)
        kept.forget_columns(connection, self._feed, gone)

    def _tell(self, connection: Connection, drifts: list[dict[str, Any]], now: datetime) -> None:
        if drifts and kept.add_drift(connection, self._feed, self._run, drifts, now):
            said = [{"kind": d["kind"], "column": d["column"], "detail": d["detail"]} for d in drifts[:20]]
            notices.add(connection, "drift", self._feed, {"drifts": said}, now)


def _drift(kind: str, column: str, detail: str, rows: int) -> dict[str, Any]:
    return {"kind": kind, "column": column[:200], "detail": detail[:200], "rows": rows}
