"""One file of a drop folder, opened once it has stood still, hashed, and watched while it is read."""

from __future__ import annotations

import hashlib
import io
import os
import stat
import time
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from connectors.base import Fatal, Retry
from connectors.spec_files import FileSettings

_CHUNK = 1 << 20
_KNOWN_AT_MOST = 100_000
# Files stay in their folder for ever: their digests are remembered by all that changes when they are written to, so
# that a run does not read a year of files in order to find that it knows them.
_known: OrderedDict[tuple[int, ...], str] = OrderedDict()


class File(io.BufferedReader):
    """An open file that notices when somebody writes to it."""

    def __init__(self, raw: io.RawIOBase, begun: os.stat_result) -> None:
        super().__init__(raw, _CHUNK)
        self._begun = begun

    def check(self) -> None:
        """Raises Retry when the file is not what it was when it was opened."""
        if _identity(os.fstat(self.fileno())) != _identity(self._begun):
            raise Retry("is still being written")


@contextmanager
def opened(path: Path, settings: FileSettings) -> Iterator[tuple[File, str]]:
    """The file and its SHA-256; Retry for one that is empty or still growing, Fatal for one that is too large."""
    try:
        before = path.stat()
        wait = settings.settle_seconds - (time.time() - before.st_mtime)
        if 0 < wait <= settings.settle_seconds:
            time.sleep(wait)
        # A link could lead anywhere on the machine, and a pipe would never end.
        raw = io.FileIO(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK))
    except OSError as error:
        raise Retry(f"cannot be read now ({error.strerror})") from None
    with File(raw, before) as file:
        _check_size(os.fstat(raw.fileno()), settings)
        file.check()
        yield file, _digest(file, before)


def _check_size(found: os.stat_result, settings: FileSettings) -> None:
    if not stat.S_ISREG(found.st_mode):
        raise Fatal("is no ordinary file")
    if found.st_size > settings.max_bytes:
        raise Fatal(f"has {found.st_size:,} bytes, more than transport.max_bytes = {settings.max_bytes:,}")
    if not found.st_size:
        raise Retry("is empty: not yet written?")


def _digest(file: File, begun: os.stat_result) -> str:
    key = _identity(begun)
    if key in _known:
        _known.move_to_end(key)
        return _known[key]
    hashed, size = hashlib.sha256(), 0
    try:
        while chunk := file.read(_CHUNK):
            hashed.update(chunk)
            size += len(chunk)
    except OSError as error:
        raise Retry(f"cannot be read now ({error.strerror})") from None
    file.check()
    if size != begun.st_size:
        raise Retry("is still being written")
    # Two writes within one tick of the file system's clock look alike: only an older file is remembered.
    if time.time() - begun.st_ctime > 1:
        _known[key] = hashed.hexdigest()
        while len(_known) > _KNOWN_AT_MOST:
            _known.popitem(last=False)
    return hashed.hexdigest()


def _identity(found: os.stat_result) -> tuple[int, ...]:
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns
