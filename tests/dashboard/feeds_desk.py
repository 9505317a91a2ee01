"""One feed of files with three bad rows in a store of its own, for tests of the steward's page."""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from demo.seeding import add_accounts
from tests.services import intake
from tests.services.intake import opened, put, row

if TYPE_CHECKING:
    from services.wiring import Services

ROWS = [row(1), row(2), row(3, day="32.13.2026"), row(4, day="never"), row(5, day="soon")]


@contextmanager
def opened_desk(database: str, template: str, request: Any, folder: Path) -> Iterator[Services]:
    """Services over a copy of the migrated template, with the demo accounts and one run."""
    url, server, name = f"sqlite:///{folder / 'store.sqlite3'}", None, f"t{uuid.uuid4().hex}"
    if database == "sqlite":
        shutil.copyfile(template, folder / "store.sqlite3")
    else:
        server = request.getfixturevalue("postgres")
        url = server.create(name, template)
    services = opened(url, folder, mode="incremental", demo=True)
    add_accounts(services)
    put(folder, "1.csv", ROWS)
    intake.run(services)
    yield services
    services.close()
    if server is not None:
        server.drop(name)
