"""Takes each workbook apart in a process of its own: its stdin is the workbook, its stdout a line of JSON a row.

A hostile workbook can claim a billion cells or bring the reader down; here it brings down nothing else, within limits of
memory and time. Run as a script, so it imports nothing of this program. The script forks for each workbook: starting anew for
each took 0.15 s, and a register that comes as a file a week has hundreds of them.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import socket
import struct
import sys
import zipfile
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from fnmatch import fnmatchcase
from typing import Any, BinaryIO, NamedTuple

# A double holds 15 decimal figures; a longer whole number in a cell has lost its last ones.
_EXACT = 1e15
ROUNDED, ERROR = "rounded_number", "error_cell"
Cells = set[tuple[int, int]]
Ranges = list[tuple[tuple[int, int], tuple[int, int]]]


class Refused(Exception):
    """A person must act; the message says what is wrong."""


class Sheet(NamedTuple):
    """One sheet: rows of typed cells, cells with an error instead of a value, merged ranges (rows and columns from 0)."""

    name: str
    rows: Iterator[Sequence[Any]]
    errors: Cells
    merged: Ranges


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


def chosen(names: list[str], hidden: set[str], wanted: list[str]) -> list[str]:
    """The sheets to read: the first, or those named; a pattern takes the visible ones."""
    if not wanted:
        return names[:1]
    found = []
    for one in wanted:
        is_pattern = any(c in one for c in "*?") and one not in names
        matching = [n for n in names if fnmatchcase(n, one) and n not in hidden] if is_pattern else [n for n in names if n == one]
        if not matching:
            raise Refused(f"has no sheet {one!r}; its sheets are {', '.join(names)}")
        found += [n for n in matching if n not in found]
    return found


def sheets(file: BinaryIO, options: dict[str, Any]) -> Iterator[Sheet]:
    """The chosen sheets of a workbook of any kind."""
    begin = file.read(4)
    file.seek(0)
    if begin == b"\xd0\xcf\x11\xe0":
        yield from _old_sheets(file, options)
        return
    from python_calamine import CalamineWorkbook, SheetVisibleEnum

    book = CalamineWorkbook.from_filelike(file)
    hidden = {s.name for s in book.sheets_metadata if s.visible != SheetVisibleEnum.Visible}
    names = chosen(book.sheet_names, hidden, options["sheets"])
    _check("sheets", len(names), options)
    with zipfile.ZipFile(file) as archive:
        for name in names:
            sheet = book.get_sheet_by_name(name)
            bottom, right = sheet.end or (-1, -1)
            _check("rows", bottom + 1, options)
            _check("columns", right + 1, options)
            errors, merged = _notes(archive, name, book.sheet_names.index(name))
            yield Sheet(name, iter(sheet.to_python(skip_empty_area=False)), errors, sheet.merged_cell_ranges or merged)


def _old_sheets(file: BinaryIO, options: dict[str, Any]) -> Iterator[Sheet]:
    """xls: its reader tells errors and dates from texts and numbers by itself."""
    import xlrd

    with xlrd.open_workbook(file_contents=file.read(), formatting_info=True, logfile=io.StringIO()) as book:
        hidden = {s.name for s in book.sheets() if s.visibility}
        names = chosen(book.sheet_names(), hidden, options["sheets"])
        _check("sheets", len(names), options)
        for name in names:
            sheet = book.sheet_by_name(name)
            _check("rows", sheet.nrows, options)
            _check("columns", sheet.ncols, options)
            errors = {(r, c) for r in range(sheet.nrows) for c, kind in enumerate(sheet.row_types(r)) if kind == xlrd.XL_CELL_ERROR}
            rows = ([_old_value(sheet.cell(r, c), book.datemode) for c in range(sheet.row_len(r))] for r in range(sheet.nrows))
            merged = [((r0, c0), (r1 - 1, c1 - 1)) for r0, r1, c0, c1 in sheet.merged_cells]
            yield Sheet(name, rows, errors, merged)


def _old_value(cell: Any, datemode: int) -> Any:
    import xlrd

    if cell.ctype == xlrd.XL_CELL_DATE:
        with contextlib.suppress(xlrd.xldate.XLDateError, OverflowError, ValueError):
            moment = xlrd.xldate.xldate_as_datetime(cell.value, datemode)
            return moment.time() if cell.value < 1 else moment
    if cell.ctype == xlrd.XL_CELL_BOOLEAN:
        return bool(cell.value)
    return "" if cell.ctype in (xlrd.XL_CELL_ERROR, xlrd.XL_CELL_BLANK, xlrd.XL_CELL_EMPTY) else cell.value


def _check(what: str, count: int, options: dict[str, Any]) -> None:
    most = options[f"max_{what}"]
    if count > most:
        raise Refused(f"has {count:,} {what}, more than transport.max_{what} = {most:,}")


def _notes(archive: zipfile.ZipFile, name: str, index: int) -> tuple[Cells, Ranges]:
    """What calamine does not tell: cells with errors (it gives them as empty), and the merged ranges of ods."""
    members = set(archive.namelist())
    if "content.xml" in members:
        return _ods_notes(archive, index)
    if "xl/workbook.xml" in members:
        return _xlsx_errors(archive.read(_xlsx_path(archive, name))), []
    return (_xlsb_errors(archive.read(path)), []) if (path := _xlsb_path(archive, index)) in members else (set(), [])


def _xlsx_path(archive: zipfile.ZipFile, name: str) -> str:
    from defusedxml.ElementTree import fromstring

    book = fromstring(archive.read("xl/workbook.xml"))
    key = next(
        v for e in book.iter() if e.tag.endswith("}sheet") and e.get("name") == name for k, v in e.attrib.items() if k.endswith("}id")
    )
    return _target(archive, "xl/_rels/workbook.xml.rels", key)


def _target(archive: zipfile.ZipFile, rels: str, key: str) -> str:
    from defusedxml.ElementTree import fromstring

    target = next(str(e.get("Target")) for e in fromstring(archive.read(rels)) if e.get("Id") == key)
    return target.removeprefix("/") if target.startswith("/") else "xl/" + target


_ERROR = re.compile(rb'<(?:\w+:)?c\s[^>]*?\bt="e"[^>]*>')
_NO_VALUE = re.compile(
    rb'<(?:\w+:)?c\s(?:(?!\bt="str")[^>])*[^>/]>\s*<(?:\w+:)?f\b[^>]*(?:/>|>[^<]*</(?:\w+:)?f>)\s*(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v></(?:\w+:)?v>)?\s*</(?:\w+:)?c>'
)
_REF = re.compile(rb'\br="([A-Z]{1,3})(\d{1,7})"')


def _xlsx_errors(xml: bytes) -> Cells:
    """Cells that hold an error, or a formula whose result was never stored."""
    found = set()
    for pattern in (_ERROR, _NO_VALUE):
        for match in pattern.finditer(xml):
            ref = _REF.search(match.group())
            if ref is None:
                raise Refused("has cells with errors and without addresses; save it anew with Excel or WPS")
            column = 0
            for letter in ref.group(1):
                column = column * 26 + letter - 64
            found.add((int(ref.group(2)) - 1, column - 1))
    return found


def _records(data: bytes) -> Iterator[tuple[int, bytes]]:
    """The records of an xlsb part: kind and body."""
    at = 0

    def number(most: int) -> int:
        nonlocal at
        value = 0
        for shift in range(most):
            byte = data[at]
            at += 1
            value |= (byte & 0x7F) << (7 * shift)
            if byte < 0x80:
                break
        return value

    while at < len(data):
        kind = data[at]
        at += 1
        if kind >= 0x80:
            kind |= data[at] << 8
            at += 1
        size = number(4)
        yield kind, data[at : at + size]
        at += size


def _xlsb_path(archive: zipfile.ZipFile, index: int) -> str:
    try:
        bundles = [body for kind, body in _records(archive.read("xl/workbook.bin")) if kind == 0x019C]
        length = struct.unpack_from("<I", bundles[index], 8)[0]
        return _target(archive, "xl/_rels/workbook.bin.rels", bundles[index][12 : 12 + 2 * length].decode("utf-16-le"))
    except (KeyError, IndexError, StopIteration):
        return ""


def _xlsb_errors(data: bytes) -> Cells:
    found, row = set(), 0
    for kind, body in _records(data):
        if kind == 0:
            row = struct.unpack_from("<I", body)[0]
        elif kind in (3, 11):
            found.add((row, struct.unpack_from("<I", body)[0]))
    return found


def _ods_notes(archive: zipfile.ZipFile, index: int) -> tuple[Cells, Ranges]:
    from defusedxml.ElementTree import iterparse

    errors: Cells = set()
    merged: Ranges = []
    table, row, column = -1, 0, 0
    with archive.open("content.xml") as content:
        for event, element in iterparse(content, ("start", "end")):
            tag = element.tag.rpartition("}")[2]
            if event == "start":
                if tag == "table":
                    table, row = table + 1, 0
                continue
            if tag in ("table-cell", "covered-table-cell") and table == index:
                at = {k.rpartition("}")[2]: v for k, v in element.attrib.items() if "calcext" not in k}
                kind = next((v for k, v in element.attrib.items() if "calcext" in k and k.endswith("}value-type")), "")
                if kind == "error":
                    errors.add((row, column))
                down, right = int(at.get("number-rows-spanned", 1)), int(at.get("number-columns-spanned", 1))
                if down > 1 or right > 1:
                    merged.append(((row, column), (row + down - 1, column + right - 1)))
                column += int(at.get("number-columns-repeated", 1))
            elif tag == "table-row" and table == index:
                row += next((int(v) for k, v in element.attrib.items() if k.endswith("}number-rows-repeated")), 1)
                column = 0
                element.clear()
    return errors, merged


def _write(file: BinaryIO, options: dict[str, Any], out: BinaryIO) -> None:
    for sheet in sheets(file, options):
        out.write(json.dumps({"sheet": sheet.name, "merged": sheet.merged[:100_000]}).encode() + b"\n")
        for index, raw in enumerate(sheet.rows):
            cells = [text_of(c) for c in raw]
            marks = {c: ROUNDED for c, v in enumerate(raw) if isinstance(v, float) and abs(v) >= _EXACT}
            marks |= {c: ERROR for c in range(len(raw)) if (index, c) in sheet.errors} if sheet.errors else {}
            if marks or any(c.strip() for c in cells):
                out.write(json.dumps([index + 1, cells, marks or None]).encode(errors="replace") + b"\n")
    out.write(b'"end"\n')


def _content() -> bytes:
    """All of stdin, without moving the place in the file, which is shared with the parent."""
    size, pieces, at = os.fstat(0).st_size, [], 0
    while at < size and (piece := os.pread(0, size - at, at)):
        pieces.append(piece)
        at += len(piece)
    return b"".join(pieces)


def one(options: dict[str, Any]) -> None:
    """Read the workbook on stdin within the limits; the last line is "end", or why it is not."""
    with contextlib.suppress(ImportError):
        import resource

        for what, most in ((resource.RLIMIT_AS, "memory"), (resource.RLIMIT_CPU, "seconds"), (resource.RLIMIT_FSIZE, "bytes")):
            resource.setrlimit(what, (options[most], options[most]))
    out = sys.stdout.buffer
    try:
        _write(io.BytesIO(_content()), options, out)
    except Refused as error:
        out.write(json.dumps({"fatal": str(error)}).encode() + b"\n")
    except MemoryError:
        out.write(b'{"memory": ""}\n')
    except Exception as error:  # whatever its readers stumble over: the file is at fault, and is named by the parent
        kind = "password" if type(error).__name__ == "PasswordError" or "encrypted" in str(error).lower() else "broken"
        out.write(json.dumps({kind: " ".join(str(error).split())[:120]}).encode() + b"\n")
    out.flush()


def _forked(options: dict[str, Any], files: list[int]) -> int:
    """The exit code of a child that reads one workbook; minus a signal's number if that ended it."""
    child = os.fork()
    if not child:
        code = 1
        try:
            for number, file in enumerate(files):
                os.dup2(file, number)  # this closes the child's end of the socket
            one(options)
            code = 0
        finally:
            os._exit(code)
    for file in files:
        os.close(file)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def main() -> None:
    """For each byte on the socket that is stdin: read the workbook that comes with it, and answer with the exit code."""
    import defusedxml.ElementTree  # noqa: F401
    import python_calamine  # noqa: F401  loaded once, for all that are forked

    options = json.loads(sys.argv[1])
    with socket.socket(fileno=0) as asked:
        while True:
            said, files, _, _ = socket.recv_fds(asked, 1, 2)
            if not said:
                return
            asked.sendall(b"%d" % _forked(options, files))


if __name__ == "__main__":
    main()
