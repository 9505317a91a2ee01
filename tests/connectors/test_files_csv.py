"""Delimited text and JSON: any dialect, any encoding, large, damaged; what is told and what is set aside."""

from __future__ import annotations

import codecs
import csv
import io
import json
import resource
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.base import Cursor, Fatal, RawBatch, Retry
from connectors.registry import open_transport
from tests.connectors.build import feed, read, rows_of

TEXT = "编号,名称,类别\r\n007,上高县泗溪镇曾家村的邻里纠纷与山墙渗水,邻里\r\n"
BIG5 = "編號,名稱,類別\r\n007,鄰里糾紛與山牆滲水一案,鄰里\r\n"
KEY = '[fields]\nexternal_id = { from = "编号" }\ntitle = { from = "名称" }\n'


def door(folder: Path, more: str, mapping: str = '[fields]\nexternal_id = { from = "id" }\n', kind: str = "csv") -> Any:
    """A feed of the folder's `in`."""
    (folder / "in").mkdir(exist_ok=True)
    return feed(folder, f'[transport]\nkind = "{kind}"\npath = "in"\nsettle_seconds = 0\n{more}\n', mapping)


def put(folder: Path, name: str, content: bytes | str) -> Path:
    """A file in the folder's `in`."""
    (folder / "in").mkdir(exist_ok=True)
    path = folder / "in" / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def told(spec: Any, archive: Any = None) -> tuple[list[RawBatch], str, type | None]:
    """What came in, and what was said at the end."""
    batches: list[RawBatch] = []
    try:
        for batch in open_transport(spec, archive=archive).batches(Cursor()):
            batches.append(batch)  # noqa: PERF402  what came before the error counts
    except (Fatal, Retry) as error:
        return batches, str(error), type(error)
    return batches, "", None


def broken(batches: list[RawBatch]) -> list[tuple[int, str]]:
    """Line and reason of each broken row."""
    return [(b.line, b.reason) for batch in batches for b in batch.broken]


@pytest.mark.parametrize(
    ("content", "mapping"),
    [
        (TEXT.encode(), KEY),
        (TEXT.encode("utf-8-sig"), KEY),
        (TEXT.encode("gb18030"), KEY),
        (b"\x84\x31\x95\x33" + TEXT.encode("gb18030"), KEY),
        (codecs.BOM_UTF16_LE + TEXT.encode("utf-16-le"), KEY),
        (codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"), KEY),
        (BIG5.encode("big5"), KEY.replace("编号", "編號").replace("名称", "名稱")),
        (BIG5.encode("gb18030"), KEY.replace("编号", "編號").replace("名称", "名稱")),
    ],
)
def test_an_encoding_is_found_out(tmp_path: Path, content: bytes, mapping: str) -> None:
    put(tmp_path, "a.csv", content)
    (row,) = rows_of(read(door(tmp_path, 'encoding = "auto"\n', mapping)))
    key, title, _ = row.values()
    assert key == "007" and title in TEXT + BIG5


@pytest.mark.parametrize("content", [BIG5.encode("big5") * 5, TEXT.encode("gb18030") * 5])
def test_an_encoding_is_found_out_without_the_help_of_column_names(tmp_path: Path, content: bytes) -> None:
    put(tmp_path, "a.csv", content)
    spec = door(tmp_path, 'encoding = "auto"\ncolumns = ["id", "t", "c"]\n')
    assert {r["t"] for r in rows_of(read(spec))} <= {"名称", "名稱", TEXT.split(",")[3], BIG5.split(",")[3]}


def test_too_little_to_tell_is_no_guess(tmp_path: Path) -> None:
    put(tmp_path, "a.csv", "id\n张\n".encode("gb18030"))  # 桲 in Big5
    _, words, kind = told(door(tmp_path, 'encoding = "auto"\n'))
    assert kind is Fatal and "could be gb18030 or big5; declare transport.encoding" in words


def test_a_detected_encoding_is_held_to(tmp_path: Path) -> None:
    put(tmp_path, "a.csv", TEXT.encode() * 400 + "坏".encode("gb18030") + TEXT.encode())
    batches, words, kind = told(door(tmp_path, 'encoding = "auto"\nencodings = ["big5"]\n', KEY))
    assert batches == [] and kind is Fatal and "none of the encodings utf-8, big5" in words


def test_one_wrong_byte_far_down_stops_all_of_the_file(tmp_path: Path) -> None:
    lines = ["id,t", *(f"{i},邻里纠纷{i}" for i in range(200_000))]
    content = "\n".join(lines).encode() + b"\nx,\xc4\xe3\xba\xc3\n"
    put(tmp_path, "a.csv", content)
    kept: list[Any] = []
    batches, words, kind = told(door(tmp_path, 'encoding = "utf-8"\n'), lambda *a: kept.append(a))
    assert batches == [] and kept == [] and kind is Fatal
    assert f"line {len(lines) + 1}, byte {content.index(bytes([0xC4, 0xE3, 0xBA]))}" in words


def test_utf16_needs_its_mark(tmp_path: Path) -> None:
    put(tmp_path, "a.csv", TEXT.encode("utf-16-le"))
    _, words, kind = told(door(tmp_path, 'encoding = "utf-16"\n', KEY))
    assert kind is Fatal and "no byte order mark" in words
    put(tmp_path, "a.csv", codecs.BOM_UTF16_LE + TEXT.encode("utf-16-le")[:-1])
    _, words, kind = told(door(tmp_path, 'encoding = "utf-16"\n', KEY))
    assert kind is Retry and "half a file" in words


@pytest.mark.parametrize("sign", [",", ";", "\t", "|"])
def test_a_delimiter_is_found_out_by_the_header(tmp_path: Path, sign: str) -> None:
    put(tmp_path, "a.csv", sign.join(["编号", "名称", "a,b;c|d\te".replace(sign, "")]) + f"\n1{sign}x{sign}y\n1{sign}x\n")
    batches = read(door(tmp_path, 'encoding = "auto"\ndelimiter = "auto"\n', KEY))
    assert [list(r.values()) for r in rows_of(batches)] == [["1", "x", "y"]]
    assert broken(batches) == [(3, "wrong_columns")]


def test_a_delimiter_is_none_of_them(tmp_path: Path) -> None:
    put(tmp_path, "a.csv", "编号#名称\n1#x\n")
    _, words, kind = told(door(tmp_path, 'encoding = "auto"\ndelimiter = "auto"\n', KEY))
    assert kind is Fatal and "declare transport.delimiter" in words


def test_a_header_is_found_below_titles(tmp_path: Path) -> None:
    spec = door(tmp_path, 'encoding = "utf-8"\nheader_contains = ["id", "t"]\n')
    put(tmp_path, "a.csv", "某某统计表\n" * 48 + '填报,"单\n位"\nid,t\n1,x\n')
    assert rows_of(read(spec)) == [{"id": "1", "t": "x"}]
    put(tmp_path, "a.csv", "某某统计表\n" * 50 + "id,t\n1,x\n")
    assert "among its first 50" in told(spec)[1]


@pytest.mark.parametrize(
    ("content", "reasons"),
    [
        (b"id,t\n1,a\x00b\n2,c\n", [(2, "bad_text")]),
        (b"id,t\n1,a\rb\n2,c\n", [(2, "bad_text")]),
        (b"id,t\r\n1,a\rb\r\n2,c\r\n", [(2, "bad_text")]),
        (b'id,t\n1,"a"b"\n2,c\n', [(2, "bad_text")]),
        (b'id,t\n1,"a" b\n2,c\n', [(2, "bad_text")]),
        ("id,t\n1,\ufffd\n2,c\n".encode(), [(2, "bad_text")]),
        (b"id,t\n1\n1,2,3\n2,c\n", [(2, "wrong_columns"), (3, "wrong_columns")]),
        (b"id,t\n1," + b"x" * 2_000_000 + b"\n2,c\n", [(2, "too_long")]),
        (b"id,t\n1," + b"x" * 200 + b"\n2,c\n", [(2, "too_long")]),
    ],
)
def test_a_damaged_row_is_set_aside_and_the_next_is_read(tmp_path: Path, content: bytes, reasons: list[Any]) -> None:
    put(tmp_path, "a.csv", content)
    batches = read(door(tmp_path, 'encoding = "utf-8"\nmax_cell = 100\n'))
    assert broken(batches) == reasons and rows_of(batches) == [{"id": "2", "t": "c"}]
    assert batches[-1].completes and "\ufffd" not in repr(batches) and "\0" not in repr(batches)


def test_quotes_in_the_middle_of_a_plain_cell_are_text(tmp_path: Path) -> None:
    put(tmp_path, "a.csv", 'id,t\n1,5" 管\n2,他说"好"\n')
    assert [r["t"] for r in rows_of(read(door(tmp_path, 'encoding = "utf-8"\n')))] == ['5" 管', '他说"好"']


def test_lines_of_an_old_mac(tmp_path: Path) -> None:
    put(tmp_path, "a.csv", "id,t\r1,x\r2,y\r")
    assert [r["id"] for r in rows_of(read(door(tmp_path, 'encoding = "utf-8"\n')))] == ["1", "2"]


def test_own_columns_say_where_a_row_is_from(tmp_path: Path) -> None:
    put(tmp_path, "泗溪.csv", "id\n1\n")
    spec = door(tmp_path, 'encoding = "utf-8"\n', '[fields]\nexternal_id = { from = "id" }\ntitle = { from = "__file__" }\n')
    assert rows_of(read(spec)) == [{"id": "1", "__file__": "泗溪.csv"}]


def test_a_marker_says_that_a_file_is_whole(tmp_path: Path) -> None:
    spec = door(tmp_path, 'encoding = "utf-8"\nready = ".ok"\n')
    for name in ("a.csv", "b.csv", "c.csv", "c.ok"):
        put(tmp_path, name, f"id\n{name}\n")
    put(tmp_path, "a.csv.ok", "")
    assert [r["id"] for r in rows_of(read(spec))] == ["a.csv", "c.csv"]


def test_so_many_files_a_run_and_the_rest_at_the_next(tmp_path: Path) -> None:
    spec = door(tmp_path, 'encoding = "utf-8"\nmax_files = 2\n')
    for i in range(5):
        put(tmp_path, f"{i}.csv", f"id\n{i}\n")
    seen: frozenset[str] = frozenset()
    got = []
    for _ in range(3):
        batches = read(spec, Cursor(None, seen))
        got.append([r["id"] for r in rows_of(batches)])
        seen |= {b.completes for b in batches if b.completes}
    assert got == [["0", "1"], ["2", "3"], ["4"]] and len(list((tmp_path / "in").iterdir())) == 5


def test_a_file_is_archived_whole_before_its_first_row_is_given_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path, "a\x1b.csv", "id\n1\n")
    put(tmp_path, "b.csv", "none\n1\n")
    kept: list[Any] = []
    batches, words, _ = told(door(tmp_path, 'encoding = "utf-8"\n'), lambda *a: kept.append(a))
    assert kept == [("try", batches[-1].completes, "a?.csv", b"id\n1\n")] and "b.csv" in words
    monkeypatch.setattr("connectors.transports.folder.PIECE", 4)
    told(door(tmp_path, 'encoding = "utf-8"\n'), lambda *a: kept.append(a))
    assert [(k[1][64:], k[3]) for k in kept[1:]] == [("-0001", b"id\n1"), ("-0002", b"\n")]


def test_a_file_that_changes_between_the_passes_is_for_later(tmp_path: Path) -> None:
    path = put(tmp_path, "a.csv", "id\n" + "1\n" * 9)
    spec = door(tmp_path, 'encoding = "utf-8"\nbatch_rows = 2\n')
    batches, words, kind = told(spec, lambda *a: path.write_text("id\n" + "2\n" * 90))
    assert batches == [] and kind is Retry and "still being written" in words


def test_a_known_file_is_not_read_again(tmp_path: Path) -> None:
    import os
    import time

    from connectors.transports import whole

    path = put(tmp_path, "a.csv", "id\n1\n")
    time.sleep(1.1)  # a younger file might still be written to within one tick of the clock
    spec = door(tmp_path, 'encoding = "utf-8"\n')
    (batch,) = read(spec)
    known = dict(whole._known)
    assert batch.completes in known.values()
    assert read(spec, Cursor(None, frozenset({batch.completes or ""}))) == []
    path.write_text("id\n2\n")  # the same size, the same name, the same times
    os.utime(path, ns=(path.stat().st_atime_ns, next(k[3] for k, v in known.items() if v == batch.completes)))
    assert rows_of(read(spec, Cursor(None, frozenset({batch.completes or ""})))) == [{"id": "2"}]


_MEASURE = """
import resource, sys
from pathlib import Path
from connectors.base import Cursor
from connectors.registry import load_feed, open_transport
count = sum(len(b.rows) for b in open_transport(load_feed(Path(sys.argv[1]))).batches(Cursor()))
print(count, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    peaks = []
    for lines in (2_000, 300_000):
        door(tmp_path, 'encoding = "gb18030"\nbatch_rows = 2000\n')
        put(tmp_path, "a.csv", b"id,t\n" + "".join(f"{i},上高县泗溪镇曾家村邻里纠纷一案的经过与调解结果\n" for i in range(lines)).encode("gb18030"))
        out = subprocess.run([sys.executable, "-c", _MEASURE, tmp_path], capture_output=True, text=True, check=True, cwd=Path(__file__).parents[2])
        count, peak = map(int, out.stdout.split())
        assert count == lines
        peaks.append(peak)
    assert peaks[1] < peaks[0] * 1.25, peaks  # 16 MB of file: read whole, it took 150 MB more
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss > 0


CELL = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc"), exclude_characters="\ufeff\ufffd"), max_size=6)
COMMON = st.text(st.sampled_from("的一是在不了有和人上中大'\" ,;|09aZ\t"), max_size=6)
CODECS = {"utf-8": "utf-8", "utf-8-sig": "utf-8-sig", "gb18030": "gb18030", "utf-16": "utf-16", "gbk": "gbk", "big5": "big5", "gb2312": "gb2312"}


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.sampled_from(sorted(CODECS)), st.sampled_from(",;|\t"), st.sampled_from("\"'"), st.sampled_from(["\n", "\r\n"]),
    st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]), st.booleans(), st.data(),
)  # fmt: skip
def test_any_table_in_any_dialect_comes_back(
    encoding: str, sign: str, quote: str, end: str, quoting: Any, found_out: bool, data: st.DataObject
) -> None:
    cells = CELL if encoding in ("utf-8", "utf-8-sig", "gb18030", "utf-16") else COMMON
    rows = data.draw(st.lists(st.tuples(st.integers(0, 99), cells, cells), max_size=6))
    out = io.StringIO()
    writer = csv.writer(out, delimiter=sign, quotechar=quote, lineterminator=end, quoting=quoting)
    writer.writerows([["id", "x", "t"], *rows])
    with tempfile.TemporaryDirectory() as name:
        put(Path(name), "a.csv", out.getvalue().encode(CODECS[encoding]))
        marked = encoding in ("utf-8", "utf-8-sig", "utf-16")
        said = "auto" if found_out and marked else encoding
        sign_said = json.dumps("auto" if found_out else sign)
        spec = door(Path(name), f"encoding = '{said}'\ndelimiter = {sign_said}\nquote = {json.dumps(quote)}\n")
        got = [tuple(r.values()) for r in rows_of(read(spec))]
    assert got == [(str(a), b, c) for a, b, c in rows]


def test_json_documents_and_lines(tmp_path: Path) -> None:
    spec = door(tmp_path, 'rows = "data.rows"\n', kind="json")
    put(tmp_path, "a.json", '\ufeff{"data": {"rows": [{"id": 360923198001011234567, "m": 38000.00}, 7, {"id": "\\ud800"}]}}')
    batches = read(spec)
    assert rows_of(batches) == [{"id": "360923198001011234567", "m": "38000.00"}]
    assert broken(batches) == [(2, "bad_json"), (3, "bad_text")]
    lines = door(tmp_path, "batch_rows = 2\n", kind="json")
    put(tmp_path, "a.json", '{"id": 1, "p": {"x": [1]}}\r\n\r\n{"id": 2,}\n[3]\n{"id": 4}')
    batches = read(lines)
    assert rows_of(batches) == [{"id": "1", "p": {"x": ["1"]}}, {"id": "4"}]
    assert broken(batches) == [(3, "bad_json"), (4, "bad_json")]
    put(tmp_path, "a.json", '[\n{"id": 1},\n{"id": "泗溪镇曾家村的邻里纠纷与山墙渗水"}\n]'.encode("gb18030"))
    assert [r["id"] for r in rows_of(read(door(tmp_path, 'encoding = "auto"\n', kind="json")))] == ["1", "泗溪镇曾家村的邻里纠纷与山墙渗水"]


@pytest.mark.parametrize(
    ("content", "more", "kind", "words"),
    [
        ('{"rows": [{"id": 1}', 'rows = "rows"', Retry, "half a file"),
        ('{"id": 1}\n{"id": 2', "", Retry, "in the middle of line 2"),
        ('{"id": 1}', 'rows = "data"', Fatal, "no list of rows at 'data'"),
        ("[" * 100_000, 'form = "document"', Fatal, "nested too deeply"),
        ("<html>", "", Retry, "not JSON"),
        (b'[{"id": "\xc4\xe3"}]', "", Fatal, "not utf-8"),
    ],
)
def test_what_is_no_json_gives_no_rows(tmp_path: Path, content: str | bytes, more: str, kind: type, words: str) -> None:
    put(tmp_path, "a.json", content)
    batches, said, error = told(door(tmp_path, more, kind="json"))
    assert batches == [] and error is kind and words in said
