"""Feeds that send their whole list each time: what it leaves out is withdrawn, unless it is suddenly short."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from connectors.base import RawBatch
from connectors.mapping import Mapper, Problem
from connectors.spec import FeedSpec
from matters.model import Agency
from services.raw_rows import RawRows
from store import notices, quarantine
from store import requests as kept
from store.schema import snapshot_hold
from store.writer import Counts, known_keys, withdraw_absent

_FILES = ("csv", "excel", "json")


def in_lists(spec: FeedSpec, batches: Iterator[RawBatch]) -> Iterator[tuple[RawBatch, bool]]:
    """Each batch with whether it ends a whole list: for files the last of a file, else the last of the run.

    A batch is held back until the next one is there, so that a list that breaks off is never taken for whole. A door that
    gives nothing at all gave an empty list; a folder without a new file gave none.
    """
    if spec.mode != "snapshot" or spec.transport.kind in _FILES:
        for batch in batches:
            yield batch, spec.mode == "snapshot" and batch.completes is not None
        return
    before: RawBatch | None = None
    for batch in batches:
        if before is not None:
            yield before, False
        before = batch
    yield before if before is not None else RawBatch([], spec.feed), True


class WholeList:
    """The list being read: the keys it has named, its bad rows, and the rows whose key nobody knows."""

    def __init__(self, spec: FeedSpec, raws: RawRows) -> None:
        self._spec, self._raws = spec, raws
        self.listed: set[str] = set()
        self._bad: set[str] = set()
        self._unknown = 0
        self._before = 0  # new records of earlier lists of the same run

    def set_aside(self, mapper: Mapper, batch: RawBatch, problems: list[Problem], digests: Iterable[str]) -> None:
        """Rows in quarantine are in the list all the same: their records are not absent. `digests`: by which they are known."""
        self._bad.update(digests)
        for problem in problems:
            key = mapper.key_of(batch.rows[problem.index])
            if key is None:
                self._unknown += 1
            else:
                self.listed.add(key)
        self._unknown += len(batch.broken)

    def close(self, connection: Connection, run_id: int, new: int, now: datetime, agencies: Mapping[str, Agency]) -> Counts:
        """The list is whole: withdraw what it leaves out, or stop and ask. In the transaction of its last batch. `new`: of the run so far.

        Bad rows that it leaves out wait no longer: mended, they would bring back what the source does not say any more.
        """
        live = known_keys(connection, self._spec.feed)
        absent = live - self.listed
        known = len(live) - (new - self._before)
        present = known - len(absent)
        short = bool(absent) and (not self.listed or present < self._spec.short_below * known or self._unknown > 0)
        counts, bad = Counts(), quarantine.left_out(connection, self._spec.feed, self._bad)
        if short:
            self._ask(connection, run_id, known, present, absent, bad, now)
        else:
            quarantine.supersede(connection, bad, now, run_id)
            counts = withdraw_absent(connection, self._spec.feed, self._spec.agency.code, run_id, list(absent), now, agencies)
            for hold in kept.newest(connection, snapshot_hold, self._spec.feed, "open"):
                kept.decide(connection, hold["id"], "passed", "", "", now)
        self.listed, self._bad, self._unknown, self._before = set(), set(), 0, new
        return counts

    def _ask(self, connection: Connection, run_id: int, known: int, present: int, absent: set[str], bad: list[int], now: datetime) -> None:
        feed, keys = self._spec.feed, sorted(absent)
        last = next(iter(kept.newest(connection, snapshot_hold, feed, limit=1)), None)
        if last is not None and last["state"] == "refused" and left_out(self._raws, last)[0] == keys:
            return  # the same answer as yesterday
        if last is None or last["state"] != "open":
            notices.add(connection, "held", feed, {"known": known, "present": present, "absent": len(keys)}, now)
        values = {"feed": feed, "run_id": run_id, "at": now, "known": known, "present": present, "absent": len(keys)}
        kept.hold(connection, {**values, "keys": self._raws.sealed([keys, bad], f"hold {feed}")})


def left_out(raws: RawRows, hold: Mapping[str, Any]) -> tuple[list[str], list[int]]:
    """The keys, and the ids of quarantined rows, that a held list left out."""
    said = list(raws.opened(hold["keys"], f"hold {hold['feed']}"))
    # Lists that were held before bad rows were looked at say keys only.
    return (said[0], said[1]) if said and isinstance(said[0], list) else (said, [])
