"""What stands on slides, before any file is made of it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Bars:
    """A column chart: its name, the names of the columns, their values."""

    name: str
    names: tuple[str, ...]
    values: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Slide:
    """Number and finding at the head; below a table, bars, a drawing, or sentences; a foot line; a note. `total`: the last row closes the table."""

    number: str
    head: str
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    total: bool = False
    bars: Bars | None = None
    drawing: str = ""  # SVG
    says: tuple[str, ...] = ()
    foot: str = ""
    note: str = ""
