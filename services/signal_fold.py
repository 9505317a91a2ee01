"""Nearby and related signals folded together: one card a matter of concern, however many tests saw it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import log10
from typing import NamedTuple

from services.signal_judge import Found

NEAR = 6  # nearest townships that count as neighbours
SHARE = 0.4  # of the widest one's excess: from there on the narrower place leads, since somebody there can act
_FIRST = {"emerging": 0, "group": 1, "trending": 2}


class Card(NamedTuple):
    """A leading signal with those folded into it, and the other kinds that the same place and category is."""

    lead: Found
    kinds: tuple[str, ...]
    folded: tuple[Found, ...]


def folded(found: Sequence[Found], near: Mapping[str, Sequence[str]]) -> list[Card]:
    """Cards, the gravest first. near: township → its nearest ones, itself first.

    A county or the whole city goes under what lies in it, or takes it in, but is no bridge: two townships far from each other stay two
    cards, although the city's count holds both.
    """
    subjects: dict[tuple[str, ...], list[Found]] = {}
    for f in found:
        subjects.setdefault((f.county, f.town, f.category, *f.towns), []).append(f)
    single = [_one(same) for same in subjects.values()]
    kinds = {id(f): k for f, k in single}
    groups = [_led(members) for members in _joined([f for f, _ in single if _towns(f)], near)]
    for wide in sorted((f for f, _ in single if not _towns(f)), key=lambda f: (_width(f), f.county, f.category)):
        groups = _under(wide, groups)
    cards = [Card(lead, kinds[id(lead)], tuple(rest)) for lead, *rest in groups]
    return sorted(cards, key=lambda card: (round(log10(max(card.lead.pvalue, 1e-12))), -card.lead.excess, card.lead.town, card.lead.category))


def _under(wide: Found, groups: list[list[Found]]) -> list[list[Found]]:
    """Groups (each its leader first) with a wide finding: under the greatest one inside it where those make up a good part of it, else over them."""
    inside = [g for g in groups if g[0].category == wide.category and wide.county in ("", g[0].county)]
    if inside and sum(max(g[0].excess, 0.0) for g in inside) >= SHARE * wide.excess:
        max(inside, key=lambda g: g[0].excess).append(wide)
        return groups
    kept = [g for g in groups if not any(g is x for x in inside)]
    return [*kept, [wide, *(f for g in inside for f in g)]]


def _one(same: Sequence[Found]) -> tuple[Found, tuple[str, ...]]:
    """One of several findings about the same place and category; the counts of a growth are kept beside it."""
    first = min(same, key=lambda f: _FIRST[f.kind])
    grew = next((f for f in same if f.kind == "trending"), None)
    if grew is not None and grew is not first:
        first = replace(first, more={**first.more, "grew": {k: grew.more[k] for k in ("months", "counts")}})
    return first, tuple(sorted({f.kind for f in same}, key=_FIRST.__getitem__))


def _joined(found: Sequence[Found], near: Mapping[str, Sequence[str]]) -> list[list[Found]]:
    """Findings of one category whose townships are the same or next to each other."""
    own = list(range(len(found)))

    def root(i: int) -> int:
        while own[i] != i:
            i = own[i]
        return i

    for i, a in enumerate(found):
        for j in range(i):
            if a.category == found[j].category and _touch(a, found[j], near):
                own[root(i)] = root(j)
    groups: dict[int, list[Found]] = {}
    for i, f in enumerate(found):
        groups.setdefault(root(i), []).append(f)
    return list(groups.values())


def _towns(f: Found) -> tuple[str, ...]:
    return f.towns or ((f.town,) if f.town else ())


def _touch(a: Found, b: Found, near: Mapping[str, Sequence[str]]) -> bool:
    """Whether both have townships near each other."""
    here, there = _towns(a), _towns(b)
    close = {n for t in here for n in near.get(t, (t,))[: NEAR + 1]}
    return bool(close & set(there))


def _width(f: Found) -> int:
    return 0 if f.town else 1 if f.towns else 2 if f.county else 3


def _led(members: Sequence[Found]) -> list[Found]:
    """The one that leads, then the others, the narrower first."""
    most = max(f.excess for f in members)
    lead = min((f for f in members if f.excess >= SHARE * most), key=lambda f: (_width(f), f.pvalue, -f.excess))
    return [lead, *sorted((f for f in members if f is not lead), key=lambda f: (_width(f), f.pvalue))]
