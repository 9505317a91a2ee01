"""`yizhan demo` as a person runs it: it comes up, ends what it started, and says plainly why it cannot start."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from connectors.registry import load_feeds

ROOT = Path(__file__).parents[2]
SMALL = ("--scale", "0.02", "--today", "2026-11-24")
PATIENCE = 240

# One at a time: each is four processes.
pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("supervisor")]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def start(data: Path, port: int, *more: str) -> subprocess.Popen[str]:
    env = {k: v for k, v in os.environ.items() if not k.startswith("YIZHAN_")} | {"PYTHONPATH": str(ROOT)}
    command = [sys.executable, str(ROOT / "cli.py"), "demo", "--data", str(data), "--port", str(port), *SMALL, *more]
    return subprocess.Popen(command, env=env, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def until(process: subprocess.Popen[str], said: str) -> str:
    """Read its output up to a line that says so."""
    text, deadline = "", time.monotonic() + PATIENCE
    assert process.stdout
    for line in process.stdout:
        text += line
        if said in line:
            return text
        assert time.monotonic() < deadline, text
    raise AssertionError(f"ended without saying {said!r}:\n{text}")


def family(data: Path) -> set[int]:
    """Processes that belong to a demo in that folder, by their command line or environment."""
    found = set()
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            mine = str(data).encode() in (entry / "cmdline").read_bytes() + (entry / "environ").read_bytes()
            state = (entry / "stat").read_text().rsplit(")", 1)[1].split()[0]
        except OSError:
            continue
        if mine and state != "Z" and int(entry.name) != os.getpid():
            found.add(int(entry.name))
    return found


def gone(data: Path, seconds: float = 15) -> set[int]:
    """What of it is still there after a while."""
    deadline = time.monotonic() + seconds
    while (left := family(data)) and time.monotonic() < deadline:
        time.sleep(0.1)
    return left


def get(url: str) -> tuple[int, bytes]:
    with urllib.request.urlopen(url, timeout=10) as answer:
        return answer.status, answer.read()


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder in which the small city is built already."""
    data = tmp_path_factory.mktemp("demo") / "city"
    process = start(data, free_port(), "--build-only")
    text = process.communicate(timeout=PATIENCE)[0]
    assert process.returncode == 0, text
    for counts in re.findall(r"收到 ([\d,]+) = 新增 ([\d,]+) \+ 变更 ([\d,]+) \+ 未变 ([\d,]+) \+ 撤回 ([\d,]+) \+ 隔离 ([\d,]+)", text):
        received, *fates = (int(n.replace(",", "")) for n in counts)
        assert received == sum(fates) > 0
    assert text.count("收到") == len(load_feeds(env={}))
    assert gone(data) == set()
    return data


@pytest.fixture
def running(built: Path) -> Iterator[tuple[subprocess.Popen[str], int, str]]:
    """A demo that is up: its process, port, and what it said."""
    port = free_port()
    process = start(built, port)
    try:
        yield process, port, until(process, "Ctrl-C")
    finally:
        process.kill()
        process.communicate()
        assert gone(built) == set()


def _read(path: Path) -> str:
    """A file of /proc; '' for a process that has ended."""
    try:
        return path.read_text(errors="replace")
    except OSError:
        return ""


def test_it_serves_grows_holds_its_place_and_leaves_nothing_when_killed(
    built: Path, running: tuple[subprocess.Popen[str], int, str], tmp_path: Path
) -> None:
    process, port, said = running
    _told_that_it_is_taken(built, port, tmp_path / "other")
    assert f"http://127.0.0.1:{port}" in said
    assert "demo-yizhan" in said
    assert "造演示城市" not in said, "the second start must not make the city again"
    assert get(f"http://127.0.0.1:{port}/healthz")[0] == 200
    first = json.loads(get(f"http://127.0.0.1:{port}/readyz")[1])["data_version"]
    assert "demo-yizhan" in get(f"http://127.0.0.1:{port}/login")[1].decode()
    deadline = time.monotonic() + 75  # the quickest feed is pulled every 30 s
    while json.loads(get(f"http://127.0.0.1:{port}/readyz")[1])["data_version"] == first:
        assert time.monotonic() < deadline, "nothing new came in"
        time.sleep(1)
    # The web is there before the agencies are; it must know their addresses all the same, or every feed looks unconnected.
    webs = [p for p in Path("/proc").glob("[0-9]*") if f"PPid:\t{process.pid}\n" in _read(p / "status") and "\0serve\0" in _read(p / "cmdline")]
    assert webs and all("YIZHAN_COURTS_URL=" in _read(p / "environ") for p in webs)
    process.kill()
    process.wait()
    assert gone(built) == set()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_ending_it_ends_all_of_it(built: Path, running: tuple[subprocess.Popen[str], int, str], number: int) -> None:
    process, port, _ = running
    assert len(family(built)) >= 5  # itself, agencies, worker, web master and web worker
    process.send_signal(number)
    assert process.wait(60) == 0
    assert gone(built) == set()
    with pytest.raises(OSError, match="refused"):
        get(f"http://127.0.0.1:{port}/healthz")


def _told_that_it_is_taken(built: Path, port: int, other: Path) -> None:
    same_folder, same_port = start(built, free_port()), start(other, port)
    for process, said in ((same_folder, "another demo uses this folder"), (same_port, f"port {port} is in use")):
        text = process.communicate(timeout=PATIENCE)[0]
        assert process.returncode == 2
        assert said in text
        assert "Traceback" not in text


@pytest.mark.soak
def test_a_start_broken_off_is_made_good(tmp_path: Path) -> None:
    data = tmp_path / "city"
    process = start(data, free_port(), "--build-only")
    until(process, "接入 法院")
    process.kill()
    process.communicate()
    assert gone(data) == set()
    again = start(data, free_port(), "--build-only")
    text = again.communicate(timeout=PATIENCE)[0]
    assert again.returncode == 0, text
    assert re.search(r"接入 矛调中心受理：收到 [\d,]+ = 新增 [1-9]", text), text


def test_a_folder_that_cannot_be_used_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    process = start(tmp_path / "file" / "city", free_port())
    text = process.communicate(timeout=PATIENCE)[0]
    assert process.returncode == 2
    assert "the folder cannot be written" in text
    assert "Traceback" not in text


def test_a_disk_without_room_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from demo import checks

    checks.space_enough(tmp_path, 0.02)
    monkeypatch.setattr(checks, "SPACE_PER_SCALE", 10**15)
    with pytest.raises(checks.CannotStart, match="not enough disk space"):
        checks.space_enough(tmp_path, 1)
