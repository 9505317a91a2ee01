"""How fast the case list answers on a store of invented matters with titles (`yizhan bench grid`, `yizhan bench search`)."""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import func, select, text

from matters.access import Scope
from matters.filters import SORTS, Filter, Span
from matters.periods import Window
from services.bench_fill import code_of, fill
from services.settings import Settings
from services.wiring import Services, build
from store.engine import reading
from store.places import Place
from store.schema import counter, matter
from store.search_text import conditions

ROUNDS, SECONDS = 20, 4.0  # of each question; one that is slow is asked less often, three times at least
SCOPE, TODAY = Scope.system(), date(2026, 6, 30)
YEAR = Window(date(2026, 1, 1), TODAY)
# What is looked for: a rare word of four, one, two and many characters, a word that nothing has, a common one, and one wrong character.
WORDS = {"rare": "祖坟迁移", "two": "彩礼", "one": "坟", "none_two": "犀牛", "none_one": "犀", "common": "纠纷", "common_one": "与", "typo": "祖坟千移",
         "typo_long": "宅基地界址引起得纠纷", "typo_common": "引起旳纠纷", "many": "施工方 误工赔偿", "two_words": "鱼塘 返还",
         "two_common": "村民小组 引起的纠纷", "never_met": "学校 司机", "code": "26-8K3"}  # fmt: skip
# What it is looked for with: nothing, a place, and conditions that an index has, or none, and that few rows meet.
_WITH: dict[str, dict[str, Any]] = {
    "": {}, "_in_a_town": {}, "_in_half_a_year": {"window": YEAR}, "_of_many_people": {"part": "", "people": Span(100, None)},
    "_of_a_scale": {"part": "", "scale": "large"},
}  # fmt: skip


def grid(settings: Settings, rows: int, keep: Path | None = None) -> dict[str, Any]:
    """First block under every order and filter, blocks far down, sums and facets, in milliseconds at the service, nothing kept from before.

    `first` is what stands beside the rows at once, `whole` what comes after it. On SQLite in a folder of its own, or on
    settings.database_url when that is a PostgreSQL database without matters; `keep` is a folder whose store stays and is used again.
    """
    with _filled(settings, rows, keep) as (services, _):
        out: dict[str, Any] = {"rows": rows}
        for name, work in _asked(services, rows).items():
            out[f"{name}_ms"], out[f"{name}_p95_ms"] = _times(services, work)
        return out


def _asked(services: Services, rows: int) -> dict[str, Callable[[], object]]:
    """What is measured: a name, and the question."""
    year, everything, open_ = Filter(window=YEAR), Filter(part=""), Filter(part="open")

    def block(filter: Filter, offset: int = 0, sort: str = "accepted_on", descending: bool = True) -> Callable[[], object]:
        return lambda: services.matters.rows(SCOPE, filter, sort, descending, offset, 100)

    work: dict[str, Callable[[], object]] = {
        "block": block(year), "all": block(everything), "deep": block(everything, rows // 10), "middle": block(everything, rows // 2),
        "deepest": block(everything, rows - 200), "by_limit": block(open_, 0, "due_on", False),
    }  # fmt: skip
    for sort in SORTS:
        work |= {f"sort_{sort}": block(everything, 0, sort), f"year_sort_{sort}": block(year, 0, sort, False)}
    for name, wanted in _filters(services).items():
        work |= {f"filter_{name}": block(wanted), f"year_filter_{name}": block(wanted.with_(window=YEAR))}
    for name, wanted in (("year", year), ("all", everything), ("open", open_)):
        work |= {f"{name}_first": lambda w=wanted: services.matters.first(SCOPE, w), f"{name}_whole": lambda w=wanted: services.matters.whole(SCOPE, w)}  # type: ignore[misc]
    return work


def _filters(services: Services) -> dict[str, Filter]:
    """One of every field, of a matter in the middle, and some together."""
    with reading(services.engine) as c:
        m = c.execute(select(matter).where(matter.c.id > select(func.max(matter.c.id) / 2).scalar_subquery()).limit(1)).mappings().one()
    f = Filter(part="")
    return {
        "county": f.with_(area=m["county_code"]), "town": f.with_(area=m["town_code"]), "village": f.with_(area=m["town_code"], village=m["village_code"]),
        "category": f.with_(category=m["category"]), "rare_category": f.with_(category="15"), "agency": f.with_(agency=m["first_agency"]),
        "first_agency": f.with_(first_agency=m["first_agency"]), "channel": f.with_(channel="visit"), "exclude": f.with_(exclude="police"),
        "stage": f.with_(stage="mediating"), "no_stage": f.with_(stage="litigation"), "owner": f.with_(owner=m["owner"]),
        "no_owner": f.with_(owner="某局"), "outcome": f.with_(outcome="unresolved"), "no_outcome": f.with_(outcome="transferred"),
        "scale": f.with_(scale="large"), "linked": f.with_(linked="yes"), "people": f.with_(people=Span(100, None)),
        "no_people": f.with_(people=Span(100_000, None)), "amount": f.with_(amount=Span(1_000_000, None)),
        "no_amount": f.with_(amount=Span(10**12, None)), "due": f.with_(due=Span(TODAY, TODAY + timedelta(days=7))),
        "closed": f.with_(closed=Span(TODAY - timedelta(days=7), TODAY)), "closed_long_ago": f.with_(closed=Span(None, TODAY - timedelta(days=1_060))),
        "days": f.with_(days=Span(60, None)), "overdue": f.with_(part="overdue"), "satisfied": f.with_(part="satisfied"),
        "town_owner": f.with_(area=m["town_code"], owner=m["owner"]),
        "three": f.with_(area=m["county_code"], category=m["category"], people=Span(20, None)),
    }  # fmt: skip


def search_words(settings: Settings, rows: int, keep: Path | None = None) -> dict[str, Any]:
    """The first block of a search over all matters, in milliseconds at the service, and what the index costs: bytes and µs a matter."""
    with _filled(settings, rows, keep) as (services, spent):
        out: dict[str, Any] = {"rows": rows, "index_us_a_matter": spent, **services_cost(services)}
        town = _filters(services)["town"].area
        for name, word in WORDS.items():
            for place, more in _WITH.items():
                wanted = Filter(q=word).with_(**more, **({"area": town} if place == "_in_a_town" else {}))
                out[f"{name}{place}_ms"], out[f"{name}{place}_p95_ms"] = _times(
                    services, lambda w=wanted: services.matters.rows(SCOPE, w, "accepted_on", True, 0, 100))  # type: ignore[misc]  # fmt: skip
                out[f"{name}{place}_hits"] = services.matters.total(SCOPE, wanted)
        with reading(services.engine) as c:
            out["typo_is_similar"] = bool(conditions(c, Place(), WORDS["typo"])[0].similar)
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
def _filled(settings: Settings, rows: int, keep: Path | None) -> Iterator[tuple[Services, float]]:
    """Services over a filled store, and the microseconds a matter that its index took: 0 for a store of before."""
    with ExitStack() as stack:
        folder = keep or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="yizhan-bench-")))
        folder.mkdir(parents=True, exist_ok=True)
        update: dict[str, Any] = {"data_dir": folder, "today": TODAY}
        if not settings.database_url.startswith("postgresql"):
            update["database_url"] = f"sqlite:///{folder}/bench.sqlite3"
        services = build(settings.model_copy(update=update))
        stack.callback(services.close)
        services.prepare()
        yield services, 0.0 if keep is not None and _is_filled(services, rows) else _fill(services, rows)


def _is_filled(services: Services, rows: int) -> bool:
    """Whether these are the matters that would be invented, all of them in the index of titles, which comes last."""
    with reading(services.engine) as c:
        if c.execute(select(counter.c.value).where(counter.c.name == "matter_search")).scalar() != rows:
            return False
        last = c.execute(select(matter.c.id, matter.c.code, matter.c.opened_on).order_by(matter.c.id.desc()).limit(1)).first()
    return last is not None and last.id == rows and last.code == code_of(rows - 1, last.opened_on.year)


def _fill(services: Services, rows: int) -> float:
    fill(services, rows)
    started = time.perf_counter()
    services.search_index.run()
    spent = time.perf_counter() - started
    if services.engine.dialect.name == "postgresql":
        with services.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as raw:
            raw.execute(text("VACUUM ANALYZE"))
    return round(1e6 * spent / rows, 1)


def _times(services: Services, work: Callable[[], object]) -> tuple[float, float]:
    """Milliseconds in the middle and near the end (p95) of some rounds, each without what the last one kept."""
    spent: list[float] = []
    while len(spent) <= ROUNDS and (len(spent) < 4 or sum(spent) < SECONDS * 1_000):
        services.matters.forget()
        started = time.perf_counter()
        work()
        spent.append((time.perf_counter() - started) * 1_000)
    ordered = sorted(spent[1:])
    return round(statistics.median(ordered), 2), round(ordered[int(0.95 * len(ordered))], 2)
