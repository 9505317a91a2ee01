"""Database doors that go on: query files, serial numbers, equal marks, slow answers, and a server that ends in mid-read."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.base import Cursor, Fatal, RawBatch, Retry
from connectors.registry import open_transport
from tests import pg
from tests.connectors.build import feed, read, rows_of

STAMP = 'since = { column = "changed", format = "%Y%m%d%H%M%S", start = "20000101000000", overlap_seconds = 0'
QUERY = "SELECT id, changed, n FROM t WHERE changed >= :since AND n > :least -- only; these\n"


def _door(url: str, more: str) -> str:
    return f'[transport]\nkind = "sql"\nurl = "{url}"\nbatch_rows = 3\n{more}\n'


def _filled(url: str, rows: list[tuple[Any, ...]]) -> None:
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        connection.execute(sa.text("CREATE TABLE t (id VARCHAR(20), changed VARCHAR(20), n BIGINT)"))
        if rows:
            connection.execute(sa.text("INSERT INTO t VALUES (:a, :b, :c)"), [dict(zip("abc", r, strict=True)) for r in rows])
    engine.dispose()


def _ids(batches: list[RawBatch]) -> list[str]:
    return [r["id"] for r in rows_of(batches)]


def _query(folder: Path, url: str, text: str, more: str = "") -> Any:
    (folder / "q.sql").write_text(text, encoding="utf-8")
    return feed(folder, _door(url, f'query_file = "q.sql"\n{more}'))


def test_a_serial_number_is_a_cursor_and_ties_lose_nothing(tmp_path: Path, database_url: str) -> None:
    _filled(database_url, [(str(i), "", n) for i, n in enumerate([1, 2, 3, 3, 3, 3, 4])])
    spec = feed(tmp_path, _door(database_url, 'table = "t"\nsince = { column = "n", format = "int" }'))
    batches = read(spec)
    assert [b.watermark for b in batches] == ["3", "3", "4"]  # the batch ends among the threes
    cut = Cursor(batches[0].watermark)  # and there the run broke off
    assert sorted({*_ids(batches[:1]), *_ids(read(spec, cut))}) == list("0123456")
    assert _ids(read(spec, Cursor("4"))) == ["6"]


@pytest.mark.parametrize("broken_off_after", [1, 2, 3])
def test_equal_times_at_the_end_of_a_batch_lose_nothing(tmp_path: Path, database_url: str, broken_off_after: int) -> None:
    _filled(database_url, [(str(i), "20260105100000", 1) for i in range(8)] + [("8", "20260105100001", 1)])
    spec = feed(tmp_path, _door(database_url, f'table = "t"\n{STAMP} }}'))
    batches = read(spec)
    mark = batches[broken_off_after - 1].watermark
    assert {*_ids(batches[:broken_off_after]), *_ids(read(spec, Cursor(mark)))} == set("012345678")


def test_a_snapshot_is_the_whole_view_each_time(tmp_path: Path, database_url: str) -> None:
    _filled(database_url, [(str(i), None, i) for i in range(7)])
    spec = feed(tmp_path, _door(database_url, 'table = "t"'))
    for _ in range(2):
        batches = read(spec)
        assert sorted(_ids(batches)) == list("0123456") and [b.watermark for b in batches] == [None] * 3


def test_a_query_file_with_its_parameters(tmp_path: Path, database_url: str) -> None:
    _filled(database_url, [("a", "20260101000000", 5), ("b", "20260102000000", 1), ("c", "20260103000000", 9)])
    more = f"parameters = {{ least = 2 }}\n{STAMP} }}"
    spec = _query(tmp_path, database_url, QUERY, more)
    batches = read(spec)
    assert sorted(_ids(batches)) == ["a", "c"] and batches[-1].watermark == "20260103000000"
    assert _ids(read(spec, Cursor("20260102000000"))) == ["c"]
    cte = "WITH x AS (SELECT id, changed, ';DROP' AS d, n FROM t)\nSELECT * FROM x WHERE n > 4;\n"
    assert sorted(_ids(read(_query(tmp_path, database_url, cte)))) == ["a", "c"]


def test_the_mark_of_a_query_without_order_waits_for_the_last_row(tmp_path: Path, database_url: str) -> None:
    _filled(database_url, [(str(9 - i), f"2026010{9 - i}000000", 5) for i in range(8)])
    text = "SELECT id, changed FROM t WHERE changed >= :since ORDER BY changed DESC"
    assert [b.watermark for b in read(_query(tmp_path, database_url, text, f"{STAMP} }}"))] == [None, None, "20260109000000"]
    rising = text.removesuffix(" DESC")
    marks = [b.watermark for b in read(_query(tmp_path, database_url, rising, f"{STAMP}, ordered = true }}"))]
    assert marks == ["20260104000000", "20260107000000", "20260109000000"]


@pytest.mark.parametrize(
    ("text", "more", "words"),
    [
        ("DELETE FROM t", "", "begins with SELECT or WITH"),
        ("SELECT 1 AS id; DELETE FROM t", "", "more than one statement"),
        ("WITH x AS (DELETE FROM t RETURNING *) SELECT * FROM x", "", "the word DELETE"),
        ("SELECT * INTO u FROM t", "", "the word INTO"),
        ("SELECT * FROM t EXEC p", "", "the word EXEC"),
        ("/* a */ -- b\n", "", "begins with SELECT or WITH"),
        ("SELECT '--' AS id; DROP TABLE t", "", "more than one statement"),
        ("SELECT id FROM t WHERE n > :least", "", ":least is not declared"),
        ("SELECT id FROM t", "parameters = { least = 2 }", "does not use the parameter least"),
        ("SELECT id FROM t WHERE changed > :since", 'since = { column = "changed", format = "int" }', ":since needs"),
        ("SELECT n AS key FROM t", "", "has no column id; it has key"),
        ("SELECT id, id FROM t", "", "has the column id twice"),
    ],
)
def test_what_is_not_one_reading_query_is_refused(tmp_path: Path, text: str, more: str, words: str) -> None:
    url = f"sqlite:///{tmp_path / 'x.sqlite3'}"
    _filled(url, [("1", "1", 1)])
    with pytest.raises(Fatal) as raised:
        read(_query(tmp_path, url, text, more))
    assert words in str(raised.value)
    assert len(read(feed(tmp_path, _door(url, 'table = "t"')))) == 1


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ("", "either table or query_file"), ('table = "t"\nquery_file = "q.sql"', "either table or query_file"),
        ('query_file = "../q.sql"', "transport.query_file"), ('table = "t"\nparameters = { a = 1 }', "belong to a query_file"),
        ('table = "t"\nsince = { column = "c", format = "%d.%m.%Y" }', "does not sort like time"),
        ('query_file = "q.sql"\nparameters = { since = 1 }', "bound by [transport.since]"),
    ],
)  # fmt: skip
def test_declarations_that_do_not_go_together(tmp_path: Path, more: str, words: str) -> None:
    with pytest.raises(Fatal) as raised:
        feed(tmp_path, _door("sqlite://", more))
    assert words in str(raised.value)


def test_an_absent_query_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(Fatal, match=r"q\.sql: cannot be read"):
        open_transport(feed(tmp_path, _door("sqlite://", 'query_file = "q.sql"')))


def test_an_answer_that_takes_too_long_is_for_later(tmp_path: Path, database_url: str) -> None:
    _filled(database_url, [])
    slow = "WITH RECURSIVE x(id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM x WHERE id < 900000000) SELECT MAX(id) AS id FROM x"
    with pytest.raises(Retry, match=r"timeout|interrupted"):
        read(_query(tmp_path, database_url, slow, "timeout_seconds = 0.3"))


def test_a_slow_reader_is_no_slow_answer(tmp_path: Path, database_url: str) -> None:
    import time

    _filled(database_url, [(str(i), "", i) for i in range(9)])
    got = 0
    for batch in open_transport(feed(tmp_path, _door(database_url, 'table = "t"\ntimeout_seconds = 0.2'))).batches(Cursor()):
        got += len(batch.rows)
        time.sleep(0.15)
    assert got == 9


@pytest.fixture(scope="module")
def own_server() -> Any:
    """A PostgreSQL server that a test may stop."""
    server = pg.start()
    yield server
    server.stop()


def test_rows_stay_at_the_server_and_a_restart_in_mid_read_is_for_later(tmp_path: Path, own_server: pg.Server) -> None:
    url = own_server.create("restarted").replace("postgresql://", "postgresql+psycopg://")
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        connection.execute(sa.text("CREATE TABLE t AS SELECT i::text AS id, i AS n, repeat('x', 200) AS t FROM generate_series(1, 200000) i"))
    spec = feed(tmp_path, _door(url, 'table = "t"\nsince = { column = "n", format = "int" }').replace("batch_rows = 3", "batch_rows = 1000"))
    reading = open_transport(spec).batches(Cursor())
    first = next(reading)
    with engine.connect() as connection:
        seen = connection.execute(sa.text("SELECT query FROM pg_stat_activity WHERE state = 'idle in transaction' AND pid <> pg_backend_pid()"))
        assert "FETCH" in str(seen.scalars().all())  # a cursor at the server, waiting to be asked for more
    engine.dispose()
    own_server.stop()
    got = [first]
    with pytest.raises(Retry) as raised:
        for batch in reading:
            got.append(batch)  # noqa: PERF402  what came before the error counts
    assert "the database ended the connection while it was read" in str(raised.value)
    assert first.watermark == "1000" and len(rows_of(got)) < 200_000
    with pytest.raises(Retry):
        read(spec, Cursor(first.watermark))


VALUE = st.one_of(st.none(), st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"), max_size=8))


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(VALUE, VALUE, st.one_of(st.none(), st.integers(-(2**63), 2**63 - 1))), max_size=9), st.booleans())
def test_any_table_comes_back_as_text(rows: list[Any], queried: bool) -> None:
    with tempfile.TemporaryDirectory() as name:
        url = f"sqlite:///{name}/x.sqlite3"
        _filled(url, rows)
        spec = _query(Path(name), url, "SELECT * FROM t") if queried else feed(Path(name), _door(url, 'table = "t"'))
        got = [tuple(r.values()) for r in rows_of(read(spec))]
    assert got == [(a, b, None if n is None else str(n)) for a, b, n in rows]
