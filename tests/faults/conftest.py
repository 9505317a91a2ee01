"""Two stores a database and module: one for faults, one that sees only healthy sources."""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from tests.faults.stage import Stage, opened


@contextmanager
def _store(database: str, template: str, folder: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    name = f"f{uuid.uuid4().hex}"
    if database == "sqlite":
        shutil.copyfile(template, folder / f"{name}.sqlite3")
        yield f"sqlite:///{folder / name}.sqlite3"
        return
    server = request.getfixturevalue("postgres")
    yield server.create(name, template)
    server.drop(name)


@pytest.fixture(scope="module")
def stages(
    database: str, migrated_template: str, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Stage, Stage]]:
    """The stage that suffers, and the one that does not."""
    folder = tmp_path_factory.mktemp("faults")
    with ExitStack() as stack:
        hit, clean = (stack.enter_context(opened(stack.enter_context(_store(database, migrated_template, folder, request)))) for _ in "12")
        clean.services.geography = hit.services.geography
        yield hit, clean
