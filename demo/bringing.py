"""The demo's store: emptied, filled through the real connectors, furnished."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import func, inspect, select
from sqlalchemy.engine import make_url

from demo import acts, assessing, centres, listings, seeding
from demo.checks import CannotStart
from demo.progress import Show
from services.wiring import Services, build
from store.engine import reading
from store.schema import record
from store.writer import Counts


def reload_feeds(services: Services) -> Services:
    """The same services with the feeds' addresses of this start: a feed.toml is filled from the environment when read."""
    services.close()
    return build(services.settings)


def empty_store(services: Services) -> None:
    """Take away a half-filled SQLite store; a PostgreSQL database with records in it is never touched."""
    url = make_url(services.settings.database_url)
    if url.get_backend_name() == "sqlite":
        services.close()
        for suffix in ("", "-wal", "-shm"):
            Path(f"{url.database}{suffix}").unlink(missing_ok=True)
        return
    with reading(services.engine) as connection:
        if not inspect(connection).has_table("record"):
            return
        if connection.execute(select(func.count()).select_from(record)).scalar_one():
            raise CannotStart(f"数据库 {url.database} 里已有记录，且不是这座演示城市：请换一个空库（take an empty database)")


def pull(services: Services, show: Show, expected: dict[str, Any]) -> None:
    """Read every feed through its connector; CannotStart when one cannot be read."""
    services.ingest.in_processes = True
    for code, spec in services.specs.items():
        total = int(expected.get("feeds", {}).get(code, {}).get("rows", 0))
        with show.step(f"接入 {spec.title.zh}") as step:

            def tell(_feed: str, counts: Counts, step: Any = step, total: int = total) -> None:
                step("", counts.received, max(total, counts.received))

            result = services.ingest.run(spec, tell)
            step.note = said(result.counts)
        if result.error:
            raise CannotStart(f"{spec.title.zh}：{result.error}")
    services.search_index.run()


def said(counts: Counts) -> str:
    """received = new + changed + unchanged + withdrawn + quarantined, in words."""
    return (f"收到 {counts.received:,} = 新增 {counts.new:,} + 变更 {counts.changed:,} + 未变 {counts.unchanged:,} "
            f"+ 撤回 {counts.withdrawn:,} + 隔离 {counts.quarantined:,}")  # fmt: skip


def link(services: Services, show: Show) -> None:
    """Compare all records, so that the first page shows one matter where two agencies tell of one dispute."""
    with show.step("比对各部门记录，归并同一件事") as step:
        done = services.link_runner.run(progress=lambda c: step("", c.looked_at, c.looked_at))
        step.note = f"比对 {done.records:,} 件记录：认定 {done.sure:,} 对，存疑 {done.doubt:,} 对待人工核对"


def furnish(services: Services, city_folder: Path) -> None:
    """Accounts, centres, listings, groups."""
    today = services.now().date()
    seeding.add_accounts(services)
    seeding.add_centres(services, centres.rows(today, services.geography.city.areas.to_dict("records")))
    seeding.add_listings(services, listings.rows(city_folder, today))
    services.groups.refresh()
    acts.bring(services)
    assessing.bring(services)
