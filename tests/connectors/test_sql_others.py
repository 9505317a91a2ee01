"""What MySQL, MariaDB, Oracle and the rest are told before the query. No such server is at hand: a connection notes what it is told."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import mysql

from connectors.base import Cursor
from connectors.registry import open_transport
from connectors.transports.sql import SqlTransport
from tests.connectors.build import feed, rows_of

_MARIADB_AS_MYSQL = mysql.dialect()
_MARIADB_AS_MYSQL._parse_server_version("10.11.6-MariaDB-1")
READ_ONLY = "SET TRANSACTION READ ONLY"


class Noting:
    """An engine of that kind: notes what it is told, and answers a query from an SQLite in memory."""

    def __init__(self, dialect: Any) -> None:
        self.dialect, self.told, self.ended = dialect, [], False  # type: ignore[var-annotated]
        self.driver = SimpleNamespace()
        self._real = sa.create_engine("sqlite://", poolclass=sa.StaticPool)
        with self._real.begin() as connection:
            connection.execute(sa.text("CREATE TABLE v AS SELECT '007' AS id"))

    @contextmanager
    def _open(self) -> Iterator[Any]:
        with self._real.connect() as real:

            def execute(statement: Any, **options: Any) -> Any:
                self.told.append(" ".join(str(statement).split()))
                return None if self.told[-1].startswith("SET ") else real.execute(statement, **options)

            yield SimpleNamespace(execute=execute, connection=SimpleNamespace(driver_connection=self.driver))
        self.ended = True  # without a commit

    def connect(self) -> Any:
        return SimpleNamespace(execution_options=lambda **_: self._open())

    def dispose(self) -> None:
        self._real.dispose()


def _read(dialect: Any, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Noting:
    engine = Noting(dialect)
    monkeypatch.setattr(SqlTransport, "_engine", lambda _: engine)
    spec = feed(folder, '[transport]\nkind = "sql"\nurl = "mysql+pymysql://reader@host/x"\ntable = "v"\ntimeout_seconds = 2.5\n')
    assert rows_of(list(open_transport(spec).batches(Cursor()))) == [{"id": "007"}] and engine.ended
    return engine


@pytest.mark.parametrize(
    ("dialect", "before"),
    [
        (mysql.dialect(), [READ_ONLY, "SET SESSION max_execution_time = 2500"]),
        (_MARIADB_AS_MYSQL, [READ_ONLY, "SET SESSION max_statement_time = 2.5"]),
        (SimpleNamespace(name="mariadb"), [READ_ONLY, "SET SESSION max_statement_time = 2.5"]),
        (SimpleNamespace(name="oracle"), [READ_ONLY]),
        (SimpleNamespace(name="postgresql"), ["SET LOCAL statement_timeout = 2500"]),
        (SimpleNamespace(name="mssql"), []),
    ],
    ids=["mysql", "mariadb as mysql", "mariadb", "oracle", "postgresql", "mssql"],
)
def test_each_is_told_in_its_own_words_before_the_only_query(
    dialect: Any, before: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = _read(dialect, tmp_path, monkeypatch)
    assert engine.told == [*before, "SELECT * FROM v"]
    assert vars(engine.driver) == ({"call_timeout": 2500} if dialect.name == "oracle" else {})
