"""CSV drop folders: strictly of one encoding, every cell as the text that was written, read in a stream."""

from __future__ import annotations

import csv
import io
from collections.abc import Generator, Iterator
from itertools import islice
from typing import BinaryIO, TextIO

from connectors.base import Broken, Fatal, Retry
from connectors.privacy import masked_cells
from connectors.spec_files import CsvSettings
from connectors.transports.decode import Encoded, encoding_of, opened
from connectors.transports.folder import Folder, Part, Row
from connectors.transports.header import LOOKED_AT, check_names, header_at

_FIELD_LIMIT = 1_000_000
# One quote too many would gather the rest of a large file into one row.
_ROW_LIMIT = 20_000_000
_DELIMITERS = ",;\t|"
_DAMAGE = str.maketrans("", "", "\0\ufffd")


class CsvFolder(Folder):
    """A folder of delimited text files, or one such file."""

    settings: CsvSettings

    def parts(self, file: BinaryIO, origin: str) -> Iterator[Part]:
        """The one table of a file: decoded and split to its end before any row of it is given away."""
        found = encoding_of(file, self.settings.encoding, self.settings.encodings, self.columns)
        text = opened(file, found)
        try:
            delimiter, names, start = self._head(text)
        finally:
            text.detach()
        check_names(names, self.columns)
        for _ in self._rows(file, found, delimiter, names, start, origin):
            pass
        yield Part(origin, lambda: self._rows(file, found, delimiter, names, start, origin))

    def _head(self, text: TextIO) -> tuple[str, list[str], int]:
        """The delimiter, the column names, and the number of rows to pass over."""
        settings = self.settings
        need = LOOKED_AT if settings.header_contains else settings.header_row
        lines = list(islice(iter(lambda: text.readline(_ROW_LIMIT), ""), need + LOOKED_AT))
        tried = list(_DELIMITERS) if settings.delimiter == "auto" else [settings.delimiter]
        heads = {sign: list(islice(self._cells(iter(lines), sign, lenient=True), need)) for sign in tried}
        sign = self._sign(heads)
        at = header_at(heads[sign], settings)
        return sign, [c.strip() for c in (settings.columns or heads[sign][at])], at + 1

    def _sign(self, heads: dict[str, list[list[str]]]) -> str:
        """The delimiter by which the header falls into the names it must have, else into the most cells."""
        if len(heads) == 1:
            return next(iter(heads))
        wanted = set(self.settings.header_contains) or self.columns
        fit = {s: max((len(wanted & {c.strip() for c in r}) * 1000 + len(r) for r in rows), default=0) for s, rows in heads.items()}
        best = max(fit, key=lambda s: fit[s])
        if fit[best] % 1000 < 2 and sum(not c.startswith("__") for c in self.columns) > 1:
            raise Fatal("its columns are separated by none of , ; tab |; declare transport.delimiter")
        return best

    def _cells(self, lines: Iterator[str], sign: str, lenient: bool = False) -> Iterator[list[str]]:
        csv.field_size_limit(_FIELD_LIMIT)
        reader = csv.reader(lines, delimiter=sign, quotechar=self.settings.quote, strict=not lenient)
        try:
            yield from (cells for cells in reader if any(c.strip() for c in cells))
        except csv.Error as error:
            raise Fatal(f"line {reader.line_num} is not CSV ({error}); check transport.delimiter and quote") from None

    def _rows(
        self, file: BinaryIO, found: Encoded, sign: str, names: list[str], start: int, origin: str
    ) -> Generator[Row, None, None]:
        extra, width, longest = self.own_columns(origin), len(names), self.settings.max_cell
        text = opened(file, found)
        try:
            for number, cells in islice(_split(text, sign, self.settings.quote), start, None):
                if isinstance(cells, Broken):
                    yield cells
                elif len(cells) != width:
                    yield Broken(number, masked_cells(cells), "wrong_columns")
                elif max(map(len, cells)) > longest:
                    yield Broken(number, masked_cells([c[:200] for c in cells]), "too_long")
                elif found.damaged and any("\0" in c or "\ufffd" in c for c in cells):
                    yield Broken(number, masked_cells([c.translate(_DAMAGE) for c in cells]), "bad_text")
                else:
                    row = dict(zip(names, cells, strict=True))
                    row.update(extra)
                    yield row
        finally:
            text.detach()


class _Lines:
    """The physical lines of a text, as the splitter takes them; Fatal when a row takes more than it may."""

    def __init__(self, text: TextIO) -> None:
        self._text = text
        self.row, self.size = "", 0

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = self._text.readline(_ROW_LIMIT)
        if not line:
            raise StopIteration
        self.size += len(line)
        if self.size >= _ROW_LIMIT:
            raise Fatal(f"has a row of more than {_ROW_LIMIT:,} characters; check transport.delimiter, quote and the line ends")
        self.row = line
        return line


def _split(text: TextIO, delimiter: str, quote: str) -> Iterator[tuple[int, list[str] | Broken]]:
    """Numbered rows without the empty ones; a line that is not CSV is broken, and the next line begins anew.

    An error further down than the row's first line is inside quotes: where rows begin is not known any more, and none is taken.
    """
    csv.field_size_limit(_FIELD_LIMIT)
    lines = _Lines(text)
    reader = csv.reader(lines, delimiter=delimiter, quotechar=quote, strict=True)
    line = 1
    while True:
        lines.size = 0
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            if "unexpected end of data" in str(error):
                raise Retry(f"ends inside the quotes opened at line {line}: half a file, or one quote too many") from None
            if reader.line_num != line:
                raise Fatal(f"line {line} is not CSV ({error}); check transport.delimiter and quote") from None
            reason = "too_long" if "field larger" in str(error) else "bad_text"
            yield line, Broken(line, masked_cells(lines.row[:2_000].translate(_DAMAGE).split(delimiter)), reason)
        else:
            if any(c.strip() for c in cells):
                yield line, cells
        line = reader.line_num + 1


def csv_rows(text: str, delimiter: str, quote: str) -> Iterator[tuple[int, list[str]]]:
    """Numbered rows without the empty ones; Retry for half a text, Fatal for one that is not CSV. The HTTP door reads with it too."""
    for number, cells in _split(io.StringIO(text, newline=""), delimiter, quote):
        if isinstance(cells, Broken):
            raise Fatal(f"line {number} is not CSV; check transport.delimiter and quote")
        yield number, cells
