"""How long from a record's arrival at a feed to the wall that shows it, in a real browser before a server of its own (`yizhan bench wall`)."""

from __future__ import annotations

import contextlib
import random
import secrets
import tempfile
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import update

from matters.access import Scope
from services.bench_web import FLAGS, TODAY, at_share, browser_path, prepared, served
from services.push_client import PushClient
from services.settings import Settings
from services.wiring import Services, build
from store import ids
from store.engine import writing
from store.schema import matter

FEED, PATIENCE = "bench_push", 30.0
_TOML = """
feed = "bench_push"
title = { zh = "推送测试", en = "Pushed by the bench" }
cadence_seconds = 60
late_after_seconds = 864000
[agency]
code = "bench_push"
zh = "推送测试"
en = "Bench"
mark = "测"
rank = 90
[transport]
kind = "push"
per_minute = 6000
[fields]
external_id = { from = "no" }
kind = { const = "intake" }
channel = { const = "visit" }
registered_on = { from = "day", date = "%Y-%m-%d", required = true }
accepted_on = { from = "day", date = "%Y-%m-%d" }
category = { const = "02" }
title = { from = "title" }
area_code = { from = "area" }
"""
# Put into the page before each arrival: the moment of the frame after the one in which the title was drawn.
WATCH = """title => {
  window.benchAt = null;
  const seen = () => document.querySelector('.w-latest').textContent.includes(title);
  const watch = new MutationObserver(() => {
    if (!seen()) return;
    watch.disconnect();
    requestAnimationFrame(() => requestAnimationFrame(() => { window.benchAt = Date.now(); }));
  });
  watch.observe(document.querySelector('.w-stage'), { subtree: true, childList: true, characterData: true });
}"""


def wall(settings: Settings, rows: int, arrivals: int = 30) -> dict[str, Any]:
    """Records pushed one by one, signed, to a server over `rows` invented matters, until each stands drawn on a wall that is paired with it.

    The pauses between them are drawn by lot, so that they meet the wall's question of every second at any phase. On SQLite in a folder of its
    own. RuntimeError without playwright or Chromium, or if a record does not come up.
    Returns {rows, arrivals, answered_ms_p50, answered_ms_p95 (the sender's answer), drawn_ms_p50, drawn_ms_p95, drawn_ms_max (from before it
    was sent)}.
    """
    browser = browser_path()
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="yizhan-bench-")))
        feeds = folder / "feeds"
        (feeds / FEED).mkdir(parents=True, exist_ok=True)
        (feeds / FEED / "feed.toml").write_text(_TOML, encoding="utf-8")
        given: dict[str, Any] = {"data_dir": folder, "today": TODAY, "database_url": f"sqlite:///{folder.absolute() / 'web.sqlite3'}", "feeds_dir": feeds}
        services = build(settings.model_copy(update=given))
        stack.callback(services.close)
        prepared(services, rows)
        with writing(services.engine) as c:  # of long ago: else every large group among them is an alarm, which takes the stage
            c.execute(update(matter).values(changed_at=services.now() - timedelta(days=30)))
            ids.take(c, "matter", rows)  # the filled ones have numbers without having drawn them
        base = stack.enter_context(served(services.settings))
        answered, drawn = _arrived(services, browser, base, arrivals)
    return {"rows": rows, "arrivals": arrivals, "answered_ms_p50": at_share(answered, 0.5), "answered_ms_p95": at_share(answered, 0.95),
            "drawn_ms_p50": at_share(drawn, 0.5), "drawn_ms_p95": at_share(drawn, 0.95), "drawn_ms_max": round(drawn[-1], 1)}  # fmt: skip


def _arrived(services: Services, browser: str, base: str, arrivals: int) -> tuple[list[float], list[float]]:
    """Milliseconds until the answer and until the drawn wall, each in order of size."""
    from playwright.sync_api import sync_playwright

    key, run, answered, drawn = services.push_keys.add(FEED), secrets.token_hex(3), list[float](), list[float]()
    client = PushClient(base, FEED, key.key_id, key.secret)
    towns = [t.code for county in services.areas.counties() for t in services.areas.children(county.code)]
    with sync_playwright() as play:
        chromium = play.chromium.launch(executable_path=browser, args=FLAGS)
        page = chromium.new_context(viewport={"width": 1920, "height": 1080}, locale="zh-CN").new_page()
        page.goto(f"{base}/wall")
        page.fill("#pair input", services.displays.add("bench", "bench"))
        page.click("#pair button")
        page.wait_for_selector(".w-latest")
        scope, city = Scope.of("bench", "city_leader", "city"), services.areas.city.code
        services.displays.order(scope, max(d.id for d in services.displays.every(scope)), pin=city)
        page.wait_for_timeout(3_000)
        for n in range(-2, arrivals):  # the first two warm the server and are not counted
            title = f"推送{run}第{n + 3}件"
            row = {"no": f"{run}-{n}", "day": TODAY.isoformat(), "title": title, "area": towns[n % len(towns)]}
            page.evaluate(WATCH, title)
            started = time.time()
            client.send(orjson.dumps({"records": [row]}))
            took = time.time() - started
            while not (at := page.evaluate("window.benchAt")):
                if time.time() - started > PATIENCE:
                    raise RuntimeError(f"{title} did not come up on the wall within {PATIENCE:.0f} s")
                time.sleep(0.02)
            if n >= 0:
                answered.append(took * 1_000)
                drawn.append(at - started * 1_000)
            page.wait_for_timeout(random.uniform(300, 1_700))  # noqa: S311  (not a secret)
        chromium.close()
    return sorted(answered), sorted(drawn)
