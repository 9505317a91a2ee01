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

from services.link_shapes import Scored, Weight
from services.linking.features import CAP, Features, Seats, features, keys_of
from services.linking.levels import levels

WEIGHTS = Path(__file__).with_name("weights.json")


class Scorer:
    """The kept weights and thresholds. Pure: the same two records always get the same score (services/link_shapes.py, Scorer)."""

    def __init__(self, kept: Mapping[str, Any], seats: Seats) -> None:
        self.version, self.sure, self.doubt, self.cap = str(kept["version"]), float(kept["sure"]), float(kept["doubt"]), CAP
        self._seats = seats
        chance = kept["splink"]["probability_two_random_records_match"]
        self._prior = Weight("prior", "prior", math.log2(chance / (1 - chance)))
        self._weights = {c["output_column_name"]: _weights(c) for c in kept["splink"]["comparisons"]}
        self._least = math.log2(self.doubt / (1 - self.doubt))

    @classmethod
    def load(cls, seats: Seats, path: Path = WEIGHTS) -> Scorer:
        """The scorer of the kept weights file; seats: township code → (lon, lat)."""
        return cls(orjson.loads(path.read_bytes()), seats)

    def features(self, record: Mapping[str, Any]) -> Features:
        """What a row of the record table is compared by."""
        return features(record, self._seats)

    def keys_of(self, record: Mapping[str, Any]) -> Sequence[str]:
        """Blocking keys of a row of the record table; [] for one that is linked by nothing."""
        return [] if record.get("withdrawn") or record.get("context") else keys_of(self.features(record))

    def score(self, records: Mapping[int, Mapping[str, Any]], pairs: Sequence[tuple[int, int]]) -> list[Scored]:
        """The pairs of ids (low < high) that are sure or in doubt, in their order; the others are apart."""
        found = {i: self.features(records[i]) for i in {i for pair in pairs for i in pair}}
        scored = (self.pair(found[low], found[high]) for low, high in pairs)
        return [one for one in scored if one.weight >= self._least]

    def bar(self, signal: str, level: str) -> Weight:
        """The bar of a waterfall for a level."""
        return self._prior if signal == "prior" else self._weights[signal][level]

    def pair(self, a: Features, b: Features) -> Scored:
        """Two records and why: the weights of the waterfall add up to the match weight, in bits."""
        bars = (self._prior, *(self._weights[name][level] for name, level in levels(a, b).items()))
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
