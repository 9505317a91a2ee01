"""Papers by GB/T 9704-2012: what goes in comes out of docx and pdf, in the measures of the standard."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from datetime import date
from pathlib import Path

import pytest
from docx import Document
from openpyxl import load_workbook
from PIL import Image
from pypdf import PdfReader

from reports import pages, words
from reports.drawing import Point, band
from reports.mapped import Shape, areas
from reports.paper import Break, Gap, Grid, Heading, Note, Paper, Para, Picture, cn_count, cn_day, items
from reports.sheets import Sheet, xlsx

POINTS = [Point(f"2025.{m}", m, 5.0, 2.0, 9.0) for m in range(1, 13)]
BODY = (
    Para("经研究，提示如下。"), Heading("一、发现的情况"), Para("剑南街道23件，#set page(fill: red) $x$ *星*。"), Picture(band(POINTS, "件", "常年"), "图1", "十二个月"),
    Grid(("乡镇", "件数"), (("剑南街道", "23"), ("河洲街道", "5"), ("合计", "28")), "表1 件数", total=True), Heading("（一）楷体", 2), Note("口径"), Gap(),
    *items(["核清人数。", "先行清偿。"]), Break(), Para("末段。", flat=True),
)  # fmt: skip


def paper(**changes: object) -> Paper:
    base = {"kind": "letter", "office": "宜春市平安建设领导小组办公室", "number": "宜平安办函〔2026〕31号", "title": "关于甲的\n提示函", "body": BODY,
            "addressee": "丰城市人社局", "signed": "办公室", "day": date(2026, 10, 13), "annexes": ("事项清单", "图表")}  # fmt: skip
    return Paper(**{**base, **changes})  # type: ignore[arg-type]


def texts(data: bytes) -> str:
    """Every text of a docx in order: body, tables, headers, footers."""
    document = Document(io.BytesIO(data))
    section = document.sections[0]
    parts = [document.element.body, section.first_page_header._element, section.footer._element, section.even_page_footer._element]
    return "\n".join("".join(t.text or "" for t in p.iter() if t.tag.endswith("}t")) for part in parts for p in part.iter() if p.tag.endswith("}p"))


def test_a_docx_says_everything_in_the_measures_of_the_standard() -> None:
    made = words.docx(paper())
    said = texts(made)
    for text in ("宜平安办函〔2026〕31号", "丰城市人社局：", "一、发现的情况", "剑南街道23件，#set page(fill: red) $x$ *星*。", "（二）先行清偿。", "合计", "28", "口径",
                 "附件：1.事项清单", "2.图表", "2026年10月13日", "宜春市平安建设领导小组办公室"):  # fmt: skip
        assert text in said, text
    section = Document(io.BytesIO(made)).sections[0]
    assert [round(x.mm) for x in (section.page_width, section.page_height, section.top_margin, section.left_margin)] == [210, 297, 37, 28]
    xml = zipfile.ZipFile(io.BytesIO(made)).read("word/document.xml").decode()
    grid = re.search(r"<w:docGrid[^>]*>", xml)
    assert grid and 'w:linePitch="580"' in grid[0] and 'w:type="lines"' in grid[0]
    normal = re.search(r'<w:style [^>]*w:default="1"[^>]*w:styleId="Normal".*?</w:style>', zipfile.ZipFile(io.BytesIO(made)).read("word/styles.xml").decode(), re.S)
    closer = re.search(r'<w:spacing w:val="(-\d+)"/><w:sz w:val="32"/>', normal[0] if normal else "")
    assert closer, normal
    a_character = 16 + int(closer[1]) / 20
    assert 28 * a_character <= 156 / 25.4 * 72 < 29 * a_character, "28 characters a line"
    names = zipfile.ZipFile(io.BytesIO(made)).read("word/fontTable.xml").decode()
    assert "仿宋_GB2312" in names and "embed" not in names


def test_a_pdf_has_the_pages_and_only_open_fonts() -> None:
    made = pages.pdf(paper())
    assert made.startswith(b"%PDF") and b"pdfaid" in made
    streams = b"".join(_unpacked(made))
    fonts = {name.decode() for name in re.findall(rb"/BaseFont\s*/[A-Z]{6}\+([A-Za-z0-9-]+)", made + streams)}
    assert fonts and all(f.startswith(("NotoSerifCJK", "NotoSansCJK", "SourceHan", "NotoSerifSC", "NotoSansSC", "LXGW", "Zhuque")) for f in fonts), fonts
    shown = pages.pictures(paper(), ppi=40)
    assert len(shown) == 3  # one for the page that the body asks for
    width, height = Image.open(io.BytesIO(shown[0])).size
    assert abs(width / height - 210 / 297) < 0.01


def _unpacked(data: bytes) -> list[bytes]:
    out = []
    for found in re.finditer(rb"stream\r?\n(.*?)endstream", data, re.S):
        try:
            out.append(zlib.decompress(found[1]))
        except zlib.error:
            continue
    return out


def test_the_red_of_a_letter_stands_where_the_format_has_it() -> None:
    """Rules 170 mm wide, near the head and 20 mm above the foot of the first page; none on the second."""
    first, second = (Image.open(io.BytesIO(p)).convert("RGB") for p in pages.pictures(paper(), ppi=50.8)[:2])  # 2 points a millimetre
    red = [y for y in range(first.height) if sum(_red(first.getpixel((x, y))) for x in range(0, first.width, 4)) > 60]
    assert red and 85 <= red[0] <= 100, red
    assert 550 <= red[-1] <= 558, red
    across = [x for x in range(first.width) if _red(first.getpixel((x, red[-1])))]
    assert abs((across[-1] - across[0]) / 2 - 170) < 2
    assert not any(_red(second.getpixel((x, y))) for x in range(0, second.width, 3) for y in range(second.height))


def _red(pixel: object) -> bool:
    r, g, b = pixel  # type: ignore[misc]
    return bool(r > 200 and g < 140 and b < 140)


def test_a_bulletin_and_a_draft() -> None:
    made = paper(kind="bulletin", office="工作通报", copies=("抄送：各县", "办公室\t2026年10月13日印发"), mark="草稿")
    said = texts(words.docx(made))
    assert "抄送：各县" in said and "草稿" in said and "办公室2026年10月13日" in said.replace("\t", "").replace("\n", "")
    assert said.count("办公室") == 2  # the masthead and the imprint; a bulletin is not signed again at its end
    assert pages.pdf(made).startswith(b"%PDF")


def test_without_an_open_font_nothing_is_made(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(pages.FACES, "fang", ("A Font Nobody Has",))
    with pytest.raises(pages.NoFont, match="A Font Nobody Has"):
        pages.pdf(paper())


def test_words_for_numbers_and_days() -> None:
    assert [cn_count(n) for n in (1, 9, 10, 11, 20, 35)] == ["一", "九", "十", "十一", "二十", "三十五"]
    assert cn_day(date(2026, 1, 5)) == "2026年1月5日"
    with pytest.raises(ValueError, match="nothing"):
        band([], "件", "常年")


def test_a_drawing_ends_at_its_number() -> None:
    svg = band([Point("a", 3, 4.0, 1.0, 8.0), Point("b", 23, 9.0, 4.0, 15.0)], "件", "常年")
    assert "23 件" in svg and "常年 4–15" in svg and svg.count("<circle") == 1


def test_a_workbook_keeps_texts_as_texts() -> None:
    made = xlsx([Sheet("甲/乙", "说明", ("名", "件", "日"), [("=1+1", 3, date(2026, 1, 2)), ("乙", None, None)])])
    page = load_workbook(io.BytesIO(made))["甲_乙"]
    assert page["A4"].value == "=1+1" and page["A4"].data_type == "s"
    assert page["B4"].value == 3 and page["C4"].value.date() == date(2026, 1, 2) and page["B5"].value is None


def _xml(made: bytes, part: str) -> str:
    return zipfile.ZipFile(io.BytesIO(made)).read(part).decode()


def test_page_numbers_stand_right_on_odd_pages_and_left_on_even_ones() -> None:
    """In 14 points of 宋体 between dashes, one character from the edge; a letter's first page has none."""
    for kind in ("bulletin", "letter"):
        made = words.docx(paper(kind=kind))
        section = Document(io.BytesIO(made)).sections[0]
        assert "<w:evenAndOddHeaders" in _xml(made, "word/settings.xml")
        for footer, side, edge in ((section.footer, "right", "rightChars"), (section.even_page_footer, "left", "leftChars")):
            xml = footer._element.xml
            assert 'w:instr="PAGE"' in xml and f'<w:jc w:val="{side}"/>' in xml and f'w:{edge}="100"' in xml
            runs = re.findall(r'<w:sz w:val="(\d+)"/>', xml)
            assert runs and set(runs) == {"28"} and "宋体" in xml and "— " in xml and " —" in xml
        first = section.first_page_footer._element.xml if section.different_first_page_header_footer else section.footer._element.xml
        assert ("PAGE" in first) == (kind == "bulletin")


def test_the_imprint_stands_on_the_foot_of_the_last_page() -> None:
    """版记: the last paragraphs, framed at the bottom margin over the type area's width, a strong rule above and below, a thin one between."""
    made = words.docx(paper(kind="bulletin", copies=("抄送：各县（市、区）", "办公室\t2026年10月13日印发")))
    lines = Document(io.BytesIO(made)).paragraphs[-2:]
    assert [x.text for x in lines] == ["抄送：各县（市、区）", "办公室\t2026年10月13日印发"]
    rules = []
    for line in lines:
        xml = line._p.xml
        frame = re.search(r"<w:framePr[^>]*>", xml)
        assert frame and 'w:yAlign="bottom"' in frame[0] and 'w:vAnchor="margin"' in frame[0] and f'w:w="{round(156 / 25.4 * 1440)}"' in frame[0]
        assert 'w:val="right"' in xml and {run.font.size.pt for run in line.runs if run.font.size} == {14.0}
        rules.append([(side, int(size)) for side, size in re.findall(r'<w:(top|bottom) w:val="single" w:sz="(\d+)"', xml)])
    assert rules == [[("top", 8)], [("top", 4), ("bottom", 8)]]
    assert Document(io.BytesIO(words.docx(paper(kind="bulletin")))).paragraphs[-1].text != "办公室\t2026年10月13日印发"


def test_the_head_of_a_table_comes_again_on_each_page_and_no_row_is_torn() -> None:
    long = Grid(("乡镇", "件数"), tuple((f"第{n}镇", str(n)) for n in range(60)))
    table = Document(io.BytesIO(words.docx(paper(body=(long,))))).tables[0]
    heads = ["<w:tblHeader/>" in row._tr.xml for row in table.rows]
    assert heads == [True, *[False] * 60] and all("<w:cantSplit/>" in row._tr.xml for row in table.rows)
    shown = PdfReader(io.BytesIO(pages.pdf(paper(body=(long,))))).pages
    with_rows = [text for page in shown if re.search(r"第\d+镇", text := page.extract_text())]
    assert len(with_rows) > 1 and all("件数" in text for text in with_rows)


def test_a_map_says_its_numbers_and_tells_a_rise_from_a_fall_without_colour() -> None:
    shapes = [Shape("M0 0L90 0L90 90Z", "f2", "甲县", "−12.00%", (45, 30)), Shape("M90 0L180 0L180 90Z", "r1", "乙<县", "+3.00%", (135, 30))]
    svg = areas(shapes, 180, 90)
    assert "−12.00%" in svg and "乙&lt;县" in svg and svg.count("url(#rose)") == 2 and "上升" in svg
    picture = Image.open(io.BytesIO(pages.drawn(svg, "", 60))).convert("RGB")
    colours = {c for _, c in picture.getcolors(10**6) or ()}
    assert all(max(c) - min(c) < 24 for c in colours), "greys"
    assert len(shapes) == svg.count("<path") and "甲县" not in areas([*shapes, *[shapes[0]] * 15], 180, 90)
