"""The database goes away in the middle of a batch, or its disk fills up: committed rows stay, it is said, and it goes on by itself."""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, func, select

from services.wiring import Services
from store import rollups
from store.engine import reading
from store.migrate import upgrade
from store.schema import record
from tests.faults.children import declare, file_no, ingest, services_of, start
from tests.faults.own_server import fill, own_server, small_disk
from tests.faults.stage import STEWARD
from tests.store.rows import picture


def prepared(url: str, folder: Path, files: int, batch: int = 200) -> Services:
    """A store with the declarations, and files waiting to be read."""
    declare(folder, batch=batch)
    for number in range(files):
        (folder / "in" / f"{number}.csv").write_bytes(file_no(number))
    services = services_of(url, folder)
    upgrade(services.engine)
    services.ingest.declare(services.specs)
    return services


@contextmanager
def _open_folder() -> Iterator[Path]:
    """A folder that PostgreSQL's own user may enter."""
    with tempfile.TemporaryDirectory(prefix="yizhan-f") as home:
        Path(home).chmod(0o755)
        yield Path(home)


def rows(services: Services) -> int:
    with reading(services.engine) as c:
        assert rollups.compare(c) == []
        return int(c.execute(select(func.count()).select_from(record)).scalar_one())


def healed(services: Services, store_url: str, folder: Path, files: int) -> None:
    """The same files come in now, and the store is that of an undisturbed run."""
    assert services.ingest.run(services.specs["children"]).error == ""
    calm = prepared(store_url, folder, files)
    assert calm.ingest.run(calm.specs["children"]).error == ""
    with reading(services.engine) as one, reading(calm.engine) as two:
        assert picture(one) == picture(two) and rollups.compare(one) == []
    assert services.feeds.card(STEWARD, "children").error == "" and services.health.problems() == ()
    assert services.feeds.card(STEWARD, "children").running_since is None
    assert all(r.holds for r in services.feeds.reconciled(STEWARD))
    calm.close()


def _hold_lock(path: str, _: Any, tell: Connection) -> None:
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    tell.send("go")
    tell.recv()


@pytest.mark.parametrize("moment", ["begin", "middle"])
def test_a_file_locked_by_another_process(tmp_path: Path, moment: str) -> None:
    """SQLite's restart: somebody holds the file for longer than we wait (0.2 s here, 30 s in earnest)."""
    services = prepared(f"sqlite:///{tmp_path / 'a.sqlite3'}", tmp_path, 2, 25)
    services.engine.dispose()
    event.listen(services.engine, "connect", lambda connection, _: connection.execute("PRAGMA busy_timeout=200"))
    held: list[Any] = []

    def hold(*_: Any) -> None:
        held[:] = held or [start(_hold_lock, str(tmp_path / "a.sqlite3"), None)]

    if moment == "begin":
        from store.engine import StoreError

        hold()
        with pytest.raises(StoreError, match="another process holds the database"):
            services.ingest.run(services.specs["children"])
    else:
        result = services.ingest.run(services.specs["children"], hold)
        assert "another process holds the database" in result.error and result.retry and rows(services) == 25
    assert services.health.problems()[0].code == "database_down"
    held[0][1].send("enough")
    held[0][0].join(10)
    healed(services, f"sqlite:///{tmp_path / 'b.sqlite3'}", tmp_path / "calm", 2)
    services.close()


def test_a_server_that_breaks_off_in_mid_batch(tmp_path: Path) -> None:
    """PostgreSQL, ended as by a power cut between the rows and the counts of the third batch, and started again."""
    with _open_folder() as home, own_server(home / "pg", home / "wal" / "w") as server:
        services = prepared(server.url, tmp_path, 2, 25)
        broken: list[str] = []

        def look(_c: Any, _k: Any, statement: str, *_: Any) -> None:
            if statement.startswith("UPDATE run SET"):  # the batch's counts: its rows are written, nothing is committed
                broken.append("batch")
                if len(broken) == 3:
                    server.break_off()
                    server.start()

        event.listen(services.engine, "before_cursor_execute", look)
        result = services.ingest.run(services.specs["children"])
        assert len(broken) >= 3 and "the database does not answer" in result.error and result.retry and result.counts.new == 50
        assert rows(services) == 50  # two batches, and nothing of the third
        other = server.url.replace("/postgres", "/template1")
        healed(services, other, tmp_path / "calm", 2)
        services.close()


@contextmanager
def _on_small_disk(database: str) -> Iterator[tuple[Path, str, Callable[[], Path]] | None]:
    """A store on a disk of its own: the disk, the store's URL, and what fills the disk. None where nobody may mount."""
    with _open_folder() as home:
        disk = home / "disk"
        with small_disk(disk, 96 if database == "postgresql" else 32) as made:
            if not made:
                yield None
            elif database == "sqlite":
                yield disk, f"sqlite:///{disk / 'a.sqlite3'}", lambda: fill(disk, 200_000)
            else:
                # The log of changes lies elsewhere: a server whose log cannot be written ends, which is the test above.
                with own_server(disk / "pg", home / "wal" / "w") as server:
                    yield disk, server.url, lambda: fill(disk, 150_000)


def test_a_full_disk(database: str, store_url: str, tmp_path: Path) -> None:
    with _on_small_disk(database) as found:
        if found is None:
            if database == "postgresql":
                pytest.fail("a small disk for PostgreSQL can only be mounted: run this test as root, in a container that may mount a tmpfs")
            return  # test_a_file_that_may_not_grow says as much of SQLite as can be said without root
        _, url, fill_disk = found
        services = prepared(url, tmp_path / "a", 3, 200)
        (tmp_path / "a" / "in" / "1.csv").rename(tmp_path / "1.csv")
        (tmp_path / "a" / "in" / "2.csv").rename(tmp_path / "2.csv")
        assert services.ingest.run(services.specs["children"]).error == ""
        before = rows(services)
        for number in range(2, 9):
            (tmp_path / "a" / "in" / f"{number}.csv").write_bytes(file_no(number))
        ballast = fill_disk()
        result = services.ingest.run(services.specs["children"])
        assert "the disk is full: free space" in result.error and result.retry, result
        # What was stored can be read, the counts agree with it, and the banner of every page says why nothing new comes in.
        assert rows(services) == before + result.counts.new
        (problem,) = services.health.problems()
        assert problem.code == "disk_full" and "free space" in problem.message
        ballast.unlink()
        (tmp_path / "1.csv").rename(tmp_path / "a" / "in" / "1.csv")
        healed(services, store_url, tmp_path / "calm", 9)
        services.close()


def test_a_file_that_may_not_grow(store_url: str, database: str, tmp_path: Path) -> None:
    """Without root: the child may not write a file beyond 1.5 MB, which stands for a full disk. PostgreSQL's files are its server's."""
    if database == "postgresql":
        store_url = f"sqlite:///{tmp_path / 'second.sqlite3'}"
    services = prepared(f"sqlite:///{tmp_path / 'a.sqlite3'}", tmp_path, 9, 60)
    child, told = start(ingest, f"sqlite:///{tmp_path / 'a.sqlite3'}", tmp_path, False, 1_500_000)
    assert told.poll(60)
    error, received, _ = told.recv()
    child.join(10)
    assert error and 0 < received < 1_400 and 0 < rows(services) < 9 * 120
    healed(services, store_url, tmp_path / "calm", 9)
    services.close()
