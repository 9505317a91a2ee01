"""A whole demo city in a folder of its own, brought in through the real connectors: what a bench or a training needs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from connectors.registry import load_feeds
from demo import twins
from demo.agencies import end, ports_of, serve
from demo.city import generate
from demo.env import feed_env
from geo.areas import load_city
from services.settings import load_settings
from services.wiring import Services, build

TODAY = date(2026, 11, 10)


class Whole(NamedTuple):
    """A city: services over its store, which dispute each record (feed, key) is about, and the folder of its sources with the truth."""

    services: Services
    disputes: dict[tuple[str, str], int]
    sources: Path


@contextmanager
def brought(seed: int, scale: float, planted: bool = True) -> Iterator[Whole]:
    """The city of a seed on SQLite, gone afterwards (demo.city.generate: planted); RuntimeError when a feed cannot be read."""
    with TemporaryDirectory(prefix="yizhan-city-") as place:
        sources, data = Path(place) / "sources", Path(place) / "data"
        data.mkdir()
        generate(sources, load_city().areas, TODAY, seed, scale, planted=planted)
        servers = serve(sources)
        try:
            settings = load_settings(data_dir=data, database_url="", today=TODAY, demo=True)
            services = build(settings, load_feeds(None, feed_env(sources, ports_of(servers))))
            services.prepare()
            for code, spec in services.specs.items():
                if error := services.ingest.run(spec).error:
                    raise RuntimeError(f"{code}: {error}")
        finally:
            end(servers)
        try:
            yield Whole(services, twins.load(sources / twins.FILE), sources)
        finally:
            services.close()
