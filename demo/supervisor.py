"""`yizhan demo`: makes the city, brings it in, starts and watches the processes, and ends everything it started."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sys
import threading
import time
import urllib.error
import urllib.request
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import FrameType

from sqlalchemy.exc import OperationalError

from demo import bringing, checks, city, deeds
from demo.env import HTTP, feed_env, late_feeds
from demo.processes import Child, stop
from demo.progress import Show
from matters.moments import MomentError
from services import logs
from services.auth import DemoAccount
from services.settings import Settings, load_settings
from services.wiring import Services, build

START_SECONDS = 60
GROW_SECONDS = 4.0
MEETING_SECONDS = 150  # after the start; the last whole minute before a meeting must know the whole city
STAMP = "store.json"  # which city the store holds; written when all of it is in


@dataclass(frozen=True, slots=True)
class Options:
    """What was asked for on the command line."""

    port: int = 8050
    data: Path = Path(".demo")
    seed: int = 1
    scale: float = 1.0
    today: date | None = None
    build_only: bool = False


class Ended(Exception):
    """Ctrl-C, SIGTERM or a closed terminal."""


def run(options: Options, show: Show | None = None) -> int:
    """Run the demo until it is ended; returns the exit code: 0, or 2 with a message when it cannot start."""
    show = show or Show()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _end)
    children: list[Child] = []
    try:
        _Demo(options, show, children).run()
    except Ended:
        pass
    except checks.CannotStart as error:
        show.line(f"✗ {error}")
        return 2
    except ValueError as error:  # YIZHAN_DEMO_LATE
        show.line(f"✗ {error}")
        return 2
    except OSError as error:
        show.line(f"✗ {_disk(error, options.data)}")
        return 2
    finally:
        # A second Ctrl-C must not leave half of it running.
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        if children:
            show.line("正在结束 …")
            stop(children)
            show.line("已全部结束。")
    return 0


_ENDING = threading.Event()


def _end(_number: int, _frame: FrameType | None) -> None:
    # An exception raised here is lost when the signal comes inside a destructor: the event is not.
    _ENDING.set()
    raise Ended


def _disk(error: OSError, folder: Path) -> str:
    if error.errno == 28:
        return f"磁盘已满（{folder}）：腾出空间后再次运行 make demo，会从头补齐（the disk is full)"
    return f"{error.strerror or error}: {error.filename or folder}"


class _Demo:
    """One run of the demo."""

    def __init__(self, options: Options, show: Show, children: list[Child]) -> None:
        self.options, self.show, self.children = options, show, children
        self.folder = options.data.absolute()
        self.city_folder = self.folder / "city-sources"
        self.ports: dict[str, int] = {}
        self.services: Services
        self.started = time.monotonic()

    def run(self) -> None:
        """Everything in order; blocks until ended, unless only building was asked for."""
        checks.folder_usable(self.folder)
        lock = checks.only_one(self.folder)
        if not self.options.build_only:
            checks.port_free(self.options.port)
        settings = self._settings()
        logs.configure("WARNING")
        self.services = build(settings)
        try:
            self._make_city()
            self._find_addresses()
            if self._is_filled():
                self.services.prepare()  # the program may be newer than the store
                if not self.options.build_only:
                    self._start_web()  # it takes the longest, and needs the store and the feeds' addresses only
            self._start_agencies()
            self._bring_in()
            if self.options.build_only:
                self.show.line(f"已建好：{self.folder}")
                return
            if not any(child.name == "web" for child in self.children):
                self._start_web()
            self._start("worker", [sys.executable, "-m", "cli", "worker"])
            self._await_web()
            accounts = self.services.auth.demo_accounts()
        finally:
            self.services.close()
        self._greet(accounts)
        self._watch()
        lock.close()

    def _settings(self) -> Settings:
        """Write the folder's own yizhan.toml, which the processes and `yizhan --data` read, and take it for this one."""
        lines = [f"data_dir = {json.dumps(str(self.folder))}", "demo = true", f"port = {self.options.port}"]
        if self.options.today:
            lines.append(f'today = "{self.options.today}"')
        config = self.folder / "yizhan.toml"
        config.write_text("\n".join(lines) + "\n", encoding="utf-8")
        os.environ["YIZHAN_CONFIG"] = str(config)
        os.environ.pop("YIZHAN_DATA_DIR", None)
        return load_settings()

    def _make_city(self) -> None:
        """The sources of all agencies, unless they are there; the agencies themselves bring an older city up to now."""
        today, o = self.services.now().date(), self.options
        late = late_feeds(os.environ)
        if not city.is_built(self.city_folder, today, o.seed, o.scale, late):
            (self.folder / STAMP).unlink(missing_ok=True)
            shutil.rmtree(self.city_folder, ignore_errors=True)
            checks.space_enough(self.folder, o.scale)
            with self.show.step("造演示城市（三年，十四部门）") as step:
                truth = city.generate(self.city_folder, self.services.geography.city.areas, today, o.seed, o.scale, step, late)
                step.note = f"{truth.expected['records']:,} 件记录"

    def _find_addresses(self) -> None:
        """Free ports for the agencies; the feeds' addresses go into feeds.env and to every process."""
        self.ports = dict(zip(HTTP, checks.free_ports(len(HTTP)), strict=True))
        env = feed_env(self.city_folder, self.ports)
        os.environ.update(env)
        (self.folder / "feeds.env").write_text("".join(f"{k}={v}\n" for k, v in env.items()), encoding="utf-8")

    def _start_agencies(self) -> None:
        """The simulated agencies, each on its port."""
        command = [sys.executable, "-m", "demo.agencies", str(self.city_folder), *(f"{feed}={port}" for feed, port in self.ports.items())]
        command += ["--grow-seconds", "0" if self.options.build_only else str(GROW_SECONDS)]
        command += ["--today", str(self.options.today)] if self.options.today else []
        with self.show.step("启动各部门模拟系统，补齐到此刻"):
            self._start("agencies", command)
            self._await(lambda: all(_listens(port) for port in self.ports.values()), "各部门模拟系统")

    def _bring_in(self) -> None:
        """The store: made and filled the first time, afterwards only what is new."""
        services = self.services = bringing.reload_feeds(self.services)
        fresh = not self._is_filled()
        if fresh:
            bringing.empty_store(services)
            with self.show.step("建库，装入区划"):
                services.prepare()
        bringing.pull(services, self.show, city.Truth.load(self.city_folder).expected if fresh else {})
        if fresh:
            bringing.link(services, self.show)
            with self.show.step("演示账号、中心、挂牌"):
                bringing.furnish(services, self.city_folder)
            with self.show.step("预警信号、提示函") as step:
                step.note = f"{deeds.bring(services, self.city_folder)} 份提示函"
            (self.folder / STAMP).write_text(json.dumps(self._wanted()))

    def _wanted(self) -> dict[str, object]:
        return {"city": city.Truth.load(self.city_folder).fingerprint, "database": self.services.settings.database_url}

    def _is_filled(self) -> bool:
        """Whether the store holds all of this city, and nothing else: a start that was broken off left no stamp."""
        try:
            held = json.loads((self.folder / STAMP).read_text())
        except (OSError, ValueError):
            return False
        return bool(held == self._wanted())

    def _start_web(self) -> None:
        self._start("web", [sys.executable, "-m", "cli", "serve", "--host", "127.0.0.1", "--port", str(self.options.port)])

    def _start(self, name: str, command: list[str]) -> None:
        self.children.append(Child(name, command, os.environ, self.folder / "logs" / f"{name}.log"))

    def _await_web(self) -> None:
        url = f"http://127.0.0.1:{self.options.port}/healthz"
        with self.show.step("启动网页"):
            self._await(lambda: _answers(url), "网页")

    def _await(self, ready: object, what: str) -> None:
        deadline = time.monotonic() + START_SECONDS
        while not ready():  # type: ignore[operator]
            self._check_children()
            if _ENDING.is_set():
                raise Ended
            if time.monotonic() > deadline:
                raise checks.CannotStart(f"{what}在 {START_SECONDS} 秒内没有起来，日志见 {self.folder / 'logs'}")
            time.sleep(0.05)

    def _check_children(self) -> None:
        for child in self.children:
            if child.ended is not None:
                raise checks.CannotStart(f"{child.name} 意外结束（{child.ended}），日志 {child.log}：\n{child.tail()}")

    def _greet(self, accounts: list[DemoAccount]) -> None:
        """The address and the accounts."""
        self.show.line("")
        self.show.line(f"  一站已就绪（{time.monotonic() - self.started:.0f} s）：http://127.0.0.1:{self.options.port}")
        for account in accounts:
            self.show.line(f"  {account.user:<10} {account.password:<12} {account.role}（{account.area}）")
        self.show.line("  Ctrl-C 结束全部。")
        sys.stdout.flush()

    def _watch(self) -> None:
        first = time.monotonic() + MEETING_SECONDS
        while not _ENDING.wait(0.5):
            self._check_children()
            if first and time.monotonic() > first:
                first = 0.0
                with suppress(MomentError, OperationalError):  # a busy store: the meeting is then frozen by hand, or on Monday
                    deeds.meet(self.services)


def _listens(port: int) -> bool:
    import socket

    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:  # noqa: S310  our own loopback address
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False
