"""The sources have the shapes that were agreed, twice the same, with every kind of bad row in them."""

from __future__ import annotations

import hashlib
import json
import re
import sqlite3
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from python_calamine import CalamineWorkbook

from connectors.base import Cursor
from connectors.mapping import Mapper
from connectors.registry import load_feeds, open_transport
from demo import city
from demo.cases import BAD_KINDS
from demo.days import is_workday
from tests.demo.conftest import TODAY
from tests.demo.reading import RANK, Reader

PETITION_COLUMNS = ["信访件编号", "信访形式", "登记日期", "受理日期", "办结日期", "初重件", "信访人", "身份证号", "联系电话", "人数", "问题属地",
                    "内容分类", "诉求概述", "办理结果", "满意评价", "责任单位"]  # fmt: skip
FIRE_COLUMNS = ("序号,编号,类型,接警时间,区县,乡镇街道,详细地址,场所类型,起火原因,死亡人数,重伤人数,直接损失万元,经度,纬度,处置状态,办结日期,联系人,电话,"
                "涉纠纷,备注")  # fmt: skip
FOLDERS = {"petitions", "fire", "justice", "emergency", "education"}
VIEWS = {
    ("police.sqlite3", "v_jq_110"): "JJBH JJSJ BJLB BJXL SFDZ JD WD XZQH GXDW CJJG CJSJ BJRXM BJDH BJNR GXSJ SC",
    ("centre.sqlite3", "v_mt_sl"): "SLBH QD DJSJ SLRQ FLRQ ZBDW JD_DM TJ BJRQ BJJG HF RS JE LX SY NR XZDM DZ SQR SQRSFZ SQRDH BSQR BSQRSFZ "
                                   "BSQRDH GXSJ ZF",
    ("procuratorate.sqlite3", "v_jc_ms"): "TYSAH BMSAH AJLB AYDM AJMC AQZY CBDW CBR DWBM FAD SQR SQRZJ SQRDH BSQR BSQRZJ SARS SARQ SLRQ BJRQ "
                                          "CLJG SFYX XGSJ",
}  # fmt: skip


def digests(folder: Path) -> dict[str, str]:
    return {str(p.relative_to(folder)): hashlib.sha256(p.read_bytes()).hexdigest() for p in sorted(folder.rglob("*")) if p.is_file()}


def test_same_seed_same_bytes(tmp_path: Path, areas: pd.DataFrame) -> None:
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        city.generate(tmp_path / name, areas, date(2026, 3, 10), seed=seed, scale=0.02)
    assert digests(tmp_path / "a") == digests(tmp_path / "b")
    assert digests(tmp_path / "a")["centre.sqlite3"] != digests(tmp_path / "c")["centre.sqlite3"]
    assert city.Truth.load(tmp_path / "a").expected["year"] == 2025


def test_a_second_build_leaves_nothing_of_the_first(tmp_path: Path, areas: pd.DataFrame) -> None:
    city.generate(tmp_path, areas, date(2026, 3, 10), scale=0.02)
    city.generate(tmp_path, areas, TODAY, scale=0.02)
    other = tmp_path / "other"
    city.generate(other, areas, TODAY, scale=0.02)
    assert {k: v for k, v in digests(tmp_path).items() if not k.startswith("other")} == digests(other)


def test_areas_of_another_city_are_refused(tmp_path: Path, areas: pd.DataFrame) -> None:
    with pytest.raises(ValueError, match="360902"):
        city.generate(tmp_path, areas[~areas["code"].str.startswith("360902")], TODAY, scale=0.02)
    assert not city.is_built(tmp_path, TODAY, 1, 0.02)


@pytest.mark.parametrize(("file", "view"), list(VIEWS))
def test_views_have_their_columns(folder: Path, file: str, view: str) -> None:
    base = sqlite3.connect(folder / file)
    found = [d[0] for d in base.execute(f"SELECT * FROM {view} LIMIT 1").description]
    assert found == VIEWS[file, view].split()
    assert base.execute("SELECT type FROM sqlite_master WHERE name = ?", (view,)).fetchone() == ("view",)
    base.close()


def test_workbooks(folder: Path) -> None:
    paths = sorted((folder / "petitions").iterdir())
    assert len(paths) > 150
    real_dates = 0
    for path in paths:
        assert re.fullmatch(r"信访台账_20\d\d年第\d\d周\.xlsx", path.name)
        book = CalamineWorkbook.from_path(str(path))
        assert book.sheet_names == ["台账", "说明"]
        sheet = book.get_sheet_by_name("台账").to_python(skip_empty_area=False)
        year, week = re.findall(r"\d+", path.name)
        assert sheet[0][0] == f"宜春市信访事项登记台账（{year}年第{int(week)}周）"
        assert sheet[1] == PETITION_COLUMNS
        real_dates += sum(isinstance(row[2], date) for row in sheet[2:])
    assert real_dates > 3


def test_fire_files(folder: Path) -> None:
    paths = sorted((folder / "fire").iterdir())
    marks = Counter(p.read_bytes().startswith(b"\x84\x31\x95\x33") for p in paths)
    assert marks[True] > 10 and marks[False] > 10
    for path in paths:
        first, last = (date.fromisoformat(f"{d[:4]}-{d[4:6]}-{d[6:]}") for d in re.findall(r"\d{8}", path.name))
        assert (first.weekday(), (last - first).days) == (0, 6)
        text = path.read_bytes().decode("gb18030").removeprefix("\ufeff")
        lines = text.split("\r\n")
        assert lines[0] == FIRE_COLUMNS and lines[-1] == "" and "\n" not in text.replace("\r\n", "")
        assert [line.split(",")[0] for line in lines[1:-1]] == [str(i) for i in range(1, len(lines) - 1)]


def test_weekly_rows_belong_to_their_week(folder: Path) -> None:
    for path in (folder / "petitions").iterdir():
        year, week = map(int, re.findall(r"\d+", path.name))
        monday = date.fromisocalendar(year, week, 1)
        for row in CalamineWorkbook.from_path(str(path)).get_sheet_by_name("台账").to_python()[2:]:
            days = re.findall(r"(?:2023|2024|2025|2026)-\d+-\d+", f"{row[2]} {row[3]} {row[4]}")
            assert all(date(*map(int, d.split("-"))) <= date.fromordinal(monday.toordinal() + 6) for d in days if d != "2026-2-30")


@pytest.fixture(scope="module")
def read(doors: dict[str, str]) -> dict[str, dict[str, Any]]:
    """Every feed read through its connector."""
    found: dict[str, dict[str, Any]] = {}
    for feed, spec in load_feeds(env=doors).items():
        mapper, keys, withdrawn = Mapper(spec, b"k" * 32, is_workday), set(), set()
        reasons: Counter[str] = Counter()
        received = 0
        for batch in open_transport(spec).batches(Cursor()):
            mapped = mapper.map(batch.rows)
            received += batch.received
            reasons.update(b.reason for b in batch.broken)
            reasons.update(p.reason_code for p in mapped.problems)
            for record in mapped.records:
                (withdrawn if record.get("withdrawn") else keys).add(record["external_id"])
        found[feed] = {"received": received, "reasons": dict(reasons), "new": len(keys - withdrawn), "withdrawn": len(withdrawn)}
    return found


def test_connectors_receive_what_was_planted(read: dict[str, dict[str, Any]], truth: city.Truth) -> None:
    assert set(read) == set(RANK)
    for feed, got in read.items():
        wanted = truth.expected["feeds"][feed]["expected"]
        assert got["received"] == wanted["received"] == sum(v for k, v in wanted.items() if k != "received")
        assert (got["new"], got["withdrawn"]) == (wanted["new"], wanted["withdrawn"])
        assert sum(got["reasons"].values()) == wanted["quarantined"]


def test_every_bad_row_is_refused_for_its_own_reason(read: dict[str, dict[str, Any]], truth: city.Truth) -> None:
    bad = truth.expected["bad_rows"]
    assert {(b["feed"], b["kind"]) for b in bad} == {(f, k) for f, kinds in BAD_KINDS.items() for k in kinds}
    for feed in RANK:
        assert read[feed]["reasons"] == dict(Counter(b["reason"] for b in bad if b["feed"] == feed))


def test_brute_force_reader_sees_the_same_bad_rows(folder: Path, areas: pd.DataFrame, truth: city.Truth) -> None:
    for feed, source in Reader(folder, areas).all().items():
        counts = truth.expected["feeds"][feed]
        assert (source.rows, source.bad) == (counts["rows"], sum(counts["bad"].values()))
        assert sum(not r.withdrawn for r in source.last.values()) == counts["keys"]


def test_duplicates_and_stale_rows_are_planted(truth: city.Truth) -> None:
    for feed in set(RANK) - FOLDERS:
        assert truth.expected["feeds"][feed]["repeated"] and truth.expected["feeds"][feed]["stale"]
        assert truth.expected["feeds"][feed]["withdrawn"]
    for feed in FOLDERS:
        assert truth.expected["feeds"][feed]["repeated"] and truth.expected["feeds"][feed]["corrections"]
    assert sum(truth.expected["feeds"][feed]["carried"] > 0 for feed in FOLDERS) >= 3


def test_stale_rows_come_after_the_newer_word(folder: Path) -> None:
    base = sqlite3.connect(folder / "centre.sqlite3")
    pairs = base.execute("SELECT a.GXSJ, b.GXSJ FROM sl a JOIN sl b ON a.SLBH = b.SLBH AND a.id < b.id AND a.SLBH != ''").fetchall()
    base.close()
    assert any(first > second for first, second in pairs)


def test_unlocated_and_county_only_are_few_but_there(folder: Path) -> None:
    base = sqlite3.connect(folder / "centre.sqlite3")
    depth = dict(base.execute("SELECT length(XZDM), count(*) FROM sl GROUP BY 1").fetchall())
    base.close()
    total = sum(depth.values())
    assert 0.01 < depth[6] / total < 0.08 and depth[12] / total > 0.7 and depth[9] > 0
    assert 0 <= depth.get(0, 0) / total < 0.01


def test_call_centre_coordinates_are_sometimes_useless(folder: Path) -> None:
    base = sqlite3.connect(folder / "police.sqlite3")
    rows = base.execute("SELECT JD, WD FROM v_jq_110").fetchall()
    base.close()
    kinds = Counter("zero" if lon == "0" else "empty" if lon == "" else "swapped" if float(lon) < 90 else "good" for lon, _ in rows)
    assert kinds["good"] > 0.85 * len(rows) and min(kinds["zero"], kinds["empty"], kinds["swapped"]) > 0


def test_an_unwritable_folder_is_an_error(tmp_path: Path, areas: pd.DataFrame) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(OSError):
        city.generate(tmp_path / "file", areas, TODAY, scale=0.02)


def test_truth_is_plain_json(folder: Path) -> None:
    found = json.loads((folder / "truth.json").read_text("utf-8"))
    assert found["fingerprint"]["today"] == TODAY.isoformat() and found["expected"]["window"] == ["2026-01-01", "2026-09-30"]
