"""Comparing everything at once: the first time, and after new weights. What steps would find, written in big slices.

Keys are sorted before they are written, so that the index grows at its end; pairs come from one join over all of them. What is found
waits in a file, not in memory: a million links have two million pairs behind them. The mark moves when all is written: until then a
process that dies begins anew, and what it wrote is written again.
"""

from __future__ import annotations

import secrets
import tempfile
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

import numpy as np
import orjson
import pyarrow as pa
from numpy.typing import NDArray
from sqlalchemy import Connection, Engine

from services.link_shapes import Compared, Scorer
from services.link_writing import Guard, row_of, taken_over
from store import linking_pairs as pairs
from store.chunks import chunks
from store.engine import reading, writing
from store.rollups import turn_day

if TYPE_CHECKING:
    import duckdb

_READ, _KEYS, _PAIRS, _ENDS = 10_000, 200_000, 500_000, 4_000  # rows at a time: read, keys written, pairs compared, records whose pairs are written
_JOIN = """
    with calm as (select key from k group by key having count(*) between 2 and {cap}),
         few as (select k.id, k.key from k join calm on k.key = calm.key)
    select distinct a.id as low, b.id as high from few a join few b on a.key = b.key and a.id < b.id order by low, high
"""
Progress = Callable[[Compared], None]


class Start:
    """One pass over all records. Others may start one too: the later one goes on, and the earlier one gives up."""

    def __init__(self, engine: Engine, scorer: Scorer, now: Callable[[], datetime], guard: Guard | None, stop: Callable[[], bool] | None) -> None:
        self._engine, self._scorer, self._now, self._guard, self._stop = engine, scorer, now, guard, stop
        self._token = secrets.randbelow(2**31)

    def run(self, progress: Progress | None = None) -> Compared | None:
        """Compare all; None when it was stopped or somebody else began after us."""
        import duckdb  # late: 12 MB that only a start needs

        done = Compared()
        with tempfile.TemporaryDirectory(prefix="yizhan-link-") as folder, duckdb.connect(f"{folder}/start", config={"memory_limit": "1GB"}) as base:
            base.execute("set enable_progress_bar = false")
            after = self._read(base, done)
            if not self._put_keys(base):
                return None
            found = base.execute(_JOIN.format(cap=int(self._scorer.cap))).fetchnumpy()
            self._score(base, found["low"], found["high"], done, progress)
            if not self._put_pairs(base):
                return None
        return done if self._moved(after) else None

    def _read(self, base: duckdb.DuckDBPyConnection, done: Compared) -> pairs.Mark:
        """The keys of every live record into DuckDB; how far this has come."""
        base.execute("create table k (id bigint, key varchar)")
        after = pairs.START
        with reading(self._engine) as connection:
            for part in pairs.everything(connection, _READ):
                after = max([after, *(pairs.Mark(row["learned_at"], row["id"]) for row in part)])
                done.records += len(part)
                keys = [(row["id"], key) for row in part if row["is_live"] for key in dict.fromkeys(self._scorer.keys_of(row))]
                told = pa.table({"id": pa.array([i for i, _ in keys], pa.int64()), "key": pa.array([key for _, key in keys], pa.string())})
                base.register("told", told)
                base.execute("insert into k select id, key from told")
        return after

    def _put_keys(self, base: duckdb.DuckDBPyConnection) -> bool:
        with writing(self._engine) as connection:
            self._enter(connection)
            pairs.claim(connection, self._scorer.version, self._token)
        cursor = base.execute("select key, id from k order by key, id")
        while part := cursor.fetchmany(_KEYS):
            with writing(self._engine) as connection:
                if not self._enter(connection):
                    return False
                pairs.add_keys(connection, part)
        return True

    def _score(self, base: duckdb.DuckDBPyConnection, low: NDArray[np.int64], high: NDArray[np.int64], done: Compared, progress: Progress | None) -> None:
        """The rows of link_pair for what is sure or in doubt, into DuckDB."""
        base.execute("create table s (low bigint, high bigint, told blob)")
        lean: dict[int, Any] = {}
        for first in range(0, len(low), _PAIRS):
            both = np.stack([low[first : first + _PAIRS], high[first : first + _PAIRS]], axis=1)
            lean = self._lean(np.unique(both).tolist(), lean)
            there = [(one, other) for one, other in both.tolist() if one in lean and other in lean]
            likely = [(one, other) for one, other in there if self._scorer.may_be(lean[one], lean[other])]
            done.looked_at += len(there)
            for part in chunks(likely, _READ):
                self._told(base, part, done)
            if progress is not None:
                progress(done)

    def _lean(self, ids: list[int], had: dict[int, Any]) -> dict[int, Any]:
        """What the scorer keeps of these records. Pairs lie in order, so that most records of a slice are those of the one before."""
        lean = {i: had[i] for i in ids if i in had}
        for part in chunks([i for i in ids if i not in had], _READ):
            with reading(self._engine) as connection:
                lean |= {i: self._scorer.lean(row) for i, row in pairs.records_by_id(connection, part).items()}
        return lean

    def _told(self, base: duckdb.DuckDBPyConnection, couples: list[tuple[int, int]], done: Compared) -> None:
        """Score pairs with all that there is of them, and keep the rows of those that are sure or in doubt."""
        with reading(self._engine) as connection:
            records = pairs.records_by_id(connection, sorted({i for couple in couples for i in couple}))
        known = [c for c in couples if c[0] in records and c[1] in records]
        rows = [row_of(s, records, self._scorer) for s in self._scorer.score(records, known) if s.score >= self._scorer.doubt]
        told = pa.table({"low": pa.array([r["low"] for r in rows], pa.int64()), "high": pa.array([r["high"] for r in rows], pa.int64()),
                         "told": pa.array([orjson.dumps(r) for r in rows], pa.binary())})  # fmt: skip
        base.register("found", told)
        base.execute("insert into s select low, high, told from found")
        sure = sum(r["is_sure"] for r in rows)
        done.add(Compared(0, 0, sure, len(rows) - sure))

    def _put_pairs(self, base: duckdb.DuckDBPyConnection) -> bool:
        """Write the pairs, the records of one slice after the other; pairs of before that are none any more go with them."""
        with reading(self._engine) as connection:
            before = pairs.ends(connection)
        ends = sorted(before.union(*(base.execute(f"select distinct {end} from s").fetchnumpy()[end].tolist() for end in ("low", "high"))))
        for part in chunks(ends, _ENDS):
            mine = base.execute("select told from s where low between $1 and $2 or high between $1 and $2 order by low, high", [part[0], part[-1]]).fetchall()
            with writing(self._engine) as connection:
                if not self._enter(connection):
                    return False
                taken_over(connection, part, [orjson.loads(told) for (told,) in mine], self._now())
        return True

    def _moved(self, after: pairs.Mark) -> bool:
        with writing(self._engine) as connection:
            return self._enter(connection) and pairs.advance(connection, self._scorer.version, pairs.START, after)

    def _enter(self, connection: Connection) -> bool:
        """Ask the guard, wait for other writers, and see whether this pass still goes on."""
        if self._guard is not None:
            self._guard(connection)
        turn_day(connection, self._now().date())
        return pairs.claimed(connection, self._scorer.version, self._token) and not (self._stop is not None and self._stop())

