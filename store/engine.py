"""Opening the database: SQLite (WAL) or PostgreSQL behind one URL, with errors that say what to do."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import DisconnectionError, OperationalError

# SQLite: pages in the journal after which a commit copies them into the database. A batch of a long load writes some 8,000, most of
# them in places where the next batch writes again: copying after several batches copies such a page once.
WAL_PAGES, WAL_PAGES_LONG = 10_000, 50_000

# PostgreSQL: plan for the values that are asked for. After ten rounds the server takes a plan for any value, and the list of a stage that
# no matter is in then takes 4 s instead of 40 ms at a million.
PLANS = "force_custom_plan"
# Compiling a query takes longer than any of ours. A server that neither answers nor refuses (its network is cut) is given up after 10 s
# when it is called and after 30 s within a statement: a thread that waits for the system's own two hours is one page less for everybody.
_POSTGRESQL = {"options": f"-c timezone=Asia/Shanghai -c plan_cache_mode={PLANS} -c jit=off", "connect_timeout": 10,
               "keepalives_idle": 15, "keepalives_interval": 5, "keepalives_count": 3, "tcp_user_timeout": 30_000}  # fmt: skip


class StoreError(Exception):
    """The database cannot be used; the message says what to do."""


def open_engine(url: str, pool_size: int = 8) -> Engine:
    """Engine for sqlite:///path or postgresql+psycopg://…; plain postgresql:// is read as psycopg 3.

    SQLite gets WAL, foreign keys, a busy timeout of 30 s and BEGIN IMMEDIATE for writers (see `writing`).
    Raises StoreError for another kind of database.
    """
    parsed = make_url(url)
    if parsed.drivername in ("postgresql", "postgres"):
        parsed = parsed.set(drivername="postgresql+psycopg")
    backend = parsed.get_backend_name()
    if backend == "sqlite":
        engine = create_engine(parsed, pool_size=pool_size, connect_args={"timeout": 30}, query_cache_size=1000)
        event.listen(engine, "connect", _sqlite_connect)
        event.listen(engine, "begin", _sqlite_begin)
        if parsed.database and parsed.database != ":memory:":
            _watch_file(engine, Path(parsed.database))
        return engine
    if backend == "postgresql":
        return create_engine(parsed, pool_size=pool_size, max_overflow=4, pool_pre_ping=True, query_cache_size=1000, connect_args=_POSTGRESQL)
    raise StoreError(f"YIZHAN_DATABASE_URL: {backend} is not supported; use sqlite:///file or postgresql://…")


def _sqlite_connect(connection: sqlite3.Connection, _record: Any) -> None:
    # The driver's own implicit BEGIN comes too late to make a read consistent: transactions are begun below.
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "foreign_keys=ON", "synchronous=NORMAL", "temp_store=MEMORY", "cache_size=-32768",
                   f"wal_autocheckpoint={WAL_PAGES}"):  # fmt: skip
        connection.execute(f"PRAGMA {pragma}")


def _watch_file(engine: Engine, path: Path) -> None:
    """A file that was moved away is gone, though open connections still have it; one that is put in its place is used without a restart.

    An empty one is not made in its place: its journal would be taken for that of the file that comes back. Costs a look at the folder each time.
    """
    known: list[tuple[int, int] | None] = []

    def file() -> tuple[int, int] | None:
        try:
            found = path.stat()
        except OSError:
            return None
        return found.st_dev, found.st_ino

    def connecting(_dialect: Any, _record: Any, _args: Any, _options: Any) -> None:
        if known and file() is None:
            raise sqlite3.OperationalError("unable to open database file: it was there before")

    def connected(_connection: sqlite3.Connection, record: Any) -> None:
        record.info["file"] = file()
        known[:] = [record.info["file"]]

    def taken(_connection: sqlite3.Connection, record: Any, _proxy: Any) -> None:
        if record.info["file"] is None or record.info["file"] != file():
            raise DisconnectionError("the database file is another one, or gone")

    event.listen(engine, "do_connect", connecting)
    event.listen(engine, "connect", connected)
    event.listen(engine, "checkout", taken)


def _sqlite_begin(connection: Connection) -> None:
    immediate = connection.get_execution_options().get("yizhan_write", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")


@contextmanager
def writing(engine: Engine, long: bool = False) -> Iterator[Connection]:
    """A transaction that writes: all of it commits or none. On SQLite it takes the write lock at once, so that a
    reader that becomes a writer cannot meet a stale snapshot. `long`: one of many, see WAL_PAGES."""
    with engine.connect().execution_options(yizhan_write=True) as connection, _longer_journal(connection, long), connection.begin():
        yield connection


@contextmanager
def _longer_journal(connection: Connection, long: bool) -> Iterator[None]:
    if not long or connection.dialect.name != "sqlite":
        yield
        return
    driver: Any = connection.connection.driver_connection
    # A wish only: where it fails, the transaction itself says why.
    with suppress(sqlite3.Error):
        driver.execute(f"PRAGMA wal_autocheckpoint={WAL_PAGES_LONG}")
    try:
        yield
    finally:
        with suppress(sqlite3.Error):
            driver.execute(f"PRAGMA wal_autocheckpoint={WAL_PAGES}")


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A consistent snapshot for reading: every query inside sees the same data version."""
    connection = engine.connect()
    if engine.dialect.name == "postgresql":
        connection = connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    with connection, connection.begin():
        yield connection


def explain(error: OperationalError) -> StoreError:
    """The plain-words error for a database that does not answer or cannot be written."""
    text = str(error.orig)
    if "disk is full" in text or "No space left" in text:
        return StoreError("the disk is full: free space where the database lies, then start again; nothing was lost")
    if "unable to open database file" in text or "readonly database" in text:
        return StoreError("the database file cannot be opened or written: check the folder of YIZHAN_DATA_DIR and its owner")
    if "locked" in text:
        return StoreError("another process holds the database for over 30 s: is a second worker or a backup running?")
    return StoreError(f"the database does not answer ({text.strip().splitlines()[0]}): check YIZHAN_DATABASE_URL")
