"""What DESIGN.md promises of speed, measured on a store of invented matters of any size (`yizhan bench`)."""

from __future__ import annotations

import gzip
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import orjson
from sqlalchemy import Connection, insert, text

from matters.access import Scope
from matters.categories import CATEGORIES
from matters.filters import Filter
from matters.identity import matter_code
from matters.periods import Window, year_before
from services.settings import Settings
from services.wiring import Services, build
from store import rollups
from store.bulk import insert_many
from store.engine import reading, writing
from store.places import Place
from store.schema import matter, source
from store.sums import EVER, sums, waiting
from store.writer import bump

DAYS = 1_096
PART = 50_000
ROUNDS = 60


def indicators(settings: Settings, rows: int) -> dict[str, Any]:
    """The county map with its year-on-year: the queries, and the whole answer at the server.

    On SQLite in a folder of its own, or on settings.database_url when that is a PostgreSQL database without matters.
    Returns {rows, query_ms_p50, query_ms_p95, answer_ms_p50, answer_bytes_gz}.
    """
    with tempfile.TemporaryDirectory(prefix="yizhan-bench-") as folder:
        update: dict[str, Any] = {"data_dir": Path(folder), "today": date(2026, 6, 30)}
        if not settings.database_url.startswith("postgresql"):
            update["database_url"] = f"sqlite:///{folder}/bench.sqlite3"
        services = build(settings.model_copy(update=update))
        try:
            services.prepare()
            fill(services, rows)
            return {"rows": rows, **_measured(services)}
        finally:
            services.close()


Titles = Callable[[np.random.Generator, int], list[str]]


def fill(services: Services, rows: int, seed: int = 7, titles: Titles = lambda rng, size: [""] * size) -> None:
    """Matters over three years, skewed over townships and categories, with their rollups; RuntimeError if there are any."""
    with writing(services.engine) as c:
        if c.execute(text("SELECT COUNT(*) FROM matter")).scalar_one():
            raise RuntimeError("the database holds matters: bench needs an empty one")
        values = [{"id": i + 1, "agencies": 1 << i % 6, "first_agency": a, "channel": "visit" if a == "centre" else ""}
                  for i, a in enumerate(services.feeds.agencies())]  # fmt: skip
        c.execute(insert(source), values)
    towns = [t for county in services.areas.counties() for t in services.areas.children(county.code)]
    rng = np.random.default_rng(seed)
    weights = rng.lognormal(0, 1, len(towns))
    for start in range(0, rows, PART):
        size = min(PART, rows - start)
        with writing(services.engine) as c:
            made = _invented(rng, services, towns, weights / weights.sum(), values, start, size)
            insert_many(c, matter, [{**row, "title": title} for row, title in zip(made, titles(rng, size), strict=True)])
    with writing(services.engine) as c:
        rollups.turn_day(c, services.now().date())
        bump(c, services.now())
        _analyse(c)


def _analyse(connection: Connection) -> None:
    connection.execute(text("ANALYZE" if connection.dialect.name == "postgresql" else "PRAGMA optimize"))


def _invented(
    rng: np.random.Generator, services: Services, towns: list[Any], weights: Any, sources: list[dict[str, Any]], start: int, size: int
) -> list[dict[str, Any]]:
    today, codes = services.now().date(), list(CATEGORIES)
    where, when = rng.choice(len(towns), size, p=weights), rng.integers(0, DAYS, size)
    category, origin = rng.zipf(1.6, size) % len(codes), rng.integers(0, len(sources), size)
    took, fate = rng.gamma(2, 9, size).astype(int), rng.random(size)
    out = []
    for i in range(size):
        day = today - timedelta(days=int(when[i]))
        closed = day + timedelta(days=int(took[i]))
        is_open = closed > today or fate[i] < 0.002
        s = sources[origin[i]]
        out.append({
            "id": start + i + 1, "county_code": towns[where[i]].parent, "town_code": towns[where[i]].code, "village_code": "",
            "code": matter_code("bench", str(start + i), day.year, 9), "located": "township", "opened_on": day, "accepted_on": day,
            "handled_on": day, "due_on": day + timedelta(days=30), "closed_on": None if is_open else closed, "is_open": bool(is_open),
            "outcome": None if is_open else "resolved" if fate[i] < 0.97 else "unresolved", "stage": "mediating" if is_open else "closed",
            "category": codes[category[i]], "channel": s["channel"], "first_agency": s["first_agency"], "agencies": s["agencies"],
            "title": "", "owner": "", "scale": "individual", "satisfied": None if fate[i] > 0.3 else bool(fate[i] < 0.24),
            "escalated": bool(fate[i] > 0.95), "litigated": False, "record_count": 1, "source": s["id"], "version": 1,
            "changed_at": services.now(),
        })  # fmt: skip
    return out


def _measured(services: Services) -> dict[str, Any]:
    window = Window(date(2026, 1, 1), date(2026, 6, 30))
    scope, wanted, counties = Scope.system(), Filter(window=window), [a.code for a in services.areas.counties()]
    windows, clock = {"now": window, "before": year_before(window), "stock": EVER}, services.figures.clock()

    def query() -> None:
        with reading(services.engine) as c:
            sums(c, scope, wanted, Place(), windows, ("county_code",), counties)
            waiting(c, scope, wanted, Place(), clock, ("county_code",))

    def answer() -> bytes:
        services.figures.forget()
        return orjson.dumps(services.figures.rows(scope, wanted, "county"))

    asked, answered = _times(query), _times(answer)
    return {
        "query_ms_p50": round(statistics.median(asked), 2), "query_ms_p95": round(sorted(asked)[int(len(asked) * 0.95)], 2),
        "answer_ms_p50": round(statistics.median(answered), 2), "answer_bytes_gz": len(gzip.compress(answer())),
    }  # fmt: skip


def _times(work: Callable[[], object]) -> list[float]:
    """Milliseconds of each round, after a few that warm the caches."""
    out = []
    for number in range(ROUNDS + 5):
        started = time.perf_counter()
        work()
        if number >= 5:
            out.append((time.perf_counter() - started) * 1_000)
    return out
