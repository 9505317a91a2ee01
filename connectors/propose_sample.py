"""A sample taken apart: which kind of file, which encoding and delimiter, where the header is; each with how sure that is."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any, NamedTuple

from python_calamine import CalamineError, CalamineWorkbook

from connectors.base import Fatal
from connectors.propose_encoding import encoding_of
from connectors.propose_json import flat, rows_in, wrapping
from connectors.transports.book import text_of

MOST_ROWS = 5_000
_HEADER_WITHIN = 20
_MOST_BYTES = 200_000_000
_VALUE_LIKE = re.compile(
    r"[+-]?\d+(\.\d+)?|\d{4}[-/.年]\d{1,2}[-/.月].*|\d{1,2}/\d{1,2}/\d{4}.*|\d{17}[\dXx]|\d{4,}[-\dA-Za-z]*"
)


class Noted(NamedTuple):
    """Something found out about the sample as a whole: what, how sure (0 to 1), why."""

    what: str
    confidence: float
    reason: str


@dataclass(slots=True)
class Sample:
    """Rows of a sample as a door would give them; `door` is what [transport] has to say so that it gives just these."""

    columns: list[str]
    rows: list[dict[str, Any]]
    door: dict[str, Any]
    notes: list[Noted] = field(default_factory=list)
    headless: bool = False


def read_sample(content: bytes, name: str) -> Sample:
    """A file's bytes → its rows, at most MOST_ROWS. `name` is the file's name. Raises Fatal when there is nothing to be seen in it."""
    if not content.strip():
        raise Fatal(f"{name}: is empty")
    if content.startswith(b"PK"):
        return _zipped(content, name)
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        return _workbook(content, name)
    text, noted = encoding_of(content, name)
    if text.lstrip()[:1] in ("{", "["):
        found = _json(text, name, noted.what)
        if found is not None:
            return found
    if text.lstrip()[:1] == "<":
        raise Fatal(
            f"{name}: is XML or HTML; save the sample as JSON, CSV or a workbook, or write the feed.toml by hand"
        )
    return _delimited(text, name, noted)


def _zipped(content: bytes, name: str) -> Sample:
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
        entries = archive.infolist()
    except zipfile.BadZipFile:
        raise Fatal(f"{name}: is not a whole zip file or workbook") from None
    names = {e.filename for e in entries}
    if "[Content_Types].xml" in names or "content.xml" in names:
        return _workbook(content, name)
    wanted = sorted(
        (e for e in entries if not e.is_dir() and not PurePath(e.filename).name.startswith((".", "~"))),
        key=lambda e: e.filename,
    )
    wanted = [
        e
        for e in wanted
        if PurePath(e.filename).suffix.lower() in (".csv", ".tsv", ".txt", ".xlsx", ".xls", ".ods", ".json", ".jsonl")
    ]
    if not wanted:
        raise Fatal(f"{name}: holds no csv, tsv, txt, xlsx, xls, ods, json or jsonl file")
    first = wanted[0]
    if first.file_size > _MOST_BYTES or first.file_size > 10_000_000 + 50 * max(first.compress_size, 1):
        raise Fatal(f"{name}: its first file unpacks into {first.file_size:,} bytes: refused")
    if first.flag_bits & 1:
        raise Fatal(f"{name}: is locked with a password; save the sample without one")
    sample = read_sample(archive.read(first), PurePath(first.filename).name)
    sample.notes.insert(0, Noted("zip", 1.0, f"a zip of {len(wanted)} files; the first was looked at"))
    sample.door["zipped"] = True
    return sample


def _workbook(content: bytes, name: str) -> Sample:
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        sheets = {
            s: book.get_sheet_by_name(s).to_python(skip_empty_area=False, nrows=MOST_ROWS + 50)
            for s in book.sheet_names
        }
    except (CalamineError, zipfile.BadZipFile) as error:
        raise Fatal(f"{name}: is not a whole workbook ({str(error)[:120]})") from None
    sizes = {s: sum(1 for row in rows for c in row if c not in ("", None)) for s, rows in sheets.items()}
    sheet = max(sizes, key=lambda s: sizes[s], default="")
    if not sizes or not sizes[sheet]:
        raise Fatal(f"{name}: has no sheet with anything in it")
    texts = [[text_of(c) for c in row] for row in sheets[sheet]]
    door: dict[str, Any] = {"kind": "excel"}
    notes = []
    if len(sheets) > 1:
        door["sheet"] = sheet
        notes.append(
            Noted(
                f"sheet {sheet}", round(sizes[sheet] / sum(sizes.values()), 2), "the sheet with the most filled cells"
            )
        )
    return _table(texts, door, notes)


def _delimited(text: str, name: str, encoding: Noted) -> Sample:
    lines = [line for line in text[:400_000].splitlines() if line.strip()][:200]
    delimiter, sure = _delimiter(lines)
    csv.field_size_limit(1_000_000)
    try:
        rows = [
            r
            for _, r in zip(
                range(MOST_ROWS + 50), csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), strict=False
            )
        ]
    except csv.Error as error:
        raise Fatal(f"{name}: is not delimited text ({error})") from None
    door = {"kind": "csv", "encoding": encoding.what, **({"delimiter": delimiter} if delimiter != "," else {})}
    shown = {"\t": "tab", ";": "semicolon", "|": "bar", ",": "comma", "^": "caret"}[delimiter]
    return _table(
        rows,
        door,
        [
            encoding,
            Noted(f"delimiter {shown}", sure, f"{sure:.0%} of the first lines have the same number of cells by it"),
        ],
    )


def _delimiter(lines: Sequence[str]) -> tuple[str, float]:
    """The delimiter that cuts most lines into the same number of cells, and the share of lines that it does so for."""
    best, sure, most = ",", 0.0, 0.0
    for delimiter in (",", "\t", ";", "|", "^"):
        try:
            widths = Counter(len(row) for row in csv.reader(lines, delimiter=delimiter) if row)
        except csv.Error:
            continue
        width, count = max(widths.items(), key=lambda item: (item[1] * (item[0] > 1), item[0]), default=(1, 0))
        share = count / max(sum(widths.values()), 1)
        if width > 1 and share * min(width, 6) > most:
            best, sure, most = delimiter, share, share * min(width, 6)
    return best, round(sure, 2) if most else 1.0


def _table(rows: list[list[str]], door: dict[str, Any], notes: list[Noted]) -> Sample:
    """Name the columns of a table with or without a header, title rows above it left out."""
    filled = [r for r in rows if any(c.strip() for c in r)]
    if not filled:
        raise Fatal("the sample has no filled row")
    width = (
        Counter(_used(r) for r in filled).most_common(1)[0][0]
        if len(filled) < 3
        else max(_used(r) for r in filled[:200])
    )
    at = _header_at(filled[:_HEADER_WITHIN], width)
    if at is None:
        names = [f"c{i + 1}" for i in range(width)]
        door["columns"] = names
        notes.append(Noted("no header", 0.85, "the first row is made like those below it; columns are named c1, c2, …"))
        return Sample(names, _as_rows(names, filled), door, notes, headless=True)
    names = _unique([c.strip() for c in filled[at]], width)
    row_no = rows.index(filled[at])
    if row_no:
        plain = [n for n in names if n and filled[at].count(n) == 1][:2]
        door["header_contains"] = plain
        notes.append(
            Noted(
                f"header in row {row_no + 1}",
                0.95,
                f"the first row whose cells are all names; {row_no} rows of title above it",
            )
        )
    else:
        notes.append(Noted("header in row 1", 0.95, "its cells are names, the rows below hold values"))
    return Sample([n for n in names if n], _as_rows(names, filled[at + 1 :]), door, notes)


def _used(row: Sequence[str]) -> int:
    return max((i + 1 for i, c in enumerate(row) if c.strip()), default=0)


def _header_at(rows: Sequence[Sequence[str]], width: int) -> int | None:
    """Index of the first row of names; None when values begin before there is one."""
    for index, row in enumerate(rows):
        cells = [c.strip() for c in row if c.strip()]
        if len(cells) < max(0.5 * width, min(2, width)):
            continue  # a title, a note, the date of the table
        if any(_VALUE_LIKE.fullmatch(c) for c in cells) or len(set(cells)) < 0.9 * len(cells):
            return None
        return index if sum(len(c) for c in cells) / len(cells) <= 24 else None
    return None


def _unique(names: list[str], width: int) -> list[str]:
    names = [*names[:width], *[""] * (width - len(names))]
    return [n if names.index(n) == i else "" for i, n in enumerate(names)]


def _as_rows(names: Sequence[str], rows: Sequence[Sequence[str]]) -> list[dict[str, Any]]:
    return [
        {n: c for n, c in zip(names, [*r, *[""] * (len(names) - len(r))], strict=False) if n} for r in rows[:MOST_ROWS]
    ]


def _json(text: str, name: str, encoding: str) -> Sample | None:
    """JSON, a saved answer or one value a line; None when it only begins like JSON."""
    door: dict[str, Any] = {"kind": "json", "encoding": encoding}
    try:
        data, lines = json.loads(text), False
    except RecursionError:
        raise Fatal(f"{name}: is nested too deeply") from None
    except ValueError:
        data, lines = _by_line(text), True
    if data is None:
        return None
    path, rows = ("", [r for r in data if isinstance(r, dict)]) if lines else rows_in(data)
    if not rows:
        raise Fatal(f"{name}: is JSON without a list of objects")
    door |= {"rows": path, **({"lines": True} if lines else {}), **({} if lines else wrapping(data, path))}
    columns = list(dict.fromkeys(c for row in rows[:MOST_ROWS] for c in flat(row)))
    note = Noted(f"rows at {path or 'the top'}", 0.95, f"the longest list of objects: {len(rows)}")
    return Sample(columns, rows[:MOST_ROWS], door, [note])


def _by_line(text: str) -> list[Any] | None:
    try:
        return [json.loads(line) for line in text.splitlines() if line.strip()]
    except (ValueError, RecursionError):
        return None
