"""What every transport promises, and errors named by what has to be done about them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple, Protocol
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")


class Fatal(Exception):
    """Configuration or credentials are wrong: a person must act, and the message says what to do."""


class Retry(Exception):
    """Not now: the network, a busy server, half a file. Trying again later may work; `after` so many seconds where the source says so."""

    after: float = 0


class SkipRow(Exception):
    """One row is bad: it goes to quarantine with its reason, and the others go on."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason, self.message = reason, message


class Broken(NamedTuple):
    """A row that could not even be split into cells; counted as received and quarantined.

    `line` is its line or row number in the origin (from 1), `text` a masked excerpt, `reason` a code of
    reasons.REASONS.
    """

    line: int
    text: str
    reason: str


@dataclass(frozen=True, slots=True)
class Cursor:
    """How far a feed has been read: the watermark in the source's own writing, and the digests of files read."""

    watermark: str | None = None
    seen: frozenset[str] = frozenset()


@dataclass(slots=True)
class RawBatch:
    """Rows of one origin, to be stored in one transaction together with what they say about the cursor.

    `watermark` is the new watermark once this batch is stored (None: leave it as it is). `completes` is the SHA-256
    of the file whose last rows these are: once stored, that file is not read again.
    """

    rows: list[dict[str, Any]]
    origin: str
    watermark: str | None = None
    completes: str | None = None
    broken: list[Broken] = field(default_factory=list)

    @property
    def received(self) -> int:
        """Rows that came in, broken ones included."""
        return len(self.rows) + len(self.broken)


class Transport(Protocol):
    """A door to one source."""

    def batches(self, cursor: Cursor) -> Iterator[RawBatch]:
        """Yield what is new since the cursor; raises Fatal or Retry, possibly after good batches."""
        ...


def shanghai_now() -> datetime:
    """The present moment as naive Shanghai local time."""
    return datetime.now(SHANGHAI).replace(tzinfo=None)
