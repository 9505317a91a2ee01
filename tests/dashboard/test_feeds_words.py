"""How a feed is said and drawn: every state in words with a shape of its own, bars that keep their proportions."""

from __future__ import annotations

import ast
import re
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from connectors.reasons import REASONS
from connectors.transports import fetch
from dashboard import i18n
from dashboard.components import feed_bars, feed_words, problem_words
from dashboard.components.failure_words import failure
from dashboard.components.masking import masked
from services import store_health
from services.feed_shapes import DayCounts, FeedCard, Hold, Paused, QuarantineRow
from store.feeds import INTERRUPTED

NOW = datetime(2026, 11, 24, 9, 30)
GOOD = FeedCard("police", "police", "公安", "Police", "警", "incremental", "60", 60, NOW, NOW, NOW, 0, False, 0, "", 0, "closed", None, NOW)
HOLD = Hold(1, "police", 1, NOW, 10, 3, 7, "open", None, "", "")
CSS = (Path(__file__).parents[2] / "assets/css/feeds.css").read_text("utf-8")


@pytest.mark.parametrize(("changes", "first"), [
    ({}, "ok"), ({"late": True, "late_days": 3}, "late"), ({"paused": Paused(NOW, "a", "b")}, "paused"), ({"hold": HOLD}, "held"),
    ({"error": "x", "failures": 1}, "failed"), ({"error": "x", "failures": 3}, "failing"), ({"missing": ("TOKEN",)}, "unset"),
    ({"error": "x", "failures": 5, "circuit": "open", "circuit_until": NOW + timedelta(hours=1), "late": True}, "failing"),
])  # fmt: skip
def test_every_state_has_words_and_a_shape_of_its_own(changes: dict[str, Any], first: str) -> None:
    chips = feed_words.chips(replace(GOOD, **changes))
    assert chips[0][0] == first and all(text for _, text in chips)
    assert first == "ok" or f".fst.{first}::before" in CSS
    with i18n.speaking("en"):
        assert not re.search("[\u4e00-\u9fff]", "".join(text for _, text in feed_words.chips(replace(GOOD, **changes))))


TRANSPORTS = Path(__file__).parents[2] / "connectors/transports"
# Raises that hand on what another place says; each of those is in the table itself, or below.
HANDED_ON = {"{self.origin}: {words}", "{self.origin}: {_network_words(error)}", "{origin}: the answer {error}", "{'; '.join([*fatal, *later])}",
             "{'; '.join(later)}", "{end['fatal']}", "{f'sheet {sheet.name!r} {error}' if self.settings.sheets else str(error)}"}  # fmt: skip
HOLES = {"_not(declared)": "is not utf-8", "what": "rows", "' or '.join(fitting)": "big5 or gb18030"}
OF_ANSWERS = ("http_bodies", "http_xml", "decode")  # page_of puts the address before what these say


def _text(node: ast.AST) -> str:
    if isinstance(node, ast.JoinedStr):
        return "".join(v.value if isinstance(v, ast.Constant) else f"{{{ast.unparse(v.value)}}}" for v in node.values)  # type: ignore[attr-defined]
    return str(node.value) if isinstance(node, ast.Constant) else f"{{{ast.unparse(node)}}}"


def _filled(text: str) -> list[str]:
    if found := re.match(r"\{'([^']+)' if .*? else '([^']+)'\}", text):
        return [part + re.sub(r"\{.*?\}", "7", text[found.end() :]) for part in found.groups()]
    return [re.sub(r"\{(.*?)\}", lambda m: HOLES.get(m.group(1), "7"), text)]


def _raised() -> list[tuple[str, bool]]:
    """Every sentence with which a transport ends a run, and whether it is tried again by itself."""
    found = []
    for path in sorted(TRANSPORTS.glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            kind = ast.unparse(node.func) if isinstance(node, ast.Call) and node.args else ""
            if kind in ("Fatal", "Retry", "Busy", "Refused", "kind") and isinstance(node, ast.Call) and _text(node.args[0]) not in HANDED_ON:
                before = "http://a/x: the answer " if path.stem in OF_ANSWERS else "b.csv: "
                found += [(before + text, kind in ("Retry", "Busy")) for text in _filled(_text(node.args[0]))]
    return found


RAISED = _raised()


def test_every_failure_that_a_transport_knows_has_words_that_say_whether_to_wait_or_to_act() -> None:
    """A new sentence without words in components/failure_words.py fails here, and so does one that promises a retry that mends nothing."""
    assert len(RAISED) > 100
    wrong = [(error, said) for error, again in RAISED for said in [failure(error)] if said == "采集没有成功" or ("自动" in said) is not again]
    assert wrong == []
    with i18n.speaking("en"):
        assert not [error for error, _ in RAISED if re.search("[\u4e00-\u9fff]", failure(error))]


@pytest.mark.parametrize(("error", "words"), [
    (INTERRUPTED, "被打断"), *((text, "磁盘满" if code == "disk_full" else "数据库暂时写不进去") for code, text in store_health.WORDS.items()),
    ("feed a: set A_TOKEN in the environment (/x/feed.toml asks for it)", "还没有给凭据"),
    *((f"http://a/x: {fetch._network_words(error)}", words) for error, words in (
        (httpx.ConnectError(""), "连不上"), (httpx.ReadTimeout(""), "太慢"), (httpx.RemoteProtocolError(""), "中途断开"), (httpx.ReadError(""), "连不上"))),
    ("https://a/x: its certificate is not trusted (self-signed certificate); check the address, or give transport.tls.ca", "证书不可信"),
    ("https://a/x: refuses our certificate (tlsv13 alert certificate required); check transport.tls.cert and key", "我们的证书"),
    ('postgresql+psycopg://reader@db/x#v: connection failed: FATAL: password authentication failed for user "r"; check transport.url', "账号"),
    ("postgresql+psycopg://r@db/x#v: connection failed: connection to server at 10.0.0.1 failed: Connection refused", "连不上"),
    ("sqlite:///x.db#v: no such table: v; check transport.url, table or query_file, and since.column", "没有这个库、表或列"),
    ("mysql+pymysql://denied:***@db/x#v: Lock wait: database is locked", "正忙"),
    ("a.xlsx: has 300 sheets, more than transport.max_sheets = 100", "大小上限"),
    ("refused 401 (column).csv: is not a whole workbook: half a file", "没有传完整"),
    ("a.csv: has no column title; its columns are id; b.zip: unpacks into 30,000,000 bytes from 40: refused", "列与约定不符"),
    ("something nobody thought of", "采集没有成功"),
])  # fmt: skip
def test_a_failure_is_said_in_words(error: str, words: str) -> None:
    assert words in failure(error)


def _day(n: int, received: int, **counts: int) -> DayCounts:
    parts = {"new": received, "changed": 0, "unchanged": 0, "withdrawn": 0, "quarantined": 0, **counts}
    return DayCounts(date(2026, 11, n), "police", 1, 0, received, **parts)


def test_bars_keep_their_proportions_and_a_first_load_does_not_hide_the_rest() -> None:
    assert feed_bars.scale([]) == 1 and feed_bars.scale([_day(1, 40), _day(2, 80)]) == 80
    days = [_day(20, 10_000), _day(21, 100), _day(22, 50)]
    assert 100 < feed_bars.scale(days) <= 130
    paths: dict[str, str] = dict.fromkeys((*feed_bars.STACK, "fail", "cut"), "")
    for i, d in enumerate(days):
        feed_bars._bar(paths, d, i * feed_bars.STEP, feed_bars.scale(days), 100)
    tall = [96 - float(top) for top in re.findall(r"V([\d.]+)h8", paths["new"])]
    assert len(tall) == 3 and tall[1] == pytest.approx(2 * tall[2], abs=0.2) and paths["cut"].count("M") == 1 and max(tall) <= 94


def test_a_tip_says_what_adds_up() -> None:
    said = feed_bars.said(date(2026, 11, 21), _day(21, 12, new=7, unchanged=3, quarantined=2))
    numbers = [int(x) for x in re.findall(r"\d+", said.split("：", 1)[1])]
    assert numbers[0] == 12 == sum(numbers[1:])


def test_every_reason_says_what_to_do_in_both_languages() -> None:
    for code in REASONS:
        assert len(feed_words.todo(code)) > 10
        with i18n.speaking("en"):
            assert not re.search("[\u4e00-\u9fff]", feed_words.todo(code))


def test_a_long_run_of_digits_never_reaches_the_screen() -> None:
    assert masked("电话 13812345678") == "电话 138****" and masked({"a": "360902199001011234"}) == '{"a":"360****"}' and masked(None) == "—"


SOURCES = ("values", "rules", "parts", "splitting", "mapping")
_BAD = re.compile(r"""Bad\("(\w+)", f?"([^"]+)\"""")


def _row(reason: str, message: str, column: str = "办结日期") -> QuarantineRow:
    return QuarantineRow(1, "police", 1, NOW, "a.csv", 1, column, reason, message, {}, "open", False, False, None, None, None, ())


def _messages() -> list[tuple[str, str]]:
    """Every message that the mapping can give, as it stands in its code, with something in the place of its fields."""
    folder = Path(__file__).parents[2] / "connectors"
    found = [m for name in SOURCES for m in _BAD.findall((folder / f"{name}.py").read_text("utf-8"))]
    said = list(re.findall(r'return "((?:is|has) [^"]+)"', (folder / "values.py").read_text("utf-8")))
    return [(r, re.sub(r"\{limit\}\{?", "90", re.sub(r"\{hint\}", "", m)).replace("{field}", "kind")) for r, m in found] + [("bad_number", m) for m in said]


def test_every_problem_of_a_row_is_said_in_the_language_of_the_screen() -> None:
    messages = _messages()
    assert len(messages) > 20
    for reason, message in messages:
        filled = re.sub(r"\{(?!__)[^{}]*\}", "7", message)
        for text in (filled, f"'2026-13-40' {filled}"):
            said = problem_words.problem(_row(reason, text))
            assert not re.search("[a-z]{3,} [a-z]{2,} ", said) and said != f"办结日期：{feed_words.reason(reason)}", (text, said)
            with i18n.speaking("en"):
                assert problem_words.problem(_row(reason, text)) == text


def test_a_problem_names_its_column_and_shows_no_long_number() -> None:
    assert problem_words.problem(_row("bad_date", "'2026-13-40' is not a date as %Y-%m-%d")) == "办结日期“2026-13-40”不是约定写法（%Y-%m-%d）的日期"
    assert "13812345678" not in problem_words.problem(_row("bad_number", "'13812345678' is not a number"))
    assert problem_words.problem(_row("missing_required", "办结日期 is empty")) == "办结日期 是空的"
    broken = _row("wrong_columns", REASONS["wrong_columns"].zh, "")
    assert problem_words.problem(broken) == REASONS["wrong_columns"].zh
    with i18n.speaking("en"):
        assert problem_words.problem(broken) == REASONS["wrong_columns"].en
