"""Which records are one matter: components over links, minus what a steward holds apart. Pure, and blind to order of arrival."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import NamedTuple

STEWARD, REFERENCE, SCORED = 0, 1, 2  # who speaks first where not everybody can be right


class Edge(NamedTuple):
    """A reason for two records to be one matter. `number` is what a reference quotes; `score` is 1 for what is certain."""

    one: int
    other: int
    kind: int
    number: str = ""
    score: float = 1.0
    pair: int = 0
    decision: int = 0


Name = tuple[str, str]  # feed and external id: what tells records apart in every store, in whatever order they came


def components(names: Mapping[int, Name], edges: Iterable[Edge], apart: Iterable[tuple[int, int]] = ()) -> list[list[int]]:
    """Groups of the records (id → name): as large as the edges make them, but never with both records of a pair of `apart`.

    Where a group would hold such a pair, the weakest edge gives way: stewards' words first, then quoted numbers, then scores from
    high to low, ties by name. So a decision to keep two records apart also holds against a third that resembles both.
    """
    bars: dict[int, set[int]] = defaultdict(set)
    for one, other in apart:
        if one in names and other in names:
            bars[one].add(other)
            bars[other].add(one)
    ordered = sorted(edges, key=lambda e: _strength(e, names)) if bars else edges
    parent = {i: i for i in names}
    held: dict[int, set[int]] = {i: {i} for i in bars}  # of each root: the barred records in its group

    def root(i: int) -> int:
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    for edge in ordered:
        a, b = root(edge.one), root(edge.other)
        if a == b or (bars and _barred(held.get(a), held.get(b), bars)):
            continue
        parent[a] = b
        if a in held:
            held.setdefault(b, set()).update(held.pop(a))
    groups: dict[int, list[int]] = defaultdict(list)
    for i in names:
        groups[root(i)].append(i)
    return list(groups.values())


def _strength(edge: Edge, names: Mapping[int, Name]) -> tuple[int, float, Name, Name]:
    one, other = sorted((names[edge.one], names[edge.other]))
    return edge.kind, -edge.score, one, other


def _barred(mine: set[int] | None, yours: set[int] | None, bars: Mapping[int, set[int]]) -> bool:
    if not mine or not yours:
        return False
    few, many = sorted((mine, yours), key=len)
    return any(not bars[i].isdisjoint(many) for i in few)
