"""Real processes that ingest, to be killed: forked from one server that has read the city's map already, so that 200 are cheap."""

from __future__ import annotations

import multiprocessing
import random
import resource
import tempfile
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import pandas as pd

from connectors.registry import load_feed
from services.geography import Geography
from services.schedule import Worker
from services.settings import Settings, load_settings
from services.wiring import Services, build
from tests.faults.stage import CSV, FIELDS, TODAY, cells, csv, feed_toml

PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(["tests.faults.children"])
GEOGRAPHY = Geography(Settings(data_dir=Path(tempfile.gettempdir())))
_AREA = pd.DataFrame({c: ["360923" if c == "area_code" else ""] for c in ("county_name", "town_name", "village_name", "place", "area_code")})
GEOGRAPHY.locate(_AREA.assign(lon=float("nan"), lat=float("nan")))
BATCH = 25


def declare(folder: Path, code: str = "children", batch: int = BATCH) -> None:
    """A feed of CSV files in a folder."""
    (folder / "in").mkdir(parents=True, exist_ok=True)
    toml = feed_toml(code, CSV.replace("batch_rows = 4", f"batch_rows = {batch}"), "incremental", FIELDS.replace("[rows]", '[rows]\nrefs = ["ref"]'))
    (folder / "feed.toml").write_text(toml.replace('"state"]', '"state", "ref"]'), encoding="utf-8")


def services_of(url: str, folder: Path, **settings: Any) -> Services:
    """Services over a store with the feed of a folder."""
    spec = load_feed(folder / "feed.toml")
    services = build(load_settings(data_dir=folder / "data", database_url=url, today=TODAY, **settings), {spec.feed: spec})
    services.geography = GEOGRAPHY
    return services


def ingest(url: str, folder: Path, tell: Connection, batch_told: bool = False, file_limit: int = 0) -> None:
    """In a child: one run; says "go", perhaps each batch, and then how it ended with the memory it took (KB above the start)."""
    if file_limit:
        resource.setrlimit(resource.RLIMIT_FSIZE, (file_limit, file_limit))
    services = services_of(url, folder)
    services.engine.connect().close()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    tell.send("go")
    (spec,) = services.specs.values()
    result = services.ingest.run(spec, (lambda _, counts: tell.send(counts.received)) if batch_told else None)
    tell.send((result.error, result.counts.received, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before))


def work(url: str, folder: Path, tell: Connection, lease_seconds: float, renew_seconds: float) -> None:
    """In a child: be a worker until killed."""
    worker = Worker(services_of(url, folder), lease_seconds, renew_seconds)
    tell.send("go")
    worker.run()


def start(work: Callable[..., None], *given: Any) -> tuple[Any, Connection]:
    """Start a child and wait until it begins its work."""
    mine, its = PROCESSES.Pipe()
    child = PROCESSES.Process(target=work, args=(*given[:2], its, *given[2:]), daemon=True)
    child.start()
    its.close()
    assert mine.poll(60) and mine.recv() == "go"
    return child, mine


def file_no(number: int, new: int = 120) -> bytes:
    """The rows of one day: new ones, some said twice, corrections and withdrawals of earlier ones, numbers that tie rows together."""
    chance = random.Random(number)
    first = number * new
    rows = [_row(first + i, f"{number}", ref=f"N{chance.randrange(first + new)}" if i % 6 == 0 else "") for i in range(new)]
    earlier = [chance.randrange(first) for _ in range(30)] if first else []
    rows += [_row(k, f"更正{number}", hour=number + 1, state="void" if i % 5 == 0 else "") for i, k in enumerate(dict.fromkeys(earlier))]
    rows += rows[:10]
    return csv(rows, "id,no,day,changed,sort,people,title,area,state,ref")


def _row(key: int, title: str, hour: int = 0, state: str = "", ref: str = "") -> dict[str, str]:
    day, rest = divmod(hour, 24)
    changed = f"2026-{10 + (day + 2) // 30:02}-{(day + 2) % 30 + 1:02} {rest:02}:00"
    return cells(key, title, changed=changed, state=state, ref=ref, sort=str(key % 3), day=f"2026-{key % 9 + 1:02}-11")
