"""HTTP feeds put together for one test."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from connectors.base import Cursor, Fatal, RawBatch, Retry
from tests.connectors.build import feed, read
from tests.connectors.loopback import Asked, Source, Told, source


def settings(url: str, more: str = "") -> str:
    """The transport part of a feed.toml for JSON with its rows at `data`, but for what `more` says."""
    lines = ['kind = "http"', "max_wait_seconds = 0.05"]
    for name, value in (("url", f'"{url}/x"'), ("rows", '"data"'), ("deadline_seconds", "5")):
        if not re.search(rf"^{name} =", more, re.MULTILINE):
            lines.append(f"{name} = {value}")
    return "\n".join(["[transport]", *lines, more, ""])


def reading(folder: Path, url: str, more: str = "", cursor: Cursor | None = None) -> list[RawBatch]:
    """Everything that such a feed gives."""
    return read(feed(folder, settings(url, more)), cursor)


def failing(folder: Path, answer: Callable[[Asked], Told] | Told, more: str = "") -> tuple[str, type[Exception], Source]:
    """The message, and whether it is Fatal or Retry, of a feed that must fail."""
    with source(answer if callable(answer) else lambda _: answer) as running, pytest.raises((Fatal, Retry)) as raised:
        reading(folder, running.url, more)
    return str(raised.value), Fatal if isinstance(raised.value, Fatal) else Retry, running
