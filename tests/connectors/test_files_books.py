"""Workbooks of four kinds and zip files: sheets, headers, merged cells, errors, floods, hostile names."""

from __future__ import annotations

import io
import os
import random
import signal
import struct
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.base import Cursor, Fatal, Retry
from connectors.registry import open_transport
from tests.connectors.build import read, rows_of
from tests.connectors.test_files_csv import broken, door, put, told
from tests.connectors.workbooks import ERROR, ods, xls, xlsb

TWO = '[fields]\nexternal_id = { from = "编号" }\ntitle = { from = "值" }\n'
TABLE: list[list[Any]] = [["编号", "值", "备注"], ["007", 7, "甲"], ["008", ERROR, "乙"], ["009", 1.5, ERROR], ["010", "360923198001011234", ""]]


def xlsx(sheets: dict[str, list[list[Any]]], merges: list[tuple[int, int, int, int]] | None = None, hidden: str = "") -> bytes:
    """A workbook; ERROR is a formula that ended in #REF!, the merged ranges are those of every sheet."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False}) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            if name == hidden:
                sheet.hide()
            for r, cells in enumerate(rows):
                for c, value in enumerate(cells):
                    if value is ERROR:
                        sheet.write_formula(r, c, "=#REF!", None, "#REF!")
                    elif isinstance(value, str):
                        sheet.write_string(r, c, value)
                    elif value is not None:
                        sheet.write(r, c, value)
            for r0, c0, r1, c1 in merges or []:
                sheet.merge_range(r0, c0, r1, c1, rows[r0][c0])
    return out.getvalue()


KINDS = {"xlsx": lambda rows: xlsx({"台账": rows}), "xls": lambda rows: xls({"台账": rows}), "ods": lambda rows: ods({"台账": rows}), "xlsb": xlsb}


@pytest.mark.parametrize("kind", KINDS)
def test_a_cell_with_an_error_is_a_reason_where_it_is_read(tmp_path: Path, kind: str) -> None:
    put(tmp_path, f"a.{kind}", KINDS[kind](TABLE))
    batches = read(door(tmp_path, "", TWO, "excel"))
    assert broken(batches) == [(3, "error_cell")]
    assert [tuple(r.values()) for r in rows_of(batches)] == [("007", "7", "甲"), ("009", "1.5", ""), ("010", "360923198001011234", "")]


def test_a_formula_is_its_stored_value_and_never_live(tmp_path: Path) -> None:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["编号", "值"])
        for r, value in enumerate(["=cmd|' /C calc'!A0", 12], 1):
            sheet.write_string(r, 0, str(r))
            sheet.write_formula(r, 1, '=HYPERLINK("http://x")', None, value)
    put(tmp_path, "a.xlsx", out.getvalue())
    assert [r["值"] for r in rows_of(read(door(tmp_path, "", TWO, "excel")))] == ["=cmd|' /C calc'!A0", "12"]
    never = openpyxl.Workbook()
    for row in (["编号", "值"], ["1", "=1+1"], ["2", "x"]):
        never.active.append(row)  # type: ignore[union-attr]
    never.save(tmp_path / "in" / "a.xlsx")  # a formula that no program has ever calculated
    batches = read(door(tmp_path, "", TWO, "excel"))
    assert broken(batches) == [(2, "error_cell")] and [r["编号"] for r in rows_of(batches)] == ["2"]


@pytest.mark.parametrize("make", [xlsx, xls, ods])
def test_sheets_by_name_pattern_and_all(tmp_path: Path, make: Any) -> None:
    sheets = {f"2026年{m}月": [["编号", "值"], [f"{m}a", 1]] for m in (1, 2)} | {"说明": [["本表由各乡镇填报"]], "空": []}
    put(tmp_path, "a.xlsx", make(sheets))
    named = '[fields]\nexternal_id = { from = "编号" }\ntitle = { from = "__sheet__" }\nsummary = { from = "__file__" }\n'

    def got(more: str) -> list[Any]:
        return [(r["编号"], r["__sheet__"], r["__file__"]) for r in rows_of(read(door(tmp_path, more, named, "excel")))]

    january, february = ("1a", "2026年1月", "a.xlsx"), ("2a", "2026年2月", "a.xlsx")
    assert got("") == [january]
    assert got('sheet = "2026年2月"\n') == [february]
    assert got('sheet = ["2026年2月", "2026年1月"]\n') == [february, january]
    assert got('sheet = "2026年*"\n') == [january, february]
    batches, words, kind = told(door(tmp_path, 'sheet = "*"\n', named, "excel"))
    assert batches == [] and kind is Fatal and "sheet '说明' has no column 编号" in words
    assert "its sheets are 2026年1月" in told(door(tmp_path, 'sheet = "2025*"\n', named, "excel"))[1]


def test_a_pattern_passes_over_hidden_and_empty_sheets(tmp_path: Path) -> None:
    rows = [["编号", "值"], ["1", "x"]]
    put(tmp_path, "a.xlsx", xlsx({"甲": rows, "乙": rows, "空": []}, hidden="乙"))
    assert len(rows_of(read(door(tmp_path, 'sheet = "*"\n', TWO, "excel")))) == 1
    assert len(rows_of(read(door(tmp_path, 'sheet = ["*", "乙"]\n', TWO, "excel")))) == 2


@pytest.mark.parametrize("make", [xlsx, xls, ods])
def test_merged_cells_and_a_header_over_two_rows(tmp_path: Path, make: Any) -> None:
    rows: list[list[Any]] = [
        ["矛盾纠纷台账", None, None, None], ["编号", "申请人", None, "乡镇"], [None, "姓名", "电话", None],
        ["1", "甲", "1", "泗溪镇"], ["2", "乙", "2", None], ["3", "同上", None, None], ["4", "丙", "4", None],
    ]  # fmt: skip
    merges = [(0, 0, 0, 3), (1, 0, 2, 0), (1, 1, 1, 2), (1, 3, 2, 3), (3, 3, 5, 3), (5, 1, 5, 2)]
    put(tmp_path, "a.xlsx", make({"台账": rows}, merges))
    mapping = '[fields]\nexternal_id = { from = "编号" }\ntitle = { from = "申请人/姓名" }\nsummary = { from = "乡镇" }\n'
    more = 'header_contains = ["编号", "申请人/电话"]\nheader_rows = 2\n'
    got = [tuple(r.values()) for r in rows_of(read(door(tmp_path, more, mapping, "excel")))]
    assert got == [("1", "甲", "1", "泗溪镇"), ("2", "乙", "2", "泗溪镇"), ("3", "同上", "同上", "泗溪镇"), ("4", "丙", "4", "")]
    got = [tuple(r.values()) for r in rows_of(read(door(tmp_path, more + "fill_merged = false\n", mapping, "excel")))]
    assert got[1:3] == [("2", "乙", "2", ""), ("3", "同上", "", "")]


@pytest.mark.parametrize("kind", ["xlsx", "xls", "ods"])
def test_limits_of_a_sheet(tmp_path: Path, kind: str) -> None:
    put(tmp_path, f"a.{kind}", KINDS[kind]([["编号", "值"], ["1", "x" * 300], ["2", "y"]]))
    for limit, words in (("max_rows = 2", "3 rows, more than transport.max_rows = 2"), ("max_columns = 1", "2 columns"), ("max_bytes = 100", "max_bytes")):
        batches, said, error = told(door(tmp_path, limit, TWO, "excel"))
        assert batches == [] and error is Fatal and words in said
    assert broken(read(door(tmp_path, "max_cell = 200", TWO, "excel"))) == [(2, "too_long")]


def test_a_sheet_that_claims_a_billion_cells_kills_only_its_reader(tmp_path: Path) -> None:
    whole = xlsx({"台账": [["编号", "值"], ["1", "x"]]})
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(whole)) as old, zipfile.ZipFile(out, "w") as new:
        for entry in old.infolist():
            body = old.read(entry)
            if entry.filename.endswith("sheet1.xml"):
                body = body.replace(b"</sheetData>", b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>')
            new.writestr(entry.filename, body)
    put(tmp_path, "a.xlsx", out.getvalue())
    put(tmp_path, "b.xlsx", whole)
    batches, words, kind = told(door(tmp_path, "max_memory_bytes = 400000000\n", TWO, "excel"))
    assert len(rows_of(batches)) == 1 and kind is Fatal and "a.xlsx" in words and "b.xlsx" not in words
    assert "max_memory_bytes" in words or "columns" in words


def test_a_reader_that_is_ended_or_too_slow_costs_one_workbook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in "abc":
        put(tmp_path, f"{name}.xlsx", xlsx({"台账": [["编号", "值"], [name, "x"]]}))
    folder: Any = open_transport(door(tmp_path, "", TWO, "excel"))
    batches = folder.batches(Cursor())
    assert next(batches).rows[0]["编号"] == "a"
    first = folder._reader._process
    os.kill(first.pid, signal.SIGKILL)
    assert next(batches).rows[0]["编号"] == "c"
    second = folder._reader._process
    with pytest.raises(Fatal, match=r"b\.xlsx"):
        next(batches)
    assert first.poll() == second.poll() == -signal.SIGKILL  # nobody is left
    monkeypatch.setattr("connectors.transports.excel._SECONDS", 0.001)
    none, words, kind = told(door(tmp_path, "", TWO, "excel"))
    assert none == [] and kind is Fatal and words.count("within 0.001 seconds") == 3


def test_entities_of_a_workbook_are_not_expanded(tmp_path: Path) -> None:
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    whole = ods({"台账": [["编号", "值"], ["1", "ENTITY"]]})
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(whole)) as old, zipfile.ZipFile(out, "w") as new:
        for entry in old.infolist():
            new.writestr(entry.filename, old.read(entry).replace(b"<office:document-content", bomb + b"<office:document-content").replace(b"ENTITY<", b"&b;<"))
    put(tmp_path, "a.ods", out.getvalue())
    batches, _, kind = told(door(tmp_path, "", TWO, "excel"))
    assert batches == [] and kind in (Fatal, Retry)


@pytest.mark.parametrize("kind", ["xls", "ods", "xlsb"])
def test_a_damaged_workbook_never_brings_us_down(tmp_path: Path, kind: str) -> None:
    whole, dice = KINDS[kind](TABLE), random.Random(7)
    for attempt in range(6):
        bad = bytearray(whole)
        for _ in range(40):
            bad[dice.randrange(len(bad))] = dice.randrange(256)
        put(tmp_path, f"{attempt}.{kind}", bytes(bad))
    put(tmp_path, f"half.{kind}", whole[: len(whole) // 2])
    _, words, kind_of = told(door(tmp_path, "max_memory_bytes = 400000000\n", TWO, "excel"))
    assert kind_of in (Fatal, Retry) and f"half.{kind}" in words


CELL = st.one_of(
    st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc", "Cn"), exclude_characters="\ufeff\ufffd\ufffe\uffff", max_codepoint=0xFFFF), max_size=5),
    st.integers(-(10**9), 10**9), st.decimals(-1000, 1000, places=2, allow_nan=False).map(float),
)  # fmt: skip


@settings(max_examples=16, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@given(kind=st.sampled_from(sorted(KINDS)), rows=st.lists(st.tuples(st.integers(1, 99), CELL, CELL), min_size=1, max_size=5))
def test_any_table_in_any_kind_of_workbook_comes_back(tmp_path: Path, kind: str, rows: list[Any]) -> None:
    from connectors.transports.excel import text_of

    table = [["编号", "值", "t"], *[list(r) for r in rows]]
    for old in (tmp_path / "in").glob("*") if (tmp_path / "in").exists() else ():
        old.unlink()
    put(tmp_path, f"a.{kind}", KINDS[kind](table))
    got = [list(r.values()) for r in rows_of(read(door(tmp_path, "", TWO, "excel")))]
    assert got == [[text_of(float(v) if isinstance(v, int) else v).strip(" ") if kind == "ods" else text_of(float(v) if isinstance(v, int) else v) for v in r] for r in rows]


# Zip


def packed(members: dict[str, bytes | str], how: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip file with UTF-8 names."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", how) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


def raw_named(name: bytes, content: bytes, flags: int = 0, claimed: int | None = None) -> bytes:
    """A zip file of one stored member with any bytes as its name, and any size claimed for it."""
    import zlib

    size = len(content) if claimed is None else claimed
    common = struct.pack("<HHHHHIIIHH", 20, flags, 0, 0, 0x5A21, zlib.crc32(content), len(content), size, len(name), 0)
    local = b"PK\x03\x04" + common + name + content
    central = b"PK\x01\x02" + struct.pack("<H", 20) + common + struct.pack("<HHHII", 0, 0, 0, 0, 0) + name
    return local + central + b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, 1, 1, len(central), len(local), 0)


def zipdoor(folder: Path, more: str = "", kind: str = "csv") -> Any:
    """A feed of zip files that keeps where each row is from."""
    encoding = 'encoding = "utf-8"\n' if kind == "csv" else ""
    return door(folder, encoding + more, '[fields]\nexternal_id = { from = "id" }\ntitle = { from = "__file__" }\n', kind)


def test_members_come_in_together_and_complete_their_zip(tmp_path: Path) -> None:
    content = packed({"a.csv": "id\n1\n", "d/": "", "d/b.csv": "id\n2\n", "d/readme.txt": "x", "__MACOSX/._a.csv": "x", "d/.b.csv": "x"})
    put(tmp_path, "z.zip", content)
    kept: list[Any] = []
    batches, words, _ = told(zipdoor(tmp_path, 'members = "*.csv"\n'), lambda *a: kept.append(a))
    assert [(r["id"], r["__file__"]) for r in rows_of(batches)] == [("1", "z.zip/a.csv"), ("2", "z.zip/b.csv")]
    assert [bool(b.completes) for b in batches] == [False, True] and words == ""
    assert kept == [("try", batches[-1].completes, "z.zip", content)]
    put(tmp_path, "z.zip", packed({"a.csv": "id\n1\n", "b.csv": "id\n张\n".encode("gb18030")}))
    batches, words, kind = told(zipdoor(tmp_path))
    assert batches == [] and kind is Fatal and "z.zip: b.csv: is not utf-8" in words


def test_workbooks_and_json_in_a_zip(tmp_path: Path) -> None:
    rows = [["id"], ["7"]]
    put(tmp_path, "z.zip", packed({"a.xlsx": xlsx({"s": rows}), "b.ods": ods({"s": rows}), "c.xls": xls({"s": rows})}))
    assert [r["__file__"] for r in rows_of(read(zipdoor(tmp_path, kind="excel")))] == ["z.zip/a.xlsx", "z.zip/b.ods", "z.zip/c.xls"]
    put(tmp_path, "z.zip", packed({"a.json": '[{"id": 1}]', "b.jsonl": '{"id": 2}\n{"id": 3}\n'}))
    assert [r["id"] for r in rows_of(read(zipdoor(tmp_path, kind="json")))] == ["1", "2", "3"]


def test_a_zip_in_a_zip_and_no_deeper(tmp_path: Path) -> None:
    inner = packed({"a.csv": "id\n1\n"})
    put(tmp_path, "z.zip", packed({"i.zip": inner}))
    assert rows_of(read(zipdoor(tmp_path, 'members = "*.csv"\n'))) == [{"id": "1", "__file__": "z.zip/i.zip/a.csv"}]
    put(tmp_path, "z.zip", packed({"i.zip": packed({"j.zip": inner})}))
    batches, words, kind = told(zipdoor(tmp_path))
    assert batches == [] and kind is Fatal and "a zip in a zip in a zip" in words


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../../etc/passwd.csv", "passwd.csv"), ("/etc/cron.d/x.csv", "x.csv"), ("..\\..\\x.csv", "x.csv"), ("C:\\Windows\\x.csv", "x.csv"),
        ("CON.csv", "CON.csv"), ("a\n\x1b[31m.csv", "a??[31m.csv"), ("x" * 5000 + ".csv", "x" * 200), ("\u202evsc.exe", "?vsc.exe"),
    ],
)  # fmt: skip
def test_hostile_names_reach_no_file_system(tmp_path: Path, name: str, shown: str) -> None:
    put(tmp_path, "z.zip", raw_named(name.encode(), b"id\n1\n", 0x800))
    spec = zipdoor(tmp_path, "max_members = 20\n")
    before = sorted([*tmp_path.rglob("*"), *tmp_path.parent.iterdir()])
    assert [r["__file__"] for r in rows_of(read(spec))] == ["z.zip/" + shown]
    assert sorted([*tmp_path.rglob("*"), *tmp_path.parent.iterdir()]) == before


def test_names_in_gbk_are_read_as_such(tmp_path: Path) -> None:
    for encoding in ("gbk", "utf-8"):
        put(tmp_path, "z.zip", raw_named("上高县/纠纷台账.csv".encode(encoding), b"id\n1\n"))
        assert [r["__file__"] for r in rows_of(read(zipdoor(tmp_path, 'members = "纠纷*.csv"\n')))] == ["z.zip/纠纷台账.csv"]


@pytest.mark.parametrize(
    ("content", "more", "kind", "words"),
    [
        (packed({"a.csv": b"id\n" + b"0" * 30_000_000}), "", Fatal, "unpacks into 30,000,003 bytes"),
        (packed({"a.csv": b"id\n1\n" * 100, "b.csv": b"id\n2\n" * 100}), "max_unpacked_bytes = 600", Fatal, "b.csv: unpacks into 500 bytes"),
        (packed({f"{i}.csv": "id\n" for i in range(9)}), "max_members = 8", Fatal, "9 members"),
        (packed({"a.csv": "id\n1\n"})[:-30], "", Retry, "half a file"),
        (packed({"a.csv": "id\n1\n"}).replace(b"id\n1", b"id\n1"), 'members = "*.txt"', Fatal, "no member named like"),
        (packed({"a.csv": "id\n12345\n"}, zipfile.ZIP_STORED).replace(b"12345", b"12346"), "", Retry, "a.csv: is not whole"),
        (raw_named(b"a.csv", b"id\n1\n", 1), "", Fatal, "a.csv: is encrypted"),
        (raw_named(b"a.csv", b"id\n1\n", 0, 2_000_000), "", Retry, "a.csv: is not whole"),
        (packed({"a.csv": ""}), "", Fatal, "a.csv: is empty"),
        (packed({}), "", Fatal, "no member"),
    ],
    ids=["bomb", "too large together", "too many", "half", "none wanted", "damaged", "encrypted", "lying size", "empty member", "empty"],
)
def test_what_must_not_be_unpacked_gives_no_rows(tmp_path: Path, content: bytes, more: str, kind: type, words: str) -> None:
    put(tmp_path, "z.zip", content)
    put(tmp_path, "a.csv", "id\n1\n")
    batches, said, error = told(zipdoor(tmp_path, more))
    assert [r["__file__"] for r in rows_of(batches)] == ["a.csv"] and error is kind and words in said


def test_dates_of_an_old_workbook(tmp_path: Path) -> None:
    put(tmp_path, "a.xlsx", xlsx({"s": [["编号", "值"]]}))
    book = openpyxl.Workbook()
    for row in (["编号", "值"], ["1", date(2026, 1, 5)]):
        book.active.append(row)  # type: ignore[union-attr]
    book.save(tmp_path / "in" / "a.xlsx")
    assert rows_of(read(door(tmp_path, "", TWO, "excel")))[0]["值"] == "2026-01-05"
