"""What a matter's file shows beside its records: its people (masked), and what each agency changed when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal


@dataclass(frozen=True, slots=True)
class PartyLine:
    """One person or body of a matter, as far as its records agree that it is one.

    `known_by` are the agencies that name it; `same` of them gave an identity or telephone number, and the same one. `asks` says
    where each hidden field can be asked for: (field of services.unmask, record id, place in its list of parties), newest record first.
    """

    role: str
    name: str  # masked
    known_by: tuple[str, ...]
    same: int
    asks: tuple[tuple[str, int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A field of a record before and after; a code stays a code, '' is none."""

    field: str
    then: str
    now: str


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """What came in about a record at a moment. `kind`: new | changed | withdrawn | returned | older (came late, changed nothing)."""

    at: datetime
    record: int
    agency: str
    feed: str
    record_kind: str
    number: str
    kind: Literal["new", "changed", "withdrawn", "returned", "older"]
    fields: tuple[FieldChange, ...] = ()
