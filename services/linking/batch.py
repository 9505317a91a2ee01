"""All records of a store at once, by Splink in DuckDB: the start, and the measure of the scorer. Memory is bounded by DuckDB's limit."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

import duckdb
import pyarrow as pa
from splink import Linker
from splink.backends.duckdb import DuckDBAPI

from matters.linking import SIGNALS
from services.link_shapes import Scored
from services.linking.model import SQL
from services.linking.scorer import Scorer, probability

_ROWS = 50_000
_LIMIT = "1GB"


def scored(records: pa.Table, kept: Mapping[str, Any], scorer: Scorer, least: float | None = None) -> Iterator[Scored]:
    """The pairs of a table (services.linking.frame) from a match weight on (`least`, in bits; default: in doubt or sure), in no order."""
    base = duckdb.connect(config={"memory_limit": _LIMIT, "preserve_insertion_order": "false"})
    bits = math.log2(scorer.doubt / (1 - scorer.doubt)) if least is None else least
    linker = Linker(DuckDBAPI(base).register(records), dict(kept["splink"]), log_level=None)
    found = linker.inference.predict(threshold_match_weight=bits)
    gammas = ", ".join(f"gamma_{name}" for name in SQL)
    levels = _levels(kept["splink"])
    cursor = base.execute(f"select least(id_l, id_r), greatest(id_l, id_r), match_weight, {gammas} from {found.physical_name}")
    while rows := cursor.fetchmany(_ROWS):
        for low, high, weight, *values in rows:
            told = {"prior": "prior"} | {name: levels[name][value] for name, value in zip(SQL, values, strict=True)}
            yield Scored(low, high, weight, probability(weight), tuple(scorer.bar(name, told[name]) for name in SIGNALS))
    base.close()


def _levels(model: Mapping[str, Any]) -> dict[str, dict[int, str]]:
    """Splink's numbers of the levels: −1 for null, 0 for all else, and upwards from the last to the first."""
    found = {}
    for comparison in model["comparisons"]:
        names = [level["label_for_charts"] for level in comparison["comparison_levels"] if not level.get("is_null_level")]
        found[comparison["output_column_name"]] = {-1: "null"} | {len(names) - 1 - i: name for i, name in enumerate(names)}
    return found
