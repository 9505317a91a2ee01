"""A frozen meeting stands still while the city goes on; its bridge adds up; its agenda and decisions are people's."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import orjson
import pytest
from sqlalchemy import func, select, update

from dashboard import urlstate
from matters.access import Forbidden, Scope
from matters.filters import Filter
from matters.meetings import WrongMeeting, dated, digest, months, period, title, window_of
from matters.moments import read_moment
from matters.periods import Window
from services.bulletin import small_print
from services.bulletin_book import sheets
from services.bulletin_slides import slides
from services.frozen import filter_json, filter_of
from services.meeting_words import comparison, moved, plain, rate
from services.meetings import Conflict
from services.wiring import Services
from store import feeds as feed_store
from store.engine import writing
from store.records_at import typed
from store.schema import data_version, meeting, record, record_version
from store.writer import write_batch
from tests.services.test_as_of import change, stand_at

CITY = Scope.of("city", "city_leader", "city")
COUNTY = Scope.of("c", "county_leader", "county", "360923")
CLERK = Scope.of("t", "township_clerk", "township", "360923", "360923103")
CHANGES = 10_000 if os.environ.get("YIZHAN_SOAK") else 300


def at_noon(services: Services, days: int) -> datetime:
    """Let it be noon some days after the city was made; the meetings' clock goes along."""
    noon = datetime.combine(services.settings.today or date.today(), datetime.min.time()).replace(hour=12) + timedelta(days=days)
    stand_at(services, noon)
    services.meetings._now = services.now
    return noon


@pytest.fixture
def city(own_city: Services) -> Iterator[Services]:
    at_noon(own_city, 1)
    yield own_city


def numbers(body: dict[str, Any]) -> list[tuple[str, int, str, Any, Filter]]:
    """Every number of a body that opens rows: where it stands, what it is, and its filter."""
    out = []
    for name, table in body["tables"].items():
        for y, line in enumerate(table["rows"]):
            for column, cell in zip(table["columns"], line["cells"], strict=True):
                if "f" in cell and "c" not in cell:
                    out.append((name, y, column["key"], cell.get("top", cell["n"]), filter_of(cell["f"])))
    return out


def lists(services: Services, body: dict[str, Any], every: int = 1) -> dict[tuple[str, int, str], tuple[int, list[str]]]:
    """What the list behind each number holds: how many, and which come first."""
    found = {}
    for table, y, column, _, f in numbers(body)[::every]:
        page = services.matters.page(Scope.system(), f, limit=50)
        found[table, y, column] = (page.sums.total, [m.code for m in page.rows])
    return found


def storm(services: Services, count: int) -> None:
    """So many changes at once of every kind: withdrawn, closed, accepted on other days, with more people; and late ones of the frozen days."""
    with services.engine.connect() as c:
        found = c.execute(
            select(record.c.external_id, record.c.feed, record.c.agency, record_version.c.payload)
            .join(record_version, record_version.c.record_id == record.c.id)
            .where(record.c.matter_id.is_not(None), record_version.c.version_no == 1).order_by(record.c.id)
        ).all()  # fmt: skip
        agencies = feed_store.all_agencies(c)
    rows = found[:: max(1, len(found) // count)]
    for start in range(0, count, 2_000):
        batch = defaultdict(list)
        for n in range(start, min(count, start + 2_000)):
            r = rows[n % len(rows)]
            batch[r.feed, r.agency].append(_changed(typed(orjson.loads(r.payload)), n, services.now() + timedelta(seconds=n // len(rows))))
        for (feed, agency), said in batch.items():
            once = {x["external_id"]: x for x in said}
            with writing(services.engine) as c:
                run_id = feed_store.start_run(c, feed, services.now())
                write_batch(c, feed, agency, run_id, services.ingest.finished(list(once.values())), services.now(), agencies)
                feed_store.end_run(c, feed, run_id, services.now(), services.now())


def _changed(row: dict[str, Any], n: int, at: datetime) -> dict[str, Any]:
    accepted = row.get("accepted_on") or date(2026, 3, 2)
    return {**row, "revised_at": at, **({"withdrawn": True}, {"closed_on": at.date(), "outcome": "resolved"}, {"accepted_on": accepted - timedelta(days=45)},
            {"people": 40, "title": f"改{n}"}, {"external_id": f"late{n}", "accepted_on": date(2026, 5, 4)})[n % 5]}  # fmt: skip


def test_every_number_has_exactly_its_rows_and_keeps_them_while_the_city_goes_on(city: Services) -> None:
    made = city.meetings.freeze(CITY, "year")
    assert made.sound and made.line.as_of < made.line.frozen_at and made.body["bridge"] is None
    every = 1 if CHANGES > 1_000 else 2
    before = lists(city, made.body, every)
    assert len(before) > 75
    wrong = {(t, y, c): (n, before[t, y, c][0]) for t, y, c, n, _ in numbers(made.body)[::every] if before[t, y, c][0] != n}
    assert not wrong
    text, papers = _body(city, made.line.id), (sheets(made), slides(made), city.bulletins.paper(made))
    at_noon(city, 3)
    storm(city, CHANGES)
    with city.engine.connect() as c:
        assert c.execute(select(func.max(data_version.c.clock))).scalar_one() > made.line.as_of
    later = city.meetings.get(CITY, made.line.id)
    assert _body(city, made.line.id) == text and digest(text) == made.line.digest and later.body == made.body
    assert (sheets(later), slides(later), city.bulletins.paper(later)) == papers
    after = lists(city, later.body, every * 2 if CHANGES < 1_000 else 1)
    assert after == {k: before[k] for k in after}
    city.figures.forget()
    asked = filter_of(made.body["tables"]["overall"]["rows"][0]["cells"][1]["f"])
    again = city.figures.overview(Scope.system(), asked, "accepted")
    assert again.total.accepted == made.body["tables"]["overall"]["rows"][0]["cells"][1]["n"]
    assert city.figures.overview(Scope.system(), asked.with_(as_of=None), "accepted").total.accepted != again.total.accepted


def test_what_was_overdue_stays_so_when_the_settings_say_otherwise(city: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    made = city.meetings.freeze(CITY, "week")
    waiting = [(n, f) for *_, n, f in numbers(made.body) if f.part == "overdue"]
    assert len(waiting) > 10 and sum(n for n, _ in waiting) > 0 and {f.waits for _, f in waiting} == {(2, 7)}
    assert all(f.waits == () for *_, f in numbers(made.body) if f.part != "overdue")
    other = city.settings.model_copy(update={"unaccepted_days": 60, "unhandled_days": 90})
    monkeypatch.setattr(city.matters, "_settings", other)
    monkeypatch.setattr(city.figures, "_settings", other)
    found = []
    for _, f in waiting:
        address = urlstate.read(urlstate.rows(f).partition("?")[2], city.now().date()).filter
        assert address == f
        found.append(city.matters.page(Scope.system(), address).sums.total)
    assert found == [n for n, _ in waiting]
    assert [city.matters.page(Scope.system(), f.with_(waits=())).sums.total for _, f in waiting] != found, "the settings do matter"
    assert urlstate.read("waits=2,x", city.now().date()).bad and urlstate.read("waits=2", city.now().date()).bad


def _body(services: Services, meeting_id: int) -> str:
    with services.engine.connect() as c:
        return str(c.execute(select(meeting.c.body).where(meeting.c.id == meeting_id)).scalar_one())


def test_the_bridge_adds_up_and_names_its_matters(city: Services) -> None:
    first = city.meetings.freeze(CITY, "month")
    at_noon(city, 2)
    changed = set(change(city, 60))
    at_noon(city, 12)
    second = city.meetings.freeze(CITY, "month")
    bridge = second.body["bridge"]
    assert bridge["then"]["id"] == first.line.id and bridge["then"]["title"] == first.line.title
    steps = {x["key"]: x for x in bridge["lines"]}
    assert bridge["was"]["n"] + sum(x["step"] for x in bridge["lines"]) == bridge["again"]["n"]
    assert bridge["again"]["n"] + bridge["new"]["n"] == bridge["now"]["n"]
    assert "rest" not in steps and steps["withdrawn"]["step"] < 0
    for name in ("was", "again", "new", "now"):
        if "f" in bridge[name]:
            assert city.matters.sums(Scope.system(), filter_of(bridge[name]["f"]))[1].total == bridge[name]["n"], name
    gone = {code for code, _ in steps["withdrawn"]["out"]}
    assert gone <= changed and len(gone) == -steps["withdrawn"]["step"]
    then = Filter(codes=tuple(sorted(gone))[:200], as_of=read_moment(bridge["then"]["as_of"]))
    assert city.matters.sums(Scope.system(), then)[1].total == len(gone)
    assert city.matters.sums(Scope.system(), then.with_(as_of=None))[1].total == 0


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)  # the windows and the words: the figures of any window are tested on both
def test_around_spring_festival_the_same_days_by_the_moon_stand_beside(city: Services) -> None:
    """Spring Festival was on 29 January 2025 and on 17 February 2026: 9 February is the eighth day before it, as 21 January was."""
    week, then, usual = (Window(date.fromisoformat(a), date.fromisoformat(b)) for a, b in (
        ("2026-02-09", "2026-02-15"), ("2025-01-21", "2025-01-27"), ("2025-02-09", "2025-02-15")))  # fmt: skip
    body = city.meetings.freeze(CITY, "week", week).body
    table = body["tables"]["overall"]
    names = [c["key"] for c in table["columns"]]
    assert names[:4] == ["name", "value", "yoy", "lunar"] and {len(r["cells"]) for r in table["rows"]} == {len(names)}
    assert body["compared"]["lunar"] == ["2025-01-21", "2025-01-27"] and body["compared"]["yoy"] == ["2025-02-09", "2025-02-15"]
    for row in (r for r in table["rows"] if r.get("key") in ("accepted", "centre")):
        agency = "centre" if row["key"] == "centre" else ""
        for column, window in (("lunar", then), ("yoy", usual)):
            cell = row["cells"][names.index(column)]
            assert cell["before"] == city.matters.sums(Scope.system(), Filter(window=window, agency=agency))[1].total, (row["key"], column)
    areas = body["tables"]["areas"]
    by = [c["key"] for c in areas["columns"]]
    assert by[2:4] == ["yoy", "lunar"] and {len(r["cells"]) for r in areas["rows"]} == {len(by)}
    for row in areas["rows"]:
        where = {"located": "none"} if row["key"] == "none" else {"area": "" if row["key"] == "all" else row["key"]}
        for column, window in (("lunar", then), ("yoy", usual)):
            found = city.matters.sums(Scope.system(), Filter(window=window).with_(**where))[1].total
            assert row["cells"][by.index(column)]["before"] == found, (row["key"], column)
    first = body["says"]["overall"]["paras"][0]
    assert "按春节对齐同比" in first or "上年春节同期" in first
    made = city.meetings.everything(CITY)[0]
    assert "另按春节对齐，对照2025年1月21日至2025年1月27日" in small_print(city.meetings.get(CITY, made.id))
    plain_week = city.meetings.freeze(CITY, "week", Window(date(2026, 6, 1), date(2026, 6, 7))).body
    assert "lunar" not in [c["key"] for c in plain_week["tables"]["overall"]["columns"]] and "lunar" not in plain_week["compared"]
    assert "春节" not in "".join(p for s in plain_week["says"].values() for p in s["paras"])


def test_a_county_freezes_its_own_and_nobody_sees_another_ones(city: Services) -> None:
    with pytest.raises(Forbidden):
        city.meetings.freeze(CLERK, "week")
    with pytest.raises(Forbidden):
        city.meetings.freeze(COUNTY, "week", area="360981")
    mine = city.meetings.freeze(COUNTY, "week")
    whole = city.meetings.freeze(CITY, "week")
    assert mine.line.area == "360923" and mine.body["level"] == "county" and "towns_most" not in mine.body["tables"]
    assert all(f.area.startswith("360923") for *_, f in numbers(mine.body))
    assert "，全县共受理" in mine.body["says"]["overall"]["paras"][0] and "，全市共受理" in whole.body["says"]["overall"]["paras"][0]
    assert mine.body["paper"]["to"] == "各乡镇（街道）平安建设领导小组，县直有关单位" and mine.body["paper"]["office"].startswith("上高县")
    assert whole.body["paper"]["to"] == "各县（市、区）平安建设领导小组，市直有关单位"
    assert [m.id for m in city.meetings.everything(COUNTY)] == [mine.line.id]
    assert [m.id for m in city.meetings.everything(CITY)] == [whole.line.id, mine.line.id]
    assert city.meetings.everything(CLERK) == ()
    for scope, meeting_id in ((COUNTY, whole.line.id), (CLERK, mine.line.id)):
        with pytest.raises(LookupError):
            city.meetings.get(scope, meeting_id)
    other = Scope.of("o", "county_leader", "county", "360981")
    with pytest.raises(LookupError):
        city.meetings.decide(other, mine.line.id, "x", "y", city.now().date())


def test_decisions_come_back_until_they_are_closed(city: Services) -> None:
    first = city.meetings.freeze(CITY, "week")
    today = city.now().date()
    with pytest.raises(WrongMeeting, match="due"):
        city.meetings.decide(CITY, first.line.id, "排查预付卡", "市市监局", today - timedelta(days=1))
    one = city.meetings.decide(CITY, first.line.id, "排查预付卡", "市市监局", today + timedelta(days=2))
    two = city.meetings.decide(CITY, first.line.id, "培训调解员，报名13812345678", "市司法局", today + timedelta(days=30))
    assert two.what == "培训调解员，报名138******"
    at_noon(city, 8)
    city.meetings.settle(CITY, two.id, two.version, "done", "已培训120人")
    with pytest.raises(Conflict):
        city.meetings.settle(CITY, two.id, two.version, "open")
    second = city.meetings.freeze(CITY, "week")
    assert [(d.id, d.state) for d in second.earlier] == [(one.id, "late"), (two.id, "done")]
    assert second.body["says"]["decisions"]["zh"] == "上次2项决定：办结1项，到期未办1项，进行中0项"
    at_noon(city, 15)
    third = city.meetings.freeze(CITY, "week")
    assert [d.id for d in third.earlier] == [one.id]  # what was closed has been seen once
    with pytest.raises(WrongMeeting, match="result"):
        city.meetings.settle(CITY, one.id, one.version, "dropped")
    city.meetings.settle(CITY, one.id, one.version, "dropped", "并入专项行动")
    frozen = city.meetings.get(CITY, second.line.id)
    assert frozen.body == second.body and frozen.earlier[0].state == "dropped"


def test_the_agenda_is_peoples_and_what_was_frozen_is_not(city: Services) -> None:
    made = city.meetings.freeze(CITY, "quarter")
    shown = [a for a in made.agenda if a.on]
    assert [a.number for a in shown][:3] == ["一", "二", "三"] and not any(a.on for a in made.agenda if a.key in ("signals", "letters", "decisions"))
    items = [{"key": a.key, "on": a.key != "channels", "head": "各县都降" if a.key == "counties" else "", "note": "先讲成绩"} for a in made.agenda][::-1]
    changed = city.meetings.arrange(CITY, made.line.id, made.line.version, items)
    assert [a.key for a in changed.agenda] == [a.key for a in made.agenda][::-1] and changed.body == made.body and changed.sound
    found = {a.key: a for a in changed.agenda}
    assert found["counties"].head == "各县都降" and found["counties"].own and found["channels"].number == "" and found["overall"].note == "先讲成绩"
    with pytest.raises(Conflict):
        city.meetings.arrange(CITY, made.line.id, made.line.version, items)
    with pytest.raises(WrongMeeting):
        city.meetings.arrange(CITY, made.line.id, changed.line.version, items[:-1])


def test_a_body_that_somebody_changed_says_so(city: Services) -> None:
    made = city.meetings.freeze(CITY, "week")
    with writing(city.engine) as c:
        c.execute(update(meeting).where(meeting.c.id == made.line.id).values(body=_body(city, made.line.id).replace("全市", "本市")))
    assert not city.meetings.get(CITY, made.line.id).sound


@pytest.mark.parametrize(
    ("kind", "day", "window", "name", "called"),
    [
        ("week", date(2026, 10, 12), ("2026-10-05", "2026-10-11"), "2026年第41周分析会", "第41周"),
        ("month", date(2026, 10, 12), ("2026-09-01", "2026-09-30"), "2026年9月工作例会", "9月"),
        ("quarter", date(2027, 1, 5), ("2026-10-01", "2026-12-31"), "2026年四季度点评会", "四季度"),
        ("year", date(2026, 10, 12), ("2026-01-01", "2026-09-30"), "2026年1至9月工作会", "1至9月"),
        ("year", date(2027, 1, 5), ("2026-01-01", "2026-12-31"), "2026年1至12月工作会", "1至12月"),
        ("week", date(2027, 1, 4), ("2026-12-28", "2027-01-03"), "2026年第53周分析会", "第53周"),
    ],
)  # fmt: skip
def test_the_last_whole_period_and_its_name(kind: str, day: date, window: tuple[str, str], name: str, called: str) -> None:
    found = window_of(kind, day)
    assert (found.start.isoformat(), found.end.isoformat()) == window
    assert title(kind, found) == name and period(kind, found) == called


def test_windows_of_other_days_are_named_by_them() -> None:
    """Days of one's own choice are no week and no quarter, whatever kind of meeting speaks of them; a new year's week begins in the old one."""
    chosen, new_year = Window(date(2026, 8, 10), date(2026, 9, 20)), Window(date(2025, 12, 29), date(2026, 1, 4))
    for kind, name in (("week", "分析会"), ("month", "工作例会"), ("quarter", "点评会"), ("year", "工作会")):
        assert title(kind, chosen) == f"2026年8月10日至9月20日{name}" and period(kind, chosen) == "8月10日至9月20日"
    assert title("week", Window(date(2026, 10, 6), date(2026, 10, 12))) == "2026年10月6日至10月12日分析会", "seven days, but no week"
    assert title("quarter", Window(date(2026, 7, 1), date(2026, 9, 29))) == "2026年7月1日至9月29日点评会"
    assert title("month", Window(date(2026, 7, 1), date(2026, 8, 31))) == "2026年7至8月工作例会"
    assert dated(new_year) == "2025年12月29日至2026年1月4日" and title("week", new_year) == "2026年第1周分析会"
    assert months(Window(date(2026, 12, 28), date(2027, 1, 3))) == "12月28日至2027年1月3日"
    with pytest.raises(WrongMeeting):
        window_of("day", date(2026, 1, 1))


def test_numbers_are_said_in_the_right_words() -> None:
    percent = {"c": "percent", "v": -0.0801, "now": 1137, "before": 1236}
    assert moved(percent, "pop", "前30日") == "环比（前30日1236件）下降8.01%"
    assert moved({**percent, "v": 0.0467}, "yoy") == "同比上升4.67%" and moved({**percent, "v": 0.00001}, "yoy") == "同比持平"
    assert moved({"c": "counts", "v": None, "now": 7, "before": 3}, "yoy") == "上年同期3件"
    assert moved({"c": "points", "v": 0.0035, "now": 0.97, "before": 0.9665}, "yoy") == "同比上升0.35个百分点"
    assert moved({"c": "withheld", "v": None}, "yoy") == "数据源延迟，不作同比" and moved({"c": "none", "v": None}, "pop") == ""
    assert comparison({"c": "counts", "now": 7, "before": 3, "v": None}) == "3→7" and comparison(percent) == "−8.01%"
    assert plain({"n": 15 / 15, "top": 15, "bottom": 15, "few": True}, "rate") == "15/15" and plain({"n": 9799}, "count") == "9799"
    assert plain({"n": None, "top": 0, "bottom": 0}, "rate") == "—"
    assert rate({"n": 0.96753, "top": 8848, "bottom": 9145}, "已办结或超期的", "化解", "化解率") == "已办结或超期的9145件中，化解8848件，化解率96.75%"


def test_a_filter_comes_back_as_it_was_kept() -> None:
    f = Filter(area="360923", window=None, part="overdue", as_of=read_moment("2026-10-12T07:00"), codes=("26-ABCDE", "26-FGHIJ"))
    assert filter_of(filter_json(f)) == f
    assert filter_of(filter_json(Filter(window=Window(date(2026, 1, 1), date(2026, 9, 30))))).window == Window(date(2026, 1, 1), date(2026, 9, 30))


