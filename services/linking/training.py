"""Training: Splink estimates how often records of two disputes agree by chance, and those of one dispute by their nature.

u by random pairs, but for the parties, whose agreement by chance is too rare to be met in a sample: it is counted among all pairs that
have a key in common, which for the numbers of people is all there are. m from pairs known to be one dispute.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import duckdb
import orjson
import pyarrow as pa
from splink import Linker
from splink.backends.duckdb import DuckDBAPI

from matters.linking import SAME_PEOPLE
from services.linking.frame import by_id, candidates
from services.linking.levels import levels
from services.linking.model import settings
from services.linking.scorer import Scorer

Pair = tuple[int, int]
_SAMPLE, _SEED = 1_000_000, 7
_EXACT = ("two", "one_named", "one", "names", "others_named")
SURE_PRECISION, WORTH = 0.999, 0.5  # of the pairs trained on: at which they are linked, and how many of those in doubt are right


def train(records: pa.Table, same: Collection[Pair], known: Mapping[int, int] | None = None, sample: int = _SAMPLE) -> dict[str, Any]:
    """The kept weights from a table of services.linking.frame.

    same: pairs (low, high) that are one dispute though neither quotes the other; ValueError without any. known: record → dispute,
    by which the thresholds are set; pairs that are one dispute but not in `same` (they quote each other) are left out of it.
    """
    if not same:
        raise ValueError("nothing to learn from: no pair that is one dispute without quoting")
    everyone = _pairs(records)
    chance = len(same) / everyone
    made = settings()
    made.probability_two_random_records_match = chance
    linker = Linker(DuckDBAPI(_quiet()).register(records), made, log_level=None)
    linker.training.estimate_u_using_random_sampling(max_pairs=sample, seed=_SEED)
    linker.training.estimate_m_from_pairwise_labels(_labels(linker, same))
    model = linker.misc.save_model_to_json()
    found = by_id(records)
    pairs = candidates(records)
    other = [(a, b) for a, b in pairs if (a, b) not in same and (known is None or known[a] != known[b])]
    by_chance = Counter(told for a, b in other for told in levels(found[a], found[b]).items())
    _settle(model, by_chance, everyone, len(same), sample)
    kept = {"version": "", "sure": 0.99, "doubt": 0.01, "splink": model}
    if known is not None:
        kept |= _thresholds(Scorer(kept, {}), found, same, other)
    kept["version"] = hashlib.blake2b(orjson.dumps(kept, option=orjson.OPT_SORT_KEYS), digest_size=6).hexdigest()
    return kept


def _pairs(records: pa.Table) -> float:
    """How many pairs of records there are, within their worlds where the table has several."""
    worlds = Counter(records.column("world").to_pylist()) if "world" in records.column_names else {0: records.num_rows}
    return sum(n * (n - 1) / 2 for n in worlds.values())


def _quiet() -> duckdb.DuckDBPyConnection:
    """DuckDB without its progress bar, which is drawn by a thread that waits for Python's lock."""
    base = duckdb.connect()
    base.execute("set enable_progress_bar = false")
    return base


def _labels(linker: Linker, same: Collection[Pair]) -> Any:
    low, high = zip(*sorted(same), strict=True)
    return linker.table_management.register_table(pa.table({"id_l": pa.array(low), "id_r": pa.array(high)}), "labels")


def _settle(model: dict[str, Any], by_chance: Mapping[tuple[str, str], int], pairs: float, labels: int, sample: int) -> None:
    """Exact counts where a sample sees nothing, shares within the pairs that have people in common, and no probability of nothing."""
    for comparison in model["comparisons"]:
        name = comparison["output_column_name"]
        told = {level["label_for_charts"]: level for level in comparison["comparison_levels"] if not level.get("is_null_level")}
        for label, level in told.items():
            level["m_probability"], level["u_probability"] = _number(level.get("m_probability")), _number(level.get("u_probability"))
            if label.startswith(SAME_PEOPLE) or (name == "party" and label in _EXACT):
                level["u_probability"] = by_chance.get((name, label), 0) / pairs
        for people in (True, False):
            group = {label: level for label, level in told.items() if label.startswith(SAME_PEOPLE) == people}
            _to_one(list(group.values()), "m_probability", [labels] * len(group))
            _to_one(list(group.values()), "u_probability", [pairs if people or (name == "party" and n in _EXACT) else sample for n in group])


def _to_one(group: Sequence[dict[str, Any]], field: str, seen_among: Sequence[float]) -> None:
    """Make probabilities add up to one, after half a sighting more for each of them."""
    more = [level[field] + 0.5 / among for level, among in zip(group, seen_among, strict=True)]
    for level, value in zip(group, more, strict=True):
        level[field] = value / sum(more)


def _number(value: Any) -> float:
    return float(value) if isinstance(value, int | float) else 0.0


def _thresholds(scorer: Scorer, found: Mapping[int, Any], same: Collection[Pair], other: Sequence[Pair]) -> dict[str, Any]:
    """The lowest score from which on nearly all are one dispute, and the one from which on it is worth asking."""
    scored = sorted([(scorer.pair(found[a], found[b]).score, True) for a, b in same] + [(scorer.pair(found[a], found[b]).score, False) for a, b in other],
                    key=lambda s: -s[0])  # fmt: skip
    sure, right = 1.0, 0
    for seen, (score, true) in enumerate(scored, start=1):
        right += true
        if right >= SURE_PRECISION * seen:
            sure = score
    return {"sure": sure, "doubt": _worth(scored, sure)}


def _worth(scored: Sequence[tuple[float, bool]], sure: float) -> float:
    """The lowest score from which on so many pairs in doubt are one dispute that a steward's time is well spent; at least 0.001."""
    doubt, right = sure, 0
    for seen, (score, true) in enumerate(((s, t) for s, t in scored if 0.001 <= s < sure), start=1):
        right += true
        if right >= WORTH * seen:
            doubt = score
    return doubt
