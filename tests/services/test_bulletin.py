"""The papers of a meeting: each is opened again, and every figure in it is the frozen one."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from docx import Document
from openpyxl import load_workbook
from pptx import Presentation
from pptx.enum.shapes import MSO_SHAPE_TYPE
from pypdf import PdfReader

from dashboard import urlstate
from dashboard.pages.meeting import present
from dashboard.pages.meetings.state import MeetingState
from matters.access import Forbidden, Scope
from matters.filters import Filter
from matters.meetings import short
from reports.paper import Grid, Paper
from reports.template import BadTemplate, fill
from services import bulletin_map
from services.bulletin import MIMES, small_print, template_values
from services.meeting_job import ByClock
from services.meeting_shapes import Meeting
from services.meeting_words import plain
from services.settings import Settings
from services.wiring import Services
from tests import city
from tests.services.test_as_of import change
from tests.services.test_meetings import at_noon

# What is tested is a paper's part: freezing itself is tested on both databases in test_meetings.py.
pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
CITY = Scope.of("city", "city_leader", "city")


@pytest.fixture(scope="module")
def one_city(
    database: str, city_template: str, city_env: Mapping[str, str], city_data: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Services]:
    """A city for all tests of this file."""
    with city.copied(city_template, tmp_path_factory.mktemp("papers"), city_data, city_env) as services:
        yield services


@pytest.fixture(scope="module")
def held(one_city: Services) -> tuple[Services, Meeting]:
    """A meeting with one before it, a decision of each, and a city that went on afterwards."""
    own_city = one_city
    at_noon(own_city, 1)
    first = own_city.meetings.freeze(CITY, "year")
    own_city.meetings.decide(CITY, first.line.id, "排查预付卡经营主体", "市市监局", own_city.now().date() + timedelta(days=1))
    own_city.meetings.decide(CITY, first.line.id, "核对调解台账", "市司法局", own_city.now().date() + timedelta(days=40))
    change(own_city, 30)
    at_noon(own_city, 9)
    made = own_city.meetings.freeze(CITY, "year")
    own_city.meetings.decide(CITY, made.line.id, "集中调解物业纠纷", "市住建局", own_city.now().date() + timedelta(days=20))
    change(own_city, 200)
    return own_city, own_city.meetings.get(CITY, made.line.id)


def grid(table: dict[str, Any], columns: tuple[str, ...] = ()) -> list[list[str]]:
    """A frozen table as a document writes it."""
    at = [i for i, c in enumerate(table["columns"]) if not columns or c["key"] in columns]
    return [[plain(r["cells"][i], table["columns"][i]["kind"]) for i in at] for r in table["rows"]]


def test_every_figure_of_every_paper_is_the_frozen_one(held: tuple[Services, Meeting]) -> None:
    services, meeting = held
    made = {kind: services.bulletins.make(CITY, meeting.line.id, kind) for kind in MIMES}
    _docx(made["docx"].content, meeting)
    _xlsx(made["xlsx"].content, meeting)
    _pptx(made["pptx"].content, meeting)
    _pdf(made["pdf"].content, meeting, services.bulletins.paper(meeting))
    assert meeting.line.title in made["pdf"].name


def _pdf(content: bytes, meeting: Meeting, paper: Paper) -> None:
    """Every sentence, and every line of every table; a page's number stands between what goes on over it."""
    shown = PdfReader(io.BytesIO(content)).pages
    assert len(shown) >= 3
    text = "".join(re.sub(r"\s|—\s*\d+\s*—\s*$", "", page.extract_text()) for page in shown)
    for item in (a for a in meeting.agenda if a.on):
        for para in meeting.body["says"][item.key]["paras"]:
            assert para.replace(" ", "").replace("　", "") in text, para
    columns = ("name", "accepted", "yoy", "resolved_rate", "overdue", "civil_filings", "civil_yoy")
    for line in grid(meeting.body["tables"]["areas"], columns):
        assert "".join(line).replace(" ", "") in text, line
    for block in (b for b in paper.body if isinstance(b, Grid)):
        for row in block.rows:
            assert "".join(row).replace(" ", "") in text, row
    assert paper.number in text and re.search(r"年第\d+期（年度，总第2期）", text)


def _docx(content: bytes, meeting: Meeting) -> None:
    document = Document(io.BytesIO(content))
    text = "\n".join(p.text for p in document.paragraphs)
    for item in (a for a in meeting.agenda if a.on):
        for para in meeting.body["says"][item.key]["paras"]:
            assert para in text
    accepted = meeting.body["tables"]["overall"]["rows"][0]["cells"][1]["n"]
    assert f"全市共受理矛盾纠纷{accepted}件" in text and small_print(meeting) in text and short(meeting.line.digest) in text
    assert "市住建局于" in text and "市市监局逾期未办" in text
    columns = ("name", "accepted", "yoy", "resolved_rate", "overdue", "civil_filings", "civil_yoy")
    found = [[c.text for c in r.cells] for r in document.tables[0].rows]
    assert found[1:] == grid(meeting.body["tables"]["areas"], columns)
    order = [text.index(h) for h in ("一、总体情况", "二、渠道和类型", "三、县（市、区）情况", "下一步工作")]
    assert order == sorted(order)


def _xlsx(content: bytes, meeting: Meeting) -> None:
    book = load_workbook(io.BytesIO(content))
    names = {t["zh"]: t for t in meeting.body["tables"].values() if t["rows"]}
    seen = 0
    for sheet in book:
        title = str(sheet.cell(1, 1).value).split("　")[0]
        if title not in names:
            continue
        seen += 1
        table, rows = names[title], [list(r) for r in sheet.iter_rows(min_row=4, values_only=True)]
        assert len(rows) == len(table["rows"])
        for got, line in zip(rows, table["rows"], strict=True):
            x = 0
            for column, cell in zip(table["columns"], line["cells"], strict=True):
                if column["kind"] == "rate":
                    assert got[x + 1 : x + 3] == [cell.get("top"), cell.get("bottom")]
                    assert got[x] is None if cell.get("few") or cell.get("n") is None else got[x] == pytest.approx(cell["n"])
                    x += 3
                    continue
                if "n" in cell and "c" not in cell:
                    assert got[x] == (None if cell["n"] is None else pytest.approx(cell["n"]))
                x += 1
    assert seen == len(names)
    bridge = list(book["与上次会议的变动"].iter_rows(min_row=4, values_only=True))
    steps = [r[1] for r in bridge]
    assert sum(steps[:-3]) == steps[-3] and steps[-3] + steps[-2] == steps[-1] == meeting.body["bridge"]["now"]["n"]


def _pptx(content: bytes, meeting: Meeting) -> None:
    slides = list(Presentation(io.BytesIO(content)).slides)
    tables = [[[c.text for c in r.cells] for r in s.table.rows] for slide in slides for s in slide.shapes if s.has_table]
    rows = {tuple(r) for t in tables for r in t[1:]}
    for key in ("overall", "channels", "departments", "areas", "towns_most"):
        assert {tuple(r) for r in grid(meeting.body["tables"][key])} <= rows, key
    chart = next(s.chart for slide in slides for s in slide.shapes if s.has_chart)
    assert list(chart.plots[0].series[0].values) == [r["cells"][1]["n"] for r in meeting.body["tables"]["months"]["rows"]]
    heads = " ".join(s.text_frame.text for slide in slides for s in slide.shapes if s.has_text_frame)
    assert all(a.head in heads for a in meeting.agenda if a.on)
    assert any("超期" in slide.notes_slide.notes_text_frame.text for slide in slides if slide.has_notes_slide)


def test_the_map_of_the_papers_is_drawn_from_what_was_frozen(held: tuple[Services, Meeting], monkeypatch: pytest.MonkeyPatch) -> None:
    services, meeting = held
    svg = bulletin_map.picture(meeting.body)
    table = meeting.body["tables"]["areas"]
    at = next(i for i, c in enumerate(table["columns"]) if c["key"] == "civil_yoy")
    for line in (r for r in table["rows"] if not r.get("sum") and not r.get("rest")):
        assert f">{line['cells'][0]['s']}</text>" in svg
        assert line["cells"][at]["c"] not in ("percent", "counts") or f">{plain(line['cells'][at], 'change')}</text>" in svg
    assert len(meeting.body["map"]["areas"]) == 10 == svg.count('stroke-width="1.2"')
    monkeypatch.setattr(services.areas, "geojson", lambda *asked: pytest.fail("the borders are those of the freezing"))
    docx = Document(io.BytesIO(services.bulletins.make(CITY, meeting.line.id, "docx").content))
    assert [s._inline.docPr.get("descr")[:4] for s in docx.inline_shapes] == ["近24个", "各地民商"] and "图2  民商事一审立案同比" in [p.text for p in docx.paragraphs]
    slides = Presentation(io.BytesIO(services.bulletins.make(CITY, meeting.line.id, "pptx").content)).slides
    assert [s.name for slide in slides for s in slide.shapes if s.shape_type == MSO_SHAPE_TYPE.PICTURE] != []
    assert "图2" in "".join(p.extract_text() for p in PdfReader(io.BytesIO(services.bulletins.make(CITY, meeting.line.id, "pdf").content)).pages)
    old = {k: v for k, v in meeting.body.items() if k != "map"}
    assert bulletin_map.picture(old) == "", "one that was frozen before borders were has no map, rather than today's"


def test_a_citys_own_template_is_filled_and_a_bad_one_is_refused(
    held: tuple[Services, Meeting], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    services, meeting = held
    own = Document()
    own.add_paragraph("{{ title }}（{{ digest }}）")
    own.add_paragraph("{% for item in agenda %}{{ item.number }}、{{ item.title }}：{{ item.paras | join('') }}{% endfor %}")
    own.add_paragraph("{{ tables.areas.rows[0] | join(' ') }}")
    own.save(str(tmp_path / "own.docx"))
    settings: Settings = services.settings.model_copy(update={"bulletin_template": tmp_path / "own.docx"})
    monkeypatch.setattr(services.bulletins, "_settings", settings)
    text = "\n".join(p.text for p in Document(io.BytesIO(services.bulletins.make(CITY, meeting.line.id, "docx").content)).paragraphs)
    assert meeting.body["says"]["overall"]["paras"][0] in text and " ".join(grid(meeting.body["tables"]["areas"])[0]) in text
    own.add_paragraph("{{ nothing.of.the.kind }}")
    own.save(str(tmp_path / "own.docx"))
    values = template_values(meeting, services.bulletins.paper(meeting))
    with pytest.raises(BadTemplate, match=r"own\.docx"):
        fill(tmp_path / "own.docx", values)
    for wrong in ("{{ agenda + 1 }}", "{{ 1 / 0 }}", "{{ title() }}", "{% for i in range(10 ** 9) %}{% endfor %}", "{{ title"):
        other = Document()
        other.add_paragraph(wrong)
        other.save(str(tmp_path / "other.docx"))
        with pytest.raises(BadTemplate, match=r"other\.docx"):
            fill(tmp_path / "other.docx", values)
    with ZipFile(tmp_path / "own.docx") as good, ZipFile(tmp_path / "torn.docx", "w") as torn:
        for name in good.namelist():
            torn.writestr(name, b"<w:document" if name == "word/document.xml" else good.read(name))
    for name in ("torn.docx", "none.docx"):
        with pytest.raises(BadTemplate):
            fill(tmp_path / name, values)


def test_a_year_later_every_paper_says_the_same(held: tuple[Services, Meeting], monkeypatch: pytest.MonkeyPatch) -> None:
    """Time passes its decisions' days, the office has a new name and so has the area: none of it comes into a paper of then."""
    services, meeting = held

    def texts() -> list[str]:
        made = [services.bulletins.make(CITY, meeting.line.id, kind) for kind in ("docx", "xlsx", "pptx")]
        docx = Document(io.BytesIO(made[0].content))
        book, deck = load_workbook(io.BytesIO(made[1].content)), Presentation(io.BytesIO(made[2].content))
        return [
            *(f.name for f in made), "\n".join(p.text for p in docx.paragraphs),
            str([[c.value for c in row] for sheet in book for row in sheet.iter_rows()]),
            str([s.text_frame.text for slide in deck.slides for s in slide.shapes if s.has_text_frame]),
            str([[c.text for c in r.cells] for slide in deck.slides for s in slide.shapes if s.has_table for r in s.table.rows]),
        ]  # fmt: skip

    def room(of: Meeting) -> list[Any]:
        """Every page in front of the room but the decisions taken."""
        asked = [MeetingState("/meeting/1", urlstate.State(Filter()), 1, "", n, "", 0) for n in range(1, len(present.pages(of)))]
        return [present.page(services, of, x) for x in asked]

    then, desk = texts(), services.meetings.get(CITY, meeting.line.id)
    shown = room(desk)
    assert [d.state for d in desk.earlier] == ["late", "open"] and "市司法局" in str(shown)
    assert "进行中" in then[4] and "'open'" not in then[4], "the state of a decision in words"
    later = services.now() + timedelta(days=400)
    monkeypatch.setattr(services.meetings, "_now", lambda: later)
    monkeypatch.setattr(services.areas, "name", lambda code: "大宜春市")
    renamed = services.settings.model_copy(
        update={"letter_office": "{area}新办公室", "bulletin_name": "新通报", "bulletin_to": "新的单位", "bulletin_copies": "新的抄送"}
    )
    monkeypatch.setattr(services.bulletins, "_settings", renamed)
    assert texts() == then
    again = services.meetings.get(CITY, meeting.line.id)
    assert room(again) == shown and [d.state for d in again.earlier] == ["late", "late"]
    assert again.line.area_name == desk.line.area_name and again.taken[0].state == "late", "the decision itself is people's, and has become late"
    old = replace(again, body={k: v for k, v in again.body.items() if k != "paper"})
    assert services.bulletins.paper(old).office == "新通报", "one that was frozen before these words were has those of today"


def test_who_may_not_export_gets_no_paper(held: tuple[Services, Meeting]) -> None:
    services, meeting = held
    with pytest.raises(Forbidden):
        services.bulletins.make(Scope("x", "display", "city"), meeting.line.id, "docx")
    with pytest.raises(LookupError):
        services.bulletins.make(Scope.of("c", "county_leader", "county", "360923"), meeting.line.id, "docx")
    with pytest.raises(LookupError):
        services.bulletins.make(CITY, meeting.line.id, "html")


def test_the_clock_freezes_what_has_ended_once_and_writes_its_papers(own_city: Services, tmp_path: Path) -> None:
    at_noon(own_city, 4)
    asked: list[int] = []
    clock = ByClock(own_city)
    made = clock.run(lambda connection: asked.append(1))
    kinds = [m.kind for m in own_city.meetings.everything(CITY)]
    assert sorted(kinds) == ["month", "quarter", "week"] and len(made) == 12 and all(p.stat().st_size > 5_000 for p in made) and asked
    assert {p.suffix for p in made} == {f".{k}" for k in MIMES}
    week = next(m.id for m in own_city.meetings.everything(CITY) if m.kind == "week")
    second = own_city.meetings.freeze(CITY, "week").line.id
    written = [own_city.bulletins.write(CITY, n, tmp_path / "papers", ["xlsx"])[0] for n in (week, second, week)]
    assert written[0] == written[2] != written[1] and len(list((tmp_path / "papers").iterdir())) == 2, "one meeting's papers took the place of another's"
    at_noon(own_city, 5)
    assert clock.run(lambda connection: None) == []  # a Sunday: nothing more has ended


def test_a_paper_says_which_feeds_were_late(held: tuple[Services, Meeting], monkeypatch: pytest.MonkeyPatch) -> None:
    services, _ = held
    never = {**services.settings.late_after, "health": 60}
    monkeypatch.setattr(services.feeds, "_settings", services.settings.model_copy(update={"late_after": never}))
    services.figures.forget()
    made = services.meetings.freeze(CITY, "week")
    assert [s["agency"] for s in made.body["stale"]] == ["health"]
    said = "".join(made.body["says"]["overall"]["paras"])
    assert re.search(r"数据冻结时卫健（数据止于\d+月\d+日）数据源延迟，涉及上述来源的比较不列。", said) and "数据源延迟，不作同比" in said
    assert made.body["tables"]["overall"]["rows"][0]["cells"][2]["c"] == "withheld"
