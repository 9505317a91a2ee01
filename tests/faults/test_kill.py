"""kill -9 at random moments: the store becomes what an undisturbed run makes of the same files. YIZHAN_SOAK=1: 200 times a database."""

from __future__ import annotations

import os
import random
import shutil
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from services.schedule import Worker
from store import rollups
from store.engine import reading
from store.schema import run
from tests.faults.children import declare, file_no, ingest, services_of, start
from tests.faults.stage import STEWARD
from tests.store.rows import picture

KILLS = 200 if os.environ.get("YIZHAN_SOAK") else 5


@pytest.fixture
def other_url(database: str, migrated_template: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A second store."""
    if database == "sqlite":
        shutil.copyfile(migrated_template, tmp_path / "other.sqlite3")
        yield f"sqlite:///{tmp_path / 'other.sqlite3'}"
        return
    server, name = request.getfixturevalue("postgres"), f"k{uuid.uuid4().hex}"
    yield server.create(name, migrated_template)
    server.drop(name)


def test_killed_at_random_moments_the_store_is_the_same(store_url: str, other_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    seed = int(os.environ.get("YIZHAN_TEST_SEED") or time.time())
    chance, folders = random.Random(seed), (tmp_path / "calm", tmp_path / "killed")
    for folder in folders:
        declare(folder)
    calm, killed = (services_of(url, folder) for url, folder in zip((other_url, store_url), folders, strict=True))
    for services in (calm, killed):
        services.prepare()
    lasted = 0.0
    for number in range(KILLS + 1):
        for folder in folders:
            (folder / "in" / f"{number:04}.csv").write_bytes(file_no(number))
        assert calm.ingest.run(calm.specs["children"]).error == ""
        if number == 0:
            lasted = _undisturbed(store_url, folders[1])
            continue
        _killed(store_url, folders[1], chance.uniform(0, 1.2 * lasted))
        if number % 20 == 1:
            with reading(killed.engine) as c:
                assert rollups.compare(c) == []
    _undisturbed(store_url, folders[1])
    with reading(calm.engine) as c, reading(killed.engine) as k:
        assert rollups.compare(c) == rollups.compare(k) == []
        wanted, found = picture(c), picture(k)
        assert len(wanted["records"]) == 120 * (KILLS + 1)
        for part in wanted:
            assert found[part] == wanted[part], f"{part}, seed {seed}"
        assert len(set(found["versions"])) == len(found["versions"])
    cut, early = _closed(killed)
    with capsys.disabled():
        print(f"\n{KILLS} kills (seed {seed}): {cut} between batches of a run, {early} before its first was stored; a run took {lasted:.2f} s")
    assert cut + early >= KILLS // 3
    for services in (calm, killed):
        services.close()


def _undisturbed(url: str, folder: Path) -> float:
    """How long a child takes for what is there."""
    child, told = start(ingest, url, folder)
    began = time.monotonic()
    assert told.poll(600) and told.recv()[0] == ""
    lasted = time.monotonic() - began
    child.join(20)
    return lasted


def _killed(url: str, folder: Path, seconds: float) -> None:
    """Kill a child that ingests."""
    child, told = start(ingest, url, folder)
    time.sleep(seconds)
    child.kill()
    child.join(20)
    told.close()


def _closed(services) -> tuple[int, int]:  # type: ignore[no-untyped-def]
    """Runs that were cut off say so once a worker is there, and counts still add up; how many had stored something, and nothing."""
    assert Worker(services).hold()
    with reading(services.engine) as c:
        ended = c.execute(select(run.c.status, run.c.error, run.c.received)).all()
    assert {r.status for r in ended} <= {"done", "failed"} and all(r.error.startswith("interrupted") for r in ended if r.status == "failed")
    assert all(r.holds for r in services.feeds.reconciled(STEWARD))
    cut = [r.received for r in ended if r.status == "failed"]
    return sum(map(bool, cut)), len(cut) - sum(map(bool, cut))
