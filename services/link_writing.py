"""What comparing writes down: the rows of the pairs, and the matters that they make one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence, Set
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from services.link_shapes import Scored, Scorer
from store import feeds as feed_store
from store import linking_pairs as pairs
from store.clock import tick
from store.linking import refresh_pairs
from store.relink import regroup
from store.writer import bump

Guard = Callable[[Connection], None]  # asked in every transaction that writes: a worker's fence


def row_of(s: Scored, records: Mapping[int, Mapping[str, Any]], scorer: Scorer) -> dict[str, Any]:
    """A pair as link_pair has it, without id, state and time."""
    one, other = records[s.low], records[s.high]
    county = one["county_code"] if one["county_code"] == other["county_code"] else ""
    town = one["town_code"] if county and one["town_code"] == other["town_code"] else ""
    return {"low": s.low, "high": s.high, "weight": s.weight, "score": s.score, "is_sure": s.score >= scorer.sure,
            "sure": scorer.sure, "doubt": scorer.doubt, "model": scorer.version,
            "waterfall": [[w.signal, w.level, w.weight] for w in s.waterfall], "county_code": county, "town_code": town,
            "low_agency": one["agency"], "high_agency": other["agency"]}  # fmt: skip


def taken_over(
    connection: Connection, compared: Sequence[int], rows: Sequence[dict[str, Any]], today: datetime, stay: Set[tuple[int, int]] = frozenset()
) -> None:
    """Make the pairs of the compared records those of `rows` and, of those that they had, `stay`; and the matters and the queue what follows from them."""
    bound, told = pairs.put_pairs(connection, compared, rows, today, stay)
    if bound:
        now = tick(connection, today)
        regroup(connection, sorted(bound), now, feed_store.all_agencies(connection))
        bump(connection, now)
    if told - bound:
        refresh_pairs(connection, sorted(told - bound))
