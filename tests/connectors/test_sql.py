"""SQL sources: on SQLite and PostgreSQL, only ever read, in the order of change, with the words of the error."""

from __future__ import annotations

import sqlite3
from datetime import datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from connectors.base import Cursor, Fatal, Retry
from connectors.registry import open_transport
from connectors.transports.sql import SqlTransport, cell
from tests.connectors.build import feed, read, rows_of

SINCE = 'since = { column = "changed", format = "%Y%m%d%H%M%S", overlap_seconds = 60 }\n'


def _transport(url: str, more: str = SINCE, table: str = "v") -> str:
    return f'[transport]\nkind = "sql"\nurl = "{url}"\ntable = "{table}"\nbatch_rows = 3\n{more}'


def _filled(url: str, rows: list[tuple[str, str | None]]) -> None:
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        connection.execute(sa.text("CREATE TABLE t (id VARCHAR(20), changed VARCHAR(20))"))
        for key, changed in rows:
            connection.execute(sa.text("INSERT INTO t VALUES (:k, :c)"), {"k": key, "c": changed})
        connection.execute(sa.text("CREATE VIEW v AS SELECT * FROM t"))
    engine.dispose()


ROWS = [("0007", "20260105100000"), ("2", "20260105100200"), ("3", None), ("4", "20260105100500"), ("5", "20260105100300"),
        ("6", "20260105100100"), ("7", "20990101000000")]  # fmt: skip


def test_all_rows_then_the_new_ones_and_those_without_a_time(tmp_path: Path, database_url: str) -> None:
    _filled(database_url, ROWS)
    spec = feed(tmp_path, _transport(database_url))
    first = read(spec)
    assert sorted(r["id"] for r in rows_of(first)) == ["0007", "2", "3", "4", "5", "6", "7"]
    assert [len(b.rows) for b in first] == [3, 3, 1]
    assert first[-1].watermark == "20260105100500"  # 2099 is not followed
    second = read(spec, Cursor("20260105100500"))
    assert sorted(r["id"] for r in rows_of(second)) == ["3", "4", "7"]
    assert second[-1].watermark == "20260105100500"


def test_timestamps_are_bound_natively(tmp_path: Path, database_url: str) -> None:
    engine = sa.create_engine(database_url)
    table = sa.Table("v", sa.MetaData(), sa.Column("id", sa.String(9)), sa.Column("changed", sa.DateTime))
    with engine.begin() as connection:
        table.create(connection)
        connection.execute(table.insert(), [{"id": str(i), "changed": datetime(2026, 1, 5, 10, i)} for i in range(4)])
    engine.dispose()
    send = "" if database_url.startswith("sqlite") else ', send = "native"'
    form = "%Y-%m-%d %H:%M:%S.%f" if database_url.startswith("sqlite") else "iso"
    spec = feed(tmp_path, _transport(database_url, f'since = {{ column = "changed", format = "{form}", overlap_seconds = 60{send} }}\n'))
    mark = read(spec)[-1].watermark
    assert mark is not None
    assert [r["id"] for r in rows_of(read(spec, Cursor(mark)))] == ["2", "3"]


def test_the_connection_cannot_write(tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    _filled(database_url, ROWS)
    transport = open_transport(feed(tmp_path, _transport(database_url)))
    writes = "DELETE FROM t"
    if not database_url.startswith("sqlite"):
        writes = "SELECT nextval('s')"  # a server-side cursor takes only SELECT, and this one writes
        engine = sa.create_engine(database_url)
        with engine.begin() as connection:
            connection.execute(sa.text("CREATE SEQUENCE s"))
        engine.dispose()
    monkeypatch.setattr(SqlTransport, "_select", lambda self, mark: sa.text(writes))
    with pytest.raises((Fatal, Retry), match=r"(?i)read.?only"):
        list(transport.batches(Cursor()))
    monkeypatch.undo()
    assert len(rows_of(read(feed(tmp_path, _transport(database_url))))) == len(ROWS)


def test_no_file_is_made_where_there_is_none(tmp_path: Path) -> None:
    with pytest.raises(Fatal, match="no such database file"):
        read(feed(tmp_path, _transport(f"sqlite:///{tmp_path / 'absent.sqlite3'}")))
    assert not (tmp_path / "absent.sqlite3").exists()


@pytest.mark.parametrize(
    ("change", "words"),
    [({"table": "w"}, "w"), ({"more": SINCE.replace("changed", "when")}, "when")],
    ids=["no such table", "no such column"],
)
def test_wrong_names_are_told(tmp_path: Path, database_url: str, change: dict[str, str], words: str) -> None:
    _filled(database_url, ROWS)
    with pytest.raises(Fatal, match=words) as raised:
        read(feed(tmp_path, _transport(database_url, **change)), Cursor("20260105100500"))
    assert "#v" in str(raised.value) or "#w" in str(raised.value)


def test_a_column_that_the_mapping_needs_and_the_view_has_not(tmp_path: Path, database_url: str) -> None:
    _filled(database_url, ROWS)
    mapping = '[fields]\nexternal_id = { from = "id" }\ntitle = { from = "subject" }\n'
    with pytest.raises(Fatal, match="has no column subject; it has id, changed"):
        read(feed(tmp_path, _transport(database_url), mapping))


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    (tmp_path / "x.sqlite3").write_bytes(b"not a database, but long enough to be looked at" * 30)
    with pytest.raises((Fatal, Retry), match="database"):
        read(feed(tmp_path, _transport(f"sqlite:///{tmp_path / 'x.sqlite3'}")))


def test_a_locked_database_is_for_later(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'x.sqlite3'}"
    _filled(url, ROWS)
    holder = sqlite3.connect(tmp_path / "x.sqlite3", isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    with pytest.raises(Retry, match="locked"):
        read(feed(tmp_path, _transport(url, SINCE + "timeout_seconds = 0.1\n")))
    holder.close()


def test_a_password_is_never_shown(tmp_path: Path) -> None:
    url = "postgresql+psycopg://reader:s3cret@127.0.0.1:9/none"
    spec = feed(tmp_path, _transport(url))
    with pytest.raises(Retry) as raised:
        read(spec)
    assert "s3cret" not in str(raised.value) and "s3cret" not in repr(spec)


def test_bad_addresses_and_absent_drivers(tmp_path: Path) -> None:
    with pytest.raises(Fatal, match="database address"):
        read(feed(tmp_path, _transport("somewhere")))
    with pytest.raises(Fatal, match="driver"):
        read(feed(tmp_path, _transport("oracle+nothing://u@h/d")))


@pytest.mark.parametrize("table", ["v; DROP TABLE t", "v'x", 'v"x', "a b"])
def test_a_table_is_a_name(tmp_path: Path, table: str) -> None:
    with pytest.raises(Fatal, match=r"transport\.table"):
        feed(tmp_path, _transport("sqlite://", table=table.replace('"', '\\"')))


def test_cells_become_text() -> None:
    from decimal import Decimal

    assert [cell(v) for v in (None, "007", 7, True, Decimal("1.50"), datetime(2026, 1, 5, 9), datetime(2026, 1, 5).date(), b"\x01")] == [
        None, "007", "7", "true", "1.50", "2026-01-05 09:00:00", "2026-01-05", "01"]  # fmt: skip
