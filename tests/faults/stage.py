"""A store that faults are tried on, and a second one that only ever sees healthy sources: after the cure they must be equal."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from connectors.registry import load_feed
from connectors.spec import FeedSpec
from matters.access import Scope
from services.ingest import RunResult
from services.settings import load_settings
from services.wiring import Services, build
from store import rollups
from store.engine import reading
from tests.connectors.loopback import Asked, Source, Told, source
from tests.store.rows import picture

TODAY = date(2026, 11, 24)
STEWARD = Scope.of("steward", "analyst", "city")
Answer = Callable[[Asked], Told]
Gift = Answer | dict[str, bytes]
_HEAD = """
feed = "{code}"
title = {{ zh = "{code}", en = "{code}" }}
mode = "{mode}"
cadence_seconds = 60
late_after_seconds = 86400
[agency]
code = "trial"
zh = "试"
en = "Trial"
mark = "试"
rank = 40
[transport]
{transport}
"""
FIELDS = """
[fields]
external_id = { from = "id", required = true }
number = { from = "no" }
kind = { const = "intake" }
accepted_on = { from = "day", date = "%Y-%m-%d", required = true }
revised_at = { from = "changed", date = "%Y-%m-%d %H:%M" }
category = { from = "sort", table = { "1" = "01", "2" = "02" }, default = "99", new_value = "alarm" }
people = { from = "people" }
title = { from = "title" }
area_code = { from = "area" }
[rows]
withdrawn = { state = "void" }
optional_columns = ["no", "changed", "people", "state"]
"""
HTTP = """kind = "http"
url = "{url}/x"
rows = "data"
attempts = 2
max_wait_seconds = 0.02
deadline_seconds = 3
max_bytes = 200000
batch_rows = 4
"""
PAGES = 'paging = {{ kind = "page", param = "page", pages = "pages" }}\n'
FILES = 'path = "in"\nsettle_seconds = 0\nbatch_rows = 4\n'
CSV = 'kind = "csv"\nencoding = "utf-8"\n' + FILES
EXCEL = 'kind = "excel"\n' + FILES
JSON = 'kind = "json"\nrows = "data"\n' + FILES


def feed_toml(code: str, transport: str, mode: str, more: str) -> str:
    """The text of a feed.toml; all feeds share one agency, of which a store can hold 63."""
    return _HEAD.format(code=code, mode=mode, transport=transport) + more


@dataclass
class Feed:
    """One feed on a stage: its folder, what it declares, and its running source."""

    spec: FeedSpec
    folder: Path
    answer: list[Answer] = field(default_factory=list)
    running: Source | None = None


@dataclass
class Stage:
    """Services over a store of their own with feeds added one by one."""

    services: Services
    folder: Path
    open: ExitStack

    def feed(self, code: str, transport: str, mode: str = "incremental", more: str = FIELDS) -> Feed:
        """Declare a feed; an HTTP one gets a source that answers as Feed.answer says."""
        folder, answer, running = self.folder / code, [], None
        (folder / "in").mkdir(parents=True)
        if "{url}" in transport:
            running = self.open.enter_context(source(lambda asked: answer[0](asked)))
            transport = transport.format(url=running.url)
        (folder / "feed.toml").write_text(feed_toml(code, transport, mode, more), encoding="utf-8")
        spec = load_feed(folder / "feed.toml")
        self.services.specs[code] = spec
        self.services.ingest.declare({code: spec})
        return Feed(spec, folder, answer, running)

    def run(self, feed: Feed, gift: Gift) -> RunResult:
        """One run while the source gives this: an answer, or the whole contents of its folder."""
        if isinstance(gift, dict):
            for old in (feed.folder / "in").iterdir():
                old.unlink()
            for name, content in gift.items():
                (feed.folder / "in" / name).write_bytes(content)
        else:
            feed.answer[:] = [gift]
        return self.services.ingest.run(feed.spec)

    def picture(self, code: str) -> dict[str, Any]:
        """What the store says of one feed; its rollups must be the sum of its records."""
        with reading(self.services.engine) as c:
            assert rollups.compare(c) == []
            return of_feed(picture(c), code)

    def sound(self, code: str) -> None:
        """Counts add up, over all runs and in each."""
        (found,) = [r for r in self.services.feeds.reconciled(STEWARD) if r.feed == code]
        assert found.holds, found
        for run in self.services.feeds.runs(STEWARD, code):
            assert run.received == run.new + run.changed + run.unchanged + run.withdrawn + run.quarantined, run


def of_feed(everything: dict[str, Any], code: str) -> dict[str, Any]:
    """The part of a picture (tests.store.rows) that belongs to one feed; equal matters with true rollups have equal rollups."""
    mine = {part: [r for r in everything[part] if r[0][0] == code] for part in ("records", "belongs", "versions", "filings", "links")}
    codes = {matter for _, matter in mine["belongs"]}
    mine["matters"] = [m for m in everything["matters"] if m[0] in codes]
    return mine


@contextmanager
def opened(url: str, **settings: Any) -> Iterator[Stage]:
    """A stage over an empty or migrated store."""
    with tempfile.TemporaryDirectory() as home, ExitStack() as stack:
        services = build(load_settings(data_dir=Path(home) / "data", database_url=url, today=TODAY, **settings), {})
        services.prepare()
        yield Stage(services, Path(home), stack)
        services.close()


HEAD = "id,no,day,changed,sort,people,title,area,state"


def cells(key: object, title: str = "邻里纠纷", **other: str) -> dict[str, str]:
    """One row as the source writes it."""
    row = {"id": str(key), "no": f"N{key}", "day": "2026-11-02", "changed": "", "sort": "1", "people": "2", "title": title,
           "area": "360923", "state": ""}  # fmt: skip
    return {**row, **other}


def csv(rows: list[dict[str, str]], head: str = HEAD) -> bytes:
    """A whole CSV file."""
    return ("\n".join([head, *(",".join(r.get(c, "") for c in head.split(",")) for r in rows)]) + "\n").encode()


TEN = [cells(i) for i in range(10)]


def pages(second: Told | None = None) -> Answer:
    """Ten rows on two pages; the second may be something else."""

    def answer(asked: Asked) -> Told:
        page = int(asked.query.get("page", "1"))
        if page == 2 and second is not None:
            return second
        return Told({"data": TEN[(page - 1) * 5 : page * 5], "pages": 2})

    return answer
