"""Tables for a terminal. What came from a source is shown as text, never as markup."""

from __future__ import annotations

import io
from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

_WIDTH = 150


def table(heads: Sequence[str], rows: Sequence[Sequence[object]], widest: int = 40) -> str:
    """Rows under their heads, columns in line also with Chinese in them; a cell of more than `widest` columns ends in …"""
    made = Table(box=None, pad_edge=False, header_style="")
    for head in heads:
        made.add_column(Text(head), max_width=widest, no_wrap=True, overflow="ellipsis")
    for row in rows:
        made.add_row(*(Text(" ".join(str(cell).split())) for cell in row))
    out = io.StringIO()
    Console(file=out, width=_WIDTH, color_system=None).print(made)
    return "\n".join(line.rstrip() for line in out.getvalue().rstrip().splitlines())
