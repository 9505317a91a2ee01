"""Filters, several records of one row, and values that a table does not know: the counts add up, and nobody is named."""

from __future__ import annotations

import tempfile
from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.base import Fatal
from connectors.mapping import MappedBatch, Mapper
from tests.connectors.build import KEYED, PLAIN, feed, mapped

NOW = datetime(2026, 2, 1, 12)


def _fates(out: MappedBatch) -> tuple[list[tuple[int, str]], list[tuple[int, str]], list[int]]:
    return [*zip(out.sources, (r["external_id"] for r in out.records), strict=True)], [(p.index, p.reason_code) for p in out.problems], out.left_out


def test_summary_rows_are_dropped_and_counted(tmp_path: Path) -> None:
    mapping = '[rows]\ndrop = [{ id = ["合计", "小计"] }, { id = { filled = false }, t = { matches = "^填表人" } }]\n' + KEYED + 'title = { from = "t" }\n'
    rows = [{"id": "1", "t": "a"}, {"id": "", "t": "填表人：某"}, {"id": "合计", "t": "2"}, {"id": "", "t": "b"}]
    out = mapped(tmp_path, mapping, *rows)
    assert _fates(out) == ([(0, "1")], [(3, "missing_required")], [1, 2]) and (out.received, out.filtered) == (2, 2)


def test_what_is_kept_is_what_is_asked_for(tmp_path: Path) -> None:
    mapping = '[rows]\nkeep = { kind = ["纠纷"] }\ndrop = { state = "作废" }\n' + KEYED
    rows = [{"id": "1", "kind": "纠纷", "state": ""}, {"id": "2", "kind": "消防", "state": ""}, {"id": "3", "kind": "纠纷", "state": "作废"}]
    assert _fates(mapped(tmp_path, mapping, *rows)) == ([(0, "1")], [], [1, 2])


def test_a_renamed_column_of_the_filter_does_not_silence_a_source(tmp_path: Path) -> None:
    mapping = '[rows]\nkeep = { kind = "纠纷" }\n' + KEYED
    assert _fates(mapped(tmp_path, mapping, {"id": "1", "type": "纠纷"})) == ([], [(0, "wrong_columns")], [])


LISTED = '[rows]\nexplode = "a.items"\nkeep = { "a.items.t" = { not = "x" } }\n[fields]\nexternal_id = { template = "{id}-{a.items.no}" }\ntitle = { from = "a.items.t" }\nplace = { from = "at" }\n'


def test_a_list_in_a_row_makes_a_record_of_each_entry(tmp_path: Path) -> None:
    rows = [
        {"id": "1", "at": "街", "a": {"items": [{"no": 1, "t": "甲"}, {"no": 2, "t": "乙"}, {"no": 3, "t": "x"}]}},
        {"id": "2", "at": "街", "a": {"items": []}}, {"id": "3", "at": "街", "a": {"items": "text"}}, {"id": "4", "at": "街"},
        {"id": "5", "at": "街", "a": {"items": [{"t": "没有号"}, {"no": 2, "t": "丁"}]}},
    ]  # fmt: skip
    out = mapped(tmp_path, LISTED, *rows)
    problems = [(2, "bad_json"), (3, "wrong_columns"), (4, "missing_required")]
    assert _fates(out) == ([(0, "1-1"), (0, "1-2"), (4, "5-2")], problems, [0, 1])
    assert out.records[1] == {"external_id": "1-2", "title": "乙", "place": "街", "withdrawn": False}
    assert [e.get("t") for e in out.problems[2].raw_masked["a"]["items"]] == ["没有号", "丁"]  # the whole row, so that it can be mended and replayed


def test_a_cell_is_cut_into_records(tmp_path: Path) -> None:
    mapping = '[rows]\nexplode = { from = "nos", by = "、" }\n[fields]\nexternal_id = { from = "nos" }\nnumber = { template = "{id}-{__item__}" }\n'
    out = mapped(tmp_path, mapping, {"id": "r", "nos": "a1、 a2、"}, {"id": "s", "nos": ""})
    assert _fates(out) == ([(0, "a1"), (0, "a2")], [], [1]) and [r["number"] for r in out.records] == ["R-1", "R-2"]


def test_entries_that_share_a_key_are_not_taken_for_versions(tmp_path: Path) -> None:
    mapping = '[rows]\nexplode = "items"\n' + KEYED + 'title = { from = "items.t" }\n'
    out = mapped(tmp_path, mapping, {"id": "1", "items": [{"t": "甲"}, {"t": "乙"}, {"t": "甲"}]})
    assert _fates(out) == ([(0, "1"), (0, "1")], [(0, "missing_required")], []) and "__item__" in out.problems[0].message


def test_persons_of_one_entry_are_masked_in_the_text_of_another(tmp_path: Path) -> None:
    mapping = (
        '[rows]\nexplode = "p"\n[fields]\nexternal_id = { template = "{id}-{__item__}" }\nsummary = { from = "s" }\npeople = { from = "p.c" }\n'
        '[[parties]]\nname = "p.n"\nid = "p.i"\n'
    )
    row = {"id": "1", "s": "聂晓梅与漆永茂争执", "p": [{"n": "聂晓梅", "i": "999000198001011234", "c": "2"}, {"n": "漆永茂", "i": "", "c": "x"}]}
    out = mapped(tmp_path, mapping, row)
    assert len(out.records) == len(out.problems) == 1
    assert [c for c in ("聂晓梅", "漆永茂", "999000198001011234") if c in repr(out)] == []


FURTHER = (
    KEYED + 'kind = { const = "intake" }\naccepted_on = { from = "d", date = "iso" }\npeople = { from = "p" }\ntitle = { from = "t" }\n'
    '[[records]]\nwhen = { court = { filled = true } }\nwithout = ["people"]\n'
    '[records.fields]\nexternal_id = { template = "{id}-court" }\nkind = { const = "filing" }\nnumber = { from = "court" }\n'
)


def test_one_row_makes_further_records(tmp_path: Path) -> None:
    rows = [{"id": "1", "d": "2026-01-05", "p": "3", "t": "甲", "court": "（2026）赣0923民初5号"}, {"id": "2", "d": "2026-01-06", "p": "x", "t": "乙", "court": ""},
            {"id": "3", "d": "never", "p": "1", "t": "丙", "court": "y"}, {"id": "4", "d": "", "p": "x", "t": "丁", "court": "z"}]  # fmt: skip
    out = mapped(tmp_path, FURTHER, *rows)
    bad = [(1, "bad_number"), (2, "bad_date"), (2, "bad_date"), (3, "bad_number")]
    assert _fates(out) == ([(0, "1"), (0, "1-court"), (3, "4-court")], bad, []) and out.received == 7
    assert {k: out.records[1].get(k) for k in ("kind", "number", "title", "people")} == {
        "kind": "filing", "number": "(2026)赣0923民初5号", "title": "甲", "people": None}  # fmt: skip


@pytest.mark.parametrize(
    ("mapping", "words"),
    [
        (KEYED + "[[records]]\n[records.fields]\nkind = { const = 'call' }\n", "key of its own"),
        (KEYED + "[[records]]\n[records.fields]\nexternal_id = { from = 'id' }\n", "key of its own"),
        (KEYED + "[[records]]\nwithout = ['kind']\n[records.fields]\nexternal_id = { from = 'x' }\n", "no field"),
        (KEYED + "[[records]]\n[records.fields]\nexternal_id = { from = 'x' }\nnothing = { from = 'y' }\n", "no such field"),
        (KEYED + "accepted_on = { from = 'd', date = '%y-%m-%d' }\n", "century"),
        (KEYED + "accepted_on = { from = 'd', date = 'chinees' }\n", "chinese"),
        (KEYED + "accepted_on = { from = 'd', date = 'iso', zone = 'Mars' }\n", "time zone"),
        (KEYED + "people = { from = 'd', zone = 'UTC' }\n", "days and times"),
        (KEYED + "category = { from = 'd', table = { a = '01' }, new_value = 'alarm' }\n", "default"),
        (KEYED + "title = { from = 'd', datum = 'gcj02' }\n", "lon and lat"),
        (KEYED + "lon = { from = 'd', datum = 'gcj02' }\nlat = { from = 'd' }\n", "different datums"),
        (KEYED + "title = { from = 'd', replace = [['(a', 'b']] }\n", "regular expression"),
        (KEYED + "title = { from = 'd', replace = [['a', '\\1']] }\n", "group"),
        (KEYED + "title = { from = 'd', extract = '(a+)+$' }\n", "repeats a repetition"),
        (KEYED + "[rows]\nkeep = []\n", "at least one"),
        (KEYED + "[rows]\ndrop = { a = 1 }\n", "in quotes"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_said_when_the_file_is_read(tmp_path: Path, mapping: str, words: str) -> None:
    with pytest.raises(Fatal, match=words):
        feed(tmp_path, PLAIN, mapping)


ALARM = KEYED + 'category = { from = "c", table = { "邻里" = "02" }, default = "99", new_value = "alarm" }\n[[parties]]\nname = "n"\n'


def test_a_new_value_takes_the_default_and_is_told(tmp_path: Path) -> None:
    values = ["邻里", "物业", "物业", "张小三", "14200000001", "999000198001011234", "聂晓梅家的事", ""]
    out = mapped(tmp_path, ALARM, *({"id": str(i), "c": c, "n": "聂晓梅"} for i, c in enumerate(values)))
    assert [r["category"] for r in out.records] == ["02", *["99"] * 7]
    told = {n.value: n.rows for n in out.new_values}
    assert told == {"物业": 2, "张 **": 1, "142******": 1, "999******": 1, "聂 **家的事": 1} and out.new_values[0] == ("c", "物业", 2)


def test_new_values_are_bounded_and_add_up(tmp_path: Path) -> None:
    spec = feed(tmp_path, PLAIN, ALARM)
    mapper = Mapper(spec, b"k")
    out = mapper.map([{"id": str(i), "c": f"码{i}", "n": ""} for i in range(500)])
    assert len(out.new_values) == 21 and sum(n.rows for n in out.new_values) == 500 and out.new_values[-1].value == "…"
    assert mapper.map([{"id": "1", "c": "码1", "n": ""}]).new_values == [("c", "码1", 1)]  # told again, though the answer is remembered


def test_a_default_for_the_empty_and_quarantine_for_the_new(tmp_path: Path) -> None:
    out = mapped(tmp_path, ALARM.replace("alarm", "quarantine"), {"id": "1", "c": "", "n": ""}, {"id": "2", "c": "新", "n": ""})
    assert [r["category"] for r in out.records] == ["99"] and out.problems[0].reason_code == "unknown_value" and out.new_values == []


def test_a_long_text_is_searched_at_its_beginning_only(tmp_path: Path) -> None:
    mapping = KEYED + 'summary = { from = "s", replace = [["头", "首"], ["尾", "末"]] }\nescalated = { test = { s = { matches = "尾" } } }\n'
    (record,) = mapped(tmp_path, mapping, {"id": "1", "s": "头" + "x" * 1_998 + "头尾"}).records
    assert record["summary"].startswith("首x") and record["escalated"] is False


def test_swapped_coordinates_and_a_datum_of_ones_own(tmp_path: Path) -> None:
    mapping = KEYED + 'lon = { from = "p", split = { by = "," }, datum = "bd09" }\nlat = { from = "p", split = { by = ",", take = 1 }, datum = "bd09" }\n'
    spec = feed(tmp_path, PLAIN, mapping)
    asked = []

    def convert(lons: Any, lats: Any, datum: str) -> tuple[Any, Any]:
        asked.append(datum)
        return lons, lats

    out = Mapper(spec, b"k", None, convert).map([{"id": "1", "p": "114.9,28.2"}, {"id": "2", "p": "31.5,87.2"}, {"id": "3", "p": "28.2,114.9"}])
    assert [r["lon"] for r in out.records] == [114.9] and asked == ["bd09"]
    assert [(p.index, p.reason_code) for p in out.problems] == [(1, "bad_coordinates"), (2, "bad_coordinates")]
    assert all("swapped" in p.message for p in out.problems)


ENTRY = st.one_of(st.fixed_dictionaries({"no": st.sampled_from(["1", "2", "3", ""]), "t": st.sampled_from(["甲", "x", "丙"])}), st.text(max_size=2), st.none())
LIST = st.one_of(st.lists(ENTRY, max_size=4), st.none(), st.text(max_size=3), st.just({"no": "1"}))
ROW = st.fixed_dictionaries(
    {"id": st.sampled_from(["1", "2", "合计", ""]), "items": LIST, "d": st.sampled_from(["2026-01-05", "坏", ""])},
    optional={"c": st.sampled_from(["y", "", "z"]), "w": st.sampled_from(["1", ""])},
)
SPLIT = """
[rows]
explode = "items"
drop = [{ id = "合计" }, { "items.t" = "x" }]
withdrawn = { w = "1" }
[fields]
external_id = { template = "{id}-{items.no}" }
accepted_on = { from = "d", date = "iso" }
title = { from = "items.t" }
[[records]]
when = { c = { filled = true } }
[records.fields]
external_id = { template = "{id}-{items.no}-{c}" }
accepted_on = { const = "" }
"""


@pytest.fixture(scope="module")
def split() -> Mapper:
    with tempfile.TemporaryDirectory() as folder:
        return Mapper(feed(Path(folder), PLAIN, SPLIT), b"k" * 32, now=lambda: NOW)


@settings(max_examples=150, deadline=None)
@given(rows=st.lists(ROW, max_size=6))
def test_counts_add_up_whatever_is_split_and_filtered(split: Mapper, rows: list[dict[str, Any]]) -> None:
    out = split.map(rows)
    assert len(out.sources) == len(out.records) and out.sources == sorted(out.sources)
    fates = Counter(out.sources) + Counter(p.index for p in out.problems) + Counter(out.left_out)
    assert set(fates) == set(range(len(rows))) and fates.total() == out.received + out.filtered
    for index, row in enumerate(rows):
        entries = max(1, len(row["items"])) if isinstance(row["items"], list) else 1
        assert entries <= fates[index] <= 2 * entries
        alone = split.map([row])
        assert (len(alone.records), len(alone.problems), len(alone.left_out)) == (
            out.sources.count(index), sum(p.index == index for p in out.problems), out.left_out.count(index))  # fmt: skip


PAGE = (Path(__file__).parents[2] / "docs" / "feeds" / "mapping.md").read_text(encoding="utf-8")


def _block(start: str) -> str:
    return PAGE.split(f"```toml\n{start}", 1)[1].split("```", 1)[0]


def test_the_page_on_rows_is_right(tmp_path: Path) -> None:
    rows = [{"编号": "1", "类别": "纠纷"}, {"编号": "2", "类别": "消防"}, {"编号": "小计", "类别": "纠纷"}, {"编号": "填表人：某", "类别": "求助"}]
    assert mapped(tmp_path, "[rows]\nkeep =" + _block("[rows]\nkeep =") + '[fields]\nexternal_id = { from = "编号" }\n', *rows).left_out == [1, 2, 3]
    row = {"id": "7", "address": "街", "disputes": [{"no": "a", "title": "甲"}, {"no": "b", "title": "乙"}]}
    out = mapped(tmp_path, "[rows]\nexplode =" + _block("[rows]\nexplode ="), row)
    assert [(r["external_id"], r["title"], r["place"]) for r in out.records] == [("7-a", "甲", "街"), ("7-b", "乙", "街")]
    fields = '[fields]\nexternal_id = { from = "编号" }\npeople = { from = "人数" }\n[[records]]'
    out = mapped(tmp_path, fields + _block("[[records]]"), {"编号": "1", "人数": "3", "法院案号": "（2026）赣0923民初5号"})
    assert [(r["external_id"], r.get("kind"), r.get("people")) for r in out.records] == [("1", None, 3), ("1-诉", "filing", None)]
