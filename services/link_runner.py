"""Comparing what came in: after each intake by the worker, or all at once by `yizhan link run`.

A step reads and scores outside, and writes in one transaction that also moves the mark: a process that dies loses nothing, and a
step that is done twice does nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, Engine

from services.link_shapes import Compared, Scorer
from services.link_start import Start
from services.link_writing import Guard, row_of, taken_over
from store import linking_pairs as pairs
from store.engine import reading, writing
from store.rollups import turn_day

STEP = 1_000
LARGE = 5_000  # records that wait at the start, from which on one pass over everything is quicker than steps


class _Block(NamedTuple):
    """Records that share a key which is not crowded; whether it was before this step."""

    records: set[int]
    is_calm_now: bool


@dataclass(slots=True)
class _Step:
    """What a step is going to write."""

    before: pairs.Mark
    after: pairs.Mark
    keys: dict[int, list[str]]
    known: list[int]  # of the records of the step those that were compared before
    compared: list[int]
    rows: list[dict[str, Any]]
    stay: set[tuple[int, int]]  # pairs of the compared that were compared before and still may be: they are what they were
    looked_at: int


class LinkRunner:
    """Brings scored links up to the newest record."""

    def __init__(self, engine: Engine, scorer: Scorer, now: Callable[[], datetime]) -> None:
        self._engine, self._scorer, self._now = engine, scorer, now

    def run(self, guard: Guard | None = None, size: int = STEP, progress: Callable[[Compared], None] | None = None,
            stop: Callable[[], bool] | None = None) -> Compared:  # fmt: skip
        """Step until nothing waits, or `stop` says so; `guard` is asked in every transaction (a worker's fence)."""
        done = self._begin(guard, progress, stop) or Compared()
        while not (stop is not None and stop()):
            step = self.step(guard, size)
            if step is None:
                break
            done.add(step)
            if progress is not None:
                progress(done)
        return done

    def _begin(self, guard: Guard | None, progress: Callable[[Compared], None] | None, stop: Callable[[], bool] | None) -> Compared | None:
        """One pass over everything, where a model has compared nothing yet and much waits."""
        with reading(self._engine) as connection:
            if pairs.mark_of(connection, self._scorer.version) != pairs.START or pairs.waiting(connection, pairs.START, LARGE) < LARGE:
                return None
        return Start(self._engine, self._scorer, self._now, guard, stop).run(progress)

    def step(self, guard: Guard | None = None, size: int = STEP) -> Compared | None:
        """Compare the next records; None when none wait."""
        with reading(self._engine) as connection:
            made = self._made(connection, size)
        return self._written(made, guard) if made else None

    def waiting(self) -> int:
        """How many records have come in and not been compared."""
        with reading(self._engine) as connection:
            return pairs.waiting(connection, pairs.mark_of(connection, self._scorer.version))

    def _made(self, connection: Connection, size: int) -> _Step | None:
        before = pairs.mark_of(connection, self._scorer.version)
        batch, after = pairs.to_compare(connection, before, size)
        if not batch:
            return None
        mine: dict[int, Mapping[str, Any]] = {r["id"]: r for r in batch if r["is_live"]}
        keys = {i: list(dict.fromkeys(self._scorer.keys_of(row))) for i, row in mine.items()}
        had = pairs.kept_keys(connection, [r["id"] for r in batch])
        blocks, again = self._blocks(connection, keys, had)
        known = [r["id"] for r in batch if r["id"] in had]
        anew, stay = _couples(blocks, mine.keys(), again)
        couples = sorted(anew)
        others = {i for couple in couples for i in couple} - mine.keys()
        records = {**mine, **pairs.records_by_id(connection, sorted(others))}
        couples = [c for c in couples if c[0] in records and c[1] in records]
        scored = self._scorer.score(records, couples) if couples else []
        rows = [row_of(s, records, self._scorer) for s in scored if s.score >= self._scorer.doubt]
        return _Step(before, after, keys, known, sorted({r["id"] for r in batch} | again), rows, stay, len(couples))

    def _blocks(
        self, connection: Connection, keys: Mapping[int, Sequence[str]], had: Mapping[int, Sequence[str]]
    ) -> tuple[list[_Block], set[int]]:
        """The records that share a key, and those to look at again because a key of theirs became crowded or calm.

        Whether a key is crowded depends on how many have it, not on who came first (promise 4).
        """
        cap = self._scorer.cap
        gone, come = _turned_over(had), _turned_over(keys)
        touched = come.keys() | gone.keys()
        counts = pairs.counts_of(connection, touched)
        now = {key: counts.get(key, 0) - len(gone.get(key, ())) + len(come.get(key, ())) for key in touched}
        turned = {key for key, n in now.items() if (n > cap) != (counts.get(key, 0) > cap)}
        held = pairs.holders(connection, turned | {key for key in come if 1 < now[key] <= cap})
        again = {i for key in turned for i in held[key]} - keys.keys() - had.keys()
        more = {key for mine in pairs.kept_keys(connection, sorted(again)).values() for key in mine} - turned if again else set()
        now |= pairs.counts_of(connection, more - touched) if more else {}
        held |= pairs.holders(connection, {key for key in more if now[key] <= cap}) if more else {}
        compared = {key for key in turned | come.keys() | more if 1 < now[key] <= cap}
        return [_Block((held.get(key, set()) - gone.get(key, set())) | come.get(key, set()), key in turned) for key in compared], again

    def _written(self, made: _Step, guard: Guard | None) -> Compared:
        with writing(self._engine) as connection:
            if guard is not None:
                guard(connection)
            today = self._now()
            turn_day(connection, today.date())  # locks: one writer after another
            if not pairs.advance(connection, self._scorer.version, made.before, made.after):
                return Compared()  # somebody else compared these meanwhile
            pairs.put_keys(connection, made.keys, made.known)
            taken_over(connection, made.compared, made.rows, today, made.stay)
        sure = sum(r["is_sure"] for r in made.rows)
        return Compared(len(made.compared), made.looked_at, sure, len(made.rows) - sure)


def _couples(blocks: Sequence[_Block], mine: Set[int], again: set[int]) -> tuple[set[tuple[int, int]], set[tuple[int, int]]]:
    """Pairs to compare, and pairs that were compared before and share a key as they did.

    When a key becomes crowded nothing new is to be compared: what its records share besides decides which of their pairs stay.
    """
    anew: set[tuple[int, int]] = set()
    stay: set[tuple[int, int]] = set()
    for block, is_calm_now in blocks:
        fresh = block if is_calm_now else block & mine
        anew.update((i, j) if i < j else (j, i) for i in fresh for j in block if i != j)
        stay.update((i, j) if i < j else (j, i) for i in (block & again) - fresh for j in block if i != j)
    return anew, stay - anew


def _turned_over(keys: Mapping[int, Sequence[str]]) -> dict[str, set[int]]:
    """key → records, from record → keys."""
    out: dict[str, set[int]] = defaultdict(set)
    for i, mine in keys.items():
        for key in mine:
            out[key].add(i)
    return out
