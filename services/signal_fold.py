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
    """Cards, the gravest first. near: township → its nearest ones, itself first."""
    subjects: dict[tuple[str, ...], list[Found]] = {}
    for f in found:
        subjects.setdefault((f.county, f.town, f.category, *f.towns), []).append(f)
    single = [_one(same) for same in subjects.values()]
    groups = _joined([f for f, _ in single], near)
    kinds = {id(f): k for f, k in single}
    cards = [_card(members, kinds) for members in groups]
    return sorted(cards, key=lambda card: (round(log10(max(card.lead.pvalue, 1e-12))), -card.lead.excess, card.lead.town, card.lead.category))


def _one(same: Sequence[Found]) -> tuple[Found, tuple[str, ...]]:
    """One of several findings about the same place and category; the counts of a growth are kept beside it."""
    first = min(same, key=lambda f: _FIRST[f.kind])
    grew = next((f for f in same if f.kind == "trending"), None)
    if grew is not None and grew is not first:
        first = replace(first, more={**first.more, "grew": {k: grew.more[k] for k in ("months", "counts")}})
    return first, tuple(sorted({f.kind for f in same}, key=_FIRST.__getitem__))


def _joined(found: Sequence[Found], near: Mapping[str, Sequence[str]]) -> list[list[Found]]:
    """Findings of one category that lie in, or next to, each other."""
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
    """Whether one lies in the other, or both have townships near each other."""
    here, there = _towns(a), _towns(b)
    if not here or not there:
        return not a.county or not b.county or a.county == b.county
    close = {n for t in here for n in near.get(t, (t,))[: NEAR + 1]}
    return bool(close & set(there))


def _width(f: Found) -> int:
    return 0 if f.town else 1 if f.towns else 2 if f.county else 3


def _card(members: Sequence[Found], kinds: Mapping[int, tuple[str, ...]]) -> Card:
    most = max(f.excess for f in members)
    lead = min((f for f in members if f.excess >= SHARE * most), key=lambda f: (_width(f), f.pvalue, -f.excess))
    rest = sorted((f for f in members if f is not lead), key=lambda f: (_width(f), f.pvalue))
    return Card(lead, kinds[id(lead)], tuple(rest))
