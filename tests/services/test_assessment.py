"""Assessment: scores that can be done again by hand, rows that are exactly those counted, rules that stay with their periods, marks by those who may."""

from __future__ import annotations

import tomllib
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import xlsxwriter
from sqlalchemy import select

from matters.access import Forbidden, Scope
from matters.assessment import Period, RuleError, last_over, plain, read_period, read_rules
from matters.periods import Window
from matters.scoring import Value, base, marked, ranks, score
from services.assessment import NotBegun
from services.assessment_marks import Conflict, Wrong
from services.assessment_rules import BUILT_IN, RuleBook
from services.outside_indices import BadTable, read
from store.engine import reading
from store.schema import audit

if TYPE_CHECKING:
    from services.wiring import Services

CITY = Scope.of("city", "city_leader", "city")
ANALYST = Scope.of("analyst", "analyst", "city")
COUNTY = Scope.of("county", "county_leader", "county", "360923")
TOWN = Scope.of("township", "township_clerk", "township", "360923", "360923103")
DEPARTMENT = Scope.of("wage", "department", "city", owners=("市人社局",))
QUARTER, YEAR = read_period("2026-Q3"), read_period("2026")


@pytest.mark.parametrize(("key", "start", "end", "before"), [
    ("2026-02", date(2026, 2, 1), date(2026, 2, 28), "2026-01"), ("2026-Q1", date(2026, 1, 1), date(2026, 3, 31), "2025-Q4"),
    ("2028", date(2028, 1, 1), date(2028, 12, 31), "2027"), ("2026-12", date(2026, 12, 1), date(2026, 12, 31), "2026-11"),
])  # fmt: skip
def test_periods(key: str, start: date, end: date, before: str) -> None:
    found = read_period(key)
    assert (found.start, found.end, found.key, found.before.key, found.before.after) == (start, end, key, before, found)
    assert found.window(start + timedelta(days=3)) == Window(start, start + timedelta(days=3))
    assert last_over("quarter", date(2026, 9, 30)).key == "2026-Q2" and last_over("quarter", date(2026, 10, 1)).key == "2026-Q3"
    for bad in ("2026-13", "2026-Q5", "26-Q1", "２０２６", "0900", ""):
        with pytest.raises(ValueError, match="not a period"):
            read_period(bad)


PART: dict[str, Any] = {"key": "resolved_rate", "weight": 3, "none": 0.9, "full": 1.0}


@pytest.mark.parametrize(("given", "says"), [
    ({}, r"\[\[part\]\]"), ({"part": [PART], "wieght": 1}, "unknown entry 'wieght'"), ({"part": [{**PART, "key": "x"}]}, "part 1: key = 'x'"),
    ({"part": [{**PART, "weight": "3"}]}, "weight = '3'"), ({"part": [{**PART, "weight": 0}]}, "weight = 0"), ({"part": [{**PART, "full": 0.9}]}, "must differ"),
    ({"part": [PART, PART]}, "stands twice for county"), ({"part": [{**PART, "key": "index"}]}, "index = NAME"), ({"part": [{**PART, "least": True}]}, "least"),
    ({"part": [{**PART, "key": "index", "index": "a", "levels": ["township"]}]}, "counties only"), ({"part": [{**PART, "levels": ["village"]}]}, "levels"),
    ({"part": [PART], "from": "2026-01-01"}, "without quotes"), ({"part": [{k: v for k, v in PART.items() if k != "none"}]}, "none = None"),
])  # fmt: skip
def test_rules_that_cannot_be_used_are_named(given: dict[str, Any], says: str) -> None:
    with pytest.raises(RuleError, match=says):
        read_rules(given)


def test_points_by_hand() -> None:
    rules = read_rules({"part": [PART, {"key": "escalation_rate", "weight": 1, "none": 0.2, "full": 0.0, "least": 10}], "merit_most": 2, "demerit_most": 3})
    assert read_rules(plain(rules)) == rules
    parts = score(rules, "county", {"resolved_rate": Value(0.95, 40), "escalation_rate": Value(0.05, 40)})
    assert [round(p.points or 0, 6) for p in parts] == [37.5, 18.75] and base(parts) == pytest.approx(56.25)
    few = score(rules, "county", {"resolved_rate": Value(0.95, 40), "escalation_rate": Value(0.5, 9)})
    assert few[1].points is None and few[1].why == "few" and base(few) == pytest.approx(50.0)
    assert [p.why for p in score(rules, "county", {"resolved_rate": Value(None, 0)})] == ["none", "none"] and base(()) is None
    assert marked(rules, [5, -1]) == (4, 2) and marked(rules, [-9]) == (-9, -3) and ranks({"a": 90.001, "b": 90.004, "c": 80}) == {"a": 1, "b": 1, "c": 3}


def test_scores_open_exactly_their_rows_and_keep_to_the_scope(own_city: Services) -> None:
    service, counts = own_city.assessment, 0
    for level in ("county", "township", "department"):
        board = service.board(CITY, level, YEAR)
        assert board.units and board.version.number == 1 and not board.over and board.ranked == sum(u.rank is not None for u in board.units)
        for u in [*board.units[:2], *board.units[-1:]]:
            judged = [p for p in u.parts if p.points is not None]
            for p in judged:
                assert p.value is not None and p.points == pytest.approx(min(1, max(0, (p.value - p.none) / (p.full - p.none))) * p.weight)
                if p.top is not None and p.bottom is not None and p.key != "civil_filings_change":
                    assert p.value == pytest.approx(p.top.value / p.bottom.value)
            if judged:
                assert u.base == pytest.approx(sum(p.points or 0 for p in judged) / sum(p.weight for p in judged) * 100)
            stand = sum(m.points for m in u.mark_lines if m.withdrawn_at is None)
            assert u.marks == max(-10, min(5, stand)) and (u.total is None or u.total == pytest.approx(u.base + u.marks))
            for part in [c for p in u.parts for c in (p.top, p.bottom) if c is not None] + [u.settled]:
                assert part is not None and part.rows is not None
                counts += 1
                assert own_city.matters.page(CITY, part.rows, limit=1).sums.total == part.value, (u.key, part)
    assert counts > 60

    counties = service.board(CITY, "county", YEAR)
    assert {u.key for u in counties.units} == {c.code for c in own_city.areas.counties()} and sum(p.weight for p in counties.units[0].parts) == pytest.approx(100)
    index = next(p for p in counties.units[0].parts if p.key == "index:公众安全感")
    assert index.outside is not None and index.outside.source and index.value == index.outside.value
    mine = service.board(COUNTY, "county", YEAR)
    assert [(u.key, u.total, u.rank) for u in mine.units] == [(u.key, u.total, u.rank) for u in counties.units]
    for u in mine.units:
        assert u.veiled == (u.key != "360923") and bool(u.parts) != u.veiled and not (u.veiled and (u.mark_lines or u.settled or u.base))
    assert mine.unit("360981") is None
    towns = service.board(COUNTY, "township", YEAR).units
    assert towns and all(u.key.startswith("360923") for u in towns) and len(towns) == len(own_city.areas.children("360923"))
    assert [u.key for u in service.board(TOWN, "township", YEAR).units] == ["360923103"]
    assert all(not u.mark_lines for u in service.board(COUNTY, "department", YEAR).units)
    for scope, level, area in ((TOWN, "county", ""), (TOWN, "department", ""), (COUNTY, "township", "360981"), (TOWN, "township", "360923"),
                               (DEPARTMENT, "county", ""), (DEPARTMENT, "township", "")):  # fmt: skip
        with pytest.raises(Forbidden):
            service.board(scope, level, YEAR, area)
    with pytest.raises(NotBegun):
        service.board(CITY, "county", read_period("2027-01"))
    small = service.board(CITY, "township", read_period("2026-10"))
    assert small.ranked == 0 and all(u.total is None and u.unranked == "few" for u in small.units) and small.funnels["resolved_rate"].share is not None
    one = own_city.feeds.agencies()["police"].code
    assert one not in {u.key for u in service.board(CITY, "department", QUARTER, exclude=one).units}


def test_a_changed_file_is_a_new_version_and_old_periods_keep_theirs(own_city: Services, tmp_path: Path) -> None:
    file, now = tmp_path / "assessment.toml", [own_city.now()]
    file.write_text(BUILT_IN.read_text("utf-8"), "utf-8")
    settings = own_city.settings.model_copy(update={"assessment_file": file})
    book, other = (RuleBook(own_city.engine, settings, lambda: now[0]) for _ in range(2))
    running = read_period("2026-Q4")
    assert book.of(QUARTER).number == other.of(QUARTER).number == 1 and len(book.versions()) == 1

    def write(text: str) -> None:
        file.write_text(text, "utf-8")

    first = file.read_text("utf-8")
    write(first + "\n# only said otherwise\n")
    assert len(book.versions()) == 1
    write(first.replace("weight = 30", "weight = 35"))
    assert [v.number for v in other.versions()] == [1, 2] and [v.number for v in book.versions()] == [1, 2]
    assert (book.of(QUARTER).number, book.of(running).number, book.of(YEAR).number) == (1, 2, 2)
    assert book.of(QUARTER).rules.parts[0].weight == 30 and book.of(running).rules.parts[0].weight == 35
    assert book.of(running, now[0] - timedelta(minutes=1)).number == 1  # as it was known then
    write(first.replace("weight = 30", "weight = "))
    assert book.of(running).number == 2 and "not TOML" in book.problem
    write(first.replace('key = "satisfaction"', 'key = "happiness"'))
    assert book.of(running).number == 2 and "happiness" in book.problem and len(book.versions()) == 2
    ahead = now[0].date() + timedelta(days=40)
    write(f"from = {ahead}\n{first}")
    assert len(book.versions()) == 3 and book.problem == "" and book.of(running).number == 2  # the newest has not begun
    now[0] = datetime.combine(ahead, now[0].time())
    assert book.of(read_period(str(ahead.year))).number == 3 and book.of(QUARTER).number == 1
    file.unlink()
    assert book.of(QUARTER).number == 1 and "assessment.toml" in book.problem
    with reading(own_city.engine) as c:
        noted = [r.detail["version"] for r in c.execute(select(audit).where(audit.c.act == "assessment.rules").order_by(audit.c.id))]
    assert noted == [1, 2, 3]
    assert {"name", "part"} <= set(tomllib.loads(BUILT_IN.read_text("utf-8")))


def test_marks_by_those_who_may_with_reasons_and_undone(own_city: Services) -> None:
    marks, today, elsewhere = own_city.marks, own_city.now().date(), own_city.areas.children("360981")[0].code
    period = Period("month", today.replace(day=1), today)

    def add(scope: Scope, unit: str, points: float | None = 1.5, reason: str = "据回访", day: date | None = today, version: int | None = None) -> int:
        return marks.add(scope, unit, marks.seen(unit) if version is None else version, day, points, reason)

    for scope, unit in ((COUNTY, "360923"), (COUNTY, "360981"), (COUNTY, elsewhere), (COUNTY, "justice"), (TOWN, "360923103"), (DEPARTMENT, "360923")):
        assert not marks.may(scope, unit)
        with pytest.raises(Forbidden):
            add(scope, unit)
    for field, values in (("points", {"points": 0}), ("points", {"points": 21}), ("points", {"points": None}), ("reason", {"reason": "  "}),
                          ("day", {"day": today + timedelta(days=1)}), ("day", {"day": None}), ("unit", {"unit": "360923103201"})):  # fmt: skip
        with pytest.raises(Wrong) as error:
            add(CITY, **{"unit": "360923", **values})
        assert error.value.field == field
    before = own_city.assessment.board(CITY, "county", YEAR).unit("360923")
    assert before is not None and before.total is not None
    seen = marks.seen("360923")
    first = add(ANALYST, "360923", 3)
    with pytest.raises(Conflict):
        add(CITY, "360923", 1, version=seen)
    add(CITY, "360923", 9, "全省推广")
    after = own_city.assessment.board(CITY, "county", YEAR).unit("360923")
    assert after is not None and after.marks_all == before.marks_all + 12 and after.marks == 5 and after.total == pytest.approx(before.base + 5)  # type: ignore[operator]
    town, justice = add(COUNTY, "360923103", -2, "漏报"), add(CITY, "justice", -1, "迟报")
    assert town in {m.id for m in marks.of(TOWN, period)} and not {first, justice} & {m.id for m in marks.of(TOWN, period)}
    assert {first, town} <= {m.id for m in marks.of(COUNTY, period)} and justice not in {m.id for m in marks.of(COUNTY, period)}
    assert marks.of(DEPARTMENT, period) == ()
    for scope, mark_id in ((TOWN, town), (COUNTY, first)):
        with pytest.raises(Forbidden):
            marks.withdraw(scope, mark_id, "x")
    with pytest.raises(LookupError):
        marks.withdraw(COUNTY, justice, "x")
    with pytest.raises(Wrong):
        marks.withdraw(ANALYST, first, " ")
    marks.withdraw(CITY, first, "记错了")
    with pytest.raises(Conflict):
        marks.withdraw(CITY, first, "再来")
    line = marks.one(CITY, first)
    assert line.withdrawn_by == "city" and line.withdrawn_why == "记错了" and line.by == "analyst" and not line.may_withdraw
    undone = own_city.assessment.board(CITY, "county", YEAR).unit("360923")
    assert undone is not None and undone.marks_all == before.marks_all + 9 and first in {m.id for m in undone.mark_lines}
    with reading(own_city.engine) as c:
        acts = [(r.account, r.detail["mark"]) for r in c.execute(select(audit).where(audit.c.act.in_(("assessment.mark", "assessment.withdraw"))).order_by(audit.c.id))]
    assert ("analyst", first) in acts and ("county", town) in acts and acts[-1] == ("city", first)


HEAD = "指数,地区,时段,数值,全省排名,参评数,来源\n"


@pytest.mark.parametrize(("table", "says"), [
    ("指数,地区,来源,排行\n", "排行"), ("地区,时段,来源\n", "指数"), ("指数,来源\n", "时段"), (HEAD, "no row"), (HEAD + "平安,,2026-Q9,1,,,x\n", "row 2, 时段"),
    (HEAD + "平安,没有县,2026,1,,,x\n", "row 2, 地区"), (HEAD + "平安,360923103,2026,1,,,x\n", "city or of a county"), (HEAD + "平安,,2026,,,,x\n", "value or a rank"),
    (HEAD + "平安,,2026,九,,,x\n", "a number"), (HEAD + "平安,,2026,1,3,2,x\n", "a place from 1"), (HEAD + "平安,,2026,1,,,\n", "来源"),
    (HEAD + "平安,,2026,1,,,x\n平安,宜春市,2026,2,,,x\n", "row 3: the same"), (HEAD + "平安,,2026,nan,,,x\n", "a number"), (HEAD + ",,2026,1,,,x\n", "row 2, 指数"),
])  # fmt: skip
def test_a_wrong_table_is_refused_with_its_place(small_city: Services, tmp_path: Path, table: str, says: str) -> None:
    file = tmp_path / "i.csv"
    file.write_text(table, encoding="gb18030")
    with pytest.raises(BadTable, match=says):
        read(file, small_city.areas)


def test_indices_come_in_again_and_again_and_the_review_says_them(own_city: Services, tmp_path: Path) -> None:
    csv, book = tmp_path / "i.csv", tmp_path / "i.xlsx"
    csv.write_text(HEAD + "夜间出行安全感,宜春市,2026-Q3,98.75,1,11,省厅函12号\n公众安全感,上高县,2026-H1,97,,,省厅函9号\n", encoding="utf-8-sig")
    sheet = xlsxwriter.Workbook(str(book))
    page = sheet.add_worksheet()
    day = sheet.add_format({"num_format": "yyyy-mm-dd"})
    page.write_row(0, 0, ("name", "area", "from", "to", "value", "source"))
    page.write_row(1, 0, ("公众安全感", 360923))
    page.write_datetime(1, 2, datetime(2026, 7, 1), day)
    page.write_datetime(1, 3, datetime(2026, 9, 30), day)
    page.write_row(1, 4, (98.5, "省厅函15号"))
    sheet.close()
    rows, more = read(csv, own_city.areas), read(book, own_city.areas)
    with pytest.raises(Forbidden):
        own_city.indices.bring(CITY, rows)
    assert own_city.indices.bring(ANALYST, rows)["unchanged"] == 0
    assert own_city.indices.bring(ANALYST, rows) == {"new": 0, "changed": 0, "unchanged": 2}
    assert own_city.indices.bring(ANALYST, [{**rows[0], "value": 98.8}, *more]) == {"new": 1, "changed": 1, "unchanged": 0}
    shown = own_city.indices.until(COUNTY, date(2026, 11, 1))
    assert {x.area for x in shown} == {"", "360923"} and {x.area for x in own_city.indices.until(TOWN, date(2026, 11, 1))} == {"", "360923"}
    newest = own_city.assessment.board(CITY, "county", QUARTER).unit("360923")
    assert newest is not None and newest.parts[-1].value == 98.5
    assert own_city.assessment.board(CITY, "county", read_period("2026-Q2")).unit("360923").parts[-1].value == 97.0  # type: ignore[union-attr]
    paper = own_city.reviews.paper(CITY, QUARTER)
    text = repr(paper)
    assert "夜间出行安全感98.8，全省第1位（省厅函12号）" in text and "第1版" in text and paper.mark == ""
    assert own_city.reviews.paper(CITY, read_period("2026-Q4")).mark == "期中"
    made = own_city.reviews.make(ANALYST, QUARTER, "docx")
    assert made.content[:2] == b"PK" and "2026年第三季度" in made.name
    with pytest.raises(Forbidden):
        own_city.reviews.paper(TOWN, QUARTER)
    with pytest.raises(Forbidden):
        own_city.reviews.paper(COUNTY, QUARTER, "360981")
    assert "丰城" not in repr(own_city.reviews.paper(COUNTY, QUARTER))
