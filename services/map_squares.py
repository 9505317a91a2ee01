"""Squares of the map put into a tree that can be told: every node, and whatever follows from nodes by subtraction, is several matters."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from matters.squares import COARSEST, Square
from store.places_drawn import Count


@dataclass(frozen=True, slots=True)
class Node:
    """A square, or what is left of it without some parts, with at least `map_least` matters.

    `cell` is the condition of the list of exactly these matters; `at` (lon, lat) the middle of a grid of a quarter of the square's side that
    lies nearest to them; `agencies` heard of them first, most first, those with few matters together under ''; `parts` are places in
    Squares.nodes whose matters add up to this node's.
    """

    level: int
    cell: str
    at: tuple[float, float]
    matters: int
    agencies: tuple[tuple[str, int], ...]
    parts: tuple[int, ...]


@dataclass(slots=True)
class _Sum:
    """What lies in a square: by agency, and the sums of the places of its finest squares."""

    agencies: Counter[str]
    x: float = 0.0
    y: float = 0.0

    def add(self, other: _Sum) -> None:
        self.agencies.update(other.agencies)
        self.x += other.x
        self.y += other.y

    @property
    def matters(self) -> int:
        return self.agencies.total()


class Tree:
    """The tree over the counts of squares of one level. A square is taken apart only into parts of at least `least` matters each: those that
    have fewer stay together as one part, with the smallest of the others where they would not be enough. So nothing is left out below a root.
    """

    def __init__(self, counts: Iterable[Count], level: int, least: int) -> None:
        self._least, self.nodes, self.agencies = least, list[Node](), Counter[str]()
        self._sums: dict[Square, _Sum] = {}
        self._below: dict[Square, set[Square]] = {}
        for c in counts:
            square = Square(level, c.x, c.y)
            west, south, east, north = square.edges
            one = _Sum(Counter({c.agency: c.matters}), (west + east) / 2 * c.matters, (south + north) / 2 * c.matters)
            self.agencies[c.agency] += c.matters
            while True:
                self._sums.setdefault(square, _Sum(Counter())).add(one)
                if square.level == COARSEST:
                    break
                self._below.setdefault(square.parent, set()).add(square)
                square = square.parent
        tops = sorted(s for s in self._sums if s.level == COARSEST and self._sums[s].matters >= least)
        self.roots = [self._add(s) for s in tops]

    def _add(self, square: Square) -> int:
        shown, rest = self._apart(square)
        parts = [self._add(s) for s in shown]
        if rest:
            left = _Sum(Counter())
            for s in rest:
                left.add(self._sums[s])
            parts.append(self._node(square, left, ",".join(s.key for s in (square, *shown)), ()))
        return self._node(square, self._sums[square], square.key, tuple(parts))

    def _apart(self, square: Square) -> tuple[list[Square], list[Square]]:
        """The parts that are told one by one, and those that stay together; nothing where the square stays whole."""
        parts = sorted(self._below.get(square, ()), key=lambda s: (-self._sums[s].matters, s))
        shown = [s for s in parts if self._sums[s].matters >= self._least]
        rest = parts[len(shown) :]
        while rest and shown and sum(self._sums[s].matters for s in rest) < self._least:
            rest.append(shown.pop())
        return (shown, rest) if shown else ([], [])

    def _node(self, square: Square, s: _Sum, cell: str, parts: tuple[int, ...]) -> int:
        self.nodes.append(Node(square.level, cell, _snapped(s.x / s.matters, s.y / s.matters, square.level), s.matters, self._told(s.agencies), parts))
        return len(self.nodes) - 1

    def _told(self, agencies: Counter[str]) -> tuple[tuple[str, int], ...]:
        """Agencies with enough matters each, most first; the others together, last, under ''."""
        told = [(a, n) for a, n in agencies.most_common() if n >= self._least]
        rest = agencies.total() - sum(n for _, n in told)
        return (*told, ("", rest)) if rest else tuple(told)


def _snapped(lon: float, lat: float, level: int) -> tuple[float, float]:
    """The middle of the square of a quarter of the side that holds a place."""
    n = 4 << level
    return round((math.floor(lon * n) + 0.5) / n, 5), round((math.floor(lat * n) + 0.5) / n, 5)
