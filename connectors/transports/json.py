"""JSON drop folders: a document with a list of rows in it, or a row a line; numbers as the text that was written."""

from __future__ import annotations

import json
from collections.abc import Generator, Iterator
from typing import Any, BinaryIO

from connectors.base import Broken, Fatal, Retry
from connectors.privacy import masked_cells
from connectors.spec_files import JsonSettings
from connectors.transports.decode import Encoded, encoding_of, opened
from connectors.transports.folder import Folder, Part, Row
from connectors.transports.watermark import at_path

_LINE_LIMIT = 20_000_000


class JsonFolder(Folder):
    """A folder of JSON or JSON Lines files, or one such file."""

    settings: JsonSettings

    def parts(self, file: BinaryIO, origin: str) -> Iterator[Part]:
        """The rows of one file: a document is held whole, lines are read in a stream."""
        found = encoding_of(file, self.settings.encoding, self.settings.encodings, self.columns)
        if self._is_lines(file, found):
            for _ in self._lines(file, found, origin):
                pass
            yield Part(origin, lambda: self._lines(file, found, origin))
            return
        rows = self._document(file, found)
        yield Part(origin, lambda: self._checked(enumerate(rows, 1), origin))

    def _is_lines(self, file: BinaryIO, found: Encoded) -> bool:
        """A first line that is a whole table, with another line after it."""
        if self.settings.form != "auto":
            return self.settings.form == "lines"
        if self.settings.rows:
            return False
        text = opened(file, found)
        try:
            first = text.readline(_LINE_LIMIT)
            while first and not first.strip():
                first = text.readline(_LINE_LIMIT)
            # `[` on a line of its own begins a document; so does a table with more than its first line.
            return isinstance(_parsed(first), dict)
        except ValueError:
            return False
        finally:
            text.detach()

    def _document(self, file: BinaryIO, found: Encoded) -> list[Any]:
        text = opened(file, found)
        try:
            body = _parsed(text.read())
        except RecursionError:
            raise Fatal("is nested too deeply") from None
        except ValueError as error:
            raise Retry(f"is not whole JSON: half a file, or not JSON ({error})") from None
        finally:
            text.detach()
        rows = at_path(body, self.settings.rows)
        if not isinstance(rows, list):
            raise Fatal(f"has no list of rows at {self.settings.rows or 'the top'!r}; check transport.rows")
        return rows

    def _lines(self, file: BinaryIO, found: Encoded, origin: str) -> Generator[Row, None, None]:
        yield from self._checked(self._numbered(file, found), origin)

    def _numbered(self, file: BinaryIO, found: Encoded) -> Iterator[tuple[int, Any]]:
        text, number = opened(file, found), 0
        try:
            while line := text.readline(_LINE_LIMIT):
                number += 1
                if len(line) >= _LINE_LIMIT:
                    raise Fatal(f"line {number} has more than {_LINE_LIMIT:,} characters; is it JSON Lines?")
                if line.strip():
                    yield number, self._row(line, number)
        finally:
            text.detach()

    def _row(self, line: str, number: int) -> Any:
        try:
            return at_path(_parsed(line), self.settings.rows)
        except (ValueError, RecursionError):
            if not line.endswith(("\n", "\r")):
                raise Retry(f"ends in the middle of line {number}: half a file") from None
            return Broken(number, masked_cells([line.strip()[:200]]), "bad_json")

    def _checked(self, numbered: Any, origin: str) -> Generator[Row, None, None]:
        extra = self.own_columns(origin)
        for number, row in numbered:
            if isinstance(row, Broken):
                yield row
            elif not isinstance(row, dict):
                yield Broken(number, masked_cells([str(row)[:200]]), "bad_json")
            elif reason := self._reason(row):
                yield Broken(number, "", reason)
            else:
                yield row | extra

    def _reason(self, row: dict[str, Any]) -> str:
        """Half a character (a lone surrogate) or a NUL can be stored nowhere; a text can be too long."""
        said = json.dumps(row, ensure_ascii=False)
        try:
            damaged = "\\u0000" in said or "\ufffd" in said or not said.encode()
        except UnicodeEncodeError:
            damaged = True
        if damaged:
            return "bad_text"
        long = len(said) > self.settings.max_cell and any(isinstance(v, str) and len(v) > self.settings.max_cell for v in row.values())
        return "too_long" if long else ""


def _parsed(text: str) -> Any:
    return json.loads(text, parse_int=str, parse_float=str, parse_constant=_no_constant)


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON number")
