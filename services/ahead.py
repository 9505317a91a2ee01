"""The next item made while this one is used: mapping is our own work, storing is mostly waiting for the database."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import TypeVar

T = TypeVar("T")


def ahead(items: Generator[T, None, None]) -> Iterator[T]:
    """The items in order, each made in one other thread, one ahead of its use; what fails there fails here, at its turn.

    The generator lives in that thread from its first step to its end, as SQLite's connections ask for.
    """
    with ThreadPoolExecutor(1, thread_name_prefix="ahead") as maker:
        waiting = maker.submit(next, items, None)
        try:
            while (item := waiting.result()) is not None:
                waiting = maker.submit(next, items, None)
                yield item
        finally:
            with suppress(BaseException):  # of an item that nobody will use
                waiting.result()
            maker.submit(items.close).result()
