"""The wall's doors: pairing, what a display may see, what it is sent, alarms and who takes note of them, the operator's page."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import product
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from dash import Dash
from sqlalchemy import select, update

from app import build_app
from dashboard import i18n
from dashboard.pages.wall import callbacks, lists
from dashboard.pages.wall.lists import too_few
from dashboard.pages.wall.payload import Maker
from matters import signals
from matters.access import PERMISSIONS, Forbidden, Scope
from matters.filters import Filter
from services.auth import DEMO_PASSWORD
from services.displays import WRONG_CODES, TooManyCodes
from services.wall_alarms import Alarm, Fact, confirmed, grade_of
from store.engine import reading, writing
from store.feeds import all_agencies
from store.schema import display, feed
from tests.dashboard.case_driving import run
from tests.dashboard.driving import elements, enter, words
from tests.store.rows import made, write

if TYPE_CHECKING:
    from services.wiring import Services

pytestmark = [pytest.mark.parametrize("database", ["sqlite"], indirect=True),  # both databases: tests/services/test_wall.py
              pytest.mark.xdist_group("wall-doors")]  # fmt: skip
CITY = Scope.of("city", "city_leader", "city")
FENGCHENG, OTHER, TOWN = "360981", "360923", "360981002"


@pytest.fixture(scope="module")
def app(wall_city: Services) -> Dash:
    return build_app(wall_city)


def arrive(services: Services, **row: Any) -> None:
    """A record comes in by the centre's feed."""
    with reading(services.engine) as c:
        agencies = all_agencies(c)
    write(services.engine, "centre", [made({"kind": "intake", "channel": "visit", "accepted_on": services.now().date(), **row})], agencies, services.now())


def paired(app: Dash, services: Services, area: str = "") -> Any:
    """A browser that has been given a display's code."""
    client = app.server.test_client()
    assert client.get("/wall/data").status_code == 401
    answer = client.post("/wall/pair", json={"code": services.displays.add("test", "厅", area)})
    assert answer.status_code == 200 and "HttpOnly" in answer.headers["Set-Cookie"] and "SameSite=Strict" in answer.headers["Set-Cookie"]
    return client


def test_a_code_pairs_once_and_its_token_reads_the_wall_and_nothing_else(app: Dash, wall_city: Services) -> None:
    code = wall_city.displays.add("test", "指挥大厅", cols=3, rows=3)
    client, second = app.server.test_client(), app.server.test_client()
    assert client.get("/wall").status_code == 200  # the page itself, which holds nothing
    assert client.post("/wall/pair", json={"code": f"{code[:4].lower()} {code[4:]}"}).status_code == 200
    assert second.post("/wall/pair", json={"code": code}).status_code == 403
    shown = client.get("/wall/data")
    assert shown.status_code == 200 and shown.json["display"]["setup"]["cols"] == 3
    token = client.get_cookie("yizhan_display", path="/wall").value
    with reading(wall_city.engine) as c:
        kept = c.execute(select(display).where(display.c.name == "指挥大厅")).mappings().one()
    assert code not in str(dict(kept)) and token not in str(dict(kept)) and kept["code_hash"] is None
    for path in ("/", "/matters", "/wall/operator"):
        assert client.get(path).status_code == 302, path
    assert client.get("/api/v1/matters").status_code == 401
    assert client.get("/live").status_code == 401
    who = wall_city.displays.who(token)
    assert who is not None and [p for p in PERMISSIONS if who.scope.may(p)] == ["see_area", "see_wall"]
    again = client.get("/wall/data", headers={"If-None-Match": shown.headers["ETag"]})
    assert again.status_code == 304 and again.data == b"" and again.headers["X-Yizhan-Now"]
    wall_city.displays.revoke(CITY, kept["id"])
    assert client.get("/wall/data").status_code == 401 and kept["id"] not in {d.id for d in wall_city.displays.every(CITY)}


def test_codes_cannot_be_tried_out(wall_city: Services) -> None:
    code = wall_city.displays.add("test", "厅")
    wall_city.displays._wrong.clear()  # what other tests of this file got wrong
    for n in range(WRONG_CODES):
        assert wall_city.displays.pair(f"2222222{'23456789ABCDEFGHJKMN'[n]}") is None
    with pytest.raises(TooManyCodes):
        wall_city.displays.pair(code)
    wall_city.displays._wrong.clear()
    for area, name in (("360981002", "镇"), ("", " ")):
        with pytest.raises(ValueError, match=r"township|name"):
            wall_city.displays.add("test", name, area)
    with pytest.raises(ValueError, match="cols"):
        wall_city.displays.add("test", "厅", cols=99)


def test_a_code_is_good_for_a_day(wall_city: Services) -> None:
    code = wall_city.displays.add("test", "昨天的")
    with writing(wall_city.engine) as c:
        c.execute(update(display).where(display.c.name == "昨天的").values(code_until=wall_city.now() - timedelta(minutes=1)))
    assert wall_city.displays.pair(code) is None


def test_a_display_of_a_county_is_sent_nothing_of_another(app: Dash, wall_city: Services) -> None:
    arrive(wall_city, external_id="big-there", title="外县群体事项", people=45, place=(OTHER, f"{OTHER}103"))
    arrive(wall_city, external_id="big-here", title="本县群体事项", people=45, place=(FENGCHENG, TOWN))
    county, city = paired(app, wall_city, FENGCHENG).get("/wall/data"), paired(app, wall_city).get("/wall/data")
    assert list(county.json["areas"]) == [FENGCHENG] and len(city.json["areas"]) == 11
    text = county.get_data(as_text=True)
    assert "本县群体事项" in text and "外县群体事项" not in text and "外县群体事项" in city.get_data(as_text=True)
    strangers = [a.name for a in wall_city.areas.counties() if a.code != FENGCHENG]
    assert [name for name in strangers if name in text] == []
    assert {a["kind"] for a in county.json["alarms"]} <= {"large", "fire"} and county.json["alarms"]


def test_people_see_it_by_their_login_but_no_township_does(app: Dash) -> None:
    assert len(enter(app, "city", DEMO_PASSWORD).get("/wall/data").json["areas"]) == 11
    assert len(enter(app, "county", DEMO_PASSWORD).get("/wall/data").json["areas"]) == 1
    assert enter(app, "township", DEMO_PASSWORD).get("/wall/data").status_code == 403


def test_its_figures_are_those_of_the_desk_and_add_up(app: Dash, wall_city: Services) -> None:
    data = paired(app, wall_city).get("/wall/data").json
    overview = wall_city.figures.overview(CITY, Filter())
    own = data["areas"][wall_city.areas.city.code]
    assert own["hero"]["v"] == f"{overview.total.accepted:,}"
    ranked = sum(int(row[2].replace(",", "")) for row in own["rank"]["rows"])
    state = wall_city.wall.read(CITY)
    assert ranked + state.areas[0].elsewhere == overview.total.accepted
    for area in state.areas:
        assert sum(r.accepted for r in area.below) + area.elsewhere == area.row.accepted and area.elsewhere >= 0
    bars = own["months"]["bars"]
    assert sum(int(b[1].replace(",", "")) for b in bars) == overview.total.accepted and bars[-1][3]
    assert data["scenes"][0]["key"] == wall_city.areas.city.code and {"listings", "acts"} <= {s["key"] for s in data["scenes"]}


def test_small_counts_of_townships_are_never_sent(app: Dash, wall_city: Services) -> None:
    data, maker = paired(app, wall_city).get("/wall/data").json, Maker(wall_city)
    hidden_somewhere, small = 0, wall_city.settings.wall_small
    for area in wall_city.wall.read(CITY).areas[1:]:
        hidden, counts = maker.hidden(area.below), {r.area: r.accepted for r in area.below}
        assert {c for c, n in counts.items() if 0 < n < small} <= hidden and len(hidden) != 1
        values, rank = data["areas"][area.info.code]["map"]["values"], data["areas"][area.info.code]["rank"]
        assert all(values[code][0] is None and values[code][1] in (f"<{small} 件", "不列") for code in hidden)
        assert all(counts[code] < small for code in hidden if values[code][1] == f"<{small} 件")  # what it says is true
        names = {wall_city.areas.info(code).name for code in hidden}
        assert not names & {row[0] for row in rank["rows"]}
        hidden_somewhere += len(hidden)
    assert hidden_somewhere > 0


@pytest.mark.parametrize(("counts", "hidden"), [
    ({}, ""), ({"a": 0, "b": 9}, ""), ({"a": 3, "b": 8, "c": 9}, "ab"), ({"a": 1, "b": 1, "c": 7, "d": 9}, "abc"), ({"a": 4, "b": 4, "c": 9}, "abc"), ({"a": 2}, "a"),
    ({"a": 5, "b": 6}, ""), ({"a": 1, "b": 4, "c": 9}, "ab"), (dict.fromkeys("abcde", 1) | {"f": 9}, "abcdef"), ({"a": 2, "b": 0, "c": 0, "d": 8}, "ad"),
    ({"a": 2, "b": 0, "c": 0}, "ab"), ({"a": 1, "b": 1, "c": 0, "d": 0}, "abc"), ({"a": 4, "b": 4, "c": 0}, "abc"), ({"a": 1, "b": 2, "c": 0}, "ab"),
])  # fmt: skip
def test_what_is_hidden_cannot_be_reckoned_from_the_rest(counts: dict[str, int], hidden: str, database: str) -> None:
    assert too_few(counts, 5) == set(hidden)


def test_no_count_can_be_reckoned_whatever_the_counts_are(database: str) -> None:
    """By trying all: what else could the hidden ones be, for somebody who knows the total, the others, and what each sign means?"""
    for counts in product(range(8), repeat=4):
        named = dict(zip("abcd", counts, strict=True))
        hidden = too_few(named, 5)
        values = [named[c] for c in sorted(hidden)]
        if not hidden or len(hidden) == 4:  # nothing is few, or there is nothing left to hide behind
            assert hidden or not any(0 < n < 5 for n in counts)
            continue
        few = all(0 < x < 5 for x in values)  # then the sign says so; else one of them may be nothing
        could = [x for x in product(range(few, 5 if few else sum(values) + 1), repeat=len(values)) if sum(x) == sum(values)]
        assert all(len({x[i] for x in could}) > 1 for i in range(len(values))), named


def test_overdue_of_few_in_every_township_is_not_said_to_be_none(wall_city: Services) -> None:
    state = wall_city.wall.read(CITY)
    county = state.areas[1]
    below = tuple(replace(r, overdue_now=2 if i == 0 else 0) for i, r in enumerate(county.below))
    own = replace(county, below=below, row=replace(county.row, overdue_now=2))
    part = lists.acts(wall_city, replace(state, areas=(own,)))["parts"][0]
    assert part["rows"] == [] and "不足 5 件" in part["none"] and part["calm"] is False and "合计 2" in part["n"]
    calm = replace(own, below=tuple(replace(r, overdue_now=0) for r in below))
    assert lists.acts(wall_city, replace(state, areas=(calm,)))["parts"][0]["none"] == "没有超期事项"


def test_counties_come_most_overdue_first_then_by_signals_then_listed(wall_city: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    real = wall_city.figures.overview(CITY, Filter())
    codes = [r.area for r in real.rows if r.area]
    late, told, listed = codes[4], codes[7], codes[2]
    rows = tuple(replace(r, overdue_now=9 if r.area == late else 3, listed=("1",) if r.area == listed else ()) for r in real.rows)
    desk = SimpleNamespace(lines=[SimpleNamespace(county=told, state="open"), SimpleNamespace(county=codes[9], state="dismissed")])
    monkeypatch.setattr(wall_city.figures, "overview", lambda *_: replace(real, rows=rows))
    monkeypatch.setattr(wall_city.wall, "_signals", lambda scope: desk)
    order = [a.info.code for a in wall_city.wall._read(CITY).areas[1:]]
    assert order == [late, told, listed, *sorted(c for c in codes if c not in (late, told, listed))]


def test_a_wall_always_has_a_scene(wall_city: Services) -> None:
    """A county's wall has no counties in turn, and a city's perhaps no signals and no late feed: then it shows its own area."""
    state = wall_city.wall.read(Scope.of("d", "display", "county", FENGCHENG))
    maker = Maker(SimpleNamespace(settings=wall_city.settings.model_copy(update={"wall_scenes": ["counties"]}), areas=wall_city.areas))
    assert [s["key"] for s in maker.scenes(state)] == [FENGCHENG] and maker.scenes(state)[0]["dwell"] > 0


def test_a_display_that_is_forgotten_while_it_is_read_is_still_known(wall_city: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another reader's act empties what is remembered at any moment."""
    displays = wall_city.displays
    token = displays.pair(displays.add("test", "隔壁")) or ""
    monkeypatch.setattr(displays, "_note_seen", lambda *_: displays._seen.clear())
    found = displays.who(token)
    assert found is not None and found.name == "隔壁"
    displays.revoke(CITY, found.id)


def test_a_signal_of_few_is_sent_without_its_count(wall_city: Services) -> None:
    state = wall_city.wall.read(CITY)
    line = SimpleNamespace(number=1, county=FENGCHENG, town=TOWN, towns=(), title=("甲", "A"), kind="emerging", count=3, evidence={}, state="open", expected=0.5,
                           low=0.0, high=2.0)  # fmt: skip
    said = {"kind": "emerging", "count": 41, "weeks": 4, "expected": 9.0, "low": 4, "high": 15, "objects": [], "wages": 0}
    desk = SimpleNamespace(lines=[line, SimpleNamespace(**{**vars(line), "number": 2, "count": 41, "evidence": said})], unknown=[], year=2, decided=0, useful=None, open=2)
    with_desk = SimpleNamespace(signals=desk, areas=state.areas)
    few, many = lists.signals(wall_city, with_desk)["rows"]  # type: ignore[arg-type, index]
    assert many["said"] == "近 4 周 41 件，常年同期约 9.0 件（4–15）。"
    assert few["text"] == "" and few["observed"] is None and "3" not in few["said"] and many["text"] == "41"


def test_a_matter_of_long_ago_that_grows_large_is_an_alarm(wall_city: Services) -> None:
    row = {"external_id": "old", "title": "欠薪", "category": "10", "place": (FENGCHENG, TOWN), "accepted_on": wall_city.now().date() - timedelta(days=90)}
    now = wall_city.now()
    arrive(wall_city, people=12, revised_at=now, **row)
    before = {a.key for a in wall_city.wall.alarms.now(CITY)}
    arrive(wall_city, people=46, revised_at=now + timedelta(minutes=1), **row)
    (alarm,) = [a for a in wall_city.wall.alarms.now(CITY) if a.key not in before]
    assert (alarm.kind, alarm.people, alarm.title) == ("large", 46, "欠薪")


def test_when_the_store_does_not_answer_a_wall_is_told_so_and_not_logged_out(app: Dash, wall_city: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    client = paired(app, wall_city)

    def down(*_: Any) -> Any:
        raise OSError("gone")

    monkeypatch.setattr(wall_city.wall, "stamp", down)
    assert client.get("/wall/data").status_code == 503
    monkeypatch.undo()
    wall_city.displays._seen.clear()
    monkeypatch.setattr(wall_city.displays, "who", down)
    assert client.get("/wall/data").status_code == 503
    monkeypatch.undo()
    assert client.get("/wall/data").status_code == 200


def test_a_large_group_is_an_alarm_until_it_is_closed_and_who_took_note_is_kept(app: Dash, wall_city: Services) -> None:
    before = {a.key for a in wall_city.wall.alarms.now(CITY)}
    row = {"external_id": "grows", "title": "讨薪", "category": "10", "place": (FENGCHENG, TOWN)}
    now = wall_city.now()
    arrive(wall_city, people=12, revised_at=now, **row)
    assert {a.key for a in wall_city.wall.alarms.now(CITY)} == before
    arrive(wall_city, people=46, revised_at=now + timedelta(minutes=1), **row)
    alarm = next(a for a in wall_city.wall.alarms.now(CITY) if a.key not in before)
    assert (alarm.kind, alarm.county, alarm.people, alarm.acked_at) == ("large", FENGCHENG, 46, None)
    assert [f.what for f in alarm.facts] == ["first", "large"]
    elsewhere = Scope.of("x", "county_leader", "county", OTHER)
    assert wall_city.wall.alarms.acknowledge(elsewhere, alarm.key) is False
    with pytest.raises(Forbidden):
        wall_city.wall.alarms.acknowledge(Scope.of("d", "display", "city"), alarm.key)
    client = paired(app, wall_city)
    first = client.get("/wall/data")
    assert wall_city.wall.alarms.acknowledge(Scope.of("y", "county_leader", "county", FENGCHENG), alarm.key)
    told = client.get("/wall/data", headers={"If-None-Match": first.headers["ETag"]})
    mine = next(a for a in told.json["alarms"] if a["key"] == alarm.key)
    assert told.status_code == 200 and mine["acked"] and wall_city.wall.alarms.acknowledge(CITY, alarm.key) is False
    arrive(wall_city, people=46, revised_at=now + timedelta(minutes=2), closed_on=now.date(), outcome="resolved", **row)
    assert alarm.key not in {a.key for a in wall_city.wall.alarms.now(CITY)}


def test_a_feed_that_fails_and_a_grave_fire_are_alarms(wall_city: Services) -> None:
    with writing(wall_city.engine) as c:
        c.execute(update(feed).where(feed.c.code == "health").values(failures=3, error="refused"))
    arrive(wall_city, external_id="f1", kind="incident", context=True, title="厂房火灾", summary="死亡 4 人", happened_at=wall_city.now(),
           accepted_on=None, place=(FENGCHENG, TOWN))  # fmt: skip
    arrive(wall_city, external_id="f2", kind="incident", context=True, title="草垛火灾", amount=800.0, happened_at=wall_city.now(), accepted_on=None,
           place=(FENGCHENG, TOWN))  # fmt: skip
    found = {a.kind: a for a in wall_city.wall.alarms.now(CITY) if a.kind != "large"}
    assert found["fire"].grade == "larger" and found["feed"].object == "health" and len(found) == 2
    county = wall_city.wall.alarms.now(Scope.of("x", "county_leader", "county", FENGCHENG))
    assert "feed" not in {a.kind for a in county}
    with writing(wall_city.engine) as c:
        c.execute(update(feed).where(feed.c.code == "health").values(failures=0, error=""))
    assert "feed" not in {a.kind for a in wall_city.wall.alarms.now(CITY)}


@pytest.mark.parametrize(("dead", "hurt", "loss", "grade"), [(0, 0, 9_999_999, "minor"), (2, 9, 0, "minor"), (3, 0, 0, "larger"), (0, 10, 0, "larger"),
                                                            (0, 0, 1e7, "larger"), (10, 0, 0, "major"), (0, 50, 0, "major"), (30, 0, 0, "grave"),
                                                            (0, 0, 1e8, "grave")])  # fmt: skip
@pytest.mark.usefixtures("database")
def test_grades_of_fires(dead: int, hurt: int, loss: float, grade: str) -> None:
    assert grade_of(dead, hurt, loss) == grade


def test_the_operator_tells_a_wall_what_to_show(app: Dash, wall_city: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    client = paired(app, wall_city)
    one = wall_city.displays.every(CITY)[-1]
    leader = enter(app, "city", DEMO_PASSWORD)
    shown = run(leader, app, "wall-displays.children", "/wall/operator")
    does = {e["props"]["id"]["do"] for e in elements(shown) if isinstance(e["props"].get("id"), dict) and "do" in e["props"]["id"]}
    assert {"pin", "pause", "text", "clear", "setup", "revoke", "sound", f"scene={FENGCHENG}", "scene=check"} <= does and one.name in words(shown)
    version = one.version
    for do, text, expected in ((f"scene={FENGCHENG}", "", {"scene": FENGCHENG}), ("pin", "", {"pin": "*"}), ("pause", "", {"paused": True}),
                               ("text", "九点开会", {"text": "九点开会"}), ("clear", "", {"text": ""}), ("pin", "", {"pin": ""})):  # fmt: skip
        callbacks._told(wall_city, CITY, one.id, do, text, {})
        orders = client.get("/wall/data").json["display"]["orders"]
        assert expected.items() <= orders.items() and orders["by"] == "city"
        version += 1
    callbacks._told(wall_city, CITY, one.id, "setup", "", {"wall": 5000, "eye": 9000, "cols": 4, "rows": 2})
    assert client.get("/wall/data").json["display"]["setup"]["cols"] == 4
    assert wall_city.displays.every(CITY)[-1].version == version + 1
    orders = wall_city.displays.every(CITY)[-1].orders
    assert orders["asked"] == 1 and orders["pinned"] == 6 == orders["n"], "a line of text asks for no scene"
    for bad in ("scene=nowhere", "dance"):
        with pytest.raises(Exception, match="没有"):
            callbacks._told(wall_city, CITY, one.id, bad, "", {})
    with monkeypatch.context() as patched, pytest.raises(Exception, match="没有内容"):  # rather than a wall that does not move and says nothing
        patched.setattr(lists, "signals", lambda *_: None)
        callbacks._told(wall_city, CITY, one.id, "scene=signals", "", {})
    with pytest.raises(ValueError, match="60"):
        wall_city.displays.order(CITY, one.id, text="长" * 61)
    with pytest.raises(LookupError):  # the display is the city's
        wall_city.displays.order(Scope.of("x", "county_leader", "county", FENGCHENG), one.id, paused=True)
    with pytest.raises(Forbidden):
        wall_city.displays.order(Scope.of("x", "township_clerk", "township", FENGCHENG, TOWN), one.id, paused=True)


def test_the_page_lists_alarms_with_a_button_and_is_closed_to_clerks(app: Dash, wall_city: Services) -> None:
    arrive(wall_city, external_id="big", title="讨薪群体", people=46, place=(FENGCHENG, TOWN))
    alarm = next(a for a in wall_city.wall.alarms.now(CITY) if a.title == "讨薪群体")
    shown = run(enter(app, "city", DEMO_PASSWORD), app, "wall-alarms.children", "/wall/operator")
    buttons = [e["props"]["id"]["key"] for e in elements(shown) if isinstance(e["props"].get("id"), dict)]
    assert alarm.key in buttons and "讨薪群体" in words(shown)
    wall_city.wall.alarms.acknowledge(CITY, alarm.key)
    shown = run(enter(app, "city", DEMO_PASSWORD), app, "wall-alarms.children", "/wall/operator")
    assert alarm.key not in [e["props"]["id"]["key"] for e in elements(shown) if isinstance(e["props"].get("id"), dict)]
    refused = run(enter(app, "township", DEMO_PASSWORD), app, "wall-alarms.children", "/wall/operator")
    assert "讨薪群体" not in words(refused)


def test_a_signal_of_few_in_a_township_is_named_without_its_count(wall_city: Services) -> None:
    few = SimpleNamespace(number=1, title=("乙镇「邻里」", "b"), kind="emerging", state="open", count=3, expected=0.4, low=0.0, high=1.0,
                          town=TOWN, towns=(), county=FENGCHENG, evidence={})  # fmt: skip
    evidence = {"kind": "trending", "count": 14, "counts": [0, 2, 7, 14], "months": ["2026-08"], "expected": 0.4, "low": 0, "high": 1, "wages": 2, "villages": 3,
                "objects": [{"name": "某公司", "count": 11}]}  # fmt: skip
    many = SimpleNamespace(**{**vars(few), "number": 2, "count": 14, "evidence": evidence})
    desk = SimpleNamespace(lines=(few, many), unknown=(), open=2, year=9, decided=4, useful=0.75)
    state = SimpleNamespace(signals=desk, areas=wall_city.wall.read(CITY).areas)
    rows = (lists.signals(wall_city, state) or {})["rows"]  # type: ignore[arg-type]
    assert [(r["said"], r["observed"]) for r in rows] == [
        ("不足 5 件，屏上不列件数", None), ("4 个月依次 <5、<5、7、14 件，8月按往常约 0.4 件（0–1）；涉及 3 个村居。", 14)]  # fmt: skip
    told = signals.body(evidence)[0]
    assert "0、2、7、14 件" in told and "11 件指向「某公司」，2 件为拖欠" in told, "at a desk all is said"
    evidence |= {"objects": [{"name": "某公司", "count": 9}], "wages": 14}
    assert "9 件指向「某公司」，14 件为拖欠" in signals.body(evidence, 5)[0]
    line = SimpleNamespace(id=7, county=FENGCHENG, town=TOWN, category="10", count=14, at=wall_city.now(), evidence=evidence,
                           decided=SimpleNamespace(id=1, at=wall_city.now()))  # fmt: skip
    assert "<5、<5、7、14 件" in confirmed(line, 5).title
    now = wall_city.now()
    for count, said in ((3, False), (14, True)):
        alarm = Alarm("signal:1", "signal", FENGCHENG, TOWN, now, f"近4周 {count} 件", facts=(Fact(now, "found", count=count), Fact(now, "confirmed")))
        told = lists.alarm(wall_city, alarm)
        assert (f"{count} 件" in str(told)) is said and "由研判人员核实" in str(told)


def test_in_english_no_chinese_but_the_titles(app: Dash, wall_city: Services) -> None:
    with i18n.speaking("en"):
        made_up = Maker(wall_city).make(CITY, wall_city.wall.read(CITY))
    own = made_up["areas"][wall_city.areas.city.code]
    said = str([made_up["words"], own["hero"], own["k"], own["act"], own["map"]["h"], own["rank"], own["latest"]["h"], made_up["acts"]["parts"][0]])
    assert [c for c in said if "\u4e00" <= c <= "\u9fff"] == []
