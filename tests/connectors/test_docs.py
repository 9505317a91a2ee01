"""docs/adding-a-feed.md is run: every example gives what it says, and everything there is, is on the page."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path

import pytest
from typer.testing import CliRunner

from connectors import rulespec, spec, spec_common, spec_http
from connectors.mapping import Mapper
from connectors.reasons import REASONS
from connectors.registry import load_feed, open_transport
from matters.model import FIELDS
from matters.vocabulary import CHANNELS, KINDS, OUTCOMES, STAGES
from tests.connectors.build import HEAD, KEYED, PLAIN, feed, mapped, read, rows_of

DOCS = Path(__file__).parents[2] / "docs"
PAGE = "\n".join(p.read_text(encoding="utf-8") for p in (DOCS / "adding-a-feed.md", *sorted((DOCS / "feeds").glob("*.md"))))
BLOCKS = re.findall(r"```toml\n(.*?)```", PAGE, re.S)
EXAMPLES = [b for b in BLOCKS if re.match(r"#.*→", b)]
DOORS = [b for b in BLOCKS if b.startswith("[transport]")]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda e: e.split("\n")[1][:40])
def test_an_example_gives_what_it_says(tmp_path: Path, example: str) -> None:
    given, wanted = example.split("\n")[0].lstrip("# ").rsplit("→", 1)
    row = {}
    for name, cell in re.findall(r"(\S+) = (\{.*\}|\"[^\"]*\"|\d+)(?:, |\s*$)", given):
        row[name] = json.loads(cell)
    assert row or not given.strip()
    out = mapped(tmp_path, "[fields]\n" + example, row)
    field = re.match(r"#.*\n(\w+) =", example)
    assert field is not None and out.problems == []
    assert str(out.records[0].get(field.group(1))) == wanted.strip()


def test_there_are_examples_of_every_step() -> None:
    steps = {f.alias or n for n, f in rulespec.Rule.model_fields.items()}
    shown = set(re.findall(r"[{ ,\n](\w+) =", "\n".join([*EXAMPLES, *BLOCKS])))
    assert steps - shown <= {"with", "on_error", "add_workdays"}
    assert [s for s in steps if f"`{s}`" not in PAGE and f"`{s} =" not in PAGE] == []


def test_the_whole_feed_works(tmp_path: Path) -> None:
    whole = next(b for b in BLOCKS if b.startswith("feed ="))
    (tmp_path / "feed.toml").write_text(whole, encoding="utf-8")
    (tmp_path / "incoming").mkdir()
    header = "编号,登记日期,受理日期,类别,纠纷简况,涉及人数,发生地,申请人,身份证号,电话,状态"
    row = "R1,2026-1-5,,邻里,聂晓梅家排水沟被堵。见 JJ20260105000123,3人,上高县泗溪镇,聂晓梅,999000198001011234,14200000001,"
    (tmp_path / "incoming" / "人民调解_1.csv").write_bytes("\r\n".join([header, row]).encode("gb18030"))
    (tmp_path / "incoming" / "别的.csv").write_bytes(b"x")
    loaded = load_feed(tmp_path, {})
    (record,) = Mapper(loaded, b"k").map(rows_of(read(loaded))).records
    assert record["category"] == "02" and record["refs"] == ["JJ20260105000123"] and record["title"] == "聂 **家排水沟被堵"


@pytest.mark.parametrize("door", DOORS, ids=lambda d: d.split("\n")[1])
def test_every_door_loads(tmp_path: Path, door: str) -> None:
    env = {"SOURCE_URL": "http://127.0.0.1:9", "SECURE_URL": "https://127.0.0.1:9", "SOURCE_TOKEN": "t", "SOURCE_DATABASE": "sqlite:///x"}
    (tmp_path / "cases.sql").write_text(re.findall(r"```sql\n(.*?)```", PAGE, re.S)[0], encoding="utf-8")
    open_transport(feed(tmp_path, door, KEYED, env))
    kind = tomllib.loads(door)["transport"]["kind"]
    settings = {"http": spec.HttpSettings, "sql": spec.SqlSettings, "csv": spec.CsvSettings, "excel": spec.ExcelSettings, "json": spec.JsonSettings, "push": spec.PushSettings}[kind]
    shown = door if kind == "push" else door + PAGE
    assert [n for n in settings.model_fields if not re.search(rf"\b{n}\b", shown) and n != "method"] == []


def test_parties_example_loads(tmp_path: Path) -> None:
    block = next(b for b in BLOCKS if b.startswith("[[parties]]"))
    feed(tmp_path, PLAIN, KEYED + block)
    assert [n for n in rulespec.Party.model_fields if f"{n} =" not in block and f"`{n}`" not in PAGE] == []


def test_the_page_names_every_field_reason_and_word() -> None:
    assert [f for f in FIELDS if f"`{f}`" not in PAGE] == []
    assert [r for r in REASONS if f"`{r}`" not in PAGE] == []
    assert [n for n in rulespec.Rows.model_fields if f"`{n}`" not in PAGE] == []
    for words in (KINDS, OUTCOMES, STAGES, CHANNELS, rulespec.ROLES):
        assert [w for w in words if not re.search(rf"\b{w}\b", PAGE)] == []
    for model in (spec_http.Paging, spec_common.Since, rulespec.Split, rulespec.Number, spec.AgencySpec):
        assert [n for n in model.model_fields if not re.search(rf"\b{n}\b", PAGE)] == []
    assert HEAD.count("cadence_seconds") == 1 and "cadence_seconds" in PAGE


WALK = re.findall(r"```sh\n(.*?)```(?:\n```\n(.*?)```)?", (DOCS / "adding-a-feed.md").read_text(encoding="utf-8"), re.S)


def test_the_walk_is_walked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every command of the page in its order, in an empty folder with the sample; each line shown begins a line that was printed."""
    import cli

    monkeypatch.chdir(tmp_path)
    (tmp_path / "sample-wage.csv").write_bytes((DOCS / "feeds/sample-wage.csv").read_bytes())
    runner = CliRunner()
    assert len(WALK) == 5
    for commands, shown in WALK:
        printed = ""
        for command in commands.strip().splitlines():
            if command.startswith("export "):
                monkeypatch.setenv(*command.removeprefix("export ").split("=", 1))
                continue
            result = runner.invoke(cli.app, command.split()[1:], catch_exceptions=False)
            assert result.exit_code == 0, result.output
            printed += result.output
        assert [line for line in shown.splitlines() if not any(p.startswith(line) for p in printed.splitlines())] == []
