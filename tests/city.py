"""The small demo city for tests: the real sources, pulled through the real connectors into a real store, once a worker."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from connectors.registry import load_feeds
from demo import bringing
from demo.agencies import end, ports_of, serve
from demo.city import generate
from demo.env import feed_env
from geo.areas import load_city
from services.settings import Settings, load_settings
from services.wiring import Services, build

TODAY = date(2026, 11, 24)
SCALE = 0.02
SEED = 1
FEEDS = ("centre", "courts", "cyberspace", "education", "emergency", "fire", "health", "hotline", "justice", "market", "online", "petitions",
         "police", "procuratorate")  # fmt: skip


def make_sources(folder: Path) -> None:
    """Write the agencies' storage (about two seconds)."""
    generate(folder, load_city().areas, TODAY, SEED, SCALE)


@contextmanager
def agencies(folder: Path) -> Iterator[dict[str, str]]:
    """The HTTP services on free ports; gives the feeds' variables."""
    servers = serve(folder)
    try:
        yield feed_env(folder, ports_of(servers))
    finally:
        end(servers)


def settings_for(url: str, data_dir: Path) -> Settings:
    """Settings of the small city, on its day; no feed is late, whatever time of day the tests run at."""
    never = dict.fromkeys(FEEDS, 10**9)
    return load_settings(database_url=url, data_dir=data_dir, demo=True, today=TODAY, late_after=never)


def open_city(url: str, data_dir: Path, env: Mapping[str, str] = os.environ) -> Services:
    """Services over a store of the small city."""
    return build(settings_for(url, data_dir), load_feeds(env=env))


def fill(url: str, data_dir: Path, sources: Path, env: Mapping[str, str]) -> None:
    """Migrate an empty store and bring the whole city in."""
    services = open_city(url, data_dir, env)
    services.prepare()
    for spec in services.specs.values():
        result = services.ingest.run(spec)
        assert not result.error, result.error
    bringing.furnish(services, sources)
    services.close()


@contextmanager
def copied(template: str, folder: Path, data_dir: Path, env: Mapping[str, str]) -> Iterator[Services]:
    """Services over a copy of a filled SQLite store, for all tests of a file that write but do not count what another left."""
    path = folder / "city.sqlite3"
    shutil.copyfile(template, path)
    services = open_city(f"sqlite:///{path}", data_dir, env)
    yield services
    services.close()
