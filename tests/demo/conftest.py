"""One small city for all tests of the demo."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from demo import city
from demo.agencies import end, ports_of, serve
from demo.env import feed_env
from geo.areas import load_city

TODAY = date(2026, 11, 24)
SCALE = 0.05


@pytest.fixture(scope="session")
def areas() -> pd.DataFrame:
    """The built-in areas."""
    return load_city().areas


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory, areas: pd.DataFrame) -> Path:
    """A city at a twentieth of its size; tests only read it."""
    target = tmp_path_factory.mktemp("city")
    city.generate(target, areas, TODAY, seed=1, scale=SCALE)
    return target


@pytest.fixture(scope="session")
def truth(folder: Path) -> city.Truth:
    """What that city's figures must be."""
    return city.Truth.load(folder)


@pytest.fixture(scope="session")
def doors(folder: Path) -> Iterator[dict[str, str]]:
    """The services of that city running; the variables that lead to all feeds."""
    servers = serve(folder)
    yield feed_env(folder, ports_of(servers))
    end(servers)
