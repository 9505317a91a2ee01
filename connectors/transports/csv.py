"""CSV drop folders: a declared encoding, strictly; every cell as the text that was written."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator
from pathlib import Path

from connectors.base import Broken, Fatal, Retry
from connectors.privacy import masked_cells
from connectors.spec_files import CsvSettings
from connectors.transports.folder import Folder, Line

_GB_BOM = b"\x84\x31\x95\x33"  # U+FEFF in GB18030
_FIELD_LIMIT = 1_000_000


class CsvFolder(Folder):
    """A folder of delimited text files, or one such file."""

    settings: CsvSettings

    def table(self, content: bytes, path: Path) -> tuple[list[str], list[Line]]:
        """Column names and rows; a row with another number of cells is broken, a file that ends in a quote is half."""
        rows = list(csv_rows(decoded(content, self.settings.encoding), self.settings.delimiter, self.settings.quote))
        at = self.header_at([cells for _, cells in rows])
        names = [c.strip() for c in (self.settings.columns or rows[at][1])]
        return names, [self._line(number, cells, len(names)) for number, cells in rows[at + 1 :]]

    def _line(self, number: int, cells: list[str], width: int) -> Line:
        if len(cells) == width:
            return Line(number, cells)
        return Line(number, None, Broken(number, masked_cells(cells), "wrong_columns"))


def csv_rows(text: str, delimiter: str, quote: str) -> Iterator[tuple[int, list[str]]]:
    """Numbered rows without the empty ones; Retry for half a text, Fatal for one that is not CSV. The HTTP door reads with it too."""
    csv.field_size_limit(_FIELD_LIMIT)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, quotechar=quote, strict=True)
    line = 1
    try:
        for cells in reader:
            if any(c.strip() for c in cells):
                yield line, cells
            line = reader.line_num + 1
    except csv.Error as error:
        # The rest of the file is inside that quote: no row of it can be trusted, so none is taken.
        if "unexpected end of data" in str(error):
            raise Retry(f"ends inside the quotes opened at line {line}: half a file, or one quote too many") from None
        raise Fatal(f"line {line} is not CSV ({error}); check transport.delimiter and quote") from None


def _is_utf8(content: bytes) -> bool:
    """Whether non-ASCII text is UTF-8; decoders of two-byte encodings take such text for other characters in silence."""
    if sum(byte > 127 for byte in content[:4_000]) < 24:
        return False  # too little to tell: a few characters can be valid in both
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def decoded(content: bytes, encoding: str) -> str:
    """Bytes → text by the declared encoding, a byte order mark removed; Fatal, never a replacement character."""
    marked = {codecs.BOM_UTF8: "utf-8", _GB_BOM: "gb18030"}
    found = next((name for bom, name in marked.items() if content.startswith(bom)), None)
    name = {"gbk": "gb18030", "gb2312": "gb18030", "utf-8-sig": "utf-8"}.get(encoding, encoding)
    if found is not None and found != name:
        raise Fatal(f"is {found} by its byte order mark, but transport.encoding says {encoding}")
    if found is None and name in ("gb18030", "big5") and _is_utf8(content):
        raise Fatal(f"is UTF-8, but transport.encoding says {encoding}; correct one of them")
    try:
        return content.decode(name).removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        if error.end >= len(content) and error.start >= len(content) - 4:
            raise Retry("ends in the middle of a character: half a file") from None
        raise Fatal(f"is not {encoding} (line {line}, byte {error.start}); correct transport.encoding or the file") from None
