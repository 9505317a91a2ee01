"""Workbooks put together by hand, byte by byte: xls (BIFF8), ods and xlsb, which no library here writes."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Sequence
from typing import Any
from xml.sax.saxutils import escape

ERROR = object()  # a cell that holds #REF!
Merges = Sequence[tuple[int, int, int, int]]


def _record(kind: int, body: bytes = b"") -> bytes:
    return struct.pack("<HH", kind, len(body)) + body


def _cell(row: int, column: int, value: Any) -> bytes:
    at = struct.pack("<HHH", row, column, 0)
    if value is ERROR:
        return _record(0x0205, at + bytes([0x17, 1]))
    if isinstance(value, bool):
        return _record(0x0205, at + bytes([value, 0]))
    if isinstance(value, (int, float)):
        return _record(0x0203, at + struct.pack("<d", value))
    return _record(0x0204, at + struct.pack("<HB", len(value), 1) + value.encode("utf-16-le"))


def _bof(kind: int) -> bytes:
    return _record(0x0809, struct.pack("<HHHHII", 0x0600, kind, 0x0DBB, 0x07CC, 0, 6))


def _sheet_stream(rows: Sequence[Sequence[Any]], merges: Merges) -> bytes:
    width = max((len(r) for r in rows), default=0)
    out = _bof(0x0010) + _record(0x0200, struct.pack("<IIHHH", 0, len(rows), 0, width, 0))
    for r, cells in enumerate(rows):
        out += b"".join(_cell(r, c, v) for c, v in enumerate(cells) if v is not None and v != "")
    ranges = b"".join(struct.pack("<HHHH", r0, r1, c0, c1) for r0, c0, r1, c1 in merges)
    return out + _record(0x00E5, struct.pack("<H", len(merges)) + ranges) + _record(0x000A)


def xls(sheets: dict[str, Sequence[Sequence[Any]]], merges: Merges = ()) -> bytes:
    """A BIFF8 workbook in an OLE2 container; the merged ranges (row, column, row, column) are those of every sheet."""
    font = _record(0x0031, struct.pack("<HHHHHBBBBBB", 200, 0, 0x7FFF, 400, 0, 0, 0, 0, 0, 5, 0) + b"Arial")
    style = _record(0x00E0, struct.pack("<HHHBBBBIIH", 0, 0, 0xFFF5, 0x20, 0, 0, 0, 0, 0, 0x20C0))
    streams = [_sheet_stream(rows, merges) for rows in sheets.values()]
    head = _bof(0x0005) + _record(0x0042, struct.pack("<H", 1200)) + font * 4 + style * 16
    names = [n.encode("utf-16-le") for n in sheets]
    at = len(head) + sum(4 + 8 + len(n) for n in names) + 4
    for name, stream in zip(names, streams, strict=True):
        head += _record(0x0085, struct.pack("<IHBB", at, 0, len(name) // 2, 1) + name)
        at += len(stream)
    return _ole(head + _record(0x000A) + b"".join(streams))


def _ole(stream: bytes) -> bytes:
    """One stream named Workbook in a compound file of 512-byte sectors."""
    stream = stream.ljust(4096, b"\0")
    count = -(-len(stream) // 512)
    tables = next(n for n in range(1, 110) if n * 128 >= count + 1 + n)
    fat = [*range(1, count), 0xFFFFFFFE, 0xFFFFFFFE, *[0xFFFFFFFD] * tables]
    fat += [0xFFFFFFFF] * (tables * 128 - len(fat))
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    header += struct.pack("<IIIIIIIII", 0, tables, count, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
    header += struct.pack("<109I", *range(count + 1, count + 1 + tables), *[0xFFFFFFFF] * (109 - tables))
    entries = _entry("Root Entry", 5, 1, 0xFFFFFFFE, 0) + _entry("Workbook", 2, 0xFFFFFFFF, 0, len(stream))
    return header + stream.ljust(count * 512, b"\0") + entries.ljust(512, b"\0") + struct.pack(f"<{len(fat)}I", *fat)


def _entry(name: str, kind: int, child: int, start: int, size: int) -> bytes:
    words = (name + "\0").encode("utf-16-le")
    out = words.ljust(64, b"\0") + struct.pack("<HBBIII", len(words), kind, 1, 0xFFFFFFFF, 0xFFFFFFFF, child)
    return out + bytes(36) + struct.pack("<IQ", start, size)


_ODS = (
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" '
    'xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"'
)


def _ods_cell(value: Any, span: str) -> str:
    if value is None or value == "":
        return f"<table:table-cell{span}/>"
    if value is ERROR:
        kind = ' office:value-type="string" office:string-value="" calcext:value-type="error" table:formula="of:=[.#REF!]"'
        return f"<table:table-cell{span}{kind}><text:p>#REF!</text:p></table:table-cell>"
    if isinstance(value, (int, float)):
        return f'<table:table-cell{span} office:value-type="float" office:value="{value}"><text:p>{value}</text:p></table:table-cell>'
    lines = "".join(f"<text:p>{escape(part)}</text:p>" for part in value.split("\n"))
    return f'<table:table-cell{span} office:value-type="string">{lines}</table:table-cell>'


def ods(sheets: dict[str, Sequence[Sequence[Any]]], merges: Merges = ()) -> bytes:
    """An OpenDocument spreadsheet."""
    spans = {
        (r0, c0): f' table:number-rows-spanned="{r1 - r0 + 1}" table:number-columns-spanned="{c1 - c0 + 1}"' for r0, c0, r1, c1 in merges
    }
    body = ""
    for name, rows in sheets.items():
        lines = ("".join(_ods_cell(v, spans.get((r, c), "")) for c, v in enumerate(cells)) for r, cells in enumerate(rows))
        body += f'<table:table table:name="{name}">' + "".join(f"<table:table-row>{x}</table:table-row>" for x in lines) + "</table:table>"
    content = f"<office:document-content {_ODS}><office:body><office:spreadsheet>{body}</office:spreadsheet></office:body></office:document-content>"
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>')
        archive.writestr("content.xml", '<?xml version="1.0" encoding="UTF-8"?>' + content)
    return out.getvalue()


def _packed(kind: int, body: bytes = b"") -> bytes:
    out = bytes([kind]) if kind < 0x80 else bytes([kind & 0xFF, kind >> 8])
    size = len(body)
    while True:
        out += bytes([size & 0x7F | (0x80 if size > 0x7F else 0)])
        size >>= 7
        if not size:
            return out + body


def _wide(text: str) -> bytes:
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")


def xlsb(rows: Sequence[Sequence[Any]], name: str = "台账") -> bytes:
    """A binary workbook of one sheet."""
    book = _packed(0x0183) + _packed(0x018F) + _packed(0x019C, struct.pack("<II", 0, 1) + _wide("rId1") + _wide(name))
    book += _packed(0x0190) + _packed(0x0184)
    width = max(map(len, rows))
    sheet = _packed(0x0181) + _packed(0x0194, struct.pack("<IIII", 0, len(rows) - 1, 0, width - 1)) + _packed(0x0191)
    for r, cells in enumerate(rows):
        sheet += _packed(0, struct.pack("<IIHBBBI", r, 0, 300, 0, 0, 0, 0))
        for c, value in enumerate(cells):
            at = struct.pack("<II", c, 0)
            if value is ERROR:
                sheet += _packed(3, at + b"\x17")
            elif isinstance(value, (int, float)):
                sheet += _packed(5, at + struct.pack("<d", value))
            else:
                sheet += _packed(6, at + _wide(value))
    sheet += _packed(0x0192) + _packed(0x0182)
    space = "http://schemas.openxmlformats.org"
    kind = f"{space}/officeDocument/2006/relationships/worksheet"
    rels = f'<Relationships xmlns="{space}/package/2006/relationships"><Relationship Id="rId1" Type="{kind}" Target="worksheets/sheet1.bin"/></Relationships>'
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.bin", book)
        archive.writestr("xl/_rels/workbook.bin.rels", rels)
        archive.writestr("xl/worksheets/sheet1.bin", sheet)
    return out.getvalue()
