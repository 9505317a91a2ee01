"""What the proposer makes of samples: the built-in feeds' own, every way of writing, and any table of text whatever."""

from __future__ import annotations

import io
import json
import tomllib
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.base import Cursor, Fatal
from connectors.propose import propose
from connectors.propose_json import flat
from connectors.propose_made import Known, Proposal
from connectors.propose_sample import Sample, read_sample
from connectors.propose_toml import feed_toml
from connectors.registry import BUILT_IN, load_feed, open_transport
from connectors.rulespec import MappingSpec
from tests.connectors.samples import CLEAR, SAMPLES

SIX = ("courts", "petitions", "police", "fire", "health", "centre")
DATES = ("revised_at", "happened_at", "registered_on", "accepted_on", "closed_on")
HEAD = {
    "feed": "try", "title": {"zh": "试", "en": "Try"}, "cadence_seconds": 60, "late_after_seconds": 600,
    "agency": {"code": "try", "zh": "试", "en": "Try", "mark": "试", "rank": 99},
}  # fmt: skip


def table(text: str, encoding: str = "utf-8", known: Known | None = None) -> Proposal:
    return propose(read_sample(text.encode(encoding), "sample.csv"), known)


def written(made: Proposal) -> MappingSpec:
    """The proposal as its feed.toml would be read back."""
    data = tomllib.loads(feed_toml(made, HEAD, {"kind": "csv", "path": ".", "encoding": "utf-8"}, []))
    return MappingSpec.model_validate({k: data[k] for k in ("fields", "tables", "parties", "rows") if k in data})


def columns_of(rule: Any) -> set[str]:
    return rule.columns() if rule is not None else set()


@pytest.mark.parametrize("name", SIX)
def test_a_built_in_feeds_own_sample_gives_its_own_mapping(name: str, tmp_path: Path) -> None:
    """Key, number, dates, parties and category of the hand-written feed.toml, of seven or eight rows of which some are broken."""
    with SAMPLES[name](tmp_path / "x" if name in ("petitions", "fire") else tmp_path) as sample:
        spec = load_feed(BUILT_IN / sample.feed, sample.env)
        rows = [row for batch in open_transport(spec).batches(Cursor()) for row in batch.rows]
    columns = list(dict.fromkeys(c for row in rows for c in flat(row)))
    made = propose(Sample(columns, rows, {"kind": spec.transport.kind}), None, spec.title.zh)
    got, wanted = written(made), spec.mapping
    hits = {n: columns_of(got.fields.get(n)) <= columns_of(wanted.fields[n]) and n in got.fields for n in DATES if n in wanted.fields}
    hits["key"] = bool(columns_of(got.fields["external_id"]) & (wanted.fields["external_id"].columns() | wanted.fields["number"].columns()))
    hits["number"] = columns_of(got.fields["number"]) == wanted.fields["number"].columns()
    # The police have one column for the first act and the end, told apart by a code: that is beyond a sample.
    assert [n for n, hit in hits.items() if not hit] == (["closed_on"] if name == "police" else [])
    for mine, theirs in zip(got.parties, wanted.parties, strict=True):
        assert (mine.each, mine.name, mine.id, mine.phone, mine.role_from) == (theirs.each, theirs.name, theirs.id, theirs.phone, theirs.role_from)
        assert mine.each is not None or mine.role == theirs.role
    if name in ("courts", "petitions", "health"):  # the others give codes or no category: these are asked
        assert got.fields["category"].columns() == wanted.fields["category"].columns()
    private = {c for p in wanted.parties if not p.each for c in p.columns()}
    assert all(not (rule.columns() & private) for rule in got.fields.values())
    assert not [clear for clear in CLEAR if clear in feed_toml(made, HEAD, {}, [q.text for q in made.questions])]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "big5", "utf-16"])
def test_encodings(encoding: str) -> None:
    rows = "\n".join(f"A{i:03},2026-1-{i},鄰里糾紛相關事項,測試市中心路{i}號" for i in range(1, 28))
    sample = read_sample(f"編號,日期,類別,地址\n{rows}\n".encode(encoding), "x.csv")
    assert sample.door["encoding"] == encoding and sample.columns == ["編號", "日期", "類別", "地址"] and len(sample.rows) == 27


@pytest.mark.parametrize(("delimiter", "declared"), [(",", None), ("\t", "\t"), (";", ";"), ("|", "|")])
def test_delimiters_and_title_rows(delimiter: str, declared: str | None) -> None:
    lines = ["某县登记台账（2026年）", "", delimiter.join(["编号", "登记日期", "人数"])]
    lines += [delimiter.join([f"A{i}", f"2026/1/{i}", f"{i}人"]) for i in range(1, 9)]
    sample = read_sample("\n".join(lines).encode("gb18030"), "x.txt")
    assert sample.door.get("delimiter") == declared and sample.door["header_contains"] == ["编号", "登记日期"]
    assert sample.rows[0] == {"编号": "A1", "登记日期": "2026/1/1", "人数": "1人"}


@pytest.mark.parametrize(
    ("cells", "rule"),
    [
        (["2026-1-5", "2026-12-15"], {"date": "%Y-%m-%d"}), (["2026年1月5日", "2026年12月15日"], {"date": "%Y年%m月%d日"}),
        (["20260105", "20261001"], {"date": "%Y%m%d"}), (["1767542400000", "1767628800000"], {"epoch": "ms"}), (["1150105", "1040101"], {"date": "roc"}),
        (["46027", "45992"], {"date": "excel"}), (["2026年1月5日 下午3点", "2026年1月6日 上午9点"], {"date": "chinese"}),
        (["01/25/2026", "12/31/2025"], {"date": "%m/%d/%Y"}), (["25/01/2026", "31/12/2025"], {"date": "%d/%m/%Y"}),
    ],
)  # fmt: skip
def test_every_way_of_writing_a_day(cells: list[str], rule: dict[str, Any]) -> None:
    made = table("编号,登记日期\n" + "\n".join(f"A{i:03},{cells[i % len(cells)]}" for i in range(30)))
    found = made.fields["registered_on"]
    assert {k: v for k, v in found.rule.items() if k in ("date", "epoch")} == rule
    assert found.confidence > 0.9 and "100% of 30 values are dates" in found.reason
    written(made)


def test_persons_become_parties_or_private_and_never_fields() -> None:
    rows = "\n".join(f"A{i:03},王小{'一二三四五'[i % 5]},99900019800101{i:04},1420000{i:04},李大{'一二三'[i % 3]},赵经办" for i in range(20))
    made = table(f"编号,申请人,申请人身份证号,申请人电话,被申请人,承办人\n{rows}")
    roles = {p["role"]: (p.get("name"), p.get("id"), p.get("phone")) for p, _, _ in made.parties}
    assert roles == {"applicant": ("申请人", "申请人身份证号", "申请人电话"), "respondent": ("被申请人", None, None)}
    assert made.private == ["承办人"] and not made.unused
    text = feed_toml(made, HEAD, {}, [])
    assert "王小" not in text and "14200000" not in text and "赵经办" not in text


def test_units_codes_flags_and_tables() -> None:
    codes = frozenset({"3609", "360923", "360923103"})
    rows = "\n".join(
        f"A{i:03},2026-1-{i % 9 + 1},{('邻里', '欠薪', '量子')[i % 3]},{i}.5,360923,{('是', '否')[i % 2]},{('已办结', '办理中')[i % 2]},{('满意', '不满意')[i % 2]}"
        for i in range(30)
    )
    made = table(f"编号,受理日期,纠纷类型,涉案金额（万元）,行政区划,是否作废,办理结果,满意评价\n{rows}", known=Known(codes))
    assert made.fields["amount"].rule["number"] == {"times": 10_000} and made.fields["area_code"].rule == {"from": "行政区划"}
    assert made.tables["kinds"] == {"邻里": "02", "欠薪": "10", "量子": "99"} and made.withdrawn and made.withdrawn[0] == {"是否作废": "是"}
    assert made.fields["outcome"].rule["table"] == {"已办结": "resolved", "办理中": ""}
    assert made.fields["satisfied"].rule["table"] == {"满意": True, "不满意": False}
    assert next(q for q in made.questions if q.key == "kinds").text.startswith("Categories of 量子")
    written(made)


def test_the_datum_is_the_one_that_agrees_and_is_asked_when_none_does() -> None:
    rows = "\n".join(f"A{i:03},114.9{i:04},28.2{i:04},上高县泗溪镇曾家村{i}号" for i in range(20))
    text = f"编号,经度,纬度,地址\n{rows}"
    sure = table(text, known=Known(agree=lambda points: {"wgs84": 0.4, "gcj02": 0.9, "bd09": 0.2}))
    assert sure.datum == "gcj02" and not [q for q in sure.questions if q.key == "datum"]
    unsure = table(text, known=Known(agree=lambda points: {"wgs84": 0.9, "gcj02": 0.9, "bd09": 0.9}))
    assert unsure.datum == "wgs84" and [q for q in unsure.questions if q.key == "datum"]


def test_without_a_header_or_a_key() -> None:
    made = table("\n".join(f"40.1{i:05},-75.3{i:05},EMS: FALL,2016-01-15 12:{i:02},NORRISTOWN,POWELL ST & E SPRUCE ST" for i in range(30)))
    assert made.door["columns"] == ["c1", "c2", "c3", "c4", "c5", "c6"]
    assert made.fields["lat"].rule["from"] == "c1" and made.fields["lon"].rule["from"] == "c2"
    assert made.fields["external_id"].rule == {"digest": ["c1"]} and made.fields["happened_at"].rule["from"] == "c4"


def test_json_books_and_zips() -> None:
    rows = [{"caseNo": f"YJ20260{i}", "area": {"county": "上高县"}, "at": 1767542400000 + i} for i in range(5)]
    answer = read_sample(json.dumps({"code": 0, "data": {"records": rows, "pages": 3}}).encode(), "answer.json")
    assert answer.door == {"kind": "json", "encoding": "utf-8", "rows": "data.records", "success": {"code": "0"}, "pages": "data.pages"}
    assert answer.columns == ["caseNo", "area.county", "at"]
    lines = read_sample("\n".join(json.dumps(r) for r in rows).encode(), "rows.jsonl")
    assert lines.rows == rows
    book = openpyxl.Workbook()
    book.create_sheet("说明").append(["请勿外传"])
    sheet = book.create_sheet("台账")
    for cells in (["台账"], ["编号", "登记日期"], ["007", "2026-1-5"], ["008", "2026-1-6"]):
        sheet.append(cells)
    out = io.BytesIO()
    book.save(out)
    found = read_sample(out.getvalue(), "x.xlsx")
    assert found.door == {"kind": "excel", "sheet": "台账", "header_contains": ["编号", "登记日期"]} and found.rows[0]["编号"] == "007"
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("a/周报.csv", "编号,登记日期\n007,2026-1-5\n".encode("gb18030"))
    assert read_sample(packed.getvalue(), "x.zip").rows == [{"编号": "007", "登记日期": "2026-1-5"}]


@pytest.mark.parametrize("content", [b"", b"   ", b"PK\x03\x04broken", b"\xff\xfe\x00", b"\xd0\xcf\x11\xe0oops", b"<html></html>", b"[1, 2]", b"\x81\xff\xff" * 9])
def test_what_is_no_sample_is_refused_in_words(content: bytes) -> None:
    with pytest.raises(Fatal, match=r"x\.bin: |the sample"):
        read_sample(content, "x.bin")


CELLS = st.one_of(st.text(max_size=12), st.sampled_from(["2026-1-5", "114.92281", "28.24291", "", "0", "上高县", "是", "2026年13月", "1150105", "{a}", "[", "王五"]))


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 6).flatmap(lambda width: st.lists(st.lists(CELLS, min_size=width, max_size=width), min_size=1, max_size=12)))
def test_any_table_gives_a_feed_that_loads(rows: list[list[str]]) -> None:
    """Nothing that can stand in a cell breaks the proposer, or the file that it writes."""
    names = list(dict.fromkeys(name.strip() for name in rows[0] if name.strip())) or ["编号"]
    sample = Sample(names, [dict(zip(names, row, strict=False)) for row in rows[1:]], {"kind": "csv", "encoding": "utf-8"})
    written(propose(sample))


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_a_sample_or_refused(content: bytes) -> None:
    try:
        sample = read_sample(content, "x.csv")
    except Fatal:
        return
    propose(sample)
