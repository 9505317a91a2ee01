"""Dates and numbers in every way they are written: what is read, what is refused, and that any moment reads back."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.chinese import number
from connectors.dates import How, date_parser, epoch_parser
from connectors.values import Bad, number_parser
from tests.connectors.build import mapped

AT = "%Y-%m-%d %H:%M:%S"


@pytest.mark.parametrize(
    ("form", "text", "wanted"),
    [
        ("chinese", "2026年1月5日 下午3点", "2026-01-05 15:00:00"), ("chinese", "2026年1月5日下午3时05分", "2026-01-05 15:05:00"),
        ("chinese", "二〇二六年一月五日", "2026-01-05 00:00:00"), ("chinese", "二零二六年十二月三十一日上午十点半", "2026-12-31 10:30:00"),
        ("chinese", "２０２６年１月５日", "2026-01-05 00:00:00"), ("chinese", "2026年1月5日中午12点", "2026-01-05 12:00:00"),
        ("chinese", "2026年1月5日中午1点", "2026-01-05 13:00:00"), ("chinese", "2026年1月5日晚上12点", "2026-01-06 00:00:00"),
        ("chinese", "2026年1月5日晚上12点半", "2026-01-06 00:30:00"), ("chinese", "2026年1月5日凌晨12点", "2026-01-05 00:00:00"),
        ("chinese", "2026年1月5日（星期一）15:30:20", "2026-01-05 15:30:20"), ("chinese", "2026年1月5日24时", "2026-01-06 00:00:00"),
        ("chinese", "2026-1-5 晚上8:05", "2026-01-05 20:05:00"), ("chinese", "2026年1月廿一号下午两点一刻", "2026-01-21 14:15:00"),
        ("chinese", "26年1月5日", None), ("chinese", "2026年2月30日", None), ("chinese", "2026年1月5日上午15点", None), ("chinese", "2026年1月", None),
        ("chinese", "2026年1月5日晚上2点", None), ("chinese", "2026年1月5日 25时", None), ("chinese", "一" * 500, None),
        ("roc", "1150105", "2026-01-05 00:00:00"), ("roc", "0990101", "2010-01-01 00:00:00"), ("roc", "990101", "2010-01-01 00:00:00"),
        ("roc", "115/01/05", "2026-01-05 00:00:00"), ("roc", "民國115年1月5日下午3點", "2026-01-05 15:00:00"), ("roc", "中華民國一百一十五年一月五日", "2026-01-05 00:00:00"),
        ("roc", "一一五年一月五日", "2026-01-05 00:00:00"), ("roc", "1150105 1230", "2026-01-05 12:30:00"), ("roc", "2026-01-05", None), ("roc", "1151301", None),
        ("excel", "46027", "2026-01-05 00:00:00"), ("excel", "46027.5", "2026-01-05 12:00:00"), ("excel", "61", "1900-03-01 00:00:00"),
        ("excel", "59", "1900-02-28 00:00:00"), ("excel", "60", None), ("excel", "99999999", None), ("excel", "-1", None), ("excel1904", "44565", "2026-01-05 00:00:00"),
        ("iso", "2026-01-05T24:00:00Z", "2026-01-06 08:00:00"), ("iso", "2026-01-05 24:00", "2026-01-06 00:00:00"), ("iso", "2026-01-05T24:30", None),
        ("iso", "2026-01-05T10:00:00+08:00", "2026-01-05 10:00:00"), ("iso", "2026-01-05T10:00:00+09:00", "2026-01-05 09:00:00"),
        ("%Y-%m-%d %H:%M", "2026-1-5 24:00", "2026-01-06 00:00:00"), ("%Y/%m/%d", "２０２６／１／５", "2026-01-05 00:00:00"), ("%d.%m.%Y", "31.04.2026", None),
    ],
)  # fmt: skip
def test_one_date(form: str, text: str, wanted: str | None) -> None:
    found = date_parser([form])(text)
    assert (found.strftime(AT) if found else None) == wanted


@pytest.mark.parametrize(
    ("rule", "text", "wanted"),
    [
        ('date = "iso", zone = "UTC"', "2026-01-04 16:30:00", "2026-01-05"), ('date = "iso", zone = "Asia/Tokyo"', "2026-01-05", "2026-01-05"),
        ('date = "iso", zone = "UTC"', "2026-01-05T00:00:00+08:00", "2026-01-05"), ('date = "%Y-%m-%d %H:%M"', "2026-01-05 24:00", "2026-01-05"),
        ('date = "chinese"', "2026年1月5日晚上12点", "2026-01-05"), ('date = "%y-%m-%d", century = 2000', "26-1-5", "2026-01-05"),
        ('date = "%y-%m-%d", century = 2000', "99-1-5", "bad_date"), ('date = "%y-%m-%d", century = 1900', "99-1-5", "1999-01-05"),
        ('date = "chinese", century = 2000', "26年1月5日", "2026-01-05"), ('epoch = "us"', "1767542400000000", "2026-01-05"),
        ('epoch = "s"', "1767542400.5", "2026-01-05"), ('date = "excel"', "366", "bad_date"), ('date = "excel"', "73050", "bad_date"),
        ('date = "roc"', "0010101", "bad_date"), ('date = ["%Y-%m-%d", "chinese", "excel", "roc", "iso"]', "1150105", "2026-01-05"),
        ('date = "chinese"', "2126年1月5日", "bad_date"), ('date = "chinese"', "一九〇〇年一月一日", "bad_date"),
    ],
)  # fmt: skip
def test_one_day(tmp_path: Path, rule: str, text: str, wanted: str) -> None:
    out = mapped(tmp_path, f'[fields]\naccepted_on = {{ from = "a", {rule} }}\n', {"a": text})
    assert (out.problems[0].reason_code if out.problems else str(out.records[0]["accepted_on"])) == wanted


def test_a_zone_for_the_whole_feed_and_another_for_one_rule(tmp_path: Path) -> None:
    mapping = '[rows]\nzone = "UTC"\n[fields]\nhappened_at = { from = "a", date = "iso" }\nrevised_at = { from = "a", date = "iso", zone = "Asia/Tokyo" }\n'
    (record,) = mapped(tmp_path, mapping, {"a": "2026-01-05 10:00"}).records
    assert (record["happened_at"].hour, record["revised_at"].hour) == (18, 9)


NUMERALS = "〇一二三四五六七八九十"


def _spelt(n: int) -> str:
    return NUMERALS[n] if n <= 10 else ("" if n < 20 else NUMERALS[n // 10]) + "十" + (NUMERALS[n % 10] if n % 10 else "")


def _with_part(m: datetime) -> str:
    part, hour = ("凌晨", m.hour) if m.hour < 6 else ("上午", m.hour) if m.hour < 12 else ("下午", m.hour - 12 or 12) if m.hour < 19 else ("晚上", m.hour - 12)
    return f"{m.year}年{m.month}月{m.day}日 {part}{hour}点{m.minute:02d}分{m.second}秒"


def _in_han(m: datetime) -> str:
    year = "".join(NUMERALS[int(c)] for c in str(m.year))
    return f"{year}年{_spelt(m.month)}月{_spelt(m.day)}日{_spelt(m.hour)}时{_spelt(m.minute)}分{_spelt(m.second)}秒"


def _wide(text: str) -> str:
    return "".join(chr(ord(c) + 0xFEE0) if c.isdigit() else c for c in text)


WAYS = {
    "chinese, by part of the day": ("chinese", _with_part), "chinese numerals": ("chinese", _in_han),
    "wide": (AT, lambda m: _wide(m.strftime(AT))), "unpadded": ("%Y/%m/%d %H:%M:%S", lambda m: f"{m.year}/{m.month}/{m.day} {m.hour}:{m.minute}:{m.second}"),
    "touching": ("%Y%m%d%H%M%S", lambda m: m.strftime("%Y%m%d%H%M%S")), "iso": ("iso", datetime.isoformat), "iso in UTC": (
        "iso", lambda m: (m - timedelta(hours=8)).isoformat() + "Z"),
    "roc": ("roc", lambda m: f"{m.year - 1911}/{m.month}/{m.day} {m:%H:%M:%S}"), "roc in words": ("roc", lambda m: f"民國{m.year - 1911}年{m.month}月{m.day}日 {m:%H時%M分%S秒}"),
    "roc, touching": ("roc", lambda m: f"{m.year - 1911:03d}{m:%m%d%H%M%S}"),
    "excel": ("excel", lambda m: f"{(m - datetime(1899, 12, 30)) / timedelta(days=1):.10f}"),
    "excel from 1904": ("excel1904", lambda m: f"{(m - datetime(1904, 1, 1)) / timedelta(days=1):.10f}"),
}  # fmt: skip
# China had summer time until 1991: then an hour was two hours.
MOMENT = st.datetimes(datetime(1992, 1, 1), datetime(2099, 12, 31)).map(lambda m: m.replace(microsecond=0))


@pytest.mark.parametrize("way", WAYS)
@given(moment=MOMENT)
def test_any_moment_reads_back(way: str, moment: datetime) -> None:
    form, write = WAYS[way]
    assert date_parser([form])(write(moment)) == moment


@given(MOMENT)
def test_any_epoch_reads_back(moment: datetime) -> None:
    seconds = int((moment - datetime(1970, 1, 1, 8)).total_seconds())
    assert {epoch_parser(u)(str(seconds * n)) for u, n in (("s", 1), ("ms", 1_000), ("us", 1_000_000))} == {moment}


@given(st.text(max_size=30), st.sampled_from(["chinese", "roc", "excel", "excel1904", "iso", "%Y-%m-%d"]))
def test_no_text_breaks_a_date(text: str, form: str) -> None:
    found = date_parser([form], How(century=2000))(text)
    assert found is None or found.tzinfo is None


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("三人", 3), ("两万元", 20_000), ("1.2万", 12_000), ("1,200", 1_200), ("12 345", 12_345), ("1,2", "not a number"), ("1,2000", "not a number"),
        ("(3)", "negative"), ("-3", "negative"), ("（1,200）", "negative"), ("一百零五人", 105), ("一百五", 150), ("一万零五", 10_005), ("3-5人", "range"),
        ("三至五人", "range"), ("１，２００", 1_200), ("零", 0), ("十几人", "unit"), ("2千元", 2_000), ("3百万", 3_000_000), ("叁万伍仟圆整", 35_000),
        ("一亿二千万", 120_000_000), ("人民币3万元", 30_000), ("万", "not a number"), ("一" * 200, "range"), ("1" * 200, "range"), ("", "not a number"),
    ],
)  # fmt: skip
def test_one_number(text: str, wanted: Any) -> None:
    found = number_parser(int, {}, 1)(text)
    assert wanted in found.words if isinstance(wanted, str) else found == wanted


@pytest.mark.parametrize(
    ("text", "first", "last", "most"),
    [("3-5人", 3, 5, 5), ("3～5万元", 30_000, 50_000, 50_000), ("三至五人", 3, 5, 5), ("三-五万元", 30_000, 50_000, 50_000), ("5", 5, 5, 5),
     ("3万—5万", 30_000, 50_000, 50_000), ("10到3人", 10, 3, 10), ("1-2-3", None, None, None), ("三-", None, None, None)],
)  # fmt: skip
def test_one_range(text: str, first: int | None, last: int | None, most: int | None) -> None:
    found = [number_parser(int, {}, 1, take)(text) for take in ("first", "last", "max")]
    assert [None if isinstance(f, Bad) else f for f in found] == [first, last, most]


def _numeral(n: int) -> str:
    """The plain way to say a number below 100 million."""
    if n >= 10_000:
        rest = n % 10_000
        return _numeral(n // 10_000) + "万" + (("零" if rest < 1_000 else "") + _numeral(rest) if rest else "")
    out, gap = "", False
    for worth, unit in ((1_000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = n // worth % 10
        if digit:
            out += ("零" if gap and out else "") + NUMERALS[digit] + unit
        gap = not digit
    return out or "零"


@given(st.integers(0, 99_999_999))
def test_any_numeral_reads_back(n: int) -> None:
    assert number(_numeral(n)) == n


@given(st.text(max_size=40), st.sampled_from([None, "first", "max"]))
def test_no_text_breaks_a_number(text: str, take: str | None) -> None:
    found = number_parser(float, {}, 1, take)(text)
    assert isinstance(found, Bad) or 0 <= found <= 1e13


@pytest.mark.parametrize(
    ("field", "text", "wanted"),
    [("lon", "114°55′30″E", 114.925), ("lon", "114度55分30秒", 114.925), ("lon", "东经114°55.5′", 114.925), ("lat", "N28°", 28.0), ("lon", "W75°30'", -75.5),
     ("lon", "POINT(114.9 28.2)", 114.9), ("lat", "SRID=4326;POINT Z (114.9 28.2 5)", 28.2), ("lat", "114°55′30″E", None), ("lon", "114°75′", None), ("lon", "x", None)],
)  # fmt: skip
def test_one_coordinate(tmp_path: Path, field: str, text: str, wanted: float | None) -> None:
    mapping = f'[fields]\n{field} = {{ from = "a" }}\n{"lat" if field == "lon" else "lon"} = {{ from = "b" }}\n'
    out = mapped(tmp_path, mapping, {"a": text, "b": "10"})
    assert (out.problems[0].reason_code == "bad_coordinates") if wanted is None else out.records[0][field] == wanted
