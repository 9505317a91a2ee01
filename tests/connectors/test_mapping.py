"""The mapping language: what each step makes of a cell, what is refused, and that nothing gets lost or out of order."""

from __future__ import annotations

import tempfile
import time
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.mapping import Mapper
from connectors.reasons import REASONS
from matters.model import FIELDS
from tests.connectors.build import KEYED, PLAIN, feed, mapped

NOW = datetime(2026, 2, 1, 12)


def _value(folder: Path, field: str, rule: str, **row: Any) -> Any:
    """A field of one row: its value, or the reason for which the row is refused."""
    out = mapped(folder, f"[fields]\n{field} = {rule}\n", row)
    return out.problems[0].reason_code if out.problems else out.records[0].get(field)


@pytest.mark.parametrize(
    ("field", "rule", "row", "wanted"),
    [
        ("title", '{ from = "a" }', {"a": "  两户\n\t共用　山墙 "}, "两户 共用 山墙"),
        ("title", '{ from = "a" }', {"a": None}, None),
        ("title", '{ from = "a" }', {"a": "\x00坏\x1b字\ufeff"}, "坏字"),
        ("title", '{ from = "a" }', {"a": {"nested": 1}}, None),
        ("title", '{ from = "a.b" }', {"a.b": "flat wins", "a": {"b": "x"}}, "flat wins"),
        ("title", '{ from = "a.1.b" }', {"a": [{}, {"b": "second"}]}, "second"),
        ("title", '{ from = "a.b.c" }', {"a": None}, None),
        ("title", '{ from = "a.b.c" }', {"a": {"b": None}}, None),
        ("title", '{ from = "b" }', {"a": "1"}, "wrong_columns"),
        ("title", '{ from = "b.c" }', {"a": "1"}, "wrong_columns"),
        ("title", '{ join = ["a", "b"], with = "-" }', {"a": "x", "b": "y"}, "x-y"),
        ("title", '{ join = ["a", "b"], with = "-" }', {"a": "", "b": "y"}, "y"),
        ("title", '{ template = "{a}（{b}）" }', {"a": "x", "b": None}, None),
        ("title", '{ template = "{{{a}}}" }', {"a": "x"}, "{x}"),
        ("title", '{ template = "固定" }', {}, "固定"),
        ("title", '{ first_of = ["a", "b"] }', {"a": " ", "b": "y"}, "y"),
        ("title", '{ from = "a", split = { by = "-", take = -1 } }', {"a": "城乡建设-征地-拆迁"}, "拆迁"),
        ("title", '{ from = "a", split = { by = "-", take = 5 } }', {"a": "x-y"}, None),
        ("title", '{ from = "a", extract = "案由(.*?)纠纷" }', {"a": "案由借贷纠纷"}, "借贷"),
        ("title", '{ from = "a", extract = "nothing" }', {"a": "x"}, None),
        ("title", '{ from = "a", default = "无标题" }', {"a": ""}, "无标题"),
        ("number", '{ from = "a" }', {"a": "〔2026〕 赣0923民初１号"}, "(2026)赣0923民初1号"),
        ("external_id", '{ from = "a" }', {"a": "007"}, "007"),
        ("external_id", '{ from = "a" }', {"a": 360900000012345678}, "360900000012345678"),
        ("external_id", '{ from = "a" }', {"a": "x" * 129}, "too_long"),
        ("external_id", '{ from = "a" }', {"a": " "}, "missing_required"),
        ("external_id", '{ from = "a", on_error = "blank" }', {"a": "x" * 129}, "missing_required"),
        ("accepted_on", '{ from = "a", date = ["%Y-%m-%d"] }', {"a": "2026-1-5"}, date(2026, 1, 5)),
        ("accepted_on", '{ from = "a", date = ["%Y-%m-%d"] }', {"a": "2026-02-30"}, "bad_date"),
        ("accepted_on", '{ from = "a", date = ["%Y-%m-%d"] }', {"a": "1989-12-31"}, "bad_date"),
        ("accepted_on", '{ from = "a", date = ["%Y-%m-%d"] }', {"a": "2099-01-01"}, "bad_date"),
        ("accepted_on", '{ from = "a", date = ["%Y-%m-%d"] }', {"a": "2026-1-5x"}, "bad_date"),
        ("accepted_on", '{ from = "a", date = ["%Y-%m-%d"], on_error = "blank" }', {"a": "昨天"}, None),
        ("accepted_on", '{ from = "a", date = "%Y%m%d" }', {"a": "2026111"}, "bad_date"),  # 11 January or 1 November?
        ("accepted_on", '{ from = "a", date = "%d.%m.%Y" }', {"a": "5.1.2026"}, date(2026, 1, 5)),
        ("accepted_on", '{ from = "a", date = "%d %b %Y" }', {"a": "05 Jan 2026"}, date(2026, 1, 5)),
        ("accepted_on", '{ from = "a", date = "iso" }', {"a": "2026-01-04T16:30:00Z"}, date(2026, 1, 5)),  # Shanghai's day
        ("accepted_on", '{ from = "a", epoch = "ms" }', {"a": "1767542400000"}, date(2026, 1, 5)),
        ("accepted_on", '{ from = "a", epoch = "s" }', {"a": 1767542399}, date(2026, 1, 4)),
        ("accepted_on", '{ from = "a", epoch = "s" }', {"a": "1e9"}, "bad_date"),
        ("accepted_on", '{ from = "a", epoch = "ms" }', {"a": "9999999999999999"}, "bad_date"),
        ("happened_at", '{ from = "a", date = "%Y%m%d%H%M%S" }', {"a": "20260105194211"}, datetime(2026, 1, 5, 19, 42, 11)),
        ("happened_at", '{ from = "a", date = "%Y/%m/%d %H:%M" }', {"a": "2026/1/5 9:04"}, datetime(2026, 1, 5, 9, 4)),
        ("happened_at", '{ from = "a", date = "%Y/%m/%d %H:%M" }', {"a": "2026/1/5 24:04"}, "bad_date"),
        ("due_on", '{ from = "a", date = "%Y-%m-%d", add_days = 30 }', {"a": "2026-01-05"}, date(2026, 2, 4)),
        ("due_on", '{ from = "a", date = "%Y-%m-%d", add_workdays = 5 }', {"a": "2026-01-09"}, date(2026, 1, 16)),
        ("people", '{ from = "a" }', {"a": "３人"}, 3),
        ("people", '{ from = "a" }', {"a": "2.5"}, "bad_number"),
        ("people", '{ from = "a" }', {"a": "-1"}, "bad_number"),
        ("people", '{ from = "a" }', {"a": "3只"}, "bad_number"),
        ("people", '{ from = "a" }', {"a": "99999999999"}, "bad_number"),
        ("people", '{ from = "a" }', {"a": "三"}, 3),
        ("people", '{ from = "a" }', {"a": "数人"}, "bad_number"),
        ("amount", '{ from = "a" }', {"a": "1,234.50"}, 1234.5),
        ("amount", '{ from = "a" }', {"a": "￥0.07万元"}, 700.0),
        ("amount", '{ from = "a", number = { times = 10000 } }', {"a": "0.07"}, 700.0),
        ("amount", '{ from = "a" }', {"a": "nan"}, "bad_number"),
        ("amount", '{ from = "a" }', {"a": "inf"}, "bad_number"),
        ("amount", '{ const = 5 }', {}, 5.0),
        ("satisfied", '{ from = "a", table = { "1" = true, "0" = false } }', {"a": "0"}, False),
        ("satisfied", '{ from = "a", table = { "1" = true, "0" = false } }', {"a": ""}, None),
        ("satisfied", '{ from = "a", table = { "true" = true, "false" = false } }', {"a": True}, True),
        ("outcome", '{ from = "a", table = { "x" = "" } }', {"a": "x"}, None),
        ("outcome", '{ from = "a" }', {"a": "resolved"}, "resolved"),
        ("outcome", '{ from = "a" }', {"a": "done"}, "unknown_value"),
        ("category", '{ from = "a", table = { "离婚" = "01" } }', {"a": "离婚纠纷"}, "unknown_value"),
        ("category", '{ from = "a", table = { "离婚" = "01" }, match = "prefix" }', {"a": "离婚纠纷"}, "01"),
        ("category", '{ from = "a", table = { "离婚" = "01" }, match = "prefix" }', {"a": "协议离婚"}, "unknown_value"),
        ("category", '{ from = "a", table = { "财产" = "06", "离婚" = "01" }, match = "contains" }', {"a": "离婚后财产"}, "06"),
        ("category", '{ from = "a", table = { "x" = "01" }, default = "99" }', {"a": ""}, "99"),
        ("category", '{ const = "01", when = { a = "1" } }', {"a": "2"}, None),
        ("category", '{ const = "01", when = { a = ["1", "2"], b = { not = "9" } } }', {"a": "2", "b": ""}, "01"),
        ("category", '{ const = "01", when = { a = { not = ["1", "2"] } } }', {"a": "2"}, None),
        ("category", '{ const = "01", when = { a = { filled = false } } }', {"a": " "}, "01"),
        ("category", '{ const = "01", when = { a = { matches = "^欠" } } }', {"a": "拖欠"}, None),
        ("category", '{ from = "a", required = true, when = { b = "1" }, table = { x = "01" } }', {"a": "", "b": "2"}, None),
        ("category", '{ from = "a", required = true, when = { b = "1" }, table = { x = "01" } }', {"a": "", "b": "1"}, "missing_required"),
        ("category", '{ cases = [{ when = { a = "1" }, const = "01" }, { const = "02" }] }', {"a": "1"}, "01"),
        ("category", '{ cases = [{ when = { a = "1" }, const = "01" }], default = "99" }', {"a": "2"}, "99"),
        ("category", '{ cases = [{ when = { a = "1" }, from = "b", table = { x = "01" } }] }', {"a": "2", "b": "unknown"}, None),
        ("category", '{ cases = [{ when = { a = "1" }, from = "b", table = { x = "01" } }] }', {"a": "1", "b": "unknown"}, "unknown_value"),
    ],
)  # fmt: skip
def test_one_cell(tmp_path: Path, field: str, rule: str, row: dict[str, Any], wanted: Any) -> None:
    found = _value(tmp_path, field, rule, **row)
    assert found == wanted and type(found) is type(wanted)


@pytest.mark.parametrize(
    ("x", "y", "wanted"),
    [("114.9", "28.2", (114.9, 28.2)), ("0", "0", None), ("114.9", "", None), ("28.2", "114.9", "bad_coordinates"),
     ("一百", "28.2", "bad_coordinates"), ("181", "0.5", "bad_coordinates"), ("-75.38", "+40.08", (-75.38, 40.08))],
)  # fmt: skip
def test_coordinates_come_in_pairs(tmp_path: Path, x: str, y: str, wanted: Any) -> None:
    mapping = '[fields]\nlon = { from = "x", blank = ["0"] }\nlat = { from = "y", blank = ["0"] }\n'
    out = mapped(tmp_path, mapping, {"x": x, "y": y})
    if isinstance(wanted, str):
        assert out.problems[0].reason_code == wanted
    else:
        assert (out.records[0].get("lon"), out.records[0].get("lat")) == (wanted or (None, None))


def test_a_longitude_without_a_latitude_rule_is_nothing(tmp_path: Path) -> None:
    assert "lon" not in mapped(tmp_path, '[fields]\nlon = { from = "x" }\n', {"x": "114.9"}).records[0]


def test_a_converter_is_given_the_datum_and_the_pairs(tmp_path: Path) -> None:
    spec = feed(tmp_path, PLAIN, KEYED + 'lon = { from = "x" }\nlat = { from = "y" }\n')
    asked: list[Any] = []

    def convert(lons: Any, lats: Any, datum: str) -> tuple[list[float], list[float]]:
        asked.append((list(lons), list(lats), datum))
        return [v + 1 for v in lons], [v + 2 for v in lats]

    rows = [{"id": "1", "x": "", "y": "28"}, {"id": "2", "x": "114", "y": "28"}]
    records = Mapper(spec, b"k", None, convert).map(rows).records
    assert asked == [([114.0], [28.0], "wgs84")]
    assert "lon" not in records[0] and (records[1]["lon"], records[1]["lat"]) == (115.0, 30.0)


def test_texts_are_cut_at_their_limits(tmp_path: Path) -> None:
    names = {"title": 200, "summary": 2000, "place": 300, "owner": 100}
    mapping = "[fields]\n" + "".join(f'{n} = {{ from = "a" }}\n' for n in names)
    (record,) = mapped(tmp_path, mapping, {"a": "长" * 5000}).records
    assert {n: (len(record[n]), record[n][-1]) for n in names} == {n: (limit, "…") for n, limit in names.items()}
    (record,) = mapped(tmp_path, mapping, {"a": "长" * 100}).records
    assert record["title"] == record["owner"] == "长" * 100


def test_refs_are_others_numbers_without_its_own(tmp_path: Path) -> None:
    mapping = '[rows]\nrefs = ["a", "b"]\n[fields]\nexternal_id = { from = "id" }\nnumber = { from = "n" }\n'
    row = {"id": "XF360923-20260104001", "n": "（2026）赣0923民初5号", "a": "见 XF360923-20260104001、jj20260105000123",
           "b": "案号〔2026〕赣0923民初5号，又 JJ20260105000123 与 MT-0923-26-000123"}  # fmt: skip
    assert mapped(tmp_path, mapping, row).records[0]["refs"] == ["JJ20260105000123", "MT-0923-26-000123"]
    assert "refs" not in mapped(tmp_path, mapping, {**row, "a": "号", "b": ""}).records[0]


def test_numbers_are_found_in_every_text_whether_named_or_not(tmp_path: Path) -> None:
    """In title, summary, place and owner; before a text is cut."""
    told = {"t": "与警情JJ20260105000123同一事", "s": "长" * 3000 + "〔2026〕赣0923民初5号", "p": "建设路12号（矛调MT-0923-26-000123）", "o": "ＸＦ360923－20260104001承办人"}
    for rows in ("", '[rows]\nrefs = ["t"]\n'):
        mapping = rows + KEYED + "".join(f'{name} = {{ from = "{name[0]}" }}\n' for name in ("title", "summary", "place", "owner"))
        (record,) = mapped(tmp_path, mapping, {"id": "1", **told}).records
        assert sorted(record["refs"]) == ["(2026)赣0923民初5号", "JJ20260105000123", "MT-0923-26-000123", "XF360923-20260104001"]


def test_a_withdrawn_row_needs_only_its_key(tmp_path: Path) -> None:
    mapping = '[rows]\nwithdrawn = { s = "9" }\n' + KEYED + 'accepted_on = { from = "d", date = "%Y-%m-%d", required = true }\n'
    rows = [{"id": "1", "s": "9"}, {"id": "2", "s": "9", "d": "never"}, {"id": "", "s": "9", "d": ""}, {"id": "4", "s": "0", "d": ""}]
    out = mapped(tmp_path, mapping, *rows)
    assert [(r["external_id"], r["withdrawn"]) for r in out.records] == [("1", True), ("2", True)]
    assert [(p.index, p.reason_code) for p in out.problems] == [(2, "missing_required"), (3, "missing_required")]


def test_a_row_with_many_mistakes_is_told_once_by_the_first(tmp_path: Path) -> None:
    mapping = KEYED + 'people = { from = "p" }\naccepted_on = { from = "d", date = "%Y" }\n'
    (problem,) = mapped(tmp_path, mapping, {"id": "1", "p": "x", "d": "y"}).problems
    assert (problem.column, problem.reason_code) == ("d", "bad_date") and "'y'" in problem.message


def test_optional_columns_may_be_absent(tmp_path: Path) -> None:
    mapping = '[rows]\noptional_columns = ["t", "a"]\n' + KEYED + 'title = { from = "t" }\nplace = { from = "a.b" }\n'
    assert mapped(tmp_path, mapping, {"id": "1"}).records == [{"external_id": "1", "withdrawn": False}]


def test_tomorrow_is_refused_today_and_taken_tomorrow(tmp_path: Path) -> None:
    spec = feed(tmp_path, PLAIN, KEYED + 'accepted_on = { from = "d", date = "%Y-%m-%d" }\n')
    clock = [NOW]
    mapper = Mapper(spec, b"k", now=lambda: clock[0])
    row = {"id": "1", "d": "2026-02-04"}
    assert mapper.map([row]).problems[0].reason_code == "bad_date"
    clock[0] += timedelta(days=3)
    assert mapper.map([row]).records[0]["accepted_on"] == date(2026, 2, 4)


def test_working_days_are_the_given_calendars(tmp_path: Path) -> None:
    spec = feed(tmp_path, PLAIN, KEYED + 'due_on = { from = "d", date = "%Y-%m-%d", add_workdays = 2 }\n')
    mapper = Mapper(spec, b"k", is_workday=lambda day: day.day % 10 == 0)
    assert mapper.map([{"id": "1", "d": "2026-01-05"}]).records[0]["due_on"] == date(2026, 1, 20)


def test_names_of_a_row_are_masked_wherever_they_stand(tmp_path: Path) -> None:
    mapping = KEYED + (
        'title = { from = "t" }\npeople = { from = "p" }\n[rows]\nprivate = ["contact"]\n'
        '[[parties]]\nrole = "applicant"\nname = "n"\nid = "i"\nphone = "f"\n'
    )
    row = {"id": "1", "t": "聂晓梅与漆永茂争执，电话142-0000-0001，证999000198001011234", "p": "3", "n": "聂晓梅", "i": "999000198001011234",
           "f": "142 0000 0001", "contact": "漆永茂"}  # fmt: skip
    (record,) = mapped(tmp_path, mapping, row).records
    assert "聂晓梅" not in record["title"] and "漆永茂" not in record["title"] and "999000198" not in record["title"]
    assert record["parties"][0]["name"] == "聂 **" and len(record["parties"][0]["id_token"]) == 32
    (problem,) = mapped(tmp_path, mapping, {**row, "p": "聂晓梅等"}).problems
    for clear in ("聂晓梅", "漆永茂", "999000198001011234", "142 0000 0001", "142-0000-0001"):
        assert clear not in repr(problem)
    (problem,) = mapped(tmp_path, mapping, {**row, "p": "巢德安"}).problems  # a slipped column: a name where a number should be
    assert "巢德安" not in repr(problem) and problem.reason_code == "bad_number"


@pytest.mark.parametrize(
    ("name", "shown", "others"),
    [
        ("聂晓梅、漆永茂", "聂 **、漆 **", ["聂晓梅", "漆永茂"]),
        ("聂晓梅等12人", "聂 **等12人", ["聂晓梅"]),
        ("聂晓梅（女）", "聂 **（女）", ["聂晓梅"]),
        ("聂 晓梅", "聂 ***", ["聂晓梅", "聂 晓梅"]),
        ("上高瑞某劳务有限公司", "上高****", ["上高瑞某劳务有限公司"]),
    ],
)
def test_several_persons_in_one_cell(tmp_path: Path, name: str, shown: str, others: list[str]) -> None:
    mapping = KEYED + 'summary = { from = "s" }\n[[parties]]\nname = "n"\n'
    (record,) = mapped(tmp_path, mapping, {"id": "1", "n": name, "s": "、".join(others)}).records
    assert record["parties"][0]["name"] == shown
    assert [o for o in others if o in repr(record)] == []


@pytest.mark.parametrize("nobody", ["无", "不详", "0", "00000000000", "000000000000000000", "9990********1234", "-", "见附件"])
def test_what_is_no_number_makes_no_token(tmp_path: Path, nobody: str) -> None:
    mapping = KEYED + '[[parties]]\nname = "n"\nid = "i"\nphone = "f"\n'
    (record,) = mapped(tmp_path, mapping, {"id": "1", "n": "聂晓梅", "i": nobody, "f": nobody}).records
    assert (record["parties"][0]["id_token"], record["parties"][0]["phone_token"]) == ("", "")


def test_one_person_has_one_token_however_written(tmp_path: Path) -> None:
    mapping = KEYED + '[[parties]]\nid = "i"\nphone = "f"\n'
    ways = [("99900019800101123x", "+86 142-0000-0001"), ("999000 19800101 123X", "14200000001"), ("99900019800101123X", "142 0000 0001")]
    records = mapped(tmp_path, mapping, *({"id": str(n), "i": i, "f": f} for n, (i, f) in enumerate(ways))).records
    assert len({(r["parties"][0]["id_token"], r["parties"][0]["phone_token"]) for r in records}) == 1
    assert records[0]["parties"][0]["id_token"] != records[0]["parties"][0]["phone_token"] != ""


CELL = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=30),
    st.sampled_from(["1", "0", "2026-01-05", "2026-02-30", "3人", "114.9", "MT-0923-26-000123", "聂晓梅", "99900019800101123X"]),
    st.lists(st.dictionaries(st.sampled_from(["n", "i"]), st.text(max_size=5)), max_size=2),
)  # fmt: skip
WIDE = """
[rows]
refs = ["a"]
withdrawn = { w = "1" }
[fields]
external_id = { from = "id" }
number = { from = "a" }
accepted_on = { from = "b", date = ["%Y-%m-%d", "iso"] }
happened_at = { from = "c", epoch = "ms", on_error = "blank" }
category = { from = "d", table = { "1" = "01" }, default = "99" }
outcome = { from = "d", table = { "1" = "resolved" } }
people = { from = "e" }
amount = { join = ["e", "f"] , with = "", on_error = "blank" }
title = { template = "{a}{b}" }
place = { first_of = ["f", "a"] }
escalated = { test = { d = { filled = true } } }
stage = { cases = [{ when = { d = "1" }, const = "closed" }, { from = "g", table = { "0" = "pending" }, on_error = "blank" }] }
lon = { from = "e", on_error = "blank" }
lat = { from = "f", on_error = "blank" }
[[parties]]
name = "n"
id = "i"
[[parties]]
each = "p"
name = "n"
id = "i"
"""
COLUMNS = ["id", "a", "b", "c", "d", "e", "f", "g", "n", "i", "p", "w"]
ROW = st.fixed_dictionaries(dict.fromkeys(COLUMNS, CELL))


@pytest.fixture(scope="module")
def wide() -> Mapper:
    with tempfile.TemporaryDirectory() as folder:
        return Mapper(feed(Path(folder), PLAIN, WIDE), b"k" * 32, now=lambda: NOW)


@settings(max_examples=150, deadline=None)
@given(rows=st.lists(ROW, max_size=8))
def test_anything_that_comes_has_one_fate(wide: Mapper, rows: list[dict[str, Any]]) -> None:
    out = wide.map(rows)
    assert len(out.records) + len(out.problems) == len(rows)
    bad = [p.index for p in out.problems]
    assert bad == sorted(set(bad)) and all(p.reason_code in REASONS and p.message for p in out.problems)
    for record in out.records:
        assert record["external_id"] and all(type(v) is FIELDS.get(k, bool) for k, v in record.items())


@settings(max_examples=60, deadline=None)
@given(rows=st.lists(ROW, min_size=1, max_size=8), order=st.randoms())
def test_neighbours_and_order_do_not_matter(wide: Mapper, rows: list[dict[str, Any]], order: Any) -> None:
    whole = wide.map(rows)
    shuffled = list(rows)
    order.shuffle(shuffled)
    assert sorted(map(repr, wide.map(shuffled).records)) == sorted(map(repr, whole.records))
    assert [repr(r) for row in rows for r in wide.map([row]).records] == [repr(r) for r in whole.records]


NAME = st.text("聂漆巢敖晏晓永德梅茂安春", min_size=2, max_size=4)
DIGITS = st.text("0123456789", min_size=17, max_size=17).map(lambda t: t + "X")
MOBILE = st.text("0123456789", min_size=9, max_size=9).map(lambda t: "14" + t)
FILLER = st.text("上高县泗溪镇因山墙渗水发生争执，（）。 ", max_size=12)


@settings(max_examples=150, deadline=None)
@given(name=NAME, other=NAME, number=DIGITS, phone=MOBILE, fill=st.lists(FILLER, min_size=5, max_size=5), bad=st.booleans())
def test_no_clear_person_leaves(wide: Mapper, name: str, other: str, number: str, phone: str, fill: list[str], bad: bool) -> None:
    story = f"{fill[0]}{name}{fill[1]}（{number}，{phone}）{fill[2]}{other}{fill[3]}".replace(" ", "")
    row = dict.fromkeys(COLUMNS, "")
    row |= {"id": "1", "a": "", "f": story + fill[4], "n": name, "i": number, "e": "x" if bad else "", "p": [{"n": other, "i": number}]}  # type: ignore[dict-item]
    out = wide.map([row])
    assert len(out.problems) == bad
    assert [c for c in (name, other, number, phone) if c in repr(out)] == []


def test_forty_thousand_rows_a_second_of_a_simple_feed(tmp_path: Path) -> None:
    mapping = KEYED + (
        'kind = { const = "call" }\naccepted_on = { from = "d", date = "%Y-%m-%d" }\n'
        'category = { from = "c", table = { "1" = "01", "2" = "02" } }\ntitle = { from = "t" }\npeople = { from = "p" }\n'
    )
    mapper = Mapper(feed(tmp_path, PLAIN, mapping), b"k")
    days = [date(2024, 1, 1) + timedelta(days=i) for i in range(700)]
    rows = [{"id": str(i), "d": days[i % 700].isoformat(), "c": "12"[i % 2], "t": f"两户争执 {i}", "p": str(i % 9)} for i in range(40_000)]
    began = time.process_time()
    count = sum(len(mapper.map(rows[i : i + 5000]).records) for i in range(0, len(rows), 5000))
    assert count == 40_000 and time.process_time() - began < 1.0
