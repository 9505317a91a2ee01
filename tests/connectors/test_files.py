"""Drop folders: encodings, half files, growing files, hostile names; each file once, and a bad one does not stop the others."""

from __future__ import annotations

import hashlib
import threading
import time
import zipfile
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from connectors.base import Cursor, Fatal, RawBatch, Retry
from connectors.registry import open_transport
from connectors.spec import FeedSpec
from tests.connectors.build import feed, read, rows_of

TEXT = "id,名称\r\n007,上高县泗溪镇曾家村的邻里纠纷与山墙渗水\r\n008,丰城市剑光街道解放路的物业纠纷与停车收费\r\n"
ROWS = [{"id": "007", "名称": "上高县泗溪镇曾家村的邻里纠纷与山墙渗水"}, {"id": "008", "名称": "丰城市剑光街道解放路的物业纠纷与停车收费"}]


def _csv(folder: Path, encoding: str = "utf-8", more: str = "", settle: float = 0) -> FeedSpec:
    (folder / "in").mkdir(exist_ok=True)
    lines = f'[transport]\nkind = "csv"\npath = "in"\nencoding = "{encoding}"\nsettle_seconds = {settle}\n'
    return feed(folder, lines + more)


def _excel(folder: Path, more: str = "") -> FeedSpec:
    (folder / "in").mkdir(exist_ok=True)
    return feed(folder, f'[transport]\nkind = "excel"\npath = "in"\nsettle_seconds = 0\n{more}')


def _put(folder: Path, name: str, content: bytes | str) -> Path:
    path = folder / "in" / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def _until_error(spec: FeedSpec, cursor: Cursor | None = None) -> tuple[list[RawBatch], Exception | None]:
    batches = []
    try:
        for batch in open_transport(spec).batches(cursor or Cursor()):
            batches += [batch]
    except (Fatal, Retry) as error:
        return batches, error
    return batches, None


@pytest.mark.parametrize(
    ("declared", "content"),
    [
        ("gb18030", TEXT.encode("gb18030")),
        ("gb18030", b"\x84\x31\x95\x33" + TEXT.encode("gb18030")),
        ("gbk", TEXT.encode("gbk")),
        ("gb2312", TEXT.encode("gb2312")),
        ("utf-8", TEXT.encode()),
        ("utf-8", TEXT.encode("utf-8-sig")),
        ("utf-8-sig", TEXT.encode("utf-8-sig")),
        ("utf-16", TEXT.encode("utf-16")),
        ("utf-16", b"\xfe\xff" + TEXT.encode("utf-16-be")),
        ("gb18030", TEXT.replace("曾", "㐂").encode("gb18030")),
    ],
)
def test_encodings_with_and_without_their_mark(tmp_path: Path, declared: str, content: bytes) -> None:
    spec = _csv(tmp_path, declared)
    _put(tmp_path, "a.csv", content)
    (batch,) = read(spec)
    assert [{**r, "名称": r["名称"].replace("㐂", "曾")} for r in batch.rows] == ROWS
    assert batch.completes == hashlib.sha256(content).hexdigest()


@pytest.mark.parametrize(
    ("declared", "content"),
    [
        ("utf-8", TEXT.encode("gb18030")),
        ("gb18030", TEXT.encode()),
        ("gb18030", TEXT.encode("utf-8-sig")),
        ("utf-8", b"\x84\x31\x95\x33" + TEXT.encode("gb18030")),
        ("utf-8", TEXT.encode("utf-16")),
    ],
)
def test_a_wrong_encoding_is_told_and_the_others_come_in(tmp_path: Path, declared: str, content: bytes) -> None:
    spec = _csv(tmp_path, declared)
    _put(tmp_path, "a.csv", content)
    _put(tmp_path, "b.csv", b"id\r\n1\r\n" if declared != "utf-16" else "id\r\n1\r\n".encode("utf-16"))
    batches, error = _until_error(spec)
    assert isinstance(error, Fatal) and "a.csv" in str(error) and declared in str(error)
    assert rows_of(batches) == [{"id": "1"}] and "�" not in repr(batches)
    _put(tmp_path, "a.csv", "id\r\n2\r\n")  # mended: it comes in, the other is not read again
    batches, error = _until_error(spec, Cursor(None, frozenset(b.completes for b in batches if b.completes)))
    assert error is None and rows_of(batches) == [{"id": "2"}]


def test_two_byte_encodings_that_fit_each_other_are_told_by_the_column_names(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    _put(tmp_path, "a.csv", TEXT.encode("gb18030"))
    mapping = '[fields]\nexternal_id = { from = "id" }\ntitle = { from = "名称" }\n'
    spec = feed(tmp_path, '[transport]\nkind = "csv"\npath = "in"\nencoding = "big5"\nsettle_seconds = 0\n', mapping)
    batches, error = _until_error(spec)
    assert batches == [] and isinstance(error, Fatal) and "名称" in str(error)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (TEXT.encode()[:-2] + b'\r\n009,"half', "half a file"),
        (TEXT.encode()[:40], "half a file"),  # in the middle of a character
    ],
)
def test_half_a_file_is_for_later(tmp_path: Path, content: bytes, words: str) -> None:
    spec = _csv(tmp_path)
    _put(tmp_path, "a.csv", content)
    batches, error = _until_error(spec)
    assert batches == [] and isinstance(error, Retry) and words in str(error)


def test_a_growing_file_is_left_alone(tmp_path: Path) -> None:
    spec = _csv(tmp_path, settle=0.5)
    path = _put(tmp_path, "a.csv", TEXT)

    def grow() -> None:
        time.sleep(0.2)
        with path.open("ab") as file:
            file.write("009,第三行\r\n".encode())

    thread = threading.Thread(target=grow)
    thread.start()
    batches, error = _until_error(spec)
    thread.join()
    assert batches == [] and "still being written" in str(error)
    assert len(rows_of(read(spec))) == 3


def test_what_is_not_a_finished_file_is_not_seen(tmp_path: Path) -> None:
    spec = _csv(tmp_path, more='pattern = "*.csv*"\n')
    for name in (".a.csv", "~$a.csv", "a.csv.tmp", "a.csv.part", "a.csv.crdownload"):
        _put(tmp_path, name, TEXT)
    (tmp_path / "in" / "folder.csv").mkdir()
    (tmp_path / "secret.csv").write_text("id\n1\n")
    (tmp_path / "in" / "link.csv").symlink_to(tmp_path / "secret.csv")
    assert read(spec) == []


def test_names_order_the_files_and_the_same_content_is_read_once(tmp_path: Path) -> None:
    spec = _csv(tmp_path)
    _put(tmp_path, "b.csv", "id\n2\n")
    _put(tmp_path, "a.csv", "id\n1\n")
    _put(tmp_path, "c.csv", "id\n1\n")
    batches = read(spec)
    assert [(b.origin, b.rows) for b in batches] == [("a.csv", [{"id": "1"}]), ("b.csv", [{"id": "2"}])]
    (tmp_path / "in" / "b.csv").rename(tmp_path / "in" / "z.csv")
    assert read(spec, Cursor(None, frozenset(b.completes or "" for b in batches))) == []


def test_a_hostile_name_is_only_shown_safely(tmp_path: Path) -> None:
    spec = _csv(tmp_path)
    _put(tmp_path, "a\n\x1b[31m<script>.csv", "id\n1\n")
    (batch,) = read(spec)
    assert batch.origin == "a??[31m<script>.csv"


def test_only_the_last_batch_completes_the_file(tmp_path: Path) -> None:
    spec = _csv(tmp_path, more="batch_rows = 2\n")
    _put(tmp_path, "a.csv", "id\n" + "".join(f"{i}\n" for i in range(5)))
    assert [(len(b.rows), bool(b.completes)) for b in read(spec)] == [(2, False), (2, False), (1, True)]
    _put(tmp_path, "a.csv", "id\n")
    assert [(len(b.rows), bool(b.completes)) for b in read(spec)] == [(0, True)]


def test_rows_of_another_width_are_broken_without_their_persons(tmp_path: Path) -> None:
    spec = _csv(tmp_path)
    _put(tmp_path, "a.csv", "id,名称\n1,a\n2,聂晓梅,14200000001,聂晓梅称被打\n3\n\n ,\n4,b\n")
    (batch,) = read(spec)
    assert [r["id"] for r in batch.rows] == ["1", "4"] and batch.received == 4
    assert [(b.line, b.reason) for b in batch.broken] == [(3, "wrong_columns"), (4, "wrong_columns")]
    assert "聂晓梅" not in repr(batch.broken) and "14200000001" not in repr(batch.broken)


def test_quotes_commas_and_line_breaks_inside_cells(tmp_path: Path) -> None:
    spec = _csv(tmp_path)
    _put(tmp_path, "a.csv", 'id,t\n1,"a, ""b""\nc"\n2,=1+1\n')
    assert [(r["id"], r["t"]) for r in rows_of(read(spec))] == [("1", 'a, "b"\nc'), ("2", "=1+1")]
    _put(tmp_path, "a.csv", 'id,t\n1,"a"b\n2,c\n')
    (batch,) = read(spec)
    assert [(b.line, b.reason) for b in batch.broken] == [(2, "bad_text")] and [r["id"] for r in batch.rows] == ["2"]
    _put(tmp_path, "a.csv", 'id,t\n1,"a\nb"c\n2,c\n')  # where the next row begins is not known any more
    batches, error = _until_error(spec)
    assert batches == [] and isinstance(error, Fatal) and "line 2 is not CSV" in str(error)


def test_headers(tmp_path: Path) -> None:
    _put_spec = _csv(tmp_path, more='columns = ["id", "t"]\n')
    _put(tmp_path, "a.csv", "1,x\n2,y\n")
    assert [r["id"] for r in rows_of(read(_put_spec))] == ["1", "2"]
    _put(tmp_path, "a.csv", "某某统计表,\n,\nid,t\n1,x\n")
    assert rows_of(read(_csv(tmp_path, more='header_contains = ["id", "t"]\n'))) == [{"id": "1", "t": "x"}]
    _put(tmp_path, "a.csv", "某某统计表,\nid,t\n1,x\n")
    assert rows_of(read(_csv(tmp_path, more="header_row = 2\n"))) == [{"id": "1", "t": "x"}]
    for content, words in (("key,t\n1,x\n", "has no column id"), ("id,id\n1,x\n", "twice"), ("x\n", "no row with the column names")):
        _put(tmp_path, "a.csv", content)
        more = 'header_contains = ["id", "t"]\n' if "no row" in words else ""
        _, error = _until_error(_csv(tmp_path, more=more))
        assert isinstance(error, Fatal) and words in str(error)


def test_other_delimiters_and_one_file(tmp_path: Path) -> None:
    (tmp_path / "one.tsv").write_text("id\tt\n1\ta,b\n", encoding="utf-8")
    spec = feed(tmp_path, '[transport]\nkind = "csv"\npath = "one.tsv"\nencoding = "utf-8"\ndelimiter = "\\t"\nsettle_seconds = 0\n')
    assert rows_of(read(spec)) == [{"id": "1", "t": "a,b"}]


def test_limits_and_absent_folders(tmp_path: Path) -> None:
    spec = _csv(tmp_path, more="max_bytes = 10\n")
    _put(tmp_path, "a.csv", TEXT)
    _, error = _until_error(spec)
    assert isinstance(error, Fatal) and "max_bytes" in str(error)
    with pytest.raises(Fatal, match="no such folder"):
        read(feed(tmp_path, '[transport]\nkind = "csv"\npath = "nowhere"\nencoding = "utf-8"\n'))


def _book(path: Path, rows: list[list[Any]]) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    book.save(path)


def test_excel_cells_are_text(tmp_path: Path) -> None:
    spec = _excel(tmp_path)
    cells = ["007", 7, 7.5, date(2026, 1, 5), datetime(2026, 1, 5, 9, 32, 10), True, None, "2026-1-5", "360923198001011234"]
    _book(tmp_path / "in" / "a.xlsx", [["id", *"bcdefghi"], cells, [None] * 9, ["2", *[None] * 8]])
    rows = rows_of(read(spec))
    assert list(rows[0].values()) == ["007", "7", "7.5", "2026-01-05", "2026-01-05 09:32:10", "true", "", "2026-1-5", "360923198001011234"]
    assert [r["id"] for r in rows] == ["007", "2"]


def test_excel_rounded_and_overhanging_rows_are_broken(tmp_path: Path) -> None:
    spec = _excel(tmp_path)
    _book(tmp_path / "in" / "a.xlsx", [["id", "n", None], ["1", 360923198001011234], ["2", "x", "聂晓梅"], ["3", 999999999999999]])
    (batch,) = read(spec)
    assert [(b.line, b.reason) for b in batch.broken] == [(2, "rounded_number")]
    assert [r["id"] for r in batch.rows] == ["2", "3"] and batch.rows[1]["n"] == "999999999999999"
    assert "36092319800101" not in repr(batch.broken)


def test_excel_real_dates_need_no_format(tmp_path: Path) -> None:
    from connectors.mapping import Mapper

    spec = _excel(tmp_path)
    _book(tmp_path / "in" / "a.xlsx", [["id", "d"], ["1", "2026/1/5"], ["2", date(2026, 1, 6)], ["3", datetime(2026, 1, 7, 8)]])
    rows = rows_of(read(spec))
    mapping = '[fields]\nexternal_id = { from = "id" }\naccepted_on = { from = "d", date = "%Y/%m/%d" }\n'
    spec = feed(tmp_path, '[transport]\nkind = "excel"\npath = "in"\n', mapping)
    assert [r["accepted_on"] for r in Mapper(spec, b"k").map(rows).records] == [date(2026, 1, 5), date(2026, 1, 6), date(2026, 1, 7)]


def test_excel_files_that_are_none(tmp_path: Path) -> None:
    spec = _excel(tmp_path)
    _book(tmp_path / "in" / "a.xlsx", [["id"], ["1"]])
    whole = (tmp_path / "in" / "a.xlsx").read_bytes()
    for content, kind, words in ((whole[: len(whole) // 2], Retry, "half a file"), (b"<html>login</html>", Fatal, "not a workbook"),
                                 (b"\xd0\xcf\x11\xe0" + b"x" * 2000, Retry, "not a whole workbook")):  # fmt: skip
        _put(tmp_path, "b.xlsx", content)
        batches, error = _until_error(spec)
        assert rows_of(batches) == [{"id": "1"}]
        assert type(error) is kind and "b.xlsx" in str(error) and words in str(error)


def test_a_workbook_that_unpacks_into_a_flood_is_refused(tmp_path: Path) -> None:
    spec = _excel(tmp_path)
    with zipfile.ZipFile(tmp_path / "in" / "bomb.xlsx", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"0" * 30_000_000)
    _, error = _until_error(spec)
    assert isinstance(error, Fatal) and "refused" in str(error)


def test_an_absent_sheet_is_told_with_those_there_are(tmp_path: Path) -> None:
    spec = _excel(tmp_path, 'sheet = "台账"\n')
    _book(tmp_path / "in" / "a.xlsx", [["id"], ["1"]])
    _, error = _until_error(spec)
    assert isinstance(error, Fatal) and "its sheets are Sheet" in str(error)
