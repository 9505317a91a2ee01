"""Letting the index of titles catch up with what came in: by the worker's job, at the end of an ingest, in the demo."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Connection, Engine

from store import search, search_index
from store.engine import reading, writing

SLOW = 20_000  # matters: a search that must read more than these one by one is felt
SIMILAR = search.CANDIDATES  # a list of similar titles is no longer


class SearchIndex:
    """The index of titles."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def behind(self) -> int:
        """Matters at most that a search reads one by one, since the index does not have them yet."""
        with reading(self._engine) as connection:
            found = search_index.behind(connection)
        return found.new + found.changed

    def run(self, guard: Callable[[Connection], object] = lambda connection: None, stop: Callable[[], bool] = lambda: False) -> int:
        """Steps until nothing is missing, each a transaction that `guard` may refuse; how many matters were taken in."""
        if not self.behind():
            return 0
        done = 0
        while not stop():
            with writing(self._engine) as connection:
                guard(connection)
                step = search_index.catch_up(connection)
            if not step:
                break
            done += step
        return done
