"""How well groups about one object are found, on a demo city of any seed: against what was planted in it (`yizhan bench groups`)."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from itertools import combinations
from typing import Any

from sqlalchemy import select

from matters.grouping import LEAST, Found, find
from services.wiring import Services
from store import groups as kept
from store.engine import reading
from store.schema import matter, record


def compared(services: Services, truth: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Pairs of matters that are in one group, found against planted: {matters, groups, planted, precision, recall, seconds}.

    truth: per group its `object` and, for each matter, the keys of its records (the demo's truth.json, `groups`). What has fewer
    than LEAST matters is no group, planted or not.
    """
    truth = [group for group in truth if len(group["matters"]) >= LEAST]
    started = time.perf_counter()
    with reading(services.engine) as connection:
        told = kept.told(connection, date.min)
        found = find(told)
        seconds = time.perf_counter() - started
        anchors = _anchors(connection, [key for group in truth for keys in group["matters"] for key in keys])
    wanted = [{anchors[k] for keys in group["matters"] for k in keys if k in anchors} for group in truth]
    right, made, real = _pairs(found, wanted)
    return {"matters": len(told), "groups": len(found), "planted": len(truth), "precision": round(right / made, 4) if made else None,
            "recall": round(right / real, 4) if real else None, "seconds": round(seconds, 2)}  # fmt: skip


def _pairs(found: Iterable[Found], wanted: Sequence[set[int]]) -> tuple[int, int, int]:
    """Pairs in both, pairs found, pairs planted."""
    mine = {pair for g in found for pair in combinations(sorted(m.key for m in g.members), 2)}
    real = {pair for group in wanted for pair in combinations(sorted(group), 2)}
    return len(mine & real), len(mine), len(real)


def _anchors(connection: Any, keys: Sequence[str]) -> dict[str, int]:
    """Key of a record → the record whose code its matter bears; keys that more than one feed uses are left out."""
    anchor = {row[0]: row[1] for row in connection.execute(select(matter.c.id, record.c.id).join(record, record.c.code == matter.c.code))}
    found: dict[str, int] = {}
    uses: Counter[str] = Counter()
    for start in range(0, len(keys), 400):
        part = list(keys[start : start + 400])
        rows = connection.execute(select(record.c.external_id, record.c.number, record.c.matter_id).where(
            (record.c.external_id.in_(part) | record.c.number.in_(part)) & record.c.matter_id.is_not(None)))  # fmt: skip
        for external, number, matter_id in rows:
            key = external if external in part else number
            uses[key] += 1
            found[key] = anchor[matter_id]
    return {key: record_id for key, record_id in found.items() if uses[key] == 1}
