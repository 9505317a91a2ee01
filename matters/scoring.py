"""From values to points, scores and ranks: arithmetic alone, so that a score can be done again by hand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from matters.assessment import Part, Rules


@dataclass(frozen=True, slots=True)
class Value:
    """What a part is judged by: its value, and the count below the line (None for an index)."""

    value: float | None
    counted: int | None = None


@dataclass(frozen=True, slots=True)
class Scored:
    """Points of one part. `weight` is what it can give at most when every part of the level is judged: all of them make 100.

    `points` None: not judged, for the reason `why`: few (counted on too few), none (nothing to divide by, or no figure).
    """

    key: str
    weight: float
    points: float | None
    why: str = ""


def score(rules: Rules, level: str, values: Mapping[str, Value]) -> tuple[Scored, ...]:
    """Points of every part of a level."""
    whole = rules.weight(level) or 1.0
    return tuple(_scored(p, p.weight / whole * 100, values.get(p.key, Value(None))) for p in rules.of(level))


def _scored(part: Part, weight: float, given: Value) -> Scored:
    if given.counted is not None and given.counted < part.least:
        return Scored(part.key, weight, None, "few" if given.counted else "none")
    if given.value is None:
        return Scored(part.key, weight, None, "none")
    return Scored(part.key, weight, part.share(given.value) * weight)


def judged(parts: Iterable[Scored]) -> float:
    """Weight of the parts that are judged, of 100."""
    return sum(p.weight for p in parts if p.points is not None)


def base(parts: Sequence[Scored]) -> float | None:
    """Points of the judged parts, as if they were all: out of 100; None when nothing is judged."""
    weight = judged(parts)
    return sum(p.points for p in parts if p.points is not None) / weight * 100 if weight else None


def marked(rules: Rules, points: Iterable[float]) -> tuple[float, float]:
    """Sum of merits and demerits, and what of it counts."""
    whole = sum(points)
    return whole, min(rules.merit_most, max(-rules.demerit_most, whole))


def ranks(totals: Mapping[str, float]) -> dict[str, int]:
    """Place by total, the highest first; equal totals, as shown with two digits, share a place and the next ones are left out."""
    shown = {key: round(total, 2) for key, total in totals.items()}
    ordered = sorted(shown.values(), reverse=True)
    return {key: ordered.index(total) + 1 for key, total in shown.items()}
