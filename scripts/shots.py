"""Pictures of every page at three sizes, from a running demo city in a real browser.

    python scripts/shots.py --out shots --data .demo [--url http://127.0.0.1:8050] [--readme | --wall [3840x1080 …]]

Without --url the demo city of the data folder is started for the purpose, and ended afterwards. --wall takes the wall instead, in every size
(or those named) with its usual panels: every scene (the counties after the first at 1920x1080 only), an alarm, a line of text, a lost connection,
the check page. Alarms are called acknowledged, or not, on the page that is photographed alone. --readme also renews the pictures of
the README in docs/img: the city, the wall, a meeting in front of the room (it freezes one where there is none, and takes note of alarms).
"""

from __future__ import annotations

import argparse
import contextlib
import io
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError

from PIL import Image
from playwright.sync_api import Browser, sync_playwright
from playwright.sync_api import Page as Tab

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from dashboard.pages import PAGES  # noqa: E402
from services.auth import DEMO_PASSWORD  # noqa: E402

SIZES = {"1920x1080": (1920, 1080), "1440x900": (1440, 900), "390x844": (390, 844)}
WALLS = {"1920x1080": (1920, 1080, 3, 3), "3840x2160": (3840, 2160, 3, 3), "3840x1080": (3840, 1080, 6, 3), "6656x1792": (6656, 1792, 1, 1),
         "7680x2160": (7680, 2160, 6, 3), "1080x1920": (1080, 1920, 1, 1)}  # pixels, panels
# The page's own state is changed, nothing at the server: panels, alarms, scenes that now have nothing to say.
POSED = """async ([key, cols, rows, text]) => {
  const d = YZ.wall.data(), s = d.display.setup, now = new Date(YZ.clock.now()).toISOString().slice(0, 19);
  s.cols = cols; s.rows = rows; d.display.orders = { text: text, paused: true, pin: key === 'check' ? 'check' : '' };
  if (!d.alarms.length) d.alarms.push({ key: 'pose', kind: 'large', head: '重大群体纠纷', place: ['丰城市', '剑南街道'], what: '46 人 某劳务公司工资纠纷',
    sub: '劳动争议', facts: [['14:31', '公安首报，约 46 人'], ['14:34', '达到 30 人，列为重大群体']], owner: '丰城市人社局', raised: now, code: '360981002',
    map: d.areas['360981'] ? d.areas['360981'].map.file : '' });
  d.alarms.forEach(a => { a.acked = key === 'alarm' ? null : now; });
  if (!d.scenes.some(x => x.kind === 'feeds')) d.scenes.push({ key: 'feeds', kind: 'feeds', dwell: 20 });
  YZ.wall.whole();
  YZ.wall.show(key === 'alarm' || key === 'check' ? d.scenes[0].key : key);
  await YZ.map.ready();
  return d.scenes.map(x => x.key);
}"""
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync"]  # fmt: skip
START_SECONDS = 400
OTHERS = {"linking": "county"}  # pages that are not for the city leader, and for whom


def chromium() -> str:
    """Path of the browser; ends the program when there is none."""
    found = os.environ.get("YIZHAN_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if not found:
        sys.exit("no Chromium here: apt-get install chromium, or set YIZHAN_CHROMIUM")
    return found


@contextmanager
def city(data: Path) -> Iterator[str]:
    """A demo city on a free port; its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, str(ROOT / "cli.py"), "demo", "--port", str(port), "--data", str(data)]
    process = subprocess.Popen(command, cwd=ROOT)
    try:
        url, deadline = f"http://127.0.0.1:{port}", time.monotonic() + START_SECONDS
        while not _up(url):
            if process.poll() is not None or time.monotonic() > deadline:
                sys.exit("the demo city did not start; see above")
            time.sleep(0.3)
        yield url
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(30)


def _up(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/readyz", timeout=3) as answer:
            return bool(answer.status == 200)
    except (URLError, OSError):
        return False


def addresses(tab: Tab, url: str) -> dict[str, str]:
    """One address for each page of PAGES, with codes that exist."""
    api = tab.request
    matter = api.get(f"{url}/api/v1/matters?sort=-record_count&limit=1").json()["rows"][0]["code"]
    listed = api.get(f"{url}/api/v1/listings").json()["rows"]
    town = next((row["area"] for row in listed if row["state"] == "listed" and len(row["area"]) == 9), "360923103")
    values = {"county": town[:6], "township": town, "matter": matter, "listing": str(listed[0]["id"]) if listed else "1"}
    values["trade"] = "15"
    for key, page in {"group": "groups", "centre": "centres", "letter": "letters?tab=all", "meeting": "meeting"}.items():
        tab.goto(f"{url}/{page}")
        settle(tab)
        links = tab.eval_on_selector_all(f'#page a[href^="/{key}/"]', "all => all.map(a => a.getAttribute('href'))")
        values[key] = re.split("[/?#]", links[0])[2] if links else "0"
    return {page.key: re.sub("<[a-z]+>", values.get(page.key, ""), page.path) for page in PAGES}


def log_in(tab: Tab, url: str, user: str = "city") -> None:
    """As the city leader, who is not one for single pairs of records."""
    tab.goto(f"{url}/login")
    tab.fill("input[name=user]", user)
    tab.fill("input[name=password]", DEMO_PASSWORD)
    tab.press("input[name=password]", "Enter")
    tab.wait_for_url(lambda at: "/login" not in at)


def settle(tab: Tab) -> None:
    """Until the page has stopped asking and painting."""
    tab.wait_for_load_state("networkidle", timeout=20_000)
    tab.wait_for_timeout(900)


def shoot(url: str, out: Path, readme: bool) -> None:
    """Every page at every size, the login page too."""
    out.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium(), args=FLAGS)
        for name, (width, height) in SIZES.items():
            context = browser.new_context(viewport={"width": width, "height": height}, locale="zh-CN", timezone_id="Asia/Shanghai")
            tab = context.new_page()
            tab.goto(f"{url}/login")
            settle(tab)
            tab.screenshot(path=out / f"login-{name}.png")
            log_in(tab, url)
            pages = addresses(tab, url)
            for key, path in sorted(pages.items(), key=lambda p: p[0] in OTHERS):
                if key in OTHERS:
                    context.clear_cookies()
                    log_in(tab, url, OTHERS[key])
                tab.goto(url + path)
                settle(tab)
                tab.screenshot(path=out / f"{key}-{name}.png")
                print(f"{out / key}-{name}.png  {path}")
            context.close()
        if readme:
            shutil.copyfile(out / "city-1440x900.png", ROOT / "docs/img/city.png")
            for name, picture in rooms(browser, url):
                small(picture, ROOT / f"docs/img/{name}.webp")
        browser.close()


def walls(url: str, out: Path, names: list[str]) -> None:
    """The wall in these sizes."""
    out.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium(), args=FLAGS)
        for name in names:
            width, height, cols, rows = WALLS[name]
            tab = browser.new_context(viewport={"width": width, "height": height}, locale="zh-CN", timezone_id="Asia/Shanghai").new_page()
            log_in(tab, url)
            tab.goto(f"{url}/wall")
            tab.wait_for_selector(".w-stage .cell")
            hang(tab, out, name, cols, rows)
            tab.context.close()
        browser.close()


def hang(tab: Tab, out: Path, name: str, cols: int, rows: int) -> None:
    """One wall: its scenes, then what may come over it."""

    def take(key: str, label: str, text: str = "") -> list[str]:
        for _ in range(8):  # what comes in from the server takes the pose away
            scenes = list(tab.evaluate(POSED, [key, cols, rows, text]))
            tab.wait_for_timeout(300)
            if tab.evaluate("!!document.querySelector('.w-alarm')") == (key == "alarm"):
                break
        tab.screenshot(path=out / f"wall-{name}-{label}.png")
        print(f"{out}/wall-{name}-{label}.png")
        return scenes

    first = str(tab.evaluate("YZ.wall.data().scenes[0].key"))
    scenes = take(first, "city")
    counties = [k for k in scenes[1:] if k.isdigit()]
    for key in (*counties[: None if name == next(iter(WALLS)) else 1], *(k for k in scenes if not k.isdigit()), "alarm", "check"):
        take(key, key)
    take(first, "text", "九点整在三楼会议室开周研判会，请各常驻部门派人参加")
    tab.context.set_offline(True)
    tab.wait_for_selector(".lost")
    take(first, "lost")
    tab.context.set_offline(False)


def rooms(browser: Browser, url: str) -> Iterator[tuple[str, bytes]]:
    """The wall with its first scene, and the page of counties of the newest meeting."""
    tab = browser.new_context(viewport={"width": 1920, "height": 1080}, locale="zh-CN", timezone_id="Asia/Shanghai").new_page()
    log_in(tab, url)
    tab.goto(f"{url}/wall/operator")
    tab.wait_for_selector('h2:text-is("告警")')
    settle(tab)
    while (ack := tab.locator(".wd-alarms .live button").first).is_visible():
        ack.click()
        settle(tab)
    tab.goto(f"{url}/wall")
    tab.wait_for_selector(".geo path")
    tab.wait_for_timeout(2_000)
    yield "wall", tab.screenshot()
    tab.goto(f"{url}/meeting")
    tab.wait_for_selector(".m-list h2")
    settle(tab)
    if not tab.locator(".m-list li a").count():
        tab.goto(f"{url}/meeting?act=freeze")
        tab.wait_for_selector("#meeting-send")
        tab.click("#meeting-send")
        tab.wait_for_selector(".m-main h1")
    tab.click("a[data-act=present]")
    tab.wait_for_selector(".slide h1")
    for _ in range(12):
        if tab.locator(".slide .s-counties").count():
            break
        before = tab.inner_text(".slide .nav b")
        tab.keyboard.press("ArrowRight")
        # The page forbids evaluated strings, which waiting for a condition of one's own would need.
        tab.wait_for_selector(f'.slide .nav b:not(:text-is("{before}"))')
    settle(tab)
    yield "meeting", tab.screenshot()


def small(png: bytes, path: Path) -> None:
    """The picture at a README's width, in a format that is a third of its size."""
    image = Image.open(io.BytesIO(png)).convert("RGB")
    image.resize((1440, round(image.height * 1440 / image.width)), Image.Resampling.LANCZOS).save(path, "WEBP", quality=82, method=6)


def main() -> None:
    """Read the arguments and take the pictures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=Path("shots"))
    parser.add_argument("--data", type=Path, default=Path(".demo"))
    parser.add_argument("--url", default="")
    parser.add_argument("--readme", action="store_true")
    parser.add_argument("--wall", nargs="*", choices=list(WALLS), metavar="SIZE", help=f"any of {', '.join(WALLS)}; all without a name")
    given = parser.parse_args()
    with contextlib.nullcontext(given.url.rstrip("/")) if given.url else city(given.data) as url:
        if given.wall is not None:
            walls(url, given.out, given.wall or list(WALLS))
        else:
            shoot(url, given.out, given.readme)


if __name__ == "__main__":
    main()
