"""Matters derived again after rules, clocks, the holidays' calendar or an agency's say changed: in steps, by the worker or by hand."""

from __future__ import annotations

import hashlib
import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path

from sqlalchemy import Connection, Engine

from matters import alone, categories, clocks, deadlines, derive, identity, model, numbers, path, told, veil, vocabulary
from matters.model import Agency
from services.ingest import is_workday, limit_of
from store import feeds as feed_store
from store import renewal as kept
from store.clock import hold, tick
from store.engine import reading, writing
from store.rollups import turn_day
from store.writer import bump

STEP = 1_000  # matters a transaction: others who write wait for some tenths of a second where many of them differ
_RULES = (alone, categories, clocks, deadlines, derive, identity, model, numbers, path, told, veil, vocabulary)
_FIRST, _LAST = date(2010, 1, 1), date(2039, 12, 31)


@dataclass(slots=True)
class Looked:
    """How many matters were derived again, and how many of them differed; `fields` counts in what."""

    count: int = 0
    wrong: int = 0
    all: int = 0
    fields: dict[str, int] | None = None


@cache
def _rules() -> bytes:
    """The rules as they are written, and each day of the calendar. A comment that changes costs a pass that finds nothing; a rule whose
    number somebody forgot to raise would have cost wrong limits."""
    digest = hashlib.blake2b(digest_size=16)
    for module in _RULES:
        digest.update(Path(str(module.__file__)).read_bytes())
    days = (_LAST - _FIRST).days
    digest.update(bytes(is_workday(_FIRST + timedelta(days=n)) for n in range(days + 1)))
    return digest.digest()


def rules_of(agencies: dict[str, Agency]) -> int:
    """A number for what matters are derived by: rules, calendar, and which agency has how much say."""
    said = repr(sorted((a.code, a.bit, a.rank) for a in agencies.values())).encode()
    return int.from_bytes(hashlib.blake2b(_rules() + said, digest_size=8).digest()) >> 1 or 1


class Renewal:
    """Looks through all matters once after a change, and derives those anew that differ."""

    def __init__(self, engine: Engine, now: Callable[[], datetime]) -> None:
        self._engine, self._now = engine, now

    def begin(self) -> None:
        """A store without matters follows the rules of now: there is nothing to look through."""
        with writing(self._engine) as connection:
            if not kept.has_matters(connection):
                kept.put(connection, **{kept.RULES: rules_of(feed_store.all_agencies(connection))})

    def waiting(self) -> bool:
        """Whether something has changed since all matters were looked through."""
        with reading(self._engine) as connection:
            return kept.state(connection)[kept.RULES] != rules_of(feed_store.all_agencies(connection))

    def run(
        self, guard: Callable[[Connection], object] = lambda connection: None, stop: Callable[[], bool] = lambda: False,
        rest: Callable[[float], object] = lambda seconds: None, progress: Callable[[Looked], None] = lambda looked: None, anew: bool = False,
    ) -> Looked:  # fmt: skip
        """Steps, each a transaction that `guard` may refuse, from where an earlier run stopped; `anew`: from the first matter, whatever changed.

        `rest` is called after each step with the seconds that it took: whoever works beside others waits as long.
        """
        done = Looked()
        if not anew and not self.waiting():
            return done
        while not stop():
            began = time.monotonic()
            if not self._step(guard, done, anew):
                break
            anew = False
            progress(done)
            rest(time.monotonic() - began)
        return done

    def _step(self, guard: Callable[[Connection], object], done: Looked, anew: bool) -> bool:
        """The next matters; False when there were none left, and all follow the rules of now."""
        with reading(self._engine) as connection:
            agencies = feed_store.all_agencies(connection)
            rules, state = rules_of(agencies), kept.state(connection)
            if not anew and state[kept.RULES] == rules and not state[kept.MARK]:
                return False  # another process came to the end first
            after = state[kept.MARK] if state[kept.UNDER] == rules and not anew else 0
            looked = kept.look(connection, after, STEP, limit_of, agencies)
        with writing(self._engine) as connection:
            guard(connection)
            if looked.wrong:
                now = self._now()
                turn_day(connection, now.date())
                now = tick(connection, now)
                done.wrong += (mended := kept.mend(connection, list(looked.wrong), limit_of, agencies, now))
                if mended:
                    bump(connection, now)
            if looked.seen:
                kept.put(connection, **{kept.UNDER: rules, kept.MARK: looked.last})
            else:
                kept.put(connection, **{kept.UNDER: rules, kept.MARK: 0, kept.RULES: rules})
        done.count += looked.seen
        return looked.seen > 0

    def sample(self, seconds: float, seed: int | None = None) -> Looked:
        """Compare without writing, as many matters as fit into the seconds, at least one step: all of a small store, of a big one
        a part, another one each time."""
        until = time.monotonic() + seconds
        with reading(self._engine) as connection:
            low, high, count = kept.ends(connection)
            agencies = feed_store.all_agencies(connection)
        starts = list(range(low - 1, high, STEP)) if count else []
        random.Random(seed).shuffle(starts)  # noqa: S311  an order, no secret
        found = Looked(all=count, fields={})
        for after in starts:
            with reading(self._engine) as connection:
                looked = kept.look(connection, after, STEP, limit_of, agencies, after + STEP)
            found.count += looked.seen
            self._sure(looked, agencies, found)
            if time.monotonic() > until:
                break
        return found

    def _sure(self, looked: kept.Looked, agencies: dict[str, Agency], found: Looked) -> None:
        """A batch may have come in between two queries of a look: what seems wrong is looked at again while others wait."""
        if not looked.wrong:
            return
        with writing(self._engine) as connection:
            hold(connection, self._now().date())
            wrong = kept.look_at(connection, list(looked.wrong), limit_of, agencies)
        found.wrong += len(wrong)
        for name in (n for names in wrong.values() for n in names):
            found.fields = {**(found.fields or {}), name: (found.fields or {}).get(name, 0) + 1}
