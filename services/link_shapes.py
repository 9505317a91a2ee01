"""What linking takes and gives: plain values, no rows of the store. The statistics are in services/linking, the queue in services/link_desk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal, Protocol

from matters.access import Forbidden

__all__ = ["Compared", "Conflict", "DecisionLine", "Forbidden", "LinkOf", "Pair", "PairLine", "Queue", "QueueFilter", "Refused", "Scored", "Scorer",
           "Side", "Weight"]  # fmt: skip

State = Literal["queued", "skipped", "linked", "accepted", "split", "joined"]
Verdict = Literal["accept", "split", "skip"]


class Refused(ValueError):
    """The decision cannot be taken. `reason`: why | one_matter | apart | decided | sides | gone; `what` names the matter or decision."""

    def __init__(self, reason: str, what: str = "") -> None:
        super().__init__(f"{reason}: {what}" if what else reason)
        self.reason, self.what = reason, what


class Conflict(Exception):
    """Somebody decided in between: the pair or the matter is no longer as the steward saw it."""


@dataclass(frozen=True, slots=True)
class Weight:
    """One bar of a waterfall: a signal, the level at which the two records agree in it, and its weight in bits.

    `signal` and `level` are keys (matters/linking.py has the words); the prior is a signal too. Weights add up to Scored.weight.
    """

    signal: str
    level: str
    weight: float


@dataclass(frozen=True, slots=True)
class Scored:
    """A pair of records (ids, low < high) with its match weight in bits, the probability that follows, and why."""

    low: int
    high: int
    weight: float
    score: float
    waterfall: tuple[Weight, ...]


@dataclass(slots=True)
class Compared:
    """What a run did: records compared, pairs looked at, of them linked for sure and in doubt (new or changed)."""

    records: int = 0
    looked_at: int = 0
    sure: int = 0
    doubt: int = 0

    def add(self, other: Compared) -> None:
        """Add another step's counts."""
        for name in self.__slots__:
            setattr(self, name, getattr(self, name) + getattr(other, name))


class Scorer(Protocol):
    """The statistics of linking, as the store's side uses them. Pure: nothing but the records decides (promise 4).

    `sure` and `doubt` are thresholds on Scored.score: from `sure` on two records are linked, from `doubt` on a steward is asked.
    A key that more than `cap` live records have is no reason to compare them.
    """

    version: str
    sure: float
    doubt: float
    cap: int

    def keys_of(self, record: Mapping[str, Any]) -> Sequence[str]:
        """Blocking keys of a record (a row of the record table), each at most 24 characters; [] for one that is linked by nothing."""
        ...

    def lean(self, record: Mapping[str, Any]) -> Any:
        """What is kept of a record while it may be one of a pair: little, for a pass over everything holds many."""
        ...

    def may_be(self, a: Any, b: Any) -> bool:
        """Whether two records, by what lean() keeps of them, can be sure or in doubt at all."""
        ...

    def score(self, records: Mapping[int, Mapping[str, Any]], pairs: Sequence[tuple[int, int]]) -> Sequence[Scored]:
        """Score pairs of ids (low < high), one result a pair in the same order, or none for a pair that is apart for sure."""
        ...


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two records of a pair, masked, with the matter it belongs to now. Areas by name."""

    record: int
    code: str  # of the matter
    records: int  # in that matter
    agency: str
    feed: str
    kind: str
    number: str
    title: str
    summary: str
    category: str
    county: str
    town: str
    village: str
    place: str
    day: date | None  # first heard of
    accepted_on: date | None
    closed_on: date | None
    owner: str
    people: int | None
    amount: float | None
    parties: tuple[tuple[str, str], ...]  # (role, masked name)


@dataclass(frozen=True, slots=True)
class DecisionLine:
    """What somebody decided: verdict accept | split | skip | merge | part; `undone_by` is '' while it stands."""

    id: int
    verdict: str
    by: str
    role: str
    at: datetime
    why: str
    pairs: int
    code: str = ""  # of the matter when it was decided
    other_code: str = ""
    undone_by: str = ""
    undone_at: datetime | None = None
    may_undo: bool = False


@dataclass(frozen=True, slots=True)
class PairLine:
    """A pair in the queue's list. `blocked`: sure by its score, but a split keeps the two matters apart."""

    id: int
    score: float
    weight: float
    state: State
    blocked: bool
    agencies: tuple[str, str]
    titles: tuple[str, str]
    county: str
    town: str
    days_apart: int | None
    scored_at: datetime


@dataclass(frozen=True, slots=True)
class Pair:
    """Two records side by side: why the machine thinks what it thinks, and what people decided."""

    line: PairLine
    one: Side
    other: Side
    waterfall: tuple[Weight, ...]
    sure: float  # the thresholds that held when it was scored
    doubt: float
    model: str
    km_apart: float | None
    same: tuple[str, ...]  # fields of Side in which both say the same
    differ: tuple[str, ...]  # fields in which both say something, and not the same
    decisions: tuple[DecisionLine, ...]  # newest first
    may: bool  # whether this reader may decide


@dataclass(frozen=True, slots=True)
class QueueFilter:
    """What of the queue is asked for. Areas and agencies by code; scores as shares of 1."""

    state: str = "queued"
    area: str = ""
    agency: str = ""
    least: float = 0.0
    most: float = 1.0


@dataclass(frozen=True, slots=True)
class Queue:
    """A part of the queue, surest first. `counts` by state under the same filter; `agencies` (code, pairs) of the asked state."""

    rows: tuple[PairLine, ...]
    total: int
    counts: dict[str, int]
    agencies: tuple[tuple[str, int], ...]
    data_version: int
    waiting_records: int  # records that came in and have not been compared yet


@dataclass(frozen=True, slots=True)
class LinkOf:
    """An edge that holds a matter together. `method`: reference | scored | steward."""

    record: int
    other: int
    method: str
    number: str  # the number quoted, for a reference
    score: float | None
    pair: int  # id of the scored pair, 0 without one
    decision: int  # id of the steward's decision, 0 without one
    by: str
    why: str
    at: datetime
