"""The wall in a real browser: every size without a text on a seam, a cut line, a killed server, a new version, a clock that jumps, a month
with its nights, alarms of every kind taken note of on a phone. The long forms are in test_wall_long.py (make soak)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import Browser, expect
from sqlalchemy import update

from app import build_app
from dashboard.pages.wall import callbacks, routes
from services.auth import DEMO_PASSWORD
from services.signal_counts import last_week
from store.engine import reading, writing
from store.feeds import all_agencies
from store.schema import feed
from tests.dashboard.browser import browsing, sit
from tests.dashboard.wall_stage import (
    BACK,
    CITY,
    CUT,
    FIGURE,
    HEARD,
    HIDDEN,
    LOST,
    PANELS,
    PLACE,
    REPLAY,
    SIX_SIGNALS,
    UNENDED,
    Memory,
    Stage,
    faults,
    minutes,
    number,
    resized,
    soon,
    tick,
    until,
)
from tests.store.rows import made, write

if TYPE_CHECKING:
    from services.wiring import Services

pytestmark = [pytest.mark.parametrize("database", ["sqlite"], indirect=True),  # what is tested here is the browser's part
              pytest.mark.xdist_group("wall")]  # fmt: skip
SIZES = {(1920, 1080): (3, 3), (3840, 2160): (3, 3), (3840, 1080): (6, 3), (6656, 1792): (1, 1), (7680, 2160): (6, 3), (1080, 1920): (1, 1)}
# Walls of the same sizes put together from other panels.
ALSO = [((1920, 1080), (2, 2)), ((1920, 1080), (4, 4)), ((3840, 1080), (4, 2)), ((7680, 2160), (2, 1)), ((6656, 1792), (3, 3)), ((1080, 1920), (2, 2)), ((1080, 1920), (3, 3))]
LISTS = ((1920, 1080), (3840, 1080), (1080, 1920))  # one of each shape
APART = """(() => { const [a, b] = ['.w-scene', '.w-clock'].map(s => document.querySelector(s).getBoundingClientRect());
  return !a.width || a.right <= b.left + 1; })()"""  # the number of the scene keeps clear of the clock
# A map is drawn for the box that it lies in, and how an alarm is known stands beside when.
DRAWN_IN_PLACE = "[...document.querySelectorAll('.w-alarm .geo')].every(g => Math.abs(g.viewBox.baseVal.height - g.parentElement.clientHeight) < 2)"
FACTS_TOGETHER = """[...document.querySelectorAll('.fact')].every(f => f.lastChild.getBoundingClientRect().left - f.firstChild.getBoundingClientRect().right < YZ.layout.get().t * 2
  && f.getBoundingClientRect().bottom <= document.querySelector('.a-body').getBoundingClientRect().bottom + 1)"""
DAYS_AT_ONCE = 10
BURST = ("360923", "360923101")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with browsing() as found:
        yield found


@pytest.fixture(scope="module")
def hung(browser: Browser, wall_city: Services) -> Iterator[Stage]:
    """One wall for all tests of this file."""
    stage = Stage(browser, wall_city)
    yield stage
    stage.close()


@pytest.fixture
def stage(hung: Stage) -> Iterator[Stage]:
    """The wall at rest before and after; whatever its pages complained of fails the test."""
    hung.rest()
    yield hung
    complaints, hung.complaints[:] = list(hung.complaints), []
    assert complaints == []


def test_no_text_lies_on_a_seam_is_too_small_or_leaves_the_wall(stage: Stage) -> None:
    page, wrong, agencies = stage.page, [], len({f.agency for f in stage.services.wall.read(CITY).feeds})
    stage.free()
    until(page, "!document.querySelector('.w-alarm') && !YZ.wall.data().display.orders.pin")
    for (width, height), (cols, rows) in [*ALSO, *SIZES.items()]:
        page.set_viewport_size({"width": width, "height": height})
        page.evaluate(f"([c, r]) => {{ {PANELS} }}", [cols, rows])
        every = page.evaluate("YZ.wall.data().scenes.map(s => s.key)")
        for scene in (every[0], "360981", *(s for s in every if (width, height) in LISTS and not s.isdigit())):
            page.evaluate(f"([k, c, r]) => {{ {PANELS} YZ.wall.show(k); return YZ.map.ready(); }}", [scene, cols, rows])
            if found := faults(page) or page.evaluate(HIDDEN):
                wrong.append((width, height, cols, rows, scene, found))
            assert page.evaluate(APART)
            assert page.locator(".w-feeds .fd").count() == agencies and page.locator(".fd.more").count() == 0  # every feed, on every grid
            assert page.evaluate("[document.documentElement.scrollWidth, document.documentElement.scrollHeight]") == [width, height]
        assert page.evaluate("YZ.layout.get().t * .92 / YZ.layout.get().w * YZ.layout.get().wall") == pytest.approx(
            page.evaluate("YZ.layout.get().eye") / 215, rel=0.01)  # fmt: skip
    assert wrong == [], "\n".join(map(str, wrong))
    page.set_viewport_size({"width": 1920, "height": 1080})
    stage.services.displays.arrange(CITY, stage.display, wall=3650, eye=8000)
    stage.services.displays.order(CITY, stage.display, scene="check", pin="check")
    expect(page.locator(".w-check li")).to_have_count(9)
    assert "37 毫米高，8.0 米内可读" in page.inner_text(".w-check") and page.locator(".seam").count() == 4
    for (width, height), (cols, rows) in SIZES.items():  # what shows where the seams are does not lie on them itself
        resized(page, width, height, cols, rows)
        assert faults(page) == {}, (width, height)


def test_a_new_matter_is_on_the_wall_within_two_seconds(stage: Stage) -> None:
    page = stage.page
    until(page, f"{BACK} && YZ.wall.data().display.orders.pin === YZ.wall.scene().key")
    before = number(page)
    title = stage.arrive()
    until(page, f"{FIGURE} === {before + 1}", 4)
    expect(page.locator(".changed").first).to_be_visible()
    assert title in page.inner_text(".w-latest")


def test_cut_killed_restarted_and_renewed(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    with stage.clocked() as page:
        before = number(page)
        page.context.set_offline(True)
        tick(page, 5)
        assert page.evaluate(LOST) and "中断" in page.inner_text(".w-title b") and "正在自动重连" in page.inner_text(".w-note")
        assert number(page) == before
        page.context.set_offline(False)
        tick(page, 4)
        assert page.evaluate(BACK)

        stage.door.shut()
        tick(page, 5)
        assert page.evaluate(LOST)
        shown = minutes(page.inner_text(".w-clock time"))
        for jump in (-3, 40):  # the machine's clock jumps back three days, then on for weeks: the wall's does not follow
            page.clock.set_system_time(page.evaluate("Date.now() / 1000") + jump * 86_400)
            tick(page, 1)
            assert (minutes(page.inner_text(".w-clock time")) - shown) % 1440 <= 1 and "天" not in page.inner_text(".w-age")
        stage.arrive()
        monkeypatch.setattr(routes, "fingerprint", lambda: "another-one")
        stage.door.app = build_app(stage.services).server
        stage.door.open()
        tick(page, 12)
        assert page.evaluate(BACK) and number(page) == before + 1 and page.locator("#pair").count() == 0

        page.evaluate("window.loaded = 1")
        stage.arrive(people=46, title="讨薪")
        tick(page, 2)
        assert page.locator(".w-alarm").count() == 1
        page.clock.fast_forward(120_000)
        tick(page, 2)
        assert page.evaluate("window.loaded") == 1  # an alarm is no quiet moment
        stage.acknowledge()
        tick(page, 2)
        page.clock.fast_forward(60_000)
        tick(page, 1)
        until(page, "window.loaded === undefined && document.body.dataset.build === 'another-one' && !!document.querySelector('.w-hero .num')")
    stage.reload()


def test_a_page_loaded_anew_while_the_store_is_down_shows_what_was_known(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    def down(*_: Any) -> Any:
        raise OSError("gone")

    with stage.clocked() as page:
        before = number(page)
        monkeypatch.setattr(stage.services.wall, "stamp", down)
        page.reload()
        tick(page, 5)
        assert page.evaluate(LOST) and number(page) == before and "中断" in page.inner_text(".w-title b")
        monkeypatch.undo()
        tick(page, 6)
        assert page.evaluate(BACK)


def test_a_month_with_its_nights(stage: Stage) -> None:
    a_month_with_its_nights(stage, DAYS_AT_ONCE)


def a_month_with_its_nights(stage: Stage, days_at_once: int) -> None:
    """The clocks of both sides go thirty days on: the date follows, the cookie is renewed, nights are dim and keep the first scene."""
    services, asked = stage.services, list[str]()
    start, usual = soon(services), services.settings
    stage.free()
    services.settings = usual.model_copy(update={"wall_quiet": "22:00-06:30"})
    try:
        with stage.clocked() as page:
            page.on("request", lambda r: asked.append(r.url) if "x-yizhan-first" in r.headers else None)
            page.evaluate("window.still = true")
            first = page.evaluate("YZ.wall.data().scenes[0].key")
            memory, nodes = Memory(page), 0
            for day in range(days_at_once, 31, days_at_once):
                stage.stand_at(start + timedelta(days=day))
                page.clock.fast_forward(days_at_once * 86_400_000)
                tick(page, 2)
                now = start + timedelta(days=day)
                assert f"{now.year}年{now.month}月{now.day}日" in page.inner_text(".w-date") and page.inner_text(".w-clock time") == "12:00"
                assert page.evaluate("window.still") and page.locator("#pair").count() == 0 and page.evaluate(BACK)
                nodes = nodes or memory.nodes()
            assert "天前" in page.inner_text(".w-age") and len(asked) >= 30 // days_at_once
            assert memory.nodes() < nodes * 1.3
            stage.stand_at(start + timedelta(days=30, hours=11))
            tick(page, 2)
            assert page.locator("#wall.dim").count() == 1
            page.clock.fast_forward(300_000)
            tick(page, 2)
            assert page.evaluate("YZ.wall.scene().key") == first
            stage.stand_at(start + timedelta(days=30, hours=19))
            tick(page, 2)
            assert page.locator("#wall.dim").count() == 0
            page.clock.fast_forward(60_000)
            tick(page, 2)
            assert page.evaluate("YZ.wall.scene().key") != first
    finally:
        services.settings = usual


def confirm(services: Services) -> int:
    """A dozen matters in one township, found by the weekly run, taken to the meeting by a person; how many it counts."""
    last = last_week(services.now().date())
    with reading(services.engine) as c:
        agencies = all_agencies(c)
    rows = [{"external_id": f"burst{n}", "kind": "intake", "accepted_on": last - timedelta(days=n % 10), "category": "09", "title": f"采石场扬尘{n}",
             "channel": "visit", "place": BURST} for n in range(12)]  # fmt: skip
    write(services.engine, "centre", [made(r) for r in rows], agencies, services.now())
    services.signals.run()
    found = next(x for x in services.signals.desk(CITY).lines if (x.town, x.category) == (BURST[1], "09"))
    assert "signal" not in {a.kind for a in services.wall.alarms.now(CITY)}  # a machine proposes: what nobody confirmed is no alarm
    services.signals.act(CITY, found.id, found.version, "meeting", "下周例会")
    return found.count


def again(services: Services) -> None:
    """The decision on that signal taken back, and made once more."""
    known = next(a for a in services.wall.alarms.now(CITY) if a.kind == "signal")
    line = services.signals.get(CITY, int(known.object)).line
    line = services.signals.undo(CITY, line.id, line.version, line.undoable, "再核一次").line
    services.signals.act(CITY, line.id, line.version, "meeting", "核过了")


def test_alarms_of_every_kind_take_the_stage_until_somebody_takes_note(stage: Stage) -> None:
    services, page, now = stage.services, stage.page, stage.services.now()
    counted = confirm(services)
    with writing(services.engine) as c:
        c.execute(update(feed).where(feed.c.code == "health").values(failures=3, error="refused"))
    stage.arrive(people=46, title="讨薪", category="10")
    stage.arrive(kind="incident", context=True, title="厂房火灾", summary="死亡 4 人", happened_at=now, accepted_on=None)
    heads = ("重大群体纠纷", "较大火灾", "已核实的预警信号", "数据源中断")
    until(page, f"document.querySelectorAll('.w-alarm').length === 1 && document.querySelector('.a-top').textContent.includes('{len(heads)}')")
    phone = sit(stage.browser, stage.url.removesuffix("/wall"), "city", DEMO_PASSWORD, 390, 844, at=None)
    phone.go("/wall/operator", ".wd-alarms .live")
    for head in heads[:3]:  # the gravest first
        until(page, f"(document.querySelector('.a-top b') || {{}}).textContent === '{head}'")
        assert "未确认" in page.inner_text(".a-ack") and faults(page) == {}
        button = phone.page.locator(".wd-alarms .live button").first
        assert head in phone.page.locator(".wd-alarms .live").first.inner_text() and (button.bounding_box() or {})["height"] >= 40
        assert phone.page.evaluate("document.documentElement.scrollWidth") <= 390
        if head == heads[2]:
            assert "上高县" in page.inner_text(".a-main") and "由研判人员核实" in page.inner_text(".a-main") and f"{counted} 件" in page.inner_text(".a-main")
        live = phone.page.locator(".wd-alarms .live").count()
        button.click()
        expect(phone.page.locator(".wd-alarms .live")).to_have_count(live - 1)
    phone.page.context.close()
    until(page, f"(document.querySelector('.a-top b') || {{}}).textContent === '{heads[3]}'")
    stage.acknowledge()  # by somebody elsewhere
    until(page, "!document.querySelector('.w-alarm') && !!document.querySelector('.w-note.red')")
    with writing(services.engine) as c:
        c.execute(update(feed).where(feed.c.code == "health").values(failures=0, error=""))
    services.displays.order(CITY, stage.display, pin="listings", text="九点整在三楼会议室开周研判会，请各常驻部门派人参加")
    expect(page.locator(".w-listings")).to_be_visible()
    assert "九点整" in page.inner_text(".w-note") and faults(page) == {}
    again(services)  # whoever took note of the first decision has not heard of the second
    until(page, f"(document.querySelector('.a-top b') || {{}}).textContent === '{heads[2]}'")


def test_alarms_sound_take_turns_and_stand_whole_on_every_size(stage: Stage) -> None:
    def shown() -> tuple[str, str]:
        return page.inner_text(".a-top b"), page.inner_text(".a-top span")

    now, wrong = stage.services.now(), []
    with stage.clocked() as page:
        page.evaluate(HEARD)
        stage.services.displays.arrange(CITY, stage.display, sound=True)
        stage.arrive(people=46, title="讨薪", category="10")
        tick(page, 2)
        assert page.evaluate("window.heard") == 3 and shown() == ("重大群体纠纷", "告警 1/1")
        stage.arrive(kind="incident", context=True, title="厂房火灾", summary="死亡 4 人", happened_at=now, accepted_on=None)
        tick(page, 3)
        assert page.evaluate("window.heard") == 6 and shown() == ("重大群体纠纷", "告警 1/2")  # the gravest first, and once each
        for (width, height), (cols, rows) in [*SIZES.items(), *ALSO]:
            for _ in range(2):
                before = shown()
                page.clock.fast_forward(13_000)
                tick(page)
                resized(page, width, height, cols, rows)
                assert {before[1], shown()[1]} == {"告警 1/2", "告警 2/2"} and page.evaluate("window.heard") == 6
                wrong += [(width, height, cols, rows, shown(), x) for x in (faults(page), page.evaluate(CUT), page.evaluate(HIDDEN)) if x]
                assert page.evaluate(DRAWN_IN_PLACE), (width, height)
                assert page.evaluate(FACTS_TOGETHER), (width, height, cols)
                apart = "['.w-feeds', '.w-act'].every(s => !meets(document.querySelector(s)))"  # what needs an act stays in sight
                assert page.evaluate(f"() => {{ const a = document.querySelector('.w-alarm').getBoundingClientRect(), meets = e => {{ const b = e.getBoundingClientRect(); "
                                     f"return b.left < a.right - 1 && b.right > a.left + 1 && b.top < a.bottom - 1 && b.bottom > a.top + 1; }}; return {apart}; }}")
        assert wrong == [], "\n".join(map(str, wrong))
        stage.services.displays.arrange(CITY, stage.display, sound=False)
        stage.arrive(people=47, title="讨薪又一批", category="10")
        tick(page, 3)
        assert page.evaluate("window.heard") == 6 and shown()[1] == "告警 1/3"


def test_scenes_go_on_in_the_order_of_the_settings_wait_and_stay_as_they_are_told(stage: Stage) -> None:
    services, usual, dwell = stage.services, stage.services.settings, {"acts": 5, "feeds": 4, "city": 7}
    services.settings = usual.model_copy(update={"wall_scenes": list(dwell), "wall_dwell": dwell})
    services.feeds._settings = usual.model_copy(update={"late_after": {**usual.late_after, "health": 1}})
    stage.free()
    try:
        with stage.clocked() as page:
            keys = ["acts", "feeds", services.areas.city.code]
            assert page.evaluate("YZ.wall.data().scenes.map(s => s.key)") == keys
            page.evaluate("YZ.wall.show('acts')")
            for i, seconds in enumerate(dwell.values()):
                assert page.evaluate("YZ.wall.scene().key") == keys[i] and f"画面 {i + 1}/3" in page.inner_text(".w-scene")
                if keys[i] == "feeds":
                    assert "卫健" in page.inner_text(".w-sources .late") and "延迟" in page.inner_text(".w-sources .late") and faults(page) == {}
                    assert "延迟" in page.inner_text(".fd.late") and "延迟 1 个" in page.inner_text(".w-sources h3")
                    columns = page.evaluate("[...new Set([...document.querySelectorAll('.w-sources li')].map(e => e.getBoundingClientRect().left))].length")
                    assert columns == 3  # one to a panel
                waited = 0
                while page.evaluate("YZ.wall.scene().key") == keys[i]:
                    tick(page)
                    waited += 1
                    assert waited < 20
                assert seconds <= waited <= seconds + 2
            for order, said in (({"paused": True}, "已暂停"), ({"paused": False, "pin": "feeds"}, "已固定")):
                stage._order(**order)
                tick(page, 3)
                at = page.evaluate("YZ.wall.scene().key")
                page.clock.fast_forward(130_000)
                tick(page, 2)
                assert page.evaluate("YZ.wall.scene().key") == at and said in page.inner_text(".w-scene")
            assert at == "feeds"
            stage.free()
            tick(page, 8)
            assert page.evaluate("YZ.wall.scene().key") != "feeds"
    finally:
        services.settings = services.feeds._settings = usual


def test_an_operator_sends_a_wall_where_its_turn_never_leads_and_holds_what_it_shows(stage: Stage) -> None:
    services, usual, city = stage.services, stage.services.settings, stage.services.areas.city.code
    dwell = {"acts": 30, "city": 30}
    services.settings = usual.model_copy(update={"wall_scenes": list(dwell), "wall_dwell": dwell})
    stage.arrive()  # a new answer, under these settings
    stage.free()

    def tell(do: str, text: str = "") -> None:
        callbacks._told(services, CITY, stage.display, do, text, {})
        tick(page, 3)

    def shown() -> str:
        return str(page.evaluate("YZ.wall.scene().key"))

    try:
        with stage.clocked() as page:
            assert page.evaluate("YZ.wall.data().scenes.map(s => s.key)") == ["acts", city]
            page.evaluate(f"YZ.wall.show('{city}')")
            for key, title in (("feeds", "数据源"), (PLACE[0], "丰城市"), ("listings", "挂牌整治")):  # none of them has a turn
                tell(f"scene={key}")
                assert shown() == key and title in page.inner_text(".w-title b") and page.inner_text(".w-scene") == ""
                assert page.inner_text(".w-stage").strip() and faults(page) == {}
            page.clock.fast_forward(70_000)
            tick(page, 2)
            assert shown() == city, "it goes on where its turn was"
            tell("scene=acts")
            page.evaluate(f"YZ.wall.show('{city}')")
            tell("text", "九点开会")
            assert shown() == city and "九点开会" in page.inner_text(".w-note"), "a line takes nobody back to what was asked for before"
            tell("pin")
            page.clock.fast_forward(130_000)
            tick(page, 2)
            assert shown() == city and "已固定" in page.inner_text(".w-scene"), "what it shows is held, not what was asked for before"
            page.evaluate("YZ.wall.show('acts')")
            tick(page, 2)
            assert shown() == city
            tell("pin")
            page.evaluate("YZ.wall.show('acts')")
            tell("pin")
            page.reload()
            until(page, "!!YZ.wall.data() && YZ.link.polls() > 0 && YZ.link.idle() && !!document.querySelector('.w-stage .cell')")
            assert shown() == "acts", "and when it is loaded anew"
            tell("scene=feeds")
            assert shown() == "feeds" and page.inner_text(".w-scene") == "已固定"
    finally:
        services.settings = usual
        stage.arrive()
        stage.rest()


def test_a_countys_wall_in_english_shows_that_county_alone(stage: Stage) -> None:
    services, county = stage.services, PLACE[0]
    stage.services.displays.add("test", "县厅", county)  # an older one that nobody paired
    page = stage._page()
    page.goto(f"{stage.url}?lang=en")
    page.fill("#pair input", services.displays.add("test", "County hall", county))
    page.click("#pair button")
    stage._ready(page)
    others = [n for a in services.areas.counties() if a.code != county for n in (a.name, a.en)]
    assert page.evaluate("Object.keys(YZ.wall.data().areas)") == [county] and county in page.evaluate("YZ.wall.data().scenes.map(s => s.key)")
    fixed = "[...document.querySelectorAll('h3, .w-head, .w-feeds, .none, .w-rank, .ml, .ramp, .w-legend, .s, .c')].map(e => e.textContent).join(' ')"
    for size in (*LISTS, (1920, 1080)):
        resized(page, *size, *SIZES[size])
        for scene in page.evaluate("YZ.wall.data().scenes.map(s => s.key)"):
            page.evaluate("k => { YZ.wall.show(k); return YZ.map.ready(); }", scene)
            text = page.inner_text("#wall")
            assert [n for n in others if n in text] == [] and faults(page) == {}, (size, scene, faults(page))
            said = page.evaluate(fixed)
            assert [c for c in said if "\u4e00" <= c <= "\u9fff"] == [], (scene, said)
    page.context.close()
    for display in services.displays.every(CITY):
        if display.area == county:
            services.displays.revoke(CITY, display.id)


def test_the_operators_line_and_a_lost_connection_are_whole_and_on_no_seam(stage: Stage) -> None:
    line, wrong = "请各县市区综治中心主任于今日下午三时三十分前到指挥大厅集中，携带本周重大群体事项台账和挂牌整治进度表，会议由市委政法委主持召开"[:60], []
    stage.arrive(people=46, title="讨薪", category="10")
    stage.acknowledge()
    stage._order(text=line)
    with stage.clocked() as page:
        for lost in (False, True):
            if lost:
                page.context.set_offline(True)
                tick(page, 6)
                assert page.evaluate(LOST)
            for (width, height), (cols, rows) in [*SIZES.items(), *ALSO]:
                resized(page, width, height, cols, rows)
                said = page.evaluate("[...document.querySelectorAll('.w-note span, .w-text')].filter(e => e.getClientRects().length).map(e => e.textContent).join('')")
                if not lost and said != line:
                    wrong.append((width, height, cols, rows, said))
                wrong += [(width, height, cols, rows, lost, x) for x in (faults(page), page.evaluate(CUT), page.evaluate(HIDDEN)) if x]
                assert page.evaluate("document.querySelector('.w-head').offsetWidth") == width
        page.context.set_offline(False)
    stage._order(text="")
    assert wrong == [], "\n".join(map(str, wrong))


def test_signals_end_with_their_rows_and_two_words_of_the_heading_never_meet(stage: Stage) -> None:
    stage.arrive(people=46, title="讨薪", category="10")
    stage.acknowledge()
    stage.free()
    stage._order(text="", paused=True)
    wrong = []
    with stage.clocked() as page:
        for (width, height), (cols, rows) in [*SIZES.items(), *ALSO]:
            resized(page, width, height, cols, rows)
            page.evaluate(SIX_SIGNALS)
            wrong += [(width, height, cols, rows, x) for x in (faults(page), page.evaluate(UNENDED)) if x]
    stage._order(text="", paused=False)
    assert wrong == [], "\n".join(map(str, wrong))


def test_updates_leave_no_nodes_behind_and_between_them_nothing_is_drawn(stage: Stage) -> None:
    """The short form: the heap over a day of updates, which few updates do not show, and the processor's time are in test_wall_long.py."""
    stage.free()
    with stage.clocked() as page:
        page.clock.resume()
        memory = Memory(page)
        page.evaluate(REPLAY, [0, 32])
        nodes = memory.nodes()
        page.evaluate(REPLAY, [32, 40])
        assert memory.nodes() < nodes * 1.2 + 200
        assert page.evaluate("YZ.map.ready().then(v => v === undefined)")  # or each drawing holds the one before it, for ever
        page.clock.pause_at(page.evaluate("Date.now() / 1000") + 1)
        page.evaluate("""() => { YZ.wall.show(YZ.wall.data().scenes[0].key); window.drawn = 0;
          new MutationObserver(m => { window.drawn += m.filter(x => x.type === 'childList' && x.target.closest('.w-stage') === x.target).length; })
            .observe(document.getElementById('wall'), {childList: true, subtree: true}); return YZ.map.ready(); }""")
        tick(page, 12)
        assert page.evaluate("window.drawn") == 0


def test_a_small_wall_seen_from_far_keeps_its_figures_whole_and_says_how_far_it_can_be_read(stage: Stage) -> None:
    page, wrong = stage.page, []
    stage.free()
    until(page, "!YZ.wall.data().display.orders.pin")
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        far = "const s = YZ.wall.data().display.setup; if (s.eye !== 30000) { s.wall = 2000; s.eye = 30000; s.cols = s.rows = 1; YZ.wall.whole(); }"
        for scene in page.evaluate("YZ.wall.data().scenes.map(s => s.key)")[:3]:
            page.evaluate(f"k => {{ {far} YZ.wall.show(k); return YZ.map.ready(); }}", scene)
            if found := {kind: page.evaluate(f"YZ.layout.{kind}().map(f => f.text)") for kind in ("faults", "outside")}:
                wrong += [(width, height, scene, found)] if any(found.values()) else []
        pinned = f"() => {{ {far} const o = YZ.wall.data().display.orders, was = o.pin; o.pin = 'check'; YZ.wall.whole(); o.pin = was; "
        assert "更大的字排不下" in page.evaluate(pinned + "return document.querySelector('.w-check p.act').textContent; }")
    assert wrong == []


def test_a_revoked_wall_goes_dark_and_forgets(stage: Stage) -> None:
    stage.services.displays.revoke(CITY, stage.display)
    stage.page.wait_for_selector("#pair", timeout=10_000)
    assert stage.page.locator("#wall").is_hidden() and stage.page.evaluate("localStorage.length") == 0
