"""How right the links are, against a truth that knows which dispute every record is about: by pairs, by B-cubed, and by signal."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations
from typing import Any, NamedTuple

from matters.linking import LEVELS
from matters.linking_groups import REFERENCE, SCORED, Edge, components
from services.link_shapes import Scored

Pair = tuple[int, int]
WANTED = 0.995  # the precision at which the signals are compared


class Known(NamedTuple):
    """What a judgement needs of the live records: id → (feed, external id), id → dispute, and who quotes whom."""

    names: Mapping[int, tuple[str, str]]
    disputes: Mapping[int, int]
    quotes: Sequence[Pair]


def unquoted(known: Known) -> set[Pair]:
    """Pairs (low, high) that are one dispute and that no chain of quoted numbers joins: what scoring is there for."""
    group = _group_of(components(known.names, [Edge(a, b, REFERENCE) for a, b in known.quotes]))
    return {p for p in _together(known.disputes) if group[p[0]] != group[p[1]]}


def judge(known: Known, scored: Sequence[Scored], sure: float, blocked: int) -> dict[str, Any]:
    """Pairwise and B-cubed figures of the matters that come out, and those of the scored links alone.

    `precision`, `recall`: of all pairs of records in one matter; `scored`: the same without pairs that a chain of quoted numbers joins.
    """
    quotes = [Edge(a, b, REFERENCE) for a, b in known.quotes]
    links = [Edge(s.low, s.high, SCORED, score=s.score) for s in scored if s.score >= sure]
    before, after = components(known.names, quotes), components(known.names, [*quotes, *links])
    truth, quoted, made = set(_together(known.disputes)), set(_pairs(before)), set(_pairs(after))
    fresh, hidden = made - quoted, truth - quoted
    doubt = {(s.low, s.high) for s in scored if s.score < sure} - made
    return {
        **_shares(made & truth, made, truth), **_bcubed(after, known.disputes),
        "scored": {**_shares(fresh & hidden, fresh, hidden), "pairs": len(hidden), "linked": len(fresh), "in_doubt": len(doubt),
                   "in_doubt_right": len(doubt & hidden), "recall_with_queue": _rounded(len((fresh | doubt) & hidden), len(hidden))},
        "records": len(known.names), "matters_by_quotes": len(before), "matters": len(after), "compared": blocked,
    }  # fmt: skip


def signals(known: Known, scored: Iterable[Scored]) -> dict[str, dict[str, float | None]]:
    """What each signal adds: the share of hidden pairs that could be linked at a precision of 0.995 with all signals, and without it.

    `scored` must be all compared pairs, so that what one signal alone keeps apart is seen.
    """
    hidden = unquoted(known)
    told = [(s, (s.low, s.high) in hidden) for s in scored if (s.low, s.high) in hidden or known.disputes[s.low] != known.disputes[s.high]]
    whole = _reach([(s.weight, true) for s, true in told], len(hidden))
    found: dict[str, dict[str, float | None]] = {}
    for signal in LEVELS:
        if signal == "prior":
            continue
        without = _reach([(s.weight - sum(w.weight for w in s.waterfall if w.signal == signal), true) for s, true in told], len(hidden))
        found[signal] = {"recall_with": whole, "recall_without": without}
    return found


def _reach(told: Iterable[tuple[float, bool]], real: int) -> float | None:
    """The most of the real pairs that lie above a weight from which on precision holds; pairs of equal weight go together."""
    at: dict[float, Counter[bool]] = defaultdict(Counter)
    for weight, true in told:
        at[round(weight, 9)][true] += 1
    right = wrong = best = 0
    for weight in sorted(at, reverse=True):
        right, wrong = right + at[weight][True], wrong + at[weight][False]
        best = right if right >= WANTED * (right + wrong) else best
    return _rounded(best, real)


def _shares(right: set[Pair], made: set[Pair], real: set[Pair]) -> dict[str, float | None]:
    return {"precision": _rounded(len(right), len(made)), "recall": _rounded(len(right), len(real))}


def _bcubed(groups: Sequence[Sequence[int]], disputes: Mapping[int, int]) -> dict[str, float | None]:
    """B-cubed (Bagga and Baldwin 1998): for each record the share of its matter that is its dispute, and of its dispute that is in its matter."""
    sizes = Counter(disputes.values())
    precision = recall = 0.0
    for group in groups:
        for dispute, n in Counter(disputes[i] for i in group).items():
            precision, recall = precision + n * n / len(group), recall + n * n / sizes[dispute]
    return {"bcubed_precision": _rounded(precision, len(disputes)), "bcubed_recall": _rounded(recall, len(disputes))}


def _rounded(part: float, whole: int) -> float | None:
    return round(part / whole, 5) if whole else None


def _group_of(groups: Iterable[Iterable[int]]) -> dict[int, int]:
    return {i: n for n, group in enumerate(groups) for i in group}


def _pairs(groups: Iterable[Iterable[int]]) -> Iterable[Pair]:
    return (pair for group in groups for pair in combinations(sorted(group), 2))


def _together(disputes: Mapping[int, int]) -> Iterable[Pair]:
    groups: dict[int, list[int]] = defaultdict(list)
    for i, dispute in disputes.items():
        groups[dispute].append(i)
    return _pairs(groups.values())
