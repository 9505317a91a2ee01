"""`yizhan feeds new`, `check` and `list` over a real store: what they write, and that a check writes nothing."""

from __future__ import annotations

import hashlib
import os
import sqlite3
from pathlib import Path
from typing import Any

import orjson
import pytest
from sqlalchemy import MetaData, create_engine, select
from typer.testing import CliRunner

import cli
from connectors.base import Fatal
from connectors.propose_made import Proposal
from connectors.propose_sample import Sample
from connectors.registry import load_feed
from services.feed_answers import pairs, settle
from services.feed_new import pattern

SAMPLE = Path(__file__).parents[1] / "docs/feeds/sample-wage.csv"


@pytest.fixture
def run(store_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Runs a command over a prepared store of its own; gives its output, and checks its end."""
    monkeypatch.chdir(tmp_path)
    for name, value in (("DATABASE_URL", store_url), ("DATA_DIR", str(tmp_path / "data")), ("FEEDS_DIR", str(tmp_path / "feeds"))):
        monkeypatch.setenv(f"YIZHAN_{name}", value)
    (tmp_path / "feeds").mkdir()
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / SAMPLE.name).write_bytes(SAMPLE.read_bytes())
    os.utime(tmp_path / "in" / SAMPLE.name, (1_700_000_000, 1_700_000_000))

    def call(*words: str, typed: str | None = None) -> str:
        result = CliRunner().invoke(cli.app, list(words), input=typed, catch_exceptions=False)
        assert result.exit_code == 0, result.output
        return result.output

    call("init")
    return call


def everything(url: str) -> str:
    """A digest of every row of every table."""
    engine = create_engine(url)
    tables = MetaData()
    tables.reflect(engine)
    digest = hashlib.sha256()
    with engine.connect() as connection:
        for table in (t for t in tables.sorted_tables if not t.name.startswith("matter_search")):  # SQLite's index cannot be read as a table
            for row in sorted(map(str, connection.execute(select(table)))):
                digest.update(f"{table.name} {row}".encode())
    engine.dispose()
    return digest.hexdigest()


def test_new_check_ingest_check(run: Any, store_url: str, tmp_path: Path) -> None:
    said = run("feeds", "new", "in/sample-wage.csv", "--name", "wages", "--yes")
    assert "stays open: What kind of paper" in said and "12 would come in" in said
    assert (tmp_path / "feeds/wages/README.md").read_text().startswith("# sample-wage")
    before = everything(store_url)
    (report,) = orjson.loads(run("feeds", "check", "wages", "--json"))
    assert (report["rows"], report["records"], report["new"], report["quarantined"]) == (12, 12, 12, 0)
    assert report["located"] == {"township": 10, "village": 2} or sum(report["located"].values()) == 12
    assert report["days"]["closed_on"] == ["2026-02-01", "2026-02-11"] and report["unused"] == ["经办科室", "被申请单位"]
    assert run("feeds", "check", "wages", "--rows", "3").startswith("wages: 3 rows read")
    assert run("feeds", "check", "--feed-file", "feeds/wages/feed.toml").startswith("wages: 12 rows")
    assert everything(store_url) == before
    assert "new 12" in run("ingest", "wages")
    text = SAMPLE.read_bytes().decode("gb18030").replace("调解成功", "未达成协议", 1) + "LD2026-001,不是日期" + "," * 14 + "\r\n"
    (tmp_path / "in/sample-wage.csv").write_bytes(text.encode("gb18030"))
    os.utime(tmp_path / "in/sample-wage.csv", (1_700_000_000, 1_700_000_000))
    before = everything(store_url)
    (report,) = orjson.loads(run("feeds", "check", "wages", "--json"))
    assert (report["new"], report["changed"], report["unchanged"], report["quarantined"]) == (0, 1, 11, 1)
    assert report["problems"][0]["column"] == "登记日期" and report["problems"][0]["reason"] == "bad_date"
    assert everything(store_url) == before
    listed = run("feeds", "list")
    assert [line for line in listed.splitlines() if line.startswith("wages ") and "12 rows" in line]


def test_no_person_is_shown_or_written(run: Any, tmp_path: Path) -> None:
    said = run("feeds", "new", "in/sample-wage.csv", "--name", "wages", "--yes") + run("feeds", "check", "--feed-file", "feeds/wages/feed.toml", "--json")
    said += (tmp_path / "feeds/wages/feed.toml").read_text()
    assert [clear for clear in ("聂晓梅", "漆永茂", "999000198001011234", "14200000001") if clear in said] == []


def test_answers_are_worked_in(run: Any, tmp_path: Path) -> None:
    run("feeds", "new", "in/sample-wage.csv", typed="物业\nwages\n欠薪登记\nUnpaid wages\nLabour!\nlabour\nsoon\n600\nnonsense\nintake\n")
    spec = load_feed(tmp_path / "feeds/wages")
    assert (spec.title.zh, spec.agency.code, spec.agency.mark, spec.mapping.fields["kind"].const) == ("欠薪登记", "labour", "欠", "intake")
    again = CliRunner().invoke(cli.app, ["feeds", "new", "in/sample-wage.csv", "--name", "wages", "--yes"])
    assert again.exit_code and "there already" in str(again.exception)


def test_a_database_is_a_sample_and_its_address_stays_out_of_the_file(run: Any, tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "source.sqlite3") as base:
        base.execute("CREATE TABLE v_cases (AH TEXT, LARQ TEXT, GXSJ TEXT)")
        base.executemany("INSERT INTO v_cases VALUES (?, ?, ?)", [(f"(2026)赣0923民初{i}号", f"2026-01-0{i}", f"2026-01-0{i} 10:00:00") for i in range(1, 9)])
    base.close()
    said = run("feeds", "new", f"sqlite:///{tmp_path}/source.sqlite3", "--table", "v_cases", "--name", "cases", "--yes")
    text = (tmp_path / "feeds/cases/feed.toml").read_text()
    assert "8 would come in" in said and "source.sqlite3" not in text and 'url = "${YIZHAN_CASES_URL}"' in text
    assert 'column = "GXSJ"' in text and 'number = { from = "AH" }' in text


def test_names_of_files_to_come() -> None:
    assert pattern("台账_2026年第05周.xlsx") == "台账_*年第*周.xlsx"
    assert pattern("sample-wage.csv") == "sample-wage*.csv" and pattern("a[1].csv") == "a?*?.csv"


def test_answers_that_cannot_be() -> None:
    assert pairs("1=01, 2=02") == {"1": "01", "2": "02"}
    with pytest.raises(Fatal, match="value=code"):
        pairs("1:01")
    made = Proposal({}, [])
    from connectors.propose_made import Question

    made.questions = [Question("key", "", "a", ("a",)), Question("codes:category:LX", "", "")]
    with pytest.raises(Fatal, match="no column 'b'"):
        settle(made, {"key": "b"}, Sample(["a"], [], {}))
    with pytest.raises(Fatal, match="category is one of"):
        settle(made, {"codes:category:LX": "1=77"}, Sample(["a"], [], {}))
