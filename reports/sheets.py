"""Workbooks of given tables: texts stay texts, numbers stay numbers."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

Cell = str | int | float | date | datetime | bool | None


class Sheet(NamedTuple):
    """One sheet: its name (at most 31 characters), a line that says what it shows, column names, rows."""

    name: str
    says: str
    head: Sequence[str]
    rows: Sequence[Sequence[Cell]]


def xlsx(sheets: Sequence[Sheet]) -> bytes:
    """A workbook. A text that begins with = stays a text: what came from a feed never becomes a formula."""
    import xlsxwriter  # late: what only brings rows in needs none of it

    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False})
    strong, soft = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"}), book.add_format({"font_color": "#57606a"})
    day = book.add_format({"num_format": "yyyy-mm-dd", "align": "left"})
    for sheet in sheets:
        page = book.add_worksheet(_safe(sheet.name))
        page.write_string(0, 0, sheet.says, soft)
        for i, name in enumerate(sheet.head):
            page.write_string(2, i, name, strong)
            page.set_column(i, i, _width([name, *(r[i] for r in sheet.rows[:200])]))
        for n, row in enumerate(sheet.rows, start=3):
            for i, value in enumerate(row):
                _write(page, n, i, value, day)
        page.freeze_panes(3, 0)
        page.repeat_rows(2)
        page.set_paper(9)
        page.fit_to_pages(1, 0)
    book.close()
    return out.getvalue()


def _write(page: Any, row: int, column: int, value: Cell, day: Any) -> None:
    if value is None or value == "":
        return
    if isinstance(value, bool):
        page.write_boolean(row, column, value)
    elif isinstance(value, int | float):
        page.write_number(row, column, value)
    elif isinstance(value, date):
        page.write_datetime(row, column, value, day)
    else:
        page.write_string(row, column, value)


def _width(values: Sequence[Cell]) -> int:
    """Chinese characters are two wide."""
    return min(60, max(8, *(sum(2 if ord(c) > 255 else 1 for c in str(v)) + 2 for v in values if v is not None)))


def _safe(name: str) -> str:
    return "".join("_" if c in "[]:*?/\\" else c for c in name)[:31]
