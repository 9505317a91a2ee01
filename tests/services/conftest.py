"""A small demo city behind real doors, brought in through the real connectors: built once a database and session."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from connectors.registry import load_feeds
from demo import centres, listings, seeding
from demo.agencies import end, ports_of, serve
from demo.city import generate
from demo.env import feed_env
from demo.truth import Truth
from services.settings import load_settings
from services.wiring import Services, build

TODAY = date(2026, 11, 10)


class City(NamedTuple):
    """Services over a filled store, the truth it was made from, and what the first run of each feed counted."""

    services: Services
    truth: Truth
    counts: dict[str, Any]


@pytest.fixture(scope="session")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Truth, dict[str, str]]]:
    """The agencies' storage with the HTTP services running."""
    folder = tmp_path_factory.mktemp("city")
    from geo.areas import load_city

    truth = generate(folder, load_city().areas, TODAY, 3, 0.02)
    servers = serve(folder)
    yield folder, truth, feed_env(folder, ports_of(servers))
    end(servers)


@pytest.fixture(scope="session")
def city(
    database: str, sources: tuple[Path, Truth, dict[str, str]], request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[City]:
    """The small city in a store of this database."""
    folder, truth, env = sources
    data = tmp_path_factory.mktemp(f"data-{database}")
    url, name = "", f"t{uuid.uuid4().hex}"
    if database == "postgresql":
        url = request.getfixturevalue("postgres").create(name)
    services = build(load_settings(data_dir=data, database_url=url, today=TODAY, demo=True), load_feeds(None, env))
    services.prepare()
    counts = {code: services.ingest.run(spec) for code, spec in services.specs.items()}
    seeding.add_accounts(services)
    seeding.add_centres(services, centres.rows(TODAY, services.geography.city.areas.to_dict("records")))
    seeding.add_listings(services, listings.rows(folder, TODAY))
    vars(services).pop("areas", None)  # read again with the centres
    yield City(services, truth, counts)
    services.close()
    if database == "postgresql":
        request.getfixturevalue("postgres").drop(name)
