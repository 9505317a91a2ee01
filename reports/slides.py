"""Slides of given texts, tables and bars as pptx: 16 to 9, one finding a slide, the note for whoever speaks."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

from pptx import Presentation
from pptx.chart.data import CategoryChartData
from pptx.dml.color import RGBColor
from pptx.enum.chart import XL_CHART_TYPE
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.oxml.ns import qn
from pptx.util import Emu, Mm, Pt

from reports.deck import Bars, Slide
from reports.pages import drawn

WIDTH, HEIGHT = Mm(338.7), Mm(190.5)
LEFT, TOP, INNER = Mm(12.7), Mm(34), Mm(313.3)
INK, SOFT, ACCENT, LINE, TINT = (RGBColor.from_string(c) for c in ("18212C", "4F5B69", "1D5FBF", "C9D0D9", "E9F0FA"))
FONT = "微软雅黑"


def pptx(slides: Sequence[Slide], fonts: str = "") -> bytes:
    """The slides as a pptx file. `fonts` is the folder of pages.drawn, which makes the pictures."""
    made = Presentation()
    made.slide_width, made.slide_height = WIDTH, HEIGHT
    for slide in slides:
        _slide(made.slides.add_slide(made.slide_layouts[6]), slide, fonts)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def _slide(page: Any, slide: Slide, fonts: str) -> None:
    _text(page, LEFT, Mm(9), INNER, Mm(18), f"{slide.number}　{slide.head}" if slide.number else slide.head, 26 if len(slide.head) < 34 else 20, bold=True)
    rule = page.shapes.add_connector(1, LEFT, Mm(29), Emu(LEFT + INNER), Mm(29))
    rule.line.color.rgb, rule.line.width = INK, Pt(1.5)
    if slide.rows:
        _table(page, slide)
    elif slide.bars:
        _bars(page, slide.bars)
    elif slide.drawing:
        _drawing(page, slide.drawing, slide.head, fonts)
    elif slide.says:
        _text(page, LEFT, TOP, INNER, Mm(130), "\n".join(slide.says), 20)
    _text(page, LEFT, Mm(180), INNER, Mm(8), slide.foot, 10, SOFT)
    if slide.note:
        page.notes_slide.notes_text_frame.text = slide.note


def _text(page: Any, x: int, y: int, w: int, h: int, text: str, size: float, ink: RGBColor = INK, bold: bool = False) -> None:
    frame = page.shapes.add_textbox(x, y, w, h).text_frame
    frame.word_wrap = True
    for n, line in enumerate(text.split("\n")):
        paragraph = frame.paragraphs[0] if n == 0 else frame.add_paragraph()
        paragraph.space_after = Pt(6)
        _run(paragraph, line, size, ink, bold)


def _run(paragraph: Any, text: str, size: float, ink: RGBColor, bold: bool = False) -> None:
    run = paragraph.add_run()
    run.text = text
    run.font.size, run.font.bold, run.font.name = Pt(size), bold, FONT
    run.font.color.rgb = ink
    east = run._r.get_or_add_rPr().makeelement(qn("a:ea"), {"typeface": FONT})
    run._r.get_or_add_rPr().append(east)


def _drawing(page: Any, svg: str, head: str, fonts: str) -> None:
    """As large as there is room for, in the middle."""
    shape = page.shapes.add_picture(io.BytesIO(drawn(svg, fonts)), LEFT, TOP, height=Mm(142))
    shape.left = Emu(LEFT + (INNER - shape.width) // 2)
    shape._element.nvPicPr.cNvPr.set("descr", head)


def _table(page: Any, slide: Slide) -> None:
    height = Mm(min(9.6, 140 / (len(slide.rows) + 1)))
    shape = page.shapes.add_table(len(slide.rows) + 1, len(slide.columns), LEFT, TOP, INNER, Emu(height * (len(slide.rows) + 1)))
    table = shape.table
    # The plain style: no bands of colour, only what is set below.
    shape._element.graphic.graphicData.tbl[0][-1].text = "{2D5ABB26-0587-4C30-8999-92F81FD0307C}"
    wide = [max(_wide(text) for text in column) for column in zip(slide.columns, *slide.rows, strict=True)]
    size = 14 if len(slide.rows) < 10 else 12
    for i, n in enumerate(wide):
        table.columns[i].width = Emu(int(INNER * max(n, 5) / sum(max(x, 5) for x in wide)))
    for y, row in enumerate([slide.columns, *slide.rows]):
        table.rows[y].height = height
        last = slide.total and y == len(slide.rows)
        for x, text in enumerate(row):
            _cell(table.cell(y, x), text, size, x > 0 and wide[x] < 16, y == 0, last)


def _cell(cell: Any, text: str, size: float, right: bool, head: bool, last: bool) -> None:
    cell.margin_top = cell.margin_bottom = Mm(0.8)
    cell.vertical_anchor = MSO_ANCHOR.MIDDLE
    cell.fill.solid()
    cell.fill.fore_color.rgb = TINT if last else RGBColor(255, 255, 255)
    paragraph = cell.text_frame.paragraphs[0]
    paragraph.alignment = PP_ALIGN.RIGHT if right else PP_ALIGN.LEFT
    _run(paragraph, text, size, SOFT if head else INK, last)


def _wide(text: str) -> int:
    return min(60, sum(2 if ord(c) > 255 else 1 for c in text))


def _bars(page: Any, bars: Bars) -> None:
    data = CategoryChartData()
    data.categories = list(bars.names)
    data.add_series(bars.name, bars.values)
    chart = page.shapes.add_chart(XL_CHART_TYPE.COLUMN_CLUSTERED, LEFT, TOP, INNER, Mm(140), data).chart
    chart.has_legend, chart.has_title = False, False
    chart.font.size = Pt(12)
    chart.value_axis.minimum_scale = 0
    chart.value_axis.major_gridlines.format.line.color.rgb = LINE
    plot = chart.plots[0]
    plot.gap_width = 60
    plot.series[0].format.fill.solid()
    plot.series[0].format.fill.fore_color.rgb = ACCENT
