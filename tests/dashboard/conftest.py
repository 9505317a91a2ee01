"""What the tests of screens share."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from services.wiring import Services


@pytest.fixture(scope="module")
def wall_city(
    database: str, city_template: str, city_env: Mapping[str, str], city_data: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Services]:
    """A small city of a whole file's own, on SQLite: its tests write, each with rows of its own names, and none counts what another left."""
    from tests import city

    assert database == "sqlite"
    with city.copied(city_template, tmp_path_factory.mktemp("wall"), city_data, city_env) as services:
        yield services
