"""A mistake in a feed.toml is told with the file, the key, and what it may be."""

from __future__ import annotations

from pathlib import Path

import pytest

from connectors.base import Fatal
from connectors.mapping import Mapper
from connectors.registry import load_feed, load_feeds, open_transport
from connectors.transports.csv import CsvFolder
from tests.connectors.build import HEAD, KEYED, PLAIN, feed

CSV = '[transport]\nkind = "csv"\npath = "in"\nencoding = "utf-8"\n'


def _told(folder: Path, text: str) -> str:
    (folder / "feed.toml").write_text(text, encoding="utf-8")
    with pytest.raises(Fatal) as raised:
        load_feed(folder / "feed.toml", {})
    assert str(folder / "feed.toml") in str(raised.value)
    return str(raised.value)


@pytest.mark.parametrize(
    ("mapping", "words"),
    [
        ('external_id = { form = "id" }', ["fields.external_id", "unknown key 'form'", "from", "template"]),
        ('title = { from = "t" }', ["fields.external_id is missing"]),
        ('external_id = { from = "id" }\nname = { from = "t" }', ["fields.name: no such field", "external_id", "title"]),
        ('external_id = { from = "id" }\nrefs = { from = "t" }', ["fields.refs: is set by rows.refs"]),
        ('external_id = { from = "id", const = "x" }', ["exactly one of", "found from and const"]),
        ("external_id = { required = true }", ["exactly one of", "found none"]),
        ('external_id = { from = "id" }\naccepted_on = { from = "d" }', ["fields.accepted_on", "say how it is written"]),
        ('external_id = { from = "id" }\naccepted_on = { from = "d", date = "%Y", epoch = "s" }', ["either date or epoch"]),
        ('external_id = { from = "id" }\ntitle = { from = "d", date = "%Y" }', ["fields.title", "for days and times"]),
        ('external_id = { from = "id" }\ntitle = { from = "d", number = {} }', ["fields.title", "number is for"]),
        ('external_id = { from = "id" }\nescalated = { from = "d" }', ["fields.escalated", "is true or false"]),
        ('external_id = { from = "id" }\ntitle = { test = { a = "1" } }', ["fields.title", "test gives true or false"]),
        ('external_id = { from = "id" }\nkind = { const = "petitoin" }', ["fields.kind", "'petitoin' is not one of", "petition"]),
        ('external_id = { from = "id" }\ncategory = { from = "c", table = { a = "1" } }', ["fields.category", "'1' is not one of 01"]),
        ('external_id = { from = "id" }\ncategory = { from = "c", table = "kinds" }', ["no table 'kinds'", "there is none"]),
        ('external_id = { from = "id" }\npeople = { from = "c", default = "3" }', ["fields.people", "'3' is not a int"]),
        ('external_id = { from = "id" }\npeople = { from = "c", default = true }', ["fields.people", "True is not a int"]),
        ('external_id = { from = "id" }\ntitle = { from = "c", extract = "(" }', ["fields.title", "not a regular expression"]),
        ('external_id = { from = "id", when = { a = 1 } }', ["condition on 'a'", "text in quotes"]),
        ('external_id = { from = "id", when = { a = { is = "1" } } }', ["condition on 'a'", "not=", "filled", "matches"]),
        ('external_id = { from = "id", when = {} }', ["at least one column"]),
        ('external_id = { from = "id", on_error = "ignore" }', ["fields.external_id.on_error", "'quarantine' or 'blank'"]),
        ('external_id = { cases = [{ from = "a" }, { table = "x" }] }', ["fields.external_id.cases.1"]),
        ('external_id = { from = "id" }\nstage = { cases = [{ const = "done" }] }', ["fields.stage.cases[0]", "'done' is not one of"]),
    ],
)  # fmt: skip
def test_mistakes_in_the_mapping(tmp_path: Path, mapping: str, words: list[str]) -> None:
    told = _told(tmp_path, HEAD + PLAIN + "[fields]\n" + mapping)
    assert [w for w in words if w not in told] == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (HEAD + "cadence = 1\n" + PLAIN + KEYED, ["agency", "unknown key 'cadence'", "rank"]),
        (HEAD.replace('feed = "try"', 'feeed = "try"') + PLAIN + KEYED, ["unknown key 'feeed'", "late_after_seconds"]),
        (HEAD.replace('feed = "try"\n', "") + PLAIN + KEYED, ["feed: is missing"]),
        (HEAD.replace("= 600", "= 6") + PLAIN + KEYED, ["late_after_seconds", "always late"]),
        (HEAD + KEYED, ["transport.kind: is missing", "csv, excel, http, json, push, sql"]),
        (HEAD + '[transport]\nkind = "ftp"\n' + KEYED, ["transport", "'ftp'", "'http'"]),
        (HEAD + '[transport]\nkind = "csv"\npath = "x"\n' + KEYED, ["transport.encoding: is missing"]),
        (HEAD + '[transport]\nkind = "csv"\npath = "x"\nencoding = "latin-1"\n' + KEYED, ["transport.encoding", "'gb18030'"]),
        (HEAD + PLAIN + 'paging = { kind = "page" }\n' + KEYED, ["transport.paging", "needs param"]),
        (HEAD + PLAIN + 'since = { column = "t", format = "iso" }\n' + KEYED, ["transport", "since needs param"]),
        (HEAD + PLAIN + "timeout = 3\n" + KEYED, ["unknown key 'timeout'", "deadline_seconds"]),
        (HEAD + PLAIN + KEYED + '[[parties]]\nrole = "victim"\nname = "n"\n', ["parties", "unknown role 'victim'", "applicant"]),
        (HEAD + PLAIN + KEYED + '[[parties]]\nrole = "other"\n', ["parties", "at least one of name, id, phone"]),
        (HEAD + PLAIN + KEYED + "编号 = 1\n", ["is not TOML", "stands in quotes"]),
        (HEAD + PLAIN + KEYED + "[", ["is not TOML"]),
    ],
)
def test_mistakes_around_it(tmp_path: Path, text: str, words: list[str]) -> None:
    told = _told(tmp_path, text)
    assert [w for w in words if w not in told] == []


def test_a_file_that_is_not_there_or_not_utf8(tmp_path: Path) -> None:
    with pytest.raises(Fatal, match="no such file"):
        load_feed(tmp_path / "none.toml")
    (tmp_path / "feed.toml").write_bytes("# 法院".encode("gb18030"))
    with pytest.raises(Fatal, match="not UTF-8"):
        load_feed(tmp_path)


def test_two_feeds_of_one_code(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "feed.toml").write_text(HEAD + PLAIN + KEYED, encoding="utf-8")
    with pytest.raises(Fatal, match="already declared by"):
        load_feeds([tmp_path], {})
    assert list(load_feeds([tmp_path / "a"], {})) == ["try"]


def test_variables_of_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    door = '[transport]\nkind = "http"\nurl = "${HOST}/${PATH_PART:-api}"\nheaders = { a = "${HOST}-${OTHER}" }\n'
    spec = feed(tmp_path, door, env={"HOST": "http://h"})
    assert spec.transport.url == "http://h/api" and spec.missing == ("OTHER",)  # type: ignore[union-attr]
    with pytest.raises(Fatal, match="set OTHER in the environment"):
        open_transport(spec)
    monkeypatch.setenv("HOST", "http://own")
    monkeypatch.setenv("OTHER", "")  # empty is not set
    spec = load_feed(tmp_path)
    assert spec.transport.url == "http://own/api" and spec.missing == ("OTHER",)  # type: ignore[union-attr]


def test_a_seventh_source_takes_one_file(tmp_path: Path) -> None:
    (tmp_path / "justice" / "in").mkdir(parents=True)
    (tmp_path / "justice" / "in" / "a.csv").write_text("id,标题\n1,调解\n", encoding="utf-8")
    text = HEAD + CSV + KEYED + 'title = { from = "标题" }\n'
    (tmp_path / "justice" / "feed.toml").write_text(text, encoding="utf-8")
    spec = load_feeds([tmp_path])["try"]
    transport = open_transport(spec)
    assert isinstance(transport, CsvFolder)
    from connectors.base import Cursor

    records = [r for b in transport.batches(Cursor()) for r in Mapper(spec, b"k").map(b.rows).records]
    assert records == [{"external_id": "1", "title": "调解", "withdrawn": False}]
