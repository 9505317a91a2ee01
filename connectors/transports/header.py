"""Where the header of a table stands, and whether it has the columns that the mapping reads."""

from __future__ import annotations

from collections.abc import Sequence

from connectors.base import Fatal
from connectors.spec_files import TableSettings

LOOKED_AT = 50


def header_at(rows: Sequence[Sequence[str]], settings: TableSettings) -> int:
    """Index of the header row, -1 when the file has none (columns are declared); Fatal when it is not found."""
    if settings.columns:
        return -1
    wanted = set(settings.header_contains)
    if not wanted:
        if len(rows) < settings.header_row:
            raise Fatal(f"ends before its header row {settings.header_row}")
        return settings.header_row - 1
    for index, cells in enumerate(rows[:LOOKED_AT]):
        if wanted <= {c.strip() for c in cells}:
            return index
    raise Fatal(f"no row with the column names {', '.join(settings.header_contains)} among its first {LOOKED_AT}")


def check_names(names: Sequence[str], columns: frozenset[str]) -> None:
    """Fatal when a column that the mapping reads is absent or there twice; those with __ come from the program itself."""
    twice = sorted({n for n in names if n and names.count(n) > 1} & columns)
    if twice:
        raise Fatal(f"has the column {', '.join(twice)} twice")
    absent = sorted(c for c in columns - set(names) if not c.startswith("__"))
    if absent:
        raise Fatal(f"has no column {', '.join(absent)}; its columns are {', '.join(n for n in names if n)}")
