"""docs/feeds/door-push.md is run, against a real server: what a city's engineer copies must work."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner
from werkzeug.serving import make_server

import cli
from app import build_app
from services.push_client import PushClient, PushError
from services.push_keys import NewKey
from services.wiring import Services
from store.engine import writing
from store.schema import feed
from tests.services.push_feed import PATH, Sender, open_push, row

PAGE = (Path(__file__).parents[2] / "docs/feeds/door-push.md").read_text(encoding="utf-8")
BASH, PYTHON = (re.search(rf"```{kind}\n(.*?)```", PAGE, re.S)[1] for kind in ("bash", "python"))  # type: ignore[index]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("push")


@pytest.fixture(scope="module")
def serving(home: Path) -> Iterator[tuple[Services, str]]:
    """The whole web app on a port of this machine, over SQLite: what the databases do is test_push's."""
    from store.engine import open_engine
    from store.migrate import upgrade

    url = f"sqlite:///{home / 'store.sqlite3'}"
    engine = open_engine(url)
    upgrade(engine)
    engine.dispose()
    services = open_push(url, home, "max_rows = 50\nper_minute = 1000")
    server = make_server("127.0.0.1", 0, build_app(services).server, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield services, f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    services.close()


@pytest.fixture(scope="module")
def key(serving: tuple[Services, str]) -> NewKey:
    return serving[0].push_keys.add("mediation")


def _env(serving: tuple[Services, str], key: NewKey, **more: str) -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "FEED": "mediation", "KEY": key.key_id, "SECRET": key.secret, "SERVER": serving[1], **more}


def test_the_vector_of_the_page_is_right() -> None:
    from connectors.signing import sign

    assert sign("test-secret", "POST", PATH, "1770000000", "batch-0001", b'{"records":[]}') in PAGE


def test_curl_and_openssl(serving: tuple[Services, str], key: NewKey, tmp_path: Path) -> None:
    file = tmp_path / "batch.json"
    file.write_text(json.dumps({"records": [row("c1"), row("c2", title="山林边界")]}, ensure_ascii=False), encoding="utf-8")
    done = subprocess.run(["bash", "-euc", BASH], env=_env(serving, key, FILE=str(file)), capture_output=True, text=True, timeout=60)
    assert json.loads(done.stdout)["new"] == 2, done


def test_python(serving: tuple[Services, str], key: NewKey, tmp_path: Path) -> None:
    file = tmp_path / "rows.json"
    file.write_text(json.dumps([row("p1")], ensure_ascii=False), encoding="utf-8")
    done = subprocess.run([sys.executable, "-c", PYTHON], env=_env(serving, key, ROWS=str(file)), capture_output=True, text=True, timeout=60)
    assert json.loads(done.stdout)["new"] == 1, done


def test_the_command_cuts_a_long_file_and_may_be_repeated(
    serving: tuple[Services, str], key: NewKey, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "rows.jsonl"
    file.write_text("\n".join(json.dumps(row(f"f{n}")) for n in range(70)), encoding="utf-8")
    asked = ["feeds", "push", "mediation", str(file), "--key", key.key_id, "--url", serving[1], "--rows", "40"]
    assert isinstance(CliRunner().invoke(cli.app, asked).exception, cli.Stop)
    monkeypatch.setenv("YIZHAN_PUSH_SECRET", key.secret)
    # The server of this test logs into the same output.
    first, again = ([line for line in CliRunner().invoke(cli.app, asked).output.splitlines() if line.startswith("received")] for _ in range(2))
    assert first == again and [line[:19] for line in first] == ["received 40, new 40", "received 30, new 30"]
    monkeypatch.setenv("YIZHAN_PUSH_SECRET", "wrong")
    assert "401" in str(CliRunner().invoke(cli.app, asked).exception)


def test_the_client_waits_as_long_as_it_is_told(serving: tuple[Services, str], key: NewKey) -> None:
    services, url = serving
    waited: list[float] = []

    def resume(seconds: float) -> None:
        waited.append(seconds)
        with writing(services.engine) as connection:
            connection.execute(feed.update().values(paused=False))

    with writing(services.engine) as connection:
        connection.execute(feed.update().values(paused=True))
    client = PushClient(url, "mediation", key.key_id, key.secret, sleep=resume)
    assert client.send(json.dumps({"records": [row("w1")]}).encode())["new"] == 1
    assert waited == [60.0]
    with pytest.raises(PushError, match="404"):
        PushClient(url, "nobody", key.key_id, key.secret).send(b"{}")
    with pytest.raises(PushError):
        PushClient("http://127.0.0.1:9", "mediation", key.key_id, key.secret, attempts=2, sleep=lambda _: None).send(b"{}")


def test_a_large_batch_passes_the_limit_of_the_screens_and_a_larger_one_is_refused(serving: tuple[Services, str], key: NewKey) -> None:
    sender: Any = Sender(build_app(serving[0]).server, key)
    for size, wanted in ((90_000, 200), (100_001, 413), (3_000_000, 413)):
        body = json.dumps({"records": [row(f"big{size}")]}).encode().ljust(size)
        answer = httpx.post(serving[1] + PATH, content=body, headers=sender.headers(body), trust_env=False)
        assert answer.status_code == wanted, (size, answer.text)


def test_keys_on_the_command_line(home: Path, serving: tuple[Services, str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cli, "_open", lambda: serving[0])
    made = CliRunner().invoke(cli.app, ["feeds", "key", "add", "mediation", "--label", "司法局"])
    key_id, secret = (line.split()[-1] for line in made.output.splitlines())
    listed = CliRunner().invoke(cli.app, ["feeds", "key", "list"]).output
    assert key_id in listed and "司法局" in listed and secret not in listed
    assert "revoked" in CliRunner().invoke(cli.app, ["feeds", "key", "revoke", key_id]).output
    assert isinstance(CliRunner().invoke(cli.app, ["feeds", "key", "revoke", key_id]).exception, cli.Stop)
    assert isinstance(CliRunner().invoke(cli.app, ["ingest", "mediation"]).exception, cli.Stop)
