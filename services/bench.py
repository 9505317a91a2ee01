"""What DESIGN.md promises of speed, measured on a store of invented matters of any size (`yizhan bench`)."""

from __future__ import annotations

import gzip
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import orjson

from matters.access import Scope
from matters.filters import Filter
from matters.periods import Window, year_before
from services.bench_fill import fill
from services.settings import Settings
from services.wiring import Services, build
from store.engine import reading
from store.places import Place
from store.sums import EVER, sums, waiting

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
