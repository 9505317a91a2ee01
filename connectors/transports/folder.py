"""Drop folders: whole files only, in order of their names, each content once; a bad file does not stop the others."""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import ExitStack, closing
from fnmatch import fnmatch
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from connectors.base import Broken, Cursor, Fatal, RawBatch, Retry
from connectors.spec_files import FileSettings
from connectors.transports import whole

# Given the feed, the SHA-256 of a file, its name as it may be shown, and its content. A file of more than PIECE bytes comes in
# pieces, in order, each under "<SHA-256>-0001" and so on. It may be called again for the same file and must not mind.
Archive = Callable[[str, str, str, bytes], None]
PIECE = 64 << 20

_UNFINISHED = (".tmp", ".part", ".partial", ".crdownload", ".swp", ".filepart")
_HIDDEN = (".", "~$", "~")
# Columns that every row of a file has, if the mapping asks for them.
FILE_COLUMN, SHEET_COLUMN = "__file__", "__sheet__"


Row = dict[str, Any] | Broken


class Part(NamedTuple):
    """One table of a file (a sheet, a member of a zip), read through once and found whole; `rows` reads it again."""

    origin: str
    rows: Callable[[], Generator[Row, None, None]]


class Folder(ABC):
    """What drop folders of all kinds of file share; a subclass takes one file apart."""

    def __init__(
        self, settings: FileSettings, columns: frozenset[str], base: Path, feed: str = "", archive: Archive | None = None
    ) -> None:
        """`columns` are those the mapping reads; a relative path counts from the feed.toml's folder."""
        self.settings, self.columns = settings, columns
        self._path, self._feed, self._archive = base / settings.path, feed, archive
        self._temporary = ExitStack()

    @abstractmethod
    def parts(self, file: BinaryIO, origin: str) -> Iterable[Part]:
        """The tables of one file, each tried to its end; Fatal or Retry for a file that cannot be read."""

    def own(self, file: BinaryIO) -> BinaryIO:
        """A temporary file, closed when the file of the folder it was made from has been read."""
        self._temporary.callback(file.close)
        return file

    def is_own(self, file: BinaryIO) -> bool:
        """Whether a zip file is one document of this kind (a workbook), not files of this kind packed together."""
        return False

    def batches(self, cursor: Cursor) -> Iterator[RawBatch]:
        """Batches of each new file; the last of a file completes it.

        A file that cannot be read gives no rows, is not completed, and is told of by Fatal (a person must act) or Retry
        (it may still be growing) after all other files have come in; so it is tried again at the next run.
        """
        fatal: list[str] = []
        later: list[str] = []
        seen, fresh = set(cursor.seen), 0
        for path in self._files():
            try:
                with whole.opened(path, self.settings) as (file, digest):
                    if digest in seen:
                        continue
                    fresh += 1
                    if fresh > self.settings.max_files:
                        break
                    with self._temporary:
                        yield from self._read(file, shown_name(path.name), digest)
                    seen.add(digest)
            except Fatal as error:
                fatal.append(f"{shown_name(path.name)}: {error}")
            except Retry as error:
                later.append(f"{shown_name(path.name)}: {error}")
        if fatal:
            raise Fatal("; ".join([*fatal, *later]))
        if later:
            raise Retry("; ".join(later))

    def _read(self, file: whole.File, origin: str, digest: str) -> Iterator[RawBatch]:
        """All rows of one file, once all of it was found readable and was put into the archive."""
        parts = list(self._all_parts(file, origin))
        file.check()
        self._keep(file, origin, digest)
        last: RawBatch | None = None
        for part in parts:
            with closing(part.rows()) as rows:
                while chunk := list(islice(rows, self.settings.batch_rows)):
                    file.check()
                    if last is not None:
                        yield last
                    last = RawBatch([r for r in chunk if type(r) is dict], part.origin)
                    last.broken = [r for r in chunk if isinstance(r, Broken)]
        file.check()
        last = last or RawBatch([], origin)
        last.completes = digest
        yield last

    def _all_parts(self, file: BinaryIO, origin: str) -> Iterator[Part]:
        from connectors.transports import zipped

        if zipped.is_zip(file) and not self.is_own(file):
            for member, name in zipped.members(file, origin, self.settings, self.is_own, self.own):
                yield from self._told(self.parts(member, name), name.removeprefix(origin + "/"))
        else:
            yield from self.parts(file, origin)

    @staticmethod
    def _told(parts: Iterable[Part], name: str) -> Iterator[Part]:
        """The parts of a member; its errors name it."""
        try:
            yield from parts
        except (Fatal, Retry) as error:
            raise type(error)(f"{name}: {error}") from None

    def _keep(self, file: BinaryIO, name: str, digest: str) -> None:
        if self._archive is None:
            return
        file.seek(0)
        piece, number = file.read(PIECE), 1
        following = file.read(PIECE)
        if not following:
            self._archive(self._feed, digest, name, piece)
            return
        while piece:
            self._archive(self._feed, f"{digest}-{number:04}", name, piece)
            piece, following, number = following, file.read(PIECE), number + 1

    def _files(self) -> list[Path]:
        if self._path.is_file():
            return [self._path]
        if not self._path.is_dir():
            raise Fatal(f"{self._path}: there is no such folder; create it, or correct transport.path")
        with os.scandir(self._path) as entries:
            names = {e.name for e in entries if e.is_file(follow_symlinks=False)}
        return [self._path / n for n in sorted(names) if self._wanted(n, names)]

    def _wanted(self, name: str, names: set[str]) -> bool:
        if name.startswith(_HIDDEN) or name.lower().endswith(_UNFINISHED) or not fnmatch(name, self.settings.pattern):
            return False
        ready = self.settings.ready
        if not ready:
            return True
        return not name.endswith(ready) and (name + ready in names or name.rpartition(".")[0] + ready in names)

    def own_columns(self, origin: str, sheet: str = "") -> dict[str, str]:
        """The columns that say where a row is from, as far as the mapping asks for them."""
        own = {FILE_COLUMN: origin, SHEET_COLUMN: sheet}
        return {name: value for name, value in own.items() if name in self.columns}


def shown_name(name: str) -> str:
    """A file's name as it may be shown and stored: printable, of bounded length."""
    return "".join(c if c.isprintable() else "?" for c in name.encode(errors="replace").decode())[:200]
