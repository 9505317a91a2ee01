"""What a batch would change, without changing it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection

from store.writer import Counts, _classify


def would_be(connection: Connection, feed: str, rows: Sequence[Mapping[str, Any]]) -> Counts:
    """Fates of finished rows (services.ingest) against the store; reads only. The verdict is the writer's own, so that both agree."""
    _, counts = _classify(connection, feed, [dict(row) for row in rows], None, None)
    counts.received = len(rows)
    return counts
