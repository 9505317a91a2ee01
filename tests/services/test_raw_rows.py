"""What came as it came: nobody who has the disk can read it, and it goes when its time is over."""

from __future__ import annotations

import os
import zlib
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from services.sealing import Unsealable
from store.engine import reading, writing
from store.schema import quarantine, raw_batch
from tests.services.intake import STEWARD, opened, put, row, run

SECRETS = ("张三丰".encode(), b"13812345678", "家长里短".encode(), b"360923")


def _in_clear(body: bytes) -> list[bytes]:
    """What can be read in a body without the key: as it lies there, or by unpacking it from wherever a packed stream may begin."""
    found = [body]
    for start in range(min(len(body), 64)):
        for form in (zlib.MAX_WBITS, -zlib.MAX_WBITS, zlib.MAX_WBITS | 16):
            try:
                found.append(zlib.decompressobj(form).decompress(body[start:]))
            except zlib.error:
                continue
    return [secret for secret in SECRETS if any(secret in text for text in found)]


def _filled(url: str, folder: Path, **settings: object):  # type: ignore[no-untyped-def]
    """Two batches of good rows, and a file with one bad one."""
    services = opened(url, folder, mode="incremental", **settings)
    put(folder, "1.csv", [row(i, "家长里短") for i in range(8)])
    put(folder, "2.csv", [row(8, "家长里短", day="昨天")])
    assert run(services).counts.quarantined == 1
    return services


def test_kept_rows_and_files_can_be_read_with_the_key_only(store_url: str, tmp_path: Path) -> None:
    services = _filled(store_url, tmp_path)
    with reading(services.engine) as c:
        kept = {r.id: r.body for r in c.execute(select(raw_batch.c.id, raw_batch.c.body))}
        assert [r["title"] for r in services.raws.rows(c, min(kept)) or ()] == ["家长里短"] * 4
    files = [p for p in (tmp_path / "data" / "archive").glob("*/*") if p.is_file()]
    assert len(kept) == 3 and len(files) == 2
    for body in [*kept.values(), *(p.read_bytes() for p in files)]:
        assert _in_clear(body) == []
    name, content = services.raws.archived("lists", files[0].name) or ("", b"")
    assert name.endswith(".csv") and _in_clear(content) and _in_clear(b"what is before" + zlib.compress(content))  # the look does find such words
    assert all(p.stat().st_mode & 0o077 == 0 for p in files)
    services.close()


def test_what_was_sealed_opens_in_its_own_place_only(store_url: str, tmp_path: Path) -> None:
    services = _filled(store_url, tmp_path)
    with writing(services.engine) as c:
        ids = sorted(c.execute(select(raw_batch.c.id)).scalars())
        moved = c.execute(select(raw_batch.c.body).where(raw_batch.c.id == ids[0])).scalar_one()
        c.execute(update(raw_batch).where(raw_batch.c.id == ids[1]).values(body=moved))
    with reading(services.engine) as c:
        assert services.raws.rows(c, ids[0])
        with pytest.raises(Unsealable):
            services.raws.rows(c, ids[1])
    one, two = sorted(p for p in (tmp_path / "data" / "archive" / "lists").iterdir())
    two.write_bytes(one.read_bytes())
    assert services.raws.archived("lists", one.name)
    with pytest.raises(Unsealable):
        services.raws.archived("lists", two.name)
    services.close()


def test_what_is_past_its_time_goes_and_what_still_waits_stays(store_url: str, tmp_path: Path) -> None:
    services = _filled(store_url, tmp_path, raw_keep_days=30)
    today = services.now().date()
    with reading(services.engine) as c:
        waits = c.execute(select(quarantine.c.raw_id)).scalar_one()
    old, young = sorted((tmp_path / "data" / "archive" / "lists").iterdir())
    for path, days in ((old, 31), (young, 29)):
        moment = datetime.combine(today - timedelta(days=days), datetime.min.time()).timestamp()
        os.utime(path, (moment, moment))

    def purged(days: int) -> tuple[int, set[int]]:
        with writing(services.engine) as c:
            gone = services.raws.purge(c, today + timedelta(days=days))
            return gone, set(c.execute(select(raw_batch.c.id)).scalars())

    gone, left = purged(0)
    assert (gone, len(left)) == (1, 3) and not old.exists() and young.exists()
    os.utime(young, (young.stat().st_mtime + 86_400 * 40,) * 2)  # as if it had come later
    assert purged(30) == (0, left)  # the last day on which they are kept
    gone, left = purged(31)
    assert (gone, left) == (2, {waits}) and young.exists()
    assert services.feeds.quarantine_rows(STEWARD, "lists").rows[0].replayable
    services.stewardship.discard(STEWARD, "lists", "no such case")
    assert purged(31) == (1, set()) and young.exists()
    services.close()
