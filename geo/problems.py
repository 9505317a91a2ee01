"""What is wrong with area data, as a value a page or a command can show."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to look at: its kind, the area it concerns ('' if none), what and where, and how many square metres.

    Kinds of a check: gap, overlap, border, invalid, seat_outside, no_seat, no_parent, no_outline, unknown_outline.
    Kinds of an import: unmatched, ambiguous, disagree, repeated, repaired, empty, missing.
    """

    kind: str
    code: str
    name: str
    detail: str
    m2: float | None = None
