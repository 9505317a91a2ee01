"""Papers as PDF and as pictures of their pages. Only fonts of open licences are embedded; see docs/decisions/papers-as-pdf.md."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reports import paper as p
from reports.paper import Paper, cn_day

if TYPE_CHECKING:
    import typst

LAYOUT = Path(__file__).with_name("paper.typ")
# What may be embedded: families under the SIL Open Font Licence, in the order wished. Nothing else is asked for, and nothing falls back.
_SERIF = ("Noto Serif CJK SC", "Noto Serif SC", "Source Han Serif SC", "Source Han Serif CN")
_SANS = ("Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "Source Han Sans CN")
FACES = {
    "song": _SERIF,
    "fang": ("Zhuque Fangsong (technical preview)", "Zhuque Fangsong", *_SERIF),
    "kai": ("LXGW WenKai GB", "LXGW WenKai", *_SERIF),
    "hei": _SANS,
}


class NoFont(RuntimeError):
    """This machine has no Chinese font that may be embedded; the message names some."""


@cache
def _fonts(folder: str) -> typst.Fonts:
    """Fonts of the system and of a folder ('' = none), searched once a process."""
    import typst

    return typst.Fonts(include_system_fonts=True, include_embedded_fonts=False, font_paths=[folder] if folder else [])


def faces(folder: str = "") -> dict[str, list[str]]:
    """The families of each face that are here, most wished first. NoFont when a face has none."""
    here = {f.lower(): f for f in _fonts(folder).families()}
    found = {face: [here[f.lower()] for f in names if f.lower() in here] for face, names in FACES.items()}
    for face, names in found.items():
        if not names:
            raise NoFont(f"no font for PDF: install one of {', '.join(FACES[face][-4:])}, or name its folder in fonts_dir")
    return found


def pdf(paper: Paper, folder: str = "") -> bytes:
    """The paper as a PDF/A-2b file. NoFont when nothing may be embedded."""
    made = _compiler(paper, folder).compile(format="pdf", pdf_standards="a-2b")
    assert isinstance(made, bytes)
    return made


def pictures(paper: Paper, folder: str = "", ppi: float = 96) -> list[bytes]:
    """Each page as PNG."""
    made = _compiler(paper, folder).compile(format="png", ppi=ppi)
    return [made] if isinstance(made, bytes) else list(made or ())


def drawn(svg: str, folder: str = "", width_mm: float = p.AREA[0], ppi: float = 220) -> bytes:
    """A drawing of drawing.py as PNG, for files that take no SVG."""
    import typst

    source = f'#set page(width: {width_mm}mm, height: auto, margin: 0pt)\n#set text(fallback: false)\n#image(bytes(sys.inputs.svg), format: "svg", width: 100%)'
    made = typst.Compiler(source.encode(), font_paths=_fonts(folder), sys_inputs={"svg": svg}).compile(format="png", ppi=ppi)
    assert isinstance(made, bytes)
    return made


def _compiler(paper: Paper, folder: str) -> typst.Compiler:
    import typst

    given = {"paper": json.dumps(_values(paper, faces(folder)), ensure_ascii=False)}
    return typst.Compiler(LAYOUT.read_bytes(), root=str(LAYOUT.parent), font_paths=_fonts(folder), sys_inputs=given)


def _values(paper: Paper, fonts: dict[str, list[str]]) -> dict[str, Any]:
    """What paper.typ reads."""
    measures = {
        "page": p.PAGE, "top": p.TOP, "bottom": p.BOTTOM, "left": p.LEFT, "right": p.RIGHT, "rule": p.RULE_MM, "line": p.LINE_MM,
        "character": p.CHARACTER_MM, "body": p.BODY_PT, "title": p.TITLE_PT, "number": p.PAGE_NUMBER_PT, "table": p.TABLE_PT, "red": p.RED,
    }  # fmt: skip
    return {
        "kind": paper.kind, "office": paper.office, "head": p.head_pt(paper), "number": paper.number, "title": paper.title,
        "addressee": paper.addressee, "body": _blocks(paper.body), "appendix": _blocks(paper.appendix),
        "signed": paper.signed, "day": cn_day(paper.day) if paper.day else "", "annexes": paper.annexes, "copies": paper.copies, "mark": paper.mark,
        "measures": measures, "fonts": fonts,
    }  # fmt: skip


def _blocks(blocks: Sequence[p.Block]) -> list[dict[str, Any]]:
    out = [{"is": type(b).__name__, **asdict(b)} for b in blocks]
    for b in out:
        if "width_mm" in b:
            b["width"] = b.pop("width_mm")
    return out
