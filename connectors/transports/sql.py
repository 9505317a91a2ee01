"""A view, or a query file, behind any SQLAlchemy URL: one SELECT in a read-only transaction, streamed."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, OperationalError, SQLAlchemyError
from sqlalchemy.pool import NullPool

from connectors.base import Cursor, Fatal, RawBatch, Retry, shanghai_now
from connectors.spec_sql import SqlSettings
from connectors.transports.query import bound, query_of
from connectors.transports.watermark import Watermark

_NOT_NOW = ("locked", "busy", "timeout", "timed out", "could not connect", "connection refused", "lost connection", "interrupted")
# Reading that was cut off, as the servers say it: a restart, a fail-over, a cable.
_GONE = ("terminating connection", "server closed", "shutting down", "starting up", "gone away", "connection reset", "broken pipe", "eof detected")


class SqlTransport:
    """One view or query of one database."""

    def __init__(
        self, settings: SqlSettings, columns: frozenset[str], now: Callable[[], datetime] = shanghai_now, base: Path = Path()
    ) -> None:
        """`base` is the folder of the feed.toml, where its query file lies."""
        self._settings, self._columns, self._now = settings, columns, now
        self._file = base / settings.query_file
        self._query = query_of(self._file) if settings.query_file else ""
        self._deadline = 0.0
        try:
            self._url = sa.make_url(settings.url)
        except ArgumentError:
            raise Fatal("transport.url is not a database address such as postgresql+psycopg://user@host/name") from None
        self.origin = f"{self._url.render_as_string(hide_password=True)}#{settings.table or settings.query_file}"

    def batches(self, cursor: Cursor) -> Iterator[RawBatch]:
        """Batches in order of the cursor column; one statement, so that all of them are of one moment."""
        since = self._settings.since
        mark = Watermark(since, cursor.watermark, self._now) if since else None
        engine = self._engine()
        try:
            with engine.connect().execution_options(**_read_only(engine)) as connection:
                self._limit(connection, kind_of(engine.dialect))
                yield from self._read(connection, mark)
        except SQLAlchemyError as error:
            raise self._explained(error) from None
        finally:
            engine.dispose()

    def _limit(self, connection: sa.Connection, dialect: str) -> None:
        """Nothing can be written on this connection, and no answer may take longer than timeout_seconds."""
        milliseconds = max(1, int(self._settings.timeout_seconds * 1000))
        for statement in limits(dialect, milliseconds):
            connection.execute(sa.text(statement))
        if dialect == "oracle":
            connection.connection.driver_connection.call_timeout = milliseconds  # type: ignore[union-attr]
        if dialect == "sqlite":
            raw = connection.connection.driver_connection
            assert raw is not None
            raw.set_progress_handler(lambda: int(time.monotonic() > self._deadline), 10_000)

    def _read(self, connection: sa.Connection, mark: Watermark | None) -> Iterator[RawBatch]:
        self._deadline = time.monotonic() + self._settings.timeout_seconds
        streamed = {"yield_per": self._settings.batch_rows}
        with connection.execute(self._select(mark), execution_options=streamed) as result:
            names = list(result.keys())
            self._check(names, mark)
            # Rows of a view come in the order of its marks; those of a query only if it says so: else the mark waits for the last.
            ordered = mark is not None and (bool(self._settings.table) or mark.since.ordered)
            held: RawBatch | None = None
            for part in self._partitions(result):
                rows = [dict(zip(names, values if _PLAIN.issuperset(map(type, values)) else map(cell, values), strict=True)) for values in part]
                if held is not None:
                    yield held
                moved = mark.follow(mark.highest(rows)) if mark else None
                held = RawBatch(rows, self.origin, moved if ordered else None)
            held = held or RawBatch([], self.origin)
            held.watermark = mark.follow(None) if mark else None
            yield held

    def _partitions(self, result: sa.CursorResult[Any]) -> Iterator[Sequence[sa.Row[Any]]]:
        parts = result.partitions(self._settings.batch_rows)
        while True:
            self._deadline = time.monotonic() + self._settings.timeout_seconds
            part = next(parts, None)
            if part is None:
                return
            yield part

    def _check(self, names: list[str], mark: Watermark | None) -> None:
        # SQLite takes the quoted name of a column that is not there for a text, and sorts by it without a word.
        wanted = self._columns | ({mark.since.column} if mark else set())
        if absent := sorted(wanted - set(names)):
            raise Fatal(f"{self.origin}: has no column {', '.join(absent)}; it has {', '.join(names)}")
        if twice := sorted({n for n in names if names.count(n) > 1} & wanted):
            raise Fatal(f"{self.origin}: has the column {', '.join(twice)} twice; give one of them another name (AS)")

    def _select(self, mark: Watermark | None) -> sa.Select[Any] | sa.TextClause:
        begin = mark.begin() if mark else None
        if self._query:
            given: dict[str, object] = dict(self._settings.parameters)
            if mark is not None and begin is not None:
                given["since"] = self._bound(mark, begin)
            return bound(self._query, given, self._file)
        schema, _, name = self._settings.table.rpartition(".")
        query = sa.select(sa.text("*")).select_from(sa.table(name, schema=schema or None))
        if mark is None:
            return query
        column: sa.ColumnClause[Any] = sa.column(mark.since.column)
        if begin is not None:
            start: sa.BindParameter[Any] = sa.bindparam("since", self._bound(mark, begin))
            # A row without a time would otherwise never be read again after the first run.
            query = query.where(sa.or_(column >= start, column.is_(None)))
        return query.order_by(column)

    @staticmethod
    def _bound(mark: Watermark, begin: Any) -> Any:
        """The start as the column has it: text in the declared format, a number, or (send = "native") a timestamp."""
        if isinstance(begin, int) or mark.since.send == "native":
            return begin
        return mark.write(begin)

    def _engine(self) -> sa.Engine:
        try:
            if self._url.get_backend_name() != "sqlite":
                return sa.create_engine(self._url, poolclass=NullPool)
            path, seconds = Path(self._url.database or ""), self._settings.timeout_seconds
            if not path.is_file():
                raise Fatal(f"{path}: there is no such database file; check transport.url")
            return sa.create_engine(
                "sqlite://", poolclass=NullPool,
                creator=lambda: sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=seconds),
            )  # fmt: skip
        except (NoSuchModuleError, ModuleNotFoundError) as error:
            raise Fatal(f"{self.origin}: no driver for this kind of database is installed ({error})") from None

    def _explained(self, error: SQLAlchemyError) -> Fatal | Retry:
        words = str(error.orig) if isinstance(error, DBAPIError) and error.orig else type(error).__name__
        words = " ".join(words.split())[:200]
        lost = isinstance(error, DBAPIError) and error.connection_invalidated
        if lost or any(w in words.lower() for w in _GONE):
            return Retry(f"{self.origin}: the database ended the connection while it was read, a restart perhaps; what came in is kept ({words})")
        if any(w in words.lower() for w in _NOT_NOW):
            return Retry(f"{self.origin}: {words}")
        # Servers report unknown names and refused logins as operational errors too; only these are a person's to mend.
        mend = any(w in words.lower() for w in ("no such", "not exist", "unknown", "denied", "authentication", "malformed"))
        if isinstance(error, OperationalError) and not mend:
            return Retry(f"{self.origin}: {words}")
        return Fatal(f"{self.origin}: {words}; check transport.url, table or query_file, and since.column")


def kind_of(dialect: sa.Dialect) -> str:
    """What kind of server answers: a MariaDB that is addressed as mysql:// knows none of MySQL's settings."""
    return "mariadb" if getattr(dialect, "is_mariadb", False) else dialect.name


def limits(dialect: str, milliseconds: int) -> list[str]:
    """What is said to a server before the query: that nothing may be written, and how long an answer may take.

    PostgreSQL is told to be read-only by SQLAlchemy, SQLite by its address; the time of Oracle and SQLite is the driver's to keep.
    """
    read_only = "SET TRANSACTION READ ONLY"  # of the next transaction (MySQL, MariaDB) or as the first word of this one (Oracle)
    return {
        "postgresql": [f"SET LOCAL statement_timeout = {milliseconds}"],
        "mysql": [read_only, f"SET SESSION max_execution_time = {milliseconds}"],
        "mariadb": [read_only, f"SET SESSION max_statement_time = {milliseconds / 1000}"],
        "oracle": [read_only],
    }.get(dialect, [])


def _read_only(engine: sa.Engine) -> dict[str, Any]:
    return {"postgresql_readonly": True} if engine.dialect.name == "postgresql" else {}


_PLAIN = frozenset({str, type(None)})


def cell(value: Any) -> str | None:
    """Any database value as text; 1.50 keeps its zero, times are ISO."""
    if value is None or type(value) is str:
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, (bytes, memoryview)):
        return bytes(value).hex()
    return str(value)
