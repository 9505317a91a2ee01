"""Excel drop folders: every cell as text; real dates as ISO; a long number that Excel has rounded is a broken row."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Generator, Iterator, Sequence
from typing import Any, BinaryIO, NamedTuple

import orjson

from connectors.base import Broken, Cursor, Fatal, RawBatch, Retry
from connectors.privacy import masked_cells
from connectors.spec_files import ExcelSettings
from connectors.transports import book, zipped
from connectors.transports.book import text_of
from connectors.transports.book_reader import BookReader
from connectors.transports.folder import Folder, Part, Row
from connectors.transports.header import LOOKED_AT, check_names, header_at

__all__ = ["ExcelFolder", "text_of"]
_SECONDS = 600
_UNPACKED_TIMES = 50
_FREE = 10_000_000
_OLD = b"\xd0\xcf\x11\xe0"


class _Sheet(NamedTuple):
    """A sheet in the spooled output: where its rows begin and how many there are."""

    name: str
    merged: list[Any]
    start: int
    rows: int


class ExcelFolder(Folder):
    """A folder of workbooks, or one."""

    settings: ExcelSettings
    _reader: BookReader | None = None

    def batches(self, cursor: Cursor) -> Iterator[RawBatch]:
        """As every folder; its reader lives as long as one reading of the folder."""
        try:
            yield from super().batches(cursor)
        finally:
            self._end_reader()

    def is_own(self, file: BinaryIO) -> bool:
        """Whether a zip file is a workbook: xlsx and xlsb list their content types, ods begins with its own."""
        try:
            with zipped.opened(file, 100_000) as archive:
                names = archive.namelist()
        except (Fatal, Retry):
            return not zipped.is_zip(file) or _starts_like_a_book(file)
        return "[Content_Types].xml" in names or "mimetype" in names or any(n.startswith("xl/") for n in names)

    def parts(self, file: BinaryIO, origin: str) -> Iterator[Part]:
        """The declared sheets of a workbook."""
        self._check_kind(file)
        spool = self._spooled(file)
        several = any(c in name for name in self.settings.sheets for c in "*?")
        for sheet in _sheets(spool):
            if not sheet.rows and several:
                continue  # an empty sheet that only a pattern asked for
            try:
                names, start = self._head(spool, sheet)
                check_names(names, self.columns)
            except Fatal as error:
                raise Fatal(f"sheet {sheet.name!r} {error}" if self.settings.sheets else str(error)) from None
            yield Part(origin, lambda s=sheet, n=names, at=start: self._rows(spool, s, n, at, origin))  # type: ignore[misc]

    def _check_kind(self, file: BinaryIO) -> None:
        """Refuse what is no workbook, and a small file that unpacks into a flood, before unpacking it."""
        file.seek(0)
        begin = file.read(4)
        if begin == _OLD:
            return
        if not begin.startswith(b"PK"):
            raise Fatal("is not a workbook: only its name says so")
        try:
            with zipped.opened(file, 100_000) as archive:
                total = sum(entry.file_size for entry in archive.infolist())
        except Retry:
            raise Retry("is not a whole workbook: half a file") from None
        size = file.seek(0, 2)
        if total > self.settings.max_unpacked_bytes or total > _FREE + _UNPACKED_TIMES * size:
            raise Fatal(f"unpacks into {total:,} bytes from {size:,}: refused")

    def _spooled(self, file: BinaryIO) -> BinaryIO:
        """The rows of the sheets as book.py writes them, all of them, in an unnamed file."""
        out = self.own(tempfile.TemporaryFile())  # noqa: SIM115  closed by own
        self._reader = self._reader or BookReader(self._options(), _SECONDS)
        try:
            code = self._reader.read(file, out)
        except TimeoutError:
            self._end_reader()
            raise Fatal(f"could not be read within {_SECONDS} seconds; split it into smaller workbooks") from None
        if code < 0:
            self._end_reader()  # it may be gone itself; the next workbook gets another
        self._check_end(out, code)
        return out

    def _options(self) -> str:
        settings = self.settings
        limits = {"memory": settings.max_memory_bytes, "seconds": _SECONDS, "bytes": 2 * settings.max_unpacked_bytes}
        own = settings.model_dump(include={"max_rows", "max_columns", "max_sheets"})
        return json.dumps({"sheets": settings.sheets, **limits, **own})

    def _end_reader(self) -> None:
        if self._reader is not None:
            self._reader.close()
        self._reader = None

    def _check_end(self, out: BinaryIO, code: int) -> None:
        size = out.seek(0, 2)
        out.seek(max(0, size - 4_000))
        lines = out.read().splitlines()
        try:
            end = orjson.loads(lines[-1])
        except (IndexError, orjson.JSONDecodeError):
            end = {"memory": ""}  # it was ended from outside: by its limits
        if end == "end" and code == 0:
            return
        if "fatal" in end:
            raise Fatal(end["fatal"])
        if "broken" in end:
            raise Retry(f"is not a whole workbook ({end['broken']})")
        if "password" in end:
            raise Fatal("is protected by a password; ask the sender for a workbook without one")
        raise Fatal(f"takes more than transport.max_memory_bytes = {self.settings.max_memory_bytes:,} to read; split it into smaller workbooks")

    def _head(self, spool: BinaryIO, sheet: _Sheet) -> tuple[list[str], int]:
        """The column names and the number of the last header row."""
        many = self.settings.header_rows
        top: list[list[str]] = []
        for number, cells, _ in _spooled_rows(spool, sheet):
            if number > max(LOOKED_AT, self.settings.header_row) + many:
                break
            top += [[] for _ in range(number - len(top) - 1)]
            top.append(cells)
        if self.settings.columns:
            return [c.strip() for c in self.settings.columns], 0
        if many > 1:
            _fill(top, sheet.merged)
        joined = [_joined(top[i : i + many]) for i in range(len(top))] if many > 1 else top
        at = header_at(joined, self.settings)
        return [c.strip() for c in joined[at]], at + many

    def _rows(self, spool: BinaryIO, sheet: _Sheet, names: list[str], start: int, origin: str) -> Generator[Row, None, None]:
        extra = self.own_columns(origin, sheet.name)
        wanted = [i for i, n in enumerate(names) if n in self.columns]
        merges = _Merges([m for m in sheet.merged if m[0][0] >= start] if self.settings.fill_merged else [], self.settings.max_columns)
        for number, cells, marks in _spooled_rows(spool, sheet):
            if number <= start:
                continue
            cells = merges.filled(number - 1, cells)
            reason = self._reason(cells, marks, len(names), wanted)
            if reason:
                yield Broken(number, masked_cells([c[:200] for c in cells]), reason)
            elif any(cells):
                row: dict[str, Any] = dict(zip(names, [*cells[: len(names)], *[""] * (len(names) - len(cells))], strict=True))
                row.update(extra)
                yield row

    def _reason(self, cells: list[str], marks: dict[str, str] | None, width: int, wanted: list[int]) -> str:
        """Why this row must not be taken; an error in a column that nobody reads is no reason."""
        if marks:
            if book.ROUNDED in marks.values():
                return book.ROUNDED
            if any(marks.get(str(i)) for i in wanted):
                return book.ERROR
        if any(c.strip() for c in cells[width:]):
            return "wrong_columns"
        if max(map(len, cells), default=0) > self.settings.max_cell:
            return "too_long"
        return "bad_text" if any("\0" in c or "\ufffd" in c for c in cells) else ""


def _starts_like_a_book(file: BinaryIO) -> bool:
    """Half a workbook still begins with the name of one of its parts."""
    file.seek(30)
    return file.read(40).startswith((b"[Content_Types]", b"_rels/", b"xl/", b"docProps/", b"mimetype"))


def _sheets(spool: BinaryIO) -> list[_Sheet]:
    spool.seek(0)
    found: list[_Sheet] = []
    while (line := spool.readline()) != b'"end"\n':
        if line.startswith(b"{"):
            said = orjson.loads(line)
            found.append(_Sheet(said["sheet"], said["merged"], spool.tell(), 0))
        else:
            found[-1] = found[-1]._replace(rows=found[-1].rows + 1)
    return found


def _spooled_rows(spool: BinaryIO, sheet: _Sheet) -> Iterator[tuple[int, list[str], dict[str, str] | None]]:
    at = sheet.start
    for _ in range(sheet.rows):
        spool.seek(at)
        line = spool.readline()
        at = spool.tell()
        yield orjson.loads(line)


def _fill(rows: list[list[str]], merged: list[Any]) -> None:
    """Repeat the text of merged cells in all of their range, in place."""
    for (top, left), (bottom, right) in merged:
        if top >= len(rows) or left >= len(rows[top]):
            continue
        for row in rows[top : bottom + 1]:
            row += [""] * (min(right + 1, len(rows[top])) - len(row))
            row[left : right + 1] = [rows[top][left]] * len(row[left : right + 1])


def _joined(rows: Sequence[list[str]]) -> list[str]:
    """Names over several rows as one: 申请人 over 姓名 is 申请人/姓名, and a cell merged downwards is itself."""
    width = max((len(r) for r in rows), default=0)
    columns = ([r[i].strip() if i < len(r) else "" for r in rows] for i in range(width))
    return ["/".join(dict.fromkeys(part for part in column if part)) for column in columns]


class _Merges:
    """Merged data cells, filled while the rows go by."""

    def __init__(self, merged: list[Any], max_columns: int) -> None:
        self._starting = sorted(merged, key=lambda m: m[0][0], reverse=True)
        self._active: list[tuple[int, int, int, str]] = []
        self._most = max_columns

    def filled(self, index: int, cells: list[str]) -> list[str]:
        """The cells of a row (counted from 0) with the text of the merged cells that reach into it."""
        while self._starting and self._starting[-1][0][0] <= index:
            (top, left), (bottom, right) = self._starting.pop()
            if top == index and left < len(cells) and cells[left].strip():
                self._active.append((bottom, left, right, cells[left]))
        self._active = [a for a in self._active if a[0] >= index]
        if sum(min(right, self._most) - left + 1 for _, left, right, _ in self._active) > 2 * self._most:
            raise Fatal("has merged cells that overlap; save it anew with Excel or WPS")
        for _, left, right, text in self._active:
            cells += [""] * (min(right + 1, self._most) - len(cells))
            cells[left : right + 1] = [text] * len(cells[left : right + 1])
        return cells
