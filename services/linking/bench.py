"""`yizhan bench linking`: a demo city whose disputes are known, its records as they came in, and how right the kept weights link them."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa
from sqlalchemy import Engine, select

from matters.linking import SIGNALS
from services.linking import judge
from services.linking.features import Seats
from services.linking.frame import by_id, candidates, table
from services.linking.scorer import Scorer
from store.engine import reading
from store.schema import record, reference

_COLUMNS = ("id", "feed", "external_id", "number", "parties", "county_code", "town_code", "village_code", "lon", "lat", "happened_at", "registered_on",
            "accepted_on", "category", "amount", "title", "summary", "withdrawn", "context")  # fmt: skip
_CITY = 100_000_000  # ids of one city's records lie below
Disputes = Mapping[tuple[str, str], int]  # (feed, external id or number) → dispute


def rows_of(engine: Engine) -> tuple[list[dict[str, Any]], list[tuple[int, int]]]:
    """The live records, and pairs (record, record whose number it quotes)."""
    with reading(engine) as connection:
        live = select(*(record.c[name] for name in _COLUMNS)).where(~record.c.withdrawn, ~record.c.context)
        rows = [dict(r._mapping) for r in connection.execute(live.order_by(record.c.id))]
        quoted = connection.execute(select(reference.c.record_id, reference.c.number)).all()
    holders: dict[str, list[int]] = defaultdict(list)
    for row in rows:
        if row["number"]:
            holders[row["number"]].append(row["id"])
    mine = {row["id"] for row in rows}
    return rows, [(i, j) for i, number in quoted if i in mine for j in holders.get(number, ()) if i != j]


def known_of(rows: Sequence[Mapping[str, Any]], quotes: Sequence[tuple[int, int]], disputes: Disputes) -> judge.Known:
    """Records with the dispute that each is about; one that the truth does not name is a dispute of its own."""
    found = {}
    for row in rows:
        dispute = disputes.get((row["feed"], row["external_id"]), disputes.get((row["feed"], row["number"] or "")))
        found[row["id"]] = -row["id"] if dispute is None else dispute
    return judge.Known({row["id"]: (row["feed"], row["external_id"]) for row in rows}, found, quotes)


def linking(engine: Engine, disputes: Disputes, scorer: Scorer, seats: Seats) -> dict[str, Any]:
    """Figures of one city: precision, recall and B-cubed of its matters, those of the scored links alone, what each signal adds, seconds."""
    rows, quotes = rows_of(engine)
    known = known_of(rows, quotes, disputes)
    started = time.perf_counter()
    records = table(rows, seats)
    pairs = candidates(records)
    features = by_id(records)
    scored = [scorer.pair(features[a], features[b]) for a, b in pairs]
    seconds = time.perf_counter() - started
    told = [s for s in scored if s.score >= scorer.doubt]
    return {
        **judge.judge(known, told, scorer.sure, len(pairs)), "signals": judge.signals(known, scored),
        "model": scorer.version, "sure": scorer.sure, "doubt": scorer.doubt, "seconds": round(seconds, 2),
    }  # fmt: skip


def said(figures: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The figures in lines for the terminal."""
    scored = figures["scored"]
    lines = [(name, f"{figures[name]:.5f}") for name in ("precision", "recall", "bcubed_precision", "bcubed_recall")]
    lines += [(f"scored {name}", "-" if scored[name] is None else f"{scored[name]:.5f}") for name in ("precision", "recall", "recall_with_queue")]
    lines += [(f"recall without {SIGNALS[name][1].lower()}", f"{f['recall_without']} (with: {f['recall_with']})") for name, f in figures["signals"].items()]
    return [*lines, ("records", str(figures["records"])), ("matters", f"{figures['matters_by_quotes']} by quoted numbers, {figures['matters']} in all")]


def seats_of(areas: Any) -> dict[str, tuple[float, float]]:
    """Township code → (lon, lat) of its seat, of the frame of geo.areas."""
    towns = areas[(areas["level"] == "township") & areas["lon"].notna()]
    return {code: (lon, lat) for code, lon, lat in zip(towns["code"], towns["lon"], towns["lat"], strict=True)}


def material(cities: Sequence[tuple[Engine, Disputes]], seats: Seats) -> tuple[Any, set[tuple[int, int]], dict[int, int]]:
    """Records of several cities as one table, the pairs to learn from, and record → dispute: what training.train takes.

    Each city is a world of its own (column `world`): two records of different cities are never compared, nor counted as chance.
    """
    worlds: list[pa.Table] = []
    same: set[tuple[int, int]] = set()
    known: dict[int, int] = {}
    for number, (engine, disputes) in enumerate(cities):
        off = number * _CITY
        mine, quotes = rows_of(engine)
        mine = [{**row, "id": row["id"] + off} for row in mine]
        told = known_of(mine, [(a + off, b + off) for a, b in quotes], disputes)
        same |= judge.unquoted(told)
        known |= {i: dispute + off if dispute >= 0 else dispute for i, dispute in told.disputes.items()}
        worlds.append(apart(table(mine, seats), number))
    return pa.concat_tables(worlds), same, known


def apart(records: pa.Table, world: int) -> pa.Table:
    """The table with its world, which is in its keys too."""
    keys = pa.array([[f"{world}:{key}" for key in mine] for mine in records.column("keys").to_pylist()], records.schema.field("keys").type)
    records = records.set_column(records.schema.get_field_index("keys"), "keys", keys)
    return records.append_column("world", pa.array([world] * records.num_rows, pa.int64()))
