"""An official paper as plain values, and the measures of GB/T 9704-2012; words.py makes docx of it, pages.py pdf and pictures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

# Millimetres: A4, type area 156 × 225, 22 lines of 28 characters.
PAGE = (210.0, 297.0)
TOP, BOTTOM, LEFT, RIGHT = 37.0, 35.0, 28.0, 26.0
AREA = (156.0, 225.0)
LINES, CHARACTERS = 22, 28
LINE_MM, CHARACTER_MM = AREA[1] / LINES, AREA[0] / CHARACTERS
RULE_MM = 170.0  # the double rules of the letter format
BODY_PT, TITLE_PT, PAGE_NUMBER_PT, TABLE_PT = 16.0, 22.0, 14.0, 12.0
RED = "e60012"


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of level 1 (一、), 2 (（一）), 3 (1.); the mark is part of the text."""

    text: str
    level: int = 1


@dataclass(frozen=True, slots=True)
class Para:
    """A paragraph of body text, two characters in; `flat` without."""

    text: str
    flat: bool = False


@dataclass(frozen=True, slots=True)
class Grid:
    """A table: texts only. `total`: the last row closes it; the first `texts` columns stand left, the others right."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    caption: str = ""
    total: bool = False
    texts: int = 1
    widths: tuple[float, ...] = field(init=False)  # relative: what each column's longest text needs, within bounds

    def __post_init__(self) -> None:
        # In half widths of a Chinese character, with room for the wider type of a machine that lacks the standard's.
        columns = zip(self.head, *self.rows, strict=True)
        needed = [max(sum(2 if ord(c) > 0x2E7F else 1.6 if c.isupper() else 1.2 for c in text) for text in column) for column in columns]
        object.__setattr__(self, "widths", tuple(min(max(n, 4), 26) + 3 for n in needed))


@dataclass(frozen=True, slots=True)
class Picture:
    """A drawing as SVG (see drawing.py) under which its caption stands; `alt` says it in words."""

    svg: str
    caption: str = ""
    alt: str = ""
    width_mm: float = AREA[0]


@dataclass(frozen=True, slots=True)
class Note:
    """Small print: how the figures were made, when they were frozen."""

    text: str


@dataclass(frozen=True, slots=True)
class Gap:
    """Empty lines."""

    lines: int = 1


@dataclass(frozen=True, slots=True)
class Break:
    """A new page."""


Block = Heading | Para | Grid | Picture | Note | Gap | Break


@dataclass(frozen=True, slots=True)
class Paper:
    """A whole paper. letter: office in red, double rules, number at the right. bulletin: red masthead, number, office and day, red rule.

    `signed` and `day` make the signature block of a letter and stand in the masthead of a bulletin ('' and None: none). `copies` are the lines of the
    imprint (版记) on the last page's foot; what follows a tab in one stands at the right.
    `mark` stands across the pages of what is not issued yet. `appendix` comes after the signature.
    """

    kind: Literal["letter", "bulletin"]
    office: str
    number: str
    title: str
    body: tuple[Block, ...]
    addressee: str = ""
    signed: str = ""
    day: date | None = None
    annexes: tuple[str, ...] = ()
    copies: tuple[str, ...] = ()
    mark: str = ""
    appendix: tuple[Block, ...] = ()


def head_pt(paper: Paper) -> float:
    """Size of the office's name: as large as its kind of paper has it, smaller when it would not stand in one line."""
    most, wide = {"letter": (34.0, RULE_MM - 6), "bulletin": (42.0, AREA[0])}[paper.kind]
    return min(most, wide / 25.4 * 72 / max(1, len(paper.office)))


def cn_day(day: date) -> str:
    """2026年10月13日, as papers write it."""
    return f"{day.year}年{day.month}月{day.day}日"


def cn_count(n: int) -> str:
    """一 to 九十九, for headings."""
    digits = "零一二三四五六七八九"
    if n < 10:
        return digits[n]
    tens, rest = divmod(n, 10)
    return ("" if tens == 1 else digits[tens]) + "十" + (digits[rest] if rest else "")


def items(texts: Sequence[str]) -> tuple[Para, ...]:
    """（一）… （二）…: numbered requests, one paragraph each."""
    return tuple(Para(f"（{cn_count(n)}）{text}") for n, text in enumerate(texts, start=1))
