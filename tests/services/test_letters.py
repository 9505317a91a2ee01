"""Warning letters: figures are the rows, numbers have no gap under two writers, what is issued stays, each side does its own steps."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import select, update

from dashboard.components import candidate_table
from matters.access import Forbidden, Scope
from services.letter_paper import paper
from services.letter_paper import points as points_of
from services.letter_shapes import LetterFile
from services.letters import Conflict, WrongStep
from services.settings import load_settings
from services.wiring import Services, build
from store import letters as kept
from store.engine import reading, writing
from store.schema import audit, letter
from tests.store.rows import declare, made, write

TODAY = date(2026, 6, 10)
DAY = timedelta(days=1)
CITY = Scope.of("boss", "city_leader", "city")
ANALYST = Scope.of("ana", "analyst", "city")
COUNTY = Scope.of("head", "county_leader", "county", "360923")
OTHER = Scope.of("head2", "county_leader", "county", "360981")
CLERK = Scope.of("clerk", "township_clerk", "township", "360923", "360923101")
ASKED = {"area": "360923", "category": "15", "first": "2026-05-01", "last": "2026-05-31", "colour": "yellow"}


def rows() -> list[dict[str, Any]]:
    """15: 24 in May in 上高县 (20 in one township, 3 in another, 1 known to the county only), 9 in the May before; a little elsewhere."""
    out: list[dict[str, Any]] = []
    places = [("360923", "360923101")] * 20 + [("360923", "360923102")] * 3 + [("360923", "")]
    for n, place in enumerate(places):
        out.append({"external_id": f"m{n}", "accepted_on": date(2026, 5, 1 + n), "place": place, "people": 3})
    out += [{"external_id": f"b{n}", "accepted_on": date(2025, 5, 1 + n), "place": ("360923", "360923101")} for n in range(9)]
    out += [{"external_id": f"o{n}", "accepted_on": date(2026, 5, 2 + n), "place": ("360981", "360981101")} for n in range(5)]
    return out


@pytest.fixture
def city(store_url: str, tmp_path: Path) -> Iterator[Services]:
    services = build(load_settings(data_dir=tmp_path / "data", database_url=store_url, today=TODAY), {})
    agencies = declare(services.engine)
    usual = {"kind": "intake", "category": "15", "channel": "visit", "title": "物业收费"}
    write(services.engine, "centre", [made({**usual, **r}) for r in rows()], agencies)
    yield services
    services.close()


def step(city: Services, scope: Scope, file: LetterFile, key: str, **data: Any) -> LetterFile:
    return city.letters.act(scope, file.line.id, file.line.version, key, data)


def issued(city: Services, **asked: Any) -> LetterFile:
    file = city.letters.new(CITY, {**ASKED, **asked})
    for key in ("submit", "approve", "issue"):
        file = step(city, CITY, file, key)
    return file


def test_a_draft_writes_itself_and_its_figures_are_rows(city: Services) -> None:
    file = city.letters.new(ANALYST, ASKED)
    e = file.evidence
    assert (e["count"], e["before"], e["open"], e["people"]) == (24, 9, 24, 72)
    assert [(c, n, b) for c, _, n, b in e["places"]] == [("360923101", 20, 9), ("360923102", 3, 0), ("", 1, 0)]
    assert sum(n for _, _, n, _ in e["places"]) == e["count"] == len(e["rows"]) and len(e["months"]) == 24 and e["months"][-1] == ["2026-05-01", 24]
    page = city.matters.page(ANALYST, file.rows)
    assert page.sums.total == 24 and {r.code for r in page.rows} == {r["code"] for r in e["rows"]}
    assert city.matters.page(ANALYST, file.rows_before).sums.total == 9
    assert file.line.addressee == "上高县住房和城乡建设局" and file.line.title == "关于上高县物业纠纷的\n矛盾风险预警提示函"
    said = "".join(file.content.findings)
    assert "2026年5月1日至5月31日，上高县受理物业纠纷24件，上年同期9件" in said and "《物业管理条例》" in file.content.laws and len(file.content.requests) >= 4
    assert "回复期限：发函后2日内。" in str(paper(file, TODAY, city.letters.days).body[-1])
    assert file.line.state == "draft" and file.acts == ("edit", "submit", "discard")


def test_a_whole_life_with_its_history(city: Services) -> None:
    file = city.letters.new(ANALYST, ASKED)
    file = step(city, ANALYST, file, "edit", requests="逐小区核查。\n\n公开账目 13912345678。", title="关于物业的提示函", colour="red")
    assert file.content.requests == ("逐小区核查。", "公开账目 139******。") and file.events[-1].data["was"]["title"].startswith("关于上高县")
    file = step(city, ANALYST, file, "submit")
    with pytest.raises(Forbidden):
        step(city, ANALYST, file, "approve")
    file = step(city, CITY, file, "rework", note="措辞再改")
    file = step(city, ANALYST, file, "submit")
    for key in ("approve", "issue"):
        file = step(city, CITY, file, key)
    assert file.line.number == "宜平安办函〔2026〕1号" and file.line.due_on == TODAY and file.intact and file.line.days_left == 0
    seen = city.letters.get(COUNTY, file.line.id)
    assert seen.acts == ("receipt", "reply")
    file = step(city, COUNTY, seen, "receipt")
    with pytest.raises(WrongStep, match="measures"):
        step(city, COUNTY, file, "reply", measures="  ")
    file = step(city, COUNTY, file, "reply", measures="已约谈三家企业", person="办公室")
    with pytest.raises(Forbidden):
        step(city, COUNTY, file, "accept")
    with pytest.raises(WrongStep, match="due_on"):
        step(city, CITY, file, "send_back", note="太笼统", due_on="2026-06-01")
    file = step(city, CITY, file, "send_back", note="太笼统", due_on="2026-06-15")
    assert file.line.due_on == date(2026, 6, 15) and file.line.days_left == 5
    file = step(city, COUNTY, file, "reply", measures="逐户退费 36 户")
    file = step(city, CITY, file, "accept")
    file = step(city, CITY, file, "close", note="措施到位")
    assert file.line.state == "closed" and [e.step for e in file.events] == [
        "draft", "edit", "submit", "rework", "submit", "approve", "issue", "receipt", "reply", "send_back", "reply", "accept", "close"]  # fmt: skip
    with reading(city.engine) as c:
        acts = [a for (a,) in c.execute(select(audit.c.act).order_by(audit.c.id)) if a.startswith("letter.")]
    assert acts == [f"letter.{e.step}" for e in file.events]


def test_what_is_issued_is_never_edited_only_replaced(city: Services) -> None:
    file = issued(city)
    for key in ("edit", "discard", "submit", "issue"):
        with pytest.raises(WrongStep, match="state"):
            step(city, CITY, file, key, note="x", title="改")
    with writing(city.engine) as c, pytest.raises(ValueError, match="is issued"):
        kept.change(c, file.line.id, file.line.version, {"content": "{}"})
    new = step(city, CITY, file, "replace", note="收件单位有误")
    assert new.line.replaces == file.line.id and new.line.state == "draft" and new.evidence == file.evidence
    with pytest.raises(WrongStep, match="replaces"):
        step(city, CITY, city.letters.get(CITY, file.line.id), "replace", note="再来")
    new = step(city, CITY, new, "edit", addressee="上高县发展和改革委员会")
    for key in ("submit", "approve", "issue"):
        new = step(city, CITY, new, key)
    old = city.letters.get(CITY, file.line.id)
    assert (old.line.state, old.line.replaced_by, old.line.addressee) == ("replaced", new.line.id, "上高县住房和城乡建设局")
    assert new.line.number == "宜平安办函〔2026〕2号" and old.intact and not old.acts
    with writing(city.engine) as c:  # behind the program's back
        c.execute(update(letter).where(letter.c.id == file.line.id).values(title="改了"))
    assert not city.letters.get(CITY, file.line.id).intact


def test_two_writers_at_once_get_numbers_without_gap_or_double(city: Services, tmp_path: Path) -> None:
    other = build(load_settings(data_dir=tmp_path / "data", database_url=city.settings.database_url, today=TODAY), {})
    ready = []
    for _ in range(8):
        file = city.letters.new(CITY, ASKED)
        ready.append(step(city, CITY, step(city, CITY, file, "submit"), "approve"))
    failed: list[BaseException] = []

    def work(services: Services, files: list[LetterFile]) -> None:
        for file in files:
            try:
                step(services, CITY, file, "issue")
            except BaseException as error:
                failed.append(error)

    both = [threading.Thread(target=work, args=(s, ready[i::2])) for i, s in enumerate((city, other))]
    late = city.letters.new(CITY, {**ASKED, "colour": "red"})
    late = step(city, CITY, step(city, CITY, step(city, CITY, late, "edit", due_on="2026-06-12"), "submit"), "approve")
    for t in both:
        t.start()
    for t in both:
        t.join(60)
    assert not failed
    tomorrow = lambda: datetime(2026, 6, 20, 9)  # noqa: E731
    city.letters._now = tomorrow  # its own last day has gone by: refused after the number would have been taken
    with pytest.raises(WrongStep, match="due_on"):
        step(city, CITY, late, "issue")
    city.letters._now = city.now
    step(city, CITY, late, "issue")
    numbers = sorted(int(x.number.split("〕")[1][:-1]) for x in city.letters.all(CITY) if x.number)
    assert numbers == list(range(1, 10))
    other.close()


def test_each_sees_and_does_what_is_theirs(city: Services) -> None:
    draft = city.letters.new(CITY, ASKED)
    own = city.letters.new(COUNTY, {**ASKED, "area": "360923101", "kind": "area"})
    assert own.line.office_name == "上高县平安建设领导小组办公室" and {x.id for x in city.letters.all(COUNTY)} == {own.line.id}
    with pytest.raises(LookupError):
        city.letters.get(COUNTY, draft.line.id)
    for scope in (OTHER, CLERK):
        assert city.letters.all(scope) == ()
    with pytest.raises(Forbidden):
        city.letters.new(OTHER, ASKED)
    with pytest.raises(Forbidden):
        city.letters.new(CLERK, ASKED)
    with pytest.raises(Forbidden):
        step(city, CITY, own, "submit")  # the city reads a county's draft and leaves it alone
    for key in ("submit", "approve", "issue"):
        own = step(city, COUNTY, own, key)
    assert own.line.number == "上高平安办函〔2026〕1号"
    assert city.letters.get(CLERK, own.line.id).acts == ("receipt", "reply")
    step(city, CLERK, own, "receipt")
    with pytest.raises(LookupError):
        city.letters.get(OTHER, own.line.id)


def test_steps_are_taken_back_and_somebody_faster_is_told(city: Services) -> None:
    file = city.letters.new(ANALYST, ASKED)
    sent = step(city, ANALYST, file, "submit")
    with pytest.raises(Conflict):
        city.letters.act(ANALYST, file.line.id, file.line.version, "discard", {"note": "x"})
    assert sent.undoable and not city.letters.get(COUNTY_ADMIN, file.line.id).undoable
    back = city.letters.undo(ANALYST, file.line.id, sent.line.version, "还要改")
    assert back.line.state == "draft" and back.events[-2].undone
    out = issued(city)
    assert not out.undoable
    with pytest.raises(WrongStep, match="undo"):
        city.letters.undo(CITY, out.line.id, out.line.version, "撤回")
    out = step(city, COUNTY, step(city, COUNTY, out, "receipt"), "reply", measures="整改")
    out = city.letters.undo(COUNTY, out.line.id, out.line.version, "写错了")
    assert out.line.state == "received" and out.line.replied_at is None


COUNTY_ADMIN = Scope.of("ana2", "analyst", "city")


def test_reminders_come_once_a_day_and_only_where_a_reply_is_late(city: Services) -> None:
    late, fine = issued(city, colour="red"), issued(city, colour="blue")
    assert city.letters.remind_late() == 0
    city.letters._now = lambda: datetime.combine(TODAY + DAY, datetime.min.time())
    assert (city.letters.remind_late(), city.letters.remind_late()) == (1, 0)
    file = city.letters.get(CITY, late.line.id)
    assert (file.line.reminders, file.events[-1].step, file.events[-1].by, file.line.days_left) == (1, "remind", "system", -1)
    assert "remind" not in file.acts and file.line.version == late.line.version
    other = city.letters.get(CITY, fine.line.id)
    assert "remind" in other.acts
    step(city, CITY, other, "remind", note="请抓紧")
    with pytest.raises(WrongStep, match="today"):
        step(city, CITY, other, "remind")


def test_what_is_wrong_is_named(city: Services) -> None:
    wrong: list[tuple[dict[str, Any], str]] = [
        ({"category": "zz"}, "category"), ({"first": "x"}, "first"), ({"last": "2026-06-11"}, "last"), ({"first": "2024-01-01"}, "first"),
        ({"colour": "green"}, "colour"), ({"area": "999"}, "area"), ({"kind": "x"}, "kind"),
    ]  # fmt: skip
    for changes, field in wrong:
        with pytest.raises(WrongStep, match=field):
            city.letters.new(CITY, {**ASKED, **changes})
    assert city.letters.all(CITY) == ()


@dataclass
class Found:
    """A signal as services.signals hands it out, and what it was told."""

    line: Any
    told: list[Any]

    def get(self, scope: Scope, signal_id: int) -> Any:
        return SimpleNamespace(line=self.line)

    def act(self, scope: Scope, signal_id: int, version: int, step: str, why: str, until: date | None = None, data: Any = None) -> Any:
        self.told.append((signal_id, version, step, data))


def test_a_letter_of_a_signal_keeps_what_the_signal_said(city: Services) -> None:
    points = [(date(2026, 4, 1), 2, 3.0, 0.0, 6.0), (date(2026, 5, 1), 20, 3.2, 0.0, 7.0)]
    line = SimpleNamespace(id=7, version=3, kind="emerging", county="360923", town="360923101", category="15", first=date(2026, 5, 1),
                           last=date(2026, 5, 28), count=20, expected=3.2, low=0.0, high=7.0, points=points, sentence=("句", "s"), body=("文", "b"),
                           provisional=True, acts=("noted", "letter"))  # fmt: skip
    found = Found(line, [])
    city.letters._signals = lambda: found
    file = city.letters.new(ANALYST, {"signal": 7, "kind": "area", "colour": "red"})
    assert found.told == [(7, 3, "letter", {"letter": file.line.id})] and file.line.signal == 7
    assert file.line.addressee == "上高县徐家渡镇党委、政府" and "20件，常年同期约3件，正常波动区间为0至7件（近日" in "".join(file.content.findings)
    assert city.matters.page(ANALYST, file.rows).sums.total == file.evidence["count"] == 20
    assert [p.cases for p in points_of(file.evidence)] == [2, 20]


def test_a_meeting_hears_of_the_letters(city: Services) -> None:
    assert city.letters.meeting_table(CITY, city.now()) is None
    late = issued(city, colour="red")
    issued(city, colour="blue")
    table = city.letters.meeting_table(CITY, city.now() + DAY)
    assert table is not None and len(table["rows"]) == 2 and table["says"]["zh"] == "提示函2份，待回复2份，其中超期1份"
    assert late.line.addressee in table["says"]["paras"][0] and city.letters.meeting_table(OTHER, city.now() + DAY) is None


def test_the_evidence_stands_still_while_the_store_moves_on(city: Services) -> None:
    file = issued(city)
    before = paper(file, TODAY, city.letters.days)
    with reading(city.engine) as c:
        from store.feeds import all_agencies

        agencies = all_agencies(c)
    more = [made({"external_id": f"late{n}", "kind": "intake", "category": "15", "channel": "visit", "title": "迟报", "accepted_on": date(2026, 5, 9),
                  "place": ("360923", "360923101")}) for n in range(7)]  # fmt: skip
    write(city.engine, "centre", more, agencies, datetime(2026, 6, 20, 12))
    assert city.letters.new(CITY, ASKED).evidence["count"] == 31
    again = city.letters.get(CITY, file.line.id)
    assert again.evidence == file.evidence and paper(again, TODAY + 30 * DAY, {"red": 9, "yellow": 9, "blue": 9}) == before  # settings of later change nothing


def test_the_change_is_measured_against_other_places(city: Services) -> None:
    file = issued(city)
    assert file.effect is not None and file.effect.verdict == "early" and file.effect.before == 24  # those of May 2025 are older than a year
    assert city.matters.page(CITY, file.effect.rows_before).sums.total == 24  # type: ignore[arg-type]
    towns = [f"360981{n}" for n in range(101, 113)]
    agencies = declare(city.engine)
    usual = {"kind": "intake", "category": "15", "channel": "visit", "title": "物业收费"}
    start = TODAY - timedelta(weeks=52)
    more = [{"external_id": f"e{t}{w}", "accepted_on": start + timedelta(weeks=w), "place": ("360981", t)} for t in towns for w in range(64)]
    more += [{"external_id": f"x{w}{k}", "accepted_on": start + timedelta(weeks=w), "place": ("360923", "360923101")} for w in range(52) for k in range(4)]
    write(city.engine, "centre", [made({**usual, **r}) for r in more], agencies)
    city.letters._now = lambda: datetime.combine(TODAY + timedelta(weeks=12), datetime.min.time())
    found = city.letters.get(CITY, file.line.id).effect
    assert found is not None and found.verdict == "fell" and found.after == 0 and found.weeks_after == 12 and found.expected and found.expected > 20


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)  # nothing here depends on the database
def test_a_letter_without_a_fall_makes_a_candidate_and_one_with_a_fall_does_not(city: Services) -> None:
    towns = [t.code for t in city.areas.children("360981")][:14]
    rows_: list[dict[str, Any]] = []
    for i, town in enumerate(towns):
        for month in range(36):
            day = date(2023 + (month + 5) // 12, (month + 5) % 12 + 1, 9)
            many = 1 if i == 1 and day > date(2026, 2, 10) else 9
            rows_ += [{"external_id": f"c{i}-{month}-{n}", "accepted_on": day, "place": ("360981", town), "category": "09"} for n in range(many)]
    write(city.engine, "centre", [made({"kind": "intake", "channel": "visit", "title": "噪声", **r}) for r in rows_], declare(city.engine))
    numbers = []
    city.letters._now = lambda: datetime(2026, 2, 10, 9)
    for town in towns[:2]:
        asked = {"area": town, "category": "09", "first": "2026-01-01", "last": "2026-01-31", "kind": "area"}
        file = city.letters.new(CITY, asked)
        for key in ("submit", "approve", "issue"):
            file = step(city, CITY, file, key)
        numbers.append(file.line.number)
    found = {c.area: c for c in city.candidates.all(CITY).lines if c.category == "09"}
    assert found[towns[0]].unmoved and found[towns[0]].badly and found[towns[0]].unmoved_by == numbers[0]
    assert numbers[0] in candidate_table.badly(found[towns[0]])
    assert towns[1] not in found or not found[towns[1]].unmoved
    assert towns[2] not in found or not found[towns[2]].unmoved
