"""Scores pairs of records with the kept weights (Fellegi and Sunter 1969, trained with Splink): what comes in by the batch.

Splink takes a second to start and explains one model a time; for the few pairs of a batch the same weights are added up here.
tests/services/test_linking_model.py holds both equal to 1e-9.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import orjson

from matters.linking import ASIDE, SAME_PEOPLE
from services.link_shapes import Scored, Weight
from services.linking import levels
from services.linking.features import CAP, Features, Seats, features, keys_of

_REST = ("place", "time", "category", "amount", "source")
_ROUNDING = 1e-9  # sums in another order
WEIGHTS = Path(__file__).with_name("weights.json")


class Scorer:
    """The kept weights and thresholds. Pure: the same two records always get the same score (services/link_shapes.py, Scorer)."""

    def __init__(self, kept: Mapping[str, Any], seats: Seats) -> None:
        self.version, self.sure, self.doubt, self.cap = str(kept["version"]), float(kept["sure"]), float(kept["doubt"]), CAP
        self._seats = seats
        chance = kept["splink"]["probability_two_random_records_match"]
        self._prior = Weight("prior", "prior", math.log2(chance / (1 - chance)))
        self._weights = {c["output_column_name"]: _weights(c) for c in kept["splink"]["comparisons"]}
        self._most = {("text", shared): self._best("text", shared) for shared in (False, True)}
        self._most |= {("rest", shared): _ROUNDING + sum(self._best(name, shared) for name in _REST) for shared in (False, True)}
        # With people in common or without, signal after signal: how to compare, the bits of each level, and the most that what follows can add.
        self._steps = {shared: [(levels.COMPARISONS[name], self._bits(name, shared), _ROUNDING + sum(self._best(n, shared) for n in _REST[i + 1 :]))
                                for i, name in enumerate(_REST)] for shared in (False, True)}  # fmt: skip
        self._least = math.log2(self.doubt / (1 - self.doubt))

    def _best(self, signal: str, shared: bool) -> float:
        """The most that a signal can add, with people in common or without."""
        mine = self._weights[signal].items()
        return max(0.0, *(bar.weight for level, bar in mine if signal in ASIDE or level.startswith(SAME_PEOPLE) == shared))

    def _bits(self, signal: str, shared: bool) -> dict[str, float]:
        """Bits by the level's name, which a pair with people in common has longer."""
        mine, longer = self._weights[signal], shared and signal not in ASIDE
        if not longer:
            return {level: bar.weight for level, bar in mine.items()}
        return {level.removeprefix(SAME_PEOPLE): bar.weight for level, bar in mine.items() if level.startswith(SAME_PEOPLE) or level == "null"}

    @classmethod
    def load(cls, seats: Seats, path: Path = WEIGHTS) -> Scorer:
        """The scorer of the kept weights file; seats: township code → (lon, lat)."""
        return cls(orjson.loads(path.read_bytes()), seats)

    def features(self, record: Mapping[str, Any]) -> Features:
        """What a row of the record table is compared by."""
        return features(record, self._seats)

    def keys_of(self, record: Mapping[str, Any]) -> Sequence[str]:
        """Blocking keys of a row of the record table; [] for one that is linked by nothing."""
        return [] if record.get("withdrawn") or record.get("context") else keys_of(features(record, self._seats, words=False))

    def lean(self, record: Mapping[str, Any]) -> Features:
        """What may_be() compares a record by."""
        return features(record, self._seats, words=False)

    def score(self, records: Mapping[int, Mapping[str, Any]], pairs: Sequence[tuple[int, int]]) -> list[Scored]:
        """The pairs of ids (low < high) that are sure or in doubt, in their order; the others are apart."""
        lean = {i: self.lean(records[i]) for i in {i for pair in pairs for i in pair}}
        likely = [(low, high) for low, high in pairs if self.may_be(lean[low], lean[high])]
        found = {i: self.features(records[i]) for i in {i for pair in likely for i in pair}}
        scored = (self.pair(found[low], found[high]) for low, high in likely)
        return [one for one in scored if one.weight >= self._least]

    def may_be(self, a: Features, b: Features) -> bool:
        """Whether the same words would be enough for a doubt: most pairs need not be read."""
        people = levels.party(a, b)
        shared = people in levels.PEOPLE
        bits = self._prior.weight + self._weights["party"][people].weight + self._most["text", shared]
        if bits + self._most["rest", shared] < self._least:
            return False
        for compare, weights, after in self._steps[shared]:
            bits += weights[compare(a, b)]
            if bits + after < self._least:
                return False  # nothing that follows can make up for it
        return bits >= self._least - _ROUNDING

    def bar(self, signal: str, level: str) -> Weight:
        """The bar of a waterfall for a level."""
        return self._prior if signal == "prior" else self._weights[signal][level]

    def pair(self, a: Features, b: Features) -> Scored:
        """Two records and why: the weights of the waterfall add up to the match weight, in bits."""
        bars = (self._prior, *(self._weights[name][level] for name, level in levels.levels(a, b).items()))
        total = math.fsum(bar.weight for bar in bars)
        return Scored(min(a.id, b.id), max(a.id, b.id), total, probability(total), bars)


def probability(bits: float) -> float:
    """Probability of a match weight: odds are two to the power of it."""
    return 1 / (1 + 2.0**-bits) if bits > -1000 else 0.0


def _weights(comparison: Mapping[str, Any]) -> dict[str, Weight]:
    name, found = comparison["output_column_name"], {}
    for level in comparison["comparison_levels"]:
        label = level["label_for_charts"]
        bits = 0.0 if level.get("is_null_level") else math.log2(level["m_probability"] / level["u_probability"])
        found[label] = Weight(name, label, bits)
    return found
