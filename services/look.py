"""What several questions of one request rest on - data version, feeds, listings in force - read once, and the same for all of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

T = TypeVar("T")
_READ: ContextVar[dict[Any, Any] | None] = ContextVar("read", default=None)


@contextmanager
def one_look() -> Iterator[None]:
    """Until the end of this block what `once` has read stands. Not for a block that writes."""
    before = _READ.set({})
    try:
        yield
    finally:
        _READ.reset(before)


def once(key: Any, read: Callable[[], T]) -> T:
    """What `read` says, asked at most once in a look; each time outside of one."""
    known = _READ.get()
    if known is None:
        return read()
    if key not in known:
        known[key] = read()
    found: T = known[key]
    return found
