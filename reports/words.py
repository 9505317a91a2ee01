"""Papers as docx by GB/T 9704-2012. Fonts are named with their substitutes, never embedded."""

from __future__ import annotations

import io
from collections.abc import Sequence
from math import floor
from typing import Any

from docx import Document
from docx.document import Document as Docx
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING, WD_TAB_ALIGNMENT
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Pt, RGBColor
from docx.table import Table
from docx.text.paragraph import Paragraph

from reports import paper as p
from reports.pages import drawn
from reports.paper import Break, Gap, Grid, Heading, Note, Paper, Para, Picture, cn_day

FANG, SONG, HEI, KAI, TITLE = "仿宋_GB2312", "宋体", "黑体", "楷体_GB2312", "方正小标宋简体"
# What a program takes when the machine lacks the face: the word processor's own, then open ones.
SUBSTITUTES = {FANG: "仿宋,FangSong,Noto Serif CJK SC", SONG: "SimSun,Noto Serif CJK SC", HEI: "SimHei,Noto Sans CJK SC",
               KAI: "楷体,KaiTi,Noto Serif CJK SC", TITLE: "小标宋,STZhongsong,Noto Serif CJK SC"}  # fmt: skip
LEFT, RIGHT, CENTRE = WD_ALIGN_PARAGRAPH.LEFT, WD_ALIGN_PARAGRAPH.RIGHT, WD_ALIGN_PARAGRAPH.CENTER
TWIPS = 1440 / 25.4
RED = RGBColor.from_string(p.RED.upper())


def docx(paper: Paper, fonts: str = "") -> bytes:
    """The paper as a docx file. `fonts` is the folder of pages.drawn, which makes the pictures."""
    document = Document()
    _page(document, paper)
    _base(document)
    (_letter_head if paper.kind == "letter" else _masthead)(document, paper)
    _title(document, paper)
    for block in paper.body:
        _block(document, block, fonts)
    _close(document, paper, fonts)
    _in_order(document)
    document.core_properties.title, document.core_properties.author = paper.title, paper.office
    document.core_properties.comments = ""
    if paper.day:
        document.core_properties.subject = cn_day(paper.day)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


# The order in which the format wants what stands in a paragraph's and a table's properties: Word may refuse another.
_ORDER = {
    "pPr": "pStyle keepNext keepLines pageBreakBefore framePr widowControl numPr suppressLineNumbers pBdr shd tabs suppressAutoHyphens kinsoku wordWrap "
           "overflowPunct topLinePunct autoSpaceDE autoSpaceDN bidi adjustRightInd snapToGrid spacing ind contextualSpacing mirrorIndents suppressOverlap jc "
           "textDirection textAlignment textboxTightWrap outlineLvl divId cnfStyle rPr sectPr pPrChange",
    "tblPr": "tblStyle tblpPr tblOverlap bidiVisual tblStyleRowBandSize tblStyleColBandSize tblW jc tblCellSpacing tblInd tblBorders shd tblLayout "
             "tblCellMar tblLook tblCaption tblDescription tblPrChange",
}  # fmt: skip


def _in_order(document: Docx) -> None:
    section = document.sections[0]
    edges = (section.header, section.first_page_header, section.even_page_header, section.footer, section.first_page_footer, section.even_page_footer)
    parts = [document.element.body, *(edge._element for edge in edges if not edge.is_linked_to_previous)]  # asking a linked one would make it
    for kind, names in _ORDER.items():
        place = {qn(f"w:{name}"): n for n, name in enumerate(names.split())}
        for props in [found for part in parts for found in part.iter(qn(f"w:{kind}"))]:
            props[:] = sorted(props, key=lambda child: place[child.tag])


def _page(document: Docx, paper: Paper) -> None:
    """Paper, margins, the grid of lines, page numbers right and left."""
    section = document.sections[0]
    section.page_width, section.page_height = Mm(p.PAGE[0]), Mm(p.PAGE[1])
    section.top_margin, section.bottom_margin, section.left_margin, section.right_margin = Mm(p.TOP), Mm(p.BOTTOM), Mm(p.LEFT), Mm(p.RIGHT)
    section.header_distance, section.footer_distance = Mm(15), Mm(25)
    grid = section._sectPr.find(qn("w:docGrid"))
    if grid is None:
        grid = OxmlElement("w:docGrid")
        section._sectPr.append(grid)
    for name, value in (("type", "lines"), ("linePitch", round(p.LINE_MM * TWIPS))):
        grid.set(qn(f"w:{name}"), str(value))
    document.settings.odd_and_even_pages_header_footer = True
    section.different_first_page_header_footer = paper.kind == "letter"
    _page_number(section.footer.paragraphs[0], RIGHT)
    _page_number(section.even_page_footer.paragraphs[0], LEFT)


def _page_number(line: Paragraph, side: WD_ALIGN_PARAGRAPH) -> None:
    line.alignment = side
    indent = "rightChars" if side == RIGHT else "leftChars"
    line._p.get_or_add_pPr().append(parse_xml(f'<w:ind {nsdecls("w")} w:{indent}="100"/>'))
    _run(line, "— ", SONG, p.PAGE_NUMBER_PT)
    field = parse_xml(f'<w:fldSimple {nsdecls("w")} w:instr="PAGE"><w:r><w:rPr><w:rFonts w:ascii="{SONG}" w:eastAsia="{SONG}" w:hAnsi="{SONG}"/>'
                      f'<w:sz w:val="{int(p.PAGE_NUMBER_PT * 2)}"/></w:rPr><w:t>1</w:t></w:r></w:fldSimple>')  # fmt: skip
    line._p.append(field)
    _run(line, " —", SONG, p.PAGE_NUMBER_PT)


def _base(document: Docx) -> None:
    """Body text: 16 pt 仿宋 on the grid; and the substitutes of every face."""
    style = document.styles["Normal"]
    style.font.name, style.font.size = FANG, Pt(p.BODY_PT)
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for name in ("ascii", "hAnsi", "eastAsia", "cs"):
        fonts.set(qn(f"w:{name}"), FANG)
    # 28 characters a line by letting each stand a little closer. A grid of characters does it in Word alone: LibreOffice gives a letter of 16 points
    # that does not fit a cell of 15.8 two cells.
    closer = OxmlElement("w:spacing")
    closer.set(qn("w:val"), str(floor((p.CHARACTER_MM / 25.4 * 72 - p.BODY_PT) * 20)))
    style.element.rPr.find(qn("w:sz")).addprevious(closer)
    style.paragraph_format.space_after = style.paragraph_format.space_before = Pt(0)
    style.paragraph_format.line_spacing_rule = WD_LINE_SPACING.EXACTLY
    style.paragraph_format.line_spacing = Pt(p.LINE_MM / 25.4 * 72)
    faces = "".join(f'<w:font w:name="{face}"><w:altName w:val="{names}"/><w:charset w:val="86"/><w:pitch w:val="variable"/></w:font>'
                    for face, names in SUBSTITUTES.items())  # fmt: skip
    part = next(x for x in document.part.package.iter_parts() if str(x.partname) == "/word/fontTable.xml")
    part._blob = f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><w:fonts {nsdecls("w")}>{faces}</w:fonts>'.encode()


def _run(line: Paragraph, text: str, face: str = FANG, size: float = p.BODY_PT, red: bool = False) -> Any:
    run = line.add_run(text)
    run.font.name, run.font.size = face, Pt(size)
    fonts = run._r.get_or_add_rPr().get_or_add_rFonts()
    for name in ("eastAsia", "hAnsi", "cs"):
        fonts.set(qn(f"w:{name}"), face)
    if red:
        run.font.color.rgb = RED
    return run


def _ruled(line: Paragraph, side: str, kind: str, points: float, wider_mm: float = 0.0, colour: str = p.RED) -> None:
    """A rule above or below a paragraph, reaching out of the type area by so much on both sides."""
    props = line._p.get_or_add_pPr()
    props.append(parse_xml(f'<w:pBdr {nsdecls("w")}><w:{side} w:val="{kind}" w:sz="{round(points * 8)}" w:space="4" w:color="{colour.upper()}"/></w:pBdr>'))
    if wider_mm:
        line.paragraph_format.left_indent = line.paragraph_format.right_indent = Mm(-wider_mm)


def _loose(line: Paragraph, points: float) -> Paragraph:
    """A line of its own height, beside the grid."""
    line.paragraph_format.line_spacing_rule = WD_LINE_SPACING.AT_LEAST
    line.paragraph_format.line_spacing = Pt(points)
    return line


def _letter_head(document: Docx, paper: Paper) -> None:
    """The office 30 mm from the edge over thick and thin, thin over thick 20 mm from the foot: both on the first page alone."""
    section, out = document.sections[0], (p.RULE_MM - p.AREA[0]) / 2
    section.header_distance, section.footer_distance = Mm(29), Mm(18)
    head = _loose(section.first_page_header.paragraphs[0], 40)
    head.alignment = CENTRE
    _run(head, paper.office, TITLE, int(p.head_pt(paper)), red=True)
    _ruled(head, "bottom", "thickThinSmallGap", 4.5, out)
    foot = _loose(section.first_page_footer.paragraphs[0], 6)
    _ruled(foot, "top", "thinThickSmallGap", 4.5, out)
    number = document.add_paragraph()
    number.alignment = RIGHT
    _run(number, paper.number)


def _masthead(document: Docx, paper: Paper) -> None:
    name = _loose(document.add_paragraph(), 56)
    name.alignment = CENTRE
    _run(name, paper.office, TITLE, int(p.head_pt(paper)), red=True)
    number = document.add_paragraph()
    number.alignment = CENTRE
    _run(number, paper.number)
    last = number
    if paper.signed:
        last = document.add_paragraph()
        last.paragraph_format.tab_stops.add_tab_stop(Mm(p.AREA[0] - p.CHARACTER_MM), WD_TAB_ALIGNMENT.RIGHT)
        last._p.get_or_add_pPr().append(parse_xml(f'<w:ind {nsdecls("w")} w:leftChars="100"/>'))
        _run(last, f"{paper.signed}\t{cn_day(paper.day) if paper.day else ''}")
    _ruled(last, "bottom", "single", 1.5)


def _title(document: Docx, paper: Paper) -> None:
    document.add_paragraph()
    if paper.mark:
        _centred(document, f"（{paper.mark}）", HEI, p.BODY_PT)
    _loose(_centred(document, paper.title, TITLE, p.TITLE_PT), 32)
    document.add_paragraph()
    if paper.addressee:
        _run(document.add_paragraph(), f"{paper.addressee}：")


def _centred(document: Docx, text: str, face: str, size: float) -> Paragraph:
    line = document.add_paragraph()
    line.alignment = CENTRE
    _run(line, text, face, size)
    return line


def _indented(document: Docx, text: str, face: str = FANG) -> Paragraph:
    line = document.add_paragraph()
    line._p.get_or_add_pPr().append(parse_xml(f'<w:ind {nsdecls("w")} w:firstLineChars="200" w:firstLine="{round(2 * p.BODY_PT * 20)}"/>'))
    _run(line, text, face)
    return line


def _block(document: Docx, block: p.Block, fonts: str) -> None:
    if isinstance(block, Heading):
        line = _indented(document, block.text, {1: HEI, 2: KAI}.get(block.level, FANG))
        line.paragraph_format.keep_with_next = True
        line._p.get_or_add_pPr().append(parse_xml(f'<w:outlineLvl {nsdecls("w")} w:val="{block.level - 1}"/>'))
    elif isinstance(block, Para):
        if block.flat:
            _run(document.add_paragraph(), block.text)
        else:
            _indented(document, block.text)
    elif isinstance(block, Grid):
        _grid(document, block)
    elif isinstance(block, Picture):
        _picture(document, block, fonts)
    elif isinstance(block, Note):
        _run(_loose(document.add_paragraph(), 18), block.text, SONG, 12)
    elif isinstance(block, Gap):
        for _ in range(block.lines):
            document.add_paragraph()
    elif isinstance(block, Break):
        document.add_page_break()


def _grid(document: Docx, block: Grid) -> None:
    if block.caption:
        _loose(_centred(document, block.caption, HEI, p.TABLE_PT), 20).paragraph_format.keep_with_next = True
    table = document.add_table(rows=1 + len(block.rows), cols=len(block.head))
    table.autofit = False
    widths = [Mm(p.AREA[0] * width / sum(block.widths)) for width in block.widths]
    for column, width in zip(table.columns, widths, strict=True):  # LibreOffice reads these, Word those of the cells
        column.width = width
    for n, row in enumerate([block.head, *block.rows]):
        bold = n == 0 or (block.total and n == len(block.rows))
        for i, text in enumerate(row):
            cell = table.cell(n, i)
            cell.width = widths[i]
            line = _loose(cell.paragraphs[0], 18)
            line.alignment = LEFT if i < block.texts else RIGHT
            _run(line, text, HEI if bold else SONG, p.TABLE_PT)
    _lines(table)
    _repeated(table)
    _loose(document.add_paragraph(), 8)


def _lines(table: Table) -> None:
    """Strong lines above and below, hairlines between; none upright."""
    strong, thin = ('w:val="single" w:sz="8" w:color="000000"', 'w:val="single" w:sz="4" w:color="A0A0A0"')
    table._tbl.tblPr.append(parse_xml(f'<w:tblBorders {nsdecls("w")}><w:top {strong}/><w:bottom {strong}/><w:insideH {thin}/></w:tblBorders>'))


def _repeated(table: Table) -> None:
    """The head of a table comes again on each page; no row is torn."""
    for n, row in enumerate(table.rows):
        props = row._tr.get_or_add_trPr()
        props.append(OxmlElement("w:cantSplit"))
        if n == 0:
            props.append(OxmlElement("w:tblHeader"))


def _picture(document: Docx, block: Picture, fonts: str) -> None:
    line = _loose(document.add_paragraph(), 10)
    line.alignment = CENTRE
    line.paragraph_format.keep_with_next = bool(block.caption)
    shape = line.add_run().add_picture(io.BytesIO(drawn(block.svg, fonts, block.width_mm)), width=Mm(min(block.width_mm, p.AREA[0])))
    shape._inline.docPr.set("descr", block.alt)
    if block.caption:
        _loose(_centred(document, block.caption, SONG, p.TABLE_PT), 20)


def _close(document: Docx, paper: Paper, fonts: str) -> None:
    """Annexes, signature, what comes after it, imprint."""
    if paper.annexes:
        document.add_paragraph()
    for n, name in enumerate(paper.annexes, start=1):
        mark = f"{n}." if len(paper.annexes) > 1 else ""
        _indented(document, f"{'附件：' if n == 1 else '　　　'}{mark}{name}")
    if paper.signed and paper.kind == "letter":
        document.add_paragraph()
        _signed(document, paper.signed, 200)
        if paper.day:
            _signed(document, cn_day(paper.day), 400)
    for block in paper.appendix:
        _block(document, block, fonts)
    _imprint(document, paper.copies)


def _signed(document: Docx, text: str, characters: int) -> None:
    line = document.add_paragraph()
    line.alignment = RIGHT
    line.paragraph_format.keep_together = True
    line._p.get_or_add_pPr().append(parse_xml(f'<w:ind {nsdecls("w")} w:rightChars="{characters}"/>'))
    _run(line, text)


def _imprint(document: Docx, copies: Sequence[str]) -> None:
    """版记: a frame on the foot of the last page's type area."""
    for n, text in enumerate(copies):
        line = _loose(document.add_paragraph(), 22)
        props = line._p.get_or_add_pPr()
        props.append(parse_xml(f'<w:framePr {nsdecls("w")} w:w="{round(p.AREA[0] * TWIPS)}" w:hAnchor="margin" w:vAnchor="margin" w:xAlign="left" '
                               'w:yAlign="bottom"/>'))  # fmt: skip
        sides = f'<w:top w:val="single" w:sz="{8 if n == 0 else 4}" w:space="2" w:color="000000"/>'
        if n == len(copies) - 1:
            sides += '<w:bottom w:val="single" w:sz="8" w:space="2" w:color="000000"/>'
        props.append(parse_xml(f'<w:pBdr {nsdecls("w")}>{sides}</w:pBdr>'))
        line.paragraph_format.tab_stops.add_tab_stop(Mm(p.AREA[0] - p.CHARACTER_MM), WD_TAB_ALIGNMENT.RIGHT)
        _run(line, text, FANG, 14)
