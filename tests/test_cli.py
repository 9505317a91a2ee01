"""The command line, run as a person would: real stores, exit codes and messages, and on SQLite real processes."""

from __future__ import annotations

import gc
import io
import logging
import os
import re
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from unittest.mock import patch

import orjson
import pytest
import structlog

import cli

ROOT = Path(__file__).parents[1]


_BEFORE: set[tuple[str, ...]] = set()  # commands that ran as processes


def yizhan(*arguments: str, given: str = "", env: dict[str, str] | None = None, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    """A command as a process of its own, once with each name on SQLite: its second time, on PostgreSQL, and for accounts it runs in this one,
    which is the same without a start of four seconds."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith("YIZHAN_")}
    full = {**clean, "PYTHONPATH": str(ROOT), **(env or {})}
    url = full.get("YIZHAN_DATABASE_URL", "")
    name = arguments[: 1 + (arguments[0] in ("feeds", "geo", "bench"))]
    if cwd is None and (url.startswith("postgresql") or (url and arguments[0] in ("user", "token")) or (url and name in _BEFORE)):
        return _here(arguments, given, full)
    _BEFORE.add(name)
    return subprocess.run(
        [sys.executable, str(ROOT / "cli.py"), *arguments], input=given, capture_output=True, text=True, timeout=120, env=full, cwd=cwd or ROOT
    )  # fmt: skip


def _here(arguments: tuple[str, ...], given: str, env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    out, told, code = io.StringIO(), io.StringIO(), 0
    handlers, level, lines = logging.root.handlers[:], logging.root.level, structlog.get_config()
    with (
        patch.dict(os.environ, env, clear=True), patch.object(sys, "argv", ["yizhan", *arguments]),
        patch.object(sys, "stdin", io.StringIO(given)), redirect_stdout(out), redirect_stderr(told),
    ):  # fmt: skip
        try:
            cli.main()
        except SystemExit as end:
            code = int(end.code or 0)
        finally:
            logging.root.handlers[:] = handlers
            logging.root.setLevel(level)
            structlog.configure(**lines)
            gc.collect()  # a process would end here, and with it the connections that the command left open
    return subprocess.CompletedProcess(["yizhan", *arguments], code, out.getvalue(), told.getvalue())


@pytest.fixture
def store(store_url: str, tmp_path: Path) -> dict[str, str]:
    """Variables of an initialised, empty deployment."""
    env = {"YIZHAN_DATABASE_URL": store_url, "YIZHAN_DATA_DIR": str(tmp_path / "data")}
    done = yizhan("init", env=env)
    assert done.returncode == 0, done.stderr
    assert "10 counties, 219 townships" in done.stdout
    return env


def test_accounts_and_tokens(store: dict[str, str]) -> None:
    assert "user add" in yizhan("init", env=store).stdout
    short = yizhan("user", "add", "bob", "--role", "analyst", given="short\n", env=store)
    assert (short.returncode, short.stdout) == (2, "")
    assert "8 characters" in short.stderr
    assert yizhan("user", "add", "bob", "--role", "analyst", "--area", "360923", given="long enough\n", env=store).returncode == 0
    again = yizhan("user", "add", "bob", "--role", "analyst", given="long enough\n", env=store)
    assert again.returncode == 2
    assert "passwd" in again.stderr
    assert "role" in yizhan("user", "add", "al", "--role", "king", given="long enough\n", env=store).stderr
    assert "360000" in yizhan("user", "add", "al", "--role", "analyst", "--area", "360000", given="long enough\n", env=store).stderr
    assert yizhan("user", "passwd", "bob", given="even longer\n", env=store).returncode == 0
    assert yizhan("user", "passwd", "eve", given="even longer\n", env=store).returncode == 2
    assert "bob" in (listed := yizhan("user", "list", env=store).stdout)
    assert "360923" in listed
    token = yizhan("token", "add", "bob", env=store)
    assert len(token.stdout.strip()) > 30
    assert yizhan("token", "add", "eve", env=store).returncode == 2


def test_feeds_are_checked_without_storing_and_then_read(store: dict[str, str], city_env: dict[str, str]) -> None:
    env = {**store, **city_env}
    tried = yizhan("feeds", "check", "centre", "--rows", "200", env=env)
    assert tried.returncode == 0, tried.stderr
    assert tried.stdout.startswith("centre: 200 rows read")
    assert "located to: village" in tried.stdout
    assert "nothing yet" in yizhan("feeds", "list", env=env).stdout
    read = yizhan("ingest", "centre", "health", env=env)
    assert read.returncode == 0, read.stderr
    for line in read.stdout.splitlines():
        numbers = [int(word.replace(",", "")) for word in line.split() if word.replace(",", "").isdigit()]
        assert numbers[0] == sum(numbers[1:]) > 0
    assert read.stdout.count(": received ") == 2
    again = yizhan("ingest", "centre", env=env).stdout
    assert "new 0 + changed 0" in again
    healthy = yizhan("doctor", env=env)
    first, second = healthy.stdout.splitlines()
    assert (healthy.returncode, first) == (0, "rollups: equal to a fresh computation")
    count = re.fullmatch(r"matters: ([\d,]+) of ([\d,]+) derived again: equal to what is kept", second)
    assert count is not None and count[1] == count[2]


def test_a_feed_that_cannot_be_read_says_why(store: dict[str, str], tmp_path: Path) -> None:
    unset = yizhan("ingest", "courts", env=store)
    assert unset.returncode == 2
    assert "YIZHAN_COURTS_URL" in unset.stderr
    assert "no feed nothing" in yizhan("ingest", "nothing", env=store).stderr
    gone = yizhan("ingest", "--feed-file", str(tmp_path / "feed.toml"), env=store)
    assert gone.returncode == 2
    assert "there is no such file" in gone.stderr


def test_the_doctor_finds_and_mends(store: dict[str, str], city_env: dict[str, str]) -> None:
    import sqlalchemy as sa

    from store.engine import open_engine, writing

    yizhan("ingest", "health", env={**store, **city_env})
    engine = open_engine(store["YIZHAN_DATABASE_URL"])
    with writing(engine) as connection:
        connection.execute(sa.text("UPDATE rollup SET accepted = accepted + 1 WHERE grain = 1"))
    engine.dispose()
    ill = yizhan("doctor", env=store)
    assert ill.returncode == 2
    assert "instead of" in ill.stdout
    assert yizhan("doctor", env=store).returncode == 0


def test_a_limit_of_another_calendar_is_found_and_put_right(store: dict[str, str], city_env: dict[str, str]) -> None:
    import sqlalchemy as sa

    from store.engine import open_engine, writing

    yizhan("ingest", "health", env={**store, **city_env})
    engine = open_engine(store["YIZHAN_DATABASE_URL"])
    kept = sa.text("SELECT id, due_on FROM record WHERE due_on IS NOT NULL AND NOT withdrawn ORDER BY id")
    with writing(engine) as connection:
        held = connection.execute(kept).all()
        connection.execute(sa.text("UPDATE record SET due_on = '2031-01-01' WHERE due_on IS NOT NULL"))
    ill = yizhan("doctor", "--seconds", "20", env=store)
    assert ill.returncode == 2 and "limits of" in ill.stdout and "yizhan rebuild" in ill.stderr
    mended = yizhan("rebuild", env=store)
    assert mended.returncode == 0 and "derived again" in mended.stdout, mended.stderr
    assert yizhan("doctor", env=store).returncode == 0
    with writing(engine) as connection:
        assert connection.execute(kept).all() == held
    engine.dispose()


def test_official_outlines_come_in_and_are_checked(store: dict[str, str], tmp_path: Path) -> None:
    seats = tmp_path / "seats.csv"
    seats.write_text("code,name,lon,lat\n360923103,泗溪镇,115.05,28.33\n", encoding="utf-8")
    done = yizhan("geo", "import", str(seats), env=store)
    assert done.returncode == 0, done.stderr
    assert "township seat: 1" in done.stdout
    kept = (Path(store["YIZHAN_DATA_DIR"]) / "city" / "areas.csv").read_text(encoding="utf-8")
    assert "115.05" in next(line for line in kept.splitlines() if line.startswith("360923103,"))
    assert "check" in yizhan("geo", "--help").stdout
    nothing = yizhan("geo", "import", str(tmp_path / "none.gpkg"), env=store)
    assert nothing.returncode == 2
    assert "Traceback" not in nothing.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [(("fly",), "No such command"), (("ingest", "--fast"), "No such option"), (("user", "list"), "yizhan init"), (("serve",), "yizhan init"),
     (("worker",), "yizhan init")],
)  # fmt: skip
def test_what_cannot_be_done_ends_with_2_and_a_message(arguments: tuple[str, ...], said: str, tmp_path: Path) -> None:
    done = yizhan(*arguments, env={"YIZHAN_DATA_DIR": str(tmp_path / "empty")})
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_a_bad_setting_or_database_is_a_message(tmp_path: Path) -> None:
    bad = yizhan("init", env={"YIZHAN_PORT": "many", "YIZHAN_DATA_DIR": str(tmp_path)})
    assert (bad.returncode, "Traceback" in bad.stderr) == (2, False)
    assert "YIZHAN_PORT" in bad.stderr
    for command in (("user", "list"), ("init",)):
        gone = yizhan(*command, env={"YIZHAN_DATABASE_URL": "postgresql://nobody@127.0.0.1:9/none", "YIZHAN_DATA_DIR": str(tmp_path)})
        assert (gone.returncode, "Traceback" in gone.stderr, "does not answer" in gone.stderr) == (2, False, True)
    other = yizhan("init", env={"YIZHAN_DATABASE_URL": "mysql://h/x", "YIZHAN_DATA_DIR": str(tmp_path)})
    assert (other.returncode, "Traceback" in other.stderr) == (2, False)


def test_bench_prints_one_object(tmp_path: Path) -> None:
    done = yizhan("bench", "indicators", "--rows", "2000", "--json", env={"YIZHAN_DATA_DIR": str(tmp_path)})
    assert done.returncode == 0, done.stderr
    result = orjson.loads(done.stdout.splitlines()[-1])
    assert set(result) == {"rows", "query_ms_p50", "query_ms_p95", "answer_ms_p50", "answer_bytes_gz"}
    assert result["rows"] == 2000
    assert 0 < result["query_ms_p50"] <= result["query_ms_p95"]
