"""How fast the case list answers on a store of invented matters with titles (`yizhan bench grid`, `yizhan bench search`)."""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy import text

from matters.access import Scope
from matters.filters import Filter
from matters.periods import Window
from services.bench import fill
from services.settings import Settings
from services.wiring import Services, build
from store.engine import reading
from store.places import Place
from store.search_text import conditions

ROUNDS = 20
SCOPE, TODAY = Scope.system(), date(2026, 6, 30)
YEAR = Window(date(2026, 1, 1), TODAY)
_WHO = ("两户", "邻居", "承包户", "施工方", "物业公司", "开发商", "加工厂", "合作社", "村民小组", "业主", "租户", "债务人", "雇主", "司机", "患者家属", "学校")
_OVER = ("共用山墙", "排水沟", "宅基地界址", "鱼塘", "林地边界", "计件工资", "停车收费", "预付卡", "货款", "借款", "彩礼", "祖坟迁移", "灌溉渠", "噪声",
         "转租押金", "青苗补偿", "误工赔偿", "医药费", "装修渗水", "道路通行")  # fmt: skip
_ENDS = ("引起的纠纷", "纠纷", "争议", "赔偿", "投诉", "引发争执", "拖欠未付", "要求返还")
# What is looked for: a rare word of four, one, two and many characters, a word that nothing has, a common one, and one wrong character.
WORDS = {"rare": "祖坟迁移", "two": "彩礼", "one": "坟", "none_two": "犀牛", "common": "纠纷", "typo": "祖坟千移", "two_words": "鱼塘 返还"}


def grid(settings: Settings, rows: int) -> dict[str, Any]:
    """First block, blocks far down, sums and facets of the running year, in milliseconds at the service, nothing kept from before.

    `first` is what stands beside the rows at once, `whole` what comes after it. On SQLite in a folder of its own, or on
    settings.database_url when that is a PostgreSQL database without matters.
    """
    with _filled(settings, rows) as (services, _):
        year, everything, open_ = Filter(window=YEAR), Filter(), Filter(part="open")

        def block(filter: Filter, offset: int, sort: str = "accepted_on") -> Callable[[], object]:
            return lambda: services.matters.rows(SCOPE, filter, sort, True, offset, 100)

        work = {
            "block": (block(year, 0), ROUNDS), "deep": (block(everything, rows // 10), 5), "deepest": (block(everything, rows - 200), 3),
            "by_limit": (block(open_, 0, "due_on"), ROUNDS), "first": (lambda: services.matters.first(SCOPE, year), ROUNDS),
            "whole": (lambda: services.matters.whole(SCOPE, year), 5), "open_whole": (lambda: services.matters.whole(SCOPE, open_), 5),
        }  # fmt: skip
        return {"rows": rows, **{f"{name}_ms": _times(services, *how)[0] for name, how in work.items()}}


def search_words(settings: Settings, rows: int) -> dict[str, Any]:
    """The first block of a search over all matters, in milliseconds at the service, and what the index costs: bytes and µs a matter."""
    with _filled(settings, rows) as (services, spent):
        out: dict[str, Any] = {"rows": rows, "index_us_a_matter": spent, **services_cost(services)}
        for name, word in WORDS.items():
            times = _times(services, lambda w=word: services.matters.rows(SCOPE, Filter(q=w), "accepted_on", True, 0, 100))  # type: ignore[misc]
            out[f"{name}_ms"], out[f"{name}_p95_ms"] = times
            out[f"{name}_hits"] = services.matters.total(SCOPE, Filter(q=word))
        with reading(services.engine) as c:
            out["typo_is_similar"] = conditions(c, Place(), WORDS["typo"])[0].similar
        return out


def services_cost(services: Services) -> dict[str, Any]:
    """What the index takes: bytes a matter on the disk, and microseconds a matter to fill it."""
    with reading(services.engine) as c:
        count = c.execute(text("SELECT COUNT(*) FROM matter")).scalar_one()
        if c.dialect.name == "postgresql":
            size = c.execute(text("SELECT pg_total_relation_size('matter_search')")).scalar_one()
        else:
            size = c.execute(text("SELECT SUM(length(block)) FROM matter_search_data")).scalar_one()
    return {"index_bytes_a_matter": round(size / count)}


@contextmanager
def _filled(settings: Settings, rows: int) -> Iterator[tuple[Services, float]]:
    """Services over a filled store, and the microseconds a matter that its index took."""
    with tempfile.TemporaryDirectory(prefix="yizhan-bench-") as folder:
        update: dict[str, Any] = {"data_dir": Path(folder), "today": TODAY}
        if not settings.database_url.startswith("postgresql"):
            update["database_url"] = f"sqlite:///{folder}/bench.sqlite3"
        services = build(settings.model_copy(update=update))
        try:
            services.prepare()
            fill(services, rows, titles=titles)
            started = time.perf_counter()
            services.search_index.run()
            spent = time.perf_counter() - started
            if services.engine.dialect.name == "postgresql":
                with services.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as raw:
                    raw.execute(text("VACUUM ANALYZE"))
            yield services, round(1e6 * spent / rows, 1)
        finally:
            services.close()


def titles(rng: np.random.Generator, size: int) -> list[str]:
    """Invented titles: who, over what, and two characters that make most of them different."""
    who, ends = rng.integers(0, len(_WHO), size), rng.integers(0, len(_ENDS), size)
    over, names = np.minimum(rng.zipf(1.5, size) - 1, len(_OVER) * 4) % len(_OVER), rng.integers(0x4E00, 0x9000, (size, 2))
    return [f"{_WHO[w]}与{chr(a)}{chr(b)}{_OVER[o]}{_ENDS[e]}" for w, o, e, (a, b) in zip(who, over, ends, names.tolist(), strict=True)]


def _times(services: Services, work: Callable[[], object], rounds: int = ROUNDS) -> tuple[float, float]:
    """Milliseconds in the middle and near the end (p95) of some rounds, each without what the last one kept."""
    spent = []
    for _ in range(rounds + 1):
        services.matters.forget()
        started = time.perf_counter()
        work()
        spent.append((time.perf_counter() - started) * 1_000)
    ordered = sorted(spent[1:])
    return round(statistics.median(ordered), 2), round(ordered[int(0.95 * len(ordered))], 2)
