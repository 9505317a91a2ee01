"""Drop folders: whole files only, in order of their names, each content once; a bad file does not stop the others."""

from __future__ import annotations

import hashlib
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from fnmatch import fnmatch
from pathlib import Path
from typing import NamedTuple

from connectors.base import Broken, Cursor, Fatal, RawBatch, Retry
from connectors.spec_files import FileSettings

_UNFINISHED = (".tmp", ".part", ".partial", ".crdownload", ".swp", ".filepart")
_HIDDEN = (".", "~$", "~")


class Line(NamedTuple):
    """One data row of a file: its number in the file (from 1) and its cells, or None and why it has none."""

    number: int
    cells: list[str] | None
    broken: Broken | None = None


class Folder(ABC):
    """What CSV and Excel drop folders share; a subclass takes one file apart."""

    def __init__(self, settings: FileSettings, columns: frozenset[str], base: Path) -> None:
        """`columns` are those the mapping reads; a relative path counts from the feed.toml's folder."""
        self.settings, self.columns = settings, columns
        self._path = base / settings.path

    @abstractmethod
    def table(self, content: bytes, path: Path) -> tuple[list[str], list[Line]]:
        """The column names and data rows of a file; Fatal or Retry for one that cannot be read."""

    def batches(self, cursor: Cursor) -> Iterator[RawBatch]:
        """Batches of each new file; the last of a file completes it.

        A file that cannot be read gives no rows, is not completed, and is told of by Fatal (a person must act) or Retry
        (it may still be growing) after all other files have come in; so it is tried again at the next run.
        """
        fatal: list[str] = []
        later: list[str] = []
        seen = set(cursor.seen)
        for path in self._files():
            try:
                content = self._content(path)
                digest = hashlib.sha256(content).hexdigest()
                if digest in seen:
                    continue
                names, lines = self.table(content, path)
                self._check_names(names)
            except Fatal as error:
                fatal.append(f"{shown_name(path)}: {error}")
                continue
            except Retry as error:
                later.append(f"{shown_name(path)}: {error}")
                continue
            seen.add(digest)
            yield from self._parts(names, lines, shown_name(path), digest)
        if fatal:
            raise Fatal("; ".join([*fatal, *later]))
        if later:
            raise Retry("; ".join(later))

    def _files(self) -> list[Path]:
        if self._path.is_file():
            return [self._path]
        if not self._path.is_dir():
            raise Fatal(f"{self._path}: there is no such folder; create it, or correct transport.path")
        found = [p for p in self._path.iterdir() if self._wanted(p)]
        return sorted(found, key=lambda p: p.name)

    def _wanted(self, path: Path) -> bool:
        name = path.name
        if name.startswith(_HIDDEN) or name.lower().endswith(_UNFINISHED) or not fnmatch(name, self.settings.pattern):
            return False
        # A link could lead anywhere on the machine.
        return path.is_file() and not path.is_symlink()

    def _content(self, path: Path) -> bytes:
        """The whole file, once it has stood still; Retry for one that is empty or still growing."""
        try:
            before = path.stat()
            wait = self.settings.settle_seconds - (time.time() - before.st_mtime)
            if 0 < wait <= self.settings.settle_seconds:
                time.sleep(wait)
            if before.st_size > self.settings.max_bytes:
                raise Fatal(f"has {before.st_size:,} bytes, more than transport.max_bytes = {self.settings.max_bytes:,}")
            content = path.read_bytes()
            after = path.stat()
        except OSError as error:
            raise Retry(f"cannot be read now ({error.strerror})") from None
        if not content:
            raise Retry("is empty: not yet written?")
        if (after.st_size, after.st_mtime_ns) != (before.st_size, before.st_mtime_ns) or len(content) != after.st_size:
            raise Retry("is still being written")
        return content

    def _check_names(self, names: Sequence[str]) -> None:
        twice = sorted({n for n in names if n and names.count(n) > 1} & self.columns)
        if twice:
            raise Fatal(f"has the column {', '.join(twice)} twice")
        absent = sorted(self.columns - set(names))
        if absent:
            raise Fatal(f"has no column {', '.join(absent)}; its columns are {', '.join(n for n in names if n)}")

    def _parts(self, names: list[str], lines: list[Line], origin: str, digest: str) -> Iterator[RawBatch]:
        size = self.settings.batch_rows
        for start in range(0, max(len(lines), 1), size):
            part = lines[start : start + size]
            batch = RawBatch([], origin)
            for line in part:
                if line.broken is not None:
                    batch.broken.append(line.broken)
                elif line.cells is not None:
                    batch.rows.append(dict(zip(names, line.cells, strict=True)))
            if start + size >= len(lines):
                batch.completes = digest
            yield batch

    def is_header(self, cells: Sequence[str]) -> bool:
        """Whether these cells are the header that header_contains describes."""
        return set(self.settings.header_contains) <= {c.strip() for c in cells}

    def header_at(self, rows: Sequence[Sequence[str]]) -> int:
        """Index of the header row, -1 when the file has none (columns are declared); Fatal when it is not found."""
        if self.settings.columns:
            return -1
        if not self.settings.header_contains:
            if len(rows) < self.settings.header_row:
                raise Fatal(f"ends before its header row {self.settings.header_row}")
            return self.settings.header_row - 1
        for index, cells in enumerate(rows[:50]):
            if self.is_header(cells):
                return index
        raise Fatal(f"no row with the column names {', '.join(self.settings.header_contains)} among its first 50")


def shown_name(path: Path) -> str:
    """A file's name as it may be shown and stored: printable, of bounded length."""
    return "".join(c if c.isprintable() else "?" for c in path.name.encode(errors="replace").decode())[:200]
