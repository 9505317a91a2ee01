"""A paired wall in a real browser before a server that can be killed: what the short and the long tests of the wall stand on."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flask import Flask
from playwright.sync_api import Browser, CDPSession, Error, Page
from werkzeug.serving import make_server

from app import build_app
from matters.access import Scope
from store.engine import reading
from store.feeds import all_agencies
from tests.store.rows import made, write

if TYPE_CHECKING:
    from services.wiring import Services

CITY = Scope.of("city", "city_leader", "city")
PLACE = ("360981", "360981002")
FIGURE = "Number(document.querySelector('.w-hero .num span').textContent.replace(',', ''))"
LOST, BACK = "!!document.querySelector('.lost .w-title b')", "!document.querySelector('.lost')"


class Door:
    """A server that can be killed and started again on its port, with another app if it is a new version."""

    def __init__(self, app: Flask) -> None:
        self.app, self.port = app, 0
        self._http: Any = None

    def open(self) -> None:
        if self._http is not None:
            return
        self._http = make_server("127.0.0.1", self.port, self.app, threaded=True)
        self.port = self._http.server_port
        threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def shut(self) -> None:
        if self._http is not None:
            self._http.shutdown()
            self._http.server_close()
            self._http = None


class Stage:
    """One city, its server, and a wall that hangs before it. `complaints` is all that the page complained of: it must stay empty."""

    def __init__(self, browser: Browser, services: Services) -> None:
        self.browser, self.services, self.complaints = browser, services, list[str]()
        self.door = Door(build_app(services).server)
        self.door.open()
        self._sent = 0
        self.page = self._page()
        self.page.goto(self.url)
        self.page.fill("#pair input", services.displays.add("test", "厅", cols=3, rows=3))
        self.page.click("#pair button")
        self._ready(self.page)
        self.display = services.displays.every(CITY)[0].id

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.door.port}/wall"

    def _page(self, **options: Any) -> Page:
        context = self.browser.new_context(viewport={"width": 1920, "height": 1080}, locale="zh-CN", **options)
        page = context.new_page()
        page.on("pageerror", lambda e: self.complaints.append(f"{e} {e.stack}"))
        return page

    @staticmethod
    def _ready(page: Page) -> None:
        page.wait_for_selector(".w-hero .num")
        page.wait_for_selector(".geo path")

    @contextmanager
    def clocked(self) -> Iterator[Page]:
        """The same wall on a machine whose clock stands until the test moves it (`tick`, Page.clock)."""
        page = self._page(storage_state=self.page.context.storage_state())
        page.clock.install(time=datetime(2026, 1, 1, 12))
        page.goto(self.url)
        until(page, "!!YZ.wall.data() && YZ.link.polls() > 0 && YZ.link.idle() && !!document.querySelector('.w-stage .cell')")
        page.clock.pause_at(datetime(2026, 1, 1, 13))
        yield page
        page.context.close()

    def reload(self) -> None:
        """Load the page anew, as after an upgrade."""
        self.page.reload()
        self._ready(self.page)

    def close(self) -> None:
        self.page.context.close()
        self.door.shut()

    def rest(self) -> None:
        """As it was: the server up, the line good, pinned to the first scene, no alarm that nobody took note of."""
        self.door.open()
        self.page.context.set_offline(False)
        self.page.set_viewport_size({"width": 1920, "height": 1080})
        self._order(pin=self.services.areas.city.code, text="", paused=False)
        self.acknowledge()

    def free(self) -> None:
        """Let the scenes go on by themselves."""
        self._order(pin="", text="", paused=False)

    def _order(self, **orders: Any) -> None:
        now = next(d for d in self.services.displays.every(CITY) if d.id == self.display).orders
        if {k: now.get(k) for k in orders} != orders:
            self.services.displays.order(CITY, self.display, **orders)

    def acknowledge(self) -> None:
        """Somebody takes note of everything."""
        for alarm in self.services.wall.alarms.now(CITY):
            if alarm.acked_at is None:
                self.services.wall.alarms.acknowledge(CITY, alarm.key)

    def arrive(self, **row: Any) -> str:
        """A record comes in by the centre's feed; its title."""
        self._sent += 1
        now = self.services.now()
        said = {"external_id": f"new{self._sent}", "kind": "intake", "channel": "visit", "accepted_on": now.date(), "title": f"新到事项{self._sent}",
                "category": "02", "place": PLACE, **row}  # fmt: skip
        with reading(self.services.engine) as c:
            agencies = all_agencies(c)
        write(self.services.engine, "centre", [made(dict(said))], agencies, now)
        return str(said["title"])

    def stand_at(self, when: datetime) -> None:
        """Let the server's clock say this; its days turn with it."""
        s = self.services
        s.now = lambda: when  # type: ignore[method-assign]
        for part in (s.moments, s.figures, s.matters, s.feeds, s.listings, s.displays, s.signals, s.wall, s.wall.alarms):
            part._now = s.now
        s.figures.turn_day()


def until(page: Page, script: str, seconds: float = 20) -> None:
    """Wait for a condition; the page's own policy forbids what wait_for_function does."""
    ends = time.monotonic() + seconds
    while not _holds(page, script):
        assert time.monotonic() < ends, script
        time.sleep(0.02)


def _holds(page: Page, script: str) -> bool:
    try:
        return bool(page.evaluate(script))
    except Error:  # the page is being loaded anew
        return False


def tick(page: Page, seconds: int = 1) -> None:
    """Let the page's clock go on, second by second; each question to the server is answered before the next second."""
    for _ in range(seconds):
        page.clock.run_for(1_000)
        until(page, "YZ.link.idle()")


def number(page: Page) -> int:
    """The first figure."""
    return int(page.inner_text(".w-hero .num span").replace(",", ""))


def minutes(text: str) -> int:
    """Of a day, from hh:mm."""
    hours, rest = text.split(":")
    return int(hours) * 60 + int(rest)


# The wall on c × r panels: to be said with every scene, since new data bring the server's panels back.
PANELS = "const s = YZ.wall.data().display.setup; if (s.cols !== c || s.rows !== r) { s.cols = c; s.rows = r; YZ.wall.whole(); }"
# Dark type that leaves the light area which it names, and so stands on the dark ground.
DARK = """() => [...document.querySelectorAll('.ml.dk')].filter(l => {
  const path = document.querySelector('.geo path[data-code="' + l.dataset.area + '"]'), back = path.getScreenCTM().inverse(), b = l.getBoundingClientRect();
  return [.1, .5, .9].some(x => [.1, .5, .9].some(y => !path.isPointInFill(new DOMPoint(b.left + x * b.width, b.top + y * b.height).matrixTransform(back))));
}).map(l => ({text: l.textContent}))"""


def faults(page: Page) -> dict[str, list[str]]:
    """Texts on a seam, too small, or outside, cells without room; empty when there are none."""
    asked = f"({{seams: YZ.layout.faults(), empty: YZ.layout.empty(), small: YZ.layout.small(), outside: YZ.layout.outside(), unread: ({DARK})()}})"
    found = page.evaluate(f"Object.fromEntries(Object.entries({asked}).map(([k, v]) => [k, v.map(f => f.text)]))")
    return {kind: texts for kind, texts in found.items() if texts}


# Of these no part may be cut off: they are said once and have no other place.
CUT = """() => [...document.querySelectorAll('.w-title b, .w-note, .w-note b, .w-note span, .w-text, .fd, .a-top, .a-main, .a-ack, .w-scene')]
  .filter(e => e.getClientRects().length && getComputedStyle(e).display !== 'inline').filter(e => { const s = getComputedStyle(e);
    return e.scrollWidth > e.clientWidth + 1 || (s.overflowY !== 'visible' && e.scrollHeight > e.clientHeight + parseFloat(s.fontSize) * .45); })  // type is higher than its line
  .map(e => e.className + ' ' + e.textContent)"""
# Figures, ages and verdicts that their own cell or row cuts off, and what is said in the heading over the title or the clock.
HIDDEN = """() => { const box = e => e.getBoundingClientRect(), shown = e => e && e.getClientRects().length && e.textContent;
  const note = [...document.querySelectorAll('.w-note b, .w-note span')].filter(shown), by = ['.w-title b', '.w-clock time', '.w-age', '.w-date span'].map(s => document.querySelector(s)).filter(shown);
  return [...document.querySelectorAll('.cell .num span, .vd, .ag, .w-rank .v')].filter(shown).filter(e => e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).display !== 'inline' ||
      box(e).right > box(e.closest('.cell')).right + 1).map(e => e.textContent)
    .concat(note.filter(n => by.some(o => box(n).left < box(o).right - 1 && box(n).right > box(o).left + 1 && box(n).top < box(o).bottom - 1 && box(n).bottom > box(o).top + 1)).map(n => 'over: ' + n.textContent)); }"""
# The scene of signals, with as many words as they may have.
SIX_SIGNALS = """() => { const d = YZ.wall.data(); if (!d.scenes.some(s => s.key === 'signals')) d.scenes.push({key: 'signals', kind: 'signals', dwell: 20});
  d.signals = {h: '本周 6 条', n: '', title: '预警信号', none: '', unknown: '', most: 30, stats: [['今年信号', '9', '条'], ['已处置', '4', '条'], ['有用率', '75.0', '%']],
    map: Object.assign({}, Object.values(d.areas)[0].map, {h: '所在乡镇', n: '编号与列表一致'}), rows: [1, 2, 3, 4, 5, 6].map(n => ({no: n, title: '丰城市剑南街道「劳动争议」', kind: '苗头性', more: '发提示函', county: '360981', low: 0,
    said: '近 4 周 22 件，常年同期约 2.4 件（0–6）；其中 21 件指向「鑫某劳务公司」，3 件为拖欠农民工工资，涉及 14 个村居。', high: 6, observed: 22, expected: 2.4, text: '22'}))};
  YZ.wall.show('signals'); }"""
# Signals whose words go beyond their row, and a heading whose words lie over one another.
UNENDED = """() => { const meet = (a, b) => a.getClientRects().length && b.getClientRects().length && a.textContent && b.textContent &&
    a.getBoundingClientRect().right > b.getBoundingClientRect().left + 1;
  const rows = [...document.querySelectorAll('.w-signals li')].filter(e => e.getClientRects().length);
  return [...(rows.filter(e => e.querySelector('.st p').getClientRects().length).length > rows.length / 2 ? [] : ['no signals']), ...rows.filter(e => e.querySelector('.st').scrollHeight > e.clientHeight + 1 || (e.querySelector('.st p').getClientRects().length && e.querySelector('.st p').offsetHeight < 8)).map(e => e.textContent),
    ...(meet(document.querySelector('.w-note b'), document.querySelector('.w-scene')) ? ['the heading'] : [])]; }"""
# Sounds are counted, and made as they are.
HEARD = """() => { window.heard = 0; const Real = window.AudioContext;
  window.AudioContext = class extends Real { createOscillator() { window.heard++; return super.createOscillator(); } }; }"""


def resized(page: Page, width: int, height: int, cols: int, rows: int) -> None:
    """Hang the wall anew at a size."""
    page.set_viewport_size({"width": width, "height": height})
    page.evaluate("([c, r]) => { const s = YZ.wall.data().display.setup; s.cols = c; s.rows = r; YZ.wall.whole(); return YZ.map.ready(); }", [cols, rows])


REPLAY = """async ([from, count]) => {
  for (let n = from; n < from + count; n++) {
    const d = JSON.parse(JSON.stringify(YZ.wall.data()));
    d.version = 1e6 + n;
    Object.values(d.areas).forEach(a => { a.hero.v = String(1000 + n); a.latest.rows.unshift(['09:00', '某镇', '邻里', '新受理', 'new', '第' + n + '件', 'x' + n]); a.latest.rows.length = 8;
      a.rank.rows.forEach((r, i) => { r[2] = String(n + i); }); Object.values(a.map.values).forEach((v, i) => { if (v[0] !== null) v[0] = (n + i) % 5; }); });
    YZ.wall.take(d);
    if (n % 4 === 0) { const s = d.scenes[(n / 4) % d.scenes.length]; YZ.wall.show(s.key); }
    await new Promise(r => setTimeout(r, 0));
  }
  await new Promise(r => setTimeout(r, 300));
}"""  # updates as they come, each fourth with the next scene


class Memory:
    """What the page holds, after the rubbish was taken away."""

    def __init__(self, page: Page) -> None:
        self._tools: CDPSession = page.context.new_cdp_session(page)

    def heap(self) -> int:
        """Bytes of script objects."""
        for _ in range(3):
            self._tools.send("HeapProfiler.collectGarbage")
        return int(self._tools.send("Runtime.getHeapUsage")["usedSize"])

    def nodes(self) -> int:
        """Nodes of documents, those that nothing shows any more too."""
        self._tools.send("HeapProfiler.collectGarbage")
        return int(self._tools.send("Memory.getDOMCounters")["nodes"])


def spent() -> float:
    """Seconds of processor time that all processes of this test's browser have used."""
    above, used, browsers = dict[int, int](), dict[int, float](), set[int]()
    for path in Path("/proc").glob("[0-9]*"):
        try:
            fields = (path / "stat").read_text(errors="replace").rpartition(")")[2].split()
            name = (path / "cmdline").read_text(errors="replace").split("\0")[0]
        except OSError:
            continue  # it has ended meanwhile
        pid = int(path.name)
        above[pid], used[pid] = int(fields[1]), (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
        if Path(name).name.startswith("chrom"):
            browsers.add(pid)

    def ours(pid: int) -> bool:
        while pid in above and pid != os.getpid():
            pid = above[pid]
        return pid == os.getpid()

    return sum(used[pid] for pid in browsers if ours(pid))


def soon(services: Services) -> datetime:
    """Noon of the city's next day: a clock of its own to set a stage by."""
    today = services.settings.today or services.now().date()
    return datetime.combine(today, datetime.min.time()) + timedelta(days=1, hours=12)
