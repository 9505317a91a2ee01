"""What came as it came: rows of a batch and files of drop folders, compressed and sealed, kept for a time."""

from __future__ import annotations

import json
import os
import re
import zlib
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import Connection

from services.sealing import Seal
from services.settings import Settings
from store import raw

_DIGEST = re.compile(r"[0-9a-f]{64}(-[0-9]{4,})?")
_FEED = re.compile(r"[a-z][a-z0-9_]{1,31}")


class RawRows:
    """Seals with settings.raw_key; nothing is kept when raw_keep_days is 0."""

    def __init__(self, settings: Settings) -> None:
        self._seal, self._files = Seal(settings.raw_key, "raw rows"), Seal(settings.raw_key, "raw files")
        self.keep_days, self._folder = settings.raw_keep_days, settings.data_dir / "archive"

    def keep(
        self, connection: Connection, feed: str, run_id: int, rows: Sequence[Any], origin: str, now: datetime, body: bytes | None = None
    ) -> int | None:
        """Keep rows in the caller's transaction; their id, or None when none are kept. `body`: the rows, packed already."""
        if not self.keep_days or not rows:
            return None
        raw_id = raw.take_id(connection)
        body = self._seal.seal(packed(rows) if body is None else body, f"raw {raw_id}")
        expires = now.date() + timedelta(days=self.keep_days)
        raw.keep(connection, raw.values(raw_id, feed, run_id, now, origin, len(rows), body, expires))
        return raw_id

    def rows(self, connection: Connection, raw_id: int) -> list[Any] | None:
        """The rows of a batch again; None when they are no longer kept. Raises sealing.Unsealable under another key."""
        found = raw.one(connection, raw_id)
        return None if found is None else self.opened(found["body"], f"raw {raw_id}")

    def sealed(self, value: Any, bound: str) -> bytes:
        """Any JSON value, compressed and sealed."""
        return self._seal.seal(packed(value), bound)

    def opened(self, body: bytes, bound: str) -> Any:
        """A sealed value again."""
        return unpacked(self._seal.open(body, bound))

    def archive(self, feed: str, digest: str, name: str, content: bytes) -> None:
        """Keep a file of a drop folder under its digest; whole or not at all, and once."""
        if not self.keep_days or not _FEED.fullmatch(feed) or not _DIGEST.fullmatch(digest):
            return
        path = self._folder / feed / digest
        if path.exists():
            return
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft = path.with_suffix(f".{os.getpid()}.tmp")
        body = self._files.seal(zlib.compress(orjson.dumps(name) + b"\n" + content, 1), f"{feed} {digest}")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
            out.write(body)
            out.flush()
            os.fsync(out.fileno())
        draft.replace(path)

    def archived(self, feed: str, digest: str) -> tuple[str, bytes] | None:
        """Name and content of an archived file (or piece of one); None when it is not kept."""
        path = self._folder / feed / digest
        if not path.is_file():
            return None
        name, _, content = zlib.decompress(self._files.open(path.read_bytes(), f"{feed} {digest}")).partition(b"\n")
        return str(orjson.loads(name)), content

    def purge(self, connection: Connection, today: date) -> int:
        """Remove what is past its time; how many batches and files."""
        gone = raw.purge(connection, today)
        limit = datetime.combine(today - timedelta(days=self.keep_days), datetime.min.time()).timestamp()
        for path in self._folder.glob("*/*") if self._folder.is_dir() else ():
            if path.is_file() and path.stat().st_mtime < limit:
                path.unlink(missing_ok=True)
                gone += 1
        return gone

    @property
    def folder(self) -> Path:
        """Where archived files lie."""
        return self._folder


def packed(value: Any) -> bytes:
    """Any JSON value, compressed; not sealed yet."""
    # Level 1: level 6 takes five times as long for a tenth less.
    return zlib.compress(_json(value), 1)


def unpacked(body: bytes) -> Any:
    """A packed value again."""
    return orjson_or_json(zlib.decompress(body))


def _json(value: Any) -> bytes:
    try:
        return orjson.dumps(value, default=str)
    except TypeError:  # a number that does not fit 64 bits
        return json.dumps(value, default=str, ensure_ascii=False).encode()


def orjson_or_json(data: bytes) -> Any:
    """A JSON value; whole numbers of any length stay whole."""
    return json.loads(data) if re.search(rb"[0-9]{19}", data) else orjson.loads(data)
