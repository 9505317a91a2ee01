"""Rows as a CSV file or a workbook: a row in memory at a time, and no text ever becomes a formula."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any, TypeVar

T = TypeVar("T")
EVERY = 500  # rows between two words about how far an export is
# A spreadsheet reads a text that begins so as a formula; in a CSV nothing else says that it is text.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def told(rows: Iterable[T], tell: Callable[[int], None]) -> Iterator[T]:
    """The rows, with word of how many there were at the beginning, every so many, and at the end."""
    count = 0
    tell(count)
    for count, row in enumerate(rows, start=1):
        if count % EVERY == 0:
            tell(count)
        yield row
    tell(count)


def write_csv(path: Path, head: list[str], rows: Iterator[list[Any]], note: str = "") -> None:
    """UTF-8 with a mark, so that spreadsheets read Chinese; a text that looks like a formula gets an apostrophe before it.

    A `note` is the last row, as wide as the others: its first cell, the rest empty. A head of two rows would break what reads columns by name.
    """
    with path.open("w", encoding="utf-8-sig", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(head)
        writer.writerows([f"'{c}" if isinstance(c, str) and c.startswith(_FORMULA) else c for c in row] for row in rows)
        if note:
            writer.writerow([note, *[""] * (len(head) - 1)])


def write_xlsx(path: Path, head: list[str], rows: Iterator[list[Any]], note: str = "") -> None:
    """A workbook written row by row, in memory of one row; a text that looks like a formula stays a text.

    A `note` stands below the rows, behind an empty one: the filter and the sums of a spreadsheet end at it.
    """
    import xlsxwriter  # late: what only brings rows in needs none of it

    book = xlsxwriter.Workbook(str(path), {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False,
                                           "strings_to_numbers": False})  # fmt: skip
    sheet = book.add_worksheet()
    bold, day = book.add_format({"bold": True}), book.add_format({"num_format": "yyyy-mm-dd"})
    sheet.freeze_panes(1, 0)
    for x, text in enumerate(head):
        sheet.write_string(0, x, text, bold)
        sheet.set_column(x, x, 14)
    y = 0
    for y, row in enumerate(rows, start=1):
        for x, cell in enumerate(row):
            if isinstance(cell, date):
                sheet.write_datetime(y, x, datetime.combine(cell, datetime.min.time()), day)
            elif isinstance(cell, int | float):
                sheet.write_number(y, x, cell)
            elif cell:
                sheet.write_string(y, x, str(cell))
    if note:
        sheet.write_string(y + 2, 0, note, bold)
    book.close()
