"""Excel drop folders: every cell as text; real dates as ISO; a long number that Excel has rounded is a broken row."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook

from connectors.base import Broken, Fatal, Retry
from connectors.privacy import masked_cells
from connectors.spec_files import ExcelSettings
from connectors.transports.folder import Folder, Line

# A double holds 15 decimal figures; a longer whole number in a cell has lost its last ones.
_EXACT = 1e15
_UNPACKED_TIMES = 50


class ExcelFolder(Folder):
    """A folder of workbooks, or one."""

    settings: ExcelSettings

    def table(self, content: bytes, path: Path) -> tuple[list[str], list[Line]]:
        """Column names and rows of the one sheet that is declared."""
        rows = self._sheet(content)
        texts = [[text_of(c) for c in cells] for cells in rows]
        at = self.header_at(texts)
        names = [n.strip() for n in (self.settings.columns or texts[at])]
        lines = [
            self._line(number, cells, raw, len(names))
            for number, (cells, raw) in enumerate(zip(texts[at + 1 :], rows[at + 1 :], strict=True), at + 2)
            if any(c.strip() for c in cells)
        ]
        return names, lines

    def _line(self, number: int, cells: list[str], raw: Sequence[Any], width: int) -> Line:
        if any(isinstance(c, float) and abs(c) >= _EXACT for c in raw):
            return Line(number, None, Broken(number, masked_cells(cells), "rounded_number"))
        if any(c.strip() for c in cells[width:]):
            return Line(number, None, Broken(number, masked_cells(cells), "wrong_columns"))
        return Line(number, [*cells[:width], *[""] * (width - len(cells))])

    def _sheet(self, content: bytes) -> list[list[Any]]:
        self._check_zip(content)
        try:
            book = CalamineWorkbook.from_filelike(io.BytesIO(content))
            name = self.settings.sheet or book.sheet_names[0]
            if name not in book.sheet_names:
                raise Fatal(f"has no sheet {name!r}; its sheets are {', '.join(book.sheet_names)}")
            return book.get_sheet_by_name(name).to_python(skip_empty_area=False)
        except CalamineError as error:
            raise Retry(f"is not a whole workbook ({str(error)[:120]})") from None

    def _check_zip(self, content: bytes) -> None:
        """Refuse a small file that unpacks into a flood, before unpacking it."""
        if not content.startswith(b"PK"):
            if content.startswith(b"\xd0\xcf\x11\xe0"):
                return
            raise Fatal("is not a workbook: only its name says so")
        try:
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                total = sum(entry.file_size for entry in archive.infolist())
        except zipfile.BadZipFile:
            raise Retry("is not a whole workbook: half a file") from None
        if total > max(self.settings.max_bytes, 1) or total > 10_000_000 + _UNPACKED_TIMES * len(content):
            raise Fatal(f"unpacks into {total:,} bytes from {len(content):,}: refused")


def text_of(value: Any) -> str:
    """A cell as text: 7.0 is 7, a date is 2026-01-05, a date with a time 2026-01-05 09:32:10."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="seconds") if value.time() != time() else value.date().isoformat()
    if isinstance(value, (date, time)):
        return value.isoformat()
    if isinstance(value, timedelta):
        return str(value)
    return "" if value is None else str(value)
