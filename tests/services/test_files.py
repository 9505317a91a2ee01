"""The reads of a matter's file: its people by their tokens, names veiled in free text, what each record changed when."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson
import pytest
from sqlalchemy import select, update

from matters.access import Scope
from matters.filters import Filter
from services.file_history import changes
from services.file_people import people
from services.files import _TOLD, changes_since
from services.link_runner import LinkRunner
from services.link_shapes import QueueFilter
from services.settings import load_settings
from store.schema import record
from tests.store.linking_rows import ByTitle
from tests.store.rows import declare, made, write

if TYPE_CHECKING:
    from services.wiring import Services

CITY = Scope.of("test", "city_leader", "city")


def party(name: str, number: str = "", phone: str = "", role: str = "applicant") -> dict[str, str]:
    return {"role": role, "name": name, "id_token": number, "phone_token": phone}


def row(key: int, agency: str, day: int, *parties: dict[str, str]) -> dict[str, Any]:
    return {"id": key, "agency": agency, "happened_at": None, "registered_on": date(2026, 11, day), "accepted_on": None, "parties": list(parties)}


def test_one_person_of_three_agencies_is_one_line_and_the_tokens_stay_inside() -> None:
    rows = [
        row(3, "courts", 9, party("曾 **", "A", role="plaintiff"), party("曾 **", "B", role="defendant")),
        row(1, "police", 2, party("曾 **", phone="P")),
        row(2, "centre", 4, party("曾 **", "A", "P"), party("万载****", role="respondent")),
    ]
    one, company, other = people(rows)
    assert (one.role, one.known_by, one.same) == ("applicant", ("police", "centre", "courts"), 3)
    assert one.asks == (("name", 3, 0), ("phone", 2, 0), ("id", 3, 0))  # each from the newest record that has it
    assert (company.same, company.asks) == (0, (("name", 2, 1),))
    assert (other.known_by, other.same) == (("courts",), 1)  # the same mask, another number: another person
    assert not any(token in repr((one, company, other)) for token in ("'A'", "'B'", "'P'"))


@dataclass
class Version:
    version_no: int
    learned_at: datetime
    payload: str
    held: bool | None = True


def test_changes_are_told_once_and_an_older_version_changes_nothing() -> None:
    told = [{"title": "墙", "amount": 500.0}, {"title": "墙", "amount": 800.0, "owner": "泗溪镇"}, {"title": "旧"}, {"title": "墙", "withdrawn": True}]
    versions = [Version(i + 1, datetime(2026, 11, i + 1), orjson.dumps(t).decode(), i != 2) for i, t in enumerate(told)]
    record = {"id": 7, "agency": "centre", "feed": "centre", "kind": "intake", "number": None}
    lines = changes(record, versions)
    assert [c.kind for c in lines] == ["new", "changed", "older", "withdrawn"]
    assert [(f.field, f.then, f.now) for f in lines[1].fields] == [("owner", "", "泗溪镇"), ("amount", "500", "800")]


def test_the_city_s_files_tell_their_changes_and_no_token(small_city: Services) -> None:
    rows = small_city.matters.page(CITY, Filter(part="open"), "record_count", True, 0, 15).rows
    kinds: set[str] = set()
    for line in rows:
        file, history = small_city.matters.file(CITY, line.code), small_city.file_history.of(CITY, line.code)
        assert file is not None and len({c.record for c in history}) == len(file.records)
        assert sum(c.kind == "new" for c in history) == len(file.records)
        assert [c.at for c in history] == sorted((c.at for c in history), reverse=True)
        kinds |= {c.kind for c in history}
    assert "changed" in kinds
    township = Scope.of("t", "township_clerk", "township", "360921", "360921100")
    outside = next(line for line in rows if line.county_code != "360921")
    assert small_city.file_history.of(township, outside.code) == ()


@pytest.fixture
def two_agencies(store_url: str, tmp_path: Path) -> Iterator[Services]:
    """The centre writes out in a title whom the police name in a column: linked by a number at Shanggao, in doubt at Fengcheng."""
    from services.wiring import build

    services = build(load_settings(data_dir=tmp_path / "data", database_url=store_url, today=date(2026, 6, 10)), {})
    agencies, quarrel = declare(services.engine), "与曾小红因墙争执"
    told = {"title": quarrel, "summary": quarrel, "category": "02", "accepted_on": date(2026, 6, 1)}
    named = [party("曾 **", "A" * 32)]
    rows = {
        "centre": [{**told, "external_id": "1", "refs": ["JJ20260601000001"], "place": ("360923", "360923101")},
                   {**told, "external_id": "2", "place": ("360981", "360981101")}],
        "police": [{**told, "title": "报警", "external_id": "3", "number": "JJ20260601000001", "parties": named, "place": ("360923", "360923101")},
                   {**told, "external_id": "4", "parties": named, "place": ("360981", "360981102")}],
    }  # fmt: skip
    for feed, mine in rows.items():
        write(services.engine, feed, [made(dict(r)) for r in mine], agencies)
    vars(services)["link_runner"] = LinkRunner(services.engine, ByTitle(), services.now)
    services.link_runner.run()
    yield services
    services.close()


def test_whom_another_agency_names_is_masked_all_over_the_file_and_the_queue(two_agencies: Services) -> None:
    """The head of a file and the source of its title say no more than its records do; nor does a pair side by side."""
    (line,) = two_agencies.matters.page(CITY, Filter(linked="yes", area="360923"), "code", False, 0, 5).rows
    file = two_agencies.matters.file(CITY, line.code)
    assert file is not None and file.matter.title == "与曾 **因墙争执"
    assert next(s.value for s in file.sources if s.field == "title") == "与曾 **因墙争执"
    assert "曾小红" not in repr((file, two_agencies.file_history.of(CITY, line.code)))
    stood = {**dict.fromkeys((*_TOLD, "county_code", "village_code")), "title": "与曾小红因墙争执"}
    (since,) = changes_since(stood, line, {**stood, "title": "与曾小红因树争执"}, line, [p.name for p in file.people])
    assert (since.then, since.now) == ("与曾 **因墙争执", "与曾 **因树争执")
    (asked,) = two_agencies.linking.queue(Scope.system(), QueueFilter(area="360981")).rows
    assert asked.titles == ("与曾 **因墙争执",) * 2
    pair = two_agencies.linking.pair(Scope.system(), asked.id)
    assert (pair.line.titles, pair.one.title, pair.other.summary) == (("与曾 **因墙争执",) * 2, "与曾 **因墙争执", "与曾 **因墙争执")
    assert "title" in pair.same


def test_the_title_is_masked_wherever_the_matter_is_shown(two_agencies: Services, tmp_path: Path) -> None:
    """The list, what it exports and what it finds; a split gives each half its own again."""
    s = two_agencies
    (line,) = s.matters.page(CITY, Filter(linked="yes", area="360923"), "code", False, 0, 5).rows
    assert line.title == "与曾 **因墙争执"
    made = s.matters.export(CITY, Filter(linked="yes", area="360923"), "code", False, ["code", "title"], "csv")
    text = made.path.read_text("utf-8-sig")
    assert "与曾 **因墙争执" in text and "曾小红" not in text
    assert s.matters.page(CITY, Filter(q="曾小红", area="360923"), "code", False, 0, 5).sums.total == 0
    with s.engine.connect() as c:
        (centre,) = c.execute(select(record.c.id).where(record.c.external_id == "1")).scalars()
    s.linking.split(Scope.system(), line.code, [centre], "两件事")
    assert [r.title for r in s.matters.page(CITY, Filter(area="360923"), "title", False, 0, 5).rows] == ["与曾小红因墙争执", "报警"]


def test_a_reader_who_does_not_see_the_record_that_names_somebody_sees_no_name_either(two_agencies: Services) -> None:
    """The police record lies in another county: its parties are not shown there, and still mask."""
    s = two_agencies
    with s.engine.begin() as c:
        c.execute(update(record).where(record.c.external_id == "3").values(county_code="360921", town_code="360921100"))
    county = Scope.of("head", "county_leader", "county", "360923")
    (line,) = s.matters.page(county, Filter(linked="yes"), "code", False, 0, 5).rows
    file = s.matters.file(county, line.code)
    assert file is not None and file.others_outside == 1 and not file.people
    assert "曾小红" not in repr((file, s.file_history.of(county, line.code)))


def test_the_queue_masks_whom_a_third_record_names(two_agencies: Services) -> None:
    """The pair in doubt names nobody; a record that belongs to one of its matters does."""
    s = two_agencies
    with s.engine.begin() as c:
        c.execute(update(record).where(record.c.external_id == "4").values(parties=[]))
        doubtful = c.execute(select(record.c.matter_id).where(record.c.external_id == "2")).scalar_one()
    (asked,) = s.linking.queue(Scope.system(), QueueFilter(area="360981")).rows
    assert asked.titles[0] == "与曾小红因墙争执"
    with s.engine.begin() as c:
        c.execute(update(record).where(record.c.external_id == "3").values(matter_id=doubtful))
    (asked,) = s.linking.queue(Scope.system(), QueueFilter(area="360981")).rows
    assert asked.titles == ("与曾 **因墙争执",) * 2
    pair = s.linking.pair(Scope.system(), asked.id)
    assert pair.one.title == pair.other.title == "与曾 **因墙争执"
