"""A letter as a file."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from reports.pages import NoFont, pdf
from reports.sheets import xlsx
from services.letter_paper import drawing, paper, sheets
from services.letter_shapes import LetterFile

__all__ = ["Made", "NoFont", "make"]
MIMES = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "svg": "image/svg+xml",
}  # fmt: skip


class Made(NamedTuple):
    """A finished file: what to call it, its media type, its bytes."""

    name: str
    mime: str
    data: bytes


def make(file: LetterFile, kind: str, today: date, days: Mapping[str, int], fonts: str) -> Made:
    """docx, pdf, xlsx, or svg (the chart alone); ValueError for another kind, NoFont when nothing may be embedded."""
    if kind not in MIMES:
        raise ValueError(kind)
    line = file.line
    name = f"{line.number or f'草稿{line.id}'} {line.title.replace(chr(10), '')}"
    if kind == "docx":
        from reports.words import docx  # late: it takes memory that what only brings rows in has no use for

        data = docx(paper(file, today, days), fonts)
    elif kind == "pdf":
        data = pdf(paper(file, today, days), fonts)
    else:
        data = xlsx(sheets(file)) if kind == "xlsx" else drawing(file.evidence).encode()
    return Made(f"{name}.{kind}", MIMES[kind], data)
