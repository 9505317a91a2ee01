"""How long from a click to the painted screen in a real browser, and how many answers a second under load (`yizhan bench web`)."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import func, select, update

from services.bench_fill import fill
from services.settings import Settings
from services.wiring import Services, build
from store.engine import reading, writing
from store.schema import matter
from store.writer import bump

TODAY, SECONDS, USERS, ROUNDS = date(2026, 6, 30), 10.0, 20, 40
USER, PLACED = "bench", 3  # one matter in so many has a place on the map
# Milliseconds for which a pointer rests on what it will press, and for which a mouse button is held, as people do; measured is from its release, the click.
RESTS, PRESSED = 200, 80
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"]
# What is put into the page: from the event of the click (its own time stamp) until the screen of the address that the click leads to is
# painted: figures, ranking, map, which is drawn last and says which address it answers. Where all was drawn within the event, its time is
# the browser's own: until the next frame was presented, in steps of 8 ms (Event Timing, W3C). Where it was drawn later, until the
# begin of the frame after the one with the drawing.
WATCH = """
(() => {
  let from = 0, was = '', done = null;
  const events = [], shown = () => { const over = document.querySelector('.area-page .map .over'); return over && over.getAttribute('data-at'); };
  new PerformanceObserver(list => events.push(...list.getEntries())).observe({ type: 'event', durationThreshold: 16 });
  addEventListener('click', e => { if (!from) from = e.timeStamp; }, true);
  function within(at, later, tries) {
    const event = events.find(e => e.name === 'click' && Math.abs(e.startTime - from) < 1);
    if (event) return at <= event.processingEnd ? event.duration : later;
    return tries ? null : later;
  }
  new MutationObserver(() => {
    if (!done || !from || !shown() || shown() === was || !document.querySelector('.figs [data-figure]')) return;
    const f = done, at = performance.now();
    done = null;
    requestAnimationFrame(() => requestAnimationFrame(() => {
      const later = performance.now() - from;
      (function told(tries) {
        const took = within(at, later, tries);
        if (took === null) setTimeout(() => told(tries - 1), 20); else f(took);
      })(25);
    }));
  }).observe(document, { subtree: true, childList: true, attributes: true, attributeFilter: ['data-at'] });
  window.benchStart = () => {
    from = 0; was = shown(); events.length = 0;
    window.benchEnd = new Promise(r => { done = r; setTimeout(() => r(-1), 20000); });
  };
})();
"""


def web(settings: Settings, rows: int, rounds: int = ROUNDS, seconds: float = SECONDS, rests: int = RESTS, keep: Path | None = None) -> dict[str, Any]:
    """Clicks on the area pages in Chromium, then `users` at once on the JSON API, against a server of its own over `rows` invented matters.

    Before every click the data version is raised, as data that come in do, so that no answer is one kept from before. On SQLite in a folder
    of its own; `keep` is a folder whose store stays and is used again. `rests`: milliseconds that the pointer rests on a link before it
    presses. RuntimeError without playwright or Chromium.
    Returns {rows, users, answers_per_s, ms_p50, ms_p95 (answers under load), painted_ms_p50, painted_ms_p95, first_page_ms,
    clicks: {kind: {n, ms_p50, ms_p95}}}.
    """
    browser = browser_path()
    with contextlib.ExitStack() as stack:
        folder = keep or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="yizhan-bench-")))
        folder.mkdir(parents=True, exist_ok=True)
        given: dict[str, Any] = {"data_dir": folder, "today": TODAY, "database_url": f"sqlite:///{folder.absolute() / 'web.sqlite3'}"}
        services = build(settings.model_copy(update=given))
        stack.callback(services.close)
        password, token = prepared(services, rows)
        base = stack.enter_context(served(services.settings))
        clicks, first = _clicked(browser, base, password, rounds, rests, lambda: _moved(services))
        load = _loaded(base, token, seconds)
    everything = sorted(ms for times in clicks.values() for ms in times)
    painted = {"painted_ms_p50": at_share(everything, 0.5), "painted_ms_p95": at_share(everything, 0.95), "first_page_ms": first}
    return {"rows": rows, "users": USERS, **load, **painted,
            "clicks": {kind: {"n": len(t), "ms_p50": at_share(sorted(t), 0.5), "ms_p95": at_share(sorted(t), 0.95)} for kind, t in clicks.items()}}  # fmt: skip


def at_share(times: list[float], share: float) -> float:
    """The value below which that share of sorted times lies."""
    return round(times[min(len(times) - 1, int(len(times) * share))], 1)


def browser_path() -> str:
    """Path of Chromium. RuntimeError where it or playwright is missing."""
    found = os.environ.get("YIZHAN_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    try:
        import playwright.sync_api  # noqa: F401  (a tool of the tests: a server needs no browser)
    except ImportError:
        found = None
    if not found:
        raise RuntimeError("this bench needs playwright and Chromium: make setup-test, or set YIZHAN_CHROMIUM to the browser")
    return found


def prepared(services: Services, rows: int) -> tuple[str, str]:
    """The store with its matters, a third of them with a place on the map; a password and a token."""
    services.prepare()
    with reading(services.engine) as c:
        there = int(c.execute(select(func.count()).select_from(matter)).scalar_one())
    if not there:
        fill(services, rows)
        with writing(services.engine) as c:
            for county in services.areas.counties():
                for town in services.areas.children(county.code):
                    if town.seat is None:
                        continue
                    spread = (matter.c.id % 1009) / 1009.0 * 0.08 - 0.04, (matter.c.id % 499) / 499.0 * 0.08 - 0.04
                    c.execute(update(matter).where(matter.c.town_code == town.code, matter.c.id % PLACED == 0)
                              .values(lon=town.seat[0] + spread[0], lat=town.seat[1] + spread[1]))  # fmt: skip
    elif there != rows:
        raise RuntimeError(f"the kept store has {there:,} matters, not {rows:,}")
    services.map_classes.pin(TODAY)
    password = secrets.token_urlsafe(12)
    with contextlib.suppress(ValueError):  # a kept store has the account
        services.auth.add(USER, password, "city_leader")
    services.auth.set_password(USER, password)
    return password, services.auth.add_token(USER)


def _moved(services: Services) -> None:
    with writing(services.engine) as c:
        bump(c, services.now())


@contextlib.contextmanager
def served(settings: Settings) -> Iterator[str]:
    """The server as `yizhan serve` starts it, on a free port of this machine."""
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port = s.getsockname()[1]
    env = {**os.environ, "YIZHAN_DATA_DIR": str(settings.data_dir), "YIZHAN_DATABASE_URL": settings.database_url, "YIZHAN_TODAY": TODAY.isoformat(),
           "YIZHAN_LOG_LEVEL": "ERROR", "YIZHAN_LOGIN_ATTEMPTS": "100", "YIZHAN_SECRET_KEY": settings.secret_key}  # fmt: skip
    if settings.feeds_dir:
        env["YIZHAN_FEEDS_DIR"] = str(settings.feeds_dir.absolute())
    log = settings.data_dir / "serve.log"
    with log.open("w") as out:
        command = [sys.executable, "-m", "cli", "serve", "--host", "127.0.0.1", "--port", str(port)]
        server = subprocess.Popen(command, env=env, stdout=out, stderr=out, cwd=Path(__file__).parents[1])
        try:
            base = f"http://127.0.0.1:{port}"
            _wait(base, server, log)
            yield base
        finally:
            server.terminate()
            server.wait(30)


def _wait(base: str, server: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(600):
        if server.poll() is not None:
            raise RuntimeError(f"the server ended: {log.read_text()[-400:]}")
        with contextlib.suppress(httpx.HTTPError):
            if httpx.get(f"{base}/readyz", timeout=2).status_code == 200:
                return
        time.sleep(0.1)
    raise RuntimeError("the server did not answer within a minute")


def _clicked(browser: str, base: str, password: str, rounds: int, rests: int, move: Callable[[], None]) -> tuple[dict[str, list[float]], float]:
    """Milliseconds from click to paint by kind of click, and of the first page after the login."""
    from playwright.sync_api import Page, sync_playwright

    with sync_playwright() as play:
        chromium = play.chromium.launch(executable_path=browser, args=FLAGS)
        page: Page = chromium.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN").new_page()
        page.add_init_script(WATCH)
        page.goto(f"{base}/login")
        page.fill("input[name=user]", USER)
        page.fill("input[name=password]", password)
        page.click("button[type=submit]")
        page.wait_for_selector(".over[data-at]")
        started = time.perf_counter()
        page.goto(f"{base}/")
        page.wait_for_selector(".over[data-at]")
        first = round((time.perf_counter() - started) * 1_000, 1)

        def timed(selector: str, opened: str = "") -> float:
            move()
            if opened:
                page.click(opened)
            page.evaluate("benchStart()")
            page.hover(selector)
            page.wait_for_timeout(rests)
            page.click(selector, delay=PRESSED)
            took = float(page.evaluate("benchEnd"))
            if took < 0:
                raise RuntimeError(f"nothing was painted within 20 s after a click on {selector} at {page.url}")
            return took

        counties = page.eval_on_selector_all("path.area[data-code]", "all => all.map(a => a.dataset.code)")
        found: dict[str, list[float]] = {"area": [], "indicator": [], "window": [], "category": []}
        for n in range(-2, rounds):  # the first two warm the browser and are not counted
            at = {k: list[float]() for k in found}
            at["indicator"].append(timed(f'.map-panel .seg.sm a >> nth={n % 2}'))
            at["window"].append(timed(f".bar .seg >> nth=0 >> css=a >> nth={n % 3}"))
            at["window"].append(timed(".bar .seg >> nth=0 >> css=a >> nth=3"))
            at["category"].append(timed(f'.bar .facet >> nth=0 >> css=div a >> nth={1 + n % 15}', '.bar .facet >> nth=0 >> css=summary'))
            at["category"].append(timed('.bar .facet >> nth=0 >> css=div a >> nth=0', '.bar .facet >> nth=0 >> css=summary'))
            at["area"].append(timed(f'.rank [data-row="{counties[n % len(counties)]}"] a >> nth=0'))
            at["area"].append(timed(".crumb a >> nth=0"))
            if n >= 0:
                for kind, times in at.items():
                    found[kind] += times
        chromium.close()
    return found, first


def _loaded(base: str, token: str, seconds: float) -> dict[str, float]:
    """Answers a second, and their times, with USERS asking at once for the counties of windows that differ."""
    times: list[float] = []
    until, lock = time.monotonic() + seconds, threading.Lock()

    def ask(user: int) -> None:
        own = []
        with httpx.Client(base_url=base, headers={"Authorization": f"Bearer {token}"}, timeout=30) as client:
            n = user
            while time.monotonic() < until:
                n += USERS
                query = {"level": "county", "from": f"2026-{1 + n % 5:02}-{1 + n % 28:02}", "to": "2026-06-30"}
                started = time.perf_counter()
                client.get("/api/v1/indicators", params=query).raise_for_status()
                own.append((time.perf_counter() - started) * 1_000)
        with lock:
            times.extend(own)

    threads = [threading.Thread(target=ask, args=(n,)) for n in range(USERS)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    if not times:
        raise RuntimeError("the API gave no answer under load")
    times.sort()
    return {"answers_per_s": round(len(times) / seconds, 1), "ms_p50": at_share(times, 0.5), "ms_p95": at_share(times, 0.95)}
