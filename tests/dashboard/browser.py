"""A real browser on a real server: the app over given services on a free port, Chromium in front of it."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from flask import Flask
from playwright.sync_api import Browser, Page, expect, sync_playwright
from werkzeug.serving import WSGIRequestHandler, make_server

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"]

# What a test waits for comes in milliseconds; on a machine that is busy with something else it may take long, and is right all the same.
expect.set_options(timeout=20_000)


class _Quiet(WSGIRequestHandler):
    """Says nothing of a hundred files a page."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        pass


def chromium() -> str:
    """Path of the browser; a machine without one fails, it does not skip."""
    # The shell is the same engine without the windows around it: a third less work a page.
    names = ("chromium-headless-shell", "chromium", "google-chrome")
    found = os.environ.get("YIZHAN_CHROMIUM") or next(filter(None, map(shutil.which, names)), None)
    assert found, "no Chromium here: apt-get install chromium, or set YIZHAN_CHROMIUM"
    return found


@contextmanager
def serving(server: Flask) -> Iterator[str]:
    """The app on a free port of this machine; gives its address."""
    http = make_server("127.0.0.1", 0, server, threaded=True, request_handler=_Quiet)
    thread = threading.Thread(target=http.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{http.server_port}"
    finally:
        http.shutdown()
        thread.join(10)


@contextmanager
def browsing() -> Iterator[Browser]:
    """A headless Chromium."""
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium(), args=FLAGS)
        yield browser
        browser.close()


@dataclass
class Seat:
    """A logged-in page, with everything it complained of and every address it asked for."""

    page: Page
    base: str
    user: str
    width: int
    height: int
    complaints: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def go(self, path: str, landmark: str = "h1") -> None:
        """Open an address and wait for something on it."""
        self.page.goto(self.base + path)
        self.page.wait_for_selector(landmark)

    @property
    def strangers(self) -> list[str]:
        """Requests to anybody else."""
        return [u for u in self.asked if not u.startswith((self.base, "data:", "blob:"))]


_LOGGED_IN: dict[tuple[str, str], Any] = {}  # cookies by address and user: the form is filled in once a server


def risen(seat: Seat) -> None:
    """As if nobody had sat here: for the next test, which saves the start of a page in a process of its own, half of the work of opening one."""
    page, context = seat.page, seat.page.context
    for other in context.pages:
        if other is not page:
            other.close()
    page.unroute_all(behavior="ignoreErrors")
    page.evaluate("localStorage.clear(); sessionStorage.clear()")
    page.goto("about:blank")
    page.mouse.move(0, 0)
    context.clear_cookies()
    context.add_cookies(_LOGGED_IN[seat.base, seat.user]["cookies"])
    page.set_viewport_size({"width": seat.width, "height": seat.height})
    seat.complaints.clear()
    seat.asked.clear()


def sit(
    browser: Browser, base: str, user: str, password: str, width: int = 1440, height: int = 900, at: str | None = "/", **options: Any
) -> Seat:
    """Log in by the form and be on the page `at`; None: on none yet, for those who go somewhere else at once."""
    kept = _LOGGED_IN.get((base, user))
    page = browser.new_context(viewport={"width": width, "height": height}, locale="zh-CN", storage_state=kept, **options).new_page()
    seat = Seat(page, base, user, width, height)
    page.on("console", lambda m: seat.complaints.append(m.text) if m.type in ("error", "warning") else None)
    page.on("pageerror", lambda e: seat.complaints.append(f"{e} {e.stack}"))
    page.on("request", lambda r: seat.asked.append(r.url))
    if kept is None:
        page.goto(base + "/login")
        page.fill("input[name=user]", user)
        page.fill("input[name=password]", password)
        page.click("button[type=submit]")
        page.wait_for_selector("#top h1, #page h1")
        _LOGGED_IN[base, user] = page.context.storage_state()
        if at in (None, "/"):
            return seat
    if at is not None:
        seat.go(at)
    return seat
